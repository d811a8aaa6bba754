"""Large payloads, in a content-addressed folder beside the journal."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from confrere.journal.canonical import dumps

INLINE_LIMIT = 4096  # characters of JSON above which a field moves to a blob
_MARK = "$blob"


class Blobs:
    """``put`` returns the SHA-256 of the bytes; equal bytes are kept once. Files are complete or absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held_back: list[Path] = []

    def path(self, sha: str) -> Path:
        return self.folder / sha[:2] / sha

    def put(self, data: bytes) -> str:
        sha = hashlib.sha256(data).hexdigest()
        path = self.path(sha)
        if not path.exists() or path.stat().st_size != len(data):  # one that a power cut left short is written again
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                os.replace(name, path)
            except BaseException:
                os.unlink(name)
                raise
            self._held_back.append(path)
        return sha

    def flush(self) -> None:
        """Have what was put so far reach the disk: an event that survives a power cut must find its payload."""
        places, self._held_back = self._held_back, []
        for place in [*places, *{path.parent for path in places}]:
            handle = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def get(self, sha: str) -> bytes:
        """Raises FileNotFoundError when it is gone, ValueError when it was altered."""
        data = self.path(sha).read_bytes()
        if hashlib.sha256(data).hexdigest() != sha:
            raise ValueError(f"blob {sha} was altered")
        return data

    def pack(self, body: dict[str, Any]) -> str:
        """The canonical JSON of ``body``, each field that is too long replaced by a reference to a blob."""
        text = dumps(body)
        if len(text) <= INLINE_LIMIT:
            return text
        small: dict[str, Any] = {}
        for key, value in body.items():
            field = dumps(value)
            if len(field) > INLINE_LIMIT // 4:
                data = field.encode("ascii")
                small[key] = {_MARK: self.put(data), "size": len(data)}
            else:
                small[key] = value
        return dumps(small)

    def unpack(self, text: str) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(text)
        for key, value in body.items():
            if isinstance(value, dict) and _MARK in value:
                body[key] = json.loads(self.get(value[_MARK]))
        return body

    @staticmethod
    def references(text: str) -> Iterator[str]:
        """The blobs a packed body refers to."""
        for value in json.loads(text).values():
            if isinstance(value, dict) and _MARK in value:
                yield value[_MARK]
