"""Who issued a paper, and to whom: candidates from labels, header, footer, address blocks, domains and repetition, each by
a reader of its own; readers that agree raise a candidate."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from confrere.documents.extract import blocks, captions, issuer, legal, names, ranking, ticket
from confrere.documents.extract.board import CORROBORATED, Board, Found
from confrere.documents.extract.layout import Layout, Segment
from confrere.documents.extract.text import compact
from confrere.documents.extract.vocabulary import table

_HOSTS = frozenset(table("names")["never"]["hosts"])
_DOMAIN = re.compile(
    r"(?:@|www\.|https?://(?:www\.)?)((?:[a-z0-9-]+\.)+[a-z]{2,})"
    r"|(?<![\w.@])((?:[a-z0-9-]{3,}\.)+(?:fr|com|de|nl|be|co\.uk|eu|net|org|io|ch|it|es|pl|example))(?!\w)"
)


@dataclass(slots=True)
class Parties:
    """The names chosen, the margin of each over its nearest rival, and the rivals of the supplier."""

    supplier: Found | None = None
    client: Found | None = None
    supplier_margin: float = 0.0
    client_margin: float = 0.0
    rivals: list[str] = field(default_factory=list)
    contradicted: bool = False
    """Whether a web or mail domain on the paper names someone else than the supplier chosen, and not the client."""
    clients: list[Segment] = field(default_factory=list)
    """The segments of the client's blocks: what stands there is not the supplier's."""


def read(layout: Layout, *, receipt: bool, author: str = "", statement: bool = False) -> Parties:
    """Find supplier and client. ``receipt`` trusts the head of the page more: tickets begin with the shop's name.
    ``author`` is what the file's own metadata says of who made it. On a bank's ``statement`` the account is the client's."""
    suppliers, clients = Board(), Board()
    fenced: dict[int, str] = {}
    captions.read(layout, suppliers, clients, fenced, receipt, statement)
    _addressed(layout, suppliers, clients, fenced, receipt)
    (ticket.read if receipt else _header)(layout, suppliers, fenced)
    legal.read(layout, suppliers)
    for witness in issuer.witnesses(layout, set(fenced)) if not statement else ():
        if not receipt or witness.reader == "line":
            suppliers.add(witness.name, witness.weight, witness.segment, f"numbers-{witness.reader}")
    stems = _domains(layout, suppliers, clients, receipt)
    _repeated(layout, suppliers)
    if author:
        for key, entry in suppliers.found.items():
            if len(key) > 3 and key in compact(author):
                entry.score += 0.6
                entry.readers.add("author")
    parties = _choose(layout, suppliers, clients, receipt)
    known = [found.name for found in (parties.supplier, parties.client) if found is not None]
    parties.contradicted = any(not any(_echoes(stem, name) for name in known) for stem in stems)
    parties.clients = [segment for segment in layout.segments if fenced.get(id(segment)) == "client"]
    return parties


def _addressed(layout: Layout, suppliers: Board, clients: Board, fenced: dict[int, str], receipt: bool) -> None:
    """Address blocks: contact and registration lines under one speak for the issuer; a block that follows the sender's line, or
    stands in the window of the envelope, is the client's."""
    after_sender: Segment | None = None
    first = True
    found = blocks.addresses(layout)
    heads = [block.name for block in found]
    for block in found:
        head = block.lines[0]
        if block.sender:
            suppliers.add(block.sender, 2.2, head, "sender")
            after_sender = head
            continue
        name = block.name
        if name is None or receipt or any(id(line) in fenced for line in block.lines):
            continue
        right = head.x0 > 0.45 * layout.sheets[0].width
        follows = after_sender is not None and 0 <= head.row - after_sender.row <= 5 and head.beside(after_sender)
        civil = names.civility(name.text) or any(names.bare_civility(line.text) for line in block.lines)
        weight = (
            1.0
            + 0.6 * block.marks
            + 0.9 * block.registered
            + 0.3 * any(names.has_legal_form(line.text) for line in block.lines)
            - 0.8 * civil
        )
        larger, office = _larger(layout, name, heads), _office(layout, block)
        weight += 1.2 * larger + 2.4 * office
        if not follows:
            window = right and not block.marks and not block.registered and _something_left(layout, head)
            suppliers.add(name.text, weight + 0.4 * (first and after_sender is None and not window) - 0.7 * window, name, "block")
        first = False
        client = (
            1.0
            + 1.2 * follows
            + 0.5 * right
            + 0.4 * names.has_legal_form(name.text)
            - 0.4 * block.marks
            - 0.9 * block.registered
            + 0.8 * civil
            - 0.9 * office
        )
        clients.add(name.text, client, name, "block")


