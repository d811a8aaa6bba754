"""What the work was worth."""

from __future__ import annotations

import msgspec

from confrere.gateway.shapes.base import Sentence, Shape


class ValueLine(Shape, kw_only=True):
    task: str
    brief: str
    created: str
    state: str
    baseline_minutes: float
    stated: bool
    minutes: float
    minutes_saved: float
    files: int
    deliverables: int
    corrections: int
    cost_usd: float | None


class Value(Shape, kw_only=True):
    from_: str = msgspec.field(name="from")
    to: str
    tasks: int
    minutes_saved: float
    minutes_worked: float
    cost_usd: float
    corrections: int
    stated: int
    rule: Sentence
    lines: list[ValueLine]


class ValueStated(Shape, kw_only=True):
    baseline_minutes: float | None = None
    corrections: int | None = None
    note: str = ""
