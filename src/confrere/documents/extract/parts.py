"""Several papers in one file: a scan of a month's invoices, a supplier's batch. Where one ends and the next begins.

A page begins a paper when it says so: it bears another number under a title, counts itself as page 1, or has a title, a total and a
day of its own. Pages that say nothing belong to the paper before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import msgspec

from confrere.documents.extract import classify, layout, number, totals, when
from confrere.documents.extract.layout import Layout
from confrere.documents.extract.text import compact
from confrere.documents.model import Document

MOST = 300
"""Pages looked at: a longer file is a book, not a batch of papers."""
_PAID = ("invoice", "credit-note", "receipt", "quote")
_COUNT = re.compile(r"(?:\b(?:page|seite|pagina|pag|p)\.?\s*(?:n°?\s*)?)(\d{1,3})\s*(?:/|of|sur|von|de|van|di|out of)\s*(\d{1,3})(?!\d)")


@dataclass(slots=True)
class _Face:
    """What one page says of itself. ``number`` and ``day`` are empty where it does not."""

    paid: bool
    number: str
    day: str
    total: bool
    first: bool
    later: bool


def spans(document: Document) -> list[tuple[int, int]]:
    """The page ranges (from, to; 0-based, both included) of the papers of a document; one range where it is one paper."""
    count = len(document.pages)
    whole = [(0, count - 1)]
    if document.kind not in ("pdf", "image") or not 2 <= count <= MOST:
        return whole
    starts: list[int] = []
    current: _Face | None = None
    for index, page in enumerate(document.pages):
        face = _face(layout.build(msgspec.structs.replace(document, pages=[page], attachments={})))
        if current is None or _begins(face, current):
            starts.append(index)
            current = face
        else:
            current.number = current.number or face.number
            current.day = current.day or face.day
            current.total = current.total or face.total
    return [(start, (starts[place + 1] if place + 1 < len(starts) else count) - 1) for place, start in enumerate(starts)]


def cut(document: Document, first: int, last: int) -> Document:
    """The pages ``first`` to ``last`` as a document of their own."""
    return msgspec.structs.replace(document, pages=document.pages[first : last + 1], attachments={})


def _begins(face: _Face, current: _Face) -> bool:
    if face.later or not face.paid:
        return False
    if face.number and current.number:
        return face.number != current.number
    if face.first:
        return current.total
    return face.total and current.total and bool(face.day) and (face.day != current.day or bool(face.number) != bool(current.number))


def _face(page: Layout) -> _Face:
    if not page.rows:
        return _Face(False, "", "", False, False, False)
    kind, sure = classify.title(page)
    sums = totals.read(page)
    found, _ = number.read(page, kind or "invoice")
    days = when.read(page)
    count = _COUNT.search(page.folded)
    return _Face(
        paid=(kind in _PAID and sure) or (sums.total is not None and sums.proof != "" and found is not None),
        number=compact(found.value) if found is not None and found.score >= 2.3 else "",
        day=days.date.date.iso if days.date is not None and days.date.score > 0.5 else "",
        total=sums.total is not None and ("gross" in sums.total.readers or bool(sums.proof)),
        first=count is not None and int(count[1]) == 1,
        later=count is not None and int(count[1]) > 1,
    )
