"""What minutes and transcripts say was decided, by whom, until when."""

from __future__ import annotations

from pathlib import Path

from confrere.documents.extract import extract
from confrere.documents.model import Document, Page, Record

PAPERS = Path(__file__).parent / "papers"


def read(path: Path) -> tuple[Record, str]:
    text = path.read_text(encoding="utf-8")
    return extract(Document(kind="text", pages=[Page(label="text", text=text)])), text


def test_english_minutes() -> None:
    record, _ = read(PAPERS / "known" / "minutes_en.txt")
    assert [entry["name"] for entry in record.notes["participants"]] == ["Anna Keller", "Raj Patel", "Louise Martin"]
    assert len(record.notes["decisions"]) == 2
    raj, louise = record.notes["actions"]
    assert raj["who"] == "Raj Patel" and raj["when"] == "by 16 February 2024"
    assert louise["who"] == "Louise Martin" and louise["when"] == "before Friday"
    assert {entry["text"] for entry in record.notes["questions"]} == {"The decision was postponed.", "Who will negotiate the lease?"}


def test_french_minutes() -> None:
    record, _ = read(PAPERS / "known" / "reunion_fr.txt")
    assert [entry["name"] for entry in record.notes["participants"]] == ["Karim Benali", "Sophie Lenoir", "Yann Le Bris"]
    assert [entry["text"] for entry in record.notes["decisions"]] == [
        "Il a été décidé de reporter la bascule au 15 avril.",
        "Le comité valide le budget de 8 500 euros.",
    ]
    karim, yann = record.notes["actions"]
    assert karim["who"] == "Karim Benali" and karim["when"] == "avant le 22 mars"
    assert yann["who"] == "Yann Le Bris" and yann["priority"] == "high"
    assert any("archives" in entry["text"] for entry in record.notes["questions"])


def test_french_transcript() -> None:
    record, _ = read(PAPERS / "fresh" / "transcript_fr.txt")
    assert record.type == "transcript"
    assert [entry["name"] for entry in record.notes["participants"]] == ["Nadia", "Marc", "Elsa"]
    assert [entry["speaker"] for entry in record.notes["decisions"]] == ["Nadia"]
    who = {entry["who"] for entry in record.notes["actions"]}
    assert {"Elsa", "Marc"} <= who


def test_every_entry_quotes_the_document() -> None:
    for path in sorted(PAPERS.glob("*/*.txt")):
        record, text = read(path)
        flat = " ".join(text.split())
        for kind in ("decisions", "actions", "questions"):
            for entry in record.notes.get(kind, []):
                assert " ".join(entry["text"].split()) in flat
                for part in ("what", "when"):
                    assert " ".join(entry.get(part, "").split()) in flat


def test_a_negated_or_conditional_decision_is_none() -> None:
    head = "Compte rendu de réunion\nOrdre du jour : salle\nPrésents : Ana, Luc\n"
    text = head + "Aucune décision n'a été prise.\nNous n'avons pas décidé de la date.\nSi on décide de partir, on préviendra."
    record = extract(Document(kind="text", pages=[Page(label="text", text=text)]))
    assert record.type == "minutes"
    assert "decisions" not in record.notes


def test_minutes_that_quote_people_are_heard_as_a_transcript_is() -> None:
    text = (
        "Compte rendu de réunion - 12 octobre 2026\nPrésents : Sophie Martin, Karim Benali, Lucie Petit\n"
        "Sophie : Le chantier avance. À revoir avec M. Briand.\nKarim : Je vais appeler le fournisseur avant vendredi.\n"
        "Lucie : On part sur le devis à 4 500 €. C'est décidé.\nKarim : La peinture sera blanche. C'est décidé.\n"
        "Sophie : Lucie doit envoyer le contrat signé avant le 20 octobre.\n"
    )
    for head in (text, text.replace("12 octobre 2026\n", "12 octobre 2026\n\n")):
        notes = extract(Document(kind="text", pages=[Page(label="text", text=head)])).notes
        assert [one["name"] for one in notes["participants"]] == ["Sophie Martin", "Karim Benali", "Lucie Petit"]
        assert [one["text"] for one in notes["decisions"]] == ["On part sur le devis à 4 500 €.", "La peinture sera blanche."]
        assert [one["who"] for one in notes["actions"]] == ["Karim Benali", "Lucie Petit"]
        assert [one["text"] for one in notes["questions"]] == ["À revoir avec M. Briand."]
