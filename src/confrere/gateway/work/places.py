"""Where the bytes of a file are, before and after a task, for someone who only looks: nothing is noted as seen by the task."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from confrere.errors import WrongUse
from confrere.gateway.http import Problem
from confrere.workspace.paths import name as last_part
from confrere.workspace.paths import open_beneath, parts
from confrere.workspace.seen import Seen
from confrere.workspace.tree import Info
from confrere.workspace.view import View

if TYPE_CHECKING:
    from confrere.agent.task import TaskState
    from confrere.workspace.roots import Root
    from confrere.workspace.vault import Vault


class LookView(View):
    """A view for the person's eyes: what is opened here does not count as seen by the task."""

    def __init__(self, roots: list[Root], area: Path) -> None:
        super().__init__(roots, area, Seen(Path(":memory:")))  # the task's own may be held by its process


def walk_from(view: View, after: str) -> Iterator[Info]:
    """Everything in the view whose path comes after ``after``, sorted by whole path: folders that end before it are not looked into. What
    cannot be read, or went away meanwhile, is passed over."""
    waiting = [_in_order(view, "")]
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
            continue
        key, entry = found
        if not key.endswith("/"):
            if entry.path > after:
                yield entry
        elif after < (inside := entry.path + "/") or after.startswith(inside):
            waiting.append(_in_order(view, entry.path))


def _in_order(view: View, path: str) -> Iterator[tuple[str, Info]]:
    """A folder's entries by name; each folder twice, itself and, as ``name/``, what it holds: that comes after ``name b`` and before
    ``name0``."""
    try:
        found = view.list(path)
    except WrongUse:
        return iter(())
    both = [(last_part(entry.path), entry) for entry in found]
    both += [(name + "/", entry) for name, entry in both if entry.type == "dir"]
    return iter(sorted(both, key=lambda item: item[0]))


def open_side(state: TaskState, area: Path, vault: Vault, path: str, side: str) -> tuple[BinaryIO, Path]:
    """A file's bytes and where they are. ``side`` is before or after. Raises WrongUse or Problem when there is no such file."""
    parts(path)
    if side == "before":
        return _before(state, vault, path)
    applied = state.state in ("applied", "done", "undone", "declined") and not (area.exists() and state.state == "declined")
    if applied:
        return _real(state, path)
    view = LookView(state.roots, area)
    try:
        return view.open(path), view.locate(path)
    finally:
        view.close()


def _before(state: TaskState, vault: Vault, path: str) -> tuple[BinaryIO, Path]:
    """The pre-image: from the vault where it was replaced or removed, else the real file, under the name it had."""
    for entry in reversed(state.standing()):
        change = entry.change
        if path not in (change.path, change.origin) or change.kind in ("mkdir", "rmdir"):
            continue
        if change.kind == "create":
            raise Problem(404, "gateway.no-before", path=path)
        if change.before is not None and change.before.sha256:
            kept = Path(vault.path(change.before.sha256))
            if kept.exists():
                return open(kept, "rb"), kept
        if change.kind == "move":
            return _real(state, change.path)
        raise Problem(404, "gateway.before-gone", path=path)
    return _real(state, path)


def _real(state: TaskState, path: str) -> tuple[BinaryIO, Path]:
    top, _, relative = path.partition("/")
    root = next((root for root in state.roots if root.name == top), None)
    if root is None or not relative:
        raise WrongUse("workspace.path-missing", path=path)
    if any(relative == hidden or relative.startswith(hidden + "/") for hidden in root.hidden) or relative.startswith(".confrere-"):
        raise WrongUse("workspace.path-missing", path=path)
    try:
        folder = os.open(root.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            handle = open_beneath(folder, relative, os.O_RDONLY | os.O_NONBLOCK)
        finally:
            os.close(folder)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        raise WrongUse("workspace.path-missing" if missing else "workspace.path-denied", path=path, reason=error.strerror or "") from None
    import stat

    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise WrongUse("workspace.path-not-file", path=path)
    return os.fdopen(handle, "rb"), Path(root.path, relative)
