"""The store on SQLite (WAL), for one machine."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from confrere.errors import Failed
from confrere.journal.blobs import Blobs
from confrere.journal.canonical import dumps
from confrere.journal.store import Event, Holder, Problem

_SCHEMA = """
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, task TEXT NOT NULL, n INTEGER NOT NULL, at TEXT NOT NULL,
    kind TEXT NOT NULL, body TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL, UNIQUE (task, n));
CREATE INDEX IF NOT EXISTS event_kind ON event (task, kind, n);
CREATE TABLE IF NOT EXISTS head (task TEXT PRIMARY KEY, n INTEGER NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lease (task TEXT PRIMARY KEY, pid INTEGER NOT NULL, started TEXT NOT NULL) WITHOUT ROWID;
"""
_COLUMNS = "seq, task, n, at, kind, body, prev, hash"


def chain(prev: str, task: str, n: int, at: str, kind: str, body: str) -> str:
    """The hash of an event: SHA-256 over the hash before it and the canonical JSON of its own columns."""
    return hashlib.sha256(f"{prev}{dumps([task, n, at, kind])}{body}".encode("ascii")).hexdigest()


def process_started(pid: int) -> str:
    """When a process started, as the system counts it; empty when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        return "" if fields[0] == b"Z" else fields[19].decode()
    except OSError:
        if os.path.isdir("/proc/self"):
            return ""
    try:  # no /proc (macOS): existence is all that can be told
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "alive"


class SqliteStore:
    """See ``journal.store.Store``. Safe to share between threads; each process opens its own.

    Commits of ``durable`` events reach the disk (synchronous=FULL); others survive a kill but the last of them may
    be lost in a power cut (synchronous=NORMAL).
    """

    def __init__(self, path: Path, blobs: Path) -> None:
        self.path = path
        self.blobs = Blobs(blobs)
        self._lock = threading.RLock()
        created = not path.exists()
        self._db = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False, cached_statements=64)
        self._full = False
        if created:
            os.chmod(path, 0o600)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        if not created and path.stat().st_size < 8_000_000 and (fault := self._db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise sqlite3.DatabaseError(fault)
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # -- writing

    @contextmanager
    def _transaction(self, durable: bool) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                if durable != self._full:
                    self._db.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
                    self._full = durable
                self._db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                raise self._explained(error) from None
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                if isinstance(error, sqlite3.OperationalError):
                    raise self._explained(error) from None
                raise

    def _explained(self, error: sqlite3.OperationalError) -> Exception:
        text = str(error)
        if "full" in text:
            return Failed("core.disk-full", path=self.path)
        if "locked" in text or "busy" in text:
            return Failed("core.journal-busy", path=self.path)
        return Failed("core.home-unusable", path=self.path.parent, reason=text)

    def append(self, task: str, kind: str, body: dict[str, Any] | None = None, *, durable: bool = False) -> Event:
        return self.append_many(task, [(kind, body or {})], durable=durable)[0]

    def append_many(self, task: str, items: list[tuple[str, dict[str, Any]]], *, durable: bool = False) -> list[Event]:
        """Several events of one task in one commit: all or none."""
        with self._lock:
            try:
                packed = [(kind, body, self.blobs.pack(body)) for kind, body in items]
                if durable:
                    self.blobs.flush()
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise Failed("core.disk-full", path=self.blobs.folder) from None
                raise Failed("core.home-unusable", path=self.blobs.folder, reason=error.strerror or str(error)) from None
        events = []
        with self._transaction(durable) as db:
            row = db.execute("SELECT n, hash FROM head WHERE task = ?", (task,)).fetchone()
            n, prev = row or (0, "")
            for kind, body, text in packed:
                n += 1
                at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
                own = chain(prev, task, n, at, kind, text)
                seq = db.execute(
                    "INSERT INTO event (task, n, at, kind, body, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (task, n, at, kind, text, prev, own),
                ).lastrowid
                assert seq is not None
                events.append(Event(seq=seq, task=task, n=n, at=at, kind=kind, body=body, prev=prev, hash=own))
                prev = own
            db.execute("INSERT OR REPLACE INTO head (task, n, hash) VALUES (?, ?, ?)", (task, n, prev))
        return events

    # -- reading

    def read(self, task: str | None = None, *, after: int = 0, kinds: tuple[str, ...] = ()) -> Iterator[Event]:
        where = "task = ? AND n > ?" if task is not None else "seq > ?"
        values: list[str | int] = [after] if task is None else [task, after]
        if kinds:
            where += f" AND kind IN ({','.join('?' * len(kinds))})"
            values.extend(kinds)
        order = "n" if task is not None else "seq"
        while True:  # by pages: no long read transaction holds back the log
            with self._lock:
                rows = self._db.execute(f"SELECT {_COLUMNS} FROM event WHERE {where} ORDER BY {order} LIMIT 500", values).fetchall()
            for row in rows:
                yield self._event(row)
            if len(rows) < 500:
                return
            values[1 if task is not None else 0] = rows[-1][2 if task is not None else 0]

    def last(self, task: str, *kinds: str) -> Event | None:
        where = f" AND kind IN ({','.join('?' * len(kinds))})" if kinds else ""
        with self._lock:
            row = self._db.execute(f"SELECT {_COLUMNS} FROM event WHERE task = ?{where} ORDER BY n DESC LIMIT 1", (task, *kinds)).fetchone()
        return self._event(row) if row else None

    def _event(self, row: tuple[Any, ...]) -> Event:
        seq, task, n, at, kind, body, prev, own = row
        try:
            unpacked = self.blobs.unpack(body)
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise Failed("core.journal-damaged", task=task, n=n, reason=str(error)) from None
        return Event(seq=seq, task=task, n=n, at=at, kind=kind, body=unpacked, prev=prev, hash=own)

    def count(self, task: str | None = None) -> int:
        where, values = ("WHERE task = ?", (task,)) if task is not None else ("", ())
        with self._lock:
            return int(self._db.execute(f"SELECT count(*) FROM event {where}", values).fetchone()[0])

    def tasks(self) -> list[str]:
        with self._lock:
            return [row[0] for row in self._db.execute("SELECT task FROM event WHERE n = 1 AND task != '' ORDER BY seq DESC")]

    def stamp(self) -> int:
        with self._lock:
            own = self._db.total_changes
            other: int = self._db.execute("PRAGMA data_version").fetchone()[0]
        return own + other

    # -- who works on what

    def claim(self, task: str) -> Holder | None:
        with self._transaction(False) as db:
            holder = self._living(db, task)
            if holder is not None and holder.pid != os.getpid():
                return holder
            db.execute(
                "INSERT OR REPLACE INTO lease (task, pid, started) VALUES (?, ?, ?)", (task, os.getpid(), process_started(os.getpid()))
            )
        return None

    def release(self, task: str) -> None:
        with self._transaction(False) as db:
            db.execute("DELETE FROM lease WHERE task = ? AND pid = ?", (task, os.getpid()))

    def holder(self, task: str) -> Holder | None:
        with self._lock:
            return self._living(self._db, task)

    @staticmethod
    def _living(db: sqlite3.Connection, task: str) -> Holder | None:
        row = db.execute("SELECT pid, started FROM lease WHERE task = ?", (task,)).fetchone()
        if row is None or process_started(row[0]) != row[1] or not row[1]:
            return None
        return Holder(pid=row[0], started=row[1])

    # -- checking

    def verify(self, task: str | None = None, progress: Callable[[int], None] | None = None) -> list[Problem]:
        """Walk the chains. Finds events altered, removed (first, last or between) or reordered, and blobs altered or missing."""
        problems: list[Problem] = []
        heads: dict[str, tuple[int, str]] = {}
        blobs: dict[str, tuple[str, int]] = {}
        expected = 0
        with self._lock:
            known = dict((row[0], (row[1], row[2])) for row in self._db.execute("SELECT task, n, hash FROM head"))
            counter = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'event'").fetchone()
        where, values = ("WHERE task = ?", (task,)) if task is not None else ("", ())
        reader = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            for count, (seq, name, n, at, kind, body, prev, own) in enumerate(
                reader.execute(f"SELECT {_COLUMNS} FROM event {where} ORDER BY seq", values), start=1
            ):
                if progress is not None and count % 1000 == 0:
                    progress(count)
                expected += 1
                if task is None and seq != expected:
                    problems.append(Problem(code="removed", task=name, n=n, detail=f"{seq - expected} before it"))
                    expected = seq
                last_n, last_hash = heads.get(name, (0, ""))
                if n != last_n + 1:
                    problems.append(Problem(code="removed" if n > last_n else "reordered", task=name, n=n))
                elif prev != last_hash:
                    problems.append(Problem(code="altered", task=name, n=n, detail="its link to the event before"))
                if chain(prev, name, n, at, kind, body) != own:
                    problems.append(Problem(code="altered", task=name, n=n))
                heads[name] = (n, own)
                try:
                    for sha in Blobs.references(body):
                        blobs.setdefault(sha, (name, n))
                except (ValueError, AttributeError):
                    pass  # said above: what cannot be parsed cannot have kept its hash
        finally:
            reader.close()
        for name, head in known.items():
            if (task is None or name == task) and heads.get(name, (0, "")) != head:
                problems.append(Problem(code="removed", task=name, n=head[0], detail="its last events"))
        for name in heads.keys() - known.keys():
            problems.append(Problem(code="altered", task=name, n=heads[name][0], detail="its head"))
        if task is None and counter is not None and counter[0] > expected:
            problems.append(Problem(code="removed", task="", n=0, detail=f"{counter[0] - expected} at the end"))
        for sha, (name, n) in blobs.items():
            try:
                self.blobs.get(sha)
            except FileNotFoundError:
                problems.append(Problem(code="blob-missing", task=name, n=n, detail=sha))
            except (ValueError, OSError):
                problems.append(Problem(code="blob-altered", task=name, n=n, detail=sha))
        return problems


class Recovered:
    """What was saved from a damaged journal: where the copy is, how many events are back, how many could not be read."""

    def __init__(self, backup: Path, kept: int, lost: int) -> None:
        self.backup, self.kept, self.lost = backup, kept, lost


def open_store(path: Path, blobs: Path) -> tuple[SqliteStore, Recovered | None]:
    """Open the journal; when the file is damaged keep a copy of it, read back what can be read, and say so."""
    try:
        return SqliteStore(path, blobs), None
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise Failed("core.disk-full", path=path) from None
        if "locked" in str(error):
            raise Failed("core.journal-busy", path=path) from None
        raise Failed("core.home-unusable", path=path.parent, reason=str(error)) from None
    except sqlite3.DatabaseError:
        with open(path.with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                return SqliteStore(path, blobs), None  # another process has just done it
            except sqlite3.DatabaseError:
                return recover(path, blobs)


def recover(path: Path, blobs: Path) -> tuple[SqliteStore, Recovered]:
    """Move the damaged file aside, start a new one, and copy every event that can still be read, hashes and all."""
    backup = path.with_name(f"{path.stem}-damaged-{time.strftime('%Y%m%d-%H%M%S')}{path.suffix}")
    for suffix in ("", "-wal", "-shm"):
        side = path.with_name(path.name + suffix)
        if side.exists():
            os.replace(side, backup.with_name(backup.name + suffix))
    rows: dict[int, tuple[Any, ...]] = {}
    top = 0
    try:
        old = sqlite3.connect(backup)
        old.text_factory = lambda data: data.decode("utf-8", "replace")
        try:
            top = (old.execute("SELECT seq FROM sqlite_sequence WHERE name = 'event'").fetchone() or (0,))[0]
        except sqlite3.DatabaseError:
            top = 0
        for direction in ("ASC", "DESC"):  # from both ends: a bad page in the middle stops each of them
            try:
                for row in old.execute(f"SELECT {_COLUMNS} FROM event ORDER BY seq {direction}"):
                    if row[0] in rows and direction == "DESC":
                        break
                    rows[row[0]] = row
            except sqlite3.DatabaseError:
                continue
        old.close()
    except sqlite3.DatabaseError:
        pass  # not even a database any more: the copy is kept, nothing can be read
    good = []
    for seq in sorted(rows):
        _, task, n, at, kind, body, prev, own = rows[seq]
        try:
            json.loads(body)
        except (ValueError, TypeError):
            continue
        if chain(prev, task, n, at, kind, body) == own:
            good.append(rows[seq])
    lost = max(top, max(rows, default=0)) - len(good)
    store = SqliteStore(path, blobs)
    with store._transaction(True) as db:
        db.executemany(f"INSERT INTO event ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", good)
        db.execute(
            "INSERT OR REPLACE INTO head (task, n, hash) SELECT task, n, hash FROM event e WHERE n = (SELECT max(n) FROM event WHERE task = e.task)"
        )
    store.append("", "journal.recovered", {"backup": backup.name, "kept": len(good), "lost": lost}, durable=True)
    return store, Recovered(backup, len(good), lost)
