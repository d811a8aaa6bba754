"""The Pivot sheet: each party by month, every figure a formula over the Documents table."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from confrere.documents.write import formats
from confrere.documents.write.figures import CONFIRMED, Currency, Totals, signed
from confrere.documents.write.labels import currency, party
from confrere.documents.write.sheets import Formats, letters, page_setup, text
from confrere.documents.write.workbook import Data
from confrere.messages import say

ZERO = Decimal(0)
_MOST_MONTHS = 36
_MOST_PARTIES = 500
_FIRST = 2  # column of the first month


def crossed(totals: Totals) -> list[tuple[Currency, str, list[dt.date]]]:
    """The pots worth crossing, with what tells their papers apart and their months; none where one line or column would say it all."""
    found = []
    for one in totals.currencies:
        axis = totals.axis if one.told_by(totals.axis) else ("client" if totals.axis == "supplier" else "supplier")
        months = [month for month in one.months if isinstance(month, dt.date) and month.year >= 1900]
        if len(months) > 1 and 1 < len(one.parties(axis)) <= _MOST_PARTIES and len(months) <= _MOST_MONTHS:
            found.append((one, axis, months))
    return found


def write_crossing(sheet: Any, styles: Formats, data: Data) -> None:
    """Fill ``sheet`` with one block a currency (and side): parties down, months across, totals at both ends."""
    language, totals = data.language, data.totals
    sheet.hide_gridlines(2)
    text(sheet, 0, 0, say("write.crossing-title", language), styles.get("title"))
    sheet.set_row(0, 28)
    text(sheet, 1, 0, say("write.crossing-help", language), styles.get("muted"))
    wide = max((len(party(name, axis, language)) for one, axis, _ in crossed(totals) for name in one.parties(axis)), default=20)
    sheet.set_column(0, 0, max(24, min(50, wide + 3)))
    sheet.set_column(1, 1, 9)
    sheet.set_column(_FIRST, _FIRST + _MOST_MONTHS, 14)
    at = 3
    for one, axis, months in crossed(totals):
        at = _block(sheet, styles, data, at, one, axis, months) + 2
    sheet.freeze_panes(3, _FIRST)
    page_setup(sheet, language, None)


def _block(sheet: Any, styles: Formats, data: Data, at: int, one: Currency, axis: str, months: list[dt.date]) -> int:
    """One block from row ``at``; returns the row of its totals."""
    language = data.language
    label = say(f"write.{axis}", language)
    text(sheet, at, 0, f"{label} ({data.side(one.side)})" if one.side else label, styles.get("head"))
    text(sheet, at, 1, say("write.currency", language), styles.get("head"))
    for place, month in enumerate(months, _FIRST):
        sheet.write_datetime(
            at, place, dt.datetime.combine(month, dt.time()), styles.get("head-right", formats.excel_format("month", language))
        )
    last = _FIRST + len(months)
    undated = None in one.months
    if undated:
        text(sheet, at, last, say("write.no-date", language), styles.get("head-right"))
        last += 1
    text(sheet, at, last, say("write.total-confirmed", language), styles.get("head-right"))
    sheet.set_row(at, 22)
    head, begin = at, at + 1
    across: list[dt.date | None] = [*months, *([None] if undated else [])]
    cells = _cells(one, axis, data)
    money = styles.money(one.code)
    for name, total in one.parties(axis).items():
        at += 1
        shown = party(name, axis, language)
        text(sheet, at, 0, shown, styles.get("body" if name else "muted"))
        text(sheet, at, 1, currency(one.code, language), styles.get("body"))
        for place, when in enumerate(across, _FIRST):
            sheet.write_formula(
                at, place, _formula(data, one, axis, shown, at, head, place, when), money, float(cells.get((name, when), ZERO))
            )
        sheet.write_formula(
            at, last, f"=SUM({letters(_FIRST)}{at + 1}:{letters(last - 1)}{at + 1})", styles.money(one.code, "band"), float(total.confirmed)
        )
    at += 1
    text(sheet, at, 0, say("write.comparison-total", language), styles.get("total"))
    text(sheet, at, 1, currency(one.code, language), styles.get("total"))
    strong = styles.money(one.code, "total")
    for place in range(_FIRST, last + 1):
        worth = one.all.confirmed if place == last else one.months[across[place - _FIRST]].confirmed
        sheet.write_formula(at, place, f"=SUM({letters(place)}{begin + 1}:{letters(place)}{at})", strong, float(worth))
    return at


def _cells(one: Currency, axis: str, data: Data) -> dict[tuple[str, dt.date | None], Decimal]:
    """Confirmed totals by party and month."""
    states = {id(row): state for row, state in zip(data.totals.rows, data.totals.statuses, strict=True)}
    out: dict[tuple[str, dt.date | None], Decimal] = {}
    for row in one.rows:
        if states[id(row)] == CONFIRMED:
            key = (getattr(row, axis), row.date.replace(day=1) if row.date else None)
            out[key] = out.get(key, ZERO) + (signed(row.total, row) or ZERO)
    return out


def _formula(data: Data, one: Currency, axis: str, shown: str, at: int, head: int, place: int, month: dt.date | None) -> str:
    part = f',{data.ref("side")},"{data.side(one.side)}"' if one.side else ""
    dates, top = data.ref("date"), f"{letters(place)}${head + 1}"
    when = f'{dates},">="&{top},{dates},"<"&EDATE({top},1)' if month else f'{dates},"="'
    return (
        f"=SUMIFS({data.ref('total')},{data.ref(axis)},{exactly(shown, f'$A{at + 1}')},{data.ref('currency')},$B{at + 1},"
        f'{data.ref("status")},"{data.statuses[CONFIRMED]}",{when}{part})'
    )


def exactly(shown: str, cell: str) -> str:
    """What SUMIFS must look for to find exactly the text of ``cell``, which shows ``shown``: a name such as "A*" is no pattern."""
    if not any(ch in shown for ch in "*?~=<>"):
        return cell
    return f'"="&SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({cell},"~","~~"),"*","~*"),"?","~?")'
