"""Grammar above items: sentences, clauses, and what a negation, an exception or an "only" governs."""

from __future__ import annotations

from dataclasses import replace

from confrere.models.builtin.governing import DELIVERABLES, Clause, govern, put_aside
from confrere.models.builtin.items import Item

_REACH = 60  # items of the clause before that what follows may go on with


def clauses(found: list[Item]) -> list[Clause]:
    """Cut a brief at stops, and at commas and "and" where what follows is a wish or a restriction of its own."""
    for index, item in enumerate(found):
        if item.bare in ("a part", "a l'ecart") and put_aside(found, index):
            item.tags = ("v.aside",)
    raw: list[tuple[list[Item], str, int]] = []
    current: list[Item] = []
    joiner, sentence = "stop", 0
    for item in found:
        if item.kind == "stop" or item.kind == "comma" or item.has("g.and"):
            kind = "stop" if item.kind == "stop" and item.text != ":" else "comma" if item.kind == "comma" or item.text == ":" else "and"
            if current:
                raw.append((current, joiner, sentence))
                current, joiner = [], kind
            elif kind == "stop":
                joiner = kind
            item.used = True
            if kind == "stop":
                sentence += item.text != ";"
                if item.text == "?" and raw:
                    raw[-1][0].append(item)
            elif item.kind != "stop":
                current = current or [item]
            continue
        if item.has("g.but") and joiner == "and" and current:  # "by year then client but leave ...": the way stays with its sort
            raw.append((current, joiner, sentence))
            current, joiner = [], "comma"
        current.append(item)
    if current:
        raw.append((current, joiner, sentence))
    out: list[Clause] = []
    waiting: list[Item] = []
    for parts, joiner, number in raw:
        meaningful = [item for item in parts if not item.used and (not item.filler)]
        question = any(item.text == "?" for item in parts)
        first = meaningful[0] if meaningful else None
        alone = first is not None and first.has("g.except", "g.only", "g.not") and not any(item.has("v.") for item in meaningful)
        apart = bool(out) and out[-1].alone and any(item.has("g.by") for item in meaningful)
        if (out and out[-1].sentence == number and joiner != "stop" and _also_refused(out[-1].items[-_REACH:], meaningful)) or (
            out and out[-1].sentence == number and joiner != "stop" and _same_list(out[-1].items[-_REACH:], parts)
        ):
            out[-1].items += parts
        elif _headed(meaningful) or apart or alone or joiner == "stop" or (out and _parallel(out[-1].items[-_REACH:], meaningful)):
            clause = Clause(waiting + parts, number, question, alone)
            waiting = []
            out.append(clause)
        elif out and out[-1].sentence == number:
            out[-1].items += parts
            out[-1].question |= question
        else:
            waiting += parts
    if waiting:
        if out:
            out[-1].items += waiting
        else:
            out.append(Clause(waiting, 0))
    merged = _set_off(_heads_joined(out))
    for clause in merged:
        govern(clause)
    return merged


def _same_list(before: list[Item], parts: list[Item]) -> bool:
    """ "Les courriers de 2023 et 2024 en un seul PDF": what follows goes on with a list of periods or papers, its verb after it."""
    said = [item for item in before if not item.filler and item.kind not in ("comma", "stop") and not item.has("g.and")]
    first = next(
        (item for item in parts if item.kind not in ("comma", "stop") and (item.proper or not (item.filler or item.has("g.")))), None
    )
    if not said or first is None:
        return False
    last = said[-1]
    alike = (
        (last.kind == first.kind == "period")
        or (last.proper and first.proper and not first.has("v.", "n."))
        or (last.has("t.") and first.has("t.") and not first.has("v.", "n."))
    )
    verbs = [item for item in parts if item.has("v.", "q.", "o.", *DELIVERABLES)]
    return alike and all(item.has("v.merge") for item in verbs)


def _also_refused(before: list[Item], meaningful: list[Item]) -> bool:
    """ "Do not rename, move or delete anything": verbs in a row that share a negation and, if any, their object."""
    said = [item for item in before if not item.filler and not item.has("g.definite", "g.in") and item.kind not in ("comma", "stop")]
    if not said or not said[-1].has("v.") or not any(item.has("g.not") for item in said[-3:]):
        return False
    rest = [item for item in meaningful if not item.has("g.or", "g.and", "g.not", "g.definite", "n.files") and item.kind != "comma"]
    return (
        bool(rest)
        and all(item.has("v.") and not item.has("t.", "k.") for item in rest)
        and not any(item.has("g.by") for item in meaningful)
    )


