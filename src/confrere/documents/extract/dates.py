"""Dates as papers print them, in the languages of Europe, with the order of day, month and year decided once for a document."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import islice

from confrere.documents.extract.layout import Layout, Segment

_MONTHS = (
    "january janvier januar jänner jaenner januari enero gennaio janeiro styczen stycznia styczeń jan janv ene gen sty gener leden ledna ianuarie januara ocak "
    "tammikuu tammikuuta sausio janvaris jaanuar ιανουαριου",
    "february fevrier februar februari febrero febbraio fevereiro luty lutego feb fev fevr febr lut febrer unor unora februarie februara subat helmikuu "
    "helmikuuta vasario februaris veebruar φεβρουαριου",
    "march mars maerz marz maart marzo marco marzec marca mar mrt mrz marts marc marcius brezen brezna martie mart maaliskuu maaliskuuta kovo μαρτιου",
    "april avril aprile abril kwiecien kwietnia apr avr abr kwi aprilis duben dubna aprilie aprila nisan huhtikuu huhtikuuta balandzio aprill απριλιου",
    "may mai mei mayo maggio maio maj maja mag majus kveten kvetna mayis toukokuu toukokuuta geguzes maijs mays μαιου",
    "june juin juni junio giugno junho czerwiec czerwca jun giu cze juny junius cerven cervna iunie juna haziran kesakuu kesakuuta birzelio junijs juuni ιουνιου",
    "july juillet juli julio luglio julho lipiec lipca jul juil lug lip juliol julius cervenec cervence iulie jula temmuz heinakuu heinakuuta liepos julijs juuli "
    "ιουλιου",
    "august aout augustus agosto sierpien sierpnia aug ago sie aou agost augusti augusztus srpen srpna augusta agustos elokuu elokuuta rugpjucio augusts "
    "αυγουστου",
    "september septembre septiembre settembre setembro wrzesien wrzesnia sep sept set wrz setembre szeptember zari septembrie septembra eylul syyskuu syyskuuta "
    "rugsejo septembris setiembre σεπτεμβριου",
    "october octobre oktober octubre ottobre outubro pazdziernik pazdziernika oct okt ott paz out rijen rijna octombrie oktobra ekim lokakuu lokakuuta spalio "
    "oktobris oktoober οκτωβριου",
    "november novembre noviembre novembro listopad listopada nov lis noiembrie novembra kasim marraskuu marraskuuta lapkricio novembris νοεμβριου",
    "december decembre dezember diciembre dicembre dezembro grudzien grudnia dec dez dic gru desembre desember prosinec prosince decembrie decembra aralik joulukuu "
    "joulukuuta gruodzio decembris detsember δεκεμβριου",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_NEUTRAL = frozenset(name for name in MONTHS if len(name) < 4) | frozenset(
    ("january", "february", "march", "april", "june", "july", "august", "sept", "september", "october", "november", "december")
)
"""Names of months that do not prove a language other than English."""
_NAME = "|".join(sorted(MONTHS, key=lambda name: -len(name)))
_YEAR = r"(?:19|20)\d\d"
_PATTERNS = (
    ("ymd", re.compile(rf"(?<!\d)(?P<y>{_YEAR})\s?(?P<s>[-/.])\s?(?P<m>\d\d?)\s?(?P=s)\s?(?P<d>\d\d?)(?!\d)")),
    ("ymd", re.compile(rf"(?<!\d)(?P<y>{_YEAR})\s?年\s?(?P<m>\d\d?)\s?月\s?(?P<d>\d\d?)\s?日")),
    ("dmy", re.compile(rf"(?<![\d.,/-])(?P<a>\d\d?)\s?(?P<s>[-/.])\s?(?P<b>\d\d?)\s?(?P=s)\s?(?P<y>{_YEAR}(?=\d\d:\d\d)|\d\d(?=[0-2]\d:[0-5]\d)|(?:{_YEAR}|\d\d)(?!\d|/\d|[.,-]\d(?!\d?:[0-5]\d)))")),
    ("named", re.compile(
        rf"(?<!\d)(?P<d>\d\d?)\s?(?:er|st|nd|rd|th|e|\.|o|°)?[\s./-]*(?:day of |de |of )?(?P<n>{_NAME})(?![a-z])\.?,?[\s./'-]*(?:de |"
        rf"del )?(?P<y>{_YEAR}|\d\d)(?!\d)"
    )),
    ("named", re.compile(
        rf"(?<![a-z])(?P<n>{_NAME})\.?[\s./-]*(?P<d>\d\d?)(?:\s?(?:st|nd|rd|th))?(?:\s*,\s*|[\s./-]+)'?(?P<y>{_YEAR}|\d\d)(?![\d:])"
    )),
    ("ynd", re.compile(rf"(?<!\d)(?P<y>{_YEAR})[\s./-]+(?:m\.?\s)?(?P<n>{_NAME})[\s./-]+(?P<d>\d\d?)(?!\d)")),
    ("dmy", re.compile(rf"(?<![\d.,/-])(?P<a>[0-3]\d)(?P<s>[-/.,|\\_])(?P<b>[01]\d)[-/.,|\\_ ](?P<y>{_YEAR})(?![\d/]|[.,-]\d(?!\d?:[0-5]\d))")),
    ("dmy", re.compile(rf"(?<!\d)(?<!\d )(?P<a>[0-3]\d)(?P<s> )(?P<b>[01]\d) (?P<y>{_YEAR})(?! ?\d)")),
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


_MISREAD = re.compile(r"(?<![^\W_])(?=[a-z]*0)[a-z0]{3,10}(?![a-z])")


_DIGITS = re.compile(r"(?<![^\W_])(?=\S*[oil|])[\doil|]{1,2}[-/.][\doil|]{1,2}[-/.][\do]{2,4}(?![^\W_])")
_FIGURES = str.maketrans("oil|", "0111")


def _figures(match: re.Match[str]) -> str:
    """A date in which OCR took figures for letters ("O5/03/2O24")."""
    return match.group().translate(_FIGURES) if sum(map(str.isdigit, match.group())) >= 4 else match.group()


def _month(match: re.Match[str]) -> str:
    """A month in which OCR took the letter O for a zero ("0ct")."""
    word = match.group().replace("0", "o")
    return word if word in MONTHS else match.group()


def agree(found: list[Date]) -> None:
    """Read the dates in digits as the day that is given in words elsewhere, where one of their orders is that day: 15/10/14 beside
    "October 14, 2015" is the same day."""
    worded = {date.value for date in found if date.worded}
    european = any(foreign(date) for date in found)
    for date in found:
        digits = re.findall(r"\d+", date.segment.folded[date.start : date.end])
        if date.worded or date.value in worded or len(digits) != 3 or not worded:
            continue
        a, b, c = map(int, digits)
        orders = ((c, b, a), (a, b, c)) if european else ((c, b, a), (c, a, b), (a, b, c))
        same = [day for year, month, day_of in orders if (day := _make(year if year > 99 else 2000 + year, month, day_of)) in worded]
        if same and same[0] is not None:
            date.value, date.swapped = same[0], None


def find(segment: Segment, month_first: bool = False) -> list[Date]:
    """The dates of a segment, left to right. ``month_first`` reads 03/04/2024 as March 4th."""
    text = _DIGITS.sub(_figures, _MISREAD.sub(_month, segment.folded)) if segment.ocr else segment.folded
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
    month_first = month_first and match["s"] not in ". "
    led = _make(_year(match["a"]), b, int(match["y"])) if len(match["y"]) == 2 else None
    if led is not None and _ahead(day_first) and not _ahead(led):
        return led, day_first
    chosen, other = (month_led, day_first) if month_first else (day_first, month_led)
    if chosen is None:
        chosen, other = other, None
    return chosen or led, (other if other != chosen else None)


def _ahead(day: dt.date | None) -> bool:
    """Whether a day lies so far ahead that no paper can be of it, nor fall due on it."""
    return day is not None and day > dt.date.today() + dt.timedelta(days=800)


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
    if any(foreign(date) for date in found):
        return -1
    score = 0
    for date in found:
        if date.swapped is None:
            continue
        score += 2 * ((date.swapped in fixed) - (date.value in fixed))
        score += bool(_TWELVE.match(date.segment.folded[date.end : date.end + 16])) and not _DAY_FIRST.search(layout.text)
    return score


def foreign(date: Date) -> bool:
    """Whether a date names its month in a language other than English: such a paper writes the day first."""
    names = [name for name in re.findall(r"[^\W\d_]+", date.segment.folded[date.start : date.end]) if name in MONTHS]
    return any(name not in _NEUTRAL for name in names)


def european(layout: Layout) -> bool:
    """Whether the document shows marks of a country that writes the day first."""
    return bool(_DAY_FIRST.search(layout.text))


def settled(page: Layout, day: dt.date) -> bool:
    """Whether the paper itself shows which of day and month comes first: another date of it can be read in one way only,
    the same day stands there in words, or the marks of a country settle it."""
    if european(page) or american(page):
        return True
    others = [date for segment in page.segments for date in find(segment)]
    return any(
        date.swapped is None and (date.value == day if date.worded else date.value != day and date.value.day > 12) for date in others
    )
