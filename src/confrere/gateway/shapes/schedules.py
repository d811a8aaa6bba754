"""Schedules and their runs."""

from __future__ import annotations

import msgspec

from confrere.gateway.shapes.base import FolderGiven, Sentence, Shape


class When(Shape, kw_only=True):
    """When a schedule runs: ``kind`` is cron, every, once, folder or hook, or "" with ``text``, to be read."""

    kind: str = ""
    cron: str = ""
    zone: str = ""
    seconds: float = 0.0
    at: str = ""
    path: str = ""
    settle: float = 10.0
    text: str = ""


class NewSchedule(Shape, kw_only=True):
    name: str
    brief: str = ""
    folders: list[FolderGiven] = msgspec.field(default_factory=list)
    when: When
    model: str = ""
    recipe: str = ""
    values: dict[str, str] = msgspec.field(default_factory=dict)
    missed: str = "once"
    unattended: str = "work"


class RunShown(Shape, kw_only=True):
    due: str
    at: str
    task: str | None
    outcome: str
    late_seconds: float
    reason: Sentence | None = None
    state: str = ""


class ScheduleShown(NewSchedule, kw_only=True):
    id: str
    created: str
    paused: bool
    next: str | None
    sentence: Sentence
    last: RunShown | None = None
    hook_url: str = ""
    secret: str = ""


class Schedules(Shape, kw_only=True):
    schedules: list[ScheduleShown]


class Runs(Shape, kw_only=True):
    runs: list[RunShown]


class ReadWhen(Shape, kw_only=True):
    text: str
    zone: str = ""
    language: str = ""


class WhenRead(Shape, kw_only=True):
    when: When
    sentence: Sentence
    next: list[str]
