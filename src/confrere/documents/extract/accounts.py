"""Bank accounts as papers print them: in groups, in cells, over two lines, with letters that OCR took for digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from confrere.documents.extract import identifiers
from confrere.documents.extract.layout import Layout, Row, Segment

_START = re.compile(r"(?:(?<![A-Za-z0-9])|(?<=IBAN))([A-Z]{2})(?= ?[0-9OQIlSB]{2})")
_LABEL = re.compile(r"\biban\b|\bi\.b\.a\.n\b|ibannr|iban-")
_LETTERS = str.maketrans("OQIlSBZ", "0011582")
_STOP = re.compile(r"(?:BIC|SWIFT|RIB|BANK|BANQUE|CODE|CLE|TITULAIRE|DOMICILIATION|ACCOUNT|VAT|TVA|TEL|FAX|SORT)", re.IGNORECASE)
_LONGEST = 34


def read(layout: Layout) -> list[tuple[str, Segment, bool]]:
    """The IBANs of a paper as (compact, where it begins, check digits right). One whose check digits are wrong counts only where the
    word IBAN announces it."""
    found: dict[str, tuple[str, Segment, bool]] = {}
    for row in layout.rows:
        for start in _START.finditer(row.text):
            length = identifiers.IBAN_LENGTHS.get(start[1])
            if length is None:
                continue
            labelled = _labelled(layout, row, start.start())
            groups = list(_groups(layout, row, start.start(), length))
            value = _value(groups, length, row.segments[0].ocr)
            if value is None and not labelled:
                continue
            given = value or _printed(groups, length)
            if given and (value is not None or _likely(given)):
                found.setdefault(given, (given, _at(row, start.start()), value is not None))
    return list(found.values())


def _groups(layout: Layout, row: Row, start: int, length: int) -> Iterator[str]:
    """The runs of letters and digits from ``start`` on, going on with the line below where the account breaks off."""
    taken = 0
    for text in (row.text[start:], _continued(layout, row, start)):
        for match in re.finditer(r"([A-Za-z0-9]+)([^A-Za-z0-9]*)", text):
            group = match[1]
            if taken >= 4 and ((_STOP.match(group) and not group[-1].isdigit()) or (len(group) > 4 and group.isalpha())):
                return
            yield group
            taken += len(group)
            if taken >= length or len(match[2]) > 6 or re.search(r"[:;,|]", match[2]):
                break
        if taken >= length:
            return


def _continued(layout: Layout, row: Row, start: int) -> str:
    """The line below an account: the part under it, or its beginning."""
    following = layout.rows[row.index + 1 : row.index + 2]
    if not following or following[0].page != row.page:
        return ""
    segment = _at(row, start)
    under = next((part for part in following[0].segments if part.beside(segment)), following[0].segments[0])
    return under.text if re.match(r"[A-Z0-9]{1,4}(?:[ .-]|$)", under.text) and sum(map(str.isdigit, under.text)) >= 2 else ""


def _value(groups: list[str], length: int, ocr: bool) -> str | None:
    """The account of the right length whose check digits are right."""
    joined = "".join(groups)
    if len(joined) < length:
        return None
    value = joined[:length].upper()
    if identifiers.iban_valid(value):
        return value
    if ocr:
        mended = joined[:2] + joined[2:length].translate(_LETTERS)
        if identifiers.iban_valid(mended):
            return mended
    return None


def _printed(groups: list[str], length: int) -> str:
    """What is printed as an account though it is none: up to the length of its country, whole groups."""
    whole = ""
    for group in groups:
        if len(whole) >= 4 and len(whole) + len(group) > length + 4:
            break
        whole += group
        if len(whole) >= length:
            break
    return whole.upper()


def _likely(value: str) -> bool:
    return 14 <= len(value) <= _LONGEST and sum(map(str.isdigit, value)) >= 0.6 * len(value)


def _labelled(layout: Layout, row: Row, start: int) -> bool:
    before = row.folded[:start]
    if _LABEL.search(before[-40:]):
        return True
    segment = _at(row, start)
    over = layout.above(segment, gap=2.2)
    return over is not None and bool(_LABEL.search(over.folded)) and not before.strip()[-1:].isalnum()


def _at(row: Row, start: int) -> Segment:
    """The segment of a row in which the character ``start`` of the row's text stands."""
    place = 0
    for segment in row.segments:
        place += len(segment.text) + 2
        if start < place:
            return segment
    return row.segments[-1]
