"""Kept copies that go back to their places themselves: what it spares, and that nobody else loses what they rely on."""

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from confrere.errors import Failed
from confrere.workspace.files import Hashes, hash_path
from confrere.workspace.ground import Ground
from confrere.workspace.transaction import Transaction
from confrere.workspace.vault import Vault
from tests.workspace.trees import Bench, fingerprint


@pytest.fixture
def bench(tmp_path, monkeypatch):
    monkeypatch.setattr(Vault, "LARGE", 4)
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def kept(bench):
    return {entry.sha256: os.stat(bench.vault.path(entry.sha256)).st_nlink for entry in bench.vault.objects()}


def test_undo_gives_the_very_file_back_and_the_vault_lets_go(bench):
    file = bench.folder / "film.bin"
    file.write_bytes(b"the first cut")
    os.chmod(file, 0o640)
    os.setxattr(file, "user.mark", b"1")
    before, inode = fingerprint(bench.folder), file.stat().st_ino
    view = bench.open()
    view.write("Clients/film.bin", b"the second cut", overwrite=True)
    outcome = bench.apply()
    assert not bench.undo(outcome).refused
    assert fingerprint(bench.folder) == before
    assert (file.stat().st_ino, file.stat().st_nlink) == (inode, 1)
    assert list(kept(bench).values()) == [1]  # what undo replaced in its turn
    with open(file, "r+b") as writing:
        writing.write(b"EDITED")
    for entry in bench.vault.objects():
        assert hash_path(bench.vault.path(entry.sha256)) == entry.sha256


@pytest.mark.parametrize("how", ["two files of one transaction", "two transactions", "the same place twice", "pruned between"])
def test_what_another_relies_on_is_copied(bench, how):
    for name in "ab":
        (bench.folder / name).write_text("the same text")
    before = fingerprint(bench.folder)
    view = bench.open()
    if how == "two files of one transaction":
        view.delete("Clients/a")
        view.delete("Clients/b")
        first = bench.apply()
        assert not bench.undo(first, "Clients/a").refused
        assert not bench.undo(first, "Clients/b", ident="u2").refused
    elif how == "two transactions":
        view.delete("Clients/a")
        first = bench.apply()
        view.delete("Clients/b")
        second = bench.apply(ident="a2")
        assert not bench.undo(second, ident="u2").refused
        assert not bench.undo(first, ident="u1").refused
    else:
        view.delete("Clients/a")
        first = bench.apply()
        if how == "pruned between":
            bench.vault.prune(30, now=time.time() + 31 * 86_400)
        (bench.folder / "a").write_text("the same text")
        view.delete("Clients/a")
        second = bench.apply(ident="a2")
        assert not bench.undo(second, ident="u2").refused
        os.unlink(bench.folder / "a")
        assert not bench.undo(first, ident="u1").refused
        os.utime(bench.folder / "a", ns=(before["a"][2],) * 2)
    assert {path: entry[3] for path, entry in fingerprint(bench.folder).items()} == {path: entry[3] for path, entry in before.items()}
    assert all(links == 1 for links in kept(bench).values())


def test_an_altered_one_does_not_come_back_and_is_not_thrown_away(bench):
    (bench.folder / "a").write_text("the text")
    view = bench.open()
    view.delete("Clients/a")
    outcome = bench.apply()
    (entry,) = bench.vault.objects()
    with open(bench.vault.path(entry.sha256), "r+") as file:
        file.write("THE")
    assert [entry.refused for entry in bench.undo(outcome).applied] == ["workspace.apply-kept-copy-altered"]
    assert os.listdir(bench.folder) == []
    assert kept(bench) == {entry.sha256: 1}


@pytest.mark.parametrize("kind", ["write", "delete"])
def test_an_undo_that_fails_in_the_middle_leaves_the_vault_as_it_was(bench, monkeypatch, kind):
    for name in "abc":
        (bench.folder / name).write_text(f"the old {name}")
    before = fingerprint(bench.folder)
    view = bench.open()
    for name in "abc":
        view.write(f"Clients/{name}", f"the new {name}".encode(), overwrite=True) if kind == "write" else view.delete(f"Clients/{name}")
    outcome = bench.apply()
    applied = fingerprint(bench.folder)
    operation = "replace" if kind == "write" else "rename"
    real, count = getattr(Ground, operation), [0]

    def failing(self, *args):
        count[0] += 1
        if count[0] == 3:
            raise OSError(5, os.strerror(5), args[0])
        return real(self, *args)

    monkeypatch.setattr(Ground, operation, failing)
    with pytest.raises(Failed):
        bench.undo(outcome)
    monkeypatch.undo()
    assert fingerprint(bench.folder) == applied
    assert {hash_path(bench.vault.path(sha)) for sha in kept(bench)} == set(kept(bench))
    assert not bench.undo(outcome, ident="u2").refused
    assert fingerprint(bench.folder) == before


