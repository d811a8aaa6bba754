"""One document to one record: every reader is asked, their answers are weighed, cross-checked and graded."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from confrere.documents.extract import (
    amounts,
    checks,
    classify,
    confidence,
    contracts,
    currency,
    dates,
    einvoice,
    identity,
    layout,
    letters,
    lines,
    minutes,
    number,
    parts,
    party,
    registrations,
    resume,
    statement,
    terms,
    totals,
    when,
)
from confrere.documents.extract.confidence import Evidence
from confrere.documents.extract.layout import Layout, Segment
from confrere.documents.extract.text import compact
from confrere.documents.model import Document, Field, Record

PAID = ("invoice", "credit-note", "receipt", "quote")
"""The types that carry amounts to pay."""
_LABELLED = Evidence(2.8, 1.0, True, False, 1)
"""A value that stands where its label says, with no second reader."""
_DATED = frozenset({"date"})
_BY_PLACE = 0.85
"""Most that a supplier can have for whom nothing speaks but where the name stands: it goes on the to-check list."""


def extract(document: Document, *, name: str = "", languages: tuple[str, ...] = ("fr", "en")) -> Record:
    """Understand one read document: its type and its fields, each with source and calibrated confidence.

    ``name`` is the file's name, a weak hint. ``languages`` are those of the person, most used first: they decide between
    day and month where nothing on the paper does. Amounts of a credit note are positive: its type says that they are to be
    deducted. Never raises for what a document holds; a document with ``error`` gives a record of type "other".
    """
    if document.error:
        return Record(type="other", type_confidence=0.5)
    structured = einvoice.read(document)
    if structured is not None:
        _compare(structured, document)
        if document.kind == "pdf":
            einvoice.complete(structured, _one(document, name, languages))
        checks.check(structured)
        return structured
    record = _one(document, name, languages)
    if record.type in PAID and len(document.pages) > 1:
        _several(record, document, name, languages)
    return record


def _several(record: Record, document: Document, name: str, languages: tuple[str, ...]) -> None:
    """The papers of a file that holds several become ``parts``; taken only if each is one to pay, with its own total."""
    ranges = parts.spans(document)
    if len(ranges) < 2:
        return
    found = []
    for first, last in ranges:
        part = _one(parts.cut(document, first, last), name, languages)
        if part.type not in PAID or "total" not in part.fields:
            return
        part.pages = f"{first + 1}" if first == last else f"{first + 1}-{last + 1}"
        found.append(part)
    for field in ("fields", "line_items", "taxes", "check", "type", "type_confidence"):
        setattr(record, field, getattr(found[0], field))
    record.check = {**record.check, "total": "extract.several-papers"}
    record.parts = found


def _one(document: Document, name: str, languages: tuple[str, ...]) -> Record:
    """The record of a document taken as one paper."""
    page = layout.build(document)
    kind, sure = classify.classify(document, page, name)
    record = Record(type=kind, type_confidence=sure)
    job = _Job(record, document, page, name, bool(languages) and languages[0].lower().startswith("en-us"))
    if kind in ("letter", "other") and sure < 0.7:
        job.reconsider()
    if record.type in PAID or (record.type == "other" and sure >= 0.7 and classify.title(page)[0] == "other"):
        job.money()
    elif record.type in ("contract", "letter", "statement", "minutes", "transcript", "mail", "identity", "cv"):
        job.paper()
    if record.type in ("minutes", "transcript"):
        minutes.fill(record, document)
    job.named_day()
    checks.check(record)
    return record


def _compare(record: Record, document: Document) -> None:
    """Structured data wins, but a total or a number that a reader of the page would not see is worth a look."""
    if document.kind != "pdf":
        return
    number = record.fields.get("number")
    if number is not None and len(document.text) > 200 and compact(number.value) not in compact(document.text):
        record.check["number"] = "extract.xml-number-not-on-page"
    total = record.fields.get("total")
    if total is None:
        return
    page = layout.build(document)
    value = abs(Decimal(total.value))
    shown = {abs(amount.value) for segment in page.segments for amount in amounts.find(segment, amounts.decimal_mark(page))}
    if shown and value not in shown:
        record.check["total"] = "extract.xml-not-on-page"


@dataclass
class _Job:
    """One document on its way to a record."""

    record: Record
    document: Document
    page: Layout
    name: str
    month_first: bool

    def put(self, field: str, value: str, evidence: Evidence, segment: Segment | None) -> None:
        self.record.fields[field] = Field(
            value=value,
            confidence=confidence.of(field, evidence),
            source=self.page.label(segment) or "text",
            box=self.page.box(segment),
        )

    def reconsider(self) -> None:
        """A paper of no clear type that asks for a total is an invoice, or a receipt when it tells of payment."""
        sums = totals.read(self.page)
        if sums.total is None or sums.total.score < 2.0 or len(self.page.rows) > 400:
            return
        told = sums.total.readers
        plain = {"total", "largest"} <= told and bool(sums.total.amount and sums.total.amount.currency) and len(self.page.rows) < 90
        if not ("gross" in told or sums.proof == "sum" or plain or {"total", "rates"} <= told):
            return
        paid = set(
            re.findall(
                r"\b(?:cash|change|cashier|visa|mastercard|especes|carte bancaire|caisse|ticket|debit card|server|tips?|payments?|"
                r"amex|paypal|apple pay|card ending|trip fare|charged|billed on|thanks? (?:you )?for (?:riding|your (?:order|purchase|visit)))\b",
                self.page.folded,
            )
        )
        invoiced = "invoice" in self.page.folded or "factur" in self.page.folded or "rechnung" in self.page.folded
        self.record.type = "receipt" if (len(paid) >= 2 or (paid and self.page.ocr)) and not invoiced else "invoice"
        self.record.type_confidence = 0.6

    def money(self) -> None:
        record, page = self.record, self.page
        sums = totals.read(page)
        sign = -1 if record.type == "credit-note" and sums.total is not None and sums.total.value < 0 else 1
        for field, reading in (("total", sums.total), ("net", sums.net), ("tax", sums.tax)):
            if reading is None:
                continue
            segment = reading.amount.segment if reading.amount else None
            negative = reading.value < 0 and record.type == "credit-note"
            marks = set(reading.readers) | ({sums.proof} if sums.proof else set())
            marks |= {"labelled"} if reading.readers & {"net", "tax", "gross", "total", "row"} else set()
            marks |= {"exceeded"} if any(value > abs(reading.value) for value in sums.rivals) else set()
            evidence = Evidence(reading.score, sums.margin, bool(sums.proof), page.ocr, len(reading.readers), frozenset(marks))
            self.put(field, amounts.plain(-reading.value if sign < 0 or negative else reading.value), evidence, segment)
        if sums.outdone:
            record.fields["total"].confidence = min(record.fields["total"].confidence, _BY_PLACE)
        record.taxes = {
            rate: amounts.plain(abs(Decimal(value)) if record.type == "credit-note" else Decimal(value))
            for rate, value in sums.taxes.items()
        }
        self.days()
        self.parties(receipt=record.type == "receipt")
        self.number()
        found = [amount for segment in page.segments for amount in amounts.find(segment)]
        code, score = currency.read(page, found)
        if code:
            several = len({amount.currency for amount in found if len(amount.currency) == 3}) > 1
            told = (("beside", any(a.currency == code for a in found)), ("several", several))
            evidence = Evidence(score, score, score >= 3.0, page.ocr, 1, frozenset(name for name, is_so in told if is_so))
            self.put("currency", code, evidence, None)
        record.line_items = lines.read(page, sums)
        if record.type == "other" and "total" in record.fields:
            record.check["total"] = "extract.type-unsure"  # an order or a pay slip: nobody asks for this money

    def days(self) -> None:
        days = when.read(self.page, self.record.type, month_first=self.month_first)
        if days.date is not None:
            date = days.date
            unsettled = date.date.swapped is not None and not dates.settled(self.page, date.date.value)
            marks = date.kinds | {
                name for name, told in (("clock", date.date.clock), ("only", not days.rivals), ("ambiguous", unsettled)) if told
            }
            marks |= {"alone"} if when.stands_alone(date.date) else set()
            marks |= {"twice"} if date.count > 1 else set()
            marks |= {"far"} if any(abs((date.date.value - dt.date.fromisoformat(day)).days) > 400 for day in days.rivals) else set()
            evidence = Evidence(date.score, days.margin, "date" in date.kinds, self.page.ocr, len(date.kinds), frozenset(marks))
            self.put("date", date.date.iso, evidence, date.date.segment)
            if unsettled:
                low = self.record.fields["date"]
                self.record.fields["date"] = Field(value=low.value, confidence=min(low.confidence, 0.7), source=low.source, box=low.box)
                self.record.check["date"] = "extract.date-ambiguous"
        if days.due is not None:
            due = days.due
            self.put("due_date", due.date.iso, Evidence(due.score, 1.0, True, self.page.ocr, 1), due.date.segment)
        elif self.record.type == "quote" and days.date is not None and (valid := terms.days_valid(self.page.text)):
            last = days.date.date.value + dt.timedelta(days=valid)
            self.put("due_date", last.isoformat(), Evidence(1.8, 1.0, False, self.page.ocr, 1), days.date.date.segment)

    def heading_day(self) -> None:
        """A meeting's day stands in its heading; later dates are what was talked about."""
        for row in self.page.rows[:8]:
            for segment in row.segments:
                for date in dates.find(segment):
                    if not re.search(r"(?:prochaine|next|suivante)", segment.folded[: date.start]):
                        self.put("date", date.iso, Evidence(2.6, 1.5, True, self.page.ocr, 1, _DATED), segment)
                        return

    def named_day(self) -> None:
        """A date in the file's name, for a paper that shows none."""
        if "date" in self.record.fields or not self.name:
            return
        stem = re.sub(r"[_ ]+", " ", self.name.rsplit("/", 1)[-1].rsplit(".", 1)[0])
        found = dates.find(Segment(stem, 0, 0, 1, 1), self.month_first)
        if found:
            self.record.fields["date"] = Field(value=found[0].iso, confidence=0.8, source="name")

    def parties(self, *, receipt: bool) -> None:
        author = " ".join(self.document.metadata.get(key, "") for key in ("author", "Author", "title", "Title", "company"))
        found = party.read(self.page, receipt=receipt, author=author, statement=self.record.type == "statement")
        for field, who, margin in (("supplier", found.supplier, found.supplier_margin), ("client", found.client, found.client_margin)):
            if who is not None:
                marks = {reader.split("-")[0] for reader in who.readers}
                told = (("formed", who.formed), ("contradicted", found.contradicted), ("person", who.person), ("twice", who.count > 1))
                marks |= {name for name, is_so in told if is_so}
                evidence = Evidence(who.score, margin, who.corroborated, self.page.ocr, len(who.readers), frozenset(marks))
                self.put(field, who.name, evidence, who.segment)
        supplier = self.record.fields.get("supplier")
        if supplier is not None and found.supplier is not None and not (found.supplier.corroborated or (receipt and found.supplier.formed)):
            supplier.confidence = min(supplier.confidence, _BY_PLACE)
        if found.contradicted and supplier is not None and found.supplier is not None and "domain" not in found.supplier.readers:
            supplier.confidence = min(supplier.confidence, 0.85)
            self.record.check["supplier"] = "extract.other-domain"
        self.registrations(found.clients)

    def registrations(self, clients: list[Segment]) -> None:
        for field, found in registrations.read(self.page, clients).items():
            evidence = Evidence(found.score, found.score, bool(found.valid), self.page.ocr, 1)
            self.put(field, found.value, evidence, found.segment)
            if found.valid is False:
                self.record.check[field] = "extract.check-digits"

    def number(self) -> None:
        found, margin = number.read(self.page, self.record.type, self.name)
        if found is not None:
            told = (("labelled", found.labelled), ("twice", found.count > 1), ("named", found.named), ("long", len(found.value) > 5))
            marks = frozenset(name for name, is_so in told if is_so)
            self.put("number", found.value, Evidence(found.score, margin, found.score > 3, self.page.ocr, 1, marks), found.segment)

    def paper(self) -> None:
        """The fields of papers without amounts to pay."""
        record = self.record
        if record.type == "mail":
            self.mail()
            return
        if record.type == "cv":
            self.resume()
            return
        if record.type == "identity":
            self.identity()
            return
        if record.type in ("minutes", "transcript"):
            self.heading_day()
            return
        if record.type == "contract":
            self.contract()
            self.terms()
            self.number()
            self.registrations([])
            return
        self.days()
        if record.type == "letter":
            self.letter()
        if record.type == "statement":
            self.parties(receipt=False)
            self.statement()

    def mail(self) -> None:
        head = self.document.metadata
        for field, key in (("supplier", "from"), ("client", "to")):
            who = letters.mail_name(head.get(key, ""))
            if who:
                self.record.fields[field] = Field(value=who, confidence=0.97, source=key)
        day = re.match(r"\d{4}-\d\d-\d\d", head.get("date", ""))
        if day:
            self.record.fields["date"] = Field(value=day.group(), confidence=0.99, source="date")

    def letter(self) -> None:
        written = letters.sender(self.page)
        if written is not None:
            self.put("supplier", written[0], Evidence(2.4, 1.0, False, self.page.ocr, 1), written[1])
        read = letters.addressee(self.page, written[0] if written else "")
        if read is not None:
            self.put("client", read[0], Evidence(2.4, 1.0, False, self.page.ocr, 1), read[1])

    def contract(self) -> None:
        bound = contracts.parties(self.document.text)
        roles = {entry.role: entry.name for entry in bound if entry.role}
        spare = [entry.name for entry in bound if entry.name not in roles.values()]
        for field in ("supplier", "client"):
            who = roles.get(field) or (spare.pop(0) if spare else "")
            if who:
                self.put(
                    field,
                    who,
                    Evidence(
                        3.4 if field in roles else 1.6,
                        2.0 if field in roles else 1.0,
                        field in roles,
                        self.page.ocr,
                        1,
                        frozenset({"label"} if field in roles else ()),
                    ),
                    None,
                )
        best: dates.Date | None = None
        for segment in self.page.segments:
            for date in dates.find(segment):
                told = contracts.made(
                    self.page.rows[segment.row].text[: max(date.start, 0)]
                    if segment is self.page.rows[segment.row].segments[0]
                    else segment.text[: date.start]
                )
                if told:
                    best = date
        if best is not None:
            self.put("date", best.iso, Evidence(2.8, 1.0, True, self.page.ocr, 1, _DATED), best.segment)
        else:
            self.days()

    def terms(self) -> None:
        """When a contract begins and ends, how long it runs, what is paid, what notice is due."""
        found = terms.read(self.page)
        for field, day in (("start_date", found.start), ("end_date", found.end)):
            if day is not None:
                self.put(field, day.iso, _LABELLED, day.segment)
        for field, value in (("term", found.term), ("notice", found.notice)):
            if value:
                self.put(field, value, _LABELLED, None)
        if found.amount is not None:
            self.put("amount", amounts.plain(found.amount.value), _LABELLED, found.amount.segment)
            if len(found.amount.currency) == 3:
                self.put("currency", found.amount.currency, Evidence(3.0, 3.0, True, self.page.ocr, 1), found.amount.segment)
            if found.each:
                self.put("amount_per", found.each, _LABELLED, found.amount.segment)

    def resume(self) -> None:
        """Whose CV it is, and what it tells."""
        found = resume.read(self.page)
        if found.name is not None:
            self.put(
                "name",
                found.name[0],
                Evidence(3.0 if found.agreed else 1.8, 1.0, found.agreed, self.page.ocr, 1 + found.agreed),
                found.name[1],
            )
        for field, hit in (("email", found.email), ("phone", found.phone)):
            if hit is not None:
                self.put(field, hit[0], Evidence(3.2, 1.0, True, self.page.ocr, 1), hit[1])
        for field, items in (("skills", found.skills), ("languages", found.languages)):
            if items:
                self.put(field, "; ".join(items), _LABELLED, None)
        for name, spells in (("experience", found.experience), ("education", found.education)):
            if spells:
                self.record.notes[name] = spells

    def identity(self) -> None:
        """Whose paper it is; what a check digit contradicts is to be checked."""
        for field, found in identity.read(self.page).items():
            evidence = Evidence(
                (1.0, 2.6, 4.5)[found.proof], (0.0, 1.0, 2.0)[found.proof], found.proof == 2, self.page.ocr, 1 + (found.proof == 2)
            )
            self.put(field, found.value, evidence, found.segment)
            if found.proof == 0:
                self.record.check[field] = "extract.check-digits"

    def statement(self) -> None:
        """A statement's date is the end of its period; balances that its movements explain are proved."""
        found = statement.read(self.page)
        sure = Evidence(4.0 if found.balanced else 2.4, 1.5, bool(found.balanced), self.page.ocr, 1 + bool(found.balanced))
        if found.start is not None and found.end is not None:
            self.put("period_start", found.start.iso, Evidence(2.8, 1.0, True, self.page.ocr, 1), found.start.segment)
            for field in ("period_end", "date"):
                self.put(field, found.end.iso, Evidence(2.8, 1.0, True, self.page.ocr, 1, _DATED), found.end.segment)
        for field, balance in (("opening_balance", found.opening), ("closing_balance", found.closing)):
            if balance is not None:
                self.put(field, amounts.plain(balance[0]), sure, balance[1])
                if found.balanced is False:
                    self.record.check[field] = "extract.balance-not-movements"
        self.record.line_items = found.moves
        code, score = currency.read(self.page, [amount for segment in self.page.segments for amount in amounts.find(segment)])
        if code:
            self.put("currency", code, Evidence(score, score, score >= 3.0, self.page.ocr, 1), None)
