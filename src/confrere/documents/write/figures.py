"""The sums behind every deliverable, in exact decimals, one pot at a time: never an amount added to another currency's, nor a sale
to a purchase."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from confrere.documents.model import Record
from confrere.documents.write.content import Recap, Row

ZERO = Decimal(0)
BILLED = ("invoice", "credit-note", "receipt")
# A doubt about one of these makes an amount unfit for a total; a doubt about a date or a party does not.
AMOUNT_FIELDS = frozenset({"total", "net", "tax", "currency", "type"})

SALES, PURCHASES, OTHERS = "sales", "purchases", "others"
CONFIRMED, TO_CONFIRM, NOT_COUNTED = "confirmed", "to-confirm", "not-counted"

SHOWN = ("type", "supplier", "client", "number", "date", "due_date", "currency", "net", "tax", "total")
"""What a recap shows of a document: a doubt about anything else is no doubt about the recap."""


def row_of(file: str, record: Record) -> Row:
    """The row of a recap for what was understood of ``file`` (a view path).

    A value that cannot be read as its type (a date, an amount) is left out and put on the row's ``check`` list.
    """
    check = {name: reason for name, reason in record.check.items() if name in SHOWN}
    texts = {name: found.value for name, found in record.fields.items()}

    def amount(name: str) -> Decimal | None:
        if not texts.get(name):
            return None
        value = _decimal(texts[name])
        if value is None:
            check.setdefault(name, "unreadable")
        return value

    def day(name: str) -> dt.date | None:
        if not texts.get(name):
            return None
        try:
            return dt.date.fromisoformat(texts[name][:10])
        except ValueError:
            check.setdefault(name, "unreadable")
            return None

    taxes: dict[str, Decimal] = {}
    for rate, text in record.taxes.items():
        value = _decimal(text)
        if value is None:
            check.setdefault("tax", "unreadable")
        else:
            taxes[rate] = value
    total = record.fields.get("total")
    confidences = [record.fields[name].confidence for name in ("supplier", "date", "total") if name in record.fields]
    return Row(
        file=file,
        type=record.type,
        client=texts.get("client", ""),
        supplier=texts.get("supplier", ""),
        number=texts.get("number", ""),
        date=day("date"),
        due_date=day("due_date"),
        currency=texts.get("currency", ""),
        net=amount("net"),
        tax=amount("tax"),
        total=amount("total"),
        taxes=taxes,
        confidence=min(confidences, default=record.type_confidence),
        check=check,
        source=total.source if total else "",
    )


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except ArithmeticError:
        return None
    return value if value.is_finite() else None


def signed(value: Decimal | None, row: Row) -> Decimal | None:
    """``value`` with the sign it counts with: a credit note takes money back, however it prints its amounts."""
    return -abs(value) if value is not None and row.type == "credit-note" else value


@dataclass(slots=True)
class Sum:
    """What a group of rows of one currency amounts to. ``confirmed`` leaves out ``doubtful``, the rows to confirm."""

    count: int = 0
    net: Decimal = ZERO
    tax: Decimal = ZERO
    confirmed: Decimal = ZERO
    doubtful: Decimal = ZERO
    doubts: int = 0

    def add(self, row: Row, status: str) -> None:
        self.count += 1
        if status == TO_CONFIRM:
            self.doubts += 1
            self.doubtful += signed(row.total, row) or ZERO
        else:
            self.net += signed(row.net, row) or ZERO
            self.tax += signed(row.tax, row) or ZERO
            self.confirmed += signed(row.total, row) or ZERO


@dataclass(slots=True)
class Currency:
    """The sums of one currency; of its sales or its purchases (``side``) where both are in
    the folder. Keys: party name, first day of a month (None: no date), type, VAT rate."""

    code: str
    side: str = ""
    all: Sum = field(default_factory=Sum)
    clients: dict[str, Sum] = field(default_factory=dict)
    suppliers: dict[str, Sum] = field(default_factory=dict)
    months: dict[dt.date | None, Sum] = field(default_factory=dict)
    types: dict[str, Sum] = field(default_factory=dict)
    rates: dict[str, Sum] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    @property
    def key(self) -> str:
        """A name for programs: ``EUR``, ``EUR_sales``; ``none`` where the documents bear no currency."""
        return f"{self.code or 'none'}_{self.side}".rstrip("_")

    def told_by(self, axis: str) -> bool:
        """Whether its parties on ``axis`` are somebody else than the company itself."""
        return self.side not in ((SALES,) if axis == "supplier" else (PURCHASES,))

    def parties(self, axis: str) -> dict[str, Sum]:
        return self.suppliers if axis == "supplier" else self.clients


class Totals:
    """A recap summed up.

    ``currencies`` come largest first (by number of documents); ``axis`` is what tells the documents apart, "client" or
    "supplier"; ``counted`` are the types whose amounts are totalled: invoices, credit notes and receipts, or, where a
    folder has none of these, the commonest type with an amount.
    """

    def __init__(self, recap: Recap) -> None:
        self.rows = sorted(recap.rows, key=lambda row: (row.date or dt.date.max, row.number, row.file))
        self.counted = _counted(self.rows)
        self.axis = recap.axis or _axis(self.rows)
        self.statuses = [status(row, self.counted) for row in self.rows]
        self.us = recap.us
        self.sides = _sides(self.rows, self.statuses, recap.us)
        by_code: dict[tuple[str, str], Currency] = {}
        for row, state, part in zip(self.rows, self.statuses, self.sides, strict=True):
            if state == NOT_COUNTED:
                continue
            currency = by_code.setdefault((row.currency, part), Currency(row.currency, part))
            currency.rows.append(row)
            month = row.date.replace(day=1) if row.date else None
            for group, key in (
                (currency.clients, row.client),
                (currency.suppliers, row.supplier),
                (currency.types, row.type),
            ):
                group.setdefault(key, Sum()).add(row, state)
            currency.months.setdefault(month, Sum()).add(row, state)
            currency.all.add(row, state)
            for rate, tax in rates(row).items():
                total = currency.rates.setdefault(rate, Sum())
                total.count += 1
                if state == TO_CONFIRM:
                    total.doubts += 1
                    total.doubtful += tax
                else:
                    total.tax += tax
        sizes: Counter[str] = Counter()
        for one in by_code.values():
            sizes[one.code] += one.all.count
        order = [PURCHASES, SALES, OTHERS] if self.axis == "supplier" else [SALES, PURCHASES, OTHERS]
        self.currencies = sorted(
            by_code.values(), key=lambda one: (one.code == "", -sizes[one.code], one.code, order.index(one.side) if one.side else 0)
        )
        for one in self.currencies:
            one.clients = _largest(one.clients)
            one.suppliers = _largest(one.suppliers)
            one.types = _largest(one.types)
            one.months = dict(sorted(one.months.items(), key=lambda pair: pair[0] or dt.date.max))
            one.rates = dict(sorted(one.rates.items(), key=lambda pair: rate_order(pair[0])))

    @property
    def main(self) -> Currency | None:
        """The currency of most documents, None where nothing has an amount."""
        return self.currencies[0] if self.currencies else None

    def with_status(self, *wanted: str) -> list[Row]:
        return [row for row, state in zip(self.rows, self.statuses, strict=True) if state in wanted]

    def to_check(self) -> list[Row]:
        """The rows a person should look at: an amount to confirm, or any doubtful field."""
        return [row for row, state in zip(self.rows, self.statuses, strict=True) if state == TO_CONFIRM or row.check]

    def types(self) -> Counter[str]:
        return Counter(row.type for row in self.rows)

    def period(self) -> tuple[dt.date, dt.date] | None:
        dates = [row.date for row in self.rows if row.date]
        return (min(dates), max(dates)) if dates else None

    def expected(self) -> dict[str, Decimal]:
        """The totals a workbook of this recap must show, by defined name: ``total_EUR``, ``to_confirm_EUR``."""
        found: dict[str, Decimal] = {}
        for one in self.currencies:
            found[f"total_{one.key}"] = one.all.confirmed
            found[f"to_confirm_{one.key}"] = one.all.doubtful
        return found


def side(row: Row, us: str) -> str:
    """Whether ``us`` sold (what it issued) or bought (what was issued to it, and receipts, which rarely name who paid)."""
    return side_of(row.supplier, row.client, us)


def side_of(supplier: str, client: str, us: str) -> str:
    """See ``side``."""
    if supplier == us or (not supplier and client not in ("", us)):
        return SALES
    return PURCHASES if client in ("", us) else OTHERS


def _sides(rows: list[Row], statuses: list[str], us: str) -> list[str]:
    """The side of each row; "" for all where the company is not known, or all that counts is on one side of it."""
    found = [side(row, us) if us else "" for row in rows]
    counted = Counter(part for part, state in zip(found, statuses, strict=True) if state != NOT_COUNTED)
    plain = not (counted[SALES] and counted[PURCHASES]) or 2 * counted[OTHERS] > counted.total()
    return [""] * len(rows) if plain else found


def status(row: Row, counted: Iterable[str]) -> str:
    """Whether a row's amount is in the totals (confirmed), apart from them (to-confirm) or in none (not-counted)."""
    if row.type not in counted:
        return NOT_COUNTED
    if row.total is None or not row.currency or AMOUNT_FIELDS & row.check.keys():
        return TO_CONFIRM
    return CONFIRMED


