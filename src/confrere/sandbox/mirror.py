"""A granted folder copied out and its changes folded back, for back ends that cannot mount an overlay.

``populate`` writes the merged view (lower under upper) to a plain folder; ``collect`` compares that folder with what was put there and
writes the differences to the upper layer in overlayfs's own format. Where the file system shares blocks between copies it costs
little; elsewhere as much as the folder.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from pathlib import Path

from confrere.errors import Failed
from confrere.sandbox.disk import RESERVE, sizes
from confrere.sandbox.inspect import remove_tree
from confrere.sandbox.protocol import Mount
from confrere.workspace.upper import is_opaque, is_whiteout, make_whiteout

_FICLONE = 0x40049409

Sign = tuple[int, int, int, int, int]


def _sign(status: os.stat_result) -> Sign:
    """Changes with any change: a program cannot set ctime."""
    return (status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


class Mirror:
    """``place`` is a new folder for the copy; ``owner`` (uid, gid) gets it when given (root only)."""

    def __init__(self, mount: Mount, place: Path, owner: tuple[int, int] | None = None) -> None:
        self.mount, self.place, self.owner = mount, str(place), owner
        self.signs: dict[str, Sign] = {}
        self.changed_folders: set[str] = set()

    def populate(self) -> None:
        """Raises Failed when the disk has no room for the copy."""
        available = os.statvfs(os.path.dirname(self.place)).f_bavail * os.statvfs(os.path.dirname(self.place)).f_frsize
        if sum(sizes(str(self.mount.lower))) > available - RESERVE:
            raise Failed("sandbox.no-room", path=self.mount.lower)
        upper = None if self.mount.upper is None or self.mount.readonly else str(self.mount.upper)
        self.signs = {}
        os.mkdir(self.place, 0o700)
        self._fill(str(self.mount.lower), upper, "")

    def _fill(self, lower: str | None, upper: str | None, path: str) -> None:
        target = f"{self.place}/{path}" if path else self.place
        below = _entries(lower) if lower else {}
        above = _entries(upper) if upper else {}
        for name in sorted({*below, *above}):
            inner = f"{path}/{name}" if path else name
            over, under = above.get(name), below.get(name)
            if over is not None and is_whiteout(over, f"{upper}/{name}"):
                continue
            source = f"{upper}/{name}" if over is not None else f"{lower}/{name}"
            status = over if over is not None else under
            assert status is not None
            place = f"{target}/{name}"
            if stat.S_ISDIR(status.st_mode):
                os.mkdir(place)
                merged = under is not None and stat.S_ISDIR(under.st_mode) and not (over is not None and is_opaque(source))
                self._fill(f"{lower}/{name}" if merged else None, source if over is not None else None, inner)
            elif stat.S_ISREG(status.st_mode):
                copy_file(source, place)
            elif stat.S_ISLNK(status.st_mode):
                os.symlink(os.readlink(source), place)
            else:
                continue  # a device, pipe or socket is no document
            self._own(place, status)
            self.signs[inner] = _sign(os.lstat(place))
        if not path:
            self._own(self.place, os.lstat(self.place))

    def _own(self, place: str, status: os.stat_result) -> None:
        if self.owner is not None:
            os.lchown(place, *self.owner)
        if not stat.S_ISLNK(status.st_mode):
            os.chmod(place, stat.S_IMODE(status.st_mode) & 0o777 | (0o700 if stat.S_ISDIR(status.st_mode) else 0o400))
            os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))

    def collect(self) -> None:
        """Fold what changed back into the upper layer. Nothing may run in the copy meanwhile."""
        if self.mount.readonly or self.mount.upper is None:
            return
        seen: set[str] = set()
        self._take("", seen)
        for path in sorted(set(self.signs) - seen):
            if os.path.dirname(path) in seen or "/" not in path:
                self._gone(path)
        for path in set(self.signs) - seen:
            del self.signs[path]

    def _take(self, path: str, seen: set[str]) -> None:
        folder = f"{self.place}/{path}" if path else self.place
        os.chmod(folder, 0o700)
        for name, status in sorted(_entries(folder).items()):
            inner = f"{path}/{name}" if path else name
            kind = stat.S_IFMT(status.st_mode)
            if kind not in (stat.S_IFDIR, stat.S_IFREG, stat.S_IFLNK):
                continue
            seen.add(inner)
            before = self.signs.get(inner)
            if kind == stat.S_IFDIR:
                if before is None or not stat.S_ISDIR(before[0]):
                    self._replace(inner, None)
                self._take(inner, seen)
            elif before != _sign(status):
                self._replace(inner, status)
            self.signs[inner] = _sign(os.lstat(f"{self.place}/{inner}"))

    def _parent(self, path: str) -> str:
        """The upper folder that holds ``path``, made where only the lower one was there; and the path in it."""
        upper = str(self.mount.upper)
        place, lower = upper, str(self.mount.lower)
        for part in path.split("/")[:-1]:
            place, lower = f"{place}/{part}", f"{lower}/{part}"
            if not os.path.lexists(place):
                os.mkdir(place)
                if os.path.isdir(lower) and not os.path.islink(lower):
                    shutil.copystat(lower, place, follow_symlinks=False)
        return f"{upper}/{path}"

    def _replace(self, path: str, status: os.stat_result | None) -> None:
        """Put a file, a link, or (``status`` None) a folder that was not there into the upper layer."""
        place = self._parent(path)
        source = f"{self.place}/{path}"
        self._clear(place)
        if status is None:
            os.mkdir(place)
            lower = f"{self.mount.lower}/{path}"
            if os.path.lexists(lower):
                os.setxattr(place, "user.overlay.opaque", b"y")
        elif stat.S_ISLNK(status.st_mode):
            os.symlink(os.readlink(source), place)
        else:
            copy_file(source, place)
            os.chmod(place, stat.S_IMODE(status.st_mode) & 0o777)
            os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))

    def _gone(self, path: str) -> None:
        place = self._parent(path)
        self._clear(place)
        if os.path.lexists(f"{self.mount.lower}/{path}") and not self._hidden(path):
            make_whiteout(place)

    def _hidden(self, path: str) -> bool:
        """Whether a folder above already hides the lower entry."""
        parts = path.split("/")[:-1]
        return any(is_opaque(f"{self.mount.upper}/{'/'.join(parts[: n + 1])}") for n in range(len(parts)))

    @staticmethod
    def _clear(place: str) -> None:
        if os.path.isdir(place) and not os.path.islink(place):
            folder = os.open(os.path.dirname(place), os.O_RDONLY | os.O_DIRECTORY)
            try:
                remove_tree(folder, os.path.basename(place))
            finally:
                os.close(folder)
        elif os.path.lexists(place):
            os.unlink(place)

    def remove(self) -> None:
        self._clear(self.place)


def _entries(folder: str) -> dict[str, os.stat_result]:
    with os.scandir(folder) as entries:
        return {entry.name: entry.stat(follow_symlinks=False) for entry in entries}


def copy_file(source: str, place: str) -> None:
    """A new file with the content of ``source`` (not followed if a link), sharing its blocks where the file system can."""
    with (
        open(os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as reader,
        open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writer,
    ):
        if sys.platform == "linux":
            import fcntl

            try:
                fcntl.ioctl(writer, _FICLONE, reader.fileno())
                return
            except OSError:
                pass  # not on this file system
        shutil.copyfileobj(reader, writer, 1 << 20)
