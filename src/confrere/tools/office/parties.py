"""One name a party: spellings merged, our own company told apart, a known name found in a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from confrere.tools.office.files import plain

if TYPE_CHECKING:
    from confrere.documents.model import Record

_LINKS = set(["de", "du", "des", "la", "le", "les", "l", "d", "et", "and", "of", "the", "a", "au", "aux", "the", "&", "von", "und", "y"])
_GENERIC = set(
    [
        "mairie",
        "cabinet",
        "hotel",
        "restaurant",
        "societe",
        "entreprise",
        "librairie",
        "garage",
        "studio",
        "agence",
        "groupe",
        "group",
        "maison",
        "atelier",
        "centre",
    ]
)
_ADDRESS = re.compile(r"<?\S+@\S+>?")
ISSUED = {"invoice", "credit-note", "quote", "receipt"}


@dataclass(slots=True)
class Book:
    """The parties of a set of documents. ``merged`` maps a chosen name to its spellings; ``doubtful`` lists pairs
    that look alike and were not merged; ``us`` is the company whose folder this seems to be, or empty."""

    canonical: dict[str, str] = field(default_factory=dict)
    merged: dict[str, list[str]] = field(default_factory=dict)
    doubtful: list[tuple[str, str]] = field(default_factory=list)
    us: str = ""
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def name(self, spelling: str) -> str:
        from confrere.documents.extract.text import tidy

        return self.canonical.get(tidy(spelling), spelling)

    def known(self, spelling: str, *, sure: bool) -> str:
        """The chosen name of a spelling; of a doubtful one only where its words are those of a name known for certain."""
        if not spelling or sure or spelling in self.canonical:
            return self.name(spelling)
        key = set(_key(spelling))
        return next((chosen for chosen in dict.fromkeys(self.canonical.values()) if key and set(_key(chosen)) == key), "")

    def ours(self, name: str) -> bool:
        return bool(name) and name == self.us

    def unsure(self, name: str) -> bool:
        """Whether another party looks like this one (both by their chosen names)."""
        return any(name in pair for pair in self.doubtful)

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


def believable(record: Record, name: str) -> bool:
    """Whether a party is worth a folder: sure, or doubtful but more likely right than not. A client is a name, no bare address that a
    mail was sent to."""
    if name == "client" and name in record.fields and _ADDRESS.fullmatch(record.fields[name].value):
        return False
    return name in record.fields and (name not in record.check or record.fields[name].confidence >= 0.4)


def book_of(records: Iterable[Record], same: Iterable[str] = (), apart: Iterable[str] = ()) -> Book:
    """Merge the spellings of the parties of these records, and tell which of them is the owner of the folder.

    ``same`` and ``apart`` hold what a person decided, pairs as "one|other". Once the owner is known, a doubtful client of one of its own invoices counts too: it can only be somebody else.
    """
    every = list(records)
    decided = (_pairs(same), _pairs(apart))
    book = _book(every, "", decided)
    return _book(every, book.us, decided, book) if book.us else book


_Pairs = list[tuple[str, str]]


def _pairs(lines: Iterable[str]) -> _Pairs:
    """ "A|B|C" as (A, B) and (A, C)."""
    out = []
    for line in lines:
        first, *others = [name.strip() for name in line.split("|") if name.strip()] or [""]
        out += [(first, other) for other in others]
    return out


def _book(records: list[Record], us: str, decided: tuple[_Pairs, _Pairs], first: Book | None = None) -> Book:
    clients: Counter[str] = Counter()
    suppliers: Counter[str] = Counter()
    identities: dict[str, str] = {}
    pairs: list[tuple[str, str]] = []
    for record in records:
        found = {name: record.fields[name].value for name in ("client", "supplier") if believable(record, name)}
        named = "client" in record.fields and not _ADDRESS.fullmatch(record.fields["client"].value)
        if us and first is not None and named and first.name(found.get("supplier", "")) == us:
            found.setdefault("client", record.fields["client"].value)
        client, supplier = found.get("client", ""), found.get("supplier", "")
        if client:
            clients[client] += 1
        if supplier:
            suppliers[supplier] += 1
            number = record.fields.get("supplier_vat")
            if number is not None and "supplier_vat" not in record.check:
                identities.setdefault(supplier, number.value)
        if record.type in ISSUED:
            pairs.append((supplier, client))
    book = _grouped(clients + suppliers, identities, decided)
    book.us = _owner([(book.name(supplier), book.name(client)) for supplier, client in pairs])
    for spelling in clients:
        name = book.name(spelling)
        if name != book.us:
            key = _key(name)
            book.keys[name] = tuple(word for word in key if word not in _GENERIC) if len(key) > 1 else key
    return book


def _key(name: str) -> tuple[str, ...]:
    from confrere.documents.extract.names import significant

    words = plain(" ".join(significant(name))).split()
    return tuple(word for word in words if word not in _LINKS) or tuple(words)


def _grouped(names: Counter[str], identities: dict[str, str], decided: tuple[_Pairs, _Pairs]) -> Book:
    """Equal names merged (``documents.extract.parties``), under a spelling fit for a folder; what only looks alike is a doubt."""
    from confrere.documents.extract.parties import Grouper

    grouper = Grouper(*decided)
    for name, count in names.items():
        for _ in range(min(count, 50)):
            grouper.add(name, identities.get(name, ""))
    found = grouper.groups()
    book = Book()
    shown: dict[str, str] = {}
    for title, members in found.members.items():
        chosen = _best(members, names)
        shown[title] = title if chosen in shown.values() else chosen
        for member in members:
            book.canonical[member] = shown[title]
        if len(members) > 1:
            book.merged[shown[title]] = sorted(members)
    book.doubtful = [(shown[doubt.first], shown[doubt.second]) for doubt in found.doubts]
    return book


def _best(members: list[str], names: Counter[str]) -> str:
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
    return best.title() if (best.isupper() and len(best) > 5) or best.islower() else best


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
