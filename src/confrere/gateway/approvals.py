"""The inbox: plans, changes and calls that wait for a person, and their answers. A fold over the journal; nothing waits in memory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.gateway.http import Problem
from confrere.gateway.shapes.approvals import AnswerRequest, ApprovalShown, Widening
from confrere.gateway.shapes.base import sentence
from confrere.journal.canonical import digest
from confrere.journal.store import Event

if TYPE_CHECKING:
    from confrere.gateway.doors import Principal
    from confrere.gateway.state import Gateway

_KINDS = ("approval.asked", "approval.answered", "approval.expired", "approval.withdrawn")
_RECENT = 200  # tasks looked at for what waits


class Inbox:
    """See ``policy.approvals`` for how an answer is bound to what was shown."""

    def __init__(self, gateway: Gateway) -> None:
        from confrere.policy.approvals import Approval

        self.gateway = gateway
        self.asked: dict[str, Approval] = {}
        for event in gateway.store.read(None, kinds=_KINDS):
            self.follow(event)
        gateway.tail.followers.append(self.follow)

    def follow(self, event: Event) -> None:
        from confrere.policy.approvals import apply

        if event.kind in _KINDS:
            apply(self.asked, {"task": event.task, **event.body, "type": event.kind})

    def waiting(self, person: str) -> list[ApprovalShown]:
        """What waits for this person, the oldest first."""
        mine = self.gateway.people.of_task
        found = [
            self._call(one) for one in self.asked.values() if one.state == "waiting" and one.expires > now() and mine(one.task) == person
        ]
        for task in self.gateway.own(person).tasks()[:_RECENT]:
            line = self.gateway.shelf.summary(task)
            if line.waits_for == "plan":
                state = self.gateway.shelf.state(task)
                cards: list[dict[str, Any]] = [msgspec.to_builtins(step) for step in state.plan.steps] if state.plan is not None else []
                title = sentence("gateway.waits-plan", steps=len(cards))
                found.append(
                    ApprovalShown(
                        id=f"plan.{task}", kind="plan", task=task, brief=line.brief, asked=line.updated, expires="", digest=state.plan_hash,
                        title=title, cards=cards,
                    )
                )  # fmt: skip
            elif line.waits_for == "changes":
                title = sentence("gateway.waits-changes", changes=sum(line.counts.values()))
                found.append(
                    ApprovalShown(
                        id=f"changes.{task}", kind="changes", task=task, brief=line.brief, asked=line.updated, expires="",
                        digest=self._shown(task, line.counts), title=title, cards=[], counts=line.counts,
                    )
                )  # fmt: skip
        return sorted(found, key=lambda one: one.asked)

    def _call(self, one: Any) -> ApprovalShown:
        brief = self.gateway.shelf.summary(one.task).brief if one.task else ""
        from confrere.policy.widening import offers

        title = sentence("gateway.waits-call", calls=len(one.cards))
        return ApprovalShown(
            id=one.id,
            kind="call",
            task=one.task,
            brief=brief,
            asked=one.asked,
            expires=one.expires,
            digest=one.digest,
            title=title,
            cards=[_readable(card) for card in one.cards],
            widen=[Widening(scope=offer.scope, sentence=sentence(offer.key, **offer.data)) for offer in offers(one.cards)],
        )

    async def answer(self, ident: str, body: AnswerRequest, who: Principal) -> None:
        """Answer one. Raises Problem where there is none, WrongUse where it was answered, expired or changed."""
        kind, _, task = ident.partition(".")
        by, own = who.id, self.gateway.own(who.person)
        if kind == "plan" and own.last(task) is not None:
            if body.yes:
                self.gateway.desk.approve(task, body.digest, by, False)
            else:
                self.gateway.desk.decline(task, by)
            return
        if kind == "changes" and own.last(task) is not None:
            await self._changes(task, body)
            return
        if ident not in self.asked or self.gateway.people.of_task(self.asked[ident].task) != who.person:
            raise Problem(404, "gateway.no-approval")
        if body.yes:
            self.gateway.desk.within(self.asked[ident].task)
        self._answer(ident, body, who)

    def _shown(self, task: str, counts: dict[str, int]) -> str:
        """What binds an answer to the review that it is for: its counts are what is shown, and another review may have the same."""
        ready = self.gateway.store.last(task, "review.ready")
        return digest([counts, ready.n if ready is not None else 0])

    async def _changes(self, task: str, body: AnswerRequest) -> None:
        from confrere.gateway.api.tasks import carried_out

        if not body.yes:
            await self.gateway.desk.stop([task], strict=True)
            return
        shown = await self.gateway.crew.run("look", "changes", {"task": task})
        if body.digest not in (shown["digest"], self._shown(task, shown["counts"])):
            raise Problem(409, "gateway.changes-changed", task=task)
        await carried_out(self.gateway, task, "apply", {"task": task, "digest": shown["digest"], "paths": []})

    def _answer(self, ident: str, body: AnswerRequest, who: Principal) -> None:
        """The answer and, where it was widened (``{"scope": "task" or "always", "times"?: "5"}``), the grants, each in its journal."""
        from confrere.agent.answering import write
        from confrere.gateway.people import OWNER
        from confrere.policy.approvals import answer

        task, person = self.asked[ident].task, "" if who.person == OWNER else who.person
        self.gateway.tail.pull()  # another channel may have answered just now
        events = answer(self.asked, ident, body.digest, body.yes, now(), who.id, widen=body.widen, person=person)
        try:
            write(self.gateway.store, task, events)
        finally:
            self.gateway.tail.pull()
        if task:
            self.gateway.desk.carry(task)


def _readable(card: dict[str, Any]) -> dict[str, Any]:
    """A card with its reason as a sentence instead of the key of one; the digest stays that of the card as it was asked."""
    if not card.get("reason"):
        return card
    return {**card, "reason": msgspec.to_builtins(sentence(card["reason"], tool=card.get("tool", ""), kind=card.get("kind", "")))}


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
