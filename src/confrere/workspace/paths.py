"""Paths inside a workspace: their form, and opening them without ever leaving the folder they belong to."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import unicodedata
from collections.abc import Collection

from confrere.errors import WrongUse

_OPENAT2 = 437  # the same number on every architecture
_RESOLVE_BENEATH, _RESOLVE_NO_SYMLINKS, _RESOLVE_NO_MAGICLINKS = 0x08, 0x04, 0x02
_libc = ctypes.CDLL(None, use_errno=True) if os.uname().sysname == "Linux" else None
_openat2_missing = _libc is None
_LONGEST = 4095  # bytes in a path that a system call takes


def parts(path: str) -> list[str]:
    """Split a view path. Raises WrongUse for anything but plain, relative parts; the empty path is the top, with no part."""
    if path in ("", "."):
        return []
    names = path.removesuffix("/").split("/")
    if "\0" in path or "" in names or "." in names or ".." in names:
        raise WrongUse("workspace.path-wrong", path=path)
    if len(path) > 63 and (len(path) > _LONGEST or any(len(os.fsencode(name)) > 255 for name in names)):
        raise WrongUse("workspace.path-too-long", path=path)
    return names


def join(*names: str) -> str:
    return "/".join(name for name in names if name)


def parent(path: str) -> str:
    return path.rpartition("/")[0]


def name(path: str) -> str:
    return path.rpartition("/")[2]


def folded(path: str) -> str:
    """The form in which two names are the same to a person: case and Unicode normal form folded."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def is_within(path: str, folder: str) -> bool:
    return folder == "" or path == folder or path.startswith(folder + "/")


def is_under(path: str, folders: Collection[str]) -> bool:
    """Whether one of the folders is above ``path``."""
    above = parent(path)
    while above:
        if above in folders:
            return True
        above = parent(above)
    return False


def open_beneath(root: int, relative: str, flags: int) -> int:
    """Open ``relative`` under the directory descriptor ``root``, following no symbolic link on the way nor at the end.

    Raises OSError as open(2) does; ELOOP for a link.
    """
    global _openat2_missing
    if not _openat2_missing:
        assert _libc is not None
        how = struct.pack("=QQQ", flags | os.O_CLOEXEC, 0, _RESOLVE_BENEATH | _RESOLVE_NO_SYMLINKS | _RESOLVE_NO_MAGICLINKS)
        fd: int = _libc.syscall(_OPENAT2, root, os.fsencode(relative or "."), ctypes.c_char_p(how), len(how))
        if fd >= 0:
            return fd
        code = ctypes.get_errno()
        if code not in (errno.ENOSYS, errno.EPERM):
            raise OSError(code, os.strerror(code), relative)
        _openat2_missing = code == errno.ENOSYS
    return _open_by_steps(root, relative, flags)


def _open_by_steps(root: int, relative: str, flags: int) -> int:
    """The same where the kernel has no openat2: one component at a time, none of them a link."""
    names = [part for part in relative.split("/") if part]
    current = os.dup(root)
    try:
        for part in names[:-1]:
            step = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=current)
            os.close(current)
            current = step
        return os.open(names[-1] if names else ".", flags | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=current)
    finally:
        os.close(current)
