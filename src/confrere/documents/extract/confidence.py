"""From the weight of the evidence to a probability that the value is right.

A logistic model for each group of fields. The weights were fitted on labelled papers and checked by cross-validation
(``bench/documents/calibrate.py`` prints the table below): of values given at 0.9, nine in ten are right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

GROUPS = {
    "total": "total", "net": "part", "tax": "part", "date": "date", "due_date": "date", "supplier": "supplier", "client": "client",
    "number": "number", "currency": "currency", "supplier_vat": "registration", "client_vat": "registration", "iban": "registration",
    "supplier_siret": "registration", "supplier_siren": "registration",
}  # fmt: skip
HAND = (-1.8, 0.8, 0.8, 1.0, -0.3, 0.1)
"""Weights written by hand, for a group with no examples: constant, score, margin, proved, OCR, readers."""
WEIGHTS: dict[str, tuple[float, ...]] = {
    "client": (-0.757, 0.683, 0.0, 0.79, -0.3, 1.16),
    "currency": (-1.034, 0.764, 1.234, 0.061, -0.633, 0.866),
    "date": (-0.578, 0.445, 1.998, 0.005, 0.0, 0.0),
    "number": (-1.359, 0.299, 1.088, 0.111, -0.3, 0.541),
    "part": (-1.73, 0.42, 0.679, 2.866, -0.3, 0.183),
    "registration": (-0.896, 1.465, 1.465, 1.167, -0.3, 1.004),
    "supplier": (-1.3, 0.612, 0.964, 0.0, -0.217, 0.0),
    "total": (-2.378, 0.319, 0.72, 1.592, 0.0, 1.092),
}
_CEILING = 0.99


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a value: the reader's score, its lead over the best rival value, whether something proves it (arithmetic,
    check digits, a full label), whether it was read by OCR, and how many readers agree."""

    score: float
    margin: float
    proved: bool
    ocr: bool
    readers: int


def features(evidence: Evidence) -> list[float]:
    """The six numbers the model weighs."""
    e = evidence
    return [1.0, min(e.score, 5.0), max(min(e.margin, 2.5), 0.0), float(e.proved), float(e.ocr), float(min(e.readers, 4))]


def probability(values: Sequence[float], weights: Sequence[float]) -> float:
    """The logistic of the weighted sum, kept under certainty."""
    weighted = sum(value * weight for value, weight in zip(values, weights, strict=True))
    return min(_CEILING, 1 / (1 + math.exp(-max(min(weighted, 30.0), -30.0))))


def of(field: str, evidence: Evidence) -> float:
    """The probability that the value of ``field`` is right."""
    return round(probability(features(evidence), WEIGHTS.get(GROUPS.get(field, ""), HAND)), 3)
