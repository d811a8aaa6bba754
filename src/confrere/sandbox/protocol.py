"""The one contract of every sandbox: what it is given, what it runs, what it gives back, what it may honestly claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from confrere.messages import say

MIB = 1 << 20


@dataclass(frozen=True)
class Mount:
    """A granted folder, shown inside at ``/work/NAME``.

    ``lower`` is the real folder, never written. ``upper`` is the task's staging area in overlayfs's own on-disk format (a whiteout is
    a character device 0/0, an opaque folder has ``user.overlay.opaque=y``) and ``work`` an empty folder on the same file system; both
    are needed unless ``readonly``.
    """

    name: str
    lower: Path
    upper: Path | None = None
    work: Path | None = None
    readonly: bool = False

    def __post_init__(self) -> None:
        if not self.name or "/" in self.name or "\0" in self.name or self.name in (".", ".."):
            raise ValueError(f"not a name for a mount: {self.name!r}")
        if not self.readonly and (self.upper is None or self.work is None):
            raise ValueError("a writable mount needs its upper and work folders")


@dataclass(frozen=True)
class Limits:
    """Bounds on what runs inside; sizes in bytes, times in seconds.

    ``memory`` bounds each process (RLIMIT_DATA) and, by a watch ten times a second, all of them together. ``disk`` bounds one file,
    and what one command may add to the staging areas. ``scratch`` is the size of each of /tmp and the home folder. ``output`` is what
    is kept of each of stdout and stderr.
    """

    memory: int = 2048 * MIB
    processes: int = 256
    disk: int = 2048 * MIB
    scratch: int = 512 * MIB
    files: int = 1024
    cpu: int = 600
    wall: float = 600.0
    output: int = MIB


@dataclass(frozen=True)
class Request:
    """One attempt to reach the network, as the proxy understood it. ``method`` is CONNECT or SOCKS for a tunnel, whose path is empty.

    ``size`` is that of the body in bytes, -1 where it is not said beforehand; ``headers`` are those that would be sent on."""

    host: str
    port: int
    method: str
    path: str = ""
    size: int = 0
    headers: tuple[tuple[str, str], ...] = ()


class Denied(Exception):
    """A request may not pass; the argument is the outcome told to ``Record``."""


Passage = Literal["free", "quiet"]
Decide = Callable[[Request], Passage]
"""How a request may pass; raises Denied where it may not. "quiet" sends the address and nothing else: no header of the program's."""
Stands = Callable[[Request, Passage], bool]
"""Whether what a request that passed rests on still stands; asked while it is open."""
Record = Callable[[Request, str], None]
"""Told of every request with its outcome: "allowed" or the reason of the refusal, a short English word for the journal."""


@dataclass(frozen=True)
class Spec:
    """What a sandbox is started with.

    ``allow`` lists hosts (``example.org``, ``*.example.org``, ``example.org:8443``); empty means no network at all. ``decide`` is then
    asked about every request that the list allows, ``stands`` about those that are open, and ``record`` is told of every request. ``env`` is the whole environment a command gets
    beside PATH, HOME, USER, LANG, TMPDIR: nothing is inherited. ``profile`` "office" allows Unix sockets between programs inside,
    which LibreOffice and graphical programs need; "strict" does not.
    """

    mounts: Sequence[Mount] = ()
    limits: Limits = field(default_factory=Limits)
    allow: Sequence[str] = ()
    decide: Decide | None = None
    record: Record | None = None
    stands: Stands | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    profile: Literal["strict", "office"] = "strict"


@dataclass(frozen=True)
class Command:
    """One program to run. ``cwd`` is a path inside; ``timeout`` in seconds, never more than ``Limits.wall``."""

    argv: Sequence[str]
    cwd: str = "/work"
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    timeout: float | None = None


@dataclass(frozen=True)
class Result:
    """What a command gave. ``rc`` is negative for the signal that ended it, 127 when it could not be started.

    ``truncated`` counts the bytes of output that were not kept. ``orphans`` counts the processes it left behind: they were ended, for
    nothing outlives its command. ``over`` names the limit that ended it ("memory", "disk"), or is empty.
    """

    rc: int
    out: bytes
    err: bytes
    truncated: int = 0
    timed_out: bool = False
    orphans: int = 0
    seconds: float = 0.0
    over: str = ""

    @property
    def text(self) -> str:
        """Standard output then standard error, undecodable bytes replaced."""
        return (self.out + self.err).decode("utf-8", "replace")


@dataclass(frozen=True)
class Probe:
    """Whether a back end works here, found by running something in it. ``reason`` is a catalogue key, with its ``data``."""

    ok: bool
    reason: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    start_seconds: float = 0.0

    def sentence(self, language: str) -> str:
        return say(self.reason, language, **self.data) if self.reason else ""


@dataclass(frozen=True)
class Claim:
    """What a back end isolates and what it does not: catalogue keys, and flags for programs."""

    isolates: str
    not_isolated: str
    own_kernel: bool = False
    hides_files: bool = True
    network_list: bool = True
    reduced: bool = False

    def sentences(self, language: str) -> tuple[str, str]:
        return say(self.isolates, language), say(self.not_isolated, language)


Output = Callable[[int, bytes], None]
"""Told of output as it comes: 1 or 2, and the bytes."""


class Sandbox(Protocol):
    """A place where commands run. One command at a time; calls may come from any thread, ``cancel`` and ``close`` while ``run`` runs."""

    name: str
    claim: Claim

    def probe(self, deadline: float) -> Probe:
        """Really run something, within ``deadline`` seconds. Never raises: what does not work is the answer."""
        ...

    def start(self, spec: Spec) -> None:
        """Raises Failed when it cannot start; nothing is left behind then."""
        ...

    def run(self, command: Command, on_output: Output | None = None) -> Result:
        """Raises Failed when the sandbox broke, Stopped when ``close`` was called meanwhile. A failing command is a Result."""
        ...

    def cancel(self) -> None:
        """End the running command, if any; its ``run`` returns. The sandbox stays."""
        ...

    def refresh(self) -> None:
        """Start anew on the same spec: needed after anything else wrote to an upper folder, because a mounted overlay need not notice."""
        ...

    def set_network(self, allow: Sequence[str]) -> None:
        """Replace the list of hosts; takes effect with the next request. Opening the network for the first time waits for a running
        command to end. Raises ValueError for an entry that is no host, Failed where there can be no network."""
        ...

    def close(self) -> None:
        """End everything inside within a second. Harmless when repeated."""
        ...
