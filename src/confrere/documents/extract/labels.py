"""The labels of ``labels.toml``, compiled: which words of a text announce which field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from confrere.documents.extract.text import pattern, skeleton
from confrere.documents.extract.vocabulary import table

_KEPT = 2000
"""Lines whose labels are remembered."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A label found in a text: its class, the words, and where they stand."""

    kind: str
    term: str
    start: int
    end: int


class Labels:
    """One compiled search for all labels of a group; the longest label at a place wins over those inside it."""

    def __init__(self, groups: dict[str, list[str]], ocr: bool) -> None:
        self._kind: dict[str, str] = {}
        self._found: dict[str, list[Hit]] = {}
        terms: list[str] = []
        for kind, names in groups.items():
            for name in names:
                key = skeleton(name) if ocr else name
                self._kind.setdefault(_key(key), kind)
                terms.append(key)
        self._regex = re.compile(pattern(terms))
        self._stems = [
            (re.compile(r"[^\W\d_]*".join(map(re.escape, key.split("*")))), kind) for key, kind in self._kind.items() if "*" in key
        ]

    def find(self, plain: str) -> list[Hit]:
        """The labels in ``plain`` (Segment.plain), left to right. Several readers ask about one line: what was found last is kept."""
        known = self._found.get(plain)
        if known is None:
            if len(self._found) > _KEPT:
                self._found.clear()
            known = self._found[plain] = self._search(plain)
        return known

    def _search(self, plain: str) -> list[Hit]:
        hits = []
        for match in self._regex.finditer(plain):
            key = _key(match.group())
            kind = self._kind.get(key) or self._stem(match.group())
            hits.append(Hit(kind, match.group(), match.start(), match.end()))
        return hits

    def _stem(self, text: str) -> str:
        key = _key(text)
        return next((kind for stem, kind in self._stems if stem.fullmatch(key)), "other")


def _key(text: str) -> str:
    return re.sub(r"[^\w*°#]|_", "", text)


@cache
def labels(group: str, ocr: bool = False) -> Labels:
    """The compiled labels of a group ("money", "date", "number", "party"), for text read by OCR or not."""
    return Labels(table("labels")[group], ocr)
