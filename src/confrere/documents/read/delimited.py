"""CSV and TSV: encoding, separator, and cells kept as text (a reader must not turn a phone number into a number)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

from confrere.documents.model import Document, Page, Table, Warning_
from confrere.documents.read.limits import Budget
from confrere.documents.read.text_bytes import decode, read_head

_SEPARATORS = ";,\t|"
_BYTES = 64_000_000
_LINE = 1_000_000


def read_delimited(path: Path, budget: Budget) -> Document:
    """Read a CSV or TSV as one table. ``metadata`` tells encoding, separator and decimal mark ("," or ".")."""
    data, more = read_head(path, _BYTES)
    text, encoding = decode(data)
    text = text.replace("\0", "")
    document = Document(kind="csv", metadata={"encoding": encoding})
    first = text[:6].lower()
    separator = text[4] if first.startswith("sep=") and len(text) > 5 else sniff_separator(text[:65_536])
    if first.startswith("sep="):
        text = text.partition("\n")[2]
    csv.field_size_limit(_LINE)
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for row in reader:
            if len(rows) >= budget.limits.rows or (len(rows) % 5000 == 4999 and budget.late()):
                more = True
                break
            rows.append([cell.strip() for cell in row[: budget.limits.columns]])
    except csv.Error as error:
        document.warnings.append(Warning_(code="truncated", where=f"line {reader.line_num}", text=str(error)))
    while rows and not any(rows[-1]):
        rows.pop()
    if more:
        document.warnings.append(Warning_(code="truncated", where=f"line {len(rows)}", text=str(path.stat().st_size)))
    document.metadata["separator"] = separator
    document.metadata["decimal"] = decimal_mark(rows[:2000])
    shown = "\n".join("\t".join(row).rstrip() for row in rows[:5000] if any(row))
    for row in rows:
        for cell in row:
            if cell[:1] in "=@+-\t" and len(cell) > 2 and any(mark in cell for mark in ("|", "HYPERLINK", "WEBSERVICE", "IMPORT", "cmd")):
                document.warnings.append(Warning_(code="formula-call", text=cell[:300]))
                break
        if len(document.warnings) > 10:
            break
    table = Table(rows=list(rows), header=has_header(rows))
    document.pages.append(Page(label="table", text=budget.take_text(shown), tables=[table] if rows else []))
    return document


def sniff_separator(sample: str) -> str:
    """Return the separator that cuts the lines into the same number of cells, more than one, most often."""
    lines = [line for line in sample.splitlines()[:200] if line.strip()]
    best, score = ",", 0.0
    for separator in _SEPARATORS:
        counts = Counter(_count(line, separator) for line in lines)
        counts.pop(0, None)
        if not counts:
            continue
        cells, times = counts.most_common(1)[0]
        value = times / max(len(lines), 1) * (1 + 0.1 * min(cells, 10))
        if value > score + 1e-9:
            best, score = separator, value
    return best


def _count(line: str, separator: str) -> int:
    """Count separators outside quotes."""
    if '"' not in line:
        return line.count(separator)
    quoted, count = False, 0
    for char in line:
        if char == '"':
            quoted = not quoted
        elif char == separator and not quoted:
            count += 1
    return count


def decimal_mark(rows: list[list[str]]) -> str:
    """Return the decimal mark the numbers use: "," or "."."""
    comma = point = 0
    for row in rows:
        for cell in row:
            digits = cell.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").strip("€$£%-+")
            if not digits or len(digits) > 20 or not digits.replace(",", "").replace(".", "").isdigit():
                continue
            last = max(digits.rfind(","), digits.rfind("."))
            if last < 0:
                continue
            # Three digits after a lone mark may be thousands: they say nothing.
            if digits.count(",") + digits.count(".") == 1 and len(digits) - last - 1 == 3:
                continue
            if digits[last] == ",":
                comma += digits.count(",") == 1
                point += digits.count(",") > 1
            else:
                point += digits.count(".") == 1
                comma += digits.count(".") > 1
    return "," if comma > point else "."


def has_header(rows: list[list[str]]) -> bool:
    """Whether the first row names columns: words, all different, above rows that hold figures."""
    if len(rows) < 2 or not rows[0] or any(any(c.isdigit() for c in cell) and not any(c.isalpha() for c in cell) for cell in rows[0]):
        return False
    named = [cell for cell in rows[0] if cell]
    return len(named) >= 0.6 * len(rows[0]) and len(set(named)) == len(named)
