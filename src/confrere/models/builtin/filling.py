"""What fills the wishes of a clause: numbers, formats, names, columns, files, language."""

from __future__ import annotations

from confrere.models.builtin.periods import Period, span
from confrere.models.builtin.phrase import Phrase
from confrere.models.builtin.slots import DAYS, columns, name_of, party_ahead, pattern_of, put, scope_of
from confrere.models.builtin.understanding import Wish

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
_SPANS = {
    "jour": 1,
    "jours": 1,
    "day": 1,
    "days": 1,
    "j": 1,
    "semaine": 7,
    "semaines": 7,
    "week": 7,
    "weeks": 7,
    "mois": 30,
    "month": 30,
    "months": 30,
}
_BEFORE = {"precedent", "precedente", "previous", "dernier", "derniere", "last", "prior", "avant", "before", "passe", "passee"}
_PAPERS = {"invoice", "receipt", "credit-note", "quote", "statement", "contract"}
_ON_THEM = ("sort", "rename", "merge", "convert", "split")
_FRONT = {"debut", "devant", "avant", "prefixe", "prefix", "start", "front", "beginning", "tete", "first", "before"}
_BACK = {"fin", "end", "suffixe", "suffix", "apres", "after", "back"}


class Filling(Phrase):
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
            and not scope
            and last is not holder
            and holder.operation in _ON_THEM
            and last.operation in (*_ON_THEM, "list")
            and any(
                item.bare in ("les", "them", "it") and (at + 1 == len(self.parts) or not self.parts[at + 1].has("t.", "k.", "n.", "d."))
                for at, item in enumerate(self.parts)
            )
            and not self.has("n.files", "n.rest")
        ):
            scope = last.only.merged(scope)  # "convertis les photos puis fusionne-les"
        if holder.operation != "quote":
            if holder.operation == "clean":  # rows of a table, not papers bought or sold
                scope.side = ""
            holder.only = holder.only.merged(scope)
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
            scope = scope_of(self.parts, loose=False)
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
        last.only = last.only.merged(scope_of(self.parts, loose=False))
        if last.operation in ("recap", "extract", "rename"):
            self._columns(last)
        if not any(item.has("v.make", "v.write", "v.find", "v.touch", "v.compare", "v.delete") and not item.used for item in self.parts):
            for item in self.parts:
                item.used |= item.has("n.", "d.", "f.", "v.", "g.")
        self.made = []

    def _quote(self, wish: Wish) -> None:
        """Whom a quote is for, the files of its lines and of its template, how long it holds."""
        for index, item in enumerate(self.parts):
            after = self.parts[index + 1] if index + 1 < len(self.parts) else None
            if "client" not in wish.params and (
                item.has("t.quote", "n.offer", "g.for", "d.client") or item.bare in ("au nom de", "a l'ordre de")
            ):
                at = index + 1
                while at < len(self.parts) and (
                    self.parts[at].has("g.definite", "g.for", "d.client", "g.of") or (self.parts[at].filler and not self.parts[at].proper)
                ):
                    at += 1
                run = party_ahead(self.parts, at, loose=not item.has("t.quote", "n.offer"))
                if run:
                    wish.params["client"] = name_of(run)
                    for part in run:
                        part.used = True
            if item.used:
                continue
            if item.kind == "file":
                table = item.bare.endswith((".csv", ".tsv", ".xlsx", ".xls", ".ods"))
                template = not table or any(part.has("n.template") for part in self.parts[max(0, index - 3) : index])
                put(wish.params, "template" if template else "lines", item.text)
                item.used = True
            elif item.kind in ("number", "period") and after is not None and after.bare in _SPANS and item.kind == "number":
                put(wish.params, "valid", int(str(item.value)) * _SPANS[after.bare])
                item.used = after.used = True
        if not wish.params.get("template") and any(item.has("n.template") for item in self.parts):
            wish.params["template"] = "*"
        for item in self.parts:
            item.used |= item.has("n.template", "n.amounts", "n.data", "t.quote", "d.client", "g.with")

    def _looks(self) -> None:
        """The file whose look a presentation takes ("à partir du modèle charte.pptx"); the folder named before its noun ("an
        Archive folder"); the order photos are renamed by."""
        deck = next((w for w in self.made if w.operation == "deck"), None)
        for index, item in enumerate(self.parts):
            if item.used:
                continue
            if deck is not None and item.kind == "file" and item.bare.endswith((".pptx", ".potx", ".ppt")):
                put(deck.params, "template", item.text)
                item.used = True
            elif item.has("n.folder") and index >= 2 and self.made[-1].operation == "sort" and not self.made[-1].params.get("by"):
                ahead, before = self.parts[index - 1], self.parts[: index - 1]
                if ahead.proper and not ahead.used and any(part.has("g.in") for part in before[-2:]):
                    put(self.made[-1].params, "folder", ahead.text)
                    ahead.used = item.used = True
        for wish in self.made:
            ways = [way for way in wish.params.get("by", []) if way in ("date", "client", "supplier", "type")]
            if wish.operation == "rename" and ways and "pattern" not in wish.params:
                wish.params["pattern"] = "_".join([*(f"{{{way}}}" for way in ways), "{name}"])
                del wish.params["by"]

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
            into = self.into(item)
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

    def _names(self) -> None:
        """Names given to what is made, folders to put things in, patterns, templates."""
        for index, item in enumerate(self.parts):
            if item.used:
                continue
            rename = next((w for w in self.made if w.operation == "rename"), None)
            if (
                item.kind in ("pattern", "quote")
                and rename is not None
                and not pattern_of(item.text)
                and not self.has("n.folder", "g.except")
            ):
                self.made.remove(rename)  # a name given outright cannot be for several files: said, not done otherwise
                if not self.made:
                    return
            elif item.kind in ("pattern", "quote", "file") and rename is not None and (pattern := pattern_of(item.text)):
                put(rename.params, "pattern", pattern + self._more_of(index) if item.kind == "pattern" else pattern)
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
                plain = self.parts[at : at + 1]
                if not run and plain and at == index + 1 and plain[0].has("t.", "k.", "n.") and not plain[0].used:
                    run = plain  # "dans dossier photo"
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
            elif (
                (item.kind in ("pattern", "quote", "file") or item.proper)
                and self.made[-1].operation == "duplicates"
                and self.made[-1].params.get("action") == "aside"
                and self.preceded(item, "g.in")
                and not item.has("n.", "t.", "k.")
            ):
                put(self.made[-1].params, "folder", item.text.strip("/"))
                item.used = True
            elif item.kind == "file" and self.preceded(item, "g.in") and self.made[-1].operation in (*FORMATS, "merge"):
                put(self.made[-1].params, "name", item.text)
                item.used = True

    def _more_of(self, index: int) -> str:
        """What goes on with a name pattern after dashes: "[Client] - [Date] - Agreement"."""
        out = ""
        for dash, part in zip(self.parts[index + 1 :: 2], self.parts[index + 2 :: 2], strict=False):
            if dash.text not in ("-", "–", "—", "_") or not (part.kind == "pattern" or part.proper or part.kind == "unknown"):
                break
            out += f"_{pattern_of(part.text) or part.text}"
            dash.used = part.used = True
        return out

    def _named(self, index: int) -> None:
        item = self.parts[index]
        for at in range(index + 1, min(index + 4, len(self.parts))):
            other = self.parts[at]
            if other.kind in ("quote", "file", "pattern") or ((other.kind == "unknown" or other.proper) and other.text[:1].isalpha()):
                run = [other] if other.kind in ("quote", "file", "pattern") else party_ahead(self.parts, at, loose=True) or [other]
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

    def _pattern(self, parts: list[str]) -> str:
        """A pattern from the parts named; one part alone goes before the name there is, or after it where the words say so."""
        edges = {item.bare: item for item in self.parts if item.bare in _FRONT or item.bare in _BACK}
        for item in edges.values():
            item.used = True
        if len(parts) > 1:
            return "_".join(f"{{{part}}}" for part in parts)
        named = "_".join(f"{{{part}}}" for part in parts if part != "name")
        return f"{{name}}_{named}" if any(bare in _BACK for bare in edges) else f"{named}_{{name}}"

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
