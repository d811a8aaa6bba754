"""Files: the folder picker, what a task sees, contents, previews, pictures of pages, differences."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote

from confrere.errors import ConfrereError, WrongUse
from confrere.gateway.api.people import caller
from confrere.gateway.api.tasks import looked_into
from confrere.gateway.http import Problem, Request, Response, Routes, Stream
from confrere.gateway.people import OWNER
from confrere.gateway.shapes.base import sentence
from confrere.gateway.shapes.files import Entry, Listing, Picked, TreePage
from confrere.gateway.work.crew import WorkerDied

if TYPE_CHECKING:
    from confrere.agent.task import TaskState
    from confrere.gateway.state import Gateway

routes = Routes()

_SANDBOX = b"sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
_SAFE = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "bmp": "image/bmp",
    "pdf": "application/pdf", "txt": "text/plain; charset=utf-8", "md": "text/plain; charset=utf-8", "csv": "text/plain; charset=utf-8",
    "json": "text/plain; charset=utf-8", "log": "text/plain; charset=utf-8", "mp3": "audio/mpeg", "mp4": "video/mp4", "wav": "audio/wav",
}  # fmt: skip
_SIDE = {"path": "view path", "side": "before or after"}
_PIECE = 1 << 18
_MOST_FOLDERS = 2000
LOOK = 120.0  # seconds that a look into one file may take


@routes.route("GET", "/api/folders", "brief", answer=Picked, query={"path": "real path; the home folder where left out"})
async def folders(gateway: Gateway, request: Request) -> Picked:
    """The folders in a folder, to pick one from."""
    person = gateway.people.all[caller(request).person]
    first = person.folders[0].path if person.folders else os.path.expanduser("~")
    return await asyncio.to_thread(_pick, gateway, person.id, request.query.get("path", "") or first)


def _pick(gateway: Gateway, person: str, path: str) -> Picked:
    from confrere.workspace.roots import check

    real = os.path.realpath(os.path.abspath(os.path.expanduser(path)))
    if "\0" in path or not gateway.people.may_see(person, real) or not os.path.isdir(real):
        raise WrongUse("workspace.folder-missing", path=path)

    def may(folder: str) -> ConfrereError | None:
        try:
            check(folder, gateway.home.path)
        except ConfrereError as error:
            return error
        return None

    found: list[dict[str, Any]] = []
    try:
        with os.scandir(real) as entries:
            for entry in entries:
                if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                    found.append({"name": entry.name, "path": entry.path})
                if len(found) >= _MOST_FOLDERS:
                    break
    except OSError:
        raise WrongUse("workspace.folder-unreadable", path=real, reason=os.strerror(13)) from None
    found.sort(key=lambda line: line["name"].casefold())
    for line in found:
        line["allowed"] = may(line["path"]) is None
    why = may(real)
    home = os.path.expanduser("~")
    places = [{"name": os.path.basename(own.path), "path": own.path} for own in gateway.people.all[person].folders] or [
        {"name": os.path.basename(home), "path": home}
    ]
    places += (
        []
        if person != OWNER
        else [
            {"name": name, "path": os.path.join(home, name)} for name in ("Documents", "Desktop", "Bureau", "Downloads", "Téléchargements")
        ]
    )
    return Picked(
        path=real,
        parent=os.path.dirname(real) if real != "/" and gateway.people.may_see(person, os.path.dirname(real)) else None,
        name=os.path.basename(real) or "/",
        allowed=why is None,
        why=sentence(why.key, **why.data) if why is not None else None,
        folders=found,
        places=[place for place in places if os.path.isdir(place["path"])],
    )


# -- what a task sees


def _entry(path: str, kind: str, size: int, mtime_ns: int) -> Entry:
    from confrere.gateway.work.shown import moment

    return Entry(path=path, name=path.rpartition("/")[2], type=kind, size=size, mtime=moment(mtime_ns))


def _marks(state: TaskState, gateway: Gateway, side: str) -> dict[str, tuple[str, str]]:
    """What the task does to each path, as far as the journal tells: (change, origin)."""
    words = {"create": "new", "modify": "changed", "move": "moved", "delete": "deleted", "mkdir": "new", "rmdir": "deleted"}
    changes: list[tuple[str, str, str]] = [(entry.change.kind, entry.change.path, entry.change.origin) for entry in state.standing()]
    if not changes and (ready := gateway.store.last(state.id, "review.ready")) is not None and state.state == "review":
        changes = [(change["kind"], change["path"], change.get("origin", "")) for change in ready.body["changes"]]
    marks: dict[str, tuple[str, str]] = {}
    for kind, path, origin in changes:
        if side == "after" and kind not in ("delete", "rmdir"):
            marks[path] = (words[kind], origin)
        elif side == "before" and kind in ("delete", "rmdir", "modify"):
            marks[path] = (words[kind], "")
        elif side == "before" and kind == "move":
            marks[origin] = ("moved", path)
    return marks


def _area(gateway: Gateway, state: TaskState, side: str) -> Path:
    """The task's copy while it has one, else none: the real folders as they are."""
    staged = side == "after" and state.state not in ("applied", "done", "undone", "declined")
    return gateway.home.work / (state.id if staged else ".look")


