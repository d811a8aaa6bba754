"""Large payloads, in a content-addressed folder beside the journal."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from confrere.journal.canonical import dumps, pieces

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
        path = self.path(hashlib.sha256(data).hexdigest())
        try:
            if path.stat().st_size == len(data):  # one that a power cut left short is written again
                return path.name
        except FileNotFoundError:
            pass
        return self._put([data])[0]

    def _put(self, data: Iterable[bytes]) -> tuple[str, int]:
        """Returns the hash and the size in bytes."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".tmp-")
        try:
            sum_, size = hashlib.sha256(), 0
            with os.fdopen(handle, "wb") as file:
                for block in data:
                    sum_.update(block)
                    size += file.write(block)
            path = self.path(sum_.hexdigest())
            if path.exists() and path.stat().st_size == size:  # one that a power cut left short is written again
                os.unlink(name)
                return path.name, size
            path.parent.mkdir(mode=0o700, exist_ok=True)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
        self._held_back.append(path)
        return path.name, size

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
        fields = {key: self._field(value) for key, value in body.items()}
        text = "{" + ",".join(f"{dumps(key)}:{fields[key]}" for key in sorted(fields)) + "}"
        if len(text) <= INLINE_LIMIT:
            return text
        for key, field in fields.items():
            if len(field) > INLINE_LIMIT // 4:
                data = field.encode("ascii")
                fields[key] = dumps({_MARK: self.put(data), "size": len(data)})
        return "{" + ",".join(f"{dumps(key)}:{fields[key]}" for key in sorted(fields)) + "}"

    def _field(self, value: Any) -> str:
        """The text of one field, or of a reference to it where it is long by itself: that one is never whole in memory."""
        held, size = [], 0
        text = pieces(value)
        for piece in text:
            held.append(piece)
            size += len(piece)
            if size > INLINE_LIMIT:
                following = next(text, None)
                if following is None:
                    data = "".join(held).encode("ascii")
                    return dumps({_MARK: self.put(data), "size": len(data)})
                held.append(following)
                sha, size = self._put(piece.encode("ascii") for piece in chain(held, text))
                return dumps({_MARK: sha, "size": size})
        return "".join(held)

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
