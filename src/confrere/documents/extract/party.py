"""Who issued a paper, and to whom: candidates from labels, header, footer, address blocks, domains and repetition."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from confrere.documents.extract import names
from confrere.documents.extract.labels import Hit, labels
from confrere.documents.extract.layout import Layout, Row, Segment
from confrere.documents.extract.text import compact, fold

_FREE_MAIL = frozenset(
    "gmail yahoo hotmail outlook orange wanadoo free sfr laposte gmx web aol icloud live msn example localhost facebook google".split()
)
_DOMAIN = re.compile(r"(?:@|www\.|https?://(?:www\.)?)((?:[a-z0-9-]+\.)+[a-z]{2,})|(?<![\w.@])((?:[a-z0-9-]{3,}\.)+(?:fr|com|de|nl|be|co\.uk|eu|net|org|io|ch|it|es|pl))(?!\w)")
_FOOTER = re.compile(
    r"(?:au capital|siege social|registered office|regd|geschaftsfuhrer|handelsregister|amtsgericht|registered in|company number|rcs|siret|sitz der|kvk|vat reg)"
)


@dataclass(slots=True)
class Found:
    """A possible name with the weight of its evidence and the readers that gave it."""

    name: str
    score: float
    segment: Segment | None
    readers: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Parties:
    """The names chosen, the margin of each over its nearest rival, and the rivals."""

    supplier: Found | None = None
    client: Found | None = None
    supplier_margin: float = 0.0
    client_margin: float = 0.0
    rivals: list[str] = field(default_factory=list)


class _Board:
    def __init__(self) -> None:
        self.found: dict[str, Found] = {}

    def add(self, text: str, score: float, segment: Segment | None, reader: str) -> None:
        if not names.is_name(text):
            return
        name = names.clean(text)
        key = names.stem(name)
        if len(key) < 2:
            return
        entry = self.found.get(key)
        if entry is None:
            self.found[key] = Found(name, score, segment, {reader})
            return
        if reader in entry.readers:
            entry.score = max(entry.score, score)
        else:
            entry.score += 0.6 * score
            entry.readers.add(reader)
        if (names.has_legal_form(name), -len(name)) > (names.has_legal_form(entry.name), -len(entry.name)):
            entry.name = name


def read(layout: Layout, *, receipt: bool) -> Parties:
    """Find supplier and client. ``receipt`` trusts the head of the page more: tickets begin with the shop's name."""
    clients = _Board()
    suppliers = _Board()
    fenced: set[int] = set()
    _labelled(layout, suppliers, clients, fenced)
    _blocks(layout, suppliers, clients, fenced, receipt)
    (_ticket if receipt else _header)(layout, suppliers, fenced)
    _footer(layout, suppliers)
    _domains(layout, suppliers, clients)
    _repeated(layout, suppliers, fenced)
    return _choose(suppliers, clients, receipt)


def _labelled(layout: Layout, suppliers: _Board, clients: _Board, fenced: set[int]) -> None:
    for segment in layout.segments:
        for hit in labels("party", segment.ocr).find(segment.plain):
            if not _stands_alone(segment, hit):
                continue
            weight = _label_weight(segment, hit)
            if weight <= 0:
                continue
            board = {"client": clients, "supplier": suppliers}.get(hit.kind)
            lines = _after(layout, segment, hit)
            for line in lines:
                if hit.kind != "supplier":
                    fenced.add(id(line[0]))
            if board is None:
                continue
            rank = 0
            for place, text in lines:
                if names.is_name(text) and not _is_label(text):
                    named = re.match(r"(?i)^(?:name|nom|naam|firma|company|societe|raison sociale)\s*:?\s+(.+)", text)
                    board.add(named[1] if named else text, weight - 1.2 * rank, place, "label")
                    rank += 1
                if rank >= 2:
                    break


def _stands_alone(segment: Segment, hit: Hit) -> bool:
    """A label begins its segment (or follows a separator) and is the whole of it, or a colon or line follows."""
    before = segment.plain[: hit.start].strip(" *-#:.>([")
    after = segment.text[hit.end :].lstrip()
    if before and before not in ("votre", "notre", "your", "our", "l", "the", "le"):
        return False
    return not after or after[0] in ":-/(" or not after[0].islower()


def _label_weight(segment: Segment, hit: Hit) -> float:
    if hit.term in ("to", "from", "de", "aan", "compte", "client", "to", "for", "doit", "destination", "attention", "attn", "cliente"):
        after = segment.text[hit.end :].strip()
        if hit.term in ("to", "from", "de", "aan", "doit") and after and not after.startswith(":"):
            return 0.0
        return 2.6
    return 3.0


def _is_label(text: str) -> bool:
    """Whether a text is only a label of its own."""
    plain = fold(text).strip(" :.-")
    return any(
        hit.start == 0 and hit.end >= len(plain) - 2
        for group in ("party", "date", "number", "money")
        for hit in labels(group).find(plain)
    )


