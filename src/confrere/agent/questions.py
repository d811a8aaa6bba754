"""The questions a task puts to its person: kept until the turn's end, asked together, remembered after a crash."""

from __future__ import annotations

from typing import Any

from confrere.agent import asking
from confrere.agent.session import Session, utc
from confrere.models.messages import Message, ToolCall
from confrere.policy import approvals
from confrere.policy.gate import Call, Passed
from confrere.policy.manifest import Effect, Manifest


def reply(call: ToolCall, text: str, *, failed: bool = False, label: str = "") -> Message:
    """What the model gets for its call."""
    return Message(role="tool", call_id=call.id, tool=call.tool, text=text, failed=failed, label=label)


class Questions:
    """Those of one task's turn."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._kept: list[tuple[ToolCall, dict[str, Any]]] = []

    def park(self, call: ToolCall, request: Call, passed: Passed) -> Message | None:
        """Keep the question for the end of the turn, when those about one receiver are put as one; the rest of the work goes on."""
        state = self.session.state
        if state.state != "running":
            return reply(call, "This needs the person's word: make it a step of the plan.", failed=True)
        if same := asking.already_asked(request, state):
            return reply(call, f"This waits for the person's approval already ({same}).", failed=True)
        waiting = sum(approval.state == "waiting" for approval in state.approvals.values())
        if waiting + len(asking.batches(card for _, card in self._kept)) >= asking.MAX_WAITING:
            return reply(call, "Too many questions wait for the person: this one was not put.", failed=True)
        self._kept.append((call, {**passed.verdict.card, "call": call.id}))
        return None

    def put(self) -> None:
        """Ask what the turn's calls left to ask, then answer the model. A restart before that finds the calls without an answer."""
        kept, self._kept = self._kept, []
        for batch in asking.batches(card for _, card in kept):
            ident = self._ask(batch)
            about = {card["call"] for card in batch}
            for call in (call for call, _ in kept if call.id in about):
                text = f"This waits for the person's approval ({ident}). Go on with what does not depend on it."
                self.session.say(reply(call, text, failed=True))

    def _ask(self, cards: list[dict[str, Any]]) -> str:
        session = self.session
        ident = f"{session.task}-q{len(session.state.approvals) + 1}"
        question = approvals.ask(ident, session.task, cards, utc(), utc(session.services.settings.approval_hours * 3600))
        session.record(question.pop("type"), question, True)
        return ident

    def ask_about_doubtful(self) -> None:
        """Effects outside that a crash cut short are never guessed about: the person says whether to do them again."""
        for call in asking.doubtful(self.session.state):
            tool = self.session.tools.get(call.tool)
            verdict = asking.doubt(call, tool.manifest if tool is not None else Manifest(effect=Effect.ACT, kind="gone"))
            self._ask([verdict.card])
            intent = {"call": call.id, "tool": call.tool, "args": call.args, "step": call.step, "effect": call.effect, "verdict": verdict}
            self.session.record("call.intent", intent, True)

    def expired(self) -> bool:
        return any(approval.state == "waiting" and utc() >= approval.expires for approval, _ in self.session.state.parked())
