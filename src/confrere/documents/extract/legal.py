"""Names in legal lines: "X SAS au capital de ...", "Y GmbH, Amtsgericht ...", "X is a trading name of Y Ltd"."""

from __future__ import annotations

import re

from confrere.documents.extract import blocks, names
from confrere.documents.extract.board import Board
from confrere.documents.extract.layout import Layout

_TRADE = re.compile(
    r"\b(?:(?:is|are) a (?:trading|brand|business) (?:name|style)? ?of|is a (?:brand|division|trade ?mark|subsidiary) of|trading as|t/a|d/?b/?a|doing business as|"
    r"est une marque(?: commerciale| deposee)? (?:de|du)(?: la societe| groupe)?|est une enseigne de|exploitee? par(?: la societe)?|nom commercial|enseigne|"
    r"ist eine marke der|eine marke der|handelend onder de naam|h\.?o\.?d\.?n\.?|handelsnaam van|es una marca de|e un marchio di)(?!\w)"
)
_LED = re.compile(
    r"(?:(?:Sent|Issued|Billed|Provided|Sold|Operated) by |Envoyé par |Émis par |Édité par |© ?(?:\d{4} )?)?([^,;|–—]{4,50}?)(?:, |\. |; | [-–—|] )"
)
"""The name a line of small print begins with."""
_LEGAL = re.compile(
    r"(?:au capital|siege social|registered office|regd|geschaftsfuhr|handelsregister|amtsgericht|registered in|company number|"
    r"\brcs\b|\bsiret\b|\bsiren\b|sitz der|\bkvk\b|vat reg|capital social|\btva\b|registergericht)"
)


def read(layout: Layout, suppliers: Board) -> None:
    """Add the names of legal lines and trade names to ``suppliers``."""
    _registered(layout, suppliers)
    _traded(layout, suppliers)


def _registered(layout: Layout, suppliers: Board) -> None:
    """Legal lines: "X SAS au capital de ...", "Y GmbH, Amtsgericht ..."; or a company's name that stands over one."""
    for segment in layout.segments:
        match = _LEGAL.search(segment.folded)
        low = layout.depth(segment) > 0.7 or (segment.row > 8 and segment.row >= 0.9 * len(layout.rows))
        if match is None:
            if low and names.has_legal_form(segment.text) and names.is_name(segment.text):
                suppliers.add(segment.text, 1.0, segment, "legal")
            elif low and (led := _LED.match(segment.text)) and names.has_legal_form(led[1]) and names.is_name(led[1]):
                suppliers.add(led[1], 1.2, segment, "legal")
            continue
        pieces = re.split(r"\s+[-–—|•·]+\s+|\||•|·|,\s|:\s", segment.text)
        for piece in pieces[:2]:
            cut = _LEGAL.search(piece.lower())
            piece = piece[: cut.start()] if cut else piece
            if (names.has_legal_form(piece) or (low and "capital" in segment.folded)) and names.is_name(piece):
                suppliers.add(piece, 2.0 if low else 1.2, segment, "legal")
                break
        else:
            over = layout.above(segment, gap=1.6)
            if over is not None and names.is_name(over.text) and not blocks.is_label(over.text):
                suppliers.add(over.text, 1.0 if low or re.match(r"\W*(?:s\.?a\.?s?|sarl|eurl)\b", segment.folded) else 0.4, over, "legal")


def _traded(layout: Layout, suppliers: Board) -> None:
    """Lines that tell a trade name and who stands behind it: "X is a trading name of Y Ltd", "Y SARL, trading as X"."""
    for segment in layout.segments:
        match = _TRADE.search(segment.folded)
        if match is None:
            continue
        before = re.split(r"[,;.:|]\s|\s[–—-]\s", segment.text[: match.start()].rstrip(" ,"))[-1]
        after = re.split(r"[,;|]|\.\s|\s[–—-]\s|\s\(", segment.text[match.end() :].lstrip(" :"))[0]
        for name in (before.strip(), after.strip(" .")):
            if names.is_name(name):
                suppliers.add(name, 1.8, segment, "legal")
