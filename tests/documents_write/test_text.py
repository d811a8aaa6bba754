"""Numbers as people write them, text made safe and measured."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from confrere.documents.write import formats, metrics
from confrere.documents.write.labels import why
from confrere.documents.write.text import clip, line, plain, width, wrap


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("fr", ["1\u202f234,50\u00a0€", "−0,99\u00a0$", "1\u202f235\u00a0¥", "12,00\u00a0MAD", "5,00"]),
        ("en", ["€1,234.50", "−$0.99", "¥1,235", "MAD\u00a012.00", "5.00"]),
    ],
)
def test_money_is_written_as_the_reader_does(language: str, shown: list[str]) -> None:
    amounts = [("1234.5", "EUR"), ("-0.99", "USD"), ("1234.5", "JPY"), ("12", "MAD"), ("5", "")]
    assert [formats.money(Decimal(value), code, language) for value, code in amounts] == shown


def test_dates_rates_and_shares() -> None:
    day = dt.date(2026, 3, 1)
    assert [formats.date(day, "fr"), formats.long_date(day, "fr"), formats.date(day, "en"), formats.month(day, "fr")] == [
        "01/03/2026",
        "1er mars 2026",
        "1 Mar 2026",
        "mars 2026",
    ]
    assert [formats.rate(value, "fr") for value in ("20", "20.00", "5.5", "exempt")] == ["20\u00a0%", "20\u00a0%", "5,5\u00a0%", "exempt"]
    assert formats.percent(Decimal("0.425"), "en") == "43%"
    assert formats.rounded(Decimal("12345678.9"), "EUR", "fr") == "12,3\u00a0M€"
    assert formats.rounded(Decimal(10**9), "XOF", "en") == "XOF\u00a01,000M"
    assert formats.money(Decimal("-0.001"), "EUR", "en") == "€0.00"


def test_reasons_come_from_the_extractors_catalogue() -> None:
    assert why("extract.unsure", "fr") == "la valeur a été lue, mais rien ne la confirme"
    assert "new-code" in why("extract.new-code", "en") and "x.y" in why("x.y", "fr")


def test_the_width_table_is_that_of_the_font() -> None:
    """Carlito where it is installed; a change of the table without the font is seen by the fixed widths."""
    assert width("Dupont & Fils : 42 %", 100) == pytest.approx(817.2, abs=0.5)
    found = [path for name in ("Regular", "Bold") for path in Path("/usr/share/fonts").rglob(f"Carlito-{name}.ttf")]
    for path, table in zip(found, (metrics.REGULAR, metrics.BOLD), strict=False):
        font = ImageFont.truetype(str(path), metrics.UNITS)
        for ch in "aWé€%0 «…\u202f":
            assert table[ch] == round(font.getlength(ch))


@given(st.text(max_size=200), st.floats(20, 400))
def test_wrapped_lines_fit_and_lose_nothing(text: str, limit: float) -> None:
    lines = wrap(text, 12, limit)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(one, 12) <= limit or len(one) <= 1 for one in lines)


@given(st.text(max_size=120), st.integers(1, 3))
def test_clipped_text_fits(text: str, count: int) -> None:
    assert len(wrap(clip(text, 12, 100, count), 12, 100)) <= max(count, 1)


@given(st.text())
def test_plain_text_can_be_written_in_xml(text: str) -> None:
    from lxml import etree

    element = etree.Element("a")
    element.text = plain(text + "\x00\ud800\u202e")
    assert etree.fromstring(etree.tostring(element)).text is not None


def test_a_line_is_cut_at_a_word() -> None:
    assert line("un  deux\ntrois", 9) == "un deux…"
