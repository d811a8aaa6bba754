"""Net, tax and total: what labels say, what columns say, what the arithmetic allows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from confrere.documents.extract import amounts, dates, proofs
from confrere.documents.extract.amounts import CENT, Amount, plain
from confrere.documents.extract.labels import Hit, labels
from confrere.documents.extract.layout import Layout, Row, Segment
from confrere.documents.extract.rates import by_rate, rate_name
from confrere.documents.extract.readings import Board, Reading

_RATES = "20 10 5.5 2.1 8.5 19 7 21 9 6 12 23 8 5 22 4 25 18 15 14 13 16 17 24 27 3 8.1 2.6 3.8 7.7 2.5 13.5 14.975 28 0"
RATES = tuple(map(Decimal, _RATES.split()))
"""VAT and GST rates in use, commonest first."""
_ZERO = Decimal(0)


@dataclass(slots=True)
class Totals:
    """The chosen readings. ``proof`` says what holds them together: "sum" (net + tax = total), "same" (no tax: net =
    total), "cash" (paid less change), "" nothing; ``margin`` how far the total is ahead of its best rival."""

    total: Reading | None = None
    net: Reading | None = None
    tax: Reading | None = None
    proof: str = ""
    margin: float = 0.0
    taxes: dict[str, str] = field(default_factory=dict)
    outdone: bool = False
    """Whether a larger amount bears a label that the total chosen does not: what is to be paid."""
    rivals: list[Decimal] = field(default_factory=list)


_WEIGHT = {"gross": 3.0, "total": 1.8, "open": 1.2}
_EXCLUSIVE = ("excl", "hors tax", "hors tva", " ht", "before tax", "sans tva", "ohne", "netto", "exkl", "zonder", " ex ", "sin iva")
_INCLUSIVE = ("incl", "inc.", "ttc", "tvac", "inkl", "brutto", "with vat", "with gst", "ivato", "iva inclus", "toutes taxes")


def read(layout: Layout) -> Totals:
    """Find net, tax and total of a document that asks for or acknowledges money."""
    mark = amounts.decimal_mark(layout)
    numbers = {id(segment): amounts.find(segment, mark) for segment in layout.segments}
    if not mark:
        for amount in (a for group in numbers.values() for a in group):
            amount.whole = amount.value >= 1000 and bool(re.search(r"\d[.,]\d{3}$", amount.segment.text[amount.start : amount.end]))
    board = Board()
    paid: list[tuple[str, Decimal]] = []
    for row in layout.rows:
        for segment in row.segments:
            for hit in labels("money", segment.ocr).find(segment.plain):
                _consider(layout, row, segment, hit, numbers, board, paid)
    proofs.gather(layout, numbers, board, paid)
    found = [amount for group in numbers.values() for amount in group if amount.money]
    result = _choose(board, found)
    _split(layout, result, numbers)
    return result


def _split(layout: Layout, result: Totals, numbers: dict[int, list[Amount]]) -> None:
    """Fill the taxes by rate. Where they and their bases make the total, their sums are the net and the tax, printed or not."""
    if result.total is None:
        return
    parts = by_rate(layout, numbers)
    bases = sum((part.base for part in parts), _ZERO)
    taxes = sum((part.tax for part in parts), _ZERO)
    if len(parts) > 1 and bases + taxes == result.total.value and result.proof != "sum":
        result.net = Reading(bases, 2.0, parts[0].amount, {"rates"})
        result.tax = Reading(taxes, 2.0, parts[0].amount, {"rates"})
        result.proof = "sum"
    if parts and (result.tax is None or abs(taxes - result.tax.value) <= Decimal("0.02")):
        result.taxes = {rate_name(part.rate): plain(part.tax) for part in parts}
    elif result.proof == "sum" and result.net and result.tax:
        usual = _rate(result.net.value, result.tax.value)
        if usual is not None:
            result.taxes = {rate_name(usual): plain(result.tax.value)}


def _consider(
    layout: Layout,
    row: Row,
    segment: Segment,
    hit: Hit,
    numbers: dict[int, list[Amount]],
    board: Board,
    paid: list[tuple[str, Decimal]],
) -> None:
    kind = _refine(hit, segment)
    values, where = _values(layout, segment, hit, numbers)
    if not values:
        return
    near = 1.0 if where == "right" else 0.75
    if kind == "paid":
        role = "change" if any(word in hit.term for word in _CHANGE) else "cash"
        paid.append((role, abs(values[-1].value)))
        return
    if kind == "other":
        return
    late = 0.5 * segment_depth(layout, segment)
    if kind in _WEIGHT:
        weight = (_WEIGHT[kind] + late) * near * ((0.85 if kind == "gross" else 0.7) if _qualified(segment, hit) else 1.0)
        weight *= 0.6 if len(segment.folded[: hit.start].split()) > 5 else 1.0  # in the midst of a sentence
        if len(values) == 3 and abs(values[0].value + values[1].value - values[2].value) <= CENT:
            board.add("net", values[0], weight, "row")
            board.add("tax", values[1], weight, "row")
        if (
            kind == "total"
            and where == "below"
            and len({hit.kind for hit in labels("column", segment.ocr).find(row.plain)} - {"amount", "rate"}) >= 2
        ):
            weight *= 0.3  # the heading of a table's column, over its first line
        board.add("total", values[-1], weight, kind)
        if kind == "total" and "net" in hit.term:
            board.add("net", values[-1], weight, kind)
        for other in values[:-1]:
            board.add("total", other, 0.2 * weight, "row-other")
    elif kind == "net":
        board.add("net", values[0] if len(values) > 1 and where == "right" else values[-1], (2.5 + late) * near, "net")
        if "sub" in hit.term or "sous" in hit.term or "zwischen" in hit.term:
            board.add("total", values[-1], 0.4 * near, "subtotal")
    elif kind == "tax":
        money = [
            value for value in values if not value.percent and (value.money or not value.value or (where == "right" and len(values) == 1))
        ]
        money = [
            value
            for value in money
            if value.money or not value.value or not re.search(r"(?:§|nr?\.?|art\.?)\s?$", segment.folded[: value.start])
        ]
        if money:
            chosen = _tax_of(money)
            board.add("tax", chosen, (2.0 + late) * near, "tax")


def _qualified(segment: Segment, hit: Hit) -> bool:
    """Whether words other than a currency follow the label in its segment: "Total at 20 %" is not the total."""
    rest = re.sub(r"[\d\W_]+", " ", segment.folded[hit.end :]).split()
    return any(word not in _UNITS for word in rest)


_AFTER = "eur euro euros usd gbp rm chf ttc tva incl inc vat gst taxes myr sgd inr rs dh mad incluse comprises excl ht amount"
_UNITS = frozenset(_AFTER.split())
"""Words that may follow the label of a total without changing what it means."""
_CHANGE = ("change", "chanqe", "rendu", "rendre", "monnaie", "wissel", "ruckgeld", "balu", "bakl", "baki", "kembali", "resto", "cambio")


def segment_depth(layout: Layout, segment: Segment) -> float:
    """How far down the whole document a segment stands, 0 to 1."""
    return segment.row / max(len(layout.rows) - 1, 1)


def _refine(hit: Hit, segment: Segment) -> str:
    """The class of a label once the words around it are read: "Total (excluding GST)" is a net amount."""
    around = " " + segment.folded[max(0, hit.start - 16) : hit.end + 24]
    if hit.kind in ("gross", "total", "net"):
        if any(word in around for word in _INCLUSIVE):
            return "gross"
        if hit.kind != "gross" and any(word in around for word in _EXCLUSIVE):
            return "net"
        if hit.kind == "gross" and "exclu" in around:
            return "net"
    return hit.kind


def _tax_of(values: list[Amount]) -> Amount:
    """Of base and tax on one line, the tax: the one that is a usual share of the other."""
    if len(values) >= 2:
        for tax in values:
            for base in values:
                if base is not tax and base.value and _rate(base.value, tax.value) is not None:
                    return tax
    return values[-1]


def _rate(net: Decimal, tax: Decimal) -> Decimal | None:
    """The usual rate that turns ``net`` into ``tax``, to the cent."""
    if not net or not tax:
        return None
    for rate in RATES:
        if rate and abs(net * rate / 100 - tax) <= Decimal("0.011"):
            return rate
    return None


def _values(layout: Layout, segment: Segment, hit: Hit, numbers: dict[int, list[Amount]]) -> tuple[list[Amount], str]:
    """The amounts a label announces: after it in its own segment, then to the right, then under it."""
    follow = [other for other in labels("money", segment.ocr).find(segment.plain) if other.start >= hit.end]
    stop = follow[0].start if follow else len(segment.text) + 1
    own = [a for a in numbers[id(segment)] if hit.end <= a.start < stop and not a.percent]
    own = [a for a in own if a.money or (a is own[-1] and not _dated(segment, a) and not segment.text[a.end :].strip(" .*-"))]
    aside = [a for a in own if _bracketed(segment.text, a)]
    if own and len(aside) < len(own):
        return own, "right"
    values: list[Amount] = []
    for other in layout.right_of(segment):
        inside = [a for a in numbers[id(other)] if not a.percent]
        first = labels("money", other.ocr).find(other.plain)
        if first and (not inside or first[0].start < inside[0].start) and first[0].kind != "other" and not _unit(first[0]):
            break
        values += inside
    values = [a for a in values if a.money or not a.decimals]
    money = [a for a in values if a.money]
    if money:
        return aside + money, "right"
    if own:
        return own, "right"
    if values and len(values) == 1:
        return values, "right"
    if follow or (layout.right_of(segment) and values):
        return [], ""
    return _under(layout, segment, numbers), "below"


def _dated(segment: Segment, amount: Amount) -> bool:
    """Whether a number is part of a date."""
    return any(date.start <= amount.start < date.end for date in dates.find(segment))


def _bracketed(text: str, amount: Amount) -> bool:
    """Whether an amount stands in brackets with words ("on 1,600.00"): the base of what follows, not the value announced."""
    opened = text.rfind("(", 0, amount.start)
    return opened >= 0 and ")" not in text[opened : amount.start] and any(ch.isalpha() for ch in text[opened : amount.start])


def _unit(hit: Hit) -> bool:
    return hit.term in ("eur", "usd", "ttc", "ht", "rm", "montant", "amount")


def _under(layout: Layout, segment: Segment, numbers: dict[int, list[Amount]]) -> list[Amount]:
    column: list[Amount] = []
    for other in layout.below(segment, rows=8, gap=2.5):
        inside = [a for a in numbers[id(other)] if a.money]
        if inside:
            column.append(inside[-1])
        elif any(ch.isalpha() for ch in other.text) or not column:
            break
    if len(column) > 2 and sum((a.value for a in column[:-1]), _ZERO) == column[-1].value:
        return column[-1:]
    if not column:
        following = layout.rows[segment.row + 1].segments if segment.row + 1 < len(layout.rows) else []
        alone = layout.rows[segment.row].segments[-1] is segment and len(following) == 1 and following[0].page == segment.page
        if alone and not re.search(r"[^\W\d_]{4}", following[0].text):
            column = [a for a in numbers[id(following[0])] if a.money]
    return column[:1]


def _choose(board: Board, found: list[Amount]) -> Totals:
    """The three readings that agree best. net + tax = total is worth more than any single label."""
    totals = board.best("total", 8)
    nets = board.best("net", 6)
    taxes = board.best("tax", 8)
    sums = _tax_sums(taxes)
    present = {a.value: a for a in found}
    choices: list[tuple[float, Reading, Reading | None, Reading | None, str]] = []
    for total in totals:
        if total.value < 0 and any(other.value > 0 and "gross" in other.readers and other.score > total.score for other in totals):
            total.score -= 2.0
        if not total.value and any(other.value > 0 and other.readers & {"gross", "total"} for other in totals):
            total.score -= 2.5  # nothing is left to pay
        choices.append((total.score, total, None, None, ""))
        choices += _from_amounts(total, present)
        for net in nets:
            if net.value == total.value:
                none = next((tax for tax in taxes if tax.value == 0), None)
                bonus = 1.0 if none else 0.1
                choices.append((total.score + 0.4 * net.score + bonus, total, net, none, "same" if none else ""))
                continue
            if abs(net.value) > abs(total.value) or net.value * total.value < 0:
                continue
            gap = total.value - net.value
            plausible = _rate(net.value, gap) is not None
            for tax in [*taxes, *sums]:
                if tax.value and abs(tax.value) < abs(net.value) and abs(abs(tax.value) - abs(gap)) <= Decimal("0.02"):
                    score = total.score + min(2.6, 0.3 * net.score + 0.25 * tax.score + 0.8 + 0.5 * plausible)
                    choices.append((score, total, net, tax, "sum"))
            if plausible and gap in present:
                choices.append((total.score + min(2.0, 0.3 * net.score + 0.9), total, net, Reading(gap, 0.5, present[gap], {"sum"}), "sum"))
            choices.append((total.score + 0.25 * net.score, total, net, None, ""))
        for tax in [*taxes, *sums]:
            rest = total.value - tax.value
            if tax.value and rest in present and rest != tax.value and _rate(rest, tax.value) is not None:
                choices.append(
                    (total.score + min(2.0, 0.3 * tax.score + 0.9), total, Reading(rest, 0.5, present[rest], {"sum"}), tax, "sum")
                )
            elif tax.value and _rate(rest, tax.value) is not None:
                choices.append((total.score + 0.25 * tax.score + 0.2, total, None, tax, ""))
    result = Totals()
    if not choices:
        return result
    choices.sort(key=lambda choice: -choice[0])
    score, result.total, result.net, result.tax, result.proof = choices[0]
    rival = next((choice for choice in choices if choice[1].value != choices[0][1].value), None)
    result.margin = score - (rival[0] if rival else 0.0)
    result.outdone = "gross" not in result.total.readers and any(
        "gross" in other.readers and other.value > result.total.value for other in totals
    )
    result.rivals = [choice.value for choice in totals if choice.value != result.total.value]
    if result.proof == "" and result.total and "cash" in result.total.readers:
        result.proof = "cash"
    if result.net is None and nets and nets[0].score > 2.0 and abs(nets[0].value) <= abs(result.total.value):
        result.net = nets[0]
    if result.tax is None and taxes and taxes[0].score > 1.5 and abs(taxes[0].value) < abs(result.total.value):
        result.tax = taxes[0]
    return result


def _from_amounts(total: Reading, present: dict[Decimal, Amount]) -> list[tuple[float, Reading, Reading | None, Reading | None, str]]:
    """Pairs of printed amounts that make the total at a usual rate, whatever they are called."""
    out: list[tuple[float, Reading, Reading | None, Reading | None, str]] = []
    for value, amount in present.items():
        tax = total.value - value
        if value > 0 and 0 < tax < value and tax in present and (_rate(value, tax) or _ZERO) >= 2:
            pair = Reading(value, 0.4, amount, {"sum"}), Reading(tax, 0.4, present[tax], {"sum"})
            out.append((total.score + 0.6, total, *pair, "sum"))
    return out


def _tax_sums(taxes: list[Reading]) -> list[Reading]:
    """Sums of two or three of the taxes read: an invoice with several rates prints each, and not always their sum."""
    out = []
    for i, first in enumerate(taxes):
        for j in range(i + 1, len(taxes)):
            second = taxes[j]
            if not first.value or not second.value:
                continue
            out.append(Reading(first.value + second.value, 0.7 * min(first.score, second.score), first.amount, {"tax-sum"}))
            for third in taxes[j + 1 :]:
                if third.value:
                    value = first.value + second.value + third.value
                    out.append(Reading(value, 0.6 * min(first.score, second.score, third.score), first.amount, {"tax-sum"}))
    return out
