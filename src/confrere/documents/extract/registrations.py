"""Registration and bank numbers, and whose they are: VAT, SIREN, SIRET, IBAN."""

from __future__ import annotations

import re
from dataclasses import dataclass

from confrere.documents.extract import accounts, identifiers
from confrere.documents.extract.layout import Layout, Segment

_CLIENT = re.compile(
    r"(?:client|customer|buyer|acheteur|kunde|ihre|uw |klant|votre|your|nabywc|cliente|destinataire|recipient|purchaser|"
    r"bill to)[^.;|]{0,30}$"
)


@dataclass(slots=True)
class Number:
    """A registration number, where it stands, and whether its check digits are right (None: not known)."""

    value: str
    segment: Segment
    valid: bool | None
    score: float = 1.0


def read(layout: Layout, clients: list[Segment]) -> dict[str, Number]:
    """The issuer's numbers by field name: supplier_vat, supplier_siret, supplier_siren, iban; and client_vat where one is printed
    as the client's. ``clients`` are the segments of the client's blocks."""
    fenced = {id(segment) for segment in clients}
    found: dict[str, list[Number]] = {}
    for segment in layout.segments:
        for value, start in identifiers.vat_numbers(segment.text):
            valid = identifiers.vat_valid(value)
            found.setdefault("supplier_vat", []).append(Number(value, segment, valid, _weight(layout, segment, start, fenced, valid)))
        for value, start, valid in identifiers.sirens(segment.text):
            weight = _weight(layout, segment, start, fenced, valid)
            found.setdefault("supplier_siret" if len(value) == 14 else "supplier_siren", []).append(Number(value, segment, valid, weight))
    for value, segment, valid in accounts.read(layout):
        found.setdefault("iban", []).append(Number(value, segment, valid, _weight(layout, segment, 0, fenced, valid)))
    chosen = {field: max(numbers, key=lambda number: number.score) for field, numbers in found.items()}
    chosen = {field: number for field, number in chosen.items() if number.score > 0}
    theirs = [number for number in found.get("supplier_vat", ()) if number.score <= 0]
    if theirs and (not chosen.get("supplier_vat") or chosen["supplier_vat"].value != theirs[0].value):
        chosen["client_vat"] = Number(theirs[0].value, theirs[0].segment, theirs[0].valid, theirs[0].score + 2.0)
    _agree(chosen)
    return chosen


def _weight(layout: Layout, segment: Segment, start: int, fenced: set[int], valid: bool | None) -> float:
    weight = 1.0 + (0.5 if valid else 0.0) - (0.5 if valid is False else 0.0)
    before = segment.folded[:start] if start else segment.folded
    left = layout.left_of(segment)
    context = (left.folded + " " if left is not None and start < 4 else "") + before
    if id(segment) in fenced or _CLIENT.search(context):
        weight -= 2.0
    return weight


def _agree(chosen: dict[str, Number]) -> None:
    """A French VAT number ends in the SIREN, and a SIRET begins with it: numbers that agree prove one another."""
    vat, siret = chosen.get("supplier_vat"), chosen.get("supplier_siret")
    siren = chosen.get("supplier_siren")
    if siret is not None and siren is None and siret.valid:
        chosen["supplier_siren"] = Number(siret.value[:9], siret.segment, identifiers.luhn(siret.value[:9]), siret.score)
        siren = chosen["supplier_siren"]
    if vat is not None and siren is not None and vat.value.startswith("FR") and vat.value[4:] == siren.value[:9]:
        vat.score += 0.5
        siren.score += 0.5
