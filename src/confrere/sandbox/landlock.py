"""The reduced fall-back of Linux: Landlock rules, system call filters and limits, where namespaces are not to be had.

No private view can be mounted, so commands work in a copy of the granted folder (``mirror.py``) whose changes are folded back after each.
No network at all. What it does not hide is in its claim, and ``doctor`` says "reduced".
"""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence

from confrere.errors import Failed
from confrere.sandbox import seccomp
from confrere.sandbox.copying import Copies, CopyingSandbox, Launch, agent_code
from confrere.sandbox.probing import try_out
from confrere.sandbox.protocol import Claim, Command, Probe, Spec

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


class Landlock(CopyingSandbox):
    """See ``protocol.Sandbox``. Paths differ from the other back ends: the folders are below ``$CONFRERE_WORK``; ``/work/NAME`` in a
    command's cwd and at the beginning of an argument is translated."""

    name = "landlock"
    claim = Claim("sandbox.landlock-isolates", "sandbox.landlock-not", network_list=False, reduced=True)

    def probe(self, deadline: float) -> Probe:
        if version() < 1:
            return Probe(False, "sandbox.no-landlock")
        return try_out(Landlock(), deadline, Command(["/bin/sh", "-c", "cat /etc/passwd || exit 7"], cwd="/tmp", timeout=deadline))

    def accept(self, spec: Spec) -> None:
        super().accept(spec)
        if spec.profile == "office":
            raise Failed("sandbox.no-office", name=self.name)

    def launch(self, copies: Copies, channel: str) -> Launch:
        abi = version()
        owner = self.owner()
        path = f"{sysconfig.get_path('scripts')}:/usr/local/bin:/usr/bin:/bin"
        own = {"PATH": path, "LANG": "C.UTF-8", "USER": "user", "PYTHONDONTWRITEBYTECODE": "1"}
        readable = [*copies.readable(), *_SYSTEM, *(f"/etc/{name}" for name in _ETC), sys.prefix, sys.base_prefix]
        writable = [*copies.writable(), *(f"/dev/{name}" for name in _DEVICES)]
        return Launch(
            [_interpreter(owner), "-I", "-S", "-c", agent_code(), channel],
            {**own, **copies.environment()},
            owner,
            told={
                "filters": [seccomp.reduced(signals=abi >= 6 or owner is not None).hex()],
                "alone": owner is not None,
                "landlock": rules(abi, [path for path in readable if os.path.exists(path)], writable),
            },
        )


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