def test_what_the_person_writes_before_a_crash_is_repaired_spoils_no_kept_copy_of_another(bench, monkeypatch):
    """The file is back under its name and the vault has not let go yet: its object is the person's file."""
    for name in "ab":
        (bench.folder / name).write_text("the same text")
    view = bench.open()
    view.delete("Clients/a")
    first = bench.apply()
    monkeypatch.setattr(Transaction, "_let_go", lambda self: None)  # killed just before
    bench.undo(first)
    monkeypatch.undo()
    monkeypatch.setattr(Vault, "LARGE", 4)
    assert list(kept(bench).values()) == [2]
    view.delete("Clients/b")
    second = bench.apply(ident="a2")
    with open(bench.folder / "a", "r+") as file:
        file.write("EDITED")
    assert not bench.undo(second, ident="u2").refused
    assert (bench.folder / "b").read_text() == "the same text"


def test_one_keeps_what_another_gives_back(bench, tmp_path):
    """Two tasks at once, on two files with the same bytes: whoever is first, neither is left without."""
    vault, source = bench.vault, bench.base / "files"
    source.mkdir()

    def one(turn):
        name = source / str(turn)
        name.write_bytes(b"the same bytes")
        sha = hash_path(str(name))
        vault.keep(str(name), sha, str(name))
        os.unlink(name)
        vault.give(sha, str(name), f"{name}.back")
        assert hash_path(f"{name}.back") == sha
        os.rename(f"{name}.back", name)
        vault.let_go(sha, os.lstat(name))
        return name.read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(200))) == {b"the same bytes"}


def test_a_vault_without_room_changes_nothing(tmp_path, monkeypatch):
    """The state lives on a small file system of its own: the kept copy of a large file does not fit."""
    mount = tmp_path / "small"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", mount], check=True)
    try:
        bench = Bench(mount, folder=tmp_path / "Papers")
        (bench.folder / "a").write_bytes(os.urandom(5_000_000))
        before = fingerprint(bench.folder)
        view = bench.open()
        view.delete("Papers/a")
        with pytest.raises(Failed) as caught:
            bench.apply()
        assert "No space left" in str(caught.value)
        assert fingerprint(bench.folder) == before
        assert list(bench.vault.objects()) == []
        (bench.folder / "a").write_bytes(os.urandom(1000))
        view.seen.clear()
        view.seen.note("Papers/a", signature(bench.folder / "a"))
        outcome = bench.apply(ident="a2")
        assert not bench.undo(outcome).refused
        bench.close()
    finally:
        subprocess.run(["umount", mount], check=True)


def signature(path):
    from confrere.workspace.files import Signature

    return Signature.of(os.lstat(path))


@pytest.mark.parametrize("edited", [False, True])
def test_undo_reads_again_only_what_was_touched(bench, monkeypatch, edited):
    """The staging area's own name of an applied file goes: that alone is no reason to hash the file again."""
    monkeypatch.setattr(Hashes, "LARGE", 4)
    (bench.folder / "a").write_text("the old text")
    view = bench.open()
    view.write("Clients/a", b"the new text", overwrite=True)
    outcome = bench.apply()
    assert (bench.folder / "a").stat().st_nlink == 1
    assert list(outcome.ctimes) == [0]
    if edited:
        times = (bench.folder / "a").stat()
        (bench.folder / "a").write_text("THE NEW TEXT")
        os.utime(bench.folder / "a", ns=(times.st_atime_ns, times.st_mtime_ns))
    read = []
    real = Hashes.start
    monkeypatch.setattr(Hashes, "start", lambda self, path, size: read.append(os.path.basename(path)) or real(self, path, size))
    undone = bench.undo(outcome)
    assert ("a" in read) == edited
    assert [entry.refused for entry in undone.applied] == ["workspace.apply-edited" if edited else ""]
