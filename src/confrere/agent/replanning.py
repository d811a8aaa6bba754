"""A plan that was proposed and is talked about: a question leaves it as it is, and what the person edited stays."""

from __future__ import annotations

from typing import Any

import msgspec

from confrere.agent.task import TaskState
from confrere.journal.canonical import digest, dumps
from confrere.journal.store import Store
from confrere.policy.plan import Plan, Step


def answered(before: Plan | None, text: str, language: str) -> dict[str, Any]:
    """What is proposed where the model answered in words: the plan that was there, if any. As the body of ``plan.proposed``."""
    if before is not None and before.steps:
        return _body(msgspec.structs.replace(before, answer=text), kept=True)
    return _body(Plan(answer=text, language=language), kept=False)


def proposed(store: Store, state: TaskState, plan: Plan) -> dict[str, Any]:
    """The body of ``plan.proposed`` for a plan of a model. The built-in one knows nothing of what the person edited: each step that it had
    proposed before is as they left it, or left out as they left it out; those in their order, what is new after them."""
    now = state.plan
    if state.model != "builtin" or now is None or not now.steps:
        return _body(plan, kept=False)
    known: dict[str, str] = {}
    whole: Plan | None = None
    for event in store.read(state.id, kinds=("plan.proposed",)):
        whole = msgspec.convert(event.body["plan"], Plan)
        known = (known if event.body.get("kept") else {}) | {_key(step): step.id for step in whole.steps}
    if [_key(step) for step in plan.steps] == [_key(step) for step in now.steps]:
        return _body(msgspec.structs.replace(now, answer=plan.answer, not_understood=plan.not_understood), kept=True)
    if whole is None or (whole.steps == now.steps and len(known) == len(now.steps)):
        return _body(plan, kept=False)
    again = {known[key] for step in plan.steps if (key := _key(step)) in known}
    kept = [step for step in now.steps if step.id in again]
    new = [step for step in plan.steps if _key(step) not in known]
    if not new and len(kept) == len(now.steps):
        return _body(msgspec.structs.replace(now, answer=plan.answer, not_understood=plan.not_understood), kept=True)
    first = 1 + max(int("0" + "".join(char for char in ident if char.isdigit())) for ident in known.values())
    steps = [*kept, *(msgspec.structs.replace(step, id=f"s{number}") for number, step in enumerate(new, first))]
    return _body(msgspec.structs.replace(plan, steps=steps), kept=True) if steps else _body(plan, kept=False)


def _body(plan: Plan, *, kept: bool) -> dict[str, Any]:
    return {"plan": plan, "hash": digest(plan), **({"kept": True} if kept else {})}


def _key(step: Step) -> str:
    return f"{step.tool} {dumps(step.args)}"
