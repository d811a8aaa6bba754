"""Which operation a clause asks for, by its verbs."""

from __future__ import annotations

import msgspec

from confrere.models.builtin.apiece import apiece
from confrere.models.builtin.asking import Asking
from confrere.models.builtin.clauses import DELIVERABLES
from confrere.models.builtin.items import Item
from confrere.models.builtin.making import Making
from confrere.models.builtin.periods import EARLIER, Period, span
from confrere.models.builtin.slots import ACRONYMS, SIZES, columns, dimensions, put, side_of
from confrere.tools.office.scope import Scope

_OUT_VERBS = ("o.mail", "o.edit", "o.translate", "o.calendar", "o.pay", "o.print", "o.media", "o.secure", "o.advice")
_PAID = {"paye", "payes", "payee", "payees", "paid", "regle", "reglee", "spent"}
_WIRED = {"vire", "virer", "virez"}
_ONE = {"un", "une", "one", "another", "un autre", "une autre", "l'autre"}
_THEM = {"les", "them", "it", "le", "ceux ci", "celles ci", "these", "those"}
_GIVING = ("donn", "sor", "balanc", "fil", "giv", "get", "fetch", "bring", "hand", "gimme", "il", "j'", "i", "je")
_TRADES = {"hotel", "restaurant", "train", "site", "taxi", "internet", "airline", "flight", "billet", "vol"}
"""Words of a company's name as often as of a booking."""


