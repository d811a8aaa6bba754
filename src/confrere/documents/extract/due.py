"""The day a paper falls due where it prints none: counted from its date by the terms it states ("30 days net", "30 jours fin de mois")."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass

from confrere.documents.extract.layout import Layout, Segment

_DAYS = r"(?P<n>\d{1,3})\s?(?:\(\w+\)\s?)?(?:calendar |clear |kalender)?(?:jours?|days?|tage?n?|dagen|dias|giorni|gg|dagar|dager|dage|dni)(?![^\W_])"
_MONTHS = r"(?P<m>1|one|un|einem|een|un|a)\s(?:calendar )?(?:mois|month|monats?|maand|mes|mese)(?![^\W_])"
_LEAD = (
    r"(?:paiement|reglement|payables?|a regler|regler|echeance|delais?|total du|solde du|virement|cheque|traite|lcr|conditions?|"
    r"payment|pay|paid|due|terms?|settle\w*|settlement|remit\w*|net|"
    r"zahlbar|zahlung\w*|zahlen|begleichen|uberweis\w*|ueberweis\w*|fallig\w*|faellig\w*|netto|"
    r"betal\w*|voldoen|voldaan|maken|pago|pagos|pagar\w*|vencimiento|abonar|pagament\w*|pagare|saldo|scadenza|platnosci|betalingsbetingelser|forfald\w*|forfall\w*)"
)
_AFTER = (
    r"(?P<tail>[\s,(.]{0,3}(?:fin (?:de |du )?mois|fdm|f\.m\.?|eom|end of (?:the )?(?:month|invoice month)|monatsende|zum monatsende|einde maand|fin de mes|"
    r"fine mese|(?:d\.?f\.?)?f\.?m\.?(?![^\W_])))?"
)
_TERMS = (
    re.compile(rf"(?<![^\W_]){_LEAD}(?P<between>[^.;\n\d]{{0,48}}?(?:\d{{1,2}}\s?%[^.;\n\d]{{0,30}})?)(?<![\d.,/-]){_DAYS}{_AFTER}"),
    re.compile(rf"(?P<between>)(?<![\d.,/-]){_DAYS}\s(?:net(?:to|s)?(?![^\W_])|ohne abzug|rein netto|fin de mois|fdm|eom|end of month|date de facture|from (?:the )?(?:date of )?invoice|after (?:the )?(?:date of )?invoice|nach rechnung\w*|ab rechnung\w*|na factuur\w*|fecha (?:de )?factura|data fattura|d\.?f\.?(?:f\.?m\.?)?(?![^\W_]))"),
    re.compile(r"(?P<between>)(?<![^\W_])(?:net(?:to)?|terms?:?(?: net)?)\s{0,2}(?P<n>7|10|14|15|20|21|28|30|45|60|75|90|120)(?!\s?%|[\d.,/-]*\d|\s?(?:[a-z€$£]))"),
    re.compile(
        rf"(?P<between>)(?:binnen|innerhalb(?: von)?|within|sous|dans(?: les)?|entro|en) {_DAYS}[^.;\n\d]{{0,40}}?"
        r"(?:te betalen|te voldoen|over te maken|zu (?:zahlen|begleichen|uberweisen|ueberweisen)|zahlbar|fallig|faellig|payable|to be paid)(?![^\W_])"
    ),
    re.compile(rf"(?<![^\W_]){_LEAD}(?P<between>[^.;\n\d]{{0,30}}?(?:within|in|sous|binnen|innerhalb(?: von)?|entro|en) ){_MONTHS}"),
)  # fmt: skip
_AT_ONCE = re.compile(
    r"(?:due|payable|payment)\s(?:up)?on (?:receipt|presentation)|(?:due|payable) immediately|payment due (?:upon|on) receipt|terms?:? (?:cash|immediate)|"
    r"(?:payables?|paiement|reglement|a regler|echeance|conditions?(?: de (?:paiement|reglement))?)\W{0,3}(?:des |a )?(?:comptant|(?:la )?reception)|paiement immediat|"
    r"(?:sofort|umgehend) (?:zahlbar|fallig|faellig)|zahlbar (?:sofort|ohne abzug sofort|umgehend)|zahlung sofort|fallig sofort|sofort ohne abzug|"
    r"(?:pago|pagadero|forma de pago)\W{0,3}(?:al contado|a la vista|inmediato)|pagamento\W{0,3}(?:immediato|a vista|alla consegna|a ricevimento)|"
    r"betaling\W{0,3}(?:per direct|bij ontvangst|direct)|(?:direct|contant) te (?:betalen|voldoen)"
)
_ELSE = re.compile(
    r"(?:escompte|skonto|discount|rabatt|remise|sconto|descuento|korting|penalit|retard|late|interest|verzug|mora|overdue|garantie|guarantee|warranty|retour\b|"
    r"return|reclam|contest|dispute|complain|claim|widerruf|retract|valid|valable|gultig|geldig|livr|deliver|liefer|resili|cancel|kundig|preavis|notice|mahn|"
    r"annul|stock|essai|trial|reminder|relance|mise en demeure|au-dela|beyond|si |if not|unless)"
)
_OFF = re.compile(
    r"^[^.,;\n]{0,24}?(?:\d\s?%|escompte|skonto|discount|sconto|descuento|korting)|^\s?(?:%|ago|past|overdue|de retard|late|ouvre)"
)


@dataclass(slots=True)
class Due:
    """The day reckoned, the words it was reckoned from, and how sure they are."""

    value: dt.date
    segment: Segment
    start: int
    end: int
    score: float


def reckon(layout: Layout, day: dt.date) -> Due | None:
    """The due date that the stated terms give for a paper of ``day``; None where it states none, or several that differ."""
    found: dict[dt.date, Due] = {}
    for row in layout.rows:
        for segment in row.segments:
            for due in _stated(segment, day):
                known = found.get(due.value)
                if known is None or due.score > known.score:
                    found[due.value] = due
        if not found and len(row.segments) > 1:  # a label and its term in two cells: "Terms | 30 days"
            for due in _stated(_joined(row.segments), day):
                found[due.value] = due
    if len({due.value for due in found.values() if due.score >= 2.0}) == 1:
        return max(found.values(), key=lambda due: due.score)
    if len(found) != 1:
        return None
    return next(iter(found.values()))


def _joined(segments: list[Segment]) -> Segment:
    first, last = segments[0], segments[-1]
    text = " ".join(segment.text for segment in segments)
    return Segment(text, first.x0, first.y0, last.x1, last.y1, first.page, first.row, first.ocr)


def _stated(segment: Segment, day: dt.date) -> list[Due]:
    text = segment.folded
    found = []
    for place, regex in enumerate(_TERMS):
        for match in regex.finditer(text):
            clause = re.split(r"[.,;]", text[max(match.start() - 60, 0) : match.start()])[-1] + match["between"]
            if _ELSE.search(clause[-16:] if place == 1 else clause) or _OFF.match(text[match.end() :]):
                continue
            value = _after(day, match)
            if value is not None:
                firm = place != 2 or "net" in match.group()
                found.append(Due(value, segment, match.start(), match.end(), 2.2 if firm else 1.6))
    if not found and (at_once := _AT_ONCE.search(text)):
        found.append(Due(day, segment, at_once.start(), at_once.end(), 1.6))
    return found


def _after(day: dt.date, match: re.Match[str]) -> dt.date | None:
    groups = match.groupdict()
    if groups.get("m"):
        year, month = divmod(day.year * 12 + day.month, 12)
        return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    days = int(groups["n"])
    if not 0 < days <= 180:
        return None
    value = day + dt.timedelta(days=days)
    if groups.get("tail", "") or re.search(r"fin de mois|fdm|eom|end of month|f\.?m\.?$", match.group()[-14:]):
        value = value.replace(day=monthrange(value.year, value.month)[1])
    return value
