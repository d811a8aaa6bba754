"""Questions about a folder: how many, how much, which, the largest, the latest."""

from __future__ import annotations

from confrere.models.builtin.filling import Filling
from confrere.models.builtin.governing import DELIVERABLES
from confrere.models.builtin.items import Item
from confrere.models.builtin.parties import party_ahead
from confrere.models.builtin.slots import dimensions, scope_of
from confrere.models.builtin.understanding import Wish

_ORDERS = {"delete", "touch", "rename", "move", "sort", "merge", "split", "convert", "clean"}
"""What is forbidden, not asked about: "show me which ones, don't delete"."""
_PAID = {"paye", "payes", "payee", "payees", "paid", "regle", "reglee", "spent", "depense", "billed", "facture", "charged"}
_STATED = {"ya des", "y a des", "il existe", "il y a", "there are", "there is"}
_PARTICIPLES = ("é", "és", "ée", "ées", "ced", "lled")
_PLAIN_HOW_MUCH = {"combien ai je", "combien on a", "combien a t on", "combien avons nous", "combien j' ai", "combien j'ai"}


_THEM = {"them", "eux", "elle", "lui", "elles", "him", "her"}


class Asking(Filling):
    """Reads a clause as a question, where it is one."""

    def _question(self) -> bool:
        asked = next(
            (
                item
                for item in self.parts
                if item.has("q.count", "q.sum", "q.which", "q.where", "q.exists", "q.when", "q.overview") and not item.used
            ),
            None,
        )
        if (
            asked is None
            and (
                self.clause.question or not any(item.has("v.") and not item.has("v.make", "v.list", "v.find", "n.") for item in self.parts)
            )
            and self.has("t.", "k.", "n.files", "d.client", "d.supplier")
            and not self.has(*DELIVERABLES)
        ):
            asked = next((item for item in self.parts if item.has("q.max", "q.min", "q.last", "q.first")), None)
        verbs = [item for item in self.parts if item.has("v.") and not item.has("v.sum") and not item.used]
        if asked is None and self.clause.question and not verbs and not self.has("n.duplicates", *DELIVERABLES):
            asked = next((item for item in self.parts if item.has("n.amounts", "f.total", "f.net", "f.tax")), None)
        if asked is None:
            return False
        ahead = [
            item
            for item in self.parts[: self.parts.index(asked)]
            if not item.filler
            and item.kind not in ("comma", "mark")
            and not item.has("v.list", "v.find", "v.do", "v.make", "g.", "n.names")
        ]
        ranks = asked.has("q.max", "q.min", "q.last", "q.first")
        for at, item in enumerate(self.parts[:-1]):
            if ranks and item.has("g.by") and self.parts[at + 1].has("n.amounts", "f."):
                item.used = True  # "top 5 clients by revenue"
        if ranks and any(
            (item.has("g.by") and not item.used) or item.has("n.folder") or (item.has("v.") and not item.has("v.make", "v.list", "v.find"))
            for item in self.parts
        ):
            return False
        if any(item.has("n.table", "n.deck", "n.report", "n.index") for item in ahead) and any(item.has("v.make") for item in self.parts):
            return False  # "fais un tableau qui montre combien ..."
        if asked.has("q.exists") and asked.bare in _STATED and not self.clause.question and not self.has("n.duplicates"):
            asked.used, asked.tags = True, ("x.filler",)  # "il y a des photos partout": told, not asked
            return False
        if ahead and not self.clause.question and not ranks:
            return False
        if any(item.has("v.sort", "v.rename", "v.merge", "v.convert") and not item.has("n.") for item in ahead):
            return False
        kind = asked.tag("q.") or "sum"
        ordered = all(verb in _ORDERS for verb, _ in self.clause.refusals)
        if (
            self.has("q.unpaid")
            or (self.clause.refusals and not ordered and kind != "overview")
            or (kind == "count" and self.has("n.page"))
        ):
            return self._unanswerable()
        asked.used = True
        for item in self.parts:
            item.used |= item.has("v.list", "v.find", "v.do", "v.make", "v.sum", "v.count", "v.keep", "v.move")
        earlier = self._last("duplicates") or next((wish for wish in self.result.wishes if wish.operation == "duplicates"), None)
        if kind == "which" and earlier is not None and not self.has("t.", "k.", "n.", "d.", "f."):
            return True  # "show me which ones": those just spoken of
        duplicates = self.first("n.duplicates")
        if duplicates is not None:
            self._add(self.wish("duplicates", duplicates, action="report"))
            self._leftover()
            return True
        beyond_amounts = self.has("n.amounts", "f.total", "f.net", "f.tax")
        told = [item for item in self.parts if item.has("t.invoice") and item.text.casefold().endswith(_PARTICIPLES)]
        if (
            kind == "count"
            and told
            and not any(item.has("t.", "k.", "n.files", "d.", "n.page") and item not in told for item in self.parts)
        ):
            kind = "sum"  # "combien a-t-on facturé à Kerjean"
        if kind == "count" and (beyond_amounts or not self.has("t.", "k.", "n.files", "d.", "n.folder", "n.page", "t.mail")):
            kind = "sum"
        if kind == "sum" and asked.bare in _PLAIN_HOW_MUCH and not beyond_amounts:
            counted = self.after(asked)
            kind = "count" if counted is not None and counted.has("t.", "k.", "n.files") else kind
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
        self._of_them(wish, asked)
        due = self.first("f.due_date")
        if due is not None and (wish.only.since or wish.only.until):  # documents are dated by their own date, not by when they are due
            self.result.not_understood.append(due.text)
            due.used = True
            return True
        for item in self.parts:
            if not item.used and item.has("d.client", "d.supplier", "d.month", "d.year", "d.date") and "measure" not in wish.params:
                wish.params["measure"] = item.tag("d.")
                item.used = True
            elif not item.used and item.has("f.") and "measure" not in wish.params:
                wish.params["measure"] = item.tag("f.")
                item.used = True
            elif kind == "sum" and item.bare in _PAID and item.kind == "unknown":
                item.used = True
            item.used |= item.has("n.amounts", "n.files", "n.folder", "d.", "f.", "n.names", "q.")
        if wish.params.get("measure") in ("client", "supplier") and wish.params["question"] in ("max", "min"):
            number = next((item for item in self.parts if item.kind == "number" and not item.used), None)
            wish.params["top"] = 1
            if number is not None:
                wish.params["top"], number.used = number.value, True
        if wish.params.get("measure") in ("date", "month", "year") and not wish.only and not self.result.only:
            return self._unanswerable()  # "quel jour sommes-nous ?"
        if (
            kind != "overview"
            and not wish.only
            and not self.result.only
            and any(not item.used and item.kind == "unknown" and not item.proper for item in self.parts)
        ):
            return True  # what it is about was not understood: no answer about everything instead
        self._add(wish)
        self._leftover()
        return True

    def _of_them(self, wish: Wish, asked: Item) -> None:
        """ "... and how many are there?", "... how many have I got from them": about what was just spoken of."""
        last = next((other for other in reversed(self.context.wishes) if other.only), None)
        if last is None:
            return
        pointed = any(item.bare in _THEM and at and self.parts[at - 1].has("g.of") for at, item in enumerate(self.parts))
        if pointed and not wish.only.parties:
            wish.only.parties = list(last.only.parties)
        elif not wish.only and asked.has("q.count", "q.sum") and not self.has("t.", "k.", "n.", "d.", "f.") and not pointed:
            wish.only = last.only.merged(wish.only)
            wish.params["question"] = "count" if asked.has("q.count") and not self.has("v.sum") else "sum"

    def _unanswerable(self) -> bool:
        """A question with a negation ("which clients were not billed?"): it takes more than looking up. Said, not guessed."""
        self.result.not_understood.append(" ".join(dict.fromkeys(item.text for item in self.clause.items if item.text not in ("?", ","))))
        self.clause.dropped = True
        for item in self.clause.items:
            item.used = True
        return True

    def _loose_party(self, wish: Wish) -> None:
        """In a question, a proper noun that nothing else took is whom it is about."""
        for index, item in enumerate(self.parts):
            before = self.parts[index - 1] if index else None
            after = self.parts[index + 1] if index + 1 < len(self.parts) else None
            if (
                self.result.language == "en"
                and after is not None
                and after.has("t.")
                and item.kind == "unknown"
                and not item.has("x.guard")
            ):
                before = after  # "that nike receipt"
            beside = before is after or (
                before is not None
                and not item.has("x.guard")
                and (before.has("q.sum") or (self.result.language == "fr" and (before.has("t.") or before.bare in ("a", "chez"))))
            )  # "factures edf"
            if not item.used and item.kind == "unknown" and (item.proper or beside):
                run = party_ahead(self.parts, index, loose=beside)
                if run:
                    wish.only.parties.append(" ".join(part.text for part in run))
                    for part in run:
                        part.used = True
