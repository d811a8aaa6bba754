"""What a layout gives: a paper to be printed and what a person reads on it; and the list of all layouts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.documents.layouts.thermal import Roll
    from bench.documents.layouts.word import Word
    from bench.documents.layouts.world import World


@dataclass(frozen=True)
class Paper:
    """One paper: ``body`` is HTML, a Word document or a till roll; ``truth`` holds only what is printed on it."""

    body: str | Word | Roll
    truth: dict[str, str]
    also: str = ""
    """Another type that a reasonable person would give it."""
    also_supplier: str = ""
    """The firm's other name, where both stand at the head (the sign of a shop and its company)."""


@dataclass(frozen=True)
class Layout:
    """A maker of papers that look alike."""

    name: str
    half: str
    family: str
    make: Callable[[World], Paper] = field(repr=False)


LAYOUTS: list[Layout] = []


def layout(half: str, family: str) -> Callable[[Callable[[World], Paper]], Callable[[World], Paper]]:
    """Enter a function of a world into the list: ``half`` is a or b, ``family`` groups scores."""

    def enter(make: Callable[[World], Paper]) -> Callable[[World], Paper]:
        LAYOUTS.append(Layout(make.__name__, half, family, make))
        return make

    return enter
