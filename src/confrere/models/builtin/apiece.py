"""One deliverable for each client, supplier or period: "un Excel par client", "for every supplier his own workbook"."""

from __future__ import annotations

from confrere.models.builtin.items import Item

WAYS = ("client", "supplier", "type", "month", "quarter", "year")
_EACH = {"chaque", "pour chaque", "for each", "each", "every", "chacun", "chacune", "chacun des", "toutes les", "tous les"}
_PER = {"par", "per", "by", *_EACH}
_BOOK = ("excel", "classeur", "workbook", "spreadsheet", "tableur", "xlsx", "xls", "csv", "feuille de calcul", "sheet")
_OWN = {"son", "sa", "leur", "his", "her", "its", "their"}
_SEPARATE = {
    "separe",
    "separee",
    "separes",
    "distinct",
    "distincts",
    "distincte",
    "separate",
    "separately",
    "separement",
    "individual",
    "individuel",
    "own",
    "propre",
}
_FILES = {"fichier", "document", "file", "doc"}
_THINGS = ("n.table", "k.xlsx", "k.csv", "n.report", "n.deck", "n.index", "k.pdf", "k.docx", "n.minutes")


def apiece(parts: list[Item]) -> tuple[str, Item, list[Item]] | None:
    """What each file is for (a way such as "client"), the item of the file, and the words that say so; None where no file is asked
    for each. "Un tableau des montants par client" is one table: the file must stand beside the way."""
    for index, item in enumerate(parts):
        way = next((way for way in WAYS if item.has(f"d.{way}")), "")
        if not way or item.used:
            continue
        cue = _cue(parts, index)
        if cue is None or _continued(parts, index):
            continue
        at, strong = cue
        thing = _beside(parts, at - 1, -1)
        if thing is None and strong:
            thing = _beside(parts, index + 1, 1)
        if thing is None:
            continue
        place = parts.index(thing)
        if thing.has("n.files") and not any(part.has("g.indefinite") for part in parts[max(0, place - 2) : place]):
            continue
        separate = any(part.bare in _SEPARATE for part in parts[min(place, at) : max(place, index) + 1])
        named = thing.has("n.table", "k.xlsx", "k.csv") and not thing.has("n.files")
        if named and not (strong or separate or any(word in thing.bare for word in _BOOK)):
            continue
        if not _single(parts, place):
            continue
        return way, thing, [*(part for part in parts if part.bare in _SEPARATE), *parts[at : index + 1]]
    return None


def _cue(parts: list[Item], index: int) -> tuple[int, bool] | None:
    """Where "par", "for each" ... starts before the way at ``index``, and whether it can only mean one apiece."""
    at = index - 1
    while at >= 0 and (parts[at].filler or parts[at].has("g.definite", "g.each")) and parts[at].bare not in _EACH:
        at -= 1
    if at < 0:
        return None
    if parts[at].bare in _EACH:
        return (at - 1 if at and parts[at - 1].has("g.for", "g.by") else at), True
    return (at, False) if parts[at].bare in _PER else None


def _continued(parts: list[Item], index: int) -> bool:
    """Whether a second way follows: "par client et par mois" tells how to add up, not how many files."""
    rest = [part for part in parts[index + 1 : index + 4] if not part.filler]
    return bool(rest) and (rest[0].has("g.and") or rest[0].kind == "comma") and any(part.has("g.by", "d.") for part in rest[1:2])


def _beside(parts: list[Item], at: int, step: int) -> Item | None:
    """The file named next to ``at`` in one direction, articles and plain words skipped."""
    while 0 <= at < len(parts):
        item = parts[at]
        if item.has(*_THINGS) or (item.bare in _FILES and item.has("n.files") and not item.has("v.")):
            return item
        if not (
            item.filler
            or (step > 0 and item.has("v.make", "g.in", "g.of"))
            or item.kind == "comma"
            or item.has("g.definite", "g.indefinite", "n.files")
            or item.bare in _SEPARATE | _OWN
        ):
            return None
        at += step
    return None


def _single(parts: list[Item], place: int) -> bool:
    """Whether one is asked: "un Excel", "one workbook", "its own file", or the file alone at the head of what is said."""
    for part in reversed(parts[:place]):
        if part.has("g.indefinite") or part.bare in _OWN | _SEPARATE or (part.kind == "number" and part.value == 1):
            return True
        if not part.filler and not part.has("n.files", "g.definite"):
            return part.kind in ("comma", "stop") or part.has("v.make", "g.and")
    return True
