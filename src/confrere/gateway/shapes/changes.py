"""A task's changes: shown, applied, taken back."""

from __future__ import annotations

import msgspec

from confrere.gateway.shapes.base import LeftAlone, Sentence, Shape
from confrere.gateway.shapes.tasks import Task


class FileState(Shape, kw_only=True):
    type: str
    size: int
    sha256: str
    mtime: str


class ChangeShown(Shape, kw_only=True):
    kind: str
    path: str
    origin: str
    before: FileState | None
    after: FileState | None
    step: str
    call: str
    conflict: Sentence | None


class Changes(Shape, kw_only=True):
    task: str
    digest: str
    state: str
    counts: dict[str, int]
    changes: list[ChangeShown]
    left: list[LeftAlone]


class ApplyRequest(Shape, kw_only=True):
    digest: str
    paths: list[str] = msgspec.field(default_factory=list)


class UndoRequest(Shape, kw_only=True):
    paths: list[str] = msgspec.field(default_factory=list)
    steps: list[str] = msgspec.field(default_factory=list)


class Applied(Shape, kw_only=True):
    task: Task
    made: int
    refused: list[LeftAlone]
