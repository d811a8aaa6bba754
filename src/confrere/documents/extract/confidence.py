"""From the weight of the evidence to a probability that the value is right."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a value: the reader's score, its lead over the best rival value, whether something proves it (arithmetic,
    check digits, a full label), whether it was read by OCR, and how many readers agree."""

    score: float
    margin: float
    proved: bool
    ocr: bool
    readers: int


def of(field: str, evidence: Evidence) -> float:
    """The probability that the value is right."""
    e = evidence
    return round(1 / (1 + math.exp(-(0.8 * (e.score - 2.2) + 0.9 * min(e.margin, 2.0) + 1.2 * e.proved))), 3)
