"""Which files of the view a tool works on, and which are left alone with a reason."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from confrere.messages import say
from confrere.tools.office.scope import KIND_OF, KINDS, Scope
from confrere.workspace.packed import Infos

if TYPE_CHECKING:
    from confrere.tools.base import Context
    from confrere.workspace.tree import Info

_LITTER = {".ds_store", "thumbs.db", "desktop.ini", "icon\r", ".localized", "ehthumbs.db"}
_STEP = 500  # files between two words of progress


@dataclass(slots=True)
class Looked:
    """The regular files of a view that may be worked on, and (path, reason code) of what is left alone: link, special,
    repository, denied, read-only."""

    files: Infos = field(default_factory=Infos)
    left: list[tuple[str, str]] = field(default_factory=list)
    folders: int = 0
    litter: int = 0


def plain(text: str) -> str:
    """Case, accents and punctuation folded away, for comparing names people write."""
    text = "".join(ch for ch in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(ch))
    return " ".join(re.findall(r"[^\W_]+", text))


def name_of(path: str) -> str:
    return path.rpartition("/")[2]


def extension_of(path: str) -> str:
    """The extension in lower case, without its dot; empty for none."""
    name = name_of(path)
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem and len(ending) <= 10 and " " not in ending else ""


def kind_of(path: str) -> str:
    """The file kind its extension says, or "other"."""
    return KIND_OF.get(extension_of(path), "other")


def is_litter(path: str) -> bool:
    """What systems and office programs leave behind: never worked on."""
    name = name_of(path).lower()
    return name in _LITTER or name.startswith(("~$", "._", ".~lock.")) or name.startswith(".")


def look(context: Context, *, changing: bool = False) -> Looked:
    """Everything in the view that a tool may work on: what the person brought, not what this task made.

    Links, special files, folders under version control and what cannot be read are left alone; where ``changing``, read-only
    roots too.
    """
    looked = Looked()
    view = context.view
    for root in view.roots:
        if changing and root.readonly:
            looked.left.append((root.name, "read-only"))
            continue
        for info in _walk(context, root.name, looked):
            if info.type == "file":
                if is_litter(info.path):
                    looked.litter += 1
                elif not made_here(context, info.path):
                    looked.files.append(info)
                    if len(looked.files) % _STEP == 0:
                        context.progress(len(looked.files), 0, say("office.doing-look", context.language))
            else:
                looked.left.append((info.path, "link" if info.type == "symlink" else "special"))
    return looked


def made_here(context: Context, path: str) -> bool:
    """Whether a file was created in this task's view (a deliverable, a piece, a copy), not brought by the person."""
    import os

    from confrere.workspace.upper import origin

    name, _, relative = path.partition("/")
    tree = context.view.trees[name]
    upper = f"{tree.upper}/{relative}"
    return os.path.lexists(upper) and not os.path.lexists(f"{tree.root.path}/{relative}") and origin(upper) is None


def _walk(context: Context, folder: str, looked: Looked) -> Iterator[Info]:
    from confrere.errors import WrongUse

    waiting = [folder]
    while waiting:
        folder = waiting.pop()
        try:
            entries = context.view.list(folder)
        except WrongUse:
            looked.left.append((folder, "denied"))
            continue
        if any(name_of(entry.path) == ".git" for entry in entries):
            looked.left.append((folder, "repository"))
            continue
        for entry in entries:
            if entry.type == "dir":
                looked.folders += 1
                if not name_of(entry.path).startswith("."):
                    waiting.append(entry.path)
            else:
                yield entry


def named(path: str, names: list[str]) -> bool:
    """Whether a file's name, or a folder it lies in, is or holds one of ``names`` (a pattern where it has ``*`` or ``?``)."""
    inside = path.split("/")[1:] or [path]
    for name in names:
        pattern = unicodedata.normalize("NFC", name.strip("/").casefold())
        if "*" in pattern or "?" in pattern:
            target = unicodedata.normalize("NFC", (inside[-1] if "/" not in pattern else "/".join(inside)).casefold())
            if fnmatch.fnmatchcase(target, pattern):
                return True
            continue
        if "/" in pattern:
            whole = unicodedata.normalize("NFC", "/".join(inside).casefold())
            if f"/{whole}/".find(f"/{pattern}/") >= 0:
                return True
            continue
        wanted = plain(name)
        if not wanted:
            continue
        singular = wanted[:-1] if len(wanted) > 4 and wanted.endswith("s") else wanted
        if any(f" {part}".find(f" {singular}") >= 0 for part in map(plain, inside)):
            return True
    return False


def by_name(path: str, scope: Scope) -> bool:
    """Whether a file meets the conditions of a scope that its path alone can tell."""
    if scope.kinds and not any(extension_of(path) in KINDS.get(kind, (kind,)) for kind in scope.kinds):
        return False
    return not scope.names or named(path, scope.names)


def dated_name(path: str) -> str:
    """The ISO date (or "2026-05" month) that a file's name holds, or empty."""
    name = name_of(path)
    if match := re.search(r"(?<!\d)((?:19|20)\d\d)[-_. ]?(0[1-9]|1[0-2])[-_. ]?(0[1-9]|[12]\d|3[01])(?!\d)", name):
        return f"{match[1]}-{match[2]}-{match[3]}"
    if match := re.search(r"(?<!\d)(0[1-9]|[12]\d|3[01])[-_.](0[1-9]|1[0-2])[-_.]((?:19|20)\d\d)(?!\d)", name):
        return f"{match[3]}-{match[2]}-{match[1]}"
    if match := re.search(r"(?<!\d)((?:19|20)\d\d)[-_.](0[1-9]|1[0-2])(?!\d)", name):
        return f"{match[1]}-{match[2]}"
    return ""


def file_date(info: Info) -> str:
    """The date a file is filed under without reading it: the one in its name, else when it was last modified (local time)."""
    from datetime import datetime

    return dated_name(info.path) or datetime.fromtimestamp(info.mtime_ns / 1e9).date().isoformat()
