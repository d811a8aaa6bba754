"""A workbook checked: every formula recalculated, every total summed again in decimals, every link followed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from confrere.documents.verify.finding import NOTE, WARNING, Finding
from confrere.documents.verify.recalculate import Recalculation, cached, cells_of, recalculate
from confrere.errors import Failed

# What Debian 12's LibreOffice 7.4, Excel 2010 and the phones' previews all calculate.
_NAMES = """
    ABS AND AVERAGE AVERAGEIF AVERAGEIFS CEILING CONCATENATE COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS DATE DATEDIF DAY DAYS EDATE
    EOMONTH EXACT FALSE FIND FLOOR HOUR HYPERLINK IF IFERROR IFNA IFS INDEX INT ISBLANK ISERROR ISNA ISNUMBER ISTEXT LARGE LEFT LEN
    LOOKUP LOWER MATCH MAX MAXIFS MEDIAN MID MIN MINIFS MINUTE MOD MONTH NETWORKDAYS NOT NPV OR PMT PROPER PV RANK RIGHT ROUND
    ROUNDDOWN ROUNDUP ROW ROWS SEARCH SIGN SMALL SUBSTITUTE SUBTOTAL SUM SUMIF SUMIFS SUMPRODUCT SWITCH TEXT TEXTJOIN TODAY NOW TRIM
    TRUE TRUNC UPPER VALUE VLOOKUP HLOOKUP WEEKDAY WORKDAY YEAR STDEV COLUMN COLUMNS CHOOSE CHAR CODE REPT AGGREGATE
"""
ALLOWED = frozenset(_NAMES.split())
_FUNCTION = re.compile(r"([A-Z][A-Z0-9._]*)\(")
_TEXT_IN_FORMULA = re.compile(r'"(?:[^"]|"")*"')
_SUBTOTAL = re.compile(r"^=SUBTOTAL\((?:9|109),")
_MOST = 25  # findings of one kind: more say nothing more


def check_workbook(
    path: Path, expected: dict[str, Decimal] | None = None, exists: Callable[[str], bool] | None = None, office: bool = True
) -> list[Finding]:
    """Check the workbook at ``path``; the other arguments as for ``verify.check``."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path)
        values = openpyxl.load_workbook(path, data_only=True)
        known = cells_of(book, True), cells_of(values, False)
        result = recalculate(path, known=known) if office else cached(path, known=known)
    except Failed:
        return [Finding(code="cannot-open", where=path.name)]
    except (OSError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile, InvalidFileException):
        return [Finding(code="cannot-open", where=path.name)]
    found: list[Finding] = []
    if office and not result.available:
        found.append(Finding(code="not-recalculated", level=NOTE, where=path.name))
    found += [
        Finding(code="formula-error", where=cell.where, data={"formula": cell.formula, "value": cell.calculated})
        for cell in result.errors[:_MOST]
    ]
    found += [
        Finding(code="wrong-cached-value", where=cell.where, data={"cached": cell.cached, "calculated": cell.calculated})
        for cell in result.mismatches[:_MOST]
    ]
    found += _functions(book)
    found += _table_totals(book, values, result)
    found += _expected(book, values, result, expected or {})
    found += _links(path, book, exists)
    return found


def _functions(book: Any) -> list[Finding]:
    """Formulas with a function not every office program knows, or in another language than English."""
    found = []
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f" or not isinstance(cell.value, str):
                    continue
                bare = _TEXT_IN_FORMULA.sub('""', cell.value).replace("_xlfn.", "")
                for name in sorted(set(_FUNCTION.findall(bare)) - ALLOWED):
                    where = f"{sheet.title}!{cell.coordinate}"
                    found.append(Finding(code="unknown-function", level=WARNING, where=where, data={"name": name}))
    return found[:_MOST]


def _table_totals(book: Any, values: Any, result: Recalculation) -> list[Finding]:
    """Each SUBTOTAL at a table's foot against the exact sum of the column above it."""
    from openpyxl.utils import range_boundaries

    found = []
    for sheet in book.worksheets:
        numbers = values[sheet.title]
        for table in sheet.tables.values():
            if not table.totalsRowCount:
                continue
            left, top, right, bottom = range_boundaries(table.ref)
            for column in range(left, right + 1):
                cell = sheet.cell(bottom, column)
                if not (isinstance(cell.value, str) and _SUBTOTAL.match(cell.value)):
                    continue
                exact = sum(
                    (
                        Decimal(str(value))
                        for value in (numbers.cell(row, column).value for row in range(top + 1, bottom))
                        if isinstance(value, (int, float)) and not isinstance(value, bool)
                    ),
                    Decimal(0),
                )
                where = f"{sheet.title}!{cell.coordinate}"
                shown = result.values.get(where)
                if not _equal(shown, exact):
                    found.append(Finding(code="wrong-total", where=where, data={"shown": str(shown), "sum": str(exact)}))
    return found


def _expected(book: Any, values: Any, result: Recalculation, expected: dict[str, Decimal]) -> list[Finding]:
    """The totals a workbook names, against those the caller computed on its own."""
    found = []
    for name, amount in expected.items():
        defined = book.defined_names.get(name)
        place = next(iter(defined.destinations), None) if defined is not None else None
        if place is None:
            found.append(Finding(code="no-total", where=name))
            continue
        sheet, cell = place[0], place[1].replace("$", "")
        shown = result.values.get(f"{sheet}!{cell}", values[sheet][cell].value)
        if not _equal(shown, amount):
            found.append(Finding(code="wrong-total", where=f"{sheet}!{cell}", data={"shown": str(shown), "sum": str(amount)}))
    return found


def _equal(shown: Any, exact: Decimal) -> bool:
    # A double holds a sum of cents exactly enough: half a cent is never rounding, always a mistake.
    return isinstance(shown, (int, float)) and abs(Decimal(str(shown)) - exact) < Decimal("0.005")


def _links(path: Path, book: Any, exists: Callable[[str], bool] | None) -> list[Finding]:
    found = []
    with zipfile.ZipFile(path) as package:
        if any(name.startswith("xl/externalLinks/") for name in package.namelist()):
            found.append(Finding(code="external-link", level=WARNING, where=path.name, data={"target": "xl/externalLinks"}))
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.hyperlink is not None):
            target, where = cell.hyperlink.target or "", f"{sheet.title}!{cell.coordinate}"
            if re.match(r"(?i)^[a-z][a-z0-9+.-]+:", target):
                found.append(Finding(code="external-link", level=WARNING, where=where, data={"target": target}))
            elif target and exists is not None and not exists(unquote(target).replace("\\", "/")):
                found.append(Finding(code="broken-link", where=where, data={"target": unquote(target)}))
    return found[:_MOST]
