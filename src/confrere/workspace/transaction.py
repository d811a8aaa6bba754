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

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from confrere.errors import Failed
from confrere.workspace.changes import Change
from confrere.workspace.commit import Commit
from confrere.workspace.files import Signature
from confrere.workspace.ground import Ground, flush
from confrere.workspace.obstacles import obstacles
from confrere.workspace.operations import Item, attach, operations
from confrere.workspace.paths import parent
from confrere.workspace.roots import Root
from confrere.workspace.staging import Progress, Staging
from confrere.workspace.vault import VAULT, Vault


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
        self.folders: dict[str, tuple[int, int]] = {}
        self.items: list[Item] = []
        self.looked_ns = looked_ns
        self.times = times or {}

    # -- the whole of it

    def run(self, progress: Progress | None = None) -> Outcome:
        """Raises Failed when nothing was changed in the end, because an operation failed; whatever ``progress`` raises, likewise."""
        self.refused = obstacles(self.changes, self.refused, self.ground, self.vault, undo=self.undo)
        self.items = operations(self.changes, self.refused, self.ground)
        self._note_folders()
        plan = {
            "id": self.ident,
            "undo": self.undo,
            "changes": self.changes,
            "refused": self.refused,
            "items": self.items,
            "folders": self.folders,
            "times": self.times,
        }
        self.record("apply.planned", plan, True)
        for item in self.items:
            attach(item, self.changes)
        staging = self._staging()
        try:
            try:
                staging.fill(progress)
                staging.keep(progress, self.looked_ns, undo=self.undo)
            except OSError as error:
                raise self._failure(error, error.filename) from None
            if any(item.kind in ("put", "remove") for item in self.items):
                self._flush(lambda device: True)  # new contents and kept copies, before anything relies on them
        except BaseException as error:
            staging.clear()
            self.record("apply.rolled-back", {"id": self.ident, "reason": str(error)}, True)
            self.ground.close()
            raise
        self.record("apply.committed", {"id": self.ident, "refused": self.refused}, True)
        return self._finish(staging, progress)

    def resume(self, plan: dict[str, Any], *, committed: bool, rolling_back: bool) -> Outcome | None:
        """Go on after a crash from the body of ``apply.planned``. Returns None when it was rolled back."""
        self.times = plan.get("times", {})
        self.items = [attach(item, self.changes) for item in msgspec.convert(plan["items"], list[Item])]
        self.refused = {int(index): reason for index, reason in plan["refused"].items()}
        self.folders = {path: (times[0], times[1]) for path, times in plan["folders"].items()}
        staging = self._staging()
        if committed and not rolling_back:
            return self._finish(staging, None, resumed=True)
        if committed:
            self._roll_back(self._commit(staging, resumed=True), staging)
        else:
            staging.clear()
            self.record("apply.rolled-back", {"id": self.ident, "reason": "interrupted"}, True)
        self.ground.close()
        return None

    def _staging(self) -> Staging:
        return Staging(self.ident, self.items, self.ground, self.vault, self.refused)

    def _commit(self, staging: Staging, *, resumed: bool) -> Commit:
        return Commit(self.items, self.ground, self.vault, staging, self.refused, resumed=resumed)

    def _finish(self, staging: Staging, progress: Progress | None, *, resumed: bool = False) -> Outcome:
        def tell(done: int, path: str) -> None:
            self.record("apply.progress", {"id": self.ident, "done": done, "of": len(self.items)}, False)
            if progress is not None:
                progress(done, len(self.items), path)

        commit = self._commit(staging, resumed=resumed)
        try:
            try:
                commit.forward(tell)
                signatures = commit.read_back(undo=self.undo)
            except BaseException as error:
                self.record("apply.rolling-back", {"id": self.ident, "reason": str(error)}, True)
                self._roll_back(commit, staging)
                if isinstance(error, OSError):
                    raise self._failure(error, error.filename) from None
                raise
            staging.clear()
            self._set_times(self.times)
            self._note_folders_left()
            own = os.stat(self.vault.folder.parent).st_dev
            self._flush(lambda device: device != own)  # the journal's own durable event orders what is on its file system
            applied = [
                Applied(change=change, signature=signatures.get(index), refused=self.refused.get(index, ""))
                for index, change in enumerate(self.changes)
            ]
            outcome = Outcome(id=self.ident, applied=applied, folders=self.folders)
            self.record("apply.done", {"id": self.ident, "undo": self.undo, "outcome": outcome}, True)
            self._let_go()
            return outcome
        finally:
            self.ground.close()

    def _roll_back(self, commit: Commit, staging: Staging) -> None:
        """Raises Failed when something could not be taken back."""
        if troubles := commit.back():
            path, reason = troubles[0]
            raise Failed("workspace.rollback-incomplete", count=len(troubles), path=path, reason=reason, task="TASK")
        staging.clear()
        self._set_times({path: before for path, (before, _) in self.folders.items()})
        self.record("apply.rolled-back", {"id": self.ident, "reason": "failed"}, True)

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

    def _flush(self, wanted: Callable[[int], bool]) -> None:
        """Have the file systems concerned write what they hold back, one call for each."""
        folders = [str(self.vault.folder.parent), *(root.path for root in self.ground.roots.values())]
        devices = {os.stat(path).st_dev: path for path in folders}
        for device, path in devices.items():
            if wanted(device):
                flush(path)

    # -- the times of folders

    def _note_folders(self) -> None:
        """Remember the times of the folders whose entries will change."""
        paths = {parent(path) for item in self.items for path in (item.path, item.origin) if path}
        paths |= {item.path for item in self.items if item.kind == "rmdir"}
        self.folders = {path: (stamp, 0) for path in paths if (stamp := self._time_of(path)) is not None}

    def _note_folders_left(self) -> None:
        """And as they were left."""
        for path, (before, _) in self.folders.items():
            if (stamp := self._time_of(path)) is not None:
                self.folders[path] = (before, stamp)

    def _time_of(self, path: str) -> int | None:
        try:
            return os.fstat(self.ground.folder(path)).st_mtime_ns
        except OSError:
            return None

    def _set_times(self, times: dict[str, int]) -> None:
        for path, mtime_ns in times.items():
            try:
                os.utime(self.ground.folder(path), ns=(mtime_ns, mtime_ns))
            except OSError:
                continue  # gone, or not ours to date
