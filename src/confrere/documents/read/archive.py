"""ZIP and TAR: what is inside, by name and size. Nothing is extracted.

Codes: ``bomb`` (members out of proportion; the list is still given), ``unsafe-path`` (a member that would land outside its folder),
``nested-archive``, ``encrypted-part``, ``program`` (a member that runs when opened).
"""

from __future__ import annotations

import gzip
import lzma
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any, cast

from confrere.documents.model import Document, Page, Table, Warning_
from confrere.documents.read.limits import Budget, Unreadable
from confrere.documents.read.zips import check_bomb

_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".jar", ".cab", ".iso")
_PROGRAMS = (".exe", ".scr", ".bat", ".cmd", ".com", ".js", ".vbs", ".ps1", ".msi", ".lnk", ".hta", ".jar", ".dll", ".sh", ".pif", ".wsf")
_SHOWN = 5000
_TAR_BYTES = 2_000_000_000


def read_zip(path: Path, budget: Budget) -> Document:
    """List a ZIP. Raises Unreadable ``damaged``."""
    document = Document(kind="zip")
    try:
        with zipfile.ZipFile(path) as file:
            infos = file.infolist()
            try:
                check_bomb(file, path.stat().st_size, budget.limits)
            except Unreadable as error:
                document.warnings.append(Warning_(code=error.code, text=error.detail))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, UnicodeDecodeError) as error:
        raise Unreadable("damaged", str(error), "zip") from error
    if any(info.flag_bits & 1 for info in infos):
        document.warnings.append(Warning_(code="encrypted-part", text=str(sum(info.flag_bits & 1 for info in infos))))
    rows = [(i.filename, i.file_size, f"{i.date_time[0]:04d}-{i.date_time[1]:02d}-{i.date_time[2]:02d}") for i in infos if not i.is_dir()]
    return _list(document, rows, budget)


def read_tar(path: Path, budget: Budget) -> Document:
    """List a TAR, compressed or not; a lone compressed file is told as such. Raises Unreadable ``damaged``."""
    document = Document(kind="tar")
    rows: list[tuple[str, int, str]] = []
    try:
        with _Counted(path, budget) as stream, tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|") as file:
            for member in file:
                if member.issym() or member.islnk():
                    target = member.linkname
                    if target.startswith("/") or ".." in target.split("/"):
                        document.warnings.append(Warning_(code="unsafe-path", where=member.name[:300], text=target[:300]))
                elif member.isfile():
                    rows.append((member.name, member.size, ""))
                if len(rows) > budget.limits.members or budget.late():
                    document.warnings.append(Warning_(code="truncated", where=f"member {len(rows)}"))
                    break
    except tarfile.TarError as error:
        if rows:
            document.warnings.append(Warning_(code="truncated", where=f"member {len(rows)}", text=str(error)[:300]))
        elif path.suffix.lower() in (".gz", ".bz2", ".xz") or _compressed(path):
            document.metadata["packed"] = path.stem
            return _list(document, [], budget)
        else:
            raise Unreadable("damaged", str(error), "tar") from error
    except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError) as error:
        raise Unreadable("damaged", str(error), "tar") from error
    except OverflowError:
        document.warnings.append(Warning_(code="bomb", text=str(path.stat().st_size)))
    return _list(document, rows, budget)


def _compressed(path: Path) -> bool:
    with open(path, "rb") as file:
        return file.read(6).startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"))


class _Counted:
    """The bytes of a tar, uncompressed, read forward only. Raises OverflowError past two gigabytes or out of proportion."""

    def __init__(self, path: Path, budget: Budget) -> None:
        import bz2

        self._size = path.stat().st_size
        self._ratio = budget.limits.ratio
        self._read = 0
        with open(path, "rb") as file:
            head = file.read(6)
        self._file: Any
        if head[:2] == b"\x1f\x8b":
            self._file = gzip.open(path, "rb")  # noqa: SIM115 - closed by __exit__
        elif head[:3] == b"BZh":
            self._file = bz2.open(path, "rb")  # noqa: SIM115
        else:
            self._file = lzma.open(path, "rb") if head[:1] == b"\xfd" else open(path, "rb")  # noqa: SIM115

    def __enter__(self) -> _Counted:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._file.read(min(size, 1 << 20) if size >= 0 else 1 << 20)
        self._read += len(data)
        if self._read > _TAR_BYTES or (self._read > 50_000_000 and self._read > self._ratio * max(self._size, 1)):
            raise OverflowError
        return data


def _list(document: Document, rows: list[tuple[str, int, str]], budget: Budget) -> Document:
    names = [name for name, _, _ in rows]
    for name in names:
        parts = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in parts or (len(parts[0]) == 2 and parts[0][1] == ":"):
            document.warnings.append(Warning_(code="unsafe-path", text=name[:300]))
            break
    nested = [name for name in names if name.lower().endswith(_ARCHIVES)]
    if nested:
        document.warnings.append(Warning_(code="nested-archive", text="; ".join(nested)[:300]))
    programs = [name for name in names if name.lower().endswith(_PROGRAMS)]
    if programs:
        document.warnings.append(Warning_(code="program", text="; ".join(programs)[:300]))
    document.metadata.update({"members": str(len(rows)), "expanded": str(sum(size for _, size, _ in rows))})
    if len(rows) > _SHOWN:
        document.warnings.append(Warning_(code="truncated", where=f"member {_SHOWN}", text=str(len(rows))))
    shown = [[_printable(name), size, date] for name, size, date in rows[:_SHOWN]]
    table = Table(rows=[["name", "size", "date"], *shown], header=True, name="members")
    text = budget.take_text("\n".join(str(row[0]) for row in shown))
    document.pages.append(Page(label="members", text=text, tables=[table]))
    return document


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")
