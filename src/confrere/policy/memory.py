"""What the engine knows of a task: facts go in as events, and only the fold of events changes what is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from confrere.policy import records, values
from confrere.policy.brief import Brief
from confrere.policy.decision import Decision
from confrere.policy.derive.case import Known, leaves
from confrere.policy.derive.facts import identifiers
from confrere.policy.grants import Grant
from confrere.policy.grants import apply as apply_grant
from confrere.policy.labels import Integrity, Label, of_result
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.policy.matching import arguments, step_of
from confrere.policy.plan import Plan
from confrere.policy.plan import Step as PlannedStep
from confrere.policy.state import HOLE, MAX_SOURCES, Call, Endorsed, Source, State, Step, Use


class Memory:
    """The facts of one task; ``grants`` are the person's, by id. Pure: no clock, no file."""

    def __init__(self, grants: Iterable[Grant] = (), state: State | None = None) -> None:
        self.grants = {grant.id: grant for grant in grants}
        self.state = state or State()
        self._know()

    def _know(self) -> None:
        self._brief = Brief(self.state.brief)
        self._known = Known(self._brief)
        for source in self.state.sources:
            self._known.of(source)

    # -- facts: each returns its event, already applied

    def start(self, brief: str, manifests: Mapping[str, Manifest], task: str = "") -> dict[str, Any]:
        """A new task: the person's words and the tools with their manifests."""
        return self._record("policy.started", task=task, brief=brief, manifests={n: msgspec.to_builtins(m) for n, m in manifests.items()})

    def hear(self, words: str) -> dict[str, Any]:
        """What the person, authenticated, said later in the same task: their words like the brief's. Never a forward or a quote."""
        return self._record("policy.heard", words=words)

    def approve_plan(self, plan: Plan | Iterable[PlannedStep | Mapping[str, Any]]) -> dict[str, Any]:
        """The plan that the person approved. A new one replaces the old; what was used stays used where the same step
        stands in both."""
        steps = plan.steps if isinstance(plan, Plan) else plan
        return self._record(
            "policy.planned",
            steps=[
                {"tool": s.tool, "args": s.args} if isinstance(s, PlannedStep) else {"tool": s["tool"], "args": dict(s["args"])}
                for s in steps
            ],
        )

    def observe(
        self,
        call: Call,
        text: str,
        *,
        data: Any = None,
        origins: Iterable[str] = (),
        failed: bool = False,
        label: Label | None = None,
    ) -> dict[str, Any]:
        """What a call gave. ``data`` is the structured result where the tool has one, else the text is read for
        records; ``origins`` are the view paths or object ids it came from; ``label`` overrides what the manifest says
        (it can only be worse)."""
        manifest = self.state.manifests[call.tool]
        names = list(origins) or [f"{call.tool}:{self.state.read + 1}"]
        mark = of_result(manifest.trust, manifest.confidentiality, names)
        clean = manifest.store not in self.state.stores
        if not clean:
            mark = mark.join(Label(Integrity.UNTRUSTED))
        if label is not None:
            mark = mark.join(label)
        reading = records.Reading() if failed else records.shape(data) if data is not None else records.read(text)
        step, literal = step_of(self.state, call, manifest)
        source = Source(
            number=self.state.read + 1,
            tool=call.tool,
            kind=manifest.kind,
            store=manifest.store,
            args=dict(call.args),
            label=mark,
            reading=reading,
            step=step,
            literal=literal,
            clean=clean,
            urls=values.find_pages(text[: records.MAX_TEXT])[:200],
            addresses=values.find_addresses(text[: records.MAX_TEXT])[:200],
            created=_created(manifest, reading, text),
        )
        opened = manifest.effect is not Effect.READ and not failed and self._carries_open_words(call, step)
        return self._record("policy.observed", source=msgspec.to_builtins(source), failed=failed, opened=opened)

    def commit(self, call: Call, decision: Decision) -> dict[str, Any]:
        """The call goes ahead: its step and its grants are used. To be recorded before the effect."""
        spent = self.spent(call, decision)
        return self._record("policy.used", step=decision.step, args=dict(call.args), grants=decision.grants, spent=spent)

    def spent(self, call: Call, decision: Decision) -> dict[str, str]:
        """What the call takes of each amount that was granted, by the grant's id."""
        given = [
            leaf for _, role, value in arguments(call, self.state.manifests[call.tool]) if role is Role.AMOUNT for leaf in leaves(value)
        ]
        total = sum((worth[0] for leaf in given if (worth := values.amount(leaf)) is not None), Decimal(0))
        return {id: str(total) for id in decision.grants if self.grants[id].what == "amount"}

    def endorse(self, call: Call, decision: Decision) -> dict[str, Any]:
        """The person said yes to the card: the open values of the step are theirs, for this tool and these arguments,
        until the task ends."""
        manifest = self.state.manifests[call.tool]
        items = [
            {"tool": call.tool, "argument": judged.name, "value": form}
            for judged in decision.arguments
            if not judged.good and decision.step >= 0
            for leaf in leaves(call.args.get(judged.name))
            if (form := values.canonical(manifest.roles.get(judged.name, Role.TEXT), leaf)) is not None
        ]
        return self._record("policy.endorsed", items=items)

    def refuse(self) -> dict[str, Any]:
        """The person said no. After three, the task may read but not act."""
        return self._record("policy.refused")

    def _carries_open_words(self, call: Call, step: int) -> bool:
        """Whether the effect wrote something that neither the plan nor a derivation fixed, while the context was untrusted."""
        if not self.state.context.untrusted:
            return False
        manifest = self.state.manifests[call.tool]
        wanted = (self.state.plan or [])[step].args if step >= 0 else {}
        return any(
            wanted.get(name) in (None, HOLE) and manifest.roles.get(name, Role.TEXT) in (Role.TEXT, Role.NAME, Role.ATTACH)
            for name, value in call.args.items()
            if any(True for _ in leaves(value))
        )

    # -- the fold

    def _record(self, type: str, **data: Any) -> dict[str, Any]:
        event: dict[str, Any] = {"type": type, **data}
        self.apply(event)
        return event

    def apply(self, event: Mapping[str, Any]) -> None:
        """Fold one event (JSON values). Events of other kinds are passed over."""
        kind, state = event["type"], self.state
        self._known.answers.clear()
        if kind == "policy.started":
            self.state = State(task=event["task"], brief=event["brief"], manifests=msgspec.convert(event["manifests"], dict[str, Manifest]))
            self._know()
        elif kind == "policy.heard":
            state.brief = f"{state.brief}\n{event['words']}"
            self._know()
        elif kind == "policy.planned":
            old, steps = state.plan or [], [msgspec.convert(step, Step) for step in event["steps"]]
            state.uses = [use for use in state.uses if use.step < min(len(old), len(steps)) and old[use.step] == steps[use.step]]
            state.plan = steps
        elif kind == "policy.observed":
            source = msgspec.convert(event["source"], Source)
            state.read = source.number
            state.sources.append(source)
            self._known.of(source)
            if len(state.sources) > MAX_SOURCES:
                self._known.facts.pop(state.sources.pop(0).number, None)
            state.context = state.context.join(source.label)
            if event["opened"] and source.store and source.store not in state.stores:
                state.stores.append(source.store)
            if event["failed"]:
                state.uses = [_failed(use) if use.step == source.step and use.args == source.args else use for use in state.uses]
        elif kind == "policy.used":
            if event["step"] >= 0:
                state.uses = [use for use in state.uses if use.step != event["step"]] + [Use(step=event["step"], args=event["args"])]
            for id in event["grants"]:
                apply_grant(self.grants, {"type": "grant.used", "id": id, "amount": event.get("spent", {}).get(id, 0)})
        elif kind == "policy.endorsed":
            state.endorsed += [item for one in event["items"] if (item := msgspec.convert(one, Endorsed)) not in state.endorsed]
            state.noes = 0
        elif kind == "policy.refused":
            state.noes += 1
        elif kind.startswith("grant."):
            apply_grant(self.grants, dict(event))


def _created(manifest: Manifest, reading: records.Reading, text: str) -> list[str]:
    """The identifier of what a writing call made: of the one record it gave, or the bare word that is all of its result."""
    if manifest.kind not in ("write", "create", "draft"):
        return []
    if len(reading.records) == 1:
        return identifiers(reading.records[0])[:1]
    bare = text.strip().strip("'\"")
    return [bare] if 0 < len(bare) <= 64 and bare.isascii() and bare.replace("-", "").replace("_", "").isalnum() else []


def _failed(use: Use) -> Use:
    return msgspec.structs.replace(use, failed=True)
