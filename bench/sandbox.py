"""What a command costs in the sandbox: against ``bwrap true`` and against a bare process, in one run, as ratios.

``python bench/sandbox.py [--vm FOLDER] [--rounds N]``; FOLDER is where ``python -m confrere.sandbox.image`` built the virtual machine.
Figures are milliseconds, best and median; the machine's load is printed, because they depend on it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from confrere.sandbox.bubblewrap import Bubblewrap
from confrere.sandbox.image import Image
from confrere.sandbox.jail import program
from confrere.sandbox.landlock import Landlock
from confrere.sandbox.microvm import MicroVM
from confrere.sandbox.protocol import Command, Mount, Sandbox, Spec

TRUE = Command(["/bin/true"], cwd="/")
PYTHON = Command(["python3", "-I", "-c", "print(1)"], cwd="/")
BWRAP = (
    "--unshare-all",
    "--die-with-parent",
    "--ro-bind",
    "/usr",
    "/usr",
    "--symlink",
    "usr/lib",
    "/lib",
    "--symlink",
    "usr/lib64",
    "/lib64",
)


def timed(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Best and median, in milliseconds."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return min(taken), statistics.median(taken)


def place(folder: Path) -> Mount:
    for name in ("lower", "upper", "work"):
        (folder / name).mkdir(exist_ok=True)
    return Mount("Folder", folder / "lower", folder / "upper", folder / "work")


def first(make: Callable[[], Sandbox], spec: Spec) -> None:
    sandbox = make()
    sandbox.start(spec)
    sandbox.run(TRUE)
    sandbox.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vm", type=Path)
    parser.add_argument("--rounds", type=int, default=40)
    chosen = parser.parse_args()
    back_ends: dict[str, Callable[[], Sandbox]] = {"bubblewrap": Bubblewrap, "landlock": Landlock}
    if chosen.vm is not None:
        back_ends["microvm"] = lambda: MicroVM(Image(chosen.vm))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, {'as root' if os.geteuid() == 0 else 'as an ordinary user'}")
    bare = timed(lambda: subprocess.run(["/bin/true"], check=True, capture_output=True), chosen.rounds)
    plain = timed(lambda: subprocess.run([program(), *BWRAP, "--", "/usr/bin/true"], check=True, capture_output=True), chosen.rounds)
    print(f"{'':34}{'best ms':>9}{'median':>9}{'x bare':>9}{'x bwrap':>9}")

    def show(name: str, figures: tuple[float, float]) -> None:
        print(f"{name:34}{figures[0]:9.2f}{figures[1]:9.2f}{figures[1] / bare[1]:9.1f}{figures[1] / plain[1]:9.1f}")

    show("a bare process", bare)
    show("bwrap true (one shot)", plain)
    with tempfile.TemporaryDirectory() as folder:
        spec = Spec([place(Path(folder))])
        for name, make in back_ends.items():
            show(f"{name}: start to first command", timed(lambda make=make: first(make, spec), max(3, chosen.rounds // 4)))  # type: ignore[misc]
            sandbox = make()
            sandbox.start(spec)
            try:
                show(f"{name}: next true", timed(lambda sandbox=sandbox: sandbox.run(TRUE), chosen.rounds))  # type: ignore[misc]
                show(f"{name}: next python", timed(lambda sandbox=sandbox: sandbox.run(PYTHON), max(3, chosen.rounds // 4)))  # type: ignore[misc]
            finally:
                sandbox.close()
        subprocess.run(["chmod", "-R", "u+rwX", folder], check=True)


if __name__ == "__main__":
    main()
