"""Who issued a paper, and to whom: candidates from labels, header, footer, address blocks, domains and repetition, each by
a reader of its own; readers that agree raise a candidate."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from confrere.documents.extract import blocks, dates, issuer, names
from confrere.documents.extract.labels import Hit, labels
from confrere.documents.extract.layout import Layout, Segment
from confrere.documents.extract.text import compact, fold
from confrere.documents.extract.vocabulary import table

_HOSTS = frozenset(table("names")["never"]["hosts"])
_DOMAIN = re.compile(
    r"(?:@|www\.|https?://(?:www\.)?)((?:[a-z0-9-]+\.)+[a-z]{2,})"
    r"|(?<![\w.@])((?:[a-z0-9-]{3,}\.)+(?:fr|com|de|nl|be|co\.uk|eu|net|org|io|ch|it|es|pl|example))(?!\w)"
)
_TRADE = re.compile(
    r"\b(?:(?:is|are) a (?:trading|brand|business) (?:name|style)? ?of|is a (?:brand|division|trade ?mark|subsidiary) of|trading as|t/a|d/?b/?a|doing business as|"
    r"est une marque(?: commerciale| deposee)? (?:de|du)(?: la societe| groupe)?|est une enseigne de|exploitee? par(?: la societe)?|nom commercial|enseigne|"
    r"ist eine marke der|eine marke der|handelend onder de naam|h\.?o\.?d\.?n\.?|handelsnaam van|es una marca de|e un marchio di)(?!\w)"
)
_LEGAL = re.compile(
    r"(?:au capital|siege social|registered office|regd|geschaftsfuhr|handelsregister|amtsgericht|registered in|company number|"
    r"\brcs\b|\bsiret\b|\bsiren\b|sitz der|\bkvk\b|vat reg|capital social|\btva\b|registergericht)"
)
_REGISTERED = re.compile(r"(?i)^\W*(?:co\.?\s?reg|company|reg|roc|siret|siren|rcs)?[^\d]{0,12}\d[\d ]{4,13}\s?[-–]\s?[A-Z]\W*$|^\W*SIRET")
"""The line of a company's registration, which stands under its registered name."""
_JOURNEY = frozenset(("from", "to", "de", "a", "destination"))
"""Labels that on a ticket tell of a journey."""
_NUMBERED = re.compile(r"\W{0,3}(?:(?:customer|client|party|account)\s)?(?:no|nr|n°|id|number|ref(?:erence)?|code|vat)\b\.?")
"""What makes a party's label the label of its number."""
_PERSONS = frozenset(("attention", "attn", "a l'attention de"))
"""Labels of the person in an organisation: its name may stand over them."""
_HANDS = frozenset(("provider", "prepared by", "merchant", "contractor", "entrepreneur"))
"""Labels of whoever did the work, which is often a person in the issuer's service."""
_TOWARD = frozenset(("to", "a", "aan", "attention", "attn", "a l'attention de"))
_REMITTANCE = re.compile(
    r"remittance|payment (?:advice|slip|coupon|stub)|coupon de paiement|talon (?:de|a)|papillon|zahlungsabschnitt|return (?:this|with)"
)
_HOLDERS = frozenset(
    ("account name", "account holder", "titulaire", "titular", "intestatario", "intestato a", "beneficiaire", "beneficiario")
)
"""Labels of whoever holds an account: with bank details that is who wants to be paid, elsewhere the client."""
_ACCOUNTS = frozenset(
    (
        "account name", "titulaire du compte", "intitule du compte", "kontoinhaber", "titular de la cuenta", "rekeninghouder", "ten name van", "tnv", "beneficiary",
        "beneficiary name", "intestatario conto", "conto intestato a", "payable to", "a l'ordre de", "make cheques payable to", "cheques payable to",
    )
)  # fmt: skip
"""Labels of the holder of an account in the midst of a line of bank details."""
_HELD = re.compile(r"\s*:\s*([^:;|,]{3,50}?)\s*(?:[;|,.]|$|\b(?:Sort|IBAN|BIC|SWIFT|Account|A/C|Acc|Bank|Ref|Konto|Code)\b)")
_WEAK_LABELS = frozenset(
    [
        "to",
        "from",
        "de",
        "aan",
        "compte",
        "client",
        "for",
        "doit",
        "destination",
        "attention",
        "attn",
        "cliente",
        "pour",
        "titulaire",
        "payer",
        "kunde",
        "klant",
    ]
)


