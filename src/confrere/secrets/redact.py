"""The redactor at the journal's and the model's door: no known secret and nothing that looks like a key passes.

It is a net under honest mistakes (a key pasted in a note, a password in a log), not a wall against someone who rewrites a secret on
purpose; that wall is the policy, which hands no secret to the model in the first place.

One pass of an Aho-Corasick automaton (Aho and Corasick, 1975) finds the forms of every known secret and the anchors of every shape.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.messages import say
from confrere.secrets.forms import SHORT, forms
from confrere.secrets.shapes import CARD, SHAPES, Shape, is_card

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

_SURROGATE = re.compile("[\ud800-\udfff]")
_ENCODED = re.compile(r"[A-Za-z0-9+/_=%-]*")
_QUOTES = re.compile(r"[\"'\\\n]")
_LONG = 200_000  # characters from which the fast automaton repays its making
_EDGE = 512  # characters of encoded text beside a match that are taken with it, at most, on either side


class Redaction(msgspec.Struct, frozen=True, kw_only=True):
    """``text`` without secrets, and how many of each kind were taken out. The kind of a known secret is ``known:NAME``."""

    text: str
    found: dict[str, int]

    @property
    def clean(self) -> bool:
        return not self.found

    def sentence(self, language: str) -> str:
        """What was taken out, for a person; empty when nothing was."""
        return redaction_sentence(self.found, language)


def redaction_sentence(found: Mapping[str, int], language: str) -> str:
    """What was taken out, in words, from counts by kind; empty when nothing was."""
    if not found:
        return ""
    parts = [f"{count} × {_kind_words(kind, language)}" for kind, count in sorted(found.items())]
    return say("secrets.redacted", language, what=", ".join(parts))


class Redactor:
    """Takes out the values of ``known`` (name → value) in all their forms, and what has the shape of a key. Thread-safe once made."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        self._names: list[str] = []
        self._short: list[bool] = []
        patterns: dict[str, tuple[int, bool]] = {}  # form → place in _names, and whether it is the middle of a longer one
        for name, value in (known or {}).items():
            for form, middle in forms(value).items():
                patterns.setdefault(form, (len(self._names), middle))
            self._names.append(name)
            self._short.append(len(value) < SHORT)
        self._forms = list(patterns)
        self._owners = list(patterns.values())
        self._patterns = (*self._forms, *_ANCHORS)
        self._quick = _automaton(self._patterns, fast=False) if patterns else _anchors_only()
        self._fast = None if patterns else self._quick

    def redact(self, text: str) -> Redaction:
        """``text`` with each secret replaced by ``[redacted: KIND]``."""
        spans = self._spans(text)
        if not spans:
            return Redaction(text=text, found={})
        found: Counter[str] = Counter()
        result = _replaced(text, spans, found, None)
        for _ in range(3):  # a replacement, or what now stands beside it, may spell a secret that is an odd one
            again = [span for span in self._spans(result) if span[2].startswith("known:")]
            if not again:
                return Redaction(text=result, found=dict(found))
            result = _replaced(result, again, Counter(), "█")
        return Redaction(text="█", found=dict(found))

    def redact_json(self, value: Any) -> tuple[Any, dict[str, int]]:
        """The same for a JSON-like value: every string in it, keys too. Returns the new value and counts by kind."""
        found: Counter[str] = Counter()
        return self._walk(value, found), dict(found)

    def _walk(self, value: Any, found: Counter[str]) -> Any:
        if isinstance(value, str):
            redaction = self.redact(value)
            found.update(redaction.found)
            return redaction.text
        if isinstance(value, Mapping):
            result: dict[Any, Any] = {}
            for key, item in value.items():
                name = self._walk(key, found)
                while name in result:  # two keys that differed by what was taken out
                    name += "+"
                result[name] = self._pair(key, item, found)
            return result
        if isinstance(value, list | tuple):
            return [self._walk(item, found) for item in value]
        return value

    def _pair(self, key: Any, item: Any, found: Counter[str]) -> Any:
        """The value of a key: ``{"password": "x1…"}`` says no less than ``password=x1…``."""
        if isinstance(key, str) and isinstance(item, str) and item:
            plain = _QUOTES.sub("x", item)
            for _, end, kind in self._spans(f'"{key}": "{plain}"'):
                if end > len(key) + 4 and kind in ("password", "key"):
                    found[kind] += 1
                    return f"[redacted: {kind}]"
        return self._walk(item, found)

    def _engine(self, size: int) -> AhoCorasick:
        """The automaton for a text of ``size`` characters: the fast one takes some 50 ms to make for twenty secrets, and is made once."""
        if size < _LONG:
            return self._quick
        if self._fast is None:
            self._fast = _automaton(self._patterns, fast=True)
        return self._fast

    def _spans(self, text: str) -> list[tuple[int, int, str]]:
        """What to take out: start, end, kind; sorted, apart from each other."""
        if len(text) < 4:
            return []
        spans: list[tuple[int, int, str]] = []
        forms_count = len(self._forms)
        for pattern, start, end in _matches(self._engine(len(text)), text):
            if pattern >= forms_count:
                for shape in _BY_ANCHOR[pattern - forms_count]:
                    place = shape.find(text, start)
                    if place is not None:
                        spans.append((*place, shape.kind))
            else:
                owner, middle = self._owners[pattern]
                if self._short[owner] and (_joined(text, start - 1) or _joined(text, end)):
                    continue
                if middle:
                    start, end = _whole(text, start, end)
                spans.append((start, end, f"known:{self._names[owner]}"))
        for card in CARD.finditer(text):
            if is_card(text, *card.span()):
                spans.append((*card.span(), "card-number"))
        return _apart(spans)


