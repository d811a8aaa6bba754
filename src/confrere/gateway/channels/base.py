"""What a channel is: it brings in messages, once each, and tells people what they should know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

import msgspec

from confrere.errors import WrongUse
from confrere.gateway.people import OWNER
from confrere.gateway.shapes.base import Sentence, sentence
from confrere.journal.store import SYSTEM, Event

if TYPE_CHECKING:
    from confrere.gateway.state import Gateway


class Incoming(msgspec.Struct, kw_only=True, frozen=True):
    """A message from a person.

    ``ext`` is the channel's own identifier of it: the same one is taken once. ``task`` is the task it is about, if any.
    """

    channel: str
    sender: str
    ext: str
    text: str
    task: str = ""
    scopes: tuple[str, ...] = ()
    person: str = OWNER


class Notice(msgspec.Struct, kw_only=True, frozen=True):
    """Something a person should know. ``kind`` is waits, ended, failed or guard."""

    kind: str
    task: str
    text: Sentence


class Channel(Protocol):
    """One way to people.

    ``start`` is handed what takes a message in and returns the answer to give; ``tell`` must not wait for the person.
    """

    name: str

    async def start(self, receive: Callable[[Incoming], Awaitable[str]]) -> None: ...

    async def tell(self, notice: Notice) -> None: ...

    async def close(self) -> None: ...


class Reception:
    """Takes messages from all channels, and gives notices to all of them."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    async def receive(self, message: Incoming) -> str:
        """Begin a task, or remark on the plan of the one named; returns its identifier.

        A message taken before gets the same answer, and nothing is done twice.
        """
        from confrere.gateway.http import Problem

        if "brief" not in message.scopes:
            raise Problem(403, "gateway.scope-missing", scope="brief")
        for event in self.gateway.store.read(SYSTEM, kinds=("channel.received",)):
            if event.body["channel"] == message.channel and event.body["ext"] == message.ext:
                return str(event.body["task"])
        by = f"{message.channel} {message.sender}"
        task = message.task
        if task and self.gateway.people.of_task(task) != message.person:
            raise WrongUse("core.task-unknown", task=task)
        if task:
            self.gateway.desk.question(task, message.text, by)
        else:
            from confrere.agent.task import new_id

            task = new_id()
        note = {"channel": message.channel, "sender": message.sender, "ext": message.ext, "task": task}
        self.gateway.store.append(SYSTEM, "channel.received", note, durable=True)
        if not message.task:
            await self.gateway.desk.begin(
                message.text, [], task=task, origin={"channel": message.channel, "by": by, "person": message.person}
            )
        return task

    def notice(self, event: Event) -> Notice | None:
        """What people should know of an event; None for most."""
        kinds = {
            "plan.proposed": "waits",
            "review.ready": "waits",
            "approval.asked": "waits",
            "task.failed": "failed",
            "guard.locked": "guard",
        }
        kind = kinds.get(event.kind, "ended" if event.kind in ("task.done",) else "")
        if event.kind == "apply.settled" and event.body.get("state") == "applied":
            kind = "ended"
        if event.kind == "plan.proposed" and not event.body["plan"].get("steps"):
            kind = ""  # an answer: whoever asked has it
        if not kind:
            return None
        brief = self.gateway.shelf.summary(event.task).brief if event.task else ""
        return Notice(
            kind=kind, task=event.task, text=sentence(f"gateway.notice-{kind}", task=event.task, brief=" ".join(brief.split())[:80])
        )