class Reading(Asking, Making):
    """The reading of one clause."""

    def read(self) -> None:
        paid = self.clause.question and self.has("o.pay") and self.has("q.which", "q.count", "q.sum")
        if paid:
            for item in self.parts:
                if item.has("o.pay"):
                    item.tags = ("n.amounts",)
        owed = next((item for item in self.parts if item.bare in _PAID and item.has("o.pay")), None)
        if owed is not None and self.has("n.amounts", "f.total") and not self.has(*DELIVERABLES):
            owed.tags = ("n.amounts",)  # "le total que j'ai payé à Orange": a question
            for item in self.parts:
                item.used |= item.has("v.make", "v.list")
            self.clause.question = True
        if self._beyond() or self._unknowable() or self._question() or self._strange():
            return
        each = apiece(self.parts)
        if each is not None:
            each[1].used |= each[1].has("k.")
            for item in each[2]:
                item.used = True
        by, unsortable = dimensions(self.parts)
        self.result.not_understood += unsortable
        verbs = [
            item
            for item in self.parts
            if item.has("v.")
            and not (item.has("n.") and item.tags[0][0] == "n")
            and not (item.proper and self.preceded(item, "n.folder", "g.named"))
        ]
        for verb in verbs:
            if not verb.used:
                self._verb(verb, by)
        self._into_folder(verbs)
        self._sheet_of_fields()
        self._things(by)
        kinds = [item for item in self.parts if item.has("k.") and not item.used]
        several_kinds = len(kinds) >= 2 or (kinds and any(item.kind == "file" for item in self.parts))
        if not self.made and several_kinds and self.into(kinds[-1]) and not (kinds[-1].proper and kinds[-1].bare not in ACRONYMS):
            self.wish("convert", None)
        folder = self.first("n.folder")
        several = len({tag for item in self.parts for tag in item.tags if tag[:2] == "t."}) > 1
        if not self.made and folder is not None and (several or (self.into(folder) and self.has("t.", "k."))):
            self.wish("sort", None)
        asked = [verb for verb in verbs if verb.has("v.make", "v.extract") and verb.bare.split()[0].startswith(_GIVING)]
        if not self.made and not by and asked and len(asked) == len(verbs) and not self.has("n.folder", "f.", "d."):
            papers = next((item for item in self.parts if item.has("t.", "k.") and not item.used), None)
            if papers is not None and self.preceded(papers, "g.definite", "v.make", "v.extract") and papers.bare.endswith(("s", "x")):
                self.wish("list", asked[0], question="which")  # "give me all the invoices of 2024"
        if unsortable and not by:
            self.made = [wish for wish in self.made if wish.operation != "sort"]  # not another way than the one asked for
        if not self.has("n.folder", "n.template") and any(
            item.kind == "unknown" and not item.used and self.parts[at - 1].has("g.in") for at, item in enumerate(self.parts) if at
        ):
            self.made = [w for w in self.made if w.operation != "sort" or w.params.get("folder") or by]
        if any(item.kind == "unknown" and not item.used for item in self.parts):
            self.made = [
                w for w in self.made if not (w.operation == "sort" and w.params.get("folder") and not self.has("t.", "k.", "n.files"))
            ]
        named = [item for item in self.parts if item.kind == "file" and "." in item.text and not item.text.startswith("*")]
        if (
            len(named) > 1
            and any(self.preceded(item, "g.in") for item in named[1:])
            and any(wish.operation == "rename" for wish in self.made)
        ):
            self.made = [wish for wish in self.made if wish.operation != "rename"]  # one file, one new name: not a pattern
            self.result.not_understood.append(" ".join(dict.fromkeys(item.text for item in self.parts)))
        if any(wish.operation == "split" for wish in self.made):  # "sépare le PDF en une page par fichier"
            self.made = [wish for wish in self.made if wish.operation != "sort" or wish.params.get("folder") or by]
        merge = next((wish for wish in self.made if wish.operation == "merge"), None)
        if merge is not None and set(by) - {"date", "document-date"}:
            self.made.remove(merge)  # one file for each cannot be merged here; one of all was not asked
            self.result.not_understood.append(" ".join(dict.fromkeys(item.text for item in self.parts if item.text.strip())))
            by = []
        if not self.made and self._compared():
            by = by or ["client"]
        if not self.made and by:
            self._bare_dimensions(by)
        if any(wish.operation == "list" for wish in self.made) and not columns([item for item in self.parts if not item.used]):
            self.made = [wish for wish in self.made if wish.operation != "extract"]  # "sors-moi la liste des factures"
        self._fill(by)
        for wish in self.made:
            if wish.operation == "list":
                self._loose_party(wish)
        if len(self.made) > 1:  # "turn the transcripts into minutes": the minutes are what is wanted
            vague = [wish for wish in self.made if wish.operation == "convert" and not wish.params.get("to")]
            for wish in vague:
                self.made.remove(wish)
                self.made[0].only = self.made[0].only.merged(wish.only)
        if self.has("n.rest"):
            self._of_the_rest()
        if each is not None:
            self._apiece(*each)
        self._one_each()
        wanted = [wish for wish in self.made if wish.operation not in self.result.refused]
        for wish in wanted:
            self._add(wish)
        for verb in verbs:
            self.context.verb = verb.tag("v.")
        self._leftover()

    def _of_the_rest(self) -> None:
        """ "... le reste par type": every file but those the wishes before are about."""
        earlier = [wish for wish in self.context.wishes or self.result.wishes if wish.operation in ("sort", "rename", "merge", "convert")]
        for wish in self.made:
            if wish.operation in ("sort", "rename", "convert", "merge") and not wish.only and earlier:
                for other in earlier:
                    wish.exclude = wish.exclude.merged(Scope(types=other.only.types, kinds=other.only.kinds, names=other.only.names))
        for item in self.parts:
            item.used |= item.has("n.rest")

    def _apiece(self, way: str, thing: Item, words: list[Item]) -> None:
        """Workbooks can be made one for each; of anything else it is said, and what cannot be cut up is not made whole instead."""
        table = next((wish for wish in self.made if wish.operation in ("recap", "extract", "consolidate")), None)
        if table is None and thing.has("k.xlsx", "k.csv"):
            table = self.wish("recap", thing, format=thing.tag("k."))
        if table is not None and thing.has("n.table", "k.xlsx", "k.csv"):
            table.operation, table.params["each"] = "recap", way
            table.params.pop("by", None)
            return
        self.result.not_understood.append(" ".join(dict.fromkeys(item.text for item in [thing, *words])))
        self.made = [wish for wish in self.made if wish.operation not in ("merge", "convert")]

    def _one_each(self) -> None:
        """ "One Excel with receipts and one with invoices" is two: each with the types named after its "one"."""
        cuts = []
        for at, item in enumerate(self.parts[:-2]):
            tail = [part for part in self.parts[at + 1 :] if part.bare in _ONE or not part.filler]
            joined = item.has("g.and") or item.kind == "comma"
            if joined and len(tail) > 1 and tail[0].bare in _ONE and tail[1].has("g.with", "g.for", "g.of"):
                cuts.append(at)
        runs = [self.parts[start:end] for start, end in zip([0, *cuts], [*cuts, len(self.parts)], strict=True)]
        for wish in list(self.made) if cuts else []:
            types = [[name for name in wish.only.types if any(item.has(f"t.{name}") for item in run)] for run in runs]
            sides = [side_of(run) for run in runs]
            if wish.operation in ("recap", "report", "deck", "index", "extract") and (all(types) or (all(sides) and len(set(sides)) > 1)):
                self.made.remove(wish)
                for share, side in zip(types, sides, strict=True):
                    only = msgspec.structs.replace(wish.only, types=share, side=side)
                    self.made.append(msgspec.structs.replace(wish, params=dict(wish.params), only=only, words=list(wish.words)))

    def _into_folder(self, verbs: list[Item]) -> None:
        """ "Tous les tickets dans un dossier Frais": files and the folder they go to, without a verb."""
        folder = self.first("n.folder")
        if self.made or any(not verb.has("v.make") for verb in verbs) or folder is None or not self.into(folder):
            return
        place = self.parts.index(folder)
        ahead = self.parts[place + 1 :]
        if ahead and (ahead[0].proper or ahead[0].kind == "quote") and any(item.has("t.", "k.", "n.files") for item in self.parts[:place]):
            name = [item for item in ahead if item.kind not in ("comma", "stop")]
            self.wish("sort", None, folder=" ".join(item.text for item in name))
            for item in [folder, *name]:
                item.used = True

    def _compared(self) -> bool:
        """ "Compare October and September": the later period set beside the earlier one."""
        cue = self.first("v.compare")
        spans = [item for item in self.parts if item.kind == "period" and not item.used and isinstance(item.value, Period)]
        if cue is None or len(spans) != 2:
            return False
        first, second = sorted(
            (item.value for item in spans if isinstance(item.value, Period)), key=lambda period: period.since, reverse=True
        )
        if not (first.since and first.until and second.since and second.until):
            return False
        against = second.label
        for item, other in (spans, spans[::-1]):
            if EARLIER & set(item.bare.split()) and isinstance(other.value, Period):  # "May with the month before": before May
                first, against = other.value, span(item.bare)
        wish = self.wish("consolidate", cue, against=against)
        wish.only.since, wish.only.until = first.since, first.until
        for item in spans:
            item.used = True
        return True

    def _sheet_of_fields(self) -> None:
        """ "CSV of invoice numbers, dates, totals": a table of fields, asked for without a verb."""
        sheet = next((item for item in self.parts if item.has("k.csv", "k.xlsx") and not item.used), None)
        if self.made or sheet is None or not (self.preceded(sheet, "g.in", "g.indefinite") or sheet is self._first_said()):
            return
        papers = self.has("t.invoice", "t.receipt", "t.credit-note", "t.quote") and not self.has("v.", "n.files", *DELIVERABLES)
        if papers or len(columns([item for item in self.parts if not item.used])) > 1:
            self.wish("extract", None, format=sheet.tag("k."))
            sheet.used = True

    def _strange(self) -> bool:
        """Whether the clause orders something by a verb nobody knows ("Predict next year's revenue"): said, not done otherwise."""
        first = self._first_said()
        if first is None or first.kind != "unknown" or first.used or self.has("v.") or any(item.kind == "file" for item in self.parts):
            return False
        place = self.parts.index(first)
        after = self.parts[place + 1] if place + 1 < len(self.parts) else None
        if (
            after is None
            or not (after.has("g.definite", "g.each") or after.kind == "period" or after.bare.startswith("next "))
            or self.has(*DELIVERABLES)
        ):
            return False
        self.result.not_understood.append(" ".join(dict.fromkeys(item.text for item in self.parts if item.text.strip())))
        for item in self.parts:
            item.used = True
        self.clause.dropped = True
        return True

    def _unknowable(self) -> bool:
        """What no tool here tells, said whole: papers of no known type, sizes, figures to be checked, a table inside a page."""
        papers = self.has("x.paper") and not self.has("t.", "k.")
        sizes = any(item.bare in SIZES or item.bare.split()[-1] in SIZES for item in self.clause.items if item.kind != "file")
        checks = self.has("q.check") and not self.has("n.duplicates")
        lifted = (
            self.has("v.extract")
            and self.has("n.table")
            and any(
                item.has("n.page") and any(part.has("g.of") for part in self.parts[max(0, at - 2) : at])
                for at, item in enumerate(self.parts)
            )
        )
        if not (papers or sizes or checks or lifted):
            return False
        self.result.not_understood.append(" ".join(dict.fromkeys(item.text for item in self.parts if item.text.strip())))
        for item in self.clause.items:
            item.used = True
        self.clause.dropped = True
        return True

    def _first_said(self) -> Item | None:
        """The first item that carries something."""
        return next((item for item in self.parts if not item.filler and not item.has("g.")), None)

    def _beyond(self) -> bool:
        """A clause whose work is out of reach: mail to send, a flight to book, a text to write."""
        spent = self.has("q.sum", "n.amounts", "t.invoice", "t.receipt")
        out = next(
            (
                item
                for item in self.parts
                if item.has("o.")
                and not item.used
                and not (item.bare.rstrip("s") in _TRADES and (item.proper or (spent and not self.has("v.make"))))
            ),
            None,
        )
        writes = self.first("v.write", "v.make", "v.summarise")
        letter = next(
            (item for item in self.parts if item.has("t.mail", "t.letter", "t.contract", "t.cv") and self.preceded(item, "g.indefinite")),
            None,
        )
        packed = next((item for item in self.parts if item.has("k.zip") and self.preceded(item, "g.indefinite", "g.in")), None)
        if packed is not None and self.first("v.make", "v.move", "v.convert"):
            self._give_up("secure")
            return True
        if out is None and writes is not None and letter is not None and not self.has(*DELIVERABLES, "v.fill"):
            self._give_up("creative")
            return True
        if out is None and any(item.kind == "money" for item in self.parts) and any(item.bare in _WIRED for item in self.parts):
            self._give_up("pay")  # "vire 500 € à Dupont" deletes nothing
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

    def _verb(self, verb: Item, by: list[str]) -> None:
        name = verb.tag("v.")
        tabular = any(item.kind == "file" and item.bare.endswith((".csv", ".xlsx", ".tsv", ".xls", ".ods")) for item in self.parts)
        data = (
            tabular
            or self.has("n.data", "k.csv", "t.spreadsheet")
            or (self.has("n.table", "k.xlsx") and name in ("clean", "normalise", "dedupe"))
        )
        if name == "sort":
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
            elif self.has("n.duplicates"):
                return
            elif self.has("n.files", "n.folder") or not self.has("n.", "t.", "k.", "d.", "f."):
                self.wish("sort", verb)
        elif name == "dedupe":
            if data:
                self.wish("clean", verb)
            else:
                self.wish("duplicates", verb, action="aside")
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
        elif self.has("n.amounts") and not self.has("n.report", "n.table", "n.deck"):
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