_CORROBORATED = frozenset(("label", "sender", "legal", "domain", "numbers-line", "numbers-column", "numbers-footer", "author"))
"""Readers that do not go by the place on the page alone."""


@dataclass(slots=True)
class Found:
    """A possible name with the weight of its evidence and the readers that gave it."""

    name: str
    score: float
    segment: Segment | None
    readers: set[str] = field(default_factory=set)
    count: int = 0
    """How often the name was read."""

    @property
    def corroborated(self) -> bool:
        """Whether something else than the place on the page speaks for the name."""
        return bool(self.readers & _CORROBORATED)

    @property
    def person(self) -> bool:
        """Whether the name looks like a person's."""
        return names.civility(self.name) or (blocks.is_person(self.name) and not names.has_business_word(self.name) and not self.formed)

    @property
    def formed(self) -> bool:
        """Whether the name carries a form of company, which no other line of a ticket does."""
        return names.has_legal_form(self.name)


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


class Board:
    """Candidates by name, spellings merged."""

    def __init__(self) -> None:
        self.found: dict[str, Found] = {}

    def add(self, text: str, score: float, segment: Segment | None, reader: str) -> None:
        text = _unlabelled(text)
        if not names.is_name(text):
            return
        name = names.clean(text)
        key = names.stem(name)
        if len(key) < 2:
            return
        entry = self.found.get(key)
        if entry is None:
            entry = self.found[key] = Found(name, score, segment, {reader})
        elif reader in entry.readers:
            entry.score = max(entry.score, score)
        else:
            high, low = max(entry.score, score), min(entry.score, score)
            entry.score = high + 0.5 * max(low, 0.0)
            entry.readers.add(reader)
        entry.count += 1
        if (names.has_legal_form(name), -len(name)) > (names.has_legal_form(entry.name), -len(entry.name)):
            entry.name = name


def read(layout: Layout, *, receipt: bool, author: str = "", statement: bool = False) -> Parties:
    """Find supplier and client. ``receipt`` trusts the head of the page more: tickets begin with the shop's name.
    ``author`` is what the file's own metadata says of who made it. On a bank's ``statement`` the account is the client's."""
    suppliers, clients = Board(), Board()
    fenced: dict[int, str] = {}
    _labelled(layout, suppliers, clients, fenced, receipt, statement)
    _addressed(layout, suppliers, clients, fenced, receipt)
    (_ticket if receipt else _header)(layout, suppliers, fenced)
    _legal(layout, suppliers)
    _traded(layout, suppliers)
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
    parties = _choose(suppliers, clients)
    known = [found.name for found in (parties.supplier, parties.client) if found is not None]
    parties.contradicted = any(not any(_echoes(stem, name) for name in known) for stem in stems)
    parties.clients = [segment for segment in layout.segments if fenced.get(id(segment)) == "client"]
    return parties


