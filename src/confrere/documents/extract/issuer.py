"""Whose registration and bank numbers are on a paper: the name that stands with them is the issuer's.

By law or custom an issuer prints who it is: VAT, company and bank numbers, capital, court of registration. Those lines are told apart from the
client's, and the name on them, over them in the same column, or at the head of the footer they are part of is a witness that does
not depend on where a layout puts the sender.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from confrere.documents.extract import blocks, identifiers, names
from confrere.documents.extract.layout import Layout, Segment

_REGISTER = re.compile(
    r"(?:au capital|capital(?:e)? social|\bcapital (?:de |of )?\d|\brcs\b|\bsiret\b|\bsiren\b|\br\.c\.s|handelsregister|amtsgericht|registergericht|"
    r"\bhrb\b|\bkvk\b|registered in|company (?:number|no|reg)|reg(?:istered|istration)? (?:no|number)|registro mercantil|\brea\b|\babn\b|"
    r"\bust-?id|steuernummer|\bp\.? ?iva\b|\bvat (?:no|reg|number|id)|\btva (?:intra|n)|n°? ?(?:de )?tva|\bbtw[ -]?(?:nr|nummer)|\bnif\b|\bcif\b)"
)
_BANK = re.compile(r"(?:\biban\b|\bbic\b|\bswift\b|sort code|\bblz\b|\brib\b|bank account|account n(?:o|umber))")
_BANKS = re.compile(
    r"(?:\bbank|banque|banco\b|banca\b|sparkasse|volksbank|raiffeisen|credit (?:agricole|mutuel|lyonnais|union|cooperatif)|caisse (?:d'epargne|des depots|regionale))"
)
_THEIRS = re.compile(
    r"(?:client|customer|buyer|acheteur|kunde|ihre|uw |klant|votre|your|nabywc|destinata|recipient|purchaser|bill(?:ed)? to|factur\w+ a\b)"
)
_SPLIT = re.compile(r"\s+[-–—|•·∙●]+\s+|\s*[|•·∙●]\s*|,\s+|;\s+|\.\s+(?=[A-Z])|:\s+")
_REACH = 7
"""Lines looked at over a number."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A name that stands with an issuer's numbers: ``reader`` is "line", "column" or "footer"; ``weight`` what it counts."""

    name: str
    weight: float
    segment: Segment
    reader: str


def witnesses(layout: Layout, fenced: set[int]) -> Iterator[Witness]:
    """Every name that stands with a registration or bank number. ``fenced`` are the ids of segments of other parties."""
    for segment in layout.segments:
        start = _start(segment)
        if start is None or id(segment) in fenced or _theirs(layout, segment, start):
            continue
        on_line = _on_line(segment, start)
        if on_line:
            yield Witness(on_line, 2.0 if names.has_legal_form(on_line) or layout.depth(segment) > 0.7 else 1.4, segment, "line")
            continue
        for rank, over in enumerate(_over(layout, segment, fenced)):
            yield Witness(over.text, (1.3 if names.has_legal_form(over.text) else 0.9) - 0.4 * rank, over, "column")
        if layout.depth(segment) > 0.72:
            yield from _footer(layout, segment, fenced)


def near_bank(layout: Layout, segment: Segment) -> bool:
    """Whether bank details stand within four lines of a segment."""
    rows = layout.rows[max(segment.row - 4, 0) : segment.row + 5]
    return any(row.page == segment.page and (_BANK.search(row.folded) or identifiers.ibans(row.text)) for row in rows)


def is_bank(text: str, folded: str) -> bool:
    """Whether a text names a bank, as payment lines do."""
    return bool(_BANKS.search(folded)) and len(text.split()) < 6


def _start(segment: Segment) -> int | None:
    """Where the first number of an issuer, or the words that announce it, begins; None when there is none."""
    places = [start for _, start in identifiers.vat_numbers(segment.text)]
    places += [start for _, start, _ in identifiers.sirens(segment.text)]
    places += [start for _, start, _ in identifiers.ibans(segment.text)]
    told = _REGISTER.search(segment.folded)
    if told:
        places.append(told.start())
    return min(places) if places else None


def _theirs(layout: Layout, segment: Segment, start: int) -> bool:
    left = layout.left_of(segment)
    before = segment.folded[:start] + (left.folded if left is not None and start < 4 else "")
    return bool(_THEIRS.search(before))


def _on_line(segment: Segment, start: int) -> str:
    """The name before a number on its own line."""
    before = segment.text[:start]
    for piece in _SPLIT.split(before)[:2]:
        said = piece.strip(" ,:;-–—(")
        if before[before.find(piece) + len(piece) :].lstrip()[:1] == ":":
            continue  # what announces the rest
        if names.is_name(said) and not blocks.is_label(said) and not is_bank(said, said.lower()) and not names.is_address(said):
            return said
    return ""


def _over(layout: Layout, segment: Segment, fenced: set[int]) -> list[Segment]:
    """The names over a number in its column, the head of the block first, then the nearest."""
    found: list[Segment] = []
    last = segment
    for _ in range(_REACH):
        over = layout.above(last, gap=1.3)
        if (
            over is None
            or id(over) in fenced
            or names.is_title(over.text)
            or abs(over.height - last.height) > 1.2 * max(segment.height, 4.0)
        ):
            break
        aligned = abs(over.x0 - segment.x0) < 2 * segment.height or abs(over.x1 - segment.x1) < 2 * segment.height
        if not aligned and abs((over.x0 + over.x1) - (segment.x0 + segment.x1)) > 4 * segment.height:
            break
        last = over
        if blocks.is_label(over.text):
            continue
        if names.is_name(over.text) and not names.is_address(over.text) and not is_bank(over.text, over.folded):
            found.insert(0, over)
    best = blocks.telling(found)
    return [best, *(line for line in found[-1:] if line is not best)] if best is not None else []


def _footer(layout: Layout, segment: Segment, fenced: set[int]) -> Iterator[Witness]:
    """The name at the head of the first column of the footer a number stands in."""
    top = segment.row
    while top and segment.row - top < 8:
        over, row = layout.rows[top - 1], layout.rows[top]
        if over.page != row.page or row.y0 - over.y1 > 1.2 * segment.height or layout.depth(over.segments[0]) < 0.7:
            break
        top -= 1
    head = layout.rows[top].segments[0]
    piece = _SPLIT.split(head.text)[0]
    if (
        head is not segment
        and id(head) not in fenced
        and names.is_name(piece)
        and not names.is_address(piece)
        and not is_bank(piece, head.folded)
    ):
        yield Witness(piece, 2.0 if names.has_legal_form(piece) else 1.7, head, "footer")
