"""The journal as server-sent events: who was away gets exactly what was missed; who is here gets it at once.

One tail reads the journal for everybody and keeps the newest events as they are sent; a client is a place in it. A client that is
slow reads
on from the store: nothing is queued for it in memory.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import msgspec

from confrere.gateway.http import encode
from confrere.gateway.people import People
from confrere.journal.store import SYSTEM, Event, Store

POLL = 0.25  # seconds between looks at what other processes wrote, while someone listens
BEAT = 20.0  # seconds between comment lines
_TOGETHER, _QUIET = 0.01, 0.05  # seconds in which what is written is told at once, with and without someone listening
_RECENT = 2000
_LARGE = 4096  # bytes of a field above which a client is told its size only
_MOST_TEXT = 200_000


class Sent(NamedTuple):
    """An event as it is sent."""

    seq: int
    task: str
    data: bytes
    whose: str


class Live(msgspec.Struct, kw_only=True):
    """What a task shows that is not in the journal: how far it is, and what its model is writing."""

    progress: dict[str, Any] = {}
    text: str = ""
    generation: int = 0
    version: int = 0


class Tail:
    """Follows the journal. ``followers`` are told each new event once, in order, in this process."""

    def __init__(self, store: Store, people: People) -> None:
        self.store = store
        self.people = people
        self.cursor = newest(store)
        self.followers: list[Callable[[Event], None]] = []
        self.live: dict[str, Live] = {}
        self.listeners = 0
        self.devices: Counter[str] = Counter()  # streams of each
        self.busy: Callable[[], bool] = lambda: False
        self._recent: deque[Sent] = deque(maxlen=_RECENT)
        self._oldest = self.cursor  # everything after this seq is in ``_recent``
        self._version = 0
        self._live_version = 0
        self._notices: deque[tuple[int, str, bytes]] = deque(maxlen=50)
        self._changed = asyncio.Event()
        self._poll: asyncio.Task[None] | None = None
        self._soon: asyncio.TimerHandle | None = None
        self._stamp = store.stamp()

    # -- what is new

    def soon(self) -> None:
        """Something was written: look a moment later, once for all that comes together."""
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(_TOGETHER if self.listeners else _QUIET, self.pull)

    def pull(self) -> None:
        """Take in what the journal has gained, and wake who waits."""
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        self._stamp = self.store.stamp()
        found = False
        for event in self.store.read(None, after=self.cursor):
            found = True
            self.cursor = event.seq
            if len(self._recent) == _RECENT:
                self._oldest = self._recent[0].seq
            if event.task == SYSTEM:
                self.people.follow(event)
            self._recent.append(packed(event, self.people.whose(event)))
            if event.kind == "message" or event.kind.startswith(("task.", "plan.", "review.")):
                self._quiet(event.task)
            for follow in self.followers:
                follow(event)
        if found:
            self._wake()

    def _quiet(self, task: str) -> None:
        live = self.live.get(task)
        if live is not None and live.text:
            live.text, live.generation = "", live.generation + 1

    def tell(self, task: str, kind: str, body: dict[str, Any]) -> None:
        """Something that is not journaled: progress, or a piece of what the model writes."""
        live = self.live.setdefault(task, Live())
        if kind == "progress":
            live.progress = body
        elif kind == "text":
            text = body["text"]
            if text == "\x18":
                live.text, live.generation = "", live.generation + 1
            elif len(live.text) < _MOST_TEXT:
                live.text += text
        self._live_version += 1
        live.version = self._live_version
        self._wake()

    def forget(self, task: str) -> None:
        self.live.pop(task, None)

    def notice(self, body: dict[str, Any]) -> None:
        """Something people should know now; who is not here finds it in the inbox."""
        whose = self.people.of_task(body["task"]) if body.get("task") else ""
        self._notices.append((self._version + 1, whose, b"event: notice\ndata: %s\n\n" % encode(body)))
        self._wake()

    def _wake(self) -> None:
        self._version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    # -- who listens

    def watch(self) -> None:
        """Look at what other processes write, for as long as someone listens or works."""
        if self._poll is None or self._poll.done():
            self._poll = asyncio.ensure_future(self._look())

    async def _look(self) -> None:
        while self.listeners or self.busy():
            await asyncio.sleep(POLL)
            if self.store.stamp() != self._stamp:
                self.pull()

    def close(self) -> None:
        if self._poll is not None:
            self._poll.cancel()
        if self._soon is not None:
            self._soon.cancel()
        self._wake()

    async def events(self, after: int | None, task: str, person: str, ended: Callable[[], bool], device: str = "") -> AsyncIterator[bytes]:
        """The stream of one client, from ``after`` (None: from now), of one task or of all (""), as this person may see it."""
        self.listeners += 1
        self.devices[device] += 1
        self.watch()
        try:
            self.pull()
            cursor = self.cursor if after is None else min(after, self.cursor)
            ready = False
            shown: dict[str, tuple[int, int, int]] = {}  # task: version of its live part, generation and length of its text
            told = self._version
            while not ended():
                changed, version = self._changed, self._version
                while cursor < self.cursor:
                    batch, cursor = self._batch(cursor, task, person)
                    if batch:
                        yield b"".join(batch)
                if not ready:
                    ready = True
                    yield b'event: ready\ndata: {"seq":%d}\n\n' % cursor
                pieces = self._live_since(shown, task, person)
                pieces += [data for number, whose, data in self._notices if number > told and self.people.sees(person, whose)]
                told = version
                if pieces:
                    yield b"".join(pieces)
                if version == self._version:
                    try:
                        await asyncio.wait_for(changed.wait(), BEAT)
                    except TimeoutError:
                        yield b": still here\n\n"
                    else:
                        await asyncio.sleep(0.01)  # what comes together goes together
        finally:
            self.listeners -= 1
            self.devices[device] -= 1
            if not self.devices[device]:
                del self.devices[device]

    def _batch(self, cursor: int, task: str, person: str) -> tuple[list[bytes], int]:
        """Up to 200 events after ``cursor``, and the place reached."""
        if cursor >= self._oldest:
            start = next((index for index, sent in enumerate(self._recent) if sent.seq > cursor), len(self._recent))
            found = [self._recent[index] for index in range(start, min(start + 200, len(self._recent)))]
        else:
            found = []
            for event in self.store.read(None, after=cursor):
                found.append(packed(event, self.people.whose(event)))
                if len(found) >= 200:
                    break
        if not found:
            return [], self.cursor
        sees = self.people.sees
        return [sent.data for sent in found if (not task or sent.task == task) and sees(person, sent.whose)], found[-1].seq

    def _live_since(self, shown: dict[str, tuple[int, int, int]], task: str, person: str) -> list[bytes]:
        pieces = []
        for name, live in self.live.items():
            if (task and name != task) or self.people.of_task(name) != person:
                continue
            version, generation, length = shown.get(name, (0, -1, 0))
            if live.version <= version:
                continue
            if live.progress:
                pieces.append(b"event: live\ndata: %s\n\n" % encode({"task": name, "kind": "progress", **live.progress}))
            reset = generation not in (-1, live.generation)
            start = 0 if generation != live.generation else length
            if len(live.text) > start or reset:
                body = {"task": name, "kind": "text", "text": live.text[start:], "offset": start, "reset": start == 0}
                pieces.append(b"event: live\ndata: %s\n\n" % encode(body))
            shown[name] = (live.version, live.generation, len(live.text))
        return pieces


def packed(event: Event, whose: str) -> Sent:
    """An event in the form of the stream, large fields by their size; ``whose`` is the person it is about."""
    body = {name: _small(value) for name, value in event.body.items() if name != "hash" or event.task != SYSTEM}
    shown = {"seq": event.seq, "task": event.task, "n": event.n, "at": event.at, "kind": event.kind, "body": body}
    return Sent(event.seq, event.task, b"id: %d\nevent: journal\ndata: %s\n\n" % (event.seq, encode(shown)), whose)


def _small(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _LARGE else {"$large": len(value)}
    if isinstance(value, list | dict) and value:
        size = len(encode(value))
        return value if size <= _LARGE else {"$large": size}
    return value


def newest(store: Store) -> int:
    """The seq of the newest event, found by doubling and halving: the store offers no other way than reading on from a place."""

    def more(after: int) -> bool:
        return next(iter(store.read(None, after=after)), None) is not None

    high = 1024
    while more(high):
        high *= 2
    low = high // 2 if high > 1024 else 0
    while high - low > 400:
        middle = (low + high) // 2
        low, high = (middle, high) if more(middle) else (low, middle)
    last = low
    for event in store.read(None, after=low):
        last = event.seq
    return last