def _labelled(layout: Layout, suppliers: Board, clients: Board, fenced: dict[int, str], receipt: bool, statement: bool) -> None:
    for segment in layout.segments:
        for hit in labels("party", segment.ocr).find(segment.plain):
            if hit.start > 3 and hit.term in _ACCOUNTS and (held := _HELD.match(segment.text[hit.end :])) and not statement:
                suppliers.add(held[1], 2.4, segment, "label")
                continue
            if not _stands_alone(segment, hit) or (receipt and hit.term in _JOURNEY):
                continue
            weight = 1.6 if hit.term in _HANDS else 2.4 if hit.term in _WEAK_LABELS else 3.0
            kind = hit.kind
            if hit.term in _HOLDERS:
                kind = "supplier" if not statement and issuer.near_bank(layout, segment) else "client"
            board = {"client": clients, "supplier": suppliers}.get(kind)
            if hit.term in _TOWARD and _slip(layout, segment):
                kind, board = "supplier", suppliers
            rank = 0
            if board is not None and hit.term in _PERSONS:
                body = _body(layout, segment)
                if body is not None:
                    board.add(body.text, weight, body, "label")
                    fenced[id(body)] = kind
                    rank = 1
            for line in blocks.announced(layout, segment, hit):
                if kind != "supplier":
                    fenced[id(line.segment)] = kind
                name = _first_piece(line.text)
                if kind == "delivery" and not rank and names.is_name(name) and not blocks.is_label(name):
                    clients.add(name, 0.9, line.segment, "delivery")
                    rank += 1
                if board is not None and rank < 2 and names.is_name(name) and not blocks.is_label(name):
                    board.add(name, weight - 1.4 * rank, line.segment, "label")
                    rank += 1


def _slip(layout: Layout, segment: Segment) -> bool:
    """Whether a line stands on the slip that is sent back with the money: there "to" is who is paid."""
    over = layout.rows[max(segment.row - 5, 0) : segment.row + 1]
    return 2 * segment.row > len(layout.rows) and any(row.page == segment.page and _REMITTANCE.search(row.folded) for row in over)


def _body(layout: Layout, segment: Segment) -> Segment | None:
    """The organisation over the line that says to whose attention in it a paper goes."""
    over = layout.above(segment, gap=1.6)
    if over is None or abs(over.x0 - segment.x0) > 2 * segment.height or blocks.is_label(over.text):
        return None
    return over if names.is_name(over.text) and not names.is_address(over.text) else None


def _unlabelled(text: str) -> str:
    """A name without the words that announce it ("Sold by Acme GmbH"); "" for what announces an amount, a day or a number."""
    plain = fold(text)
    for hit in labels("party").find(plain):
        rest = text[hit.end :].strip(" :-–")
        if not hit.start and " " in hit.term and rest and names.is_name(rest):
            return rest
    told = any(
        hit.start <= 1 for group in ("money", "date", "number") for hit in labels(group).find(plain) if hit.kind not in ("plain", "weak")
    )
    return "" if told and any(ch.isdigit() for ch in text) else text


def _first_piece(text: str) -> str:
    """Of "Acme GmbH, Ringstr. 4, 79098 Freiburg" the name."""
    pieces = re.split(r"\s*,\s+", text)
    return pieces[0] if len(pieces) > 1 and (any(map(names.is_address, pieces[1:])) or len(pieces) > 2) else text


def _stands_alone(segment: Segment, hit: Hit) -> bool:
    """A label begins its segment and is the whole of it, or a colon or a name follows. Short words want the colon."""
    before = segment.plain[: hit.start].strip(" *-#:.>([")
    after = segment.text[hit.end :].lstrip()
    if after[:2] in ("'s", "’s") or _NUMBERED.match(segment.folded[hit.end :]):
        return False
    if before and after.startswith(":") and names.is_title(before) and len(before.split()) < 5:
        return True  # "RELEVÉ DE COMPTE  Titulaire : X" where no gap was left
    if before and before not in ("votre", "notre", "your", "our", "l", "the", "le", "la"):
        return False
    if hit.term in ("a", "to", "from", "de", "aan", "doit", "for", "pour", "compte", "payer", "attention", "facture de"):
        return after.startswith(":") or not after
    return not after or after[0] in ":-/(*" or not (after[0].islower() or after[0].isdigit() or after.startswith(("N°", "n°", "No", "#")))