def _parallel(before: list[Item], meaningful: list[Item]) -> bool:
    """ "... les images par année et les factures par fournisseur": a second wish that shares the verb of the first."""

    def files_then_way(parts: list[Item]) -> bool:
        ways = [index for index, item in enumerate(parts) if item.has("g.by")]
        return bool(ways) and any(item.has("t.", "k.") for item in parts[: ways[0]])

    def files_then_format(parts: list[Item]) -> bool:
        into = [index for index, item in enumerate(parts) if item.has("g.in") and index + 1 < len(parts) and parts[index + 1].has("k.")]
        return bool(into) and any(item.has("t.", "k.", "n.table") or item.kind == "file" for item in parts[: into[0]])

    def way_then_files(parts: list[Item]) -> bool:
        ways = [index for index, item in enumerate(parts) if item.has("g.by")]
        return (
            bool(ways)
            and any(item.has("t.", "k.") for item in parts[ways[0] + 1 :])
            and not any(item.has("t.", "k.") for item in parts[: ways[0]])
        )

    def files_then_place(parts: list[Item]) -> bool:
        into = [
            index
            for index, item in enumerate(parts)
            if item.has("g.in")
            and index + 1 < len(parts)
            and (
                parts[index + 1].kind in ("file", "quote")
                or parts[index + 1].proper
                or any(part.has("n.folder") for part in parts[index + 1 : index + 3])
            )
        ]
        return bool(into) and any(item.has("t.", "k.") for item in parts[: into[0]]) and not any(item.has("n.table") for item in parts)

    aside = [index for index, item in enumerate(before) if item.has("n.folder", "v.aside")]
    if (
        aside
        and any(item.has("t.", "k.") for item in before[: aside[0]])
        and files_then_way(meaningful)
        and not any(item.has("g.by") for item in before)
    ):
        return True
    if (
        files_then_place(before)
        and files_then_place(meaningful)
        and all(item.has("v.move", "v.sort", "n.", "t.", "k.") for item in before if item.has("v."))
    ):
        return True
    rest = next((index for index, item in enumerate(meaningful) if item.has("n.rest")), None)
    if rest is not None and any(item.has("g.by") for item in meaningful[rest:]) and any(item.has("g.by") for item in before):
        return True
    if way_then_files(before) and way_then_files(meaningful) and not any(item.has(*DELIVERABLES) for item in before):
        return True
    if files_then_format(before) and files_then_format(meaningful) and any(item.has("v.convert") for item in before):
        return True
    return files_then_way(before) and files_then_way(meaningful) and not any(item.has(*DELIVERABLES) for item in before)


def _heads_joined(found: list[Clause]) -> list[Clause]:
    """A headless start ("Pour 2026, ...") belongs to what follows it in the same sentence."""
    out: list[Clause] = []
    for clause in found:
        if (
            out
            and out[-1].sentence == clause.sentence
            and not out[-1].alone
            and not any(i.has("g.by") and i.bare not in ("pour chaque", "for each") for i in out[-1].items)
            and not _headed([item for item in out[-1].items if not item.filler])
        ):
            lead = out[-1].lead or out[-1].items
            out[-1] = Clause(out[-1].items + clause.items, clause.sentence, clause.question or out[-1].question, False, lead=lead)
        else:
            out.append(clause)
    return out


def _set_off(found: list[Clause]) -> list[Clause]:
    """A condition set off at the head or the end of a sentence bears on each of its wishes that states none of its kind: "For 2025,
    sort the invoices and make a recap", "..., for 2025 only", "..., in French please"."""
    for index, clause in enumerate(found):
        others = [other for other in found if other.sentence == clause.sentence and other is not clause]
        said = [item for item in clause.lead if not item.filler or item.has("g.")]
        if others and said and (said[0].has("g.for", "g.in") or said[0].kind == "period"):
            for other in found[index + 1 :]:
                if other.sentence == clause.sentence and not other.alone:
                    other.items = _lent(clause.lead, other.items) + other.items
        last = index + 1 == len(found) or found[index + 1].sentence != clause.sentence
        if not last or not others:
            continue
        cut = next((at for at in range(len(clause.items) - 1, -1, -1) if clause.items[at].kind == "comma"), 0 if clause.alone else None)
        tail = clause.items[cut:] if cut is not None else []
        if tail and all(
            item.filler or item.kind in ("comma", "period") or item.has("g.for", "g.only", "g.in", "g.definite", "l.") for item in tail
        ):
            for other in others:
                if not other.alone:
                    other.items = other.items + _lent([item for item in tail if item.kind == "period" or item.has("l.")], other.items)
    return found


def _lent(condition: list[Item], items: list[Item]) -> list[Item]:
    """What of a condition set off these items lack: the period, the language, else the files and names."""
    dated = any(item.kind == "period" for item in items)
    spoken = any(item.has("l.") for item in items)
    typed = any(item.has("t.", "k.") or item.kind == "file" for item in items)
    named = any(item.kind == "quote" or (item.proper and item.kind == "unknown") for item in items)
    out = []
    for item in condition:
        own = dated if item.kind == "period" else spoken if item.has("l.") else typed if item.has("t.", "k.") else named
        if not own and item.kind not in ("comma", "stop"):
            out.append(replace(item))
    return out


def _headed(meaningful: list[Item]) -> bool:
    """Whether these words hold a wish of their own: a verb, a question word, or something to deliver."""
    shadow = False
    for index, item in enumerate(meaningful):
        if item.has("g.with", "g.by"):
            shadow = True
        if item.has("v.", "q.", "o.") or (item.has("g.except", "g.not", "g.only") and index == 0):
            return True
        if item.has(*DELIVERABLES) and not shadow and not _inside(meaningful, index):
            return True
        if item.has("c.help"):
            return True
        if (
            item.has("k.docx")
            and index == 1
            and meaningful[0].has("g.indefinite")
            and any(part.has("g.with", "g.of") for part in meaningful[2:3])
        ):
            return True  # "un Word avec les contrats"
    return False


def _inside(meaningful: list[Item], index: int) -> bool:
    """Whether what stands at ``index`` is where something goes ("dans un tableau", "into Excel")."""
    for item in reversed(meaningful[:index]):
        if item.has("g.definite", "g.indefinite"):
            continue
        return item.has("g.in")
    return False
