"""Timing whole commands and pieces of code: the median of several runs, CPU beside wall time, ratios within one run."""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


def asked(doc: str | None, name: str, default: int) -> tuple[int, bool]:
    """How often a bench was asked to measure (``--NAME N``), and whether it is to answer in JSON (``--json``)."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(f"--{name}", dest="times", metavar="N", type=int, default=default)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    return given.times, given.json


@dataclass
class Figure:
    """Medians: ``wall`` and ``cpu`` in seconds, ``peak`` the largest resident size of a single process in MB."""

    wall: float
    cpu: float
    peak: float = 0.0


def command(args: list[str], runs: int = 5, env: dict[str, str] | None = None, ok: tuple[int, ...] = (0,), count: bool = True) -> Figure:
    """A command as a whole process, after one run that does not count (unless it cannot be repeated: ``count`` is false). Raises RuntimeError when it fails."""
    figures = []
    for run in range(0 if count else 1, runs + 1):
        begun = time.perf_counter()
        process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env)
        assert process.stderr is not None
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in ok:
            raise RuntimeError(f"{args[:4]} ended with {process.returncode}: {errors.decode()[-500:]}")
        if run:
            figures.append(Figure(time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
    return median(figures)


def work(piece: Callable[[], object], runs: int = 5, before: Callable[[], object] | None = None) -> Figure:
    """A piece of code in this process, after one run that does not count; ``before`` each run is not timed."""
    figures = []
    for run in range(runs + 1):
        if before is not None:
            before()
        cpu, begun = time.process_time(), time.perf_counter()
        piece()
        if run:
            figures.append(Figure(time.perf_counter() - begun, time.process_time() - cpu))
    return median(figures)


def timed(piece: Callable[[], object]) -> Figure:
    """One run of a piece of code that cannot be repeated, with the CPU time of the commands it waited for."""

    def cpu() -> float:
        return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))

    spent, begun = cpu(), time.perf_counter()
    piece()
    return Figure(time.perf_counter() - begun, cpu() - spent)


def median(figures: list[Figure]) -> Figure:
    return Figure(*(statistics.median(getattr(figure, name) for figure in figures) for name in ("wall", "cpu", "peak")))


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def row(what: str, value: str, against: str = "", ratio: str = "", aim: str = "") -> None:
    print(f"{what:<52} {value:>16} {against:>24} {ratio:>8}  {aim}", flush=True)


def title(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


PYTHON = sys.executable
