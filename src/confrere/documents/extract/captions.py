"""The names that party labels announce: "Bill to", "Sold by", "Titulaire du compte"."""

from __future__ import annotations

import re

from confrere.documents.extract import blocks, issuer, names
from confrere.documents.extract.board import Board
from confrere.documents.extract.labels import Hit, labels
from confrere.documents.extract.layout import Layout, Segment

_JOURNEY = frozenset(("from", "to", "de", "a", "destination"))
"""Labels that on a ticket tell of a journey."""
_NUMBERED = re.compile(r"\W{0,3}(?:(?:customer|client|party|account)\s)?(?:no|nr|n°|id|number|ref(?:erence)?|code|vat)\b\.?")
"""What makes a party's label the label of its number."""
_PERSONS = frozenset(("attention", "attn", "a l'attention de"))
"""Labels of the person in an organisation: its name may stand over them."""
_HANDS = frozenset(("provider", "prepared by", "merchant", "contractor", "entrepreneur"))
"""Labels of whoever did the work, which is often a person in the issuer's service."""
_SOLD = frozenset(("sold by", "vendu par", "vendu et expedie par", "sold and shipped by", "sold & shipped by", "verkauft von", "verkauf durch",
     "vendido por", "venduto da", "verkocht door", "beneficiaire des versements"))  # fmt: skip
"""Labels of the seller on the paper of a marketplace."""
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


def read(layout: Layout, suppliers: Board, clients: Board, fenced: dict[int, str], receipt: bool, statement: bool) -> None:
    for segment in layout.segments:
        for hit in labels("party", segment.ocr).find(segment.plain):
            if hit.start > 3 and hit.term in _ACCOUNTS and (held := _HELD.match(segment.text[hit.end :])) and not statement:
                suppliers.add(held[1], 2.4, segment, "label")
                continue
            if _heads_table(layout, segment):
                continue
            if not _stands_alone(segment, hit) or (receipt and hit.term in _JOURNEY):
                continue
            weight = 1.6 if hit.term in _HANDS else 2.4 if hit.term in _WEAK_LABELS else 4.5 if hit.term in _SOLD else 3.0
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
            for line in _organisation_first(blocks.announced(layout, segment, hit)):
                if kind != "supplier":
                    fenced[id(line.segment)] = kind
                name = _first_piece(line.text)
                if kind == "delivery" and not rank and names.is_name(name) and not blocks.is_label(name):
                    clients.add(name, 0.9, line.segment, "delivery")
                    rank += 1
                if board is not None and rank < 2 and names.is_name(name) and not blocks.is_label(name):
                    board.add(name, weight - 1.4 * rank, line.segment, "label")
                    rank += 1


def _heads_table(layout: Layout, segment: Segment) -> bool:
    """Whether a label is one of the headings of a table of what is sold or carried."""
    row = layout.rows[segment.row]
    return len(row.segments) > 3 and len({hit.kind for hit in labels("column", segment.ocr).find(row.plain)}) > 1


def _organisation_first(lines: list[blocks.Line]) -> list[blocks.Line]:
    """The lines of a party with the organisation before the person in it who is written to, where it stands under that person."""
    if (
        len(lines) < 2
        or not blocks.is_person(lines[0].text)
        or names.has_business_word(lines[0].text)
        or names.has_legal_form(lines[0].text)
    ):
        return lines
    under = lines[1].text
    telling = names.has_legal_form(under) or (names.has_business_word(under) and not names.is_generic(under))
    return [lines[1], lines[0], *lines[2:]] if telling and names.is_name(under) and not names.is_address(under) else lines


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
