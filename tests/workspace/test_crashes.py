"""Random trees, random changes, a kill at any instant: the real folder ends as the changes say, and after undo as it was.

The view is compared with a plain model of a file system after every change; a forked child applies (then undoes) and dies
at a random operation; the parent finishes what the journal says was begun.
"""

import os
import tempfile
from unittest import mock

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from confrere.errors import WrongUse
from confrere.workspace.files import hash_path
from confrere.workspace.ground import Ground
from confrere.workspace.vault import Vault
from tests.workspace.trees import Bench, fingerprint

NAMES = ["a", "b", "é", "e\u0301", "A", "with space", "new\nline", "🦊"]
names = st.sampled_from(NAMES)
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
trees = st.dictionaries(paths, st.one_of(st.none(), st.binary(max_size=40)), max_size=10)
changes = st.lists(
    st.one_of(
        st.tuples(st.just("write"), paths, st.binary(max_size=40)),
        st.tuples(st.just("delete"), paths, st.none()),
        st.tuples(st.just("mkdir"), paths, st.none()),
        st.tuples(st.sampled_from(["move", "copy"]), paths, paths),
        st.tuples(st.just("swap"), paths, paths),
    ),
    max_size=12,
)


def build(folder, tree):
    for path, content in sorted(tree.items()):
        target = folder / path
        try:
            if content is None:
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        except (NotADirectoryError, FileExistsError, IsADirectoryError):
            continue
    for number, path in enumerate(sorted(folder.rglob("*"), reverse=True)):
        os.utime(path, ns=(10**18 + number * 10**9, 10**18 + number * 10**9))


class Model:
    """A file system as a dictionary: path -> bytes, or None for a folder."""

    def __init__(self, folder):
        self.tree = {}
        for path in folder.rglob("*"):
            self.tree[str(path.relative_to(folder))] = path.read_bytes() if path.is_file() else None

    def below(self, path):
        return [other for other in self.tree if other == path or other.startswith(path + "/")]

    def is_folder(self, path):
        return path == "" or (path in self.tree and self.tree[path] is None)

    def do(self, kind, path, other):
        parent = path.rpartition("/")[0]
        if kind == "write":
            if self.is_folder(path) or not self.is_folder(parent):
                return False
            self.tree[path] = other
        elif kind == "delete":
            if path not in self.tree:
                return False
            for gone in self.below(path):
                del self.tree[gone]
        elif kind == "mkdir":
            parts = path.split("/")
            above = ["/".join(parts[: n + 1]) for n in range(len(parts))]
            if any(step in self.tree and self.tree[step] is not None for step in above):
                return False
            for step in above:
                self.tree.setdefault(step, None)
        elif kind in ("move", "copy"):
            if path == other:
                return None if kind == "move" else False
            folder = other.rpartition("/")[0]
            if path not in self.tree or other in self.tree or not self.is_folder(folder) or other.startswith(path + "/"):
                return False
            if kind == "copy" and self.is_folder(path):
                return False
            for old in self.below(path):
                self.tree[other + old[len(path) :]] = self.tree[old]
                if kind == "move":
                    del self.tree[old]
        return True


def on_view(view, top, kind, path, other):
    path = f"{top}/{path}"
    match kind:
        case "write":
            view.write(path, other, overwrite=True)
        case "delete":
            view.delete(path)
        case "mkdir":
            view.mkdir(path)
        case "move":
            view.move(path, f"{top}/{other}")
        case "copy":
            view.copy(path, f"{top}/{other}")


def expand(kind, path, other):
    if kind == "swap":
        return [("move", path, "a swap"), ("move", other, path), ("move", "a swap", other)]
    return [(kind, path, other)]


