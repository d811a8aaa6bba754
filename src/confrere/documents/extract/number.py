"""The number a paper goes by."""

from __future__ import annotations

import re
from dataclasses import dataclass

from confrere.documents.extract import amounts, dates, identifiers
from confrere.documents.extract.labels import Hit, labels
from confrere.documents.extract.layout import Layout, Segment
from confrere.documents.extract.names import is_title
from confrere.documents.extract.text import compact

_GROUPS = re.compile(r"(?: ?/ ?(?:\d{1,6}|[A-Z])| [A-Z]{0,3}\d{2,6}){1,3}")
_TOKEN = re.compile(r"[^\W_][\w./\\-]*")
_OWN = {"quote": "quote", "contract": "contract", "statement": "statement"}
"""Groups of labels that name a paper of one type only; on a paper of another type they name another paper."""
_SHORT = frozenset(("ref", "reference", "no", "nr", "n°", "#", "numero", "number", "nummer", "document"))

_OTHERS = frozenset(
    [
        "license",
        "licence",
        "room",
        "chambre",
        "zimmer",
        "habitacion",
        "camera",
        "kamer",
        "table",
        "job",
        "folio",
        "permit",
        "plate",
        "unit",
        "suite",
        "apt",
        "flight",
        "vol",
        "seat",
        "ticket",
        "bond",
        "lot",
        "policy",
        "meter",
        "compteur",
        "contador",
        "contract",
        "contrat",
        "claim",
        "case",
        "member",
        "ein",
        "abn",
        "ticket",
        "car",
        "vehicle",
        "driver",
    ]
)
"""Words before "no" or "#" that make it the number of something else."""
_CREDIT = re.compile(
    r"avoir|credit|gutschrift|storno|korrektur|kreditnota|kreditfaktura|abono|rectificativ|creditnota|accredito|refund|rembours|anulaci"
)
"""What the number of a credit note is called; that of an invoice there is mostly the number of the invoice it credits."""
_CREDITED = re.compile(
    r"(?:\bsur|annul\w*|concern\w*|relat\w*|against|original\w*|votre|notre|our|your|zur?|rectif\w*|refund\w*|rembours\w*|correct\w*|corrig\w*|initial\w*|"
    r"applied to|cancel\w*|credit\w*|for|of|de|ref\w*|remplac\w*|replac\w*|betrifft|betreff\w*|bezug\w*|betreft)\W{0,3}(?:the |la |l'|votre |our |your |notre |de |of )*$"
)
_OF_ANOTHER = re.compile(r"\s*(?:d'origine|initiale?|liee|corrigee|creditee|originale?|rectifi\w+|annulee|credited|to credit|zugehorig)")
_OWN_LINE = re.compile(r"^\W{0,3}n\s?[°ro.]{0,2}[\s:]{0,3}(?P<n>[a-z]{0,4}[\w/-]*\d[\w/-]*)\s+(?:du|vom|of|dated|van|del|de fecha)\W{0,3}$")
"""A line near the top that is a number and its date: "N° 2026100 du 2 octobre 2026"."""


@dataclass(slots=True)
class Found:
    """A possible number with the weight of its evidence."""

    value: str
    score: float
    segment: Segment | None
    labelled: bool = False
    """Whether a label that can mean nothing else announces it."""
    count: int = 0
    """How often it is printed."""
    named: bool = False
    """Whether it stands in the file's name too."""


def read(layout: Layout, kind: str = "invoice", name: str = "") -> tuple[Found | None, float]:
    """The best number and how far it is ahead of the next. ``name`` is the file's name: a number that stands in it too is
    more likely."""
    best: dict[str, Found] = {}
    stem = compact(name.rsplit("/", 1)[-1].rsplit(".", 1)[0]) if name else ""
    for segment in layout.segments:
        hits = [hit for hit in labels("number", segment.ocr).find(segment.plain) if not _glued(segment, hit)]
        for place, hit in enumerate(hits):
            weight = _weight(segment, hit, hits, place, kind)
            if weight <= 0:
                continue
            following = hits[place + 1] if place + 1 < len(hits) else None
            if following is not None and following.kind == "weak" and following.start - hit.end <= 3:
                continue
            if weight < 2.0 and hit.term in _SHORT and _among_headings(layout, segment):
                weight = 2.0
            for value, where, factor in _values(layout, segment, hit, following.start if following else len(segment.text)):
                if re.fullmatch(r"\d{3} \d{3} \d{3}", value) and identifiers.luhn(value.replace(" ", "")):
                    continue  # a company's number, not a paper's
                score = weight * factor + _shape(value) + 0.5 * (1 - segment.row / max(len(layout.rows), 1))
                if stem and len(compact(value)) >= 3 and compact(value) in stem:
                    score += 1.0
                entry = best.setdefault(value, Found(value, score, where))
                entry.labelled |= hit.kind == "number"
                entry.named |= bool(stem) and len(compact(value)) >= 3 and compact(value) in stem
                entry.score = max(entry.score, score) + 0.3 * (entry.segment is not where)
        dated = next(iter(dates.find(segment)), None) if segment.row < 12 and not hits else None
        own = _OWN_LINE.match(segment.folded[: dated.start]) if dated is not None else None
        if own is not None:
            value = segment.text[own.start("n") : own.end("n")]
            best.setdefault(value, Found(value, 2.8, segment))
    ranked = sorted(best.values(), key=lambda found: -found.score)
    if not ranked:
        return None, 0.0
    ranked[0].count = layout.text.count(ranked[0].value)
    return ranked[0], ranked[0].score - (ranked[1].score if len(ranked) > 1 else 0.0)


