"""Tasks as the API shows them: folds over the journal, kept while they are asked for."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.errors import WrongUse
from confrere.gateway.shapes.base import Sentence, sentence
from confrere.gateway.shapes.tasks import RootShown, SaidShown, StepState, Task, TaskSummary
from confrere.journal.store import Event, Store

if TYPE_CHECKING:
    from confrere.agent.task import TaskState

_MOST = 24  # whole states kept
_MOST_SUMMARIES = 500
WAITS = {"planned": "plan", "review": "changes", "waiting": "approval"}


class Known(msgspec.Struct, kw_only=True):
    """A task's state, the number of the last event in it, and what the loop's own fold does not keep."""

    state: Any
    n: int
    origin: dict[str, str] = {}


class Shelf:
    """``state`` and ``known`` are up to date when they return."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._summaries: OrderedDict[str, tuple[int, TaskSummary]] = OrderedDict()
        self._heads: dict[str, int] = {}

    def follow(self, event: Event) -> None:
        """A new event of the journal: what it belongs to has moved on."""
        if event.task:
            self._heads[event.task] = event.n

    def known(self, task: str) -> Known:
        """Raises WrongUse for a task there is none of."""
        from confrere.agent.task import TaskState

        found = self._known.pop(task, None) or Known(state=TaskState(id=task), n=0)
        for event in self.store.read(task, after=found.n):
            if event.kind == "task.origin":
                found.origin = event.body
            found.state.apply(event)
            found.n = event.n
        if not found.n:
            raise WrongUse("core.task-unknown", task=task)
        self._known[task] = found
        self._heads[task] = found.n
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return found

    def state(self, task: str) -> TaskState:
        state: TaskState = self.known(task).state
        return state

    def summary(self, task: str) -> TaskSummary:
        """A line about a task; read again only when the task has moved on."""
        head = self._heads.get(task)
        kept = self._summaries.get(task)
        if kept is None or head is None or kept[0] != head:
            last = self.store.last(task)
            if kept is None or last is None or kept[0] != last.n:
                known = self.known(task)
                kept = (known.n, TaskSummary(**_summary(known)))
            self._heads[task] = kept[0]
            self._summaries.pop(task, None)
            self._summaries[task] = kept
            while len(self._summaries) > _MOST_SUMMARIES:
                self._summaries.popitem(last=False)
        holder = self.store.holder(task) if kept[1].state in ("drafted", "approved", "running", "review", "applied") else None
        return msgspec.structs.replace(kept[1], working=holder is not None)

    def task(self, task: str, progress: dict[str, Any] | None) -> Task:
        """Everything the task's page shows at once."""
        known = self.known(task)
        state: TaskState = known.state
        working = self.store.holder(task) is not None
        return Task(
            **{**_summary(known), "working": working},
            roots=[RootShown(name=root.name, path=root.path, readonly=root.readonly) for root in state.roots],
            plan=state.plan,
            plan_hash=state.plan_hash,
            answer=answer_of(state),
            steps_state=steps_of(state),
            progress=progress if working else None,
            usage=usage_of(state),
            warnings=state.warnings,
            seconds=round(state.working_seconds, 1),
            has_report=bool(state.report),
            outcomes=len(state.outcomes),
            undone=len(state.undone),
            said=[SaidShown(n=one.n, at=one.at, text=one.text, by=one.by) for one in state.said],
        )


def _summary(known: Known) -> dict[str, Any]:
    state: TaskState = known.state
    steps = steps_of(state)
    waits = "" if state.state == "review" and not state.counts else WAITS.get(state.state, "")
    return {
        "id": state.id,
        "state": state.state,
        "brief": state.brief,
        "language": state.language,
        "model": state.model,
        "created": state.created,
        "updated": state.updated,
        "folders": [root.path for root in state.roots],
        "steps": len(steps),
        "steps_done": sum(1 for step in steps.values() if step.status == "done"),
        "waits_for": waits,
        "working": False,
        "counts": state.counts,
        "failure": failure_of(state),
        "schedule": known.origin.get("schedule", ""),
        "recipe": known.origin.get("recipe", ""),
    }


def steps_of(state: TaskState) -> dict[str, StepState]:
    """How far each step of the plan is, by the calls that belong to it."""
    steps = {step.id: StepState(status="waiting") for step in (state.plan.steps if state.plan is not None else [])}
    over = state.state in ("review", "applied", "done", "undone")
    for call in state.calls.values():
        step = steps.get(call.step)
        if step is None:
            continue
        step.calls += 1
        step.seconds = round(step.seconds + call.seconds, 3)
        failed = call.status == "error" or bool(call.result.get("failed"))
        step.status = {"open": "running", "refused": "refused", "asked": "asked"}.get(call.status, "failed" if failed else "done")
        if step.status == "running" and (over or state.state in ("stopped", "failed")):
            step.status = "waiting"
    return steps


def answer_of(state: TaskState) -> str:
    if state.answer:
        return state.answer
    last = state.messages[-1] if state.messages else None
    return last.text if last is not None and last.role == "assistant" and not last.calls else ""


def failure_of(state: TaskState) -> Sentence | None:
    if not state.failure:
        return None
    try:
        return sentence(state.failure["key"], **{"task": state.id, **state.failure.get("data", {})})
    except (KeyError, FileNotFoundError):
        return Sentence(code=state.failure["key"], en=state.failure["key"], fr=state.failure["key"])


def usage_of(state: TaskState) -> dict[str, Any]:
    usage = state.usage
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cached_tokens": usage.cached_tokens,
        "requests": usage.requests,
        "cost_usd": 0.0 if state.model == "builtin" else usage.cost_usd,
    }
