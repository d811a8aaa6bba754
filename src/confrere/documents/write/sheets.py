"""What every workbook shares: opening, cell styles, and writing text that can never become a formula or a link."""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from confrere.documents.write import theme
from confrere.documents.write.formats import excel_format, excel_money
from confrere.documents.write.text import plain
from confrere.messages import say

LIMIT = 32_000  # Excel refuses longer texts (32 767)

_STYLES: dict[str, dict[str, Any]] = {
    "body": {},
    "title": {"bold": True, "font_size": 18, "font_color": f"#{theme.INK}"},
    "heading": {"bold": True, "font_size": 13, "font_color": f"#{theme.ACCENT}"},
    "muted": {"font_color": f"#{theme.GREY}"},
    "wrap": {"text_wrap": True, "valign": "top"},
    "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": f"#{theme.INK}", "valign": "vcenter", "text_wrap": True},
    "head-right": {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": f"#{theme.INK}",
        "valign": "vcenter",
        "text_wrap": True,
        "align": "right",
    },
    "total": {"bold": True, "top": 1, "top_color": f"#{theme.INK}", "bg_color": f"#{theme.TINT}"},
    "band": {"bold": True, "bg_color": f"#{theme.TINT}"},
    "warn": {"font_color": f"#{theme.WARN}"},
    "link": {"font_color": f"#{theme.ACCENT}", "underline": 1},
    "amber": {"bg_color": f"#{theme.WARN_TINT}", "font_color": f"#{theme.WARN}"},
    "center-amber": {"bg_color": f"#{theme.WARN_TINT}", "font_color": f"#{theme.WARN}", "align": "center"},
    "left": {"align": "left"},
    "center": {"align": "center"},
    "center-muted": {"align": "center", "font_color": f"#{theme.GREY}"},
    "head-center": {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": f"#{theme.INK}",
        "valign": "vcenter",
        "text_wrap": True,
        "align": "center",
    },
}


@contextmanager
def open_workbook(path: Path, created: dt.datetime, title: str) -> Iterator[Any]:
    """A new xlsxwriter workbook at ``path``, closed on leaving; its times are fixed, so that it is written alike each time."""
    import xlsxwriter  # heavy, and only writers of workbooks need it

    book = xlsxwriter.Workbook(
        str(path),
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": theme.FONT, "font_size": 11},
        },
    )
    book.set_properties({"title": plain(title)[:255], "author": "Confrère", "created": created})
    book.set_calc_mode("auto")
    try:
        yield book
    finally:
        book.close()


class Formats:
    """The cell formats of one workbook, each made once."""

    def __init__(self, book: Any, language: str) -> None:
        self._book, self._language = book, language
        self._made: dict[tuple[str, str], Any] = {}

    def get(self, style: str = "body", number: str = "") -> Any:
        """A format of ``style``, with a number format."""
        key = (style, number)
        if key not in self._made:
            properties = dict(_STYLES[style])
            if number:
                properties["num_format"] = number
            self._made[key] = self._book.add_format(properties)
        return self._made[key]

    def money(self, currency: str, style: str = "body") -> Any:
        return self.get(style, excel_money(currency, self._language))

    def kind(self, kind: str, currency: str = "", style: str = "body") -> Any:
        return self.get(style, excel_format(kind, self._language, currency))


def text(sheet: Any, row: int, column: int, value: str, style: Any = None) -> None:
    """Write ``value`` as text, whatever it looks like."""
    value = plain(value)
    sheet.write_string(row, column, value if len(value) <= LIMIT else value[: LIMIT - 1] + "…", style)


def value(sheet: Any, row: int, column: int, content: object, style: Any = None) -> None:
    """Write a typed cell: a date as a date, a number as a number, None as an empty cell, anything else as text."""
    if content is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(content, bool):
        sheet.write_boolean(row, column, content, style)
    elif isinstance(content, dt.date):
        # A spreadsheet has no date before 1900: such a date stays readable, as text.
        if content.year < 1900:
            text(sheet, row, column, content.isoformat(), style)
        else:
            sheet.write_datetime(row, column, dt.datetime.combine(content, dt.time()), style)
    elif isinstance(content, (int, float, Decimal)):
        # Doubles hold 15 digits: a longer number (an account) would be altered, so it stays text.
        if len(str(content).replace(".", "").lstrip("-0")) > 15:
            text(sheet, row, column, str(content), style)
        else:
            sheet.write_number(row, column, float(content), style)
    else:
        text(sheet, row, column, str(content), style)


def letters(column: int) -> str:
    """The letters of a column (0 is "A")."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def relative_link(file: str, base: str) -> str:
    """The address of ``file`` from the folder ``base`` (view paths), percent-encoded; "" where none can be given: another
    granted folder (they may lie anywhere), a name that is no text, or one a link cannot carry on every system."""
    if not file or any(0xD800 <= ord(ch) <= 0xDFFF for ch in file):
        return ""
    if base and file.split("/")[0] != base.split("/")[0]:
        return ""
    relative = posixpath.relpath(file, base or ".")
    if ":" in relative.split("/")[0] or "\\" in relative:
        return ""
    url = quote(relative, safe="/!$&'()+,;=@-._~")
    return url if len(url) <= 2000 else ""


def file_cell(sheet: Any, row: int, column: int, shown: str, address: str, styles: Formats) -> None:
    """A file's name, linked where ``address`` is not empty."""
    if address:
        shown = plain(shown)
        sheet.write_url(row, column, "external:" + address, styles.get("link"), shown[:LIMIT])
    else:
        text(sheet, row, column, shown)


def page_setup(sheet: Any, language: str, header_row: int | None, landscape: bool = True) -> None:
    """A4, one page wide, the header row repeated, page numbers at the foot."""
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer("&L&8&F&R&8" + say("write.page-of", language))
    if header_row is not None:
        sheet.repeat_rows(header_row)
