"""The Comparison sheet: this period beside the one before, party by party; who is new, who is gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from confrere.documents.write import theme
from confrere.documents.write.content import Recap
from confrere.documents.write.crossing import exactly
from confrere.documents.write.evolution import Amounts, axis_of, present, was
from confrere.documents.write.figures import CONFIRMED, Currency, Totals
from confrere.documents.write.labels import currency, party
from confrere.documents.write.sheets import Formats, page_setup, text
from confrere.documents.write.text import plain
from confrere.documents.write.workbook import Data
from confrere.messages import say

ZERO = Decimal(0)
_HEAD = 3  # 0-based row of the header
_COLUMNS = (("party", 40), ("currency", 10), ("before", 17), ("now", 17), ("change", 17), ("percent", 12), ("state", 18))


def write_comparison(sheet: Any, book: Any, styles: Formats, recap: Recap, data: Data) -> None:
    """Fill ``sheet``. The totals of now are formulas over the Documents table; those of before are figures of their own."""
    language, totals = data.language, data.totals
    sheet.hide_gridlines(2)
    title = "comparison-title-now" if recap.now_name else "comparison-title"
    text(sheet, 0, 0, say(f"write.{title}", language, file=recap.before_name, now=recap.now_name), styles.get("title"))
    sheet.set_row(0, 28)
    axis = say(f"write.{totals.axis}", language)
    text(sheet, 1, 0, say("write.comparison-help", language, axis=axis.lower(), before=recap.before_name), styles.get("muted"))
    for column, (_, wide) in enumerate(_COLUMNS):
        sheet.set_column(column, column, wide)
    at, low = _HEAD + 1, 0
    before, now = was(recap, totals), present(recap, totals)
    for number, (one, axis_name, names) in enumerate(_pots(totals, before, now)):
        _head(sheet, styles, at if number else _HEAD, axis_name, language)
        at += bool(number)
        begin = at
        for name in names:
            _line(sheet, styles, data, at, one, axis_name, name, before, now, recap.now)
            at += 1
        _foot(sheet, styles, data, at, begin, one, before, now)
        if at - begin > 1:
            below = any(
                amount < 0 for found in (before, now) for (code, part, _), amount in found.items() if (code, part) == (one.code, one.side)
            )
            low = _chart(sheet, book, data, one, begin, min(at - 1, begin + 11), below)
        at = max(at + 2, low + 1)
    sheet.print_area(0, 0, max(at, low), len(_COLUMNS) + 10)
    sheet.freeze_panes(_HEAD + 1, 1)
    page_setup(sheet, language, _HEAD)


def _head(sheet: Any, styles: Formats, at: int, axis: str, language: str) -> None:
    """The header of a pot's parties: "Client" over those sold to, "Fournisseur" over those bought from."""
    labels = {"party": say(f"write.{axis}", language), "currency": say("write.currency", language)}
    for column, (name, _) in enumerate(_COLUMNS):
        label = labels.get(name) or say(f"write.comparison-{name}", language)
        style = "head-right" if name in ("before", "now", "change", "percent") else "head-center" if name == "state" else "head"
        text(sheet, at, column, label, styles.get(style))
    sheet.set_row(at, 22)


def _pots(totals: Totals, before: Amounts, now_: Amounts) -> Iterator[tuple[Currency, str, list[str]]]:
    """Each currency (and side) of either period, with its parties: largest now first, those gone last."""
    held_now = {(code, part) for code, part, _ in now_}
    known = {(one.code, one.side): one for one in totals.currencies if (one.code, one.side) in held_now}
    for code, part in [*known, *dict.fromkeys((code, part) for code, part, _ in before if (code, part) not in known)]:
        one = known.get((code, part)) or Currency(code, part)
        axis = axis_of(one, totals)
        now = sorted(
            (name for code_, part_, name in now_ if (code_, part_) == (code, part)),
            key=lambda name: (name == "", -now_[code, part, name], name),
        )
        gone = sorted(
            (name for held, side_, name in before if (held, side_) == (code, part) and name not in now),
            key=lambda name: (-before[code, part, name], name),
        )
        yield one, axis, [*now, *gone]


