"""The journal by pages: every event once whatever one request may look at, and no device that keeps the machine busy."""

import asyncio
import json
import threading

import pytest

from confrere.gateway import pages
from confrere.gateway.limits import Rests, Turns
from confrere.gateway.pages import Wanted, page
from confrere.gateway.people import OWNER, People
from confrere.gateway.shapes.people import NewPerson
from confrere.journal.sqlite import SqliteStore


@pytest.fixture
def store(tmp_path):
    store = SqliteStore(tmp_path / "journal.db", tmp_path / "blobs")
    yield store
    store.close()


def filled(store, count=300):
    """Three tasks whose events take turns, and one rare word in each hundred."""
    for number in range(count):
        body = {"text": "the rare needle" if number % 100 == 7 else "hay", "number": number}
        store.append(f"t{number % 3}", "message" if number % 2 else "call.memo", body)
    return People(store)


def walk(people, person=OWNER, **more):
    """All that is found by going on to the end, and how many pages that took."""
    wanted = {"task": None, "kinds": frozenset(), "text": "", "after": -1, "before": 10**6, "limit": 20, **more}
    found, turns = [], 0
    while True:
        events, following = page(people, person, Wanted(**wanted))
        turns += 1
        assert len(events) <= wanted["limit"]
        found += [event.seq for event in events]
        if following is None:
            return found, turns
        assert following != wanted["after" if wanted["after"] >= 0 else "before"], "it goes on"
        wanted["after" if wanted["after"] >= 0 else "before"] = following


@pytest.mark.parametrize("most", [1, 37, 10**6])
@pytest.mark.parametrize("window", [1, 50, 500])
def test_every_event_is_found_once_whatever_a_request_may_look_at(store, monkeypatch, most, window):
    people = filled(store, 120)
    monkeypatch.setattr(pages, "LOOKED_AT", most)
    monkeypatch.setattr(pages, "_WINDOW", window)
    every = list(range(1, 121))
    assert walk(people)[0] == every[::-1] and walk(people, after=0)[0] == every
    assert walk(people, after=40, before=100)[0] == every[40:99] and walk(people, before=50)[0] == every[48::-1]
    second = every[1::3]
    assert walk(people, task="t1")[0] == second[::-1] and walk(people, task="t1", after=0)[0] == second
    assert walk(people, task="t1", after=50)[0] == [seq for seq in second if seq > 50]
    assert walk(people, kinds=frozenset({"message"}), task="t1")[0] == [seq for seq in second[::-1] if seq % 2 == 0]
    assert walk(people, text="rare needle")[0] == [108, 8] and walk(people, text="nothing of the kind")[0] == []
    assert walk(people, task="nobody's")[0] == []


def test_a_request_looks_at_so_many_events_and_no_more(store, monkeypatch):
    people = filled(store)
    monkeypatch.setattr(pages, "LOOKED_AT", 100)
    read = []
    unpack = store._event
    monkeypatch.setattr(store, "_event", lambda row: read.append(row[0]) or unpack(row))
    for more in ({}, {"after": 0}, {"task": "t2"}, {"task": "t2", "after": 150}):
        read.clear()
        page(
            people,
            OWNER,
            Wanted(**{"task": None, "kinds": frozenset(), "text": "no such word", "after": -1, "before": 301, "limit": 200, **more}),
        )
        assert 40 < len(read) <= 330, "a window, and not the journal again and again"
    assert walk(people, text="no such word") == ([], 3)


def test_large_events_end_a_page_by_time(store, monkeypatch):
    people = filled(store, 20)
    monkeypatch.setattr(pages, "SECONDS", -1.0)
    assert walk(people, limit=100) == (list(range(20, 0, -1)), 20), "one each, and none is left out"


def test_others_events_are_looked_at_and_not_shown(store, monkeypatch, tmp_path):
    people = People(store)
    bob = people.add(NewPerson(name="Bob")).id
    for number in range(60):
        if number < 2:
            store.append(f"t{number}", "task.created", {"person": bob if number else OWNER})
        store.append(f"t{number % 2}", "message", {"number": number})
    monkeypatch.setattr(pages, "LOOKED_AT", 10)
    theirs, turns = walk(people, bob)
    assert len(theirs) == 31 and turns >= 6
    assert walk(people, bob, task="t0")[0] == [] and len(walk(people, bob, task="t1")[0]) == 31


def test_who_waits_for_a_turn_and_who_is_sent_away():
    async def go():
        turns, at_once, most = Turns(3), 0, 0

        async def one():
            nonlocal at_once, most
            turn = turns.of("a")
            if turn is None:
                return "away"
            async with turn:
                at_once += 1
                most = max(most, at_once)
                await asyncio.sleep(0)
                at_once -= 1
            return "done"

        said = await asyncio.gather(*(one() for _ in range(5)))
        assert sorted(said) == ["away", "away", "done", "done", "done"] and most == 1
        assert turns.of("a") is not None and turns.of("b") is not None

    asyncio.run(go())


def test_a_rest_is_as_long_as_the_work_was():
    now = [100.0]
    rests = Rests(9.0, lambda: now[0])
    assert rests.wait("a") == 0
    rests.worked("a", 2.0)
    assert rests.wait("a") == 18 and rests.wait("b") == 0
    now[0] += 18
    assert rests.wait("a") == 0


def test_a_device_that_may_only_look_cannot_have_the_journal_verified_without_end(up):
    """One after the other, then a rest; the owner may at any time, and is told the same."""
    store = SqliteStore(up.home / "journal.db", up.home / "blobs")
    for _ in range(20):
        store.append_many("", [("value.stated", {"number": number}) for number in range(100)])
    store.close()
    headers = [("Authorization", f"Bearer {up.program('look')}"), ("Content-Type", "application/json")]
    answers = []

    def ask():
        answers.append(up.raw("POST", "/api/journal/verify", headers, b"{}"))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(answer.status for answer in answers)
    assert statuses[0] == 200 and statuses[-1] == 429 and set(statuses) == {200, 429}
    assert {answer.code for answer in answers if answer.status == 429} == {"gateway.too-many"}
    for _ in range(3):
        assert up.ask("POST", "/api/journal/verify", {}, 200).json == {"events": 2001, "problems": []}
    assert json.loads(up.ask("GET", "/api/journal.jsonl").data.splitlines()[-1])["seq"] == 2001
