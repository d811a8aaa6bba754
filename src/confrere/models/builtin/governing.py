"""What a negation, an exception or an "only" governs within a clause."""

from __future__ import annotations

from dataclasses import dataclass, field

from confrere.models.builtin.items import Item

DELIVERABLES = ("n.deck", "n.table", "n.report", "n.index", "n.minutes", "n.duplicates", "n.actions", "n.offer")


_POSTFIX = {
    "exclu",
    "exclus",
    "exclue",
    "exclues",
    "excepte",
    "exceptes",
    "exceptee",
    "exceptees",
    "excluded",
    "excepted",
    "omitted",
    "aside",
}


_INCLUDED = {"compris", "comprise", "comprises", "inclus", "incluse", "incluses", "included"}


_STAY = {
    *(
        "ou ils sont",
        "ou elles sont",
        "ou il est",
        "ou elle est",
        "a leur place",
        "en place",
        "tel quel",
        "tels quels",
        "intact",
        "intacts",
    ),
    *("where they are", "in place", "as is", "as they are", "untouched", "alone", "intacte", "intactes"),
}
"""What says that something stays where it is: "garde les contrats où ils sont"."""


_SUBJUNCTIVE = {
    "veux",
    "voudrais",
    "faut",
    "faudrait",
    "souhaite",
    "souhaiterais",
    "aimerais",
    "parce",
    "afin",
    "pour",
    "dire",
    "sorte",
    "veut",
    "peux",
    "est ce",
}


@dataclass(slots=True)
class Clause:
    """A run of items about one thing. ``alone`` tells that it is only a restriction ("sauf les PDF"), set off from the rest;
    ``sentence`` numbers the sentence it stands in; ``refusals`` pair the verb a negation bears on with what it governs;
    ``dropped`` is set on a clause that was reported instead of read; ``lead`` is what stood before its head ("Pour 2025, ...")."""

    items: list[Item]
    sentence: int
    question: bool = False
    alone: bool = False
    refusals: list[tuple[str, list[Item]]] = field(default_factory=list)
    dropped: bool = False
    lead: list[Item] = field(default_factory=list)

    def mode(self, name: str) -> list[Item]:
        return [item for item in self.items if item.mode == name]


def _next(parts: list[Item], at: int) -> int | None:
    """Index of the next item that carries meaning after ``at``, articles and prepositions skipped."""
    for index in range(at + 1, len(parts)):
        item = parts[index]
        if item.used or item.filler or item.has("g.definite", "g.indefinite", "g.of", "g.in"):
            continue
        if item.bare in ("rien", "nothing", "anything", "aucun", "aucune"):
            item.used = True
            continue
        return index
    return None


