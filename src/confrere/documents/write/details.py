"""A recap in detail: a slide for each party, month or document, and the whole list."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from confrere.documents.write import formats
from confrere.documents.write.content import (
    Block,
    Column,
    Figure,
    Figures,
    Slide,
    Table,
    Text,
)
from confrere.documents.write.figures import ZERO, signed
from confrere.documents.write.labels import doubts, field_label, type_label
from confrere.documents.write.telling import FIELDS, LINES, Words


class Details(Words):
    """What a long deck goes on to show."""

    def party_details(self) -> Iterator[Slide]:
        """A slide for each party with several documents, the largest first."""
        one = self.main
        if one is None:
            return
        kept = {id(row) for row in self.confirmed(one)}
        for name, total in one.parties(self.axis).items():
            if not name or total.count < 2:
                continue
            rows = [row for row in one.rows if getattr(row, self.axis) == name]
            title = self.say(
                "story-party", name=self.name(name), count=self.documents(total.count), amount=self.money(total.confirmed, one.code)
            )
            biggest = max(rows, key=lambda row: (id(row) in kept, signed(row.total, row) or ZERO))
            figures = Figures(
                figures=[
                    Figure(value=self.money(total.confirmed, one.code), label=self.say("total-confirmed")),
                    Figure(value=self.share(total.confirmed, one.all.confirmed), label=self.say("figure-share")),
                    Figure(
                        value=self.money(total.doubtful, one.code),
                        label=self.say("total-to-confirm"),
                        tone="warn" if total.doubts else "good",
                    ),
                    Figure(
                        value=self.money(signed(biggest.total, biggest) or ZERO, one.code),
                        label=self.say("figure-biggest"),
                        note=self.label(biggest),
                    ),
                ]
            )
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
            title = self.say(
                "story-month",
                month=formats.month(month, self.language).capitalize(),
                count=self.documents(total.count),
                amount=self.money(total.confirmed, one.code),
            )
            table = self.document_table(rows, one.code)
            table.caption = title
            yield Slide(title=title, blocks=[table], notes=self.sources(rows))

    def document_details(self) -> Iterator[Slide]:
        """A slide for each document, the largest amounts first."""
        for row in sorted(self.totals.rows, key=lambda one: -(signed(one.total, one) or ZERO)):
            amount = self.money(signed(row.total, row) or ZERO, row.currency) if row.total is not None else self.say("no-amount")
            title = self.say(
                "story-document",
                type=type_label(row.type, self.language),
                name=self.label(row),
                party=self.name(getattr(row, self.axis)),
                amount=amount,
            )
            rows: list[list[object]] = [[field_label(name, self.language), self.shown(row, name)] for name in FIELDS]
            rows.append([self.say("file"), posixpath.basename(row.file)])
            table = Table(columns=[Column(title=self.say("check-field")), Column(title=self.say("check-value"))], rows=rows, caption=title)
            points = [f"{field_label(name, self.language)} : {reason}" for name, reason in doubts(row, self.language)]
            blocks: list[Block] = [table]
            if points:
                blocks.append(Text(title=self.say("what-to-check"), lines=points))
            yield Slide(title=title, blocks=blocks, notes=self.sources([row]))

    def lists(self) -> list[Slide]:
        """All the documents, in pages."""
        rows = self.totals.rows
        pages = [rows[start : start + LINES] for start in range(0, len(rows), LINES)]
        slides = []
        for number, page in enumerate(pages):
            first = number * LINES + 1
            title = self.say("story-list", first=first, last=first + len(page) - 1, total=len(rows))
            kinds = {"rank": "number", "date": "date", "total": "amount"}
            columns = [
                Column(title=self.say(name), kind=kinds.get(name, "text"))
                for name in ("rank", "number", self.axis, "type", "date", "total", "status")
            ]
            lines: list[list[object]] = [
                [
                    first + offset,
                    self.label(row),
                    self.name(getattr(row, self.axis)),
                    type_label(row.type, self.language),
                    row.date,
                    self.shown(row, "total"),
                    self.say(self.totals.statuses[number * LINES + offset]),
                ]
                for offset, row in enumerate(page)
            ]
            slides.append(Slide(title=title, blocks=[Table(columns=columns, rows=lines, caption=title)], notes=self.sources(page)))
        return slides
