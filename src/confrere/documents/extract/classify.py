"""What type of paper a document is."""

from __future__ import annotations

import math
import re
from functools import cache

from confrere.documents.extract.layout import Layout
from confrere.documents.extract.text import fold, pattern
from confrere.documents.extract.vocabulary import table
from confrere.documents.model import Document

_BY_KIND = {
    "eml": "mail", "msg": "mail", "mbox": "mail", "vtt": "transcript", "srt": "transcript", "pptx": "presentation",
    "ppt": "presentation", "odp": "presentation", "xlsx": "spreadsheet", "xls": "spreadsheet", "xlsb": "spreadsheet",
    "ods": "spreadsheet", "csv": "spreadsheet", "tsv": "spreadsheet", "ics": "other", "vcf": "other", "zip": "other",
    "tar": "other", "audio": "other", "video": "other", "json": "other", "yaml": "other",
}  # fmt: skip
_TURN = re.compile(
    r"^\s*(?:\[?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?\]?\s*[-–]?\s*)?(?:<v [^>]+>|"
    r"[A-ZÀ-Ý][\w.'’ -]{0,38}\s?(?:\(\d[\d:]+\))?\s?:\s)",
    re.M,
)
_TIME = re.compile(r"[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])]?\s*[-–]?")
_NAME_HINTS = (
    ("invoice", r"facture|invoice|rechnung|factuur|\bfac[_-]?\d|\binv[_-]?\d"),
    ("credit-note", r"avoir|credit.?note|gutschrift"),
    ("quote", r"devis|quote|quotation|angebot|estimate"),
    ("receipt", r"ticket|receipt|\brecu\b"),
    ("contract", r"contrat|contract|\bbail\b|agreement|\bnda\b"),
    ("statement", r"releve|statement|kontoauszug"),
    ("cv", r"\bcv\b|resume|curriculum"),
    ("minutes", r"compte.?rendu|\bcr[_ -]|\bpv[_ -]|minutes"),
    ("letter", r"lettre|courrier|letter"),
    ("transcript", r"transcript"),
    ("identity", r"passeport|passport|\bcni\b|identite"),
)


_BILL = re.compile(r"\b(?:invoice|bill(?:ing)?|facture|rechnung|factura|fattura|factuur)\b")
"""Words that make a statement one of what is to be paid."""


_NO_BILL = re.compile(
    r"n'est pas une facture|ne (?:constitue|vaut) pas (?:une )?facture|(?:is not|not) an? (?:invoice|bill)\b|"
    r"keine rechnung|geen factuur|no es una factura|non e una fattura|facture pro ?forma|pro[ -]?forma invoice|proformarechnung"
)
"""A paper that says itself that it is no bill."""
_OWNED = re.compile(
    r"^(?:votre|notre|your|ihre?|uw|vos|my|mon|ma|information|interim|final|hotel|guest|original|duplicate|electronic|online) "
)


@cache
def _vocabulary() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    return {kind: (re.compile(pattern(entry["title"])), re.compile(pattern(entry["words"]))) for kind, entry in table("types").items()}


def classify(document: Document, layout: Layout, name: str = "") -> tuple[str, float]:
    """The type of a document and a confidence in [0, 1]. ``name`` (the file's) is only a hint."""
    fixed = _BY_KIND.get(document.kind)
    if fixed in ("mail", "transcript", "presentation", "other"):
        return fixed, 0.99
    if not layout.rows:
        return ("image", 0.9) if document.kind == "image" else ("other", 0.6)
    scores = _scores(document, layout, name)
    best = max(scores, key=lambda kind: scores[kind])
    if fixed == "spreadsheet" and best == "statement" and scores[best] >= 1.7:
        return "statement", 0.8
    if fixed == "spreadsheet" and (scores[best] < 6 or best not in ("invoice", "quote", "credit-note")):
        return "spreadsheet", 0.97
    if scores[best] < 1.6:
        return ("image", 0.7) if document.kind == "image" and len(layout.text) < 80 else ("other", 0.6)
    rest = [score for kind, score in scores.items() if kind != best]
    return best, _share(scores[best], max(rest))


