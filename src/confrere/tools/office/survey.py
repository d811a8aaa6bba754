"""The deterministic look at a folder that a plan stands on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from confrere.messages import say
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.tools.base import Result
from confrere.tools.office.files import extension_of, file_date, kind_of, look
from confrere.tools.office.readings import Reading, by_name_only, matches, read_all
from confrere.tools.office.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from confrere.documents.model import Record
    from confrere.tools.base import Context
    from confrere.workspace.tree import Info

_SHOWN = 40  # entries of a list in the result
MONEY = ("invoice", "credit-note", "receipt", "quote")  # what bears amounts that are due


class Selection(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A set of files to count: those in ``only`` and not in ``exclude``."""

    only: Scope = msgspec.field(default_factory=Scope)
    exclude: Scope = msgspec.field(default_factory=Scope)


class Survey:
    """Counts what the folder holds. Reads contents only when asked to."""

    name = "survey"
    description = (
        "Look at the whole granted folder: counts by kind and extension and, with depth 'contents', by document type, client, "
        "supplier and year, spellings merged, exact duplicates, unreadable files, hidden text and values to check. "
        "Call it before planning."
    )
    manifest = Manifest(effect=Effect.READ, kind="read", roles={"depth": Role.FREE, "selections": Role.FREE, "duplicates": Role.FREE})

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        depth: Annotated[Literal["names", "contents"], Meta(description="names: paths only, fast. contents: read every file.")] = "contents"
        selections: Annotated[list[Selection], Meta(description="Sets of files to count separately.")] = msgspec.field(default_factory=list)
        duplicates: Annotated[bool, Meta(description="Also look for files with the same content.")] = True

    def run(self, args: Any, context: Context) -> Result:
        looked = look(context)
        files = looked.files
        data: dict[str, Any] = {
            "files": len(files),
            "bytes": sum(info.size for info in files),
            "folders": looked.folders,
            "depth": args.depth,
            "roots": [{"name": root.name, "readonly": root.readonly} for root in context.view.roots],
            "kinds": _most(Counter(kind_of(info.path) for info in files)),
            "extensions": _most(Counter(extension_of(info.path) or "-" for info in files)),
            "years": _most(Counter(file_date(info)[:4] for info in files)),
            "left": [list(pair) for pair in looked.left[:_SHOWN]],
            "left_count": len(looked.left),
            "litter": looked.litter,
        }
        readings: dict[str, Reading] = {}
        deep = args.depth == "contents" or any(part.only.deep or part.exclude.deep for part in args.selections)
        if deep:
            readings, book = read_all(context, files, *(part.only for part in args.selections))
            data |= _contents(readings)
            data["merged"] = book.merged
            data["unsure"] = [list(pair) for pair in book.doubtful]
            data["us"] = book.us
        if args.duplicates:
            from confrere.tools.office.duplicates import groups

            found = groups(context, files)
            data["duplicates"] = {"groups": len(found), "files": sum(len(group) - 1 for group in found), "examples": found[:_SHOWN]}
        copies = {path for group in found for path in group[1:]} if args.duplicates else set()
        data["selections"] = [_selection(part, files, readings, copies) for part in args.selections]
        text = msgspec.json.encode(data).decode()
        doubts = [say("office.unreadable", context.language, path=path, reason=reason) for path, reason in data.get("unreadable", [])]
        return Result(text=text, data=data, doubts=doubts)


def _most(counts: Counter[str]) -> dict[str, int]:
    return dict(counts.most_common(_SHOWN))


def _contents(readings: dict[str, Reading]) -> dict[str, Any]:
    every = list(readings.values())
    return {
        "types": _most(Counter(reading.type for reading in every)),
        "clients": _most(Counter(reading.client for reading in every if reading.client)),
        "suppliers": _most(Counter(reading.supplier for reading in every if reading.supplier)),
        "document_years": _most(Counter(reading.date[:4] for reading in every if reading.date)),
        "languages": _most(Counter(reading.language for reading in every if reading.language)),
        "no_client": sum(1 for reading in every if not reading.client),
        "unreadable": [[reading.path, reading.error] for reading in every if reading.error][:_SHOWN],
        "hostile": [[reading.path, reading.hostile[0].code] for reading in every if reading.hostile][:_SHOWN],
        "check": sum(_waits(record) for reading in every for record in reading.papers),
        "amounts": sum("total" in record.fields for reading in every for record in reading.papers),
    }


def _waits(record: Record) -> bool:
    """Whether an amount is to be confirmed before it counts, as a workbook has it."""
    from confrere.documents.write.figures import AMOUNT_FIELDS, BILLED

    if record.type not in BILLED:
        return "total" in record.check
    return bool(AMOUNT_FIELDS & record.check.keys()) or not {"total", "currency"} <= record.fields.keys()


def _selection(part: Selection, files: Sequence[Info], readings: dict[str, Reading], copies: set[str]) -> dict[str, Any]:
    """Counts of one set of files; amounts as a table would count them, each paper once."""
    if not readings:
        return _by_name(part, files)
    chosen = [
        info.path
        for info in files
        if matches(readings[info.path], part.only) and not (part.exclude and matches(readings[info.path], part.exclude, leaving=True))
    ]
    held = set(chosen)
    dates = {info.path: file_date(info) for info in files if info.path in held}
    out: dict[str, Any] = {
        "files": len(chosen),
        "examples": chosen[:5],
        "extensions": len({extension_of(path) for path in chosen}),
        "years": len({date[:4] for date in dates.values()}),
        "months": len({date[:7] for date in dates.values()}),
    }
    own = [readings[path] for path in chosen]
    papers = [reading for reading in own if reading.path not in copies and (reading.type in MONEY or reading.type in part.only.types)]
    out |= {
        "clients": len({reading.client for reading in own if reading.client}),
        "no_client": sum(1 for reading in own if not reading.client),
        "suppliers": len({reading.supplier for reading in own if reading.supplier}),
        "no_supplier": sum(1 for reading in own if not reading.supplier),
        "types": _most(Counter(reading.type for reading in own)),
        "amounts": sum("total" in record.fields for reading in papers for record in reading.papers),
        "check": sum(_waits(record) for reading in papers for record in reading.papers),
        "years": len({reading.date[:4] or dates[reading.path][:4] for reading in own}),
        "months": len({reading.date[:7] or dates[reading.path][:7] for reading in own}),
    }
    return out


def _by_name(part: Selection, files: Sequence[Info]) -> dict[str, Any]:
    """The counts of a set that needs no reading, one file at a time: there may be very many."""
    count, examples, extensions, dates = 0, list[str](), set[str](), set[str]()
    for info in files:
        if by_name_only(info.path, part.only) and not (part.exclude and matches(_bare(info), part.exclude, leaving=True)):
            count += 1
            extensions.add(extension_of(info.path))
            dates.add(file_date(info))
            if len(examples) < 5:
                examples.append(info.path)
    years, months = len({date[:4] for date in dates}), len({date[:7] for date in dates})
    return {"files": count, "examples": examples, "extensions": len(extensions), "years": years, "months": months}


def _bare(info: Info) -> Reading:
    from confrere.documents.model import Record

    return Reading(path=info.path, record=Record(type="other"), kind="", language="", error="", warnings=[], text="", pages=0)
