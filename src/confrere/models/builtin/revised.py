"""A person who changes their mind within a brief: "par client, non en fait par fournisseur", "sort by client - actually no, by supplier"."""

from __future__ import annotations

import re

from confrere.models.builtin.understanding import Understanding

_CUE = re.compile(
    r"(?i)(?<=\S)[\s,;:.!?…–—(-]+(?:"
    r"actually,? no|no,? wait|wait,? no|oh wait|scratch that|on second thoughts?|no,? sorry|sorry,? (?:i meant?|no)|i mean(?:t)?|make that|or rather|"
    r"correction|ah non|euh non|oh non|enfin non|non,? en fait|en fait non|finalement non|non,? finalement|non,? plut[oô]t|ou plut[oô]t|"
    r"je veux dire|non,? attends,?(?: plut[oô]t)?|je voulais dire|attends,? non|oups,? non|nan,? en fait|nn,? en fait|non,? pardon|pardon,? non"
    r")[\s,:;.!–—-]+(?=\S)"
)


def halves(brief: str) -> tuple[str, str]:
    """What was said first and what takes its place; the brief and "" where nobody changed their mind."""
    cues = list(_CUE.finditer(brief))
    if len(cues) != 1 or len(brief[: cues[0].start()].split()) < 2:
        return brief, ""
    return brief[: cues[0].start()], brief[cues[0].end() :]


def revised(found: Understanding, more: Understanding, words: str) -> Understanding:
    """``found`` with what ``more``, said after it, puts in its place; ``words`` are those of ``more``, reported where they say nothing."""
    if not (more.wishes or more.only or more.refused or more.exclude):
        found.not_understood.append(words.strip())
        return found
    for wish in more.wishes:
        old = next((one for one in found.wishes if one.operation == wish.operation), None)
        if old is not None:
            old.params |= wish.params
            old.only, old.exclude = wish.only or old.only, old.exclude.merged(wish.exclude)
        elif len(found.wishes) == 1 and len(more.wishes) == 1:
            found.wishes = [wish]
        else:
            found.wishes.append(wish)
    if more.only and found.wishes:
        found.wishes[-1].only = more.only
    else:
        found.only = found.only.merged(more.only)
    found.exclude = found.exclude.merged(more.exclude)
    found.refused += more.refused
    found.wishes = [wish for wish in found.wishes if wish.operation not in more.refused]
    found.beyond += more.beyond
    found.not_understood += more.not_understood
    found.corrections |= more.corrections
    found.purposes += more.purposes
    work = [wish for wish in found.wishes if wish.operation != "list"]
    found.stance = "work" if work else "question" if found.wishes else "beyond" if found.beyond else "unknown"
    return found
