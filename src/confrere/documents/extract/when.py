"""Which of the dates on a paper is its date, and which the day it falls due."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from confrere.documents.extract import dates, due
from confrere.documents.extract.dates import Date
from confrere.documents.extract.labels import Hit, labels
from confrere.documents.extract.layout import Layout, Segment

_TITLED = re.compile(
    r"(?<![a-z])(?:facture|avoir|nota (?:di|de) credito|creditnota|kreditnota|devis|invoice|[a-z]*rechnung|gutschrift|factuur|factura|fattura|faktura|quote|quotation|receipt|releve|"
    r"statement|contrat|note|credit note|pro forma|proforma)"
    r"\b.{0,40}?(?:\bdu|\bvom|\bvon|\bof|\bdated|\bvan|\bdel|\bde fecha|\bz dnia|\bdate|\ble|\bon)\W{0,3}$"
)
_ANOTHER = re.compile(
    r"(?:sur (?:la|le|votre|une)|objet|\bon your\b|\bre:|origin|initial|liee|relati|against|related|annul|concern|ref\.|commande|"
    r"order|bestell|devis n.*facture|livraison)"
)
_QUOTED = (
    r"\b(?:mandat|mandate|contrat|contract|agreement|engagement|devis|quot(?:e|ation)|estimate|angebot|offerte|presupuesto|preventivo)"
)
_ORDERED = (
    r"(?:\bcommande|\border(?:s?\b|ed\b)|buyer'?s order|bestell|\bpo\b|purchase order|ordine|pedido|livraison|"
    r"delivery note|lieferschein)"
)
_BILLED = (
    r"(?:\bsur|annul\w*|concern\w*|relativ\w*|against|original|votre|notre|\bour|your|\bzur?|suite|of|de la|rectif\w*)\W.{0,18}"
    r"(?:facture|invoice|rechnung|factuur|factura|fattura)"
)
_NEXT = r"\b(?:next|prochaine?s?|nachste\w*|volgende|proxim[oa]|prossim[oa])\b"
_OTHERS = {
    "invoice": re.compile(rf"(?:{_QUOTED}|{_ORDERED}|{_NEXT})[^;|]{{0,34}}$"),
    "receipt": re.compile(rf"(?:{_QUOTED}|{_NEXT})[^;|]{{0,34}}$"),
    "quote": re.compile(rf"(?:{_ORDERED}|{_NEXT})[^;|]{{0,34}}$"),
    "credit-note": re.compile(rf"(?:{_QUOTED}|{_ORDERED}|{_BILLED}|{_NEXT})[^;|]{{0,34}}$"),
}
"""Words of other papers, before a date of theirs."""
_CREDITED = re.compile(
    r"^(?!.*(?:avoir|credit|gutschrift|storno|korrektur|rectificativa|kreditnota|abono|accredito|\bdate|\bdatum|\bfecha|\bdata)\b).*"
    r"(?<![a-z])(?:factures?|invoices?|[a-z]*rechnung|factuur|factura|fattura|faktura)(?![a-z])[^.;]{0,40}$"
)
"""On a credit note, words before the date of the invoice that it credits."""
_NUMBERED = re.compile(r"^\W{0,3}n\s?[°ro.]{0,2}\s{0,2}[\w/-]*\d[\w/-]*\s+(?:du|vom|of|dated|van|del|de fecha)\W{0,3}$")
"""A line that is the paper's number and date: "N° 2026100 du 2 octobre 2026"."""
_RANGE = re.compile(r"\s*(?:[-–>→]{1,2}|au|a|to|through|until|bis|t/m|tot|al|do|ate|et le|and)(?:\s+(?:le|the))?\s*")
"""What stands between the two ends of a period."""
_COLLECTED = re.compile(
    r"(?:prelev\w*|debite\w*|debited|collect(?:ed)?|abgebucht|eingezogen|afgeschreven|geincasseerd|adeudar\w*|addebit\w*)(?![^\W_])[^.;:\d]{0,90}$"
)
_COLLECTED_BEFORE = re.compile(r"(?:dernier|last|previous|letzte|vorige|ultim)\w*\s[^.;]{0,60}$")
"""A sentence that tells when the money is taken, which may run over two lines."""
_SUM = re.compile(r"(?:\(s\))?[^a-z]*(?:eur|euros|chf|dh)?\W*")
_BY = re.compile(
    r"(?<![^\W_])(?:avant|pour|au plus tard|d'ici|jusqu'au|by|before|until|no later than|bis|vor|spatestens|voor|uiterlijk|tot|antes del?|hasta|entro|prima del|ate|"
    r"senest|senast|innan)\W{0,3}(?:le |the |zum |am |el |il |den |op |spatestens )*$"
)
_ON = re.compile(r"(?<![^\W_])(?:le|on|am|op|el|il|den|a compter du|a partir du)\W{0,3}(?:or (?:around|about|after) )?$")
_PAY = re.compile(
    r"(?<![^\W_])(?:pay(?:ments?|able|er|ez)?|paiements?|regler|reglez|reglements?|solde|virements?|virer|remit\w*|settle\w*|transfer|uberweis\w*|ueberweis\w*|zahl\w*|begleich\w*|"
    r"betal\w*|overmaken|over te maken|voldoen|pagar\w*|pago|abonar|pagament\w*|bonifico|saldare)(?![^\W_])"
)
_TAKEN = re.compile(
    r"(?<![^\W_])(?:sera preleve\w*|seront preleve\w*|prelevons|debiterons|will be (?:debited|collected|charged|taken)|take (?:your |the )?payment|will collect|abbuch\w*|abgebucht|buchen|einziehen|eingezogen|"
    r"afgeschreven|geincasseerd|incasseren|adeudar\w*|cargar\w*|addebit\w*)(?![^\W_])"
)
_THAT_IS = re.compile(r"[^\d;]{0,24}(?:soit|bis|until|by|i\.e\.|d\.h\.|also|zum|el|il|op|:|\(|-)[^\d;]{0,8}")
"""What stands between terms and the day they come to: "30 days, i.e. by ..."."""
_ARTICLES = frozenset(("le", "am", "the", "vom", "du", "au"))
_JOINS = ("/", "&", "+", "et", "and", "und", "en", "y", "e", "=", "(", ", ", ",")
_TOWN = re.compile(r"[^\W\d_][^\W\d_' .-]{1,24},\s*")
_CITY = re.compile(r"(?:^|\s\s|[a-z])[a-z' -]{2,30},?\s*(?:le|the|den|il|el|on)\s*$")


