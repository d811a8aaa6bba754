"""Dates as tills, scans and papers of many countries print them."""

from __future__ import annotations

import pytest

from confrere.documents.extract import dates
from confrere.documents.extract.layout import Layout, Segment, build
from confrere.documents.model import Document, Page


def seen(text: str, *, ocr: bool = False) -> list[str]:
    return [date.iso for date in dates.find(Segment(text, 0, 0, 100, 10, ocr=ocr))]


def laid(text: str) -> Layout:
    return build(Document(kind="text", pages=[Page(label="text", text=text)]))


@pytest.mark.parametrize(
    "text",
    [
        "05/03/2024-18:22", "05/03/24,18:22", "05/03/2418:22", "05/03/202418:22", "05/03-2024", "05|03|2024", "05 03 2024", "5 . March 2024",
        "5 th March 2024", "5th day of March 2024", "March 5 th, 2024", "Mar 5, '24", "2024年3月5日", "2024. március 5.", "5. marts 2024",
        "5 mars 2024", "5. března 2024", "5 martie 2024", "5 Mart 2024", "5. maaliskuuta 2024", "2024 m. kovo 5 d.", "5 de març de 2024",
    ],
)  # fmt: skip
def test_printed(text: str) -> None:
    assert seen(text) == ["2024-03-05"]


@pytest.mark.parametrize("text", ["05/O3/2024", "O5/03/2O24 18:22", "0S MAR 2024 05/03/2024"])
def test_misread(text: str) -> None:
    assert "2024-03-05" in seen(text, ocr=True)


def test_a_year_of_two_digits_that_stands_first() -> None:
    assert seen("24/10/31") == ["2024-10-31"]  # as a day of 2031 it would be years ahead


def test_a_month_named_in_another_language_puts_the_day_first() -> None:
    assert not dates.american(laid("Factuur\nDatum: 11 oktober 2022\nTe betalen voor: 10-11-2022"))


def test_a_date_in_words_settles_the_order_of_digits() -> None:
    found = [date for segment in laid("DATE/TIME: 15/10/14 02:24\nDATE: Oct 14,2015").segments for date in dates.find(segment)]
    dates.agree(found)
    assert {date.iso for date in found} == {"2015-10-14"}
