"""A person's answer goes to the journals: the first one counts, and only what comes with that one is given."""

from __future__ import annotations

from typing import Any

from confrere.errors import WrongUse
from confrere.journal.store import Event, Store
from confrere.policy import approvals

_KINDS = ("approval.asked", "approval.answered", "approval.expired", "approval.withdrawn")


def write(store: Store, task: str, events: list[dict[str, Any]]) -> list[Event]:
    """Append the events of ``approvals.answer``; returns those of the task's own journal.

    Two channels may answer at once, each having found the question waiting: the order of the journal decides. Grants are
    written after the answer, once it has turned out to be the first. Raises WrongUse when another was: it gives nothing then.
    """
    first, *grants = ((approvals.journal_of(event, task), event.pop("type"), event) for event in events)
    mine = store.append(task, first[1], first[2], durable=True)
    before = (event for event in store.read(task, kinds=_KINDS) if event.n < mine.n)
    found = approvals.fold({**event.body, "type": event.kind} for event in before).get(first[2]["id"])
    if found is None or found.state != "waiting":
        raise WrongUse("policy.approval-answered", id=first[2]["id"])
    return [mine, *(event for journal, kind, body in grants if (event := store.append(journal, kind, body, durable=True)).task == task)]
