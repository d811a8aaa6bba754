"""One granted folder with its staging area: what the two layers hold at a path."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from confrere.errors import ConfrereError, Failed, WrongUse
from confrere.workspace import upper as layer
from confrere.workspace.files import kind
from confrere.workspace.paths import is_within, join, name, parent
from confrere.workspace.roots import Root

STAGING = ".confrere-"  # prefix of the short-lived folder that applying makes in a root; never part of a view


class Info(msgspec.Struct, frozen=True, gc=False):
    """One entry of a view. ``type`` is file, dir, symlink or special; ``size`` in bytes; ``mtime_ns`` in nanoseconds."""

    path: str
    type: str
    size: int
    mtime_ns: int
    mode: int


Entry = tuple[Info, str | None, str | None]  # with its place in the upper and in the lower layer; None: not there


class Look(NamedTuple):
    """What the two layers hold at a path. ``upper`` is where the upper entry is or would be; a status is None where there is none.

    ``lower_status`` is what would show if the upper entry were not there; ``whiteout`` that the upper entry hides it.
    """

    upper: str
    upper_status: os.stat_result | None
    lower: str
    lower_status: os.stat_result | None
    whiteout: bool = False
    opaque: bool = False

    @property
    def visible(self) -> os.stat_result | None:
        if self.whiteout:
            return None
        return self.upper_status or self.lower_status


class Tree:
    """One root with its staging area."""

    def __init__(self, root: Root, area: Path) -> None:
        self.root = root
        self.upper = str(area / "upper")
        self.work = str(area / "work")
        for folder in (self.upper, self.work):
            os.makedirs(folder, mode=0o700, exist_ok=True)

    def look(self, relative: str) -> Look:
        """See ``Look``. Raises Failed when the real folder itself is gone."""
        up: str | None = self.upper
        low: str | None = self.root.path
        names = relative.split("/") if relative else []
        if not names:
            self._still_there()
            return Look(self.upper, os.lstat(self.upper), self.root.path, self._lower_status(self.root.path))
        target = f"{self.upper}/{relative}"
        last = len(names) - 1
        whiteout = opaque = False
        upper_status = lower_status = None
        for index, part in enumerate(names):
            upper_status = lower_status = None
            if up is not None:
                up = f"{up}/{part}"
                try:
                    upper_status = os.lstat(up)
                except (FileNotFoundError, NotADirectoryError):
                    up = None
                except OSError as error:
                    raise _unreachable(error, self.root.name, relative) from None
            if low is not None:
                low = f"{low}/{part}"
                lower_status = self._lower_status(low, first=index == 0)
                if lower_status is None:
                    low = None
            if upper_status is not None and up is not None:
                whiteout = layer.is_whiteout(upper_status, up)
                opaque = stat.S_ISDIR(upper_status.st_mode) and layer.is_opaque(up)
            if index == last:
                break
            if upper_status is not None and (whiteout or not stat.S_ISDIR(upper_status.st_mode)):
                return Look(target, None, "", None)
            if opaque or (lower_status is not None and not stat.S_ISDIR(lower_status.st_mode)):
                low = None
            if up is None and low is None:
                return Look(target, None, "", None)
        if any(is_within(relative, hidden) for hidden in self.root.hidden) or names[0].startswith(STAGING):
            return Look(target, None, "", None)
        return Look(target, upper_status, low or "", lower_status, whiteout, opaque)

    def entries(self, relative: str, up: str | None, low: str | None) -> Iterator[Entry]:
        """What the folder shows that is at ``up`` and ``low`` in the two layers (None: not there), sorted by name, each entry with its own
        place in them. Only the names are held in memory. Raises WrongUse where it cannot be read."""
        path = join(self.root.name, relative)
        above: dict[str, os.stat_result] = {}
        names: list[str] = []
        try:
            if up is not None:
                with os.scandir(up) as scan:
                    above = {entry.name: entry.stat(follow_symlinks=False) for entry in scan}
                names = list(above)
            if low is not None:
                names += [item for item in os.listdir(low) if item not in above]
        except FileNotFoundError:
            self.look(relative)  # says so when the whole folder is gone
        except OSError as error:
            raise WrongUse("workspace.path-denied", path=path, reason=error.strerror) from None
        names.sort()
        hidden = {name(place) for place in self.root.hidden if parent(place) == relative}
        for item in names:
            if item in hidden or (not relative and item.startswith(STAGING)):
                continue
            real = f"{low}/{item}" if low is not None else None
            status = above.get(item)
            if status is None:
                assert real is not None
                try:
                    status = os.lstat(real)
                except FileNotFoundError:
                    continue  # it went while we looked
                except OSError as error:
                    raise WrongUse("workspace.path-denied", path=path, reason=error.strerror) from None
                yield info(f"{path}/{item}", status), None, real
            elif not layer.is_whiteout(status, f"{up}/{item}"):
                yield info(f"{path}/{item}", status), f"{up}/{item}", real

    def _still_there(self) -> None:
        try:
            there = stat.S_ISDIR(os.lstat(self.root.path).st_mode)
        except OSError:
            there = False
        if not there:  # a link in its place is not the folder that was granted
            raise Failed("workspace.folder-gone", path=self.root.path, task="TASK")

    def _lower_status(self, path: str, *, first: bool = True) -> os.stat_result | None:
        try:
            return os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            if first:
                self._still_there()
            return None
        except PermissionError:
            return None
        except OSError as error:
            raise _unreachable(error, self.root.name, path[len(self.root.path) + 1 :]) from None


def _unreachable(error: OSError, root: str, relative: str) -> ConfrereError:
    if error.errno == errno.ENAMETOOLONG:
        return WrongUse("workspace.path-too-long", path=f"{root}/{relative}")
    return Failed("workspace.path-denied", path=f"{root}/{relative}", reason=error.strerror)


def info(path: str, status: os.stat_result) -> Info:
    what = kind(status.st_mode)
    return Info(path, what, status.st_size if what == "file" else 0, status.st_mtime_ns, stat.S_IMODE(status.st_mode))


def hides(up: str | None, low: str | None) -> bool:
    """Whether the upper entry of a folder hides the lower one of its name."""
    return up is not None and (low is None or layer.is_opaque(up) or not is_folder(low))


def is_folder(path: str) -> bool:
    """Whether a folder is there, and no link to one."""
    status = lstat(path)
    return status is not None and stat.S_ISDIR(status.st_mode)


def lstat(path: str) -> os.stat_result | None:
    """None where nothing can be seen."""
    try:
        return os.lstat(path)
    except OSError:
        return None
