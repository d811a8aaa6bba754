"""One document to one record: every reader is asked, their answers are weighed, cross-checked and graded."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from confrere.documents.extract import (
    amounts,
    classify,
    confidence,
    currency,
    einvoice,
    identifiers,
    layout,
    number,
    party,
    totals,
    when,
)
from confrere.documents.extract.layout import Layout, Segment
from confrere.documents.model import Document, Field, Record

PAID = ("invoice", "credit-note", "receipt", "quote")
"""The types that carry amounts to pay."""


def extract(document: Document, *, name: str = "", languages: tuple[str, ...] = ("fr", "en")) -> Record:
    """Understand one read document: its type and its fields, each with source and calibrated confidence.

    ``name`` is the file's name, used as a weak hint. ``languages`` are those of the person, most used first: they decide
    what nothing on the paper decides. Amounts of a credit note are positive: its type says that they are to be deducted.
    Never raises for what a document holds; a document with ``error`` gives a record of type "other" with no field.
    """
    structured = einvoice.read(document)
    page = layout.build(document)
    if structured is not None:
        return structured
    kind, sure = classify.classify(document, page, name)
    record = Record(type=kind, type_confidence=sure)
    if kind in PAID:
        _money(record, page, name)
    return record


def _money(record: Record, page: Layout, name: str) -> None:
    found = [amount for segment in page.segments for amount in amounts.find(segment)]
    sums = totals.read(page)
    days = when.read(page)
    parties = party.read(page, receipt=record.type == "receipt")
    number_found, number_margin = number.read(page, name)
    code, code_score = currency.read(page, found)

    def put(field: str, value: str, score: float, margin: float, segment: Segment | None, **flags: bool) -> None:
        record.fields[field] = Field(
            value=value,
            confidence=confidence.of(field, score, margin, record.type, **flags),
            source=page.label(segment) or "text",
            box=page.box(segment),
        )

    sign = -1 if record.type == "credit-note" and sums.total is not None and sums.total.value < 0 else 1
    for field, reading in (("total", sums.total), ("net", sums.net), ("tax", sums.tax)):
        if reading is not None:
            segment = reading.amount.segment if reading.amount else None
            put(field, amounts.plain(sign * reading.value), reading.score, sums.margin, segment, proved=bool(sums.proof))
    record.taxes = {rate: amounts.plain(sign * Decimal(value)) for rate, value in sums.taxes.items()}
    if days.date is not None:
        put("date", days.date.date.iso, days.date.score, days.margin, days.date.date.segment)
    if days.due is not None:
        put("due_date", days.due.date.iso, days.due.score, days.margin, days.due.date.segment)
    if parties.supplier is not None:
        put("supplier", parties.supplier.name, parties.supplier.score, parties.supplier_margin, parties.supplier.segment)
    if parties.client is not None:
        put("client", parties.client.name, parties.client.score, parties.client_margin, parties.client.segment)
    if number_found is not None:
        put("number", number_found.value, number_found.score, number_margin, number_found.segment)
    if code:
        put("currency", code, code_score, code_score, None)
    _identifiers(record, page)


def _identifiers(record: Record, page: Layout) -> None:
    for segment in page.segments:
        for iban, _, valid in identifiers.ibans(segment.text):
            if "iban" not in record.fields:
                record.fields["iban"] = Field(value=iban, confidence=0.97 if valid else 0.5, source=page.label(segment), box=page.box(segment))
    _ = (re, dt)
