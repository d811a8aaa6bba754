"""The policy engine: deterministic decisions over labels, the approved plan, grants and provenance.

Pure: no clock, no file, no model; what it knows is its ``Memory``, which only the fold of events changes. It assumes that the model obeys an attacker from its first untrusted read on. The rules are those
of ``rules.toml``; a call is let through because of where each of its values comes from, never because of how it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from confrere.policy import requests, values
from confrere.policy.cards import Judged, card
from confrere.policy.decision import Decision
from confrere.policy.derive import derived
from confrere.policy.derive.case import Case, Why, leaves
from confrere.policy.derive.objects import quiet_effect
from confrere.policy.grants import Grant, granted
from confrere.policy.labels import Confidentiality, Label
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.policy.matching import arguments, fits, literal_step, spent
from confrere.policy.memory import Memory
from confrere.policy.requests import Outgoing, Passage, Permit
from confrere.policy.rules import Rule, Rules, installation
from confrere.policy.state import HOLE, Call, Endorsed, State

HARMLESS = (Role.FREE, Role.QUERY)
_READING = ("read", "fetch", "download", "browse")
_WORDS = (Role.TEXT, Role.WHEN, Role.FLAG, Role.NAME)
_MONEY = ("spending", "accounts")


class Engine(Memory):
    """One task's policy. ``rules`` default to the installation's; ``grants`` are the person's, by id."""

    def __init__(self, rules: Rules | None = None, grants: Iterable[Grant] = (), state: State | None = None) -> None:
        super().__init__(grants, state)
        self.rules = rules or installation()

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
            return self._ask(call, manifest, rule, "policy.always-asks", judged, literal_step(self.state, call, manifest))
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
            if step.tool != call.tool or not fits(step, given) or spent(self.state, index, call):
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
            step = literal_step(self.state, call, manifest)
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

    def _ask(self, call: Call, manifest: Manifest, rule: Rule, reason: str, judged: list[Judged], step: int) -> Decision:
        grantable = rule.verdict == "plan" and rule.name not in _MONEY
        shown = card(self.state, self._known, call, manifest, rule.name, reason, judged, step, grantable=grantable)
        return _say("ask", rule.name, reason, call, manifest, arguments=judged, card=shown, step=step)

    # -- a command's requests

    def permit(self, call: Call, decision: Decision, shown: bool) -> Permit | None:
        """What a command that was let through may ask of the network; None where it reaches no host. ``shown``: the person said yes to its card."""
        return requests.permit(self.state, self._brief, call, self.state.manifests[call.tool], decision, self.grants.values(), shown=shown)

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
