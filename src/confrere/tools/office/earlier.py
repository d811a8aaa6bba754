"""The figures of an earlier period: from the documents of that period in the folder, or from the workbook made of them then."""

from __future__ import annotations

import datetime as dt
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.documents.write.figures import BILLED
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


Span = tuple[dt.date, dt.date]
PREVIOUS = {"previous": 1, "previous-quarter": 3, "previous-year": 12}
"""How many months the period before is away, where none is stated; a stated one goes back by its own length, or a whole year."""


def before(since: str, until: str) -> tuple[str, str]:
    """The period just before one, as long: the month before a month, the quarter before a quarter, the year before a year."""
    first, last = dt.date.fromisoformat(since), dt.date.fromisoformat(until)
    after = last + dt.timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if first.day == 1 and after.day == 1 and months:
        return _month(first, -months).isoformat(), (first - dt.timedelta(days=1)).isoformat()
    return (first - (after - first)).isoformat(), (first - dt.timedelta(days=1)).isoformat()


def _month(day: dt.date, months: int) -> dt.date:
    """The first day of the month so many months away."""
    number = day.year * 12 + day.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def _around(day: dt.date, months: int) -> Span:
    """The month, quarter or year (1, 3 or 12 ``months``) that holds ``day``."""
    start = dt.date(day.year, (day.month - 1) // months * months + 1, 1)
    return start, _month(start, months) - dt.timedelta(days=1)


def _stated(against: str) -> tuple[Span, int]:
    """A period as a person named it, and its length in months (0: neither a month nor a year)."""
    first, _, last = against.partition("..")
    if last:
        return (dt.date.fromisoformat(first), dt.date.fromisoformat(last)), 0
    if len(first) in (4, 7):
        months = 12 if len(first) == 4 else 1
        return _around(dt.date.fromisoformat(f"{first}-01-01"[:10]), months), months
    return (dt.date.fromisoformat(first), dt.date.fromisoformat(first)), 0


def spans(against: str, since: str, until: str, recap: Recap) -> tuple[Span, Span] | None:
    """The present period and the one to compare it with.

    The present is what the person stated (``since`` to ``until``), else the latest month, quarter or year of the documents: as
    long as what it is compared with. None where no document has a date, or what is named does not lie before the present.
    """
    dates = [row.date for row in recap.rows if row.date and row.type in BILLED]
    stated = (dt.date.fromisoformat(since), dt.date.fromisoformat(until)) if since and until else None
    if stated is None and not dates:
        return None
    if against in PREVIOUS:
        now = stated or _around(max(dates), PREVIOUS[against])
        if stated and against == "previous-year":
            start, end = (_month(day, -12) for day in (now[0], now[1] + dt.timedelta(days=1)))
            whole = now[0].day == (now[1] + dt.timedelta(days=1)).day == 1
            then = (start, end - dt.timedelta(days=1)) if whole else (_year_before(now[0]), _year_before(now[1]))
        else:
            first, last = before(now[0].isoformat(), now[1].isoformat())
            then = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
        return now, then
    then, months = _stated(against)
    now = stated or (_around(max(dates), months) if months else (then[1] + dt.timedelta(days=1), max(dates)))
    return (now, then) if then[0] < now[0] <= now[1] else None


def _year_before(day: dt.date) -> dt.date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def named_span(span: Span, language: str) -> str:
    """A period as a person says it: a month, a year, or its two ends."""
    from confrere.documents.write import formats

    first, last = span
    if span == _around(first, 1):
        return formats.month(first, language)
    if span == _around(first, 3):
        return f"{'T' if language == 'fr' else 'Q'}{(first.month + 2) // 3} {first.year}"
    if span == _around(first, 12):
        return str(first.year)
    return f"{formats.date(first, language)} – {formats.date(last, language)}"


def earlier(context: Context, against: str, only: Scope, exclude: Scope, recap: Recap, language: str) -> Earlier:
    """The period to compare ``recap`` with. Rows are empty where nothing of it was found; the doubt then says so. Where the person
    stated no present period, ``recap`` is told which it is, and so are they."""
    from confrere.tools.office.recap import gather

    try:
        found_spans = spans(against, only.since, only.until, recap)
    except ValueError:
        found_spans = None
    if found_spans is None:
        return Earlier(rows=[], name="", doubt=say("office.no-earlier", context.language, period="?" if against in PREVIOUS else against))
    now, (first, last) = found_spans
    period = named_span((first, last), language)
    said = ""
    if not (only.since and only.until):
        recap.now, recap.now_name = now, named_span(now, language)
        said = say(
            "office.compared-latest",
            context.language,
            now=named_span(now, context.language),
            before=named_span((first, last), context.language),
        )
    scope = msgspec.structs.replace(only, since=first.isoformat(), until=last.isoformat())
    rows = gather(context, scope, exclude, language, by=[]).recap.rows
    if rows:
        return Earlier(rows=_renamed(rows, recap), name=period, doubt=said)
    found: list[tuple[dt.date, str, list[Row]]] = []
    for path in _workbooks(context):
        rows = workbook_rows(context.view.locate(path))
        dates = [row.date for row in rows if row.date]
        if dates and first <= max(dates) <= last:
            kept = [row for row in rows if not row.date or first <= row.date <= last]
            return Earlier(rows=_renamed(kept, recap), name=name_of(path), doubt=said)
        if dates and against == "previous" and max(dates) < first:
            found.append((max(dates), path, rows))
    if not found:
        recap.now, recap.now_name = None, ""
        return Earlier(rows=[], name="", doubt=say("office.no-earlier", context.language, period=period))
    _, path, rows = max(found, key=lambda one: (one[0], one[1]))
    doubt = say("office.other-earlier", context.language, period=period, file=name_of(path))
    return Earlier(rows=_renamed(rows, recap), name=name_of(path), doubt=f"{said} {doubt}".strip())


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