def rates(row: Row) -> dict[str, Decimal]:
    """The VAT of a row by rate, signed; "" is what the document does not break down."""
    found = {rate: signed(value, row) or ZERO for rate, value in row.taxes.items()}
    rest = (signed(row.tax, row) or ZERO) - sum(found.values(), ZERO) if row.tax is not None else ZERO
    if rest:
        found[""] = rest
    return found


def rate_order(rate: str) -> tuple[int, Decimal, str]:
    """Sort key: rates from high to low, what is no number after them, the unstated one last."""
    value = _decimal(rate) if rate else None
    return (0, -value, "") if value is not None else (1 if rate else 2, ZERO, rate)


def _counted(rows: list[Row]) -> tuple[str, ...]:
    if any(row.type in BILLED for row in rows):
        return BILLED
    types = Counter(row.type for row in rows if row.total is not None)
    return (min(types, key=lambda name: (-types[name], name)),) if types else BILLED


def _axis(rows: list[Row]) -> str:
    def distinct(name: Callable[[Row], str]) -> int:
        return len({name(row) for row in rows if name(row)})

    clients, suppliers = distinct(lambda row: row.client), distinct(lambda row: row.supplier)
    return "supplier" if clients <= 1 and suppliers > clients else "client"


def _largest(groups: dict[str, Sum]) -> dict[str, Sum]:
    return dict(sorted(groups.items(), key=lambda pair: (pair[0] == "", -pair[1].confirmed, pair[0])))
