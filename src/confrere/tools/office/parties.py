"""One name a party: spellings merged, our own company told apart, a known name found in a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from confrere.tools.office.files import plain

if TYPE_CHECKING:
    from confrere.documents.model import Record

_LINKS = set("de du des la le les l d et and of the a au aux the & von und y".split())
_SAME = {"commune": "mairie", "ville": "mairie", "municipalite": "mairie", "council": "mairie"}
_GENERIC = set("mairie cabinet hotel restaurant societe entreprise librairie garage studio agence groupe group maison atelier centre".split())
_ISSUED = {"invoice", "credit-note", "quote", "receipt"}


@dataclass(slots=True)
class Book:
    """The parties of a set of documents. ``merged`` maps a chosen name to its spellings; ``doubtful`` lists pairs of
    spellings merged on little evidence; ``us`` is the company whose folder this seems to be, or empty."""

    canonical: dict[str, str] = field(default_factory=dict)
    merged: dict[str, list[str]] = field(default_factory=dict)
    doubtful: list[tuple[str, str]] = field(default_factory=list)
    us: str = ""
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def name(self, spelling: str) -> str:
        return self.canonical.get(spelling, spelling)

    def known(self, spelling: str, *, sure: bool) -> str:
        """The chosen name of a spelling; of a doubtful one only where its words are those of a name known for certain."""
        if not spelling or sure or spelling in self.canonical:
            return self.name(spelling)
        key = set(_key(spelling))
        return next((chosen for chosen in dict.fromkeys(self.canonical.values()) if key and set(_key(chosen)) == key), "")

    def ours(self, name: str) -> bool:
        return bool(name) and name == self.us

    def unsure(self, spelling: str) -> bool:
        return any(spelling in pair for pair in self.doubtful)

    def mentioned(self, text: str, *, short: bool = False) -> str:
        """The one known client whose name stands in a text: whole, or by a word that is only its own (twice, or once in a
        ``short`` text such as a file name). Empty for none or several."""
        counts = Counter(plain(text.replace("_", " ")).split())
        owners = Counter(word for key in self.keys.values() for word in set(key))
        found = []
        for name, key in self.keys.items():
            whole = bool(key) and all(word in counts for word in key) and (len(key) > 1 or len(key[0]) > 4)
            telling = [word for word in key if owners[word] == 1 and len(word) >= 6 and word not in _GENERIC]
            if whole or any(counts[word] >= (1 if short else 2) for word in telling):
                found.append(name)
        longest = [name for name in found if not any(other != name and set(self.keys[name]) < set(self.keys[other]) for other in found)]
        return longest[0] if len(longest) == 1 else ""


def book_of(records: Iterable[Record], language: str) -> Book:
    """Merge the spellings of the parties of these records, and tell which of them is the owner of the folder."""
    clients: Counter[str] = Counter()
    suppliers: Counter[str] = Counter()
    pairs: list[tuple[str, str]] = []
    for record in records:
        client, supplier = (
            record.fields[name].value if name in record.fields and name not in record.check else "" for name in ("client", "supplier")
        )
        if client:
            clients[client] += 1
        if supplier:
            suppliers[supplier] += 1
        if record.type in _ISSUED:
            pairs.append((supplier, client))
    book = _grouped(clients + suppliers)
    book.us = _owner([(book.name(supplier), book.name(client)) for supplier, client in pairs])
    for spelling in clients:
        name = book.name(spelling)
        if name != book.us:
            key = _key(name)
            book.keys[name] = tuple(word for word in key if word not in _GENERIC) if len(key) > 1 else key
    return book


def _key(name: str) -> tuple[str, ...]:
    from confrere.documents.extract.names import significant

    words = [_SAME.get(word, word) for word in plain(" ".join(significant(name))).split()]
    return tuple(word for word in words if word not in _LINKS) or tuple(words)


def _grouped(names: Counter[str]) -> Book:
    book = Book()
    groups: list[tuple[tuple[str, ...], list[str]]] = []
    for name, _ in sorted(names.items(), key=lambda item: (-len(_key(item[0])), -item[1], item[0])):
        key = _key(name)
        for other, members in groups:
            verdict = _same(key, other)
            if verdict:
                members.append(name)
                if verdict == "unsure":
                    book.doubtful.append((members[0], name))
                break
        else:
            groups.append((key, [name]))
    for key, members in groups:
        chosen = _best(key, members, names)
        for member in members:
            book.canonical[member] = chosen
        if len(members) > 1:
            book.merged[chosen] = sorted(members)
    return book


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    """ "sure", "unsure" or "" : whether two keys name one party."""
    left, right = set(one), set(other)
    if left == right:
        return "sure"
    small, large = sorted((left, right), key=len)
    telling = [word for word in small if word not in _GENERIC and len(word) > 2]
    if small <= large and len(small) >= 2 and telling:
        return "sure" if len(telling) >= 2 or len(large) - len(small) == 1 else "unsure"
    if len(one) == len(other) and sum(a != b for a, b in zip(sorted(left), sorted(right), strict=False)) == 1:
        a, b = next((a, b) for a, b in zip(sorted(left), sorted(right), strict=False) if a != b)
        if min(len(a), len(b)) >= 6 and a[0] == b[0] and _one_error(a, b):
            return "unsure"
    return ""


def _one_error(left: str, right: str) -> bool:
    if abs(len(left) - len(right)) > 1:
        return False
    short, long = sorted((left, right), key=len)
    at = next((index for index in range(len(short)) if short[index] != long[index]), len(short))
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]


def _best(key: tuple[str, ...], members: list[str], names: Counter[str]) -> str:
    """The spelling to show: without its form of company, neither all capitals nor all small letters, the most frequent."""
    from confrere.documents.extract.names import has_legal_form

    def shown(name: str) -> str:
        if not has_legal_form(name):
            return name
        words = [word for word in name.split() if not has_legal_form(word) and word.strip(".,()")]
        return " ".join(words).strip(" ,.-") or name

    counts: Counter[str] = Counter()
    for member in members:
        counts[shown(member)] += names[member]

    def rank(name: str) -> tuple[bool, int, int, str]:
        return (name.isupper() or name.islower(), -counts[name], -len(name), name)

    best = min(counts, key=rank)
    return best.title() if best.isupper() and len(best) > 5 or best.islower() else best


def _owner(pairs: list[tuple[str, str]]) -> str:
    """The company whose papers these are: it sells to several or buys from several, more than any other does."""
    partners: dict[str, set[str]] = {}
    papers: Counter[str] = Counter()
    for supplier, client in pairs:
        for one, other in ((supplier, client), (client, supplier)):
            if one:
                papers[one] += 1
                if other and other != one:
                    partners.setdefault(one, set()).add(other)
    ranked = sorted(partners, key=lambda name: (-len(partners[name]), -papers[name], name))
    if not ranked or len(partners[ranked[0]]) < 2:
        return ""
    best = ranked[0]
    if len(ranked) > 1 and len(partners[ranked[1]]) == len(partners[best]) and papers[ranked[1]] == papers[best]:
        return ""
    both = any(client == best for _, client in pairs) and any(supplier == best for supplier, _ in pairs)
    return best if both or len(partners[best]) >= 3 or papers[best] >= 0.6 * len(pairs) else ""
