"""The command line with the test services: ``python -m tests.injection.command ARGS``.

SINK_PORT is where effects arrive. DIE_AT ends this process, as ``kill -9`` does, at a moment of the first effect outside: "answered" (the
person's yes is in the journal, nothing was begun), "intent" (it is about to happen), "effect" (it happened, nobody knows), "outcome";
or "parked": a call must wait for the person, after another whose question was put, and its own was not."""

from __future__ import annotations

import os
import signal
from typing import Any

from confrere.journal.sqlite import SqliteStore
from tests.injection import services, tasks


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _deadly(moment: str) -> None:
    """Wrap the store, or the socket, so that the process ends at that moment."""
    append, send = SqliteStore.append, services.send
    asked: list[str] = []

    def appending(self: SqliteStore, task: str, kind: str, body: dict[str, Any], **options: Any) -> Any:
        event = append(self, task, kind, body, **options)
        acts = kind == "call.intent" and body["effect"] == "act" and body["verdict"]["verdict"] == "allow"
        if (moment == "answered" and kind == "approval.answered") or (moment == "intent" and acts):
            _die()
        if kind == "approval.asked":
            asked.append(body["id"])
        if moment == "parked" and asked and kind == "call.intent" and body["verdict"]["verdict"] == "ask":
            _die()
        if moment == "outcome" and kind == "call.outcome" and "done" in str(body.get("result")):
            _die()
        return event

    def sending(port: int, tool: str, args: dict[str, Any]) -> None:
        send(port, tool, args)
        if moment == "effect":
            _die()

    SqliteStore.append, services.send = appending, sending  # type: ignore[method-assign, assignment]


def run() -> None:
    from confrere.cli.main import main

    if moment := os.environ.get("DIE_AT", ""):
        _deadly(moment)
    with services.registered(tasks.world(int(os.environ["SINK_PORT"]))):
        main()


if __name__ == "__main__":
    run()
