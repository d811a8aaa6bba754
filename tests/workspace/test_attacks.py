"""What a hostile program, a hurried person or a crash could do to the ground, one attack a test."""

import os
import subprocess
import sys

import pytest

from confrere.errors import ConfrereError, Stopped, WrongUse
from confrere.workspace.changes import change_set
from confrere.workspace.commit import Commit
from confrere.workspace.ground import Ground
from confrere.workspace.transaction import Transaction
from confrere.workspace.view import View
from tests.workspace.trees import Bench, fingerprint


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    yield bench
    bench.close()
    subprocess.run(["rm", "-rf", bench.base], check=True)  # some trees are too deep for what clears up otherwise


def again(bench):
    """The same task in a new process."""
    bench.close()
    fresh = Bench(bench.base)
    fresh.open()
    return fresh


# -- the vault


def test_a_kept_copy_is_never_a_file_the_person_still_writes_to(bench):
    """An apply that was given up had kept a file by a link; the person then edits that file in place."""
    (bench.folder / "a.txt").write_text("the text")
    (bench.folder / "twin.txt").write_text("the text")
    view = bench.open()
    view.delete("Clients/a.txt")

    class GiveUp(Exception):
        pass

    def stop(self, wanted):
        raise GiveUp

    original = Transaction._flush
    Transaction._flush = stop
    try:
        with pytest.raises(GiveUp):
            bench.apply()
    finally:
        Transaction._flush = original
    bench = again(bench)
    before = fingerprint(bench.folder)
    view = bench.view
    bench.view.delete("Clients/twin.txt")
    outcome = bench.apply("Clients/twin.txt", ident="a2")
    with open(bench.folder / "a.txt", "r+") as file:
        file.write("EDITED! ")
    undone = bench.undo(outcome)
    assert not undone.refused
    assert (bench.folder / "twin.txt").read_text() == "the text"
    assert fingerprint(bench.folder)["twin.txt"] == before["twin.txt"]
    assert view is bench.view


def test_an_altered_kept_copy_is_not_relied_on(bench):
    (bench.folder / "a.txt").write_text("the text")
    (bench.folder / "twin.txt").write_text("the text")
    bench.open()
    bench.view.delete("Clients/a.txt")
    bench.apply()
    for kept in bench.vault.objects():
        os.chmod(bench.vault.path(kept.sha256), 0o600)
        with open(bench.vault.path(kept.sha256), "w") as file:
            file.write("ruined..")
    bench.view.delete("Clients/twin.txt")
    outcome = bench.apply(ident="a2")
    assert not bench.undo(outcome).refused
    assert (bench.folder / "twin.txt").read_text() == "the text"


# -- edits that keep size and time


def edit_in_place(path, text):
    status = os.stat(path)
    path.write_text(text)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("when", ["before the review", "after the review"])
@pytest.mark.parametrize("kind", ["delete", "write"])
def test_an_edit_that_keeps_size_and_time_is_seen(bench, when, kind):
    file = bench.folder / "a.txt"
    file.write_text("first")
    view = bench.open()
    view.read("Clients/a.txt")
    if kind == "delete":
        view.delete("Clients/a.txt")
    else:
        view.write("Clients/a.txt", b"other", overwrite=True)
    whole = change_set(view) if when == "after the review" else None
    edit_in_place(file, "edit!")
    from confrere.workspace import applying

    outcome = applying.apply(view, bench.vault, bench.record, "a1", (), None, whole)
    assert [entry.refused for entry in outcome.applied] == ["workspace.apply-changed"]
    assert file.read_text() == "edit!"


# -- hostile upper layers


def upper(bench, relative):
    return os.path.join(bench.view.trees[bench.top].upper, relative)


