"""Calls on their way: each passes the gate, and what came of it is put into words for the model."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from confrere.agent import asking
from confrere.agent.questions import Questions, reply
from confrere.agent.session import Session, utc
from confrere.agent.showing import label_of_error
from confrere.errors import ConfrereError, Stopped
from confrere.journal.canonical import dumps
from confrere.messages import say
from confrere.models.messages import Message, ToolCall
from confrere.policy.approvals import Approval
from confrere.policy.gate import Call, Passed
from confrere.policy.manifest import Effect
from confrere.tools.base import Result, Tool

MAX_TEXT = 24_000  # characters of a result that a model is shown


class Calls:
    """Those of one task."""

    def __init__(self, session: Session, questions: Questions) -> None:
        self.session = session
        self.questions = questions

    async def make(self, call: ToolCall, phase: str) -> Message | None:
        """Pass one call through the gate and put its result into words for the model; None where it is yet to be asked about."""
        session = self.session
        if call.args is None:
            return reply(call, "The arguments were not a JSON object. Call again with one.", failed=True)
        tool = session.tools.get(call.tool)
        if tool is None or (phase == "plan" and tool.manifest.effect is not Effect.READ):
            return reply(call, f"There is no tool {call.tool!r} here.", failed=True)
        done = session.state.calls.get(call.id)
        if done is not None and done.rule == asking.IN_DOUBT:
            return reply(call, "This was cut short and may have happened: the person is asked whether to do it again.", failed=True)
        args = dict(call.args)
        step = str(args.pop("step", "")) if phase == "work" else ""
        if phase == "work" and not step:
            step = call.id if self._is_step(call.id) else self._step_of(call.tool)
        try:
            parsed = msgspec.convert(args, tool.Args)
        except msgspec.ValidationError as error:
            return reply(call, f"Wrong arguments: {error}", failed=True)
        request = Call(id=call.id, tool=call.tool, args=args, manifest=tool.manifest, step=step)
        return await self._pass(call, request, tool, parsed)

    async def _pass(self, call: ToolCall, request: Call, tool: Tool, parsed: Any, approval: Approval | None = None) -> Message | None:
        session = self.session
        session.take_back()

        def effect() -> Result:
            session.context.enter(request.step, request.id)
            return self._redacted(request.id, tool.run(parsed, session.context))

        def text_of(result: Result) -> tuple[str, list[str], bool]:
            return result.text, result.origins, result.failed

        try:
            passed: Passed = await session.in_thread(lambda: session.gate.pass_through(request, effect, text_of, approval))
        except Stopped:
            raise
        except ConfrereError as error:
            if error.key in ("workspace.folder-gone", "core.disk-full"):
                raise
            return reply(call, error.sentence("en"), failed=True, label=label_of_error(tool.manifest))
        except Exception as error:  # a defect of one tool ends its step, not the task
            session.listen("defect", {"exception": error})
            text = f"The tool failed inside: {type(error).__name__}: {error}"[:500]
            return reply(call, text, failed=True, label=label_of_error(tool.manifest))
        session.note_opened()
        if passed.verdict.verdict == "ask":
            return self.questions.park(call, request, passed)
        if passed.result is None:
            return reply(call, say(passed.verdict.reason, "en", **passed.verdict.data), failed=True)
        result: Result = passed.result
        text = result.text or dumps(result.data)
        if len(text) > MAX_TEXT and session.state.model != "builtin":
            text = text[:MAX_TEXT] + f"\n[cut: {len(text) - MAX_TEXT} more characters]"
        return reply(call, text, failed=result.failed, label=passed.label)

    def _redacted(self, call: str, result: Result) -> Result:
        """The result with what looks like a secret taken out, before the journal or a model sees it; and it is said."""
        redactor = self.session.services.redactor
        text = redactor.redact(result.text)
        data, counts = redactor.redact_json(result.data)
        doubts, more = redactor.redact_json(result.doubts)
        found = Counter(text.found) + Counter(counts) + Counter(more)
        if found:
            self.session.record("secret.redacted", {"call": call, "found": dict(found)})
            result = msgspec.structs.replace(result, text=text.text, data=data, doubts=doubts)
        return result

    def _is_step(self, ident: str) -> bool:
        plan = self.session.state.plan
        return plan is not None and any(step.id == ident for step in plan.steps)

    def _step_of(self, tool: str) -> str:
        """The first step of the plan with this tool that has no call yet, for a model that did not say."""
        state = self.session.state
        called = {call.step for call in state.calls.values()}
        steps = [step.id for step in state.plan.steps if step.tool == tool] if state.plan else []
        return next((step for step in steps if step not in called), steps[-1] if steps else "")

    async def make_answered(self) -> bool:
        """Carry out what was approved since, and tell the model of it and of what was refused. Returns whether there was any."""
        session = self.session
        told, closed = False, set[str]()
        for approval, parked in session.state.parked():
            if approval.state == "waiting" and utc() < approval.expires:
                continue
            told = True
            call = ToolCall(id=parked.id, tool=parked.tool, args=parked.args)
            if approval.state == "yes":
                tool = session.tools[parked.tool]
                request = Call(id=parked.id, tool=parked.tool, args=parked.args, manifest=tool.manifest, step=parked.step)
                if parked.rule == asking.IN_DOUBT:
                    session.judge.again(request)
                message = await self._pass(call, request, tool, msgspec.convert(parked.args, tool.Args), approval)
                if message is not None:
                    session.say(Message(role="user", text=f"[{approval.id}] approved. {message.text}", label=message.label))
                continue
            expired = approval.state != "no"
            if approval.id not in closed:  # one no, however many cards it answers
                closed.add(approval.id)
                if approval.state == "waiting":
                    session.record("approval.expired", {"id": approval.id}, True)
                if not expired:
                    session.judge.declined()
            session.record("call.declined", {"call": parked.id, "approval": approval.id}, True)
            text = f"[{approval.id}] {'nobody answered in time: not done.' if expired else 'refused by the person.'}"
            session.say(Message(role="user", text=text, label="person"))
        return told