def _entries(gateway: Gateway, task: str, side: str, path: str) -> list[Entry]:
    """One folder's entries. Before: the real folders as they are, with what the task took away put back."""
    from confrere.gateway.work.places import LookView

    state = gateway.shelf.state(task)
    marks = _marks(state, gateway, side)
    view = LookView(state.roots, _area(gateway, state, side))
    try:
        infos = view.list(path)
    except WrongUse:
        if side == "before" and path and any(name.startswith(path + "/") for name in marks):
            infos = []
        else:
            raise
    finally:
        view.close()
    found = {info.path: _entry(info.path, info.type, info.size, info.mtime_ns) for info in infos}
    for name, was in (_taken_back(state, path) if side == "before" else {}).items():
        if was is None:
            found.pop(name, None)
        else:
            found[name] = was
    for name, (change, origin) in marks.items():
        if name in found:
            found[name].change, found[name].origin = change, origin
    return [found[name] for name in sorted(found)]


def _taken_back(state: TaskState, path: str | None) -> dict[str, Entry | None]:
    """What makes a listing of the real folders what it was before what the task applied: paths to take out (None) and entries to put in,
    those of one folder or, for None, all."""
    changed: dict[str, Entry | None] = {}
    for entry in reversed(state.standing()):
        change = entry.change
        if change.kind in ("create", "mkdir", "move"):
            changed[change.path] = None
        was = change.origin if change.kind == "move" else change.path
        if change.before is not None and (path is None or was.rpartition("/")[0] == path):
            changed[was] = _entry(was, change.before.type, change.before.size, change.before.mtime_ns)
    return changed


def _side(request: Request) -> str:
    side: str = request.query.get("side", "after")
    if side not in ("before", "after"):
        raise Problem(400, "gateway.query-wrong", name="side")
    return side


@routes.route("GET", "/api/tasks/{id}/files", "look", answer=Listing, query=_SIDE)
async def files(gateway: Gateway, request: Request) -> Listing:
    """One folder of what a task sees."""
    task, path = looked_into(gateway, request), request.query.get("path", "").strip("/")
    return Listing(path=path, entries=await asyncio.to_thread(_entries, gateway, task, _side(request), path))


@routes.route(
    "GET",
    "/api/tasks/{id}/tree",
    "look",
    answer=TreePage,
    query={"side": "before or after", "after": "the last path known", "limit": "at most so many"},
)
async def tree(gateway: Gateway, request: Request) -> TreePage:
    """Everything a task sees, flat and sorted by path."""
    task, after, limit = looked_into(gateway, request), request.query.get("after", ""), request.number("limit", 5000, 1, 20_000)
    found = await asyncio.to_thread(_tree, gateway, task, _side(request), after, limit + 1)
    return TreePage(entries=found[:limit], next=found[limit - 1].path if len(found) > limit else None)


def _tree(gateway: Gateway, task: str, side: str, after: str, limit: int) -> list[Entry]:
    """The first entries after a path. Only the folders that they are in are read: a page of a large tree costs what the page does."""
    from confrere.gateway.work.places import LookView, walk_from

    state = gateway.shelf.state(task)
    marks = _marks(state, gateway, side)
    view = LookView(state.roots, _area(gateway, state, side))
    put_back: dict[str, Entry | None] = _taken_back(state, None) if side == "before" else {}
    extra: Iterator[tuple[str, Any]] = iter(sorted((path, entry) for path, entry in put_back.items() if entry is not None and path > after))
    found: list[Entry] = []
    try:
        there: Iterator[tuple[str, Any]] = ((info.path, info) for info in walk_from(view, after) if info.path not in put_back)
        for path, one in merge(there, extra, key=lambda item: item[0]):
            entry = one if isinstance(one, Entry) else _entry(path, one.type, one.size, one.mtime_ns)
            entry.change, entry.origin = marks.get(path, ("", ""))
            found.append(entry)
            if len(found) >= limit:
                break
    finally:
        view.close()
    return found


