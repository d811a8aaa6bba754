"""What changed since an earlier period: the sums of both, and the finding they make."""

from __future__ import annotations

from decimal import Decimal

from confrere.documents.write import formats
from confrere.documents.write.content import Chart, Recap, Series, Slide, Text
from confrere.documents.write.figures import CONFIRMED, NOT_COUNTED, ZERO, Currency, Totals, side, signed
from confrere.documents.write.labels import period, pot
from confrere.documents.write.telling import Words
from confrere.documents.write.text import line

_BARS = 6  # parties shown beside each other
_NAMES = 4  # names given of those that came or went

Amounts = dict[tuple[str, str, str], Decimal]
"""Confirmed totals by currency, side and party."""


def axis_of(one: Currency, totals: Totals) -> str:
    """What tells the papers of a pot apart: never the company itself."""
    return totals.axis if one.told_by(totals.axis) else ("client" if totals.axis == "supplier" else "supplier")


def was(recap: Recap, totals: Totals) -> Amounts:
    """Confirmed totals of the earlier period by currency, side and party, told apart as the present ones are; a party whose amounts are
    all to confirm was there, with nothing."""
    sided = any(totals.sides)
    earlier = Totals(Recap(rows=recap.before, axis=totals.axis, us=recap.us))
    out: Amounts = {}
    for row, state in zip(earlier.rows, earlier.statuses, strict=True):
        if state == NOT_COUNTED:
            continue
        part = side(row, recap.us) if sided else ""
        axis = axis_of(Currency(row.currency, part), totals)
        key = (row.currency, part, getattr(row, axis))
        out[key] = out.get(key, ZERO) + ((signed(row.total, row) or ZERO) if state == CONFIRMED else ZERO)
    return out


def present(recap: Recap, totals: Totals) -> Amounts:
    """The same of the present period; a party whose amounts are all to confirm is there, with nothing."""
    out: Amounts = {}
    for row, state, part in zip(totals.rows, totals.statuses, totals.sides, strict=True):
        if state == NOT_COUNTED or (recap.now and not (row.date and recap.now[0] <= row.date <= recap.now[1])):
            continue
        key = (row.currency, part, getattr(row, axis_of(Currency(row.currency, part), totals)))
        out[key] = out.get(key, ZERO) + ((signed(row.total, row) or ZERO) if state == CONFIRMED else ZERO)
    return out


class Evolution(Words):
    """What a recap shows beside an earlier period."""

    def evolutions(self) -> list[Slide]:
        """A slide for each currency and side that has confirmed amounts now or had some then; none without an earlier period."""
        if not self.recap.before:
            return []
        before, now = was(self.recap, self.totals), present(self.recap, self.totals)
        slides = (self._evolution(one, before, now) for one in self.totals.currencies)
        return [slide for slide in slides if slide is not None]

    def _evolution(self, one: Currency, before: Amounts, now: Amounts) -> Slide | None:
        axis = axis_of(one, self.totals)
        then = {name: amount for (code, part, name), amount in before.items() if (code, part) == (one.code, one.side)}
        here = {name: amount for (code, part, name), amount in now.items() if (code, part) == (one.code, one.side)}
        old, new = sum(then.values(), ZERO), sum(here.values(), ZERO)
        if not old and not new:
            return None
        subject = self.say(f"evolution-{one.side or 'all'}")
        said = {"subject": subject, "before": self.money(old, one.code), "now": self.money(new, one.code), "name": self.recap.before_name}
        title = self.say("story-evolution", change=self.change(old, new), **said) if old > 0 else self.say("story-evolution-new", **said)
        changes = {name: here.get(name, ZERO) - then.get(name, ZERO) for name in {*then, *here}}
        ranked = sorted((name for name in changes if changes[name]), key=lambda name: (-abs(changes[name]), name))
        lines = []
        for key, names in (
            ("evolution-up", [name for name in ranked if changes[name] > 0]),
            ("evolution-down", [name for name in ranked if changes[name] < 0]),
        ):
            if names:
                lines.append(self.say(key, name=self.name(names[0], axis), amount=self.money(abs(changes[names[0]]), one.code)))
        came = [name for name in ranked if name and name not in then]
        gone = [name for name in ranked if name and name not in here]
        for key, names in (("evolution-came", came), ("evolution-gone", gone)):
            if names:
                told = ", ".join(self.name(name, axis, 30) for name in names[:_NAMES]) + ("…" if len(names) > _NAMES else "")
                lines.append(self.say(key, names=told))
        shown = sorted(ranked[:_BARS], key=lambda name: -max(here.get(name, ZERO), then.get(name, ZERO)))
        series = [
            Series(name=line(self.recap.before_name, 40), values=[then.get(name, ZERO) for name in shown]),
            Series(
                name=self.recap.now_name or period(self.totals, self.language) or self.say("comparison-now"),
                values=[here.get(name, ZERO) for name in shown],
            ),
        ]
        chart = Chart(
            kind="bar",
            pale=0,
            categories=[self.name(name, axis, 40) for name in shown],
            series=series,
            currency=one.code,
            title=self.say("chart-evolution", currency=pot(one, self.language)),
            alt=title,
        )
        return Slide(
            title=title,
            blocks=[chart, Text(lines=lines)] if shown else [Text(lines=[title])],
            notes=self.notes(self.say("notes-evolution"), self.apart),
        )

    def change(self, before: Decimal, now: Decimal) -> str:
        """The change in per cent, signed: "+24 %", "−3 %"."""
        share = (now - before) / before
        return ("+" if share >= 0 else "") + formats.percent(share, self.language)
