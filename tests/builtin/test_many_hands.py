"""Briefs as many hands write them: what each must become, and what must be said rather than done otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from confrere.models.builtin.understand import understand
from confrere.models.builtin.understanding import Understanding

TODAY = date(2026, 11, 21)


def read(brief: str) -> Understanding:
    return understand(brief, today=TODAY)


@pytest.mark.parametrize(
    ("brief", "expected"),
    [
        ("Répartir les achats par fournisseur et par mois.", {"recap": {"by": ["supplier", "month"]}}),
        ("Break down expenses by vendor", {"recap": {"by": ["supplier"]}}),
        ("pdf all the powerpoints", {"convert": {"to": "pdf"}}),
        ("Take pages 4-6 out of report.pdf", {"split": {"pages": [4, 6]}}),
        ("Mettre les doublons dans Doublons/", {"duplicates": {"action": "aside", "folder": "Doublons"}}),
        ("Fusionner les relevés dans releves.pdf", {"merge": {"name": "releves.pdf"}}),
        ("Mets les factures dans un dossier À valider", {"sort": {"folder": "À valider"}}),
        ("put bills in a folder called big ones", {"sort": {"folder": "big ones"}}),
        ("Rename every agreement [Client] - [Date] - Agreement", {"rename": {"pattern": "{client}_{date}_Agreement"}}),
        ("rename evrything 2 date_shop_price", {"rename": {"pattern": "{date}_{supplier}_{total}"}}),
        ("Factures : n°, date, HT, TVA dans ventes.xlsx", {"recap": {"columns": ["number", "date", "net", "tax"], "name": "ventes.xlsx"}}),
        ("Give me the top 5 clients by revenue", {"list": {"question": "max", "measure": "client", "top": 5}}),
        ("What's in this folder?", {"list": {"question": "overview"}}),
        ("S'il te plait, pas effacer les double, seulement montrer.", {"duplicates": {"action": "report"}}),
        ("Instead of a deck make a report", {"report": {}}),
        ("fais-moi un PDF de tous mes relevés", {"merge": {}}),
    ],
)
def test_what_it_becomes(brief: str, expected: dict[str, dict[str, Any]]) -> None:
    found = read(brief)
    assert {wish.operation for wish in found.wishes} == set(expected)
    for wish in found.wishes:
        assert {name: wish.params.get(name) for name in expected[wish.operation]} == expected[wish.operation]


@pytest.mark.parametrize(
    "brief",
    [
        "Range les fiches de paie par année",
        "Reconcile the statements against the invoices",
        "Vérifie que les totaux sont justes",
        "Total of unpaid invoices?",
        "Trie les factures par montant",
        "Range les fichiers de plus de 10 Mo",
        "Merge the invoices by supplier into one PDF each",
        "Sort invoices into Paid and Unpaid",
        "Renomme facture1.pdf en EDF_mars.pdf",
        "Extrais le tableau de la page 3 de rapport.pdf",
        "Moyenne des factures par client",
        "Quel jour sommes-nous ?",
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_else_is_planned(brief: str) -> None:
    found = read(brief)
    assert not found.wishes and found.not_understood


@pytest.mark.parametrize(
    ("brief", "words"),
    [
        ("Fusionne les bons de commande et les devis en un PDF", "bons de commande"),
        ("Camembert des dépenses par fournisseur, en PDF", "en PDF"),
        ("Turn every Excel file into a PDF and put them in a folder named PDFs", "put them in a folder named PDFs"),
        ("Tableau des échéances de novembre", "échéances"),
        ("Total TTC des achats 2025, et nombre de factures", "nombre de"),
    ],
)
def test_a_part_left_out_is_said(brief: str, words: str) -> None:
    found = read(brief)
    assert found.wishes and any(words in said for said in found.not_understood)


def test_two_periods_are_never_made_one_in_silence() -> None:
    assert (read("Tableau des ventes de septembre et d'octobre 2026").wishes[0].only.since) == "2026-09-01"
    assert read("Récap de mars 2026 et de juillet 2026").not_understood


def test_the_rest_of_a_folder() -> None:
    first, second = read("Les factures par client, tout le reste par type").wishes
    assert (first.only.types, second.params["by"], second.exclude.types) == (["invoice"], ["type"], ["invoice"])
    assert "change" not in read("Put the invoices in a folder called Old and leave everything else").refused


@pytest.mark.parametrize(
    ("brief", "operation", "params"),
    [
        ("Sort by client - actually no, by supplier.", "sort", {"by": ["supplier"]}),
        ("Un tableau de mes contrats ? Non, plutôt de mes dépenses par mois.", "recap", {"by": ["month"]}),
        ("a deck, no wait, a report in Word", "report", {"format": "docx"}),
    ],
)
def test_a_mind_changed(brief: str, operation: str, params: dict[str, Any]) -> None:
    (wish,) = read(brief).wishes
    assert wish.operation == operation and not wish.only.types
    assert {name: wish.params[name] for name in params} == params


def test_the_files_just_spoken_of() -> None:
    convert, merge = read("Convertis les photos en PDF puis fusionne-les").wishes
    assert convert.only.kinds == merge.only.kinds == ["image"]
    (report,) = read("Trouve les contrats signés avec Bouygues et fais-en un résumé en PDF").wishes
    assert (report.operation, report.only.types, report.only.parties) == ("report", ["contract"], ["Bouygues"])


def test_verbs_that_share_a_negation() -> None:
    assert read("Do not rename, move or delete anything; make an index").refused == ["rename", "sort", "delete"]
    assert read("un index, sans renommer ni déplacer les originaux").refused == ["rename", "sort"]
    assert read("an index; no file shall be renamed").refused == ["rename"]


def test_a_very_long_brief_is_read_as_far_as_it_goes() -> None:
    found = read("Classe par client, " + "a, " * 2000)
    assert found.wishes[0].operation == "sort" and found.not_understood
