"""Dates as papers print them, in eight languages, with the order of day and month decided once for a document."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import islice

from confrere.documents.extract.layout import Layout, Segment

_MONTHS = (
    "january janvier januar jänner januari enero gennaio janeiro styczen stycznia styczeń jan janv ene gen sty",
    "february fevrier februar februari febrero febbraio fevereiro luty lutego feb fev fevr febr lut",
    "march mars maerz marz maart marzo marco marzec marca mar mrt mrz",
    "april avril aprile abril kwiecien kwietnia apr avr abr kwi",
    "may mai mei mayo maggio maio maj maja mag",
    "june juin juni junio giugno junho czerwiec czerwca jun giu cze",
    "july juillet juli julio luglio julho lipiec lipca jul juil lug lip",
    "august aout augustus agosto sierpien sierpnia aug ago sie aou",
    "september septembre septiembre settembre setembro wrzesien wrzesnia sep sept set wrz",
    "october octobre oktober octubre ottobre outubro pazdziernik pazdziernika oct okt ott paz out",
    "november novembre noviembre novembro listopad listopada nov lis",
    "december decembre dezember diciembre dicembre dezembro grudzien grudnia dec dez dic gru",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_NAME = "|".join(sorted(MONTHS, key=lambda name: -len(name)))
_YEAR = r"(?:19|20)\d\d"
_PATTERNS = (
    ("ymd", re.compile(rf"(?<!\d)(?P<y>{_YEAR})\s?(?P<s>[-/.])\s?(?P<m>\d\d?)\s?(?P=s)\s?(?P<d>\d\d?)(?!\d)")),
    ("dmy", re.compile(rf"(?<![\d.,/-])(?P<a>\d\d?)\s?(?P<s>[-/.])\s?(?P<b>\d\d?)\s?(?P=s)\s?(?P<y>{_YEAR}(?=\d\d:\d\d)|(?:{_YEAR}|\d\d)(?![\d/]|[.,-]\d))")),
    ("named", re.compile(
        rf"(?<!\d)(?P<d>\d\d?)(?:er|st|nd|rd|th|e|\.|o|°)?[\s./-]*(?:de |of )?(?P<n>{_NAME})(?![a-z])\.?,?[\s./'-]*(?:de |"
        rf"del )?(?P<y>{_YEAR}|\d\d)(?!\d)"
    )),
    ("named", re.compile(
        rf"(?<![a-z])(?P<n>{_NAME})\.?[\s./-]*(?P<d>\d\d?)(?:st|nd|rd|th)?(?:\s*,\s*|[\s./-]+)(?P<y>{_YEAR}|\d\d)(?![\d:])"
    )),
    ("ynd", re.compile(rf"(?<!\d)(?P<y>{_YEAR})[\s./-]+(?P<n>{_NAME})[\s./-]+(?P<d>\d\d?)(?!\d)")),
)  # fmt: skip
_MOST = 24
"""Dates of one way of writing looked at in one segment: what holds more is no line of a form."""
_TWELVE = re.compile(r"\W{0,4}(?:at )?[01]?\d:[0-5]\d(?::[0-5]\d)? ?[ap]\.?m")
_CLOCK = re.compile(r"(?<!\d)[0-2]?\d\s?[:hH]\s?[0-5]\d")


@dataclass(slots=True, eq=False)
class Date:
    """A date printed in ``segment`` from ``start`` to ``end``. ``swapped`` is the other reading where day and month could
    change places; ``clock`` tells that a time of day stands beside it."""

    value: dt.date
    segment: Segment
    start: int
    end: int
    swapped: dt.date | None = None
    clock: bool = False
    worded: bool = False
    """Whether the month is a word or the year stands first: no other reading is possible."""

    @property
    def iso(self) -> str:
        return self.value.isoformat()


def _year(text: str) -> int:
    year = int(text)
    if year >= 100:
        return year
    return 2000 + year if year < 70 else 1900 + year


def _make(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def find(segment: Segment, month_first: bool = False) -> list[Date]:
    """The dates of a segment, left to right. ``month_first`` reads 03/04/2024 as March 4th."""
    text = segment.folded
    found: list[Date] = []
    taken: list[tuple[int, int]] = []
    for kind, regex in _PATTERNS:
        for match in islice(regex.finditer(text), _MOST):
            start, end = match.span()
            if any(start < stop and begin < end for begin, stop in taken):
                continue
            first, second = _read(kind, match, month_first)
            if first is None:
                continue
            taken.append((start, end))
            clock = bool(_CLOCK.search(text[end : end + 12]) or _CLOCK.search(text[max(0, start - 10) : start]))
            found.append(Date(first, segment, start, end, second, clock, kind != "dmy"))
    return sorted(found, key=lambda date: date.start)


def _read(kind: str, match: re.Match[str], month_first: bool) -> tuple[dt.date | None, dt.date | None]:
    year = _year(match["y"])
    if not 1900 <= year <= 2099:
        return None, None
    if kind == "ymd":
        return _make(year, int(match["m"]), int(match["d"])), None
    if kind in ("named", "ynd"):
        return _make(year, MONTHS[match["n"]], int(match["d"])), None
    a, b = int(match["a"]), int(match["b"])
    day_first, month_led = _make(year, b, a), _make(year, a, b)
    month_first = month_first and match["s"] != "."
    chosen, other = (month_led, day_first) if month_first else (day_first, month_led)
    if chosen is None:
        chosen, other = other, None
    if chosen is None and len(match["y"]) == 2:  # yy/mm/dd
        chosen = _make(_year(match["a"]), b, int(match["y"]))
    return chosen, (other if other != chosen else None)


_US = re.compile(
    r"[A-Za-z]{3,},?[ ]+(?:A[LKZR]|C[AOT]|DE|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]|"
    r"W[AVIY])[ ,]+\d{5}(?:-\d{4})?(?!\d)"
)


_CUSTOMS = re.compile(
    r"\b(?:sales tax|miles?|gratuity|tips?|zip code|routing (?:no|number)|fein|w-9|net 30|1-8\d\d-\d{3}-\d{4})\b|\(\d{3}\) ?\d{3}-\d{4}"
)
_DOLLARS = re.compile(
    r"\b(?:canada|ontario|quebec|alberta|british columbia|hst|pst|gst|qst|australia|abn|new zealand|singapore|hong kong|mexico|taiwan)\b"
)
_DAY_FIRST = re.compile(
    r"(?i)\b(?:GST|VAT|TVA|MwSt|USt|BTW|EUR|IVA|ABN|SIRET|facture|rechnung|factuur|ticket|le|vom|Sdn|Malaysia|India|UK|"
    r"United Kingdom|\d{5} [A-Z]{3,})\b|€|£|₹|zł"
)


def american(layout: Layout, otherwise: bool = False) -> bool:
    """Whether the document writes the month first: an unambiguous date of it decides, else American addresses; ``otherwise``
    where nothing tells."""
    votes = 0
    for match in re.finditer(r"(?<![\d.,/-])(\d\d?)([/-])(\d\d?)\2(?:20\d\d|\d\d)(?![\d/])", layout.text):
        a, b = int(match[1]), int(match[3])
        votes += (1 if a <= 12 < b <= 31 else 0) - (1 if b <= 12 < a <= 31 else 0)
    if votes:
        return votes > 0
    told = _agreeing(layout)
    if told:
        return told > 0
    return not european(layout) and (otherwise or of_america(layout))


def of_america(layout: Layout) -> bool:
    """Whether a paper shows the marks of the United States: an address with state and code, or dollars beside customs of theirs."""
    return bool(_US.search(layout.text)) or (
        "$" in layout.text and bool(_CUSTOMS.search(layout.folded)) and not _DOLLARS.search(layout.folded)
    )


def _agreeing(layout: Layout) -> int:
    """How the dates that can be read in one way only settle the others: above 0 when they fit the month first, below 0 the day first.

    The same day given in words, or in the order of ISO 8601, tells which reading is meant. A clock of twelve hours beside a date speaks for the month first.
    """
    found = [date for segment in layout.segments for date in find(segment)]
    fixed = [date.value for date in found if date.swapped is None and date.worded]
    score = 0
    for date in found:
        if date.swapped is None:
            continue
        score += 2 * ((date.swapped in fixed) - (date.value in fixed))
        score += bool(_TWELVE.match(date.segment.folded[date.end : date.end + 16])) and not _DAY_FIRST.search(layout.text)
    return score


def european(layout: Layout) -> bool:
    """Whether the document shows marks of a country that writes the day first."""
    return bool(_DAY_FIRST.search(layout.text))
