"""Sort files into folders: by client, supplier, type, date or extension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from confrere.messages import say
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.tools.base import Result
from confrere.tools.office.files import dated_name, extension_of, file_date, kind_of, name_of
from confrere.tools.office.moves import carry_out, prune
from confrere.tools.office.places import component, month_folder, type_folder
from confrere.tools.office.readings import Chosen, Reading, choose
from confrere.tools.office.scope import Scope
from confrere.tools.office.words import tell

if TYPE_CHECKING:
    from confrere.tools.base import Context
    from confrere.workspace.tree import Info

By = Literal["client", "supplier", "year", "month", "quarter", "date", "document-date", "type", "extension", "currency"]
DEEP = {"client", "supplier", "type", "currency", "document-date"}


class SortFiles:
    """Moves each file into a folder named after its client, type, date ... Nothing is overwritten or deleted."""

    name = "sort_files"
    description = (
        "Sort files into folders by client, supplier, document type, year, month, quarter, date or extension (nested in the order "
        "given), inside the granted folder. Files are moved, never overwritten or deleted; spellings of one client are merged; "
        "what has no client goes to a 'To sort' folder."
    )
    manifest = Manifest(
        effect=Effect.CHANGE,
        kind="move",
        trust="own",
        roles={"by": Role.FREE, "only": Role.FREE, "exclude": Role.FREE, "folder": Role.PATH, "language": Role.FREE},
    )

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        by: Annotated[list[By], Meta(description="How to sort, outermost folder first. Empty: all into `folder`.")] = msgspec.field(
            default_factory=list
        )
        only: Annotated[Scope, Meta(description="Sort only these files.")] = msgspec.field(default_factory=Scope)
        exclude: Annotated[Scope, Meta(description="Leave these files where they are.")] = msgspec.field(default_factory=Scope)
        folder: Annotated[str, Meta(description="Name of a folder to sort into; default: the granted folder itself.")] = ""
        language: Annotated[str, Meta(description="Language of the folder names: fr or en.")] = ""

    def run(self, args: Any, context: Context) -> Result:
        """Decide every move once, then make them."""
        language = args.language or context.language

        def decide() -> dict[str, Any]:
            deep = bool(DEEP.intersection(args.by))
            chosen = choose(context, args.only, args.exclude, deep=deep, changing=True)
            return destinations(chosen, args.by, args.folder, language, context)

        decided = context.memo("moves", decide)
        moved = carry_out(context, decided["moves"], say("office.doing-move", language))
        prune(context, decided["folders"])
        counts: dict[str, int] = {}
        for _, target in decided["moves"]:
            folder = target.rpartition("/")[0].partition("/")[2]
            counts[folder] = counts.get(folder, 0) + 1
        doubts = list(decided["doubts"])
        if clocked := decided.get("clocked", 0):
            doubts.append(tell("office.sorted-by-clock", language, clocked, count=clocked))
        if decided["unsorted"]:
            way = next((way for way in args.by if way in ("client", "supplier", "currency")), "")
            doubts.append(unsorted(decided["unsorted"], way, language))
        return Result(
            text=_told(moved, len(counts), decided["kept"], language),
            data={"moved": moved, "kept": decided["kept"], "folders": counts, "unsorted": decided["unsorted"]},
            doubts=doubts,
            omissions=[(path, say(f"office.left-{reason}", language)) for path, reason in decided["left"]],
        )


def unsorted(count: int, way: str, language: str) -> str:
    """How many files have no certain place, and where they are put: the same words before the work and after it, so that one
    report says it once. ``way`` is "client", "supplier", "currency" or "" (a date)."""
    folder = say("office.folder-unsorted" if way else "office.folder-undated", language)
    return tell(f"office.unsorted-{way or 'other'}", language, count, count=count, folder=folder)


def _told(moved: int, folders: int, kept: int, language: str) -> str:
    text = say("office.sorted-into-one", language, moved=moved) if folders == 1 and moved > 1 else ""
    text = text or tell("office.sorted", language, moved, moved=moved, folders=folders)
    return f"{text} {tell('office.sorted-kept', language, kept, kept=kept)}" if kept else text


def destinations(chosen: Chosen, by: list[str], folder: str, language: str, context: Context) -> dict[str, Any]:
    """Where each chosen file goes: moves, the folders they leave, files already in place, and doubts (JSON values)."""
    moves: list[list[str]] = []
    leaving: set[str] = set()
    taken: set[str] = set()
    kept = unsorted = clocked = 0
    inside = [component(part) for part in folder.split("/") if part.strip()]
    houses = _Houses(context)
    for number, info in enumerate(chosen.files):
        if number % 500 == 0:
            context.progress(number, len(chosen.files), say("office.doing-decide", language))
        root = info.path.split("/", 1)[0]
        parts, sure = _parts(info, chosen.readings.get(info.path), by, language)
        unsorted += not sure
        clocked += sure and _clocked(info, chosen.readings.get(info.path), by)
        folders = houses.resolve(root, [part for part in (*inside, *parts) if part])
        target = f"{folders}/{name_of(info.path)}"
        if target == info.path:
            kept += 1
            continue
        target = unclaimed(context, target, taken)
        moves.append([info.path, target])
        leaving.add(info.path.rpartition("/")[0])
    return {
        "moves": moves,
        "folders": sorted(leaving),
        "kept": kept,
        "unsorted": unsorted,
        "clocked": clocked,
        "left": [list(pair) for pair in chosen.left],
        "doubts": chosen.doubts,
    }


def _clocked(info: Info, reading: Reading | None, by: list[str]) -> bool:
    """Whether a file has its folder from when it was last modified: no date of its own was read, and its name bears none."""
    dated = reading is not None and reading.date
    return bool({"year", "month", "quarter", "date"}.intersection(by)) and not dated and not dated_name(info.path)


class _Houses:
    """Folders by name: one that is there already under another case or accent form is used; a file in the way is avoided."""

    def __init__(self, context: Context) -> None:
        self._view = context.view
        self._known: dict[str, dict[str, str]] = {}
        self._resolved: dict[tuple[str, ...], str] = {}

    def resolve(self, root: str, names: list[str]) -> str:
        key = (root, *names)
        if key not in self._resolved:
            path = root
            for name in names:
                path = f"{path}/{self._in(path, name)}"
            self._resolved[key] = path
        return self._resolved[key]

    def _in(self, folder: str, name: str) -> str:
        from confrere.workspace.paths import folded

        if folder not in self._known:
            entries = self._view.list(folder) if self._view.exists(folder) else []
            self._known[folder] = {folded(name_of(entry.path)): (name_of(entry.path) if entry.type == "dir" else "") for entry in entries}
        known = self._known[folder]
        number, candidate = 1, name
        while known.get(folded(candidate), candidate) == "":
            number += 1
            candidate = f"{name} ({number})"
        return known.setdefault(folded(candidate), candidate)


def unclaimed(context: Context, target: str, taken: set[str], source: str = "") -> str:
    """A free path that no other move of this call has taken; numbered like ``View.free``. The file's own place counts as free:
    a change of case or form alone is a new name."""
    from confrere.workspace.paths import folded

    stem, dot, ending = target.rpartition(".") if "." in name_of(target)[1:] else (target, "", "")
    candidate, number = target, 1
    while folded(candidate) in taken or not _open(context, candidate, source):
        number += 1
        candidate = f"{stem} ({number}){dot}{ending}"
    taken.add(folded(candidate))
    return candidate


def _open(context: Context, candidate: str, source: str) -> bool:
    """Whether a place is free, or held only by the very file that is to take it under another case or form."""
    from confrere.workspace.paths import folded

    if context.view.free(candidate) == candidate:
        return True
    if not source or folded(candidate) != folded(source):
        return False
    folder = candidate.rpartition("/")[0]
    return all(entry.path == source or folded(entry.path) != folded(candidate) for entry in context.view.list(folder))


def _parts(info: Info, reading: Reading | None, by: list[str], language: str) -> tuple[list[str], bool]:
    """The folder names of one file, and whether it could be sorted."""
    parts: list[str] = []
    dated = reading.date if reading is not None and reading.date else ""
    for way in by:
        if way in ("client", "supplier"):
            party = (reading.client if way == "client" else reading.supplier) if reading is not None else ""
            if not party:
                return parts or [say("office.folder-unsorted", language)], False
            parts.append(component(party))
        elif way == "type":
            parts.append(type_folder(reading.type if reading is not None else kind_of(info.path), language))
        elif way == "extension":
            parts.append(
                component(extension_of(info.path).upper()) if extension_of(info.path) else say("office.folder-no-extension", language)
            )
        elif way == "currency":
            parts.append(reading.currency if reading is not None and reading.currency else say("office.folder-unsorted", language))
        else:
            date = dated or ("" if way == "document-date" else file_date(info))
            if not date:
                return [*parts, say("office.folder-undated", language)], False
            if way == "quarter":
                parts.append(f"{date[:4]}-{'T' if language == 'fr' else 'Q'}{(int(date[5:7]) + 2) // 3}")
            else:
                if way != "month":
                    parts.append(date[:4])
                if way != "year":
                    parts.append(month_folder(date, language))
    return parts, True