def _automaton(patterns: tuple[str, ...], fast: bool) -> AhoCorasick:
    from ahocorasick_rs import AhoCorasick, Implementation

    implementation = Implementation.DFA if fast else Implementation.ContiguousNFA
    return AhoCorasick(list(patterns), implementation=implementation, store_patterns=False)


@cache
def _anchors_only() -> AhoCorasick:
    return _automaton(_ANCHORS, fast=True)


def _matches(automaton: AhoCorasick, text: str) -> list[tuple[int, int, int]]:
    try:
        return automaton.find_matches_as_indexes(text, overlapping=True)
    except UnicodeEncodeError:  # undecodable file names: the same length, without lone surrogates
        return automaton.find_matches_as_indexes(_SURROGATE.sub("\ufffd", text), overlapping=True)


def _replaced(text: str, spans: Iterable[tuple[int, int, str]], found: Counter[str], mark: str | None) -> str:
    parts: list[str] = []
    at = 0
    for start, end, kind in spans:
        found[kind] += 1
        parts += (text[at:start], f"[redacted: {kind.removeprefix('known:')}]" if mark is None else mark)
        at = end
    parts.append(text[at:])
    return "".join(parts)


def _joined(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isalnum()


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Grow a match over the encoded text around it, whose first and last characters may hold part of the secret."""
    after = _ENCODED.match(text, end, end + _EDGE)
    before = _ENCODED.match(text[max(0, start - _EDGE) : start][::-1])
    return start - (before.end() if before else 0), after.end() if after else end


def _apart(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Join the spans that overlap; a known secret's name wins over a shape's, else the longer span's."""
    joined: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        if joined and start < joined[-1][1]:
            first, last, other = joined[-1]
            wins = kind.startswith("known:") and not other.startswith("known:")
            joined[-1] = (first, max(last, end), kind if wins else other)
        else:
            joined.append((start, end, kind))
    return joined


def _kind_words(kind: str, language: str) -> str:
    if kind.startswith("known:"):
        return say("secrets.kind-known", language, name=kind.removeprefix("known:"))
    return say(f"secrets.kind-{kind}", language)


def _by_anchor() -> dict[str, list[Shape]]:
    table: dict[str, list[Shape]] = {}
    for shape in SHAPES:
        for anchor in shape.anchors:
            table.setdefault(anchor, []).append(shape)
    return table


_TABLE = _by_anchor()
_ANCHORS = tuple(_TABLE)
_BY_ANCHOR = tuple(_TABLE.values())
