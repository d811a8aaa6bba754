"""Carrying out moves that were decided once: safe to run again after a cut at any point."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from confrere.tools.base import Context

_STEP = 100


def carry_out(context: Context, moves: list[list[str]], what: str) -> int:
    """Move each (source, target), making folders as needed; a move made by an earlier, cut run is not made again.

    Returns how many files are in their new place.
    """
    view = context.view
    made: set[str] = set()
    with view.batch():
        for number, (source, target) in enumerate(moves):
            if number % _STEP == 0:
                context.progress(number, len(moves), what)
            if not view.exists(source):
                continue
            folder = target.rpartition("/")[0]
            if folder not in made:
                if "/" in folder:
                    view.mkdir(folder)
                made.add(folder)
            view.move(source, target)
    relink(context, dict(moves))
    context.progress(len(moves), len(moves), what)
    return sum(1 for _, target in moves if view.exists(target)) if len(moves) < 2000 else len(moves)


def relink(context: Context, moves: Mapping[str, str]) -> None:
    """Lead the links of what this task has made before to where these files and folders (old view path: new one) are now: a workbook
    made before the files were sorted leads to them all the same. It stays the work of the call that made it. Safe to run again."""
    from confrere.documents.write.relink import LINKED, relinked
    from confrere.tools.office.files import made_here

    view = context.view
    found = (info.path for info in view.walk(denied=lambda path: None) if info.type == "file" and info.path.lower().endswith(LINKED))
    made = [path for path in found if made_here(context, path)]
    gone = {old: new for old, new in moves.items() if not view.exists(old)} if made else {}
    for path in made:
        data = view.read(path)
        after = relinked(data, path, gone)
        if after != data:
            maker = view.seen.touch(path)
            view.write(path, after, overwrite=True)
            view.seen.touched(path, maker.step, maker.call)


def prune(context: Context, folders: list[str]) -> None:
    """Take away folders that the moves emptied, and their parents that hold nothing else. A granted folder stays."""
    view = context.view
    for folder in sorted(folders, key=len, reverse=True):
        while "/" in folder and view.exists(folder) and not view.list(folder):
            view.delete(folder)
            folder = folder.rpartition("/")[0]
