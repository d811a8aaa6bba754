"""Where a clause asks for what no tool here does: said, never done otherwise."""

from __future__ import annotations

from confrere.models.builtin.gapping import crossed
from confrere.models.builtin.governing import DELIVERABLES
from confrere.models.builtin.items import Item
from confrere.models.builtin.parties import SIZES
from confrere.models.builtin.phrase import Phrase

_OUT_VERBS = ("o.mail", "o.edit", "o.translate", "o.calendar", "o.pay", "o.print", "o.media", "o.secure", "o.advice")


_WIRED = {"vire", "virer", "virez"}


_TRADES = {"hotel", "restaurant", "train", "site", "taxi", "internet", "airline", "flight", "billet", "vol"}
"""Words of a company's name as often as of a booking."""


def _another(ahead: list[Item]) -> bool:
    return bool(ahead) and (ahead[0].bare == "another" or [item.bare for item in ahead] in (["un", "autre"], ["une", "autre"]))


class Limits(Phrase):
    """Reads a clause as out of reach, or as one that cannot be known, where it is."""

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
        but = next((at for at, item in enumerate(self.parts) if item.has("g.but")), len(self.parts))
        torn = (  # "delete duplicates in photos but only report them in invoices": never deleted on a guess
            any(item.has("v.delete", "v.dedupe") for item in self.parts[:but])
            and self.has("n.duplicates")
            and any(item.has("v.list", "v.find", "v.aside", "v.move", "v.keep", "n.report") for item in self.parts[but:])
            and any(item.has("t.", "k.") for item in self.parts[but:])
        )
        if not (papers or sizes or checks or lifted or torn):
            return False
        self.result.not_understood.append(" ".join(dict.fromkeys(item.text for item in self.parts if item.text.strip())))
        for item in self.clause.items:
            item.used = True
        self.clause.dropped = True
        return True

    def _crossed(self) -> bool:
        """ "A report on the invoices of March and the contracts of April": no one set of files holds just these; said, not widened."""
        apart = any(item.has("g.in") and _another(self.parts[at + 1 : at + 3]) for at, item in enumerate(self.parts))
        periods = {item.text for item in self.parts if item.kind == "period"}
        if not (crossed(self.parts) or (apart and len(periods) > 1)) or self.has("n.rest"):  # "... and the April ones in another"
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
        mine = next((item for item in self.parts if item.has("t.cv") and self.preceded(item, "g.definite")), None)
        letter = letter or (
            mine if self.first("v.write") is not None and mine is not None and not self.has("v.merge", "v.convert") else None
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
        chosen = next((code for code in ("phone", "translate") if code in codes and codes[0] != "pay"), codes[0])
        self._give_up(chosen)
        return True
