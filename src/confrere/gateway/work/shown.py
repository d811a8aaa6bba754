"""A change set as the API shows it, and the digest that binds an answer to what was shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from confrere.gateway.shapes.base import LeftAlone, sentence
from confrere.gateway.shapes.changes import Changes, ChangeShown, FileState
from confrere.journal.canonical import digest
from confrere.workspace.changes import Change, ChangeSet
from confrere.workspace.files import State


def digest_of(found: ChangeSet) -> str:
    """The SHA-256 of what a person is shown of a change set."""
    return digest([_key(change) for change in found.changes])


def _key(change: Change) -> list[Any]:
    states = [
        [state.type, state.size, state.sha256, state.target] if state is not None else None for state in (change.before, change.after)
    ]
    return [change.kind, change.path, change.origin, change.conflict, *states]


def changes_shown(task: str, state: str, found: ChangeSet) -> dict[str, Any]:
    """As JSON values, see docs/api.md."""
    shown = Changes(
        task=task,
        digest=digest_of(found),
        state=state,
        counts=found.counts(),
        changes=[_change(change) for change in found.changes],
        left=[LeftAlone(path=path, reason=sentence(reason)) for path, reason in found.left],
    )
    value: dict[str, Any] = msgspec.to_builtins(shown)
    return value


def _change(change: Change) -> ChangeShown:
    return ChangeShown(
        kind=change.kind,
        path=change.path,
        origin=change.origin,
        before=_state(change.before),
        after=_state(change.after),
        step=change.step,
        call=change.call,
        conflict=sentence(change.conflict) if change.conflict else None,
    )


def _state(state: State | None) -> FileState | None:
    if state is None:
        return None
    return FileState(type=state.type, size=state.size, sha256=state.sha256, mtime=moment(state.mtime_ns))


def moment(mtime_ns: int) -> str:
    """Nanoseconds since the epoch as a UTC time; "" for a time no calendar has."""
    try:
        return datetime.fromtimestamp(mtime_ns / 1e9, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        return ""
