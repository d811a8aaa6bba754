"""The gate: the only way from a decision to an effect. It decides, gives the reason, journals intent and outcome, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from confrere.errors import Refused
from confrere.policy.approvals import Approval
from confrere.policy.manifest import Effect, Manifest, Role


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call on its way to an effect: which tool, with what, declared how, for which step of the plan."""

    id: str
    tool: str
    args: dict[str, Any]
    manifest: Manifest
    step: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """``verdict`` is allow, ask or deny; ``rule`` the rule's name; ``reason`` a catalogue key, its blanks filled by ``data``.
    ``card`` is what a person is shown when asked."""

    verdict: str
    rule: str
    reason: str
    data: dict[str, Any] = msgspec.field(default_factory=dict)
    card: dict[str, Any] = msgspec.field(default_factory=dict)


class Judge(Protocol):
    """What decides: told of what goes ahead and of what came of it, so that it can follow where values came from."""

    def decide(self, call: Call) -> Verdict: ...

    def approved(self, call: Call, approval: Approval) -> bool:
        """Whether the approval is a person's yes to exactly this call."""
        ...

    def commit(self, call: Call) -> None:
        """The call goes ahead. Raises Refused where what it rests on is used up meanwhile: then it does not."""
        ...

    def observe(self, call: Call, text: str, origins: list[str], failed: bool = False) -> str:
        """Take note of a result; returns its label in text form."""
        ...


class Passed(msgspec.Struct, kw_only=True):
    """What came of a call: its verdict and, where the effect took place, its result and label."""

    verdict: Verdict
    result: Any = None
    label: str = ""


Record = Callable[[str, dict[str, Any], bool], None]
TextOf = Callable[[Any], tuple[str, list[str], bool]]


class Gate:
    """``record(kind, body, durable)`` writes to the task's journal. No tool, skill or connector is run but through ``pass_through``."""

    def __init__(self, judge: Judge, record: Record) -> None:
        self.judge = judge
        self.record = record

    def pass_through(self, call: Call, effect: Callable[[], Any], text_of: TextOf, approval: Approval | None = None) -> Passed:
        """Decide, then run ``effect`` where the verdict is allow, or where it is ask and ``approval`` is a yes to this very call.

        ``text_of`` gives of a result its text, the view paths it came from, and whether it failed. Whatever ``effect`` raises is journaled as
        the outcome and raised again.
        """
        verdict = self.judge.decide(call)
        if verdict.verdict == "ask" and approval is not None and self.judge.approved(call, approval):
            verdict = msgspec.structs.replace(verdict, verdict="allow", card={})
        reaches = any(role is Role.HOST and call.args.get(name) for name, role in call.manifest.roles.items())
        outward = call.manifest.effect is Effect.ACT or call.manifest.egress or reaches
        intent = {
            "call": call.id,
            "tool": call.tool,
            "args": call.args,
            "step": call.step,
            "effect": call.manifest.effect.value,
            "verdict": verdict,
        }
        if verdict.verdict != "allow":
            self.record("call.intent", intent, outward)
            return Passed(verdict=verdict)
        try:
            self.judge.commit(call)
        except Refused as error:  # what it rests on is used up since it was decided
            denied = Verdict(verdict="deny", rule="used-up", reason=error.key, data=error.data)
            self.record("call.intent", {**intent, "verdict": denied}, outward)
            return Passed(verdict=denied)
        self.record("call.intent", intent, outward)
        begun = time.monotonic()
        try:
            result = effect()
        except BaseException as error:
            self.judge.observe(call, str(error), [], True)
            body = {"call": call.id, "status": "error", "key": getattr(error, "key", ""), "data": getattr(error, "data", {})}
            self.record("call.outcome", {**body, "error": type(error).__name__, "seconds": round(time.monotonic() - begun, 3)}, outward)
            raise
        label = self.judge.observe(call, *text_of(result))
        body = {"call": call.id, "status": "ok", "result": result, "label": label, "seconds": round(time.monotonic() - begun, 3)}
        self.record("call.outcome", body, outward)
        return Passed(verdict=verdict, result=result, label=label)
