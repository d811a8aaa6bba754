"""The gate: the only way from a decision to an effect. It decides, gives the reason, journals intent and outcome, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec

from confrere.policy.manifest import Effect, Manifest

T = TypeVar("T")


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
    """What decides: pure, and told of what happened so that it can follow where values came from."""

    def decide(self, call: Call) -> Verdict: ...

    def observe(self, call: Call, text: str, origins: list[str]) -> str:
        """Take note of a result; returns its label in text form."""
        ...


class Passed(msgspec.Struct, kw_only=True):
    """What came of a call: its verdict and, where the effect took place, its result and label."""

    verdict: Verdict
    result: Any = None
    label: str = ""


class Gate:
    """``record(kind, body, durable)`` writes to the task's journal. No tool, skill or connector is run but through ``pass_through``."""

    def __init__(self, judge: Judge, record: Callable[[str, dict[str, Any], bool], Any]) -> None:
        self.judge = judge
        self.record = record

    def pass_through(self, call: Call, effect: Callable[[], Any], text_of: Callable[[Any], tuple[str, list[str]]]) -> Passed:
        """Decide, then run ``effect`` where the verdict is allow. ``text_of`` gives a result's text and the view paths it came from.

        Whatever ``effect`` raises is journaled as the outcome and raised again.
        """
        verdict = self.judge.decide(call)
        outward = call.manifest.effect is Effect.ACT
        self.record(
            "call.intent",
            {
                "call": call.id,
                "tool": call.tool,
                "args": call.args,
                "step": call.step,
                "effect": call.manifest.effect.value,
                "verdict": verdict,
            },
            outward,
        )
        if verdict.verdict != "allow":
            return Passed(verdict=verdict)
        begun = time.monotonic()
        try:
            result = effect()
        except BaseException as error:
            key = getattr(error, "key", "")
            body = {"call": call.id, "status": "error", "key": key, "data": getattr(error, "data", {}), "error": type(error).__name__}
            self.record("call.outcome", {**body, "seconds": round(time.monotonic() - begun, 3)}, outward)
            raise
        text, origins = text_of(result)
        label = self.judge.observe(call, text, origins)
        body = {"call": call.id, "status": "ok", "result": result, "label": label, "seconds": round(time.monotonic() - begun, 3)}
        self.record("call.outcome", body, outward)
        return Passed(verdict=verdict, result=result, label=label)
