"""What a task saw and touched: the version of each real file when it first mattered, and which call changed what.

Kept in a small database in the task's work area, not in memory: a task over 100,000 files stays small.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec

from confrere.workspace.files import Signature


class Touch(msgspec.Struct, frozen=True, kw_only=True):
    """Which step and call of the plan last changed a path."""

    step: str
    call: str


class Seen:
    """Paths are view paths. Thread-safe; one process at a time (the holder of the task)."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "CREATE TABLE IF NOT EXISTS seen (path BLOB PRIMARY KEY, size, mtime, ctime, inode, mode, sha TEXT) WITHOUT ROWID;"
            "CREATE TABLE IF NOT EXISTS touch (path BLOB PRIMARY KEY, step TEXT, call TEXT) WITHOUT ROWID;"
        )

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def note(self, path: str, signature: Signature) -> Signature:
        """Remember the version of a real file; the first one seen stays, and is returned."""
        key = _key(path)
        with self._lock:
            values = (signature.size, signature.mtime_ns, signature.ctime_ns, signature.inode, signature.mode)
            self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?, ?, ?, NULL)", (key, *values))
            row = self._db.execute("SELECT size, mtime, ctime, inode, mode FROM seen WHERE path = ?", (key,)).fetchone()
        return Signature(*row)

    def get(self, path: str) -> tuple[Signature, str] | None:
        """The version seen and its hash ("" while not computed), or None."""
        with self._lock:
            row = self._db.execute("SELECT size, mtime, ctime, inode, mode, sha FROM seen WHERE path = ?", (_key(path),)).fetchone()
        return (Signature(*row[:5]), row[5] or "") if row else None

    def hashed(self, path: str, digest: str) -> None:
        with self._lock:
            self._db.execute("UPDATE seen SET sha = ? WHERE path = ?", (digest, _key(path)))

    def forget(self, path: str, *, touches: bool = True) -> None:
        """Drop what is known of a path and of all below it: it was applied, the real folder has it now."""
        key = _key(path)
        with self._lock:
            for table in ("seen", "touch") if touches else ("seen",):
                self._db.execute(f"DELETE FROM {table} WHERE path = ? OR (path > ? AND path < ?)", (key, key + b"/", key + b"0"))

    def touched(self, path: str, step: str, call: str) -> None:
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO touch VALUES (?, ?, ?)", (_key(path), step, call))

    def touch(self, path: str) -> Touch:
        with self._lock:
            row = self._db.execute("SELECT step, call FROM touch WHERE path = ?", (_key(path),)).fetchone()
        return Touch(step=row[0], call=row[1]) if row else Touch(step="", call="")

    def below(self, path: str) -> Iterator[str]:
        """The paths seen at or below ``path``."""
        key = _key(path)
        with self._lock:
            rows = self._db.execute(
                "SELECT path FROM seen WHERE path = ? OR (path > ? AND path < ?)", (key, key + b"/", key + b"0")
            ).fetchall()
        for row in rows:
            yield row[0].decode("utf-8", "surrogateescape")

    def begin(self) -> None:
        """Group the writes that follow into one commit, for long runs of changes."""
        with self._lock:
            if not self._db.in_transaction:
                self._db.execute("BEGIN")

    def commit(self) -> None:
        with self._lock:
            if self._db.in_transaction:
                self._db.execute("COMMIT")


def _key(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
