"""Files and folders, looked at and picked."""

from __future__ import annotations

from typing import Any

from confrere.gateway.shapes.base import Sentence, Shape


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
