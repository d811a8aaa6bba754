"""The loop. Everything a task does happens here, one thing after the other: fold, decide, pass the gate, append."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import msgspec

from confrere.agent import answering, asking, prompt
from confrere.agent.context import CallContext, StopFlag
from confrere.agent.services import Services
from confrere.agent.showing import Shown, label_of_error
from confrere.agent.task import TaskState, load
from confrere.errors import ConfrereError, Failed, Refused, Stopped, WrongUse
from confrere.journal.canonical import digest, dumps
from confrere.journal.store import Event
from confrere.messages import say
from confrere.models.messages import Message, Model, Reply, ToolCall, Turn
from confrere.policy import approvals
from confrere.policy.gate import Call, Gate, Passed
from confrere.policy.judge import EngineJudge
from confrere.policy.manifest import Effect, Manifest
from confrere.tools.base import Result, Tool
from confrere.workspace import applying
from confrere.workspace.changes import ChangeSet, change_set
from confrere.workspace.transaction import Outcome
from confrere.workspace.view import View

MAX_TURNS = 200
MAX_TEXT = 24_000  # characters of a result that a model is shown
_POLL = 0.1  # seconds between looks for a stop asked for by another process

POLICY_KINDS = (
    *("policy.started", "policy.heard", "policy.planned", "policy.observed", "policy.used", "policy.endorsed", "policy.refused"),
    *("grant.given", "grant.revoked"),
)

# events that tell of every file: their records go to the journal one by one, never all at once as plain dictionaries
_LARGE = ("review.ready", "apply.planned", "apply.done")

Listener = Callable[[str, dict[str, Any]], None]


def utc(seconds: float = 0.0) -> str:
    """Now, or so many seconds from now: UTC, ISO 8601."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="seconds")


