"""Amounts of money as office papers print them, in any of the usual conventions."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from confrere.documents.extract.layout import Layout, Segment

CENT = Decimal("0.01")

_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "’": "'", "−": "-", "–": "-"})
_CODES = (
    "EUR USD GBP CHF CAD AUD NZD JPY CNY INR MYR SGD HKD THB IDR PHP VND KRW TWD AED SAR ZAR MAD TND DZD XOF XAF XPF "
    "SEK NOK DKK PLN CZK HUF RON BGN TRY RUB UAH ILS BRL MXN ARS CLP COP PEN EGP NGN KES"
)
CODES = frozenset(_CODES.split())
"""The ISO 4217 codes that are known."""
SYMBOLS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY", "₽": "RUB", "₺": "TRY", "₪": "ILS", "₩": "KRW", "฿": "THB",
    "₫": "VND", "₱": "PHP", "₴": "UAH", "zł": "PLN", "zl": "PLN", "kč": "CZK", "rm": "MYR", "rs": "INR", "rs.": "INR",
    "rp": "IDR", "r$": "BRL", "s$": "SGD", "us$": "USD", "u$s": "USD", "a$": "AUD", "c$": "CAD", "ca$": "CAD",
    "hk$": "HKD", "nz$": "NZD", "nt$": "TWD", "$": "$", "kr": "kr", "kr.": "kr", "ft": "HUF", "fr.": "CHF",
    "sfr.": "CHF", "sfr": "CHF", "dh": "MAD", "dhs": "MAD", "fcfa": "XOF", "euro": "EUR", "euros": "EUR", "lei": "RON",
} | {code.lower(): code for code in _CODES.split()}  # fmt: skip
_MONEY = "|".join(sorted((re.escape(symbol) for symbol in SYMBOLS), key=lambda s: -len(s)))
_MARK = re.compile(rf"(?i)(?<![^\W\d_])(?:{_MONEY})(?![^\W\d_])")
_NUMBER = re.compile(
    r"\d{1,3}(?:[ ]\d{3})+,\d{1,2}(?!\d)|\d{1,3}(?:(?P<sep>[ '.,])\d{3})(?:(?P=sep)\d{3})*(?:[.,]\d{1,4})?(?!\d)|"
    r"\d+(?:[.,]\d{1,4})?(?!\d)"
)
_NEAR = 24
"""Characters looked at on either side of a number: more would make long lines slow, and tells nothing."""
_MOST = 60
"""Numbers looked at in one segment: what holds more is no line of a form."""
_OCR_DIGIT = str.maketrans({"O": "0", "o": "0", "C": "0", "D": "0", "l": "1", "I": "1", "S": "5", "B": "8"})


@dataclass(slots=True, eq=False)
class Amount:
    """A number printed in ``segment`` from ``start`` to ``end``. ``currency`` is what stands beside it ("" when nothing
    does), ``decimals`` how many it shows, ``percent`` whether it is a rate."""

    value: Decimal
    segment: Segment
    start: int
    end: int
    currency: str = ""
    decimals: int = 0
    percent: bool = False
    whole: bool = False
    """Whether it is printed in thousands on a paper that shows no cents at all, as in currencies without them."""

    @property
    def money(self) -> bool:
        """Whether it looks like money by itself: two decimals, or a currency beside it."""
        return not self.percent and (self.decimals == 2 or bool(self.currency) or self.whole)


def plain(value: Decimal) -> str:
    """``value`` as a decimal string with at least two decimals."""
    if value == value.quantize(CENT):
        value = value.quantize(CENT)
    return format(value, "f")


def parse(text: str, decimal: str = "") -> Decimal | None:
    """The value of one printed number; ``decimal`` is the document's decimal mark, used where "1.234" could be either."""
    text = text.translate(_SPACES).strip()
    digits = re.sub(r"[ ']", "", text)
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        mark = "." if digits.rfind(".") > digits.rfind(",") else ","
    elif points + commas == 1:
        sign = "." if points else ","
        tail = len(digits) - digits.index(sign) - 1
        head = digits.index(sign)
        grouping = tail == 3 and 1 <= head <= 3 and digits[0] != "0" and decimal != sign
        mark = "" if grouping else sign
    else:
        mark = ""
    whole = "".join(ch for ch in digits if ch.isdigit() or (ch == mark and mark)).replace(mark or "\0", ".")
    return Decimal(whole) if re.fullmatch(r"\d+(\.\d+)?", whole) else None


