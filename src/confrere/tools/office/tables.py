"""Plain tables of documents' fields, as CSV or XLSX, safe to open: no text becomes a formula."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

_MONEY = {"net", "tax", "total"}
_DATES = {"date", "due_date"}


def write_table(path: Path, names: list[str], rows: list[list[str]], language: str) -> None:
    """Write rows of canonical text under these field names. CSV is UTF-8 with a mark; French takes ; and a decimal comma.
    XLSX has typed cells, a filter, a frozen header, and a total formula under each amount."""
    from confrere.documents.write.labels import field_label

    heads = [field_label(name, language) for name in names]
    if path.suffix == ".csv":
        with open(path, "w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file, delimiter=";" if language == "fr" else ",")
            writer.writerow(heads)
            for row in rows:
                writer.writerow([_printed(name, text, language) for name, text in zip(names, row, strict=True)])
        return
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet(heads[0][:28] if len(heads) == 1 else "Documents")
        bold = book.add_format({"bold": True, "bottom": 1})
        money = book.add_format({"num_format": "#,##0.00"})
        day = book.add_format({"num_format": "dd/mm/yyyy" if language == "fr" else "yyyy-mm-dd"})
        total = book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1})
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
        for line, row in enumerate(rows, 1):
            for column, (name, text) in enumerate(zip(names, row, strict=True)):
                if name in _MONEY and (number := _decimal(text)) is not None:
                    sheet.write_number(line, column, float(number), money)
                elif name in _DATES and len(text) == 10:
                    sheet.write_datetime(line, column, dt.datetime.fromisoformat(text), day)
                else:
                    sheet.write_string(line, column, text)
        for column, name in enumerate(names):
            width = max([len(heads[column]), *(len(row[column]) for row in rows)], default=8)
            sheet.set_column(column, column, min(max(width + 2, 10), 50))
            if name in _MONEY and rows:
                letter = xlsxwriter.utility.xl_col_to_name(column)
                value = sum((_decimal(row[column]) or Decimal(0) for row in rows), Decimal(0))
                sheet.write_formula(len(rows) + 1, column, f"=SUM({letter}2:{letter}{len(rows) + 1})", total, float(value))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(rows), 1), len(names) - 1)


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
