"""Before the commit: new contents stand, complete, in a short-lived folder inside each root; what will go is kept in the vault."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from concurrent.futures import Future

import msgspec

from confrere.workspace import upper as layer
from confrere.workspace.files import Hashes, copy_content, hash_path, matches, remove_tree, set_metadata
from confrere.workspace.ground import Ground
from confrere.workspace.obstacles import edited
from confrere.workspace.operations import Item
from confrere.workspace.paths import join
from confrere.workspace.tree import STAGING
from confrere.workspace.vault import VAULT, Vault

_TICK_NS = 2 * 10**9  # times of some file systems are that coarse

Progress = Callable[[int, int, str], None]


class Staging:
    """The staging folders of one transaction. What turns out not to work is refused on the way: added to ``refused``, the reasons by the
    index of the change."""

    def __init__(self, ident: str, items: list[Item], ground: Ground, vault: Vault, refused: dict[int, str]) -> None:
        self.ident = ident
        self.items = items
        self.ground = ground
        self.vault = vault
        self.refused = refused
        self.placed: dict[int, int] = {}  # item number -> inode of its staged content, whose hash is known
        self.kept: dict[int, int] = {}  # item number -> change time of what will go, when its content was kept

    def place(self, item: Item) -> str:
        """Where an item's content stands meanwhile."""
        return join(item.path.split("/")[0], f"{STAGING}{self.ident}", str(item.number))

    def clear(self) -> None:
        """Remove the staging folders."""
        for root in self.ground.roots.values():
            path = f"{root.name}/{STAGING}{self.ident}"
            self.ground.forget(path)
            if self.ground.lstat(path) is not None:
                remove_tree(self.ground.near(path))

    def fill(self, progress: Progress | None) -> None:
        """Put every new content in its place, and read back what was written. Raises OSError."""
        tops = {item.path.split("/")[0] for item in self.items if item.kind == "put" or (item.kind == "move" and item.late)}
        for top in tops:
            self.ground.mkdir(f"{top}/{STAGING}{self.ident}", 0o700)
        owners = {top: os.stat(self.ground.real(top)) for top in tops}  # root works for the folder's owner
        hashes, pending = Hashes(), []
        try:
            for number, item in enumerate([item for item in self.items if item.kind == "put"]):
                if progress is not None:
                    progress(number, len(self.items), item.path)
                found = self._fill_one(item, owners[item.path.split("/")[0]], hashes)
                if found is not None:
                    pending.append((item, found))
            for item, found in pending:  # what was written is read back before anything takes its name
                if item.after is not None and found.result() != item.after.sha256:
                    self._refuse(item, "workspace.apply-kept-copy-altered" if item.content.startswith(VAULT) else "workspace.apply-changed")
        finally:
            hashes.close()

    def _fill_one(self, item: Item, owner: os.stat_result, hashes: Hashes) -> Future[str] | None:
        """Put one new content in the staging folder. Returns its hash to come, or None where there is none to compare."""
        assert item.after is not None
        target, state = self.ground.near(self.place(item)), item.after
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
            self._refuse(item, "workspace.apply-kept-copy-altered" if kept else "workspace.apply-gone")
            return None
        if not kept:
            uid, gid = (owner.st_uid, owner.st_gid) if item.before is None else (item.before.uid, item.before.gid)
            state = msgspec.structs.replace(state, mode=state.mode & 0o777, uid=uid, gid=gid)
        set_metadata(target, state)
        self.placed[item.number] = os.lstat(target).st_ino
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

    def _refuse(self, item: Item, reason: str) -> None:
        self.refused.setdefault(item.change, reason)

    def keep(self, progress: Progress | None, looked_ns: int, *, undo: bool) -> None:
        """Pre-images of all that will be replaced or removed go to the vault; what was touched since ``looked_ns`` is hashed again before.
        Raises OSError."""
        for number, item in enumerate(self.items):
            if item.before is None or item.before.type != "file" or item.kind not in ("put", "remove") or item.change in self.refused:
                continue
            if progress is not None:
                progress(number, len(self.items), item.path)
            status = self.ground.lstat(item.path)
            if status is None or not matches(status, item.before):
                self._refuse(item, edited(undo))
                continue
            touched = status.st_ctime_ns >= looked_ns - _TICK_NS
            if touched and hash_path(self.ground.near(item.path)) != item.before.sha256:
                self._refuse(item, edited(undo))
                continue
            try:
                self.vault.keep(self.ground.near(item.path), item.before.sha256, self.ground.real(item.path))
            except ValueError:
                self._refuse(item, edited(undo))
                continue
            kept = os.lstat(self.vault.path(item.before.sha256))
            if kept.st_size != item.before.size:
                raise OSError(errno.EIO, os.strerror(errno.EIO), item.path)
            self.kept[item.number] = kept.st_ctime_ns if kept.st_ino == status.st_ino else status.st_ctime_ns
