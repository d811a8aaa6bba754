"""What people do with tasks, whatever the door: begin, approve, question, stop, resume. The work itself is handed to the crew."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.errors import ConfrereError, WrongUse
from confrere.gateway.http import Problem
from confrere.gateway.people import OWNER
from confrere.gateway.work.crew import WorkerDied
from confrere.journal.canonical import digest
from confrere.messages import say
from confrere.policy.plan import Plan, Step, retitled

if TYPE_CHECKING:
    from confrere.agent.task import TaskState
    from confrere.gateway.state import Gateway

GRACE = 0.7  # seconds a task gets to stop by itself before its process is ended
TRIES = 3  # times a task is taken up again after its process died
FORGOTTEN = timedelta(days=7)  # an interrupted task older than this waits for the person's word
ALIVE = ("drafted", "planned", "approved", "running", "waiting", "review")
_AT_REST = {"work.session", "plan.edited", "plan.declined", "task.stopped", "task.failed"}  # last events after which nobody is owed work


class Desk:
    """Everything that changes a task passes here."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.carried: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()  # carried, and something new to do came meanwhile

    # -- beginning

    async def begin(
        self,
        brief: str,
        folders: list[str],
        *,
        model: str = "",
        yes: bool = False,
        plan_only: bool = False,
        task: str = "",
        origin: dict[str, str],
    ) -> str:
        """Create a task and start on it; returns its identifier. ``folders`` are real paths, ``:ro`` after those only to be read."""
        folders = await self.admit(origin.get("person", OWNER), folders)
        args = {"brief": brief, "folders": folders, "model": model, "yes": yes, "plan_only": plan_only, "task": task, "origin": origin}
        made: str = await self.gateway.crew.run("turn", "create", args)
        self.carry(made)
        return made

    async def begin_planned(
        self, brief: str, folders: list[str], plan: Plan, *, model: str = "", origin: dict[str, str], task: str = "", yes: bool = False
    ) -> str:
        """Create a task with its plan; it waits for approval unless ``yes``."""
        folders = await self.admit(origin.get("person", OWNER), folders)
        args = {
            "brief": brief,
            "folders": folders,
            "model": model,
            "plan": msgspec.to_builtins(plan),
            "origin": origin,
            "task": task,
            "yes": yes,
        }
        made: str = await self.gateway.crew.run("turn", "planned", args)
        self.gateway.tail.pull()
        if yes:
            self.carry(made)
        return made

    async def admit(self, person: str, folders: list[str]) -> list[str]:
        """The folders as this person may give them. Raises Problem for others, and when their month is spent."""
        people = self.gateway.people
        allowed = people.folders(person, folders)
        limit = people.get(person).budgets.month_usd
        if limit is not None:
            cost, _ = await asyncio.to_thread(people.month, person, f"{datetime.now(UTC):%Y-%m}-01")
            if cost >= limit:
                raise Problem(403, "gateway.month-spent", limit=limit, cost=cost)
        return allowed

    def within(self, task: str, *, change: bool = False) -> None:
        """Raises Problem for a task with a folder that is no longer its person's."""
        people = self.gateway.people
        people.keep(people.of_task(task), self.gateway.shelf.state(task).roots, change=change)

    async def leave_folders(self, person: str) -> None:
        """Stop what is at work for a person in folders that are no longer theirs."""
        outside = []
        for task in [task for task in self.carried if self.gateway.people.of_task(task) == person]:
            try:
                self.within(task, change=True)
            except Problem:
                outside.append(task)
        await self.stop(outside, strict=False)

    def carry(self, task: str) -> None:
        """Have a worker carry the task on until it ends or waits for a person."""
        if task in self.carried:
            self._again.add(task)
        else:
            self.carried[task] = asyncio.ensure_future(self._carry(task))
            self.gateway.tail.watch()

    async def _carry(self, task: str) -> None:
        tail, crew = self.gateway.tail, self.gateway.crew
        person = self.gateway.people.of_task(task)
        begun = time.monotonic()

        def live(kind: str, body: dict[str, Any]) -> None:
            if kind == "progress" and body["done"] and body["total"] > body["done"]:
                pace = (time.monotonic() - begun) / body["done"]
                body = {**body, "seconds_left": round(pace * (body["total"] - body["done"]), 1)}
            tail.tell(task, kind, body)

        try:
            for number in range(TRIES):
                begun = time.monotonic()
                lane = "task" if self.gateway.shelf.state(task).roots else "turn"
                try:
                    await crew.run(lane, "run", {"task": task, "limits": self.gateway.people.limits(person)}, live)
                    break
                except WorkerDied:
                    last = self.gateway.store.last(task, "stop.requested", "task.resumed", "task.created")
                    if crew.closed or (last is not None and last.kind == "stop.requested"):
                        break
                    if number == TRIES - 1:
                        self.gateway.store.append(task, "task.failed", {"key": "gateway.worker-died", "data": {"task": task}}, durable=True)
        except ConfrereError as error:
            if error.key != "core.task-busy" and not crew.closed:
                self.gateway.store.append(task, "task.failed", {"key": error.key, "data": {**error.data, "task": task}}, durable=True)
        finally:
            self.carried.pop(task, None)
            if not crew.closed:
                tail.pull()
                tail.forget(task)
                if task in self._again or self._answered_meanwhile(task):
                    self._again.discard(task)
                    self.carry(task)

    def _answered_meanwhile(self, task: str) -> bool:
        """Whether a question was answered while the loop was at work on something else, and did not see it."""
        state = self.gateway.shelf.state(task)
        return state.state == "waiting" and any(approval.state in ("yes", "no") for approval, _ in state.parked())

    # -- the person's word

    def at(self, task: str, states: tuple[str, ...], verb: str) -> TaskState:
        """The task, when it is in one of these states. Raises WrongUse saying what it is instead."""
        state = self.gateway.shelf.state(task)
        if state.state not in states:
            word = say(f"agent.state-{state.state}", state.language)
            raise WrongUse("agent.not-now", task=task, state=word, what=say(f"gateway.verb-{verb}", state.language))
        return state

    def approve(self, task: str, shown: str, by: str, yes: bool) -> None:
        """Accept the plan that was shown. Raises Problem when it is no longer that one."""
        state = self.at(task, ("planned",), "approve")
        if shown != state.plan_hash:
            raise Problem(409, "gateway.plan-changed", task=task)
        self.within(task)
        events: list[tuple[str, dict[str, Any]]] = [("task.resumed", {"yes": yes}), ("plan.approved", {"hash": shown, "by": by})]
        self.gateway.store.append_many(task, events, durable=True)
        self.gateway.tail.pull()
        self.carry(task)

    def decline(self, task: str, by: str) -> None:
        self.at(task, ("planned",), "approve")
        self._append(task, "plan.declined", {"by": by})

    def edit(self, task: str, plan: Plan, shown: str, by: str) -> None:
        """Steps dropped, reordered, or with other titles and arguments. Raises Problem for a step that was not in the plan."""
        state = self.at(task, ("planned",), "edit")
        assert state.plan is not None
        if shown != state.plan_hash:
            raise Problem(409, "gateway.plan-changed", task=task)
        known = {step.id: step for step in state.plan.steps}
        ids = [step.id for step in plan.steps]
        if not ids or len(set(ids)) != len(ids):
            raise Problem(400, "gateway.plan-empty")
        kept = []
        for step in plan.steps:
            was = known.get(step.id)
            if was is None or was.tool != step.tool:
                raise Problem(400, "gateway.plan-new-step", step=step.id)
            kept.append(_edited(was, step, state.language))
        edited = msgspec.structs.replace(state.plan, steps=kept)
        self._append(task, "plan.edited", {"plan": msgspec.to_builtins(edited), "hash": digest(edited), "by": by})

    def question(self, task: str, text: str, by: str) -> None:
        """A remark on the plan: the model proposes again."""
        from confrere.agent.brief import spoken

        self.at(task, ("planned",), "question")
        self.within(task)
        message = {"role": "user", "text": spoken(text), "label": "person"}
        self.gateway.store.append_many(task, [("message", {"message": message}), ("plan.questioned", {"by": by})], durable=True)
        self.gateway.tail.pull()
        self.carry(task)

    def say(self, task: str, text: str, by: str, *, approves: bool) -> None:
        """A word to a task before its end; ``approves``: from who may also say yes. Raises WrongUse afterwards."""
        from confrere.gateway.saying import heard

        state = self.gateway.shelf.state(task)
        if state.state == "planned":
            self.question(task, text, by)
            return
        self.within(task)
        heard(self.gateway.store, task, text, by, state, approves=approves)
        self.gateway.tail.pull()
        self.carry(task)

    async def resume(self, task: str, model: str) -> None:
        state = self.at(task, ("stopped", "failed", "drafted", "approved", "running"), "resume")
        holder = self.gateway.store.holder(task)
        if holder is not None or task in self.carried:
            raise WrongUse("core.task-busy", task=task, pid=holder.pid if holder else os.getpid())
        self.within(task)
        await self.admit(self.gateway.people.of_task(task), [])
        body: dict[str, Any] = {"yes": state.yes}
        if model:
            body["model"] = (await self.gateway.crew.run("turn", "model", {"name": model}))["name"]
        self._append(task, "task.resumed", body)
        self.carry(task)

    def _append(self, task: str, kind: str, body: dict[str, Any]) -> None:
        self.gateway.store.append(task, kind, body, durable=True)
        self.gateway.tail.pull()

    # -- stopping

    async def stop(self, tasks: list[str], *, strict: bool) -> int:
        """Stop tasks within a second, wherever they run. With ``strict``, one that cannot be stopped raises WrongUse."""
        store = self.gateway.store
        held = {task: holder for task in tasks if (holder := store.holder(task)) is not None}
        for task in held:
            store.append(task, "stop.requested", {}, durable=True)
        stopped = 0
        for task in tasks:
            if task not in held and task in self.carried:  # waits for its turn
                self.carried[task].cancel()
                store.append(task, "task.stopped", {}, durable=True)
                stopped += 1
            elif task not in held:
                state = self.gateway.shelf.state(task)
                if state.state in ALIVE:
                    store.append(task, "task.stopped", {}, durable=True)
                    stopped += 1
                elif strict:
                    self.at(task, ALIVE, "stop")
        limit = time.monotonic() + GRACE
        while any(store.holder(task) == holder for task, holder in held.items()) and time.monotonic() < limit:
            await asyncio.sleep(0.02)
        for task, holder in held.items():
            if store.holder(task) == holder and holder.pid != os.getpid():
                hand = self.gateway.crew.of(holder.pid)
                if hand is not None:
                    hand.kill()
                else:
                    os.kill(holder.pid, signal.SIGKILL)  # consistent by construction: the journal is the truth
                while store.holder(task) == holder:
                    await asyncio.sleep(0.005)
                store.append(task, "task.stopped", {"forced": True}, durable=True)
            stopped += 1
        ending = [self.carried[task] for task in held if task in self.carried]
        if ending:
            await asyncio.wait(ending, timeout=0.3)
        self.gateway.tail.pull()
        return stopped

    async def stop_all(self, person: str = "") -> int:
        """Stop whatever is at work, here and in other processes, of one person or of all (""); what waits for a person keeps waiting."""
        store = self.gateway.own(person) if person else self.gateway.store
        tasks = [task for task in store.tasks() if task in self.carried or store.holder(task) is not None]
        return await self.stop(tasks, strict=False)

    # -- after a crash

    def recover(self) -> list[str]:
        """Take up the tasks that a crash interrupted. A quick look at each task's last event finds them; the fold decides."""
        taken = []
        oldest = (datetime.now(UTC) - FORGOTTEN).isoformat()
        for task in self.gateway.store.tasks()[:500]:
            last = self.gateway.store.last(task)
            if last is None or last.kind in _AT_REST or last.at < oldest or self.gateway.store.holder(task) is not None:
                continue
            if interrupted(self.gateway.shelf.state(task), last.kind):
                taken.append(task)
                self.carry(task)
        return taken


def interrupted(state: TaskState, last: str) -> bool:
    """Whether nobody but a crash can have left the task so."""
    if state.state in ("drafted", "approved", "running"):
        return True
    if last.startswith("apply.") and last != "apply.settled":
        return True
    if state.state == "planned":
        return state.yes and not state.plan_only
    if state.state == "review":
        return state.yes and not state.outcomes
    return state.state in ("applied", "done") and not state.report


def _edited(was: Step, step: Step, language: str) -> Step:
    """A step as the person left it. What it would touch was counted with its old arguments: neither the counts nor, in a title that they
    did not write anew, the figures are passed off as those of the new ones."""
    title = step.title[:500]
    if step.args == was.args:
        return msgspec.structs.replace(was, title=title)
    mark = f" ({say('gateway.step-edited', language)})"
    if title == was.title:
        title = retitled(title.removesuffix(mark), was.args, step.args) + mark
    return msgspec.structs.replace(was, title=title, args=step.args, touches=[], files=0)
