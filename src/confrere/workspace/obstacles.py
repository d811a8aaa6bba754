"""What can be seen beforehand not to work: the changes that are refused before anything is touched, each with its reason."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from confrere.workspace.changes import Change
from confrere.workspace.files import being_written, matches
from confrere.workspace.ground import Ground
from confrere.workspace.operations import renames
from confrere.workspace.paths import is_under, is_within, name, parent
from confrere.workspace.vault import VAULT, Vault


def edited(undo: bool) -> str:
    """The reason to leave a file that is not as it was seen (or, for ``undo``, left)."""
    return "workspace.apply-edited" if undo else "workspace.apply-changed"


def obstacles(changes: list[Change], refused: Mapping[int, str], ground: Ground, vault: Vault, *, undo: bool) -> dict[int, str]:
    """The reasons (keys of the catalogue) by the index of the change, those of ``refused`` among them: no right to write, a name taken
    meanwhile, content gone, a program at work in the file; and what relied on a refused change."""
    return _Obstacles(changes, refused, ground, vault, undo).run()


class _Obstacles:
    def __init__(self, changes: list[Change], refused: Mapping[int, str], ground: Ground, vault: Vault, undo: bool) -> None:
        self.changes = changes
        self.refused = dict(refused)
        self.ground = ground
        self.vault = vault
        self.undo = undo
        self.made = {change.path for _, change in self._standing("mkdir")}
        self.freed = {_left(change) for _, change in self._standing("move", "delete", "rmdir")}
        self.writable: dict[str, bool] = {}

    def _standing(self, *kinds: str) -> Iterator[tuple[int, Change]]:
        """The changes that are not refused, of these kinds or of all."""
        return ((n, change) for n, change in enumerate(self.changes) if n not in self.refused and (not kinds or change.kind in kinds))

    def run(self) -> dict[int, str]:
        found = {index: reason for index, change in self._standing() if (reason := self._obstacle(change))}
        while True:
            self.refused |= found
            found = dict(self._dependent())
            if not found:
                return self.refused

    def _dependent(self) -> Iterator[tuple[int, str]]:
        """What relied on a refused change cannot be made either."""
        refused = [self.changes[index] for index in self.refused]
        missing = {change.path for change in refused if change.kind == "mkdir"}
        places = {_left(change) for change in refused if change.kind in ("move", "delete", "rmdir")}
        kept = {path for path in places if self.ground.lstat(path) is not None}
        for index, change in self._standing():
            if change.kind == "rmdir" and any(is_within(path, change.path) for path in kept):
                yield index, "workspace.apply-not-empty"
            elif is_under(change.path, missing):
                yield index, "workspace.apply-parent-missing"
            elif change.kind in ("create", "move", "mkdir") and change.path in kept:
                yield index, "workspace.apply-taken"

    def _obstacle(self, change: Change) -> str:
        """Why this change cannot be made, or ""."""
        ground = self.ground
        for folder in (parent(change.path), parent(_left(change))):
            if folder in self.made:
                continue
            if folder not in self.writable:
                self.writable[folder] = ground.writable(folder)
            if not self.writable[folder]:
                return "workspace.apply-not-permitted" if ground.is_folder(folder) else "workspace.apply-parent-missing"
        if len(os.fsencode(name(change.path))) > 255 or len(os.fsencode(ground.real(change.path))) > 4095:
            return "workspace.apply-name-too-long"
        now = ground.lstat(change.path)
        free = now is None or change.path in self.freed or is_under(change.path, self.freed)
        if change.kind in ("create", "move", "mkdir") and not free:
            return "workspace.apply-taken"
        source = ground.lstat(change.origin) if change.kind == "move" else now
        if change.kind in ("modify", "move", "delete") and not matches(source, change.before):
            return ("workspace.apply-moved" if self.undo else "workspace.apply-gone") if source is None else edited(self.undo)
        if change.kind == "rmdir" and now is None:
            return "workspace.apply-gone"
        if self._at_work(change):
            return "workspace.apply-open"
        return self._kept_copy(change)

    def _at_work(self, change: Change) -> bool:
        """Whether a program has the file that would go open for writing: what it writes from then on would go with it. One that is only
        renamed stays the file it was."""
        goes = change.kind in ("modify", "delete") or (change.kind == "move" and not renames(change, self.ground))
        file = change.before is not None and change.before.type == "file"
        return goes and file and being_written(self.ground.near(_left(change)))

    def _kept_copy(self, change: Change) -> str:
        if not change.content.startswith(VAULT):
            return ""
        sha = change.content.removeprefix(VAULT)
        if not self.vault.has(sha):
            return "workspace.apply-kept-copy-gone"
        altered = change.after is not None and os.lstat(self.vault.path(sha)).st_size != change.after.size
        return "workspace.apply-kept-copy-altered" if altered else ""


def _left(change: Change) -> str:
    """Where a change takes something away, or puts it."""
    return change.origin if change.kind == "move" else change.path