def _larger(layout: Layout, name: Segment, heads: list[Segment | None]) -> bool:
    """Whether the name of a block is set larger than those of the other blocks, as a letterhead is beside an addressee."""
    others = [head.height for head in heads if head is not None and head is not name]
    heights = sorted(segment.height for segment in layout.segments if segment.page == 0)
    return bool(others) and name.height > 1.25 * max(*others, heights[len(heights) // 2])


_OFFICE = re.compile(r"(?:registered (?:office|address)|siege(?: social)?\b|\bsitz\b|trading address|sede (?:legale|social))")


def _office(layout: Layout, block: blocks.Block) -> bool:
    """Whether the street of a block is given again as a registered office."""
    lines = [compact(line.text) for line in block.lines if names.has_street(line.text) or re.match(r"\d{1,3} ", line.text)]
    own = {id(line) for line in block.lines}
    return any(
        id(segment) not in own
        and _OFFICE.search(segment.folded)
        and any(len(line) > 7 and not line.isdigit() and line in compact(segment.text) for line in lines)
        for segment in layout.segments
    )


def _something_left(layout: Layout, segment: Segment) -> bool:
    """Whether a name stands left of a block, or over it: then the block may be in the window of an envelope."""
    rows = layout.rows[max(segment.row - 12, 0) : segment.row + 4]
    return any(
        other.page == segment.page and other.x1 < segment.x0 and names.is_name(other.text) and not blocks.is_label(other.text)
        for row in rows
        for other in row.segments[:1]
    )


def _header(layout: Layout, suppliers: Board, fenced: dict[int, str]) -> None:
    """The name printed first, or largest, at the head of the first page."""
    first = [row for row in layout.rows if row.page == 0]
    heights = sorted(segment.height for row in first for segment in row.segments)
    usual = heights[len(heights) // 2] if heights else 1.0
    rank = 0
    for row in first[:20]:
        crowded = len(row.segments) > 3
        for segment in row.segments:
            if id(segment) in fenced or blocks.is_label(segment.text):
                continue
            titled = re.match(r"(?i)^(.{3,40}?)\s+(?:invoice|receipt|facture|tax invoice|quotation)$", segment.text.strip())
            text = titled[1] if titled else segment.text
            if not names.is_name(text) or text.lower().startswith(("bank ", "banque ", "banco ")):
                continue
            left = layout.left_of(segment)
            if left is not None and left.text.rstrip().endswith(":"):
                continue
            score = 1.6 - 0.18 * rank - 0.7 * crowded - 1.5 * layout.depth(segment)
            score += 0.5 * names.has_legal_form(text) + 0.3 * names.has_business_word(text)
            score += min(1.0, max(0.0, segment.height / usual - 1.15))
            score -= 0.6 * names.civility(text) + 1.0 * names.is_generic(text) + 1.0 * names.is_slogan(text)
            suppliers.add(text, score, segment, "header")
            rank += 1


def _alike(stem: str, key: str) -> bool:
    """Whether a domain and a name (compact) are the same or one is in the other."""
    return len(key) >= 3 and (stem in key or (key in stem and len(key) >= 4))


def _echoes(stem: str, name: str) -> bool:
    """Whether a domain repeats a name or a long word of it."""
    return _alike(stem, names.stem(name)) or any(
        len(word) >= 6 and word in stem and not names.is_generic(word) for word in names.significant(name)
    )


def _domains(layout: Layout, suppliers: Board, clients: Board, receipt: bool) -> list[str]:
    """A web or mail domain that repeats a candidate's name confirms it. The domains found are returned."""
    stems: dict[str, Segment] = {}
    for segment in layout.segments:
        for match in _DOMAIN.finditer(segment.folded):
            row = layout.rows[segment.row]
            if match[2] and len(row.segments) > 2 and re.search(r"\d[.,]\d\d\b", row.segments[-1].text):
                continue  # what is sold
            host = (match[1] or match[2]).split(".")
            own = re.search(r"([a-z0-9._-]+)$", segment.folded[: match.start()])
            if match[1] and own and host[0] in _HOSTS and segment.folded[match.start()] == "@":
                stems.setdefault(compact(own[1]), segment)  # a shop's box at a free host carries its name
            part = host[-3] if len(host) > 2 and host[-2] in ("co", "com", "org") else host[-2] if len(host) > 1 else ""
            if len(compact(part)) >= 3 and part not in _HOSTS:
                stems.setdefault(compact(part), segment)
    matched = False
    for key, entry in suppliers.found.items():
        if any(_echoes(stem, entry.name) for stem in stems):
            client = clients.found.get(key)
            strength = 1.6 if any(_alike(stem, key) for stem in stems) else 0.6
            entry.score += strength if client is None or "label" not in client.readers else 0.2
            entry.readers.add("domain")
            matched = True
    if not matched and len(stems) == 1:
        stem, segment = next(iter(stems.items()))
        site = receipt and "@" not in segment.text  # a shop prints its own site
        suppliers.add(stem.capitalize(), 2.5 if site else 0.6, segment, "domain-only")
    return list(stems)


def _repeated(layout: Layout, suppliers: Board) -> None:
    """A name printed again elsewhere (footer, signature, bank account) is more likely the issuer's; one printed in front of an amount is
    what is sold."""
    lines = [compact(segment.text) for segment in layout.segments if not names.has_street(segment.text)]
    sold = {
        compact(row.segments[0].text) for row in layout.rows if len(row.segments) > 2 and re.search(r"\d[.,]\d\d\b", row.segments[-1].text)
    }
    for key, entry in suppliers.found.items():
        if key in sold:
            entry.score -= 1.0
            continue
        count = sum(1 for line in lines if key in line) if len(key) > 3 else 1
        if count > 1:
            entry.score += 0.3 * min(count - 1, 3)
            entry.readers.add("repeated")


def _allies(board: Board) -> None:
    """A name printed longer elsewhere ("Morel", "Cabinet Morel SARL") speaks for both."""
    gained: dict[str, float] = {}
    for key, entry in board.found.items():
        for other, longer in board.found.items():
            if len(key) >= 5 and key != other and key in other and entry.score > 0 and longer.score > 0:
                gained[other] = max(gained.get(other, 0.0), 0.4 * min(entry.score, 2.0))
                gained[key] = max(gained.get(key, 0.0), 0.4 * min(longer.score, 2.0))
                longer.readers |= entry.readers & CORROBORATED
                entry.readers |= longer.readers & CORROBORATED
    for key, gain in gained.items():
        board.found[key].score += gain


def _in_full(ranked: list[tuple[str, Found]]) -> list[tuple[str, Found]]:
    """The names with that of the company first where the one ahead is only its brand: the small print tells both by one word."""
    if not ranked or ranked[0][1].formed or "label" in ranked[0][1].readers:
        return ranked
    brand = names.significant(ranked[0][1].name)
    for place, (_, entry) in enumerate(ranked[1:6], 1):
        printed = entry.readers & {"legal", "numbers-line", "numbers-footer"}
        if brand and len(brand[0]) > 4 and entry.formed and printed and brand[0] == names.significant(entry.name)[0]:
            return [ranked[place], *ranked[:place], *ranked[place + 1 :]]
    return ranked


def _choose(layout: Layout, suppliers: Board, clients: Board, receipt: bool) -> Parties:
    result = Parties()
    told = {key for key, entry in clients.found.items() if "label" in entry.readers and entry.score >= 2.0}
    for key, entry in suppliers.found.items():
        if "label" not in entry.readers and any(key == other or (len(key) >= 5 and (key in other or other in key)) for other in told):
            entry.score -= 4.0
        entry.score += 0.3 * names.has_legal_form(entry.name)
    if any(entry.corroborated and entry.score > 1.5 for entry in suppliers.found.values()):
        for entry in suppliers.found.values():
            entry.score -= 0.8 if "block" in entry.readers and not entry.corroborated else 0.0
    _allies(suppliers)
    sums = ranking.rank(layout, suppliers, clients, receipt)
    ranked = sorted(suppliers.found.items(), key=lambda item: -sums[item[0]])
    own = ""
    ranked = _in_full(ranked)
    if ranked:
        own, result.supplier = ranked[0]
        rivals = [(sums[key], entry) for key, entry in ranked[1:] if key not in own and own not in key]
        result.supplier_margin = 0.5 * (sums[own] - (rivals[0][0] if rivals else 0.0))
        result.rivals = [entry.name for _, entry in rivals[:3]]
    others = [entry for key, entry in clients.found.items() if not own or (key not in own and own not in key)]
    others.sort(key=lambda entry: -entry.score)
    if others:
        result.client = others[0]
        result.client_margin = others[0].score - (others[1].score if len(others) > 1 else 0.0)
    return result
