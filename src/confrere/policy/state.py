"""What the engine remembers of a task: a plain record that serialises to JSON, changed only by folding events."""

from __future__ import annotations

from typing import Any

import msgspec

from confrere.policy.labels import Label
from confrere.policy.manifest import Manifest
from confrere.policy.records import Reading

HOLE = "\x00HOLE"
"""Stands in a plan for a value that only a later read can give."""

MAX_SOURCES = 200


class Call(msgspec.Struct, kw_only=True, frozen=True):
    """A call to judge. ``args`` are JSON values."""

    tool: str
    args: dict[str, Any]
    id: str = ""


class Step(msgspec.Struct, kw_only=True):
    """One approved step as the engine keeps it: a tool and, for each argument, a literal or ``HOLE``."""

    tool: str
    args: dict[str, Any]


class Use(msgspec.Struct, kw_only=True):
    """The call that a step was used for. ``failed``: it had no effect, and may be repeated exactly."""

    step: int
    args: dict[str, Any]
    failed: bool = False


class Source(msgspec.Struct, kw_only=True):
    """One result that was read. ``step`` is the plan step it fits (-1: none), ``literal`` that every argument of the
    call stands in the plan or the brief, ``clean`` that its store held nothing the task itself had written."""

    number: int
    tool: str
    kind: str
    store: str
    args: dict[str, Any]
    label: Label
    reading: Reading
    step: int = -1
    literal: bool = False
    clean: bool = True
    urls: list[str] = []
    addresses: list[str] = []
    created: list[str] = []


class Endorsed(msgspec.Struct, kw_only=True, frozen=True):
    """A value that the person saw in a card and agreed to, for one argument of one tool, until the task ends."""

    tool: str
    argument: str
    value: str


class State(msgspec.Struct, kw_only=True):
    """A task as policy sees it. ``context`` is the join of all that was read, ``stores`` what the task wrote to while
    the context was untrusted; ``plan`` is None until one is approved; ``read`` counts the results."""

    task: str = ""
    brief: str = ""
    manifests: dict[str, Manifest] = {}
    plan: list[Step] | None = None
    uses: list[Use] = []
    context: Label = Label()
    stores: list[str] = []
    sources: list[Source] = []
    read: int = 0
    endorsed: list[Endorsed] = []
    unattended: bool = False
    noes: int = 0
