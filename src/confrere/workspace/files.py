"""Copying files with what belongs to them, and telling one version of a file from another."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import signal
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.workspace import upper

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

CHUNK = 1 << 20


class Signature(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What tells that a file is the one that was seen: size, times in nanoseconds, inode, mode. Cheap: no reading."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    mode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Signature:
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_mode)

    def same_content(self, other: Signature) -> bool:
        """Equal but for the change time, which a rename or a new link moves too."""
        return (self.size, self.mtime_ns, self.inode, self.mode) == (other.size, other.mtime_ns, other.inode, other.mode)


class State(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """All that makes a file what it is, but its bytes, which the hash stands for.

    ``type`` is file, dir or symlink; ``target`` the text of a link. Extended attributes are hex.
    """

    type: str
    size: int = 0
    sha256: str = ""
    mode: int = 0
    mtime_ns: int = 0
    uid: int = -1
    gid: int = -1
    target: str = ""
    xattrs: dict[str, str] | None = None


def kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "dir"
    return "symlink" if stat.S_ISLNK(mode) else "special"


def sha256(file: Any) -> str:
    """The hash of the rest of an open binary file, streamed."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def hash_path(path: str) -> str:
    """The hash of the regular file at ``path``, never following a link. Raises OSError."""
    with _opened(path) as file:
        return sha256(file)


def _opened(path: str) -> Any:
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK), "rb", buffering=0)


def state_of(path: str, status: os.stat_result, digest: str = "") -> State:
    """The state of what is at ``path``; ``digest`` is given where it is known, and not computed here."""
    what = kind(status.st_mode)
    return State(
        type=what,
        size=status.st_size if what == "file" else 0,
        sha256=digest,
        mode=stat.S_IMODE(status.st_mode),
        mtime_ns=status.st_mtime_ns,
        uid=status.st_uid,
        gid=status.st_gid,
        target=os.readlink(path) if what == "symlink" else "",
        xattrs=_xattrs(path),
    )


def matches(status: os.stat_result | None, state: State | None) -> bool:
    """Whether what is there is what the state was taken of, by size and time."""
    if status is None or state is None or kind(status.st_mode) != state.type:
        return False
    if state.type == "dir":
        return True
    return status.st_mtime_ns == state.mtime_ns and (state.type != "file" or status.st_size == state.size)


def _xattrs(path: str) -> dict[str, str] | None:
    try:
        names = os.listxattr(path, follow_symlinks=False)
    except (OSError, AttributeError):
        return None
    kept = {}
    for name in names:
        if name.startswith(("user.overlay.", "user.confrere.", "security.", "trusted.")):
            continue
        value = upper.get(path, name)
        if value is not None:
            kept[name] = value.hex()
    return kept or None


def set_metadata(path: str, state: State) -> None:
    """Give the file or directory at ``path`` the mode, attributes, owner (where we may) and time of ``state``."""
    follow = state.type != "symlink"
    if os.geteuid() == 0 and state.uid >= 0:
        os.chown(path, state.uid, state.gid, follow_symlinks=False)
    for name, value in (state.xattrs or {}).items():
        try:
            os.setxattr(path, name, bytes.fromhex(value), follow_symlinks=False)
        except OSError as error:
            if error.errno not in (errno.ENOTSUP, errno.EPERM, errno.EACCES):
                raise
    if follow:
        os.chmod(path, state.mode)
    os.utime(path, ns=(state.mtime_ns, state.mtime_ns), follow_symlinks=False)


def being_written(path: str) -> bool:
    """Whether a program has the regular file at ``path`` open for writing, as far as the system tells (Linux, files of one's own)."""
    with held_still(path) as written:
        return written()


@contextmanager
def held_still(path: str) -> Iterator[Callable[[], bool]]:
    """While nobody begins to write to the regular file at ``path``: who opens it for that waits until the block is left (or the system loses
    patience, after some 45 s). What is given tells whether a program has it open for writing, or waits to: as far as the system tells
    (Linux, files of one's own)."""
    if not hasattr(fcntl, "F_SETLEASE"):
        yield lambda: False
        return
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        yield lambda: False
        return
    try:
        try:  # a lease to read is given only where nobody writes
            fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)  # a signal that does nothing: the usual one would end the process
            fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error:
            written = error.errno == errno.EAGAIN
            yield lambda: written
        else:
            yield lambda: fcntl.fcntl(handle, fcntl.F_GETLEASE) != fcntl.F_RDLCK
    finally:
        os.close(handle)


