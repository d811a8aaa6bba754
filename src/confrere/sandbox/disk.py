"""A bound on what one run adds to the staging areas: no back end can set a quota without being root, so the disk is watched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from confrere.sandbox.protocol import MIB, Spec

RESERVE = 256 * MIB
"""Free space that is always left to the person."""


def sizes(folder: str) -> Iterator[int]:
    """Bytes on disk of everything below ``folder``; what vanishes meanwhile counts nothing."""
    pending = [folder]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    yield status.st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
        except OSError:
            continue


class DiskWatch:
    """Asked often, answers "disk" when a limit was passed. Free space is the cheap sign; only then is the staging area measured."""

    def __init__(self, spec: Spec) -> None:
        self.limit = spec.limits.disk
        self.uppers = [mount.upper for mount in spec.mounts if mount.upper is not None and not mount.readonly]
        self.free = {upper: self.available(upper) for upper in self.uppers}
        self.used: dict[Path, int] = {}

    @staticmethod
    def available(path: Path) -> int:
        status = os.statvfs(path)
        return status.f_bavail * status.f_frsize

    def begin(self) -> None:
        """A command starts: what is there now is not its doing."""
        self.free = {upper: self.available(upper) for upper in self.uppers}
        self.used = {}

    def __call__(self) -> str:
        for upper in self.uppers:
            free = self.available(upper)
            if free < RESERVE:
                return "disk"
            if self.free[upper] - free > self.limit and sum(sizes(os.fspath(upper))) > self.limit:
                return "disk"
        return ""
