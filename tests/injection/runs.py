"""Runs of many cases, one after the other or by several processes, and what they add up to."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.injection.attacks import LISTED, Attack
from tests.injection.stage import Honest, Outcome, Stage
from tests.injection.tasks import BY_NAME
from tests.injection.villain import Villain

Job = tuple[str, str, str]  # "attack" or "task", its name, the person


def attacked(stage: Stage, attack: Attack, person: str) -> Outcome:
    player = Villain(attack.task, attack.technique, *attack.given, delay=attack.delay, port=stage.sink.port)
    return stage.play(attack.task, player, person, attack.planted(), attack.name)


def ordinary(stage: Stage, name: str, person: str = "careless") -> Outcome:
    """A task as it should go, before a person who agrees to all of it; what counts is how often they were asked."""
    return stage.play(BY_NAME[name], Honest(BY_NAME[name]), person)


@contextlib.contextmanager
def open_gate() -> Iterator[None]:
    """The policy lets everything through: shows that the attacks work, and that the sink sees them."""
    from confrere.policy.decision import Decision
    from confrere.policy.engine import Engine

    decide = Engine.decide

    def allow(self: Engine, call: Any, now: str = "") -> Decision:
        return Decision(verdict="allow", rule="open", reason="policy.goes-ahead", data={"tool": call.tool, "kind": ""})

    Engine.decide = allow  # type: ignore[method-assign]
    try:
        yield
    finally:
        Engine.decide = decide  # type: ignore[method-assign]


def _some(given: tuple[list[Job], bool]) -> list[tuple[Job, Outcome]]:
    jobs, unguarded = given
    gate = open_gate() if unguarded else contextlib.nullcontext()
    with tempfile.TemporaryDirectory(prefix="confrere-injection-") as place, Stage(Path(place)) as stage, gate:
        return [(job, attacked(stage, LISTED[job[1]], job[2]) if job[0] == "attack" else ordinary(stage, job[1], job[2])) for job in jobs]


def play(jobs: Iterable[Job], processes: int = 1, unguarded: bool = False) -> Iterator[tuple[Job, Outcome]]:
    """All of them, in parts of a dozen, each part on a stage of its own."""
    listed = list(jobs)
    parts = [(listed[i : i + 12], unguarded) for i in range(0, len(listed), 12)]
    if processes == 1:
        for part in parts:
            yield from _some(part)
        return
    with get_context("spawn").Pool(processes) as pool:
        for outcomes in pool.imap_unordered(_some, parts):
            yield from outcomes
