"""What a person must see before a task goes on: which plans, which changes, which calls. Pure functions over the state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from confrere.agent.task import CallState, TaskState
from confrere.journal.canonical import dumps
from confrere.models.messages import ToolCall
from confrere.policy.derive.case import leaves
from confrere.policy.gate import Call, Verdict
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.policy.matching import same_value
from confrere.policy.plan import Plan, is_open
from confrere.policy.rules import Rules
from confrere.workspace.changes import Change, ChangeSet

MAX_WAITING = 20  # questions of one task that may wait at once
MAX_BATCH = 50  # cards of one question: more than that nobody looks at
IN_DOUBT = "in-doubt"

_NAMES_FILES = (Role.PATH, Role.ATTACH, Role.ID, Role.COMMAND)
_RECEIVERS = (Role.DEST, Role.ACCOUNT, Role.HOST, Role.URL)
_WRITES = Manifest(effect=Effect.CHANGE, kind="write", roles={"path": Role.PATH})


def acts(plan: Plan) -> bool:
    """Whether a step leaves the machine."""
    return any(step.risk == "acts" for step in plan.steps)


def renamed(calls: Iterable[ToolCall], state: TaskState) -> list[ToolCall]:
    """The calls of a reply. An identifier that an effect or a question has had before gets a number: a model must not be able to
    put another call in the place of one that a person looks at, or that was done."""
    taken = {call.id for call in state.calls.values() if call.effect == Effect.ACT or call.status == "asked"}
    out: list[ToolCall] = []
    for call in calls:
        ident, number = call.id, 2
        while ident in taken:
            ident, number = f"{call.id}~{number}", number + 1
        taken.add(ident)
        out.append(call if ident == call.id else msgspec.structs.replace(call, id=ident))
    return out


def already_asked(call: Call, state: TaskState) -> str:
    """The question that waits for this very call, or ""."""
    waiting = [(approval.id, parked) for approval, parked in state.parked() if approval.state == "waiting"]
    return next((ident for ident, parked in waiting if (parked.tool, parked.args) == (call.tool, call.args)), "")


def batches(cards: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The cards of one turn as they are put to the person: those that use one tool for the same receivers, hosts or accounts in one question."""
    found: dict[str, list[list[dict[str, Any]]]] = {}
    for card in cards:
        to = {item["name"]: item["value"] for item in card["arguments"] if item["role"] in _RECEIVERS}
        same = found.setdefault(dumps([card["tool"], card["rule"], to]) if to else f"call {card['call']}", [])
        if not same or len(same[-1]) >= MAX_BATCH:
            same.append([])
        same[-1].append(card)
    return [batch for same in found.values() for batch in same]


def doubtful(state: TaskState) -> list[CallState]:
    """The effects outside whose outcome nobody knows: the process ended between the intent and the outcome."""
    return [call for call in state.calls.values() if call.status == "open" and call.effect == Effect.ACT]


def doubt(call: CallState, manifest: Manifest) -> Verdict:
    """Why a person is asked about such a call, with the card: what it would do if done again."""
    arguments = [
        {"name": name, "role": manifest.roles.get(name, Role.TEXT).value, "value": value, "good": True}
        for name, value in call.args.items()
        if any(True for _ in leaves(value))
    ]
    card: dict[str, Any] = {
        "tool": call.tool, "effect": manifest.effect.value, "kind": manifest.kind, "undo": manifest.undo, "rule": IN_DOUBT,
        "reason": "agent.again", "arguments": arguments, "after": [], "also": 0, "call": call.id,
    }  # fmt: skip
    return Verdict(verdict="ask", rule=IN_DOUBT, reason="agent.again", card=card)


def beyond_plan(state: TaskState, changes: Iterable[Change], manifests: Mapping[str, Manifest]) -> list[str]:
    """The paths that would be deleted or overwritten by calls which the approved plan does not have: a person sees those before they
    are applied, whatever was said at the start."""
    good: dict[str, bool] = {}
    found = []
    for change in changes:
        if change.kind not in ("delete", "modify"):
            continue
        if change.call not in good:
            call = state.calls.get(change.call)
            good[change.call] = call is not None and _in_plan(call, state.plan, manifests)
        if not good[change.call]:
            found.append(change.path)
    return found


def _in_plan(call: CallState, plan: Plan | None, manifests: Mapping[str, Manifest]) -> bool:
    """Whether a step has this tool and, for what says which files, these values."""
    manifest = manifests.get(call.tool)
    if plan is None or manifest is None:
        return False
    roles = {name: role for name, role in manifest.roles.items() if role in _NAMES_FILES}

    def says(planned: dict[str, Any]) -> bool:
        return all(is_open(planned.get(name)) or same_value(role, planned.get(name), call.args.get(name)) for name, role in roles.items())

    return any(step.tool == call.tool and says(step.args) for step in plan.steps)


def kept_out(found: ChangeSet, rules: Rules) -> ChangeSet:
    """The change set without new contents for files that run by themselves or hold keys: no review lets those in. A file that was one
    before, and only moved, is no new content."""
    fixed = [rule for rule in rules.base if rule.fixed and Role.PATH in rule.roles]

    def refused(path: str) -> bool:
        return any(rule.applies(_WRITES, [(Role.PATH, path)]) for rule in fixed)

    changes, left = [], list(found.left)
    for change in found.changes:
        new = change.kind in ("create", "modify", "move") and refused(change.path)
        if new and not (change.origin and refused(change.origin)):
            left.append((change.path, "agent.left-runs-itself"))
        else:
            changes.append(change)
    return ChangeSet(changes=changes, begun_ns=found.begun_ns, left=sorted(left))