@dataclass(slots=True)
class Found:
    """One possible date with the weight of its evidence."""

    date: Date
    score: float
    kinds: set[str] = field(default_factory=set)
    count: int = 1
    """How often the day is printed."""


@dataclass(slots=True)
class When:
    """The dates chosen; ``margin`` is how far ahead of the next one the date is."""

    date: Found | None = None
    due: Found | None = None
    margin: float = 0.0
    rivals: list[str] = field(default_factory=list)


def read(layout: Layout, kind: str = "invoice", *, month_first: bool = False) -> When:
    """Find the date and the due date of a paper of type ``kind``: a quote falls due when it stops being valid. ``month_first`` is the
    person's own convention, for a document that tells nothing of its own."""
    quote = kind == "quote"
    led = dates.american(layout, month_first)
    result = _choose(layout, _found(layout, kind, led), quote)
    if _turned(result):
        other = _choose(layout, _found(layout, kind, not led), quote)
        if other.date is not None and other.due is not None and 0 <= (other.due.date.value - other.date.date.value).days <= _LONGEST:
            result = other
    if result.date is not None and result.due is None and kind == "invoice":
        result.due = _reckoned(layout, result)
    return result


_LONGEST = 120
"""Days that a paper is usually given at most to be paid."""


def _turned(result: When) -> bool:
    """Whether day and month seem to have changed places: it falls due before its date, or long after, and could be read otherwise."""
    if result.date is None or result.due is None or (result.date.date.swapped is None and result.due.date.swapped is None):
        return False
    return not 0 <= (result.due.date.value - result.date.date.value).days <= _LONGEST