def govern(clause: Clause) -> None:
    """Give each item its mode: main, except, only or not; a negated verb is kept with what it governs."""
    parts = clause.items
    _only_by_negation(parts)
    _left_in_place(clause, parts)
    set_aside = _postfix(parts)
    mode = "main"
    refusal: list[Item] = []
    left = {id(item) for _, governed in clause.refusals for item in governed}
    for index, item in enumerate(parts):
        if id(item) in left:
            continue
        dropped = parts[ahead] if item.has("g.except") and (ahead := _next(parts, index)) is not None else None
        if (
            dropped is not None
            and not item.used
            and item.bare in _FORGET
            and dropped.has("n.deck", "n.report", "n.index", "n.table")
            and dropped.bare != "reports"
        ):
            item.used, mode = True, "not"  # "forget the slides"
            refusal = []
            clause.refusals.append(("", refusal))
        elif item.has("g.except") and not item.used:
            item.used, mode = True, "except"
        elif item.has("g.only") and not item.used:
            item.used = True
            following = _next(parts, index)
            if mode == "not" and item.bare in ("que", "qu'", "ke") and following is not None and parts[following].has("v.", "o."):
                refusal = _refuse(clause, parts[following])  # "je ne veux pas qu'on efface"
                continue
            if mode == "not":
                mode = "main"
            if following is not None and _restricts(parts, index, following):
                mode = "only"
        elif item.has("g.not") and not item.used:
            item.used = True
            if mode == "not":
                following = _next(parts, index)
                if clause.refusals and following is not None and parts[following].has("v.", "o.") and not parts[following].used:
                    refusal = _refuse(clause, parts[following])  # "sans renommer ni déplacer"
                continue
            before = _verb_before(parts, index)
            following = _next(parts, index)
            after = parts[following] if following is not None else None
            if before is not None and item.bare not in ("ne", "n'", "sans", "without", "ni", "no"):
                before.used = True
                refusal = []
                clause.refusals.append((before.tag("v."), refusal))
                mode = "not"
            elif after is None:
                continue
            elif after.has("g.except"):
                after.used = True
            elif item.bare in ("ne", "n'") and after.kind == "unknown" and not after.proper:
                continue  # the verb it denies is not known: it leaves nothing out
            elif after.has("g.more", "g.less") or (after.kind == "number" and item.bare not in ("pas", "no", "sans", "without")):
                continue
            elif after.has("g.only"):
                after.used = True
            elif after.has("n.duplicates") and item.bare in ("sans", "without", "no", "zero"):
                continue
            elif (done := _passive(parts, following)) is not None:
                after.used, refusal, mode = True, _refuse(clause, done), "not"  # "no file shall be renamed"
            else:
                refusal = []
                verb = after.has("v.", "o.")
                if verb:
                    after.used = True
                clause.refusals.append(((after.tag("v.") or after.tag("o.")) if verb else "", refusal))
                mode = "not"
        elif (
            (item.has("v.leave") or (item.has("v.keep") and any(part.bare in _STAY for part in parts[index:])))
            and not item.used
            and mode != "not"
        ):
            item.used, mode, refusal = True, "not", []
            clause.refusals.append(("touch", refusal))
        elif item.has("g.but") or (item.text == ")" and mode != "main"):
            item.used, mode = True, "main"
        elif (
            mode == "not"
            and not item.used
            and item.has("v.make", "v.write")
            and not item.has("n.")
            and any(part.has("n.", "t.", "k.") for part in refusal)
        ):
            mode = "main"  # "instead of a deck make a report"
        elif mode == "not" and not item.used and item.has("v.") and _coordinated(clause, parts, index, refusal):
            shared = refusal
            _refuse(clause, item)
            refusal = clause.refusals[-1][1]
            refusal += shared
        elif mode == "except" and item.has("v.sort") and index and parts[index - 1].has("g.of", "g.in") and not item.used:
            item.used = True  # "sont exclus du classement les courriels"
        elif (
            (mode in ("not", "except") and _makes_again(parts, index))
            or (
                mode in ("except", "only")
                and not item.used
                and ((item.has("v.") and not item.has("n.", "t.", "k.")) or item.has("g.by", "q."))
            )
            or (mode == "only" and item.has("g.in"))
        ):
            mode = "main"
        item.mode = "except" if item in set_aside else mode
        if mode == "not" and not item.used:
            refusal.append(item)


_FORGET = {"oublie", "oubliez", "oublier", "zappe", "zapper", "saute", "forget", "forget about", "skip", "never mind", "nevermind"}
_REMAIN = {"remain", "remains", "stay", "stays", "reste", "restent", "rester", "resteront", "restera", "demeurent", "demeureront"}


def _left_in_place(clause: Clause, parts: list[Item]) -> None:
    """ "Drafts shall remain where they are": what stands before is left alone."""
    verb = next((index for index, item in enumerate(parts) if item.bare in _REMAIN or item.bare.startswith("remain where")), None)
    if verb is None or any(item.has("v.") and not item.has("n.", "t.", "k.") for item in parts):
        return
    if any(item.bare in _STAY or "where they are" in item.bare for item in parts[verb:]) or parts[verb].bare == "remain where":
        governed = [item for item in parts[:verb] if not item.used]
        clause.refusals.append(("touch", governed))
        for item in governed:
            item.mode = "not"


def put_aside(parts: list[Item], index: int) -> bool:
    """Whether "à part" follows what is to be set apart ("les avoirs à part, dans un dossier ..."), rather than excepts what comes next."""
    said = [item for item in parts[:index] if not item.filler and not item.has("g.definite", "g.indefinite")]
    after = next((item for item in parts[index + 1 :] if not item.filler), None)
    return bool(said) and said[-1].has("t.", "k.") and (after is None or after.kind in ("comma", "stop") or after.has("g.in", "g.and"))


def _passive(parts: list[Item], following: int | None) -> Item | None:
    """The verb of "no file shall be renamed", "aucun fichier ne sera supprimé"."""
    if following is None or not parts[following].has("n.files"):
        return None
    rest = [item for item in parts[following + 1 :] if not item.filler and not item.has("g.not")]
    said = rest[0] if rest else None
    return said if said is not None and said.has("v.") and said.text.casefold().endswith(("ed", "é", "és", "ée", "ées", "moved")) else None


def _refuse(clause: Clause, verb: Item) -> list[Item]:
    """One more refusal, of what this verb does; returns what it governs, to be filled."""
    verb.used = True
    governed: list[Item] = []
    clause.refusals.append((verb.tag("v.") or verb.tag("o."), governed))
    return governed


