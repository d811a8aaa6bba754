"""Which operation a clause asks for, by its verbs."""

from __future__ import annotations

import msgspec

from confrere.models.builtin.apiece import apiece
from confrere.models.builtin.asking import Asking
from confrere.models.builtin.governing import DELIVERABLES
from confrere.models.builtin.items import Item
from confrere.models.builtin.limits import Limits
from confrere.models.builtin.making import Making
from confrere.models.builtin.parties import ACRONYMS
from confrere.models.builtin.periods import EARLIER, Period, span
from confrere.models.builtin.slots import columns, dimensions, put, side_of
from confrere.models.builtin.verbs import Verbs
from confrere.tools.office.scope import Scope

_PAID = {"paye", "payes", "payee", "payees", "paid", "regle", "reglee", "spent"}
_ONE = {"un", "une", "one", "another", "un autre", "une autre", "l'autre"}
_ON_FILES = {"convert", "merge", "rename", "split", "sort"}
_TOTALS = {"total", "somme", "sum", "montant total", "total amount", "grand total", "somme totale"}
_GIVING = ("donn", "sor", "balanc", "fil", "giv", "get", "fetch", "bring", "hand", "gimme", "il", "j'", "i", "je")


class Reading(Limits, Asking, Making, Verbs):
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
        total = next((item for item in self.parts if item.bare in _TOTALS and self.preceded(item, "g.definite")), None)
        giving = [
            item for item in self.parts if item.has("v.make") and item.bare.split()[0].startswith((*_GIVING, "provid", "fourni", "suppl"))
        ]
        if total is not None and giving and self.has("t.") and not self.has("g.by", *DELIVERABLES, "v.sum"):
            self.clause.question = True  # "provide the total of the invoices of June"
            for item in giving:
                item.used = True
        if self._beyond() or self._unknowable() or self._crossed() or self._question() or self._strange():
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
        pdf = next((item for item in self.parts if item.has("k.pdf") and not item.used and self.preceded(item, "g.indefinite")), None)
        if (
            not self.made
            and pdf is not None
            and verbs
            and all(verb.has("v.make") for verb in verbs)
            and self.has("t.", "k.image", "n.files")
        ):
            after = self.parts[self.parts.index(pdf) + 1 :]
            if after and after[0].has("g.of", "g.with"):
                self.wish("merge", pdf)  # "a PDF of all my statements"
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
        if merge is not None and by and not set(by) - {"date", "document-date"}:
            put(merge.params, "order", "date")
            by = []
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
        extract = next((wish for wish in self.made if wish.operation == "extract"), None)
        unclear = any(item.kind == "unknown" and not item.used and not item.proper and item.text[:1].isalpha() for item in self.parts)
        if extract is not None and unclear and not columns([item for item in self.parts if not item.used]):
            self.made.remove(extract)  # what is to be taken out was not understood
        self._fill(by)
        if self._object_unknown(verbs):
            self.made = [wish for wish in self.made if wish.operation not in _ON_FILES or wish.only or wish.params.get("by")]
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

    def _object_unknown(self, verbs: list[Item]) -> bool:
        """ "Mets mes cours en PDF": what the verb is to act on is a word nobody knows; not every file instead."""
        if self.has("n.files", "n.names", "n.duplicates", "n.rest"):
            return False
        for verb in verbs:
            ahead = [item for item in self.parts[self.parts.index(verb) + 1 :] if not item.filler]
            said = ahead[1:2] if ahead and ahead[0].has("g.definite", "g.each") else ahead[:1]
            if said and said[0].kind == "unknown" and not said[0].proper and not said[0].used and said[0].text[:1].isalpha():
                return True
        return False

    def _of_the_rest(self) -> None:
        """ "... le reste par type": every file but those the wishes before are about."""
        earlier = [wish for wish in self.context.wishes or self.result.wishes if wish.operation in ("sort", "rename", "merge", "convert")]
        for wish in self.made:
            if wish.operation in ("sort", "rename", "convert", "merge") and not wish.only and earlier:
                if len(earlier) == 1:
                    wish.exclude = wish.exclude.merged(earlier[0].only)
                for other in earlier if len(earlier) > 1 else []:
                    wish.exclude = wish.exclude.merged(Scope(types=other.only.types, kinds=other.only.kinds, names=other.only.names))
        if not earlier and self.result.beyond:  # "delete the blurry photos and sort the others": which others cannot be known
            self.result.not_understood.append(" ".join(dict.fromkeys(item.text for item in self.parts if item.text.strip())))
            self.made = [wish for wish in self.made if wish.operation not in _ON_FILES]
        for item in self.parts:
            item.used |= item.has("n.rest")

    def _apiece(self, way: str, thing: Item, words: list[Item]) -> None:
        """Workbooks can be made one for each; of anything else it is said, and what cannot be cut up is not made whole instead."""
        table = next((wish for wish in self.made if wish.operation in ("recap", "extract", "consolidate")), None)
        if table is None and thing.has("k.xlsx", "k.csv"):
            table = self.wish("recap", thing, format=thing.tag("k."))
        if table is not None and thing.has("n.table", "k.xlsx", "k.csv", "n.files"):
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
            for item in self.parts:
                item.used |= item.has("n.table")
