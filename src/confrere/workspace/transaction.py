"""Changing the real folders as one: planned, staged, kept in the vault, then done by renames; completed or rolled back after a crash.

The order of work, and what a crash in each part leads to at the next start:

1. *planned*: the items are in the journal, durable;
2. *staged*: new contents stand, complete, in a short-lived folder inside each root; what will be replaced or removed is kept in the vault.
   A crash up to here is rolled back: the staging folders are removed, nothing else was touched;
3. *committed*, durable: from here each item is one rename, unlink, mkdir or rmdir, and can be told done from not done by looking. A crash
   is completed. An error (no right, a full disk) or a stop rolls all of it back, and says so;
4. *done*: every item read back, its hash compared.

What a person writes to a file after it took its new name, before the end or before a crash is repaired, is theirs: it is never taken back.

A real file is at no instant without its old or its new content under a name of the person's own, except one that takes part in a cycle of
names (a and b exchanged): that one passes through the staging folder.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any

import msgspec

from confrere.errors import Failed
from confrere.workspace import upper as layer
from confrere.workspace.changes import Change
from confrere.workspace.files import Hashes, Signature, State, copy_content, hash_path, held_still, kind, remove_tree, set_metadata
from confrere.workspace.ground import Ground, flush
from confrere.workspace.paths import is_within, join, name, parent
from confrere.workspace.roots import Root
from confrere.workspace.tree import STAGING
from confrere.workspace.vault import Vault

VAULT = "vault:"  # prefix of a content that comes from the vault
_TICK_NS = 2 * 10**9  # times of some file systems are that coarse


class Item(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """One operation: mkdir, move, put (create or replace), remove or rmdir. ``late`` when its target is freed by another item;
    ``change`` is the index of the change it belongs to, ``number`` names its staged content, ``inode`` is that of the file to move."""

    kind: str
    path: str
    change: int
    number: int = 0
    origin: str = ""
    content: str = ""
    late: bool = False
    inode: int = 0
    before: State | None = None
    after: State | None = None


class Applied(msgspec.Struct, kw_only=True, gc=False):
    """What became of one change: the signature of the file as it was left, or why the change was not made (``refused``)."""

    change: Change
    signature: Signature | None = None
    refused: str = ""


class Outcome(msgspec.Struct, kw_only=True):
    """The end of a transaction. ``folders`` maps each folder whose entries changed to its time before and after, in nanoseconds;
    ``ctimes`` the index of a change to the change time of its file since the staging area gave up its own name of it."""

    id: str
    applied: list[Applied]
    folders: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict)
    ctimes: dict[int, int] = msgspec.field(default_factory=dict)

    def settled(self, ctimes: dict[int, int]) -> None:
        """Take note of the change times of files whose content is known to be the one that was left."""
        self.ctimes |= ctimes
        for index, ctime_ns in ctimes.items():
            if (signature := self.applied[index].signature) is not None:
                self.applied[index].signature = msgspec.structs.replace(signature, ctime_ns=ctime_ns)

    @property
    def refused(self) -> list[Applied]:
        return [entry for entry in self.applied if entry.refused]

    @property
    def made(self) -> list[Applied]:
        return [entry for entry in self.applied if not entry.refused]


Record = Callable[[str, dict[str, Any], bool], None]
Progress = Callable[[int, int, str], None]


class Transaction:
    """Carry out changes on the real folders. ``record(kind, body, durable)`` writes to the task's journal.

    Changes that carry a conflict are refused, the others made. ``progress`` may raise to stop the work: then all of it is taken back.
    ``looked_ns`` is when the changes were computed: what was touched since is hashed again before it goes. ``times`` are those that
    folders are to have in the end, in nanoseconds.
    """

    def __init__(
        self,
        ident: str,
        roots: list[Root],
        vault: Vault,
        changes: list[Change],
        record: Record,
        *,
        undo: bool = False,
        looked_ns: int = 0,
        times: dict[str, int] | None = None,
    ) -> None:
        self.ident = ident
        self.ground = Ground(roots)
        self.vault = vault
        self.changes = changes
        self.record = record
        self.undo = undo
        self.refused: dict[int, str] = {index: change.conflict for index, change in enumerate(changes) if change.conflict}
        self.signatures: dict[int, Signature] = {}
        self.folders: dict[str, tuple[int, int]] = {}
        self.items: list[Item] = []
        self.looked_ns = looked_ns
        self.times = times or {}
        self._placed: dict[int, int] = {}  # item number -> inode of its staged content, whose hash is known
        self._kept: dict[int, int] = {}  # item number -> change time of what will go, when its content was kept
        self._resumed = False

    # -- the whole of it

    def run(self, progress: Progress | None = None) -> Outcome:
        """Raises Failed when nothing was changed in the end, because an operation failed; whatever ``progress`` raises, likewise."""
        self._check()
        self.items = self._items()
        self._note_folders(0)
        plan = {
            "id": self.ident,
            "undo": self.undo,
            "changes": self.changes,
            "refused": self.refused,
            "items": [_slim(item) for item in self.items],
            "folders": self.folders,
            "times": self.times,
        }
        self.record("apply.planned", plan, True)
        del plan
        try:
            try:
                self._stage(progress)
                self._keep(progress)
            except OSError as error:
                raise self._failure(error, error.filename) from None
            if any(item.kind in ("put", "remove") for item in self.items):
                self._flush(lambda device: True)  # new contents and kept copies, before anything relies on them
        except BaseException as error:
            self._clean()
            self.record("apply.rolled-back", {"id": self.ident, "reason": str(error)}, True)
            self.ground.close()
            raise
        self.record("apply.committed", {"id": self.ident, "refused": self.refused}, True)
        return self._finish(progress)

    def resume(self, plan: dict[str, Any], *, committed: bool, rolling_back: bool) -> Outcome | None:
        """Go on after a crash from the body of ``apply.planned``. Returns None when it was rolled back."""
        self._resumed = True
        self.times = plan.get("times", {})
        self.items = msgspec.convert(plan["items"], list[Item])
        for item in self.items:
            self._attach(item)
        self.refused = {int(index): reason for index, reason in plan["refused"].items()}
        self.folders = {path: (times[0], times[1]) for path, times in plan["folders"].items()}
        if not committed:
            self._clean()
            self.record("apply.rolled-back", {"id": self.ident, "reason": "interrupted"}, True)
            self.ground.close()
            return None
        if rolling_back:
            self._roll_back()
            self.ground.close()
            return None
        return self._finish(None)

    def _finish(self, progress: Progress | None) -> Outcome:
        try:
            try:
                self._commit(progress)
                self._read_back()
            except BaseException as error:
                self.record("apply.rolling-back", {"id": self.ident, "reason": str(error)}, True)
                self._roll_back()
                if isinstance(error, OSError):
                    raise self._failure(error, error.filename) from None
                raise
            self._clean()
            self._set_times(self.times)
            self._note_folders(1)
            own = os.stat(self.vault.folder.parent).st_dev
            self._flush(lambda device: device != own)  # the journal's own durable event orders what is on its file system
            applied = [
                Applied(change=change, signature=self.signatures.get(index), refused=self.refused.get(index, ""))
                for index, change in enumerate(self.changes)
            ]
            outcome = Outcome(id=self.ident, applied=applied, folders=self.folders)
            self.record("apply.done", {"id": self.ident, "undo": self.undo, "outcome": outcome}, True)
            self._let_go()
            return outcome
        finally:
            self.ground.close()

    def _let_go(self) -> None:
        """Kept copies that went back to their places themselves leave the vault; not before, because all could still be rolled back."""
        for item in self.items:
            if item.content.startswith(VAULT) and item.after is not None and item.after.size >= self.vault.LARGE:
                with suppress(OSError):  # it stays in the vault, where it serves nobody while it has two names
                    status = self.ground.lstat(item.path)
                    if status is not None:
                        self.vault.let_go(item.after.sha256, status)

    def _failure(self, error: OSError, path: str | None) -> Failed:
        key = "workspace.undo-failed" if self.undo else "workspace.apply-failed"
        return Failed(key, path=path or "?", reason=error.strerror or str(error), task="TASK")

    # -- before: checks and items

    def _refuse(self, index: int, reason: str) -> None:
        self.refused.setdefault(index, reason)

    def _check(self) -> None:
        """Refuse what can be seen not to work: no right to write, a name taken meanwhile, content gone."""
        made = {change.path for index, change in enumerate(self.changes) if change.kind == "mkdir" and index not in self.refused}
        freed: set[str] = set()
        for index, change in enumerate(self.changes):
            if index not in self.refused:
                freed |= {change.origin} if change.kind == "move" else {change.path} if change.kind in ("delete", "rmdir") else set()
        writable: dict[str, bool] = {}
        for index, change in enumerate(self.changes):
            if index in self.refused:
                continue
            reason = self._obstacle(change, made, freed, writable)
            if reason:
                self._refuse(index, reason)
        # what relied on a refused change cannot be made either
        while True:
            refused_paths = {self.changes[index].path for index in self.refused if self.changes[index].kind == "mkdir"}
            places = {
                self.changes[index].origin if self.changes[index].kind == "move" else self.changes[index].path
                for index in self.refused
                if self.changes[index].kind in ("move", "delete", "rmdir")
            }
            kept = {path for path in places if self.ground.lstat(path) is not None}
            more = {
                index: "workspace.apply-parent-missing" if _under(change.path, refused_paths) else "workspace.apply-taken"
                for index, change in enumerate(self.changes)
                if index not in self.refused
                and (_under(change.path, refused_paths) or (change.kind in ("create", "move", "mkdir") and change.path in kept))
            }
            more |= {
                index: "workspace.apply-not-empty"
                for index, change in enumerate(self.changes)
                if index not in self.refused and change.kind == "rmdir" and any(is_within(path, change.path) for path in kept)
            }
            if not more:
                return
            self.refused |= more

    def _obstacle(self, change: Change, made: set[str], freed: set[str], writable: dict[str, bool]) -> str:
        for path in (change.path, change.origin if change.kind == "move" else change.path):
            folder = parent(path)
            if folder in made:
                continue
            if folder not in writable:
                writable[folder] = self.ground.writable(folder)
            if not writable[folder]:
                return "workspace.apply-not-permitted" if self.ground.is_folder(folder) else "workspace.apply-parent-missing"
        if len(os.fsencode(name(change.path))) > 255 or len(os.fsencode(self.ground.real(change.path))) > 4095:
            return "workspace.apply-name-too-long"
        now = self.ground.lstat(change.path)
        if change.kind in ("create", "move", "mkdir") and now is not None and change.path not in freed and not _under(change.path, freed):
            return "workspace.apply-taken"
        source = self.ground.lstat(change.origin) if change.kind == "move" else now
        if change.kind in ("modify", "move", "delete") and not self._matches(source, change.before):
            return ("workspace.apply-moved" if self.undo else "workspace.apply-gone") if source is None else self._edited()
        if change.kind == "rmdir" and now is None:
            return "workspace.apply-gone"
        sha = change.content.removeprefix(VAULT)
        if change.content.startswith(VAULT):
            if not self.vault.has(sha):
                return "workspace.apply-kept-copy-gone"
            if change.after is not None and os.lstat(self.vault.path(sha)).st_size != change.after.size:
                return "workspace.apply-kept-copy-altered"
        return ""

    def _edited(self) -> str:
        return "workspace.apply-edited" if self.undo else "workspace.apply-changed"

    @staticmethod
    def _matches(status: os.stat_result | None, state: State | None) -> bool:
        """Whether what is there is what the change was computed from, by size and time."""
        if status is None or state is None:
            return False
        if kind(status.st_mode) != state.type:
            return False
        if state.type == "dir":
            return True
        return status.st_mtime_ns == state.mtime_ns and (state.type != "file" or status.st_size == state.size)

    def _attach(self, item: Item) -> Item:
        """Give an item the states of its change."""
        change = self.changes[item.change]
        if item.kind == "put":
            item.before, item.after = (change.before if change.kind == "modify" else None), change.after
        elif item.kind == "remove":
            item.before = change.before
        else:
            item.before, item.after = change.before, change.after
        return item

    def _items(self) -> list[Item]:
        items: list[Item] = []
        for index, change in enumerate(self.changes):
            if index in self.refused:
                continue
            common: dict[str, Any] = {"change": index, "path": change.path}
            if change.kind in ("mkdir", "rmdir"):
                items.append(Item(kind=change.kind, **common))
            elif change.kind == "delete":
                items.append(Item(kind="remove", **common))
            elif change.kind == "move" and self._renames(change):
                status = self.ground.lstat(change.origin)
                inode = status.st_ino if status is not None else 0
                items.append(Item(kind="move", origin=change.origin, inode=inode, **common))
            elif change.kind == "move":  # to another file system, or with another content
                items.append(Item(kind="put", content=change.content or self.ground.real(change.origin), **common))
                items.append(Item(kind="remove", path=change.origin, change=index))
            else:
                items.append(Item(kind="put", content=change.content, **common))
        freed = {item.path for item in items if item.kind in ("remove", "rmdir")} | {item.origin for item in items if item.kind == "move"}
        for number, item in enumerate(items):
            self._attach(item).number = number
            if item.kind == "move" or (item.kind in ("mkdir", "put") and item.before is None):
                item.late = item.path in freed or _under(item.path, freed)
        return items

    def _renames(self, change: Change) -> bool:
        same = change.before is not None and change.after is not None and change.before.sha256 == change.after.sha256
        if not same or change.before is None or change.before.target != (change.after.target if change.after else ""):
            return False
        if change.path.split("/")[0] == change.origin.split("/")[0]:
            return True
        try:
            return self.ground.device(parent(change.origin)) == self.ground.device(change.path.split("/")[0])
        except OSError:
            return False

    def _note_folders(self, which: int) -> None:
        """Remember the times of the folders whose entries change: before (0), and as they were left (1)."""
        if which == 0:
            paths = {parent(path) for item in self.items for path in (item.path, item.origin) if path}
            paths |= {item.path for item in self.items if item.kind == "rmdir"}
        else:
            paths = set(self.folders)
        for path in paths:
            try:
                stamp = os.fstat(self.ground.folder(path)).st_mtime_ns
            except OSError:
                continue
            self.folders[path] = (stamp, 0) if which == 0 else (self.folders[path][0], stamp)

    # -- staging

    def _staged(self, item: Item) -> str:
        return join(item.path.split("/")[0], f"{STAGING}{self.ident}", str(item.number))

    def _stage(self, progress: Progress | None) -> None:
        tops = {item.path.split("/")[0] for item in self.items if item.kind == "put" or (item.kind == "move" and item.late)}
        for top in tops:
            self.ground.mkdir(f"{top}/{STAGING}{self.ident}", 0o700)
        owners = {top: os.stat(self.ground.real(top)) for top in tops}  # root works for the folder's owner
        hashes, pending = Hashes(), []
        try:
            for number, item in enumerate([item for item in self.items if item.kind == "put"]):
                if progress is not None:
                    progress(number, len(self.items), item.path)
                found = self._stage_one(item, owners[item.path.split("/")[0]], hashes)
                if found is not None:
                    pending.append((item, found))
            for item, found in pending:  # what was written is read back before anything takes its name
                if item.after is not None and found.result() != item.after.sha256:
                    self._drop(item, "workspace.apply-kept-copy-altered" if item.content.startswith(VAULT) else "workspace.apply-changed")
        finally:
            hashes.close()

    def _stage_one(self, item: Item, owner: os.stat_result, hashes: Hashes) -> Future[str] | None:
        """Put one new content in the staging folder. Returns its hash to come, or None where there is none to compare."""
        assert item.after is not None
        target, state = self.ground.near(self._staged(item)), item.after
        kept = item.content.startswith(VAULT)
        found: Future[str] | None = None
        try:
            if state.type == "symlink":
                os.symlink(state.target, target)
            elif kept and state.size < self.vault.LARGE:
                self.vault.restore(state.sha256, target)
            elif kept:
                self.vault.give(state.sha256, self.ground.real(item.path), target)
                found = hashes.start(target, state.size)
            else:
                self._bring(item.content, target)
                found = hashes.start(target, state.size)
        except (FileNotFoundError, ValueError):
            self._drop(item, "workspace.apply-kept-copy-altered" if kept else "workspace.apply-gone")
            return None
        if not kept:
            uid, gid = (owner.st_uid, owner.st_gid) if item.before is None else (item.before.uid, item.before.gid)
            state = msgspec.structs.replace(state, mode=state.mode & 0o777, uid=uid, gid=gid)
        set_metadata(target, state)
        self._placed[item.number] = os.lstat(target).st_ino
        return found

    @staticmethod
    def _bring(source: str, target: str) -> None:
        """The staged bytes in the root's own file system: by a link where that costs nothing, else copied."""
        status = os.lstat(source)
        # only a file of the staging area that holds its own bytes may be linked; another name of a real file never,
        # nor one that carries the marks of the staging area
        own = status.st_nlink == 1 and status.st_uid == os.geteuid() and f"{os.sep}upper{os.sep}" in source
        if own and not layer.marked(source):
            try:
                os.link(source, target, follow_symlinks=False)
                return
            except OSError as error:
                if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
                    raise
        copy_content(source, target)

    def _drop(self, item: Item, reason: str) -> None:
        self._refuse(item.change, reason)

    def _keep(self, progress: Progress | None) -> None:
        """Pre-images of all that will be replaced or removed go to the vault."""
        for number, item in enumerate(self.items):
            if item.before is None or item.before.type != "file" or item.kind not in ("put", "remove") or item.change in self.refused:
                continue
            if progress is not None:
                progress(number, len(self.items), item.path)
            status = self.ground.lstat(item.path)
            if status is None or not self._matches(status, item.before):
                self._drop(item, self._edited())
                continue
            touched = status.st_ctime_ns >= self.looked_ns - _TICK_NS
            if touched and hash_path(self.ground.near(item.path)) != item.before.sha256:
                self._drop(item, self._edited())
                continue
            try:
                self.vault.keep(self.ground.near(item.path), item.before.sha256, self.ground.real(item.path))
            except ValueError:
                self._drop(item, self._edited())
                continue
            kept = os.lstat(self.vault.path(item.before.sha256))
            if kept.st_size != item.before.size:
                raise OSError(errno.EIO, os.strerror(errno.EIO), item.path)
            self._kept[item.number] = kept.st_ctime_ns if kept.st_ino == status.st_ino else status.st_ctime_ns

    def _flush(self, wanted: Callable[[int], bool]) -> None:
        """Have the file systems concerned write what they hold back, one call for each."""
        folders = [str(self.vault.folder.parent), *(root.path for root in self.ground.roots.values())]
        devices = {os.stat(path).st_dev: path for path in folders}
        for device, path in devices.items():
            if wanted(device):
                flush(path)

    def _clean(self) -> None:
        """Remove the staging folders."""
        for root in self.ground.roots.values():
            path = f"{root.name}/{STAGING}{self.ident}"
            self.ground.forget(path)
            if self.ground.lstat(path) is not None:
                remove_tree(self.ground.near(path))

    # -- the commit

    def _phases(self) -> Iterable[tuple[str, list[Item]]]:
        """The items in the order that lets each find its place free: (what to do, items)."""

        def some(what: str, late: bool) -> list[Item]:
            return [item for item in self.items if item.kind == what and item.late == late and item.change not in refused]

        refused = dict(self.refused)

        yield "mkdir", sorted(some("mkdir", False), key=lambda item: item.path.count("/"))
        yield "lift", some("move", True)
        yield "move", some("move", False)
        yield "put", some("put", False)
        yield "remove", some("remove", False)
        yield "rmdir", sorted(some("rmdir", False), key=lambda item: -item.path.count("/"))
        yield "mkdir", sorted(some("mkdir", True), key=lambda item: item.path.count("/"))
        yield "put", some("put", True)
        yield "place", some("move", True)

    def _commit(self, progress: Progress | None) -> None:
        done = 0
        for what, items in self._phases():
            step: Callable[[Item], None] = getattr(self, f"_do_{what}")
            for item in items:
                if item.change in self.refused:
                    continue
                try:
                    step(item)
                except OSError as error:
                    raise OSError(error.errno, error.strerror, item.path) from None
                done += 1
                if done % 256 == 0:
                    self.record("apply.progress", {"id": self.ident, "done": done, "of": len(self.items)}, False)
                    if progress is not None:
                        progress(done, len(self.items), item.path)

    def _do_mkdir(self, item: Item) -> None:
        assert item.after is not None
        if not self.ground.is_folder(item.path):
            self.ground.mkdir(item.path, item.after.mode | 0o700)
            if os.geteuid() == 0:
                owner = os.fstat(self.ground.folder(parent(item.path)))
                os.fchown(self.ground.folder(item.path), owner.st_uid, owner.st_gid)

    def _do_lift(self, item: Item) -> None:
        if self.ground.lstat(self._staged(item)) is None and not self._arrived(item):
            self._leave(item)
            self.ground.rename(item.origin, self._staged(item))

    def _do_place(self, item: Item) -> None:
        if self.ground.lstat(self._staged(item)) is not None:
            self.ground.rename(self._staged(item), item.path)

    def _do_move(self, item: Item) -> None:
        if not self._arrived(item):
            self._leave(item)
            self.ground.rename(item.origin, item.path)

    def _leave(self, item: Item) -> None:
        """The file to move must still be the one that was planned."""
        status = self.ground.lstat(item.origin)
        if not self._matches(status, item.before):
            raise OSError(errno.ESTALE, "it was changed meanwhile", item.origin)

    def _arrived(self, item: Item) -> bool:
        status = self.ground.lstat(item.path)
        if status is None:
            return False
        if status.st_ino == item.inode:
            return True
        # another inode: it was carried between file systems, if it is there at all
        return self.ground.lstat(item.origin) is None and self._matches(status, item.before)

    def _do_put(self, item: Item) -> None:
        staged = self._staged(item)
        if self.ground.lstat(staged) is None:
            return
        if item.before is None:
            self.ground.rename(staged, item.path)
            return
        with self._going(item):
            self.ground.replace(staged, item.path)

    def _do_remove(self, item: Item) -> None:
        if self.ground.lstat(item.path) is None or self._taken_over(item.path):
            return
        with self._going(item):
            self.ground.unlink(item.path)

    @contextmanager
    def _going(self, item: Item) -> Iterator[None]:
        """While a file loses its place. What was kept of it may be the file itself: who opened it for writing since, or does now, gets
        it alone, and the vault a copy."""
        status = self.ground.lstat(item.path)
        with held_still(self.ground.near(item.path)) as written:
            if written():
                self._part(item, status)
            self._still(item)
            yield
            if written():
                self._part(item, status)

    def _part(self, item: Item, status: os.stat_result | None) -> None:
        assert item.before is not None
        try:
            if status is not None:
                self.vault.part(item.before.sha256, status)
        except ValueError:
            raise OSError(errno.ESTALE, "it was changed meanwhile", item.path) from None

    def _still(self, item: Item) -> None:
        """What will go must still be what was kept."""
        status = self.ground.lstat(item.path)
        assert item.before is not None
        same = status is not None and self._matches(status, item.before)
        touched = status is not None and self._kept.get(item.number) != status.st_ctime_ns  # a name less of the same file does that too
        if same and touched and item.before.type == "file":
            same = hash_path(self.ground.near(item.path)) == item.before.sha256
        if not same:
            raise OSError(errno.ESTALE, "it was changed meanwhile", item.path)

    def _taken_over(self, path: str) -> bool:
        """Whether what stands at a path that an item frees is already what a later item puts there (seen when a crash is completed)."""
        for item in self._late_at.get(path, ()):
            status = self.ground.lstat(path)
            if status is None:
                return False
            if item.kind == "mkdir":
                return kind(status.st_mode) == "dir"
            if item.kind == "move":
                return self._arrived(item)
            return self.ground.lstat(self._staged(item)) is None
        return False

    @cached_property
    def _late_at(self) -> dict[str, list[Item]]:
        places: dict[str, list[Item]] = {}
        for item in self.items:
            if item.late:
                places.setdefault(item.path, []).append(item)
        return places

    def _do_rmdir(self, item: Item) -> None:
        if self._taken_over(item.path):
            return
        try:
            self.ground.rmdir(item.path)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                return  # gone already, with what was above it
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            self._refuse(item.change, "workspace.apply-not-empty")

    def _read_back(self) -> None:
        """Look at what was written: the hash of each new content, the place of each moved file. What is no longer as it was written
        because the person was there meanwhile gets no signature, so that it is not taken back later."""
        for item in self.items:
            if item.kind in ("remove", "rmdir") or item.change in self.refused:
                continue
            status = self.ground.lstat(item.path)
            if item.kind == "put" and not self._ours(item, status):
                continue
            if status is None:
                if self._resumed:
                    continue
                raise OSError(errno.ENOENT, os.strerror(errno.ENOENT), item.path)
            if item.kind == "mkdir" and item.after is not None and self.undo:
                set_metadata(self.ground.near(item.path), item.after)
                status = os.lstat(self.ground.near(item.path))
            self.signatures[item.change] = Signature.of(status)

    def _ours(self, item: Item, status: os.stat_result | None) -> bool:
        """Whether what stands at a place is what was put there, and nobody's work since. Raises OSError when it was not written well."""
        assert item.after is not None
        if status is None or kind(status.st_mode) != item.after.type:
            return False
        if item.after.type != "file":
            return os.readlink(self.ground.near(item.path)) == item.after.target
        known = self._placed.get(item.number) == status.st_ino  # the very file whose bytes were read back when it was staged
        if known and self._matches(status, item.after):
            return True
        good = status.st_size == item.after.size and hash_path(self.ground.near(item.path)) == item.after.sha256
        if not good and self._matches(status, item.after) and not known and not self._resumed:
            raise OSError(errno.EIO, os.strerror(errno.EIO), item.path)
        return good

    # -- the way back

    def _roll_back(self) -> None:
        """Undo what the commit did, item by item in the reverse order; whatever was not done is left."""
        troubles: list[tuple[str, str]] = []
        for what, items in reversed(list(self._phases())):
            step: Callable[[Item], None] = getattr(self, f"_back_{what}")
            for item in reversed(items):
                try:
                    step(item)
                except (OSError, ValueError) as error:
                    troubles.append((item.path, str(error)))
        if troubles:
            path, reason = troubles[0]
            raise Failed("workspace.rollback-incomplete", count=len(troubles), path=path, reason=reason, task="TASK")
        self._clean()
        self._set_times({path: before for path, (before, _) in self.folders.items()})
        self.record("apply.rolled-back", {"id": self.ident, "reason": "failed"}, True)

    def _set_times(self, times: dict[str, int]) -> None:
        for path, mtime_ns in times.items():
            try:
                os.utime(self.ground.folder(path), ns=(mtime_ns, mtime_ns))
            except OSError:
                continue  # gone, or not ours to date

    def _back_mkdir(self, item: Item) -> None:
        try:
            self.ground.rmdir(item.path)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise

    def _back_lift(self, item: Item) -> None:
        if self.ground.lstat(self._staged(item)) is not None:
            self.ground.rename(self._staged(item), item.origin)

    def _back_place(self, item: Item) -> None:
        status = self.ground.lstat(item.path)
        if status is not None and status.st_ino == item.inode and self.ground.lstat(self._staged(item)) is None:
            self.ground.rename(item.path, self._staged(item))

    def _back_move(self, item: Item) -> None:
        if self._arrived(item):
            self.ground.rename(item.path, item.origin)

    def _back_put(self, item: Item) -> None:
        staged, status = self._staged(item), self.ground.lstat(item.path)
        if self.ground.lstat(staged) is not None or status is None or not self._ours(item, status):
            return
        if item.before is None:
            self.ground.rename(item.path, staged)
            return
        self._restore(item, replace=True)

    def _back_remove(self, item: Item) -> None:
        if self.ground.lstat(item.path) is None:
            self._restore(item, replace=False)

    def _restore(self, item: Item, *, replace: bool) -> None:
        """Bring the old content back from the vault, complete before it takes its name."""
        assert item.before is not None
        beside = f"{parent(item.path)}/{STAGING}back-{self.ident}"
        real = self.ground.near(beside)
        if os.path.lexists(real):
            os.unlink(real)
        if item.before.type == "symlink":
            os.symlink(item.before.target, real)
        else:
            self.vault.restore(item.before.sha256, real)
        set_metadata(real, item.before)
        if replace:
            self.ground.replace(beside, item.path)
        else:
            self.ground.rename(beside, item.path)

    def _back_rmdir(self, item: Item) -> None:
        if self.ground.lstat(item.path) is None:
            assert item.before is not None
            self.ground.mkdir(item.path, item.before.mode | 0o700)
            set_metadata(self.ground.near(item.path), item.before)


def _slim(item: Item) -> dict[str, Any]:
    """An item for the journal: its states are those of its change, which stands beside it."""
    body = msgspec.to_builtins(item)
    body.pop("before", None)
    body.pop("after", None)
    return dict(body)


def _under(path: str, folders: set[str]) -> bool:
    """Whether one of the folders is above ``path``."""
    above = parent(path)
    while above:
        if above in folders:
            return True
        above = parent(above)
    return False
