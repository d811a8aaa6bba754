"""A task's life as a fold over its events. Whatever is shown or resumed comes from here, never from memory."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from typing import Any

import msgspec

from confrere.errors import WrongUse
from confrere.journal.store import Event, Store
from confrere.models.messages import Message, Usage
from confrere.policy import approvals
from confrere.policy.approvals import Approval
from confrere.policy.plan import Plan
from confrere.workspace.roots import Root
from confrere.workspace.transaction import Applied, Outcome

ENDED = ("applied", "done", "failed", "undone", "declined")


class CallState(msgspec.Struct, kw_only=True):
    """One call: ``status`` is open (intended, outcome unknown), ok, error, refused or asked."""

    id: str
    tool: str
    args: dict[str, Any]
    step: str
    effect: str
    status: str = "open"
    rule: str = ""
    reason: str = ""
    result: dict[str, Any] = msgspec.field(default_factory=dict)
    memos: dict[str, Any] = msgspec.field(default_factory=dict)
    seconds: float = 0.0


class Said(msgspec.Struct, kw_only=True, frozen=True):
    """A word of the person to a task at work; ``n`` is its event's number."""

    n: int
    at: str
    text: str
    by: str


class TaskState(msgspec.Struct, kw_only=True):
    """Everything about a task. ``state`` is drafted, planned, approved, running, waiting, review, applied, done (nothing to
    apply), stopped, failed, declined or undone. Times are ISO 8601, UTC.
    ``sent`` counts the requests and characters that went to each remote model, ``redacted`` what was taken out as secret, by kind.
    ``said`` are the person's words that the model has not taken in yet, ``heard`` the number of the last event of those it has.
    ``person`` is whose task it is, "" for the owner.
    ``beyond`` are the paths that would be deleted or overwritten without a step of the plan: they wait for a person."""

    id: str
    state: str = "drafted"
    brief: str = ""
    language: str = "en"
    model: str = ""
    yes: bool = False
    plan_only: bool = False
    roots: list[Root] = msgspec.field(default_factory=list)
    created: str = ""
    updated: str = ""
    events: int = 0
    plan: Plan | None = None
    plan_hash: str = ""
    answer: str = ""  # to what the brief asked, as the plan has it
    messages: list[Message] = msgspec.field(default_factory=list)
    calls: dict[str, CallState] = msgspec.field(default_factory=dict)
    usage: Usage = msgspec.field(default_factory=Usage)
    files_before: int = 0
    counts: dict[str, int] = msgspec.field(default_factory=dict)
    outcomes: list[Outcome] = msgspec.field(default_factory=list)
    undone: list[Outcome] = msgspec.field(default_factory=list)
    report: dict[str, Any] = msgspec.field(default_factory=dict)
    failure: dict[str, Any] = msgspec.field(default_factory=dict)
    before_stop: str = "drafted"
    working_seconds: float = 0.0
    warnings: list[str] = msgspec.field(default_factory=list)
    approvals: dict[str, Approval] = msgspec.field(default_factory=dict)
    sent: dict[str, list[int]] = msgspec.field(default_factory=dict)
    redacted: dict[str, int] = msgspec.field(default_factory=dict)
    beyond: list[str] = msgspec.field(default_factory=list)
    said: list[Said] = msgspec.field(default_factory=list)
    heard: int = 0
    person: str = ""

    def __repr__(self) -> str:  # asyncio asks for it when it takes its signal handler back: never the whole of 100,000 files
        return f"TaskState(id={self.id!r}, state={self.state!r})"

    def apply(self, event: Event) -> None:
        """Take one event in."""
        body = event.body
        self.updated, self.events = event.at, event.n
        match event.kind:
            case "task.created":
                self.created = event.at
                self.brief, self.language, self.model = body["brief"], body["language"], body["model"]
                self.yes, self.plan_only = body["yes"], body["plan_only"]
                self.roots = msgspec.convert(body["roots"], list[Root])
                self.warnings = list(body.get("warnings", []))
                self.person = body.get("person", "")
            case "task.resumed":
                self.yes = body.get("yes", self.yes)
                self.plan_only = False
                self.model = body.get("model") or self.model
                if self.state in ("stopped", "failed"):
                    self.state = self.before_stop
                self.failure = {}
            case "folder.counted":
                self.files_before = len(body["files"])
            case "message":
                self.messages.append(msgspec.convert(body["message"], Message))
                if "said" in body:
                    self.heard = body["said"]
                    self.said = [one for one in self.said if one.n > self.heard]
                if "usage" in body:
                    self._add(msgspec.convert(body["usage"], Usage))
            case "person.said":
                self.said.append(Said(n=event.n, at=event.at, text=body["text"], by=body["by"]))
            case "plan.proposed" | "plan.edited":
                self.plan = msgspec.convert(body["plan"], Plan)
                self.plan_hash = body["hash"]
                if event.kind == "plan.proposed" and not body.get("kept"):  # else a question about the plan was answered, not the brief
                    self.answer = self.plan.answer
                self.state = "planned" if self.plan.steps else "done"
            case "plan.questioned":
                self.state = "drafted"
            case "plan.approved":
                if self.state == "planned":  # else two processes said so at once, and the work has begun
                    self.state = "approved"
            case "plan.declined":
                self.state = "declined"
            case "work.begun":
                self.state = "running"
            case "work.session":
                self.working_seconds += body["seconds"]
            case "call.intent":
                verdict = body["verdict"]
                status = {"allow": "open", "ask": "asked", "deny": "refused"}[verdict["verdict"]]
                self.calls[body["call"]] = CallState(
                    id=body["call"],
                    tool=body["tool"],
                    args=body["args"],
                    step=body["step"],
                    effect=body["effect"],
                    status=status,
                    rule=verdict["rule"],
                    reason=verdict["reason"],
                    memos=self.calls[body["call"]].memos if body["call"] in self.calls else {},
                )
            case "call.memo":
                self.calls[body["call"]].memos[body["name"]] = body["value"]
            case "call.outcome":
                call = self.calls[body["call"]]
                call.status, call.seconds = body["status"], body["seconds"]
                call.result = body.get("result") or {}
            case "call.declined":
                self.calls[body["call"]].status = "refused"
            case "model.sent":
                sent = self.sent.setdefault(body["model"], [0, 0])
                sent[0] += 1
                sent[1] += body["characters"]
            case "secret.redacted":
                for what, count in body["found"].items():
                    self.redacted[what] = self.redacted.get(what, 0) + count
            case "review.ready":
                self.state, self.counts, self.beyond = "review", body["counts"], body.get("beyond", [])
            case "task.done":
                self.state = "done"
            case "apply.done":
                outcome = msgspec.convert(body["outcome"], Outcome)
                if body["undo"]:
                    self.undone.append(outcome)
                    self.state = "undone" if not self.standing() else self.state
                else:
                    self.outcomes.append(outcome)
                    self.state = "review" if outcome.refused or body.get("partial") else "applied"
            case "apply.settled":
                self.state = body["state"]
                if self.outcomes:
                    self.outcomes[-1].settled({int(index): ctime_ns for index, ctime_ns in body.get("ctimes", {}).items()})
            case "report.built":
                self.report = body["report"]
            case "approval.asked" | "approval.answered" | "approval.expired" | "approval.withdrawn":
                approvals.apply(self.approvals, {"type": event.kind, **body})
                if event.kind != "approval.asked" and self.state == "waiting":
                    self.state = "running"
            case "task.waiting":
                self.state = "waiting"
            case "task.stopped":
                self._halt("stopped")
            case "task.failed":
                self._halt("failed")
                self.failure = body

    def _halt(self, state: str) -> None:
        if self.state not in ("stopped", "failed"):  # it can be said twice: by the task, and by who ended its process
            self.before_stop = self.state
        self.state = state

    def parked(self) -> list[tuple[Approval, CallState]]:
        """The calls that wait for a person, each with the last question that was put about it: no older answer counts."""
        last = {card["call"]: approval for approval in self.approvals.values() for card in approval.cards}
        return [
            (approval, self.calls[ident]) for ident, approval in last.items() if ident in self.calls and self.calls[ident].status == "asked"
        ]

    def questions(self) -> list[Approval]:
        """The questions whose calls are parked, each once: one may ask about several."""
        return list({approval.id: approval for approval, _ in self.parked()}.values())

    def _add(self, usage: Usage) -> None:
        total = self.usage
        total.input_tokens += usage.input_tokens
        total.output_tokens += usage.output_tokens
        total.cached_tokens += usage.cached_tokens
        total.requests += usage.requests
        known = total.requests == usage.requests or total.cost_usd is not None
        total.cost_usd = (total.cost_usd or 0.0) + usage.cost_usd if usage.cost_usd is not None and known else None

    def standing(self) -> list[Applied]:
        """The applied changes that have not been taken back, in the order they were made."""
        back = {_key(entry) for outcome in self.undone for entry in outcome.made}
        return [entry for outcome in self.outcomes for entry in outcome.made if _inverse_key(entry) not in back]


