"""The small words findings are told with: amounts, names, counts and sources in the reader's language."""

from __future__ import annotations

import datetime as dt
import posixpath
from decimal import Decimal

from confrere.documents.write import formats
from confrere.documents.write.content import (
    Column,
    Recap,
    Row,
    Table,
)
from confrere.documents.write.figures import CONFIRMED, ZERO, Currency, Sum, Totals, signed
from confrere.documents.write.labels import party, type_label, typeset
from confrere.documents.write.text import line
from confrere.messages import say

FIELDS = ("client", "supplier", "number", "date", "due_date", "currency", "net", "tax", "total")  # of a record, as people read them
LINES = 12  # lines of a table that is read from a seat


class Words:
    """One recap, its totals and its language."""

    def __init__(self, recap: Recap, totals: Totals, language: str) -> None:
        self.recap, self.totals, self.language = recap, totals, language
        self.main = totals.main
        self.axis = totals.axis

    def say(self, key: str, **data: object) -> str:
        return typeset(say(f"write.{key}", self.language, **data), self.language)

    def counted(self, key: str, count: int, **data: object) -> str:
        """A sentence in its singular (``key``-one) or plural (``key``)."""
        return self.say(f"{key}-one" if count == 1 else key, count=formats.number(count, self.language), **data)

    def money(self, amount: Decimal, code: str) -> str:
        return formats.rounded(amount, code, self.language)

    def share(self, part: Decimal, whole: Decimal) -> str:
        return formats.percent(part / whole if whole else ZERO, self.language)

    def whole(self, one: Currency) -> str:
        """What a share is a share of: the total, the sales or the purchases; with its currency where there are several."""
        words = self.say(f"whole-{one.side or 'all'}")
        if not one.code or len({each.code for each in self.totals.currencies}) == 1:
            return words
        try:
            return f"{words} {self.say(f'in-{one.code}')}"
        except KeyError:
            return f"{words} {self.say('whole-in', currency=one.code)}"

    def of(self, one: Currency) -> str:
        """Whose amounts they are, for a title: " of sales", or nothing where there is one pot only."""
        return self.say(f"of-{one.side}") if one.side else ""

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

    def types_line(self, most: int = 4) -> str:
        types = self.totals.types().most_common()
        words = [f"{formats.number(count, self.language)} {self.type_name(name, count)}" for name, count in types[:most]]
        return ", ".join(words) + ("…" if len(types) > most else "")

    def type_name(self, name: str, count: int) -> str:
        try:
            return self.say(f"types-{name}" if count > 1 else f"type-{name}").lower() if name != "cv" else "CV"
        except KeyError:
            return line(name)

    def ranked(self, axis: str, one: Currency) -> list[tuple[str, Sum]]:
        return [(name, total) for name, total in one.parties(axis).items() if total.confirmed]

    def dated(self, one: Currency) -> list[tuple[dt.date, Sum]]:
        return [(month, total) for month, total in one.months.items() if month is not None]

    def confirmed(self, one: Currency) -> list[Row]:
        kept = {id(row) for row in self.totals.with_status(CONFIRMED)}
        return [row for row in one.rows if id(row) in kept]

    def side_of(self, row: Row) -> str:
        """Whether a row is a sale or a purchase; "" where the recap does not tell them apart."""
        return next((side for one, side in zip(self.totals.rows, self.totals.sides, strict=True) if one is row), "")

    def label(self, row: Row) -> str:
        return line(row.number or posixpath.basename(row.file), 40)

    def document_table(self, rows: list[Row], code: str, axis: str = "") -> Table:
        """Rows as a table: number, party, type, date, total."""
        columns = [
            Column(title=self.say("number")),
            Column(title=self.say(axis or self.axis)),
            Column(title=self.say("type")),
            Column(title=self.say("date"), kind="date"),
            Column(title=self.say("total"), kind="money", currency=code),
        ]
        lines: list[list[object]] = [
            [
                self.label(row),
                self.name(getattr(row, axis or self.axis), axis),
                type_label(row.type, self.language),
                row.date,
                signed(row.total, row),
            ]
            for row in rows
        ]
        return Table(columns=columns, rows=lines)

    def shown(self, row: Row, name: str) -> str:
        value = getattr(row, name)
        if name in ("net", "tax", "total"):
            return formats.cell(signed(value, row), "money", self.language, row.currency)
        return formats.cell(value, "date", self.language) if isinstance(value, dt.date) else line(value or "")