def title(layout: Layout) -> tuple[str, bool]:
    """The type whose title stands at the head of a page, and whether it stands there alone; ("", False) where there is none."""
    head = layout.rows[: max(14, min(30, len(layout.rows) // 4))]
    for row in head:
        for segment in row.segments:
            plain = re.sub(r"^[\W_]+", "", segment.folded)
            found = [(match.end(), kind) for kind, (heading, _) in _vocabulary().items() if (match := heading.match(plain))]
            if found:
                end, kind = max(found)
                return kind, len(plain) - end < 4 or bool(re.match(r"\W*(?:n|#|\d|no|nr|[a-z/-]{0,8}\d)", plain[end:]))
    return "", False


def _share(best: float, rival: float) -> float:
    """From the lead of the best over its rival to a confidence."""
    return round(min(0.99, 1 / (1 + math.exp(-(0.9 * (best - rival) + 0.25 * (best - 2))))), 3)


def _scores(document: Document, layout: Layout, name: str) -> dict[str, float]:
    text = layout.folded
    scores: dict[str, float] = {}
    head = layout.rows[: max(14, min(30, len(layout.rows) // 4))]
    for kind, (title, words) in _vocabulary().items():
        score = 0.0
        for place, row in enumerate(head):
            for segment in row.segments:
                plain = _heading(title, segment.folded)
                found = title.match(plain)
                if found is None or (kind == "statement" and _BILL.search(segment.folded)):
                    continue
                alone = len(plain) - found.end() < 4 or bool(re.match(r"\W*(?:n|#|\d|du|of|vom|date|[a-z/-]{0,8}\d)", plain[found.end() :]))
                if kind == "other" and (len(plain) - found.end() >= 4 and place > 2):
                    continue  # "Purchase order no." is a label on many papers
                large = segment.height > 1.25 * _usual(layout)
                score = max(score, (3.2 if alone else 1.6) + 0.8 * large - 0.03 * place)
        distinct = {match.group() for match in words.finditer(text)}
        scores[kind] = score + min(3.6, 0.45 * len(distinct))
    scores["transcript"] = _turns(document, text)
    _adjust(scores, layout, text)
    stem = fold(name.rsplit("/", 1)[-1])
    for kind, regex in _NAME_HINTS:
        if stem and re.search(regex, stem):
            scores[kind] += 1.2
    return scores


def _heading(title: re.Pattern[str], folded: str) -> str:
    """Where a title may begin in a line: at its head, after "your", or in the last part of "DÉCOMPTE DE FRAIS - FACTURE"."""
    plain = re.sub(r"^[\W_]+", "", folded)
    last = plain.rsplit(" - ", 1)[-1].strip()
    if last != plain and len(plain) < 50 and title.fullmatch(last):
        return last
    if title.match(plain):
        return plain
    return _OWNED.sub("", plain)


def _usual(layout: Layout) -> float:
    heights = sorted(segment.height for row in layout.rows[:60] for segment in row.segments)
    return heights[len(heights) // 2] if heights else 1.0


def _turns(document: Document, text: str) -> float:
    """Speaker turns: many lines that begin with one of a few names and a colon."""
    lines = [line for line in document.text.splitlines() if line.strip()]
    if len(lines) < 6:
        return 0.0
    speakers = [_TIME.sub("", match.group()).strip(" :").lower() for line in lines if (match := _TURN.match(line))]
    few = len(set(speakers)) <= max(2, len(speakers) // 2)
    share = len(speakers) / len(lines)
    return 7.0 * share + 1.0 if share > 0.35 and len(speakers) >= 5 and few and len(set(speakers)) >= 2 else 0.0


def _adjust(scores: dict[str, float], layout: Layout, text: str) -> None:
    """What the shape of a paper says."""
    money = len(re.findall(r"\d[.,]\d{2}(?!\d)", text)) or len(re.findall(r"(?<![\d.,])\d{1,3}[.,]\d{3}(?![\d.,])", text))
    sheet = layout.sheets[0]
    narrow = sheet.height > 1.7 * sheet.width > 0 if sheet.boxed else max(len(row.text) for row in layout.rows) <= 52
    if money >= 3 and (sheet.ocr or not sheet.boxed or narrow):
        clock = bool(re.search(r"\d[/.-]\d\d[/.-]\d{2,4}\D{1,8}[0-2]?\d\s?[:h]\s?[0-5]\d(?!\d)", text))
        scores["receipt"] += 0.8 * narrow + 0.5 * sheet.ocr + 1.3 * (clock and (narrow or sheet.ocr))
        scores["invoice"] -= 1.0 * (clock and narrow)
        if re.search(r"(?:cash|change|rendu|cashier|especes|ticket|caisse|rounding)", text):
            scores["receipt"] += 1.5 + 1.0 * sheet.ocr
    if money < 2:
        for kind in ("invoice", "receipt", "quote", "credit-note", "statement"):
            scores[kind] -= 1.5 if not money or scores[kind] < 1.6 else 0.5
    if re.search(
        r"(?:patient|billing|customer) statement|statement ?/ ?(?:invoice|bill)|invoice ?/ ?statement|\bamount due\b|montant a payer|"
        r"\b(?:current|new) charges\b",
        text,
    ) and not re.search(r"(?:opening|closing|new) balance|(?:ancien|nouveau) solde|minimum payment|withdrawals", text):
        scores["statement"] -= 2.5
        scores["invoice"] += 1.0 if scores["invoice"] > 0.8 else 0.0
    if _NO_BILL.search(text):
        scores["invoice"] -= 3.0
        scores["quote"] += 2.0 if scores["quote"] >= 0.4 else 0.0
    if scores["credit-note"] > 3 and scores["invoice"] > 0:
        scores["invoice"] -= 0.8
    if scores["quote"] >= 3.2:
        scores["invoice"] -= 1.2
    if re.search(r"(?:p|id|i)<[a-z]{3}[a-z<]{5,}", text.replace(" ", "")):
        scores["identity"] += 4.0
    if len(text) > 6000 and money < 12:
        scores["receipt"] -= 2.0
    if money > 2:
        scores["letter"] -= 0.6
