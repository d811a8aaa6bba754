"""What a coordination leaves unsaid, written out: "convert X to Word and to Excel" repeats its verb and X for the second format,
"put the quotes in PDF and the tables in CSV" its verb for the second files, "a recap by client and another by month" its noun.

Works on the items of a brief before they are cut into clauses, so that each wish is then read by itself. This is the gapping and
right-node raising of grammars of coordination, kept to the complements that a verb on files takes: a format, a place, one file of
all, a way to sort, the parts of a name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from confrere.models.builtin.governing import DELIVERABLES
from confrere.models.builtin.items import Item
from confrere.models.builtin.pronouns import joiner, named_again
from confrere.models.builtin.slots import side_of

_VERBS = ("v.convert", "v.move", "v.sort", "v.merge", "v.rename")
_FOR_EACH_FILE = ("v.convert", "v.move", "v.sort", "v.rename")
_INTO_ONE = ("en", "dans", "into", "in", "as", "to", "un", "one", "sous")
_OTHER = {"autre", "un autre", "une autre", "another", "l'autre"}


@dataclass(slots=True)
class _Run:
    """A conjunct: items ``start`` to ``end``; its complement of this ``kind`` (empty for none) begins at ``cut``."""

    start: int
    end: int
    cut: int
    kind: str


def spread(found: list[Item]) -> list[Item]:
    """The items with what is left unsaid in coordinations put back; copies stand for the words they repeat."""
    found = named_again(found)
    found = _verbless(found)
    out: list[Item] = []
    at = 0
    while at < len(found):
        out.append(found[at])
        if found[at].has(*_VERBS) and not found[at].has("n.", "t.", "k.") and not _one(found[at]):
            end = _reach(found, at + 1)
            out += _written(found[at], _but_for(found[at], found[at + 1 : end]))
            at = end
        else:
            at += 1
    return out


def _one(item: Item) -> bool:
    """ "En un seul", "into one": how things are merged, said after them."""
    return item.has("v.merge") and item.bare.split()[0] in _INTO_ONE


def _reach(found: list[Item], at: int) -> int:
    """Where the words that a verb governs end: at a stop, at the next verb or thing asked for."""
    while at < len(found):
        item = found[at]
        ends = item.kind == "stop" or (item.has("q.", "o.", "g.but", "g.not") and not (item.has("q.") and item.proper))
        verb = item.has("v.") and not item.has("n.", "t.", "k.", "d.") and not _one(item) and not _place_name(found, at)
        if ends or verb:
            return at
        at += 1
    return at


def _place_name(found: list[Item], at: int) -> bool:
    return found[at].proper and at > 0 and found[at - 1].has("g.in", "n.folder")


def _written(verb: Item, parts: list[Item]) -> list[Item]:
    """What a verb governs, with the verb put again before each run of files that has a complement of its own."""
    runs = _runs(verb, parts)
    whole = [run for run in runs if run.kind]
    shelves = [run for run in whole if run.kind == "place" and parts[run.end - 1].has("n.folder")]
    if not whole or (shelves and any(run.kind == "another" for run in whole)):
        return parts  # "the invoices in one folder and the contracts in another": by type
    out: list[Item] = []
    source: list[Item] = []
    last: _Run | None = None
    for run in runs:
        joined, words = _unjoined(parts[run.start : run.end])
        cut = run.cut - run.start - len(joined)
        out += joined
        if not run.kind:
            if last is not None and last.kind == "format" and verb.has("v.convert", "v.move") and _bare_format(words):
                out += [replace(verb), *map(replace, source), Item("lex", "", "en", ("g.in",)), _format(words[0])]
            else:
                out += words
            continue
        head, tail = words[:cut], words[cut:]
        named = [item for item in head if _file(item)]
        if run.kind == "format":
            head, tail = [_source(item) for item in head], [_format(item) for item in tail]
            named = [item for item in head if _file(item)]
        elif run.kind == "place" and not _list_of_places(runs, run, parts):
            tail = _placed(tail)
        elif run.kind == "another" and last is not None:
            tail = [replace(item) for item in parts[last.cut : last.end]]
        if last is not None and named:
            out.append(replace(verb))
        elif last is not None and run.kind == "format" == last.kind:
            out += [replace(verb), *map(replace, source)]
            head = [item for item in head if not item.has("g.definite")]
        if named:
            source = head
        out += _apart(verb, head, tail) if run.kind in ("format", "place", "by") else [*head, *tail]
        last = run
    return out


def _runs(verb: Item, parts: list[Item]) -> list[_Run]:
    """The conjuncts: each ends with its complement, so that "A and B in PDF" is one."""
    cuts = [at for at, item in enumerate(parts) if joiner(item) or _runs_on(parts, at)]
    segments = [(start, end) for start, end in zip([0, *cuts], [*cuts, len(parts)], strict=True) if end > start]
    runs: list[_Run] = []
    begun = -1
    for start, end in segments:
        cut, kind = _complement(verb, parts, start, end)
        fresh = begun < 0
        begun = start if fresh else begun
        bare = not kind and not any(_file(item) for item in parts[start:end])
        alone = not kind and fresh and runs and runs[-1].kind == "format" and _bare_format(_unjoined(parts[start:end])[1])
        if kind or (fresh and (bare or alone)):
            runs.append(_Run(begun, end, cut if kind else end, kind))
            begun = -1
    if begun >= 0:
        runs.append(_Run(begun, len(parts), len(parts), ""))
    return runs


def _runs_on(parts: list[Item], at: int) -> bool:
    """ "Les devis par client les factures par mois": a new conjunct without a comma."""
    if at < 2 or at + 1 >= len(parts) or not parts[at].has("g.definite") or not parts[at + 1].has("t.", "k."):
        return False
    before = next((k for k in range(at - 1, -1, -1) if joiner(parts[k])), 0)
    way = next((k for k in range(before, at) if parts[k].has("g.by")), at)
    return parts[at - 1].has("d.") and way < at and any(_file(item) for item in parts[before:way])


def _complement(verb: Item, parts: list[Item], start: int, end: int) -> tuple[int, str]:
    """Where the complement of a segment begins, and its kind: format, place, one, another, by or with."""
    for at in range(start, end):
        item = parts[at]
        ahead = [part for part in parts[at + 1 : end] if not (part.filler and not part.proper and part.bare not in _OTHER)]
        if _one(item):
            return at, "one"
        if item.has("g.by") and ahead and ahead[0].has("d.", "f.") and verb.has("v.sort", "v.rename", "v.move"):
            return at, "by"
        if item.kind == "pattern" and verb.has("v.rename"):
            return at, "with"
        if item.has("g.with") and verb.has("v.rename") and any(part.has("d.", "f.", "n.amounts") for part in ahead[:2]):
            return at, "with"
        if not item.has("g.in") or item.bare.startswith("format") or not ahead:
            continue
        bare = [part for part in ahead if not part.has("g.indefinite", "g.definite", "n.files")]
        if any(part.bare in _OTHER for part in ahead[:2]) and len(ahead) <= 3:
            return at, "another"
        if ahead[0].has("g.indefinite") and verb.has("v.merge"):
            continue
        if bare and (bare[0].has("k.") or _excel(bare[0])) and verb.has("v.convert", "v.move"):
            return at, "format"
        path = bool(bare) and bare[0].kind == "file" and "." not in bare[0].text
        if bare and verb.has("v.move", "v.sort") and (path or bare[0].has("n.folder") or _named_place(item, bare)):
            return at, "place"
    return end, ""


def _named_place(preposition: Item, ahead: list[Item]) -> bool:
    """ "Dans Juridique", "in Accounts": a name with a capital, alone to the end of its run."""
    first = ahead[0]
    if (
        preposition.bare == "en"
        or first.has("k.", "n.", "l.", "t.", "q.", "o.")
        or not all(item.proper or item.kind == "quote" for item in ahead)
    ):
        return False
    return first.kind in ("lex", "unknown", "quote") and len(ahead) <= 3


def _list_of_places(runs: list[_Run], run: _Run, parts: list[Item]) -> bool:
    """ "Into Paid and Unpaid": several places for the same files, which no rule here tells apart."""
    at = runs.index(run) + 1
    if at >= len(runs) or runs[at].kind:
        return False
    words = _unjoined(parts[runs[at].start : runs[at].end])[1]
    return bool(words) and all(item.proper for item in words)


def _placed(tail: list[Item]) -> list[Item]:
    """A place written as a folder and its name."""
    folder = next((at for at, item in enumerate(tail) if item.has("n.folder")), None)
    if folder is not None and len(tail) == folder + 2 and tail[-1].proper and tail[-1].filler:
        return [*tail[:-1], replace(tail[-1], kind="quote", tags=())]  # "dans un dossier Gros": a plain word as a name
    if folder is not None or any(item.kind == "file" for item in tail):
        return tail
    rest = [item for item in tail[1:] if item.proper or item.kind == "quote"]
    name = " ".join(item.text for item in rest)
    return [tail[0], Item("lex", "", "dossier", ("n.folder",)), Item("quote", name, name.casefold())]


def _file(item: Item) -> bool:
    return item.kind == "file" or item.has("t.", "k.", "n.table", "n.files", "n.rest", "n.data", "n.report", "n.deck", "n.minutes")


def _excel(item: Item) -> bool:
    return item.has("n.table") and any(word in ("excel", "excels", "xlsx", "xls", "tableur") for word in item.bare.split())


def _format(item: Item) -> Item:
    """Excel as a format."""
    return replace(item, tags=("k.xlsx",)) if _excel(item) and len(item.bare.split()) == 1 else item


def _source(item: Item) -> Item:
    """Tables that lie in the folder, not one to make."""
    if item.has("n.deck") and item.bare in ("pptx", "ppt", "powerpoint", "powerpoints"):
        return replace(item, tags=("k.pptx",))
    if not item.has("n.table"):
        return item
    return replace(item, tags=("k.xlsx",) if _excel(item) else ("t.spreadsheet",))


def _bare_format(words: list[Item]) -> bool:
    """ "... and Excel": a format alone, without an article."""
    said = [item for item in words if not item.filler]
    return len(said) == 1 == len(words) and (said[0].has("k.") or _excel(said[0])) and len(said[0].bare.split()) == 1


def _unjoined(words: list[Item]) -> tuple[list[Item], list[Item]]:
    at = next((at for at, item in enumerate(words) if not joiner(item)), len(words))
    return words[:at], words[at:]


def _apart(verb: Item, head: list[Item], tail: list[Item]) -> list[Item]:
    """ "The invoices of March and the contracts of April by client": files each with a period of their own are wishes of their own
    where each file is worked on by itself, for one set of files has one period."""
    cuts = crossed(head)
    if not cuts or not verb.has(*_FOR_EACH_FILE):
        return [*head, *tail]
    out: list[Item] = []
    for start, end in zip([0, *cuts], [*cuts, len(head)], strict=True):
        joined, words = _unjoined(head[start:end])
        out += [*joined, *([replace(verb)] if start else []), *words, *map(replace, tail)]
    return out


def crossed(parts: list[Item]) -> list[int]:
    """Where files with other periods or amounts than the files before them begin; empty where one set of files can hold them all."""
    cuts = [at for at, item in enumerate(parts) if joiner(item)]
    marks = []
    for start, end in zip([0, *cuts], [*cuts, len(parts)], strict=True):
        how = next((at for at in range(start, end) if parts[at].has("g.in", "v.", *DELIVERABLES)), end)
        said = [item for item in parts[start:how] if not item.filler and not joiner(item)]
        if start and not (said and (said[0].has("g.definite", "g.of", "t.", "k.", "n.amounts") or said[0].kind == "period")):
            continue  # how, not what: "..., in PDF"
        end = how if start else end
        types = {tag for item in parts[start:end] for tag in item.tags if tag[:2] in ("t.", "k.") and item.mode == "main"}
        types |= {side_of([item]) for item in parts[start:end] if item.has("n.amounts") and item.mode == "main"} - {""}
        when = {item.text for item in parts[start:end] if item.kind in ("period", "money") and item.mode == "main"}
        marks.append((types, when))
    if len(marks) < 2 or not all(types for types, _ in marks):
        return []
    several = len({frozenset(types) for types, _ in marks}) > 1 and len({frozenset(when) for _, when in marks}) > 1
    first_only = any(when for _, when in marks[:-1])  # "the invoices and the contracts of March": of both
    return cuts if several and first_only else []


def _but_for(verb: Item, parts: list[Item]) -> list[Item]:
    """ "All by year, except the contracts by client": what is excepted has its own way, and is a wish of its own."""
    place = next((at for at, item in enumerate(parts) if item.has("g.except")), None)
    if place is None or not verb.has(*_FOR_EACH_FILE) or not _complement(verb, parts, 0, place)[1]:
        return parts
    end = next((at for at in range(place, len(parts)) if joiner(parts[at])), len(parts))
    cut, kind = _complement(verb, parts, place + 1, end)
    files = parts[place + 1 : cut]
    if not kind or not any(_file(item) for item in files):
        return parts
    return [*parts[:cut], Item("comma", ",", ","), replace(verb), *map(replace, files), *parts[cut:]]


def _verbless(found: list[Item]) -> list[Item]:
    """ "Word to PDF, Excel to CSV": formats turned into others, without a verb."""
    stops = [at for at, item in enumerate(found) if item.kind == "stop"]
    out: list[Item] = []
    for start, end in zip([0, *(at + 1 for at in stops)], [*stops, len(found)], strict=True):
        said = [item for item in found[start:end] if not (item.filler and not item.has("g.in")) and not item.has("g.definite", "n.files")]
        pairs = len(said) > 3 and all(joiner(item) or item.has("g.in", "k.") or item.kind == "file" or _excel(item) for item in said)
        if pairs and not said[0].has("g.in") and said[1].has("g.in") and sum(item.has("g.in") for item in said) > 1:
            out.append(Item("lex", "", "convertir", ("v.convert",)))
        out += found[start : end + 1]
    return out