def decimal_mark(layout: Layout) -> str:
    """The decimal mark most numbers of the document use, "" when none tells."""
    votes = Counter(re.findall(r"\d([.,])\d{2}(?![\d.,/-])", layout.text))
    return votes.most_common(1)[0][0] if votes else ""


def find(segment: Segment, decimal: str = "") -> list[Amount]:
    """The numbers of a segment that may be amounts or rates, left to right."""
    text = segment.text.translate(_SPACES)
    if segment.ocr:
        text = _repair(text)
    found = []
    for match in islice(_NUMBER.finditer(text), _MOST):
        start, end = match.span()
        before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
        if re.search(r"[^\W\d_][./-]?$", before) and not _MARK.search(before[-6:].lstrip()):
            continue  # part of a code such as AB12
        if re.search(r"(?i)(?:\bart(?:icles?|ikel)?|§)\.?\s?$", before) and not re.search(r"[.,]\d\d$", match.group()):
            continue  # a law's article
        if re.match(r"[/:]\d|[^\W\d_]", after) and not _MARK.match(after):
            continue
        rate = bool(re.match(r"\s?%", after)) and before.endswith(":")  # "TVA 6:20,00 %"
        if (re.search(r"\d[./:,-]$", before) and not rate) or re.match(r"[-.,]\d", after):
            continue  # part of a date, a phone or an account number
        printed = match.group()
        if " " in printed and "," not in printed and _spaced_pair(text, match):
            printed = printed.split()[-1]
            start = end - len(printed)
        value = parse(printed, decimal)
        if value is None or len(re.sub(r"\D", "", printed)) > 12:
            continue
        percent = bool(re.match(r"\s?%", after))
        negative = (
            bool(re.search(r"(?:^|[\s(:€$£])-\s?(?:[€$£]\s?)?$", before))
            or bool(re.search(r"\(\s?[€$£]?\s?$", before) and re.match(r"\s?[€$£]?\)", after))
            or bool(re.match(r"\s?-(?=\s|$)", after))
        )
        tail = re.search(r"[.,](\d+)$", printed)
        decimals = len(tail.group(1)) if (tail and value != value.to_integral_value()) or (tail and len(tail.group(1)) != 3) else 0
        found.append(Amount(-value if negative else value, segment, start, end, _beside(before, after), decimals, percent))
    return found


def _spaced_pair(text: str, match: re.Match[str]) -> bool:
    """Whether "2 170.00" is a quantity and a price: a point as decimal mark is seldom printed with spaces between
    thousands."""
    return "." in match.group()


def _beside(before: str, after: str) -> str:
    left = before.rstrip(" -:(")
    for match in _MARK.finditer(left):
        if match.end() == len(left):
            return SYMBOLS[match.group().lower()]
    right = _MARK.match(after.lstrip(" )-"))
    return SYMBOLS[right.group().lower()] if right else ""


def _repair(text: str) -> str:
    """Undo what OCR does to printed amounts: letters for digits ("3.5C", "S8.20"), a space for the decimal mark or after
    it ("0 00", "18, 81"). The length does not change."""
    text = re.sub(r"(?<![^\W\d_])[S§](?=\d+[.,]\d{2}(?!\d))", "$", text)
    text = re.sub(r"(?<=\d)[.,][\dOoCDlISB]{2}(?![\w])", lambda m: m.group()[0] + m.group()[1:].translate(_OCR_DIGIT), text)
    text = re.sub(r"(?<![\w.,])[Oo](?=[.,]\d{2}(?!\d))", "0", text)
    text = re.sub(r"^(\s*\d{1,4})-(\d\d\s*)$", r"\1.\2", text)
    text = re.sub(r"(?<=\d)\.-(?=\d\d(?!\d))", "-.", text)
    return re.sub(r"(?<![\d.,] )(?<![\w.,])(\d{1,4}) (\d\d)(?=\s*$)", r"\1.\2", text)
