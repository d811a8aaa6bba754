"""What speaks for a total beside its label: cash less change, the table of taxes, repetition, sums of other totals."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from confrere.documents.extract.amounts import Amount
from confrere.documents.extract.layout import Layout
from confrere.documents.extract.readings import Board

_ZERO = Decimal(0)
PaidList = list[tuple[str, Decimal]]


def gather(layout: Layout, numbers: dict[int, list[Amount]], board: Board, paid: PaidList) -> None:
    """Add this evidence to ``board``. ``numbers`` are the amounts of each segment by its id, ``paid`` the amounts given ("cash") and
    returned ("change")."""
    _cash(board, paid, numbers)
    _by_rates(layout, numbers, board)
    _positions(layout, numbers, board)
    if not board.readings["total"] or all(
        reading.readers <= {"largest", "rates", "repeated"} for reading in board.readings["total"].values()
    ):
        _unnamed(layout, numbers, board)
    _sums(board)
    _completed(board, numbers)


def _cash(board: Board, paid: list[tuple[str, Decimal]], numbers: dict[int, list[Amount]]) -> None:
    """A receipt proves its total: cash given less change returned."""
    known = {abs(a.value): a for group in numbers.values() for a in group if a.money}
    given = {value for role, value in paid if role == "cash"}
    back = {value for role, value in paid if role == "change"}
    for cash in given:
        for change in back:
            total = cash - change
            if total > 0 and total in known:
                board.add("total", known[total], 1.5, "cash")
        if cash in known and cash:
            board.add("total", known[cash], 0.5, "paid")


def _by_rates(layout: Layout, numbers: dict[int, list[Amount]], board: Board) -> None:
    """The table of taxes proves the total in any language: lines with a rate on which gross = net + tax, or tax is that share of a base."""
    wholes: list[Decimal] = []
    taxes: list[Decimal] = []
    free: list[Decimal] = []
    known: dict[Decimal, Amount] = {a.value: a for group in numbers.values() for a in group if a.money}
    for row in layout.rows:
        inside = [a for segment in row.segments for a in numbers[id(segment)]]
        rates = [a.value for a in inside if a.percent and 0 < a.value <= 30] or [a.value for a in inside if a.percent and not a.value]
        money = sorted((a.value for a in inside if a.money and a.value > 0), reverse=True)[:4]
        if len(rates) != 1 or len(money) < 2:
            continue
        share = rates[0] / 100
        if not share and money[0] == money[1] and any(not a.value and a.decimals for a in inside if not a.percent):
            free.append(money[0])  # what bears no tax stands in the table of taxes with a tax of nought
        for base in money if share > 0 else ():
            if any(tax is not base and abs(base * share - tax) <= Decimal("0.02") for tax in money):
                taxes.append(next(tax for tax in money if tax is not base and abs(base * share - tax) <= Decimal("0.02")))
                wholes.append(base + taxes[-1])
                break
    whole = sum(wholes, _ZERO)
    if wholes and whole in known:
        board.add("total", known[whole], 1.2, "rates")
    more = whole + sum(free, _ZERO)
    if wholes and free and more in known:
        board.add("total", known[more], 2.4, "rates")
        if whole in board.readings["total"]:
            board.readings["total"][whole].score -= 1.5  # without what bears no tax
        if sum(taxes, _ZERO) in known:
            board.add("tax", known[sum(taxes, _ZERO)], 2.0, "rates")


def _unnamed(layout: Layout, numbers: dict[int, list[Amount]], board: Board) -> None:
    """A ticket in words that are not known: what was given less what came back, or an amount printed three times, is its total."""
    ends: list[tuple[int, Amount]] = []
    for row in layout.rows:
        last = [a for segment in row.segments for a in numbers[id(segment)] if a.money]
        if last:
            ends.append((row.index, last[-1]))
    values = {a.value: a for _, a in reversed(ends)}
    for place, (line, given) in enumerate(ends):
        for later, back in ends[place + 1 : place + 3]:
            paid = given.value - back.value
            if later - line <= 3 and 0 < back.value < given.value and paid in values and values[paid].segment.row < line:
                board.add("total", values[paid], 1.6, "cash")
    counts: dict[Decimal, int] = defaultdict(int)
    for _, a in ends:
        counts[a.value] += 1
    top = max(counts.values(), default=0)
    often = [value for value, count in counts.items() if count == top and value > 0]
    if top >= 3 and len(often) == 1:
        board.add("total", values[often[0]], 0.8, "repeated")


def _positions(layout: Layout, numbers: dict[int, list[Amount]], board: Board) -> None:
    """The largest amount, and the amount printed largest, are often the total."""
    found = [a for group in numbers.values() for a in group if a.money]
    if not found:
        return
    top = max(found, key=lambda a: a.value)
    board.add("total", top, 0.4, "largest")
    counts: dict[Decimal, int] = defaultdict(int)
    for a in found:
        counts[a.value] += 1
    for value, count in counts.items():
        if count >= 2 and value in board.readings["total"] and value:
            board.add("total", board.readings["total"][value].amount or top, 0.2 * min(count, 4), "repeated")


def _completed(board: Board, numbers: dict[int, list[Amount]]) -> None:
    """An amount to pay that is a smaller total and one more printed amount (a tip, an earlier payment) is the whole."""
    printed = {a.value for group in numbers.values() for a in group if a.money}
    named = [reading for reading in board.best("total", 8) if reading.readers & {"gross", "total"} and reading.value > 0]
    for whole in named:
        parts = [
            part
            for part in named
            if (more := whole.value - part.value) in printed and more * 33 > whole.value and more != part.value  # more than a rounding
        ]
        if "gross" in whole.readers and whole.amount and parts and max(part.value for part in parts) * 2 > whole.value:
            board.add("total", whole.amount, 2.4, "completed")


def _sums(board: Board) -> None:
    """A total that is the sum of other totals is the one of the whole: each VAT rate has its own."""
    known = [reading for reading in board.best("total", 10) if reading.readers & {"gross", "total"} and reading.value > 0]
    values = {reading.value for reading in known}
    parts: set[int] = set()
    for i, first in enumerate(known):
        for second in known[i + 1 :]:
            whole = first.value + second.value
            if whole in values and first.amount and board.readings["total"][whole].amount:
                board.add("total", board.readings["total"][whole].amount or first.amount, 2.0, "sum-of-totals")
                parts |= {id(first), id(second)}
    for reading in known:
        reading.score -= 1.0 * (id(reading) in parts)
