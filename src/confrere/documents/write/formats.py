"""Numbers, money and dates as a French or an English reader writes them, on paper and in a spreadsheet."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from confrere.documents.write.text import plain
from confrere.messages import say

NBSP = "\u00a0"
THIN = "\u202f"  # what French puts between thousands, and before ; : ! ?

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CNY": "CN¥", "CHF": "CHF", "CAD": "CA$", "AUD": "A$"}
_WHOLE = {"JPY", "KRW", "VND", "XOF", "XAF", "CLP", "ISK"}


def decimals(currency: str) -> int:
    """How many decimals amounts of ``currency`` (ISO 4217) are written with."""
    return 0 if currency in _WHOLE else 2


def number(value: Decimal | int, language: str, places: int | None = None) -> str:
    """``1234.5`` as "1 234,5" (French, narrow no-break space) or "1,234.5"; ``places`` fixes the decimals."""
    amount = Decimal(value)
    if places is not None:
        amount = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{abs(amount):,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    sign = "−" if amount < 0 and any(ch in "123456789" for ch in text) else ""
    if language == "fr":
        text = text.replace(",", THIN).replace(".", ",")
    return sign + text


def money(value: Decimal, currency: str, language: str, places: int | None = None) -> str:
    """ "1 234,50 €" or "€1,234.50"; a currency without a symbol keeps its code ("1 234,50 MAD", "MAD 1,234.50")."""
    text = number(value, language, decimals(currency) if places is None else places)
    symbol = SYMBOLS.get(currency, currency)
    if not symbol:
        return text
    if language == "fr":
        return f"{text}{NBSP}{symbol}"
    sign, digits = ("−", text[1:]) if text.startswith("−") else ("", text)
    return f"{sign}{symbol}{NBSP if symbol.isalpha() else ''}{digits}"


def rounded(value: Decimal, currency: str, language: str) -> str:
    """Money for a title or a key figure: no cents from 1 000 on, millions as "1,23 M€"."""
    if abs(value) >= 10_000_000:
        text = number(value / 1_000_000, language, 1 if abs(value) < 100_000_000 else 0)
        symbol = SYMBOLS.get(currency, currency)
        gap = NBSP if symbol.isalpha() else ""
        return f"{text}{NBSP}M{gap}{symbol}" if language == "fr" else f"{symbol}{gap}{text}M"
    return money(value, currency, language, 0 if abs(value) >= 1000 or value == value.to_integral_value() else None)


def scaled(value: Decimal, currency: str, language: str, steps: int) -> str:
    """Money in thousands (``steps`` 1) or millions (2), for charts of many large amounts: "832 k€", "£832k"."""
    text, symbol = number(value / 1000**steps, language, 0), SYMBOLS.get(currency, currency)
    gap = NBSP if symbol.isalpha() else ""
    return f"{text}{NBSP}{' kM'[steps]}{gap}{symbol}" if language == "fr" else f"{symbol}{gap}{text}{' kM'[steps]}"


def percent(share: Decimal, language: str, places: int = 0) -> str:
    """``0.425`` as "43 %" or "43%"."""
    text = number(share * 100, language, places)
    return f"{text}{NBSP}%" if language == "fr" else f"{text}%"


def rate(value: str, language: str) -> str:
    """A VAT rate as documents carry it ("20", "5.5", "20.00") as "20 %", "5,5 %"; anything else unchanged."""
    try:
        return percent(Decimal(value) / 100, language, max(0, -int(Decimal(value).normalize().as_tuple().exponent)))
    except (ArithmeticError, ValueError):
        return plain(value)


def date(value: dt.date, language: str) -> str:
    """ "05/03/2026" in French; in English "5 Mar 2026", which an American and a Briton read alike."""
    return f"{value:%d/%m/%Y}" if language == "fr" else f"{value.day} {_names(language, 'months-short')[value.month - 1]} {value.year}"


def long_date(value: dt.date, language: str) -> str:
    """ "1er mars 2026", "1 March 2026"."""
    day = "1er" if language == "fr" and value.day == 1 else str(value.day)
    return f"{day} {_names(language, 'months')[value.month - 1]} {value.year}"


def month(value: dt.date, language: str) -> str:
    """ "mars 2026", "March 2026"."""
    return f"{_names(language, 'months')[value.month - 1]} {value.year}"


def short_month(value: dt.date, language: str) -> str:
    """ "mars 26", "Mar 26": an axis label."""
    return f"{_names(language, 'months-short')[value.month - 1]} {value:%y}"


def _names(language: str, which: str) -> list[str]:
    return say(f"write.{which}", language).split()


def cell(value: object, kind: str, language: str, currency: str = "") -> str:
    """A table cell as text: what the kind of its column asks, "" for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return say("write.yes" if value else "write.no", language)
    if isinstance(value, dt.date):
        return month(value, language) if kind == "month" else date(value, language)
    if isinstance(value, (int, Decimal)):
        if kind == "money":
            return money(Decimal(value), currency, language)
        if kind == "percent":
            return percent(Decimal(value), language)
        return number(value, language)
    return plain(str(value))


# Spreadsheet number formats. Separators follow the reader's own Excel; symbol place and month names follow the language.

_LOCALE = {"fr": "[$-40C]", "en": "[$-809]"}  # LibreOffice takes separators and names from it, Excel names only


def excel_money(currency: str, language: str, places: int | None = None) -> str:
    """The number format of an amount: negative in red, so that credit notes are seen, nothing as a dash."""
    places = decimals(currency) if places is None else places
    digits = "#,##0" + ("." + "0" * places if places else "")
    symbol = SYMBOLS.get(currency, currency).replace('"', "")
    before = after = ""
    if symbol and language == "fr":
        after = f'"{NBSP}{symbol}"'
    elif symbol:
        before = f'"{symbol}{NBSP if symbol.isalpha() else ""}"'
    locale = _LOCALE["fr" if language == "fr" else "en"]
    return f'{locale}{before}{digits}{after};[Red]{locale}-{before}{digits}{after};"–"'


def excel_scaled(currency: str, language: str, steps: int) -> str:
    """The number format that shows an amount as ``scaled`` does."""
    symbol = SYMBOLS.get(currency, currency).replace('"', "")
    gap, unit, digits = NBSP if symbol.isalpha() else "", " kM"[steps], "#,##0" + "," * steps
    locale = _LOCALE["fr" if language == "fr" else "en"]
    return f'{locale}{digits}"{NBSP}{unit}{gap}{symbol}"' if language == "fr" else f'{locale}"{symbol}{gap}"{digits}"{unit}"'


def excel_format(kind: str, language: str, currency: str = "") -> str:
    """The number format of a column of ``kind``."""
    locale = _LOCALE["fr" if language == "fr" else "en"]
    if kind == "money":
        return excel_money(currency, language)
    if kind == "date":
        return "dd/mm/yyyy" if language == "fr" else f"{locale}d mmm yyyy"
    formats = {"month": "mmmm yyyy", "percent": "0.0%", "number": "#,##0.##", "whole": "#,##0"}
    return locale + formats[kind] if kind in formats else "General"
