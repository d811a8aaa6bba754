"""Applying a change set to the real folders, taking it back, and finishing what a crash interrupted."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any

import msgspec

from confrere.journal.store import Event
from confrere.workspace import upper as layer
from confrere.workspace.changes import Change, ChangeSet, change_set
from confrere.workspace.files import Hashes, Signature, remove_tree
from confrere.workspace.ground import Ground
from confrere.workspace.paths import is_within, parent
from confrere.workspace.roots import Root
from confrere.workspace.staging import Progress
from confrere.workspace.transaction import Applied, Outcome, Record, Transaction
from confrere.workspace.tree import Tree
from confrere.workspace.vault import VAULT, Vault
from confrere.workspace.view import View

KINDS = ("apply.planned", "apply.committed", "apply.progress", "apply.rolling-back", "apply.rolled-back", "apply.done")


def select(changes: list[Change], paths: Iterable[str], steps: Iterable[str] = ()) -> list[Change]:
    """The changes that concern the paths (each a file or a folder) or steps, with the new folders that they need; all, for none."""
    paths, steps = list(paths), set(steps)
    if not paths and not steps:
        return list(changes)
    chosen = {
        index
        for index, change in enumerate(changes)
        if change.step in steps
        or any(is_within(change.path, path) or (change.kind == "move" and is_within(change.origin, path)) for path in paths)
    }
    needed: set[str] = set()
    for index in chosen:
        above = parent(changes[index].path)
        while above:
            needed.add(above)
            above = parent(above)
    return [change for index, change in enumerate(changes) if index in chosen or (change.kind == "mkdir" and change.path in needed)]


def apply(
    view: View,
    vault: Vault,
    record: Record,
    ident: str,
    paths: Iterable[str] = (),
    progress: Progress | None = None,
    whole: ChangeSet | None = None,
) -> Outcome:
    """Apply all of a view's changes, or those of ``paths``. Returns what was made and what was refused, each with its reason.

    Raises Failed when an operation failed: then the real folders are as before.
    """
    whole = whole or change_set(view)
    changes = whole.changes
    chosen = select(changes, paths)
    outcome = Transaction(ident, view.roots, vault, chosen, record, looked_ns=whole.begun_ns).run(progress)
    settle(view, outcome, everything=len(outcome.made) == len(changes))
    return outcome


def settle(view: View, outcome: Outcome, *, everything: bool) -> None:
    """Take out of the staging area what the real folders now hold."""
    _part(view, outcome)
    if everything:
        for tree in view.trees.values():
            for name in os.listdir(tree.upper):
                remove_tree(f"{tree.upper}/{name}")
            layer.clear(tree.upper, layer.OPAQUE)
    else:
        for entry in sorted(outcome.made, key=lambda entry: -entry.change.path.count("/")):
            for path in {entry.change.path, entry.change.origin if entry.change.kind == "move" else entry.change.path}:
                _settle_path(view, path)
    if everything:
        view.seen.clear()
    else:
        with view.batch():
            for entry in outcome.made:
                view.seen.forget(entry.change.path)
                view.seen.forget("\0" + entry.change.path)
                if entry.change.kind == "move":
                    view.seen.forget(entry.change.origin)
    view.refresh()


def _part(view: View, outcome: Outcome) -> None:
    """Have the staging area give up its own name of each large file that was applied, which moves the change time of the real one:
    where nobody else did so before, undo need not read it all again."""
    ground, ctimes = Ground(view.roots), {}
    try:
        for index, entry in enumerate(outcome.applied):
            path, left = entry.change.path, entry.signature
            if left is None or left.size < Hashes.LARGE or entry.refused or entry.change.kind not in ("create", "modify", "move"):
                continue
            tree, relative = view.trees[path.split("/")[0]], path.partition("/")[2]
            up = f"{tree.upper}/{relative}"
            try:
                own = os.lstat(up)
            except (FileNotFoundError, NotADirectoryError):
                continue
            status = ground.lstat(path)
            if status is None or (own.st_dev, own.st_ino) != (status.st_dev, status.st_ino) or _below_opaque(tree, relative):
                continue
            known = Signature.of(status) == left
            os.unlink(up)
            after = ground.lstat(path)
            if known and after is not None and left.same_content(Signature.of(after)):
                ctimes[index] = after.st_ctime_ns
    finally:
        ground.close()
    outcome.settled(ctimes)


def _settle_path(view: View, path: str) -> None:
    tree = view.trees[path.split("/")[0]]
    relative = path.partition("/")[2]
    up = f"{tree.upper}/{relative}"
    try:
        status = os.lstat(up)
    except (FileNotFoundError, NotADirectoryError):
        return
    if stat.S_ISDIR(status.st_mode):
        if not os.listdir(up):
            os.rmdir(up)
    elif _below_opaque(tree, relative) and not layer.is_whiteout(status, up):
        # the real file now has it, but this folder hides what is real; the upper one may be another name of the real file
        view.work_area.stand_in(path, up, status, up)
    else:
        os.unlink(up)


def _below_opaque(tree: Tree, relative: str) -> bool:
    above = parent(relative)
    while above:
        if layer.is_opaque(f"{tree.upper}/{above}"):
            return True
        above = parent(above)
    return False


def undo(
    roots: list[Root],
    vault: Vault,
    record: Record,
    ident: str,
    applied: list[Applied],
    folders: dict[str, tuple[int, int]],
    paths: Iterable[str] = (),
    steps: Iterable[str] = (),
    progress: Progress | None = None,
) -> Outcome:
    """Take applied changes back: all, those of ``paths`` or those of ``steps``. What the person has edited since is refused, file by file.

    Raises Failed when an operation failed: then the real folders are as before the undo.
    """
    looked_ns = time.time_ns()
    ground, hashes = Ground(roots), Hashes()
    try:
        made = [entry for entry in applied if not entry.refused]
        if paths or steps:
            made = _with_folders(made, list(paths), set(steps))
        checked = [_checked(entry, ground, hashes) for entry in reversed(made)]
        for change, found in checked:
            if found is not None and change.before is not None:
                try:
                    change.conflict = "" if found.result() == change.before.sha256 else "workspace.apply-edited"
                except OSError:
                    change.conflict = "workspace.apply-not-permitted"
        changes = [change for change, _ in checked]
        times = {path: (ground.lstat(path), before, after) for path, (before, after) in folders.items() if "/" in path}
        tops = {path: (os.lstat(ground.real(path)), before, after) for path, (before, after) in folders.items() if "/" not in path}
    finally:
        hashes.close()
        ground.close()
    # folders get the times they had, where nobody else has changed them since
    old = {path: before for path, (status, before, after) in {**times, **tops}.items() if status and status.st_mtime_ns == after}
    return Transaction(ident, roots, vault, changes, record, undo=True, looked_ns=looked_ns, times=old).run(progress)


def _with_folders(made: list[Applied], paths: list[str], steps: set[str]) -> list[Applied]:
    """The changes of some paths or steps, with the folders to bring back for them and the new folders that they leave empty."""
    chosen = {
        id(entry)
        for entry in made
        if entry.change.step in steps
        or any(
            is_within(entry.change.path, path) or (entry.change.kind == "move" and is_within(entry.change.origin, path)) for path in paths
        )
    }
    back = {parent(entry.change.origin or entry.change.path) for entry in made if id(entry) in chosen}
    left = {entry.change.path for entry in made if id(entry) not in chosen and entry.change.kind != "mkdir"}
    result = []
    for entry in made:
        path = entry.change.path
        needed = entry.change.kind == "rmdir" and any(is_within(folder, path) for folder in back)
        emptied = entry.change.kind == "mkdir" and not any(is_within(other, path) for other in left)
        touched = emptied and any(is_within(other.change.path, path) for other in made if id(other) in chosen)
        if id(entry) in chosen or needed or touched:
            result.append(entry)
    return result


def _checked(entry: Applied, ground: Ground, hashes: Hashes) -> tuple[Change, Future[str] | None]:
    """The inverse of an applied change, refused where the file is not the one that was left; with the hash of the file to come where
    that alone can tell."""
    change = inverse(entry.change)
    if entry.change.kind in ("delete", "rmdir", "mkdir"):
        return change, None
    status = ground.lstat(entry.change.path)
    if status is None:
        change.conflict = "workspace.apply-moved"
        return change, None
    assert change.before is not None
    same = entry.signature is not None and entry.signature.same_content(Signature.of(status))
    untouched = same and entry.signature is not None and entry.signature.ctime_ns == status.st_ctime_ns
    # times say little: an edit can keep them, and a name less of the same file moves them
    told = not untouched and stat.S_ISREG(status.st_mode) and change.before.type == "file"
    if told:
        same = status.st_size == change.before.size
    if not same:
        change.conflict = "workspace.apply-edited"
        return change, None
    # its time as this file system tells it
    change.before = msgspec.structs.replace(change.before, mtime_ns=status.st_mtime_ns)
    return change, hashes.start(ground.near(entry.change.path), status.st_size) if told else None


def inverse(change: Change) -> Change:
    """The change that takes ``change`` back."""
    common: dict[str, Any] = {"step": change.step, "call": change.call}
    kept = VAULT + change.before.sha256 if change.before is not None and change.before.sha256 else ""
    match change.kind:
        case "create":
            return Change(kind="delete", path=change.path, before=change.after, **common)
        case "delete":
            return Change(kind="create", path=change.path, after=change.before, content=kept, **common)
        case "modify":
            return Change(kind="modify", path=change.path, before=change.after, after=change.before, content=kept, **common)
        case "move":
            if change.before is not None and change.after is not None and change.before.sha256 == change.after.sha256:
                kept = ""  # the file itself goes back
            moved: dict[str, Any] = {"path": change.origin, "origin": change.path, "content": kept}
            return Change(kind="move", before=change.after, after=change.before, **moved, **common)
        case "mkdir":
            return Change(kind="rmdir", path=change.path, before=change.after, **common)
        case _:
            return Change(kind="mkdir", path=change.path, after=change.before, **common)


class Interrupted(msgspec.Struct, kw_only=True):
    """A transaction that a crash left unfinished, as the journal tells it."""

    plan: dict[str, Any]
    committed: bool = False
    rolling_back: bool = False


def interrupted(events: Iterable[Event]) -> Interrupted | None:
    """Fold the ``apply.*`` events of a task: the transaction that was begun and neither done nor rolled back, if any."""
    found: Interrupted | None = None
    for event in events:
        match event.kind:
            case "apply.planned":
                found = Interrupted(plan=event.body)
            case "apply.committed" if found is not None:
                found.committed = True
                found.plan = {**found.plan, "refused": event.body.get("refused", found.plan["refused"])}
            case "apply.rolling-back" if found is not None:
                found.rolling_back = True
            case "apply.rolled-back" | "apply.done":
                found = None
    return found


def finish(found: Interrupted, roots: list[Root], vault: Vault, record: Record, *, back: bool = False) -> Outcome | None:
    """Complete an interrupted transaction, or roll it back (None) when it had not been committed or where ``back`` asks for it."""
    if back and found.committed and not found.rolling_back:
        record("apply.rolling-back", {"id": found.plan["id"], "reason": "stopped"}, True)
        found.rolling_back = True
    changes = msgspec.convert(found.plan["changes"], list[Change])
    transaction = Transaction(found.plan["id"], roots, vault, changes, record, undo=found.plan["undo"])
    return transaction.resume(found.plan, committed=found.committed, rolling_back=found.rolling_back)
