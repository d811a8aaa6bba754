"""Zip containers (OOXML, ODF), counted before anything opens them and read member by member under a bound."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from types import TracebackType

from confrere.documents.read.limits import Limits, Unreadable

_SMALL = 30_000_000


class Container:
    """A zip file open for reading. Raises Unreadable: ``damaged``, ``encrypted``, ``bomb``."""

    def __init__(self, path: Path, limits: Limits) -> None:
        try:
            self._file = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, UnicodeDecodeError) as error:
            raise Unreadable("damaged", str(error)) from error
        self._limits = limits
        self._left = limits.expanded
        self.infos = {info.filename: info for info in self._file.infolist()}
        check_bomb(self._file, path.stat().st_size, limits)

    def __enter__(self) -> Container:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return name in self.infos

    def names(self, prefix: str = "", suffix: str = "") -> list[str]:
        return [name for name in self.infos if name.startswith(prefix) and name.endswith(suffix)]

    def read(self, name: str) -> bytes:
        """Return a member's bytes. Raises Unreadable; KeyError when there is no such member."""
        info = self.infos[name]
        if info.flag_bits & 1:
            raise Unreadable("encrypted", name)
        bound = min(self._limits.member, self._left)
        try:
            with self._file.open(info) as member:
                data = member.read(bound + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
            raise Unreadable("damaged", f"{name}: {error}") from error
        if len(data) > bound:
            raise Unreadable("bomb", name)
        self._left -= len(data)
        return data


def check_bomb(file: zipfile.ZipFile, size: int, limits: Limits) -> None:
    """Raise Unreadable ``bomb`` when the members are too many, or would grow out of proportion to the file."""
    infos = file.infolist()
    expanded = sum(info.file_size for info in infos)
    if len(infos) > limits.members:
        raise Unreadable("bomb", f"{len(infos)} members")
    if expanded > limits.expanded or (expanded > _SMALL and expanded > limits.ratio * max(size, 1)):
        raise Unreadable("bomb", f"{size} -> {expanded}")
    packed = sum(info.compress_size for info in infos)
    if packed > 2 * size + 1000:
        raise Unreadable("bomb", "members overlap")
