"""Content-addressed copies of what applying replaced or removed: what makes every applied change undoable."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from confrere.workspace.files import copy_hashed, hash_path


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """An object of the vault: its SHA-256, its size in bytes, when it was kept (seconds since the epoch)."""

    sha256: str
    size: int
    kept_at: float


class Vault:
    """Objects live in ``folder/ab/<sha256>``; the change time of an object tells when it was last needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shelves: set[str] = set()

    def path(self, sha: str) -> str:
        return f"{self.folder}/{sha[:2]}/{sha}"

    def has(self, sha: str) -> bool:
        return os.path.lexists(self.path(sha))

    def keep(self, source: str, sha: str) -> None:
        """Keep the content of the file at ``source``, known to have this hash.

        On the same file system a file that is about to be unlinked is kept by a link, which costs nothing; one that has other
        names, or lives elsewhere, is copied and the copy checked. What is kept already is looked at again: it serves only when it is
        whole, and when no file of a person shares it (one does where an earlier change was given up). Raises OSError; ValueError when
        the content was another.
        """
        target = self.path(sha)
        if os.path.lexists(target):
            if os.lstat(target).st_nlink == 1 and hash_path(target) == sha:
                os.chmod(target, os.lstat(target).st_mode & 0o7777)  # moves its change time, and nothing else
                return
            self._copy(source, target, sha)
            return
        if sha[:2] not in self._shelves:
            os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
            self._shelves.add(sha[:2])
        if os.lstat(source).st_nlink == 1:
            try:
                os.link(source, target, follow_symlinks=False)
                return
            except FileExistsError:
                return
            except OSError:
                pass  # another file system, or a file that we may not link
        self._copy(source, target, sha)

    @staticmethod
    def _copy(source: str, target: str, sha: str) -> None:
        temporary = f"{target}.{os.getpid()}"
        if os.path.lexists(temporary):
            os.unlink(temporary)  # of a process that had the same number and was killed
        if copy_hashed(source, temporary) != sha:
            os.unlink(temporary)
            raise ValueError(source)
        os.chmod(temporary, 0o400)
        os.rename(temporary, target)

    def restore(self, sha: str, target: str) -> None:
        """Write the content at ``target``, a new file. Raises FileNotFoundError when it is gone, ValueError when altered."""
        if copy_hashed(self.path(sha), target) != sha:
            os.unlink(target)
            raise ValueError(sha)

    def objects(self) -> Iterator[Kept]:
        """All that is kept, in no order."""
        if not self.folder.is_dir():
            return
        for shelf in os.scandir(self.folder):
            for entry in os.scandir(shelf.path):
                if len(entry.name) == 64:
                    status = entry.stat(follow_symlinks=False)
                    yield Kept(sha256=entry.name, size=status.st_size, kept_at=status.st_ctime)

    def prune(self, days: float, now: float | None = None) -> tuple[int, int]:
        """Remove what was kept longer than ``days`` ago; returns how many objects and bytes went."""
        limit = (time.time() if now is None else now) - days * 86_400
        count = size = 0
        for kept in list(self.objects()):
            if kept.kept_at < limit:
                os.unlink(self.path(kept.sha256))
                count, size = count + 1, size + kept.size
        for cut in list(self.folder.glob("??/*.*")) if self.folder.is_dir() else []:  # copies that a kill cut short
            if cut.lstat().st_ctime < limit:
                cut.unlink()
        return count, size
