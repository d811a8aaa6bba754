"""Labels: where data came from (integrity) and who may see it (confidentiality), and how they join.

A label only ever rises by joining: what was made from two things is as doubtful as the worse and as private as the more
private of them (Denning's lattice of secure information flow, 1976). The only ways down are listed in ``derive``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from urllib.parse import quote, unquote

import msgspec

MAX_ORIGINS = 16


class Integrity(IntEnum):
    """Who could have written it, from the best to the worst."""

    PERSON = 0  # the brief, an answered card, a literal of the approved plan
    CURATED = 1  # the person's own settings, address book, saved payees
    INSTALLATION = 2  # what this installation computed or ships, signed
    UNTRUSTED = 3  # documents, mails, pages, messages, tool results, file names, skill text


class Confidentiality(IntEnum):
    """Who may see it, from anyone to nobody."""

    PUBLIC = 0
    PRIVATE = 1  # the granted folders and accounts
    SECRET = 2  # credentials, one-time codes, identity numbers


class Label(msgspec.Struct, frozen=True):
    """The label of one value. ``origins`` are object ids or view paths, sorted, at most ``MAX_ORIGINS``; ``more`` tells
    that some were dropped."""

    integrity: Integrity = Integrity.PERSON
    confidentiality: Confidentiality = Confidentiality.PUBLIC
    origins: tuple[str, ...] = ()
    more: bool = False

    def join(self, other: Label) -> Label:
        """The label of what was made from both."""
        merged = sorted({*self.origins, *other.origins})
        return Label(
            max(self.integrity, other.integrity),
            max(self.confidentiality, other.confidentiality),
            tuple(merged[:MAX_ORIGINS]),
            self.more or other.more or len(merged) > MAX_ORIGINS,
        )

    def below(self, other: Label) -> bool:
        """True when data so labelled may flow where data labelled ``other`` may (levels only; origins are for people)."""
        return self.integrity <= other.integrity and self.confidentiality <= other.confidentiality

    @property
    def untrusted(self) -> bool:
        return self.integrity is Integrity.UNTRUSTED

    def text(self) -> str:
        """The compact form kept in the journal: ``untrusted private Clients/a.pdf,mail:12,*``."""
        origins = [quote(origin, safe="/:@.-_", errors="surrogatepass") for origin in self.origins] + ["*"] * self.more
        head = f"{self.integrity.name.lower()} {self.confidentiality.name.lower()}"
        return f"{head} {','.join(origins)}" if origins else head


def parse(text: str) -> Label:
    """Read the compact form. Anything that is not one reads as untrusted and secret: a lost label never opens a door."""
    parts = text.split(" ")
    try:
        if len(parts) not in (2, 3):
            raise KeyError(text)
        integrity, confidentiality = Integrity[parts[0].upper()], Confidentiality[parts[1].upper()]
    except KeyError:
        return Label(Integrity.UNTRUSTED, Confidentiality.SECRET, (), True)
    names = parts[2].split(",") if len(parts) == 3 else []
    origins = tuple(sorted({unquote(name, errors="surrogatepass") for name in names if name not in ("", "*")}))
    return Label(integrity, confidentiality, origins[:MAX_ORIGINS], "*" in names or len(origins) > MAX_ORIGINS)


def join_all(labels: Iterable[Label]) -> Label:
    """The label of what was made from all of them; of nothing, the label of the person."""
    result = Label()
    for label in labels:
        result = result.join(label)
    return result


PERSON = Label()


def of_result(trust: str, confidentiality: str, origins: Iterable[str] = ()) -> Label:
    """The label of a tool's result from what its manifest declares; an unknown word reads as the worst."""
    integrity = {"own": Integrity.CURATED, "installation": Integrity.INSTALLATION}.get(trust, Integrity.UNTRUSTED)
    secrecy = {"public": Confidentiality.PUBLIC, "private": Confidentiality.PRIVATE}.get(confidentiality, Confidentiality.SECRET)
    names = sorted(set(origins))
    return Label(integrity, secrecy, tuple(names[:MAX_ORIGINS]), len(names) > MAX_ORIGINS)
