"""The number a paper goes by."""

from __future__ import annotations

import re
from dataclasses import dataclass

from confrere.documents.extract import dates
from confrere.documents.extract.labels import Hit, labels
from confrere.documents.extract.layout import Layout, Segment
from confrere.documents.extract.text import compact

_VALUE = re.compile(r"[^\W_][\w./#\\-]*(?:[ ](?:[-/]\s?)?[\w./-]*\d[\w./-]*)?")
_TOKEN = re.compile(r"[^\W_][\w./\\-]*")


@dataclass(slots=True)
class Found:
    """A possible number with the weight of its evidence."""

    value: str
    score: float
    segment: Segment | None


def read(layout: Layout, kind: str = "invoice", name: str = "") -> tuple[Found | None, float]:
    """The best number and how far it is ahead of the next. ``name`` is the file's name: a number that stands in it too is
    more likely."""
    best: dict[str, Found] = {}
    stem = compact(name.rsplit("/", 1)[-1].rsplit(".", 1)[0]) if name else ""
    for segment in layout.segments:
        hits = labels("number", segment.ocr).find(segment.plain)
        for place, hit in enumerate(hits):
            if hit.kind == "other":
                continue
            stop = hits[place + 1].start if place + 1 < len(hits) else len(segment.text)
            if place + 1 < len(hits) and hits[place + 1].kind == "weak" and hits[place + 1].start - hit.end <= 3:
                continue
            for value, where, factor in _values(layout, segment, hit, stop):
                weight = (3.0 if hit.kind == "number" else 1.5) * factor
                weight += _shape(value) + 0.5 * (1 - segment.row / max(len(layout.rows), 1))
                if hit.kind == "weak" and hit.term in ("ref", "reference", "no", "nr", "n°", "#", "numero", "number", "nummer"):
                    weight -= 0.4 + (0.6 if segment.row > 25 else 0)
                if stem and len(compact(value)) >= 3 and compact(value) in stem:
                    weight += 1.0
                entry = best.get(value)
                if entry is None:
                    best[value] = Found(value, weight, where)
                else:
                    entry.score = max(entry.score, weight) + 0.3
    ranked = sorted(best.values(), key=lambda found: -found.score)
    if not ranked:
        return None, 0.0
    return ranked[0], ranked[0].score - (ranked[1].score if len(ranked) > 1 else 0.0)


def _values(layout: Layout, segment: Segment, hit: Hit, stop: int) -> list[tuple[str, Segment, float]]:
    own = segment.text[hit.end : max(stop, hit.end)]
    if own.strip(" :.#°-"):
        value = _first(own, segment, hit.end)
        return [(value, segment, 1.0)] if value else []
    right = layout.right_of(segment)
    if right:
        value = _first(right[0].text, right[0], 0)
        if value and not labels("number", right[0].ocr).find(right[0].plain[: max(right[0].text.find(value), 0)]):
            return [(value, right[0], 0.95)]
    for other in layout.below(segment, rows=1, gap=2.2):
        value = _first(other.text, other, 0)
        if value:
            return [(value, other, 0.85)]
    return []


def _first(text: str, segment: Segment, offset: int) -> str:
    """The first token of ``text`` that may be a number of a paper: it holds a digit, and is neither date nor amount."""
    spans = [(date.start - offset, date.end - offset) for date in dates.find(segment)]
    skipped = 0
    for match in _TOKEN.finditer(text):
        token = match.group().rstrip(".-/\\")
        inside = any(start < match.end() and match.start() < end for start, end in spans)
        looks_like_id = re.search(r"[A-Za-z].*\d|\d.*[A-Za-z]", token) or "/" in token and token.count("/") != 2
        if inside and not (looks_like_id and not re.fullmatch(r"\d\d?[A-Za-z]{3}\d{2,4}", token)):
            return ""
        if not any(ch.isdigit() for ch in token):
            skipped += 1
            if re.fullmatch(r"[A-Z]{1,6}", token) and match.end() < len(text):
                following = re.match(r"[ ]?[-/]?[ ]?(\d[\w./-]*)", text[match.end() :])
                if following:
                    return (token + text[match.end() : match.end() + following.end()]).strip(" .-/")
            if skipped > 2:
                return ""
            continue
        if re.fullmatch(r"\d+[.,]\d{2}", token) or len(token) > 32:
            return ""
        return token
    return ""


def _shape(value: str) -> float:
    """How much a value looks like the number of a paper."""
    digits = sum(ch.isdigit() for ch in value)
    if digits == 0:
        return -2.0
    score = 0.2 if digits >= 3 else -0.2
    if re.search(r"[A-Za-z]", value) and digits >= 3:
        score += 0.3
    if re.fullmatch(r"(?:\+|0)\d{8,}", value):
        score -= 0.5
    return score
