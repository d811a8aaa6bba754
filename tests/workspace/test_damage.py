"""What a task noted of the files is damaged, and programs that write while a task works: nothing of the person's is lost."""

import os
import threading
import time
from contextlib import contextmanager

import pytest

from confrere.errors import Failed
from confrere.workspace import files
from confrere.workspace.files import being_written, hash_path
from confrere.workspace.ground import Ground
from confrere.workspace.vault import Vault
from tests.workspace.trees import Bench, fingerprint


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def damaged(bench, count, spoil):
    """A task with ``count`` files moved, whose notes are then spoiled; returns what was there before and the task in a new process."""
    for number in range(count):
        (bench.folder / f"{number}").write_text(f"text {number}")
    before = fingerprint(bench.folder)
    view = bench.open()
    for number in range(count):
        view.move(f"Clients/{number}", f"Clients/moved {number}")
    bench.close()
    notes = bench.home / "work" / "seen.db"
    data = bytearray(notes.read_bytes())
    spoil(data)
    notes.write_bytes(data)
    fresh = Bench(bench.base)
    fresh.open()
    return before, fresh


def test_notes_that_are_no_database_any_more_let_nothing_be_overwritten(bench):
    def spoil(data):
        data[:] = b"garbage" * 1000

    before, fresh = damaged(bench, 3, spoil)
    outcome = fresh.apply()
    assert not [entry for entry in outcome.made if entry.change.kind != "mkdir"]
    assert fingerprint(fresh.folder) == before
    assert any("aside" in name for name in os.listdir(fresh.home / "work"))
    fresh.close()


def test_what_can_be_read_of_damaged_notes_is_used(bench):
    def spoil(data):
        data[4096 * 3 : 4096 * 4] = b"\xff" * 4096

    before, fresh = damaged(bench, 300, spoil)
    outcome = fresh.apply()
    assert outcome.made and not fresh.undo(outcome).refused
    assert {path: entry[3] for path, entry in fingerprint(fresh.folder).items()} == {path: entry[3] for path, entry in before.items()}
    fresh.close()


def test_notes_damaged_while_in_use_are_one_sentence_and_mended_at_the_next_start(bench):
    (bench.folder / "a").write_text("a")
    view = bench.open()
    view.seen._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    view.seen._db.close()
    (bench.home / "work" / "seen.db").write_bytes(b"garbage" * 2000)
    import sqlite3

    view.seen._db = sqlite3.connect(bench.home / "work" / "seen.db", isolation_level=None, check_same_thread=False)
    with pytest.raises(Failed) as caught:
        view.delete("Clients/a")
    assert caught.value.key == "workspace.notes-damaged" and "Nothing was changed" in caught.value.sentence("en")
    view.close()
    view = bench.open()
    assert (bench.folder / "a").read_text() == "a"
    view.delete("Clients/a")
    assert not bench.apply().refused


@pytest.mark.parametrize(
    "junk", [b"\x05\0\0\0\xff\xff\xff\xff\xff", b"\x01\0\0\0\x07", b"\xff\xff\xff\x7fxx", b"\x04\0\0\0\x93\x01\x02\x03"]
)
def test_a_log_of_junk_is_taken_as_cut_short(bench, junk):
    bench.open()
    bench.close()
    (bench.home / "work" / "seen.db.log").write_bytes(junk)
    fresh = Bench(bench.base)
    fresh.open()
    assert (fresh.home / "work" / "seen.db.log").stat().st_size == 0
    fresh.close()


@pytest.mark.parametrize("large", [Vault.LARGE, 4])
def test_a_program_that_keeps_writing_to_a_replaced_file_spoils_no_kept_copy(bench, monkeypatch, large):
    monkeypatch.setattr(Vault, "LARGE", large)
    (bench.folder / "log").write_text("first text")
    view = bench.open()
    view.write("Clients/log", b"second text", overwrite=True)
    programs = []

    def progress(done, total, path):  # the program comes when all was looked at, and before anything is kept
        programs.append(open(bench.folder / "log", "r+"))  # noqa: SIM115 - closed by the test

    outcome = bench.apply(progress=progress)
    for program in programs:
        with program:
            program.write("WRITTEN LATER")
    assert programs and not outcome.refused and not bench.undo(outcome).refused
    assert (bench.folder / "log").read_text() == "first text"


@pytest.mark.parametrize("how", ["replaced", "removed"])
def test_a_file_that_a_program_has_open_for_writing_is_left_to_it(bench, how):
    """What it writes from then on would go with the old content. Once it has closed the file, the change is made."""
    (bench.folder / "other").write_text("another text")
    (bench.folder / "read").write_text("only read")
    change(bench, how)
    bench.view.write("Clients/other", b"its new text", overwrite=True)
    bench.view.write("Clients/read", b"read, and replaced", overwrite=True)
    with open(bench.folder / "log", "r+") as program, open(bench.folder / "read"):
        outcome = bench.apply()
        assert [(entry.change.path, entry.refused) for entry in outcome.refused] == [("Clients/log", "workspace.apply-open")]
        assert (bench.folder / "log").read_text() == "first text" and (bench.folder / "other").read_text() == "its new text"
        assert (bench.folder / "read").read_text() == "read, and replaced"
        program.write("f")  # the same text: what was looked at still stands
        program.flush()
    os.utime(bench.folder / "log", ns=(outcome.refused[0].change.before.mtime_ns,) * 2)
    again = bench.apply(ident="a2")
    assert not again.refused and len(again.made) == 1
    made = bench.folder / "log"
    if how == "replaced":
        with open(made, "a"):
            taken = bench.undo(again, ident="u1")
            assert [entry.refused for entry in taken.refused] == ["workspace.apply-open"] and made.read_text() == "second text"
    assert not bench.undo(again, ident="u2").refused
    assert made.read_text() == "first text"


