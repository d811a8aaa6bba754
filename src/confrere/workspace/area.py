"""The work area of one view: how entries of its upper layers are made, hidden and taken apart."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from confrere.errors import WrongUse
from confrere.workspace import upper as layer
from confrere.workspace.files import copy_content, remove_tree, set_metadata, state_of
from confrere.workspace.paths import join, name, parent
from confrere.workspace.tree import Tree, is_folder, lstat


class Area:
    """Each entry appears complete, by a rename within the area. Raises OSError."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._temporary = folder / "tmp"
        self._temporary.mkdir(mode=0o700, exist_ok=True)
        self._counter = 0
        self._token = secrets.token_hex(6)  # no name that a killed process left is met again
        self._whiteout = ""

    def close(self) -> None:
        if self._whiteout:
            with suppress(OSError):
                os.unlink(self._whiteout)
            self._whiteout = ""

    def reserve(self) -> str:
        """A free path in the area."""
        self._counter += 1
        return f"{self._temporary}/{self._token}-{self._counter}"

    def make_parents(self, tree: Tree, relative: str) -> None:
        """Copy up the folders that hold ``relative``, without their contents."""
        missing = []
        folder = parent(relative)
        while folder and not is_folder(f"{tree.upper}/{folder}"):
            missing.append(folder)
            folder = parent(folder)
        if not missing:
            return
        above = tree.look(folder)
        low = "" if above.opaque or above.lower_status is None else above.lower
        for folder in reversed(missing):
            up = f"{tree.upper}/{folder}"
            low = f"{low}/{name(folder)}" if low else ""
            status = lstat(up) or (lstat(low) if low else None)
            if status is None or layer.is_whiteout(status, up):
                raise WrongUse("workspace.path-missing", path=join(tree.root.name, folder))
            if not stat.S_ISDIR(status.st_mode):
                raise WrongUse("workspace.path-not-folder", path=join(tree.root.name, folder))
            os.mkdir(up, 0o700)
            state = state_of(low, status)
            state.mode |= 0o700
            set_metadata(up, state)

    def cover(self, tree: Tree, relative: str) -> None:
        """Hide all that the real folder of this name holds."""
        try:
            layer.make_opaque(f"{tree.upper}/{relative}")
        except OSError:  # no extended attributes here: a whiteout for each name says the same
            with os.scandir(f"{tree.root.path}/{relative}") as scan:
                for entry in scan:
                    layer.make_whiteout(f"{tree.upper}/{relative}/{entry.name}")

    def hide(self, upper: str) -> None:
        """Put a whiteout where nothing is: one more name of one kept aside, as the kernel does it, which is cheaper than a new one."""
        if self._whiteout:
            try:
                os.link(self._whiteout, upper, follow_symlinks=False)
                return
            except OSError as error:
                if error.errno not in (errno.EMLINK, errno.ENOENT, errno.EPERM, errno.ENOTSUP, errno.EXDEV):
                    raise
                self._whiteout = ""
        layer.make_whiteout(upper)
        if stat.S_ISCHR(os.lstat(upper).st_mode):
            aside = self.reserve()
            try:
                os.link(upper, aside, follow_symlinks=False)
                self._whiteout = aside
            except OSError:  # a file system without links: each whiteout is made anew
                pass

    def discard(self, path: str) -> None:
        """Remove an upper entry in one instant: moved aside first, then taken apart."""
        aside = self.reserve()
        os.rename(path, aside)
        remove_tree(aside)

    def stand_in(self, path: str, real: str, status: os.stat_result, upper: str) -> None:
        """Put at ``upper`` what stands for a real file: a placeholder, or a full copy where the file system keeps no attributes."""
        temporary = self.reserve()
        if stat.S_ISLNK(status.st_mode):
            os.symlink(os.readlink(real), temporary)
            os.utime(temporary, ns=(status.st_mtime_ns,) * 2, follow_symlinks=False)
        else:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, stat.S_IMODE(status.st_mode) & 0o700 | 0o600)
            try:
                os.ftruncate(handle, status.st_size)
                os.setxattr(handle, layer.ORIGIN, os.fsencode(path))
                os.fchmod(handle, stat.S_IMODE(status.st_mode) & 0o777)
                os.utime(handle, ns=(status.st_mtime_ns, status.st_mtime_ns))
            except OSError:
                os.unlink(temporary)
                copy_content(real, temporary)
                os.chmod(temporary, stat.S_IMODE(status.st_mode) & 0o777)
                os.utime(temporary, ns=(status.st_mtime_ns, status.st_mtime_ns))
            finally:
                os.close(handle)
        os.replace(temporary, upper)

    @staticmethod
    def remember(path: str, origin: layer.Origin) -> None:
        try:
            layer.set_origin(path, origin)
        except OSError:
            pass  # it will be shown as a deletion and a creation instead of a move
