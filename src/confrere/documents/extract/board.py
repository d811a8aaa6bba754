"""Possible names of a party with what speaks for each, the spellings of one name merged."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from confrere.documents.extract import blocks, names
from confrere.documents.extract.labels import labels
from confrere.documents.extract.layout import Segment
from confrere.documents.extract.text import fold

CORROBORATED = frozenset(("label", "sender", "legal", "domain", "numbers-line", "numbers-column", "numbers-footer", "author"))
"""Readers that do not go by the place on the page alone."""


@dataclass(slots=True)
class Found:
    """A possible name with the weight of its evidence and the readers that gave it."""

    name: str
    score: float
    segment: Segment | None
    readers: set[str] = field(default_factory=set)
    count: int = 0
    """How often the name was read."""

    @property
    def corroborated(self) -> bool:
        """Whether something else than the place on the page speaks for the name."""
        return bool(self.readers & CORROBORATED)

    @property
    def person(self) -> bool:
        """Whether the name looks like a person's."""
        return names.civility(self.name) or (blocks.is_person(self.name) and not names.has_business_word(self.name) and not self.formed)

    @property
    def formed(self) -> bool:
        """Whether the name carries a form of company, which no other line of a ticket does."""
        return names.has_legal_form(self.name)


class Board:
    """Candidates by name, spellings merged."""

    def __init__(self) -> None:
        self.found: dict[str, Found] = {}

    def add(self, text: str, score: float, segment: Segment | None, reader: str) -> None:
        text = _unlabelled(text)
        if not names.is_name(text):
            return
        name = names.clean(text)
        key = names.stem(name)
        if len(key) < 2:
            return
        entry = self.found.get(key)
        if entry is None:
            entry = self.found[key] = Found(name, score, segment, {reader})
        elif reader in entry.readers:
            entry.score = max(entry.score, score)
        else:
            high, low = max(entry.score, score), min(entry.score, score)
            entry.score = high + 0.5 * max(low, 0.0)
            entry.readers.add(reader)
        entry.count += 1
        if (names.has_legal_form(name), -len(name)) > (names.has_legal_form(entry.name), -len(entry.name)):
            entry.name = name


def _unlabelled(text: str) -> str:
    """A name without the words that announce it ("Sold by Acme GmbH"); "" for what announces an amount, a day or a number."""
    plain = fold(text)
    form = names.FORM.search(plain)
    if form and names.has_legal_form(text):
        for group in ("party", "money", "number", "date"):  # the label of the next column, where no gap was left
            after = [hit for hit in labels(group).find(plain) if form.end() < hit.start <= form.end() + 2]
            if after and names.is_name(text[: form.end()]):
                return text[: form.end()]
        if re.match(r"\s*(?:currency|devise|wahrung)\b", plain[form.end() :]):
            return text[: form.end()]
    for hit in labels("party").find(plain):
        rest = text[hit.end :].strip(" :-–")
        if not hit.start and " " in hit.term and rest and names.is_name(rest):
            return rest
    told = any(
        hit.start <= 1 for group in ("money", "date", "number") for hit in labels(group).find(plain) if hit.kind not in ("plain", "weak")
    )
    return "" if told and any(ch.isdigit() for ch in text) else text
