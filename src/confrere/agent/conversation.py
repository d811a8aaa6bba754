"""The turns of a task's model: what it is told, what it may see, and which of its calls wait for an answer."""

from __future__ import annotations

from functools import cached_property

from confrere.agent import prompt
from confrere.agent.session import Session
from confrere.agent.showing import Shown
from confrere.errors import Refused
from confrere.journal.store import Event
from confrere.messages import say
from confrere.models.messages import Message, Model, Reply, ToolCall, Turn
from confrere.policy.manifest import Effect


class Conversation:
    """That of one task."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._model: Model | None = None
        self._looked = session.state.heard
        self._unheard: list[Event] = []

    @cached_property
    def _shown(self) -> Shown:
        return Shown(self.session.services.redactor)

    def pending(self) -> list[ToolCall]:
        """The calls of the last reply that have no answer yet: a restart goes on with them instead of asking again."""
        answered = set()
        for message in reversed(self.session.state.messages):
            if message.role == "tool":
                answered.add(message.call_id)
            elif message.role == "assistant":
                return [call for call in message.calls if call.id not in answered]
            else:
                break
        return []

    def said(self) -> bool:
        """Whether the person has said something that the model has not been told: other processes write it to the journal."""
        session = self.session
        known, upto = self._unheard[-1].n if self._unheard else session.state.heard, session.state.events
        self._unheard += [
            event for event in session.store.read(session.task, after=self._looked, kinds=("person.said",)) if event.n > known
        ]
        self._looked = max(self._looked, upto)
        return bool(self._unheard)

    def hear(self) -> None:
        """Take in what the person said meanwhile, between two turns; the built-in model, which follows the plan, says that it does."""
        if not self.said():
            return
        session = self.session
        for event in self._unheard:
            if event.body.get("approves", True):
                words = session.judge.engine.hear(event.body["text"])  # they count as the brief's do
                session.record(words.pop("type"), words)
            session.record("message", {"message": Message(role="user", text=event.body["text"], label="person"), "said": event.n})
        self._unheard = []
        if session.state.model == "builtin":
            session.say(Message(role="assistant", text=say("agent.said-builtin", session.state.language, task=session.task)))

    async def ask(self, phase: str) -> Reply:
        """The model's next reply. Raises Refused where it may not see what it would be shown."""
        session = self.session
        if self._model is None:
            self._model = session.services.model(session.state)
        specs = []
        if phase == "plan":
            specs = [prompt.spec(tool, steps=False) for tool in session.tools.values() if tool.manifest.effect is Effect.READ]
            specs.append(prompt.PROPOSE)
        elif phase == "work":
            specs = [prompt.spec(tool, steps=True) for tool in session.tools.values()]
        turn = Turn(
            task=session.task,
            phase=phase,
            messages=[prompt.system(session.state, phase), *session.state.messages],
            tools=specs,
            brief=session.state.brief,
            roots=[root.name for root in session.state.roots],
            plan=session.state.plan if phase == "work" else None,
            language=session.state.language,
        )
        if self._model.name != "builtin":
            self._show(turn, self._model)
        return await self._model.reply(turn, lambda text: session.listen("text", {"text": text}))

    def _show(self, turn: Turn, model: Model) -> None:
        """Make of the turn what this model may see. Raises Refused where it may not; nothing was sent then."""
        session = self.session
        turn.messages, label, found = self._shown.of(turn.messages)
        if found:
            session.record("secret.redacted", {"call": "", "found": dict(found)})
        session.take_back()
        law = session.judge if turn.tools else session.law
        decision = law.model(model.name, model.local, label)
        if decision.verdict != "allow":
            session.record("model.refused", {"model": model.name, "label": label.text(), "rule": decision.rule}, True)
            raise Refused(decision.reason, model=model.name, task=session.task)
        if not model.local:
            characters = sum(len(message.text) for message in turn.messages)
            body = {"model": model.name, "messages": len(turn.messages), "characters": characters, "label": label.text()}
            session.record("model.sent", {**body, "grants": decision.grants})
