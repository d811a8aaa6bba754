"""Tables between text and spreadsheets: columns typed where their cells are sure, and CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from confrere.documents.write import formats
from confrere.documents.write.content import Column, Table
from confrere.documents.write.text import plain

_NUMBER = re.compile(r"[-−+]?(?:\d{1,3}(?:[  \u202f.,]\d{3})+|\d+)(?:[.,]\d+)?")
_DATE = (
    ("%Y-%m-%d", re.compile(r"\d{4}-\d{2}-\d{2}")),
    ("%d/%m/%Y", re.compile(r"\d{2}/\d{2}/\d{4}")),
    ("%d.%m.%Y", re.compile(r"\d{2}\.\d{2}\.\d{4}")),
)
# What a spreadsheet takes for a formula at the start of a CSV cell; a telephone number may begin with a sign.
_SIGNED = re.compile(r"[+-][\d .,()/]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def typed_table(title: str, rows: list[list[Any]]) -> Table:
    """Rows of text as a table with typed columns; the first row is the header.

    A column becomes numbers or dates only where all its cells are unmistakably such: codes with leading zeros,
    telephone and account numbers stay text.
    """
    width = max(len(row) for row in rows)
    heads, *body = [["" if cell is None else str(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
    columns, typed = [], []
    for place, head in enumerate(heads):
        kind, values = _typed([row[place] for row in body])
        columns.append(Column(title=head or f"#{place + 1}", kind=kind))
        typed.append(values)
    return Table(title=title, columns=columns, rows=[list(row) for row in zip(*typed, strict=True)] if body else [])


def _typed(cells: list[str]) -> tuple[str, list[Any]]:
    """The kind of a column and its values. All cells that are not empty must be of the kind."""
    full = [cell.strip() for cell in cells if cell.strip()]
    if full:
        for form, pattern in _DATE:
            if all(pattern.fullmatch(cell) for cell in full):
                try:
                    return "date", [dt.datetime.strptime(cell.strip(), form).date() if cell.strip() else None for cell in cells]
                except ValueError:
                    break
        decimal = _decimal_mark(full)
        if decimal and all(_NUMBER.fullmatch(cell) and not _is_code(cell) for cell in full):
            return "number", [_number(cell, decimal) if cell.strip() else None for cell in cells]
    return "text", list(cells)


def _is_code(cell: str) -> bool:
    """A number that is a name: leading zeros, a sign, or more digits than amounts have."""
    digits = re.sub(r"\D", "", cell)
    padded = digits.startswith("0") and len(digits) > 1 and not re.match(r"[-−]?0[.,]", cell)
    return padded or cell.startswith("+") or len(digits) > 15 or (len(digits) >= 9 and digits == cell)


def _decimal_mark(cells: list[str]) -> str:
    """The decimal mark of a column, "" where its cells contradict each other or leave it open ("1,234")."""
    marks = set()
    for cell in cells:
        found = [ch for ch in cell if ch in ".,"]
        if not found:
            continue
        last = found[-1]
        if len(set(found)) == 2:
            marks.add(last)
        elif len(found) > 1:
            marks.add("." if last == "," else ",")
        elif len(cell) - cell.rindex(last) - 1 != 3:
            marks.add(last)
        else:
            marks.add("?" + last)
    sure = {mark for mark in marks if len(mark) == 1}
    if len(sure) > 1 or (not sure and marks):
        return ""
    return sure.pop() if sure else "."


def _number(cell: str, decimal: str) -> Decimal:
    text = re.sub(r"[\s  \u202f]", "", cell.strip()).replace("−", "-").replace("," if decimal == "." else ".", "")
    return Decimal(text.replace(decimal, "."))


def write_csv(path: Path, rows: list[list[Any]], language: str) -> None:
    """Write rows of values as CSV (UTF-8 with a mark, so that Excel reads accents), as a French or English Excel reads it."""
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";" if language == "fr" else ",", lineterminator="\r\n")
        for row in rows:
            writer.writerow([_csv_cell(value, language) for value in row])


def _csv_cell(value: Any, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return formats.cell(value, "text", language)
    if isinstance(value, dt.datetime):
        day = _csv_cell(value.date(), language)
        return f"{day} {value:%H:%M}" if value.time() != dt.time() else day
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}" if language == "fr" else value.isoformat()
    if isinstance(value, (int, float, Decimal)):
        text = format(Decimal(str(value)), "f")
        return text.replace(".", ",") if language == "fr" else text
    text = plain(str(value))
    return "'" + text if text.startswith(_FORMULA) and not _SIGNED.fullmatch(text) else text
