"""Files only their owner can read: checked before they are trusted, replaced in one step, written by one process at a time."""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from confrere.errors import Failed, Refused

WAIT = 10.0  # seconds another writer is waited for


def make_private_folder(folder: Path) -> None:
    """Create ``folder`` with mode 0700, or check that it already is so. Raises Failed, Refused."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check(folder, os.lstat(folder), 0o700)
    except OSError as error:
        raise Failed("secrets.folder-unusable", path=folder, reason=error.strerror or str(error)) from None


def read_private(path: Path) -> bytes | None:
    """The bytes of a private file, None when there is none. Raises Refused when others could read it, Failed when it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Failed("secrets.file-unreadable", path=path, reason=error.strerror or str(error)) from None
    with open(descriptor, "rb") as file:
        _check(path, os.fstat(descriptor), 0o600)
        return file.read()


def write_private(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data`` in one step, mode 0600, on the disk before it is visible. Raises Failed; the old file then stands.

    Call it under ``one_writer`` only: what an interrupted write left behind is removed here.
    """
    temporary = path.with_name(path.name + ".new")
    try:
        with suppress(FileNotFoundError):
            temporary.unlink()
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise Failed("secrets.not-written", path=path, reason=error.strerror or str(error)) from None


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, among threads and processes; released by the system if this process dies. Raises Failed after WAIT."""
    path = folder / "lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Failed("secrets.not-written", path=path, reason=error.strerror or str(error)) from None
    try:
        end = time.monotonic() + WAIT
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise Failed("secrets.busy", path=folder) from None
                time.sleep(0.01)
        yield
    finally:
        os.close(descriptor)


def _check(path: Path, info: os.stat_result, mode: int) -> None:
    if info.st_uid != os.geteuid():
        raise Refused("secrets.not-yours", path=path)
    if not (stat.S_ISDIR(info.st_mode) if mode == 0o700 else stat.S_ISREG(info.st_mode)):
        raise Failed("secrets.not-plain", path=path)
    if stat.S_IMODE(info.st_mode) & 0o077:
        raise Refused("secrets.open-to-others", path=path, mode=f"{stat.S_IMODE(info.st_mode):04o}", right=f"{mode:o}")
