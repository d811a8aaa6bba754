"""From a yes to a grant, at the question itself: what a person may choose beside "only this", and the grants that it gives.

Only values that a grant can cover are offered, and only where a later call of the same kind would be let through by one: never for what is
always looked at (installing, schedules, money, accounts) or where a card of the batch has nothing to grant. Words that a model wrote after
something untrusted was read are shown each time, whatever was granted. What a command sends cannot be: beyond the task whose folders the person
had in mind, a host is granted for addresses alone. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from confrere.errors import WrongUse
from confrere.policy.grants import Grant
from confrere.policy.labels import Confidentiality

MOST = 100
"""How many further calls a limit may cover."""

_TIMES = frozenset(map(str, range(1, MOST + 1)))  # no other spelling of a number counts, and 0 is not "without limit"


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """``scope`` is what the answer names; ``key`` and ``data`` are its sentence. Every offer takes a limit too: ``times``."""

    scope: Literal["task", "always"]
    key: str
    data: dict[str, str]


def values_of(cards: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What the cards would let be granted: (what, value), in their order, each once; empty where one of them lets nothing be."""
    if not cards or any(not card.get("grantable") for card in cards):
        return []
    return list(dict.fromkeys((str(item["what"]), str(item["value"])) for card in cards for item in card["grantable"]))


def offers(cards: Sequence[Mapping[str, Any]]) -> list[Offer]:
    """The wider answers that a question with these cards takes."""
    found = values_of(cards)
    if not found:
        return []
    data = {"values": ", ".join(value for _, value in found)}
    kind = "-network" if _unseen(cards) else ""
    return [
        Offer(scope="task", key=f"policy.widen-task{kind}", data=data),
        Offer(scope="always", key=f"policy.widen-always{kind}", data=data),
    ]


def _unseen(cards: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a card is of a command that reaches hosts: what such a command sends is not shown each time, as a model's words are."""
    return any(card.get("could-get") for card in cards)


def grants_for(
    ident: str, task: str, cards: Sequence[Mapping[str, Any]], chosen: Mapping[str, str], by: str, delegated: str = ""
) -> list[Grant]:
    """The grants of an answer to the question ``ident`` that was widened to ``chosen``: ``scope`` "task" or "always" and, where the person
    set a limit, ``times``. Raises WrongUse for what was not offered."""
    scope, times = chosen.get("scope", ""), chosen.get("times", "")
    right = set(chosen) <= {"scope", "times"} and ("times" not in chosen or times in _TIMES)
    if not right or scope not in {offer.scope for offer in offers(cards)}:
        raise WrongUse("policy.approval-no-such-widening", id=ident)
    kinds = sorted({str(card["kind"]) for card in cards})
    return [
        Grant(
            id=f"{ident}-g{number}",
            what=what,  # type: ignore[arg-type]
            value=value,
            scope="always" if scope == "always" else "task",
            task="" if scope == "always" else task,
            kinds=kinds,
            limit=int(times or 0),
            by=by,
            delegated=delegated,
            confidentiality=None if scope == "always" and _unseen(cards) else Confidentiality.PRIVATE,
        )
        for number, (what, value) in enumerate(values_of(cards), start=1)
    ]
