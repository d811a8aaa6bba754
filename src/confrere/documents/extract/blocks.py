"""Groups of lines that belong together: what a party label announces, and address blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from confrere.documents.extract import names
from confrere.documents.extract.labels import Hit, labels
from confrere.documents.extract.layout import Layout, Segment
from confrere.documents.extract.text import fold

_NAME_OF = re.compile(
    r"^\W*(?:name|nom|naam|firma|company(?: name)?|societe|raison sociale|denominazione|denominacion(?: social)?|razon social|denomination(?: sociale)?|nombre|nome|cognome e nome|nominativo|naam klant|firmenname|ragione sociale|nazwa|"
    r"legal name|business name|"
    r"trading name|nom ou denomination(?: sociale)?|name / nom|nom / name|nom et prenom|full name|nom/raison sociale)\s*(?::\s*|$)"
)
_CONTACT_LINE = re.compile(
    r"(?:@|www\.|https?:|\btel|\bfon\b|\bphone|\bfax|\bmob|siret|\btva\b|\bvat\b|\bust\b|\bustid|\bbtw\b|\biban\b|\brcs\b|\bgst\b|\babn\b|"
    r"\bkvk\b)"
)

_REGISTERED = re.compile(
    r"(?:\bsiret\b|\bsiren\b|\brcs\b|\btva\b|\bvat\b|ust-?id|\bbtw\b|\bkvk\b|\babn\b|\bgst\b|steuernummer|\bcif\b|p\. ?iva|"
    r"\bnip\b)"
)
_THEIRS = re.compile(r"(?:client|customer|kunde|klant|your|votre)")


_PERSON = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?(?: (?:van|de|von|der|le|la|di))*(?: [^\W\d_]+(?:-[^\W\d_]+)?){1,2}")
"""Two or three words of letters: what a person's name looks like."""


@dataclass(slots=True)
class Line:
    """A line of a block: its text without the label that announced it, and its segment."""

    text: str
    segment: Segment


@dataclass(slots=True)
class Block:
    """An address block: the lines over and with a postal code.

    ``marks`` tells that telephone, web or registration lines go on under it, ``registered`` that registration numbers do;
    ``sender`` is the name where the whole stands on one line, as in the window of an envelope.
    """

    lines: list[Segment]
    marks: bool = False
    registered: bool = False
    sender: str = ""

    @property
    def name(self) -> Segment | None:
        """The line that carries a form of company, else the first that may be a name."""
        named = [line for line in self.lines if names.is_name(line.text) and not is_label(line.text) and not names.is_generic(line.text)]
        return telling(named)


def telling(named: list[Segment]) -> Segment | None:
    """Of the names of one block the first; where that is a person's, the organisation's under it."""
    if not named or not _PERSON.fullmatch(named[0].text.strip()) or names.has_business_word(named[0].text):
        return named[0] if named else None
    others = [line for line in named[1:3] if not names.is_address(line.text)]
    formed = (line for line in others if names.has_legal_form(line.text))
    working = (line for line in others[:1] if names.has_business_word(line.text))
    return next(formed, None) or next(working, None) or named[0]


def is_person(text: str) -> bool:
    """Whether a text looks like a person's name: two or three words of letters."""
    return bool(_PERSON.fullmatch(text.strip()))


@lru_cache(maxsize=2000)
def is_label(text: str) -> bool:
    """Whether a text is nothing but the label of something."""
    plain = re.sub(r"\s*\([^()]*\)$", "", fold(text).strip(" :.-*#")).strip(" :.-*#")
    return bool(_NAME_OF.fullmatch(plain)) or any(
        hit.start <= 1 and hit.end >= len(plain) - 2 for group in ("party", "date", "number", "money") for hit in labels(group).find(plain)
    )


def announced(layout: Layout, segment: Segment, hit: Hit) -> list[Line]:
    """The lines a party label announces: the rest of its own segment, then what stands under it or to its right.

    Where the lines are themselves labelled ("Name: X", "Address: Y"), the one labelled as name comes first.
    """
    own = re.sub(r"^[\s:/)*.-]+", "", segment.text[hit.end :]).strip()
    lines: list[Line] = []
    if own and not own.startswith(("(", "#")):
        if not names.is_name(own) and not names.is_address(own):
            return []
        lines.append(Line(own, segment))
    right = layout.right_of(segment)[:1]
    under = list(layout.below(segment, rows=7, gap=2.2))
    if right and not own:
        value = right[0]
        near = value.x0 - segment.x1 < 14 * segment.height
        named = names.is_name(value.text) and not is_label(value.text)
        paired = _paired(layout, segment, value)
        if near and named and paired and not segment.text.rstrip().endswith(":"):
            return [Line(value.text.lstrip(" :"), value)]
        if near and named and (segment.text.rstrip().endswith(":") or not _column(segment, under)):
            lines.append(Line(value.text.lstrip(" :"), value))
            under = list(layout.below(value, rows=5, gap=2.2))
    for other in under:
        named_line = _labelled_name(layout, other)
        if named_line is not None:
            lines.insert(0, named_line)
            break
        if is_label(other.text):
            if lines and lines[-1].segment is not segment:
                break
            continue
        lines.append(Line(other.text, other))
    return lines