def _line(
    sheet: Any,
    styles: Formats,
    data: Data,
    at: int,
    one: Currency,
    axis: str,
    name: str,
    before: Amounts,
    now_: Amounts,
    span: tuple[dt.date, dt.date] | None,
) -> None:
    language, money = data.language, styles.money(one.code)
    earlier = before.get((one.code, one.side, name))
    total = now_.get((one.code, one.side, name))
    now = total or ZERO
    label = party(name, axis, language)
    text(sheet, at, 0, label, styles.get("body" if name else "muted"))
    text(sheet, at, 1, currency(one.code, language), styles.get("body"))
    sheet.write_number(at, 2, float(earlier or ZERO), money)
    part = f',{data.ref("side")},"{data.side(one.side)}"' if one.side else ""
    wanted = exactly(label, f"$A{at + 1}")
    if span is not None:
        ends = [f"DATE({day.year},{day.month},{day.day})" for day in span]
        part += f',{data.ref("date")},">="&{ends[0]},{data.ref("date")},"<="&{ends[1]}'
    formula = (
        f"=SUMIFS({data.ref('total')},{data.ref(axis)},{wanted},{data.ref('currency')},$B{at + 1},"
        f'{data.ref("status")},"{data.statuses[CONFIRMED]}"{part})'
    )
    sheet.write_formula(at, 3, formula, money, float(now))
    _change(sheet, styles, at, one, earlier or ZERO, now, "body")
    state = "new" if earlier is None else "gone" if total is None else "kept"
    text(sheet, at, 6, say(f"write.comparison-{state}", language), styles.get("center-muted" if state == "kept" else "center-amber"))


def _change(sheet: Any, styles: Formats, at: int, one: Currency, before: Decimal, now: Decimal, style: str) -> None:
    sheet.write_formula(at, 4, f"=D{at + 1}-C{at + 1}", styles.money(one.code, style), float(now - before))
    share: float | str = float((now - before) / abs(before)) if before else ""
    sheet.write_formula(at, 5, f'=IF(C{at + 1}=0,"",(D{at + 1}-C{at + 1})/ABS(C{at + 1}))', styles.get(style, "+0.0%;-0.0%;0.0%"), share)


def _foot(sheet: Any, styles: Formats, data: Data, at: int, begin: int, one: Currency, before: Amounts, now_: Amounts) -> None:
    language = data.language
    earlier = sum((amount for (code, part, _), amount in before.items() if (code, part) == (one.code, one.side)), ZERO)
    now = sum((amount for (code, part, _), amount in now_.items() if (code, part) == (one.code, one.side)), ZERO)
    key = f"comparison-{one.side}" if one.side else "comparison-total"
    text(sheet, at, 0, say(f"write.{key}", language), styles.get("total"))
    text(sheet, at, 1, currency(one.code, language), styles.get("total"))
    money = styles.money(one.code, "total")
    sheet.write_formula(at, 2, f"=SUM(C{begin + 1}:C{at})", money, float(earlier))
    sheet.write_formula(at, 3, f"=SUM(D{begin + 1}:D{at})", money, float(now))
    _change(sheet, styles, at, one, earlier, now, "total")
    sheet.write_blank(at, 6, None, styles.get("total"))


def _chart(sheet: Any, book: Any, data: Data, one: Currency, begin: int, end: int, below: bool) -> int:
    """Draw before and now beside each other; returns the row below the chart. ``below`` tells that some amounts are negative."""
    from confrere.documents.write import formats

    name, language = sheet.get_name(), data.language
    chart = book.add_chart({"type": "bar"})
    for column, color in ((2, theme.LINE), (3, theme.ACCENT)):
        chart.add_series(
            {
                "name": [name, _HEAD, column],
                "categories": [name, begin, 0, end, 0],
                "values": [name, begin, column, end, column],
                "fill": {"color": f"#{color}"},
                "gap": 60,
            }
        )
    font = {"name": theme.FONT, "size": 10, "color": f"#{theme.GREY}"}
    title = plain(say("write.comparison-chart", language, currency=currency(one.code, language)))
    chart.set_title(
        {"name": title, "overlay": False, "name_font": {"name": theme.FONT, "size": 13, "bold": True, "color": f"#{theme.INK}"}}
    )
    chart.set_y_axis({"num_font": font, "reverse": True, "line": {"color": f"#{theme.LINE}"}, "major_tick_mark": "none"})
    chart.set_x_axis(
        {
            "num_font": font,
            "num_format": formats.excel_money(one.code, language, 0).split(";")[0],
            "line": {"none": True},
            "label_position": "high",
            **({} if below else {"min": 0}),
            "major_gridlines": {"visible": True, "line": {"color": f"#{theme.LINE}", "width": 0.75}},
        }
    )
    chart.set_legend({"position": "bottom", "font": font})
    height = max(260, 90 + 40 * (end - begin + 1))
    chart.set_size({"width": 620, "height": height})
    sheet.insert_chart(begin, len(_COLUMNS) + 1, chart, {"description": title, "object_position": 2})
    return begin + height // 20 + 1
