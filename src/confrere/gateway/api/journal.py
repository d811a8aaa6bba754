"""The journal: live as server-sent events, by pages, exported, verified. And the inbox of what waits for a person."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from confrere.gateway.api.people import caller, own
from confrere.gateway.http import Problem, Request, Routes, Stream
from confrere.gateway.pages import Wanted, page, summary
from confrere.gateway.shapes.approvals import AnswerRequest, Approvals
from confrere.gateway.shapes.journal import EventShown, JournalPage, Verified, VerifyRequest
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
    """A page of the journal: it may hold fewer events than asked for, and still have a next."""
    limit = request.number("limit", 200, 1, 1000)
    gateway.tail.pull()
    after, before = request.number("after", -1), request.number("before", gateway.tail.cursor + 1)
    wanted = Wanted(
        task=request.query.get("task"),
        kinds=frozenset(part for part in request.query.get("kind", "").split(",") if part),
        text=request.query.get("q", "").casefold(),
        after=after,
        before=min(before, gateway.tail.cursor + 1),
        limit=limit,
    )
    who = caller(request)
    async with _turn(gateway, who.id):
        events, following = await asyncio.to_thread(page, gateway.people, who.person, wanted)
    return JournalPage(events=[shown(event) for event in events], next=following)


@asynccontextmanager
async def _turn(gateway: Gateway, device: str) -> AsyncIterator[None]:
    """One reading of the journal at a time for a device, and a few that wait. Raises Problem."""
    turn = gateway.turns.of(device)
    if turn is None:
        raise Problem(429, "gateway.too-many", retry_after=1, seconds=1)
    async with turn:
        yield


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
    while lines := await asyncio.to_thread(lambda: [dumps(msgspec.structs.asdict(event)) for event in islice(reading, 200)]):
        yield ("\n".join(lines) + "\n").encode("ascii")


@routes.route("POST", "/api/journal/verify", "look", body=VerifyRequest, answer=Verified)
async def verify(gateway: Gateway, request: Request) -> Verified:
    """Walk the chain of hashes."""
    body: VerifyRequest = await request.read(VerifyRequest)
    who = caller(request)

    def work() -> Verified:
        store = own(gateway, request)
        problems = store.verify(body.task or None)
        return Verified(events=store.count(body.task or None), problems=[msgspec.to_builtins(one) for one in problems])

    async with _turn(gateway, f"verify {who.person}"):
        if not who.may("administer") and (wait := gateway.rests.wait(who.person)):
            raise Problem(429, "gateway.too-many", retry_after=wait, seconds=max(1, round(wait)))
        begun = time.monotonic()
        found = await asyncio.to_thread(work)
        gateway.rests.worked(who.person, time.monotonic() - begun)
    return found


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
