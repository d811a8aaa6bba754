"""Questions about a folder: how many, how much, which, the largest, the latest."""

from __future__ import annotations

from confrere.models.builtin.clauses import DELIVERABLES
from confrere.models.builtin.filling import Filling
from confrere.models.builtin.slots import dimensions, party_ahead, scope_of
from confrere.models.builtin.understanding import Wish


class Asking(Filling):
    """Reads a clause as a question, where it is one."""

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
