"""The operations that changes come to: what is to be done in the real folders, each small enough to be told done from not done by looking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from confrere.workspace.changes import Change
from confrere.workspace.files import State
from confrere.workspace.ground import Ground
from confrere.workspace.paths import is_under, parent


class Item(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """One operation: mkdir, move, put (create or replace), remove or rmdir. ``late`` when its target is freed by another item;
    ``change`` is the index of the change it belongs to, ``number`` names its staged content, ``inode`` is that of the file to move."""

    kind: str
    path: str
    change: int
    number: int = 0
    origin: str = ""
    content: str = ""
    late: bool = False
    inode: int = 0
    before: State | None = None
    after: State | None = None


def operations(changes: list[Change], refused: Mapping[int, str], ground: Ground) -> list[Item]:
    """Those of the changes that are not refused, as the journal has them: without the states, which stand in the change."""
    items: list[Item] = []
    for index, change in enumerate(changes):
        if index in refused:
            continue
        common: dict[str, Any] = {"change": index, "path": change.path}
        if change.kind in ("mkdir", "rmdir"):
            items.append(Item(kind=change.kind, **common))
        elif change.kind == "delete":
            items.append(Item(kind="remove", **common))
        elif change.kind == "move" and renames(change, ground):
            status = ground.lstat(change.origin)
            inode = status.st_ino if status is not None else 0
            items.append(Item(kind="move", origin=change.origin, inode=inode, **common))
        elif change.kind == "move":  # to another file system, or with another content
            items.append(Item(kind="put", content=change.content or ground.real(change.origin), **common))
            items.append(Item(kind="remove", path=change.origin, change=index))
        else:
            items.append(Item(kind="put", content=change.content, **common))
    freed = {item.path for item in items if item.kind in ("remove", "rmdir")} | {item.origin for item in items if item.kind == "move"}
    for number, item in enumerate(items):
        item.number = number
        if item.kind in ("move", "mkdir") or (item.kind == "put" and changes[item.change].kind != "modify"):
            item.late = item.path in freed or is_under(item.path, freed)
    return items


def renames(change: Change, ground: Ground) -> bool:
    """Whether a move is a rename: of the very content, in one file system."""
    same = change.before is not None and change.after is not None and change.before.sha256 == change.after.sha256
    if not same or change.before is None or change.before.target != (change.after.target if change.after else ""):
        return False
    if change.path.split("/")[0] == change.origin.split("/")[0]:
        return True
    try:
        return ground.device(parent(change.origin)) == ground.device(change.path.split("/")[0])
    except OSError:
        return False


def attach(item: Item, changes: list[Change]) -> Item:
    """Give an item the states of its change."""
    change = changes[item.change]
    if item.kind == "put":
        item.before, item.after = (change.before if change.kind == "modify" else None), change.after
    elif item.kind == "remove":
        item.before = change.before
    else:
        item.before, item.after = change.before, change.after
    return item
