"""The Summary sheet of a recap workbook: totals by currency, party, month, type and VAT rate, and charts over them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from confrere.documents.write import formats, theme
from confrere.documents.write.content import Recap
from confrere.documents.write.figures import CONFIRMED, TO_CONFIRM, ZERO, Currency, Sum
from confrere.documents.write.labels import currency, made_on, party, pot, type_label
from confrere.documents.write.sheets import Formats, page_setup, text, value
from confrere.documents.write.workbook import Data
from confrere.messages import say

# Columns: A margin, B label, C currency, D documents, E net, F VAT, G confirmed, H to confirm, I share; charts from K.
LABEL, CURRENCY, COUNT, NET, TAX, TOTAL, DOUBT, SHARE, CHARTS = 1, 2, 3, 4, 5, 6, 7, 8, 10
_CHART_ROWS = 17


def write_summary(sheet: Any, book: Any, styles: Formats, recap: Recap, data: Data) -> None:
    """Fill the Summary sheet with formulas over the Documents table."""
    _Summary(sheet, book, styles, recap, data).write()


class _Summary:
    def __init__(self, sheet: Any, book: Any, styles: Formats, recap: Recap, data: Data) -> None:
        self.sheet, self.book, self.styles, self.recap, self.data = sheet, book, styles, recap, data
        self.language, self.totals = data.language, data.totals
        self.at = 0
        self.chart_at = 3
        self.key_rows: dict[str, int] = {}

    def say(self, key: str, **values: object) -> str:
        return say(f"write.{key}", self.language, **values)

    def write(self) -> None:
        sheet, styles, language, totals = self.sheet, self.styles, self.language, self.totals
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 2)
        for column, size in zip(range(LABEL, SHARE + 1), (self._label_width(), 9, 12, 16, 15, 17, 17, 10), strict=True):
            sheet.set_column(column, column, size)
        text(sheet, 0, LABEL, self.data.title, styles.get("title"))
        sheet.set_row(0, 30)
        span = totals.period()
        if not totals.rows:
            note = self.say("recap-empty")
        elif span:
            note = self.say(
                "recap-subtitle", count=len(totals.rows), first=formats.date(span[0], language), last=formats.date(span[1], language)
            )
        else:
            note = self.say("recap-subtitle-undated", count=len(totals.rows))
        text(sheet, 1, LABEL, "  ".join(part for part in (note, made_on(self.recap.day, language)) if part), styles.get("muted"))
        self.at = 3
        if totals.currencies:
            self._key_figures()
            first = totals.axis
            for axis in (first, "supplier" if first == "client" else "client"):
                if axis == first or any(len(one.parties(axis)) > 1 for one in totals.currencies if one.told_by(axis)):
                    self._parties(axis)
            self._months()
            self._types()
            self._rates()
        page_setup(sheet, language, None)
        sheet.print_area(0, 0, max(self.at, self.chart_at), CHARTS + 10)
        sheet.freeze_panes(2, 0)

    def _label_width(self) -> int:
        names = [name for one in self.totals.currencies for name in (*one.clients, *one.suppliers)]
        return max(30, min(60, max(map(len, names), default=0) + 3))

    def _heads(self, title: str, first: str, names: dict[int, str]) -> None:
        text(self.sheet, self.at, LABEL, title, self.styles.get("heading"))
        self.at += 1
        text(self.sheet, self.at, LABEL, first, self.styles.get("head"))
        for column in range(CURRENCY, SHARE + 1):
            text(self.sheet, self.at, column, names.get(column, ""), self.styles.get("head" if column == CURRENCY else "head-right"))
        self.sheet.set_row(self.at, 20)
        self.at += 1

    def _names(self) -> dict[int, str]:
        keys = {
            CURRENCY: "currency",
            COUNT: "documents",
            NET: "net",
            TAX: "tax",
            TOTAL: "total-confirmed",
            DOUBT: "total-to-confirm",
            SHARE: "share",
        }
        return {column: self.say(key) for column, key in keys.items()}

    def _criteria(self, one: Currency, state: str, extra: str) -> str:
        ref = self.data.ref
        part = f',{ref("side")},"{self.data.side(one.side)}"' if one.side else ""
        return f'{ref("currency")},$C{self.at + 1},{ref("status")},"{self.data.statuses[state]}"{part}{extra}'

    def _formula(self, column: int, formula: str, style: Any, cached: Decimal | int) -> None:
        self.sheet.write_formula(self.at, column, formula, style, float(cached))

    def _amounts(self, one: Currency, total: Sum, extra: str, style: str) -> None:
        """Documents, net, VAT, confirmed and doubtful totals of one line, as formulas over the Documents table."""
        ref, money = self.data.ref, self.styles.money(one.code, style)
        text(self.sheet, self.at, CURRENCY, currency(one.code, self.language), self.styles.get(style))
        count = f"=COUNTIFS({self._criteria(one, CONFIRMED, extra)})+COUNTIFS({self._criteria(one, TO_CONFIRM, extra)})"
        self._formula(COUNT, count, self.styles.kind("whole", style=style), total.count)
        for column, name, state, amount in (
            (NET, "net", CONFIRMED, total.net),
            (TAX, "tax", CONFIRMED, total.tax),
            (TOTAL, "total", CONFIRMED, total.confirmed),
            (DOUBT, "total", TO_CONFIRM, total.doubtful),
        ):
            self._formula(column, f"=SUMIFS({ref(name)},{self._criteria(one, state, extra)})", money, amount)

    def _key_figures(self) -> None:
        names = self._names()
        del names[SHARE]
        self._heads(self.say("by-currency"), "", names)
        for one in self.totals.currencies:
            text(self.sheet, self.at, LABEL, pot(one, self.language, "total-of"), self.styles.get("total"))
            self._amounts(one, one.all, "", "total")
            self.sheet.write_blank(self.at, SHARE, None, self.styles.get("total"))
            self.key_rows[one.key] = self.at
            for name, column in (("total", TOTAL), ("to_confirm", DOUBT)):
                code = one.key if one.key.replace("_", "").isalnum() and one.key.isascii() else "none"
                self.book.define_name(f"{name}_{code}", f"='{self.sheet.get_name()}'!${'ABCDEFGHI'[column]}${self.at + 1}")
            self.at += 1
        self.at += 1

    def _block(
        self, title: str, first: str, groups: list[tuple[Currency, list[tuple[object, Sum, str]]]], style: Any = None
    ) -> list[tuple[Currency, int, int]]:
        """A block of lines by currency with its totals; returns the first and last row of each currency's lines."""
        self._heads(title, first, self._names())
        spans: list[tuple[Currency, int, int]] = []
        for one, lines in groups:
            begin = self.at
            for label, total, extra in lines:
                value(self.sheet, self.at, LABEL, label, style)
                self._amounts(one, total, extra, "body")
                key = f"G${self.key_rows[one.key] + 1}"
                share = total.confirmed / one.all.confirmed if one.all.confirmed else ZERO
                self._formula(SHARE, f"=IF({key}=0,0,G{self.at + 1}/{key})", self.styles.kind("percent", style="muted"), share)
                self.at += 1
            spans.append((one, begin, self.at - 1))
            self._foot(one, begin, self.at - 1)
        self.at += 1
        return spans

    def _foot(self, one: Currency, begin: int, end: int) -> None:
        """The total of a block: the sum of its lines, and a control that it equals the sum of the documents."""
        money = self.styles.money(one.code, "total")
        text(self.sheet, self.at, LABEL, pot(one, self.language, "total-of"), self.styles.get("total"))
        text(self.sheet, self.at, CURRENCY, currency(one.code, self.language), self.styles.get("total"))
        cached = {COUNT: Decimal(one.all.count), NET: one.all.net, TAX: one.all.tax, TOTAL: one.all.confirmed, DOUBT: one.all.doubtful}
        for column, amount in cached.items():
            letter = "ABCDEFGHI"[column]
            self._formula(
                column,
                f"=SUM({letter}{begin + 1}:{letter}{end + 1})",
                self.styles.kind("whole", style="total") if column == COUNT else money,
                amount,
            )
        off = self.say("gap-format")
        control = self.styles.get("total", f'[Red]"{off}" 0.00;[Red]"{off}" -0.00;"✓"')
        self._formula(SHARE, f"=ROUND(G{self.at + 1}-G{self.key_rows[one.key] + 1},2)", control, 0)
        self.at += 1

    def _parties(self, axis: str) -> None:
        groups = []
        at = self.at + 2
        for one in self.totals.currencies:
            if not one.told_by(axis):
                continue
            lines: list[tuple[object, Sum, str]] = []
            for name, total in one.parties(axis).items():
                label = party(name, axis, self.language)
                lines.append((label, total, f",{self.data.ref(axis)},{_criterion(label, at + 1)}"))
                at += 1
            at += 1  # the currency's total
            groups.append((one, lines))
        spans = self._block(self.say(f"by-{axis}"), self.say(axis), groups)
        if axis == self.totals.axis:
            for one, begin, end in spans[:2]:
                if end > begin:
                    title = self.say("chart-by", axis=self.say(axis).lower(), currency=pot(one, self.language))
                    self._chart("bar", title, begin, min(end, begin + 11), one)

    def _months(self) -> None:
        groups = []
        at = self.at + 2
        dates = self.data.ref("date")
        for one in self.totals.currencies:
            lines: list[tuple[object, Sum, str]] = []
            for month, total in one.months.items():
                if month is None:
                    lines.append((self.say("no-date"), total, f',{dates},"="'))
                elif month.year < 1900:
                    continue
                else:
                    lines.append((month, total, f',{dates},">="&$B{at + 1},{dates},"<"&EDATE($B{at + 1},1)'))
                at += 1
            at += 1  # the currency's total
            groups.append((one, lines))
        style = self.styles.get("left", formats.excel_format("month", self.language))
        for one, begin, end in self._block(self.say("by-month"), self.say("month"), groups, style)[:2]:
            dated = sum(1 for month in one.months if isinstance(month, dt.date) and month.year >= 1900)
            if dated > 1:
                title = self.say("chart-by-month", currency=pot(one, self.language))
                self._chart("column", title, begin, min(end, begin + dated - 1), one)

    def _types(self) -> None:
        groups = []
        at = self.at + 2
        for one in self.totals.currencies:
            lines: list[tuple[object, Sum, str]] = []
            for name, total in one.types.items():
                label = type_label(name, self.language)
                lines.append((label, total, f",{self.data.ref('type')},{_criterion(label, at + 1)}"))
                at += 1
            at += 1  # the currency's total
            groups.append((one, lines))
        self._block(self.say("by-type"), self.say("type"), groups)

    def _rates(self) -> None:
        lines = list(self._rate_lines())
        if not lines:
            return
        names = {
            CURRENCY: self.say("currency"),
            COUNT: self.say("documents"),
            NET: self.say("base"),
            TAX: self.say("tax-confirmed"),
            DOUBT: self.say("tax-to-confirm"),
        }
        self._heads(self.say("by-rate"), self.say("vat-rate"), names)
        for one, rate, total in lines:
            name, money = f"rate {rate}", self.styles.money(one.code)
            label = formats.rate(rate, self.language) if rate else self.say("tax-unstated")
            text(self.sheet, self.at, LABEL, self.say(f"rate-{one.side}", rate=label) if one.side else label)
            text(self.sheet, self.at, CURRENCY, currency(one.code, self.language))
            counts = "+".join(f'COUNTIFS({self._criteria(one, state, "")},{self.data.ref(name)},"<>")' for state in (CONFIRMED, TO_CONFIRM))
            self._formula(COUNT, f"={counts}", self.styles.kind("whole"), total.count)
            for column, state, amount in ((TAX, CONFIRMED, total.tax), (DOUBT, TO_CONFIRM, total.doubtful)):
                self._formula(column, f"=SUMIFS({self.data.ref(name)},{self._criteria(one, state, '')})", money, amount)
            share = _fraction(rate)
            if share:
                self._formula(NET, f"=ROUND(F{self.at + 1}/{share},2)", money, round(total.tax / share, 2))
            self.at += 1
        self.at += 1

    def _rate_lines(self) -> Iterator[tuple[Currency, str, Sum]]:
        for one in self.totals.currencies:
            for rate, total in one.rates.items():
                yield one, rate, total

    def _chart(self, kind: str, title: str, begin: int, end: int, one: Currency) -> None:
        name = self.sheet.get_name()
        chart = self.book.add_chart({"type": kind})
        chart.add_series(
            {
                "name": [name, begin - 1, TOTAL],
                "categories": [name, begin, LABEL, end, LABEL],
                "values": [name, begin, TOTAL, end, TOTAL],
                "fill": {"color": f"#{theme.ACCENT}"},
                "gap": 60,
            }
        )
        font = {"name": theme.FONT, "size": 10, "color": f"#{theme.GREY}"}
        chart.set_title(
            {"name": title, "overlay": False, "name_font": {"name": theme.FONT, "size": 13, "bold": True, "color": f"#{theme.INK}"}}
        )
        chart.set_legend({"none": True})
        whole = formats.excel_money(one.code, self.language, 0).split(";")[0]
        amounts: dict[str, Any] = {
            "num_font": font,
            "num_format": whole,
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": f"#{theme.LINE}", "width": 0.75}},
        }
        groups = one.months if kind == "column" else one.parties(self.data.totals.axis)
        if all(total.confirmed >= 0 for total in groups.values()):  # a bar tells by its length: it begins at nothing
            amounts["min"] = 0
        labels: dict[str, Any] = {"num_font": font, "line": {"color": f"#{theme.LINE}"}, "major_tick_mark": "none"}
        if kind == "bar":
            # xlsxwriter calls the horizontal axis of a bar chart x, though its categories are on the vertical one.
            chart.set_y_axis(labels | {"reverse": True})
            chart.set_x_axis(amounts | {"label_position": "high"})
        else:
            months = "[$-40C]mmm yy" if self.language == "fr" else "[$-809]mmm yy"
            chart.set_x_axis(labels | {"text_axis": True, "num_format": months})
            chart.set_y_axis(amounts)
        chart.set_size({"width": 640, "height": _CHART_ROWS * 20})
        self.sheet.insert_chart(self.chart_at, CHARTS, chart, {"description": title, "object_position": 2})
        self.chart_at += _CHART_ROWS + 1


def _criterion(label: str, row: int) -> str:
    """What SUMIFS must look for to find exactly the text of column B on ``row``: a name such as "A*" or ">5" is no pattern."""
    if any(ch in label for ch in "*?~"):
        return f'"="&SUBSTITUTE(SUBSTITUTE(SUBSTITUTE($B{row},"~","~~"),"*","~*"),"?","~?")'
    return f'"="&$B{row}' if label[:1] in "=<>" else f"$B{row}"


def _fraction(rate: str) -> Decimal:
    try:
        return Decimal(rate) / 100
    except ArithmeticError:
        return ZERO
