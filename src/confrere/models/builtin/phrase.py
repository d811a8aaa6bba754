"""A clause being read: its items, the wishes made so far, and what stands where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from confrere.models.builtin.governing import Clause
from confrere.models.builtin.items import Item
from confrere.models.builtin.slots import put, scope_of
from confrere.models.builtin.understanding import Beyond, Understanding, Wish
from confrere.tools.office.scope import Scope

_TELLING = ("by", "slides", "pages", "language", "name", "each", "template", "columns")


@dataclass
class Clauses:
    """What earlier clauses leave to later ones: the wishes of this sentence, the last verb."""

    sentence: int = -1
    wishes: list[Wish] = field(default_factory=list)
    verb: str = ""
    mentioned: Scope = field(default_factory=Scope)


class Phrase:
    """One clause, and where its reading stands."""

    def __init__(self, clause: Clause, result: Understanding, context: Clauses) -> None:
        self.clause, self.result, self.context = clause, result, context
        self.parts = clause.mode("main")
        self.made: list[Wish] = []
        self.heads: list[tuple[int, Wish]] = []

    def wish(self, operation: str, item: Item | None, **params: Any) -> Wish:
        """The wish of this operation in the clause, made if new."""
        for old in self.made:
            if old.operation == operation:
                for name, value in params.items():
                    put(old.params, name, value)
                if item is not None:
                    item.used = True
                    old.words.append(item.text)
                return old
        new = Wish(operation=operation, params=dict(params), words=[item.text] if item else [])
        if item is not None:
            item.used = True
        self.made.append(new)
        return new

    def has(self, *tags: str) -> bool:
        return any(item.has(*tags) for item in self.parts)

    def first(self, *tags: str) -> Item | None:
        return next((item for item in self.parts if not item.used and item.has(*tags)), None)

    def before(self, item: Item) -> Item | None:
        """What stands just before, fillers skipped."""
        index = self.parts.index(item)
        return next((other for other in reversed(self.parts[:index]) if not other.filler and other.kind != "comma"), None)

    def after(self, item: Item) -> Item | None:
        """What stands just after, fillers and articles skipped."""
        index = self.parts.index(item)
        return next(
            (other for other in self.parts[index + 1 :] if not other.filler and not other.has("g.definite", "g.indefinite", "g.of")), None
        )

    def into(self, item: Item) -> bool:
        """Whether the item is where something goes: "en PDF", "dans un fichier Excel", "as a CSV file"."""
        index = self.parts.index(item)
        for other in reversed(self.parts[:index]):
            if other.filler or (other.has("g.definite", "g.indefinite", "n.files", "g.in") and not other.has("v.")):
                if other.has("g.in") or (other.bare == "a" and item.has("k.")):
                    return True
                continue
            return (other.has("v.convert") and other.bare.endswith((" en", " in", " as", " au format"))) or (
                other.has("v.merge") and other.bare.split()[0] in ("in", "into", "en", "dans")
            )
        return False

    def preceded(self, item: Item, *tags: str) -> bool:
        other = self.before(item)
        return other is not None and other.has(*tags)

    def _add(self, wish: Wish) -> None:
        """Keep a wish; a second mention of the same operation in a sentence adds to the first."""
        for old in self.result.wishes:
            if old.operation != wish.operation:
                continue
            again = (
                old in self.context.wishes
                and not wish.only
                and not wish.exclude
                and not any(old.params.get(k, v) != v and not isinstance(v, list) for k, v in wish.params.items())
            )
            other = bool(old.params.get("format")) and old.params["format"] != wish.params.get("format", old.params["format"])
            if other or self._two(old, wish):
                continue  # "an HTML index and an Excel index" are two
            single = wish.operation not in ("convert", "merge", "split", "list") and not (
                wish.params.get("folder") and old.params.get("by")
            )
            if (single and old.only == wish.only) or (again and wish.operation != "list" and not wish.params.get("folder")):
                if wish.operation == "duplicates" and old.params.get("action") == "report" and wish.params.get("action"):
                    del old.params["action"]  # "there are two of everything. Put the copies aside"
                for name, value in wish.params.items():
                    put(old.params, name, value)
                old.words += wish.words
                if old not in self.context.wishes:
                    self.context.wishes.append(old)
                return
        self.result.wishes.append(wish)
        self.context.wishes.append(wish)

    @staticmethod
    def _two(old: Wish, wish: Wish) -> bool:
        """Whether two things to make differ in what was said of them: "a recap by client and a recap by month", "5 slides ... 10 slides"."""
        if wish.operation not in ("recap", "deck", "report", "minutes", "index", "extract"):
            return False
        told = [(old.params[name], wish.params[name]) for name in _TELLING if name in old.params and name in wish.params]
        return any(before != after for before, after in told)

    def _last(self, *operations: str) -> Wish | None:
        return next((wish for wish in reversed(self.context.wishes) if wish.operation in operations), None)

    def _give_up(self, code: str) -> None:
        words = " ".join(dict.fromkeys(item.text for item in self.parts if item.text.strip()))
        self.result.beyond.append(Beyond(code=code, words=words))
        self.context.mentioned = scope_of(self.parts, loose=False)
        for item in self.clause.items:
            item.used = True

    def _purpose(self, start: int) -> None:
        tail = self.parts[start:]
        self.result.purposes.append(" ".join(dict.fromkeys(item.text for item in tail)))
        for item in tail:
            item.used = True