def _makes_again(parts: list[Item], index: int) -> bool:
    """ "Do not include receipts in the workbook": what is left out was named before; from there on it is what to make."""
    ahead = [item for item in parts[index + 1 : index + 4] if not item.filler and not item.has("g.definite", "g.indefinite")]
    before = [item for item in parts[max(0, index - 4) : index] if item.has("t.", "k.") and item.mode in ("not", "except")]
    return (
        parts[index].has("g.in", "g.of")
        and bool(ahead)
        and ahead[0].has(*DELIVERABLES)
        and not ahead[0].bare.endswith("s")
        and bool(before)
    )


def _coordinated(clause: Clause, parts: list[Item], index: int, governed: list[Item]) -> bool:
    """Whether the verb at ``index`` shares the negation of the one before it: "do not rename or move the originals"."""
    if not clause.refusals or not clause.refusals[-1][0] or parts[index].has("n.", "t.", "k."):
        return False
    joined = next((item for item in reversed(parts[:index]) if not item.filler and not item.has("g.not", "g.in")), None)
    return (
        joined is not None
        and (joined.kind == "comma" or joined.has("g.or", "g.and") or joined.has("v."))
        and all(item.filler or item.has("g.") or item.kind == "comma" for item in governed)
    )


def _postfix(parts: list[Item]) -> list[Item]:
    """ "Images exclues", "drafts excluded": an exception that stands after what it leaves out. Returns what it governs."""
    for index, item in enumerate(parts):
        if item.bare in _INCLUDED and not item.used:  # "tickets compris": they belong to it, and restrict nothing
            item.used = True
            for other in reversed(parts[:index]):
                if other.kind in ("comma", "stop") or other.has("v.", "g.by", "g.of", *DELIVERABLES):
                    break
                other.used, other.tags = True, ("x.filler",)
    contrary = any(item.has("g.but") for item in parts)
    for index, item in enumerate(parts):
        if item.used or not (item.bare.split()[-1] in _POSTFIX or (contrary and item.bare in ("no", "not", "non", "pas"))):
            continue
        following = _next(parts, index)
        if following is not None and parts[following].kind != "comma":
            continue
        run: list[Item] = []
        for other in reversed(parts[:index]):
            if other.kind in ("comma", "stop") or other.has("v.", "g.by", "g.in", "g.but", *DELIVERABLES):
                break
            run.append(other)
        if any(other.has("t.", "k.") or other.kind in ("quote", "file", "period") for other in run):
            item.used = True
            return run
    return []


def _only_by_negation(parts: list[Item]) -> None:
    """French "ne ... que" restricts, it does not deny; and "que" alone restricts only before a noun."""
    denied = [item for item in parts if item.bare in ("ne", "n'")]
    for index, item in enumerate(parts):
        if item.bare not in ("que", "qu'", "ke"):
            continue
        earlier = parts[:index]
        if denied and denied[0] in earlier and not any(other.bare in ("pas", "jamais", "rien", "plus", "aucun") for other in earlier):
            denied[0].used = True
        elif any(part in other.bare.split() for other in earlier for part in _SUBJUNCTIVE) or not _noun_follows(parts, index):
            item.used = True


def _noun_follows(parts: list[Item], index: int) -> bool:
    following = _next(parts, index)
    return following is not None and (parts[following].has("t.", "k.") or parts[following].kind in ("quote", "file", "period"))


def _restricts(parts: list[Item], index: int, following: int) -> bool:
    """Whether "only" bears on files (then it restricts), not on a verb or on something to make."""
    after = parts[following]
    if after.has(*DELIVERABLES) and not (after.has("t.") and after.bare.endswith("s")):
        return False
    if after.has("v.", "n.", "g.") and not after.has("t.", "k.", "n.files", "n.folder"):
        return False
    between = parts[index + 1 : following]
    if after.kind in ("quote", "file", "period", "money") or after.has("t.", "k.", "n.files", "n.folder", "d.client", "d.supplier"):
        return not any(item.has("g.indefinite") for item in between)
    return after.kind == "unknown" and after.proper


def _verb_before(parts: list[Item], index: int) -> Item | None:
    """The verb just before a negation ("touche pas", "ne renomme pas"), pronouns skipped."""
    for item in reversed(parts[:index]):
        if item.has("v.", "o.") and not item.has("n.", "t."):
            return item if not item.used and item.mode == "main" else None
        if not item.filler and not item.has("g.definite"):
            return None
    return None
