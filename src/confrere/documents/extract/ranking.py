"""Which of the names on a paper is its issuer's: independent evidence for and against each, weighed and summed.

A conditional logit (D. McFadden, "Conditional logit analysis of qualitative choice behavior", 1974): each name gets the weighted sum
of its marks, and the names of one paper compete. The weights were fitted on labelled papers and judged on layouts left out
(``bench/documents/rank.py`` prints the table below).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from confrere.documents.extract import names
from confrere.documents.extract.board import Board, Found
from confrere.documents.extract.layout import Layout, Segment
from confrere.documents.extract.text import compact, fold

MARKS = (
    "score", "label", "sender", "legal", "domain", "line", "column", "footer", "author", "block", "header", "ticket", "repeated",
    "site", "formed", "business", "generic", "person", "person-ticket", "largest", "small", "first", "rank", "rank-ticket",
    "deep", "client", "client-label", "addressed", "numbered", "numbered-ticket", "sold", "said", "slogan", "digits", "long", "capitals", "town",
    "word", "shared", "trade",
)  # fmt: skip
"""What is known of a name, in the order of ``WEIGHTS``."""
WEIGHTS: dict[str, float] = {
    "score": 1.66, "sender": 0.06, "line": 0.18, "column": 0.28, "footer": 0.45, "author": 0.08, "block": -0.53, "repeated": 0.29,
    "site": 0.78, "person-ticket": 0.14, "largest": 0.62, "first": 0.29, "rank-ticket": -0.4, "numbered": 0.77, "sold": -0.49,
    "said": -0.42, "slogan": -0.31, "digits": -0.38, "long": -0.06, "capitals": 0.14, "word": -0.2, "trade": 0.17,
}  # fmt: skip
_TRADE = re.compile(r"\b(?:maitre|me|dr|docteur|notaire|avocat\w*|expert|etude|office|scp|cabinet|medecin|ei|entrepreneur individuel)\b")
"""Words that make a person's name that of a practice."""
_NUMBERS = re.compile(
    r"\b(?:siret|siren|rcs|tva|vat|gst|abn|kvk|btw|ust|iban|bic|company (?:no|reg)|reg(?:istered)? no|nif|cif|iva|ein|tax id|rpps|adeli|naf|ape)\b"
)
_CONTACTS = re.compile(r"@|\bwww\.|\b(?:tel|phone|fax|fon|telefon|telephone|mob|e-?mail|web)\b|\d\d[ .]\d\d[ .]\d\d[ .]\d\d")
_PRICED = re.compile(r"\d[.,]\d\d\b")


@dataclass(slots=True)
class Page:
    """What the marks of every name of a paper are measured against."""

    layout: Layout
    usual: float
    towns: set[str] = field(default_factory=set)
    places: dict[str, list[Segment]] = field(default_factory=dict)


def page_of(layout: Layout) -> Page:
    """Measure a page once for all its names."""
    heights = sorted(segment.height for segment in layout.segments if segment.page == 0)
    page = Page(layout, heights[len(heights) // 2] if heights else 1.0)
    for segment in layout.segments:
        page.places.setdefault(compact(segment.text), []).append(segment)
        if names.is_address(segment.text):
            page.towns.update(word for word in re.findall(r"[^\W\d_]{3,}", segment.folded))
    return page


def marks(page: Page, name: Found, clients: Board, key: str, receipt: bool, largest: float) -> dict[str, float]:
    """What is known of one name, by mark; a mark that is not named is nought."""
    layout, segment, text = page.layout, name.segment, name.name
    folded = fold(text)
    out: dict[str, float] = {"score": max(min(name.score, 6.0), -2.0)}
    for reader, mark in _READERS.items():
        out[mark] = float(reader in name.readers)
    client = clients.found.get(key)
    parts = names.significant(text)
    person = name.person
    trade = bool(_TRADE.search(folded))
    out |= {
        "formed": float(name.formed), "business": float(names.has_business_word(text)), "generic": float(names.is_generic(text)),
        "person": float(person and not trade and not receipt), "person-ticket": float(person and receipt), "trade": float(trade),
        "client": max(min(client.score, 5.0), 0.0) if client else 0.0,
        "client-label": float(client is not None and "label" in client.readers),
        "shared": float(client is not None and "label" in client.readers and "label" in name.readers),
        "slogan": float(names.is_slogan(text)),
        "said": float(_said(text)), "digits": float(any(ch.isdigit() for ch in text)), "long": max(len(text.split()) - 5.0, 0.0),
        "capitals": float(text.isupper()), "word": float(len(parts) == 1),
        "town": float(bool(parts) and len(parts) < 3 and all(part in page.towns for part in parts) and not name.formed),
    }  # fmt: skip
    if segment is None:
        return out
    places = [place for place in page.places.get(compact(segment.text), [segment]) if place.page == 0][:4] or [segment]
    height = max(place.height for place in places)
    depth = layout.depth(segment) if segment.page == 0 else 1.0
    out |= {
        "small": float(height < 0.85 * page.usual),
        "largest": float(height >= 0.98 * largest and height > 1.15 * page.usual), "deep": depth,
        "first": float(segment.row == 0 and segment.page == 0), "rank": min(segment.row, 20) / 10 if segment.page == 0 else 2.0,
    }  # fmt: skip
    out["rank-ticket"] = out["rank"] if receipt else 0.0
    under = list(layout.below(segment, rows=6, gap=2.0))
    out["addressed"] = float(any(names.is_address(line.text) for line in under[:3]))
    numbered = float(any(_NUMBERS.search(line.folded) or _CONTACTS.search(line.folded) for line in under))
    out["numbered"], out["numbered-ticket"] = (0.0, numbered) if receipt else (numbered, 0.0)
    row = layout.rows[segment.row]
    out["sold"] = float(len(row.segments) > 1 and bool(_PRICED.search(row.segments[-1].text)))
    return out


_READERS = {
    "label": "label", "sender": "sender", "legal": "legal", "domain": "domain", "numbers-line": "line", "numbers-column": "column",
    "numbers-footer": "footer", "author": "author", "block": "block", "header": "header", "ticket": "ticket", "repeated": "repeated",
    "domain-only": "site",
}  # fmt: skip


def _said(text: str) -> int:
    """Words that begin small, beyond the small words that names carry: a sentence or a remark has many, a name few."""
    small = [word for word in re.findall(r"[^\W\d_]+", text) if word[0].islower() and fold(word) not in _SMALL]
    return min(len(small), 4) if not text.islower() else 0


_SMALL = frozenset(("de", "du", "des", "d", "la", "le", "les", "l", "et", "and", "of", "the", "van", "von", "der", "den", "di", "del", "y", "e", "und", "en", "a", "au", "aux", "s"))  # fmt: skip


def weigh(known: dict[str, float]) -> float:
    """The weighted sum of what is known of a name."""
    return sum(WEIGHTS.get(mark, 0.0) * value for mark, value in known.items())


def rank(layout: Layout, suppliers: Board, clients: Board, receipt: bool) -> dict[str, float]:
    """The sum of each name of ``suppliers``, by its key."""
    return {key: weigh(known) for key, known in table(layout, suppliers, clients, receipt).items()}


def table(layout: Layout, suppliers: Board, clients: Board, receipt: bool) -> dict[str, dict[str, float]]:
    """The marks of each name of ``suppliers``, by its key."""
    page = page_of(layout)
    heights = [entry.segment.height for entry in suppliers.found.values() if entry.segment is not None and entry.segment.page == 0]
    largest = max(heights, default=0.0)
    return {key: marks(page, entry, clients, key, receipt, largest) for key, entry in suppliers.found.items()}
