"""The compound files of old Office (DOC, XLS, PPT, MSG), through olefile, bounded."""

from __future__ import annotations

import logging
from pathlib import Path
from types import TracebackType
from typing import Any

from confrere.documents.read.limits import Unreadable


class Ole:
    """A compound file open for reading. Raises Unreadable ``damaged`` where olefile cannot follow it."""

    def __init__(self, path: Path) -> None:
        import olefile

        logging.getLogger("olefile").setLevel(logging.CRITICAL)
        try:
            self._file: Any = olefile.OleFileIO(str(path))
        except Exception as error:  # olefile raises OSError, struct.error, IndexError, TypeError ... on broken tables
            raise Unreadable("damaged", f"{type(error).__name__}: {error}") from error

    def __enter__(self) -> Ole:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def names(self) -> list[str]:
        """Return the paths of the streams, parts joined by "/" (at most 20,000)."""
        try:
            return ["/".join(parts) for parts in self._file.listdir(streams=True, storages=False)][:20_000]
        except RecursionError as error:
            raise Unreadable("damaged", "nested too deep") from error

    def read(self, name: str, limit: int) -> bytes:
        """Return a stream's bytes, at most ``limit``. Raises Unreadable when it is missing, broken or longer."""
        try:
            with self._file.openstream(name) as stream:
                data: bytes = stream.read(limit + 1)
        except Exception as error:
            raise Unreadable("damaged", f"{name}: {error}") from error
        if len(data) > limit:
            raise Unreadable("too-large", name)
        return data

    def metadata(self) -> dict[str, str]:
        """Return title, author, dates and the like from the summary stream, as far as it can be read."""
        out: dict[str, str] = {}
        try:
            summary = self._file.get_metadata()
        except Exception:  # a broken property set costs the metadata, not the document
            return out
        for key, name in (
            ("title", "title"),
            ("author", "author"),
            ("subject", "subject"),
            ("last_saved_by", "modified-by"),
            ("create_time", "created"),
            ("last_saved_time", "modified"),
        ):
            value = getattr(summary, key, None)
            if isinstance(value, bytes):
                value = value.decode("cp1252" if summary.codepage in (None, 1252) else "utf-8", "replace")
            if value:
                out[name] = str(value).strip("\0 ")[:300]
        return out
