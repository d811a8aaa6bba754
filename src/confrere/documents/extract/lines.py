"""The lines of an invoice: from its table, by the columns its heading names."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from confrere.documents.extract import amounts
from confrere.documents.extract.amounts import Amount, plain
from confrere.documents.extract.labels import labels
from confrere.documents.extract.layout import Layout, Row, Segment
from confrere.documents.extract.text import pattern, tidy
from confrere.documents.extract.totals import Totals
from confrere.documents.extract.vocabulary import table

_STOP = frozenset(("gross", "net", "tax", "total", "open"))
_MAX_LINES = 500


def read(layout: Layout, sums: Totals) -> list[dict[str, str]]:
    """The lines as dicts of description, quantity, unit_price, rate, amount (those that are printed); none when no heading
    names at least a description and an amount or price."""
    mark = amounts.decimal_mark(layout)
    heading: dict[str, Segment] = {}
    lines: list[dict[str, str]] = []
    for row in layout.rows:
        named = _heading(row)
        if named:
            heading = named
            continue
        if not heading or row.page != next(iter(heading.values())).page:
            continue
        if _ends(row):
            heading = {}
            continue
        _take(row, heading, mark, lines)
        if len(lines) >= _MAX_LINES:
            break
    return [line for line in lines if "amount" in line or ("unit_price" in line and "quantity" in line)]


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(column, re.compile(pattern(terms))) for column, terms in table("labels")["column"].items()]


def _heading(row: Row) -> dict[str, Segment]:
    """The columns a row names, {} when it is no heading."""
    if any(ch.isdigit() for ch in row.text) and len(re.findall(r"\d", row.text)) > 3:
        return {}
    found: dict[str, Segment] = {}
    for segment in row.segments:
        for column, regex in _patterns():
            match = regex.match(segment.folded.lstrip(" (#"))
            if match and column not in found:
                found[column] = segment
                break
        else:
            last = [(column, regex) for column, regex in _patterns() if regex.search(segment.folded)]
            for column, _ in last[:1]:
                found.setdefault(column, segment)
    if "amount" not in found and "unit_price" in found and row.segments[-1] is found["unit_price"]:
        found["amount"] = found.pop("unit_price")
    good = "description" in found and ("amount" in found or "unit_price" in found)
    return found if good or (len(found) >= 4 and "amount" in found) else {}


def _ends(row: Row) -> bool:
    """Whether the sums begin: a label of a sum starts a segment of the row, with an amount after it."""
    has_amount = any(amount.money for segment in row.segments for amount in amounts.find(segment))
    return has_amount and any(
        hit.kind in _STOP and hit.start <= 2 for segment in row.segments for hit in labels("money", segment.ocr).find(segment.plain)
    )


def _take(row: Row, heading: dict[str, Segment], mark: str, lines: list[dict[str, str]]) -> None:
    cells: dict[str, list[Segment]] = {}
    for segment in row.segments:
        cells.setdefault(_column(segment, heading), []).append(segment)
    line: dict[str, str] = {}
    for column in ("quantity", "unit_price", "rate", "amount"):
        found = [amount for segment in cells.get(column, ()) for amount in amounts.find(segment, mark)]
        if found:
            line[column] = _printed(column, found[-1])
    text = tidy(
        " ".join(
            segment.text
            for segment in row.segments
            if _column(segment, heading) in ("description", "unit", "discount") and any(map(str.isalpha, segment.text))
        )
    )
    if not line or ("amount" not in line and "unit_price" not in line):
        if lines and text and len(lines[-1].get("description", "")) < 200 and not any(ch in text for ch in ":@"):
            lines[-1]["description"] = tidy(lines[-1].get("description", "") + " " + text)
        return
    if text:
        line = {"description": text, **line}
    lines.append(line)


def _column(segment: Segment, heading: dict[str, Segment]) -> str:
    """The column a segment stands in: the one it overlaps most, else the nearest edge."""

    def distance(head: Segment) -> float:
        overlap = min(segment.x1, head.x1) - max(segment.x0, head.x0)
        if overlap > 0:
            return -overlap
        return min(abs(segment.x0 - head.x0), abs(segment.x1 - head.x1))

    return min(heading, key=lambda column: distance(heading[column]))


def _printed(column: str, amount: Amount) -> str:
    if column in ("quantity", "rate"):
        return format(amount.value.normalize() if amount.value else Decimal(0), "f")
    return plain(amount.value)
