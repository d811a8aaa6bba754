"""From the weight of the evidence to a probability that the value is right.

A logistic model for each group of fields. The weights were fitted on labelled papers and checked by cross-validation
(``bench/documents/calibrate.py`` prints the table below): of values given at 0.9, nine in ten are right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

GROUPS = {
    "total": "total", "net": "part", "tax": "part", "date": "date", "due_date": "due", "supplier": "supplier", "client": "client",
    "number": "number", "currency": "currency", "supplier_vat": "registration", "client_vat": "registration", "iban": "registration",
    "supplier_siret": "registration", "supplier_siren": "registration",
}  # fmt: skip
HAND = (-1.8, 0.8, 0.8, 1.0, -0.3, 0.1)
"""Weights written by hand, for a group with no examples: constant, score, margin, proved, OCR, readers."""
MARKS: dict[str, tuple[str, ...]] = {
    "supplier": (
        "label",
        "header",
        "ticket",
        "block",
        "domain",
        "numbers",
        "legal",
        "sender",
        "repeated",
        "formed",
        "contradicted",
        "person",
    ),
    "client": ("label", "block", "person", "twice"),
    "total": ("gross", "total", "open", "largest", "repeated", "cash", "rates", "sum", "same", "exceeded"),
    "part": ("sum", "same", "labelled", "rates"),
    "date": ("date", "other", "due", "clock", "alone", "only", "ambiguous", "far", "twice"),
    "number": ("labelled", "twice", "named", "long"),
    "currency": ("beside", "several"),
}
"""What is weighed beside the six numbers, by group."""
WEIGHTS: dict[str, tuple[float, ...]] = {
    "client": (-0.677, 0.208, 0.4, 1.032, -1.842, 1.261, 0.032, 0.43, 0.659, 0.191),
    "currency": (-1.152, 0.962, 1.294, 0.336, -0.616, 0.748, -0.819, 0.01),
    "date": (-0.923, 0.898, 1.362, 0.0, -1.463, 0.705, -1.149, 0.483, -1.646, 1.298, 0.541, -0.673, -0.21, -0.46, -0.109),
    "due": (-1.654, 0.968, 0.946, 1.146, -1.116, 0.246),
    "number": (-2.565, 1.018, 1.031, 0.157, -1.844, 0.0, -0.725, -0.153, 0.0, -0.028),
    "part": (-1.803, 0.767, 0.755, 2.406, -1.143, 0.107, 1.391, 0.014, -0.538, 0.001),
    "registration": (-1.136, 1.651, 1.651, 1.463, -1.425, 0.764),
    "supplier": (-1.764, 1.064, 0.715, 0.0, -0.978, 0.0, -1.112, -0.559, 0.2, -0.286, 0.329, 0.625, -1.025, 0.683, 0.492, -0.597, -0.778, 0.419),
    "total": (-4.105, 1.377, 0.564, 2.333, -0.37, 0.552, -1.052, 0.921, 0.278, -0.066, 0.022, 0.376, 0.294, 1.19, -0.17, -0.914),
}  # fmt: skip
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
    marks: frozenset[str] = frozenset()
    """Which readers gave the value, and what else is known of it: those of ``MARKS`` are weighed one by one."""


def features(group: str, evidence: Evidence) -> list[float]:
    """The numbers the model of a group weighs: six for every group, then one for each of its marks."""
    e = evidence
    plain = [1.0, min(e.score, 5.0), max(min(e.margin, 2.5), 0.0), float(e.proved), float(e.ocr), float(min(e.readers, 4))]
    return plain + [float(mark in e.marks) for mark in MARKS.get(group, ())]


def probability(values: Sequence[float], weights: Sequence[float]) -> float:
    """The logistic of the weighted sum, kept under certainty."""
    weighted = sum(value * weight for value, weight in zip(values, weights, strict=True))
    return min(_CEILING, 1 / (1 + math.exp(-max(min(weighted, 30.0), -30.0))))


def of(field: str, evidence: Evidence) -> float:
    """The probability that the value of ``field`` is right."""
    group = GROUPS.get(field, "")
    return round(probability(features(group, evidence), WEIGHTS.get(group, HAND)), 3)
