"""Amounts that may be net, tax or total, with the evidence for each gathered by value."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from confrere.documents.extract.amounts import Amount


@dataclass(slots=True)
class Reading:
    """One value for one of net, tax, total, with the weight of the evidence and where it stands."""

    value: Decimal
    score: float = 0.0
    amount: Amount | None = None
    readers: set[str] = field(default_factory=set)


class Board:
    """Evidence gathered by value."""

    def __init__(self) -> None:
        self.readings: dict[str, dict[Decimal, Reading]] = defaultdict(dict)

    def add(self, kind: str, amount: Amount, weight: float, reader: str) -> None:
        reading = self.readings[kind].setdefault(amount.value, Reading(amount.value))
        if reading.amount is None or weight > reading.score:
            reading.amount = amount
        if reader in reading.readers:
            reading.score = max(reading.score, weight) + 0.15 * min(reading.score, weight)
        else:
            reading.score += weight if not reading.readers else 0.6 * weight
        reading.readers.add(reader)

    def best(self, kind: str, count: int) -> list[Reading]:
        return sorted(self.readings[kind].values(), key=lambda reading: -reading.score)[:count]
