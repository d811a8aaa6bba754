"""The change set: what a task would change in the real folders, found by comparing the upper layers with the lower."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

import msgspec

from confrere.errors import WrongUse
from confrere.workspace import upper as layer
from confrere.workspace.files import Hashes, Signature, State, hash_path, kind, state_of
from confrere.workspace.paths import is_within, join, parent
from confrere.workspace.tree import STAGING, Tree
from confrere.workspace.view import View


class Change(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """One change.

    ``kind`` is create, modify, move, delete, mkdir or rmdir; ``path`` the view path it is about (for a move: the new one),
    ``origin`` where a moved or copied file comes from. ``before`` and ``after`` are the states with their hashes. ``step`` and
    ``call`` say where it comes from. ``conflict`` names why it cannot be applied (a key of the catalogue), else "".
    ``content`` is the real path of the staged bytes; "" for a placeholder, whose bytes are the origin's.
    """

    kind: str
    path: str
    origin: str = ""
    before: State | None = None
    after: State | None = None
    step: str = ""
    call: str = ""
    conflict: str = ""
    content: str = ""


class ChangeSet(msgspec.Struct, kw_only=True):
    """All changes of a task, sorted by path, and what is left alone, with the reason. ``begun_ns`` is when the real files were
    first compared, in nanoseconds since the epoch; 0 when not known."""

    changes: list[Change]
    begun_ns: int = 0
    left: list[tuple[str, str]] = msgspec.field(default_factory=list)

    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for change in self.changes:
            counts[change.kind] = counts.get(change.kind, 0) + 1
        return counts


_Place = tuple[str, str, str | None, bool]  # a folder to compare: relative path, upper, lower, whether its lower entries are hidden


def change_set(view: View, progress: Callable[[int], None] | None = None) -> ChangeSet:
    """Compute the change set of a view. Hashes every file concerned, once for each version of it."""
    return _Comparison(view, progress).run()


class _Comparison:
    def __init__(self, view: View, progress: Callable[[int], None] | None) -> None:
        self.view = view
        self.progress = progress
        self.hashes = Hashes()
        self.gone: dict[str, Change] = {}
        self.new: list[Change] = []
        self.other: list[Change] = []
        self.left: list[tuple[str, str]] = []

    def run(self) -> ChangeSet:
        begun_ns = time.time_ns()
        self.view.seen.begin()
        try:
            for tree in self.view.trees.values():
                if not tree.root.readonly:
                    tree.look("")  # says so when the folder is gone
                    waiting: list[_Place] = [("", tree.upper, tree.root.path, False)]
                    while waiting:
                        waiting += self._compare(tree, *waiting.pop())
            self._pair()
        finally:
            self.hashes.close()
            self.view.seen.commit()
        changes = sorted([*self.gone.values(), *self.new, *self.other], key=lambda change: (change.path, change.kind != "delete"))
        for change in changes:
            step, call = self._touch(change.path)
            change.step, change.call = sys.intern(step), sys.intern(call)  # a few, for very many changes
        return ChangeSet(changes=changes, begun_ns=begun_ns, left=sorted(self.left))

    def _touch(self, path: str) -> tuple[str, str]:
        """Who changed a path; what vanished with its folder was changed by who removed the folder."""
        while path:
            touch = self.view.seen.touch(path)
            if touch.call or touch.step:
                return touch.step, touch.call
            path = parent(path)
        return "", ""

    def _compare(self, tree: Tree, relative: str, up: str, low: str | None, opaque: bool) -> Iterator[_Place]:
        """Compare one folder in the two layers; returns the folders in it that are to be compared likewise."""
        with os.scandir(up) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
        for entry in entries:
            path = join(tree.root.name, relative, entry.name)
            status = entry.stat(follow_symlinks=False)
            below = join(relative, entry.name)
            if any(is_within(below, hidden) for hidden in tree.root.hidden):
                continue
            if below.startswith(STAGING) or any(is_within(below, place) for place in tree.root.protected):
                self.left.append((path, "workspace.apply-closed"))
                continue
            real = f"{low}/{entry.name}" if low is not None else ""
            lower = _lstat(real) if real else None
            what = kind(status.st_mode)
            if layer.is_whiteout(status, entry.path):
                if lower is not None:
                    self._gone(tree, path, below, real, lower)
            elif what == "dir":
                folder = lower is not None and stat.S_ISDIR(lower.st_mode)
                if lower is not None and not folder:
                    self._gone(tree, path, below, real, lower)
                if not folder:
                    self.other.append(Change(kind="mkdir", path=path, after=state_of(entry.path, status)))
                yield below, entry.path, real if folder else None, opaque or layer.is_opaque(entry.path)
            elif what == "special":
                self.left.append((path, "workspace.apply-special"))
            else:
                self._file(tree, path, below, entry.path, status, real, lower)
            if self.progress is not None:
                self.progress(len(self.gone) + len(self.new) + len(self.other))
        if opaque and low is not None:
            present = {entry.name for entry in entries}
            for name in sorted(os.listdir(low)):
                lower = _lstat(f"{low}/{name}") if name not in present else None
                if lower is not None:
                    self._gone(tree, join(tree.root.name, relative, name), join(relative, name), f"{low}/{name}", lower)

    def _file(self, tree: Tree, path: str, relative: str, up: str, status: os.stat_result, real: str, lower: os.stat_result | None) -> None:
        origin = layer.origin(up) if stat.S_ISREG(status.st_mode) else None
        if origin is not None and origin.path == path and not origin.here and lower is not None:
            return  # moved away and back again
        after = state_of(up, status)
        change = Change(kind="create", path=path, after=after, content=up)
        if origin is not None and not origin.here:
            change.content = ""
        if after.type == "symlink" and _leads_out(tree, relative, after.target):
            change.conflict = "workspace.apply-link-out"
        replaced = lower is not None and (origin is None or origin.path == path) and kind(lower.st_mode) in ("file", "symlink")
        if replaced:
            assert lower is not None
            change.kind = "modify"
            found = self._upper_hash(path, up, status) if after.type == "file" else None  # large ones: while the other is read
            change.before, conflict = self._before(path, real, lower)
            change.conflict = change.conflict or conflict
            if found is not None:
                after.sha256 = found()
            same = msgspec.structs.replace(after, mtime_ns=0, uid=0, gid=0) == msgspec.structs.replace(
                change.before, mtime_ns=0, uid=0, gid=0
            )
            if not same:
                self.other.append(change)
            return
        if lower is not None:
            self._gone(tree, path, relative, real, lower)
        if origin is not None:
            change.origin = origin.path
        if after.type == "file" and change.content:
            after.sha256 = self._upper_hash(path, up, status)()
        self.new.append(change)

    def _gone(self, tree: Tree, path: str, relative: str, real: str, lower: os.stat_result) -> None:
        """Note that a real entry is no longer in the view, nor what it holds."""
        kept: set[str] = set()  # folders that hold something which cannot go
        folders: list[Change] = []
        waiting = [("", lower)]
        while waiting:
            below, status = waiting.pop()
            if kind(status.st_mode) == "dir" and self._may_go(tree, path + below, relative + below):
                folders.append(Change(kind="rmdir", path=path + below, before=state_of(real + below, status)))
                for name in sorted(os.listdir(real + below), reverse=True):
                    inner = _lstat(f"{real}{below}/{name}")
                    if inner is not None:
                        waiting.append((f"{below}/{name}", inner))
            elif not self._gone_one(tree, path + below, relative + below, real + below, status):
                above = parent(path + below)
                while is_within(above, path) and above not in kept:
                    kept.add(above)
                    above = parent(above)
        for change in folders:
            if change.path in kept:
                change.conflict = "workspace.apply-not-empty"
        self.other += folders

    def _may_go(self, tree: Tree, path: str, relative: str) -> bool:
        """Whether a place is the task's to take away."""
        if any(is_within(relative, hidden) for hidden in tree.root.hidden) or relative.startswith(STAGING):
            return False
        if any(is_within(relative, place) for place in tree.root.protected):
            self.left.append((path, "workspace.apply-closed"))
            return False
        return True

    def _gone_one(self, tree: Tree, path: str, relative: str, real: str, lower: os.stat_result) -> bool:
        """Note that a real file or link is no longer in the view; returns whether it can go."""
        what = kind(lower.st_mode)
        if what == "dir" or not self._may_go(tree, path, relative):
            return False
        if what == "special":
            self.left.append((path, "workspace.apply-special"))
            return False
        if self.view.seen.get(path) is None:
            # someone put it there after the task removed the folder: it is not the task's to delete
            self.left.append((path, "workspace.apply-taken"))
            return False
        before, conflict = self._before(path, real, lower)
        self.gone[path] = Change(kind="delete", path=path, before=before, conflict=conflict)
        return not conflict

    def _before(self, path: str, real: str, lower: os.stat_result) -> tuple[State, str]:
        """The state of a real file as the task saw it, and why it is not so any more."""
        now = Signature.of(lower)
        state = state_of(real, lower)
        seen = self.view.seen.get(path)
        if seen is None:
            return state, "workspace.apply-taken"
        if state.type == "symlink" and not seen[0].same_content(now):
            return state, "workspace.apply-changed"
        if state.type != "file":
            return state, ""
        state.sha256 = seen[1]
        if seen[0] != now:
            # an edit can keep size and time; the change time alone also moves for a new name: the content tells
            if not seen[1] or now.size != seen[0].size or now.mode != seen[0].mode or self._hash(real) != seen[1]:
                return state, "workspace.apply-changed"
            self.view.seen.forget(path, touches=False)
            self.view.seen.note(path, now)
            self.view.seen.hashed(path, seen[1])
        elif not state.sha256:
            state.sha256 = self._hash(real)
            if not state.sha256:
                return state, "workspace.apply-not-permitted"
            after = _lstat(real)
            if after is None or Signature.of(after) != now:
                return state, "workspace.apply-changed"
            self.view.seen.hashed(path, state.sha256)
        return state, ""

    @staticmethod
    def _hash(real: str) -> str:
        try:
            return hash_path(real)
        except OSError:
            return ""

    def _upper_hash(self, path: str, up: str, status: os.stat_result) -> Callable[[], str]:
        key = f"\0{path}"  # no view path starts so
        now = Signature.of(status)
        known = self.view.seen.get(key)
        if known is not None and known[0] == now and known[1]:
            return lambda: known[1]
        pending = self.hashes.start(up, now.size)

        def noted() -> str:
            digest = pending.result()
            self.view.seen.forget(key)
            self.view.seen.note(key, now)
            self.view.seen.hashed(key, digest)
            return digest

        return noted

    def _pair(self) -> None:
        """Recognise moves: what is new with the origin, or else the very content, of something that is gone."""
        sought = {change.after.sha256 for change in self.new if change.after is not None and not change.origin}
        by_hash: dict[str, list[str]] = defaultdict(list)
        for path, gone in self.gone.items():
            if gone.before is not None and gone.before.sha256 in sought and gone.before.sha256 and gone.before.size:
                by_hash[gone.before.sha256].append(path)
        by_target: dict[str, list[str]] = defaultdict(list)
        for path, gone in self.gone.items():
            if gone.before is not None and gone.before.type == "symlink":
                by_target[gone.before.target].append(path)
        for change in self.new:
            assert change.after is not None
            source = self.gone.get(change.origin)
            if source is None and not change.origin and (change.after.sha256 or change.after.target):
                candidates = by_hash[change.after.sha256] if change.after.type == "file" else by_target[change.after.target]
                twins = [path for path in candidates if path in self.gone]
                source = self.gone[twins[0]] if twins else None
                if source is not None and change.after.type == "symlink":
                    change.conflict = ""  # a link of the person's own: it may lead where it led
            if source is not None and (source.before is None or source.before.type == change.after.type):
                change.kind, change.origin, change.before = "move", source.path, source.before
                change.conflict = change.conflict or source.conflict
                del self.gone[source.path]
                same = source.before is not None and change.after.sha256 == source.before.sha256
                if source.before is not None and (not change.content or same):
                    # the real file itself will be renamed: it keeps all that belongs to it
                    change.content, change.after = "", source.before
            elif not change.content:
                self._copied(change)

    def _copied(self, change: Change) -> None:
        """A placeholder whose origin is still there: a copy. Its bytes are those of the real file, if that is still the one seen."""
        assert change.after is not None
        try:
            tree, relative = self.view.real(change.origin)
        except WrongUse:  # made up: no file of the view
            change.conflict = "workspace.apply-gone"
            return
        real = f"{tree.root.path}/{relative}"
        lower = _lstat(real)
        if lower is None or kind(lower.st_mode) != "file":
            change.conflict = "workspace.apply-gone"
            return
        before, conflict = self._before(change.origin, real, lower)
        change.after.sha256, change.conflict, change.content = before.sha256, change.conflict or conflict, real
        change.after.xattrs = before.xattrs


def _lstat(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _leads_out(tree: Tree, relative: str, target: str) -> bool:
    real = os.path.normpath(os.path.join(tree.root.path, parent(relative), target))
    return os.path.isabs(target) or not real.startswith(tree.root.path.rstrip("/") + "/")