def test_a_made_up_origin_reads_nothing_it_may_not(tmp_path):
    folder = tmp_path / "Clients"
    (folder / "state").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    bench = Bench(tmp_path)
    bench.home = folder / "state"
    (bench.home / "secret").write_text("the secret")
    view = bench.open()
    (tmp_path / "outside").write_text("outside!")
    for number, origin in enumerate(["Clients/state/secret", "Clients/../outside", "Nowhere/x", "Clients", "", "Clients//etc/passwd"]):
        with open(upper(bench, f"f{number}"), "wb") as file:
            file.truncate(10)
        os.setxattr(upper(bench, f"f{number}"), "user.confrere.origin", origin.encode())
    for number in range(6):
        with pytest.raises(WrongUse):
            view.read(f"Clients/f{number}")
        with pytest.raises(WrongUse):
            view.locate(f"Clients/f{number}")
    found = change_set(view)
    assert not [change for change in found.changes if not change.conflict]
    outcome = bench.apply()
    assert all(entry.refused for entry in outcome.applied)
    assert sorted(os.listdir(folder)) == ["a.txt", "state"]
    view.adopt("s1", "c1")  # what a program in the sandbox could leave is taken for what it is: bytes
    assert view.read("Clients/f0") == bytes(10)
    view.materialise()
    bench.close()


def test_what_a_program_left_in_closed_places_is_not_applied(tmp_path):
    folder = tmp_path / "Clients"
    (folder / "state").mkdir(parents=True)
    (folder / "closed").mkdir()
    (folder / "closed" / "p.txt").write_text("protected")
    (folder / "a.txt").write_text("a")
    bench = Bench(tmp_path)
    bench.home = folder / "state"
    (bench.home / "settings.toml").write_text("")
    bench.open((str(folder / "closed"), True))
    before = fingerprint(folder)
    for place in ("state", "closed", ".confrere-a1", ".confrere-x"):
        os.mkdir(upper(bench, place))
        with open(upper(bench, f"{place}/planted.txt"), "w") as file:
            file.write("planted")
    with open(upper(bench, "closed/p.txt"), "w") as file:
        file.write("altered")
    with open(upper(bench, "good.txt"), "w") as file:
        file.write("good")
    bench.view.adopt("s1", "c1")
    outcome = bench.apply()
    after = fingerprint(folder)
    assert after.pop("good.txt")
    assert {path: entry for path, entry in after.items() if "state" not in path} == {
        path: entry for path, entry in before.items() if "state" not in path
    }
    assert not (folder / "state/planted.txt").exists()
    assert [entry.change.path for entry in outcome.made] == ["Clients/good.txt"]
    bench.close()


def test_a_closed_place_is_covered_before_the_layers_are_mounted(tmp_path):
    """What the kernel shows to a program is what the view shows."""
    folder = tmp_path / "Clients"
    (folder / "deep/state").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    bench = Bench(tmp_path)
    bench.home = folder / "deep/state"
    view = bench.open()
    view.materialise()
    from confrere.workspace import upper as layer

    assert layer.is_whiteout(os.lstat(upper(bench, "deep/state")), upper(bench, "deep/state"))
    view.adopt("s1", "c1")
    assert change_set(view).changes == []
    bench.close()


def test_our_attributes_stay_ours(bench):
    """Nothing that marks our staging area is left on the person's files."""
    (bench.folder / "a.txt").write_text("a")
    (bench.folder / "d").mkdir()
    (bench.folder / "d/x.txt").write_text("x")
    view = bench.open()
    view.write("Clients/a.txt", b"more", overwrite=True)
    view.move("Clients/a.txt", "Clients/b.txt")
    view.delete("Clients/d")
    view.mkdir("Clients/d")
    view.write("Clients/d/y.txt", b"y")
    view.write("Clients/d/z.txt", b"z")
    with open(upper(bench, "sandboxed.txt"), "w") as file:
        file.write("s")
    os.setxattr(upper(bench, "sandboxed.txt"), "user.overlay.origin", b"x")
    os.setxattr(upper(bench, "sandboxed.txt"), "user.mine", b"x")
    bench.apply("Clients/b.txt", "Clients/d/y.txt", "Clients/sandboxed.txt")
    names = {path: sorted(entry[4]) for path, entry in fingerprint(bench.folder).items()}
    assert names["b.txt"] == names["d/y.txt"] == [] and names["sandboxed.txt"] == ["user.mine"]
    assert view.read("Clients/d/y.txt") == b"y"
    bench.apply(ident="a2")
    assert sorted(os.listdir(bench.folder / "d")) == ["y.txt", "z.txt"]


# -- shapes