def in_child(work, fuse):
    """Run ``work`` in a forked child that dies at the ``fuse``-th operation on the disk, after or before it is done."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    left = [fuse]

    def burning(function):
        def burn(*args, **kwargs):
            left[0] -= 1
            if left[0] == 0 and fuse % 2:
                os._exit(9)
            result = function(*args, **kwargs)
            if left[0] == 0:
                os._exit(9)
            return result

        return burn

    for owner, methods in ((Ground, ("mkdir", "rmdir", "unlink", "rename", "replace")), (Vault, ("keep", "restore", "give", "let_go"))):
        for method in methods:
            setattr(owner, method, burning(getattr(owner, method)))
    try:
        work(burning)
        os._exit(0)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)


def contents(folder):
    return {path: (entry[0], entry[3]) for path, entry in fingerprint(folder).items()}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=trees, work=changes, fuse=st.integers(1, 40), fuse_back=st.integers(1, 40), large=st.sampled_from([Vault.LARGE, 1]))
@example(  # a name that was hidden, written again, and another one hidden after it
    tree={"a": None, "b": None, "é": None},
    work=[("delete", "a", None), ("write", "a", b"new"), ("swap", "é", "b"), ("delete", "b", None)],
    fuse=40,
    fuse_back=40,
    large=1,
)
def test_a_kill_at_any_instant_leaves_all_or_nothing(tree, work, fuse, fuse_back, large):
    """``large``: from how many bytes a kept copy goes back itself, instead of being copied."""
    with tempfile.TemporaryDirectory() as base, mock.patch.object(Vault, "LARGE", large):
        bench = Bench(base)
        build(bench.folder, tree)
        before = fingerprint(bench.folder)
        view, model = bench.open(), Model(bench.folder)
        for wish in work:
            for kind, path, other in expand(*wish):
                expected = model.do(kind, path, other)
                try:
                    on_view(view, bench.top, kind, path, other)
                    happened = True
                except WrongUse:
                    happened = False
                assert expected is None or happened == expected, (kind, path, other)
                shown = {
                    entry.path.partition("/")[2]: view.read(entry.path) if entry.type == "file" else None for entry in view.walk(bench.top)
                }
                assert shown == model.tree
        assert fingerprint(bench.folder) == before  # nothing real was touched

        def apply(burning):
            bench.store.close()
            fresh = Bench(base)
            fresh.open()
            fresh.record = burning(fresh.record)
            outcome = fresh.apply()
            assert not outcome.refused

        bench.close()
        status = in_child(apply, fuse)
        assert status in (0, 9)
        bench = Bench(base)
        bench.open()
        bench.recover()
        if bench.store.last("t1", "apply.done") is None:  # it died before the commit: nothing happened
            assert contents(bench.folder) == {path: (entry[0], entry[3]) for path, entry in before.items()}
            assert fingerprint(bench.folder) == before
            bench.apply(ident="a2")
        real = {path: (bench.folder / path).read_bytes() if (bench.folder / path).is_file() else None for path in fingerprint(bench.folder)}
        assert real == model.tree
        done = bench.store.last("t1", "apply.done").body["outcome"]
        bench.close()

        def undo(burning):
            fresh = Bench(base)
            fresh.open()
            fresh.record = burning(fresh.record)
            refused = take_back(fresh, done, "u1").refused
            assert not refused, refused

        status = in_child(undo, fuse_back)
        assert status in (0, 9)
        bench = Bench(base)
        bench.open()
        bench.recover()
        last = bench.store.last("t1", "apply.done").body
        if not last["undo"]:
            take_back(bench, done, "u2")
        if status == 0:
            assert fingerprint(bench.folder) == before
        else:
            assert contents(bench.folder) == {path: (entry[0], entry[3]) for path, entry in before.items()}
        for kept in bench.vault.objects():  # whole, and nobody's file but the vault's
            assert hash_path(bench.vault.path(kept.sha256)) == kept.sha256
        assert bench.store.verify() == []
        bench.close()


def take_back(bench, done, ident):
    import msgspec

    from confrere.workspace.transaction import Outcome

    return bench.undo(msgspec.convert(done, Outcome), ident=ident)
