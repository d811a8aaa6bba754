"""The plain data deliverables are made of. Values stay values here (Decimal, date): only writers format them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec


class Row(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One document of a recapitulation.

    ``file`` is its view path, ``type`` a document type of ``documents.model.Record``. Amounts are as printed; a credit
    note counts as negative whatever its sign. ``taxes`` maps a VAT rate ("20", "5.5") to its amount. ``check`` maps the
    doubtful field names to a reason code. ``source`` says where the total stands ("page 1", "xml").
    """

    file: str
    type: str = "other"
    client: str = ""
    supplier: str = ""
    number: str = ""
    date: dt.date | None = None
    due_date: dt.date | None = None
    currency: str = ""
    net: Decimal | None = None
    tax: Decimal | None = None
    total: Decimal | None = None
    taxes: dict[str, Decimal] = msgspec.field(default_factory=dict)
    confidence: float = 1.0
    check: dict[str, str] = msgspec.field(default_factory=dict)
    source: str = ""


class Action(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Something somebody has to do. ``when`` is a date where the text gave one, else its words."""

    what: str
    who: str = ""
    when: dt.date | str = ""
    priority: str = ""
    source: str = ""


class Recap(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The documents of a folder or a period, and what people noted about them.

    ``title`` may be empty (a writer finds one). ``day`` is the day of the work: shown, and used as the files' date.
    ``axis`` is "client", "supplier" or "" (whichever tells the documents apart). ``us`` is the company whose papers these are,
    where it is known: what it sold is then never added to what it bought. ``omitted`` lists (file, reason) of
    documents that could not be read. ``before`` are the documents of an earlier period to compare with, called ``before_name``; ``now`` (first and last day, called
    ``now_name``) is what is compared with them where the documents reach further.
    """

    rows: list[Row] = msgspec.field(default_factory=list)
    title: str = ""
    day: dt.date | None = None
    axis: str = ""
    us: str = ""
    highlights: list[str] = msgspec.field(default_factory=list)
    decisions: list[str] = msgspec.field(default_factory=list)
    actions: list[Action] = msgspec.field(default_factory=list)
    questions: list[str] = msgspec.field(default_factory=list)
    omitted: list[tuple[str, str]] = msgspec.field(default_factory=list)
    before: list[Row] = msgspec.field(default_factory=list)
    before_name: str = ""
    now: tuple[dt.date, dt.date] | None = None
    now_name: str = ""


class Column(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A table column. ``kind`` is text, number (integers or decimals), money, percent (0.2 is 20 %), date, month
    or amount (money already in words, where currencies differ by row); ``currency`` is the ISO 4217 code of a money column,
    ``total`` asks for a total at its foot."""

    title: str
    kind: str = "text"
    currency: str = ""
    total: bool = False


class Table(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A typed table: cells are str, int, Decimal, date, bool or None, as their column says."""

    columns: list[Column]
    rows: list[list[Any]] = msgspec.field(default_factory=list)
    title: str = ""
    caption: str = ""
    total: list[Any] | None = None


def filled(table: Table) -> Table:
    """``table`` without the columns, its first aside, that have nothing in any row."""
    kept = [at for at in range(len(table.columns)) if not at or any(row[at] not in (None, "") for row in table.rows)]
    table.columns = [table.columns[at] for at in kept]
    table.rows = [[row[at] for at in kept] for row in table.rows]
    return table


class Series(msgspec.Struct, kw_only=True):
    """One series of a chart, as many values as the chart has categories (None leaves a gap)."""

    name: str
    values: list[Decimal | None]


class Chart(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A chart. ``kind`` is bar (horizontal), column, stacked (columns), line or doughnut. ``alt`` says in a sentence
    what it shows; ``highlight`` is the index of the category to stress, all others being toned down; ``pale`` the index of the series
    that is toned down beside the others, an earlier period."""

    kind: str
    categories: list[str]
    series: list[Series]
    currency: str = ""
    title: str = ""
    alt: str = ""
    highlight: int | None = None
    pale: int | None = None


class Figure(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A key figure, already in words: "128 430 €", "confirmed total", "24 documents". ``tone`` is "", "good" or "warn"."""

    value: str
    label: str
    note: str = ""
    tone: str = ""


class Figures(msgspec.Struct, kw_only=True):
    """A row of key figures (two to five)."""

    figures: list[Figure]


class Text(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Paragraphs, or a list of points when ``points`` is true (numbered when ``ordered``)."""

    lines: list[str]
    title: str = ""
    points: bool = True
    ordered: bool = False


Block = Figures | Text | Chart | Table


class Slide(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A slide. ``title`` states its point in a sentence. ``layout`` is cover, section or content; ``subtitle`` is for
    the first two. ``notes`` is what the speaker says and where the figures come from."""

    title: str
    blocks: list[Block] = msgspec.field(default_factory=list)
    layout: str = "content"
    subtitle: str = ""
    notes: str = ""


class DeckContent(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A deck: exactly these slides, in this order. ``footer`` stands on each but the cover."""

    title: str
    slides: list[Slide]
    footer: str = ""
    day: dt.date | None = None


class Section(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A part of a report: a heading of ``level`` 1 or 2, then its blocks."""

    title: str
    blocks: list[Block] = msgspec.field(default_factory=list)
    level: int = 1


class ReportContent(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A report. ``summary`` is what a reader in a hurry needs, before the sections."""

    title: str
    subtitle: str = ""
    summary: list[str] = msgspec.field(default_factory=list)
    figures: list[Figure] = msgspec.field(default_factory=list)
    sections: list[Section] = msgspec.field(default_factory=list)
    day: dt.date | None = None


class Minutes(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The minutes of a meeting. ``following`` says when they meet again, ``quotes`` are the words (sentence, who, where) behind the
    actions and decisions."""

    title: str
    date: dt.date | None = None
    participants: list[str] = msgspec.field(default_factory=list)
    absent: list[str] = msgspec.field(default_factory=list)
    summary: list[str] = msgspec.field(default_factory=list)
    topics: list[Section] = msgspec.field(default_factory=list)
    decisions: list[str] = msgspec.field(default_factory=list)
    actions: list[Action] = msgspec.field(default_factory=list)
    questions: list[str] = msgspec.field(default_factory=list)
    following: str = ""
    quotes: list[tuple[str, str, str]] = msgspec.field(default_factory=list)
    source: str = ""


class Entry(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One file of a folder's index."""

    file: str
    type: str = ""
    title: str = ""
    client: str = ""
    supplier: str = ""
    date: dt.date | None = None
    total: Decimal | None = None
    currency: str = ""
    pages: int = 0
    size: int = 0
    summary: str = ""
    flags: list[str] = msgspec.field(default_factory=list)


class Catalogue(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The index of a folder."""

    entries: list[Entry] = msgspec.field(default_factory=list)
    title: str = ""
    day: dt.date | None = None


class Edit(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One change made while cleaning data. ``row`` is the line of the source (1-based, headers not counted); ``rule`` a
    stable code: duplicate, spaces, case, date, number, empty-row, phone, e-mail."""

    row: int
    column: str
    before: str
    after: str
    rule: str
