"""Which fields a person should look at, and why.

A reason is a key of the catalogue (``extract.NAME``), so that any surface can say it in the person's language.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from confrere.documents.extract.totals import RATES
from confrere.documents.model import Record

SURE = 0.9
"""Below this confidence a value is doubtful."""
_NEEDED = {
    "invoice": ("supplier", "number", "date", "total", "currency"),
    "credit-note": ("supplier", "number", "date", "total", "currency"),
    "receipt": ("supplier", "date", "total", "currency"),
    "quote": ("supplier", "date", "total"),
    "contract": ("client", "date"),
    "statement": ("client", "closing_balance"),
    "identity": ("name", "number"),
    "cv": ("name",),
}
_TOLERANCE = Decimal("0.05")


def check(record: Record) -> None:
    """Fill ``record.check``: a failed cross-check before a mere doubt."""
    reasons: dict[str, str] = {}
    _amounts(record, reasons)
    _dates(record, reasons)
    for field, value in record.fields.items():
        if value.confidence < SURE:
            reasons.setdefault(field, "extract.unsure")
    for field in _NEEDED.get(record.type, ()):
        if field not in record.fields:
            reasons.setdefault(field, "extract.missing")
    if record.type_confidence < 0.7:
        reasons.setdefault("type", "extract.type-unsure")
    for field, reason in reasons.items():
        record.check.setdefault(field, reason)


def _amount(record: Record, field: str) -> Decimal | None:
    return Decimal(record.fields[field].value) if field in record.fields else None


def _amounts(record: Record, reasons: dict[str, str]) -> None:
    net, tax, total = (_amount(record, field) for field in ("net", "tax", "total"))
    if net is not None and tax is not None and total is not None:
        if abs(net + tax - total) > _TOLERANCE:
            reasons.update(dict.fromkeys(("total", "net", "tax"), "extract.total-not-equal-net-plus-tax"))
        elif net and tax and len(record.taxes) < 2 and not _usual(net, tax):
            reasons["tax"] = "extract.rate-unusual"
    if total is not None and total < 0 and record.type == "receipt":
        reasons["total"] = "extract.total-negative"
    lines = [Decimal(line["amount"]) for line in record.line_items if "amount" in line] if record.type != "statement" else []
    if lines and total is not None and record.fields["total"].source != "xml":
        whole = sum(lines)
        if all(abs(whole - known) > _TOLERANCE for known in (net, total) if known is not None):
            reasons.setdefault("line_items", "extract.lines-not-sum")


def _usual(net: Decimal, tax: Decimal) -> bool:
    rate = tax / net * 100
    return any(abs(rate - known) < Decimal("0.3") for known in RATES) or 0 < rate < 28


def _dates(record: Record, reasons: dict[str, str]) -> None:
    try:
        day = dt.date.fromisoformat(record.fields["date"].value) if "date" in record.fields else None
        due = dt.date.fromisoformat(record.fields["due_date"].value) if "due_date" in record.fields else None
    except ValueError:
        reasons["date"] = "extract.unsure"
        return
    if day is not None and day > dt.date.today() + dt.timedelta(days=1):
        reasons["date"] = "extract.date-in-future"
    if day is not None and day.year < 1990:
        reasons["date"] = "extract.date-long-ago"
    if day is not None and due is not None and (due < day or due - day > dt.timedelta(days=400)):
        reasons["due_date"] = "extract.due-before-date" if due < day else "extract.due-far-off"