# -- contents


@routes.route("GET", "/api/tasks/{id}/content", "look", query={**_SIDE, "download": "1: as a download"}, by_element=True)
async def content(gateway: Gateway, request: Request) -> Stream:
    """The bytes of a file, in a sandbox: they can be shown or kept, never run."""
    from confrere.gateway.work.places import open_side

    task, path = looked_into(gateway, request), request.query.get("path", "")
    state = gateway.shelf.state(task)
    file, _ = await asyncio.to_thread(open_side, state, gateway.home.work / task, gateway_vault(gateway), path, _side(request))
    size = os.fstat(file.fileno()).st_size
    name = path.rpartition("/")[2]
    media = _SAFE.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    inline = media != "application/octet-stream" and request.query.get("download", "") != "1"
    safe = quote(name.encode("utf-8", "surrogateescape"), safe="")
    headers = [
        (b"content-security-policy", _SANDBOX),
        (b"content-disposition", f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{safe}".encode()),
        (b"content-length", str(size).encode()),
        (b"x-frame-options", b"SAMEORIGIN"),
    ]
    return Stream(_pieces(file, size), media, headers)


async def _pieces(file: BinaryIO, size: int) -> AsyncIterator[bytes]:
    """Exactly ``size`` bytes: a file that shrinks meanwhile ends the connection, it is never filled up."""
    try:
        while size:
            piece = await asyncio.to_thread(file.read, min(_PIECE, size))
            if not piece:
                raise OSError("the file became shorter while it was sent")
            size -= len(piece)
            yield piece
    finally:
        file.close()


def gateway_vault(gateway: Gateway) -> Any:
    from confrere.workspace.vault import Vault

    return Vault(gateway.home.vault)


async def _looked(gateway: Gateway, kind: str, args: dict[str, Any]) -> Any:
    """Have a file looked into, in a process that is ended when it takes too long or too much. Raises Problem then: one file that breaks its
    reader takes nothing else with it."""
    for _ in range(2):
        try:
            async with asyncio.timeout(LOOK):
                return await gateway.crew.run("draw", kind, args)
        except TimeoutError:
            gateway.crew.end("draw")
            break
        except WorkerDied:  # perhaps by another's file
            if gateway.crew.closed:
                raise
    raise Problem(422, "gateway.not-shown", path=args["path"])


@routes.route("GET", "/api/tasks/{id}/preview", "look", query=_SIDE)
async def preview(gateway: Gateway, request: Request) -> Any:
    """What a file holds: sheets, texts, a message's parts, and what was understood of it."""
    args = {"task": looked_into(gateway, request), "path": request.query.get("path", ""), "side": _side(request)}
    return await _looked(gateway, "preview", args)


@routes.route("GET", "/api/tasks/{id}/pages/{n}.png", "look", query={**_SIDE, "width": "pixels"}, by_element=True)
async def page(gateway: Gateway, request: Request) -> Response:
    """A page or slide as a picture; the header X-Confrere-Pages says how many there are."""
    if not request.params["n"].isdigit() or len(request.params["n"]) > 5:
        raise Problem(404, "gateway.no-page", number=request.params["n"][:20])
    args = {"task": looked_into(gateway, request), "path": request.query.get("path", ""), "side": _side(request)}
    args |= {"page": int(request.params["n"]), "width": request.number("width", 900, 40, 3000)}
    answer = json.loads(await _looked(gateway, "page", args))
    data = await asyncio.to_thread(Path(answer["file"]).read_bytes)
    headers = [(b"cache-control", b"private, max-age=60"), (b"x-confrere-pages", str(answer["pages"]).encode())]
    return Response(data, 200, "image/png", headers)


@routes.route("GET", "/api/tasks/{id}/diff", "look", query={"path": "view path"})
async def diff(gateway: Gateway, request: Request) -> Any:
    """What changed inside a file."""
    return await _looked(gateway, "diff", {"task": looked_into(gateway, request), "path": request.query.get("path", "")})
