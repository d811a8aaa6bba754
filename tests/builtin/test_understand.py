"""What a brief is understood to ask: a table of phrasings, French and English."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from confrere.models.builtin.periods import periods
from confrere.models.builtin.text import near, stem, tokens
from confrere.models.builtin.understand import understand
from confrere.models.builtin.understanding import Understanding

TODAY = date(2026, 11, 21)


def read(brief: str) -> Understanding:
    return understand(brief, today=TODAY)


def wishes(brief: str) -> dict[str, dict[str, Any]]:
    return {wish.operation: wish.params for wish in read(brief).wishes}


@pytest.mark.parametrize(
    ("brief", "expected"),
    [
        (
            "Classe ces fichiers par client, crée un tableau récapitulatif des montants et une présentation de 8 slides",
            {"sort": {"by": ["client"]}, "recap": {}, "deck": {"slides": 8}},
        ),
        ("Sort these by type and make an index in Excel", {"sort": {"by": ["type"]}, "index": {"format": "xlsx"}}),
        ("range moi ce bazar par anné stp", {"sort": {"by": ["year"]}}),
        ("Renomme les PDF en AAAA-MM-JJ_client_montant", {"rename": {"pattern": "{date}_{client}_{total}"}}),
        ("Ajoute la date devant le nom des fichiers", {"rename": {"pattern": "{date}_{name}"}}),
        ("trouve les doublons et mets-les dans un dossier à part", {"duplicates": {"action": "aside"}}),
        ("delete the duplicates", {"duplicates": {"action": "delete"}}),
        ("un deck de douze diapos", {"deck": {"slides": 12}}),
        ("Write a summary in Word, in French", {"report": {"format": "docx", "language": "fr"}}),
        ("Résume les réunions", {"minutes": {}}),
        ("fusionne les pdf en un seul", {"merge": {}}),
        ("Convertis tous les docx en PDF", {"convert": {"to": "pdf"}}),
        ("docx -> pdf", {"convert": {"to": "pdf"}}),
        ("nettoie contacts.csv", {"clean": {}}),
        ("Turn these receipts into a spreadsheet", {"extract": {"format": "xlsx"}}),
        ('Put all the pictures into a folder called "Holiday"', {"sort": {"folder": "Holiday"}}),
        ("Mets les factures dans un dossier et les contrats dans un autre", {"sort": {"by": ["type"]}}),
    ],
)
def test_operations_and_parameters(brief: str, expected: dict[str, dict[str, Any]]) -> None:
    found = wishes(brief)
    assert set(found) == set(expected)
    for operation, params in expected.items():
        for name, value in params.items():
            assert found[operation].get(name) == value, operation


def test_filters_belong_to_their_wish() -> None:
    found = read("Trie les images par année et les factures de Dupont par fournisseur")
    first, second = found.wishes
    assert (first.params["by"], first.only.kinds) == (["year"], ["image"])
    assert (second.params["by"], second.only.types, second.only.parties) == (["supplier"], ["invoice"], ["Dupont"])


@pytest.mark.parametrize(
    ("brief", "kinds", "types", "names"),
    [
        ("Classe par type mais ne touche pas aux photos", ["image"], [], []),
        ("sort by type but dont touch my pics", ["image"], [], []),
        ("Sort by month; leave the contracts where they are", [], ["contract"], []),
        ("Classe par date, laisse tranquille le dossier Impôts", [], [], ["Impôts"]),
    ],
)
def test_what_is_left_alone(brief: str, kinds: list[str], types: list[str], names: list[str]) -> None:
    exclude = read(brief).exclude
    assert (exclude.kinds, exclude.types, exclude.names) == (kinds, types, names)


def test_exceptions_and_restrictions() -> None:
    wish = read("Convertis les docx en PDF sauf les brouillons").wishes[0]
    assert wish.exclude.names == ["brouillons"]
    wish = read("ne trie que les factures de 2026").wishes[0]
    assert (wish.only.types, wish.only.since, wish.only.until) == (["invoice"], "2026-01-01", "2026-12-31")
    wish = read("sort by date, pdf only").wishes[0]
    assert wish.only.kinds == ["pdf"]


@pytest.mark.parametrize(
    ("brief", "refused"),
    [
        ("Classe par client, sans présentation", "deck"),
        ("no deck, just the table", "deck"),
        ("pas besoin de rapport, un index suffit", "report"),
        ("trouve les doublons mais ne supprime rien", "delete"),
        ("Sort by client; do not rename anything", "rename"),
        ("Ne touche à rien, dis-moi juste ce qu'il y a dans ce dossier", "change"),
    ],
)
def test_refusals(brief: str, refused: str) -> None:
    found = read(brief)
    assert refused in found.refused
    assert all(wish.operation != refused for wish in found.wishes)


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("factures de 2026", "2026-01-01", "2026-12-31"),
        ("le mois dernier", "2026-10-01", "2026-10-31"),
        ("Q3", "2026-07-01", "2026-09-30"),
        ("T1 2026", "2026-01-01", "2026-03-31"),
        ("depuis mars", "2026-03-01", ""),
        ("between June and August", "2026-06-01", "2026-08-31"),
        ("de janvier à mars 2025", "2025-01-01", "2025-03-31"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("avant 2024", "", "2023-12-31"),
        ("du 1er au 15 mars 2026", "2026-03-01", "2026-03-15"),
        ("les 3 derniers mois", "2026-08-21", "2026-11-21"),
        ("en décembre", "2025-12-01", "2025-12-31"),
        ("d'octobre à janvier 2026", "2025-10-01", "2026-01-31"),
    ],
)
def test_periods(words: str, since: str, until: str) -> None:
    (found,) = periods(tokens(words), TODAY)
    assert (found.since, found.until) == (since, until)


@pytest.mark.parametrize("words", ["2000 euros", "you may sort", "march on", "12 slides"])
def test_no_period(words: str) -> None:
    assert periods(tokens(words), TODAY) == []


@pytest.mark.parametrize(
    ("brief", "question", "measure"),
    [
        ("Combien de factures de Dupont en 2026 ?", "count", None),
        ("How much did I spend at Ikea last year?", "sum", None),
        ("Quelle est ma plus grosse facture ?", "max", None),
        ("Who are our suppliers?", "which", "supplier"),
        ("Que contient ce dossier ?", "overview", None),
    ],
)
def test_questions(brief: str, question: str, measure: str | None) -> None:
    found = read(brief)
    assert found.stance == "question"
    assert found.wishes[0].params["question"] == question
    assert found.wishes[0].params.get("measure") == measure


@pytest.mark.parametrize(
    ("brief", "code"),
    [
        ("Envoie un mail à Paul", "mail"),
        ("Book me a flight to Rome", "web"),
        ("Traduis le contrat en espagnol", "translate"),
        ("Write me a poem about my cat", "creative"),
        ("Supprime tous les fichiers temporaires", "delete"),
        ("Fais un zip des factures", "secure"),
    ],
)
def test_out_of_reach(brief: str, code: str) -> None:
    found = read(brief)
    assert found.stance == "beyond"
    assert [beyond.code for beyond in found.beyond] == [code]


def test_part_out_of_reach_keeps_the_rest() -> None:
    found = read("Trie les factures par mois et envoie un mail à Paul")
    assert [wish.operation for wish in found.wishes] == ["sort"]
    assert found.beyond[0].code == "mail" and found.stance == "work"


@pytest.mark.parametrize(
    ("brief", "word"),
    [
        ("Trie par couleur du logo", "couleur"),
        ("Classe les factures impayées par client", "impayées"),
        ("asdf qwer zxcv", "asdf qwer zxcv"),
        ("Sort by mood", "mood"),
    ],
)
def test_never_guesses_silently(brief: str, word: str) -> None:
    found = read(brief)
    assert any(word in words for words in found.not_understood)


def test_another_way_to_sort_is_not_taken_instead() -> None:
    assert read("Trie par taille").wishes == []
    assert read("Quels clients n'ont pas été facturés en octobre ?").wishes == []


def test_misspellings_are_corrected_and_told() -> None:
    found = read("Sort my invoicse by clinet")
    assert found.wishes[0].params["by"] == ["client"]
    assert found.wishes[0].only.types == ["invoice"]
    assert found.corrections == {"invoicse": "invoice", "clinet": "client"}


def test_languages() -> None:
    assert read("Sort the factures by client").language == "en"
    assert read("Trie les invoices par client").language == "fr"


@pytest.mark.parametrize(
    "brief", ["", "   ", "\n\n", "?", "\x00\x01\x02", "\udce9" * 10, "a" * 5000, "😀 😀", "«" * 300, "((((", "_" * 400]
)
def test_odd_briefs_do_not_break(brief: str) -> None:
    assert read(brief).stance in ("unknown", "chat", "beyond", "work", "question")


def test_a_long_brief_is_read_in_part_and_says_so() -> None:
    found = read("Classe par client. " + "bla " * 300_000)
    assert found.wishes[0].operation == "sort"
    assert found.not_understood[-1].endswith("…")


def test_spelling_tools() -> None:
    assert near("client", "clinet", 1) == 1
    assert near("client", "patron", 2) == 3
    assert stem("classez") == stem("classer") == stem("classe")
    assert stem("renamed") == stem("renaming") == stem("rename")


def test_a_way_before_but_stays_with_its_sort() -> None:
    found = understand("Sort by year then client but leave the mails folder alone", today=TODAY)
    assert [(wish.operation, wish.params["by"]) for wish in found.wishes] == [("sort", ["year", "client"])]
    assert found.exclude.types == ["mail"]


def test_a_list_of_papers_with_their_amounts_is_a_table() -> None:
    (wish,) = understand("une liste excel des factures avec montants HT et TTC", today=TODAY).wishes
    assert (wish.operation, wish.params["format"]) == ("extract", "xlsx")
    assert wish.params["columns"] == ["number", "date", "client", "supplier", "net", "total"]


def test_words_of_no_language_are_answered_in_that_of_the_session() -> None:
    assert understand("qsdf qsdf", today=TODAY, language="fr").language == "fr"
    assert understand("sort by client", today=TODAY, language="fr").language == "en"
