"""Tasks: asked for, shown, planned, questioned."""

from __future__ import annotations

from typing import Any

import msgspec

from confrere.gateway.shapes.base import FolderGiven, Sentence, Shape
from confrere.policy.plan import Plan


class NewTask(Shape, kw_only=True):
    brief: str
    folders: list[FolderGiven] = msgspec.field(default_factory=list)
    model: str = ""
    yes: bool = False
    plan_only: bool = False


class TaskSummary(Shape, kw_only=True):
    id: str
    state: str
    brief: str
    language: str
    model: str
    created: str
    updated: str
    folders: list[str]
    steps: int
    steps_done: int
    waits_for: str
    working: bool
    counts: dict[str, int]
    failure: Sentence | None = None
    schedule: str = ""
    recipe: str = ""


class RootShown(Shape, kw_only=True):
    name: str
    path: str
    readonly: bool


class StepState(Shape, kw_only=True):
    status: str
    calls: int = 0
    seconds: float = 0.0


class SaidShown(Shape, kw_only=True):
    n: int
    at: str
    text: str
    by: str


class Task(TaskSummary, kw_only=True):
    roots: list[RootShown]
    plan: Plan | None
    plan_hash: str
    answer: str
    steps_state: dict[str, StepState]
    progress: dict[str, Any] | None
    usage: dict[str, Any]
    warnings: list[str]
    seconds: float
    has_report: bool
    outcomes: int
    undone: int
    said: list[SaidShown] = msgspec.field(default_factory=list)


class TaskList(Shape, kw_only=True):
    tasks: list[TaskSummary]
    next: str | None


class PlanEdit(Shape, kw_only=True):
    plan: Plan
    hash: str


class PlanApproval(Shape, kw_only=True):
    hash: str
    yes: bool = False


class Question(Shape, kw_only=True):
    text: str


class Resume(Shape, kw_only=True):
    model: str = ""


class Stopped(Shape, kw_only=True):
    stopped: int


class MessageShown(Shape, kw_only=True):
    n: int
    role: str
    text: str
    calls: list[dict[str, Any]]
    tool: str
    failed: bool
    label: str


class Messages(Shape, kw_only=True):
    messages: list[MessageShown]
    total: int


class CallShown(Shape, kw_only=True):
    id: str
    tool: str
    step: str
    effect: str
    status: str
    rule: str
    reason: Sentence
    seconds: float
    text: str


class Calls(Shape, kw_only=True):
    calls: list[CallShown]


class Context(Shape, kw_only=True):
    folders: list[dict[str, Any]]
    model: str
    local: bool
    hosts: list[str]
    usage: dict[str, Any]
    left_the_machine: list[str]
    budgets: dict[str, float]


class TaskStarted(Shape, kw_only=True):
    task: str | None
