"""What the workspace tests share: real trees, their fingerprints, and the pieces of a task."""

import hashlib
import os
import stat
from pathlib import Path

from confrere.journal.sqlite import SqliteStore
from confrere.workspace import applying
from confrere.workspace.roots import grant
from confrere.workspace.vault import Vault
from confrere.workspace.view import View


def fingerprint(folder, times=True):
    """Path -> all that makes an entry what it is, for every entry below a real folder."""
    found = {}
    for base, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(base, name)
            status = os.lstat(path)
            if stat.S_ISREG(status.st_mode):
                content = hashlib.sha256(Path(path).read_bytes()).hexdigest()
            elif stat.S_ISLNK(status.st_mode):
                content = os.readlink(path)
            else:
                content = ""
            attributes = {key: os.getxattr(path, key, follow_symlinks=False) for key in os.listxattr(path, follow_symlinks=False)}
            mtime = status.st_mtime_ns if times and not stat.S_ISLNK(status.st_mode) else 0
            found[os.path.relpath(path, folder)] = (stat.S_IFMT(status.st_mode), status.st_mode & 0o7777, mtime, content, attributes)
    return found


def as_ordinary_user(base, work):
    """Run ``work`` in a forked child that is no superuser (root becomes uid 65534, to whom everything below ``base`` is given)."""
    if os.geteuid() == 0:
        for folder, _, files in os.walk(base):
            for name in [folder, *(os.path.join(folder, file) for file in files)]:
                os.chown(name, 65534, 65534, follow_symlinks=False)
        above = Path(base).parent
        while above != above.parent:  # pytest's own folders are closed to others
            os.chmod(above, os.stat(above).st_mode | 0o011)
            above = above.parent if above.stat().st_uid == 0 and str(above).startswith("/tmp/") else Path("/")
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        work()
        os._exit(0)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)


class Bench:
    """One granted folder, a state folder, a view, a vault and a journal."""

    def __init__(self, base, name="Clients", readonly=False, folder=None):
        self.base = Path(base)
        self.folder = Path(folder) if folder else self.base / name
        self.folder.mkdir(exist_ok=True, parents=True)
        self.home = self.base / "home"
        self.home.mkdir(exist_ok=True)
        self.readonly = readonly
        self.store = SqliteStore(self.home / "journal.db", self.home / "blobs")
        self.vault = Vault(self.home / "vault")
        self.top = self.folder.name
        self.view = None

    def open(self, *others):
        self.roots = grant([(str(self.folder), self.readonly), *others], self.home).roots
        self.view = View(self.roots, self.home / "work")
        self.view.working("s1", "c1")
        return self.view

    def record(self, kind, body, durable):
        self.store.append("t1", kind, body, durable=durable)

    def apply(self, *paths, ident="a1", progress=None):
        return applying.apply(self.view, self.vault, self.record, ident, paths, progress)

    def undo(self, outcome, *paths, ident="u1", steps=()):
        return applying.undo(self.roots, self.vault, self.record, ident, outcome.applied, outcome.folders, paths, steps)

    def recover(self):
        found = applying.interrupted(self.store.read("t1", kinds=applying.KINDS))
        return found and applying.finish(found, self.roots, self.vault, self.record)

    def close(self):
        if self.view is not None:
            self.view.close()
        self.store.close()
