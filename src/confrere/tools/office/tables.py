"""Plain tables of documents' fields, as CSV or XLSX, safe to open: no text becomes a formula."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from confrere.documents.write.sheets import Formats

_MONEY = {"net", "tax", "total"}
_DATES = {"date", "due_date"}


@dataclass(slots=True)
class Lines:
    """Rows whose amounts go together: one currency, one side, one state. ``label`` is what stands beside their total; empty, they
    have none. ``links`` are the addresses of the files behind the rows."""

    rows: list[list[str]]
    currencies: list[str]
    links: list[str]
    label: str = ""


def write_table(path: Path, names: list[str], groups: list[Lines], language: str) -> None:
    """Write groups of rows of canonical text under these field names. CSV is UTF-8 with a mark; French takes ; and a decimal comma.
    XLSX has typed cells, a filter, a frozen header, links to the files, and for each group its totals as formulas: amounts of two
    currencies, or of sales and purchases, are never added up."""
    from confrere.documents.write.labels import field_label

    heads = [field_label(name, language) for name in names]
    rows = [row for group in groups for row in group.rows]
    if path.suffix == ".csv":
        with open(path, "w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file, delimiter=";" if language == "fr" else ",")
            writer.writerow(heads)
            for row in rows:
                writer.writerow([_printed(name, text, language) for name, text in zip(names, row, strict=True)])
        return
    from confrere.documents.write.package import stamp
    from confrere.documents.write.sheets import Formats, file_cell, open_workbook, page_setup, text

    with open_workbook(path, stamp(None), "") as book:
        styles = Formats(book, language)
        sheet = book.add_worksheet("Documents")
        for column, head in enumerate(heads):
            text(sheet, 0, column, head, styles.get("head-right" if names[column] in _MONEY else "head"))
            width = max([len(head), *(len(row[column]) for row in rows), *(len(group.label) for group in groups if column == 0)])
            sheet.set_column(column, column, min(max(width + 4, 16 if names[column] in _MONEY else 11), 50))
        line = 1
        feet = []
        for group in groups:
            for row, code, link in zip(group.rows, group.currencies, group.links, strict=True):
                for column, (name, content) in enumerate(zip(names, row, strict=True)):
                    if name in _MONEY and (number := _decimal(content)) is not None:
                        sheet.write_number(line, column, float(number), styles.money(code))
                    elif name in _DATES and len(content) == 10:
                        sheet.write_datetime(line, column, dt.datetime.fromisoformat(content), styles.kind("date", style="left"))
                    elif name == "file":
                        file_cell(sheet, line, column, content, link, styles)
                    else:
                        text(sheet, line, column, content)
                line += 1
            if group.label and group.rows:
                feet.append((group, line - len(group.rows)))
        end = line
        line += 1
        for group, first in feet:
            line += _foot(sheet, styles, names, group, first, line)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(end - 1, 1), len(names) - 1)
        page_setup(sheet, language, 0, landscape=len(names) > 5)


def _foot(sheet: Any, styles: Formats, names: list[str], group: Lines, first: int, line: int) -> int:
    """The totals of one group, whose first row is ``first`` (0-based), on ``line``; returns the lines written."""
    from xlsxwriter.utility import xl_col_to_name

    from confrere.documents.write.sheets import text

    totals = {}
    for column, name in enumerate(names):
        values = [value for row in group.rows if (value := _decimal(row[column])) is not None] if name in _MONEY else []
        if values:
            totals[column] = sum(values, Decimal(0))
    if not totals:
        return 0
    beside = next((column for column, name in enumerate(names) if name not in _MONEY), 0)
    for column in range(len(names)):
        if column in totals:
            letter = xl_col_to_name(column)
            formula = f"=SUM({letter}{first + 1}:{letter}{first + len(group.rows)})"
            sheet.write_formula(line, column, formula, styles.money(group.currencies[0], "total"), float(totals[column]))
        else:
            text(sheet, line, column, group.label if column == beside else "", styles.get("total"))
    return 1


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except ArithmeticError:
        return None
    return value if value.is_finite() else None


def _printed(name: str, text: str, language: str) -> str:
    """A cell as text that a spreadsheet program reads as what it is, and never as a formula."""
    if name in _MONEY and _decimal(text) is not None:
        return text.replace(".", ",") if language == "fr" else text
    if name in _DATES and language == "fr" and len(text) == 10:
        return f"{text[8:]}/{text[5:7]}/{text[:4]}"
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
