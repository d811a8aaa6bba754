"""The loop: a task's whole control flow, one thing after the other: fold, decide, pass the gate, append."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from functools import partial

from confrere.agent import answering, asking, prompt, replanning, review
from confrere.agent.calling import Calls
from confrere.agent.conversation import Conversation
from confrere.agent.questions import Questions, reply
from confrere.agent.services import Listener, Services
from confrere.agent.session import Session, utc
from confrere.agent.task import TaskState
from confrere.errors import ConfrereError, Failed, Stopped, WrongUse
from confrere.models.messages import Reply, ToolCall
from confrere.policy import approvals
from confrere.workspace.changes import ChangeSet
from confrere.workspace.transaction import Outcome

MAX_TURNS = 200
_POLL = 0.1  # seconds between looks for a stop asked for by another process


class Runner(Session):
    """Carries one task on, in this process, until it ends or needs a person. ``listen(kind, body)`` is told every event and progress."""

    def __init__(self, services: Services, task: str, listen: Listener | None = None) -> None:
        super().__init__(services, task, listen)
        self._conversation = Conversation(self)
        self._questions = Questions(self)
        self._calls = Calls(self, self._questions)

    # -- the life of the task

    async def run(self) -> TaskState:
        """Go on until the task ends or waits for a person. Never raises for what a task can meet: the state tells."""
        holder = self.store.claim(self.task)
        if holder is not None:
            raise WrongUse("core.task-busy", task=self.task, pid=holder.pid)
        self.begun = time.monotonic()
        self.refresh()
        work = asyncio.ensure_future(self._live())
        try:
            watch = asyncio.ensure_future(self._watch(work))
            try:
                await work
            finally:
                watch.cancel()
                await asyncio.wait({watch})
        except (Stopped, asyncio.CancelledError):
            self.services.stop_readers()
            self.record("task.stopped", {}, True)
        except ConfrereError as error:
            self.record("task.failed", {"key": error.key, "data": {**error.data, "task": self.task}}, True)
        except (Exception, BaseExceptionGroup) as error:
            told = self.services.redactor.redact(f"{type(error).__name__}: {error}").text[:300]
            body = {"key": "agent.defect", "data": {"error": told, "task": self.task}}
            self.record("task.failed", body, True)
            self.listen("defect", {"exception": error})
        finally:
            self.record("work.session", {"seconds": round(time.monotonic() - self.begun, 3)})
            self.store.release(self.task)
            self.close()
        return self.state

    async def _watch(self, work: asyncio.Future[None]) -> None:
        """Cancel the work as soon as a stop is asked for, from this process or another."""
        stamp = -1  # what was asked for just before counts
        while not self.stop:
            await asyncio.sleep(_POLL)
            if (now := self.store.stamp()) != stamp:
                stamp = now
                last = self.store.last(self.task, "stop.requested", "task.resumed", "task.created")
                if last is not None and last.kind == "stop.requested":
                    self.stop.set()
        self.services.stop_readers()
        work.cancel()

    async def _live(self) -> None:
        self.recover()
        self._questions.ask_about_doubtful()
        turns = 0
        while True:
            self.stop.check(self.task)
            self._check_budget()
            state = self.state.state
            if state == "drafted" and self.state.roots:
                await self.in_thread(self._count_files)
                turns = await self._decide("plan", turns)
            elif state == "drafted":
                turns = await self._decide("answer", turns)
            elif state == "planned" and self.state.yes and not self.state.plan_only and not self._must_be_seen():
                self.approve("--yes")
            elif state == "approved":
                assert self.state.plan is not None
                self.judge.planned(self.state.plan)
                self.say(prompt.approved(self.state.plan))
                self.record("work.begun", {})
                turns = 0
            elif state in ("waiting", "review", "done") and self._called_back():
                self.record("work.begun", {})
            elif state == "running" or (state == "waiting" and self._questions.expired()):
                # first what a crash cut short: a message to the model would stand between its call and the answer
                if self._conversation.pending() or not await self._calls.make_answered():
                    turns = await self._decide("work", turns)
            elif state == "review" and self.state.yes and not self.state.outcomes and not self.state.beyond:
                await self.in_thread(self.apply, whole=True)
            else:
                if state in ("applied", "done", "review") and not self.state.report:
                    await self.in_thread(self.build_report)
                return

    def _called_back(self) -> bool:
        """Whether the person has said something to a task at rest, which has a plan to go on with."""
        return self._conversation.said() and self.state.plan is not None and bool(self.state.plan.steps)

    def _must_be_seen(self) -> bool:
        """A plan that leaves the machine, made after something untrusted was read: nobody says yes to it unseen."""
        return self.state.plan is not None and asking.acts(self.state.plan) and self.judge.tainted

    def _check_budget(self) -> None:
        settings, usage = self.services.settings, self.state.usage
        if usage.input_tokens + usage.output_tokens > settings.max_tokens:
            raise Failed("agent.budget-tokens", limit=settings.max_tokens, task=self.task)
        if (usage.cost_usd or 0.0) > settings.max_cost_usd:
            raise Failed("agent.budget-cost", limit=settings.max_cost_usd, task=self.task)
        if self.seconds > settings.max_minutes * 60:
            raise Failed("agent.budget-time", limit=settings.max_minutes, task=self.task)

    def _count_files(self) -> None:
        """What is there before the work, by name: the report counts against it."""
        if self.state.files_before:
            return
        files = []
        for entry in self.view.walk(denied=lambda path: None):
            if entry.type == "file":
                files.append(entry.path)
            if len(files) % 1000 == 0:
                self.stop.check(self.task)
        self.record("folder.counted", {"files": files})

    # -- deciding

    async def _decide(self, phase: str, turns: int) -> int:
        """One turn of the model and all the calls it asks for. Returns the number of turns taken so far."""
        if turns >= MAX_TURNS:
            raise Failed("agent.too-many-turns", limit=MAX_TURNS, task=self.task)
        calls = self._conversation.pending()
        if not calls:
            self._conversation.hear()
            answer = await self._conversation.ask(phase)
            answer.message.calls = asking.renamed(answer.message.calls, self.state)
            self.record("message", {"message": answer.message, "usage": answer.usage, "finish": answer.finish})
            calls = answer.message.calls
            if not calls:
                await self._answered(phase, answer)
                return turns + 1
        for call in calls:
            self.stop.check(self.task)
            if call.tool == prompt.PROPOSE.name and phase == "plan":
                if self._propose(call):
                    break
                continue
            message = await self._calls.make(call, phase)
            if message is not None:
                self.say(message)
        self._questions.put()
        return turns + 1

    async def _answered(self, phase: str, answer: Reply) -> None:
        """The model said something and asked for nothing: an answer, or the end of the work."""
        if phase == "work":
            await self.in_thread(partial(review.begin, self))
            return
        before = self.state.plan if phase == "plan" else None
        self.record("plan.proposed", replanning.answered(before, answer.message.text, self.state.language))

    def _propose(self, call: ToolCall) -> bool:
        """Take a proposed plan; returns whether it is one."""
        try:
            plan = prompt.plan_of(call.args or {}, self.tools, self.state.language)
        except ValueError as error:
            refusals = sum(1 for message in self.state.messages if message.tool == call.tool and message.failed)
            if refusals >= 3:
                raise Failed("agent.no-plan") from None
            self.say(reply(call, f"This is not a plan: {error}", failed=True))
            return False
        self.say(reply(call, "The person sees the plan."))
        self.record("plan.proposed", replanning.proposed(self.store, self.state, plan))
        return True

    # -- the person's word

    def approve(self, by: str) -> None:
        """The person accepts the plan as it stands: its hash goes with the approval."""
        self.record("plan.approved", {"hash": self.state.plan_hash, "by": by}, True)

    def answer(
        self, ident: str, yes: bool, by: str, shown: str = "", *, widen: Mapping[str, str] | None = None, delegated: str = ""
    ) -> None:
        """The person's answer to a question; ``shown`` is the digest of what they had before them (the question's own where they
        were just shown it), ``widen`` the wider yes they chose (see ``policy.widening``), ``delegated`` on whose behalf they answer. Raises
        WrongUse when it was answered, expired, is not what was asked, or offers no such widening."""
        found = self.state.approvals.get(ident)
        digest = shown or (found.digest if found else "")
        events = approvals.answer(
            self.state.approvals, ident, digest, yes, utc(), by, widen=widen, delegated=delegated, person=self.state.person
        )
        for event in answering.write(self.store, self.task, events):
            self.state.apply(event)
            self.listen(event.kind, event.body)

    # -- after the work: see ``review``

    def changes(self) -> ChangeSet:
        return review.changes(self)

    def apply(self, paths: tuple[str, ...] = ()) -> Outcome:
        return review.apply(self, paths)

    def undo(self, paths: tuple[str, ...] = (), steps: tuple[str, ...] = ()) -> Outcome:
        return review.undo(self, paths, steps)

    def recover(self, *, back: bool = False) -> bool:
        return review.recover(self, back=back)

    def build_report(self) -> None:
        """Build the report from the disk and record it."""
        from confrere.agent.report import build

        self.listen("checking", {"deliverables": any(call.result.get("deliverables") for call in self.state.calls.values())})
        self.record("report.built", {"report": build(self)})