def _reckoned(layout: Layout, result: When) -> Found | None:
    """The due date by the terms stated, as sure as the date it is counted from."""
    if result.date is None:
        return None
    stated = due.reckon(layout, result.date.date.value)
    if stated is None:
        return None
    printed = next((date for date in dates.find(stated.segment) if 0 <= date.start - stated.end < 30), None)
    if printed is not None and _THAT_IS.fullmatch(stated.segment.folded[stated.end : printed.start]):
        return Found(printed, 3.0, {"due"})
    sure = "date" in result.date.kinds and result.margin >= 0.8
    return Found(Date(stated.value, stated.segment, stated.start, stated.end), stated.score if sure else 1.0, {"due"})


def _found(layout: Layout, kind: str, led: bool) -> list[tuple[Date, str, float]]:
    """Every date of a paper with what it is announced as, and how clearly."""
    by_segment = {id(s): dates.find(s, led) for s in layout.segments}
    dates.agree([date for group in by_segment.values() for date in group])
    found: list[tuple[Date, str, float]] = []
    others = _OTHERS.get(kind, _OTHERS["invoice"])
    for segment in layout.segments:
        for date in by_segment[id(segment)]:
            role, weight = _announced(layout, segment, date, by_segment, others)
            if kind == "credit-note" and role == "date" and weight < 3.0 and _CREDITED.search(segment.folded[: date.start]):
                role, weight = "other", 2.0
            if role in ("none", "other", "valid") or (role == "date" and weight < 2.0):
                role, weight = _ranged(segment, date, by_segment, role, weight)
            found.append((date, role, weight))
    return found


def _ranged(segment: Segment, date: Date, by_segment: dict[int, list[Date]], role: str, weight: float) -> tuple[str, float]:
    """An end of a period is no date of the paper."""
    mine = by_segment[id(segment)]
    place = mine.index(date)
    for first, second in ((place - 1, place), (place, place + 1)):
        if first < 0 or second >= len(mine):
            continue
        if mine[first].value < mine[second].value and _RANGE.fullmatch(segment.folded[mine[first].end : mine[second].start]):
            return "other", 2.0
    return role, weight


def _announced(
    layout: Layout, segment: Segment, date: Date, by_segment: dict[int, list[Date]], others: re.Pattern[str]
) -> tuple[str, float]:
    """What a date is announced as: by the words before it, to its left, or over it. ``others`` are words for papers of other types."""
    before = segment.plain[: date.start]
    previous = [other.end for other in by_segment[id(segment)] if other.end <= date.start]
    if previous:
        before = " " * previous[-1] + before[previous[-1] :]
    said = segment.folded[: date.start]
    if others.search(said):
        return "other", 2.0
    lead = _lead(layout, segment) + said
    if _COLLECTED.search(lead) and not _COLLECTED_BEFORE.search(lead) and not previous:
        return "due", 2.6
    if (role := _asked(segment, date, said, lead)) is not None and not previous:
        return role, 2.6
    if _NUMBERED.search(said) and segment.row < 12:
        return "date", 2.6
    hits = labels("date", segment.ocr).find(before)
    if _TITLED.search(said) and not previous and not _ANOTHER.search(said) and not (hits and hits[-1].kind == "due"):
        return "date", 2.6
    if hits:
        leading = _leading(hits, before)
        if leading.term in _ARTICLES and not before[: leading.start].strip() and _falls_due_over(layout, segment, by_segment):
            return "due", 2.4
        return _strength(leading, before, 1.0)
    if _TOWN.fullmatch(said) and segment.page == 0 and 2 * segment.row < len(layout.rows):
        return "date", 1.8
    if before.strip(" :.-\"'(") and len(before.strip()) > 2 and any(ch.isalpha() for ch in before):
        return _headed(layout, segment, date, by_segment) or ("none", 0.2)
    row = layout.rows[segment.row].segments
    for left in reversed(row[: row.index(segment)]):
        hits = [hit for hit in labels("date", left.ocr).find(left.plain) if not re.match(r"[/_-]\w*\d", left.text[hit.end :])]
        if _TITLED.search(left.folded + " ") and not _ANOTHER.search(left.folded):
            return "date", 2.4
        if hits:
            return _strength(_leading(hits, left.plain), left.plain, 0.95)
        if by_segment[id(left)] or sum(ch.isalpha() for ch in left.text) > 2:
            break
    over = layout.above(segment, gap=2.2)
    steps = 0
    while over is not None and steps < 2:
        hits = labels("date", over.ocr).find(over.plain)
        ordered = _headed(layout, segment, date, by_segment) if len(hits) > 1 else None
        if ordered is not None:
            return ordered
        if hits and not by_segment[id(over)]:
            neighbour = layout.left_of(over)
            if (
                neighbour is not None
                and (hits[-1].kind == "plain" or hits[-1].term in ("dated", "date"))
                and others.search(neighbour.folded + " ")
            ):
                return "other", 2.0
            if _listed(layout, segment, by_segment):
                return "other", 1.0
            return _strength(_leading(hits, over.plain), over.plain, 0.85)
        if not by_segment[id(over)]:
            break
        over = layout.above(over, gap=2.2)
        steps += 1
    return "none", 0.3


