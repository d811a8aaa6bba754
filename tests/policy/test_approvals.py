from __future__ import annotations

from typing import Any

import msgspec
import pytest

from confrere.errors import WrongUse
from confrere.policy import approvals, grants
from confrere.policy.grants import Grant
from confrere.policy.labels import Confidentiality
from confrere.policy.manifest import Role

CARDS: list[dict[str, Any]] = [
    {"tool": "send", "arguments": [{"name": "to", "value": "anna@x.org"}, {"name": "file", "value": f"a{i}.pdf"}]} for i in range(12)
]
NOW, LATER, AFTER = "2026-03-04T09:00:00.000Z", "2026-03-04T10:00:00.000Z", "2026-03-04T11:00:00.000Z"


def asked() -> dict[str, approvals.Approval]:
    return approvals.fold([approvals.ask("a1", "t1", CARDS, NOW, LATER)])


def test_a_yes_is_bound_to_exactly_what_was_shown() -> None:
    open_ = asked()
    (event,) = approvals.answer(open_, "a1", approvals.digest(CARDS), True, "2026-03-04T09:30:00.000Z", "me", delegated="boss")
    approvals.apply(open_, event)
    assert approvals.allows(open_["a1"], CARDS) and open_["a1"].delegated == "boss"
    changed = [*CARDS[:-1], {**CARDS[-1], "tool": "share"}]
    assert not approvals.allows(open_["a1"], changed) and not approvals.allows(open_["a1"], CARDS[:11])
    assert not approvals.allows(None, CARDS)


@pytest.mark.parametrize(
    ("id", "digest", "at", "key"),
    [
        ("a2", approvals.digest(CARDS), NOW, "policy.approval-unknown"),
        ("a1", approvals.digest(CARDS[:1]), NOW, "policy.approval-changed"),
        ("a1", approvals.digest(CARDS), AFTER, "policy.approval-expired"),
    ],
)
def test_a_wrong_answer_allows_nothing(id: str, digest: str, at: str, key: str) -> None:
    with pytest.raises(WrongUse) as error:
        approvals.answer(asked(), id, digest, True, at, "me")
    assert error.value.key == key and error.value.sentence("fr") != error.value.sentence("en")


def test_a_question_is_answered_once() -> None:
    open_ = asked()
    approvals.apply(open_, approvals.answer(open_, "a1", approvals.digest(CARDS), False, NOW, "me")[0])
    with pytest.raises(WrongUse):
        approvals.answer(open_, "a1", approvals.digest(CARDS), True, NOW, "other")
    approvals.apply(open_, {"type": "approval.answered", "id": "a1", "digest": approvals.digest(CARDS), "yes": True, "at": NOW, "by": "x"})
    assert open_["a1"].state == "no"
    with pytest.raises(WrongUse):
        approvals.ask("a3", "t1", [], NOW, LATER)


def test_a_forged_or_late_event_changes_nothing() -> None:
    for event in ({"digest": "0" * 64, "at": NOW}, {"digest": approvals.digest(CARDS), "at": AFTER}):
        open_ = asked()
        approvals.apply(open_, {"type": "approval.answered", "id": "a1", "yes": True, "by": "x", **event})
        assert open_["a1"].state == "waiting"
    for kind, state in (("approval.expired", "expired"), ("approval.withdrawn", "withdrawn")):
        open_ = asked()
        approvals.apply(open_, {"type": kind, "id": "a1"})
        assert open_["a1"].state == state and not approvals.allows(open_["a1"], CARDS)


def test_a_yes_can_be_widened_into_a_grant_and_the_grant_revoked() -> None:
    open_ = asked()
    wide = Grant(
        id="g1",
        what="recipient",
        value="anna@x.org",
        scope="task",
        task="t1",
        limit=2,
        expires=LATER,
        confidentiality=Confidentiality.PRIVATE,
    )
    assert len(approvals.answer(open_, "a1", approvals.digest(CARDS), False, NOW, "me", widen={"scope": "task"})) == 1
    given = {"type": "grant.given", "grant": msgspec.to_builtins(wide)}
    held = grants.fold([given])
    assert held["g1"] == wide
    assert grants.granted(held.values(), Role.DEST, "anna@X.org", "send", NOW, "t1") == wide
    for role, value, now, task in (
        (Role.DEST, "eve@x.org", NOW, "t1"),
        (Role.DEST, "anna@x.org", AFTER, "t1"),
        (Role.DEST, "anna@x.org", NOW, "t2"),
        (Role.HOST, "anna@x.org", NOW, "t1"),
    ):
        assert grants.granted(held.values(), role, value, "send", now, task) is None
    grants.apply(held, {"type": "grant.used", "id": "g1", "count": 2})
    assert not held["g1"].live(NOW, "t1")
    grants.apply(held, {"type": "grant.revoked", "id": "g1"})
    grants.apply(held, given)
    assert held["g1"].revoked


@pytest.mark.parametrize(
    ("what", "value", "role", "good", "bad"),
    [
        ("host", "www.good.example", Role.URL, "https://www.good.example/x", "https://www.good.example.evil.example/x"),
        ("host", "www.good.example", Role.URL, "www.good.example", "https://www.good.example@evil.example/"),
        ("folder", "Clients/2026", Role.PATH, "Clients/2026/a.pdf", "Clients/2026/../secret"),
        ("folder", "Clients", Role.PATH, "Clients", "Clients2/a"),
        ("amount", "50 EUR", Role.AMOUNT, 50, 50.01),
        ("amount", "50 EUR", Role.AMOUNT, "20 EUR", "20 USD"),
        ("device", "Kitchen lamp", Role.DEVICE, "Kitchen lamp", "kitchen lamp"),
    ],
)
def test_a_grant_covers_by_typed_equality(what: Any, value: str, role: Role, good: Any, bad: Any) -> None:
    grant = Grant(id="g", what=what, value=value, scope="always")
    assert grant.covers(role, good) and not grant.covers(role, bad)
