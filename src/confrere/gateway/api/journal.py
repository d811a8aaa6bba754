"""The journal: live as server-sent events, by pages, exported, verified. And the inbox of what waits for a person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import islice, takewhile
from typing import TYPE_CHECKING

import msgspec

from confrere.gateway.api.people import caller, own
from confrere.gateway.http import Problem, Request, Routes, Stream
from confrere.gateway.shapes import AnswerRequest, Approvals, EventShown, JournalPage, Verified, VerifyRequest
from confrere.gateway.stream import packed
from confrere.journal.canonical import dumps
from confrere.journal.store import Event, Store

if TYPE_CHECKING:
    from confrere.gateway.state import Gateway

routes = Routes()
MOST_STREAMS = 400
MOST_OF_ONE = 40  # of one device


@routes.route("GET", "/api/events", "look", query={"task": "only of this task", "after": "the last seq known"}, by_element=True)
async def events(gateway: Gateway, request: Request) -> Stream:
    """The journal as it grows (text/event-stream); ids are its seq."""
    if gateway.tail.listeners >= MOST_STREAMS:
        raise Problem(429, "gateway.too-many", retry_after=5, seconds=5)
    text = request.headers.get("last-event-id", "") or request.query.get("after", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Problem(400, "gateway.query-wrong", name="after")
    who = caller(request)
    if not request.local and gateway.tail.devices[who.id] >= MOST_OF_ONE:
        raise Problem(429, "gateway.too-many", retry_after=5, seconds=5)
    if who.may("brief"):
        gateway.crew.warm("turn")

    def ended() -> bool:
        return gateway.stopping.is_set() or who.id in gateway.ended

    chunks = gateway.tail.events(int(text) if text else None, request.query.get("task", ""), who.person, ended, who.id)
    return Stream(chunks, "text/event-stream; charset=utf-8", [(b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")])


def shown(event: Event) -> EventShown:
    """An event with a readable line; its large fields by their size."""
    import json

    body = json.loads(packed(event, "").data.split(b"data: ", 1)[1])["body"]
    return EventShown(
        seq=event.seq, task=event.task, n=event.n, at=event.at, kind=event.kind, body=body, prev=event.prev, hash=event.hash,
        summary={"en": summary(event, "en"), "fr": summary(event, "fr")},
    )  # fmt: skip


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


@routes.route(
    "GET",
    "/api/journal",
    "look",
    answer=JournalPage,
    query={
        "task": "only of this task",
        "after": "seq",
        "before": "seq",
        "kind": "kinds, by commas",
        "q": "text to find",
        "limit": "at most",
    },
)
async def journal(gateway: Gateway, request: Request) -> JournalPage:
    """A page of the journal."""
    limit = request.number("limit", 200, 1, 1000)
    gateway.tail.pull()
    after, before = request.number("after", -1), request.number("before", gateway.tail.cursor + 1)
    return await asyncio.to_thread(_page, own(gateway, request), request.query, limit, after, before)


def _page(store: Store, query: dict[str, str], limit: int, after: int, before: int) -> JournalPage:
    kinds = tuple(part for part in query.get("kind", "").split(",") if part)
    wanted, text = query.get("task"), query.get("q", "").casefold()

    def keep(event: Event) -> bool:
        if not after < event.seq < before:
            return False
        return not text or text in event.kind or text in dumps(event.body).casefold() or text in summary(event, "fr").casefold()

    forwards = after >= 0
    if forwards:
        events: Iterator[Event] = store.read(wanted, after=after if wanted is None else 0, kinds=kinds)
    else:
        events = _backwards(store, wanted, kinds, before)
    found = list(islice(filter(keep, events), limit + 1))
    return JournalPage(events=[shown(event) for event in found[:limit]], next=found[limit - 1].seq if len(found) > limit else None)


def _backwards(store: Store, task: str | None, kinds: tuple[str, ...], before: int) -> Iterator[Event]:
    """Events from the newest on, by windows that grow: the end of a long journal is there without reading what comes before it."""
    if task is None:
        high = before
    else:
        last = store.last(task)
        high = last.n if last is not None else 0
    size = 500
    while high > 0:
        low = max(0, high - size)
        reading = store.read(task, after=low, kinds=kinds)
        yield from reversed(list(takewhile(lambda event, top=high: (event.seq if task is None else event.n) <= top, reading)))  # type: ignore[misc]
        high, size = low, size * 2


@routes.route("GET", "/api/journal.jsonl", "look", query={"task": "only of this task"}, by_element=True)
async def export(gateway: Gateway, request: Request) -> Stream:
    """The journal, one event a line."""
    task = request.query.get("task") or None
    name = f"confrere-{task or 'journal'}.jsonl"
    headers = [(b"content-disposition", f"attachment; filename*=UTF-8''{_plain(name)}".encode())]
    return Stream(_lines(own(gateway, request), task), "application/jsonl", headers)


def _plain(name: str) -> str:
    return "".join(char if char.isascii() and (char.isalnum() or char in "-.") else "_" for char in name)


async def _lines(store: Store, task: str | None) -> AsyncIterator[bytes]:
    reading = store.read(task)
    while True:
        lines = []
        for event in reading:
            lines.append(dumps(msgspec.structs.asdict(event)))
            if len(lines) == 200:
                break
        if not lines:
            return
        yield ("\n".join(lines) + "\n").encode("ascii")
        await asyncio.sleep(0)


@routes.route("POST", "/api/journal/verify", "look", body=VerifyRequest, answer=Verified)
async def verify(gateway: Gateway, request: Request) -> Verified:
    """Walk the chain of hashes."""
    body: VerifyRequest = await request.read(VerifyRequest)

    def work() -> Verified:
        store = own(gateway, request)
        problems = store.verify(body.task or None)
        return Verified(events=store.count(body.task or None), problems=[msgspec.to_builtins(one) for one in problems])

    return await asyncio.to_thread(work)


@routes.route("GET", "/api/approvals", "look", answer=Approvals)
async def approvals(gateway: Gateway, request: Request) -> Approvals:
    """What waits for a person."""
    gateway.tail.pull()
    return Approvals(approvals=gateway.inbox.waiting(caller(request).person))


@routes.route("POST", "/api/approvals/{id}", "approve", body=AnswerRequest, answer=Approvals)
async def answer(gateway: Gateway, request: Request) -> Approvals:
    """Answer one of them, for exactly what was shown."""
    body: AnswerRequest = await request.read(AnswerRequest)
    await gateway.inbox.answer(request.params["id"], body, caller(request))
    gateway.tail.pull()
    return Approvals(approvals=gateway.inbox.waiting(caller(request).person))
