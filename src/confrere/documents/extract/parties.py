"""One party under its many spellings: "SARL Dupont", "Dupont S.A.R.L.", "dupont", "DUPONT SARL (Lyon)".

Names are reduced to a key (case, accents, punctuation, form of company, civility, "and"/"et"/"&" apart); equal keys are one party.
What only looks alike (a letter apart, one name inside the other, another form of company or town) is a doubt for a person, never
merged. Candidates for doubt are found by shared rare words and by deletion neighbourhoods of distance one (W. Garbe's symmetric
delete), so that thousands of names take well under a second.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from confrere.documents.extract.names import FORM
from confrere.documents.extract.text import fold, tidy
from confrere.documents.extract.vocabulary import table
from confrere.policy.values import skeleton

_CIVILITY = re.compile(r"^(?:m|mr|mrs|ms|mme|mlle|monsieur|madame|mademoiselle|herr|frau|dr|maitre|me)\.?\s+(?=\w)")
_LEAD = re.compile(r"^(?:societe|ste|entreprise|ets|etablissements?|the)\s+(?=\w)")
_TOWN = re.compile(r"^(?:mairie|commune|ville) (?:de |du |des |d )")
"""A French town signs as its mairie, commune or ville: one party."""
_PLACE = re.compile(r"\s*\(([^()]*)\)\s*$|\s+[-–—]\s+(?:agence (?:de )?|site (?:de )?)?([A-ZÀ-Ý][\w'’ -]+)$")
_JOIN = re.compile(r"\s*(?:&|\+|\bet\b|\band\b|\bund\b|\by\b|\ben\b)\s*")
_SMALL = frozenset(["le", "la", "les", "l", "de", "du", "des", "d", "the", "of", "and", "et"])


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two parties that may be one. ``reason``: "spelling" (a letter or two apart), "part" (one name inside the other),
    "form" (another form of company), "place" (another town)."""

    first: str
    second: str
    reason: str


@dataclass(slots=True)
class Groups:
    """``members`` maps each canonical display name to its spellings; ``of`` each spelling to its canonical name."""

    members: dict[str, list[str]] = field(default_factory=dict)
    of: dict[str, str] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)


@dataclass(slots=True)
class _Party:
    core: str
    form: str
    place: str


_Bucket = tuple[str, str, str, str]
"""What makes a party: core of the name, form of company, town, identity number (where spellings of one core have several)."""


class Grouper:
    """Gathers names and groups them. ``same`` holds pairs a person has confirmed as one, ``different`` pairs as two; both are
    pairs of spellings or canonical names and settle what would be a doubt."""

    def __init__(self, same: Iterable[tuple[str, str]] = (), different: Iterable[tuple[str, str]] = ()) -> None:
        self._names: Counter[str] = Counter()
        self._identity: dict[str, str] = {}
        self._same = list(same)
        self._different = {frozenset((_key(a), _key(b))) for a, b in different}

    def add(self, name: str, identity: str = "") -> None:
        """Count one mention of a name; blank ones are ignored. ``identity`` is a number that only one party has (VAT, SIREN):
        spellings with the same one are one party, spellings with different ones are not."""
        name = tidy(name)
        if name:
            self._names[name] += 1
            if identity:
                self._identity.setdefault(name, identity)

    def groups(self) -> Groups:
        """The groups of all names added so far, and the doubts between them."""
        parsed = {name: _parse(name) for name in self._names}
        buckets: dict[_Bucket, list[str]] = defaultdict(list)
        for core, names in _by_core(parsed).items():
            forms = {parsed[name].form for name in names if parsed[name].form}
            places = {parsed[name].place for name in names if parsed[name].place}
            several = len(self._numbers(names)) > 1
            for name in names:
                party = parsed[name]
                form = party.form or (next(iter(forms)) if len(forms) == 1 else "")
                place = party.place or (next(iter(places)) if len(places) == 1 else "")
                buckets[(core, form, place, self._identity.get(name, "") if several else "")].append(name)
        result = Groups()
        keys: dict[str, _Bucket] = {}
        for bucket, names in buckets.items():
            title = self._title(names)
            if title in result.members:  # the plain title is taken by a group of another form or town
                title = min(names)
            result.members[title] = sorted(names)
            keys[title] = bucket
            result.of.update(dict.fromkeys(names, title))
        self._join(result, keys)
        result.doubts = self._doubts(keys, result.members)
        return result

    def _title(self, names: list[str]) -> str:
        """The spelling to show: the one used most, full ones and ones not in capitals first."""

        def rank(name: str) -> tuple[int, bool, bool, int, str]:
            shouting = name.isupper() or name.islower()
            return (-self._names[name] if len(names) > 2 else 0, shouting, not _parse(name).form, len(name), name)

        best = min(names, key=rank)
        place = _parse(best).place
        plain = tidy(_PLACE.sub("", best)) if place and any(not _parse(name).place for name in names) else best
        return plain or best

    def _join(self, result: Groups, keys: dict[str, _Bucket]) -> None:
        """Join the groups a person has confirmed as one."""
        for a, b in [*self._same, *self._identical()]:
            first = next((title for title in result.members if _key(title) == _key(a) or a in result.members[title]), None)
            second = next(
                (title for title in result.members if title != first and (_key(title) == _key(b) or b in result.members[title])), None
            )
            if first is not None and second is not None:
                result.members[first] = sorted([*result.members[first], *result.members.pop(second)])
                result.of.update(dict.fromkeys(result.members[first], first))
                keys.pop(second, None)

    def _identical(self) -> list[tuple[str, str]]:
        """Pairs of spellings with one identity number."""
        first: dict[str, str] = {}
        for name, number in self._identity.items():
            first.setdefault(number, name)
        return [(first[number], name) for name, number in self._identity.items() if first[number] != name]

    def _numbers(self, names: Iterable[str]) -> set[str]:
        return {self._identity[name] for name in names if name in self._identity}

    def _doubts(self, keys: dict[str, _Bucket], members: dict[str, list[str]]) -> list[Doubt]:
        numbers = {title: self._numbers(members) for title, members in members.items()}
        cores: dict[str, list[str]] = defaultdict(list)
        for title, (core, *_) in keys.items():
            cores[core].append(title)
        found: dict[frozenset[str], Doubt] = {}

        def doubt(first: str, second: str, reason: str) -> None:
            pair = frozenset((first, second))
            if numbers[first] and numbers[second] and numbers[first].isdisjoint(numbers[second]):
                return
            if first != second and frozenset((_key(first), _key(second))) not in self._different:
                found.setdefault(pair, Doubt(min(first, second), max(first, second), reason))

        looks: dict[str, list[str]] = defaultdict(list)
        for title in keys:
            looks[skeleton(title)].append(title)
        for titles in looks.values():  # letters of another alphabet that look like those of the real name
            for first in titles if len(titles) > 1 else ():
                for second in titles if not first.isascii() else ():
                    doubt(first, second, "spelling")
        for titles in cores.values():
            for i, first in enumerate(titles):
                for second in titles[i + 1 :]:
                    doubt(first, second, "form" if keys[first][1] != keys[second][1] else "place")
        for reason, pairs in (("spelling", _near(list(cores))), ("part", _inside(list(cores)))):
            for a, b in pairs:
                for first in cores[a][:4]:
                    for second in cores[b][:4]:
                        if not keys[first][1] or not keys[second][1] or keys[first][1] == keys[second][1]:
                            doubt(first, second, reason)
        return sorted(found.values(), key=lambda entry: (entry.first, entry.second))


