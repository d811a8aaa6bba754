"""Whose a ticket is: the names in its first lines, or after the date on the slip of a card terminal."""

from __future__ import annotations

import re

from confrere.documents.extract import blocks, dates, issuer, names
from confrere.documents.extract.board import Board
from confrere.documents.extract.layout import Layout

_REGISTERED = re.compile(r"(?i)^\W*(?:co\.?\s?reg|company|reg|roc|siret|siren|rcs)?[^\d]{0,12}\d[\d ]{4,13}\s?[-–]\s?[A-Z]\W*$|^\W*SIRET")
"""The line of a company's registration, which stands under its registered name."""
_CARD = re.compile(
    r"\b(?:carte (?:bancaire|bleue|de credit)|card (?:payment|sale|slip)|kartenzahlung|tarjeta|carta di (?:credito|debito)|pinbon|betaalautomaat|"
    r"sans contact|contactless|kontaktlos|debit|credit|mastercard|visa|maestro|bancontact|girocard|amex|emv|cb|a\d{10,})\b"
)
_CARD_WORDS = frozenset(("", "ticket", "client", "ticket client", "sale", "purchase", "achat", "vente"))
"""What may be left of a line of a card slip that names no shop."""


def read(layout: Layout, suppliers: Board, fenced: dict[int, str]) -> None:
    """A ticket's first lines: the shop's name, then its address and numbers."""
    rank = 0
    address = False
    previous = ""
    slip = any(_CARD.search(row.folded) for row in layout.rows[:4])
    dated = banked = False
    heights = sorted(segment.height for row in layout.rows for segment in row.segments)
    usual = heights[len(heights) // 2] if heights else 1.0
    for row in layout.rows[:14]:
        first = row.segments[0]
        text = " ".join(segment.text for segment in row.segments if segment is first or not dates.find(segment))
        if slip and (_CARD.sub(" ", row.folded).strip(" .:-*") in _CARD_WORDS or banked or issuer.is_bank(text, row.folded)):
            banked = issuer.is_bank(text, row.folded)
            continue
        if slip and not dated and dates.find(first):
            dated, rank = True, -3  # on the slip of a card terminal the shop's name follows the date
        under = layout.rows[row.index + 1].text if row.index + 1 < len(layout.rows) else ""
        if id(first) in fenced:
            continue
        formed = names.has_legal_form(text)
        if (names.is_address(text) or names.is_contact(text)) and not formed:
            address = True
            previous = ""
            continue
        if names.is_title(text):
            address = True  # what follows the title is the sale, not the shop
        if not names.is_name(text) or blocks.is_label(text):
            previous = ""
            continue
        letters = sum(ch.isalpha() for ch in text)
        score = (
            2.4
            - 0.3 * rank
            - 1.3 * address
            + 1.5 * formed
            + 0.3 * names.has_business_word(text)
            + 1.0 * bool(_REGISTERED.match(under))
            - 1.2 * (letters < 4)
            - 0.8 * names.is_generic(text)
            - 1.2 * names.is_slogan(text)
            + min(0.9, 3.0 * max(0.0, first.height / usual - 1.15)) * (first.height < 2.2 * usual) * (letters > 5)
        )
        suppliers.add(text, score, first, "ticket")
        if formed and previous and all(names.has_business_word(word) for word in names.significant(text)):
            suppliers.add(f"{previous} {text}", score + 0.6, first, "joined")
        previous = text
        rank += 1
