"""When a call's arguments are those of an approved step, and which step that is."""

from __future__ import annotations

from typing import Any

from confrere.policy import values
from confrere.policy.derive.case import leaves
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.policy.state import HOLE, Call, State, Step

_EXACT = (Role.TEXT, Role.QUERY, Role.FREE, Role.FLAG, Role.COMMAND, Role.SECRET, Role.ID, Role.ATTACH)
_UNORDERED = (Role.DEST, Role.ACCOUNT, Role.ATTACH)


def same_value(role: Role, want: Any, got: Any) -> bool:
    """True when a call's argument is what the plan says: exactly, or the same thing by typed equality. Receivers have
    no order."""
    if want == got and isinstance(want, bool) == isinstance(got, bool):
        return True
    if isinstance(want, str) and isinstance(got, str):
        return role not in _EXACT and values.same(role, want, got)
    if isinstance(want, dict) or isinstance(got, dict):
        alike = isinstance(want, dict) and isinstance(got, dict) and set(want) == set(got)
        return alike and all(same_value(role, want[name], got[name]) for name in want)
    if isinstance(want, list | tuple) or isinstance(got, list | tuple):
        if not (isinstance(want, list | tuple) and isinstance(got, list | tuple)) or len(want) != len(got):
            return not list(leaves(want)) and not list(leaves(got))
        if role in _UNORDERED and not any(isinstance(item, dict | list) for item in (*want, *got)):
            one, other = ([values.canonical(role, item) for item in items] for items in (want, got))
            return None not in one and None not in other and sorted(map(str, one)) == sorted(map(str, other))
        return all(same_value(role, a, b) for a, b in zip(want, got, strict=True))
    if not list(leaves(want)) and not list(leaves(got)):
        return True
    return values.same(role, want, got)


def fits(step: Step, given: list[tuple[str, Role, Any]]) -> bool:
    """True when the arguments are those of the step but for its holes: none missing, none more, every literal the same."""
    names = set()
    for name, role, value in given:
        want = step.args.get(name)
        if want != HOLE and not same_value(role, want, value):
            return False
        names.add(name)
    return all(name in names or value in (None, "", [], {}) for name, value in step.args.items())


def arguments(call: Call, manifest: Manifest) -> list[tuple[str, Role, Any]]:
    """The filled arguments: name, role, value. An argument that the manifest does not know is free text."""
    return [(name, manifest.roles.get(name, Role.TEXT), value) for name, value in call.args.items() if any(True for _ in leaves(value))]


def reads_as(step: Step, call: Call, manifest: Manifest) -> bool:
    """True when a read is one that the step foresaw: the same literals, anything in its holes."""
    return all(
        step.args.get(name) == HOLE or same_value(manifest.roles.get(name, Role.QUERY), step.args.get(name), call.args.get(name))
        for name in {*step.args, *call.args}
    )


def says_exactly(step: Step, call: Call, manifest: Manifest) -> bool:
    """True when the step says every argument of the call."""
    return step.tool == call.tool and all(
        same_value(manifest.roles.get(name, Role.TEXT), step.args.get(name), call.args.get(name)) for name in {*step.args, *call.args}
    )


def step_of(state: State, call: Call, manifest: Manifest) -> tuple[int, bool]:
    """The plan step of a call that ran, and whether every argument is a literal of it. A read takes the first
    fitting step that no read took before, and may repeat the same call; an effect has the step that it used."""
    plan = state.plan or []
    if manifest.effect is not Effect.READ:
        mine = (use.step for use in reversed(state.uses) if use.args == call.args and plan[use.step].tool == call.tool)
        return next(mine, -1), False
    again = -1
    taken = {source.step for source in state.sources}
    for index, step in enumerate(plan):
        if step.tool == call.tool and reads_as(step, call, manifest):
            if index not in taken:
                return index, not any(want == HOLE for want in step.args.values())
            if again < 0 and not any(want == HOLE for want in step.args.values()):
                again = index
    return again, again >= 0


def spent(state: State, index: int, call: Call) -> bool:
    """Whether a step was used already; for a call that failed, it may be used again by the very same."""
    return any(use.step == index and not (use.failed and use.args == call.args) for use in state.uses)


def literal_step(state: State, call: Call, manifest: Manifest) -> int:
    """The unused step that says exactly this call, or -1."""
    steps = enumerate(state.plan or [])
    return next((index for index, step in steps if says_exactly(step, call, manifest) and not spent(state, index, call)), -1)
