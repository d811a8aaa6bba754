"""When an extracted value counts as right.

* supplier, client: compared as sets of words without case, accents, punctuation or form of company (Sdn Bhd, GmbH ...). Right when the
  words of one are all among the other's, or when the two, spaces removed, differ by no more than a letter in eight (OCR).
* number: letters and digits only, case apart.
* dates: the same ISO date. Amounts: the same value; the sign is not compared on credit notes.
* currency, VAT number, IBAN: the same letters and digits.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher

from confrere.documents.extract.names import significant
from confrere.documents.extract.text import compact


def same(field: str, got: str, truth: str, *, signless: bool = False) -> bool:
    """Whether ``got`` is right, by the rule of its field."""
    if field in ("supplier", "client"):
        return _same_name(got, truth)
    if field in ("total", "net", "tax"):
        try:
            a, b = Decimal(got), Decimal(truth)
        except InvalidOperation:
            return False
        return a == b or (signless and abs(a) == abs(b))
    if field in ("date", "due_date"):
        return got == truth
    return compact(got) == compact(truth)


def _same_name(got: str, truth: str) -> bool:
    a, b = set(significant(got)), set(significant(truth))
    if not a or not b:
        return False
    if a <= b or b <= a:
        return True
    left, right = "".join(significant(got)), "".join(significant(truth))
    return SequenceMatcher(None, left, right).ratio() >= 0.875 or (min(len(left), len(right)) >= 5 and (left in right or right in left))
