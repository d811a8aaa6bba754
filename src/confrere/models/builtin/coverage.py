"""Whether each word that asks for something shows in what was understood; what does not is said, never dropped in silence.

A rule that reads a clause takes its words as read; what came of them is looked up here, once all is read: a type of document
must stand in a scope, a way to sort in a wish, a verb must have become a wish or a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from confrere.models.builtin.items import Item
from confrere.models.builtin.periods import Period
from confrere.models.builtin.understanding import Understanding, Wish

_DONE = {
    "v.sort": ("sort", "split", "recap", "index", "merge", "list", "extract", "report"),
    "v.rename": ("rename",),
    "v.normalise": ("rename", "clean"),
    "v.merge": ("merge", "clean", "consolidate", "extract", "recap", "index", "report", "minutes"),
    "v.split": ("split", "sort", "recap"),
    "v.convert": ("convert", "extract", "minutes", "merge", "recap", "deck", "report", "index"),
    "v.clean": ("clean", "duplicates", "sort", "rename"),
    "v.dedupe": ("duplicates", "clean"),
    "v.consolidate": ("consolidate", "recap", "merge", "clean"),
    "v.summarise": ("report", "minutes", "recap", "deck", "index", "list"),
    "v.extract": ("extract", "recap", "split", "list", "minutes", "index", "duplicates"),
    "v.count": ("list",),
    "v.aside": ("duplicates", "sort"),
    "v.delete": ("duplicates", "clean", "delete"),
    "n.deck": ("deck",),
    "n.table": ("recap", "extract", "consolidate", "index", "clean", "merge", "quote", "convert", "list", "split"),
    "n.report": ("report", "minutes", "recap", "deck", "consolidate"),
    "n.index": ("index", "list", "extract", "recap"),
    "n.minutes": ("minutes", "report"),
    "n.actions": ("minutes", "report"),
    "n.duplicates": ("duplicates", "clean"),
    "n.offer": ("quote",),
    "q.count": ("list", "duplicates"),
    "q.sum": ("list", "recap", "extract", "deck", "report"),
    "q.where": ("list",),
    "q.exists": ("list", "duplicates", "index"),
    "q.overview": ("list", "index"),
}
"""What each meaning may have become; "delete" only as a refusal."""
_KIND_BY = {
    "xlsx": {"recap", "extract", "consolidate", "clean", "index", "merge", "quote"},
    "csv": {"clean", "merge"},
    "docx": {"report", "minutes"},
    "pdf": {"merge", "split"},
    "html": {"index"},
    "pptx": {"deck"},
    "zip": set(),
}
_TYPE_BY = {
    "quote": {"quote"},
    "transcript": {"minutes"},
    "minutes": {"minutes"},
    "spreadsheet": {"recap", "extract", "clean", "merge", "consolidate"},
    "presentation": {"deck"},
}
_WAYS = {"date": ("since", "order"), "month": ("since",), "year": ("since",), "quarter": ("since",)}


def unmet(result: Understanding, found: Iterable[Item]) -> list[Item]:
    """The items that asked for something of which nothing shows in the wishes, in what is refused or in what is said."""
    seen = _Seen(result)
    return [item for item in found if not seen.told(item) and not seen.shows(item)]


def unsettled(result: Understanding) -> list[Wish]:
    """Conversions that say no format, or one that is also that of their files: which was meant is a guess."""
    return [
        wish
        for wish in result.wishes
        if wish.operation == "convert" and (not wish.params.get("to") or wish.params["to"] in [*wish.only.kinds, *wish.only.formats])
    ]


class _Seen:
    def __init__(self, result: Understanding) -> None:
        self.wishes = result.wishes
        self.operations = {wish.operation for wish in result.wishes} | set(result.refused)
        self.scopes = [result.only, result.exclude] + [scope for wish in result.wishes for scope in (wish.only, wish.exclude)]
        self.files = {name for scope in self.scopes for name in [*scope.kinds, *scope.types, *scope.formats]}
        self.parties = any(scope.parties or scope.side or scope.same or scope.apart for scope in self.scopes)
        self.dated = {(scope.since, scope.until) for scope in self.scopes if scope.since or scope.until}
        self.values = [value for wish in result.wishes for value in _flat(wish.params)]
        self.keys = {key for wish in result.wishes for key, value in wish.params.items() if value}
        self.texts = [*self.values, *(name for scope in self.scopes for name in [*scope.names, *scope.parties, *scope.same, *scope.apart])]
        self.texts += [bound for scope in self.scopes for bound in (scope.at_least, scope.at_most) if bound]
        self.words = [*result.not_understood, *result.purposes, *(beyond.words for beyond in result.beyond)]

    def told(self, item: Item) -> bool:
        return any(item.text and item.text in words for words in self.words)

    def shows(self, item: Item) -> bool:
        if item.mode == "not":
            return True  # what a refusal names
        if item.kind == "period" and isinstance(item.value, Period):
            return self._period(item.value)
        if item.kind == "number" and item.used:
            return (
                any(str(item.value) in text for text in self.texts) or item.value == 1 or bool(self.keys & {"valid", "against", "measure"})
            )
        if item.kind != "lex" or item.filler:
            return True
        if any(item.text in text for text in self.texts if len(item.text) > 2):
            return True  # part of a name
        tags = [tag for tag in item.tags if tag[:2] in ("v.", "n.", "t.", "k.", "d.", "q.", "l.")]
        return not tags or any(self._shows(tag, item) for tag in tags)

    def _shows(self, tag: str, item: Item) -> bool:
        name = tag[2:]
        if tag in _DONE:
            asked = self.operations.intersection(_DONE[tag])
            return bool(asked) or (tag.startswith("n.") and self._existing(name))
        if tag == "v.compare":
            return "against" in self.keys or "table" in item.bare
        if tag == "n.chart":
            return bool({"charts"} & self.keys) or "deck" in self.operations
        if tag == "n.template":
            return "template" in self.keys or "pattern" in self.keys
        if tag[0] == "t":
            return name in self.files or bool(self.operations & _TYPE_BY.get(name, set())) or _told_only(item)
        if tag[0] == "k":
            into = name in self.values or any(value.endswith(f".{name}") for value in self.texts)
            pictured = name == "image" and bool(self.files)  # "photos of receipts"
            return name in self.files or into or pictured or bool(self.operations & _KIND_BY.get(name, set()))
        if tag[0] == "d":
            return self._way(name)
        if tag in ("q.max", "q.min", "q.last", "q.first"):
            return name in self.values or "order" in self.keys
        return name in self.values if tag[0] == "l" else True

    def _existing(self, name: str) -> bool:
        return bool(
            self.files & {"deck": {"presentation", "pptx"}, "table": {"spreadsheet", "xlsx"}, "minutes": {"minutes"}}.get(name, set())
        )

    def _way(self, name: str) -> bool:
        named = name in self.values or any(f"{{{name}}}" in value for value in self.values) or "document-date" in self.values
        if named or (name in ("client", "supplier") and (self.parties or "client" in self.keys)):
            return True
        if self.operations & {"clean"} or "valid" in self.keys:
            return True  # columns of a table, days an offer holds
        if name == "extension" or name == "type":
            return "sort" not in self.operations or bool(self.files)
        return name in _WAYS and (bool(self.dated) or bool(self.keys & set(_WAYS[name])) or "list" in self.operations)

    def _period(self, period: Period) -> bool:
        if period.label in self.values or "against" in self.keys or "pattern" in self.keys:
            return True
        return any(
            (not since or not period.since or since <= period.since or period.since <= since)
            and (since in (period.since, "") or until in (period.until, "") or since <= period.since <= until)
            for since, until in self.dated
        )


def _told_only(item: Item) -> bool:
    """Words of the type of a document that tell of none: "les montants facturés", "les courriers reçus"."""
    return item.text.casefold().endswith(("é", "és", "ée", "ées", "ced", "lled")) or item.bare.startswith("recu")


def _flat(params: dict[str, Any]) -> list[str]:
    out: list[str] = []
    for value in params.values():
        out += [str(part) for part in value] if isinstance(value, list) else [str(value)]
    return out
