"""The journal, and whether it is whole."""

from __future__ import annotations

from typing import Any

from confrere.gateway.shapes.base import Shape


class EventShown(Shape, kw_only=True):
    seq: int
    task: str
    n: int
    at: str
    kind: str
    body: dict[str, Any]
    prev: str
    hash: str
    summary: dict[str, str]


class JournalPage(Shape, kw_only=True):
    events: list[EventShown]
    next: int | None


class VerifyRequest(Shape, kw_only=True):
    task: str = ""


class Verified(Shape, kw_only=True):
    events: int
    problems: list[dict[str, Any]]