@pytest.fixture
def shallow():
    """Python gives up calls within calls long before file systems give up folders within folders."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(300)
    yield
    sys.setrecursionlimit(limit)


def test_a_very_deep_tree(bench, shallow):
    levels = 350
    handle = os.open(bench.folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d", dir_fd=handle)
        inner = os.open("d", os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    with os.fdopen(os.open("end.txt", os.O_CREAT | os.O_WRONLY, dir_fd=handle), "w") as file:
        file.write("end")
    os.close(handle)
    view = bench.open()
    found = list(view.walk())
    assert len(found) == levels + 2 and found[-1].path.endswith("d/end.txt")
    view.move(found[-1].path, "Clients/end.txt")
    view.delete("Clients/d")
    outcome = bench.apply()
    assert not outcome.refused and os.listdir(bench.folder) == ["end.txt"]
    assert not bench.undo(outcome).refused
    listed = subprocess.run(["find", ".", "-type", "d"], cwd=bench.folder, check=True, capture_output=True).stdout
    assert len(listed.splitlines()) == levels + 1


def test_a_tree_too_deep_for_a_path_is_said(bench):
    handle = os.open(bench.folder, os.O_RDONLY)
    for _ in range(40):
        os.mkdir("n" * 200, dir_fd=handle)
        inner = os.open("n" * 200, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(handle)
    (bench.folder / "a.txt").write_text("a")
    view = bench.open()
    denied = []
    found = [entry.path for entry in view.walk(denied=denied.append)]
    assert "Clients/a.txt" in found and len(denied) == 1
    with pytest.raises(ConfrereError):
        view.delete("Clients/" + "n" * 200)
    assert [entry.path for entry in view.walk(denied=denied.append)] == found


# -- crashes


def kill_at(bench, work):
    """Run ``work`` in a forked child, which is expected to die."""
    bench.close()
    pid = os.fork()
    if pid == 0:
        try:
            fresh = Bench(bench.base)
            fresh.open()
            work(fresh)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    fresh = Bench(bench.base)
    fresh.open()
    return fresh


def test_a_kill_within_a_batch_forgets_nothing(bench):
    for number in range(5):
        (bench.folder / f"{number}.txt").write_text(str(number))
    bench.open()

    def work(fresh):
        with fresh.view.batch():
            fresh.view.working("s7", "c7")
            fresh.view.mkdir("Clients/box")
            for number in range(4):
                fresh.view.move(f"Clients/{number}.txt", f"Clients/box/{number}.txt")
            fresh.view.delete("Clients/4.txt")
            os._exit(9)

    bench = kill_at(bench, work)
    found = change_set(bench.view)
    assert sorted((change.kind, change.conflict, change.call) for change in found.changes) == [
        ("delete", "", "c7"),
        ("mkdir", "", "c7"),
        *[("move", "", "c7")] * 4,
    ]


@pytest.mark.parametrize("kind", ["create", "modify"])
@pytest.mark.parametrize("fails", [False, True])
def test_what_the_person_wrote_between_the_crash_and_the_resume_stays(bench, kind, fails):
    (bench.folder / "old.txt").write_text("old")
    (bench.folder / "z.txt").write_text("z")
    view = bench.open()
    if kind == "modify":
        view.write("Clients/old.txt", b"new", overwrite=True)
    else:
        view.write("Clients/made.txt", b"new")
    view.delete("Clients/z.txt")

    def work(fresh):
        Commit._do_remove = lambda self, item: os._exit(9)
        fresh.apply()

    bench = kill_at(bench, work)
    target = bench.folder / ("old.txt" if kind == "modify" else "made.txt")
    assert target.read_text() == "new"
    target.write_text("the person's own")
    if fails:
        (bench.folder / "z.txt").write_text("z, edited")  # so that the rest cannot be completed
        with pytest.raises(ConfrereError):
            bench.recover()
    else:
        outcome = bench.recover()
        undone = bench.undo(outcome)
        assert [entry.change.path for entry in undone.refused] == [f"Clients/{target.name}"]
    assert target.read_text() == "the person's own"
    bench.close()


def test_a_stop_within_the_commit_takes_all_of_it_back(bench):
    for number in range(600):
        (bench.folder / f"{number}.txt").write_text(str(number))
    before = fingerprint(bench.folder)
    view = bench.open()
    view.mkdir("Clients/box")
    for number in range(600):
        view.move(f"Clients/{number}.txt", f"Clients/box/{number}.txt")

    def progress(done, total, path):
        if done >= 256:
            raise Stopped("core.stopped", task="t1")

    with pytest.raises(Stopped):
        bench.apply(progress=progress)
    assert fingerprint(bench.folder) == before
    assert bench.store.last("t1").kind == "apply.rolled-back"
    assert not bench.apply(ident="a2").refused


def test_times_of_folders_come_back_after_a_kill_within_the_undo(bench):
    (bench.folder / "in").mkdir()
    (bench.folder / "in/a.txt").write_text("a")
    (bench.folder / "b.txt").write_text("b")
    os.utime(bench.folder / "in", ns=(10**18, 10**18))
    before = fingerprint(bench.folder)
    view = bench.open()
    view.delete("Clients/in/a.txt")
    view.move("Clients/b.txt", "Clients/in/b.txt")
    bench.apply()
    done = bench.store.last("t1", "apply.done").body["outcome"]

    def work(fresh):
        import msgspec

        from confrere.workspace.transaction import Outcome

        Commit.read_back = lambda self, undo: os._exit(9)
        fresh.undo(msgspec.convert(done, Outcome))

    bench = kill_at(bench, work)
    bench.recover()
    assert fingerprint(bench.folder) == before
    bench.close()


# -- links on the way


def test_a_root_swapped_for_a_link_is_not_followed(bench, tmp_path):
    (bench.folder / "a.txt").write_text("a")
    view = bench.open()
    view.write("Clients/new.txt", b"new")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.txt").write_text("not yours")
    os.rename(bench.folder, tmp_path / "away")
    os.symlink(elsewhere, bench.folder)
    with pytest.raises(ConfrereError):
        view.read("Clients/a.txt")
    with pytest.raises(ConfrereError):
        bench.apply()
    assert os.listdir(elsewhere) == ["a.txt"]


# -- other file systems


@pytest.fixture
def coarse(tmp_path):
    """A file system that keeps times to the second, as many memory sticks and servers do."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    image, place = tmp_path / "stick.img", tmp_path / "stick"
    place.mkdir()
    with open(image, "wb") as file:
        file.truncate(8 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-I", "128", "-O", "^has_journal", image], check=True, capture_output=True)
    subprocess.run(["mount", "-o", "loop", image, place], check=True)
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_memory_stick(coarse, tmp_path):
    folder = coarse / "Clients"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text(name)
        os.utime(folder / name, ns=(10**18, 10**18))
    before = fingerprint(folder)
    bench = Bench(tmp_path, folder=folder)
    view = bench.open()
    view.write("Clients/new.txt", b"new")
    view.write("Clients/a.txt", b"other", overwrite=True)
    view.mkdir("Clients/box")
    view.move("Clients/b.txt", "Clients/box/b.txt")
    view.delete("Clients/c.txt")
    outcome = bench.apply()
    assert not outcome.refused, outcome.refused
    assert (folder / "a.txt").read_text() == "other" and (folder / "box/b.txt").read_text() == "b.txt"
    undone = bench.undo(outcome)
    assert not undone.refused, undone.refused
    assert fingerprint(folder) == before
    bench.close()


def test_swapped_parents_do_not_lead_a_rollback_out(bench, tmp_path):
    """A folder is exchanged for a link while an apply goes wrong: nothing is written behind the link."""
    (bench.folder / "in").mkdir()
    (bench.folder / "in/a.txt").write_text("a")
    (bench.folder / "z.txt").write_text("z")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    view = bench.open()
    view.delete("Clients/in/a.txt")
    view.delete("Clients/z.txt")
    original = Ground.unlink

    def unlink(self, path):
        if path.endswith("z.txt"):
            os.rename(bench.folder / "in", bench.folder / "moved")
            os.symlink(elsewhere, bench.folder / "in")
            raise OSError(5, "Input/output error")
        original(self, path)

    Ground.unlink = unlink
    try:
        with pytest.raises(ConfrereError):
            bench.apply()
    finally:
        Ground.unlink = original
    assert os.listdir(elsewhere) == []
    assert isinstance(view, View)
