"""The tax by rate, as the foot of an invoice breaks it down."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from confrere.documents.extract.amounts import Amount
from confrere.documents.extract.labels import labels
from confrere.documents.extract.layout import Layout

_TOLERANCE = Decimal("0.011")


@dataclass(slots=True)
class Part:
    """One rate in percent with its base and its tax; ``amount`` is the printed tax."""

    rate: Decimal
    base: Decimal
    tax: Decimal
    amount: Amount


def by_rate(layout: Layout, numbers: dict[int, list[Amount]]) -> list[Part]:
    """Every line that names a tax and a rate and shows an amount which is that share of an amount printed on the line or, failing
    that, anywhere. ``numbers`` are the amounts of each segment by its id."""
    printed = [amount for found in numbers.values() for amount in found if amount.money and amount.value]
    parts: dict[Decimal, Part] = {}
    for row in layout.rows:
        inside = [amount for segment in row.segments for amount in numbers[id(segment)]]
        rates = [amount.value for amount in inside if amount.percent and 0 < amount.value <= 30]
        if not rates or not any(hit.kind == "tax" for hit in labels("money", layout.ocr).find(row.plain)):
            continue
        money = [amount for amount in inside if amount.money]
        for rate in rates:
            part = _part(rate, money, money) or _part(rate, money, printed)
            if part is not None:
                parts.setdefault(rate, part)
    return list(parts.values())


def _part(rate: Decimal, taxes: list[Amount], bases: list[Amount]) -> Part | None:
    for tax in taxes:
        for base in bases:
            if base is not tax and tax.value and abs(base.value * rate / 100 - tax.value) <= _TOLERANCE:
                return Part(rate, base.value, tax.value, tax)
    return None


def rate_name(rate: Decimal) -> str:
    """A rate as a key: "5.5", "20"."""
    return format(rate.normalize(), "f")
