"""What a store of events offers, whatever keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import msgspec

SYSTEM = ""  # the task name of events that belong to no task


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One immutable fact.

    ``seq`` orders all events of the store, ``n`` those of the task (both from 1). ``at`` is UTC, ISO 8601 in
    milliseconds. ``prev`` and ``hash`` chain the events of a task (see ``chain``).
    """

    seq: int
    task: str
    n: int
    at: str
    kind: str
    body: dict[str, Any]
    prev: str
    hash: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something ``verify`` found: ``code`` is altered, removed, reordered, blob-missing or blob-altered."""

    code: str
    task: str
    n: int
    detail: str = ""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who works on a task now: a process, told apart from a later one with the same number by its start time."""

    pid: int
    started: str


class Store(Protocol):
    """Append-only, hash-chained events. Two processes may read and append at once."""

    def append(self, task: str, kind: str, body: dict[str, Any] | None = None, *, durable: bool = False) -> Event:
        """Add one event. With ``durable`` it survives a power cut once this returns; without, a kill of the process."""
        ...

    def read(self, task: str | None = None, *, after: int = 0, kinds: tuple[str, ...] = ()) -> Iterator[Event]:
        """Events in order, of one task (``after`` compares ``n``) or, for None, of all (``after`` compares ``seq``)."""
        ...

    def last(self, task: str, *kinds: str) -> Event | None: ...

    def count(self, task: str | None = None) -> int:
        """How many events there are, of one task or of all."""
        ...

    def tasks(self) -> list[str]:
        """All tasks, the newest first."""
        ...

    def stamp(self) -> int:
        """A number that changes when any process appends: cheap to poll."""
        ...

    def claim(self, task: str) -> Holder | None:
        """Take the task for this process. Returns None when it is ours now, else who holds it."""
        ...

    def release(self, task: str) -> None: ...

    def holder(self, task: str) -> Holder | None:
        """The living process that holds the task."""
        ...

    def verify(self, task: str | None = None, progress: Callable[[int], None] | None = None) -> list[Problem]: ...

    def close(self) -> None: ...
