"""From a brief in plain French or English to wishes. Pure: no network, no weights, nothing read but the words.

The way: tokens, then items by a lexicon with misspellings allowed (``items``), then clauses with what negations and
restrictions govern (``clauses``), then here: which operation each clause asks for, filled with its slots (``slots``). What no
rule consumed is reported, never guessed.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from confrere.models.builtin.clauses import clauses
from confrere.models.builtin.coverage import unmet, unsettled
from confrere.models.builtin.gapping import spread
from confrere.models.builtin.governing import Clause
from confrere.models.builtin.items import Item, items
from confrere.models.builtin.operations import Reading
from confrere.models.builtin.phrase import Clauses
from confrere.models.builtin.quantities import quantities
from confrere.models.builtin.revised import halves, revised
from confrere.models.builtin.same import names
from confrere.models.builtin.slots import scope_of
from confrere.models.builtin.understanding import Understanding, Wish
from confrere.tools.office.scope import Scope

LIMIT = 20_000  # characters of a brief that are read
MOST = 1_500  # words and marks of it that are: what comes after them is said


def understand(brief: str, *, today: date, language: str = "en") -> Understanding:
    """Understand a brief. ``today`` resolves "last month" and a month without its year; ``language`` is that of the session,
    answered in where the words do not tell theirs."""
    first, instead = halves(brief[:LIMIT])
    if instead:
        found = _understood(first, today, language)
        return revised(found, _understood(instead, today, found.language), instead)
    return _understood(brief, today, language)


def _understood(brief: str, today: date, language: str) -> Understanding:
    rest, same, apart = names(brief[:LIMIT])
    rest, listed = quantities(rest)
    found, spoken, corrections = items(rest, today)
    beyond, found = found[MOST:], spread(found[:MOST])
    result = Understanding(language=spoken or (items(brief[:LIMIT], today)[1] if same or apart else "") or language)
    result.only.same, result.only.apart = same, apart
    context = Clauses()
    chat = [item for item in found if item.has("c.")]
    sentences: list[list[Wish]] = []
    for clause in clauses(found):
        _read(clause, result, context)
        if not any(wishes is context.wishes for wishes in sentences):
            sentences.append(context.wishes)
    offer = next((wish for wish in result.wishes if wish.operation == "quote"), None)
    if offer is not None and listed:
        offer.params["quantities"] = listed
    else:
        result.not_understood += listed
    for wishes in sentences:
        _share(wishes, any(item.bare.startswith(_TOGETHER) for item in found))
    _finish(result, found, chat)
    result.corrections = {typed: meant for typed, meant in corrections.items() if any(item.text == typed and item.used for item in found)}
    result.confidence = round(
        max(0.1, 0.97 - 0.12 * len(result.not_understood) - 0.04 * len(result.corrections) - (0.5 if result.stance == "unknown" else 0)), 2
    )
    if beyond:
        result.not_understood.append(" ".join(item.text for item in beyond[:12]) + " …")
    if len(brief) > LIMIT:
        result.not_understood.append(brief[LIMIT : LIMIT + 60].strip() + "…")
    return result


def _read(clause: Clause, result: Understanding, context: Clauses) -> None:
    if clause.sentence != context.sentence:
        context.sentence, context.wishes = clause.sentence, []
    excepted = scope_of(clause.mode("except"), loose=True)
    kept = scope_of(clause.mode("only"), loose=True)
    refused = _refusals(clause, result)
    if clause.alone:
        _restrict(result, context, kept, excepted, whole=True)
        result.exclude = result.exclude.merged(refused)
        main = clause.mode("main")
        if not any(item.kind != "lex" or not item.filler for item in main if not item.used):
            return
    before = len(context.wishes)
    Reading(clause, result, context).read()
    if not clause.alone:
        here = context.wishes[before:] if clause.refusals and all(not verb for verb, _ in clause.refusals) else []
        for wish in here:  # "sort the invoices but not those of Dupont": of this wish alone
            wish.exclude = wish.exclude.merged(refused)
        if not here and not clause.dropped:
            result.exclude = result.exclude.merged(refused)
        _restrict(result, context, kept, excepted, whole=len(context.wishes) == before)


_TOLD = ("recap", "deck", "report")
_TOGETHER = ("accompagn", "accompan", "avec en plus", "ainsi qu", "along with", "together with")


def _share(wishes: list[Wish], together: bool) -> None:
    """What is made of documents in one sentence is about the same period ("a deck and a workbook, Q2 2026"), and about the same
    documents where one accompanies the other."""
    told = [wish for wish in wishes if wish.operation in _TOLD]
    dated = [wish for wish in told if wish.only.since or wish.only.until]
    bare = [wish for wish in told if not wish.only]
    source = next((wish for wish in told if wish.only), None)
    for wish in bare:
        if together and source is not None:
            wish.only = wish.only.merged(source.only)
        elif dated and dated[0].only.since and dated[0].only.until:
            wish.only.since, wish.only.until = dated[0].only.since, dated[0].only.until
            wish.only.side = dated[0].only.side


def _restrict(result: Understanding, context: Clauses, kept: Scope, excepted: Scope, *, whole: bool) -> None:
    """A restriction set off by itself bears on every wish of its sentence, else on the wish of its clause; with none, on all."""
    targets = context.wishes if whole else context.wishes[-1:]
    for wish in targets:
        wish.only, wish.exclude = wish.only.merged(kept), wish.exclude.merged(excepted)
    if not targets:
        result.only, result.exclude = result.only.merged(kept), result.exclude.merged(excepted)


_REFUSABLE = {
    "n.deck": "deck",
    "n.table": "recap",
    "n.report": "report",
    "n.index": "index",
    "n.minutes": "minutes",
    "n.duplicates": "duplicates",
    "n.offer": "quote",
}
_VERB_REFUSED = {
    "sort": "sort",
    "move": "sort",
    "rename": "rename",
    "normalise": "rename",
    "delete": "delete",
    "merge": "merge",
    "split": "split",
    "convert": "convert",
    "clean": "clean",
    "summarise": "report",
    "dedupe": "duplicates",
}


def _refusals(clause: Clause, result: Understanding) -> Scope:
    """Read what each negation refuses: an operation, or files to leave alone. Returns the files."""
    left = Scope()
    for verb, governed in clause.refusals:
        copies = [item for item in governed if item.has("n.duplicates")]
        if verb == "delete" and copies:  # "don't delete the duplicates, just show them"
            result.wishes.append(Wish(operation="duplicates", words=[copies[0].text]))
        for item in governed:
            if item.has("g.by") or (any(other.has("g.by") for other in governed) and item.has("d.")):
                item.used = True
        deliverables = (
            [item for item in governed if item.has(*_REFUSABLE) and not item.used]
            if verb in ("", "make", "write", "do", "move", "list")
            else []
        )
        for item in deliverables:
            name = next(_REFUSABLE[tag] for tag in item.tags if tag in _REFUSABLE)
            result.refused.append(name)
            item.used = True
        if deliverables and not verb:
            for item in governed:
                item.used |= item.has("k.", "n.", "g.") or item.kind == "number"
        if verb == "convert" or (deliverables and verb):
            for item in governed:
                item.used |= item.has("k.")
        if not verb and governed and (governed[0].has("g.of") or not governed[0].has("g.definite", "g.in")):
            _indefinite(governed, result)
        if verb == "touch" and any(item.has("n.rest") for item in governed) and not any(item.has("t.", "k.") for item in governed):
            for item in governed:
                item.used = True  # "leave everything else": nothing more than was asked
            continue
        files = scope_of(governed, loose=True) if not (deliverables and verb in ("make", "write")) else Scope()
        if files and verb != "delete":
            left = left.merged(files)
        elif not files and any(item.bare in ("rien d'autre", "nothing else", "rien d' autre") for item in clause.items):
            continue
        elif not files and verb in _VERB_REFUSED:
            result.refused.append(_VERB_REFUSED[verb])
        elif not files and verb == "touch":
            names = any(item.has("n.names") for item in governed)
            result.refused.append("rename" if names else "change")
        elif (
            not files
            and not verb
            and not deliverables
            and any(item.has("d.", "f.", "n.names") for item in governed)
            and not any(item.has("g.by") for item in governed)
        ):
            result.not_understood.append(
                " ".join(
                    [
                        "sans" if result.language == "fr" else "no",
                        *(item.text for item in governed if not item.filler and not item.has("g.")),
                    ]
                )
            )
        elif files and verb == "delete":
            result.refused.append("delete")
        for item in governed:
            item.used |= item.has("n.", "d.", "g.", "v.", "f.", "x.") or item.filler
    return left


def _indefinite(governed: list[Item], result: Understanding) -> None:
    """ "Pas de blabla", "no frills": plain words denied without an article name no file; they are said. "Pas de PDF" after a workbook
    was asked for is about what to make."""
    made = [wish for wish in result.wishes if wish.params.get("format")]
    if made and all(item.has("k.") or item.filler or item.has("g.") for item in governed):
        for item in governed:
            item.used |= item.has("k.") and made[-1].params["format"] != item.tag("k.")
    if any(item.has("t.", "k.", "n.folder", "d.client", "d.supplier") for item in governed):
        return
    plain = [item for item in governed if item.kind == "unknown" and not item.proper and not item.used and item.text[:1].isalpha()]
    if plain:
        result.not_understood.append(" ".join(item.text for item in plain))
        for item in plain:
            item.used = True


def _finish(result: Understanding, found: list[Item], chat: list[Item]) -> None:
    """Drop what was refused, collect what was not understood, and settle the stance."""
    result.wishes = [wish for wish in result.wishes if wish.operation not in result.refused]
    result.refused = list(dict.fromkeys(result.refused))
    for wish in result.wishes:
        if wish.operation == "duplicates":
            wish.params.setdefault("action", "report")
    for wish in list(result.wishes):
        left = wish.exclude.merged(result.exclude)
        typed = wish.only.types and not wish.only.kinds and set(wish.only.types) <= set(left.types)
        if typed and not (left.parties or left.names or left.since or left.until or left.at_least or left.at_most):
            result.wishes.remove(wish)  # "the contracts, without the riders", riders being contracts here
            result.not_understood.append(" ".join(wish.words))
        elif wish.only.kinds and not wish.only.types and set(wish.only.kinds) <= set(left.kinds):
            result.wishes.remove(wish)  # "group pics but leave screenshots": nothing would be left
            result.not_understood.append(" ".join(wish.words))
    for wish in [w for w in result.wishes if w.operation == "split" and len(w.params.get("pages", [])) in (4, 6, 8)]:
        pages = wish.params["pages"]  # "pages 1 à 3 puis 4 à 9": a run each
        wish.params["pages"] = pages[:2]
        for at in range(2, len(pages), 2):
            result.wishes.append(
                Wish(operation="split", params=wish.params | {"pages": pages[at : at + 2]}, only=wish.only, exclude=wish.exclude)
            )
    spans: list[list[Item]] = []
    last: Item | None = None
    for item in found:
        loose_number = item.kind in ("number", "money") and not item.used
        if not item.used and (
            item.kind in ("unknown", "quote", "file", "pattern", "period")
            or loose_number
            or item.has("o.", "q.first", "q.last", "q.max", "q.min", "q.unpaid", "v.compare")
        ):
            if spans and last is spans[-1][-1]:
                spans[-1].append(item)
            else:
                spans.append([item])
        last = item
    said = [text for span in spans if (text := " ".join(dict.fromkeys(item.text for item in span))).strip() and len(text.strip()) > 1]
    result.not_understood = list(dict.fromkeys(result.not_understood + said))
    dropped = [item.text for item in unmet(result, found)]
    result.not_understood += [text for text in dict.fromkeys(dropped) if text not in result.not_understood]
    for wish in unsettled(result):
        result.wishes.remove(wish)
        result.not_understood.append(" ".join(wish.words) or str(wish.params.get("to", "")))
    result.nearest = _nearest(found)
    if result.not_understood and not result.only:  # a question whose subject was not understood is not one about everything
        result.wishes = [
            wish for wish in result.wishes if wish.operation != "list" or wish.only or wish.params.get("question") == "overview"
        ]
    if any(item.has("c.help") for item in chat) and not result.wishes and not result.beyond:
        result.stance = "chat"
    elif result.wishes:
        result.stance = "question" if all(wish.operation == "list" for wish in result.wishes) else "work"
    elif result.beyond:
        result.stance = "beyond"
    elif chat and not result.not_understood and not result.only and not result.exclude:
        result.stance = "chat"
    else:
        result.stance = "unknown"
        if not result.not_understood and not result.refused:
            result.not_understood.append(" ".join(dict.fromkeys(item.text for item in found if item.kind not in ("stop", "comma")))[:200])


_NEAR = {
    "v.sort": "sort",
    "v.move": "sort",
    "n.folder": "sort",
    "v.rename": "rename",
    "n.names": "rename",
    "v.normalise": "rename",
    "n.duplicates": "duplicates",
    "v.dedupe": "duplicates",
    "n.table": "recap",
    "n.amounts": "recap",
    "v.sum": "recap",
    "n.deck": "deck",
    "n.report": "report",
    "v.summarise": "report",
    "v.do": "report",
    "n.index": "index",
    "v.find": "list",
    "n.minutes": "minutes",
    "n.meeting": "minutes",
    "t.transcript": "minutes",
    "v.merge": "merge",
    "v.split": "split",
    "v.convert": "convert",
    "v.clean": "clean",
    "n.data": "clean",
    "v.extract": "extract",
    "v.consolidate": "consolidate",
    "v.list": "list",
    "v.write": "report",
}


def _nearest(found: list[Item]) -> list[str]:
    """The operations that words of the brief point to, most pointed to first: what to offer where nothing was understood."""
    votes = Counter(_NEAR[tag] for item in found for tag in item.tags if tag in _NEAR)
    return [name for name, _ in votes.most_common(3)]
