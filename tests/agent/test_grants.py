"""Grants that outlive a task, while several tasks use them."""

import pytest

from confrere.agent.loop import Runner
from confrere.errors import Refused


def given(desk, **more):
    body = {"id": "g1", "what": "device", "value": "Lamp", "scope": "always", "by": "test", **more}
    desk.services.store.append("", "grant.given", {"grant": body}, durable=True)


def test_two_tasks_at_once_do_not_use_a_grant_more_often_than_it_says(desk, folder):
    given(desk, limit=2)
    one, two = (Runner(desk.services, desk.start("do it", folder)) for _ in range(2))
    for runner in (one, two):
        assert runner._law.engine.grants["g1"].used == 0, "both look before either uses it"
    one._spend("g1")
    two._spend("g1")
    for runner in (one, two):
        with pytest.raises(Refused) as error:
            runner._spend("g1")
        assert error.value.key == "policy.grant-spent" and error.value.sentence("en") != error.value.sentence("fr")


def test_what_others_used_and_took_back_counts_from_the_next_call_on(desk, folder):
    given(desk, limit=1)
    given(desk, id="g2")
    runner = Runner(desk.services, desk.start("do it", folder))
    assert all(grant.live("2026", runner.task) for grant in runner._law.engine.grants.values())
    desk.services.store.append("", "grant.used", {"id": "g1", "task": "another"})
    desk.services.store.append("", "grant.revoked", {"id": "g2"})
    runner._take_back()
    assert not any(grant.live("2026", runner.task) for grant in runner._law.engine.grants.values())
