"""The recap workbook: a table of documents, and totals that are formulas over it.

Every formula carries the value computed here in exact decimals, so that previews that do not calculate show it too;
verification compares each with what LibreOffice computes. Only functions LibreOffice 7.4 knows are used.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from confrere.documents.write import formats
from confrere.documents.write.content import Recap, Row
from confrere.documents.write.figures import CONFIRMED, NOT_COUNTED, TO_CONFIRM, Totals, rate_order, rates, signed
from confrere.documents.write.labels import currency, doubts, field_label, party, recap_title, type_label
from confrere.documents.write.package import stamp
from confrere.documents.write.sheets import (
    Formats,
    file_cell,
    letters,
    open_workbook,
    page_setup,
    relative_link,
    text,
    value,
)
from confrere.documents.write.text import line, plain
from confrere.messages import say

TABLE = "Documents"
_WIDTHS = {
    "rank": 6,
    "file": 32,
    "type": 13,
    "number": 18,
    "date": 12,
    "due_date": 12,
    "currency": 9,
    "net": 15,
    "tax": 14,
    "total": 16,
    "gap": 16,
    "status": 13,
    "what-to-check": 58,
    "confidence": 11,
    "source": 18,
    "side": 10,
}
_RIGHT = {"net", "tax", "total"}
_CENTER = {"rank", "date", "due_date", "currency", "gap", "confidence"}


def recap_workbook(path: Path, recap: Recap, language: str, at: str = "") -> None:
    """Write the workbook of ``recap``: Summary, Pivot (parties by month), Comparison where there is an earlier period, Documents, To check, Sources.

    ``at`` is the view path where the workbook will lie: links to the documents are relative to it (default: the
    top of the first granted folder). Raises OSError when ``path`` cannot be written.
    """
    from confrere.documents.write.crossing import crossed, write_crossing
    from confrere.documents.write.summary import write_summary

    totals = Totals(recap)
    with open_workbook(path, stamp(recap.day), recap_title(recap, totals, language)) as book:
        styles = Formats(book, language)
        sheets = {
            name: book.add_worksheet(say(f"write.sheet-{name}", language))
            for name in (
                "summary",
                *(("crossing",) if crossed(totals) else ()),
                *(("comparison",) if recap.before_name else ()),
                "documents",
                "check",
                "sources",
            )
        }
        data = Data(sheets["documents"], styles, recap, totals, language, at)
        data.write()
        write_summary(sheets["summary"], book, styles, recap, data)
        if "crossing" in sheets:
            write_crossing(sheets["crossing"], styles, data)
        if "comparison" in sheets:
            from confrere.documents.write.comparison import write_comparison

            write_comparison(sheets["comparison"], book, styles, recap, data)
        _check_sheet(sheets["check"], styles, recap, data)
        _sources_sheet(sheets["sources"], styles, data)
        sheets["summary"].activate()


class Data:
    """The Documents sheet: one row a document, in a real table the formulas of the other sheets refer to."""

    def __init__(self, sheet: Any, styles: Formats, recap: Recap, totals: Totals, language: str, at: str) -> None:
        self.sheet, self.styles, self.totals, self.language = sheet, styles, totals, language
        self.title = recap_title(recap, totals, language)
        self.base = posixpath.dirname(at) if at else min((row.file.split("/")[0] for row in recap.rows), default="")
        self.rates = sorted({rate for row in totals.rows for rate in rates(row)}, key=rate_order)
        sided = ("side",) if any(totals.sides) else ()
        names = ["rank", "file", "type", *sided, "client", "supplier", "number", "date", "due_date", "currency", "net"]
        self.headers = {name: say(f"write.{name}", language) for name in names}
        for rate in self.rates:
            self.headers[f"rate {rate}"] = (
                say("write.tax-at", language, rate=_header(formats.rate(rate, language))) if rate else say("write.tax-unstated", language)
            )
        for name in ("tax", "total", "gap", "status", "what-to-check", "confidence", "source"):
            self.headers[name] = say(f"write.{name}", language)
        self.index = {name: position for position, name in enumerate(self.headers)}
        self.statuses = {name: say(f"write.{name}", language) for name in (CONFIRMED, TO_CONFIRM, NOT_COUNTED)}
        self.band = [
            (one, state) for one in totals.currencies[:4] for state in (CONFIRMED, TO_CONFIRM) if state == CONFIRMED or one.all.doubts
        ]
        self.first = 4 + len(self.band) + (1 if self.band else 0)  # 0-based row of the first document
        self.last = self.first + max(len(totals.rows), 1) - 1

    def side(self, name: str) -> str:
        """Sale, purchase or neither, as the table shows it; "" where the documents are not told apart so."""
        return say(f"write.side-{name}", self.language) if name else ""

    def ref(self, name: str) -> str:
        """A structured reference to a column of the table."""
        return f"{TABLE}[{self.headers[name]}]"

    def column(self, name: str) -> str:
        return letters(self.index[name])

    def place(self, number: int) -> str:
        """An internal link to the row of the ``number``-th document (from 0)."""
        return f"internal:'{self.sheet.get_name()}'!A{self.first + number + 1}"

    def write(self) -> None:
        sheet, styles, language, rows = self.sheet, self.styles, self.language, self.totals.rows
        sheet.hide_gridlines(2)
        text(sheet, 0, 0, self.title, styles.get("title"))
        sheet.set_row(0, 28)
        note = say("write.data-help", language, confirmed=self.statuses[CONFIRMED]) if rows else say("write.recap-empty", language)
        text(sheet, 1, 0, note, styles.get("muted"))
        for name, position in self.index.items():
            wide = _WIDTHS.get(name, 14)
            if name in ("client", "supplier"):
                wide = max(18, min(46, 3 + max((len(party(getattr(row, name), name, language)) for row in rows), default=0)))
            sheet.set_column(position, position, wide)
        self._band()
        for number, (row, state) in enumerate(zip(rows, self.totals.statuses, strict=True)):
            self._row(self.first + number, number, row, state)
        single = len(self.totals.currencies) == 1
        self._table(single)
        sheet.freeze_panes(self.first, 2)
        page_setup(sheet, language, self.first - 1)
        # what is only looked up on the screen would make the rest too small to read on paper; another sheet prints what to check
        sheet.print_area(0, 0, self.last + 1, self.index["status"])
        where = (self.first, self.index["status"], self.last, self.index["status"])
        sheet.data_validation(*where, {"validate": "list", "source": list(self.statuses.values())})
        amber = styles.get("amber")
        sheet.conditional_format(
            *where,
            {
                "type": "cell",
                "criteria": "==",
                "value": f'"{self.statuses[TO_CONFIRM]}"',
                "format": amber,
            },
        )
        cell = f"${self.column('gap')}{self.first + 1}"
        sheet.conditional_format(
            self.first,
            self.index["gap"],
            self.last,
            self.index["gap"],
            {
                "type": "formula",
                "criteria": f"=IF(ISNUMBER({cell}),{cell}<>0,FALSE)",
                "format": amber,
            },
        )

    def _band(self) -> None:
        """Totals by currency and status above the table, always in sight, so that no sum ever mixes two currencies."""
        for line_, (one, state) in enumerate(self.band):
            at = 3 + line_
            for position in range(self.index["supplier"], self.index["total"] + 1):
                self.sheet.write_blank(at, position, None, self.styles.get("band"))
            label = say(f"write.total-{state}", self.language) + (f" ({self.side(one.side).lower()})" if one.side else "")
            text(self.sheet, at, self.index["supplier"], label, self.styles.get("band"))
            text(self.sheet, at, self.index["currency"], currency(one.code, self.language), self.styles.get("band"))
            amounts = {"net": one.all.net, "tax": one.all.tax, "total": one.all.confirmed}
            for name, amount in amounts.items() if state == CONFIRMED else (("total", one.all.doubtful),):
                formula = (
                    f"=SUMIFS({self.ref(name)},{self.ref('currency')},${self.column('currency')}{at + 1},"
                    f'{self.ref("status")},"{self.statuses[state]}"'
                    + (f',{self.ref("side")},"{self.side(one.side)}")' if one.side else ")")
                )
                self.sheet.write_formula(at, self.index[name], formula, self.styles.money(one.code, "band"), float(amount))

    def _row(self, at: int, number: int, row: Row, state: str) -> None:
        sheet, styles, language = self.sheet, self.styles, self.language
        money = styles.money(row.currency)
        index = self.index
        sheet.write_number(at, index["rank"], number + 1, styles.get("center-muted"))
        file_cell(sheet, at, index["file"], posixpath.basename(row.file), relative_link(row.file, self.base), styles)
        words = {
            "type": type_label(row.type, language),
            "client": party(row.client, "client", language),
            "supplier": party(row.supplier, "supplier", language),
            "number": plain(row.number),
            "currency": currency(row.currency, language),
            "status": self.statuses[state],
            "source": plain(row.source),
            **({"side": self.side(self.totals.sides[number])} if "side" in index else {}),
            "what-to-check": (" ; " if language == "fr" else "; ").join(
                f"{field_label(name, language)} : {reason}" if language == "fr" else f"{field_label(name, language)}: {reason}"
                for name, reason in doubts(row, language)
            )
            if state != NOT_COUNTED or row.check
            else "",
        }
        for name, content in words.items():
            style = "center" if name in _CENTER else "muted" if name in ("client", "supplier") and not getattr(row, name) else "body"
            text(sheet, at, index[name], content, styles.get(style))
        value(sheet, at, index["date"], row.date, styles.kind("date", style="center"))
        value(sheet, at, index["due_date"], row.due_date, styles.kind("date", style="center"))
        found: dict[str, Decimal | None] = {f"rate {rate}": amount for rate, amount in rates(row).items()}
        found |= {name: signed(getattr(row, name), row) for name in ("net", "tax", "total")}
        for name, amount in found.items():
            value(sheet, at, index[name], amount, money)
        net, tax, total = (found[name] for name in ("net", "tax", "total"))
        gap: float | str = float(net + tax - total) if net is not None and tax is not None and total is not None else ""
        sheet.write_formula(at, index["gap"], self._gap(at), styles.get("center-muted", "#,##0.00;[Red]-#,##0.00;–"), gap)
        sheet.write_number(at, index["confidence"], row.confidence, styles.get("center-muted", "0%"))

    def _gap(self, at: int) -> str:
        net, tax, total = (f"{self.column(name)}{at + 1}" for name in ("net", "tax", "total"))
        return f'=IF(COUNT({net},{tax},{total})=3,ROUND({net}+{tax}-{total},2),"")'

    def _table(self, single: bool) -> None:
        columns = [{"header": header, "header_format": self.styles.get(_head_style(name))} for name, header in self.headers.items()]
        end = self.last
        if self.totals.rows:
            end += 1
            columns[self.index["file"]]["total_string"] = say("write.displayed", self.language)
        self.sheet.set_row(self.first - 1, 32)
        self.sheet.add_table(
            self.first - 1,
            0,
            end,
            len(columns) - 1,
            {
                "name": TABLE,
                "columns": columns,
                "style": "Table Style Light 1",
                "total_row": bool(self.totals.rows),
            },
        )
        if not self.totals.rows:
            return
        for name in self.headers:
            style = self.styles.get("total")
            if name == "number":
                formula, cached = f"=SUBTOTAL(103,{self.ref('file')})", float(len(self.totals.rows))
            elif single and (name in ("net", "tax", "total") or name.startswith("rate ")):
                formula = f"=SUBTOTAL(109,{self.ref(name)})"
                cached = float(sum((self._amount(row, name) or Decimal(0) for row in self.totals.rows), Decimal(0)))
                style = self.styles.money(self.totals.currencies[0].code, "total")
            else:
                if name != "file":
                    self.sheet.write_blank(end, self.index[name], None, style)
                else:
                    text(self.sheet, end, self.index[name], say("write.displayed", self.language), style)
                continue
            self.sheet.write_formula(end, self.index[name], formula, style, cached)

    def _amount(self, row: Row, name: str) -> Decimal | None:
        return rates(row).get(name[5:]) if name.startswith("rate ") else signed(getattr(row, name), row)


def _head_style(name: str) -> str:
    if name in _CENTER:
        return "head-center"
    return "head-right" if name in _RIGHT or name.startswith("rate ") else "head"


def _header(label: str) -> str:
    """A rate as part of a table header, which structured references must be able to carry: no bracket, quote or hash."""
    return "".join(ch for ch in label if ch not in "[]#'\"@")


def _check_sheet(sheet: Any, styles: Formats, recap: Recap, data: Data) -> None:
    """What a person should look at, one line a doubt; then what could not be read."""
    language, totals = data.language, data.totals
    sheet.hide_gridlines(2)
    text(sheet, 0, 0, say("write.check-title", language), styles.get("title"))
    sheet.set_row(0, 28)
    lines: list[tuple[int, Row, str, str]] = []
    for number, (row, state) in enumerate(zip(totals.rows, totals.statuses, strict=True)):
        if state == TO_CONFIRM or row.check:
            lines += [(number, row, name, reason) for name, reason in doubts(row, language)]
    heads = [say(f"write.{name}", language) for name in ("rank", "file", "check-field", "check-value", "check-why", "source", "status")]
    if lines:
        _heads(sheet, 2, heads, styles)
        for at, (number, row, name, reason) in enumerate(lines, 3):
            sheet.write_url(at, 0, data.place(number), styles.get("link"), str(number + 1))
            file_cell(sheet, at, 1, posixpath.basename(row.file), relative_link(row.file, data.base), styles)
            text(sheet, at, 2, field_label(name, language))
            amount = name in ("net", "tax", "total")
            style = styles.money(row.currency, "left") if amount else styles.kind("date", style="left") if name.endswith("date") else None
            value(sheet, at, 3, _seen(row, name), style)
            text(sheet, at, 4, reason)
            text(sheet, at, 5, row.source)
            cell = f"{data.column('status')}{data.first + number + 1}"
            sheet.write_formula(at, 6, f"='{data.sheet.get_name()}'!{cell}", None, data.statuses[totals.statuses[number]])
        sheet.autofilter(2, 0, 2 + len(lines), len(heads) - 1)
        sheet.freeze_panes(3, 2)
    else:
        text(sheet, 2, 0, say("write.check-none", language), styles.get("muted"))
    at = 5 + len(lines)
    if recap.omitted:
        text(sheet, at, 0, say("write.not-read", language), styles.get("heading"))
        for offset, (file, reason) in enumerate(recap.omitted, 1):
            file_cell(sheet, at + offset, 1, line(file), relative_link(file, data.base), styles)
            text(sheet, at + offset, 4, reason)
    _set_widths(sheet, (6, 40, 18, 18, 48, 20, 14))
    page_setup(sheet, language, 2 if lines else None)


def _seen(row: Row, name: str) -> object:
    return signed(getattr(row, name), row) if name in ("net", "tax", "total") else getattr(row, name, None) or None


def _sources_sheet(sheet: Any, styles: Formats, data: Data) -> None:
    """The file behind each line."""
    language = data.language
    sheet.hide_gridlines(2)
    text(sheet, 0, 0, say("write.sources-title", language), styles.get("title"))
    sheet.set_row(0, 28)
    heads = [say(f"write.{name}", language) for name in ("rank", "file", "folder", "type", "source")]
    _heads(sheet, 2, heads, styles)
    for number, row in enumerate(data.totals.rows):
        at = 3 + number
        sheet.write_url(at, 0, data.place(number), styles.get("link"), str(number + 1))
        file_cell(sheet, at, 1, posixpath.basename(row.file), relative_link(row.file, data.base), styles)
        text(sheet, at, 2, posixpath.dirname(row.file), styles.get("muted"))
        text(sheet, at, 3, type_label(row.type, language))
        text(sheet, at, 4, row.source)
    if data.totals.rows:
        sheet.autofilter(2, 0, 2 + len(data.totals.rows), len(heads) - 1)
    sheet.freeze_panes(3, 2)
    _set_widths(sheet, (6, 44, 44, 16, 24))
    page_setup(sheet, language, 2)


def _heads(sheet: Any, at: int, heads: Sequence[str], styles: Formats) -> None:
    for position, head in enumerate(heads):
        text(sheet, at, position, head, styles.get("head"))
    sheet.set_row(at, 20)


def _set_widths(sheet: Any, columns: Sequence[int]) -> None:
    for position, size in enumerate(columns):
        sheet.set_column(position, position, size)