class Runner:
    """Carries one task on, in this process, until it ends or needs a person. ``listen(kind, body)`` is told every event and progress."""

    def __init__(self, services: Services, task: str, listen: Listener | None = None) -> None:
        self.services = services
        self.store = services.store
        self.task = task
        self.listen = listen or (lambda kind, body: None)
        self.stop = StopFlag()
        self.state: TaskState = load(self.store, task)
        self._view: View | None = None
        self._tools: dict[str, Tool] | None = None
        self._context: CallContext | None = None
        self._model: Model | None = None
        self._opened: set[str] = set()
        self._begun = time.monotonic()
        self._stamp = -1
        self._asking: list[tuple[ToolCall, dict[str, Any]]] = []
        self._looked = self.state.heard
        self._unheard: list[Event] = []

    # -- events

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

    @property
    def view(self) -> View:
        if self._view is None:
            self._view = self.services.view(self.state)
        return self._view

    @property
    def tools(self) -> dict[str, Tool]:
        if self._tools is None:
            from confrere.tools.registry import all_tools

            self._tools = {tool.name: tool for tool in all_tools()}
        return self._tools

    @cached_property
    def _law(self) -> EngineJudge:
        """The owner's rules and grants, and what the task has read and used so far. Without its tools: all that a plain answer needs."""
        judge = EngineJudge(self.services.rules, self.record, utc, self._spend)
        judge.fold((event.kind, event.body) for event in self.store.read(self.task, kinds=POLICY_KINDS))
        judge.take(self.services.grants())
        return judge

    @cached_property
    def judge(self) -> EngineJudge:
        """This task's policy, with the tools it may call."""
        judge = self._law
        manifests = {name: tool.manifest for name, tool in self.tools.items()}
        foreign = [name for name, tool in self.tools.items() if getattr(tool, "foreign", False)]
        self._opened = {event.body["store"] for event in self.store.read("", kinds=("store.opened",))}
        judge.begin(self.task, self.state.brief, manifests, foreign, sorted(self._opened))
        return judge

    @cached_property
    def _shown(self) -> Shown:
        return Shown(self.services.redactor)

    def _spend(self, grant: str, amount: str = "") -> None:
        """Journal a use. Raises Refused when it is one too many: of two tasks that take the last one at once, the journal's order tells."""
        use = {"id": grant, "task": self.task, **({"amount": amount} if amount else {})}
        mine = self.store.append("", "grant.used", use, durable=True)
        uses = (event.body for event in self.store.read("", kinds=("grant.used",)) if event.n <= mine.n)
        if self._law.over(grant, uses):
            raise Refused("policy.grant-spent", id=grant)

    def _take_back(self) -> None:
        """What was revoked or used up since the last call counts from this one on, and what was granted at a question."""
        if (stamp := self.store.stamp()) != self._stamp:
            self._stamp = stamp
            self._law.take(self.services.grants())
            for journal, kinds in (("", ("grant.revoked",)), (self.task, ("grant.given", "grant.revoked"))):
                self._law.fold((event.kind, event.body) for event in self.store.read(journal, kinds=kinds))

    @cached_property
    def gate(self) -> Gate:
        return Gate(self.judge, self.record)

    @property
    def context(self) -> CallContext:
        if self._context is None:
            self._context = CallContext(
                self.services, self.state, self.view, self.judge, self.record, self.listen, self.stop, self._take_back
            )
        return self._context

    def close(self) -> None:
        if self._context is not None:
            self._context.close()
            self._context = None
        if self._view is not None:
            self._view.close()
            self._view = None

    # -- the life of the task

    async def run(self) -> TaskState:
        """Go on until the task ends or waits for a person. Never raises for what a task can meet: the state tells."""
        holder = self.store.claim(self.task)
        if holder is not None:
            raise WrongUse("core.task-busy", task=self.task, pid=holder.pid)
        self._begun = time.monotonic()
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
            self.record("work.session", {"seconds": round(time.monotonic() - self._begun, 3)})
            self.store.release(self.task)
            self.close()
        return self.state

    def refresh(self) -> None:
        """Take in what other processes did to the task since this one looked. To be called once the task is held."""
        if self.store.count(self.task) != self.state.events:
            self.state = load(self.store, self.task)

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
        self._ask_about_doubtful()
        turns = 0
        while True:
            self.stop.check(self.task)
            self._check_budget()
            state = self.state.state
            if state == "drafted" and self.state.roots:
                await self._in_thread(self._count_files)
                turns = await self._decide("plan", turns)
            elif state == "drafted":
                turns = await self._decide("answer", turns)
            elif state == "planned" and self.state.yes and not self.state.plan_only and not self._must_be_seen():
                self.approve("--yes")
            elif state == "approved":
                assert self.state.plan is not None
                self.judge.planned(self.state.plan)
                self.record("message", {"message": prompt.approved(self.state.plan)})
                self.record("work.begun", {})
                turns = 0
            elif self._said() and self.state.plan is not None and self.state.plan.steps and state in ("waiting", "review", "done"):
                self.record("work.begun", {})
            elif state == "running" or (state == "waiting" and self._expired()):
                if not await self._answer_approvals():
                    turns = await self._decide("work", turns)
            elif state == "review" and self.state.yes and not self._refused_before() and not self.state.beyond:
                await self._in_thread(self.apply, whole=True)
            else:
                if state in ("applied", "done", "review") and not self.state.report:
                    await self._in_thread(self.build_report)
                return

    def _refused_before(self) -> bool:
        return bool(self.state.outcomes)

    def _must_be_seen(self) -> bool:
        """A plan that leaves the machine, made after something untrusted was read: nobody says yes to it unseen."""
        return self.state.plan is not None and asking.acts(self.state.plan) and self.judge.tainted

    async def _in_thread(self, work: Callable[[], Any], *, whole: bool = False) -> Any:
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

    @property
    def seconds(self) -> float:
        """The time worked on this task so far, over all its sessions, in seconds."""
        return self.state.working_seconds + time.monotonic() - self._begun

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

    def approve(self, by: str) -> None:
        """The person accepts the plan as it stands: its hash goes with the approval."""
        self.record("plan.approved", {"hash": self.state.plan_hash, "by": by}, True)

    # -- deciding

    async def _decide(self, phase: str, turns: int) -> int:
        """One turn of the model and all the calls it asks for. Returns the number of turns taken so far."""
        if turns >= MAX_TURNS:
            raise Failed("agent.too-many-turns", limit=MAX_TURNS, task=self.task)
        calls = self._pending()
        if not calls:
            self._hear()
            reply = await self._ask(phase)
            reply.message.calls = asking.renamed(reply.message.calls, self.state)
            self.record("message", {"message": reply.message, "usage": reply.usage, "finish": reply.finish})
            calls = reply.message.calls
            if not calls:
                await self._answered(phase, reply)
                return turns + 1
        for call in calls:
            self.stop.check(self.task)
            if call.tool == prompt.PROPOSE.name and phase == "plan":
                if self._propose(call):
                    break
                continue
            message = await self._call(call, phase)
            if message is not None:
                self.record("message", {"message": message})
        self._put_questions()
        return turns + 1

    def _said(self) -> bool:
        """Whether the person has said something that the model has not been told: other processes write it to the journal."""
        known, upto = self._unheard[-1].n if self._unheard else self.state.heard, self.state.events
        self._unheard += [event for event in self.store.read(self.task, after=self._looked, kinds=("person.said",)) if event.n > known]
        self._looked = max(self._looked, upto)
        return bool(self._unheard)

    def _hear(self) -> None:
        """Take in what the person said meanwhile, between two turns; the built-in model, which follows the plan, says that it does."""
        if not self._said():
            return
        for event in self._unheard:
            if event.body.get("approves", True):
                words = self.judge.engine.hear(event.body["text"])  # they count as the brief's do
                self.record(words.pop("type"), words)
            self.record("message", {"message": Message(role="user", text=event.body["text"], label="person"), "said": event.n})
        self._unheard = []
        if self.state.model == "builtin":
            text = say("agent.said-builtin", self.state.language, task=self.task)
            self.record("message", {"message": Message(role="assistant", text=text)})

    def _pending(self) -> list[ToolCall]:
        """The calls of the last reply that have no answer yet: a restart goes on with them instead of asking again."""
        answered = set()
        for message in reversed(self.state.messages):
            if message.role == "tool":
                answered.add(message.call_id)
            elif message.role == "assistant":
                return [call for call in message.calls if call.id not in answered]
            else:
                break
        return []

    async def _ask(self, phase: str) -> Reply:
        if self._model is None:
            self._model = self.services.model(self.state)
        specs = []
        if phase == "plan":
            specs = [prompt.spec(tool, steps=False) for tool in self.tools.values() if tool.manifest.effect is Effect.READ]
            specs.append(prompt.PROPOSE)
        elif phase == "work":
            specs = [prompt.spec(tool, steps=True) for tool in self.tools.values()]
        turn = Turn(
            task=self.task,
            phase=phase,
            messages=[prompt.system(self.state, phase), *self.state.messages],
            tools=specs,
            brief=self.state.brief,
            roots=[root.name for root in self.state.roots],
            plan=self.state.plan if phase == "work" else None,
            language=self.state.language,
        )
        if self._model.name != "builtin":
            self._show(turn, self._model)
        return await self._model.reply(turn, lambda text: self.listen("text", {"text": text}))

    def _show(self, turn: Turn, model: Model) -> None:
        """Make of the turn what this model may see. Raises Refused where it may not; nothing was sent then."""
        turn.messages, label, found = self._shown.of(turn.messages)
        if found:
            self.record("secret.redacted", {"call": "", "found": dict(found)})
        self._take_back()
        law = self.judge if turn.tools else self._law
        decision = law.model(model.name, model.local, label)
        if decision.verdict != "allow":
            self.record("model.refused", {"model": model.name, "label": label.text(), "rule": decision.rule}, True)
            raise Refused(decision.reason, model=model.name, task=self.task)
        if not model.local:
            characters = sum(len(message.text) for message in turn.messages)
            body = {"model": model.name, "messages": len(turn.messages), "characters": characters, "label": label.text()}
            self.record("model.sent", {**body, "grants": decision.grants})

    async def _answered(self, phase: str, reply: Reply) -> None:
        """The model said something and asked for nothing: an answer, or the end of the work."""
        if phase == "work":
            await self._in_thread(self._review)
            return
        from confrere.policy.plan import Plan

        plan = Plan(answer=reply.message.text, language=self.state.language)
        self.record("plan.proposed", {"plan": plan, "hash": digest(plan)})

    def _propose(self, call: ToolCall) -> bool:
        """Take a proposed plan; returns whether it is one."""
        try:
            plan = prompt.plan_of(call.args or {}, self.tools, self.state.language)
        except ValueError as error:
            refusals = sum(1 for message in self.state.messages if message.tool == call.tool and message.failed)
            if refusals >= 3:
                raise Failed("agent.no-plan") from None
            self.record("message", {"message": self._answer(call, f"This is not a plan: {error}", failed=True)})
            return False
        self.record("message", {"message": self._answer(call, "The person sees the plan.")})
        self.record("plan.proposed", {"plan": plan, "hash": digest(plan)})
        return True

    @staticmethod
    def _answer(call: ToolCall, text: str, *, failed: bool = False, label: str = "") -> Message:
        return Message(role="tool", call_id=call.id, tool=call.tool, text=text, failed=failed, label=label)

    # -- calling

    async def _call(self, call: ToolCall, phase: str) -> Message | None:
        """Pass one call through the gate and put its result into words for the model; None where it is yet to be asked about."""
        if call.args is None:
            return self._answer(call, "The arguments were not a JSON object. Call again with one.", failed=True)
        tool = self.tools.get(call.tool)
        if tool is None or (phase == "plan" and tool.manifest.effect is not Effect.READ):
            return self._answer(call, f"There is no tool {call.tool!r} here.", failed=True)
        done = self.state.calls.get(call.id)
        if done is not None and done.rule == asking.IN_DOUBT:
            return self._answer(call, "This was cut short and may have happened: the person is asked whether to do it again.", failed=True)
        args = dict(call.args)
        step = str(args.pop("step", "")) if phase == "work" else ""
        if phase == "work" and not step:
            step = call.id if self._is_step(call.id) else self._step_of(call.tool)
        try:
            parsed = msgspec.convert(args, tool.Args)
        except msgspec.ValidationError as error:
            return self._answer(call, f"Wrong arguments: {error}", failed=True)
        request = Call(id=call.id, tool=call.tool, args=args, manifest=tool.manifest, step=step)
        return await self._pass(call, request, tool, parsed)

    async def _pass(
        self, call: ToolCall, request: Call, tool: Tool, parsed: Any, approval: approvals.Approval | None = None
    ) -> Message | None:
        self._take_back()

        def effect() -> Result:
            self.context.enter(request.step, request.id)
            return self._redacted(request.id, tool.run(parsed, self.context))

        def text_of(result: Result) -> tuple[str, list[str], bool]:
            return result.text, result.origins, result.failed

        try:
            passed: Passed = await self._in_thread(lambda: self.gate.pass_through(request, effect, text_of, approval))
        except Stopped:
            raise
        except ConfrereError as error:
            if error.key in ("workspace.folder-gone", "core.disk-full"):
                raise
            return self._answer(call, error.sentence("en"), failed=True, label=label_of_error(tool.manifest))
        except Exception as error:  # a defect of one tool ends its step, not the task
            self.listen("defect", {"exception": error})
            text = f"The tool failed inside: {type(error).__name__}: {error}"[:500]
            return self._answer(call, text, failed=True, label=label_of_error(tool.manifest))
        for store in self.judge.opened:  # for other tasks too: a store outlives the one that wrote to it
            if store not in self._opened:
                self._opened.add(store)
                self.store.append("", "store.opened", {"store": store, "task": self.task}, durable=True)
        if passed.verdict.verdict == "ask":
            return self._park(call, request, passed)
        if passed.result is None:
            return self._answer(call, say(passed.verdict.reason, "en", **passed.verdict.data), failed=True)
        result: Result = passed.result
        text = result.text or dumps(result.data)
        if len(text) > MAX_TEXT and self.state.model != "builtin":
            text = text[:MAX_TEXT] + f"\n[cut: {len(text) - MAX_TEXT} more characters]"
        return self._answer(call, text, failed=result.failed, label=passed.label)

    def _redacted(self, call: str, result: Result) -> Result:
        """The result with what looks like a secret taken out, before the journal or a model sees it; and it is said."""
        redactor = self.services.redactor
        text = redactor.redact(result.text)
        data, counts = redactor.redact_json(result.data)
        doubts, more = redactor.redact_json(result.doubts)
        found = Counter(text.found) + Counter(counts) + Counter(more)
        if found:
            self.record("secret.redacted", {"call": call, "found": dict(found)})
            result = msgspec.structs.replace(result, text=text.text, data=data, doubts=doubts)
        return result

    # -- approvals

    def _park(self, call: ToolCall, request: Call, passed: Passed) -> Message | None:
        """Keep the question for the end of the turn, when those about one receiver are put as one; the rest of the work goes on."""
        if self.state.state != "running":
            return self._answer(call, "This needs the person's word: make it a step of the plan.", failed=True)
        if same := asking.already_asked(request, self.state):
            return self._answer(call, f"This waits for the person's approval already ({same}).", failed=True)
        waiting = sum(approval.state == "waiting" for approval in self.state.approvals.values())
        if waiting + len(asking.batches(card for _, card in self._asking)) >= asking.MAX_WAITING:
            return self._answer(call, "Too many questions wait for the person: this one was not put.", failed=True)
        self._asking.append((call, {**passed.verdict.card, "call": call.id}))
        return None

    def _put_questions(self) -> None:
        """Ask what the turn's calls left to ask, then answer the model. A restart before that finds the calls without an answer."""
        kept, self._asking = self._asking, []
        for batch in asking.batches(card for _, card in kept):
            ident = self._question(batch)
            about = {card["call"] for card in batch}
            for call in (call for call, _ in kept if call.id in about):
                text = f"This waits for the person's approval ({ident}). Go on with what does not depend on it."
                self.record("message", {"message": self._answer(call, text, failed=True)})

    def _question(self, cards: list[dict[str, Any]]) -> str:
        ident = f"{self.task}-q{len(self.state.approvals) + 1}"
        question = approvals.ask(ident, self.task, cards, utc(), utc(self.services.settings.approval_hours * 3600))
        self.record(question.pop("type"), question, True)
        return ident

    def _ask_about_doubtful(self) -> None:
        """Effects outside that a crash cut short are never guessed about: the person says whether to do them again."""
        for call in asking.doubtful(self.state):
            tool = self.tools.get(call.tool)
            verdict = asking.doubt(call, tool.manifest if tool is not None else Manifest(effect=Effect.ACT, kind="gone"))
            self._question([verdict.card])
            intent = {"call": call.id, "tool": call.tool, "args": call.args, "step": call.step, "effect": call.effect, "verdict": verdict}
            self.record("call.intent", intent, True)

    def _expired(self) -> bool:
        return any(approval.state == "waiting" and utc() >= approval.expires for approval, _ in self.state.parked())

    async def _answer_approvals(self) -> bool:
        """Carry out what was approved since, and tell the model of it and of what was refused. Returns whether there was any."""
        told, closed = False, set[str]()
        for approval, parked in self.state.parked():
            if approval.state == "waiting" and utc() < approval.expires:
                continue
            told = True
            call = ToolCall(id=parked.id, tool=parked.tool, args=parked.args)
            if approval.state == "yes":
                tool = self.tools[parked.tool]
                request = Call(id=parked.id, tool=parked.tool, args=parked.args, manifest=tool.manifest, step=parked.step)
                if parked.rule == asking.IN_DOUBT:
                    self.judge.again(request)
                message = await self._pass(call, request, tool, msgspec.convert(parked.args, tool.Args), approval)
                if message is not None:
                    text = f"[{approval.id}] approved. {message.text}"
                    self.record("message", {"message": Message(role="user", text=text, label=message.label)})
                continue
            expired = approval.state != "no"
            if approval.id not in closed:  # one no, however many cards it answers
                closed.add(approval.id)
                if approval.state == "waiting":
                    self.record("approval.expired", {"id": approval.id}, True)
                if not expired:
                    self.judge.declined()
            self.record("call.declined", {"call": parked.id, "approval": approval.id}, True)
            text = f"[{approval.id}] {'nobody answered in time: not done.' if expired else 'refused by the person.'}"
            self.record("message", {"message": Message(role="user", text=text, label="person")})
        return told

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

    def _is_step(self, ident: str) -> bool:
        return self.state.plan is not None and any(step.id == ident for step in self.state.plan.steps)

    def _step_of(self, tool: str) -> str:
        """The first step of the plan with this tool that has no call yet, for a model that did not say."""
        called = {call.step for call in self.state.calls.values()}
        steps = [step.id for step in self.state.plan.steps if step.tool == tool] if self.state.plan else []
        return next((step for step in steps if step not in called), steps[-1] if steps else "")

    # -- after the work

    def _review(self) -> None:
        if self.state.parked():
            self.record("task.waiting", {"approvals": [approval.id for approval in self.state.questions()]}, True)
            return
        changes = self.changes()
        if not changes.changes:
            self.record("task.done", {})
            return
        beyond = asking.beyond_plan(self.state, changes.changes, {name: tool.manifest for name, tool in self.tools.items()})
        self.record("review.ready", {"counts": changes.counts(), "changes": changes.changes, "left": changes.left, "beyond": beyond})

    def changes(self) -> ChangeSet:
        """The change set as it is now, without what no review lets in."""
        return asking.kept_out(change_set(self.view, lambda count: self.stop.check(self.task)), self.services.rules)

    def _progress(self, what: str) -> Callable[[int, int, str], None]:
        def tell(done: int, total: int, path: str) -> None:
            self.stop.check(self.task)
            self.listen("progress", {"step": what, "call": "", "done": done, "total": total, "what": path})

        return tell

    def apply(self, paths: tuple[str, ...] = ()) -> Outcome:
        """Apply the changes, all or those of ``paths``, to the real folders. Raises Failed when none was made in the end, Stopped
        likewise."""
        self.refresh()
        if self.recover() and self.state.state != "review":
            return self.state.outcomes[-1]  # what was to be applied is
        whole = self.changes()
        partial = len(applying.select(whole.changes, paths)) < len(whole.changes)

        def record(kind: str, body: dict[str, Any], durable: bool) -> None:
            self.record(kind, {**body, "partial": partial} if kind == "apply.done" else body, durable)

        ident = f"{self.task}-{len(self.state.outcomes) + 1}"
        outcome = applying.apply(self.view, self.services.vault, record, ident, paths, self._progress("apply"), whole)
        self.record("apply.settled", {"state": "review" if outcome.refused or partial else "applied", "ctimes": outcome.ctimes})
        return outcome

    def undo(self, paths: tuple[str, ...] = (), steps: tuple[str, ...] = ()) -> Outcome:
        """Take back what was applied: all, some paths, or some steps."""
        self.refresh()
        self.recover()
        standing = self.state.standing()
        if not standing:
            raise WrongUse("agent.nothing-applied", task=self.task)
        folders: dict[str, tuple[int, int]] = {}
        for outcome in self.state.outcomes:
            for path, (before, after) in outcome.folders.items():
                folders[path] = (folders.get(path, (before, after))[0], after)
        ident = f"{self.task}-u{len(self.state.undone) + 1}"
        vault = self.services.vault
        return applying.undo(self.state.roots, vault, self.record, ident, standing, folders, paths, steps, self._progress("undo"))

    def recover(self, *, back: bool = False) -> bool:
        """Complete, or take back, what a crash left of an apply or undo; with ``back`` take it back in any case. To be called by who
        holds the task, before anything else is done with its files. Returns whether there was something."""
        found = applying.interrupted(self.store.read(self.task, kinds=applying.KINDS))
        if found is not None:
            applying.finish(found, self.state.roots, self.services.vault, self.record, back=back)
        return self._settle() or found is not None

    def _settle(self) -> bool:
        """Clear the staging area of what was applied just before a crash; returns whether that was needed."""
        done, settled = self.store.last(self.task, "apply.done"), self.store.last(self.task, "apply.settled")
        if done is None or done.body["undo"] or (settled is not None and settled.n > done.n):
            return False
        outcome = msgspec.convert(done.body["outcome"], Outcome)
        applying.settle(self.view, outcome, everything=False)
        self.record("apply.settled", {"state": "review" if outcome.refused or self.changes().changes else "applied"})
        return True

    def build_report(self) -> None:
        """Build the report from the disk and record it."""
        from confrere.agent.report import build

        self.listen("checking", {"deliverables": any(call.result.get("deliverables") for call in self.state.calls.values())})
        self.record("report.built", {"report": build(self)})
