"""Who a contract binds, and when it was made."""

from __future__ import annotations

import re
from dataclasses import dataclass

from confrere.documents.extract import names
from confrere.documents.extract.text import fold, tidy
from confrere.documents.extract.vocabulary import table

_DEFINED = re.compile(
    r"(?:ci[- ]apres(?:[^,;.\n«\"“]{0,40}))\s*[:,]?\s*[«\"“' ]*(?:le |la |l'|the )?([a-z' -]{3,30}?)\s*[»\"”'),.;\n]"
    r"|\((?:hereinafter[^\"“)]{0,30})?[\"“']?(?:the |le |la |l')?([a-z' -]{3,30}?)[\"”']?\)"
    r"|hereinafter[^\"“\n]{0,40}[\"“](?:the )?([a-z' -]{3,30}?)[\"”]"
)
_START = re.compile(
    r"(?:\bentre\b(?: les soussignes)?|\bbetween\b|(?:^|\n)\s*(?:et|and|d'une part|d'autre part)\b|\bet\b(?=\s*:?\s*\n)|"
    r"\(\d\)|(?:^|\n)\s*\d[.)]|\bpart,?\s*(?:et)?\b)\s*[:,-]?"
)
_LEAD = re.compile(r"^(?:la societe|l'association|l'entreprise|la sci|the company|par|by|l'etablissement|la commune|and|et)\s+")
_MADE = re.compile(
    r"(?:fait [aà]|signed (?:on|at|in)|dated|entered into (?:on|as of)?|made (?:on|this)|effective (?:date|as of)|en date du|"
    r"fait le|signe le|a la date du|le )\W*[^\d\n]{0,30}$"
)


@dataclass(slots=True)
class Bound:
    """A party of a contract with its role: "supplier", "client", or "" where the contract does not tell."""

    name: str
    role: str


def parties(text: str) -> list[Bound]:
    """The parties named at the head of a contract, in order."""
    head = text[:5000]
    folded = fold(head)
    found: list[Bound] = []
    previous = 0
    for match in _DEFINED.finditer(folded):
        role = _role(next(group for group in match.groups() if group is not None))
        if role is None:
            continue
        name = _name(head, folded, previous, match.start())
        if name and all(name != bound.name for bound in found):
            found.append(Bound(name, role))
        previous = match.end()
        if len(found) == 2:
            break
    return found or _bare(head, folded)


def _role(word: str) -> str | None:
    parts = word.replace("'", " ").split()
    roles: dict[str, list[str]] = table("names")["role"]
    for role, known in roles.items():
        if any(part.rstrip("s") in known or part in known for part in parts):
            return role
    return None


def _name(head: str, folded: str, start: int, end: int) -> str:
    """The first name after the last opening of a party between ``start`` and ``end``."""
    openings = [match.end() for match in _START.finditer(folded, start, end)]
    for opening in reversed(openings or [start]):
        name = _first(head[opening:end])
        if name:
            return name
    return ""


def _first(text: str) -> str:
    for line in text.split("\n"):
        piece = tidy(
            re.split(r",|;|\s\(|\bdont\b|\brepresent|\bdemeurant|\bsis\b|\bwhose\b|\bne[e]? le\b", line.strip(" :-–—"), maxsplit=1)[0]
        )
        lead = _LEAD.match(fold(piece))
        piece = piece[lead.end() :] if lead else piece
        if names.is_name(piece):
            return names.clean(piece)
    return ""


def _bare(head: str, folded: str) -> list[Bound]:
    """ "between X and Y" where no role is defined."""
    match = re.search(r"\b(?:between|entre)\s+([^\n,]{3,60}?)\s+(?:and|et)\s+([^\n,.]{3,60})", folded)
    if match is None:
        return []
    both = [names.clean(head[match.start(group) : match.end(group)]) for group in (1, 2)]
    return [Bound(name, "") for name in both] if all(map(names.is_name, both)) else []


def made(before: str) -> bool:
    """Whether the words before a date say that the contract was made then."""
    return bool(_MADE.search(fold(before)))
