"""The builtin model: rules, no network, no weights. A pure function of the turn."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import msgspec

from confrere.messages import say
from confrere.models.builtin.answers import answer, overview, refusal, summary
from confrere.models.builtin.plan import propose, scope_args, scopes, survey_args
from confrere.models.builtin.understand import understand
from confrere.models.builtin.understanding import Understanding
from confrere.models.messages import Message, Reply, ToolCall, Turn
from confrere.tools.office.words import tell


class BuiltinModel:
    """See ``models.messages.Model``. Plans from the survey, then emits the approved steps one by one."""

    name = "builtin"
    local = True

    async def reply(self, turn: Turn, on_text: Callable[[str], None] | None = None) -> Reply:
        """Decide the next thing; never fails, never waits."""
        reply = _work(turn) if turn.phase == "work" else _plan(turn)
        if on_text is not None and reply.message.text:
            on_text(reply.message.text)
        return reply


def _call(ident: str, tool: str, args: dict[str, Any]) -> Reply:
    return Reply(message=Message(role="assistant", calls=[ToolCall(id=ident, tool=tool, args=args)]), finish="calls")


def _say(text: str) -> Reply:
    return Reply(message=Message(role="assistant", text=text))


def day_of(turn: Turn) -> dt.date:
    """The day a task was given, from its identifier (``yymmdd-...``), so that "last month" means the same after a restart."""
    if match := re.match(r"(\d\d)(\d\d)(\d\d)-", turn.task):
        try:
            return dt.date(2000 + int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            pass
    return dt.date.today()


def _results(turn: Turn) -> dict[str, Message]:
    """The last answer to each call."""
    return {message.call_id: message for message in turn.messages if message.role == "tool"}


def corrections(turn: Turn) -> list[str]:
    """What the person said about a plan that was proposed, in order."""
    out: list[str] = []
    proposed = False
    for message in turn.messages:
        if message.role == "assistant" and (message.text or any(call.tool == "propose_plan" for call in message.calls)):
            proposed = True
        elif message.role == "user" and proposed:
            out.append(message.text)
    return out


def corrected(found: Understanding, more: Understanding) -> Understanding:
    """The first understanding with what a later remark changes: steps left out or added, other parameters, fewer files."""
    found.refused += [name for name in more.refused if name not in found.refused]
    for wish in more.wishes:
        if wish.operation in found.refused and wish.operation not in more.refused:
            found.refused.remove(wish.operation)
        old = next((item for item in found.wishes if item.operation == wish.operation), None)
        if old is None:
            found.wishes.append(wish)
        else:
            old.params |= wish.params
            old.only, old.exclude = old.only.merged(wish.only), old.exclude.merged(wish.exclude)
            old.words += wish.words
    found.wishes = [wish for wish in found.wishes if wish.operation not in found.refused]
    found.only, found.exclude = found.only.merged(more.only), found.exclude.merged(more.exclude)
    found.beyond += more.beyond
    found.not_understood += [words for words in more.not_understood if words not in found.not_understood]
    found.corrections |= more.corrections
    work = [wish for wish in found.wishes if wish.operation != "list"]
    found.stance = "work" if work else "question" if found.wishes else found.stance if found.stance != "work" else "unknown"
    return found


def understood(turn: Turn) -> tuple[Understanding, int, Understanding | None]:
    """The brief and every remark that changes its plan, understood together; how many remarks there were; and the last remark by
    itself, where it only asks something and the plan stays."""
    today = day_of(turn)
    found = understand(turn.brief, today=today, language=turn.language or "en")
    remarks = corrections(turn)
    asked: Understanding | None = None
    for remark in remarks:
        more = understand(remark, today=today, language=found.language)
        asked = more if found.stance == "work" and asks(remark, more) else None
        found = found if asked else corrected(found, more)
    return found, len(remarks), asked


def asks(remark: str, more: Understanding) -> bool:
    """Whether a remark on a plan only asks: "pourquoi 35 fichiers ?", "combien de factures de Dupont ?"; not "peux-tu trier par date ?"."""
    if more.refused or any(wish.operation != "list" for wish in more.wishes):
        return False
    changes = not more.wishes and (more.only or more.exclude) and not more.not_understood
    return bool(more.wishes) or (remark.rstrip().endswith("?") and not changes) or more.stance == "chat"


def _plan(turn: Turn) -> Reply:
    found, remarks, asked = understood(turn)
    if asked is not None and not asked.wishes:
        words = corrections(turn)[-1].strip()[:200]
        lines = [say(f"builtin.beyond-{beyond.code}", asked.language, words=beyond.words) for beyond in asked.beyond]
        if asked.stance == "chat":
            return _say(say("builtin.plan-stays", asked.language))
        return _say("\n".join([*lines, say("builtin.plan-question", asked.language, words=words)]))
    if asked is not None:
        found = asked
    if found.stance not in ("work", "question") or turn.phase == "answer":
        return _say(refusal(found))
    results = _results(turn)
    suffix = f"-{remarks}" if remarks else ""
    questions = [wish for wish in found.wishes if wish.operation == "list"]
    answers = []
    for number, wish in enumerate(questions, 1):
        ident = f"records{number}{suffix}"
        if wish.params.get("question") == "overview":
            if ident not in results:
                return _call(ident, "survey", {"depth": "contents", "selections": [], "duplicates": True})
            answers.append(_failed(found, results[ident]) or overview(found, json.loads(results[ident].text)))
            continue
        if ident not in results:
            only, exclude = scopes(found, wish)
            by = (
                wish.params["measure"]
                if "top" in wish.params
                else next((way for way in wish.params.get("by", []) if way in ("client", "supplier", "type", "month", "year")), "")
            )
            return _call(ident, "list_records", {"only": scope_args(only), "exclude": scope_args(exclude), "by": by, "limit": 1000})
        answers.append(_failed(found, results[ident]) or answer(found, wish, json.loads(results[ident].text)))
    if found.stance == "question":
        whole = say("builtin.answer-whole", found.language, words=", ".join(found.not_understood)) if found.not_understood else ""
        return _say("\n\n".join([*([whole] if whole else []), *answers, *_aside(found)]))
    ident = f"survey{suffix}"
    if ident not in results:
        return _call(ident, "survey", survey_args(found))
    if failed := _failed(found, results[ident]):
        return _say(failed)
    survey = json.loads(results[ident].text)
    if not survey["files"]:
        left = survey.get("left_count", 0)
        lines = [say("builtin.empty-folder", found.language)] + (
            [tell("builtin.doubt-left", found.language, left, count=left)] if left else []
        )
        return _say("\n".join(lines))
    plan = propose(found, survey)
    if not plan.steps:
        return _say("\n".join([*plan.doubts, refusal(found)]) if not plan.doubts else "\n".join(plan.doubts))
    plan.answer = "\n\n".join(answers)
    return _call(f"plan{suffix}", "propose_plan", msgspec.to_builtins(plan))


def _failed(found: Understanding, message: Message) -> str:
    return say("builtin.survey-failed", found.language, reason=message.text) if message.failed else ""


def _aside(found: Understanding) -> list[str]:
    """What to add to an answer: work out of reach."""
    out = [say(f"builtin.beyond-{beyond.code}", found.language, words=beyond.words) for beyond in found.beyond]
    return out


def _work(turn: Turn) -> Reply:
    """The next step of the approved plan that has no answer yet; then the last words."""
    results = _results(turn)
    if turn.plan is None:
        return _say(say("builtin.unknown", turn.language))
    for step in turn.plan.steps:
        if step.id not in results:
            return _call(step.id, step.tool, dict(step.args))
    return _say("\n".join([summary(turn.plan, results), *_said_since(turn)]))


def _said_since(turn: Turn) -> list[str]:
    """What the person said once the work had begun: the plan was accepted and is kept to, and what was not done is named."""
    users = [message.text for message in turn.messages if message.role == "user" and message.label == "person"]
    begun = max((number for number, text in enumerate(users) if text.startswith("The plan is approved:\n")), default=len(users))
    return [say("builtin.said-since", turn.language, words=text.strip()[:200]) for text in users[begun + 1 :]]
