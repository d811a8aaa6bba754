"""What the kernel mounts for the sandbox: the upper layers made such as it can mount, and what was written to them taken note of after."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING

from confrere.workspace import upper as layer
from confrere.workspace.files import Signature, copy_content, set_metadata, state_of
from confrere.workspace.paths import join
from confrere.workspace.tree import Tree

if TYPE_CHECKING:
    from confrere.workspace.view import View


def materialise(view: View) -> None:
    """Make of the upper layers what the kernel can mount as they are: every placeholder filled with its bytes, and what is no
    part of the view covered."""
    for tree in view.trees.values():
        for place in [] if tree.root.readonly else tree.root.hidden:
            if os.path.lexists(f"{tree.root.path}/{place}") and not os.path.lexists(f"{tree.upper}/{place}"):
                view.work_area.make_parents(tree, place)
                layer.make_whiteout(f"{tree.upper}/{place}")
        for path in _files(tree.upper):
            origin = layer.origin(path)
            status = os.lstat(path)
            temporary = view.work_area.reserve()
            if (origin is None or origin.here) and stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
                # a name it shares with an applied file would let the sandbox write to that one
                copy_content(path, temporary)
                set_metadata(temporary, state_of(path, status))
                os.replace(temporary, path)
                continue
            if origin is None or origin.here:
                continue
            origin_tree, relative = view.real(origin.path)
            with view.open_lower(origin_tree, relative, origin.path, check=True):
                copy_content(f"{origin_tree.root.path}/{relative}", temporary)
            view.work_area.remember(temporary, layer.Origin(origin.path, True))
            os.chmod(temporary, stat.S_IMODE(status.st_mode))
            os.utime(temporary, ns=(status.st_mtime_ns, status.st_mtime_ns))
            os.replace(temporary, path)


def adopt(view: View, step: str, call: str, mounted_ns: int) -> None:
    """Take note of what was written to the upper layers while they were mounted: put down to this step and call, and
    based on the real files as they are now. No placeholder was there when they were mounted: one that is there now is made up,
    and is the bytes that it holds."""
    view.refresh()
    with view.batch():
        for tree in view.trees.values():
            waiting = [""]
            while waiting:
                waiting += _adopt(view, tree, waiting.pop(), step, call, mounted_ns)


def _adopt(view: View, tree: Tree, relative: str, step: str, call: str, mounted_ns: int) -> Iterator[str]:
    """Take note of what one folder of the upper layer holds; returns the folders in it."""
    for item in os.listdir(f"{tree.upper}/{relative}" if relative else tree.upper):
        below = join(relative, item)
        look = tree.look(below)
        if look.upper_status is None:
            continue
        path = join(tree.root.name, below)
        folder = stat.S_ISDIR(look.upper_status.st_mode)
        if stat.S_ISREG(look.upper_status.st_mode) and (origin := layer.origin(look.upper)) is not None and not origin.here:
            layer.clear(look.upper, layer.ORIGIN)
        if look.upper_status.st_ctime_ns >= mounted_ns - 10**9 and (not folder or look.lower_status is None or look.opaque):
            view.seen.touched(path, step, call)
        if look.lower_status is not None and (not folder or look.opaque or not stat.S_ISDIR(look.lower_status.st_mode)):
            _note_below(view, look.lower, path)
        if folder:
            yield below


def _note_below(view: View, real: str, path: str) -> None:
    """Remember the versions of a real entry and of all it holds."""
    waiting = [""]
    while waiting:
        below = waiting.pop()
        status = os.lstat(real + below)
        if stat.S_ISDIR(status.st_mode):
            waiting += [f"{below}/{item}" for item in os.listdir(real + below)]
        else:
            view.seen.note(path + below, Signature.of(status))


def _files(folder: str) -> Iterator[str]:
    """All but folders below a folder of our own, however deep."""
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as scan:
            entries = list(scan)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                yield entry.path