def _among_headings(layout: Layout, segment: Segment) -> bool:
    """Whether a label stands in a row of headings of which another is that of a date."""
    row = layout.rows[segment.row]
    if any(ch.isdigit() for ch in row.text) or ":" in row.text:
        return False
    return any(
        hit.kind in ("date", "plain") and hit.term != "le" for part in row.segments for hit in labels("date", part.ocr).find(part.plain)
    )


def _glued(segment: Segment, hit: Hit) -> bool:
    """Whether the label is the head of a number itself ("INV/2024/8")."""
    return bool(re.match(r"[/_-]\w*\d", segment.text[hit.end :])) or segment.text[max(hit.start - 1, 0) : hit.start] in ("/", "_")


def _weight(segment: Segment, hit: Hit, hits: list[Hit], place: int, kind: str) -> float:
    """How much a label's own value counts for a paper of type ``kind``."""
    if hit.kind in ("quote", "contract", "statement"):
        return 3.0 if _OWN.get(kind) == hit.kind else 0.0
    if hit.kind == "other":
        return 0.0
    before, after = segment.folded[max(hit.start - 30, 0) : hit.start], segment.folded[hit.end :]
    if _OF_ANOTHER.match(after):
        return 0.0
    if kind == "credit-note" and re.search(r"factur|invoice|rechnung|fattura|faktura", hit.term) and not _CREDIT.search(hit.term):
        return 0.0 if _CREDITED.search(before) else 1.2 if hit.kind == "number" else 0.8
    if kind == "credit-note" and _CREDIT.search(hit.term):
        if hit.kind == "number":
            return 3.4
        if hit.start <= 2 and re.match(r"\W{0,3}[A-Za-z]{0,6}[-/ ]?\d", segment.text[hit.end :]):
            return 2.8
    if kind == "invoice" and hit.kind == "weak" and re.search(r"(?<![a-z])(?:avoir|credit note|gutschrift)(?![a-z])", before):
        return 0.5
    if hit.kind == "number":
        return 3.0 if kind not in ("contract", "statement") else 1.5
    if hit.term == "credit" and (kind != "credit-note" or hit.start > 2):
        return 0.0
    weight = 1.5
    if hit.term in _SHORT and hit.start and segment.folded[: hit.start].split()[-1].strip(".:") in _OTHERS:
        return 0.0
    if hit.term in _SHORT:
        titled = is_title(segment.text[: hit.start]) and hit.start < 40
        weight = 3.2 if titled else 1.1 - 0.6 * (segment.row > 25)
    elif re.match(r"\W{0,3}[A-Za-z]{0,6}[-/ ]?\d{2}", segment.text[hit.end :]) and hit.start <= 2:
        weight = 2.4
    if place and hits[place - 1].kind == "other" and hit.start - hits[place - 1].end <= 3:
        return 0.0
    if place and hits[place - 1].kind == "other" and hit.term in _SHORT:  # "your order of 2 March, no. 77"
        dated = [date for date in dates.find(segment) if hits[place - 1].end <= date.start and date.end <= hit.start]
        if dated and not re.search(r"\d", segment.text[hits[place - 1].end : dated[0].start] + segment.text[dated[-1].end : hit.start]):
            return 0.0
    return weight


