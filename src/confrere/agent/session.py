"""A task that is open in this process: its journal and state, its view, its tools, its policy and gate."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import msgspec

from confrere.agent.context import CallContext, StopFlag
from confrere.agent.services import Listener, Services
from confrere.agent.task import TaskState, load
from confrere.errors import ConfrereError, Refused, Stopped
from confrere.models.messages import Message
from confrere.policy.gate import Gate
from confrere.policy.judge import EngineJudge
from confrere.tools.base import Tool
from confrere.workspace.view import View

POLICY_KINDS = (
    *("policy.started", "policy.heard", "policy.planned", "policy.observed", "policy.used", "policy.endorsed", "policy.refused"),
    *("grant.given", "grant.revoked"),
)

# events that tell of every file: their records go to the journal one by one, never all at once as plain dictionaries
_LARGE = ("review.ready", "apply.planned", "apply.done")


def utc(seconds: float = 0.0) -> str:
    """Now, or so many seconds from now: UTC, ISO 8601."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="seconds")


class Session:
    """See the module. ``listen(kind, body)`` is told every event and progress. What is heavy is opened when it is first needed."""

    def __init__(self, services: Services, task: str, listen: Listener | None = None) -> None:
        self.services = services
        self.store = services.store
        self.task = task
        self.listen = listen or (lambda kind, body: None)
        self.stop = StopFlag()
        self.state: TaskState = load(self.store, task)
        self.begun = time.monotonic()
        self._view: View | None = None
        self._context: CallContext | None = None
        self._opened: set[str] = set()
        self._stamp = -1
        self._read_to = {"": 0, task: 0}

    def close(self) -> None:
        if self._context is not None:
            self._context.close()
            self._context = None
        if self._view is not None:
            self._view.close()
            self._view = None

    @property
    def seconds(self) -> float:
        """The time worked on this task so far, over all its sessions, in seconds."""
        return self.state.working_seconds + time.monotonic() - self.begun

    # -- the journal

    def record(self, kind: str, body: dict[str, Any], durable: bool = False) -> None:
        """Append an event, take it into the state, tell the listener."""
        if kind == "message" and isinstance(message := body["message"], Message) and message.role != "system":
            text = self.services.redactor.redact(message.text)  # the journal's door, for what came through no tool
            body = body if text.clean else {**body, "message": msgspec.structs.replace(message, text=text.text)}
        elif kind == "call.outcome" and body["status"] == "error":
            body = {**body, "data": self.services.redactor.redact_json(body["data"])[0]}
        if kind not in _LARGE:
            body = msgspec.to_builtins(body)
        event = self.store.append(self.task, kind, body, durable=durable)
        self.state.apply(event)
        self.listen(kind, {**body, "outcome": len(body["outcome"].applied)} if kind == "apply.done" else event.body)

    def say(self, message: Message) -> None:
        """One more message of the conversation with the model."""
        self.record("message", {"message": message})

    def refresh(self) -> None:
        """Take in what other processes did to the task since this one looked. To be called once the task is held."""
        if self.store.count(self.task) != self.state.events:
            self.state = load(self.store, self.task)

    # -- what it works with

    @property
    def view(self) -> View:
        if self._view is None:
            self._view = self.services.view(self.state)
        return self._view

    @cached_property
    def tools(self) -> dict[str, Tool]:
        from confrere.tools.registry import all_tools

        return {tool.name: tool for tool in all_tools()}

    @property
    def context(self) -> CallContext:
        if self._context is None:
            self._context = CallContext(
                self.services, self.state, self.view, self.judge, self.record, self.listen, self.stop, self.take_back
            )
        return self._context

    async def in_thread(self, work: Callable[[], Any], *, whole: bool = False) -> Any:
        """Run ``work`` in a thread; a stop leaves it behind, or, where it must end ``whole``, waits until it has heard of it."""
        future = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            if whole:
                await asyncio.wait([future])
                if not future.cancelled() and isinstance(future.exception(), ConfrereError) and not isinstance(future.exception(), Stopped):
                    raise future.exception() from None  # type: ignore[misc]
            raise

    # -- the law

    @cached_property
    def law(self) -> EngineJudge:
        """The owner's rules and grants, and what the task has read and used so far. Without its tools: all that a plain answer needs."""
        judge = EngineJudge(self.services.rules, self.record, utc, self.spend)
        judge.fold((event.kind, event.body) for event in self.store.read(self.task, kinds=POLICY_KINDS))
        judge.take(self.services.grants())
        return judge

    @cached_property
    def judge(self) -> EngineJudge:
        """This task's policy, with the tools it may call."""
        judge = self.law
        manifests = {name: tool.manifest for name, tool in self.tools.items()}
        foreign = [name for name, tool in self.tools.items() if getattr(tool, "foreign", False)]
        self._opened = {event.body["store"] for event in self.store.read("", kinds=("store.opened",))}
        judge.begin(self.task, self.state.brief, manifests, foreign, sorted(self._opened))
        return judge

    @cached_property
    def gate(self) -> Gate:
        return Gate(self.judge, self.record)

    def spend(self, grant: str, amount: str = "") -> None:
        """Journal a use. Raises Refused when it is one too many: of two tasks that take the last one at once, the journal's order tells."""
        use = {"id": grant, "task": self.task, **({"amount": amount} if amount else {})}
        mine = self.store.append("", "grant.used", use, durable=True)
        uses = (event.body for event in self.store.read("", kinds=("grant.used",)) if event.n <= mine.n)
        if self.law.over(grant, uses):
            raise Refused("policy.grant-spent", id=grant)

    def take_back(self) -> None:
        """What was revoked or used up since the last call counts from this one on, and what was granted at a question."""
        if (stamp := self.store.stamp()) == self._stamp:
            return
        self._stamp = stamp
        self.law.take(self.services.grants())
        # everyone's journal is read first and folded last: what it revokes was given in the task's own before
        everyones = list(self.store.read("", after=self._read_to[""], kinds=("grant.revoked",)))
        own = list(self.store.read(self.task, after=self._read_to[self.task], kinds=("grant.given", "grant.revoked")))
        for event in (*own, *everyones):
            self.law.fold([(event.kind, event.body)])
            self._read_to[event.task] = event.n

    def note_opened(self) -> None:
        """Tell other tasks which stores now hold words that nobody vouches for: a store outlives the task that wrote to it."""
        for store in self.judge.opened:
            if store not in self._opened:
                self._opened.add(store)
                self.store.append("", "store.opened", {"store": store, "task": self.task}, durable=True)
