"""One workbook for each client, supplier, type or period, in a folder of their own."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.messages import say
from confrere.tools.base import Result
from confrere.tools.office.files import name_of
from confrere.tools.office.places import component, month_folder, type_folder
from confrere.tools.office.words import tell

if TYPE_CHECKING:
    from confrere.documents.write.content import Row
    from confrere.tools.base import Context
    from confrere.tools.office.recap import Gathered

_SHOWN = 12


def apart(context: Context, args: Any, found: Gathered, language: str) -> Result:
    """Write a workbook (or table) of each group of ``found``. Documents that belong to none are in none, and said. Fails where
    no document has what tells them apart."""
    from confrere.documents.write.figures import Totals
    from confrere.tools.office.recap import written

    groups: dict[str, list[Row]] = {}
    left: list[Row] = []
    for row in found.recap.rows:
        name = _group(row, args.each, found, language)
        if name:
            groups.setdefault(name, []).append(row)
        else:
            left.append(row)
    doubts, omissions = list(found.doubts), list(found.omissions)
    if left:
        what = say(f"office.each-{args.each}", context.language)
        doubts.append(tell("office.each-left", context.language, len(left), count=len(left), what=what))
        omissions += [(row.file, say("office.each-none", context.language, what=what)) for row in left]
    if not groups:
        return Result(text=say("office.no-amounts", context.language), failed=True, doubts=doubts, omissions=omissions)
    wanted = args.name.rpartition(".")[0] or args.name
    folder = component(wanted or say("office.folder-each", language, what=say(f"office.each-{args.each}", language)))
    usual = say("office.file-recap", language)
    places: list[str] = []
    expected: dict[str, dict[str, str]] = {}
    for name, rows in sorted(groups.items(), key=lambda group: group[0].casefold()):
        part = msgspec.structs.replace(found.recap, rows=rows, title=f"{args.title or usual} - {name}", omitted=[])
        share = msgspec.structs.replace(found, recap=part)
        place, promised = written(context, args, share, Totals(part), language, component(f"{usual} - {name}"), folder)
        places.append(place)
        expected[place] = promised
    counted = [say("office.each-line", context.language, name=name, count=len(rows)) for name, rows in sorted(groups.items())]
    shown = ", ".join(counted[:_SHOWN]) + (" …" if len(counted) > _SHOWN else "")
    return Result(
        text=tell(
            "office.each-made", context.language, len(places), files=len(places), folder=folder, groups=shown, file=name_of(places[0])
        ),
        data={"files": places, "documents": sum(map(len, groups.values())), "expected_of": expected},
        doubts=doubts,
        omissions=omissions,
        deliverables=places,
        origins=found.origins,
    )


def _group(row: Row, each: str, found: Gathered, language: str) -> str:
    """The group a document belongs to, empty where that is not known; our own company is no client of ours."""
    if each == "client":
        return "" if found.chosen.book.ours(row.client) else row.client
    if each == "supplier":
        return row.supplier
    if each == "type":
        return type_folder(row.type, language)
    return _period(row.date, each, language) if row.date else ""


def _period(day: dt.date, each: str, language: str) -> str:
    if each == "year":
        return str(day.year)
    return (
        month_folder(day.isoformat(), language)
        if each == "month"
        else f"{day.year} {'T' if language == 'fr' else 'Q'}{(day.month + 2) // 3}"
    )
