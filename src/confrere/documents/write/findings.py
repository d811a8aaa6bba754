"""What a recap shows, told one finding at a time: a title that says it, the chart or table that proves it, notes with its sources."""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Iterator
from decimal import Decimal

from confrere.documents.write import formats
from confrere.documents.write.content import (
    Action,
    Block,
    Chart,
    Column,
    Figure,
    Figures,
    Recap,
    Row,
    Series,
    Slide,
    Table,
    Text,
)
from confrere.documents.write.figures import CONFIRMED, TO_CONFIRM, ZERO, Currency, Sum, Totals, signed
from confrere.documents.write.labels import currency as currency_label
from confrere.documents.write.labels import doubts, field_label, made_on, party, period, recap_title, type_label, typeset
from confrere.documents.write.text import line
from confrere.messages import say

_BARS = 8          # bars of a chart before the rest is put together
_LINES = 12        # lines of a table that is read from a seat
_FIELDS = ("client", "supplier", "number", "date", "due_date", "currency", "net", "tax", "total")


class Teller:
    """Makes slides about one recap. A method gives None where the documents do not show its finding."""

    def __init__(self, recap: Recap, totals: Totals, language: str) -> None:
        self.recap, self.totals, self.language = recap, totals, language
        self.main = totals.main
        self.axis = totals.axis

    # Small words

    def say(self, key: str, **data: object) -> str:
        return typeset(say(f"write.{key}", self.language, **data), self.language)

    def counted(self, key: str, count: int, **data: object) -> str:
        """A sentence in its singular (``key``-one) or plural (``key``)."""
        return self.say(f"{key}-one" if count == 1 else key, count=formats.number(count, self.language), **data)

    def money(self, amount: Decimal, code: str) -> str:
        return formats.rounded(amount, code, self.language)

    def share(self, part: Decimal, whole: Decimal) -> str:
        return formats.percent(part / whole if whole else ZERO, self.language)

    def name(self, key: str, axis: str = "", limit: int = 60) -> str:
        return line(party(key, axis or self.axis, self.language), limit)

    def documents(self, count: int) -> str:
        return self.counted("n-documents", count)

    def sources(self, rows: list[Row]) -> str:
        """Where figures come from, for the notes."""
        files = [posixpath.basename(row.file) + (f" ({row.source})" if row.source else "") for row in rows[:12]]
        if len(rows) > 12:
            files.append(self.say("and-others", count=len(rows) - 12))
        return self.say("sources-are", files=", ".join(files)) if files else ""

    def notes(self, *parts: str) -> str:
        return "\n\n".join(part for part in parts if part)

    @property
    def apart(self) -> str:
        """The remark that doubtful amounts are left out, where there are any."""
        doubtful = [one for one in self.totals.currencies if one.all.doubts]
        if not doubtful:
            return ""
        amounts = ", ".join(self.money(one.all.doubtful, one.code) for one in doubtful)
        return self.say("story-apart", amounts=amounts)

    # The opening

    def cover(self) -> Slide:
        title = recap_title(self.recap, self.totals, self.language)
        when = period(self.totals, self.language)
        subtitle = self.documents(len(self.totals.rows)) + (f", {when}" if when and when not in title else "")
        return Slide(title=title, layout="cover", subtitle=subtitle, notes=self.notes(made_on(self.recap.day, self.language)))

    def key_figures(self) -> Figures:
        rows = self.totals.rows
        figures = [Figure(value=formats.number(len(rows), self.language), label=self.say("figure-documents"),
                          note=self.types_line(2))]
        for one in self.totals.currencies[:2]:
            note = self.say("figure-net", amount=self.money(one.all.net, one.code)) if one.all.net else ""
            label = self.say("figure-confirmed", currency=currency_label(one.code, self.language))
            figures.append(Figure(value=self.money(one.all.confirmed, one.code), label=label, note=note))
        if self.main:
            doubtful = sum(one.all.doubts for one in self.totals.currencies)
            figures.append(Figure(value=formats.number(doubtful, self.language), label=self.say("figure-doubts"),
                                  note=self.money(self.main.all.doubtful, self.main.code) if doubtful else "",
                                  tone="warn" if doubtful else "good"))
        else:
            figures.append(Figure(value=formats.number(len(self.totals.types()), self.language), label=self.say("figure-types")))
        return Figures(figures=figures)

    def types_line(self, most: int = 4) -> str:
        types = self.totals.types().most_common()
        words = [f"{formats.number(count, self.language)} {self.type_name(name, count)}" for name, count in types[:most]]
        return ", ".join(words) + ("…" if len(types) > most else "")

    def type_name(self, name: str, count: int) -> str:
        try:
            return self.say(f"types-{name}" if count > 1 else f"type-{name}").lower() if name != "cv" else "CV"
        except KeyError:
            return line(name)

    def headline(self) -> str:
        """The finding of the whole recap."""
        if not self.totals.rows:
            return self.say("story-empty")
        one = self.main
        if one is None or not (one.all.confirmed or one.all.doubtful):
            return self.say("story-overview-plain", documents=self.documents(len(self.totals.rows)), types=self.types_line())
        amounts = self.money(one.all.confirmed, one.code)
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
        return Slide(title=self.headline(), blocks=blocks, notes=self.notes(
            self.say("notes-overview"), self.apart, self.sources(self.totals.with_status(CONFIRMED))))

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

    # Parties

    def ranked(self, axis: str, one: Currency) -> list[tuple[str, Sum]]:
        return [(name, total) for name, total in one.parties(axis).items() if total.confirmed]

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
        title = self.say("story-first", name=self.name(first, axis), share=self.share(total.confirmed, one.all.confirmed),
                         amount=self.money(total.confirmed, one.code))
        unknown = dict(ranked).get("")
        rest = one.all.confirmed - total.confirmed - (unknown.confirmed if unknown else ZERO)
        lines = [self.say("story-second", name=self.name(named[1][0], axis), amount=self.money(named[1][1].confirmed, one.code),
                          share=self.share(named[1][1].confirmed, one.all.confirmed))]
        if len(named) > 2:
            lines.append(self.counted(f"story-others-{axis}", len(named) - 1, amount=self.money(rest, one.code)))
        if unknown:
            lines.append(self.counted(f"story-no-{axis}", unknown.count, amount=self.money(unknown.confirmed, one.code)))
        if one.all.doubts:
            lines.append(self.say("story-apart", amounts=self.money(one.all.doubtful, one.code)))
        chart = self._bars(axis, one, title)
        rows = [row for row in one.rows if getattr(row, axis) == first]
        return Slide(title=title, blocks=[chart, Text(lines=lines)], notes=self.notes(
            self.say("notes-ranking", count=len(named)), self.apart, self.sources(rows)))

    def _bars(self, axis: str, one: Currency, alt: str) -> Chart:
        ranked = self.ranked(axis, one)
        shown = ranked if len(ranked) <= _BARS + 1 else ranked[:_BARS]
        names = [self.name(name, axis) for name, _ in shown]
        values = [total.confirmed for _, total in shown]
        if len(ranked) > len(shown):
            names.append(self.counted("others", len(ranked) - len(shown)))
            values.append(sum((total.confirmed for _, total in ranked[len(shown):]), ZERO))
        title = self.say("chart-by", axis=self.say(axis).lower(), currency=currency_label(one.code, self.language))
        alt = f"{title}. {alt}"
        return Chart(kind="bar", categories=names, currency=one.code, title=title, alt=alt, highlight=0,
                     series=[Series(name=self.say("total-confirmed"), values=list(values))])

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
        columns = [Column(title=self.say(self.axis)), Column(title=self.say("documents"), kind="number"),
                   Column(title=self.say("total-confirmed"), kind="money", currency=one.code),
                   Column(title=self.say("share"), kind="percent"), Column(title=self.say("cumulated"), kind="percent")]
        rows: list[list[object]] = []
        running = ZERO
        for name, total in ranked[:_LINES]:
            running += total.confirmed
            rows.append([self.name(name), total.count, total.confirmed, total.confirmed / one.all.confirmed,
                         running / one.all.confirmed])
        three = sum((total.confirmed for _, total in ranked[:3]), ZERO)
        title = self.say(f"story-three-{self.axis}", share=self.share(three, one.all.confirmed), amount=self.money(three, one.code))
        return Slide(title=title, blocks=[Table(columns=columns, rows=rows, caption=title)],
                     notes=self.notes(self.say("notes-concentration"), self.apart))

    def other_axis(self) -> Slide | None:
        return self._ranking("supplier" if self.axis == "client" else "client", self.main) if self.main else None

    # Time

    def dated(self, one: Currency) -> list[tuple[dt.date, Sum]]:
        return [(month, total) for month, total in one.months.items() if month is not None]

    def months_chart(self, one: Currency | None = None, alt: str = "") -> Chart | None:
        one = one or self.main
        dated = self.dated(one) if one else []
        if one is None or len(dated) < 2:
            return None
        dated = dated[-24:]
        values = [total.confirmed for _, total in dated]
        title = self.say("chart-by-month", currency=currency_label(one.code, self.language))
        return Chart(kind="column", categories=[formats.short_month(month, self.language) for month, _ in dated],
                     series=[Series(name=self.say("total-confirmed"), values=list(values))], currency=one.code, title=title,
                     alt=f"{title}. {alt}".strip(), highlight=values.index(max(values)))

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
        title = self.say("chart-running", currency=currency_label(one.code, self.language))
        return Chart(kind="line", categories=[formats.short_month(month, self.language) for month, _ in dated], currency=one.code,
                     series=[Series(name=self.say("total-confirmed"), values=list(values))], title=title, alt=title)

    def months(self) -> Slide | None:
        one = self.main
        if one is None or one.all.confirmed <= 0:
            return None
        dated = self.dated(one)
        if len(dated) < 2:
            return None
        best, total = max(dated, key=lambda pair: pair[1].confirmed)
        title = self.say("story-best-month", month=formats.month(best, self.language), amount=self.money(total.confirmed, one.code),
                         share=self.share(total.confirmed, one.all.confirmed))
        low, least = min(dated, key=lambda pair: pair[1].confirmed)
        average = sum((one_.confirmed for _, one_ in dated), ZERO) / len(dated)
        lines = [self.say("story-average", amount=self.money(average, one.code), count=len(dated)),
                 self.say("story-low-month", month=formats.month(low, self.language), amount=self.money(least.confirmed, one.code))]
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
        for row in self._confirmed(one):
            if row.date:
                key = (getattr(row, self.axis), row.date.replace(day=1))
                sums[key] = sums.get(key, ZERO) + (signed(row.total, row) or ZERO)
        for name in ranked:
            series.append(Series(name=self.name(name, limit=30), values=[sums.get((name, month), ZERO) for month in months]))
        regular = max(ranked, key=lambda name: sum(1 for month in months if sums.get((name, month))))
        active = sum(1 for month in months if sums.get((regular, month)))
        title = self.say("story-regular", name=self.name(regular), active=active, count=len(months))
        chart = Chart(kind="stacked", categories=[formats.short_month(month, self.language) for month in months], series=series,
                      currency=one.code, alt=title)
        return Slide(title=title, blocks=[chart], notes=self.notes(self.say("notes-months"), self.apart))

    def _confirmed(self, one: Currency) -> list[Row]:
        kept = {id(row) for row in self.totals.with_status(CONFIRMED)}
        return [row for row in one.rows if id(row) in kept]

    def due_dates(self) -> Slide | None:
        one = self.main
        if one is None:
            return None
        due: dict[dt.date, Decimal] = {}
        for row in self._confirmed(one):
            if row.due_date and row.type == "invoice":
                month = row.due_date.replace(day=1)
                due[month] = due.get(month, ZERO) + (row.total or ZERO)
        if not due:
            return None
        months = sorted(due)[-12:]
        best = max(months, key=lambda month: due[month])
        title = self.say("story-due", amount=self.money(due[best], one.code), month=formats.month(best, self.language))
        chart = Chart(kind="column", categories=[formats.short_month(month, self.language) for month in months], currency=one.code,
                      series=[Series(name=self.say("total"), values=[due[month] for month in months])], alt=title,
                      highlight=months.index(best), title=self.say("chart-due", currency=currency_label(one.code, self.language)))
        return Slide(title=title, blocks=[chart], notes=self.notes(self.say("notes-due"), self.apart))

    # What the documents are

    def types_chart(self) -> Chart | None:
        types = self.totals.types().most_common()
        if len(types) < 2:
            return None
        return Chart(kind="bar", categories=[type_label(name, self.language) for name, _ in types[:_BARS]], title=self.say("chart-types"),
                     series=[Series(name=self.say("documents"), values=[Decimal(count) for _, count in types[:_BARS]])],
                     alt=self.say("chart-types") + " : " + self.types_line(_BARS), highlight=0)

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
            title = self.say("story-types", count=formats.number(count, self.language), type=self.type_name(name, count),
                             total=formats.number(len(self.totals.rows), self.language))
        blocks: list[Block] = [chart]
        if self.main:
            one = self.main
            columns = [Column(title=self.say("type")), Column(title=self.say("documents"), kind="number"),
                       Column(title=self.say("total-confirmed"), kind="money", currency=one.code)]
            rows: list[list[object]] = [
                [type_label(name, self.language), total.count, total.confirmed] for name, total in one.types.items()]
            blocks.append(Table(columns=columns, rows=rows, caption=title, title=currency_label(one.code, self.language),
                                total=[self.say("total-word"), one.all.count, one.all.confirmed]))
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
        columns = [Column(title=self.say("vat-rate")), Column(title=self.say("documents"), kind="number"),
                   Column(title=self.say("tax-confirmed"), kind="money", currency=one.code),
                   Column(title=self.say("tax-to-confirm"), kind="money", currency=one.code)]
        rows: list[list[object]] = [[formats.rate(name, self.language) if name else self.say("tax-unstated"), total.count, total.tax,
                                     total.doubtful] for name, total in one.rates.items()]
        blocks: list[Block] = []
        if len(one.rates) > 1:
            blocks.append(Chart(kind="column", categories=[str(row[0]) for row in rows], currency=one.code, alt=title,
                                title=self.say("tax-confirmed"),
                                series=[Series(name=self.say("tax"), values=[total.tax for total in one.rates.values()])]))
        blocks.append(Table(columns=columns, rows=rows, caption=title))
        return Slide(title=title, blocks=blocks, notes=self.notes(self.say("notes-tax"), self.apart))

    def document_table(self, rows: list[Row], code: str, axis: str = "") -> Table:
        """Rows as a table: number, party, type, date, total."""
        columns = [Column(title=self.say("number")), Column(title=self.say(axis or self.axis)), Column(title=self.say("type")),
                   Column(title=self.say("date"), kind="date"), Column(title=self.say("total"), kind="money", currency=code)]
        lines: list[list[object]] = [
            [self.label(row), self.name(getattr(row, axis or self.axis), axis), type_label(row.type, self.language), row.date,
             signed(row.total, row)] for row in rows]
        return Table(columns=columns, rows=lines)

    def label(self, row: Row) -> str:
        return line(row.number or posixpath.basename(row.file), 40)

    def largest(self) -> Slide | None:
        one = self.main
        if one is None:
            return None
        rows = sorted(self._confirmed(one), key=lambda row: -(signed(row.total, row) or ZERO))[:8]
        rows = [row for row in rows if row.total]
        if len(rows) < 2 or one.all.confirmed <= 0:
            return None
        amount = sum((signed(row.total, row) or ZERO for row in rows), ZERO)
        title = self.say("story-largest", count=len(rows), share=self.share(amount, one.all.confirmed), amount=self.money(amount, one.code))
        if len(rows) == len(self._confirmed(one)):
            title = self.say("story-largest-one", name=self.label(rows[0]), party=self.name(getattr(rows[0], self.axis)),
                             amount=self.money(signed(rows[0].total, rows[0]) or ZERO, one.code))
        table = self.document_table(rows, one.code)
        table.caption = title
        return Slide(title=title, blocks=[table], notes=self.notes(self.apart, self.sources(rows)))

    def currency(self, one: Currency) -> Slide:
        title = self.say("story-currency", amount=self.money(one.all.confirmed, one.code), count=self.documents(one.all.count),
                         currency=currency_label(one.code, self.language))
        rows = sorted(one.rows, key=lambda row: -(signed(row.total, row) or ZERO))
        figures = Figures(figures=[
            Figure(value=self.money(one.all.confirmed, one.code), label=self.say("total-confirmed")),
            Figure(value=self.money(one.all.doubtful, one.code), label=self.say("total-to-confirm"), tone="warn" if one.all.doubts else ""),
            Figure(value=formats.number(one.all.count, self.language), label=self.say("figure-documents")),
        ])
        return Slide(title=title, blocks=[figures, self.document_table(rows[:_LINES], one.code)],
                     notes=self.notes(self.say("notes-currency"), self.sources(rows)))

    # In detail

    def party_details(self) -> Iterator[Slide]:
        """A slide for each party with several documents, the largest first."""
        one = self.main
        if one is None:
            return
        kept = {id(row) for row in self._confirmed(one)}
        for name, total in one.parties(self.axis).items():
            if not name or total.count < 2:
                continue
            rows = [row for row in one.rows if getattr(row, self.axis) == name]
            title = self.say("story-party", name=self.name(name), count=self.documents(total.count),
                             amount=self.money(total.confirmed, one.code))
            biggest = max(rows, key=lambda row: (id(row) in kept, signed(row.total, row) or ZERO))
            figures = Figures(figures=[
                Figure(value=self.money(total.confirmed, one.code), label=self.say("total-confirmed")),
                Figure(value=self.share(total.confirmed, one.all.confirmed), label=self.say("figure-share")),
                Figure(value=self.money(total.doubtful, one.code), label=self.say("total-to-confirm"),
                       tone="warn" if total.doubts else "good"),
                Figure(value=self.money(signed(biggest.total, biggest) or ZERO, one.code), label=self.say("figure-biggest"),
                       note=self.label(biggest)),
            ])
            other = "supplier" if self.axis == "client" else "client"
            table = self.document_table(rows, one.code, other)
            table.caption = title
            yield Slide(title=title, blocks=[figures, table], notes=self.sources(rows))

    def month_details(self) -> Iterator[Slide]:
        one = self.main
        if one is None:
            return
        for month, total in self.dated(one):
            rows = [row for row in one.rows if row.date and row.date.replace(day=1) == month]
            title = self.say("story-month", month=formats.month(month, self.language).capitalize(), count=self.documents(total.count),
                             amount=self.money(total.confirmed, one.code))
            table = self.document_table(rows, one.code)
            table.caption = title
            yield Slide(title=title, blocks=[table], notes=self.sources(rows))

    def document_details(self) -> Iterator[Slide]:
        """A slide for each document, the largest amounts first."""
        for row in sorted(self.totals.rows, key=lambda one: -(signed(one.total, one) or ZERO)):
            amount = self.money(signed(row.total, row) or ZERO, row.currency) if row.total is not None else self.say("no-amount")
            title = self.say("story-document", type=type_label(row.type, self.language), name=self.label(row),
                             party=self.name(getattr(row, self.axis)), amount=amount)
            rows: list[list[object]] = [[field_label(name, self.language), self._shown(row, name)] for name in _FIELDS]
            rows.append([self.say("file"), posixpath.basename(row.file)])
            table = Table(columns=[Column(title=self.say("check-field")), Column(title=self.say("check-value"))], rows=rows, caption=title)
            points = [f"{field_label(name, self.language)} : {reason}" for name, reason in doubts(row, self.language)]
            blocks: list[Block] = [table]
            if points:
                blocks.append(Text(title=self.say("what-to-check"), lines=points))
            yield Slide(title=title, blocks=blocks, notes=self.sources([row]))

    def _shown(self, row: Row, name: str) -> str:
        value = getattr(row, name)
        if name in ("net", "tax", "total"):
            return formats.cell(signed(value, row), "money", self.language, row.currency)
        return formats.cell(value, "date", self.language) if isinstance(value, dt.date) else line(value or "")

    def lists(self) -> list[Slide]:
        """All the documents, in pages."""
        rows = self.totals.rows
        pages = [rows[start:start + _LINES] for start in range(0, len(rows), _LINES)]
        slides = []
        for number, page in enumerate(pages):
            first = number * _LINES + 1
            title = self.say("story-list", first=first, last=first + len(page) - 1, total=len(rows))
            kinds = {"rank": "number", "date": "date", "total": "amount"}
            columns = [Column(title=self.say(name), kind=kinds.get(name, "text"))
                       for name in ("rank", "number", self.axis, "type", "date", "total", "status")]
            lines: list[list[object]] = [
                [first + offset, self.label(row), self.name(getattr(row, self.axis)), type_label(row.type, self.language), row.date,
                 self._shown(row, "total"), self.say(self.totals.statuses[number * _LINES + offset])]
                for offset, row in enumerate(page)]
            slides.append(Slide(title=title, blocks=[Table(columns=columns, rows=lines, caption=title)], notes=self.sources(page)))
        return slides

    # What to do about it

    def check_rows(self) -> Table:
        columns = [Column(title=self.say("number")), Column(title=self.say(self.axis)), Column(title=self.say("what-to-check")),
                   Column(title=self.say("total"), kind="amount")]
        rows: list[list[object]] = [
            [self.label(row), self.name(getattr(row, self.axis), limit=34),
             ", ".join(f"{field_label(name, self.language)} : {reason}" if self.language == "fr" else
                       f"{field_label(name, self.language)}: {reason}" for name, reason in doubts(row, self.language)),
             self._shown(row, "total")] for row in self._ordered_checks()]
        return Table(columns=columns, rows=rows)

    def _ordered_checks(self) -> list[Row]:
        order = {id(row) for row in self.totals.with_status(TO_CONFIRM)}
        return sorted(self.totals.to_check(), key=lambda row: (id(row) not in order, -abs(signed(row.total, row) or ZERO)))

    def check_title(self) -> str:
        one = self.main
        rows = self.totals.with_status(TO_CONFIRM)
        if one and rows:
            amounts = [self.money(each.all.doubtful, each.code) for each in self.totals.currencies if each.all.doubtful]
            if amounts:
                return self.counted("story-check", len(rows), amount=" + ".join(amounts))
            return self.counted("story-check-plain", len(rows))
        rest = self.totals.to_check()
        return self.counted("story-check-plain", len(rest)) if rest else ""

    def to_check(self) -> Slide | None:
        title = self.check_title()
        if not title:
            return None
        table = self.check_rows()
        table.caption = title
        return Slide(title=title, blocks=[table], notes=self.notes(self.say("notes-check"), self.sources(self._ordered_checks())))

    def steps(self) -> list[str]:
        """What to do next, from what is missing or doubtful; then what was decided to be done."""
        found = []
        rows = self.totals.with_status(TO_CONFIRM)
        if rows:
            found.append(self.counted("step-confirm", len(rows)))
        for axis in (self.axis,):
            unknown = sum(1 for row in self.totals.rows if not getattr(row, axis) and row.type in self.totals.counted)
            if unknown:
                found.append(self.counted(f"step-{axis}", unknown))
        undated = sum(1 for row in self.totals.rows if row.date is None and row.type in self.totals.counted)
        if undated:
            found.append(self.counted("step-date", undated))
        if self.recap.omitted:
            names = ", ".join(posixpath.basename(file) for file, _ in self.recap.omitted[:3])
            found.append(self.counted("step-omitted", len(self.recap.omitted), names=line(names, 90)))
        found += [self.action_line(action) for action in self.recap.actions[:5]]
        if self.totals.rows:
            found.append(self.say("step-share"))
        return found or [self.say("story-empty-next")]

    def action_line(self, action: Action) -> str:
        when = formats.date(action.when, self.language) if isinstance(action.when, dt.date) else line(action.when)
        tail = ", ".join(part for part in (line(action.who), when) if part)
        return line(action.what) + (f" ({tail})" if tail else "")

    def next_steps(self) -> Slide:
        steps = self.steps()
        return Slide(title=self.counted("story-next", len(steps)), blocks=[Text(lines=steps, ordered=True)], notes=self.say("notes-next"))

    def check_and_next(self) -> Slide:
        title = self.check_title() or self.counted("story-next", len(self.steps()))
        blocks: list[Block] = []
        if self.totals.to_check():
            blocks.append(self.check_rows())
        blocks.append(Text(title=self.say("next-heading"), lines=self.steps()))
        return Slide(title=title, blocks=blocks, notes=self.notes(self.say("notes-check"), self.sources(self._ordered_checks())))

    # What people said

    def highlights(self) -> Slide | None:
        if not self.recap.highlights:
            return None
        count = len(self.recap.highlights)
        title = line(self.recap.highlights[0], 110) if count == 1 else self.say("story-highlights", count=count)
        return Slide(title=title, blocks=[Text(lines=self.recap.highlights)])

    def decisions(self) -> Slide | None:
        count = len(self.recap.decisions)
        if not count:
            return None
        return Slide(title=self.counted("story-decisions", count), blocks=[Text(lines=self.recap.decisions, ordered=True)])

    def questions(self) -> Slide | None:
        count = len(self.recap.questions)
        if not count:
            return None
        return Slide(title=self.counted("story-questions", count), blocks=[Text(lines=self.recap.questions)])

    def action_table(self, actions: list[Action]) -> Table:
        columns = [Column(title=self.say("action")), Column(title=self.say("who")), Column(title=self.say("when"), kind="date"),
                   Column(title=self.say("priority"))]
        return Table(columns=columns, rows=[[action.what, action.who, action.when or None, action.priority] for action in actions])

    def actions(self) -> Slide | None:
        actions = self.recap.actions
        if not actions:
            return None
        people = len({action.who for action in actions if action.who})
        title = self.counted("story-actions", len(actions))
        if people > 1:
            title = self.say("story-actions-people", count=len(actions), people=people)
        sources = self.notes(*(action.source for action in actions if action.source))
        return Slide(title=title, blocks=[self.action_table(actions)], notes=sources)

    # About the work

    def completeness(self) -> Slide | None:
        rows = [row for row in self.totals.rows if row.type in self.totals.counted]
        if not rows:
            return None
        lines: list[list[object]] = []
        for name in _FIELDS:
            found = sum(1 for row in rows if getattr(row, name) not in (None, ""))
            doubtful = sum(1 for row in rows if name in row.check)
            lines.append([field_label(name, self.language), found, len(rows) - found, doubtful, Decimal(found) / len(rows)])
        missing = [row for row in lines if row[2]]
        columns = [Column(title=self.say(name), kind=kind) for name, kind in (
            ("check-field", "text"), ("found", "number"), ("missing", "number"), ("doubtful", "number"), ("share", "percent"))]
        if missing:
            worst = max(missing, key=lambda row: int(str(row[2])))
            title = self.counted("story-missing", int(str(worst[2])), field=str(worst[0]), total=self.documents(len(rows)))
        else:
            title = self.say("story-complete", total=self.documents(len(rows)))
        return Slide(title=title, blocks=[Table(columns=columns, rows=lines, caption=title)], notes=self.say("notes-complete"))

    def method(self) -> Slide:
        folders = sorted({posixpath.dirname(row.file) for row in self.totals.rows})
        lines = [self.say("method-sources"), self.say("method-doubts"), self.say("method-currency"), self.say("method-credit")]
        if folders:
            lines.append(self.say("method-folders", folders=line(", ".join(folders[:4]) + ("…" if len(folders) > 4 else ""), 160)))
        if self.recap.omitted:
            lines.append(self.counted("story-omitted", len(self.recap.omitted)))
        return Slide(title=self.say("story-method", count=self.documents(len(self.totals.rows))), blocks=[Text(lines=lines)],
                     notes=self.sources(self.totals.rows))

    def meeting_page(self, number: int) -> Slide:
        """A page to fill in during the meeting: an honest blank, said to be one."""
        kinds = ("decisions", "questions", "actions")
        kind = kinds[(number - 1) % 3]
        page = (number - 1) // 3
        title = self.say(f"meeting-{kind}") + (f" ({page + 1})" if page else "")
        columns = [Column(title=self.say(head)) for head in (kind[:-1], "who", "when")]
        table = Table(columns=columns, rows=[["", "", ""] for _ in range(8)], caption=title)
        return Slide(title=title, blocks=[table], notes=self.say("notes-meeting"))
