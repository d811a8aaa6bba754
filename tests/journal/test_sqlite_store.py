"""The journal keeps what it was given, tells when it was touched, and lets several processes in."""

import json
import os
import random
import sqlite3
import subprocess
import sys
import time

import pytest

from confrere.errors import Failed
from confrere.journal.export import export
from confrere.journal.sqlite import SqliteStore, open_store


@pytest.fixture
def store(tmp_path):
    store = SqliteStore(tmp_path / "journal.db", tmp_path / "blobs")
    yield store
    store.close()


def fill(store, tasks=3, events=20):
    for n in range(events):
        for task in range(tasks):
            store.append(f"t{task}", "noted", {"n": n, "text": "é\udc80" if n % 2 else "plain", "big": ["x" * 100] * (60 if n == 5 else 1)})


def test_events_come_back_as_they_went_in(store):
    sent = {"name": "caf\u00e9 \udcff", "list": [1, 2.5, None, True], "large": "y" * 100_000}
    event = store.append("t1", "noted", sent, durable=True)
    (read,) = store.read("t1")
    assert read.body == sent and read == event
    assert len(store.path.read_bytes()) < 60_000  # the large field went to a blob


def test_a_clean_journal_verifies(store):
    fill(store)
    assert store.verify() == []
    assert store.verify("t1") == []
    assert store.tasks() == ["t2", "t1", "t0"]
    assert [event.n for event in store.read("t1", after=15)] == [16, 17, 18, 19, 20]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("UPDATE event SET body = replace(body, 'plain', 'changed') WHERE task='t1' AND n=7", "altered"),
        ("UPDATE event SET kind = 'other' WHERE task='t1' AND n=7", "altered"),
        ("UPDATE event SET at = '2020-01-01T00:00:00.000Z' WHERE task='t1' AND n=7", "altered"),
        ("DELETE FROM event WHERE task='t1' AND n=7", "removed"),
        ("DELETE FROM event WHERE task='t1' AND n=1", "removed"),
        ("DELETE FROM event WHERE task='t1' AND n=20", "removed"),
        ("DELETE FROM event WHERE task='t1'", "removed"),
        ("UPDATE event SET n = CASE n WHEN 7 THEN -8 WHEN 8 THEN -7 END WHERE task='t1' AND n IN (7,8)", "reordered"),
    ],
)
def test_any_touch_is_found(store, damage, code):
    fill(store)
    with sqlite3.connect(store.path) as other:
        other.execute(damage)
        other.execute("UPDATE event SET n = -n WHERE n < 0")
    problems = store.verify()
    assert code in {problem.code for problem in problems}
    assert any(problem.task in ("t1", "") for problem in problems)
    assert store.verify("t2") == []


def test_blobs_altered_or_missing_are_found(store):
    fill(store)
    store.append("t9", "noted", {"large": "z" * 50_000})
    blobs = sorted(path for path in store.blobs.folder.rglob("*") if path.is_file())
    blobs[0].write_bytes(b"[]")
    assert [problem.code for problem in store.verify()] == ["blob-altered"]
    for blob in blobs:
        blob.unlink()
    assert {problem.code for problem in store.verify()} == {"blob-missing"}


def test_export_is_one_json_object_a_line(store, tmp_path):
    fill(store)
    with open(tmp_path / "out.jsonl", "w", encoding="ascii") as file:
        assert export(store.read("t1"), file) == 20
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("ascii").splitlines()]
    assert [line["n"] for line in lines] == list(range(1, 21))
    assert len(lines[5]["body"]["big"]) == 60


OPEN = """
import sys, pathlib
from confrere.journal.sqlite import SqliteStore
s = SqliteStore(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
"""

WRITER = """
import sys, pathlib
from confrere.journal.sqlite import SqliteStore
store = SqliteStore(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
for n in range(300):
    store.append(sys.argv[3], "noted", {"n": n}, durable=n % 50 == 0)
    store.append("shared", "noted", {"from": sys.argv[3], "n": n})
"""


def test_two_processes_append_and_read_at_once(store):
    processes = [subprocess.Popen([sys.executable, "-c", WRITER, store.path, store.blobs.folder, name]) for name in ("a", "b")]
    while any(process.poll() is None for process in processes):
        list(store.read("shared"))
    assert [process.wait() for process in processes] == [0, 0]
    assert store.verify() == []
    assert len(list(store.read("shared"))) == 600
    for name in ("a", "b"):
        assert [event.body["n"] for event in store.read(name)] == list(range(300))


def test_a_killed_writer_leaves_a_good_journal(store):
    for delay in (0.15, 0.2, 0.25):
        process = subprocess.Popen([sys.executable, "-c", WRITER, store.path, store.blobs.folder, f"k{delay}"])
        time.sleep(delay + random.random() / 20)
        process.kill()
        process.wait()
    store.append("after", "noted")
    assert store.verify() == []


def test_a_task_is_held_by_one_living_process(store):
    code = f"{OPEN}print(s.claim('t1'), flush=True); import time; time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", code, store.path, store.blobs.folder], stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline().strip() == "None"
    held = store.claim("t1")
    assert held is not None and held.pid == other.pid
    other.kill()
    other.wait()
    assert store.claim("t1") is None
    assert store.holder("t1").pid == os.getpid()
    store.release("t1")
    assert store.holder("t1") is None


def test_stamp_changes_on_any_append(store):
    before = store.stamp()
    other = SqliteStore(store.path, store.blobs.folder)
    other.append("t1", "noted")
    assert store.stamp() != before
    other.close()


@pytest.mark.parametrize("damage", ["header", "middle", "text"])
def test_a_damaged_database_is_kept_and_read_back(tmp_path, damage):
    path, blobs = tmp_path / "journal.db", tmp_path / "blobs"
    store = SqliteStore(path, blobs)
    fill(store, events=60)
    store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    data = bytearray(path.read_bytes())
    if damage == "header":
        data[:16] = b"not a database!!"
    elif damage == "text":
        data = bytearray(b"hello")
    else:
        middle = len(data) // 2 // 4096 * 4096
        data[middle : middle + 4096] = os.urandom(4096)
    path.write_bytes(bytes(data))
    store, recovered = open_store(path, blobs)
    assert recovered is not None and recovered.backup.read_bytes() == bytes(data)
    kept = len(list(store.read())) - 1
    assert kept == recovered.kept
    if damage == "middle":
        assert kept > 40  # most events of 180 are on other pages
    store.append("t0", "noted")
    store.close()


def test_a_full_disk_is_said(tmp_path, monkeypatch):
    store = SqliteStore(tmp_path / "journal.db", tmp_path / "blobs")
    store._db.execute("PRAGMA max_page_count=12")
    with pytest.raises(Failed, match="full"):
        for n in range(10_000):
            store.append("t", "noted", {"n": n, "text": "x" * 500})
    assert store.verify() == []
    store.close()