def _asked(segment: Segment, date: Date, said: str, lead: str) -> str | None:
    """ "due" where a sentence asks for the money by a day, or tells that it will be taken on it."""
    sentence = re.split(r"[.;](?=\s)", lead)[-1] + " " + re.split(r"[.;](?=\s|$)", segment.folded[date.end :])[0]
    if len(sentence.split()) < 3 or _COLLECTED_BEFORE.search(lead):
        return None
    if (_BY.search(said) and _PAY.search(sentence)) or (_ON.search(said) and _TAKEN.search(sentence)):
        return "due"
    return None


def _lead(layout: Layout, segment: Segment) -> str:
    """The end of the line before, for a sentence that runs on to this one."""
    over = layout.above(segment, gap=1.2)
    if over is None or layout.left_of(segment) is not None or len(over.text) < 24:
        return ""
    return over.folded[-90:] + " "


def _falls_due_over(layout: Layout, segment: Segment, by_segment: dict[int, list[Date]]) -> bool:
    """Whether "le 2 janvier" ends what stands over it: "montant prélevé", an amount, then the day."""
    over = layout.above(segment, gap=2.2)
    for _ in range(2):
        if over is None or by_segment[id(over)]:
            return False
        hits = labels("date", over.ocr).find(over.plain)
        if hits:
            return hits[-1].kind == "due" and not over.plain[hits[-1].end :].strip(" :.")
        if sum(ch.isalpha() for ch in over.text) > 4:
            return False
        over = layout.above(over, gap=2.2)
    return False


def _headed(layout: Layout, segment: Segment, date: Date, by_segment: dict[int, list[Date]]) -> tuple[str, float] | None:
    """What a row of headings over a row of values announces a date as, where both came out as running text: as many labels of dates
    as dates under them, in the same order."""
    for row in reversed(layout.rows[max(segment.row - 2, 0) : segment.row]):
        hits = [hit for part in row.segments for hit in _apart(labels("date", part.ocr).find(part.plain), part.plain)]
        if row.page != segment.page or any(by_segment[id(part)] for part in row.segments) or not hits:
            continue
        if ":" in row.text or sum(ch.isdigit() for ch in row.text) > 2 or len(row.text.split()) > 14:
            return None
        under = [other for line in layout.rows[row.index + 1 : row.index + 3] for part in line.segments for other in by_segment[id(part)]]
        if len(under) != len(hits) or date not in under:
            return None
        hit = hits[under.index(date)]
        return _strength(hit, row.plain[: hit.end], 0.8)
    return None


def _apart(hits: list[Hit], text: str) -> list[Hit]:
    """Labels of separate columns: an article or a word of the label before it is none."""
    return [
        hit
        for place, hit in enumerate(hits)
        if (hit.term not in _ARTICLES or (place == 0 and not text[: hit.start].strip()))
        and not re.search(r"(?:amount|total|balance|montant|solde)\s+$", text[: hit.start])
    ]


def _listed(layout: Layout, segment: Segment, by_segment: dict[int, list[Date]]) -> bool:
    """Whether a date is one of several in a column with amounts: a list of other papers, movements or deliveries."""
    near = [*list(layout.below(segment, rows=2, gap=2.0))[:1], layout.above(segment, gap=2.0)]
    return any(
        other is not None
        and by_segment[id(other)]
        and abs(other.x0 - segment.x0) < 2 * segment.height
        and re.search(r"\d[.,]\d\d(?!\d)", layout.rows[other.row].text[-14:])
        for other in near
    )


