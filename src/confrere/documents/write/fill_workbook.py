"""An offer put into a company's own workbook: amounts and totals become formulas, and formulas below the repeated row are moved along
with their cells. What no placeholder of ours names is left as it is and reported.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from confrere.documents.write import formats
from confrere.documents.write.holes import HEADS, LINES, head_value, holes, line_text, shown
from confrere.documents.write.offer import Line, Offer
from confrere.documents.write.package import settle
from confrere.documents.write.sheets import letters
from confrere.documents.write.text import plain

_REF = re.compile(
    r"(?P<sheet>(?:'[^']+'|[A-Za-z_][\w.]*)!)?(?P<c1>\$?[A-Z]{1,3})(?P<d1>\$?)(?P<r1>\d+)(?::(?P<c2>\$?[A-Z]{1,3})(?P<d2>\$?)(?P<r2>\d+))?(?![\w(])"
)


def _moved(formula: str, row: int, more: int) -> str:
    """A formula after ``more`` rows were put below ``row``: what is below moves, a range that ends on it grows."""

    def change(match: re.Match[str]) -> str:
        if match["sheet"]:
            return match[0]
        first = int(match["r1"]) + (more if int(match["r1"]) > row else 0)
        out = f"{match['c1']}{match['d1']}{first}"
        if match["r2"]:
            last = int(match["r2"]) + (more if int(match["r2"]) >= row else 0)
            out += f":{match['c2']}{match['d2']}{last}"
        return out

    pieces = re.split(r'("(?:[^"]|"")*")', formula)
    return "".join(piece if piece.startswith('"') else _REF.sub(change, piece) for piece in pieces)


def fill_workbook(template: Path, path: Path, offer: Offer, language: str) -> list[str]:
    """Write ``template`` (XLSX) filled with ``offer`` to ``path``, amounts and totals as formulas; returns the placeholders left.

    Values of formulas are calculated when the file is opened: openpyxl keeps none.
    """
    import openpyxl

    book = openpyxl.load_workbook(template)
    left: list[str] = []
    known: dict[str, float] = {}
    for sheet in book.worksheets:
        place = _line_row(sheet)
        columns: dict[str, str] = {}
        if place:
            columns = _lines_in(sheet, place, offer, language)
        end = place + len(offer.lines) - 1 if place else 0
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and not (place and place <= cell.row <= end):
                    _head_cell(cell, offer, language, (place, end, columns), left)
                    if cell.data_type == "f" and "amount" in columns:
                        worth = next(
                            (
                                getattr(offer, key)
                                for key in ("net", "tax", "total")
                                if cell.value == _total(key, offer, (place, end, columns))
                            ),
                            None,
                        )
                        if worth is not None:
                            known[f"{sheet.title}!{cell.coordinate}"] = float(worth)
        for number, line in enumerate(offer.lines) if "amount" in columns else ():
            known[f"{sheet.title}!{columns['amount']}{place + number}"] = float(line.amount)
        _widen(sheet)
    book.calculation.fullCalcOnLoad = True
    book.properties.title = offer.number
    book.properties.modified = book.properties.created = dt.datetime.combine(offer.date, dt.time(12))
    book.save(path)
    cache_values(path, known)
    settle(path, offer.date)
    return list(dict.fromkeys(left))


def _widen(sheet: Any) -> None:
    """Give columns left at the standard width room for amounts, dates and a line of text, which would show as ### or be cut."""
    for column in sheet.iter_cols():
        name = letters(column[0].column - 1)
        if name in sheet.column_dimensions and sheet.column_dimensions[name].customWidth:
            continue
        numbers = any(cell.data_type in ("n", "d", "f") and cell.value is not None for cell in column)
        longest = max((len(str(cell.value)) for cell in column if cell.data_type == "s"), default=0)
        if numbers or longest > 9:
            sheet.column_dimensions[name].width = min(50, max(15 if numbers else 0, longest + 2))


def cache_values(path: Path, values: dict[str, float]) -> None:
    """Write the values of formulas ("Sheet!B7") into the workbook at ``path``, for previews that do not calculate."""
    import os
    import zipfile

    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    files = {f"xl/worksheets/sheet{number}.xml": name for number, name in enumerate(book.sheetnames, 1)}
    book.close()
    temporary = path.with_name(path.name + ".caching")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name in files:
                sheet = files[name]

                def filled(match: re.Match[str], sheet: str = sheet) -> str:
                    worth = values.get(f"{sheet}!{match[2]}")
                    return match[0] if worth is None else f"{match[1]}<v>{worth!r}</v></c>"

                text = re.sub(r'(<c r="([A-Z]+\d+)"[^>]*><f>[^<]*</f>)<v ?/?>(?:</v>)?</c>', filled, part.decode())
                part = text.encode()
            target.writestr(name, part)
    os.replace(temporary, path)


def _line_row(sheet: Any) -> int:
    """The row of a sheet that holds a line's placeholders, 0 for none."""
    for row in sheet.iter_rows():
        found = {LINES.get(name) for cell in row if isinstance(cell.value, str) for _, _, name, _ in holes(cell.value)}
        if found & {"description", "quantity", "price"}:
            return int(row[0].row)
    return 0


