"""Which deliverables LibreOffice found in order, by their bytes: what it found in the very same bytes, it would find again."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path

from confrere.documents.cache import Cache, version_of


class Known:
    """A memory in ``folder``, the person's own. It forgets everything when this program's checks or LibreOffice change.

    Only files without a single finding are in it: the same data on the same day give the same bytes, so a task done again
    need not launch LibreOffice, which takes longer than all the rest.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def holds(self, path: Path) -> bool:
        """Whether the file at ``path`` was found in order."""
        return self.has(self.digest(path))

    def digest(self, path: Path) -> str:
        """The name of a file's content, its kind included; empty when it cannot be read."""
        try:
            with open(path, "rb") as file:
                return f"{hashlib.file_digest(file, 'sha256').hexdigest()}{path.suffix.lower()}"
        except OSError:
            return ""

    def has(self, content: str) -> bool:
        """Whether a content was found in order."""
        return bool(content) and self._kept.get(content) is not None

    def add(self, content: str) -> None:
        """Remember a content that was found in order."""
        if content:
            self._kept.put(content, b"")

    @cached_property
    def _kept(self) -> Cache:
        from confrere.documents.render import office_version

        return Cache(self._folder, version_of("verify/*", "render.py", beside=office_version()))
