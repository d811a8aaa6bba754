"""What the amounts of a recap come to month by month, by kind of document, by VAT rate and document by document."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from confrere.documents.write import formats
from confrere.documents.write.content import Block, Chart, Column, Figure, Figures, Row, Series, Slide, Table, Text, filled
from confrere.documents.write.figures import ZERO, Currency, signed
from confrere.documents.write.labels import pot, type_label
from confrere.documents.write.telling import LINES, Words

_BARS = 8  # bars of a chart before the rest is put together
_SPAN = 24  # months of a chart


class Breakdowns(Words):
    """The breakdowns of a recap. A method gives None where the documents do not show its finding."""

    def months_chart(self, one: Currency | None = None, alt: str = "") -> Chart | None:
        one = one or self.main
        dated = self.calendar(one) if one else []
        if one is None or len(dated) < 2:
            return None
        values = [amount for _, amount in dated]
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
        if one is None or len(self.dated(one)) < 3:
            return None
        dated = self.calendar(one)
        running, values = sum((total.confirmed for month, total in self.dated(one) if month < dated[0][0]), ZERO), []
        for _, amount in dated:
            running += amount
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

    def calendar(self, one: Currency) -> list[tuple[dt.date, Decimal]]:
        """The confirmed total of each month from the first to the last, months without any document included; the last two years."""
        dated = {month: total.confirmed for month, total in self.dated(one)}
        if not dated:
            return []
        month, last, months = min(dated), max(dated), []
        if (last.year - month.year) * 12 + last.month - month.month >= _SPAN:
            month = last.replace(year=last.year - 2) + dt.timedelta(days=31)
            month = month.replace(day=1)
        while month <= last:
            months.append((month, dated.get(month, ZERO)))
            month = (month + dt.timedelta(days=31)).replace(day=1)
        return months

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
            whole=self.whole(one),
        )
        low, least = min(dated, key=lambda pair: pair[1].confirmed)
        span = (dated[-1][0].year - dated[0][0].year) * 12 + dated[-1][0].month - dated[0][0].month + 1
        average = sum((each.confirmed for _, each in dated), ZERO) / span
        lines = [self.say("story-average", amount=self.money(average, one.code), count=span)]
        if span == len(dated):
            lines.append(self.say("story-low-month", month=formats.month(low, self.language), amount=self.money(least.confirmed, one.code)))
        else:
            lines.append(self.counted("story-idle-months", span - len(dated)))
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
        months = [month for month, _ in self.calendar(one)][-12:]
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
        if len(due) < 2:
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
            title = self.counted(
                "story-credits", credits.count, amount=self.money(-credits.confirmed, self.main.code), whole=self.whole(self.main)
            )
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
                    title=_capital(pot(one, self.language)),
                    total=[self.say("total-word"), one.all.count, one.all.confirmed],
                )
            )
        other = len(self.totals.rows) - sum(one.all.count for one in self.totals.currencies)
        return Slide(title=title, blocks=blocks, notes=self.notes(self.counted("notes-types", other) if other else "", self.apart))

    def taxes(self) -> Slide | None:
        one = self.main
        if one is None or not one.rates or not one.all.tax:
            return None
        known = sum((total.tax for total in one.rates.values()), ZERO)
        rate, top = max(one.rates.items(), key=lambda pair: pair[1].tax)
        shown = formats.rate(rate, self.language) if rate else self.say("tax-unstated")
        said = {"amount": self.money(one.all.tax, one.code), "rate": shown, "of": self.of(one)}
        notes = self.notes(self.say("notes-tax"), self.apart)
        if len(one.rates) == 1:
            figures = [
                Figure(value=self.money(one.all.net, one.code), label=self.say("net-word")),
                Figure(value=self.money(one.all.tax, one.code), label=self.say("tax-at", rate=shown) if rate else shown),
                Figure(value=self.money(one.all.confirmed, one.code), label=self.say("total-confirmed")),
            ]
            title = self.say("story-tax-one" if rate else "story-tax-unstated", **said)
            chart = self._tax_chart(one, title)
            return Slide(title=title, blocks=[Figures(figures=figures), *([chart] if chart else [])], notes=notes)
        title = self.say("story-tax", share=self.share(top.tax, known), **said)
        columns = [
            Column(title=self.say("vat-rate")),
            Column(title=self.say("documents"), kind="number"),
            Column(title=self.say("tax-confirmed"), kind="money", currency=one.code),
            Column(title=self.say("tax-to-confirm"), kind="money", currency=one.code),
            Column(title=self.say("share"), kind="percent"),
        ]
        rows: list[list[object]] = [
            [
                formats.rate(name, self.language) if name else self.say("tax-unstated"),
                total.count,
                total.tax,
                total.doubtful or None,
                total.tax / known if known else None,
            ]
            for name, total in one.rates.items()
        ]
        blocks: list[Block] = []
        if sorted((total.tax for total in one.rates.values()), reverse=True)[1] * 8 >= top.tax:  # a bar too small shows nothing
            blocks.append(
                Chart(
                    kind="bar",
                    categories=[str(row[0]) for row in rows],
                    currency=one.code,
                    alt=title,
                    title=self.say("tax-confirmed"),
                    series=[Series(name=self.say("tax"), values=[total.tax for total in one.rates.values()])],
                )
            )
        blocks.append(filled(Table(columns=columns, rows=rows, caption=title)))
        return Slide(title=title, blocks=blocks, notes=notes)

    def _tax_chart(self, one: Currency, alt: str) -> Chart | None:
        """The VAT of each month, as it is declared."""
        months = self.calendar(one)
        if len(months) < 2:
            return None
        title = self.say("chart-tax", currency=pot(one, self.language))
        values = [one.months[month].tax if month in one.months else ZERO for month, _ in months]
        names = [formats.short_month(month, self.language) for month, _ in months]
        return Chart(
            kind="column",
            categories=names,
            series=[Series(name=self.say("tax"), values=list(values))],
            currency=one.code,
            title=title,
            alt=alt,
        )

    def largest(self) -> Slide | None:
        one = self.main
        if one is None:
            return None
        rows = sorted(self.confirmed(one), key=lambda row: -(signed(row.total, row) or ZERO))[:8]
        rows = [row for row in rows if row.total]
        if len(rows) < 2 or one.all.confirmed <= 0:
            return None
        amount = sum((signed(row.total, row) or ZERO for row in rows), ZERO)
        title = self.say(
            "story-largest",
            count=len(rows),
            share=self.share(amount, one.all.confirmed),
            amount=self.money(amount, one.code),
            whole=self.whole(one),
        )
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
                Figure(value=formats.number(one.all.count, self.language), label=self.counted("figure-documents", one.all.count)),
            ]
        )
        return Slide(
            title=title,
            blocks=[figures, self.pot_table(one, rows, axis)],
            notes=self.notes(self.say("notes-currency"), self.sources(rows)),
        )

    def pot_table(self, one: Currency, rows: list[Row], axis: str) -> Table:
        table = self.document_table(rows[:LINES], one.code, axis)
        if len(rows) <= LINES and len(rows) > 1 and not one.all.doubts:
            table.total = [self.say("total-word"), "", "", None, one.all.confirmed]
        return table


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
