"""Pronouns of a coordination that stand for words said before: "those of April", "another by month", "how many in April"."""

from __future__ import annotations

from dataclasses import replace

from confrere.models.builtin.governing import DELIVERABLES
from confrere.models.builtin.items import Item

_REACH = 60  # items back that a pronoun may point to
_RECEIVED = {"recus de", "recues de", "recu de", "recus des", "recus du"}
_THOSE = {"celles", "celle", "ceux", "celui", "those"}


def named_again(found: list[Item]) -> list[Item]:
    """The items with copies of the words that such pronouns stand for in their place."""
    return _asked_again(_others(_those(_receipts(found))))


def joiner(item: Item) -> bool:
    """Whether an item joins two conjuncts: a comma, "and"."""
    return item.kind == "comma" or item.has("g.and")


def _receipts(found: list[Item]) -> list[Item]:
    """ "Les reçus de 2024" are receipts; "les courriers reçus de Dupont" are not."""
    out: list[Item] = []
    for at, item in enumerate(found):
        if item.bare in _RECEIVED and at and found[at - 1].has("g.definite", "v."):
            out += [replace(item, tags=("t.receipt",), bare="recus"), Item("lex", "", "de", ("g.of",))]
        else:
            out.append(item)
    return out


def _others(found: list[Item]) -> list[Item]:
    """ "... and another by month": the noun said before stands again."""
    out: list[Item] = []
    at = 0
    while at < len(found):
        item = found[at]
        folder = item.bare in ("one", "un") and at and found[at - 1].has("g.in") and at + 1 < len(found) and found[at + 1].has("g.named")
        if folder and any(part.has("n.folder") for part in out):
            out.append(Item("lex", item.text, "dossier", ("n.folder",)))  # "... and the photographs in one called Family"
            at += 1
            continue
        size = 2 if at + 1 < len(found) and item.has("g.indefinite") and found[at + 1].bare in ("autre", "one", "other") else 1
        pronoun = item.bare == "another" or (size == 2 and item.bare in ("un", "une", "another", "a"))
        after = found[at + size] if at + size < len(found) else None
        lone = item.bare in ("un", "une", "one") and after is not None and after.has("g.by", "g.of", "g.for")
        if out and joiner(out[-1]) and after is not None and (lone or (pronoun and after.has("g.by", "g.for", "g.of", "g.with"))):
            head = _last_head(out)[: 1 if after.has("g.of") else None]
            if head:
                out += [Item("lex", item.text, "un", ("g.indefinite",)), *map(replace, head)]
                at += size
                continue
        out.append(item)
        at += 1
    return out


def _last_head(before: list[Item]) -> list[Item]:
    """The last thing to make named in the sentence, with what it is of, up to its first way or comma."""
    before = before[-_REACH:]
    place = next((at for at in range(len(before) - 1, -1, -1) if before[at].has(*DELIVERABLES) or before[at].kind == "stop"), None)
    if place is None or before[place].kind == "stop":
        return []
    end = next(
        (at for at in range(place + 1, len(before)) if joiner(before[at]) or before[at].has("g.by", "g.for", "g.with", "v.")), len(before)
    )
    return before[place:end]


def _asked_again(found: list[Item]) -> list[Item]:
    """ "How many invoices in March and how many in April": the second question is about the papers of the first."""
    out: list[Item] = []
    papers: list[Item] = []
    for at, item in enumerate(found):
        out.append(item)
        if item.kind == "stop" and item.text in "?.!":
            papers = []
        elif item.has("q.count", "q.sum", "q.which"):
            end = next((k for k in range(at + 1, len(found)) if found[k].kind == "stop" or found[k].has("q.", "v.", "g.and")), len(found))
            said = [part for part in found[at + 1 : end] if part.has("t.", "k.", "n.files", "n.amounts", "d.")]
            if not said and papers and at and joiner(found[at - 1]):
                out += map(replace, papers)
            elif said:
                papers = [part for part in said if part.has("t.", "k.")]
    return out


def _those(found: list[Item]) -> list[Item]:
    """ "The photos of March and those of April": the papers named before stand again."""
    out: list[Item] = []
    at = 0
    while at < len(found):
        item = found[at]
        size = 2 if item.bare in ("the", "les") and at + 1 < len(found) and found[at + 1].bare == "ones" else 1
        after = found[at + size] if at + size < len(found) else None
        if (
            out
            and (size == 2 or item.bare in _THOSE)
            and after is not None
            and (after.has("g.of", "g.for") or after.kind == "period")
            and (
                joiner(out[-1])
                or (out[-1].has("v.") and any(map(joiner, out[-_REACH:])))
                or (len(out) > 1 and out[-1].has("g.definite") and joiner(out[-2]))
            )
        ):
            near = out[-_REACH:]
            start = next((k for k in range(len(near) - 1, -1, -1) if near[k].kind == "stop"), -1) + 1
            papers = next((part for part in reversed(near[start:]) if part.has("t.", "k.") and not _into(near, part)), None)
            if papers is not None:
                out += [Item("lex", item.text, "les", ("g.definite",)), replace(papers)]
                at += size
                continue
        out.append(item)
        at += 1
    return out


def _into(found: list[Item], item: Item) -> bool:
    """Whether a word is a format something goes to: "into one PDF"."""
    at = next(k for k, other in enumerate(found) if other is item)
    ahead = [other for other in found[max(0, at - 3) : at] if not other.has("g.definite", "g.indefinite")]
    return item.has("k.") and any(other.has("g.in", "v.merge") for other in ahead[-1:])
