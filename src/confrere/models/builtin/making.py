"""Things to deliver: which noun asks for which operation, and when it names files that exist already."""

from __future__ import annotations

from confrere.models.builtin.filling import Filling
from confrere.models.builtin.governing import DELIVERABLES
from confrere.models.builtin.items import Item
from confrere.models.builtin.slots import put
from confrere.models.builtin.understanding import Wish

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
_WHOLE_DECK = ("presentation", "diaporama", "deck", "powerpoint", "slideshow")
_SUBJECTS = {"bilan", "etat des lieux", "resume", "overview"}
_ONE_SLIDE = {"diapo", "slide", "diapositive"}
_SAME = {"meme", "memes", "same"}
_TABLES = ("recap", "extract", "index", "consolidate")
_TABULAR = (".csv", ".tsv", ".xlsx", ".xls", ".ods")
_ON_FILES = {"sort", "rename", "merge", "split", "convert", "move", "delete", "normalise", "consolidate"}


class Making(Filling):
    """Reads the deliverables a clause names."""

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
            elif item.has("n.index") and (after := self.after(item)) is not None and after.has("n.duplicates"):
                item.used = True  # "la liste des doublons"
            elif item.has(*_MADE):
                self._thing(item, verb)
            elif (
                item.has("k.docx")
                and not self.made
                and self.preceded(item, "g.indefinite")
                and (self.has("v.make", "v.write") or (self.parts.index(item) <= 2 and not self.has("v.")))
            ):
                self.wish("report", item, format="docx")
            elif item.has("t.quote") and self._quoted(item):
                self.wish("quote", item)
            elif item.has("n.chart") and not self.made:
                self.wish("recap", item, charts=True)
            elif item.has("n.amounts", "f.total", "f.tax", "f.net") and not self.made and not self.heads_elsewhere():
                self.wish("recap", item if item.has("n.amounts") else None)
            elif item.has("n.meeting") and not self.made and self.has("v.make", "v.write"):
                continue

    def _quoted(self, item: Item) -> bool:
        """Whether a quote is to be made, not one that lies in the folder."""
        tables = any(part.kind == "file" and part.bare.endswith(_TABULAR) for part in self.parts)
        place = self.parts.index(item)
        target = place + 1 < len(self.parts) and self.parts[place + 1].has("g.for")
        opens = all(part.filler or part.has("g.", "c.") for part in self.parts[:place]) and not item.bare.endswith("s")
        asked = self.has("v.make", "v.write", "v.fill") or tables or target
        if self.preceded(item, "g.indefinite", "v.make", "v.write", "v.fill"):
            return asked
        return not self.made and (tables or (opens and target))

    def heads_elsewhere(self) -> bool:
        """Whether the amounts named here belong to something else than a recap of their own."""
        verbs = [item for item in self.parts if item.has("v.") and not item.has("n.")]
        return self.has(*DELIVERABLES) or (bool(verbs) and not self.has("v.make", "v.sum", "v.list", "v.do", "v.find"))

    def _thing(self, item: Item, on_files: str) -> None:
        operation = next(_MADE[tag] for tag in item.tags if tag in _MADE)
        before = self.before(item)
        shadowed = bool(self.made) and before is not None and before.has("g.with", "g.of") and operation not in ("duplicates",)
        index = self.after(item)
        if operation == "recap" and item.bare == "excel" and index is not None and index.has("n.index"):
            self.wish("index", index, format="xlsx")  # "an Excel index"
            item.used = True
            return
        plural = any(word.endswith(("s", "x")) for word in item.bare.split()) and item.bare not in ("minutes", "slides", "diapos")
        existing = item.has(*_EXISTING) and plural and (before is None or before.has("g.definite", "v.", "g.of", "g.and"))
        if operation == "recap" and any(wish.operation == "consolidate" for wish in self.made):
            item.used = True
            return
        if operation == "duplicates" and any(part.kind == "file" and part.bare.endswith(_TABULAR) for part in self.parts):
            self.wish("clean", item)
            for other in self.parts:
                other.used |= other.has("v.delete", "v.find")
            return
        tables = next((w for w in self.context.wishes if any(name.lower().endswith(_TABULAR) for name in w.only.names)), None)
        if operation == "duplicates" and tables is not None and not self.has("n.files"):
            self.wish("clean", item).only.names = list(tables.only.names)  # the rows of that table, never files
            for other in self.parts:
                other.used |= other.has("v.delete", "v.find")
            return
        if (
            operation in ("recap", "deck", "report")
            and self.parts.index(item)
            and self.parts[self.parts.index(item) - 1].bare in _SAME
            and not any(part.has("g.indefinite") for part in self.parts[max(0, self.parts.index(item) - 2) : self.parts.index(item)])
            and any(part.kind == "period" for part in self.parts)
        ):
            self.result.not_understood.append(" ".join(dict.fromkeys(part.text for part in self.parts)))
            for part in self.parts:
                part.used = True  # "the same report as last month": which one cannot be known here
            return
        last = self.result.wishes[-1] if self.result.wishes else None
        after = self.after(item)
        if (
            operation == "report"
            and item.bare == "report"
            and after is not None
            and after.has("g.only")
            and any(wish.operation == "duplicates" for wish in [*self.made, *self.context.wishes])
        ):
            item.used = True  # "dupes: report only"
            return
        alone = not any(part.has("v.", "t.", "k.", "d.", "f.", "n.amounts") for part in self.parts)
        bare = all(part is item or part.filler or part.kind == "comma" or part.has("g.") for part in self.parts)
        if (
            operation == "recap"
            and (self.into(item) or (bare and "excel" in item.bare))
            and alone
            and last is not None
            and last.operation in _TABLES
        ):
            put(last.params, "format", "xlsx")  # "... Format Excel."
            item.used = True
            return
        if operation == "recap" and any(wish.operation in ("convert", "merge") for wish in self.made):
            host = next(wish for wish in self.made if wish.operation in ("convert", "merge"))
            if host.operation == "convert" and self.into(item):
                put(host.params, "to", "xlsx")
            elif "excel" in item.bare:
                host.only.kinds.append("xlsx")
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
            target = next(wish for wish in self.made if wish.operation in _ON_FILES)
            kind = _EXISTING[next(tag for tag in item.tags if tag in _EXISTING)]
            (target.only.names if kind == "report" else target.only.types).append(item.text if kind == "report" else kind)
            item.used = True
            return
        if before is not None and before.kind == "number" and operation == "deck":
            before.used = True
            if item.bare.split()[0].startswith(_WHOLE_DECK) and before.value != 1:  # "deux présentations" are not two slides
                self.result.not_understood.append(f"{before.text} {item.text}")
                self._deck(item)
                return
            if item.bare.split()[0].startswith(("pres", "prez", "deck", "power")) and before.value == 1:
                self._deck(item)
                return
            wish = self._deck(item)
            wish.params["slides"] = before.value
            return
        if (
            operation == "report"
            and item.bare in _SUBJECTS
            and self._last("deck", "report") is not None
            and not self.has("v.", "g.indefinite")
        ):
            item.used = True  # "5 slides, bilan 2025": what they are about
            self.made.append(self._last("deck", "report") or Wish(operation="report"))
            return
        if operation == "deck" and item.bare in _ONE_SLIDE and before is not None and before.bare in ("un", "une", "a", "one"):
            self._deck(item).params.setdefault("slides", 1)
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
            and any(wish.operation in ("recap", "index", "consolidate", "extract") for wish in self.made)
        ):
            next(wish for wish in self.made if wish.operation in ("recap", "index", "consolidate", "extract")).params.setdefault(
                "format", "xlsx"
            )
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
            folder = next((at for at, other in enumerate(self.parts) if at and other.has("n.folder")), 0)
            ahead = self.parts[folder + 1 :]
            if (
                folder
                and ahead
                and ahead[0].kind in ("quote", "pattern")
                and not self.preceded(self.parts[folder], "g.of")
                and action != "delete"
            ):
                action, ahead[0].used = "aside", True  # 'doublons : dossier "À trier"'
                self.wish("duplicates", item, folder=ahead[0].text)
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
        if operation == "index" and item.bare.startswith("list") and self.has("t.") and self.has("f.net", "f.tax", "f.total"):
            self.wish("extract", item)  # a list of papers with their amounts is a table
            return
        if operation == "index" and self.has("n.amounts") and not self.has("k.html", "n.files"):
            self.wish("recap", item)  # "a list of everything I spent"
            return
        if (
            operation == "index"
            and item.bare.startswith("list")
            and self.has("t.", "d.client", "d.supplier")
            and not self.has("k.", "n.table")
        ):
            found = self.wish("list", item, question="which")
            party = self.first("d.client", "d.supplier")
            if party is not None and not self.has("t."):
                found.params["measure"] = party.tag("d.")
            return
        self.wish(operation, item)

    def _deck(self, item: Item) -> Wish:
        earlier = self._last("deck")
        if earlier is not None and not any(wish.operation == "deck" for wish in self.made) and not self.preceded(item, "g.indefinite"):
            self.made.append(earlier)
        return self.wish("deck", item)

    def _bare_dimensions(self, by: list[str]) -> None:
        """ "Par client" alone: it completes the last wish that sorts, else asks to sort."""
        last = self._last("sort", "recap", "list", "extract")
        if last is not None and not (last.operation == "sort" and last.params.get("by") and self.has("t.", "k.", "n.rest")):
            put(last.params, "by", by)
        elif self.has("n.amounts"):  # "évolution du chiffre d'affaires par mois": amounts are told, not filed
            self.wish("recap", self.first("v.compare"))
        else:
            self.wish("sort", None)