def _after(layout: Layout, segment: Segment, hit: Hit) -> list[tuple[Segment, str]]:
    """The lines a party label announces: the rest of its own segment, then what stands under it, then to its right."""
    own = segment.text[hit.end :].lstrip(" :-/)").strip()
    lines: list[tuple[Segment, str]] = []
    if own and not own.startswith(("(", "#")):
        lines.append((segment, own))
    right = layout.right_of(segment)
    under = [(other, other.text) for other in layout.below(segment, rows=6, gap=2.2)]
    beside = [(right[0], right[0].text)] if right and not own and right[0].x0 - segment.x1 < 12 * segment.height else []
    if beside and (segment.text.rstrip().endswith(":") or not under) and names.is_name(right[0].text) and not _is_label(right[0].text):
        return lines + beside + [(other, other.text) for other in layout.below(right[0], rows=5, gap=2.2)]
    return lines + under


def _blocks(layout: Layout, suppliers: _Board, clients: _Board, fenced: set[int], receipt: bool) -> None:
    """Address blocks: the first line over a postal code. The one with contact or registration lines, or with its sender's
    line, is the supplier's; another one is the client's."""
    seen: set[int] = set()
    for segment in layout.segments:
        if segment.page > 0 or not names._POSTAL.search(segment.text) or not names.is_address(segment.text):
            continue
        block = _block_of(layout, segment)
        head = block[0]
        if id(head) in seen:
            continue
        seen.add(id(head))
        one_line = re.split(r"\s+[|●•·–—-]\s+|\s*[|●•·]\s*|,\s+", segment.text)
        if len(one_line) > 1 and names.is_name(one_line[0]) and not names.is_address(one_line[0]):
            suppliers.add(one_line[0], 2.2, segment, "sender")
            continue
        if id(head) in fenced or any(id(line) in fenced for line in block):
            continue
        text = " ".join(line.text for line in block)
        own = _own_marks(layout, block)
        left = head.x0 < 0.45 * layout.sheets[0].width
        name = next((line for line in block if names.is_name(line.text)), None)
        if name is None or receipt:
            continue
        weight = 1.2 + (0.8 if own else 0.0) + (0.4 if names.has_legal_form(text) else 0.0)
        suppliers.add(name.text, weight, name, "block")
        if not own:
            clients.add(name.text, 1.2 + (0.5 if not left or layout.depth(head) > 0.12 else 0.0), name, "block")


def _block_of(layout: Layout, segment: Segment) -> list[Segment]:
    """The lines over ``segment`` that belong to it, top first: same left edge or centre, close together."""
    block = [segment]
    while len(block) < 6:
        over = layout.above(block[0], gap=1.3)
        if over is None:
            break
        aligned = abs(over.x0 - block[0].x0) < 1.5 * segment.height or abs((over.x0 + over.x1) - (block[0].x0 + block[0].x1)) < 3 * segment.height
        if not aligned or _is_label(over.text) or names.is_title(over.text):
            break
        block.insert(0, over)
    return block


def _own_marks(layout: Layout, block: list[Segment]) -> bool:
    """Whether telephone, web or registration lines continue the block: papers print their issuer's, seldom the client's."""
    under = list(layout.below(block[-1], rows=4, gap=1.8))
    return any(re.search(r"(?:@|www\.|tel|phone|fax|siret|tva|vat|ust|btw|iban|rcs)", other.folded) for other in [*block, *under])


