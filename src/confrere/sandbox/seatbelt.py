"""macOS: commands work in a copy of the granted folder under a Seatbelt profile (sandbox-exec).

Written to what Apple ships and documents (sandbox-exec(1), sandbox(7), /System/Library/Sandbox/Profiles); the profile's text
is tested everywhere, the back end itself only where there is a macOS.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from confrere.sandbox.copying import Copies, CopyingSandbox, Launch, agent_code
from confrere.sandbox.probing import try_out
from confrere.sandbox.protocol import Claim, Command, Probe

PROGRAM = "/usr/bin/sandbox-exec"
_SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/System",
    "/Library/Apple",
    "/Library/Frameworks",
    "/Library/Fonts",
    "/opt/homebrew",
    "/private/var/db/dyld",
)
_FILES = ("/private/etc/localtime", "/private/etc/ssl", "/private/var/select", "/dev/urandom", "/dev/random", "/dev/zero")


def quoted(text: str) -> str:
    """A string of the profile language. Raises ValueError for what no path may hold."""
    if "\0" in text:
        raise ValueError("a path with a null character")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def profile(readable: Sequence[str], writable: Sequence[str]) -> str:
    """Everything denied but: programs and their libraries, what is named here, and signals within the sandbox. No network, no Mach
    services but those without which no program starts."""
    lines = ["(version 1)", "(deny default)", "(allow process-fork)", "(allow process-exec)", "(allow signal (target same-sandbox))"]
    lines += ["(allow process-info* (target same-sandbox))", "(allow sysctl-read)", "(allow file-read-metadata)"]
    lines += ['(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo"))', '(allow file-ioctl (literal "/dev/null"))']
    lines += ['(allow file-read* file-write* (literal "/dev/null"))', '(allow file-read* (literal "/"))']
    lines += [f"(allow file-read* (subpath {quoted(path)}))" for path in readable]
    lines += [f"(allow file-read* file-write* (subpath {quoted(path)}))" for path in writable]
    lines += ["(deny network*)", "(deny file-write-setugid)", "(deny system-socket)"]
    return "\n".join(lines)


class Seatbelt(CopyingSandbox):
    """See ``protocol.Sandbox``. Folders are below ``$CONFRERE_WORK``, as with Landlock."""

    name = "seatbelt"
    claim = Claim("sandbox.seatbelt-isolates", "sandbox.seatbelt-not", network_list=False, reduced=True)

    def probe(self, deadline: float) -> Probe:
        if sys.platform != "darwin" or not os.access(PROGRAM, os.X_OK):
            return Probe(False, "sandbox.no-seatbelt")
        return try_out(Seatbelt(), deadline, Command(["/bin/sh", "-c", "cat /etc/passwd || exit 7"], cwd="/tmp", timeout=deadline))

    def launch(self, copies: Copies, channel: str) -> Launch:
        real = os.path.realpath
        readable = [*_SYSTEM, *_FILES, *(real(path) for path in (sys.prefix, sys.base_prefix, *copies.readable()))]
        text = profile(readable, [real(path) for path in copies.writable()])
        env = {
            "PATH": f"{sys.prefix}/bin:/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        argv = [PROGRAM, "-p", text, real(sys.executable), "-I", "-S", "-c", agent_code(), channel]
        return Launch(argv, {**env, **copies.environment()}, copies.owner)
