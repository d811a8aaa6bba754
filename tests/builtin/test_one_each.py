"""One workbook for each client: asked in a brief, planned, made, and each opened again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest

from confrere.models.builtin.understand import understand

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("brief", "each"),
    [
        ("Un Excel par client", "client"),
        ("Il me faut un classeur séparé par fournisseur", "supplier"),
        ("prépare pour chaque client un récapitulatif excel de ses factures", "client"),
        ("One workbook for each supplier", "supplier"),
        ("Make for every supplier his own excel file", "supplier"),
        ("a separate spreadsheet per month please", "month"),
    ],
)
def test_one_file_each(brief: str, each: str) -> None:
    (wish,) = understand(brief, today=TODAY).wishes
    assert (wish.operation, wish.params["each"], "by" in wish.params) == ("recap", each, False)


@pytest.mark.parametrize(
    ("brief", "by"),
    [
        ("un tableau des montants par client", ["client"]),
        ("un classeur par client et par mois", ["client", "month"]),
        ("a recap workbook by supplier", ["supplier"]),
    ],
)
def test_one_file_of_all(brief: str, by: list[str]) -> None:
    (wish,) = understand(brief, today=TODAY).wishes
    assert (wish.params.get("each"), wish.params["by"]) == (None, by)


def test_what_cannot_be_made_for_each_is_said() -> None:
    found = understand("un PDF par client", today=TODAY)
    assert not found.wishes and found.not_understood == ["PDF par client"]


def test_a_workbook_for_each_client_of_the_samples(talk: Callable[..., Any]) -> None:
    one = talk("Un Excel par client").propose()
    (step,) = one.plan.steps
    assert step.args["each"] == "client" and "par client" in step.title
    one.work()
    view = one.office.view
    books = {path.rsplit("/", 1)[1]: path for path in one.office.paths() if path.startswith("Récapitulatif par client/")}
    names = set(books)
    assert "Récapitulatif - Dupont.xlsx" in names and len(names) > 4 and not any("Varech" in name for name in names)
    for path in books.values():
        book = openpyxl.load_workbook(view.locate(f"{one.office.root}/{path}"))
        assert any(str(cell.value).startswith("=") for sheet in book for row in sheet for cell in row)
