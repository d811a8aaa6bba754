"""Approvals: a person's answer, bound to the SHA-256 of exactly what was shown. Pure functions over event records; time
is handed in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from confrere.errors import WrongUse
from confrere.policy import widening


class Approval(msgspec.Struct, kw_only=True, frozen=True):
    """One question put to the person. ``cards`` are what is shown, several when they were batched; ``digest`` binds the
    answer to them. ``asked`` and ``expires`` are UTC ISO 8601. ``state``: waiting, yes, no, expired or withdrawn."""

    id: str
    task: str
    cards: list[dict[str, Any]]
    digest: str
    asked: str
    expires: str
    state: Literal["waiting", "yes", "no", "expired", "withdrawn"] = "waiting"
    by: str = ""
    delegated: str = ""
    at: str = ""


def digest(cards: list[dict[str, Any]]) -> str:
    """The SHA-256 (hex) of the canonical JSON of what is shown: sorted keys, no spaces, ASCII."""
    text = json.dumps(cards, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def ask(id: str, task: str, cards: list[dict[str, Any]], now: str, expires: str) -> dict[str, Any]:
    """The event that puts the question. Raises WrongUse without a card."""
    if not cards:
        raise WrongUse("policy.approval-empty")
    return {"type": "approval.asked", "id": id, "task": task, "cards": cards, "digest": digest(cards), "asked": now, "expires": expires}


def answer(
    approvals: dict[str, Approval],
    id: str,
    shown: str,
    yes: bool,
    now: str,
    by: str,
    *,
    delegated: str = "",
    person: str = "",
    widen: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The events of an answer: the answer itself and, where the person widened it (see ``widening``), the grants.

    ``shown`` is the digest of what the person had before them, ``person`` whose task it is ("": the owner). ``journal_of`` says
    where each event belongs. Raises WrongUse when there is no such question, when it was answered before, when it expired, when
    what was shown is not what was asked, or for a widening that was not offered: in each case nothing is allowed.
    """
    found = approvals.get(id)
    if found is None:
        raise WrongUse("policy.approval-unknown", id=id)
    if found.state != "waiting":
        raise WrongUse("policy.approval-answered", id=id)
    if now >= found.expires:
        raise WrongUse("policy.approval-expired", id=id)
    if shown != found.digest or digest(found.cards) != found.digest:
        raise WrongUse("policy.approval-changed", id=id)
    events: list[dict[str, Any]] = [
        {"type": "approval.answered", "id": id, "digest": found.digest, "yes": yes, "at": now, "by": by, "delegated": delegated}
    ]
    if widen and yes:
        whose = {"person": person} if person else {}
        for grant in widening.grants_for(id, found.task, found.cards, widen, by, delegated):
            events.append({"type": "grant.given", "grant": msgspec.to_builtins(grant), **whose})
    return events


def journal_of(event: Mapping[str, Any], task: str) -> str:
    """The journal that an event of ``answer`` belongs to: the task's own, but "" (everyone's) for a grant that outlives it."""
    return "" if event["type"] == "grant.given" and event["grant"]["scope"] == "always" else task


def allows(approval: Approval | None, cards: list[dict[str, Any]]) -> bool:
    """True when this approval is a yes to exactly these cards, and had not expired when it was given. The clock of who acts on it does
    not count: it may be coarser than that of who wrote the answer down."""
    if approval is None or approval.state != "yes" or approval.digest != digest(cards):
        return False
    return approval.at < approval.expires


def fold(events: Iterable[dict[str, Any]]) -> dict[str, Approval]:
    """The questions after these events; the first answer counts."""
    approvals: dict[str, Approval] = {}
    for event in events:
        apply(approvals, event)
    return approvals


def apply(approvals: dict[str, Approval], event: dict[str, Any]) -> None:
    """Fold one event. An answer whose digest is not the question's, or that came too late or twice, changes nothing."""
    kind, id = event.get("type"), str(event.get("id", ""))
    found = approvals.get(id)
    if kind == "approval.asked" and found is None:
        approvals[id] = msgspec.convert({name: value for name, value in event.items() if name != "type"}, Approval)
    elif found is None or found.state != "waiting":
        return
    elif kind == "approval.answered" and event.get("digest") == found.digest and str(event.get("at")) < found.expires:
        approvals[id] = msgspec.structs.replace(
            found,
            state="yes" if event.get("yes") is True else "no",
            by=str(event.get("by", "")),
            delegated=str(event.get("delegated", "")),
            at=str(event["at"]),
        )
    elif kind in ("approval.expired", "approval.withdrawn"):
        approvals[id] = msgspec.structs.replace(found, state="expired" if kind == "approval.expired" else "withdrawn")
