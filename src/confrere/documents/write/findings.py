"""What a recap shows, one finding at a time: a title that says it, the chart or table that proves it, notes with its sources."""

from __future__ import annotations

from decimal import Decimal

from confrere.documents.write import formats
from confrere.documents.write.breakdowns import Breakdowns
from confrere.documents.write.content import (
    Block,
    Chart,
    Column,
    Figure,
    Figures,
    Series,
    Slide,
    Table,
    Text,
)
from confrere.documents.write.evolution import Evolution
from confrere.documents.write.figures import CONFIRMED, PURCHASES, SALES, ZERO, Currency, signed
from confrere.documents.write.labels import made_on, period, pot, recap_title
from confrere.documents.write.telling import LINES

_BARS = 8  # bars of a chart before the rest is put together


class Findings(Breakdowns, Evolution):
    """The findings of a recap. A method gives None where the documents do not show its finding."""

    def cover(self) -> Slide:
        title = recap_title(self.recap, self.totals, self.language)
        when = period(self.totals, self.language)
        subtitle = self.documents(len(self.totals.rows)) + (f", {when}" if when and when not in title else "")
        return Slide(title=title, layout="cover", subtitle=subtitle, notes=self.notes(made_on(self.recap.day, self.language)))

    def key_figures(self) -> Figures:
        rows = self.totals.rows
        figures = [
            Figure(
                value=formats.number(len(rows), self.language), label=self.counted("figure-documents", len(rows)), note=self.types_line(2)
            )
        ]
        for one in self.totals.currencies[: 3 if any(self.totals.sides) else 2]:
            note = self.say("figure-net", amount=self.money(one.all.net, one.code)) if one.all.net else ""
            label = self.say("figure-confirmed", currency=pot(one, self.language))
            figures.append(Figure(value=self.money(one.all.confirmed, one.code), label=label, note=note))
        if self.main:
            doubtful = sum(one.all.doubts for one in self.totals.currencies)
            waiting: dict[str, Decimal] = {}
            for one in self.totals.currencies:
                if one.all.doubtful:
                    waiting[one.code] = waiting.get(one.code, ZERO) + one.all.doubtful
            figures.append(
                Figure(
                    value=formats.number(doubtful, self.language),
                    label=self.say("figure-doubts"),
                    note=" + ".join(self.money(amount, code) for code, amount in waiting.items()),
                    tone="warn" if doubtful else "good",
                )
            )
        else:
            figures.append(Figure(value=formats.number(len(self.totals.types()), self.language), label=self.say("figure-types")))
        return Figures(figures=figures)

    def headline(self) -> str:
        """The finding of the whole recap."""
        if not self.totals.rows:
            return self.say("story-empty")
        one = self.main
        if one is None or not (one.all.confirmed or one.all.doubtful):
            return self.say("story-overview-plain", documents=self.documents(len(self.totals.rows)), types=self.types_line())
        amounts = self.money(one.all.confirmed, one.code)
        pots = [each for each in self.totals.currencies if each.code == one.code and each.side in (SALES, PURCHASES)]
        waiting = sum(each.all.doubts for each in self.totals.currencies)
        doubtful = [self.money(each.all.doubtful, each.code) for each in self.totals.currencies if each.all.doubtful and each.code]
        told = " + ".join(doubtful) if len(doubtful) < 3 and doubtful else formats.number(waiting, self.language)
        if len(pots) == 2:
            sums = {each.side: self.money(each.all.confirmed, each.code) for each in pots}
            return self.say("story-sides-doubts" if waiting else "story-sides", doubtful=told, **sums)
        counted = sum(each.all.count for each in self.totals.currencies)
        count = self.documents(counted)
        if counted != len(self.totals.rows):
            count = self.say("n-of-documents", count=counted, total=self.documents(len(self.totals.rows)))
        named = [each for each in self.totals.currencies if each.code]
        if len({each.code for each in named}) > 2:
            shown = ", ".join(self.money(each.all.confirmed, each.code) for each in named[:3]) + ("…" if len(named) > 3 else "")
            key = "story-currencies-doubts" if waiting else "story-currencies"
            return self.say(
                key,
                count=count,
                currencies=len({each.code for each in named}),
                amounts=shown,
                doubtful=formats.number(waiting, self.language),
            )
        if len(named) > 1:
            amounts = self.say("and", first=amounts, last=self.money(named[1].all.confirmed, named[1].code))
        if waiting:
            return self.say("story-overview-doubts", count=count, amount=amounts, doubtful=told)
        return self.say("story-overview-one" if counted == len(self.totals.rows) == 1 else "story-overview", count=count, amount=amounts)

    def scope(self) -> str:
        """What a report is about, in a sentence."""
        count, types = self.documents(len(self.totals.rows)), self.types_line(6)
        span = self.totals.period()
        if span is None:
            return self.say("report-scope-undated", count=count, types=types)
        first, last = (formats.long_date(day, self.language) for day in span)
        when = self.say("report-period", first=first, last=last) if first != last else self.say("report-day", first=first)
        return self.say("report-scope", count=count, types=types, period=when)

    def overview(self, chart: bool, points: bool) -> Slide:
        blocks: list[Block] = [self.key_figures()] if self.totals.rows else []
        graph: Block | None = (self.parties_chart() or self.months_chart() or self.types_chart()) if chart else None
        if not chart and self.totals.rows:
            graph = self.running_chart() or self.weightiest()
        if graph is not None:
            blocks.append(graph)
        if points or not graph:
            blocks.append(Text(lines=self.points()))
        return Slide(
            title=self.headline(),
            blocks=blocks,
            notes=self.notes(self.say("notes-overview"), self.apart, self.sources(self.totals.with_status(CONFIRMED))),
        )

    def weightiest(self) -> Block | None:
        """The largest documents, for the overview of a short period: what the totals are made of."""
        one = self.main
        rows = sorted(self.confirmed(one), key=lambda row: -(signed(row.total, row) or ZERO))[:6] if one else []
        if one is None or not rows:
            return self.types_chart()
        columns = [
            Column(title=self.say("number")),
            Column(title=self.say(self.axis)),
            Column(title=self.say("total"), kind="money", currency=one.code),
        ]
        lines: list[list[object]] = [[self.label(row), self.name(getattr(row, self.axis)), signed(row.total, row)] for row in rows]
        title = self.say("largest-title")
        return Table(columns=columns, rows=lines, title=title, caption=title)

    def points(self) -> list[str]:
        """The findings in a few short sentences."""
        if not self.totals.rows:
            return [self.say("recap-empty"), self.say("story-empty-next")]
        found = [slide.title for slide in (*self.evolutions()[:1], self.parties(), self.months()) if slide]
        if self.main and self.main.all.doubts:
            found.append(self.counted("story-check", self.main.all.doubts, amount=self.money(self.main.all.doubtful, self.main.code)))
        if self.recap.omitted:
            found.append(self.counted("story-omitted", len(self.recap.omitted)))
        return found or [self.types_line()]

    def parties(self) -> Slide | None:
        one = self.main
        if one is None:
            return None
        return self._ranking(self.axis, one)

    def _ranking(self, axis: str, one: Currency) -> Slide | None:
        ranked = self.ranked(axis, one)
        named = [pair for pair in ranked if pair[0]]
        if len(named) < 2 or one.all.confirmed <= 0 or named[0][1].confirmed <= 0:
            return None
        first, total = named[0]
        title = self.say(
            "story-first",
            name=self.name(first, axis),
            share=self.share(total.confirmed, one.all.confirmed),
            amount=self.money(total.confirmed, one.code),
            whole=self.whole(one),
        )
        lines = []
        if len(named) > _BARS and total.confirmed * 10 < one.all.confirmed:
            share = self.share(total.confirmed, one.all.confirmed)
            title = self.say(f"story-spread-{axis}", count=formats.number(len(named), self.language), share=share, whole=self.whole(one))
            lines = [self.say("story-leader", name=self.name(first, axis), amount=self.money(total.confirmed, one.code))]
        unknown = dict(ranked).get("")
        rest = one.all.confirmed - total.confirmed - (unknown.confirmed if unknown else ZERO)
        lines.append(
            self.say(
                "story-second",
                name=self.name(named[1][0], axis),
                amount=self.money(named[1][1].confirmed, one.code),
                share=self.share(named[1][1].confirmed, one.all.confirmed),
            )
        )
        if len(named) > 2:
            rest -= named[1][1].confirmed
            lines.append(self.counted(f"story-others-{axis}", len(named) - 2, amount=self.money(rest, one.code)))
        if unknown:
            lines.append(self.counted(f"story-no-{axis}", unknown.count, amount=self.money(unknown.confirmed, one.code)))
        if one.all.doubts:
            lines.append(self.say("story-apart", amounts=self.money(one.all.doubtful, one.code)))
        chart = self._bars(axis, one, title)
        rows = [row for row in one.rows if getattr(row, axis) == first]
        return Slide(
            title=title,
            blocks=[chart, Text(lines=lines)],
            notes=self.notes(self.say("notes-ranking", count=len(named)), self.apart, self.sources(rows)),
        )

    def _bars(self, axis: str, one: Currency, alt: str) -> Chart:
        ranked = self.ranked(axis, one)
        shown = ranked if len(ranked) <= _BARS + 1 else ranked[:_BARS]
        names = [self.name(name, axis) for name, _ in shown]
        values = [total.confirmed for _, total in shown]
        rest = sum((total.confirmed for _, total in ranked[len(shown) :]), ZERO)
        if len(ranked) > len(shown) and rest <= 2 * values[0]:  # a longer bar would hide all others: the words tell of the rest
            names.append(self.counted("others", len(ranked) - len(shown)))
            values.append(rest)
        title = self.say("chart-by", axis=self.say(axis).lower(), currency=pot(one, self.language))
        alt = f"{title}. {alt}"
        return Chart(
            kind="bar",
            categories=names,
            currency=one.code,
            title=title,
            alt=alt,
            highlight=0,
            series=[Series(name=self.say("total-confirmed"), values=list(values))],
        )

    def parties_chart(self) -> Chart | None:
        slide = self.parties()
        return next((block for block in slide.blocks if isinstance(block, Chart)), None) if slide else None

    def concentration(self) -> Slide | None:
        one = self.main
        if one is None or one.all.confirmed <= 0:
            return None
        ranked = [pair for pair in self.ranked(self.axis, one) if pair[0] and pair[1].confirmed > 0]
        if len(ranked) < 4:
            return None
        columns = [
            Column(title=self.say(self.axis)),
            Column(title=self.say("documents"), kind="number"),
            Column(title=self.say("total-confirmed"), kind="money", currency=one.code),
            Column(title=self.say("share"), kind="percent"),
            Column(title=self.say("cumulated"), kind="percent"),
        ]
        rows: list[list[object]] = []
        running = ZERO
        for name, total in ranked[:LINES]:
            running += total.confirmed
            rows.append([self.name(name), total.count, total.confirmed, total.confirmed / one.all.confirmed, running / one.all.confirmed])
        three = sum((total.confirmed for _, total in ranked[:3]), ZERO)
        title = self.say(f"story-three-{self.axis}", share=self.share(three, one.all.confirmed), amount=self.money(three, one.code))
        return Slide(
            title=title,
            blocks=[Table(columns=columns, rows=rows, caption=title)],
            notes=self.notes(self.say("notes-concentration"), self.apart),
        )

    def other_axis(self) -> Slide | None:
        axis = "supplier" if self.axis == "client" else "client"
        one = next((each for each in self.totals.currencies if each.told_by(axis)), None)
        return self._ranking(axis, one) if one else None
