"""The lexicon: which meanings a word or phrase may have, allowing for misspelling.

The words are data (``lexicon.toml``); a meaning is a tag such as ``v.sort`` or ``t.invoice``.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from confrere.models.builtin.text import bare, near, stem


@dataclass(frozen=True, slots=True)
class Entry:
    """One phrase of the lexicon. ``words`` are stems, or exact forms where ``exact``."""

    words: tuple[str, ...]
    exact: bool
    tag: str
    language: str


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found at a place: its possible (tag, language) pairs and how many words it spans. ``read_as`` is set where a
    misspelling was corrected."""

    tags: tuple[tuple[str, str], ...]
    length: int
    read_as: str = ""

    @property
    def languages(self) -> set[str]:
        return {language for _, language in self.tags}


_SOUNDS = (
    ("eau", "o"),
    ("au", "o"),
    ("ph", "f"),
    ("qu", "k"),
    ("ck", "k"),
    ("c", "k"),
    ("z", "s"),
    ("x", "s"),
    ("y", "i"),
    ("ai", "e"),
    ("j", "g"),
)


_ARTICLES = {"les", "des", "mes", "nos", "ces", "vos", "the", "my", "our", "these", "those", "your"}


def _sound(word: str) -> str:
    for spelt, heard in _SOUNDS:
        word = word.replace(spelt, heard)
    return re.sub(r"(.)\1+", r"\1", word)


class Lexicon:
    """Phrases by first word, single words by length for misspellings, and short forms."""

    def __init__(self, data: dict[str, dict[str, str]]) -> None:
        self.short = {bare(key): value for key, value in data.pop("sms").items()}
        self.phrases: dict[str, list[Entry]] = {}
        self.sounds: dict[str, str] = {}
        self.stems: dict[str, str] = {}
        for tag, languages in data.items():
            for language, phrases in languages.items():
                for phrase in phrases.split(","):
                    self._add(phrase.strip(), tag, language)
        for entries in self.phrases.values():
            entries.sort(key=lambda entry: (-len(entry.words), not entry.exact))

    def _add(self, phrase: str, tag: str, language: str) -> None:
        exact = phrase.startswith("=")
        plain = bare(phrase.lstrip("="))
        words = tuple(word for word in re.split(r"(?<=')|[ -]", plain) if word)
        if not exact:
            words = tuple(stem(word) for word in words)
        self.phrases.setdefault(words[0], []).append(Entry(words, exact, tag, language))
        if len(words) == 1 and len(plain) >= 4 and tag[0] in "vntkdfgql" and "'" not in plain:
            key = stem(plain)
            self.stems.setdefault(key, plain)
            self.sounds.setdefault(_sound(key), key)

    def match(self, words: list[str], at: int) -> Match | None:
        """The longest phrase at ``at``; where several tags share it, all, in the order of the file.

        ``words`` are bare forms; None where no phrase starts there.
        """
        return self._match(words, at, words[at])

    def _match(self, words: list[str], at: int, start: str, read_as: str = "") -> Match | None:
        best = 0
        tags: list[tuple[str, str]] = []
        stemmed = stem(start)
        candidates = self.phrases.get(start, []) + (self.phrases.get(stemmed, []) if stemmed != start else [])
        exact_found = False
        for entry in candidates:
            size = len(entry.words)
            if size < best or at + size > len(words):
                continue
            if entry.exact:
                if entry.words[0] != start or list(entry.words[1:]) != words[at + 1 : at + size]:
                    continue
            elif entry.words[0] != stemmed or any(entry.words[k] != stem(words[at + k]) for k in range(1, size)):
                continue
            if size > best:
                best, tags, exact_found = size, [], False
            if entry.exact and not exact_found:
                exact_found, tags = True, []
            elif exact_found and not entry.exact:
                continue
            if (entry.tag, entry.language) not in tags:
                tags.append((entry.tag, entry.language))
        return Match(tuple(tags), best, read_as) if best else None

    def guess(self, words: list[str], at: int) -> Match | None:
        """What a misspelt word was meant to be: same sound first, else the nearest spelling within one error
        (two from nine letters). None when nothing is near, or two different meanings are equally near."""
        word = words[at]
        if len(word) < 4 or not word.isalpha():
            return None
        if word.endswith("in") and (dropped := self._match([*words[:at], f"{word}g", *words[at + 1 :]], at, f"{word}g", f"{word}g")):
            return dropped  # "spendin"
        key = stem(word)
        heard = self.sounds.get(_sound(key))
        if heard is not None:
            return self._match(words, at, heard, self.stems[heard])
        limit = 1 if len(word) < 10 else 2
        best, found = limit + 1, []
        for candidate, whole in self.stems.items():
            if abs(len(candidate) - len(key)) > limit or (len(whole) < 5 and len(word) < 5 and candidate[0] != key[0]):
                continue
            if len(candidate) < 4 and (candidate[0] != key[0] or len(key) < 4):
                continue
            distance = near(key, candidate, limit)
            if distance > limit or (candidate[0] != key[0] and key[:2] != candidate[1::-1] and len(key) < 6):
                continue
            if distance == 2 and candidate[:3] != key[:3]:
                continue
            if distance < best:
                best, found = distance, [candidate]
            elif distance == best:
                found.append(candidate)
        swapped = [candidate for candidate in found if sorted(candidate) == sorted(key)]  # likelier than a letter mistaken
        matches = [match for stemmed in swapped or found if (match := self._match(words, at, stemmed, self.stems[stemmed]))]
        if not matches:
            return None
        noun = at > 0 and words[at - 1] in _ARTICLES
        matches.sort(
            key=lambda match: (noun and match.tags[0][0].startswith("v."), -match.length, "vntkdfgoqlx".find(match.tags[0][0][0]) % 11)
        )
        return matches[0]


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once."""
    with open(Path(__file__).with_name("lexicon.toml"), "rb") as file:
        return Lexicon(tomllib.load(file))
