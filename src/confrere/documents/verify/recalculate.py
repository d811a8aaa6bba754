"""A workbook calculated again by LibreOffice, on a copy, and compared with the values it carries."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from confrere.documents.render import TIMEOUT, convert, office_available
from confrere.errors import Failed

ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "Err:")


class Cell(msgspec.Struct, frozen=True):
    """A formula cell that is wrong: where ("Sheet!B7"), its formula, the value the file carries, the one calculated."""

    where: str
    formula: str
    cached: str
    calculated: str


class Recalculation(msgspec.Struct, kw_only=True):
    """What recalculating gave. ``available`` is false where LibreOffice is missing or failed, ``reason`` then says the
    catalogue key why; ``errors`` are formulas that give an error value, ``mismatches`` those whose value in the file is
    not the calculated one; ``formulas`` counts all formulas compared."""

    available: bool
    reason: str = ""
    formulas: int = 0
    errors: list[Cell] = msgspec.field(default_factory=list)
    mismatches: list[Cell] = msgspec.field(default_factory=list)
    values: dict[str, Any] = msgspec.field(default_factory=dict)


def recalculate(path: Path, timeout: float = TIMEOUT, known: tuple[dict[str, Any], dict[str, Any]] | None = None) -> Recalculation:
    """Calculate the workbook at ``path`` again and compare each formula's value.

    ``known`` are the formulas and the values of its cells by place, where the caller has read them already. ``values`` of the result maps each formula cell ("Sheet!B7") to its calculated value. Without LibreOffice the cached
    error values are still found. Raises Failed when the workbook cannot be opened at all.
    """
    if not office_available():
        return cached(path, "write.office-missing", known)
    formulas, before = known or (_cells(path, formulas=True), _cells(path, formulas=False))
    with tempfile.TemporaryDirectory(prefix="confrere-recalculate-") as scratch:
        try:
            copy = convert(path, ".xlsx", Path(scratch), timeout)
        except Failed as failure:
            return _compare(formulas, before, None, Recalculation(available=False, reason=failure.key))
        return _compare(formulas, before, _cells(copy, formulas=False), Recalculation(available=True))


def cached(path: Path, reason: str = "", known: tuple[dict[str, Any], dict[str, Any]] | None = None) -> Recalculation:
    """What the workbook at ``path`` itself says of its formulas, nothing calculated again. Raises as ``recalculate``."""
    formulas, before = known or (_cells(path, formulas=True), _cells(path, formulas=False))
    return _compare(formulas, before, None, Recalculation(available=False, reason=reason))


def _compare(formulas: dict[str, Any], cached: dict[str, Any], calculated: dict[str, Any] | None, result: Recalculation) -> Recalculation:
    for where, formula in formulas.items():
        if not (isinstance(formula, str) and formula.startswith("=")):
            continue
        result.formulas += 1
        before = cached.get(where)
        after = before if calculated is None else calculated.get(where)
        result.values[where] = after
        cell = Cell(where, formula, _shown(before), _shown(after))
        if _is_error(after) or _is_error(before):
            result.errors.append(cell)
        elif calculated is not None and not _same(before, after):
            result.mismatches.append(cell)
    return result


def _cells(path: Path, formulas: bool) -> dict[str, Any]:
    """The cells of a workbook by place. With ``formulas``, only formula cells, as their text."""
    import zipfile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=not formulas)
    except (OSError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile, InvalidFileException) as error:
        raise Failed("write.cannot-open", file=path.name) from error
    try:
        return cells_of(book, formulas)
    finally:
        book.close()


def cells_of(book: Any, formulas: bool) -> dict[str, Any]:
    """The cells of an open workbook by place. With ``formulas``, only formula cells, as their text."""
    found: dict[str, Any] = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None or (formulas and cell.data_type != "f"):
                    continue
                found[f"{sheet.title}!{cell.coordinate}"] = getattr(cell.value, "text", cell.value) if formulas else cell.value
    return found


def _same(left: Any, right: Any) -> bool:
    if left in (None, "") and right in (None, ""):
        return True
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return abs(left - right) <= 1e-6 * max(1.0, abs(left))
    if isinstance(left, dt.datetime) or isinstance(right, dt.datetime):
        return bool(_serial(left) == _serial(right))
    return bool(left == right)


def _serial(value: Any) -> Any:
    """A date as a spreadsheet counts it, so that a date and the bare number of the same day are equal."""
    if isinstance(value, dt.datetime):
        return round((value - dt.datetime(1899, 12, 30)).total_seconds() / 86400, 6)
    return round(value, 6) if isinstance(value, (int, float)) else value


def _is_error(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(ERRORS)


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