def _leading(hits: list[Hit], text: str) -> Hit:
    """The label nearest to the date; of labels that share it ("Invoice date / delivery date") the one of the paper's own date."""
    last = hits[-1]
    if len(hits) > 1 and last.term in _ARTICLES and not text[hits[-2].end : last.start].strip(" :.-("):
        return _leading(hits[:-1], text[: last.start])
    if len(hits) > 1 and last.term == "au" and hits[-2].kind == "due" and _SUM.fullmatch(text[hits[-2].end : last.start]):
        return hits[-2]
    for hit in hits[:-1]:
        between = text[hit.end : last.start].strip()
        if re.search(r"\d\s?(?:jours|days|tage|dagen|dias|giorni|gg)\W{0,3}$", text[: hit.start]):
            continue  # "30 jours date de facture" are terms
        if hit.kind == "date" and last.kind != "date" and between in _JOINS and hit.end < last.start:
            return hit
    return last


def _strength(hit: Hit, text: str, factor: float) -> tuple[str, float]:
    rest = text[hit.end :].strip(" :.-()=#/'\"")
    far = 0.6 if len(rest) > 12 else 1.0
    if hit.kind == "plain":
        if hit.term in ("le", "am", "the", "dt", "vom"):
            return ("date", 1.6 * factor * far) if _CITY.search(text[: hit.end]) or not text[: hit.start].strip() else ("none", 0.5)
        return "date", 2.5 * factor * far
    return hit.kind, {"date": 3.0, "due": 3.0, "other": 2.5, "valid": 2.5}[hit.kind] * factor * far


def stands_alone(date: Date) -> bool:
    """Whether a segment is the date and nothing else, or a town and the date."""
    rest = date.segment.folded[: date.start] + date.segment.folded[date.end :]
    return not any(ch.isalpha() for ch in rest) or bool(re.fullmatch(r"[^\W\d_][\w' .-]{2,24},\s*", rest))


def _choose(layout: Layout, found: list[tuple[Date, str, float]], quote: bool) -> When:
    result = When()
    if not found:
        return result
    today = dt.date.today()
    by_value: dict[dt.date, Found] = {}
    due: dict[dt.date, Found] = {}
    rows = max(len(layout.rows) - 1, 1)
    counts: dict[dt.date, int] = {}
    for date, kind, weight in found:
        counts[date.value] = counts.get(date.value, 0) + 1
        if kind == "due" or (kind == "valid" and quote):
            entry = due.setdefault(date.value, Found(date, 0.0))
            entry.score = max(entry.score, weight)
        top = 0.6 * (1 - date.segment.row / rows) * (1 if date.segment.page == 0 else 0)
        score = {"date": weight, "none": weight, "due": -0.6, "other": -0.3, "valid": -0.6}[kind] + top
        score += 0.7 * date.clock
        if kind == "none" and date.segment.page == 0 and stands_alone(date):
            score += 0.5
        if date.value > today + dt.timedelta(days=31):
            score -= 1.5
        if date.value.year < 1990:
            score -= 2.0
        entry = by_value.setdefault(date.value, Found(date, -9.0))
        entry.kinds.add(kind)
        if score > entry.score:
            entry.score, entry.date = score, date
    for value, entry in by_value.items():
        entry.score += 0.15 * min(counts[value] - 1, 3)
        entry.count = counts[value]
    ranked = sorted(by_value.values(), key=lambda entry: (-entry.score, entry.date.segment.row))
    result.date = ranked[0]
    if due:
        result.due = max(due.values(), key=lambda entry: entry.score)
        first = ranked[0].date.value
        later = [entry for entry in due.values() if entry.date.value >= first]
        if later and result.due.date.value < first:
            result.due = max(later, key=lambda entry: entry.score)
    result.margin = ranked[0].score - (ranked[1].score if len(ranked) > 1 else -0.5)
    open_ = [entry for entry in ranked[1:] if "none" in entry.kinds and not entry.kinds & {"due", "other", "valid"} and entry.score > 0.2]
    if open_ and "date" not in ranked[0].kinds and not ranked[0].date.clock:
        result.margin = min(result.margin, 0.3)  # nothing but its place tells this date from another
    result.rivals = [entry.date.iso for entry in ranked[1:4]]
    return result
