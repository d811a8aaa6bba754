"""Who wrote a letter or a mail, to whom."""

from __future__ import annotations

import re

from confrere.documents.extract import blocks, names
from confrere.documents.extract.labels import labels
from confrere.documents.extract.layout import Layout, Segment
from confrere.documents.extract.text import tidy

_DEAR = re.compile(r"(?i)^\s*(?:dear|cher|chère|sehr geehrter?)\s+([^,\n:]{3,50})[,:]?\s*$")
_HEAD = 24
"""Lines that may hold sender and addressee."""


def sender(layout: Layout) -> tuple[str, Segment] | None:
    """The name at the top left, or the first name at the top."""
    for row in layout.rows[:6]:
        for segment in row.segments:
            if names.is_name(segment.text) and not names.civility(segment.text) and not blocks.is_label(segment.text):
                return names.clean(segment.text), segment
    return None


def addressee(layout: Layout, not_name: str) -> tuple[str, Segment] | None:
    """The name over the second address, a line with a civility, or whom the letter greets."""
    head = [segment for row in layout.rows[:_HEAD] for segment in row.segments]
    for segment in head:
        for hit in labels("party", segment.ocr).find(segment.plain):
            after = segment.text[hit.end :].strip(" :-")
            if hit.kind == "client" and hit.start == 0 and names.is_name(after):
                return names.clean(after), segment
    greeting = next((place for place, segment in enumerate(head) if _DEAR.match(segment.text)), len(head))
    for segment in head[1:greeting]:
        if names.civility(segment.text) and names.is_name(segment.text) and len(segment.text.split()) > 1:
            return tidy(segment.text), segment
    for segment in head:
        greeted = _DEAR.match(segment.text)
        if greeted and names.is_name(greeted[1]):
            return tidy(greeted[1]), segment
    for block in blocks.addresses(layout)[1:]:
        if block.name is not None and names.clean(block.name.text) != not_name:
            return names.clean(block.name.text), block.name
    return None


def mail_name(header: str) -> str:
    """The display name of a mail header, else the address: "Ana Silva <ana@x.org>" gives "Ana Silva"."""
    match = re.match(r'\s*"?([^"<@]{2,80}?)"?\s*<', header)
    if match:
        return tidy(match[1])
    address = re.search(r"[^\s<>,;\"]+@[^\s<>,;\"]+", header)
    return address.group() if address else ""
