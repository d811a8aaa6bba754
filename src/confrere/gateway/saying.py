"""A person's word to a task at work: journaled at once, taken in by the model at its next turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confrere.agent.brief import spoken
from confrere.agent.task import load
from confrere.errors import WrongUse
from confrere.journal.store import Store
from confrere.messages import say

if TYPE_CHECKING:
    from confrere.agent.task import TaskState

OPEN = ("drafted", "planned", "approved", "running", "waiting", "review")


def heard(store: Store, task: str, text: str, by: str, state: TaskState | None = None, *, approves: bool = True) -> None:
    """Write it down for the task. The words of who ``approves`` count as the brief's do, for a plan that was approved too; those of a device
    that may not say yes are for the model alone. Raises WrongUse for a task that has ended, and for what is no text."""
    text = spoken(text)
    state = state or load(store, task)
    if state.state not in OPEN:
        word = say(f"agent.state-{state.state}", state.language)
        raise WrongUse("agent.not-now", task=task, state=word, what=say("gateway.verb-say", state.language))
    store.append(task, "person.said", {"text": text, "by": by, **({} if approves else {"approves": False})}, durable=True)
