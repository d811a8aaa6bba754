"""The figures of an earlier period: from the documents of that period in the folder, or from the workbook made of them then."""

from __future__ import annotations

import datetime as dt
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.messages import say
from confrere.tools.office.files import extension_of, look, name_of
from confrere.tools.office.scope import Scope

if TYPE_CHECKING:
    from confrere.documents.write.content import Recap, Row
    from confrere.tools.base import Context

_MOST_WORKBOOKS = 60  # of a folder that are looked into
_LANGUAGES = ("fr", "en")


class Earlier(msgspec.Struct, kw_only=True):
    """The rows of an earlier period, what they are called, and a doubt to tell where there is one."""

    rows: list[Any]
    name: str
    doubt: str = ""


def before(since: str, until: str) -> tuple[str, str]:
    """The period just before one, as long: the month before a month, the quarter before a quarter, the year before a year."""
    first, last = dt.date.fromisoformat(since), dt.date.fromisoformat(until)
    after = last + dt.timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if first.day == 1 and after.day == 1 and months:
        number = first.year * 12 + first.month - 1 - months
        return dt.date(number // 12, number % 12 + 1, 1).isoformat(), (first - dt.timedelta(days=1)).isoformat()
    return (first - (after - first)).isoformat(), (first - dt.timedelta(days=1)).isoformat()


def wanted_period(against: str, since: str, until: str, recap: Recap) -> tuple[str, str]:
    """The period to compare with: the one named ("2026-09", "2025", or two days joined by ".."), or the one before ``since`` to
    ``until``, or before the month of the latest document. Empty where no document has a date."""
    if against != "previous":
        first, _, last = against.partition("..")
        if last:
            return first, last
        start = dt.date.fromisoformat(f"{first}-01-01"[:10] if len(first) == 4 else f"{first}-01"[:10] if len(first) == 7 else first)
        if len(first) == 4:
            return start.isoformat(), f"{first}-12-31"
        if len(first) == 7:
            after = (start + dt.timedelta(days=31)).replace(day=1)
            return start.isoformat(), (after - dt.timedelta(days=1)).isoformat()
        return first, first
    if not (since and until):
        dates = [row.date for row in recap.rows if row.date]
        if not dates:
            return "", ""
        month = max(dates).replace(day=1)
        after = (month + dt.timedelta(days=31)).replace(day=1)
        since, until = month.isoformat(), (after - dt.timedelta(days=1)).isoformat()
    return before(since, until)


def earlier(context: Context, against: str, only: Scope, exclude: Scope, recap: Recap, language: str) -> Earlier:
    """The period to compare ``recap`` with. Rows are empty where nothing of it was found; the doubt then says so."""
    from confrere.documents.write import formats
    from confrere.tools.office.recap import gather

    try:
        since, until = wanted_period(against, only.since, only.until, recap)
    except ValueError:
        return Earlier(rows=[], name="", doubt=say("office.no-earlier", language, period=against))
    if not since:
        return Earlier(rows=[], name="", doubt=say("office.no-earlier", language, period="?"))
    first, last = dt.date.fromisoformat(since), dt.date.fromisoformat(until)
    month = (first.year, first.month) == (last.year, last.month) and first.day == 1
    period = formats.month(first, language) if month else f"{formats.date(first, language)} – {formats.date(last, language)}"
    scope = msgspec.structs.replace(only, since=since, until=until)
    rows = gather(context, scope, exclude, language, by=[]).recap.rows
    if rows:
        return Earlier(rows=_renamed(rows, recap), name=period)
    found: list[tuple[dt.date, str, list[Row]]] = []
    for path in _workbooks(context):
        rows = workbook_rows(context.view.locate(path))
        dates = [row.date for row in rows if row.date]
        if dates and first <= max(dates) <= last:
            return Earlier(rows=_renamed([row for row in rows if not row.date or first <= row.date <= last], recap), name=name_of(path))
        if dates and against == "previous" and max(dates) < first:
            found.append((max(dates), path, rows))
    if not found:
        return Earlier(rows=[], name="", doubt=say("office.no-earlier", language, period=period))
    _, path, rows = max(found, key=lambda one: (one[0], one[1]))
    doubt = say("office.other-earlier", language, period=period, file=name_of(path))
    return Earlier(rows=_renamed(rows, recap), name=name_of(path), doubt=doubt)


def _renamed(rows: list[Row], recap: Recap) -> list[Row]:
    """Parties of the earlier period under the names they bear now."""
    from confrere.documents.extract.parties import group

    for axis in ("client", "supplier"):
        now = {getattr(row, axis) for row in recap.rows if getattr(row, axis)}
        groups = group([*now, *(getattr(row, axis) for row in rows)])
        for row in rows:
            name = getattr(row, axis)
            if name and name not in now:
                same = [other for other in groups.members.get(groups.of.get(name, ""), []) if other in now]
                setattr(row, axis, same[0] if len(same) == 1 else name)
    return rows


def _workbooks(context: Context) -> list[str]:
    """The workbooks in the folder that were made by this program, newest name last."""
    out = []
    for info in [info for info in look(context).files if extension_of(info.path) == "xlsx"][:_MOST_WORKBOOKS]:
        try:
            with zipfile.ZipFile(context.view.locate(info.path)) as package:
                core = package.read("docProps/core.xml")
        except (OSError, KeyError, zipfile.BadZipFile, RuntimeError):
            continue
        if "Confrère".encode() in core:
            out.append(info.path)
    return sorted(out)


def workbook_rows(path: Path) -> list[Row]:
    """The rows of the Documents table of a recap workbook of ours, in either language; empty for another workbook."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile):
        return []
    try:
        for language in _LANGUAGES:
            name = say("write.sheet-documents", language)
            if name in book.sheetnames:
                rows = _table_rows(list(book[name].iter_rows(values_only=True)), language)
                if rows:
                    return rows
    finally:
        book.close()
    return []


def _table_rows(cells: list[tuple[Any, ...]], language: str) -> list[Row]:
    from confrere.documents.write.content import Row
    from confrere.documents.write.figures import CONFIRMED, NOT_COUNTED
    from confrere.documents.write.labels import party, type_label
    from confrere.tools.office.scope import TYPES

    heads = {name: say(f"write.{name}", language) for name in ("file", "type", "client", "supplier", "date", "currency", "total", "status")}
    top = next((number for number, row in enumerate(cells[:40]) if set(heads.values()) <= {str(cell) for cell in row}), None)
    if top is None:
        return []
    at = {name: [str(cell) for cell in cells[top]].index(label) for name, label in heads.items()}
    types = {type_label(name, language): name for name in TYPES}
    nobody = {axis: party("", axis, language) for axis in ("client", "supplier")}
    states = {name: say(f"write.{name}", language) for name in (CONFIRMED, NOT_COUNTED)}
    rows: list[Row] = []
    for row in cells[top + 1 :]:
        got = {name: row[place] if place < len(row) else None for name, place in at.items()}
        if not isinstance(got["total"], (int, float)) or not got["status"] or got["status"] == states[NOT_COUNTED]:
            continue
        date = got["date"].date() if isinstance(got["date"], dt.datetime) else None
        names = {axis: "" if got[axis] in (None, nobody[axis]) else str(got[axis]) for axis in nobody}
        check = {} if got["status"] == states[CONFIRMED] else {"total": "earlier"}
        total = Decimal(str(round(float(got["total"]), 4)))
        rows.append(
            Row(
                file=str(got["file"] or ""),
                type=types.get(str(got["type"]), "invoice"),
                client=names["client"],
                supplier=names["supplier"],
                date=date,
                total=total,
                currency=str(got["currency"] or ""),
                check=check,
            )
        )
    return rows
