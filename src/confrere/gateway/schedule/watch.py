"""A watched folder: told by the kernel (inotify) where it can, looked at every ten seconds where not; asleep otherwise."""

from __future__ import annotations

import asyncio
import ctypes
import hashlib
import os
import sys
from collections.abc import Callable

from confrere.journal.store import Event

_MOST_FILES = 20_000
_MOST_FOLDERS = 2000
_POLL = 10.0
# sys/inotify.h: modify, attributes aside, close after writing, moved from and to, created, deleted, the folder itself gone
_MASK = 0x2 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400
_NONBLOCK, _CLOEXEC = 0o4000, 0o2000000


def mark_of(path: str) -> str:
    """What tells one state of a folder from another: names, sizes and times of its files. "" when it cannot be read."""
    lines = []
    for folder, names, files in os.walk(path):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in files:
            if name.startswith((".", "~$")):
                continue
            try:
                status = os.lstat(os.path.join(folder, name))
            except OSError:
                continue
            lines.append(f"{os.path.join(folder, name)}\0{status.st_size}\0{status.st_mtime_ns}")
        if len(lines) > _MOST_FILES:
            break
    if not lines and not os.path.isdir(path):
        return ""
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8", "surrogateescape")).hexdigest()


class Watch:
    """Calls ``changed(mark)`` when the folder has changed and then kept still for ``settle`` seconds. ``mark`` is what was handled
    last: what changed
    while nobody watched counts. What Confrère itself applied there does not."""

    def __init__(self, path: str, settle: float, mark: str, changed: Callable[[str], None]) -> None:
        self.path, self.settle, self.mark, self.changed = path, settle, mark, changed
        self._timer: asyncio.TimerHandle | None = None
        self._descriptor = -1
        self._quiet = False
        self._loop = asyncio.get_running_loop()
        self._listen()
        self.look()

    def _listen(self) -> None:
        if sys.platform != "linux":
            return
        libc = ctypes.CDLL(None, use_errno=True)
        descriptor = libc.inotify_init1(_NONBLOCK | _CLOEXEC)
        if descriptor < 0:
            return
        self._descriptor = descriptor
        for count, (folder, names, _) in enumerate(os.walk(self.path)):
            names[:] = [name for name in names if not name.startswith(".")]
            libc.inotify_add_watch(descriptor, os.fsencode(folder), _MASK)
            if count > _MOST_FOLDERS:
                break
        self._loop.add_reader(descriptor, self._told)

    def _told(self) -> None:
        try:
            os.read(self._descriptor, 65_536)
        except BlockingIOError:
            return
        self._later(self.settle)

    def _later(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self.look)

    def own(self, event: Event) -> None:
        """A task applied changes: those in this folder are ours, and start nothing."""
        roots = {entry.rpartition("/")[0] for entry in event.body.get("outcome", {}).get("folders", {})}
        if roots:
            self._quiet = True
            self._later(self.settle)

    def look(self) -> None:
        """Compare the folder with what was handled last."""
        self._timer = None
        self._relisten()  # before looking: what comes in between is told again
        if self._descriptor < 0:
            self._later(_POLL)
        now = mark_of(self.path)
        if not now or now == self.mark:
            self._quiet = False
            return
        before, self.mark = self.mark, now
        if self._quiet or not before:
            self._quiet = False
            return
        self.changed(now)

    def _relisten(self) -> None:
        """New subfolders are watched, too."""
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1
            self._listen()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1