def _values(layout: Layout, segment: Segment, hit: Hit, stop: int) -> list[tuple[str, Segment, float]]:
    own = segment.text[hit.end : max(stop, hit.end)]
    if own.strip(" :.#°-()") and not _is_heading(segment, hit):
        value = _first(own, segment, hit.end)
        return [(value, segment, 1.0)] if value else []
    right = layout.right_of(segment)
    if right:
        value = _first(right[0].text, right[0], 0)
        if value and not labels("number", right[0].ocr).find(right[0].plain[: max(right[0].text.find(value), 0)]):
            return [(value, right[0], 0.95)]
    for other in layout.below(segment, rows=2, gap=2.2):
        value = _first(other.text, other, 0)
        if value:
            return [(value, other, 0.85)]
        if not any(date.end - date.start >= len(other.text.strip()) - 1 for date in dates.find(other)):
            break  # only a date may stand between a title and its number
    return _under(layout, segment, hit)


def _is_heading(segment: Segment, hit: Hit) -> bool:
    """Whether a label stands in a row of headings that came out as running text: what follows it are labels of dates."""
    rest = segment.folded[hit.end :]
    if any(ch.isdigit() for ch in rest) or ":" in rest:
        return False
    return any(found.start <= 3 for found in labels("date", segment.ocr).find(rest))


def _under(layout: Layout, segment: Segment, hit: Hit) -> list[tuple[str, Segment, float]]:
    """Under a row of headings that came out as running text: the last number of the next rows that is neither date nor amount."""
    first = not segment.folded[: hit.start].strip()
    if (first and not _is_heading(segment, hit)) or ":" in segment.text:
        return []
    for other in layout.below(segment, rows=2, gap=2.2):
        text = other.text
        for date in reversed(dates.find(other)):
            text = text[: date.start] + " " * (date.end - date.start) + text[date.end :]
        found = [match.group().rstrip(".-/\\") for match in _TOKEN.finditer(text)]
        whole = [token for token in found if sum(map(str.isdigit, token)) > 1 + (not first) and not re.fullmatch(r"\d+[.,]\d{2}", token)]
        if len(whole) == 1 and (text.lstrip().startswith(whole[0]) if first else text.rstrip().endswith(whole[0])):
            return [(whole[0], other, 0.75)]
    return []


def _first(text: str, segment: Segment, offset: int) -> str:
    """The first token of ``text`` that may be a number of a paper: it holds a digit, and is neither date nor amount. A number
    in brackets straight after the label is a code of its kind."""
    text = re.sub(r"^(\s*)\((\d{1,3})\)", lambda match: " " * len(match.group()), text)
    spans = [(date.start - offset, date.end - offset) for date in dates.find(segment)]
    skipped = 0
    grouped = re.match(r"\W*(\d{1,3}(?: \d{3}){2,})(?!\d)", text)
    if grouped:
        return grouped[1]
    for match in _TOKEN.finditer(text):
        token = match.group().rstrip(".-/\\")
        inside = any(start < match.end() and match.start() < end for start, end in spans)
        coded = re.search(r"[A-Za-z].*\d|\d.*[A-Za-z]", token) or ("/" in token and token.count("/") != 2)
        if inside and not (coded and not re.fullmatch(r"\d\d?[A-Za-z]{3}\d{2,4}", token)):
            return ""
        if not any(ch.isdigit() for ch in token):
            skipped += 1
            following = re.match(r"[ ]?[-/]?[ ]?(\d[\w./-]*)", text[match.end() :])
            if re.fullmatch(r"[A-Z]{1,6}", token) and not (len(token) == 3 and token.lower() in amounts.SYMBOLS) and following:
                end = match.end() + following.end()
                rest = _GROUPS.fullmatch(text[end:].rstrip())
                return (token + text[match.end() : end] + (rest.group() if rest else "")).strip(" .-/")
            if skipped > 2:
                return ""
            continue
        if inside and any(start <= match.start() and match.start() + len(token) <= end for start, end in spans):
            return ""
        if (
            re.match(r"\d[\d.' ]*[.,]\d{2}(?![\w.,/-])", text[match.start() :])
            or len(token) > 32
            or re.match(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b", text[match.start() :])
        ):
            return ""  # an amount, or the first half of a British postcode
        if re.fullmatch(r"\d{1,2}[-/.][A-Za-z]{3,9}[-/.]\d{2,4}", token):
            return ""
        rest = _GROUPS.fullmatch(text[match.start() + len(token) :].rstrip())
        if rest and sum(map(str.isdigit, token)) >= (2 if "/" in rest.group() else 4):
            return token + rest.group()  # printed in groups
        return token
    return ""


def _shape(value: str) -> float:
    """How much a value looks like the number of a paper."""
    digits = sum(ch.isdigit() for ch in value)
    score = 0.2 if digits >= 3 else -0.2
    if re.search(r"[A-Za-z]", value) and digits >= 3:
        score += 0.3
    if re.fullmatch(r"(?:\+|0)\d{8,}", value):
        score -= 0.5
    return score