def group(names: Iterable[str]) -> Groups:
    """Group names at once: see Grouper."""
    grouper = Grouper()
    for name in names:
        grouper.add(name)
    return grouper.groups()


@lru_cache(maxsize=20_000)
def _parse(name: str) -> _Party:
    text = name
    place = ""
    found = _PLACE.search(text)
    if found and text[: found.start()].strip():
        place = " ".join(re.findall(r"[^\W_]+", fold(found[1] or found[2] or "")))
        if not place.isdigit():
            text = text[: found.start()]
    folded = fold(text).replace("'", " ")
    folded = _CIVILITY.sub("", folded)
    long = table("names")["company"]["long"]
    forms = [long.get(form, form) for form in (re.sub(r"[^a-z]", "", match.group()) for match in FORM.finditer(folded))]
    bare = _JOIN.sub(" ", _LEAD.sub("", FORM.sub(" ", folded).strip(" ,.-")))
    bare = _TOWN.sub("commune ", bare)
    core = " ".join(word for word in re.findall(r"[^\W_]+", bare) if word not in _SMALL)
    if not core:
        core, forms = " ".join(re.findall(r"[^\W_]+", folded)), []
    return _Party(core, "-".join(dict.fromkeys(forms)), place)


def _by_core(parsed: dict[str, _Party]) -> dict[str, list[str]]:
    """Names by core; the same core without its spaces is the same ("Bio Vergers", "BioVergers")."""
    compact: dict[str, str] = {}
    table: dict[str, list[str]] = defaultdict(list)
    for name, party in sorted(parsed.items()):
        core = compact.setdefault(party.core.replace(" ", ""), party.core)
        table[core].append(name)
    return table


def _key(name: str) -> str:
    party = _parse(name)
    return f"{party.core}|{party.form}|{party.place}"


def _near(cores: list[str]) -> list[tuple[str, str]]:
    """Pairs a slip apart: one letter more, less, other, or two swapped; names of four letters and less are left alone."""
    table: dict[str, list[str]] = defaultdict(list)
    for core in cores:
        text = core.replace(" ", "")
        if len(text) < 5 or len(text) > 60:
            continue
        for variant in {text, *(text[:i] + text[i + 1 :] for i in range(len(text)))}:
            table[variant].append(core)
    pairs = {(a, b) if a < b else (b, a) for group in table.values() if 1 < len(group) < 50 for a in group for b in group if a != b}
    return sorted(pair for pair in pairs if _digits(pair[0]) == _digits(pair[1]))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _inside(cores: list[str]) -> list[tuple[str, str]]:
    """Pairs where all words of one are words of the other."""
    common = Counter(word for core in cores for word in set(core.split()))
    by_word: dict[str, list[str]] = defaultdict(list)
    split = {core: frozenset(core.split()) for core in cores}
    for core, words in split.items():
        for word in words:
            by_word[word].append(core)
    pairs = []
    for core, words in split.items():
        rare = min(words, key=lambda word: common[word], default="")
        if not rare or len(core) < 3 or len(by_word[rare]) > 200:
            continue
        pairs += [(core, other) for other in by_word[rare] if other != core and words < split[other]]
    return pairs