def test_a_file_that_a_program_has_open_is_moved_with_what_it_goes_on_writing(bench):
    (bench.folder / "log").write_text("first text")
    bench.open().move("Clients/log", "Clients/log of today")
    with open(bench.folder / "log", "a") as program:
        assert not bench.apply().refused
        program.write(", and more")
    assert (bench.folder / "log of today").read_text() == "first text, and more"


def change(bench, how):
    """A change set that takes a file away, in one of two ways."""
    (bench.folder / "log").write_text("first text")
    view = bench.open()
    if how == "replaced":
        view.write("Clients/log", b"second text", overwrite=True)
    else:
        view.delete("Clients/log")


@pytest.mark.parametrize("how", ["replaced", "removed"])
@pytest.mark.parametrize("large", [Vault.LARGE, 4])
def test_a_program_that_opens_a_file_after_it_was_kept_spoils_no_kept_copy(bench, monkeypatch, large, how):
    """It opens it when the vault has looked, and writes when it is gone from its place."""
    monkeypatch.setattr(Vault, "LARGE", large)
    change(bench, how)
    keep, programs = Vault.keep, []

    def kept(self, source, *rest):
        keep(self, source, *rest)
        programs.append(open(source, "r+"))  # noqa: SIM115 - closed by the test

    monkeypatch.setattr(Vault, "keep", kept)
    outcome = bench.apply()
    monkeypatch.undo()
    (program,) = programs
    with program:
        program.write("WRITTEN LATER")
    assert not bench.undo(outcome).refused
    assert (bench.folder / "log").read_text() == "first text"


@pytest.mark.parametrize("how", ["replaced", "removed"])
def test_a_program_that_opens_a_file_at_the_instant_it_goes_spoils_no_kept_copy(bench, monkeypatch, how):
    """The system lets it in when the place is taken already: it has the file, and the vault a copy."""
    change(bench, how)
    path, waits, wrote = bench.folder / "log", [], threading.Event()

    @contextmanager
    def held(near):
        with files.held_still(near) as written:
            waits.append(written)
            yield written

    def opens():
        with open(path, "r+") as program:
            program.write("WRITTEN LATER")
        wrote.set()

    for name in ("replace", "unlink"):

        def going(self, *names, real=getattr(Ground, name)):
            if names[-1] == "Clients/log":
                threading.Thread(target=opens).start()
                until = time.monotonic() + 30
                while not waits[-1]() and time.monotonic() < until:
                    time.sleep(0.001)
                assert waits[-1]()
            real(self, *names)

        monkeypatch.setattr(Ground, name, going)
    monkeypatch.setattr("confrere.workspace.commit.held_still", held)
    outcome = bench.apply()
    monkeypatch.undo()
    assert wrote.wait(60)
    assert not bench.undo(outcome).refused
    assert path.read_text() == "first text"


def test_who_writes_to_a_file_is_told_and_nobody_is_held_up(tmp_path):
    path = tmp_path / "a"
    path.write_text("a")
    with open(path, "rb"):
        assert not being_written(str(path))
    with open(path, "ab"):
        assert being_written(str(path))
    assert not being_written(str(path)) and not being_written(str(tmp_path / "gone"))
    ended = []

    def write():
        for _ in range(100):
            with open(path, "ab") as file:
                file.write(b"x")
        ended.append(True)

    thread = threading.Thread(target=write)
    thread.start()
    while thread.is_alive():
        being_written(str(path))
    thread.join()
    assert ended == [True] and path.stat().st_size == 101


def test_a_program_that_writes_all_the_while_loses_nothing(bench):
    """Every file is rewritten in place again and again while the change set is applied: what stands is what the program wrote last, or
    the task's work where the program had opened the file before it was replaced; what is kept is whole."""
    count = 40
    for number in range(count):
        (bench.folder / f"{number}").write_text("original text")
    view = bench.open()
    for number in range(count):
        view.write(f"Clients/{number}", b"the work of the task", overwrite=True)
    going, last = [True], {}

    def write():
        turn = 0
        while going:
            turn += 1
            number = turn % count
            with open(bench.folder / f"{number}", "r+b") as file:
                file.write(b"edit %08d" % turn)
            last[number] = b"edit %08d" % turn

    thread = threading.Thread(target=write)
    thread.start()
    try:
        bench.apply()
    except Failed as error:
        assert error.key == "workspace.apply-failed"
    finally:
        going.clear()
        thread.join()
    for number, wrote in last.items():
        stands = (bench.folder / f"{number}").read_bytes()
        assert stands.startswith(wrote) or stands == b"the work of the task"
    for kept in bench.vault.objects():
        if os.stat(bench.vault.path(kept.sha256)).st_nlink == 1:
            assert hash_path(bench.vault.path(kept.sha256)) == kept.sha256
    assert not [name for name in os.listdir(bench.folder) if name.startswith(".")]
