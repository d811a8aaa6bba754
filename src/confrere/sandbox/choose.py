"""Which sandbox is used here, and what a person is told about it.

The default is the strongest that costs nothing extra; one that a person asked for by name is used or none is: never a weaker one in its
place, and never the bare host.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from confrere.errors import WrongUse
from confrere.messages import say
from confrere.sandbox.protocol import Probe, Sandbox

DEADLINE = 15.0
NAMES = ("bubblewrap", "microvm", "landlock", "container", "seatbelt")


def _bubblewrap(cache: Path | None) -> Sandbox:
    from confrere.sandbox.bubblewrap import Bubblewrap

    return Bubblewrap()


def _microvm(cache: Path | None) -> Sandbox:
    from confrere.sandbox.image import Image
    from confrere.sandbox.microvm import MicroVM, hardware

    return MicroVM(Image((cache or Path("/nonexistent")) / "vm"), "kvm" if hardware() else "tcg")


def _landlock(cache: Path | None) -> Sandbox:
    from confrere.sandbox.landlock import Landlock

    return Landlock()


def _container(cache: Path | None) -> Sandbox:
    from confrere.sandbox.containers import Containers

    return Containers()


def _seatbelt(cache: Path | None) -> Sandbox:
    from confrere.sandbox.seatbelt import Seatbelt

    return Seatbelt()


_MAKE: dict[str, Callable[[Path | None], Sandbox]] = dict(
    zip(NAMES, (_bubblewrap, _microvm, _landlock, _container, _seatbelt), strict=True)
)


def order(preference: str) -> tuple[str, ...]:
    """The back ends to try, best first. Raises WrongUse for a name that is none of them."""
    if preference:
        if preference not in NAMES:
            raise WrongUse("sandbox.unknown", name=preference, names=", ".join(NAMES))
        return (preference,)
    if sys.platform == "linux":
        return ("bubblewrap", "landlock", "container")
    return ("seatbelt", "container") if sys.platform == "darwin" else ("container",)


def choose(preference: str = "", cache: Path | None = None) -> Sandbox | None:
    """A sandbox that was seen to work, not started; None when none does, and commands are then refused.

    ``preference`` is one of NAMES or "". ``cache`` is the folder (``Home.cache``) that holds the virtual machine's image, and where what
    was found is remembered until the next boot or change of version; a failure is never remembered. Raises WrongUse for an unknown name.
    """
    for name in order(preference):
        sandbox = _MAKE[name](cache)
        if _probe(sandbox, cache).ok:
            return sandbox
    return None


@dataclass(frozen=True)
class Described:
    """One back end for ``doctor``: whether it is the one used, whether it works (None: not tried), and what to tell."""

    name: str
    used: bool
    works: bool | None
    sentences: tuple[str, ...]


def describe(language: str, preference: str = "", cache: Path | None = None) -> list[Described]:
    """What is used, what it isolates and what not, and why not each of the others; the first sentence of each is the short one."""
    wanted = order(preference)
    used = next((name for name in wanted if _probe(_MAKE[name](cache), cache, fresh=True).ok), None)
    told: list[Described] = []
    for name in sorted(NAMES, key=lambda name: (name != used, name not in wanted)):
        sandbox = _MAKE[name](cache)
        if name not in wanted and name not in ("microvm", "bubblewrap", "seatbelt", "landlock"):
            told.append(Described(name, False, None, (say("sandbox.not-tried", language, name=name),)))
            continue
        probe = _probe(sandbox, cache)
        if name == used:
            first = say("sandbox.used", language, name=name, seconds=f"{probe.start_seconds:.2f}")
            told.append(Described(name, True, True, (first, *sandbox.claim.sentences(language))))
        elif probe.ok:
            told.append(Described(name, False, True, (say("sandbox.works", language, name=name), *sandbox.claim.sentences(language))))
        else:
            why = say("sandbox.not-here", language, name=name, why=probe.sentence(language))
            told.append(Described(name, False, False, (why,)))
    if used is None:
        told.insert(0, Described("", False, False, (say("sandbox.none", language),)))
    return told


_seen: dict[str, Probe] = {}


def _probe(sandbox: Sandbox, cache: Path | None, fresh: bool = False) -> Probe:
    """Asked once a process; a success is remembered on disk under what could change it."""
    name = sandbox.name
    if name in _seen and not fresh:
        return _seen[name]
    place = cache / "sandbox.json" if cache is not None else None
    key = _situation()
    if place is not None and not fresh:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            known = json.loads(place.read_text())[name]
            if known["situation"] == key:
                _seen[name] = Probe(True, start_seconds=float(known["seconds"]))
                return _seen[name]
    probe = sandbox.probe(DEADLINE)
    if probe.ok or fresh:
        _seen[name] = probe
    if probe.ok and place is not None:
        with contextlib.suppress(OSError):  # it is then asked again the next time
            try:
                known = json.loads(place.read_text())
            except (OSError, ValueError):
                known = {}
            known[name] = {"situation": key, "seconds": probe.start_seconds}
            place.parent.mkdir(parents=True, exist_ok=True)
            place.with_suffix(".new").write_text(json.dumps(known))
            place.with_suffix(".new").replace(place)
    return probe


def _situation() -> str:
    """This boot, kernel, interpreter, user and version of ours: what a probe's answer depends on."""
    from confrere import __version__

    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        boot = ""
    return " ".join((boot, platform.release(), sys.executable, str(getattr(os, "geteuid", int)()), __version__))
