"""Content-addressed copies of what applying replaced or removed: what makes every applied change undoable."""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from confrere.workspace.files import CHUNK, being_written, copy_content, copy_hashed, hash_path

VAULT = "vault:"  # prefix of a change's content that comes from the vault


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """An object of the vault: its SHA-256, its size in bytes, when it was kept (seconds since the epoch)."""

    sha256: str
    size: int
    kept_at: float


class Vault:
    """Objects live in ``folder/ab/<sha256>``; the change time of an object tells when it was last needed.

    Beside a large one, ``<sha256>.home`` holds the real path of the only file that relies on it: that one may have the object
    itself back, which costs nothing. Empty, or missing: others rely on it too, or may, and a copy is made.
    """

    LARGE = 4 * CHUNK  # bytes from which a copy costs more than the care not to make one

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shelves: set[str] = set()

    def path(self, sha: str) -> str:
        return f"{self.folder}/{sha[:2]}/{sha}"

    def has(self, sha: str) -> bool:
        return os.path.lexists(self.path(sha))

    @contextmanager
    def _alone(self, sha: str) -> Iterator[None]:
        """While no other process keeps, lends or lets go of a large object of the same shelf."""
        self._make_shelf(sha)
        with open(f"{self.folder}/{sha[:2]}/lock", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_shelf(self, sha: str) -> None:
        if sha[:2] not in self._shelves:
            os.makedirs(os.path.dirname(self.path(sha)), mode=0o700, exist_ok=True)
            self._shelves.add(sha[:2])

    def keep(self, source: str, sha: str, home: str = "") -> None:
        """Keep the content of the file at ``source``, known to have this hash; ``home`` is its real path, to which it may go back.

        On the same file system a file that is about to be unlinked is kept by a link, which costs nothing; one that has other
        names, lives elsewhere, or that a program has open to write to, is copied and the copy checked. What is kept already is looked at again: it serves only when it is
        whole, and when no file of a person shares it (one does where an earlier change was given up). Raises OSError; ValueError when
        the content was another.
        """
        if os.lstat(source).st_size < self.LARGE:
            self._keep(source, sha)
            return
        with self._alone(sha):
            mark = f"{self.path(sha)}.home"
            first = not self.has(sha) and not os.path.lexists(mark)
            with open(mark, "wb") as file:
                file.write(os.fsencode(home) if first else b"")
            self._keep(source, sha)

    def _keep(self, source: str, sha: str) -> None:
        target = self.path(sha)
        if os.path.lexists(target):
            if os.lstat(target).st_nlink == 1 and hash_path(target) == sha:
                os.chmod(target, os.lstat(target).st_mode & 0o7777)  # moves its change time, and nothing else
                return
            self._copy(source, target, sha)
            return
        self._make_shelf(sha)
        if os.lstat(source).st_nlink == 1 and not being_written(source):
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

    def part(self, sha: str, status: os.stat_result) -> None:
        """Where the object is the very file with this status, which somebody writes to, keep a copy in its place. Raises OSError; ValueError
        when it was written to already."""
        with self._alone(sha):
            own = os.lstat(self.path(sha))
            if (own.st_dev, own.st_ino) == (status.st_dev, status.st_ino):
                self._copy(self.path(sha), self.path(sha), sha)

    def restore(self, sha: str, target: str) -> None:
        """Write the content at ``target``, a new file. Raises FileNotFoundError when it is gone, ValueError when altered."""
        if copy_hashed(self.path(sha), target) != sha:
            os.unlink(target)
            raise ValueError(sha)

    def give(self, sha: str, home: str, target: str) -> None:
        """Put the content of a large object at ``target``, for the file that has its place at ``home``: the object itself by a link
        where no other relies on it, else a copy. The caller hashes what stands there, and says at the end ``let_go``: until then the
        vault has it still. Raises OSError (FileNotFoundError when it is gone)."""
        if not self._lend(sha, home, target):
            copy_content(self.path(sha), target)

    def _lend(self, sha: str, home: str, target: str) -> bool:
        with self._alone(sha):
            status = os.lstat(self.path(sha))
            if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1 or os.geteuid() not in (0, status.st_uid):
                return False
            try:
                with open(f"{self.path(sha)}.home", "rb") as file:
                    if not home or file.read() != os.fsencode(home):
                        return False
                os.link(self.path(sha), target, follow_symlinks=False)
            except OSError:
                return False  # nobody is named, or it is another file system, or one without links
        return True

    def let_go(self, sha: str, status: os.stat_result) -> None:
        """Forget an object that is now a person's file, with this status: a kept copy is nothing that somebody still writes to."""
        with self._alone(sha), suppress(FileNotFoundError):
            own = os.lstat(self.path(sha))
            if (own.st_dev, own.st_ino) == (status.st_dev, status.st_ino):
                os.unlink(self.path(sha))
                os.unlink(f"{self.path(sha)}.home")

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
        # copies that a kill cut short, and notes of what went long ago
        for cut in list(self.folder.glob("??/*.*")) if self.folder.is_dir() else []:
            if cut.lstat().st_ctime < limit:
                cut.unlink()
        for kept in list(self.objects()):
            if kept.kept_at < limit:
                os.unlink(self.path(kept.sha256))
                if kept.size >= self.LARGE:
                    with open(f"{self.path(kept.sha256)}.home", "wb"):
                        pass  # who relied on it may rely on one that is kept later: neither has it alone
                count, size = count + 1, size + kept.size
        return count, size
