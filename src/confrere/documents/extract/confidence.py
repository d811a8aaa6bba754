"""From the weight of the evidence to a probability."""

from __future__ import annotations

import math


def of(field: str, score: float, margin: float, kind: str, *, proved: bool = False) -> float:
    """The probability that the value is right."""
    return round(1 / (1 + math.exp(-(0.8 * (score - 2.2) + 0.9 * min(margin, 2.0) + 1.5 * proved))), 3)
