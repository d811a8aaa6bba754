"""The commit: each operation done as one rename, unlink, mkdir or rmdir, in an order that lets each find its place free; and the way back,
each undone. Both look before they act: done or not done is seen from the folders, so that either can be taken up after a crash."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from confrere.workspace.files import Signature, hash_path, held_still, kind, matches, set_metadata
from confrere.workspace.ground import Ground
from confrere.workspace.operations import Item
from confrere.workspace.paths import parent
from confrere.workspace.staging import Staging
from confrere.workspace.tree import STAGING
from confrere.workspace.vault import Vault


class Commit:
    """That of one transaction, whose contents are staged. A folder that is not empty in the end is added to ``refused``. ``resumed``: it is taken
    up after a crash."""

    def __init__(
        self, items: list[Item], ground: Ground, vault: Vault, staging: Staging, refused: dict[int, str], *, resumed: bool
    ) -> None:
        self.items = items
        self.ground = ground
        self.vault = vault
        self.staging = staging
        self.refused = refused
        self.resumed = resumed

    def _phases(self) -> Iterator[tuple[str, list[Item]]]:
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

    def forward(self, tell: Callable[[int, str], None]) -> None:
        """Do what is not done; ``tell(done, path)`` is called now and then, and may raise to stop. Raises OSError."""
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
                    tell(done, item.path)

    def back(self) -> list[tuple[str, str]]:
        """Undo what was done, item by item in the reverse order; whatever was not done is left. Returns what could not be undone: (path,
        reason)."""
        troubles: list[tuple[str, str]] = []
        for what, items in reversed(list(self._phases())):
            step: Callable[[Item], None] = getattr(self, f"_back_{what}")
            for item in reversed(items):
                try:
                    step(item)
                except (OSError, ValueError) as error:
                    troubles.append((item.path, str(error)))
        return troubles

    # -- folders

    def _do_mkdir(self, item: Item) -> None:
        assert item.after is not None
        if not self.ground.is_folder(item.path):
            self.ground.mkdir(item.path, item.after.mode | 0o700)
            if os.geteuid() == 0:
                owner = os.fstat(self.ground.folder(parent(item.path)))
                os.fchown(self.ground.folder(item.path), owner.st_uid, owner.st_gid)

    def _back_mkdir(self, item: Item) -> None:
        try:
            self.ground.rmdir(item.path)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise

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
            self.refused.setdefault(item.change, "workspace.apply-not-empty")

    def _back_rmdir(self, item: Item) -> None:
        if self.ground.lstat(item.path) is None:
            assert item.before is not None
            self.ground.mkdir(item.path, item.before.mode | 0o700)
            set_metadata(self.ground.near(item.path), item.before)

    # -- moves; a late one is lifted into the staging folder, then placed

    def _do_move(self, item: Item) -> None:
        if not self._arrived(item):
            self._leave(item)
            self.ground.rename(item.origin, item.path)

    def _back_move(self, item: Item) -> None:
        if self._arrived(item):
            self.ground.rename(item.path, item.origin)

    def _do_lift(self, item: Item) -> None:
        if self.ground.lstat(self.staging.place(item)) is None and not self._arrived(item):
            self._leave(item)
            self.ground.rename(item.origin, self.staging.place(item))

    def _back_lift(self, item: Item) -> None:
        if self.ground.lstat(self.staging.place(item)) is not None:
            self.ground.rename(self.staging.place(item), item.origin)

    def _do_place(self, item: Item) -> None:
        if self.ground.lstat(self.staging.place(item)) is not None:
            self.ground.rename(self.staging.place(item), item.path)

    def _back_place(self, item: Item) -> None:
        status = self.ground.lstat(item.path)
        if status is not None and status.st_ino == item.inode and self.ground.lstat(self.staging.place(item)) is None:
            self.ground.rename(item.path, self.staging.place(item))

    def _leave(self, item: Item) -> None:
        """The file to move must still be the one that was planned."""
        status = self.ground.lstat(item.origin)
        if not matches(status, item.before):
            raise OSError(errno.ESTALE, "it was changed meanwhile", item.origin)

    def _arrived(self, item: Item) -> bool:
        status = self.ground.lstat(item.path)
        if status is None:
            return False
        if status.st_ino == item.inode:
            return True
        # another inode: it was carried between file systems, if it is there at all
        return self.ground.lstat(item.origin) is None and matches(status, item.before)

    # -- contents

    def _do_put(self, item: Item) -> None:
        staged = self.staging.place(item)
        if self.ground.lstat(staged) is None:
            return
        if item.before is None:
            self.ground.rename(staged, item.path)
            return
        with self._going(item):
            self.ground.replace(staged, item.path)

    def _back_put(self, item: Item) -> None:
        staged, status = self.staging.place(item), self.ground.lstat(item.path)
        if self.ground.lstat(staged) is not None or status is None or not self._ours(item, status):
            return
        if item.before is None:
            self.ground.rename(item.path, staged)
            return
        self._restore(item, replace=True)

    def _do_remove(self, item: Item) -> None:
        if self.ground.lstat(item.path) is None or self._taken_over(item.path):
            return
        with self._going(item):
            self.ground.unlink(item.path)

    def _back_remove(self, item: Item) -> None:
        if self.ground.lstat(item.path) is None:
            self._restore(item, replace=False)

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
        same = status is not None and matches(status, item.before)
        touched = (
            status is not None and self.staging.kept.get(item.number) != status.st_ctime_ns
        )  # a name less of the same file does that too
        if same and touched and item.before.type == "file":
            same = hash_path(self.ground.near(item.path)) == item.before.sha256
        if not same:
            raise OSError(errno.ESTALE, "it was changed meanwhile", item.path)

    def _restore(self, item: Item, *, replace: bool) -> None:
        """Bring the old content back from the vault, complete before it takes its name."""
        assert item.before is not None
        beside = f"{parent(item.path)}/{STAGING}back-{self.staging.ident}"
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

    # -- looking

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
            return self.ground.lstat(self.staging.place(item)) is None
        return False

    @cached_property
    def _late_at(self) -> dict[str, list[Item]]:
        places: dict[str, list[Item]] = {}
        for item in self.items:
            if item.late:
                places.setdefault(item.path, []).append(item)
        return places

    def read_back(self, *, undo: bool) -> dict[int, Signature]:
        """Look at what was written: the hash of each new content, the place of each moved file. What is no longer as it was written
        because the person was there meanwhile gets no signature, so that it is not taken back later. Raises OSError."""
        signatures: dict[int, Signature] = {}
        for item in self.items:
            if item.kind in ("remove", "rmdir") or item.change in self.refused:
                continue
            status = self.ground.lstat(item.path)
            if item.kind == "put" and not self._ours(item, status):
                continue
            if status is None:
                if self.resumed:
                    continue
                raise OSError(errno.ENOENT, os.strerror(errno.ENOENT), item.path)
            if item.kind == "mkdir" and item.after is not None and undo:
                set_metadata(self.ground.near(item.path), item.after)
                status = os.lstat(self.ground.near(item.path))
            signatures[item.change] = Signature.of(status)
        return signatures

    def _ours(self, item: Item, status: os.stat_result | None) -> bool:
        """Whether what stands at a place is what was put there, and nobody's work since. Raises OSError when it was not written well."""
        assert item.after is not None
        if status is None or kind(status.st_mode) != item.after.type:
            return False
        if item.after.type != "file":
            return os.readlink(self.ground.near(item.path)) == item.after.target
        known = self.staging.placed.get(item.number) == status.st_ino  # the very file whose bytes were read back when it was staged
        if known and matches(status, item.after):
            return True
        good = status.st_size == item.after.size and hash_path(self.ground.near(item.path)) == item.after.sha256
        if not good and matches(status, item.after) and not known and not self.resumed:
            raise OSError(errno.EIO, os.strerror(errno.EIO), item.path)
        return good
