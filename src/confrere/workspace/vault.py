"""Content-addressed copies of what applying replaced or removed: what makes every applied change undoable."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from confrere.workspace.files import copy_content, hash_path


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """An object of the vault: its SHA-256, its size in bytes, when it was kept (seconds since the epoch)."""

    sha256: str
    size: int
    kept_at: float


class Vault:
    """Objects live in ``folder/ab/<sha256>``, with a small file ``<sha256>.at`` whose time tells when it was last needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha: str) -> str:
        return f"{self.folder}/{sha[:2]}/{sha}"

    def has(self, sha: str) -> bool:
        return os.path.lexists(self.path(sha))

    def keep(self, source: str, sha: str) -> None:
        """Keep the content of the file at ``source``, known to have this hash.

        On the same file system a file that is about to be unlinked is kept by a link, which costs nothing; one that has other
        names, or lives elsewhere, is copied and the copy checked. Raises OSError; ValueError when the content was another.
        """
        target = self.path(sha)
        if os.path.lexists(target):
            os.utime(f"{target}.at")
            return
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        if os.lstat(source).st_nlink == 1:
            try:
                os.link(source, target, follow_symlinks=False)
            except FileExistsError:
                pass
            except OSError:
                self._copy(source, target, sha)
        else:
            self._copy(source, target, sha)
        with open(f"{target}.at", "ab"):
            os.utime(f"{target}.at")

    @staticmethod
    def _copy(source: str, target: str, sha: str) -> None:
        temporary = f"{target}.{os.getpid()}"
        copy_content(source, temporary)
        if hash_path(temporary) != sha:
            os.unlink(temporary)
            raise ValueError(source)
        os.chmod(temporary, 0o400)
        os.rename(temporary, target)

    def restore(self, sha: str, target: str) -> None:
        """Write the content at ``target``, a new file. Raises FileNotFoundError when it is gone, ValueError when altered."""
        copy_content(self.path(sha), target)
        if hash_path(target) != sha:
            os.unlink(target)
            raise ValueError(sha)

    def objects(self) -> Iterator[Kept]:
        """All that is kept, in no order."""
        if not self.folder.is_dir():
            return
        for shelf in os.scandir(self.folder):
            for entry in os.scandir(shelf.path):
                if len(entry.name) == 64:
                    try:
                        at = os.stat(f"{entry.path}.at").st_mtime
                    except FileNotFoundError:
                        at = entry.stat(follow_symlinks=False).st_ctime
                    yield Kept(sha256=entry.name, size=entry.stat(follow_symlinks=False).st_size, kept_at=at)

    def prune(self, days: float, now: float | None = None) -> tuple[int, int]:
        """Remove what was kept longer than ``days`` ago; returns how many objects and bytes went."""
        limit = (time.time() if now is None else now) - days * 86_400
        count = size = 0
        for kept in list(self.objects()):
            if kept.kept_at < limit:
                os.unlink(self.path(kept.sha256))
                try:
                    os.unlink(f"{self.path(kept.sha256)}.at")
                except FileNotFoundError:
                    pass
                count, size = count + 1, size + kept.size
        return count, size
