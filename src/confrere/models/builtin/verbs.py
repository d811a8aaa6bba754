"""What each verb asks for, by what stands around it."""

from __future__ import annotations

from confrere.models.builtin.filling import Filling
from confrere.models.builtin.governing import DELIVERABLES
from confrere.models.builtin.items import Item
from confrere.models.builtin.parties import ACRONYMS
from confrere.models.builtin.slots import columns, put, side_of

_THEM = {"les", "them", "it", "le", "ceux ci", "celles ci", "these", "those"}


def _heaped(verb: Item) -> bool:
    """A verb of putting together that may be putting away."""
    return verb.bare.startswith(("stick", "gather", "lump", "put", "bundle", "rassembl", "reuni", "regroup"))


def _single(item: Item) -> bool:
    return item.has("v.merge") and item.bare.split()[0] in ("en", "dans", "in", "into", "un", "one", "as", "to")


class Verbs(Filling):
    """Reads the verbs of a clause."""

    def _verb(self, verb: Item, by: list[str]) -> None:
        name = verb.tag("v.")
        tabular = any(item.kind == "file" and item.bare.endswith((".csv", ".xlsx", ".tsv", ".xls", ".ods")) for item in self.parts)
        data = (
            tabular
            or self.has("n.data", "k.csv", "t.spreadsheet")
            or (self.has("n.table", "k.xlsx") and name in ("clean", "normalise", "dedupe"))
        )
        if name == "sort" and tabular and not by and not self.has("n.folder"):
            self.wish("clean", verb)
        elif name == "sort":
            ahead = self.parts[: self.parts.index(verb)]
            if verb.text.casefold().endswith(("ed", "é", "ée", "és", "ées")) and (
                self.preceded(verb, *DELIVERABLES, "v.move") or any(item.has(*DELIVERABLES) for item in ahead)
            ):
                verb.used = True  # "a table sorted by due date": the order of its rows
                self.order = True
                return
            last = self._last("merge", "index", "recap", "extract", "report")
            if verb.text.casefold().endswith(("ed", "é", "ée", "és", "ées")) and last is not None and not self.has("t.", "k.", "n.files"):
                verb.used = True  # "... réunis en un document, classés par date": the order of what is made
                if last.operation == "merge" and set(by) & {"date", "document-date"}:
                    put(last.params, "order", "date")
                else:
                    self.order = True
                return
            kept = self.after(verb)
            if kept is not None and kept.has("n.duplicates"):
                return
            told = next((item for item in self.parts if item.has("n.table", "k.csv", "k.xlsx") and self.into(item)), None)
            if by and (
                (self.has("n.amounts") and not self.has("t.", "k.", "n.files", "n.folder"))
                or (told is not None and not self.has("n.folder"))
            ):
                self.wish("recap", verb)  # "répartir les dépenses par mois": amounts are told, not filed
                return
            wish = self.wish("sort", verb)
            if verb.bare.startswith("archiv") and not by and not self.has("n.folder"):
                put(wish.params, "folder", "Archives" if self.result.language == "fr" else "Archive")
        elif name == "rename":
            self.wish("rename", verb)
        elif name == "normalise":
            self.wish("rename" if self.has("n.names") or (not data and self.has("n.files", "t.", "k.")) else "clean", verb)
        elif name == "clean":
            if self.has("n.names"):
                self.wish("rename", verb)
            elif data:
                self.wish("clean", verb)
            elif self.has("n.duplicates") or (
                verb.text.casefold().endswith(("ée", "ées", "és", "ed")) and not self.has("n.files", "n.folder")
            ):
                return  # "a table, cleaned": of what is made, nothing to put in order
            elif self.has("n.files", "n.folder") or not self.has("n.", "t.", "k.", "d.", "f."):
                self.wish("sort", verb)
        elif name == "dedupe":
            if data:
                self.wish("clean", verb)
            else:
                self.wish("duplicates", verb, action="aside")
        elif name == "merge" and _heaped(verb) and self.has("n.folder") and not self.has("k.pdf") and not any(map(_single, self.parts)):
            self._move(verb, by)  # "stick the quotes in a folder"
        elif name == "merge":
            self._merge(verb)
        elif name == "split":
            if by and self.has("n.amounts") and not self.has("t.", "k.", "n.files"):
                self.wish("recap", verb)
            elif by and not self.has("n.page", "k.pdf"):
                self.wish("sort", verb)
            else:
                self.wish("split", verb)
        elif name == "convert":
            sheet = any(
                (item.has("k.csv", "k.xlsx", "n.table") or (item.kind == "file" and item.bare.endswith((".csv", ".xlsx"))))
                and self.into(item)
                for item in self.parts
            )
            fields = [item for item in self.parts if item.has("f.", "d.", "n.amounts") and not item.used]
            self.wish("extract" if sheet and len(columns(fields)) > 1 else "convert", verb)
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
            if not self.made and self._last("extract", "recap", "consolidate") is not None and not self.has("t.", "n.amounts"):
                verb.used = True  # "... and add them up": the table does
            elif verb.bare.startswith(("calc", "comp", "figure", "work")) and not self.has("n.amounts", "f.", "t.", "n.table", "d."):
                pass  # "calculer l'amortissement": not a sum of papers
            elif not any(wish.operation in ("extract", "consolidate") for wish in self.made):
                self.wish("recap", verb)
        elif name == "consolidate":
            self.wish("consolidate", verb)
        elif name == "fill":
            if self.has("t.quote", "n.offer", "n.template") and not self.made:
                self.wish("quote", verb)
        elif name == "count" or (
            name == "list" and not self.has(*DELIVERABLES, "n.amounts", "f.total") and self.has("t.", "k.", "n.files", "d.", "q.")
        ):
            self._lookup(verb, "count" if name == "count" else "which")
        elif name == "find" and not self.has(*DELIVERABLES) and self.has("t.", "k.", "n.files", "d."):
            self._lookup(verb, "which")
        elif name == "move":
            self._move(verb, by)
        elif name == "aside" and self.has("n.duplicates"):
            self.wish("duplicates", verb, action="aside")
        elif name == "aside" and any(wish.operation == "duplicates" for wish in self.result.wishes) and not self.has("t.", "k."):
            verb.used = True
            next(wish for wish in self.result.wishes if wish.operation == "duplicates").params["action"] = "aside"
        elif name == "aside" and (self.has("n.folder", "t.", "k.") and not self.made):
            named = self.has("n.folder") or any(item.kind == "file" and item.text.endswith("/") for item in self.parts)
            self.wish("sort", verb, **({} if named else {"by": ["type"]}))
        elif (
            name in ("keep", "do", "move")
            and not self.has(*DELIVERABLES)
            and self.has("n.page")
            and any(item.kind == "number" for item in self.parts)
        ):
            self.wish("split", verb)
        elif name == "delete" and self.has("n.duplicates"):
            host = next((wish for wish in [*self.made, *self.context.wishes] if wish.operation == "clean"), None)
            if host is not None and not self.has("n.files"):
                for item in self.parts:
                    item.used |= item.has("n.duplicates", "v.delete", "n.data")
        elif name == "delete" and self.has("n.names"):
            self.result.not_understood.append(" ".join(dict.fromkeys(item.text for item in self.parts)))
            for item in self.parts:
                item.used = True
        elif name == "delete":
            earlier = next((wish for wish in self.result.wishes if wish.operation == "duplicates"), None)
            if earlier is not None and not self.has("t.", "k.", "n.files"):
                earlier.params["action"], verb.used = "delete", True
            elif self.has("n.data", "n.column") or any(wish.operation == "clean" for wish in self.context.wishes):
                self.wish("clean", verb)
            elif not self.made:
                self._give_up("delete")

    def _lookup(self, verb: Item, question: str) -> None:
        """ "List the clients", "find the invoices"; names of parties where no document is named."""
        page = next((item for item in self.parts if item.has("k.html", "k.xlsx", "n.table") and self.into(item)), None)
        if page is not None and self.has("n.files") and not self.has("t."):
            self.wish("index", verb, format=page.tag("k.") or "xlsx")
            page.used = True
            return
        wish = self.wish("list", verb, question=question)
        party = self.first("d.client", "d.supplier")
        if party is not None and not self.has("t.", "k.", "n.files"):
            wish.params["measure"] = party.tag("d.")

    def _merge(self, verb: Item) -> None:
        table = next((item for item in self.parts if item.has("n.table", "k.csv") and self.into(item)), None)
        opens = not verb.bare.startswith(("en ", "dans ", "into", "in "))
        if table is not None and opens and self.has("t.invoice", "t.receipt", "t.quote", "t.credit-note", "n.amounts"):
            self.wish("extract", verb)  # "rassemble les tickets dans un tableau": their data
            return
        after = self.after(verb)
        if after is not None and after.has("n.table", "k.xlsx") and verb.bare.split()[0] in ("in", "into", "en", "dans"):
            verb.used = True  # "into one spreadsheet": the table is what matters
            return
        them = any(item.bare in ("les", "them", "it") for item in self.parts) and not self.has("t.", "k.", "n.")
        if not self.made and them and self._last("convert", "sort", "rename") is not None:
            self.wish("merge", verb)
            return
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
        elif (self.has("n.amounts") or side_of(self.parts)) and not self.has("n.report", "n.table", "n.deck"):
            self.wish("recap", verb)
        elif not self.has("n.table", "n.deck"):
            self.wish("report", verb)
        else:
            verb.used = True

    def _moved_on(self, verb: Item, by: list[str]) -> bool:
        """ "... and put them in a folder": the files just spoken of. Found ones are sorted; of what is made the place cannot be told."""
        them = any(item.bare in _THEM for item in self.parts) and not self.has("t.", "k.", "n.files", "n.duplicates", "n.rest")
        last = self.context.wishes[-1] if self.context.wishes else None
        if not them or last is None or last.operation == "duplicates":
            return False
        if last.operation in ("list", "sort", "rename") and (self.has("n.folder") or by):
            if last.operation == "list":
                self.result.wishes.remove(last)
                self.context.wishes.remove(last)
            self.wish("sort", verb).only = last.only
            return True
        if last.operation in ("convert", "merge", "split", "recap", "report", "deck", "index", "minutes", "quote") and self.has("n.folder"):
            self.result.not_understood.append(" ".join(dict.fromkeys(item.text for item in self.parts if item.text.strip())))
            for item in self.parts:
                item.used = True
            return True
        return False

    def _move(self, verb: Item, by: list[str]) -> None:
        place = next(
            (item for item in self.parts if item.proper and self.preceded(item, "g.in") and not item.used and not item.has("n.table")), None
        )
        if place is not None and place.bare not in ACRONYMS and not self.has("n.folder"):
            place.used = True
            self.wish("sort", verb, folder=place.text)
            return
        if self._moved_on(verb, by):
            return
        path = next(
            (item for item in self.parts if item.kind == "file" and "." not in item.text and self.preceded(item, "g.in", "n.folder")), None
        )
        if path is not None:
            path.used = True
            if self.has("n.duplicates"):
                self.wish("duplicates", verb, action="aside", folder=path.text.strip("/"))
                return
            self.wish("sort", verb, folder=path.text.strip("/"))
            return
        into = next((item for item in self.parts if item.has("k.") and self.into(item) and not item.used), None)
        duplicates = self.first("n.duplicates")
        table = self.first("n.table", "n.index", "n.deck", "n.report")
        if duplicates is not None and not any(wish.operation == "duplicates" for wish in self.context.wishes):
            self.wish("duplicates", verb, action="aside")
        elif any(wish.operation == "duplicates" for wish in self.context.wishes) and self.has("n.folder") and not self.has("t.", "k."):
            next(wish for wish in self.context.wishes if wish.operation == "duplicates").params["action"] = "aside"
            verb.used = True
            for item in self.parts:
                item.used |= item.has("n.folder", "n.duplicates")
        elif into is not None and not self.has("n.folder"):
            self.wish("extract" if self.has("n.amounts", "f.") else "convert", verb)
        elif table is not None and self.into(table):
            verb.used = True
            if self.has("n.amounts", "f.", "t.", "n.data"):
                self.wish("extract", verb)
        elif self.has("n.folder") or by:
            self.wish("sort", verb)
