"""XLSX, XLS, XLSB and ODS: the values of each sheet as a table, through calamine; what a sheet hides in ``inspect_xlsx``.

A table's first row is row 1 and its first cell column A, so that (row, column) gives a cell's name. Hidden sheets are left
out. Hidden rows and columns stay in the table (a filter hides rows that belong to the data) but not in the text.
"""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

from confrere.documents.model import Document, Page, Table, Warning_
from confrere.documents.read.limits import Budget, Unreadable
from confrere.documents.read.zips import Container

_TEXT_ROWS = 5000
_OLE = b"\xd0\xcf\x11\xe0"


def read_spreadsheet(path: Path, budget: Budget) -> Document:
    """Read a workbook. Raises Unreadable."""
    with open(path, "rb") as file:
        start = file.read(4)
    hidden = None
    if start == _OLE:
        document = _old(path)
    else:
        with Container(path, budget.limits) as container:
            document = Document(kind="xlsx")
            if "mimetype" in container or "content.xml" in container:
                from confrere.documents.read.odf import odf_properties

                document.kind = "ods"
                document.metadata = odf_properties(container)
            else:
                from confrere.documents.read.inspect_xlsx import inspect_workbook
                from confrere.documents.read.ooxml import inspect_package, properties

                document.kind = "xlsb" if "xl/workbook.bin" in container else "xlsx"
                document.metadata = properties(container)
                document.warnings.extend(inspect_package(container))
                try:
                    hidden = inspect_workbook(container)
                except (Unreadable, KeyError) as error:
                    document.warnings.append(Warning_(code="damaged-part", text=str(error)[:300]))
                else:
                    document.warnings.extend(hidden.warnings)
    _sheets(path, document, budget, hidden)
    return document


def _old(path: Path) -> Document:
    from confrere.documents.read.ole import Ole

    with Ole(path) as ole:
        names = ole.names()
        if any("Encrypt" in name for name in names):
            raise Unreadable("encrypted")
        document = Document(kind="xls", metadata=ole.metadata())
        if any(name.startswith(("_VBA_PROJECT", "Macros/")) for name in names):
            document.warnings.append(Warning_(code="macro", where="VBA"))
    return document


def _sheets(path: Path, document: Document, budget: Budget, hidden: Any) -> None:
    import python_calamine

    try:
        book = python_calamine.load_workbook(io.BytesIO(path.read_bytes()))
    except python_calamine.PasswordError as error:
        raise Unreadable("encrypted", str(error), document.kind) from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Unreadable("damaged", str(error), document.kind) from error
    rows_left = budget.limits.rows
    for sheet in book.sheets_metadata:
        if sheet.typ not in (python_calamine.SheetTypeEnum.WorkSheet, python_calamine.SheetTypeEnum.MacroSheet):
            continue
        if sheet.typ == python_calamine.SheetTypeEnum.MacroSheet:
            document.warnings.append(Warning_(code="macro", where=sheet.name))
        if budget.late() or rows_left <= 0:
            document.warnings.append(Warning_(code="truncated", where=sheet.name))
            break
        try:
            grid = book.get_sheet_by_name(sheet.name)
            rows = _rows(grid, rows_left, budget.limits.columns)
        except (python_calamine.CalamineError, OSError, ValueError, KeyError) as error:
            document.warnings.append(Warning_(code="damaged-part", where=sheet.name, text=str(error)[:300]))
            continue
        rows_left -= len(rows)
        if grid.total_height > len(rows) or grid.total_width > budget.limits.columns:
            document.warnings.append(Warning_(code="truncated", where=sheet.name, text=f"{len(rows)}/{grid.total_height}"))
        if sheet.visible != python_calamine.SheetVisibleEnum.Visible:
            if rows:
                document.warnings.append(Warning_(code="hidden-sheet", where=sheet.name, text=_text(rows, set(), set(), set())[:300]))
            continue
        out_rows, out_columns, out_cells = hidden.of(sheet.name) if hidden is not None else (set(), set(), set())
        _tell_hidden(document, sheet.name, rows, out_rows, out_columns, out_cells)
        text = budget.take_text(_text(rows, out_rows, out_columns, out_cells))
        document.pages.append(Page(label=sheet.name, text=text, tables=[Table(rows=rows, name=sheet.name)] if rows else []))


def _rows(grid: Any, limit: int, columns: int) -> list[list[Any]]:
    """Return the cells from A1, numbers and booleans as they are, dates in ISO, nothing as None."""
    if grid.start is None:
        return []
    top, left = grid.start
    if top > 20_000 or left > columns:
        top = left = 0
    rows: list[list[Any]] = [[] for _ in range(top)]
    pad: list[Any] = [None] * left
    for row in grid.to_python(skip_empty_area=True, nrows=max(limit - top, 0)):
        cells = pad + [_value(cell) for cell in row[: columns - left]]
        while cells and cells[-1] is None:
            cells.pop()
        rows.append(cells)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _value(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell if cell else None
    if isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


def _text(rows: list[list[Any]], out_rows: set[int], out_columns: set[int], out_cells: set[tuple[int, int]]) -> str:
    lines = []
    for number, row in enumerate(rows[:_TEXT_ROWS]):
        if number in out_rows:
            continue
        cells = [
            "" if cell is None or column in out_columns or (number, column) in out_cells else str(cell) for column, cell in enumerate(row)
        ]
        line = "\t".join(cells).rstrip()
        if line:
            lines.append(line)
    return "\n".join(lines)


def _tell_hidden(
    document: Document, name: str, rows: list[list[Any]], out_rows: set[int], out_columns: set[int], out_cells: set[tuple[int, int]]
) -> None:
    hidden = [str(c) for i in sorted(out_rows) if i < len(rows) for c in rows[i] if c is not None]
    if hidden:
        document.warnings.append(Warning_(code="hidden-rows", where=name, text=" ".join(hidden[:60])[:300]))
    hidden = [str(row[c]) for row in rows[:2000] for c in sorted(out_columns) if c < len(row) and row[c] is not None]
    if hidden:
        document.warnings.append(Warning_(code="hidden-columns", where=name, text=" ".join(hidden[:60])[:300]))
    cells = sorted(out_cells)
    hidden = [str(rows[r][c]) for r, c in cells if r < len(rows) and c < len(rows[r]) and rows[r][c] is not None]
    if hidden:
        document.warnings.append(Warning_(code="hidden-text", where=name, text=" ".join(hidden[:60])[:300]))
