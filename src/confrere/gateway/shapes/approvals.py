"""Questions that wait for a person."""

from __future__ import annotations

from typing import Any

import msgspec

from confrere.gateway.shapes.base import Sentence, Shape


class Widening(Shape, kw_only=True):
    """A wider yes that a question takes: what the answer names, and what it would allow."""

    scope: str
    sentence: Sentence


class ApprovalShown(Shape, kw_only=True):
    id: str
    kind: str
    task: str
    brief: str
    asked: str
    expires: str
    digest: str
    title: Sentence
    cards: list[dict[str, Any]]
    counts: dict[str, int] = msgspec.field(default_factory=dict)
    widen: list[Widening] = msgspec.field(default_factory=list)


class Approvals(Shape, kw_only=True):
    approvals: list[ApprovalShown]


class AnswerRequest(Shape, kw_only=True):
    yes: bool
    digest: str
    widen: dict[str, str] | None = None
