"""Amounts in every convention an office meets."""

from __future__ import annotations

from decimal import Decimal

import pytest

from confrere.documents.extract import amounts
from confrere.documents.extract.layout import Segment


def seen(text: str, *, ocr: bool = False, mark: str = "") -> list[amounts.Amount]:
    return amounts.find(Segment(text, 0, 0, 100, 10, ocr=ocr), mark)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56 €", "1234.56"),
        ("1\u202f234\u202f567,00", "1234567.00"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1’234.50 CHF", "1234.50"),
        ("€ 2.448,00", "2448.00"),
        ("$1,740.00", "1740.00"),
        ("-12,50 €", "-12.50"),
        ("(96.00)", "-96.00"),
        ("1.589,80", "1589.80"),
        ("0,99", "0.99"),
        ("12.345.678", "12345678"),
    ],
)
def test_one_amount(text: str, value: str) -> None:
    assert [amount.value for amount in seen(text)] == [Decimal(value)]


def test_point_and_three_digits_follow_the_document() -> None:
    assert seen("1.234 €", mark=",")[0].value == Decimal("1234")
    assert seen("1.799 EUR/L", mark=".")[0].value == Decimal("1.799")


@pytest.mark.parametrize("text", ["12/03/2024", "01.02.2024", "18:45", "AB12-33", "03-7805 7889"])
def test_dates_times_and_codes_are_no_amounts(text: str) -> None:
    assert not [amount for amount in seen(text) if amount.money]


def test_quantity_and_price_side_by_side_are_not_one_number() -> None:
    assert [amount.value for amount in seen("2 170.00")][-1] == Decimal("170.00")


def test_rates_are_told_from_amounts() -> None:
    rate, tax = seen("19 % 108,87")
    assert rate.percent and not rate.money
    assert tax.money and tax.value == Decimal("108.87")


@pytest.mark.parametrize(("text", "value"), [("S8.20", "8.20"), ("3.5C", "3.50"), ("0 00", "0.00"), ("22-60", "22.60")])
def test_what_ocr_does_to_amounts_is_undone(text: str, value: str) -> None:
    assert seen(text, ocr=True)[-1].value == Decimal(value)


def test_currency_beside_the_amount() -> None:
    assert seen("RM 26.10")[0].currency == "MYR"
    assert seen("35,90 EUR")[0].currency == "EUR"
    assert seen("£21.45")[0].currency == "GBP"


def test_plain_has_two_decimals() -> None:
    assert amounts.plain(Decimal("12")) == "12.00"
    assert amounts.plain(Decimal("12.5")) == "12.50"
    assert amounts.plain(Decimal("1.799")) == "1.799"