def _addressed(layout: Layout, suppliers: Board, clients: Board, fenced: dict[int, str], receipt: bool) -> None:
    """Address blocks: contact and registration lines under one speak for the issuer; a block that follows the sender's line, or
    stands in the window of the envelope, is the client's."""
    after_sender: Segment | None = None
    first = True
    for block in blocks.addresses(layout):
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
        if not follows:
            window = right and not block.marks and not block.registered and _something_left(layout, head)
            suppliers.add(name.text, weight + 0.4 * (first and after_sender is None and not window) - 0.7 * window, name, "block")
        first = False
        client = 1.0 + 1.2 * follows + 0.5 * right - 0.4 * block.marks - 0.9 * block.registered + 0.8 * civil
        clients.add(name.text, client, name, "block")


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
    for row in first[:14]:
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
            score -= 0.6 * names.civility(text) + 1.0 * names.is_generic(text)
            suppliers.add(text, score, segment, "header")
            rank += 1


_CARD = re.compile(
    r"\b(?:carte (?:bancaire|bleue|de credit)|card (?:payment|sale|slip)|kartenzahlung|tarjeta|carta di (?:credito|debito)|pinbon|betaalautomaat|"
    r"sans contact|contactless|kontaktlos|debit|credit|mastercard|visa|maestro|bancontact|girocard|amex|emv|cb|a\d{10,})\b"
)
_CARD_WORDS = frozenset(("", "ticket", "client", "ticket client", "sale", "purchase", "achat", "vente"))
"""What may be left of a line of a card slip that names no shop."""


def _ticket(layout: Layout, suppliers: Board, fenced: dict[int, str]) -> None:
    """A ticket's first lines: the shop's name, then its address and numbers."""
    rank = 0
    address = False
    previous = ""
    slip = any(_CARD.search(row.folded) for row in layout.rows[:4])
    dated = banked = False
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
            + 1.2 * formed
            + 0.3 * names.has_business_word(text)
            + 1.0 * bool(_REGISTERED.match(under))
            - 1.2 * (letters < 4)
            - 0.8 * names.is_generic(text)
        )
        suppliers.add(text, score, first, "ticket")
        if formed and previous and all(names.has_business_word(word) for word in names.significant(text)):
            suppliers.add(f"{previous} {text}", score + 0.6, first, "joined")
        previous = text
        rank += 1


def _legal(layout: Layout, suppliers: Board) -> None:
    """Legal lines: "X SAS au capital de ...", "Y GmbH, Amtsgericht ..."; or a company's name that stands over one."""
    for segment in layout.segments:
        match = _LEGAL.search(segment.folded)
        low = layout.depth(segment) > 0.7
        if match is None:
            if low and names.has_legal_form(segment.text) and names.is_name(segment.text):
                suppliers.add(segment.text, 1.0, segment, "legal")
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
                longer.readers |= entry.readers & _CORROBORATED
                entry.readers |= longer.readers & _CORROBORATED
    for key, gain in gained.items():
        board.found[key].score += gain


def _choose(suppliers: Board, clients: Board) -> Parties:
    result = Parties()
    told = {key for key, entry in clients.found.items() if "label" in entry.readers and entry.score >= 2.0}
    for key, entry in suppliers.found.items():
        if "label" not in entry.readers and any(key == other or (len(key) >= 5 and (key in other or other in key)) for other in told):
            entry.score -= 3.0
        entry.score += 0.3 * names.has_legal_form(entry.name)
    if any(entry.corroborated and entry.score > 1.5 for entry in suppliers.found.values()):
        for entry in suppliers.found.values():
            entry.score -= 0.8 if "block" in entry.readers and not entry.corroborated else 0.0
    _allies(suppliers)
    ranked = sorted(suppliers.found.items(), key=lambda item: -item[1].score)
    own = ""
    if ranked:
        own, result.supplier = ranked[0]
        rivals = [entry for key, entry in ranked[1:] if key not in own and own not in key]
        result.supplier_margin = result.supplier.score - (rivals[0].score if rivals else 0.0)
        result.rivals = [entry.name for entry in rivals[:3]]
    others = [entry for key, entry in clients.found.items() if not own or (key not in own and own not in key)]
    others.sort(key=lambda entry: -entry.score)
    if others:
        result.client = others[0]
        result.client_margin = others[0].score - (others[1].score if len(others) > 1 else 0.0)
    return result
