"""The journal of a task as JSON Lines, for archives and other programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from confrere.journal.canonical import dumps
from confrere.journal.store import Event


def export(events: Iterable[Event], file: IO[str]) -> int:
    """Write one JSON object a line (seq, task, n, at, kind, body with its blobs inside, prev, hash); returns how many."""
    count = 0
    for event in events:
        file.write(dumps({name: getattr(event, name) for name in event.__struct_fields__}) + "\n")
        count += 1
    return count
