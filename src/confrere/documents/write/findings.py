"""What a recap shows, one finding at a time: a title that says it, the chart or table that proves it, notes with its sources."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from confrere.documents.write import formats
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
from confrere.documents.write.figures import CONFIRMED, PURCHASES, SALES, ZERO, Currency, signed
from confrere.documents.write.labels import made_on, period, pot, recap_title, type_label
from confrere.documents.write.telling import LINES, Words

_BARS = 8  # bars of a chart before the rest is put together


class Findings(Words):
    """The findings of a recap. A method gives None where the documents do not show its finding."""

    def cover(self) -> Slide:
        title = recap_title(self.recap, self.totals, self.language)
        when = period(self.totals, self.language)
        subtitle = self.documents(len(self.totals.rows)) + (f", {when}" if when and when not in title else "")
        return Slide(title=title, layout="cover", subtitle=subtitle, notes=self.notes(made_on(self.recap.day, self.language)))

    def key_figures(self) -> Figures:
        rows = self.totals.rows
        figures = [Figure(value=formats.number(len(rows), self.language), label=self.say("figure-documents"), note=self.types_line(2))]
        for one in self.totals.currencies[: 3 if any(self.totals.sides) else 2]:
            note = self.say("figure-net", amount=self.money(one.all.net, one.code)) if one.all.net else ""
            label = self.say("figure-confirmed", currency=pot(one, self.language))
            figures.append(Figure(value=self.money(one.all.confirmed, one.code), label=label, note=note))
        if self.main:
            doubtful = sum(one.all.doubts for one in self.totals.currencies)
            figures.append(
                Figure(
                    value=formats.number(doubtful, self.language),
                    label=self.say("figure-doubts"),
                    note=self.money(self.main.all.doubtful, self.main.code) if doubtful else "",
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
        if len(pots) == 2:
            doubtful = [self.money(each.all.doubtful, each.code) for each in pots if each.all.doubtful]
            sums = {each.side: self.money(each.all.confirmed, each.code) for each in pots}
            return self.say("story-sides-doubts" if doubtful else "story-sides", doubtful=" + ".join(doubtful), **sums)
        if len(self.totals.currencies) > 1:
            other = self.totals.currencies[1]
            amounts = self.say("and", first=amounts, last=self.money(other.all.confirmed, other.code))
        counted = sum(each.all.count for each in self.totals.currencies)
        count = self.documents(counted)
        if counted != len(self.totals.rows):
            count = self.say("n-of-documents", count=counted, total=self.documents(len(self.totals.rows)))
        doubtful = [self.money(each.all.doubtful, each.code) for each in self.totals.currencies[:2] if each.all.doubtful]
        if doubtful:
            return self.say("story-overview-doubts", count=count, amount=amounts, doubtful=" + ".join(doubtful))
        return self.say("story-overview", count=count, amount=amounts)

    def overview(self, chart: bool, points: bool) -> Slide:
        blocks: list[Block] = [self.key_figures()] if self.totals.rows else []
        graph = (self.parties_chart() or self.months_chart() or self.types_chart()) if chart else None
        if not chart and self.totals.rows:
            graph = self.running_chart() or self.types_chart()
        if graph is not None:
            blocks.append(graph)
        if points or not graph:
            blocks.append(Text(lines=self.points()))
        return Slide(
            title=self.headline(),
            blocks=blocks,
            notes=self.notes(self.say("notes-overview"), self.apart, self.sources(self.totals.with_status(CONFIRMED))),
        )

    def points(self) -> list[str]:
        """The findings in a few short sentences."""
        if not self.totals.rows:
            return [self.say("recap-empty"), self.say("story-empty-next")]
        found = [slide.title for slide in (self.parties(), self.months()) if slide]
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
        )
        unknown = dict(ranked).get("")
        rest = one.all.confirmed - total.confirmed - (unknown.confirmed if unknown else ZERO)
        lines = [
            self.say(
                "story-second",
                name=self.name(named[1][0], axis),
                amount=self.money(named[1][1].confirmed, one.code),
                share=self.share(named[1][1].confirmed, one.all.confirmed),
            )
        ]
        if len(named) > 2:
            lines.append(self.counted(f"story-others-{axis}", len(named) - 1, amount=self.money(rest, one.code)))
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
        if len(ranked) > len(shown):
            names.append(self.counted("others", len(ranked) - len(shown)))
            values.append(sum((total.confirmed for _, total in ranked[len(shown) :]), ZERO))
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

    def months_chart(self, one: Currency | None = None, alt: str = "") -> Chart | None:
        one = one or self.main
        dated = self.dated(one) if one else []
        if one is None or len(dated) < 2:
            return None
        dated = dated[-24:]
        values = [total.confirmed for _, total in dated]
        title = self.say("chart-by-month", currency=pot(one, self.language))
        return Chart(
            kind="column",
            categories=[formats.short_month(month, self.language) for month, _ in dated],
            series=[Series(name=self.say("total-confirmed"), values=list(values))],
            currency=one.code,
            title=title,
            alt=f"{title}. {alt}".strip(),
            highlight=values.index(max(values)),
        )

    def running_chart(self) -> Chart | None:
        """The confirmed total as it grows month by month."""
        one = self.main
        dated = self.dated(one)[-24:] if one else []
        if one is None or len(dated) < 3:
            return None
        running, values = ZERO, []
        for _, total in dated:
            running += total.confirmed
            values.append(running)
        title = self.say("chart-running", currency=pot(one, self.language))
        return Chart(
            kind="line",
            categories=[formats.short_month(month, self.language) for month, _ in dated],
            currency=one.code,
            series=[Series(name=self.say("total-confirmed"), values=list(values))],
            title=title,
            alt=title,
        )

    def months(self) -> Slide | None:
        one = self.main
        if one is None or one.all.confirmed <= 0:
            return None
        dated = self.dated(one)
        if len(dated) < 2:
            return None
        best, total = max(dated, key=lambda pair: pair[1].confirmed)
        title = self.say(
            "story-best-month",
            month=formats.month(best, self.language),
            amount=self.money(total.confirmed, one.code),
            share=self.share(total.confirmed, one.all.confirmed),
        )
        low, least = min(dated, key=lambda pair: pair[1].confirmed)
        average = sum((one_.confirmed for _, one_ in dated), ZERO) / len(dated)
        lines = [
            self.say("story-average", amount=self.money(average, one.code), count=len(dated)),
            self.say("story-low-month", month=formats.month(low, self.language), amount=self.money(least.confirmed, one.code)),
        ]
        undated = one.months.get(None)
        if undated:
            lines.append(self.counted("story-undated", undated.count, amount=self.money(undated.confirmed, one.code)))
        if one.all.doubts:
            lines.append(self.say("story-apart", amounts=self.money(one.all.doubtful, one.code)))
        chart = self.months_chart(alt=title)
        assert chart is not None  # two dated months at least
        rows = [row for row in one.rows if row.date and row.date.replace(day=1) == best]
        notes = self.notes(self.say("notes-months"), self.apart, self.sources(rows))
        return Slide(title=title, blocks=[chart, Text(lines=lines)], notes=notes)

    def party_months(self) -> Slide | None:
        """The largest parties month by month, stacked."""
        one = self.main
        if one is None:
            return None
        months = [month for month, _ in self.dated(one)][-12:]
        ranked = [name for name, total in self.ranked(self.axis, one) if name and total.confirmed > 0][:4]
        if len(months) < 2 or len(ranked) < 2:
            return None
        series = []
        sums: dict[tuple[str, dt.date], Decimal] = {}
        for row in self.confirmed(one):
            if row.date:
                key = (getattr(row, self.axis), row.date.replace(day=1))
                sums[key] = sums.get(key, ZERO) + (signed(row.total, row) or ZERO)
        for name in ranked:
            series.append(Series(name=self.name(name, limit=30), values=[sums.get((name, month), ZERO) for month in months]))
        regular = max(ranked, key=lambda name: sum(1 for month in months if sums.get((name, month))))
        active = sum(1 for month in months if sums.get((regular, month)))
        title = self.say("story-regular", name=self.name(regular), active=active, count=len(months))
        chart = Chart(
            kind="stacked",
            categories=[formats.short_month(month, self.language) for month in months],
            series=series,
            currency=one.code,
            alt=title,
        )
        return Slide(title=title, blocks=[chart], notes=self.notes(self.say("notes-months"), self.apart))

    def due_dates(self) -> Slide | None:
        one = self.main
        if one is None:
            return None
        due: dict[dt.date, Decimal] = {}
        for row in self.confirmed(one):
            if row.due_date and row.type == "invoice":
                month = row.due_date.replace(day=1)
                due[month] = due.get(month, ZERO) + (row.total or ZERO)
        if not due:
            return None
        months = sorted(due)[-12:]
        best = max(months, key=lambda month: due[month])
        title = self.say("story-due", amount=self.money(due[best], one.code), month=formats.month(best, self.language))
        chart = Chart(
            kind="column",
            categories=[formats.short_month(month, self.language) for month in months],
            currency=one.code,
            series=[Series(name=self.say("total"), values=[due[month] for month in months])],
            alt=title,
            highlight=months.index(best),
            title=self.say("chart-due", currency=pot(one, self.language)),
        )
        return Slide(title=title, blocks=[chart], notes=self.notes(self.say("notes-due"), self.apart))

    def types_chart(self) -> Chart | None:
        types = self.totals.types().most_common()
        if len(types) < 2:
            return None
        return Chart(
            kind="bar",
            categories=[type_label(name, self.language) for name, _ in types[:_BARS]],
            title=self.say("chart-types"),
            series=[Series(name=self.say("documents"), values=[Decimal(count) for _, count in types[:_BARS]])],
            alt=self.say("chart-types") + " : " + self.types_line(_BARS),
            highlight=0,
        )

    def types(self) -> Slide | None:
        chart = self.types_chart()
        if chart is None:
            return None
        (name, count), *_ = self.totals.types().most_common()
        credits = self.main.types.get("credit-note") if self.main else None
        if credits and credits.confirmed and self.main:
            title = self.counted("story-credits", credits.count, amount=self.money(-credits.confirmed, self.main.code))
            names = [name for name, _ in self.totals.types().most_common()]
            chart.highlight = names.index("credit-note") if names.index("credit-note") < _BARS else None
        else:
            title = self.say(
                "story-types",
                count=formats.number(count, self.language),
                type=self.type_name(name, count),
                total=formats.number(len(self.totals.rows), self.language),
            )
        blocks: list[Block] = [chart]
        if self.main:
            one = self.main
            columns = [
                Column(title=self.say("type")),
                Column(title=self.say("documents"), kind="number"),
                Column(title=self.say("total-confirmed"), kind="money", currency=one.code),
            ]
            rows: list[list[object]] = [
                [type_label(name, self.language), total.count, total.confirmed] for name, total in one.types.items()
            ]
            blocks.append(
                Table(
                    columns=columns,
                    rows=rows,
                    caption=title,
                    title=pot(one, self.language),
                    total=[self.say("total-word"), one.all.count, one.all.confirmed],
                )
            )
        other = len(self.totals.rows) - sum(one.all.count for one in self.totals.currencies)
        return Slide(title=title, blocks=blocks, notes=self.notes(self.counted("notes-types", other) if other else "", self.apart))

    def taxes(self) -> Slide | None:
        one = self.main
        if one is None or not one.rates or not one.all.tax:
            return None
        rate, top = max(one.rates.items(), key=lambda pair: pair[1].tax)
        shown = formats.rate(rate, self.language) if rate else self.say("tax-unstated")
        known = sum((total.tax for total in one.rates.values()), ZERO)
        title = self.say("story-tax", amount=self.money(one.all.tax, one.code), share=self.share(top.tax, known), rate=shown)
        columns = [
            Column(title=self.say("vat-rate")),
            Column(title=self.say("documents"), kind="number"),
            Column(title=self.say("tax-confirmed"), kind="money", currency=one.code),
            Column(title=self.say("tax-to-confirm"), kind="money", currency=one.code),
        ]
        rows: list[list[object]] = [
            [formats.rate(name, self.language) if name else self.say("tax-unstated"), total.count, total.tax, total.doubtful]
            for name, total in one.rates.items()
        ]
        blocks: list[Block] = []
        if len(one.rates) > 1:
            blocks.append(
                Chart(
                    kind="column",
                    categories=[str(row[0]) for row in rows],
                    currency=one.code,
                    alt=title,
                    title=self.say("tax-confirmed"),
                    series=[Series(name=self.say("tax"), values=[total.tax for total in one.rates.values()])],
                )
            )
        blocks.append(Table(columns=columns, rows=rows, caption=title))
        return Slide(title=title, blocks=blocks, notes=self.notes(self.say("notes-tax"), self.apart))

    def largest(self) -> Slide | None:
        one = self.main
        if one is None:
            return None
        rows = sorted(self.confirmed(one), key=lambda row: -(signed(row.total, row) or ZERO))[:8]
        rows = [row for row in rows if row.total]
        if len(rows) < 2 or one.all.confirmed <= 0:
            return None
        amount = sum((signed(row.total, row) or ZERO for row in rows), ZERO)
        title = self.say("story-largest", count=len(rows), share=self.share(amount, one.all.confirmed), amount=self.money(amount, one.code))
        if len(rows) == len(self.confirmed(one)):
            title = self.say(
                "story-largest-one",
                name=self.label(rows[0]),
                party=self.name(getattr(rows[0], self.axis)),
                amount=self.money(signed(rows[0].total, rows[0]) or ZERO, one.code),
            )
        table = self.document_table(rows, one.code)
        table.caption = title
        return Slide(title=title, blocks=[table], notes=self.notes(self.apart, self.sources(rows)))

    def currency(self, one: Currency) -> Slide:
        axis = self.axis if one.told_by(self.axis) else "supplier" if self.axis == "client" else "client"
        key = "story-pot" if one.side else "story-currency"
        title = self.say(
            key,
            amount=self.money(one.all.confirmed, one.code),
            count=self.documents(one.all.count),
            currency=_capital(pot(one, self.language)),
        )
        rows = sorted(one.rows, key=lambda row: -(signed(row.total, row) or ZERO))
        figures = Figures(
            figures=[
                Figure(value=self.money(one.all.confirmed, one.code), label=self.say("total-confirmed")),
                Figure(
                    value=self.money(one.all.doubtful, one.code), label=self.say("total-to-confirm"), tone="warn" if one.all.doubts else ""
                ),
                Figure(value=formats.number(one.all.count, self.language), label=self.say("figure-documents")),
            ]
        )
        return Slide(
            title=title,
            blocks=[figures, self.document_table(rows[:LINES], one.code, axis)],
            notes=self.notes(self.say("notes-currency"), self.sources(rows)),
        )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