def _paired(layout: Layout, segment: Segment, value: Segment) -> bool:
    """Whether a label and what stands right of it are a line of a table of two columns, labels left and values right."""
    around = [layout.rows[place] for place in (segment.row - 1, segment.row + 1) if 0 <= place < len(layout.rows)]
    slack = 0.5 * segment.height
    return all(
        len(row.segments) == 2 and abs(row.segments[0].x0 - segment.x0) < slack and abs(row.segments[1].x0 - value.x0) < slack
        for row in around
    )


def _column(segment: Segment, under: list[Segment]) -> bool:
    """Whether a label heads a column of its own: a line starts right under it."""
    return bool(under) and abs(under[0].x0 - segment.x0) < 2 * segment.height and names.is_name(under[0].text)


def _labelled_name(layout: Layout, segment: Segment) -> Line | None:
    match = _NAME_OF.match(segment.folded)
    if match is None:
        return None
    own = segment.text[match.end() :].strip(" :")
    if own:
        return Line(own, segment) if names.is_name(own) else None
    right = layout.right_of(segment)[:1]
    return Line(right[0].text.lstrip(" :"), right[0]) if right and names.is_name(right[0].text.lstrip(" :")) else None


def addresses(layout: Layout) -> list[Block]:
    """The address blocks of the first page, top first."""
    found: list[Block] = []
    seen: set[int] = set()
    for segment in layout.segments:
        if segment.page > 0 or not names.has_postcode(segment.text):
            continue
        sender = _sender(segment.text) or _sender(_together(layout, segment))
        if sender and not names.has_legal_form(sender):
            over = layout.above(segment, gap=1.6)
            if over is not None and names.is_name(over.text) and not is_label(over.text):
                sender = ""  # the address of the name over it
        lines = [segment] if sender else _upward(layout, segment)
        if id(lines[0]) in seen:
            continue
        seen.add(id(lines[0]))
        under = list(layout.below(segment, rows=5, gap=1.9))
        text = "\n".join(line.folded for line in [*lines, *under] if not _THEIRS.search(line.folded))
        found.append(Block(lines, bool(_CONTACT_LINE.search(text)), bool(_REGISTERED.search(text)), sender))
    return found


def _together(layout: Layout, segment: Segment) -> str:
    """The segments of a row up to ``segment`` that only separators and short gaps keep apart, as one text."""
    text, edge = segment.text, segment.x0
    row = layout.rows[segment.row].segments
    for left in reversed(row[: row.index(segment)]):
        if edge - left.x1 > 3 * segment.height:
            break
        text, edge = f"{left.text} {text}", left.x0
    return text


def _sender(text: str) -> str:
    """The name at the head of a sender's line ("Acme GmbH | Europa-Allee 1 | 60486 Frankfurt"), "" when it is none."""
    pieces = re.split(r"\s+[-–—·|●•∙]\s+|\s*[|●•·∙]\s*|,\s+", text)
    if len(pieces) < 3 and not re.search(r"[|●•·∙]|\s[-–—]\s", text):
        return ""
    first = re.sub(r"^[^\W\d_]{3,16}\s?: ", "", pieces[0])  # "Organiser: Acme e.V., ..."
    if len(pieces) > 1 and re.fullmatch(r"[A-Z]{0,3}[ -]?\d[\dA-Z -]*", pieces[1].strip()):
        return ""  # a town with its state and code
    if len(pieces) == 2 and not any(ch.isalpha() for ch in pieces[1]):
        return ""  # a town and its code
    return first if len(pieces) > 1 and names.is_name(first) and not names.is_address(first) else ""


def _upward(layout: Layout, segment: Segment) -> list[Segment]:
    """The lines over ``segment`` that belong to it, top first: same left edge, right edge or centre, close together."""
    lines = [segment]
    pitch = 0.0
    while len(lines) < 6:
        over = layout.above(lines[0], gap=2.3)
        step = lines[0].y0 - over.y0 if over is not None else 0.0
        if (
            over is None
            or (pitch and step > 1.4 * pitch * max(over.height / lines[0].height, 1.0) and not names.is_generic(lines[0].text))
            or is_label(over.text)
            or names.is_title(over.text)
            or _CONTACT_LINE.search(over.folded)
        ):
            break
        slack = 1.5 * segment.height
        aligned = (
            abs(over.x0 - lines[0].x0) < slack
            or abs(over.x1 - lines[0].x1) < slack
            or abs((over.x0 + over.x1) - (lines[0].x0 + lines[0].x1)) < 2 * slack
        )
        if not aligned or names.has_postcode(over.text) or re.search(r"\s[|●•·∙]\s", layout.rows[over.row].text):
            break
        lines.insert(0, over)
        pitch = max(pitch, step)
    return lines
