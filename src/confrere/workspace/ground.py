"""The real folders, reached only from their own root and through no link: where a transaction puts things."""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from collections import OrderedDict

from confrere.workspace.files import copy_content, kind, set_metadata, state_of
from confrere.workspace.paths import name, open_beneath, parent
from confrere.workspace.roots import Root

_RENAME_NOREPLACE = 1
_libc = ctypes.CDLL(None, use_errno=True)
_DESCRIPTORS = "/proc/self/fd" if os.path.isdir("/proc/self/fd") else ""


class Ground:
    """File operations by view path. Every one goes through a descriptor of the folder it happens in, opened beneath the root
    without following links, so that nothing planted on the way can lead it out. Raises OSError."""

    def __init__(self, roots: list[Root]) -> None:
        self.roots = {root.name: root for root in roots}
        self._tops: dict[str, int] = {}
        self._open: OrderedDict[str, int] = OrderedDict()

    def close(self) -> None:
        for handle in [*self._open.values(), *self._tops.values()]:
            os.close(handle)
        self._open.clear()
        self._tops.clear()

    def folder(self, path: str) -> int:
        """A descriptor of the folder at ``path``, owned by this object."""
        handle = self._open.get(path)
        if handle is not None:
            self._open.move_to_end(path)
            return handle
        top, _, relative = path.partition("/")
        if top not in self._tops:
            self._tops[top] = os.open(self.roots[top].path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        handle = open_beneath(self._tops[top], relative, os.O_RDONLY | os.O_DIRECTORY)
        self._open[path] = handle
        if len(self._open) > 128:
            os.close(self._open.popitem(last=False)[1])
        return handle

    def forget(self, path: str) -> None:
        handle = self._open.pop(path, None)
        if handle is not None:
            os.close(handle)

    def real(self, path: str) -> str:
        """The absolute path, for messages."""
        top, _, relative = path.partition("/")
        return f"{self.roots[top].path}/{relative}".rstrip("/")

    def near(self, path: str) -> str:
        """A path to the entry through the descriptor of its folder, where the system has such: no link on the way can lead it out.
        To be used at once, before the descriptor is given up."""
        return f"{_DESCRIPTORS}/{self.folder(parent(path))}/{name(path)}" if _DESCRIPTORS else self.real(path)

    def lstat(self, path: str) -> os.stat_result | None:
        """None when there is nothing, or no folder on the way."""
        try:
            return os.stat(name(path), dir_fd=self.folder(parent(path)), follow_symlinks=False)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                return None
            raise

    def mkdir(self, path: str, mode: int) -> None:
        os.mkdir(name(path), mode, dir_fd=self.folder(parent(path)))

    def rmdir(self, path: str) -> None:
        self.forget(path)
        os.rmdir(name(path), dir_fd=self.folder(parent(path)))

    def unlink(self, path: str) -> None:
        os.unlink(name(path), dir_fd=self.folder(parent(path)))

    def replace(self, source: str, target: str) -> None:
        """Rename over what is at the target; across file systems, copy beside it first."""
        try:
            os.rename(name(source), name(target), src_dir_fd=self.folder(parent(source)), dst_dir_fd=self.folder(parent(target)))
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._carry(source, target, replace=True)

    def rename(self, source: str, target: str) -> None:
        """Rename to a free name: FileExistsError when it is taken, in one instant where the system can tell."""
        here, there = self.folder(parent(source)), self.folder(parent(target))
        if not hasattr(_libc, "renameat2"):
            if self.lstat(target) is not None:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
            self.replace(source, target)
            return
        if _libc.renameat2(here, os.fsencode(name(source)), there, os.fsencode(name(target)), _RENAME_NOREPLACE) == 0:
            return
        code = ctypes.get_errno()
        if code == errno.EXDEV:
            self._carry(source, target, replace=False)
        elif code == errno.EINVAL:  # a file system that cannot promise it
            if self.lstat(target) is not None:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
            os.rename(name(source), name(target), src_dir_fd=here, dst_dir_fd=there)
        else:
            raise OSError(code, os.strerror(code), target)

    def _carry(self, source: str, target: str, *, replace: bool) -> None:
        """Move between file systems: a complete copy appears at the target, then the source goes."""
        if not replace and self.lstat(target) is not None:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
        status = self.lstat(source)
        if status is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), source)
        state = state_of(self.near(source), status)
        beside = f"{parent(target)}/.confrere-carry-{os.getpid()}"
        if self.lstat(beside) is not None:
            self.unlink(beside)  # of a process that had the same number and was killed
        if kind(status.st_mode) == "symlink":
            os.symlink(state.target, self.near(beside))
        else:
            copy_content(self.near(source), self.near(beside))
        set_metadata(self.near(beside), state)
        os.rename(name(beside), name(target), src_dir_fd=self.folder(parent(beside)), dst_dir_fd=self.folder(parent(target)))
        self.unlink(source)

    def writable(self, folder: str) -> bool:
        """Whether entries of this folder may be added and removed by us."""
        try:
            return os.access(f"{_DESCRIPTORS}/{self.folder(folder)}" if _DESCRIPTORS else self.real(folder), os.W_OK | os.X_OK)
        except OSError:
            return False

    def device(self, path: str) -> int:
        return os.fstat(self.folder(path)).st_dev

    def is_folder(self, path: str) -> bool:
        if "/" not in path:
            return os.path.isdir(self.roots[path].path)
        status = self.lstat(path)
        return status is not None and stat.S_ISDIR(status.st_mode)


def flush(path: str) -> None:
    """Have the file system that holds ``path`` write all it holds back: what follows may rely on it after a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if not hasattr(_libc, "syncfs"):
            os.sync()
        elif _libc.syncfs(handle) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), path)
    finally:
        os.close(handle)
