"""What a coordination leaves unsaid: each format, place, way or period goes to its own files; what cannot be told apart is said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from confrere.models.builtin import understand
from confrere.tools.office.scope import Scope

TODAY = date(2026, 11, 21)
_Y25: dict[str, Any] = {"since": "2025-01-01", "until": "2025-12-31"}
_MARCH: dict[str, Any] = {"since": "2026-03-01", "until": "2026-03-31"}
_APRIL: dict[str, Any] = {"since": "2026-04-01", "until": "2026-04-30"}


def read(brief: str) -> list[tuple[str, dict[str, Any], Scope]]:
    found = understand(brief, today=TODAY)
    assert not found.not_understood, found.not_understood
    return [(wish.operation, wish.params, wish.only.merged(found.only)) for wish in found.wishes]


@pytest.mark.parametrize(
    ("brief", "expected"),
    [
        ("convertis le PDF en Word et en images", [("docx", {"kinds": ["pdf"]}), ("image", {"kinds": ["pdf"]})]),
        ("Convert the PDFs to Word and Excel", [("docx", {"kinds": ["pdf"]}), ("xlsx", {"kinds": ["pdf"]})]),
        ("mets les devis en pdf et les tableaux en csv", [("pdf", {"types": ["quote"]}), ("csv", {"types": ["spreadsheet"]})]),
        ("Convertis les Word en PDF et les Excel en CSV", [("pdf", {"kinds": ["docx"]}), ("csv", {"kinds": ["xlsx"]})]),
        ("Word to PDF, Excel to CSV", [("pdf", {"kinds": ["docx"]}), ("csv", {"kinds": ["xlsx"]})]),
        ("Convertis les images et les Word en PDF", [("pdf", {"kinds": ["image", "docx"]})]),
        ("convert report.pdf to word and data.csv to excel", [("docx", {"names": ["report.pdf"]}), ("xlsx", {"names": ["data.csv"]})]),
        (
            "Convert the invoices from March and the quotes from April to PDF",
            [("pdf", {"types": ["invoice"], **_MARCH}), ("pdf", {"types": ["quote"], **_APRIL})],
        ),
    ],
)
def test_each_format_has_its_own_files(brief: str, expected: list[tuple[str, dict[str, Any]]]) -> None:
    assert [(op, params["to"], only) for op, params, only in read(brief)] == [("convert", to, Scope(**only)) for to, only in expected]


@pytest.mark.parametrize(
    ("brief", "expected"),
    [
        (
            "Range les contrats dans Juridique et les factures dans Compta",
            [("Juridique", {"types": ["contract"]}), ("Compta", {"types": ["invoice"]})],
        ),
        (
            "Put the letters in a folder called Letters and the photographs in one called Family",
            [("Letters", {"types": ["letter"]}), ("Family", {"kinds": ["image"]})],
        ),
        (
            "Regroupe les photos de mars dans un dossier Mars et celles d'avril dans un dossier Avril",
            [("Mars", {"kinds": ["image"], **_MARCH}), ("Avril", {"kinds": ["image"], **_APRIL})],
        ),
    ],
)
def test_each_place_has_its_own_files(brief: str, expected: list[tuple[str, dict[str, Any]]]) -> None:
    assert [(op, params["folder"], only) for op, params, only in read(brief)] == [
        ("sort", place, Scope(**only)) for place, only in expected
    ]


@pytest.mark.parametrize(
    ("brief", "expected"),
    [
        ("Fais un récap par client puis un récap par mois", [{"by": ["client"]}, {"by": ["month"]}]),
        ("Récap des dépenses par mois, et un autre par fournisseur", [{"by": ["month"]}, {"by": ["supplier"]}]),
        (
            "Rename invoices {date}_{supplier} and contracts {client}_{date}",
            [{"pattern": "{date}_{supplier}"}, {"pattern": "{client}_{date}"}],
        ),
        ("Classe tout par année, sauf les contrats par client", [{"by": ["year"]}, {"by": ["client"]}]),
    ],
)
def test_two_ways_are_two_wishes(brief: str, expected: list[dict[str, Any]]) -> None:
    assert [params for _, params, _ in read(brief)] == expected


@pytest.mark.parametrize(
    "brief",
    [
        "Pour 2025, convertis les factures en PDF et fais un récap par mois",
        "Convert the invoices to PDF and make a recap by month, for 2025 only",
    ],
)
def test_a_period_set_off_bears_on_every_wish(brief: str) -> None:
    assert [(op, only.since, only.until) for op, _, only in read(brief)] == [
        ("convert", _Y25["since"], _Y25["until"]),
        ("recap", _Y25["since"], _Y25["until"]),
    ]


def test_a_period_inside_one_wish_stays_with_it() -> None:
    (_, _, invoices), (_, _, contracts) = read("Convertis les factures de 2025 en PDF et range les contrats dans Juridique")
    assert invoices == Scope(types=["invoice"], **_Y25)
    assert contracts == Scope(types=["contract"])


def test_an_exception_stays_with_its_wish() -> None:
    found = understand("Classe les factures par client mais pas celles de Dupont ; fusionne les relevés", today=TODAY)
    sort, merge = found.wishes
    assert sort.exclude == Scope(parties=["Dupont"])
    assert not merge.exclude
    assert not found.exclude


def test_them_and_how_many_point_back() -> None:
    assert read("Put my bank statements in a folder called Bank and tell me how many there are")[1] == (
        "list",
        {"question": "count"},
        Scope(types=["statement"]),
    )
    assert read("Extrais les montants et dates des tickets vers Excel puis classe-les par mois")[1][2] == Scope(types=["receipt"])


@pytest.mark.parametrize(
    "brief",
    [
        "Fais un rapport sur les factures de mars et les contrats d'avril",
        "Fusionne les factures de mars et les contrats de 2025",
        "Mets mes cours en PDF",
        "Convertis les PDF",
    ],
)
def test_what_no_set_of_files_holds_or_nobody_knows_is_said(brief: str) -> None:
    found = understand(brief, today=TODAY)
    assert found.not_understood
    assert not found.wishes


def test_a_story_is_no_condition() -> None:
    found = understand("The auditors came yesterday. We need an Excel index, please.", today=TODAY)
    assert not found.only
    assert [(wish.operation, wish.params["format"]) for wish in found.wishes] == [("index", "xlsx")]


def test_nothing_is_deleted_on_a_guess() -> None:
    found = understand("Delete duplicates in photos but only report them in invoices", today=TODAY)
    assert found.not_understood
    assert not any(wish.params.get("action") == "delete" for wish in found.wishes)
