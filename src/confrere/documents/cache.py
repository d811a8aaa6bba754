"""Results of reading, kept by the hash of the content: a second task on the same folder starts at once.

One file an entry, written beside and renamed into place, so that two processes can share the folder; an entry that cannot be
read back counts as none. Entries live under the version of the code that made them; other versions' are swept after a month.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path

_MONTH = 30 * 86_400


@cache
def code_version() -> str:
    """Return a digest of the code and data that make the results: readers, extractors and the model of what they give."""
    return version_of("read/**/*", "extract/**/*", "model.py", "understand.py")


def version_of(*patterns: str, beside: str = "") -> str:
    """Return a digest of the files of this package under ``patterns``, by their sizes and times, and of ``beside``."""
    here = Path(__file__).parent
    digest = hashlib.sha256(beside.encode())
    for path in sorted(path for pattern in patterns for path in here.glob(pattern)):
        if path.is_file() and path.suffix != ".pyc":
            status = path.stat()
            digest.update(f"{path.relative_to(here)}:{status.st_size}:{status.st_mtime_ns};".encode())
    return digest.hexdigest()[:16]


class Cache:
    """Bytes by key, in a folder, under the ``version`` of what made them (default: the readers and extractors). ``get`` and ``put`` never raise for what the folder does: without it, files are just read again."""

    def __init__(self, folder: Path, version: str = "") -> None:
        self._root = folder
        self._folder = folder / (version or code_version())
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.utime(self._folder)
            self._sweep()
        except OSError:
            # A full or read-only disk costs speed, nothing else.
            return

    def get(self, key: str) -> bytes | None:
        """Return the bytes kept under ``key``, or None."""
        try:
            return self._path(key).read_bytes()
        except OSError:
            return None

    def put(self, key: str, data: bytes) -> bool:
        """Keep ``data`` under ``key``; tell whether it is kept."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                os.replace(name, path)
            except BaseException:
                os.unlink(name)
                raise
        except OSError:
            return False
        return True

    def drop(self, key: str) -> None:
        """Forget ``key``."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / key

    def _sweep(self) -> None:
        for folder in self._root.iterdir():
            if folder != self._folder and folder.is_dir() and time.time() - folder.stat().st_mtime > _MONTH:
                shutil.rmtree(folder, ignore_errors=True)
