"""What real folders hold, and what goes wrong in them."""

import errno
import os
import socket
import stat
import time
import unicodedata

import pytest

from confrere.errors import Failed, WrongUse
from confrere.workspace.changes import change_set
from confrere.workspace.ground import Ground
from confrere.workspace.roots import grant
from confrere.workspace.view import View
from tests.workspace.trees import Bench, as_ordinary_user, fingerprint


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def test_odd_names_keep_their_bytes(bench):
    names = [
        "café.txt",
        unicodedata.normalize("NFD", "café.txt"),
        "with space",
        "new\nline",
        "🦊.txt",
        "a" * 251 + ".txt",
        "-rf",
        "tab\t",
        "quote'\"",
    ]
    raw = [os.fsencode(name) for name in names] + [b"latin\xe9.txt"]
    for number, name in enumerate(raw):
        with open(os.path.join(os.fsencode(bench.folder), name), "wb") as file:
            file.write(b"%d" % number)
    before = fingerprint(bench.folder)
    view = bench.open()
    view.mkdir("Clients/in")
    for entry in view.list("Clients"):
        if entry.type == "file":
            view.move(entry.path, f"Clients/in/{entry.path.partition('/')[2]}")
    outcome = bench.apply()
    assert not outcome.refused
    assert sorted(os.listdir(os.path.join(os.fsencode(bench.folder), b"in"))) == sorted(raw)
    bench.undo(outcome)
    assert fingerprint(bench.folder) == before


def test_names_that_differ_by_case_or_form_get_another(bench):
    (bench.folder / "Résumé.txt").write_text("x")
    view = bench.open()
    assert view.free("Clients/RÉSUMÉ.TXT") == "Clients/RÉSUMÉ (2).TXT"
    assert view.free("Clients/" + unicodedata.normalize("NFD", "résumé.txt")).endswith("(2).txt")
    assert view.free("Clients/other.txt") == "Clients/other.txt"
    assert len(os.fsencode(view.free("Clients/" + "é" * 127).partition("/")[2])) <= 255
    view.write("Clients/" + "é" * 127, b"")
    assert len(os.fsencode(view.free("Clients/" + "é" * 127).partition("/")[2])) <= 255
    with pytest.raises(WrongUse, match="too long"):
        view.write("Clients/" + "x" * 256, b"")


