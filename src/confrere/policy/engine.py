"""The policy engine: deterministic decisions over labels, the approved plan, grants and provenance.

Pure: no clock, no file, no model; what it knows is ``State``, which only ``apply`` changes, so that a task is rebuilt
by folding its events. It assumes that the model obeys an attacker from its first untrusted read on. The rules are those
of ``rules.toml``; a call is let through because of where each of its values comes from, never because of how it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal

import msgspec

from confrere.policy import records, requests, values
from confrere.policy.brief import Brief
from confrere.policy.cards import Judged, card
from confrere.policy.derive import derived
from confrere.policy.derive.case import Case, Known, Why, leaves
from confrere.policy.derive.facts import identifiers
from confrere.policy.derive.objects import quiet_effect
from confrere.policy.grants import Grant, granted
from confrere.policy.grants import apply as apply_grant
from confrere.policy.labels import Confidentiality, Integrity, Label, of_result
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.policy.matching import arguments, fits, reads_as, says_exactly
from confrere.policy.plan import Plan
from confrere.policy.plan import Step as PlannedStep
from confrere.policy.requests import Outgoing, Passage, Permit
from confrere.policy.rules import Rule, Rules, installation
from confrere.policy.state import HOLE, MAX_SOURCES, Call, Endorsed, Source, State, Step, Use

HARMLESS = (Role.FREE, Role.QUERY)
_READING = ("read", "fetch", "download", "browse")
_WORDS = (Role.TEXT, Role.WHEN, Role.FLAG, Role.NAME)
_MONEY = ("spending", "accounts")


class Decision(msgspec.Struct, kw_only=True, frozen=True):
    """What policy says of a call. ``rule`` names the rule; ``reason`` is a catalogue key with its ``data``;
    ``arguments`` are the judged values; ``card`` is what the person must see where the verdict is ask; ``step`` the
    plan step that the call would use (-1: none); ``grants`` the ids of the grants that it rests on."""

    verdict: Literal["allow", "ask", "deny"]
    rule: str
    reason: str
    data: dict[str, Any] = {}
    arguments: list[Judged] = []
    card: dict[str, Any] = {}
    step: int = -1
    grants: list[str] = []


class Engine:
    """One task's policy. ``rules`` default to the installation's; ``grants`` are the person's, by id."""

    def __init__(self, rules: Rules | None = None, grants: Iterable[Grant] = (), state: State | None = None) -> None:
        self.rules = rules or installation()
        self.grants = {grant.id: grant for grant in grants}
        self.state = state or State()
        self._know()

    def _know(self) -> None:
        self._brief = Brief(self.state.brief)
        self._known = Known(self._brief)
        for source in self.state.sources:
            self._known.of(source)

    # -- facts: each returns its event, already applied -----------------------------------------------------------------------

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
        step, literal = self._step_of(call, manifest)
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

    # -- the fold ---------------------------------------------------------------------------------------------------------------

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

    # -- the decision -------------------------------------------------------------------------------------------------------------

    def decide(self, call: Call, now: str = "") -> Decision:
        """What policy says of ``call`` at ``now`` (UTC ISO 8601, for grants that expire). Changes nothing."""
        manifest = self.state.manifests.get(call.tool)
        if manifest is None:
            return Decision(verdict="deny", rule="unknown-tool", reason="policy.unknown-tool", data={"tool": call.tool, "kind": ""})
        rule = self.rules.judge(manifest, [(role, str(leaf)) for _, role, value in arguments(call, manifest) for leaf in leaves(value)])
        if rule.verdict == "deny":
            return _say("deny", rule.name, "policy.refused-outright", call, manifest)
        if rule.verdict == "allow" and not self._asks_outside(manifest):
            return _say("allow", rule.name, "policy.goes-ahead", call, manifest)
        if self.state.noes >= 3:
            return _say("deny", "three-noes", "policy.three-noes", call, manifest)
        if rule.verdict == "ask":
            judged, _ = self._granted(call, manifest, now)
            return self._ask(call, manifest, rule, "policy.always-asks", judged, self._literal_step(call, manifest))
        if (found := self._by_grant(call, manifest, rule, now)) is not None:
            return found
        if self.state.plan is None:
            return self._unplanned(call, manifest, rule, now)
        return self._planned(call, manifest, rule, now)

    def _planned(self, call: Call, manifest: Manifest, rule: Rule, now: str) -> Decision:
        """Fit the call to an unused step: all values good, allow; only values left open by the step in doubt, ask; else
        refuse."""
        best: tuple[int, list[Judged]] | None = None
        given = arguments(call, manifest)
        for index, step in enumerate(self.state.plan or []):
            if step.tool != call.tool or not fits(step, given) or self._spent(index, call):
                continue
            judged = self._judge_holes(index, given, call, manifest, rule, now)
            if all(item.good for item in judged):
                grants = sorted({id for item in judged if item.why == "granted" for id in item.source.split()})
                return _say("allow", rule.name, "policy.in-plan", call, manifest, arguments=judged, step=index, grants=grants)
            best = best or (index, judged)
        if best is not None:
            reason = "policy.literal-only" if rule.verdict == "literal" else "policy.open-value"
            return self._ask(call, manifest, rule, reason, best[1], best[0])
        return _say("deny", "out-of-plan", "policy.out-of-plan", call, manifest)

    def _unplanned(self, call: Call, manifest: Manifest, rule: Rule, now: str) -> Decision:
        """No plan: what the person's own words and records alone led to goes ahead, but not money, accounts and
        installing; after anything untrusted was read everything asks."""
        judged, _ = self._granted(call, manifest, now)
        trusted = not self.state.context.untrusted and rule.verdict != "literal" and rule.name not in _MONEY and self._may_tell(manifest)
        told = all(item.good or item.role in (*_WORDS, *HARMLESS) or self._in_brief(item.role, item.value) for item in judged)
        if trusted and told:
            return _say("allow", rule.name, "policy.own-words", call, manifest, arguments=judged)
        return self._ask(call, manifest, rule, "policy.no-plan", judged, -1)

    def _in_brief(self, role: Role, value: Any) -> bool:
        """True when the brief itself gives every one of these receivers, of the type they are."""
        forms = [values.canonical(role, leaf) if role in (Role.DEST, Role.ACCOUNT, Role.DEVICE) else None for leaf in leaves(value)]
        given = {f"address {item}" for item in self._brief.addresses} | {f"account {item}" for item in self._brief.accounts}
        return all(form is not None and (form in given or self._brief.says(form.removeprefix("name "), exact=True)) for form in forms)

    def _asks_outside(self, manifest: Manifest) -> bool:
        """A read that leaves the machine, once something private was read: its words may carry that away."""
        private = self.state.context.confidentiality > Confidentiality.PUBLIC
        return manifest.effect is Effect.READ and manifest.egress and private

    def _by_grant(self, call: Call, manifest: Manifest, rule: Rule, now: str) -> Decision | None:
        """A page or host that the brief names, or a call whose every sensitive value is granted and whose words may be
        told there."""
        if rule.verdict == "literal":
            return None
        judged, used = self._granted(call, manifest, now)
        reading = manifest.effect is Effect.READ
        roles = {item.role for item in judged}
        if not judged or not roles & {Role.URL, Role.HOST, Role.DEST, Role.ACCOUNT, Role.DEVICE, Role.PATH}:
            return None
        open_words = [item for item in judged if not item.good and item.role not in HARMLESS and not _sandboxed(item.role, manifest)]
        if manifest.effect is Effect.CHANGE and not open_words:
            return _say("allow", rule.name, "policy.named-host", call, manifest, arguments=judged, grants=used)
        if reading and not open_words and (not used or self._quiet_address(call, manifest)):
            step = self._literal_step(call, manifest)
            return _say("allow", rule.name, "policy.named-host", call, manifest, arguments=judged, step=step, grants=used)
        if not used or reading or (rule.name in _MONEY and Role.AMOUNT not in roles):
            return None
        context = self.state.context
        told = [clear for id in used if (clear := self.grants[id].confidentiality) is not None]
        free = bool(told) and not context.untrusted and context.confidentiality <= min(told)
        for item in open_words:
            words = item.role is Role.TEXT and free
            setting = item.role in (Role.WHEN, Role.FLAG, Role.NAME) and manifest.kind in ("device", "home")
            if not words and not setting:
                return None
        return _say("allow", rule.name, "policy.granted", call, manifest, arguments=judged, grants=used)

    def _quiet_address(self, call: Call, manifest: Manifest) -> bool:
        """A granted host may be told nothing private: the address was not written by a model that had read private things."""
        pages = [leaf for _, role, value in arguments(call, manifest) if role is Role.URL for leaf in leaves(value)]
        named = all(values.url(str(page)) in self._brief.urls for page in pages)
        return named or self.state.context.confidentiality is Confidentiality.PUBLIC

    def _granted(self, call: Call, manifest: Manifest, now: str) -> tuple[list[Judged], list[str]]:
        """Each argument judged by the brief's own pages and by grants alone, and the grants used."""
        out, used = [], []
        for name, role, value in arguments(call, manifest):
            why: Why | None = None
            if role in (Role.URL, Role.HOST) and all(self._brief_page(role, leaf) for leaf in leaves(value)):
                why = Why("brief")
            else:
                found = [granted(self.grants.values(), role, leaf, manifest.kind, now, self.state.task) for leaf in leaves(value)]
                if found and all(found):
                    used += [grant.id for grant in found if grant is not None]
                    why = _by(found)
            out.append(_judged(name, role, value, why))
        return out, sorted(set(used))

    def _brief_page(self, role: Role, value: Any) -> bool:
        if role is Role.URL:
            return values.url(str(value)) in self._brief.urls if values.url(str(value)) else False
        return values.host(str(value)) in {values.host_of(page) for page in self._brief.urls} if values.host(str(value)) else False

    # -- fitting a step -----------------------------------------------------------------------------------------------------------

    def _spent(self, index: int, call: Call) -> bool:
        return any(use.step == index and not (use.failed and use.args == call.args) for use in self.state.uses)

    def _judge_holes(
        self,
        index: int,
        given: list[tuple[str, Role, Any]],
        call: Call,
        manifest: Manifest,
        rule: Rule,
        now: str,
    ) -> list[Judged]:
        """The arguments against step ``index``, whose literals they match."""
        wanted = (self.state.plan or [])[index].args
        case = Case(self.state, self._brief, self._known, manifest, index, call.args)
        planned = Why("plan")
        return [
            _judged(name, role, value, self._good(case, name, role, value, manifest, rule, now) if wanted.get(name) == HOLE else planned)
            for name, role, value in given
        ]

    def _good(self, case: Case, name: str, role: Role, value: Any, manifest: Manifest, rule: Rule, now: str) -> Why | None:
        """Why an open value is the person's: harmless, private to them, endorsed, granted, or derived."""
        if rule.verdict == "literal":
            return None
        if role in HARMLESS and not self._asks_outside(manifest):
            return Why("harmless")
        if role is Role.QUERY and all(self._brief.says(str(leaf)) for leaf in leaves(value)):
            return Why("brief")
        forms = [values.canonical(role, leaf) for leaf in leaves(value)]
        if all(form and Endorsed(tool=case.step.tool, argument=name, value=form) in self.state.endorsed for form in forms):
            return Why("endorsed")
        if role in (Role.TEXT, Role.WHEN, Role.FLAG, Role.NAME) and quiet_effect(
            manifest.kind,
            manifest.egress,
            manifest.undo,
            {kind for other, kind in manifest.roles.items() if case.args.get(other) not in (None, "", [], {})},
        ):
            return Why("own-store")
        if _sandboxed(role, manifest):
            return Why("sandboxed")
        if role in (Role.SECRET, Role.COMMAND):
            return None
        if role in _WORDS and not self.state.context.untrusted and rule.name not in _MONEY and self._may_tell(manifest):
            return Why("trusted-context")
        found = [granted(self.grants.values(), role, leaf, manifest.kind, now, self.state.task) for leaf in leaves(value)]
        if found and all(found):
            return _by(found)
        return derived(case, name, role)

    def _may_tell(self, manifest: Manifest) -> bool:
        """Whether what was read so far may go, in a trusted model's own words, to whom the person named."""
        limit = self.rules.clearance["person"] if manifest.kind not in _READING else Confidentiality.PUBLIC
        return self.state.context.confidentiality <= limit

    def _step_of(self, call: Call, manifest: Manifest) -> tuple[int, bool]:
        """The plan step of a call that ran, and whether every argument is a literal of it. A read takes the first
        fitting step that no read took before, and may repeat the same call; an effect has the step that it used."""
        plan = self.state.plan or []
        if manifest.effect is not Effect.READ:
            mine = (use.step for use in reversed(self.state.uses) if use.args == call.args and plan[use.step].tool == call.tool)
            return next(mine, -1), False
        again = -1
        taken = {source.step for source in self.state.sources}
        for index, step in enumerate(plan):
            if step.tool == call.tool and reads_as(step, call, manifest):
                if index not in taken:
                    return index, not any(want == HOLE for want in step.args.values())
                if again < 0 and not any(want == HOLE for want in step.args.values()):
                    again = index
        return again, again >= 0

    def _literal_step(self, call: Call, manifest: Manifest) -> int:
        """The unused step that says exactly this call, or -1."""
        steps = enumerate(self.state.plan or [])
        return next((index for index, step in steps if says_exactly(step, call, manifest) and not self._spent(index, call)), -1)

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

    def _ask(self, call: Call, manifest: Manifest, rule: Rule, reason: str, judged: list[Judged], step: int) -> Decision:
        grantable = rule.verdict == "plan" and rule.name not in _MONEY
        shown = card(self.state, self._known, call, manifest, rule.name, reason, judged, step, grantable=grantable)
        return _say("ask", rule.name, reason, call, manifest, arguments=judged, card=shown, step=step)

    # -- a command's requests -----------------------------------------------------------------------------------------------------

    def permit(self, call: Call, decision: Decision, shown: bool) -> Permit | None:
        """What a command that was let through may ask of the network; None where it reaches no host. ``shown``: the person said yes to its card."""
        manifest = self.state.manifests[call.tool]
        if manifest.effect is not Effect.CHANGE or not (hosts := requests.hosts_of(call, manifest.roles)):
            return None
        private = [
            str(leaf)
            for item in decision.arguments
            if item.role is Role.HOST and (shown or item.why in ("plan", "endorsed"))
            for leaf in leaves(item.value)
        ]
        rests = [
            str(leaf)
            for item in decision.arguments
            if item.role is Role.HOST and item.why == "granted" and not shown
            for leaf in leaves(item.value)
        ]
        unlimited = [  # what says more of these hosts than the plan or the brief did, and is not used up by it
            grant.id
            for grant in self.grants.values()
            if not grant.limit
            and grant.live("", self.state.task)
            and (not grant.kinds or manifest.kind in grant.kinds)
            and any(grant.covers(Role.HOST, host) for host in hosts)
        ]
        return requests.permit(self.state, self._brief, call, hosts, private, sorted({*decision.grants, *unlimited}), rests)

    def decide_request(self, permit: Permit, request: Outgoing, now: str, is_clean: Callable[[str], bool]) -> Passage:
        """Whether, and how, one request of such a command may pass."""
        return requests.decide(permit, request, self.grants.values(), now, is_clean)

    # -- models -----------------------------------------------------------------------------------------------------------------------

    def decide_model(self, name: str, local: bool, label: Label, now: str = "", *, named: bool = False) -> Decision:
        """Whether text so labelled may be sent to a model. A local one may see what the rules clear it for; a remote one only what they, or
        a grant of kind ``model`` with a confidentiality, allow. A person who ``named`` a model lets it see what is private, unless
        their own rules say what models may see. What is secret goes to none."""
        kind = "local-model" if local else "remote-model"
        limit = self.rules.clearance[kind]
        if named and kind not in self.rules.cleared:
            limit = max(limit, Confidentiality.PRIVATE)
        used = [
            grant
            for grant in self.grants.values()
            if grant.what == "model" and grant.value == name and grant.confidentiality is not None and grant.live(now, self.state.task)
        ]
        limit = max([limit, *(grant.confidentiality for grant in used if grant.confidentiality is not None)])
        good = label.confidentiality <= min(limit, Confidentiality.PRIVATE)
        return Decision(
            verdict="allow" if good else "deny",
            rule="model-clearance",
            reason="policy.goes-ahead" if good else "policy.model-clearance",
            data={"model": name, "tool": name, "kind": "model"},
            grants=[grant.id for grant in used] if good else [],
        )


def _sandboxed(role: Role, manifest: Manifest) -> bool:
    """A command that only changes the workspace runs in the sandbox, whatever it is; what it may reach is decided host by host."""
    return role is Role.COMMAND and manifest.effect is Effect.CHANGE


def _by(found: Iterable[Grant | None]) -> Why:
    """Good by these grants, one a value: each of them is used."""
    return Why("granted", " ".join(sorted({grant.id for grant in found if grant is not None})))


def _say(verdict: Literal["allow", "ask", "deny"], rule: str, reason: str, call: Call, manifest: Manifest, **more: Any) -> Decision:
    return Decision(verdict=verdict, rule=rule, reason=reason, data={"tool": call.tool, "kind": manifest.kind}, **more)


def _judged(name: str, role: Role, value: Any, why: Why | None) -> Judged:
    return Judged(name=name, role=role, value=value, good=why is not None, why=why.name if why else "", source=why.source if why else "")


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
