"""Files turned from one common format into another: CSV and workbooks here, the rest through LibreOffice."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import shutil
import tempfile
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from confrere.documents.write import formats
from confrere.documents.write.content import Column, Table
from confrere.documents.write.text import plain
from confrere.errors import Failed

_NUMBER = re.compile(r"[-−+]?(?:\d{1,3}(?:[  \u202f.,]\d{3})+|\d+)(?:[.,]\d+)?")
_DATE = (
    ("%Y-%m-%d", re.compile(r"\d{4}-\d{2}-\d{2}")),
    ("%d/%m/%Y", re.compile(r"\d{2}/\d{2}/\d{4}")),
    ("%d.%m.%Y", re.compile(r"\d{2}\.\d{2}\.\d{4}")),
)
# What a spreadsheet takes for a formula at the start of a CSV cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_to_xlsx(path: Path, source: Path, language: str) -> int:
    """Write a CSV or TSV file as a workbook with typed columns; returns the number of rows.

    A column becomes numbers or dates only where all its cells are unmistakably such: codes with leading zeros,
    telephone and account numbers stay text. Raises Failed ``write.cannot-open``.
    """
    from confrere.documents.write.tables import table_workbook

    rows = read_csv(source)
    width = max((len(row) for row in rows), default=0)
    if not width:
        raise Failed("write.cannot-open", file=source.name)
    heads, *body = [row + [""] * (width - len(row)) for row in rows]
    columns, typed = [], []
    for place, head in enumerate(heads):
        kind, values = _typed([row[place] for row in body])
        columns.append(Column(title=head, kind=kind))
        typed.append(values)
    table = Table(title=source.stem, columns=columns, rows=[list(row) for row in zip(*typed, strict=True)] if body else [])
    table_workbook(path, [table], language)
    return len(body)


def read_csv(source: Path) -> list[list[str]]:
    """The rows of a CSV or TSV file, its encoding and separator found out; empty lines left out. Raises Failed ``write.cannot-open``."""
    try:
        data = source.read_bytes()
    except OSError as error:
        raise Failed("write.cannot-open", file=source.name) from error
    text = _decoded(data)
    if "\x00" in text:
        raise Failed("write.cannot-open", file=source.name)
    sample = text[:20_000].splitlines()[:50]
    full = [line for line in sample if line.strip()]
    # The separator is on every line: the mark whose poorest line has most of it, then the commonest.
    separator = max(";\t,|", key=lambda mark: (min((line.count(mark) for line in full), default=0), sum(line.count(mark) for line in full)))
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise Failed("write.cannot-open", file=source.name) from error


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    # Office files that are not UTF-8 are, in French and English, Windows-1252.
    return data.decode("cp1252", "replace")


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


def xlsx_to_csv(path: Path, source: Path, language: str, sheet: str = "") -> int:
    """Write one sheet (the first, or ``sheet``) of a workbook as CSV in UTF-8; returns the number of rows.

    French readers get semicolons and decimal commas. Text that a spreadsheet would take for a formula gets an apostrophe
    in front. Raises Failed ``write.cannot-open``, or ``write.no-such-sheet``.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(source, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile, InvalidFileException) as error:
        raise Failed("write.cannot-open", file=source.name) from error
    try:
        if sheet and sheet not in book.sheetnames:
            raise Failed("write.no-such-sheet", file=source.name, sheet=sheet, sheets=", ".join(book.sheetnames))
        rows = [list(row) for row in (book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True)]
    finally:
        book.close()
    write_csv(path, rows, language)
    return len(rows)


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
    return "'" + text if text.startswith(_FORMULA) else text


def to_pdf(path: Path, source: Path) -> None:
    """Write a Word, Excel or PowerPoint file (or an OpenDocument one) as a PDF, through LibreOffice.

    Raises Failed ``write.office-missing``, ``write.office-timeout`` or ``write.office-failed``.
    """
    from confrere.documents.render import convert

    with tempfile.TemporaryDirectory(prefix="confrere-convert-") as scratch:
        shutil.copyfile(convert(source, ".pdf", Path(scratch)), path)
