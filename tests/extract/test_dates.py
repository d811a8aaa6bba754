"""Dates in the languages and orders papers use."""

from __future__ import annotations

import pytest

from confrere.documents.extract import dates, layout
from confrere.documents.extract.layout import Segment
from confrere.documents.model import Document, Page


def seen(text: str, *, month_first: bool = False) -> list[str]:
    return [date.iso for date in dates.find(Segment(text, 0, 0, 100, 10), month_first)]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("14/03/2024", "2024-03-14"),
        ("14.03.24", "2024-03-14"),
        ("2024-03-14", "2024-03-14"),
        ("14 mars 2024", "2024-03-14"),
        ("1er février 2024", "2024-02-01"),
        ("le 5 janv. 2025", "2025-01-05"),
        ("8 décembre 2023", "2023-12-08"),
        ("August 3 , 2014", "2014-08-03"),
        ("3rd July 2023", "2023-07-03"),
        ("25 Mar 2018", "2018-03-25"),
        ("25/Feb/2017", "2017-02-25"),
        ("3. Februar 2024", "2024-02-03"),
        ("7. März 2014", "2014-03-07"),
        ("19 april 2014", "2014-04-19"),
        ("11. Juli 2014", "2014-07-11"),
        ("21 de mayo de 2024", "2024-05-21"),
        ("2 lutego 2021", "2021-02-02"),
        ("30/06/18 12:17", "2018-06-30"),
    ],
)
def test_one_date(text: str, iso: str) -> None:
    assert seen(text) == [iso]


@pytest.mark.parametrize("text", ["31/02/2024", "FR76 3000 6000 0112", "12.345,67", "03-7805 7889", "192.168.0.1", "99/99/2024"])
def test_no_date(text: str) -> None:
    assert seen(text) == []


def test_month_first_only_where_it_can_be() -> None:
    assert seen("03/04/2024", month_first=True) == ["2024-03-04"]
    assert seen("28/04/2024", month_first=True) == ["2024-04-28"]
    assert seen("03.04.2024", month_first=True) == ["2024-04-03"]  # points are never American


def laid(text: str) -> layout.Layout:
    return layout.build(Document(kind="text", pages=[Page(label="text", text=text)]))


def test_order_of_a_document() -> None:
    assert dates.american(laid("ACORN, BOISE, ID 83702\n03/08/24"))
    assert dates.american(laid("Invoice 03/04/2024\nDue 04/18/2024"))
    assert not dates.american(laid("Facture 03/04/2024\nÉchéance 28/04/2024"))
    assert not dates.american(laid("Musterstr. 1\nDE 12345 Berlin\nDatum 03/04/2024"))
