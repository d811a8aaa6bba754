"""The engine at the gate: one task's policy, rebuilt from its events, every change of it journaled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal

import msgspec

from confrere.policy import approvals, requests
from confrere.policy.decision import Decision
from confrere.policy.derive.case import leaves
from confrere.policy.engine import Engine
from confrere.policy.gate import Call, Verdict
from confrere.policy.grants import Grant, apply
from confrere.policy.labels import Confidentiality, Integrity, Label
from confrere.policy.manifest import Manifest
from confrere.policy.plan import Plan, is_open
from confrere.policy.requests import Outgoing, Passage, Permit
from confrere.policy.rules import Rules
from confrere.policy.state import HOLE
from confrere.policy.state import Call as Judged

PREFIXES = ("policy.", "grant.")
MAX_TEXT = 60_000  # characters of a result that the engine follows values in

Record = Callable[[str, dict[str, Any], bool], None]


class EngineJudge:
    """See ``gate.Judge``. ``record`` writes to the task's journal; ``now`` gives the time as UTC ISO 8601; ``spend`` is told of each use of
    a grant that outlives the task, and raises Refused when nothing of it was left."""

    def __init__(
        self, rules: Rules, record: Record, now: Callable[[], str], spend: Callable[[str, str], None] = lambda ident, amount: None
    ) -> None:
        self.engine = Engine(rules)
        self._record = record
        self._now = now
        self._spend = spend
        self._decisions: dict[str, Decision] = {}
        self._shown: set[str] = set()
        self._permits: dict[str, Permit] = {}

    # -- the task

    def fold(self, events: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Take in the policy events of a task that is gone on with."""
        for kind, body in events:
            if kind.startswith(PREFIXES):
                self.engine.apply({"type": kind, **body})

    def begin(
        self, task: str, brief: str, manifests: Mapping[str, Manifest], foreign: Iterable[str] = (), opened: Iterable[str] = ()
    ) -> None:
        """A new task, or one whose tools are not those it began with: the tools as they are now count.

        ``foreign`` are tools whose description somebody else wrote: the model reads it before anything else, so it is a first untrusted
        read. ``opened`` are stores that other tasks wrote open words to: one that holds the person's own words holds them no more.
        """
        if self.engine.state.task != task:
            self._keep(self.engine.start(brief, manifests, task))
            for name in foreign:
                label = Label(Integrity.UNTRUSTED, Confidentiality.PRIVATE)
                self._keep(self.engine.observe(Judged(tool=name, args={}), "", origins=[f"tool:{name}"], failed=True, label=label))
        else:
            self.engine.state.manifests = dict(manifests)
        own = {tool.store for tool in manifests.values() if tool.trust in ("own", "installation", "vendor")}
        self.engine.state.stores += [store for store in opened if store in own and store not in self.engine.state.stores]

    def take(self, grants: Iterable[Grant]) -> None:
        """Grants of the person's that outlive tasks, as they stand: what other tasks used of them, and what was revoked."""
        for grant in grants:
            self.engine.grants[grant.id] = grant

    def over(self, ident: str, uses: Iterable[Mapping[str, Any]]) -> bool:
        """Whether these uses, as ``grant.used`` events have them, are more than a grant covers."""
        alone = {ident: msgspec.structs.replace(self.engine.grants[ident], used=0, spent=Decimal(0))}
        for use in uses:
            apply(alone, {**use, "type": "grant.used"})
        return alone[ident].over()

    def model(self, name: str, local: bool, label: Label) -> Decision:
        """Whether a model may see what is so labelled. It was named by the person: none is ever chosen because its key is there."""
        return self.engine.decide_model(name, local, label, self._now(), named=True)

    @property
    def opened(self) -> list[str]:
        """The stores that hold words which nobody vouches for."""
        return list(self.engine.state.stores)

    def planned(self, plan: Plan) -> None:
        """The plan that the person approved; what it leaves open is judged when it is filled."""

        def closed(args: dict[str, Any]) -> dict[str, Any]:
            return {name: HOLE if is_open(value) else value for name, value in args.items()}

        self._keep(self.engine.approve_plan([{"tool": step.tool, "args": closed(step.args)} for step in plan.steps]))

    @property
    def tainted(self) -> bool:
        """Whether anything untrusted was read: from then on the model may be somebody else's."""
        return self.engine.state.context.untrusted

    def _keep(self, event: dict[str, Any]) -> None:
        self._record(event["type"], {name: value for name, value in event.items() if name != "type"}, False)

    # -- a call

    def decide(self, call: Call) -> Verdict:
        decision = self.engine.decide(self._judged(call), self._now())
        self._decisions[call.id] = decision
        return Verdict(
            verdict=decision.verdict,
            rule=decision.rule,
            reason=decision.reason,
            data=msgspec.to_builtins(decision.data),
            card=decision.card,
        )

    def commit(self, call: Call) -> None:
        """The call goes ahead: what it uses is used up, before its effect. Raises Refused where another task used it up meanwhile."""
        decision, judged = self._decisions[call.id], self._judged(call)
        spent = self.engine.spent(judged, decision)
        for ident in decision.grants:
            if self.engine.grants[ident].scope == "always":
                self._spend(ident, spent.get(ident, ""))
        self._permits.pop(call.id, None)  # what a call was shown for and let reach is its own, not its identifier's
        shown = call.id in self._shown
        self._shown.discard(call.id)
        if (permit := self.engine.permit(judged, decision, shown)) is not None:
            self._permits[call.id] = permit
        self._keep(self.engine.commit(judged, decision))

    def approved(self, call: Call, approval: approvals.Approval) -> bool:
        """Whether this approval is a yes to this very call; then its open values are the person's from here on."""
        decision = self._decisions[call.id]
        card = next((card for card in approval.cards if card.get("call") == call.id), None)
        shown = {} if card is None else {entry["name"]: entry["value"] for entry in card["arguments"]}
        filled = {name: value for name, value in call.args.items() if any(True for _ in leaves(value))}
        bound = card is not None and card["tool"] == call.tool and _same(shown, filled)
        if not bound or not approvals.allows(approval, approval.cards) or decision.verdict == "deny":
            return False
        self._shown.add(call.id)
        self._keep(self.engine.endorse(self._judged(call), decision))
        return True

    def hosts(self, call: str) -> list[str]:
        """The hosts that a command that goes ahead may reach; none for one that was not let through with any."""
        permit = self._permits.get(call)
        return permit.hosts if permit is not None else []

    def passage(self, call: str, request: Outgoing, is_clean: Callable[[str], bool]) -> Passage:
        """Whether, and how, one request of that command may pass."""
        permit = self._permits.get(call)
        if permit is None:
            return Passage(verdict="refused", why="not granted")
        return self.engine.decide_request(permit, request, self._now(), is_clean)

    def stands(self, call: str, host: str, passed: Literal["free", "quiet"]) -> bool:
        """Whether a request of that command which passed may stay open."""
        permit = self._permits.get(call)
        return permit is not None and requests.stands(permit, host, passed, self.engine.grants.values(), self._now())

    def again(self, call: Call) -> None:
        """The person wants a call whose outcome was lost to be done again: its step is free for the very same call."""
        self._keep(self.engine.observe(self._judged(call), "", failed=True))

    def declined(self) -> None:
        self._keep(self.engine.refuse())

    def observe(self, call: Call, text: str, origins: list[str], failed: bool = False) -> str:
        # what a tool of ours computes from files carries the files' words: no better than they are
        label = Label(Integrity.UNTRUSTED) if origins else None
        event = self.engine.observe(self._judged(call), text[:MAX_TEXT], origins=origins[:50], failed=failed, label=label)
        self._keep(event)
        return self.engine.state.sources[-1].label.text()

    @staticmethod
    def _judged(call: Call) -> Judged:
        return Judged(tool=call.tool, args=call.args, id=call.id)


def _same(shown: Any, value: Any) -> bool:
    """Whether what the card showed is the value, as JSON."""
    return bool(msgspec.to_builtins(shown) == msgspec.to_builtins(value))
