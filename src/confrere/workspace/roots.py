"""The folders a task was given."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable
from pathlib import Path

import msgspec

from confrere.errors import WrongUse
from confrere.workspace.paths import folded

_SYSTEM = (
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib32",
    "/lib64",
    "/proc",
    "/run",
    "/sbin",
    "/sys",
    "/usr",
    "/var/lib",
    "/System",
    "/Library",
)


class Root(msgspec.Struct, kw_only=True):
    """A granted folder: its name in the view, its real path, whether it may only be read.

    ``hidden`` are places inside it (relative paths) that are not part of it: our own state, or another granted folder;
    ``protected`` are places inside it that may only be read.
    """

    name: str
    path: str
    readonly: bool = False
    hidden: list[str] = msgspec.field(default_factory=list)
    protected: list[str] = msgspec.field(default_factory=list)


class Granted(msgspec.Struct, kw_only=True):
    """The roots of a task, and which of the folders given were merged into another (inner, outer)."""

    roots: list[Root]
    merged: list[tuple[str, str]] = msgspec.field(default_factory=list)


def grant(folders: Iterable[tuple[str, bool]], state: Path) -> Granted:
    """Check the folders a person gave (path, read-only) and make roots of them.

    Refuses ``/``, system folders, a home folder, our own state, a file, and what is missing or unreadable (WrongUse).
    Where one folder is inside another, each file keeps exactly one path in the view.
    """
    checked: dict[str, bool] = {}
    for folder, readonly in folders:
        real = check(folder, state)
        checked[real] = checked.get(real, True) and readonly  # given twice: the wider of the two
    roots: list[Root] = []
    merged: list[tuple[str, str]] = []
    state_path = os.path.realpath(state)
    for path in sorted(checked):
        outer = next((root for root in reversed(roots) if _inside(path, root.path)), None)
        inner = os.path.relpath(path, outer.path) if outer else ""
        if outer is not None and outer.readonly and not checked[path]:
            outer.hidden.append(inner)
        elif outer is not None:
            if checked[path] and not outer.readonly:
                outer.protected.append(inner)
            merged.append((path, outer.path))
            continue
        root = Root(name=_name(path, roots), path=path, readonly=checked[path])
        if _inside(state_path, path):
            root.hidden.append(os.path.relpath(state_path, path))
        roots.append(root)
    return Granted(roots=roots, merged=merged)


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _name(path: str, roots: list[Root]) -> str:
    base = os.path.basename(path)
    taken = {folded(root.name) for root in roots}
    name, number = base, 2
    while folded(name) in taken:
        name, number = f"{base} ({number})", number + 1
    return name


def check(folder: str, state: Path) -> str:
    """The real path of a folder a task may be given. Raises WrongUse, with the reason, for one it may not."""
    expanded = os.path.abspath(os.path.expanduser(folder))
    real = os.path.realpath(expanded)
    if not os.path.lexists(real):
        raise WrongUse("workspace.folder-missing", path=expanded)
    if real == "/":
        raise WrongUse("workspace.folder-refused-root", path=real)
    if not os.path.isdir(real):
        raise WrongUse("workspace.folder-is-file", path=expanded)
    if any(_inside(real, system) for system in _SYSTEM) or real in ("/var", "/home", "/Users", "/opt", "/mnt", "/media"):
        raise WrongUse("workspace.folder-refused-system", path=real)
    if real in _homes():
        raise WrongUse("workspace.folder-refused-home", path=real)
    state_path = os.path.realpath(state)
    if _inside(real, state_path):
        raise WrongUse("workspace.folder-refused-state", path=real)
    try:
        with os.scandir(real) as entries:
            next(entries, None)
    except OSError as error:
        raise WrongUse("workspace.folder-unreadable", path=real, reason=error.strerror) from None
    return real


def _homes() -> set[str]:
    homes = {os.path.realpath(os.path.expanduser("~"))}
    for entry in pwd.getpwall():
        if (entry.pw_dir not in ("", "/", "/nonexistent") and entry.pw_uid >= 1000) or entry.pw_uid == 0:
            homes.add(os.path.realpath(entry.pw_dir))
    return homes - {"/"}
