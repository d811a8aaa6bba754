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


def noted(text: str) -> dict[str, list[dict[str, str]]]:
    return extract(Document(kind="text", pages=[Page(label="text", text=text)])).notes


def test_lists_under_headings_and_a_table_of_actions_are_taken_whole() -> None:
    notes = noted(
        "Compte rendu de réunion – Gare Nord\nRéunion du 3 mars 2026\n"
        "Présents : Ana Roche et Luc Petit (Atelier), Odile Marin (directrice). Excusé : M. Blin, maçon.\n"
        "Points abordés\nLe sol est à reprendre sur dix mètres.\n\n"
        "Décisions\nLe quai passe à 3,20 m de large.\nL'éclairage reste celui du plan.\n\n"
        "Actions\nQui   Quoi   Pour quand   Priorité\nAna   Envoyer les plans à la mairie   12/03/2026   haute\nLuc Petit   Chiffrer le carrelage   fin mars   \n\n"
        "Question ouverte : qui paie le raccordement ? À revoir avec M. Blin.\nProchaine réunion : 9 avril 2026, 10 h, sur place."
    )
    assert [one["name"] for one in notes["participants"]] == ["Ana Roche", "Luc Petit", "Odile Marin"]
    assert [one["name"] for one in notes["absent"]] == ["M. Blin"]
    assert [one["text"] for one in notes["decisions"]] == ["Le quai passe à 3,20 m de large.", "L'éclairage reste celui du plan."]
    first, second = notes["actions"]
    assert (
        first["who"] == "Ana Roche"
        and first["what"].startswith("Envoyer")
        and first["when"] == "12/03/2026"
        and first["priority"] == "high"
    )
    assert second["who"] == "Luc Petit" and second["when"] == "fin mars"
    assert notes["questions"][0]["answer"] == "À revoir avec M. Blin." and len(notes["questions"]) == 1
    assert notes["points"][0]["text"].startswith("Le sol") and "9 avril" in notes["next"][0]["text"]


def test_actions_listed_in_lines_give_who_and_when() -> None:
    notes = noted(
        "Minutes of the project meeting\nAttendees: Raj Patel, Anna Keller\nAgenda: kitchen\n\nAction items\n- Raj: order the tiles by 4 May\n"
        "- Book the plumber (Anna, next week)\n\nOpen questions\n- Who keeps the keys?\n"
    )
    assert [(one["who"], one["when"]) for one in notes["actions"]] == [("Raj Patel", "by 4 May"), ("Anna Keller", "next week")]
    assert [one["text"] for one in notes["questions"]] == ["Who keeps the keys?"]


TALK = (
    "Point du 14 octobre 2026\nPrésents : Claire Morin, Hugo Bell, Inès Carot\n\n"
    "Claire Morin : Bonjour. Hugo, où en est la brochure ?\n"
    "Hugo Bell : La maquette est prête. Je les relance demain matin et j'envoie la version finale avant le 21 octobre.\n"
    "Claire Morin : Inès, tu peux aussi vérifier le prix de la pose ?\nInès Carot : Oui, je m'en occupe aujourd'hui.\n"
    "Hugo Bell : Et pour le salon, est-ce qu'on prend un stand ?\n"
    "Claire Morin : On n'a pas encore décidé. On en reparle la semaine prochaine.\n"
    "Claire Morin : Il faut un devis. Inès doit l'envoyer d'ici fin octobre.\nInès Carot : C'est urgent, ils votent lundi.\n"
    "Claire Morin : Prochaine réunion mercredi 21 octobre à 9 h.\n"
)


def test_what_is_asked_and_accepted_is_one_action_of_who_accepted() -> None:
    actions = noted(TALK)["actions"]
    assert [(one["who"], one.get("when", "")) for one in actions] == [
        ("Hugo Bell", "demain matin"),
        ("Hugo Bell", "avant le 21 octobre"),
        ("Inès Carot", "aujourd'hui"),
        ("Inès Carot", "d'ici fin octobre"),
    ]
    assert actions[3]["priority"] == "high" and actions[0]["about"] == "La maquette est prête."


def test_a_question_put_off_is_told_with_what_put_it_off() -> None:
    (question,) = noted(TALK)["questions"]
    assert question["text"].endswith("un stand ?") and question["speaker"] == "Hugo Bell"
    assert question["answer"] == "On n'a pas encore décidé. On en reparle la semaine prochaine."


def test_a_debate_is_no_list_of_actions() -> None:
    talk = "\n".join(
        f"{who} : {said}"
        for who, said in (
            ("A. Roy", "Je crains le pire aujourd'hui, et je vais vous citer une anecdote pour que ce soit clair."),
            ("B. Luz", "Vous allez dissoudre l'assemblée, naturellement."),
            ("A. Roy", "Je pense que vous êtes tous d'accord pour dire qu'il faut mieux payer les professeurs."),
            ("B. Luz", 'Vous nous dites : "je vais faire de grandes réformes demain".'),
        )
    )
    notes = noted(talk)
    assert "actions" not in notes and "decisions" not in notes
