"""The journal by pages: what one person may see of it, by kinds and words, and never more work for one request than is said here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice

import msgspec

from confrere.gateway.people import People
from confrere.journal.canonical import dumps
from confrere.journal.store import SYSTEM, Event, Store

LOOKED_AT = 5000
"""Events that one page looks at: whoever seeks a rare word in a long journal goes on from where it ends."""
SECONDS = 1.0
"""The same, where events are large."""
_WINDOW = 500


class Wanted(msgspec.Struct, kw_only=True, frozen=True):
    """What to look for. ``task`` None is every task, ``kinds`` empty every kind, ``text`` case-folded; ``after`` and ``before`` are seqs,
    neither included; from ``after`` on the oldest come first, without it (-1) the newest."""

    task: str | None
    kinds: frozenset[str]
    text: str
    after: int
    before: int
    limit: int


def page(people: People, person: str, wanted: Wanted) -> tuple[list[Event], int | None]:
    """At most ``limit`` events, and the seq to go on from; None at the end. Fewer, even none, where more had to be looked at than one
    request may."""
    if wanted.task not in (None, SYSTEM) and people.several and people.of_task(str(wanted.task)) != person:
        return [], None

    def keep(event: Event) -> bool:
        if (wanted.kinds and event.kind not in wanted.kinds) or not people.sees(person, people.whose(event)):
            return False
        text = wanted.text
        return not text or text in event.kind or text in dumps(event.body).casefold() or text in summary(event, "fr").casefold()

    until = time.monotonic() + SECONDS
    found: list[Event] = []
    last = looked = 0
    for event in (_forwards if wanted.after >= 0 else _backwards)(people.store, wanted):
        if looked == LOOKED_AT or (looked and time.monotonic() > until):
            return found, last
        looked, last = looked + 1, event.seq
        if keep(event):
            if len(found) == wanted.limit:
                return found, found[-1].seq
            found.append(event)
    return found, None


def summary(event: Event, language: str) -> str:
    """One line about an event, with what tells most of its body."""
    from confrere.messages import say, show

    try:
        head = say(f"gateway_events.{event.kind.replace('.', '-')}", language)
    except KeyError:
        head = event.kind
    body = event.body
    parts = []
    verdict = body.get("verdict")
    if isinstance(verdict, dict):
        parts = [str(body.get("tool", "")), verdict["verdict"], verdict["rule"]]
    else:
        message = body.get("message")
        if isinstance(message, dict):
            parts = [
                message["role"],
                " ".join(str(message.get("text", "")).split())[:120] or ", ".join(call["tool"] for call in message.get("calls", [])),
            ]
        for key in ("brief", "call", "status", "name", "what", "path", "by", "state"):
            if isinstance(body.get(key), str) and body[key]:
                parts.append(" ".join(body[key].split())[:120])
    return show(" · ".join([head, *parts]))


def _forwards(store: Store, wanted: Wanted) -> Iterator[Event]:
    start = wanted.after if wanted.task is None else _place(store, wanted.task, wanted.after)
    for event in store.read(wanted.task, after=start):
        if event.seq >= wanted.before:
            return
        yield event


def _backwards(store: Store, wanted: Wanted) -> Iterator[Event]:
    """By windows: the end of a long journal is there without reading what comes before it."""
    high = wanted.before - 1 if wanted.task is None else _place(store, wanted.task, wanted.before - 1)
    while high > 0:
        low = max(0, high - _WINDOW)
        reading = islice(store.read(wanted.task, after=low), high - low)
        yield from reversed([event for event in reading if (event.seq if wanted.task is None else event.n) <= high])
        high = low


def _place(store: Store, task: str, seq: int) -> int:
    """The number, in its task, of the last event up to this seq; 0 where there is none."""
    last = store.last(task)
    if last is None or last.seq <= seq:
        return last.n if last is not None else 0
    low, high = 0, last.n
    while low < high:
        middle = (low + high) // 2
        if next(store.read(task, after=middle)).seq <= seq:
            low = middle + 1
        else:
            high = middle
    return low