def copy_content(source: str, target: str) -> None:
    """Copy the bytes of a regular file into a new file at ``target``: cloned by the file system where it can, else streamed;
    holes stay holes. Raises OSError (FileExistsError when the target is there)."""
    reading = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        status = os.fstat(reading)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), source)
        writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            _pour(reading, writing, status)
        except BaseException:
            os.unlink(target)
            raise
        finally:
            os.close(writing)
    finally:
        os.close(reading)


def copy_hashed(source: str, target: str) -> str:
    """``copy_content``, and the hash of what now stands at ``target``, read back. Raises OSError."""
    reading = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        status = os.fstat(reading)
        data = os.read(reading, CHUNK) if stat.S_ISREG(status.st_mode) and status.st_size < CHUNK else b""
    finally:
        os.close(reading)
    if len(data) != status.st_size or not data:
        copy_content(source, target)
        return hash_path(target)
    writing = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if os.write(writing, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), target)
        return hashlib.sha256(os.pread(writing, CHUNK, 0)).hexdigest()
    except BaseException:
        os.unlink(target)
        raise
    finally:
        os.close(writing)


class Hashes:
    """Hashes of files, large ones by two threads at a time (hashing lets others run)."""

    LARGE = 4 * CHUNK
    WAITING = 64  # files that are open at once

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._room = threading.Semaphore(self.WAITING)

    def start(self, path: str, size: int) -> Future[str]:
        """The hash of the file that stands at ``path`` now, computed at once, or meanwhile for a large one: whatever becomes of the
        path, the hash is that of this file."""
        if size < self.LARGE:
            done: Future[str] = Future()
            try:
                done.set_result(hash_path(path))
            except OSError as error:
                done.set_exception(error)
            return done
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(2)
        self._room.acquire()
        try:
            file = _opened(path)
        except OSError as error:
            self._room.release()
            done = Future()
            done.set_exception(error)
            return done
        return self._pool.submit(self._hash, file)

    def _hash(self, file: Any) -> str:
        try:
            with file:
                return sha256(file)
        finally:
            self._room.release()

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def _pour(reading: int, writing: int, status: os.stat_result) -> None:
    sparse = status.st_blocks * 512 < status.st_size
    if not sparse and hasattr(os, "copy_file_range"):
        try:
            while os.copy_file_range(reading, writing, 1 << 30):
                pass
            return
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.ETXTBSY):
                raise
            os.lseek(reading, 0, os.SEEK_SET)
            os.lseek(writing, 0, os.SEEK_SET)
            os.ftruncate(writing, 0)
    if not sparse:
        with os.fdopen(os.dup(reading), "rb") as source, os.fdopen(os.dup(writing), "wb") as target:
            shutil.copyfileobj(source, target, CHUNK)
        return
    position = 0
    while position < status.st_size:
        try:
            position = os.lseek(reading, position, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # the rest is a hole
                break
            raise
        end = os.lseek(reading, position, os.SEEK_HOLE)
        while position < end:
            data = os.pread(reading, min(CHUNK, end - position), position)
            if not data:
                break
            os.pwrite(writing, data, position)
            position += len(data)
    os.ftruncate(writing, status.st_size)


def remove_tree(path: str) -> None:
    """Remove a file, or a folder of our own with all it holds, whatever the modes inside and however deep."""
    if not stat.S_ISDIR(os.lstat(path).st_mode):
        os.unlink(path)
        return
    waiting = [path]
    while waiting:
        os.chmod(waiting[-1], 0o700)
        with os.scandir(waiting[-1]) as scan:
            entries = list(scan)
        folders = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
        if folders:
            waiting += folders
        else:
            os.rmdir(waiting.pop())