def _lines_in(sheet: Any, row: int, offer: Offer, language: str) -> dict[str, str]:
    """Repeat the placeholder row for each line; returns the column letter of each field."""
    from openpyxl.formula.translate import Translator

    more = len(offer.lines) - 1
    pattern = {cell.column: (cell.value, copy.copy(cell._style)) for cell in sheet[row]}
    height = sheet.row_dimensions[row].height
    merged = [str(area) for area in sheet.merged_cells.ranges]
    for area in merged:
        sheet.unmerge_cells(area)
    for number in range(sheet.max_row, row, -1):
        for cell in sheet[number]:
            target = sheet.cell(number + more, cell.column)
            target.value, target._style = cell.value, copy.copy(cell._style)
            if more:
                cell.value = None
        sheet.row_dimensions[number + more].height = sheet.row_dimensions[number].height
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.value = _moved(cell.value, row, more)
    for area in merged:
        sheet.merge_cells(_moved(area, row, more) if more else area)
    columns: dict[str, str] = {}
    for column, (content, _) in pattern.items():
        for _, _, name, _ in holes(content) if isinstance(content, str) else []:
            key = LINES.get(name) or ("rate" if name in ("tva", "vat") else "amount" if name in ("total", "total ht") else "")
            if key:
                columns[key] = letters(column - 1)
    for number, line in enumerate(offer.lines):
        at = row + number
        sheet.row_dimensions[at].height = height
        for column, (content, style) in pattern.items():
            cell = sheet.cell(at, column)
            cell._style = copy.copy(style)
            if isinstance(content, str) and content.startswith("="):
                cell.value = Translator(content, origin=f"{letters(column - 1)}{row}").translate_formula(f"{letters(column - 1)}{at}")
            elif isinstance(content, str) and holes(content):
                _line_cell(cell, content, line, columns, offer, language)
            else:
                cell.value = content
    return columns


def _line_cell(cell: Any, content: str, line: Line, columns: dict[str, str], offer: Offer, language: str) -> None:
    found = holes(content)
    key = LINES.get(found[0][2]) or ("rate" if found[0][2] in ("tva", "vat") else "amount" if found[0][2] in ("total", "total ht") else "")
    whole = len(found) == 1 and content.strip() == content[found[0][0] : found[0][1]] and key
    if not whole:
        text = content
        for start, end, name, _ in reversed(found):
            new = line_text(line, name, offer, language)
            text = text if new is None else text[:start] + new + text[end:]
        _put_text(cell, text)
        return
    value = getattr(line, key)
    if key == "amount" and {"quantity", "price"} <= columns.keys():
        less = f"*(1-{columns['discount']}{cell.row})" if "discount" in columns else ""
        cell.value = f"=ROUND({columns['quantity']}{cell.row}*{columns['price']}{cell.row}{less},2)"
    elif isinstance(value, Decimal):
        cell.value = float(value)
    else:
        _put_text(cell, value)
    if isinstance(value, Decimal) and cell.number_format == "General":
        cell.number_format = (
            "0.##%"
            if key in ("rate", "discount") and (value * 100) % 1
            else "0%"
            if key in ("rate", "discount")
            else ("General" if key == "quantity" else formats.excel_money(offer.currency, language))
        )


def _put_text(cell: Any, text: str) -> None:
    """Text from a document, which no "=" turns into a formula."""
    cell.value = plain(text)
    if cell.data_type == "f":
        cell.data_type = "s"


def _head_cell(cell: Any, offer: Offer, language: str, lines: tuple[int, int, dict[str, str]], left: list[str]) -> None:
    found = holes(cell.value)
    left += [name for _, _, name, sure in found if sure and name not in HEADS]
    known = [(start, end, HEADS[name]) for start, end, name, _ in found if name in HEADS]
    if not known:
        return
    start, end, key = known[0]
    value = head_value(offer, key, language)
    if len(known) > 1 or cell.value.strip() != cell.value[start:end]:
        text = cell.value
        for begin, stop, name in reversed(known):
            text = text[:begin] + shown(head_value(offer, name, language), name, offer, language) + text[stop:]
        _put_text(cell, text)
        return
    if isinstance(value, Decimal):
        cell.value = _total(key, offer, lines) if "amount" in lines[2] else float(value)
        if cell.number_format == "General":
            cell.number_format = formats.excel_money(offer.currency, language)
    elif isinstance(value, dt.date):
        cell.value = dt.datetime.combine(value, dt.time())
        cell.number_format = formats.excel_format("date", language)
    else:
        _put_text(cell, value)


def _total(key: str, offer: Offer, lines: tuple[int, int, dict[str, str]]) -> str:
    """The formula of a total over the lines' rows (first, last, column of each field)."""
    first, last, columns = lines
    amounts = f"{columns['amount']}{first}:{columns['amount']}{last}"
    rates = f"{columns['rate']}{first}:{columns['rate']}{last}" if "rate" in columns else ""
    net = f"SUM({amounts})"
    taxes = [f"ROUND(SUMIF({rates},{rate},{amounts})*{rate},2)" if rates else f"ROUND({net}*{rate},2)" for rate in offer.taxes]
    if not rates and len(taxes) > 1:
        taxes = [str(offer.tax)]
    return f"={net}" if key == "net" else "=" + "+".join(taxes) if key == "tax" else f"={net}+" + "+".join(taxes)
