"""The plan: what a person approves before the work, and what policy holds the work to afterwards."""

from __future__ import annotations

import re
from typing import Any

import msgspec

_FORMATS = {"docx": "Word", "pdf": "PDF", "md": "Markdown", "html": "HTML", "xlsx": "Excel", "csv": "CSV", "txt": "TXT"}


def is_open(value: Any) -> bool:
    """True for ``{"open": "what it will be"}``: a value that only a later read can give."""
    return isinstance(value, dict) and set(value) == {"open"} and isinstance(value["open"], str)


class Step(msgspec.Struct, kw_only=True):
    """One step: a tool with its arguments, and what it will touch.

    ``args`` values are literals a person can read, or left open (``is_open``): policy then judges what stands there by where it
    came from. ``files`` counts the files the step is expected to touch, and ``touches`` names some of them for the screen.
    ``risk`` is "none" (reads), "changes" (reviewed and undoable) or "acts" (leaves the machine).
    """

    id: str
    tool: str
    title: str
    args: dict[str, Any] = msgspec.field(default_factory=dict)
    touches: list[str] = msgspec.field(default_factory=list)
    files: int = 0
    risk: str = "changes"
    grants: list[str] = msgspec.field(default_factory=list)
    doubts: list[str] = msgspec.field(default_factory=list)


class Plan(msgspec.Struct, kw_only=True):
    """Ordered steps, the grants they need, what is doubtful and which words of the brief were not understood.

    ``answer`` is set instead of steps where the brief is a question and no work follows.
    """

    steps: list[Step] = msgspec.field(default_factory=list)
    grants: list[str] = msgspec.field(default_factory=list)
    doubts: list[str] = msgspec.field(default_factory=list)
    not_understood: list[str] = msgspec.field(default_factory=list)
    warnings: list[str] = msgspec.field(default_factory=list)
    language: str = "en"
    answer: str = ""


def retitled(title: str, was: dict[str, Any], now: dict[str, Any]) -> str:
    """A step's title after its arguments went from ``was`` to ``now``: the number or format that stood in it is the new one."""
    for key, old in was.items():
        new = now.get(key)
        if old == new or isinstance(old, bool) or isinstance(new, bool):
            continue
        if isinstance(old, int) and isinstance(new, int):
            title = re.sub(rf"(?<!\d){old}(?!\d)", str(new), title, count=1)
        elif key in ("format", "to") and old in _FORMATS and new in _FORMATS:
            title = re.sub(rf"\b{_FORMATS[old]}\b", _FORMATS[new], title, count=1)
    return title
