"""A bank statement: its period, its balances, its movements, and whether they add up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from confrere.documents.extract import amounts, dates, told
from confrere.documents.extract.amounts import Amount
from confrere.documents.extract.dates import Date
from confrere.documents.extract.layout import Layout, Row, Segment
from confrere.documents.extract.text import tidy

_PERIOD = re.compile(r"(?:period\w*|du|from|vom|statement|releve|zeitraum|del|dal|van|perio\w+)\b[^\d]{0,30}$")
_SHORT_DAY = re.compile(r"^\W*(\d{1,2})\s?[/.-]?\s?(\d{1,2}|[a-z]{3,5})\b\.?")
_MOST = 2000


@dataclass(slots=True)
class Statement:
    """``moves`` are (date, description, signed amount). ``balanced`` is None where a balance or every movement is missing."""

    start: Date | None = None
    end: Date | None = None
    opening: tuple[Decimal, Segment] | None = None
    closing: tuple[Decimal, Segment] | None = None
    moves: list[dict[str, str]] = field(default_factory=list)
    balanced: bool | None = None


def read(layout: Layout) -> Statement:
    """Read a statement by its columns: debit and credit apart, or one column of signed amounts."""
    found = Statement()
    _period(layout, found)
    mark = amounts.decimal_mark(layout)
    opening = re.compile(rf"(?:{told.words('statement', 'opening')})")
    closing = re.compile(rf"(?:{told.words('statement', 'closing')})")
    sums = re.compile(rf"^\W*(?:{told.words('statement', 'sums')})")
    columns: dict[str, Segment] = {}
    total = Decimal(0)
    for row in layout.rows:
        heading = _heading(row)
        if heading:
            columns = heading
            continue
        figures = [(segment, amount) for segment in row.segments for amount in amounts.find(segment, mark) if amount.money]
        if not figures:
            continue
        text = " ".join(segment.folded for segment in row.segments)
        if opening.search(text):
            found.opening = found.opening or _signed(figures[-1], columns, text)
        elif closing.search(text):
            found.closing = _signed(figures[-1], columns, text)
        elif not sums.search(row.folded.strip()) and columns and len(found.moves) < _MOST:
            move = _move(row, figures, columns)
            if move is not None:
                total += Decimal(move["amount"])
                found.moves.append(move)
    if found.end is not None:
        for entry in found.moves:
            entry["date"] = _dated(entry["date"], found.end)
    if found.opening and found.closing and found.moves:
        found.balanced = found.opening[0] + total == found.closing[0]
    return found


def _period(layout: Layout, found: Statement) -> None:
    for segment in layout.segments:
        pair = dates.find(segment)
        if len(pair) >= 2 and _PERIOD.search(segment.folded[: pair[0].start]) and pair[0].value <= pair[1].value:
            found.start, found.end = pair[0], pair[1]
            return


def _heading(row: Row) -> dict[str, Segment]:
    """The columns a row of headings names, {} for another row."""
    found: dict[str, Segment] = {}
    for segment in row.segments:
        for name in ("debit", "credit", "amount", "balance"):
            if re.fullmatch(rf"\W*(?:{told.words('statement', name)})(?:\W.{{0,12}})?\W*", segment.folded):
                found.setdefault(name, segment)
                break
    return found if "amount" in found or {"debit", "credit"} <= set(found) else {}


def _column(segment: Segment, columns: dict[str, Segment]) -> str:
    """The column whose heading ends, begins or is centred where a figure does."""

    def away(head: Segment) -> float:
        return min(abs(head.x1 - segment.x1), abs(head.x0 - segment.x0), abs(head.x0 + head.x1 - segment.x0 - segment.x1) / 2)

    return min(columns, key=lambda name: away(columns[name])) if columns else ""


def _signed(figure: tuple[Segment, Amount], columns: dict[str, Segment], text: str) -> tuple[Decimal, Segment]:
    """A balance: negative in the debit column or where it is called so."""
    segment, amount = figure
    owed = _column(segment, columns) == "debit" or re.search(r"(?:debiteur|overdrawn|\bdr\b)", text)
    return (-abs(amount.value) if owed else amount.value), segment


def _move(row: Row, figures: list[tuple[Segment, Amount]], columns: dict[str, Segment]) -> dict[str, str] | None:
    day = dates.find(row.segments[0])
    short = _SHORT_DAY.match(row.segments[0].folded)
    if not day and short is None:
        return None
    for segment, amount in figures:
        column = _column(segment, columns)
        if column in ("debit", "credit", "amount"):
            value = -abs(amount.value) if column == "debit" else amount.value
            first = row.segments[0]
            rest = first.text[day[0].end if day else short.end() if short else 0 :]
            words = [rest, *(part.text for part in row.segments[1:] if part is not segment and not _numeric(part))]
            return {
                "date": day[0].iso if day else tidy(short.group()) if short else "",
                "description": tidy(" ".join(words)),
                "amount": amounts.plain(value),
            }
    return None


def _dated(text: str, end: Date) -> str:
    """A day printed without its year, in the last year that does not put it after the end of the period."""
    short = _SHORT_DAY.match(text)
    month = int(short[2]) if short and short[2].isdigit() else dates.MONTHS.get(short[2], 0) if short else 0
    if short is None or re.fullmatch(r"\d{4}-\d\d-\d\d", text) or not 1 <= month <= 12:
        return text
    year = end.value.year - (month > end.value.month)
    return f"{year}-{month:02}-{int(short[1]):02}"


def _numeric(segment: Segment) -> bool:
    return not re.search(r"[^\W\d_]{2}", segment.text)
