"""What fills the wishes of a clause: numbers, formats, names, columns, files, language."""

from __future__ import annotations

from confrere.models.builtin.naming import FORMATS, Naming
from confrere.models.builtin.parties import DAYS, name_of, party_ahead
from confrere.models.builtin.periods import Period, span
from confrere.models.builtin.slots import columns, put, scope_of
from confrere.models.builtin.understanding import Wish

_BEFORE = {"precedent", "precedente", "previous", "dernier", "derniere", "last", "prior", "avant", "before", "passe", "passee"}
_PAPERS = {"invoice", "receipt", "credit-note", "quote", "statement", "contract"}
_ON_THEM = ("sort", "rename", "merge", "convert", "split")


class Filling(Naming):
    """Fills slots once the wishes of the clause are known."""

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
        quote = next((w for w in self.made if w.operation == "quote"), None)
        if quote is not None:
            self._quote(quote)
        self._against()
        self._looks()
        self._numbers()
        self._formats()
        self._unmade()
        self._language()
        self._names()
        self._extras()
        table = next((w for w in self.made if w.operation in ("recap", "extract", "rename")), None)
        scope = scope_of(self.parts, loose=False)
        holder = next((w for w in self.made if w.operation not in ("sort",)), wish) if len(self.made) > 1 else wish
        last = self.context.wishes[-1] if self.context.wishes else None
        made_of = any(item.bare == "en" and at and self.parts[at - 1].has("v.make") for at, item in enumerate(self.parts))
        if last is not None and last.operation == "list" and last in self.result.wishes and not scope and made_of:
            scope = last.only.merged(scope)  # "trouve les contrats et fais-en un résumé"
            self.result.wishes.remove(last)
            self.context.wishes.remove(last)
        if (
            last is not None
            and not (scope.kinds or scope.types or scope.names or scope.parties)
            and last is not holder
            and holder.operation in _ON_THEM
            and last.operation in (*_ON_THEM, "list", "clean", "extract", "recap")
            and any(
                item.bare in (("les", "them") if last.operation in ("extract", "recap") else ("les", "them", "it", "le", "la"))
                and (at + 1 == len(self.parts) or not self.parts[at + 1].has("t.", "k.", "n.", "d."))
                for at, item in enumerate(self.parts)
            )
            and not self.has("n.files", "n.rest")
        ):
            scope = last.only.merged(scope)  # "convertis les photos puis fusionne-les"
        told = self.context.mentioned
        if (
            last is None
            and told
            and not scope
            and holder.operation in _ON_THEM
            and any(item.bare in ("les", "them") for item in self.parts)
        ):
            scope = told.merged(scope)  # "imprimer mes relevés, et les avoir dans un seul PDF"
        if holder.operation != "quote":
            if holder.operation == "clean":  # rows of a table, not papers bought or sold
                scope.side = ""
            holder.only = holder.only.merged(scope)
            for twin in self.made:  # "minutes in Word and in PDF from hearing.vtt"
                if twin is not holder and twin.operation == holder.operation and not twin.only:
                    twin.only = holder.only.merged(twin.only)
        if table is not None:
            self._columns(table)
            due = next((item for item in self.parts if item.has("f.due_date")), None)
            if due is not None and scope.since and len(table.params.get("columns", [])) < 2:
                self.result.not_understood.append(due.text)  # documents are dated by their own date, not by when they are due
        self._retarget()
        sort = next((w for w in self.made if w.operation == "sort"), None)
        if sort is not None and not sort.params.get("by") and not sort.params.get("folder") and len(sort.only.types) > 1:
            sort.params["by"] = ["type"]
        if sort is not None and not sort.params.get("by"):
            left = [item.tag("d.") for item in self.parts if not item.used and item.has("d.") and item.tag("d.") != "project"]
            if left:
                put(sort.params, "by", left)
        for item in self.parts:
            if item.has("d.project") and not item.used:
                self.result.not_understood.append(item.text)
            item.used |= item.has("n.", "d.", "f.", "v.", "g.") and not item.has("o.", "v.compare", "q.unpaid")

    def _retarget(self) -> None:
        """ "Turn these receipts into a spreadsheet" asks for their data, not for another file format."""
        for wish in self.made:
            if wish.operation == "convert" and wish.params.get("to") in ("xlsx", "csv") and _PAPERS.intersection(wish.only.types):
                wish.operation, wish.params["format"] = "extract", wish.params.pop("to")

    def _late_slots(self, by: list[str]) -> None:
        """A clause with no wish of its own may complete the one before ("en anglais", "appelle-le Bilan.xlsx")."""
        last = self.context.wishes[-1] if self.context.wishes else None
        if last is None:
            told = any(item.kind == "unknown" and not item.proper and not item.used and item.text[:1].isalpha() for item in self.parts)
            scope = scope_of(self.parts, loose=False)
            if told and not self.has("g.only", "g.for", "n.files"):
                scope.since = scope.until = ""  # "the auditors came yesterday": a story, not a condition; its words are said
            self.result.only = self.result.only.merged(scope)
            return
        self.made = [last]
        if last.operation == "quote":
            self._quote(last)
        folder = next((index for index, item in enumerate(self.parts) if item.has("n.folder")), None)
        if last.operation == "duplicates" and folder is not None:
            run = party_ahead(self.parts, folder + 1, loose=True)
            last.params |= {"action": "aside"} | ({"folder": name_of(run)} if run else {})
            for item in run:
                item.used = True
        self._against()
        self._numbers()
        self._formats()
        self._language()
        self._names()
        self._extras()
        more = scope_of(self.parts, loose=False)
        if last.operation == "duplicates" and last.only and (more.kinds or more.types or more.parties or more.names):
            # Files named apart from the verb that deletes: whether it is meant for them is a guess, and is said.
            self.result.not_understood.append(" ".join(dict.fromkeys(item.text for item in self.parts if item.text.strip())))
            return
        last.only = last.only.merged(more)
        if last.operation in ("recap", "extract", "rename"):
            self._columns(last)
        if not any(item.has("v.make", "v.write", "v.find", "v.touch", "v.compare", "v.delete") and not item.used for item in self.parts):
            for item in self.parts:
                item.used |= item.has("n.", "d.", "f.", "v.", "g.")
        self.made = []

    def _against(self) -> None:
        """ "Comparé à septembre", "versus last month": the earlier period a table is set beside."""
        host = next((w for w in self.made if w.operation in ("consolidate", "recap")), None) or self._last("consolidate", "recap")
        cue = next((at for at, item in enumerate(self.parts) if item.has("v.compare") and not item.used), None)
        if host is not None and host.operation == "consolidate":
            host.params.setdefault("against", span(*(part.bare for part in self.parts)))
        if host is None or cue is None:
            return
        tail = self.parts[cue + 1 :]
        named = next((item for item in tail if item.kind == "period" and not item.used), None)
        before = [item for item in tail[:6] if any(word in _BEFORE for word in item.bare.split())]
        if not before and named is None:
            if self.parts[cue].bare in ("evolution", "progression", "variation") and (
                {"by", "charts"} & host.params.keys() or self.has("d.month", "d.quarter", "d.year")
            ):
                self.parts[cue].used = True  # "l'évolution des ventes par mois": months side by side
            elif self.parts[cue].bare.startswith("comparatif") and not (cue and self.parts[cue - 1].has("g.with")):
                self.parts[cue].used = True  # "un tableau comparatif": a table
            elif cue and any(part.has("g.with", "g.and") for part in self.parts[max(0, cue - 2) : cue]):
                host.params["against"] = span(*(part.bare for part in self.parts))  # "with a comparison": with the period before
                self.parts[cue].used = True
            return
        if before or named is None or not isinstance(named.value, Period):
            host.params["against"] = span(*(item.bare for item in before))
        else:
            host.params["against"] = named.value.label
        # "compare May with the month before": May stays, as the period of what is made
        for item in [self.parts[cue], *(before or [named] if named is not None else before)]:
            item.used = True

    def _numbers(self) -> None:
        for index, item in enumerate(self.parts):
            report = next((w for w in self.made if w.operation == "report"), None)
            if report is not None and item.bare in ("one", "une") and index + 1 < len(self.parts) and self.parts[index + 1].has("n.page"):
                report.params["pages"] = 1
                self.parts[index + 1].used = True
            if item.kind != "number" or item.used:
                continue
            after = next((part for part in self.parts[index + 1 : index + 3] if not part.has("g.of")), None)
            deck = next((w for w in self.made if w.operation == "deck"), None) or self._last("deck")
            lone = (after is None or after.kind == "comma") and index > 0 and self.parts[index - 1].kind == "comma"
            if deck is not None and lone and "slides" not in deck.params and any(part.has("n.deck") for part in self.parts[:index]):
                deck.params["slides"] = item.value
                item.used = True
            elif after is not None and after.has("n.deck") and deck is not None:
                deck.params["slides"] = item.value
                item.used = after.used = True
            elif after is not None and after.has("n.page"):
                target = next((w for w in self.made if w.operation in ("split", "report", "deck")), None)
                if target is not None:
                    target.params["every" if target.operation == "split" else "slides" if target.operation == "deck" else "pages"] = (
                        item.value
                    )
                    item.used = after.used = True
            elif any(w.operation == "split" for w in self.made) and any(
                part.has("n.page") or (part.has("v.split") and "page" in part.bare) for part in self.parts[:index]
            ):
                target = next(w for w in self.made if w.operation == "split")
                target.params.setdefault("pages", []).append(item.value)
                item.used = True

    def _formats(self) -> None:
        """Formats of what is made; a workbook named by its format alone ("6 slides + xlsx") is a table of its own."""
        for index, item in enumerate(self.parts):
            joined = index > 0 and (self.parts[index - 1].kind == "comma" or self.parts[index - 1].has("g.and"))
            if item.has("k.xlsx") and not item.used and joined and self.made[-1].operation in ("deck", "report"):
                self.wish("recap", item, format="xlsx")
        for item in self.parts:
            if item.used or not (item.has("k.") or item.has("n.table")):
                continue
            kind = item.tag("k.") or ("xlsx" if item.bare.split()[0] in ("excel", "tableur", "xlsx") else "")
            into = self.into(item) or (
                item.has("k.") and self.preceded(item, "v.convert") and (self.before(item) or item).bare.startswith(("dev", "becom"))
            )
            convert = next((w for w in self.made if w.operation == "convert"), None)
            if convert is not None and kind and into and "to" not in convert.params and (item.has("k.") or kind):
                convert.params["to"], item.used = kind, True
                continue
            for wish in self.made:
                allowed = FORMATS.get(wish.operation, ())
                before, after = self.before(item), self.after(item)
                place = self.parts.index(item)
                trailing = place > 0 and self.parts[place - 1].kind == "comma" and all(part.filler for part in self.parts[place + 1 :])
                both = place > 1 and self.parts[place - 1].has("g.and") and self.parts[place - 2].has("k.") and self.parts[place - 2].used
                joined = (
                    into
                    or trailing
                    or both
                    or sum(not part.filler and part.kind != "comma" for part in self.parts) == 1
                    or (before is not None and before.has("n.table", "n.report", "n.index", "n.minutes", "g.or"))
                    or (after is not None and after.used and after.has("n.table", "n.report", "n.index", "n.minutes"))
                )
                if kind in allowed and joined and wish.operation != "convert":
                    if wish.params.get("format", kind) != kind and wish.operation in ("index", "report", "recap", "minutes"):
                        params = wish.params | {"format": kind}
                        self.made.append(Wish(operation=wish.operation, params=params, words=[item.text]))
                    put(wish.params, "format", kind)
                    item.used = True
                    break
            if not item.used and into and kind:
                last = self._last("recap", "report", "index", "minutes", "extract", "clean")
                if last is not None and kind in FORMATS.get(last.operation, ()):
                    put(last.params, "format", kind)
                    item.used = True

    def _unmade(self) -> None:
        """A format asked for that what is made has not ("un camembert en PDF"): said, never taken for the files it is about."""
        makes = ("recap", "extract", "deck", "index", "minutes", "consolidate", "quote")
        if not all(wish.operation in makes for wish in self.made):
            return
        for index, item in enumerate(self.parts):
            if item.has("k.") and not item.used and index and self.parts[index - 1].has("g.in") and not item.has("t."):
                self.result.not_understood.append(f"{self.parts[index - 1].text} {item.text}")
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
                    table.params["pattern"] = self._pattern(parts)
            return
        # "mensuel des montants avec comparaison" lists no column: what is listed stands after its word.
        start = next((at for at, item in enumerate(self.parts) if item.has("n.column", "g.with")), None)
        cue = start is not None and bool(columns([item for item in self.parts[start:] if item.kind != "period"]))
        names = columns(self.parts)
        if table.operation == "extract":
            if not table.only.types and any(word in item.bare for item in self.parts if item.has("f.") for word in ("invoice", "facture")):
                table.only.types.append("invoice")  # "the invoice numbers"
            if names and any(word.startswith("list") for word in table.words):  # a list says which paper each amount is of
                names = list(dict.fromkeys(["number", "date", "client", "supplier", *names]))
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
            if not item.has("g.for"):
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
            if plain and any(not part.used and part.kind == "unknown" for part in tail):
                self.result.purposes.append(" ".join(dict.fromkeys(part.text for part in tail)))
                for part in tail:
                    part.used = True
                return