def _header(layout: Layout, suppliers: _Board, fenced: set[int]) -> None:
    """The name printed first, or largest, at the head of the first page."""
    rows = [row for row in layout.rows if row.page == 0][:14]
    heights = sorted(segment.height for row in layout.rows if row.page == 0 for segment in row.segments)
    usual = heights[len(heights) // 2] if heights else 1.0
    rank = 0
    for row in rows:
        for segment in row.segments:
            if id(segment) in fenced or _is_label(segment.text) or not names.is_name(segment.text):
                continue
            score = 1.5 - 0.22 * rank
            score += 0.8 * names.has_legal_form(segment.text) + 0.3 * names.has_business_word(segment.text)
            score += min(0.8, max(0.0, segment.height / usual - 1.2))
            score -= 0.5 * names.civility(segment.text)
            suppliers.add(segment.text, score, segment, "header")
            rank += 1
    for row in rows:
        for segment in row.segments:
            title = re.match(r"(?i)^(.{3,40}?)\s+(?:invoice|receipt|facture|tax invoice)$", segment.text.strip())
            if title and names.is_name(title[1]):
                suppliers.add(title[1], 1.6, segment, "title")


def _ticket(layout: Layout, suppliers: _Board, fenced: set[int]) -> None:
    """A ticket's first lines: the shop's name, then its address and numbers."""
    rows = [row for row in layout.rows if row.page == 0][:12]
    rank = 0
    address = False
    previous: Row | None = None
    for row in rows:
        first = row.segments[0]
        text = " ".join(segment.text for segment in row.segments)
        if id(first) in fenced:
            continue
        if names.is_address(text) and not names.has_legal_form(text):
            address = True
        if not names.is_name(text) or _is_label(text):
            previous = None
            continue
        letters = sum(ch.isalpha() for ch in text)
        formed = names.has_legal_form(text)
        score = 2.4 - 0.35 * rank - (0.9 if address else 0.0) + 1.4 * formed + 0.3 * names.has_business_word(text)
        score -= 1.5 * (letters < 4)
        suppliers.add(text, score, first, "ticket")
        if formed and previous is not None and len([w for w in names.significant(text) if not names.has_business_word(w)]) == 0:
            suppliers.add(previous.text + " " + text, score + 0.6, first, "joined")
        previous = row
        rank += 1


def _footer(layout: Layout, suppliers: _Board) -> None:
    """Legal lines: "X SAS au capital de ...", "GmbH, Amtsgericht ..."."""
    for segment in layout.segments:
        for match in _FOOTER.finditer(segment.folded):
            before = re.split(r"(?:\s+[-–—|•·]\s+|\||•|·|,\s|:\s)", segment.text[: match.start()])
            for piece in before[:2]:
                if names.has_legal_form(piece) and names.is_name(piece):
                    suppliers.add(piece, 2.0, segment, "footer")
            break
        if _FOOTER.search(segment.folded):
            over = layout.above(segment, gap=1.5)
            if over is not None and names.is_name(over.text) and layout.depth(segment) > 0.75 and not _is_label(over.text):
                suppliers.add(over.text, 1.2, over, "footer")
        elif layout.depth(segment) > 0.8 and names.has_legal_form(segment.text) and names.is_name(segment.text):
            suppliers.add(segment.text, 1.0, segment, "footer")


def _domains(layout: Layout, suppliers: _Board, clients: _Board) -> None:
    """A web or mail domain that repeats a candidate's name confirms it."""
    stems: dict[str, Segment] = {}
    for segment in layout.segments:
        for match in _DOMAIN.finditer(segment.folded):
            host = (match[1] or match[2]).split(".")
            stem = compact(host[-3] if len(host) > 2 and host[-2] in ("co", "com", "org") else host[-2]) if len(host) > 1 else ""
            if len(stem) >= 3 and stem not in _FREE_MAIL:
                stems.setdefault(stem, segment)
    matched = set()
    for key, entry in suppliers.found.items():
        for stem in stems:
            if len(key) >= 3 and (stem in key or (key in stem and len(key) >= 4)):
                client = clients.found.get(key)
                entry.score += 1.0 if client is None or client.score < 2.0 else 0.2
                entry.readers.add("domain")
                matched.add(stem)
    for stem, segment in stems.items():
        if stem not in matched and len(stems) == 1:
            suppliers.add(stem.capitalize(), 0.9, segment, "domain-only")


def _repeated(layout: Layout, suppliers: _Board, fenced: set[int]) -> None:
    """A name printed again elsewhere (footer, signature, bank account) is more likely the issuer's."""
    lines: dict[int, str] = {segment.row * 100 + n: compact(segment.text) for n, segment in enumerate(layout.segments)}
    for key, entry in suppliers.found.items():
        if len(key) < 4:
            continue
        count = sum(1 for text in lines.values() if key in text)
        entry.score += 0.35 * min(count - 1, 3) if count > 1 else 0.0
        if count > 1:
            entry.readers.add("repeated")


def _choose(suppliers: _Board, clients: _Board, receipt: bool) -> Parties:
    result = Parties()
    by_client = sorted(clients.found.items(), key=lambda item: -item[1].score)
    strong = {key for key, entry in by_client if "label" in entry.readers}
    for key, entry in suppliers.found.items():
        if key in strong and "label" not in entry.readers:
            entry.score -= 2.0
        if names.has_legal_form(entry.name):
            entry.score += 0.5
    ranked = sorted(suppliers.found.items(), key=lambda item: -item[1].score)
    if ranked:
        key, result.supplier = ranked[0]
        rivals = [entry for other, entry in ranked[1:] if other not in key and key not in other]
        result.supplier_margin = result.supplier.score - (rivals[0].score if rivals else 0.0)
        result.rivals = [entry.name for entry in rivals[:3]]
        by_client = [item for item in by_client if item[0] != key and item[0] not in key]
    if by_client:
        result.client = by_client[0][1]
        result.client_margin = result.client.score - (by_client[1][1].score if len(by_client) > 1 else 0.0)
    return result


