"""The table of schedules: a fold over the journal. What was started for which due time is there too, so that nothing starts twice."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

import msgspec

from confrere.errors import ConfrereError, WrongUse
from confrere.gateway.http import Problem
from confrere.gateway.people import OWNER
from confrere.gateway.schedule.when import checked, read
from confrere.gateway.shapes.base import Sentence, sentence
from confrere.gateway.shapes.schedules import NewSchedule, RunShown
from confrere.journal.store import SYSTEM, Event, Store

KINDS = ("schedule.saved", "schedule.removed", "schedule.paused", "schedule.fired", "schedule.skipped", "schedule.failed")
_KEPT = 200  # runs of a schedule remembered; all of them are in the journal


class Run(msgspec.Struct, kw_only=True):
    """One due time and what came of it. ``outcome`` is started, skipped or failed."""

    due: str
    at: str
    task: str = ""
    outcome: str = "started"
    late: float = 0.0
    key: str = ""
    data: dict[str, Any] = {}

    def shown(self, state: str) -> RunShown:
        reason: Sentence | None = None
        if self.key:
            try:
                reason = sentence(self.key, **self.data)
            except KeyError:
                reason = Sentence(code=self.key, en=self.key, fr=self.key)
        return RunShown(
            due=self.due, at=self.at, task=self.task or None, outcome=self.outcome, late_seconds=self.late, reason=reason, state=state
        )


class Schedule(msgspec.Struct, kw_only=True):
    """A schedule as it stands. ``handled`` is the last due time that was started or skipped, or when it was saved; ``mark`` what a
    watched folder
    looked like then."""

    id: str
    spec: NewSchedule
    created: str
    handled: str
    paused: bool = False
    runs: list[Run] = []
    mark: str = ""


class Table:
    """See the module. Every change is an event first."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.all: dict[str, Schedule] = {}
        self._done = 0
        for event in store.read(SYSTEM, kinds=KINDS):
            self.follow(event)

    def follow(self, event: Event) -> None:
        if event.task != SYSTEM or event.kind not in KINDS or event.n <= self._done:
            return
        self._done = event.n
        body = event.body
        found = self.all.get(body["id"])
        if event.kind == "schedule.saved":
            spec = msgspec.convert(body["spec"], NewSchedule)
            if found is None:
                self.all[body["id"]] = Schedule(id=body["id"], spec=spec, created=event.at, handled=event.at, mark=body.get("mark", ""))
            else:
                found.spec, found.handled, found.mark = spec, event.at, body.get("mark", "")
        elif found is None:
            return
        elif event.kind == "schedule.removed":
            del self.all[body["id"]]
        elif event.kind == "schedule.paused":
            found.paused = body["paused"]
            found.handled = max(found.handled, event.at)
        else:
            self._ran(found, event)

    @staticmethod
    def _ran(found: Schedule, event: Event) -> None:
        body = event.body
        if event.kind == "schedule.failed":
            for run in found.runs:
                if run.task == body["task"]:
                    run.outcome, run.key, run.data = "failed", body["key"], body["data"]
            return
        outcome = "started" if event.kind == "schedule.fired" else "skipped"
        run = Run(
            due=body["due"],
            at=event.at,
            task=body.get("task", ""),
            outcome=outcome,
            late=body.get("late", 0.0),
            key=body.get("key", ""),
            data=body.get("data", {}),
        )
        found.runs = [*found.runs[-_KEPT + 1 :], run]
        if not body.get("by_hand"):
            found.handled = max(found.handled, body["due"])
        found.mark = body.get("mark", found.mark)

    # -- changes

    def began(self, task: str) -> bool:
        """Whether a schedule began this task."""
        return any(run.task == task for one in self.all.values() for run in reversed(one.runs))

    def get(self, ident: str) -> Schedule:
        found = self.all.get(ident)
        if found is None:
            raise Problem(404, "gateway.no-schedule")
        return found

    def save(self, spec: NewSchedule, ident: str = "", mark: str = "", person: str = OWNER) -> Schedule:
        """Keep a new schedule, or change one. Raises Problem for what cannot be carried out."""
        if spec.when.text and not spec.when.kind:
            spec.when = read(spec.when.text, spec.when.zone)
        spec.when = checked(spec.when)
        if spec.when.kind == "every" and not spec.when.at:
            spec.when.at = stamp()
        if spec.missed not in ("once", "skip") or spec.unattended not in ("plan", "work", "apply"):
            raise Problem(400, "gateway.body-wrong", reason="missed: once, skip; unattended: plan, work, apply")
        if not spec.brief.strip() and not spec.recipe:
            raise WrongUse("agent.brief-empty")
        spec.name = spec.name.strip()[:120] or spec.brief.strip()[:60]
        ident = ident or secrets.token_hex(4)
        body = {"id": ident, "spec": msgspec.to_builtins(spec), "mark": mark}
        if person != OWNER:
            body["person"] = person
        self.follow(self.store.append(SYSTEM, "schedule.saved", body, durable=True))
        return self.all[ident]

    def remove(self, ident: str) -> None:
        self.get(ident)
        self.follow(self.store.append(SYSTEM, "schedule.removed", {"id": ident}, durable=True))

    def pause(self, ident: str, paused: bool) -> Schedule:
        found = self.get(ident)
        if found.paused != paused:
            self.follow(self.store.append(SYSTEM, "schedule.paused", {"id": ident, "paused": paused}, durable=True))
        return found

    def fired(self, ident: str, due: str, task: str, late: float, *, by_hand: bool = False, mark: str | None = None) -> None:
        """Journaled before the task exists: a crash in between is made good at the next start, with this same identifier."""
        body: dict[str, Any] = {"id": ident, "due": due, "task": task, "late": round(late, 1), "by_hand": by_hand}
        if mark is not None:
            body["mark"] = mark
        self.follow(self.store.append(SYSTEM, "schedule.fired", body, durable=True))

    def skipped(self, ident: str, due: str, key: str, **data: Any) -> None:
        self.follow(self.store.append(SYSTEM, "schedule.skipped", {"id": ident, "due": due, "key": key, "data": data}, durable=True))

    def failed(self, ident: str, task: str, error: ConfrereError) -> None:
        data = {name: str(value) for name, value in error.data.items()}
        self.follow(self.store.append(SYSTEM, "schedule.failed", {"id": ident, "task": task, "key": error.key, "data": data}, durable=True))


def stamp(moment: datetime | None = None) -> str:
    return (moment or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
