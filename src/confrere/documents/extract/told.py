"""Values that stand where their label says: after it, to its right, or under it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from confrere.documents.extract import dates
from confrere.documents.extract.dates import Date
from confrere.documents.extract.layout import Layout, Segment
from confrere.documents.extract.text import pattern
from confrere.documents.extract.vocabulary import table


@cache
def words(group: str, name: str) -> str:
    """The terms of ``papers.toml`` under [group] name, as a regular expression for folded text."""
    return pattern(table("papers")[group][name])


def values(layout: Layout, terms: str) -> Iterator[tuple[str, Segment]]:
    """What follows the label ``terms`` wherever it begins a segment; a label may be printed in two languages ("Nom / Surname")."""
    label = re.compile(rf"^\W*(?:\d{{1,2}}[a-z]?[.)]\s*)?(?:{terms})(?:\s*(?:/|\(|-)\s*[a-z' .]{{2,28}}\)?)*\s*(?::|$)\s*")
    for segment in layout.segments:
        found = label.match(segment.folded)
        if found is None:
            continue
        own = segment.text[found.end() :].strip()
        if own:
            yield own, segment
            continue
        right = layout.right_of(segment)
        beside = right[0] if right else next(layout.below(segment, rows=1, gap=1.6), None)
        if beside is not None and not label.match(beside.folded):
            yield beside.text.strip(" :"), beside


def days(layout: Layout, terms: str) -> Iterator[Date]:
    """The dates that the words ``terms`` announce: before them on their line, to their left, or over them."""
    label = re.compile(rf"(?:{terms})[^\d;.]{{0,40}}$")
    for segment in layout.segments:
        for date in dates.find(segment):
            before = segment.folded[: date.start]
            left = layout.left_of(segment)
            over = layout.above(segment, gap=1.6)
            if date.start < 4:
                before = " ".join(part.folded for part in (over if left is None else None, left) if part is not None)
            if label.search(before):
                yield date