def _key(entry: Applied) -> tuple[str, str, str]:
    return (entry.change.kind, entry.change.path, entry.change.origin if entry.change.kind == "move" else "")


def _inverse_key(entry: Applied) -> tuple[str, str, str]:
    from confrere.workspace.applying import inverse

    change = inverse(entry.change)
    return (change.kind, change.path, change.origin if change.kind == "move" else "")


def fold(task: str, events: Iterable[Event]) -> TaskState:
    """The state of a task from its events."""
    state = TaskState(id=task)
    for event in events:
        state.apply(event)
    return state


def load(store: Store, task: str) -> TaskState:
    return fold(task, store.read(task))


def new_id() -> str:
    """A task identifier: the day and four letters that are easy to read out."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return time.strftime("%y%m%d-") + "".join(secrets.choice(letters) for _ in range(4))


def resolve(store: Store, text: str) -> str:
    """The task a person means: its identifier, the start or the end of it, or "last". Raises WrongUse for none or several."""
    tasks = store.tasks()
    if text == "last" and tasks:
        return tasks[0]
    if text in tasks:
        return text
    found = [task for task in tasks if text and (task.startswith(text) or task.endswith(text))]
    if not found:
        raise WrongUse("core.task-unknown", task=text)
    if len(found) > 1:
        raise WrongUse("core.task-ambiguous", task=text, names=", ".join(found[:5]))
    return found[0]
