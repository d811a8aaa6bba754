"""What the API answers: see docs/api.md. Each is a msgspec Struct, and so a schema of the OpenAPI document."""

from __future__ import annotations

from typing import Any

import msgspec

from confrere.messages import say
from confrere.policy.plan import Plan


class Shape(msgspec.Struct, kw_only=True):
    """The base of all of them."""


class Sentence(Shape, kw_only=True):
    code: str
    en: str
    fr: str


def sentence(key: str, **data: object) -> Sentence:
    """A sentence of the catalogue in both languages."""
    return Sentence(code=key, en=say(key, "en", **data), fr=say(key, "fr", **data))


class FolderGiven(Shape, kw_only=True):
    path: str
    readonly: bool = False


class NewTask(Shape, kw_only=True):
    brief: str
    folders: list[FolderGiven] = []
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
    said: list[SaidShown] = []


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


class LeftAlone(Shape, kw_only=True):
    path: str
    reason: Sentence


class Changes(Shape, kw_only=True):
    task: str
    digest: str
    state: str
    counts: dict[str, int]
    changes: list[ChangeShown]
    left: list[LeftAlone]


class ApplyRequest(Shape, kw_only=True):
    digest: str
    paths: list[str] = []


class UndoRequest(Shape, kw_only=True):
    paths: list[str] = []
    steps: list[str] = []


class Applied(Shape, kw_only=True):
    task: Task
    made: int
    refused: list[LeftAlone]


class Context(Shape, kw_only=True):
    folders: list[dict[str, Any]]
    model: str
    local: bool
    hosts: list[str]
    usage: dict[str, Any]
    left_the_machine: list[str]
    budgets: dict[str, float]


class Budgets(Shape, kw_only=True):
    """Limits beside those of the settings: of one task, and ``month_usd`` of a calendar month; None: no other than the settings'."""

    max_tokens: int | None = None
    max_cost_usd: float | None = None
    max_minutes: float | None = None
    month_usd: float | None = None


class NewPerson(Shape, kw_only=True):
    name: str
    admin: bool = False
    folders: list[FolderGiven] = []
    budgets: Budgets = msgspec.field(default_factory=Budgets)


class MonthSpent(Shape, kw_only=True):
    cost_usd: float
    tokens: int


class PersonShown(NewPerson, kw_only=True):
    id: str
    created: str
    owner: bool
    devices: int
    month: MonthSpent
    this: bool


class PeopleShown(Shape, kw_only=True):
    people: list[PersonShown]


class DeviceShown(Shape, kw_only=True):
    id: str
    name: str
    kind: str
    scopes: list[str]
    person: str = "owner"
    paired: str = ""
    seen: str = ""
    revoked: str = ""
    this: bool = False


class Enter(Shape, kw_only=True):
    code: str
    name: str = ""


class Entered(Shape, kw_only=True):
    key: str
    device: DeviceShown


class Session(Shape, kw_only=True):
    device: DeviceShown
    person: PersonShown
    people: int
    version: str
    language: str
    home: str
    tls: bool
    address: str


class Devices(Shape, kw_only=True):
    devices: list[DeviceShown]


class NewCode(Shape, kw_only=True):
    scopes: list[str]
    name: str = ""
    person: str = ""


class CodeShown(Shape, kw_only=True):
    code: str
    url: str
    qr: str
    expires: str


class TokenShown(Shape, kw_only=True):
    token: str
    device: DeviceShown


class Health(Shape, kw_only=True):
    status: str
    version: str


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


class Entry(Shape, kw_only=True):
    path: str
    name: str
    type: str
    size: int
    mtime: str
    change: str = ""
    origin: str = ""


class Listing(Shape, kw_only=True):
    path: str
    entries: list[Entry]


class TreePage(Shape, kw_only=True):
    entries: list[Entry]
    next: str | None


class Picked(Shape, kw_only=True):
    path: str
    parent: str | None
    name: str
    allowed: bool
    folders: list[dict[str, Any]]
    places: list[dict[str, str]]
    why: Sentence | None = None


class SampleMade(Shape, kw_only=True):
    """A copy of the sample folder: its real path and how many files it holds."""

    path: str
    files: int


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
    counts: dict[str, int] = {}
    widen: list[Widening] = []


class Approvals(Shape, kw_only=True):
    approvals: list[ApprovalShown]


class AnswerRequest(Shape, kw_only=True):
    yes: bool
    digest: str
    widen: dict[str, str] | None = None


class Models(Shape, kw_only=True):
    used: str
    models: list[dict[str, Any]]


class SettingsShown(Shape, kw_only=True):
    model: str
    language: str
    vault_days: int
    max_tokens: int
    max_cost_usd: float
    max_minutes: int
    approval_hours: float
    sandbox: str


class SettingsChange(Shape, kw_only=True):
    model: str | None = None
    language: str | None = None
    vault_days: int | None = None
    max_tokens: int | None = None
    max_cost_usd: float | None = None
    max_minutes: int | None = None
    approval_hours: float | None = None
    sandbox: str | None = None


class Secrets(Shape, kw_only=True):
    secrets: list[dict[str, Any]]


class SecretGiven(Shape, kw_only=True):
    name: str
    value: str
    hosts: list[str]
    note: str = ""


class Grants(Shape, kw_only=True):
    grants: list[dict[str, Any]]


class VaultShown(Shape, kw_only=True):
    objects: int
    bytes: int
    days: int
    oldest: str


class PruneRequest(Shape, kw_only=True):
    days: float | None = None


class Pruned(Shape, kw_only=True):
    pruned: int
    bytes: int


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


class Exposure(Shape, kw_only=True):
    checks: list[dict[str, Any]]
    listens: list[str]


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
    folders: list[FolderGiven] = []
    when: When
    model: str = ""
    recipe: str = ""
    values: dict[str, str] = {}
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


class Parameter(Shape, kw_only=True):
    name: str
    kind: str
    value: str
    label: Sentence
    used_in: list[str]


class Recipe(Shape, kw_only=True):
    id: str
    name: str
    brief: str
    created: str
    from_task: str
    folders: list[str]
    plan: Plan
    parameters: list[Parameter]
    runs: int = 0


class Recipes(Shape, kw_only=True):
    recipes: list[Recipe]


class NewRecipe(Shape, kw_only=True):
    task: str
    name: str


class RecipeRun(Shape, kw_only=True):
    folders: list[FolderGiven] = []
    values: dict[str, str] = {}
    model: str = ""


class TaskStarted(Shape, kw_only=True):
    task: str | None
