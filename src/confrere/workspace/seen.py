"""What a task saw and touched: the version of each real file when it first mattered, and which call changed what.

Kept in a small database in the task's work area, not in memory: a task over 100,000 files stays small. Within a batch what is
noted goes to a log first, because the changes themselves are on the disk one by one: a kill must not part the two.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import struct
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from confrere.errors import Failed
from confrere.workspace.files import Signature

_NOTE = "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?, ?, ?, NULL)"
_TOUCH = "INSERT OR REPLACE INTO touch VALUES (?, ?, ?)"
_SMALL = 8_000_000  # bytes of a database that is looked over each time it is opened
_SCHEMA = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    "CREATE TABLE IF NOT EXISTS seen (path BLOB PRIMARY KEY, size, mtime, ctime, inode, mode, sha TEXT) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS touch (path BLOB PRIMARY KEY, step TEXT, call TEXT) WITHOUT ROWID;"
)


class Touch(msgspec.Struct, frozen=True, kw_only=True):
    """Which step and call of the plan last changed a path."""

    step: str
    call: str


class Seen:
    """Paths are view paths. Thread-safe; one process at a time notes (the holder of the task), others may look.

    Raises Failed when the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._log = -1
        try:
            if os.path.exists(f"{path}.damaged"):
                raise sqlite3.DatabaseError("found damaged while in use")
            self._db = self._open(path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self._db = self._renew(path)
        if str(path) != ":memory:":
            self._replay()

    @staticmethod
    def _open(path: Path) -> sqlite3.Connection:
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            db.executescript(_SCHEMA)
            if (
                str(path) != ":memory:"
                and path.stat().st_size < _SMALL
                and (fault := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok"
            ):
                raise sqlite3.DatabaseError(fault)
        except BaseException:
            db.close()
            raise
        return db

    @classmethod
    def _renew(cls, path: Path) -> sqlite3.Connection:
        """Put a damaged database aside and begin anew with what can be read of it. What is lost counts as never seen: changes that rest
        on it are refused when they are to be applied, and no file of the person is touched."""
        aside = path.with_name(f"{path.name}.aside-{time.time_ns()}")
        for end in ("", "-wal", "-shm"):
            if os.path.exists(f"{path}{end}"):
                os.replace(f"{path}{end}", f"{aside}{end}")
        Path(f"{path}.damaged").unlink(missing_ok=True)
        db, old = cls._open(path), sqlite3.connect(aside, isolation_level=None)
        try:
            for table, places in (("seen", "?, ?, ?, ?, ?, ?, ?"), ("touch", "?, ?, ?")):
                for order in ("ASC", "DESC"):  # from both ends: a bad page in the middle stops each of them
                    with suppress(sqlite3.DatabaseError):
                        for row in old.execute(f"SELECT * FROM {table} ORDER BY path {order}"):
                            db.execute(f"INSERT OR IGNORE INTO {table} VALUES ({places})", row)
        finally:
            old.close()
        return db

    def close(self) -> None:
        with self._lock:
            self._db.close()
            if self._log >= 0:
                os.close(self._log)
                self._log = -1

    def _run(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(sql, values)
        except sqlite3.OperationalError as error:
            if "full" in str(error):
                raise Failed("core.disk-full", path=self._path) from None
            raise
        except sqlite3.DatabaseError:
            with suppress(OSError):
                Path(f"{self._path}.damaged").touch()  # the next to open it puts it aside
            raise Failed("workspace.notes-damaged", path=self._path, task="TASK") from None

    # -- the log of a batch

    def _open_log(self) -> int:
        """The log, ours alone; -1 where a living process is in the middle of a batch."""
        log = os.open(f"{self._path}.log", os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(log)
            return -1
        return log

    def _replay(self) -> None:
        """Take in what a batch that was killed had noted."""
        if not os.path.exists(f"{self._path}.log"):
            return
        log = self._open_log()
        if log < 0:
            return
        with os.fdopen(log, "r+b") as file:
            data = file.read()
            position = 0
            self._run("BEGIN")
            while position + 4 <= len(data):
                end = position + 4 + struct.unpack_from("=I", data, position)[0]
                if end > len(data):
                    break  # cut short by the kill: the change it announces was not made
                values = _entry(data[position + 4 : end])
                if not values:
                    break
                self._run(_NOTE if len(values) == 6 else _TOUCH, values)
                position = end
            self._run("COMMIT")
            file.truncate(0)

    def _write(self, sql: str, values: tuple[Any, ...]) -> int:
        """Make one entry; returns how many rows it made."""
        if self._log >= 0:
            data = msgspec.msgpack.encode(values)
            try:
                os.write(self._log, struct.pack("=I", len(data)) + data)
            except OSError as error:
                raise Failed("core.disk-full", path=f"{self._path}.log") from error
        return self._run(sql, values).rowcount

    # -- noting

    def note(self, path: str, signature: Signature) -> Signature:
        """Remember the version of a real file; the first one seen stays, and is returned."""
        key = _key(path)
        values = (key, signature.size, signature.mtime_ns, signature.ctime_ns, signature.inode, signature.mode)
        with self._lock:
            if self._write(_NOTE, values) == 1:
                return signature
            row = self._run("SELECT size, mtime, ctime, inode, mode FROM seen WHERE path = ?", (key,)).fetchone()
        return Signature(*row)

    def get(self, path: str) -> tuple[Signature, str] | None:
        """The version seen and its hash ("" while not computed), or None."""
        with self._lock:
            row = self._run("SELECT size, mtime, ctime, inode, mode, sha FROM seen WHERE path = ?", (_key(path),)).fetchone()
        return (Signature(*row[:5]), row[5] or "") if row else None

    def hashed(self, path: str, digest: str) -> None:
        with self._lock:
            self._run("UPDATE seen SET sha = ? WHERE path = ?", (digest, _key(path)))

    def forget(self, path: str, *, touches: bool = True) -> None:
        """Drop what is known of a path and of all below it: it was applied, the real folder has it now."""
        key = _key(path)
        with self._lock:
            for table in ("seen", "touch") if touches else ("seen",):
                self._run(f"DELETE FROM {table} WHERE path = ? OR (path > ? AND path < ?)", (key, key + b"/", key + b"0"))

    def clear(self) -> None:
        """Drop all that is known: nothing is staged any more."""
        with self._lock:
            self._run("DELETE FROM seen")
            self._run("DELETE FROM touch")

    def touched(self, path: str, step: str, call: str) -> None:
        with self._lock:
            self._write(_TOUCH, (_key(path), step, call))

    def touch(self, path: str) -> Touch:
        with self._lock:
            row = self._run("SELECT step, call FROM touch WHERE path = ?", (_key(path),)).fetchone()
        return Touch(step=row[0], call=row[1]) if row else Touch(step="", call="")

    def begin(self) -> None:
        """Group the writes that follow into one commit, for long runs of changes."""
        with self._lock:
            if not self._db.in_transaction:
                self._log = self._open_log()
                self._run("BEGIN")

    def commit(self) -> None:
        with self._lock:
            if self._db.in_transaction:
                self._run("COMMIT")
            if self._log >= 0:
                os.ftruncate(self._log, 0)
                os.close(self._log)
                self._log = -1


def _entry(data: bytes) -> tuple[Any, ...]:
    """The values of one entry of the log; none where it is junk."""
    try:
        values = msgspec.msgpack.decode(data)
    except msgspec.MsgspecError:
        return ()
    shapes = ((bytes, int, int, int, int, int), (bytes, str, str))
    if not isinstance(values, list) or tuple(map(type, values)) not in shapes:
        return ()
    return tuple(values)


def _key(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
