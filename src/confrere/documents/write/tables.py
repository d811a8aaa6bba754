"""Workbooks of plain tables: one sheet a table, typed cells, filters, totals as formulas."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from confrere.documents.write import formats
from confrere.documents.write.content import Column, Edit, Table
from confrere.documents.write.package import stamp
from confrere.documents.write.sheets import Formats, file_cell, open_workbook, page_setup, text, value
from confrere.documents.write.text import line
from confrere.messages import say

_NUMERIC = ("number", "money", "percent")


def table_workbook(
    path: Path, tables: list[Table], language: str, day: dt.date | None = None, links: list[list[str]] | None = None
) -> None:
    """Write each table on its own sheet, as a real table.

    Columns whose ``total`` is set get a SUBTOTAL formula at their foot, which follows the filters. ``links`` gives, for
    each table, the address of each row's first cell ("" for none). Raises ValueError where a row is not as long as its
    columns.
    """
    with open_workbook(path, stamp(day), tables[0].title if tables else "") as book:
        styles = Formats(book, language)
        names: set[str] = set()
        for number, table in enumerate(tables, 1):
            sheet = book.add_worksheet(sheet_name(table.title or say("write.sheet-table", language, number=number), names))
            _sheet(sheet, styles, table, number, language, links[number - 1] if links else [])
        if not tables:
            text(book.add_worksheet(say("write.sheet-table", language, number=1)), 0, 0, say("write.table-empty", language))


def cleaned_workbook(path: Path, table: Table, edits: list[Edit], language: str, day: dt.date | None = None) -> None:
    """Write cleaned data with the log of each change made to it, and how many of each kind."""

    def column(key: str, kind: str = "text") -> Column:
        return Column(title=say(f"write.{key}", language), kind=kind)

    table = Table(title=say("write.sheet-clean", language), columns=table.columns, rows=table.rows, caption=table.caption)
    log = Table(
        title=say("write.sheet-changes", language),
        columns=[column("edit-row", "number"), column("edit-column"), column("edit-before"), column("edit-after"), column("edit-rule")],
        rows=[[edit.row, edit.column, edit.before, edit.after, rule_label(edit.rule, language)] for edit in edits],
    )
    rules = sorted({edit.rule for edit in edits})
    counts = Table(
        title=say("write.sheet-counts", language),
        columns=[column("edit-rule"), Column(title=say("write.edit-count", language), kind="number", total=True)],
        rows=[[rule_label(rule, language), sum(1 for edit in edits if edit.rule == rule)] for rule in rules],
    )
    table_workbook(path, [table, log, counts], language, day)


def rule_label(rule: str, language: str) -> str:
    """The rule behind a change, in words."""
    try:
        return say(f"write.rule-{rule}", language)
    except KeyError:
        return line(rule)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A sheet name Excel accepts (31 characters, none of []:*?/\\, no quote at the ends) and not taken yet; adds it to ``taken``."""
    clean = "".join(" " if ch in "[]:*?/\\" else ch for ch in line(wanted)).strip().strip("'")[:31].strip() or "Sheet"
    name, number = clean, 2
    # "History" is a name Excel keeps for itself.
    while name.casefold() in taken or name.casefold() == "history":
        name, number = f"{clean[:27]} {number}", number + 1
    taken.add(name.casefold())
    return name


def _sheet(sheet: Any, styles: Formats, table: Table, number: int, language: str, links: list[str]) -> None:
    columns = _headers(table.columns)
    end = max(len(table.rows), 1)
    totals = bool(table.rows) and any(column.total for column in table.columns)
    for place, (column, header) in enumerate(zip(table.columns, columns, strict=True)):
        longest = max([len(header), *(len(formats.cell(row[place], column.kind, language, column.currency)) for row in table.rows[:500])])
        sheet.set_column(place, place, max(8, min(60, longest + 3)))
    options = [
        {"header": header, "header_format": styles.get("head-right" if column.kind in _NUMERIC else "head")}
        for column, header in zip(table.columns, columns, strict=True)
    ]
    if columns:
        sheet.add_table(
            0,
            0,
            end + int(totals),
            len(columns) - 1,
            {"name": f"Table_{number}", "columns": options, "style": "Table Style Light 1", "total_row": totals},
        )
    for at, row in enumerate(table.rows, 1):
        for place, (content, column) in enumerate(zip(row, table.columns, strict=True)):
            if place == 0 and links and links[at - 1]:
                file_cell(sheet, at, 0, str(content), links[at - 1], styles)
            else:
                value(sheet, at, place, content, _style(styles, column, content))
    if totals:
        _totals(sheet, styles, table, columns, number, language)
    sheet.set_row(0, 20)
    sheet.freeze_panes(1, 1 if len(columns) > 3 else 0)
    page_setup(sheet, language, 0, landscape=len(columns) > 5)


def _totals(sheet: Any, styles: Formats, table: Table, headers: list[str], number: int, language: str) -> None:
    at = len(table.rows) + 1
    for place, column in enumerate(table.columns):
        style = styles.kind(column.kind if column.kind != "number" else "whole", column.currency, "total")
        if not column.total:
            text(sheet, at, place, say("write.total-word", language) if place == 0 else "", styles.get("total"))
            continue
        amount = sum(
            (
                Decimal(str(row[place]))
                for row in table.rows
                if isinstance(row[place], (int, float, Decimal)) and not isinstance(row[place], bool)
            ),
            Decimal(0),
        )
        sheet.write_formula(at, place, f"=SUBTOTAL(109,Table_{number}[{headers[place]}])", style, float(amount))


def _style(styles: Formats, column: Column, content: object) -> Any:
    if isinstance(content, dt.date):
        return styles.kind("month" if column.kind == "month" else "date")
    if column.kind == "money":
        return styles.money(column.currency)
    if column.kind == "percent":
        return styles.kind("percent")
    if isinstance(content, Decimal):
        places = max(0, -int(content.as_tuple().exponent)) if content.is_finite() else 0
        return styles.get("body", "#,##0" + ("." + "0" * min(places, 6) if places else ""))
    return styles.get("wrap") if isinstance(content, str) and len(content) > 60 else None


def _headers(columns: list[Column]) -> list[str]:
    """Header texts a table accepts: none empty, no two alike (case folded), no bracket, hash or straight quote, which structured
    references would have to escape; an apostrophe is the printed one."""
    found: list[str] = []
    taken: set[str] = set()
    for number, column in enumerate(columns, 1):
        name = line("".join(" " if ch in '[]#"@' else ch for ch in column.title.replace("'", "’")))[:200] or f"Column {number}"
        unique, count = name, 2
        while unique.casefold() in taken:
            unique, count = f"{name} {count}", count + 1
        taken.add(unique.casefold())
        found.append(unique)
    return found
