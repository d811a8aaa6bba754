"""A thin adapter over the engine for programs that drive a policy with tools it has never seen.

The tools come with a manifest as plain data (kind, roles, trust, confidentiality, store, undo, egress); nothing here,
or below, looks at a tool's name or at the wording of a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from confrere.policy.decision import Decision
from confrere.policy.engine import Engine
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.policy.state import Call


class HarnessPolicy:
    """One task. ``start`` and, where there is one, ``on_plan``; then ``before_call`` before each call and
    ``after_result`` after each that ran."""

    name = "confrere"

    def __init__(self) -> None:
        self.engine = Engine()
        self._asked: tuple[Call, Decision] | None = None

    def start(self, user_prompt: str, tools: Mapping[str, Mapping[str, Any]]) -> None:
        """A new task: the person's words, and the tools by name with their manifests."""
        self.engine = Engine()
        self._asked = None
        self.engine.start(user_prompt, {name: manifest(spec) for name, spec in tools.items()})

    def on_plan(self, plan: Sequence[Mapping[str, Any]]) -> bool:
        """The plan that the person approves before anything is read; True when it has an effect to approve."""
        self.engine.approve_plan(plan)
        tools = self.engine.state.manifests
        return any(tools[step["tool"]].effect is not Effect.READ for step in plan if step["tool"] in tools)

    def before_call(self, tool: str, args: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> Literal["allow", "ask", "deny"]:
        """The verdict. A question that no result followed was answered with no."""
        if self._asked is not None:
            self._asked = None
            self.engine.refuse()
        call = Call(tool=tool, args=dict(args))
        decision = self.engine.decide(call)
        if decision.verdict == "allow":
            self.engine.commit(call, decision)
        elif decision.verdict == "ask":
            self._asked = (call, decision)
        return decision.verdict

    def after_result(self, tool: str, args: Mapping[str, Any], result: str, injected: bool) -> None:
        """What the call gave. A call that had to be asked about and ran was approved."""
        call = Call(tool=tool, args=dict(args))
        if self._asked is not None and self._asked[0].tool == tool and self._asked[0].args == call.args:
            decision, self._asked = self._asked[1], None
            self.engine.endorse(call, decision)
            self.engine.commit(call, decision)
        self.engine.observe(call, str(result))


def manifest(spec: Mapping[str, Any]) -> Manifest:
    """A manifest from plain data. What it does not know reads as the worst: an unknown role is free text, an unknown
    kind an effect."""
    kind = str(spec.get("kind", "act"))
    roles = {name: Role(role) if role in Role._value2member_map_ else Role.TEXT for name, role in dict(spec.get("roles") or {}).items()}
    reading = kind in ("read", "fetch", "download", "browse") and not spec.get("sink", False)
    return Manifest(
        effect=Effect.READ if reading else Effect.ACT,
        kind=kind,
        roles=roles,
        trust=str(spec.get("trust", "other")),
        confidentiality=str(spec.get("conf", spec.get("confidentiality", "private"))),
        store=str(spec.get("store", "")),
        undo=bool(spec.get("undo", False)),
        egress=bool(spec.get("egress", not reading)),
    )
