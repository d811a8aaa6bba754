"""The clock: starts what falls due, once each, and sleeps until the next. Nothing runs here while there is no schedule."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from confrere.errors import ConfrereError
from confrere.gateway.http import Problem
from confrere.gateway.schedule.heartbeat import words
from confrere.gateway.schedule.table import Schedule, Table, stamp
from confrere.gateway.schedule.when import system_zone, upcoming, zone_of
from confrere.journal.store import SYSTEM, Event

if TYPE_CHECKING:
    from confrere.gateway.schedule.watch import Watch
    from confrere.gateway.state import Gateway

LATE = 90.0  # seconds after which a run counts as missed
LONGEST = 30.0  # seconds slept at once: a machine that slept itself is noticed within this
_MANY = 10_000


class Clock:
    """See the module. ``now`` may be replaced in tests."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.table = Table(gateway.store)
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._wake = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._begun: dict[str, asyncio.Task[None]] = {}
        self.watches: dict[str, Watch] = {}
        gateway.tail.followers.append(self.follow)

    def follow(self, event: Event) -> None:
        if event.task == SYSTEM:
            self.table.follow(event)
            if event.kind.startswith("schedule."):
                self.start()
        elif event.kind == "plan.proposed" and self.table.began(event.task):
            self._may_go_on(event.task)
        elif event.kind == "apply.done":
            for watch in self.watches.values():
                watch.own(event)

    def start(self) -> None:
        """Begin, if there is something to begin for; look again at what is due."""
        self._wake.set()
        if self.table.all and (self._running is None or self._running.done()):
            self._running = asyncio.ensure_future(self._run())

    def close(self) -> None:
        for task in (self._running, *self._begun.values()):
            if task is not None:
                task.cancel()
        for watch in self.watches.values():
            watch.close()

    async def _run(self) -> None:
        self._make_good()
        while self.table.all:
            self._wake.clear()
            self._watch()
            soonest = self.tick()
            wait = LONGEST if soonest is None else min(LONGEST, max(0.0, (soonest - self.now()).total_seconds()))
            if soonest is None and all(one.paused or one.spec.when.kind in ("hook", "folder", "once") for one in self.table.all.values()):
                await self._wake.wait()
                continue
            try:
                await asyncio.wait_for(self._wake.wait(), wait + 0.01)
            except TimeoutError:
                pass

    def _make_good(self) -> None:
        """Begin what was journaled as fired when a crash came before its task was made; approve what waits for the clock's word."""
        for schedule in self.table.all.values():
            for run in schedule.runs[-20:]:
                if run.outcome != "started" or not run.task:
                    continue
                if self.gateway.store.last(run.task) is None:
                    self._begin(schedule, run.task, run.due)
                else:
                    self._may_go_on(run.task)

    # -- due

    def tick(self) -> datetime | None:
        """Start what is due; returns when the next is."""
        soonest: datetime | None = None
        now = self.now()
        for schedule in list(self.table.all.values()):
            if schedule.paused:
                continue
            due = list(islice(takewhile(lambda moment: moment <= now, _times(schedule)), _MANY))
            if due:
                self._due(schedule, due, now)
            following = next(upcoming(schedule.spec.when, max(now, _time(schedule.handled))), None) if _clocked(schedule) else None
            if following is not None and (soonest is None or following < soonest):
                soonest = following
        return soonest

    def _due(self, schedule: Schedule, due: list[datetime], now: datetime) -> None:
        last, late = due[-1], (now - due[-1]).total_seconds()
        if stamp(last) <= schedule.handled:
            return
        if late > LATE and schedule.spec.missed == "skip":
            self.table.skipped(schedule.id, stamp(last), "gateway.run-missed", count=len(due))
            return
        if not schedule.spec.recipe and not words(self.gateway.home, schedule.spec.brief):
            schedule.handled = stamp(last)  # a heartbeat with nothing to do leaves no trace
            return
        if self._still_on(schedule):
            self.table.skipped(schedule.id, stamp(last), "gateway.run-still-on")
            return
        self.fire(schedule, stamp(last), late)

    def _still_on(self, schedule: Schedule) -> bool:
        """Whether the run before is still at work. One that waits for a person does not hold back the next."""
        last = next((run for run in reversed(schedule.runs) if run.task and run.outcome == "started"), None)
        return last is not None and (last.task in self.gateway.desk.carried or self.gateway.store.holder(last.task) is not None)

    def fire(self, schedule: Schedule, due: str, late: float = 0.0, *, by_hand: bool = False, mark: str | None = None) -> str:
        """Begin a run; returns its task's identifier."""
        from confrere.agent.task import new_id

        task = new_id()
        while self.gateway.store.last(task) is not None:
            task = new_id()
        self.table.fired(schedule.id, due, task, late, by_hand=by_hand, mark=mark)
        self._begin(schedule, task, due)
        return task

    def _begin(self, schedule: Schedule, task: str, due: str) -> None:
        work = asyncio.ensure_future(self._begun_run(schedule, task, due))
        self._begun[task] = work
        work.add_done_callback(lambda _: self._begun.pop(task, None))

    async def begun(self, task: str) -> None:
        """Wait until a run that was fired has its task, or has failed to get one."""
        if task in self._begun:
            await asyncio.shield(self._begun[task])

    async def _begun_run(self, schedule: Schedule, task: str, due: str) -> None:
        spec, desk = schedule.spec, self.gateway.desk
        origin = {
            "schedule": schedule.id,
            "due": due,
            "channel": "schedule",
            "by": f"schedule {schedule.id}",
            "unattended": spec.unattended,
            "person": self.gateway.people.of_thing(schedule.id),
        }
        folders = [f"{folder.path}:{'ro' if folder.readonly else 'rw'}" for folder in spec.folders]
        yes = spec.unattended == "apply"
        try:
            if spec.recipe:
                from confrere.gateway.api.recipes import run_recipe

                recipe = self.gateway.recipes.get(spec.recipe)
                values = {name: self._value(value) for name, value in spec.values.items()}
                origin |= {"recipe": recipe.id, "name": recipe.name}
                await run_recipe(self.gateway, recipe, folders, values, spec.model, origin, task, yes)
            else:
                await desk.begin(words(self.gateway.home, spec.brief), folders, model=spec.model, yes=yes, task=task, origin=origin)
        except ConfrereError as error:
            if not self.gateway.crew.closed:
                self.table.failed(schedule.id, task, error)

    def _value(self, value: str) -> str:
        """A recipe's value that moves with time: @this-month, @last-month, @this-year, @last-year, @today."""
        today = self.now().astimezone(zone_of(system_zone())).date()
        before = today.replace(day=1) - timedelta(days=1)
        moving = {
            "@today": today.isoformat(),
            "@this-month": today.isoformat()[:7],
            "@last-month": before.isoformat()[:7],
            "@this-year": str(today.year),
            "@last-year": str(today.year - 1),
        }
        return moving.get(value, value)

    def _may_go_on(self, task: str) -> None:
        """A scheduled run whose plan is there: approve it where the schedule says so and no step reaches outside. What does waits
        for a person.
        """
        known = self.gateway.shelf.known(task)
        if known.origin.get("unattended") != "work" or known.state.state != "planned" or known.state.plan is None:
            return
        if any(step.risk == "acts" or step.grants for step in known.state.plan.steps) or known.state.plan.grants:
            return
        by = f"schedule {known.origin['schedule']}"
        asyncio.get_running_loop().call_soon(self._approve, task, known.state.plan_hash, by)

    def _approve(self, task: str, shown: str, by: str) -> None:
        try:
            self.gateway.desk.approve(task, shown, by, False)
        except (Problem, ConfrereError):
            return  # a person answered meanwhile: their word stands

    # -- watched folders

    def _watch(self) -> None:
        """Watch the folders of the schedules that stand, and no others."""
        wanted = {one.id: one for one in self.table.all.values() if one.spec.when.kind == "folder" and not one.paused}
        for ident in [ident for ident in self.watches if ident not in wanted or self.watches[ident].path != wanted[ident].spec.when.path]:
            self.watches.pop(ident).close()
        for ident, schedule in wanted.items():
            if ident not in self.watches:
                from confrere.gateway.schedule.watch import Watch

                when = schedule.spec.when
                self.watches[ident] = Watch(when.path, when.settle, schedule.mark, partial(self._changed, ident))

    def _changed(self, ident: str, mark: str) -> None:
        schedule = self.table.all.get(ident)
        if schedule is not None and not schedule.paused:
            if self._still_on(schedule):
                asyncio.get_running_loop().call_later(schedule.spec.when.settle, self.watches[ident].look)
                return
            self.fire(schedule, stamp(self.now()), mark=mark)


def _times(schedule: Schedule) -> Iterator[datetime]:
    """When it falls due, from the last time that was handled."""
    return upcoming(schedule.spec.when, _time(schedule.handled)) if _clocked(schedule) else iter(())


def _clocked(schedule: Schedule) -> bool:
    return schedule.spec.when.kind in ("cron", "every", "once")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
