"""Our own Python shown inside: the interpreter and the document libraries, at neutral paths that tell nothing of whose machine it is.

``/opt/venv`` is a made-up virtual environment (a ``pyvenv.cfg``, a link to the interpreter, our site-packages); an interpreter outside
/usr is shown at ``/opt/python``.
"""

from __future__ import annotations

import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

VENV, BASE = "/opt/venv", "/opt/python"


@dataclass(frozen=True)
class Python:
    """``binds`` are (host folder, path inside), to be shown read-only; ``links`` and ``files`` are to be made; ``env`` is for all."""

    interpreter: str
    binds: tuple[tuple[Path, str], ...]
    links: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]
    env: dict[str, str]


def here() -> Python:
    """What it takes to run this very Python, with its packages, inside a sandbox that shows /usr."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    base = Path(sys.base_prefix).resolve()
    home = Path(sys.executable).resolve().parent
    binds: list[tuple[Path, str]] = []
    env: dict[str, str] = {}
    if not base.is_relative_to("/usr"):
        binds.append((base, BASE))
        if sysconfig.get_config_var("Py_ENABLE_SHARED") and not (base / "conda-meta").exists():
            env["LD_LIBRARY_PATH"] = f"{BASE}/lib"  # a run path compiled into it names its home outside
        home = Path(BASE, "bin")
    for scheme in ("purelib", "platlib"):
        packages = Path(sysconfig.get_path(scheme)).resolve()
        inside = f"{VENV}/{'lib64' if packages.parts[-3:-2] == ('lib64',) else 'lib'}/{version}/site-packages"
        hidden = not packages.is_relative_to("/usr") and not packages.is_relative_to(base)
        if hidden and packages.is_dir() and (packages, inside) not in binds:
            binds.append((packages, inside))
    interpreter = f"{home}/{version}"
    links = tuple((interpreter, f"{VENV}/bin/{name}") for name in ("python", "python3", version))
    wide = "false" if sys.prefix != sys.base_prefix else "true"  # a virtual environment does not see the packages of its base
    settings = f"home = {home}\ninclude-system-site-packages = {wide}\nversion = {sys.version.split()[0]}\n"
    files = ((f"{VENV}/pyvenv.cfg", settings),)
    return Python(interpreter, tuple(binds), links, files, env)