def test_links_are_never_followed_out(bench, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("secret")
    (bench.folder / "real.txt").write_text("real")
    links = {"inside": "real.txt", "outside": "../secret/key", "absolute": str(tmp_path / "secret" / "key")}
    links |= {"dangling": "nowhere", "loop": "loop", "folder": "../secret"}
    for name, target in links.items():
        os.symlink(target, bench.folder / name)
    before = fingerprint(bench.folder)
    view = bench.open()
    assert view.read("Clients/inside") == b"real"
    for name in ("outside", "absolute", "loop", "folder"):
        with pytest.raises(WrongUse):
            view.open(f"Clients/{name}")
        with pytest.raises(WrongUse):
            view.locate(f"Clients/{name}")
    with pytest.raises(WrongUse):
        view.open("Clients/folder/key")
    with pytest.raises(WrongUse):
        view.write("Clients/folder/new", b"x")
    assert not view.exists("Clients/folder/key")
    assert [entry.path for entry in view.walk("Clients") if "secret" in entry.path or "key" in entry.path] == []
    view.mkdir("Clients/links")
    for name in links:
        view.move(f"Clients/{name}", f"Clients/links/{name}")
    outcome = bench.apply()
    assert not outcome.refused
    assert {name: os.readlink(bench.folder / "links" / name) for name in links} == links
    bench.undo(outcome)
    assert fingerprint(bench.folder) == before
    assert (tmp_path / "secret" / "key").read_text() == "secret"


def test_a_folder_swapped_for_a_link_after_the_look_leads_nowhere(bench, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (bench.folder / "sub").mkdir()
    (bench.folder / "sub" / "a.txt").write_text("a")
    view = bench.open()
    view.write("Clients/sub/new.txt", b"new")
    view.write("Clients/sub/a.txt", b"changed", overwrite=True)
    (bench.folder / "sub").rename(bench.folder / "kept")
    os.symlink(tmp_path / "elsewhere", bench.folder / "sub")
    try:
        bench.apply()
    except Failed:
        pass
    assert os.listdir(tmp_path / "elsewhere") == []


def test_links_made_by_the_work_may_not_lead_out(bench):
    (bench.folder / "a").write_text("a")
    view = bench.open()
    for name, target in {"evil": "/etc/passwd", "up": "../../x", "good": "a"}.items():
        os.symlink(target, view.trees["Clients"].upper + "/" + name)
    found = {change.path: change.conflict for change in change_set(view).changes}
    assert found == {
        "Clients/evil": "workspace.apply-link-out",
        "Clients/good": "",
        "Clients/up": "workspace.apply-link-out",
    }
    outcome = bench.apply()
    assert sorted(os.listdir(bench.folder)) == ["a", "good"] and len(outcome.refused) == 2


def test_modes_times_and_attributes_are_kept(bench):
    for name, mode in (("a", 0o640), ("b", 0o444), ("c", 0o755)):
        path = bench.folder / name
        path.write_text(name)
        os.setxattr(path, "user.colour", b"blue \xff")
        path.chmod(mode)
        os.utime(path, ns=(1_600_000_000_123_456_789, 1_600_000_000_123_456_789))
    os.utime(bench.folder, ns=(1_600_000_000_000_000_000, 1_600_000_000_000_000_000))
    before, top = fingerprint(bench.folder), os.stat(bench.folder).st_mtime_ns
    view = bench.open()
    view.mkdir("Clients/d")
    for name in "abc":
        view.move(f"Clients/{name}", f"Clients/d/{name}")
    outcome = bench.apply()
    for name in "abc":
        assert fingerprint(bench.folder)[f"d/{name}"] == before[name]
    bench.undo(outcome)
    assert fingerprint(bench.folder) == before and os.stat(bench.folder).st_mtime_ns == top
    view = bench.view
    view.delete("Clients/a")
    view.write("Clients/c", b"other", overwrite=True)
    outcome = bench.apply(ident="a2")
    assert stat.S_IMODE(os.stat(bench.folder / "c").st_mode) == 0o755
    bench.undo(outcome, ident="u2")
    assert fingerprint(bench.folder) == before


def test_special_files_are_left_alone(bench):
    os.mkfifo(bench.folder / "pipe")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(bench.folder / "socket"))
    (bench.folder / "a").write_text("a")
    view = bench.open()
    assert {entry.path: entry.type for entry in view.list("Clients")} == {
        "Clients/a": "file",
        "Clients/pipe": "special",
        "Clients/socket": "special",
    }
    for name in ("pipe", "socket"):
        with pytest.raises(WrongUse):
            view.open(f"Clients/{name}")
        with pytest.raises(WrongUse):
            view.move(f"Clients/{name}", "Clients/x")
    listener.close()


def test_a_deleted_folder_keeps_its_special_files_and_what_others_put_there(bench):
    (bench.folder / "sub" / "deep").mkdir(parents=True)
    (bench.folder / "sub" / "a").write_text("a")
    os.mkfifo(bench.folder / "sub" / "deep" / "pipe")
    view = bench.open()
    view.delete("Clients/sub")
    (bench.folder / "sub" / "later").write_text("the person's")
    outcome = bench.apply()
    assert sorted(os.listdir(bench.folder / "sub")) == ["deep", "later"]
    assert {entry.change.path for entry in outcome.refused} == {"Clients/sub", "Clients/sub/deep"}


def test_hard_links_survive_a_move_and_one_edit_does_not_reach_the_other(bench):
    (bench.folder / "one").write_text("shared")
    os.link(bench.folder / "one", bench.folder / "two")
    view = bench.open()
    view.mkdir("Clients/d")
    view.move("Clients/one", "Clients/d/one")
    bench.apply()
    assert os.path.samefile(bench.folder / "d" / "one", bench.folder / "two")
    view.write("Clients/d/one", b"edited", overwrite=True)
    outcome = bench.apply(ident="a2")
    assert (bench.folder / "two").read_text() == "shared"
    bench.undo(outcome, ident="u2")
    assert (bench.folder / "d" / "one").read_text() == "shared"


def test_what_the_person_edited_is_not_undone(bench):
    for name in "abc":
        (bench.folder / name).write_text(name)
    view = bench.open()
    view.mkdir("Clients/d")
    view.write("Clients/a", b"changed", overwrite=True)
    view.move("Clients/b", "Clients/d/b")
    view.delete("Clients/c")
    view.write("Clients/new", b"new")
    outcome = bench.apply()
    (bench.folder / "a").write_text("mine now")
    (bench.folder / "c").write_text("came back")
    (bench.folder / "d" / "b").rename(bench.folder / "elsewhere")
    back = bench.undo(outcome)
    reasons = {entry.change.path: entry.refused.partition("apply-")[2] for entry in back.refused}
    assert reasons == {"Clients/a": "edited", "Clients/c": "taken", "Clients/b": "moved"}
    assert (bench.folder / "a").read_text() == "mine now" and (bench.folder / "c").read_text() == "came back"
    assert not (bench.folder / "new").exists() and (bench.folder / "elsewhere").read_text() == "b"


def test_undo_by_file_and_by_step(bench):
    for name in "abcd":
        (bench.folder / name).write_text(name)
    before = fingerprint(bench.folder)
    view = bench.open()
    view.working("s1", "c1")
    view.mkdir("Clients/x")
    view.move("Clients/a", "Clients/x/a")
    view.move("Clients/b", "Clients/x/b")
    view.working("s2", "c2")
    view.delete("Clients/c")
    outcome = bench.apply()
    assert {entry.change.step for entry in outcome.applied if entry.change.kind == "delete"} == {"s2"}
    bench.undo(outcome, steps=["s2"], ident="u1")
    assert (bench.folder / "c").read_text() == "c" and (bench.folder / "x" / "a").exists()
    bench.undo(outcome, "Clients/x/a", ident="u2")
    assert sorted(os.listdir(bench.folder)) == ["a", "c", "d", "x"]
    outcome.applied = [entry for entry in outcome.applied if entry.change.path != "Clients/x/a"]
    bench.undo(outcome, "Clients/b", ident="u3")
    assert {path: entry[3] for path, entry in fingerprint(bench.folder).items()} == {path: entry[3] for path, entry in before.items()}


def test_kept_copies_that_are_gone_or_altered_are_said(bench):
    for name in "ab":
        (bench.folder / name).write_text(name)
    view = bench.open()
    view.delete("Clients/a")
    view.delete("Clients/b")
    outcome = bench.apply()
    kept = {entry.change.path: bench.vault.path(entry.change.before.sha256) for entry in outcome.applied}
    os.unlink(kept["Clients/a"])
    with open(kept["Clients/b"], "r+b") as file:
        file.write(b"X")
    back = bench.undo(outcome)
    reasons = {entry.change.path: entry.refused.partition("apply-")[2] for entry in back.refused}
    assert reasons == {"Clients/a": "kept-copy-gone", "Clients/b": "kept-copy-altered"}


def test_the_vault_is_pruned_by_age(bench):
    (bench.folder / "a").write_text("a")
    view = bench.open()
    view.delete("Clients/a")
    outcome = bench.apply()
    assert bench.vault.prune(30) == (0, 0)
    assert bench.vault.prune(30, now=time.time() + 31 * 86_400) == (1, 1)
    assert [entry.refused for entry in bench.undo(outcome).applied] == ["workspace.apply-kept-copy-gone"]


def test_a_huge_file_costs_neither_memory_nor_time(bench):
    """Larger than 4 GB it is looked at and moved; forty times the memory allowed, it goes all the way, with its hashes."""
    import resource

    with open(bench.folder / "vast.bin", "wb") as file:
        file.truncate(5_000_000_000)
        file.seek(4_500_000_000)
        file.write(b"near the end")
    view = bench.open()
    begun = time.monotonic()
    view.mkdir("Clients/d")
    view.move("Clients/vast.bin", "Clients/d/vast.bin")
    with view.open("Clients/d/vast.bin") as file:
        file.seek(4_500_000_000)
        assert file.read(12) == b"near the end"
    assert view.stat("Clients/d/vast.bin").size == 5_000_000_000
    view.move("Clients/d/vast.bin", "Clients/vast.bin")
    view.delete("Clients/d")
    assert time.monotonic() - begun < 0.5

    with open(bench.folder / "huge.bin", "wb") as file:
        file.truncate(400_000_000)
        file.seek(200_000_000)
        file.write(b"middle")
    (bench.folder / "huge.bin").chmod(0o600)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    view.mkdir("Clients/d")
    view.move("Clients/huge.bin", "Clients/d/huge.bin")
    outcome = bench.apply()
    view.delete("Clients/d/huge.bin")
    bench.apply(ident="a2")
    done = bench.store.last("t1", "apply.done").body["outcome"]
    import msgspec

    from confrere.workspace.transaction import Outcome

    bench.undo(msgspec.convert(done, Outcome), ident="u2")
    bench.undo(outcome, ident="u1")
    assert os.path.getsize(bench.folder / "huge.bin") == 400_000_000
    assert os.stat(bench.folder / "huge.bin").st_blocks * 512 < 1_000_000  # the holes stay holes
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 10_000  # kilobytes


def test_an_unwritable_folder_inside_is_refused_and_the_rest_done(bench):
    (bench.folder / "closed").mkdir()
    for name in ("closed/a", "b"):
        (bench.folder / name).write_text(name)
    os.chmod(bench.folder / "closed", 0o555)

    def work():
        inner = Bench(bench.base)
        view = inner.open()
        view.move("Clients/closed/a", "Clients/a")
        view.move("Clients/b", "Clients/moved")
        outcome = inner.apply()
        assert [(entry.change.path, entry.refused) for entry in outcome.refused] == [("Clients/a", "workspace.apply-not-permitted")]

    assert as_ordinary_user(bench.base, work) == 0
    assert (bench.folder / "closed" / "a").exists() and (bench.folder / "moved").exists()


def test_unreadable_things_are_named(bench):
    (bench.folder / "closed").mkdir()
    (bench.folder / "a").write_text("a")
    os.chmod(bench.folder / "closed", 0)
    os.chmod(bench.folder / "a", 0)

    def work():
        inner = Bench(bench.base)
        view = inner.open()
        denied = []
        assert [entry.path for entry in view.walk("Clients", denied.append)] == ["Clients/a", "Clients/closed"]
        assert denied == ["Clients/closed"]
        with pytest.raises(WrongUse, match="could not be used"):
            view.open("Clients/a")

    assert as_ordinary_user(bench.base, work) == 0
    os.chmod(bench.folder / "closed", 0o700)

    os.chmod(bench.folder, 0)
    assert as_ordinary_user(bench.base, lambda: _refused(bench, "folder-unreadable")) == 0
    os.chmod(bench.folder, 0o700)


def _refused(bench, key):
    with pytest.raises(WrongUse) as caught:
        grant([(str(bench.folder), False)], bench.home)
    assert caught.value.key == f"workspace.{key}"


@pytest.mark.parametrize("operation", ["rename", "replace", "unlink", "mkdir"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_an_error_in_the_middle_puts_everything_back(bench, monkeypatch, operation, code):
    for name in "abcd":
        (bench.folder / name).write_text(name)
    before = fingerprint(bench.folder)
    view = bench.open()
    view.mkdir("Clients/x")
    view.mkdir("Clients/y")
    view.move("Clients/a", "Clients/x/a")
    view.move("Clients/b", "Clients/y/b")
    view.write("Clients/c", b"changed", overwrite=True)
    view.delete("Clients/d")
    view.write("Clients/new", b"new")
    real, count = getattr(Ground, operation), [0]

    def failing(self, *args):
        count[0] += 1
        if count[0] == (1 if operation in ("replace", "unlink") else 2):
            raise OSError(code, os.strerror(code), args[0])
        return real(self, *args)

    monkeypatch.setattr(Ground, operation, failing)
    with pytest.raises(Failed) as caught:
        bench.apply()
    assert caught.value.key == "workspace.apply-failed"
    monkeypatch.undo()
    assert {path: entry[:2] + entry[3:] for path, entry in fingerprint(bench.folder).items()} == {
        path: entry[:2] + entry[3:] for path, entry in before.items()
    }
    assert not bench.apply(ident="a2").refused


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path):
    """A real one: a small file system of its own for the folder."""
    import subprocess

    mount = tmp_path / "small"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", mount], check=True)
    try:
        bench = Bench(tmp_path, folder=mount / "Papers")
        (bench.folder / "a").write_bytes(b"a" * 200_000)
        before = fingerprint(bench.folder)
        view = bench.open()
        view.write("Papers/big", os.urandom(2_000_000))
        view.write("Papers/a", os.urandom(300_000), overwrite=True)
        with pytest.raises(Failed) as caught:
            bench.apply()
        assert "No space left" in str(caught.value)
        assert fingerprint(bench.folder) == before
        view.delete("Papers/big")
        outcome = bench.apply(ident="a2")
        assert not outcome.refused
        bench.undo(outcome)
        assert fingerprint(bench.folder) == before
        bench.close()
    finally:
        subprocess.run(["umount", mount], check=True)


def test_folders_inside_one_another(bench, tmp_path):
    inner = bench.folder / "inner"
    inner.mkdir()
    (inner / "a").write_text("a")
    (bench.folder / "b").write_text("b")
    home = bench.home
    both = grant([(str(bench.folder), False), (str(inner), False)], home)
    assert [root.name for root in both.roots] == ["Clients"] and both.merged == [(str(inner), str(bench.folder))]
    guarded = grant([(str(bench.folder), False), (str(inner), True)], home)
    view = View(guarded.roots, tmp_path / "w1")
    assert view.read("Clients/inner/a") == b"a"
    for change in (
        lambda: view.delete("Clients/inner/a"),
        lambda: view.delete("Clients/inner"),
        lambda: view.move("Clients/inner", "Clients/x"),
    ):
        with pytest.raises(WrongUse, match="read only"):
            change()
    view.close()
    opened = grant([(str(bench.folder), True), (str(inner), False)], home)
    view = View(opened.roots, tmp_path / "w2")
    assert [entry.path for entry in view.walk()] == ["Clients", "Clients/b", "inner", "inner/a"]
    view.write("inner/a", b"changed", overwrite=True)
    with pytest.raises(WrongUse):
        view.write("Clients/b", b"x", overwrite=True)
    view.close()
    assert grant([(str(bench.folder), True), (str(bench.folder), False)], home).roots[0].readonly is False


def test_two_folders_of_one_name_and_moves_between_file_systems(tmp_path):
    import subprocess

    shm = tmp_path / "other"
    shm.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", shm], check=True)
    try:
        other = os.path.join(shm, "Clients")
        os.mkdir(other)
        bench = Bench(tmp_path)
        (bench.folder / "a").write_text("a")
        os.utime(bench.folder / "a", ns=(10**18, 10**18))
        with open(os.path.join(other, "b"), "w") as file:
            file.write("b")
        before, there = fingerprint(bench.folder), fingerprint(other)
        view = bench.open((other, False))
        assert [root.name for root in view.roots] == ["Clients", "Clients (2)"]
        shm_name = next(root.name for root in view.roots if root.path == other)
        disk_name = next(root.name for root in view.roots if root.path != other)
        view.move(f"{disk_name}/a", f"{shm_name}/a")
        view.move(f"{shm_name}/b", f"{disk_name}/b")
        outcome = bench.apply()
        assert not outcome.refused
        assert sorted(os.listdir(other)) == ["a"] and os.listdir(bench.folder) == ["b"]
        assert os.stat(os.path.join(other, "a")).st_mtime_ns == 10**18
        assert not bench.undo(outcome).refused
        assert fingerprint(bench.folder) == before and fingerprint(other) == there
        bench.close()
    finally:
        subprocess.run(["umount", shm], check=True)


def test_the_state_folder_inside_a_granted_one_is_not_part_of_it(tmp_path):
    bench = Bench(tmp_path / "Clients", folder=tmp_path / "Clients")
    (bench.folder / "a").write_text("a")
    view = bench.open()
    assert [entry.path for entry in view.walk("Clients")] == ["Clients/a"]
    with pytest.raises(WrongUse):
        view.write("Clients/home/x", b"")
    bench.close()


def test_the_kernel_reads_the_upper_layer_as_we_do(bench, tmp_path):
    """The same view, mounted by the kernel's overlayfs."""
    import subprocess

    for name in ("a", "b", "sub/x", "sub/y", "again/old"):
        (bench.folder / name).parent.mkdir(exist_ok=True)
        (bench.folder / name).write_text(name)
    view = bench.open()
    view.delete("Clients/sub/x")
    view.move("Clients/a", "Clients/moved")
    view.write("Clients/b", b"changed", overwrite=True)
    view.delete("Clients/again")
    view.mkdir("Clients/again")
    view.write("Clients/again/new", b"new")
    view.materialise()
    mount = tmp_path / "mount"
    mount.mkdir()
    tree = view.trees["Clients"]
    options = f"lowerdir={bench.folder},upperdir={tree.upper},workdir={tree.work},userxattr"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, mount], check=True)
    try:
        mounted = {str(path.relative_to(mount)): path.read_bytes() if path.is_file() else None for path in mount.rglob("*")}
        shown = {entry.path.partition("/")[2]: view.read(entry.path) if entry.type == "file" else None for entry in view.walk("Clients")}
        assert mounted == shown
        (mount / "sub" / "y").unlink()
        (mount / "by the kernel").write_text("k")
        (mount / "moved").rename(mount / "moved again")
    finally:
        subprocess.run(["umount", mount], check=True)
    view.refresh()
    view.adopt("s2", "c2")
    assert not view.exists("Clients/sub/y") and view.read("Clients/by the kernel") == b"k"
    kinds = {change.path: (change.kind, change.origin, change.conflict) for change in change_set(view).changes}
    assert kinds["Clients/moved again"] == ("move", "Clients/a", "")
    assert kinds["Clients/sub/y"] == ("delete", "", "")
    assert not bench.apply().refused
