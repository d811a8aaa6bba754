"""The reduced fall-back of Linux: Landlock rules, system call filters and limits, where namespaces are not to be had.

No private view can be mounted, so commands work in a copy of the granted folder (``mirror.py``) whose changes are folded back after each.
No network at all. What it does not hide is in its claim, and ``doctor`` says "reduced".
"""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path

from confrere.errors import ConfrereError, Failed
from confrere.sandbox import keeper, resident, seccomp
from confrere.sandbox.bubblewrap import START_DEADLINE
from confrere.sandbox.copying import Copies
from confrere.sandbox.disk import DiskWatch
from confrere.sandbox.jail import sandbox_ids
from confrere.sandbox.protocol import Claim, Command, Output, Probe, Result, Spec
from confrere.sandbox.session import Session

_EXECUTE, _WRITE, _READ, _READ_DIR, _REFER, _TRUNCATE, _IOCTL = 1, 2, 4, 8, 1 << 13, 1 << 14, 1 << 15
_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE | _IOCTL
_READ_ONLY = _EXECUTE | _READ | _READ_DIR
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/nix/store")
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "ssl", "pki", "localtime", "mime.types", "fonts", "nsswitch.conf")
_DEVICES = ("null", "zero", "full", "random", "urandom")


def version() -> int:
    """Landlock's ABI version; 0 where the kernel has none."""
    if sys.platform != "linux" or platform.machine() not in seccomp.ARCHITECTURES:
        return 0
    return max(0, int(ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1)))


def rules(abi: int, readable: Sequence[str], writable: Sequence[str]) -> dict[str, object]:
    """What ``resident.Agent.ruleset`` takes: every right the kernel knows is handled, and granted only below the paths given.

    Source: Documentation/userspace-api/landlock.rst (rights by ABI version, scopes from version 6).
    """
    handled = (1 << 13) - 1
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL)):
        handled |= right if abi >= since else 0
    attributes = [handled, *([3] if abi >= 4 else []), *([3] if abi >= 6 else [])]
    granted: list[list[object]] = []
    for path in readable:
        granted.append([path, _READ_ONLY if os.path.isdir(path) else _READ | _EXECUTE])
    for path in writable:
        granted.append([path, handled if os.path.isdir(path) else handled & (_FILES & ~_EXECUTE)])
    return {"attributes": attributes, "rules": granted}


class Landlock:
    """See ``protocol.Sandbox``. Paths differ from the other back ends: the folders are below ``$CONFRERE_WORK``; ``/work/NAME`` in a
    command's cwd and arguments is translated."""

    name = "landlock"
    claim = Claim("sandbox.landlock-isolates", "sandbox.landlock-not", network_list=False, reduced=True)

    def __init__(self) -> None:
        self.spec = Spec()
        self.session: Session | None = None
        self.copies: Copies | None = None

    def probe(self, deadline: float) -> Probe:
        if version() < 1:
            return Probe(False, "sandbox.no-landlock")
        began = time.monotonic()
        other = Landlock()
        try:
            other.start(Spec(), deadline=deadline)
            started = time.monotonic() - began
            done = other.run(Command(["/bin/sh", "-c", "cat /etc/passwd || exit 7"], timeout=deadline))
            if done.rc == 7:
                return Probe(True, start_seconds=started)
            return Probe(False, "sandbox.probe-failed", {"why": done.text[:300] or "/etc/passwd"})
        except ConfrereError as error:
            return Probe(False, error.key, {name: str(value) for name, value in error.data.items()})
        except OSError as error:
            return Probe(False, "sandbox.probe-failed", {"why": str(error)})
        finally:
            other.close()

    def start(self, spec: Spec, *, deadline: float = START_DEADLINE) -> None:
        self.close()
        if spec.profile == "office":
            raise Failed("sandbox.no-office", name=self.name)
        if spec.allow:
            raise Failed("sandbox.no-network-list", name=self.name)
        abi = version()
        owner = sandbox_ids() if os.geteuid() == 0 else None
        self.spec = spec
        self.copies = Copies(spec, owner)
        ours, theirs = socket.socketpair()
        try:
            self.copies.make()
            python = _interpreter(owner)
            # the agent's text is given on the command line: the folder of our own package may be closed to whom root becomes
            code = Path(resident.__file__).read_text()
            argv = [python, "-I", "-S", "-c", code, f"fd:{theirs.fileno()}"]
            self.session = Session(keeper.spawn(argv, [theirs.fileno()], owner), ours, DiskWatch(spec))
            bin_folder = sysconfig.get_path("scripts")
            own = {"PATH": f"{bin_folder}:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "USER": "user", "PYTHONDONTWRITEBYTECODE": "1"}
            readable = [*self.copies.readable(), *_SYSTEM, *(f"/etc/{name}" for name in _ETC), sys.prefix, sys.base_prefix]
            devices = [f"/dev/{name}" for name in _DEVICES]
            self.session.setup(
                spec.limits,
                {**own, **self.copies.environment(), **spec.env},
                time.monotonic() + deadline,
                filters=[seccomp.reduced(signals=abi >= 6 or owner is not None).hex()],
                sizes=[],
                alone=owner is not None,
                landlock=rules(abi, [path for path in readable if os.path.exists(path)], [*self.copies.writable(), *devices]),
            )
        except BaseException:
            ours.close()
            self.close()
            raise
        finally:
            theirs.close()

    def run(self, command: Command, on_output: Output | None = None) -> Result:
        if self.session is None or self.copies is None:
            raise Failed("sandbox.not-running")
        try:
            return self.session.run(self.copies.translate(command), on_output)
        finally:
            self.copies.collect()

    def cancel(self) -> None:
        if self.session is not None:
            self.session.cancel()

    def refresh(self) -> None:
        self.start(self.spec)

    def set_network(self, allow: Sequence[str]) -> None:
        if allow:
            raise Failed("sandbox.no-network-list", name=self.name)

    def close(self) -> None:
        if self.session is not None:
            self.session.close()
            self.session = None
        if self.copies is not None:
            self.copies.remove()
            self.copies = None


def _interpreter(owner: tuple[int, int] | None) -> str:
    """A Python that whoever runs the agent can reach. Raises Failed when there is none."""
    own = os.path.realpath(sys.executable)
    if owner is None:
        return own
    for path in (own, shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin")):
        if path is None:
            continue
        try:
            subprocess.run([path, "-I", "-S", "-c", ""], user=owner[0], group=owner[1], extra_groups=[], check=True, env={})
        except (OSError, subprocess.SubprocessError):
            continue  # closed to that user
        return path
    raise Failed("sandbox.no-reachable-python")
