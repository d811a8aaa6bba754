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
    "client": (-1.243, 0.56, 0.46, 0.954, -1.62, 0.279, -0.046, 0.786, 0.72, -0.128),
    "currency": (-1.36, 1.012, 1.192, 0.642, -0.217, 0.54, -0.428, 0.003),
    "date": (-1.435, 1.157, 1.121, 0.057, -1.426, 0.242, -0.943, 0.676, -1.142, 0.961, 0.37, -0.076, 0.004, -0.446, 0.024),
    "due": (-1.839, 1.324, 0.761, 0.961, -1.863, 0.061),
    "number": (-1.775, 0.622, 1.132, 0.163, -1.818, 0.125, -0.664, -0.51, 0.0, 0.354),
    "part": (-1.86, 0.755, 0.722, 2.268, -1.154, 0.046, 1.29, 0.044, -0.369, 0.012),
    "registration": (-1.161, 1.642, 1.642, 1.417, -0.955, 0.739),
    "supplier": (-2.004, 0.818, 0.862, 0.183, -0.808, 0.0, -0.698, -0.368, 0.164, -0.338, 0.224, 0.263, -0.459, 0.602, 0.284, -0.509, -1.006, 0.448),
    "total": (-3.039, 0.962, 0.67, 1.905, -0.699, 0.347, -0.538, 0.901, 0.066, 0.181, -0.111, 0.05, 0.268, 0.95, -0.04, -0.783),
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
