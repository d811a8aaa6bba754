"""Which operation a clause asks for: its verbs and the things they bear on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from confrere.models.builtin.clauses import DELIVERABLES, Clause
from confrere.models.builtin.items import Item
from confrere.models.builtin.slots import DAYS, columns, dimensions, party_ahead, pattern_of, put, scope_of
from confrere.models.builtin.understanding import Beyond, Understanding, Wish

_MADE = {
    "n.deck": "deck",
    "n.table": "recap",
    "n.report": "report",
    "n.index": "index",
    "n.minutes": "minutes",
    "n.duplicates": "duplicates",
    "n.actions": "minutes",
    "n.offer": "quote",
}
_EXISTING = {"n.deck": "presentation", "n.table": "spreadsheet", "n.minutes": "minutes", "n.report": "report"}
_ON_FILES = {"sort", "rename", "merge", "split", "convert", "move", "delete", "normalise"}
_OUT_VERBS = ("o.mail", "o.translate", "o.calendar", "o.pay", "o.print", "o.media", "o.secure", "o.advice")
FORMATS = {
    "recap": ("xlsx", "csv"),
    "extract": ("xlsx", "csv"),
    "index": ("html", "xlsx"),
    "report": ("docx", "pdf", "md"),
    "minutes": ("docx", "pdf", "md"),
    "consolidate": ("xlsx",),
    "deck": ("pptx",),
    "convert": ("pdf", "docx", "xlsx", "csv", "txt", "md", "html", "image"),
}


@dataclass
class Clauses:
    """What earlier clauses leave to later ones: the wishes of this sentence, the last verb."""

    sentence: int = -1
    wishes: list[Wish] = field(default_factory=list)
    verb: str = ""


class Reading:
    """The reading of one clause."""

    def __init__(self, clause: Clause, result: Understanding, context: Clauses) -> None:
        self.clause, self.result, self.context = clause, result, context
        self.parts = clause.mode("main")
        self.made: list[Wish] = []
        self.heads: list[tuple[int, Wish]] = []

    # -- helpers

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
                if other.has("g.in"):
                    return True
                continue
            return other.has("v.convert") and other.bare.endswith((" en", " in", " as", " au format"))
        return False

    def preceded(self, item: Item, *tags: str) -> bool:
        other = self.before(item)
        return other is not None and other.has(*tags)

    # -- reading

    def read(self) -> None:
        if self._beyond():
            return
        if self._question():
            return
        by, unsortable = dimensions(self.parts)
        self.result.not_understood += unsortable
        verbs = [item for item in self.parts if item.has("v.") and not (item.has("n.") and item.tags[0][0] == "n")]
        for verb in verbs:
            if not verb.used:
                self._verb(verb, by)
        self._things(by)
        kinds = [item for item in self.parts if item.has("k.") and not item.used]
        if not self.made and len(kinds) >= 2 and self.into(kinds[-1]):
            self.wish("convert", None)
        if not self.made and by:
            self._bare_dimensions(by)
        self._fill(by)
        wanted = [wish for wish in self.made if wish.operation not in self.result.refused]
        for wish in wanted:
            self._add(wish)
        for verb in verbs:
            self.context.verb = verb.tag("v.")
        self._leftover()

    def _add(self, wish: Wish) -> None:
        """Keep a wish; a second mention of the same operation in a sentence adds to the first."""
        for old in self.result.wishes:
            if old.operation == wish.operation and old.only == wish.only and old.operation not in ("convert", "merge", "split", "list"):
                for name, value in wish.params.items():
                    put(old.params, name, value)
                old.words += wish.words
                if old not in self.context.wishes:
                    self.context.wishes.append(old)
                return
        self.result.wishes.append(wish)
        self.context.wishes.append(wish)

    def _beyond(self) -> bool:
        """A clause whose work is out of reach: mail to send, a flight to book, a text to write."""
        out = next((item for item in self.parts if item.has("o.") and not item.used), None)
        writes = self.first("v.write", "v.make", "v.summarise")
        letter = next(
            (item for item in self.parts if item.has("t.mail", "t.letter", "t.contract", "t.cv") and self.preceded(item, "g.indefinite")),
            None,
        )
        if out is None and writes is not None and letter is not None and not self.has(*DELIVERABLES, "v.fill"):
            self._give_up("creative")
            return True
        if out is None:
            return False
        verb = next(
            (
                item
                for item in self.parts
                if item.has("v.") and not item.has("v.make", "v.find", "v.do", "v.list", "v.write", "v.keep", "v.compare")
            ),
            None,
        )
        place = self.parts.index(out)
        if verb is not None and (self.parts.index(verb) < place or not out.has(*_OUT_VERBS)):
            before = self.parts[place - 1] if place else None
            if before is not None and before.has("g.for"):
                self._purpose(place - 1)
            return False
        made = next((item for item in self.parts[:place] if item.has(*DELIVERABLES)), None)
        if made is not None and ((place and self.parts[place - 1].has("g.for", "g.in")) or not out.has(*_OUT_VERBS)):
            self._purpose(place - 1 if self.parts[place - 1].has("g.for", "g.in") else place)
            return False
        if self.preceded(out, "g.for") and self.context.wishes:
            self._purpose(0)
            return True
        if place and self.parts[place - 1].has("g.of") and any(item.has("t.", "n.amounts") for item in self.parts[:place]):
            return False
        codes = [item.tag("o.") for item in self.parts if item.has("o.")]
        self._give_up(next((code for code in ("phone", "translate") if code in codes), codes[0]))
        return True

    def _give_up(self, code: str) -> None:
        words = " ".join(dict.fromkeys(item.text for item in self.parts if item.text.strip()))
        self.result.beyond.append(Beyond(code=code, words=words))
        for item in self.clause.items:
            item.used = True

    def _purpose(self, start: int) -> None:
        tail = self.parts[start:]
        self.result.purposes.append(" ".join(dict.fromkeys(item.text for item in tail)))
        for item in tail:
            item.used = True

    # -- questions

    def _question(self) -> bool:
        asked = next(
            (item for item in self.parts if item.has("q.count", "q.sum", "q.which", "q.where", "q.exists", "q.when") and not item.used),
            None,
        )
        if (
            asked is None
            and (self.clause.question or not self.has("v."))
            and self.has("t.", "k.", "n.files")
            and not self.has(*DELIVERABLES)
        ):
            asked = next((item for item in self.parts if item.has("q.max", "q.min", "q.last", "q.first")), None)
        if asked is None:
            return False
        ahead = [
            item
            for item in self.parts[: self.parts.index(asked)]
            if not item.filler and not item.has("v.list", "v.find", "v.do", "v.make", "g.", "n.names")
        ]
        if ahead and not self.clause.question:
            return False
        if any(item.has("v.sort", "v.rename", "v.merge", "v.convert") and not item.has("n.") for item in ahead):
            return False
        kind = asked.tag("q.")
        asked.used = True
        for item in self.parts:
            item.used |= item.has("v.list", "v.find", "v.do", "v.make", "v.sum", "v.count", "v.keep", "v.move")
        duplicates = self.first("n.duplicates")
        if duplicates is not None:
            self._add(self.wish("duplicates", duplicates, action="report"))
            self._leftover()
            return True
        beyond_amounts = self.has("n.amounts", "f.total", "f.net", "f.tax")
        if kind == "count" and (beyond_amounts or not self.has("t.", "k.", "n.files", "d.", "n.folder", "n.page", "t.mail")):
            kind = "sum"
        if kind == "which" and beyond_amounts and not self.has("t.", "k.", "n.files", "q.max", "q.min"):
            kind = "sum"
        wish = self.wish("list", asked, question=kind)
        for order in ("max", "min", "last", "first"):
            ranked = self.first(f"q.{order}")
            if ranked is not None:
                ranked.used = True
                wish.params["question"] = order
        by, unknown = dimensions(self.parts)
        self.result.not_understood += unknown
        if by:
            wish.params["by"] = by
        wish.only = scope_of(self.parts, loose=False)
        self._loose_party(wish)
        for item in self.parts:
            if not item.used and item.has("d.client", "d.supplier", "d.month", "d.year", "d.date") and "measure" not in wish.params:
                wish.params["measure"] = item.tag("d.")
                item.used = True
            elif not item.used and item.has("f.") and "measure" not in wish.params:
                wish.params["measure"] = item.tag("f.")
                item.used = True
            elif item.has("q.unpaid"):
                self.result.not_understood.append(item.text)
                item.used = True
            item.used |= item.has("n.amounts", "n.files", "n.folder", "d.", "f.", "n.names", "q.")
        self._add(wish)
        self._leftover()
        return True

    def _loose_party(self, wish: Wish) -> None:
        """In a question, a proper noun that nothing else took is whom it is about."""
        for index, item in enumerate(self.parts):
            if not item.used and item.kind == "unknown" and item.proper:
                run = party_ahead(self.parts, index, loose=False)
                if run:
                    wish.only.parties.append(" ".join(part.text for part in run))
                    for part in run:
                        part.used = True

    # -- verbs

    def _verb(self, verb: Item, by: list[str]) -> None:
        name = verb.tag("v.")
        tabular = any(item.kind == "file" and item.bare.endswith((".csv", ".xlsx", ".tsv", ".xls", ".ods")) for item in self.parts)
        data = (
            tabular
            or self.has("n.data", "k.csv", "t.spreadsheet")
            or (self.has("n.table", "k.xlsx") and name in ("clean", "normalise", "dedupe"))
        )
        if name == "sort":
            kept = self.after(verb)
            if kept is not None and kept.has("n.duplicates"):
                return
            self.wish("sort", verb)
        elif name == "rename":
            self.wish("rename", verb)
        elif name == "normalise":
            self.wish("rename" if self.has("n.names") or (not data and self.has("n.files", "t.", "k.")) else "clean", verb)
        elif name == "clean":
            if self.has("n.names"):
                self.wish("rename", verb)
            elif data:
                self.wish("clean", verb)
            elif self.has("n.duplicates"):
                return
            elif self.has("n.files", "n.folder"):
                self.wish("sort", verb)
            else:
                return
        elif name == "dedupe":
            if data:
                self.wish("clean", verb)
            else:
                self.wish("duplicates", verb, action="aside")
        elif name == "merge":
            self._merge(verb)
        elif name == "split":
            if by and not self.has("n.page", "k.pdf"):
                self.wish("sort", verb)
            else:
                self.wish("split", verb)
        elif name == "convert":
            self.wish("convert", verb)
        elif name == "extract":
            if self.has("n.page") and not self.has("n.amounts", "f."):
                self.wish("split", verb)
            elif self.has("n.actions"):
                return
            elif self.has("n.amounts", "f.", "d.", "n.data", "t.", "n.table", "k.csv", "k.xlsx") or any(
                item.kind == "number" for item in self.parts
            ):
                self.wish("extract", verb)
        elif name == "summarise":
            self._summarise(verb)
        elif name == "sum":
            self.wish("recap", verb)
        elif name == "consolidate":
            self.wish("consolidate", verb)
        elif name == "fill":
            if self.has("t.quote", "n.offer", "n.template") and not self.made:
                self.wish("quote", verb)
        elif name == "count" or (
            name == "list" and not self.has(*DELIVERABLES, "n.amounts") and self.has("t.", "k.", "n.files", "d.", "q.")
        ):
            self.wish("list", verb, question="count" if name == "count" else "which")
        elif name == "find" and not self.has(*DELIVERABLES) and self.has("t.", "k.", "n.files", "d."):
            self.wish("list", verb, question="which")
        elif name == "move":
            self._move(verb, by)
        elif name == "aside" and self.has("n.duplicates"):
            self.wish("duplicates", verb, action="aside")
        elif name == "aside" and any(wish.operation == "duplicates" for wish in self.context.wishes):
            verb.used = True
            next(wish for wish in self.context.wishes if wish.operation == "duplicates").params["action"] = "aside"
        elif name == "delete" and self.has("n.duplicates"):
            host = next((wish for wish in [*self.made, *self.context.wishes] if wish.operation == "clean"), None)
            if host is not None and not self.has("n.files"):
                for item in self.parts:
                    item.used |= item.has("n.duplicates", "v.delete", "n.data")
        elif name == "delete":
            earlier = next((wish for wish in self.context.wishes if wish.operation == "duplicates"), None)
            if earlier is not None and not self.has("t.", "k.", "n.files"):
                earlier.params["action"], verb.used = "delete", True
            elif self.has("n.data", "n.column") or any(wish.operation == "clean" for wish in self.context.wishes):
                self.wish("clean", verb)
            elif not self.made:
                self._give_up("delete")

    def _merge(self, verb: Item) -> None:
        if self.made and verb.bare.startswith(("en ", "dans ", "into", "in ")):
            if self.made[-1].operation in ("sort", "convert"):
                self.made[-1].operation = "merge"
            verb.used = True
        elif any(item.kind == "file" for item in self.parts) or (
            self.has("k.pdf", "t.", "n.files", "k.image", "k.csv", "k.xlsx", "n.table", "n.data", "n.report", "n.minutes")
            and not (self.first("n.deck") and not self.has("k.pdf"))
        ):
            self.wish("merge", verb)

    def _summarise(self, verb: Item) -> None:
        if self.has("t.transcript", "n.meeting", "n.minutes"):
            self.wish("minutes", verb)
        elif self.has("n.amounts") and not self.has("n.report", "n.table", "n.deck"):
            self.wish("recap", verb)
        elif not self.has("n.table", "n.deck"):
            self.wish("report", verb)
        else:
            verb.used = True

    def _move(self, verb: Item, by: list[str]) -> None:
        into = next((item for item in self.parts if item.has("k.") and self.into(item) and not item.used), None)
        duplicates = self.first("n.duplicates")
        table = self.first("n.table", "n.index", "n.deck", "n.report")
        if duplicates is not None:
            self.wish("duplicates", verb, action="aside")
        elif any(wish.operation == "duplicates" for wish in self.context.wishes) and self.has("n.folder") and not self.has("t.", "k."):
            next(wish for wish in self.context.wishes if wish.operation == "duplicates").params["action"] = "aside"
            verb.used = True
            for item in self.parts:
                item.used |= item.has("n.folder")
        elif into is not None and not self.has("n.folder"):
            self.wish("extract" if self.has("n.amounts", "f.") else "convert", verb)
        elif table is not None and self.into(table):
            verb.used = True
            if self.has("n.amounts", "f.", "t.", "n.data"):
                self.wish("extract", verb)
        elif self.has("n.folder") or by:
            self.wish("sort", verb)

    # -- things to deliver

    def _things(self, by: list[str]) -> None:
        verb = next((wish.operation for wish in self.made if wish.operation in _ON_FILES), "")
        for item in self.parts:
            if item.used:
                continue
            if (
                item.has("n.names")
                and not self.made
                and (self.has("v.make", "v.sort", "v.touch", "g.pattern") or any(part.kind in ("pattern",) for part in self.parts))
            ):
                self.wish("rename", item)
            elif item.has("n.data") and not self.made and self.has("v.clean", "v.dedupe"):
                self.wish("clean", item)
            elif item.has(*_MADE):
                self._thing(item, verb)
            elif item.has("k.docx") and not self.made and self.has("v.make", "v.write") and self.preceded(item, "g.indefinite"):
                self.wish("report", item, format="docx")
            elif (
                item.has("t.quote") and self.has("v.make", "v.write", "v.fill") and self.preceded(item, "g.indefinite", "v.make", "v.write")
            ):
                self.wish("quote", item)
            elif item.has("n.chart") and not self.made:
                self.wish("recap", item, charts=True)
            elif item.has("n.amounts", "f.total") and not self.made and not self.heads_elsewhere():
                self.wish("recap", item)
            elif item.has("n.meeting") and not self.made and self.has("v.make", "v.write"):
                continue

    def heads_elsewhere(self) -> bool:
        return self.has(*DELIVERABLES) or (not (by_verb := self.has("v.make", "v.sum", "v.list", "v.do", "v.find")) and not by_verb)

    def _thing(self, item: Item, on_files: str) -> None:
        operation = next(_MADE[tag] for tag in item.tags if tag in _MADE)
        before = self.before(item)
        shadowed = bool(self.made) and before is not None and before.has("g.with", "g.of") and operation not in ("duplicates",)
        plural = item.bare.split()[-1].endswith(("s", "x")) and item.bare not in ("minutes", "slides", "diapos")
        existing = item.has(*_EXISTING) and plural and (before is None or before.has("g.definite", "v.", "g.of", "g.and"))
        if operation == "recap" and any(wish.operation in ("convert", "merge") for wish in self.made):
            host = next(wish for wish in self.made if wish.operation in ("convert", "merge"))
            if host.operation == "convert" and self.into(item):
                put(host.params, "to", "xlsx")
            else:
                host.only.types.append("spreadsheet")
            item.used = True
            return
        if (
            operation == "duplicates"
            and any(wish.operation == "clean" for wish in [*self.made, *self.context.wishes])
            and not self.has("n.files")
        ):
            item.used = True
            return
        if on_files and existing and operation in ("deck", "recap", "report", "minutes"):
            next(wish for wish in self.made if wish.operation in _ON_FILES).only.types.append(
                _EXISTING[next(t for t in item.tags if t in _EXISTING)]
            )
            item.used = True
            return
        if before is not None and before.kind == "number" and operation == "deck":
            before.used = True
            wish = self._deck(item)
            wish.params["slides"] = before.value
            return
        if operation == "deck":
            number = next(
                (other for other in self.parts[self.parts.index(item) + 1 : self.parts.index(item) + 4] if other.kind == "number"), None
            )
            if (
                "slides" not in self._deck(item).params
                and number is not None
                and any(other.has("n.deck", "n.page") for other in self.parts[self.parts.index(number) + 1 : self.parts.index(number) + 3])
            ):
                number.used = True
                self._deck(item).params["slides"] = number.value
                for other in self.parts[self.parts.index(number) + 1 : self.parts.index(number) + 3]:
                    other.used |= other.has("n.page")
            return
        if (
            operation == "recap"
            and (self.into(item) or (before is not None and before.has("g.indefinite", "v.make")))
            and any(wish.operation in ("extract", "list", "index") for wish in self.made)
        ):
            target = next(wish for wish in self.made if wish.operation in ("extract", "list", "index"))
            if target.operation == "list" and self.has("n.files") and not self.has("t."):
                target.operation = "index"
                target.params.pop("question", None)
            elif target.operation == "list":
                target.operation = "extract"
                target.params.pop("question", None)
            put(target.params, "format", "xlsx")
            item.used = True
            return
        if operation == "recap" and any(wish.operation == "clean" for wish in self.made):
            item.used = True
            return
        if (
            operation == "recap"
            and (item.bare.startswith(("excel", "tableur")))
            and any(wish.operation in ("recap", "index", "consolidate") for wish in self.made)
        ):
            next(wish for wish in self.made if wish.operation in ("recap", "index", "consolidate")).params.setdefault("format", "xlsx")
            item.used = True
            return
        if shadowed:
            item.used = True
            if operation == "minutes" and item.has("n.actions"):
                put(self.made[-1].params, "focus", "actions")
            return
        if operation == "report" and self.has("t.transcript", "n.meeting") and not self.has("t.invoice"):
            operation = "minutes"
        if operation == "duplicates":
            action = "delete" if self.has("v.delete") else "aside" if self.has("v.aside", "v.move") else "report"
            for other in self.parts:
                other.used |= other.has("v.delete", "v.aside", "v.find", "n.folder")
            self.wish("duplicates", item, action=action)
            return
        if operation == "minutes" and item.has("n.actions"):
            chosen = next((wish for wish in self.made if wish.operation in ("minutes", "report")), None)
            if chosen is not None:
                item.used = True
            self.wish(chosen.operation if chosen else "minutes", item, focus="actions")
            return
        self.wish(operation, item)

    def _last(self, *operations: str) -> Wish | None:
        return next((wish for wish in reversed(self.context.wishes) if wish.operation in operations), None)

    def _deck(self, item: Item) -> Wish:
        earlier = self._last("deck")
        if earlier is not None and not any(wish.operation == "deck" for wish in self.made) and not self.preceded(item, "g.indefinite"):
            self.made.append(earlier)
        return self.wish("deck", item)

    def _bare_dimensions(self, by: list[str]) -> None:
        """ "Par client" alone: it completes the last wish that sorts, else asks to sort."""
        last = self._last("sort", "recap", "list", "extract")
        if last is not None and not (last.operation == "sort" and last.params.get("by") and self.has("t.", "k.")):
            put(last.params, "by", by)
        else:
            self.wish("sort", None)

    # -- slots

    def _fill(self, by: list[str]) -> None:
        if not self.made:
            self._late_slots(by)
            return
        wish = self.made[-1]
        takes = [
            w
            for w in self.made
            if w.operation
            in ("sort", "recap", "extract", "consolidate", "index", "report", "deck", "rename", "list", "clean", "merge", "split")
        ]
        if by and takes:
            target = next((w for w in takes if w.operation in ("sort", "recap", "list")), takes[-1])
            put(target.params, "by", [name for name in by])
        self._numbers()
        self._formats()
        self._language()
        self._names()
        self._extras()
        table = next((w for w in self.made if w.operation in ("recap", "extract", "rename")), None)
        scope = scope_of(self.parts, loose=False)
        holder = next((w for w in self.made if w.operation not in ("sort",)), wish) if len(self.made) > 1 else wish
        holder.only = holder.only.merged(scope)
        if table is not None:
            self._columns(table)
        sort = next((w for w in self.made if w.operation == "sort"), None)
        if sort is not None and not sort.params.get("by"):
            left = [item.tag("d.") for item in self.parts if not item.used and item.has("d.") and item.tag("d.") != "project"]
            if left:
                put(sort.params, "by", left)
        for item in self.parts:
            if item.has("d.project") and not item.used:
                self.result.not_understood.append(item.text)
            item.used |= item.has("n.", "d.", "f.", "v.", "g.", "q.") and not item.has("o.")

    def _late_slots(self, by: list[str]) -> None:
        """A clause with no wish of its own may complete the one before ("en anglais", "appelle-le Bilan.xlsx")."""
        last = self.context.wishes[-1] if self.context.wishes else None
        if last is None:
            scope = scope_of(self.parts, loose=False)
            self.result.only = self.result.only.merged(scope)
            return
        self.made = [last]
        self._numbers()
        self._formats()
        self._language()
        self._names()
        self._extras()
        last.only = last.only.merged(scope_of(self.parts, loose=False))
        if last.operation in ("recap", "extract", "rename"):
            self._columns(last)
        if not any(item.has("v.make", "v.write", "v.find", "v.touch", "v.compare", "v.delete") and not item.used for item in self.parts):
            for item in self.parts:
                item.used |= item.has("n.", "d.", "f.", "v.", "g.")
        self.made = []

    def _numbers(self) -> None:
        for index, item in enumerate(self.parts):
            if item.kind != "number" or item.used:
                continue
            after = self.parts[index + 1] if index + 1 < len(self.parts) else None
            deck = next((w for w in self.made if w.operation == "deck"), None) or self._last("deck")
            if after is not None and after.has("n.deck") and deck is not None:
                deck.params["slides"] = item.value
                item.used = after.used = True
            elif after is not None and after.has("n.page"):
                target = next((w for w in self.made if w.operation in ("split", "report", "deck")), None)
                if target is not None:
                    target.params["every" if target.operation == "split" else "slides" if target.operation == "deck" else "pages"] = (
                        item.value
                    )
                    item.used = after.used = True
            elif any(w.operation == "split" for w in self.made) and any(part.has("n.page") for part in self.parts[:index]):
                target = next(w for w in self.made if w.operation == "split")
                target.params.setdefault("pages", []).append(item.value)
                item.used = True

    def _formats(self) -> None:
        for item in self.parts:
            if item.used or not (item.has("k.") or item.has("n.table")):
                continue
            kind = item.tag("k.") or ("xlsx" if item.bare.split()[0] in ("excel", "tableur", "xlsx") else "")
            into = self.into(item)
            convert = next((w for w in self.made if w.operation == "convert"), None)
            if convert is not None and kind and into and "to" not in convert.params and (item.has("k.") or kind):
                convert.params["to"], item.used = kind, True
                continue
            for wish in self.made:
                allowed = FORMATS.get(wish.operation, ())
                before, after = self.before(item), self.after(item)
                joined = (
                    into
                    or (before is not None and before.has("n.table", "n.report", "n.index", "n.minutes", "g.or"))
                    or (after is not None and after.used and after.has("n.table", "n.report", "n.index", "n.minutes"))
                )
                if kind in allowed and joined and wish.operation != "convert":
                    put(wish.params, "format", kind)
                    item.used = True
                    break
            if not item.used and into and kind:
                last = self._last("recap", "report", "index", "minutes", "extract", "clean")
                if last is not None and kind in FORMATS.get(last.operation, ()):
                    put(last.params, "format", kind)
                    item.used = True

    def _language(self) -> None:
        for item in self.parts:
            if item.has("l.") and not item.used:
                for wish in self.made:
                    put(wish.params, "language", item.tag("l."))
                item.used = True
            elif item.has("n.language") and not item.used:
                self.result.not_understood.append(item.text)
                item.used = True

    def _names(self) -> None:
        """Names given to what is made, folders to put things in, patterns, templates."""
        for index, item in enumerate(self.parts):
            if item.used:
                continue
            rename = next((w for w in self.made if w.operation == "rename"), None)
            if item.kind in ("pattern", "quote", "file") and rename is not None and (pattern := pattern_of(item.text)):
                put(rename.params, "pattern", pattern)
                item.used = True
            elif item.has("g.named", "g.pattern"):
                self._named(index)
            elif (
                item.has("n.folder")
                and self.preceded(item, "g.in", "g.indefinite", "g.definite")
                and any(w.operation in ("sort", "duplicates", "merge", "convert") for w in self.made)
                and any(other.has("g.in", "v.make", "v.move") for other in self.parts[:index])
            ):
                at = index + 1
                while at < len(self.parts) and (self.parts[at].has("g.named", "g.of") or self.parts[at].filler):
                    at += 1
                run = party_ahead(self.parts, at, loose=True)
                if run:
                    target = next(w for w in self.made if w.operation in ("sort", "duplicates", "merge", "convert"))
                    put(target.params, "folder", " ".join(part.text for part in run))
                    for part in [item, *run]:
                        part.used = True
            elif item.has("n.template"):
                run = [part for part in self.parts[index + 1 :] if part.kind in ("quote", "file")][:1]
                quote = next((w for w in self.made if w.operation in ("quote", "deck", "report")), None)
                if quote is not None:
                    if run:
                        quote.params["template"] = run[0].text
                        run[0].used = True
                    item.used = True
            elif item.kind == "file" and self.preceded(item, "g.in") and self.made[-1].operation in FORMATS:
                put(self.made[-1].params, "name", item.text)
                item.used = True

    def _named(self, index: int) -> None:
        item = self.parts[index]
        for at in range(index + 1, min(index + 4, len(self.parts))):
            other = self.parts[at]
            if other.kind in ("quote", "file", "pattern") or ((other.kind == "unknown" or other.proper) and other.text[:1].isalpha()):
                run = [other] if other.kind in ("quote", "file", "pattern") else party_ahead(self.parts, at, loose=True)
                text = " ".join(part.text for part in run)
                rename = next((w for w in self.made if w.operation == "rename"), None)
                if rename is not None:
                    if pattern := pattern_of(text):
                        put(rename.params, "pattern", pattern)
                    else:
                        continue
                elif any(part.has("n.folder") for part in self.parts[:index]):
                    put(self.made[-1].params, "folder", text)
                else:
                    put(self.made[-1].params, "name", text)
                for part in [item, *run]:
                    part.used = True
                return

    def _extras(self) -> None:
        merge = next((w for w in self.made if w.operation == "merge"), None)
        if merge is not None:
            for item in self.parts:
                if not item.used and item.has("d.date", "q.first", "q.last"):
                    put(merge.params, "order", "newest" if item.has("q.last") else "date")
                    item.used = True
                elif not item.used and item.has("k.pdf") and self.preceded(item, "v.merge"):
                    item.used = True
        for item in self.parts:
            if item.used:
                continue
            if item.has("n.chart"):
                for wish in self.made:
                    if wish.operation in ("recap", "deck", "report"):
                        wish.params["charts"] = True
                item.used = True
            elif (item.has("n.actions") and any(w.operation in ("minutes", "report") for w in self.made)) or (
                item.has("x.audience") and self.preceded(item, "g.for", "g.definite")
            ):
                item.used = True

    def _columns(self, table: Wish) -> None:
        """Fields listed as columns, or the parts of a name in the order given."""
        if table.operation == "rename":
            if "pattern" not in table.params:
                parts = columns([item for item in self.parts if item.has("f.", "d.", "n.amounts")])
                parts = [{"tax": "tax", "due_date": "due_date"}.get(part, part) for part in parts]
                if parts:
                    table.params["pattern"] = "_".join(f"{{{part}}}" for part in parts)
            return
        cue = self.has("n.column", "g.with")
        names = columns(self.parts)
        if table.operation == "extract":
            if names:
                put(table.params, "columns", names)
        elif len([n for n in names if n != "total"]) >= 1 and (cue or len(names) >= 3):
            put(table.params, "columns", names)
        elif "by" not in table.params:
            left = [
                item.tag("d.")
                for item in self.parts
                if not item.used and item.has("d.client", "d.supplier", "d.month", "d.year", "d.vat", "d.quarter", "d.type")
            ]
            if left:
                put(table.params, "by", left)

    def _leftover(self) -> None:
        """ "Pour mon comptable", "for the wedding": what it is for, which changes nothing to do."""
        if not (self.made or self.result.wishes):
            return
        for index, item in enumerate(self.parts):
            if not item.has("g.for") or item.used:
                continue
            end = next(
                (at for at in range(index + 1, len(self.parts)) if self.parts[at].kind in ("comma", "number", "period")), len(self.parts)
            )
            tail = self.parts[index:end]
            plain = all(
                part.used
                or part.filler
                or (part.kind == "unknown" and (not part.proper or part.bare in DAYS))
                or part.has("g.", "x.", "n.", "o.", "q.")
                for part in tail
            )
            if plain and len(tail) > 1:
                self.result.purposes.append(" ".join(dict.fromkeys(part.text for part in tail)))
                for part in tail:
                    part.used = True
                return
