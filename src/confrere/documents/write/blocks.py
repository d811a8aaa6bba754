"""Blocks of content placed on a slide: key figures, text, native charts and native tables, each fitted to its box.

Whatever does not fit at a readable size is not dropped: ``place`` returns it as lines for the speaker notes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from confrere.documents.write import formats, theme
from confrere.documents.write.content import Block, Chart, Column, Figures, Table, Text
from confrere.documents.write.text import clip, column_widths, plain, width, wrap
from confrere.messages import say

LEADING = 1.22  # the height of a line of Calibri, in its size
_ROW = 1.9  # the height of a table row, in its text size
_AIRY = 2.5  # the same where there is room
SMALLEST = 12  # points: nothing on a slide is smaller, but the footer
_EMU = 12700

Box = tuple[float, float, float, float]  # left, top, width, height in points


class Palette:
    """The colours of a deck, as theme names ("accent1") or RGB: a company's template brings its own."""

    def __init__(
        self, strong: str = "accent1", dark: str = "tx2", series: tuple[str, ...] = (), soft: str = "", night: bool = False
    ) -> None:
        self.strong, self.dark = strong, dark
        self.series = series or (theme.ACCENT, *theme.SERIES[1:])
        self.soft = soft or theme.SOFT
        # Text that lies on the slide itself; panels and totals bring their own light ground.
        self.night = night
        self.ink, self.grey, self.warn = (theme.PALE, theme.PALE_GREY, theme.PALE_WARN) if night else (theme.BODY, theme.GREY, theme.WARN)
        self.title = theme.WHITE if night else strong
        self.head = theme.WHITE if night else "bg1"


def arrange(blocks: list[Block], area: Box) -> list[tuple[Block, Box]]:
    """Where each block goes: key figures across the top, then one, two or three columns, charts and tables the widest."""
    left, top, wide, high = area
    places: list[tuple[Block, Box]] = []
    figures = [block for block in blocks if isinstance(block, Figures)]
    rest = [block for block in blocks if not isinstance(block, Figures)]
    for panels in figures:
        band = 96.0 if rest else min(high / len(figures) - 14, 150.0)
        places.append((panels, (left, top, wide, band)))
        top, high = top + band + 18, high - band - 18
    if not rest:
        return places
    gap = 28.0
    weights = [{Chart: 1.6, Table: 1.8, Text: 1.0}.get(type(block), 1.0) for block in rest]
    usable, total = wide - gap * (len(rest) - 1), sum(weights)
    for block, weight in zip(rest, weights, strict=True):
        share = usable * weight / total
        places.append((block, (left, top, share, high)))
        left += share + gap
    return places


def place(slide: Any, block: Block, box: Box, palette: Palette, language: str, heading: str) -> list[str]:
    """Put ``block`` on ``slide``; returns what had to go to the notes. ``heading`` names a table or chart without title."""
    if isinstance(block, Figures):
        return _figures(slide, block, box, palette)
    if isinstance(block, Text):
        return _text(slide, block, box, palette, language)
    if isinstance(block, Chart):
        return _chart(slide, block, box, palette, language, heading)
    return _table(slide, block, box, palette, language, heading)


def color(target: Any, name: str) -> None:
    """Set a colour format to a theme colour by name, or to RGB."""
    from pptx.dml.color import RGBColor
    from pptx.enum.dml import MSO_THEME_COLOR

    names = {
        "tx1": MSO_THEME_COLOR.TEXT_1,
        "tx2": MSO_THEME_COLOR.TEXT_2,
        "bg1": MSO_THEME_COLOR.BACKGROUND_1,
        "bg2": MSO_THEME_COLOR.BACKGROUND_2,
        **{f"accent{n}": getattr(MSO_THEME_COLOR, f"ACCENT_{n}") for n in range(1, 7)},
    }
    if name in names:
        target.theme_color = names[name]
    else:
        make: Any = RGBColor
        target.rgb = make(*bytes.fromhex(name))


def describe(shape: Any, name: str, description: str) -> None:
    """The name and alternative text of a shape."""
    properties = shape._element.xpath(".//p:cNvPr")[0]
    properties.set("name", plain(name)[:80])
    properties.set("descr", plain(description)[:1000])


def biggest(fits: Callable[[float], bool], largest: float, smallest: float = SMALLEST) -> float | None:
    """The biggest size (whole points) for which ``fits`` holds, None where even the smallest does not."""
    size = largest
    while size >= smallest:
        if fits(size):
            return size
        size -= 1
    return None


def _frame(slide: Any, box: Box, anchor: str = "top") -> Any:
    from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE

    left, top, wide, high = (round(value * _EMU) for value in box)
    shape = slide.shapes.add_textbox(left, top, wide, high)
    frame = shape.text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE}[anchor]
    return shape


def _paragraph(frame: Any, first: bool, text: str, size: float, ink: str, bold: bool = False) -> Any:
    from pptx.util import Pt

    paragraph = frame.paragraphs[0] if first else frame.add_paragraph()
    run = paragraph.add_run()
    run.text = plain(text)
    run.font.size = Pt(size)
    run.font.bold = bold
    color(run.font.color, ink)
    return paragraph


def _figures(slide: Any, block: Figures, box: Box, palette: Palette) -> list[str]:
    """Panels side by side: a large value, what it is, a remark. All values of a row have one size."""
    from pptx.util import Pt

    left, top, wide, high = box
    gap, inset = 16.0, 14.0
    count = max(1, len(block.figures))
    panel = (wide - gap * (count - 1)) / count
    inner = panel - 2 * inset
    values = [plain(figure.value) for figure in block.figures]
    size = biggest(lambda points: all(width(value, points, True) <= inner for value in values), 34 if high < 120 else 44, 14) or 14
    moved: list[str] = []
    for position, figure in enumerate(block.figures):
        x = left + position * (panel + gap)
        shape = _frame(slide, (x, top, panel, high), "middle")
        ink = {"warn": theme.WARN, "good": theme.GOOD}.get(figure.tone, palette.strong)
        shape.fill.solid()
        color(shape.fill.fore_color, theme.WARN_TINT if figure.tone == "warn" else theme.TINT)
        frame = shape.text_frame
        frame.margin_left = frame.margin_right = Pt(inset)
        value = clip(values[position], size, inner, 1, True)
        label = clip(plain(figure.label), 14, inner, 2)
        note = clip(plain(figure.note), 12, inner, 1)
        used = size * LEADING + len(wrap(label, 14, inner)) * 14 * LEADING + (12 * LEADING if note else 0)
        if note and used > high - 6:
            moved.append(f"{figure.label} : {figure.note}")
            note = ""
        if (value, label) != (values[position], plain(figure.label)):
            moved.append(f"{figure.value} {figure.label}")
        _paragraph(frame, True, value, size, ink, True)
        _paragraph(frame, False, label, 14, theme.BODY)
        if note:
            _paragraph(frame, False, note, 12, theme.GREY)
        describe(shape, figure.label, "")
    return moved


def _text(slide: Any, block: Text, box: Box, palette: Palette, language: str) -> list[str]:
    """Paragraphs or points, as large as fits; points that do not fit at 12 pt go to the notes."""
    from pptx.util import Pt

    _, _, wide, high = box
    indent = (24.0 if block.ordered else 15.0) if block.points else 0.0
    lines = [plain(line) for line in block.lines]
    largest = (24 if len(lines) <= 4 else 20) if wide > 600 else 18

    def height(size: float, some: list[str]) -> float:
        head = 16 * LEADING + 6 if block.title else 0.0
        return head + sum(len(wrap(line, size, wide - indent - 2)) * size * LEADING + size * 0.45 for line in some)

    size = biggest(lambda points: height(points, lines) <= high, largest) or SMALLEST
    shown = [*lines]
    more = ""
    while shown and height(size, [*shown, more] if more else shown) > high:
        shown.pop()
        more = say("write.more-in-notes", language, count=len(lines) - len(shown))
    shape = _frame(slide, box)
    frame = shape.text_frame
    if block.title:
        _paragraph(frame, True, clip(plain(block.title), 16, wide, 1, True), 16, palette.title, True)
    for number, line in enumerate([*shown, more] if more else shown):
        paragraph = _paragraph(frame, not block.title and number == 0, line, size, palette.grey if line is more and more else palette.ink)
        paragraph.space_before = Pt(size * 0.45) if number or block.title else Pt(0)
        if block.points and not (more and line is more):
            _bullet(paragraph, indent, block.ordered)
    describe(shape, block.title or "Text", "")
    return lines[len(shown) :]


def _bullet(paragraph: Any, indent: float, ordered: bool) -> None:
    from pptx.oxml import parse_xml

    space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    properties = paragraph._p.get_or_add_pPr()
    properties.set("marL", str(round(indent * _EMU)))
    properties.set("indent", str(-round(indent * _EMU)))
    for xml in (
        f'<a:buClr {space}><a:schemeClr val="accent1"/></a:buClr>',
        f'<a:buFont {space} typeface="Arial"/>',
        f'<a:buAutoNum {space} type="arabicPeriod"/>' if ordered else f'<a:buChar {space} char="•"/>',
    ):
        properties.append(parse_xml(xml))


def _chart(slide: Any, block: Chart, box: Box, palette: Palette, language: str, heading: str) -> list[str]:
    from confrere.documents.write.charts import add_chart

    left, top, wide, high = box
    if block.title:
        _paragraph(
            _frame(slide, (left, top, wide, 20)).text_frame, True, clip(plain(block.title), 14, wide, 1, True), 14, palette.ink, True
        )
        top, high = top + 24, high - 24
    frame = add_chart(slide, block, (left, top, wide, high), palette, language)
    describe(frame, block.title or heading, block.alt or block.title or heading)
    return []


def _table(slide: Any, block: Table, box: Box, palette: Palette, language: str, heading: str) -> list[str]:
    """A native table. Rows that do not fit go to the notes, and a last row says how many."""

    left, top, wide, high = box
    cells = [
        [formats.cell(value, column.kind, language, column.currency) for value, column in zip(row, block.columns, strict=True)]
        for row in block.rows
    ]
    total = (
        [formats.cell(value, column.kind, language, column.currency) for value, column in zip(block.total, block.columns, strict=True)]
        if block.total
        else []
    )
    heads = [plain(column.title) for column in block.columns]
    if block.title:
        _paragraph(
            _frame(slide, (left, top, wide, 20)).text_frame, True, clip(plain(block.title), 14, wide, 1, True), 14, palette.ink, True
        )
        top, high = top + 24, high - 24

    def rows_at(size: float) -> int:
        return int(high / (size * _ROW)) - 1 - bool(total)

    def natural(size: float) -> float:
        body = [heads, *cells, *([total] if total else [])]
        return sum(max(width(row[place], size, row is heads or row is total) for row in body) + 14 for place in range(len(heads)))

    size = biggest(lambda points: rows_at(points) >= len(cells) and natural(points) <= wide, 16)
    if size is None:
        size = float(SMALLEST)
    room = rows_at(size)
    moved: list[str] = []
    if len(cells) > room:
        shown = cells[: max(1, room - 1)]
        moved = [" · ".join(cell for cell in row if cell) for row in cells[len(shown) :]]
        more = say("write.more-in-notes", language, count=len(moved))
        cells = [*shown, [more, *[""] * (len(heads) - 1)]]
    else:
        more = ""
    widths = column_widths([heads, *(row for row in cells if not (more and row[0] == more)), *([total] if total else [])], size, wide, 14)
    rows = [heads, *cells, *([total] if total else [])]
    line = max(size * _ROW, min(size * _AIRY, high / len(rows)))  # a short table breathes
    x, y, w, h = (round(value * _EMU) for value in (left, top, wide, line * len(rows)))
    frame = slide.shapes.add_table(len(rows), len(heads), x, y, w, h)
    table = frame.table
    _plain_style(table)
    for position, size_ in enumerate(widths):
        table.columns[position].width = round(size_ * _EMU)
    for number, row in enumerate(rows):
        table.rows[number].height = round(line * _EMU)
        header, last = number == 0, bool(total) and number == len(rows) - 1
        is_more = bool(more) and row[0] == more
        for position, (cell, column) in enumerate(zip(row, block.columns, strict=True)):
            target = table.cell(number, position)
            if is_more and position == 0 and len(heads) > 1:
                target.merge(table.cell(number, len(heads) - 1))
            room_here = wide if is_more else widths[position] - 12
            fitted = clip(cell, size, room_here, 1, header or last)
            if fitted != cell:
                moved.append(f"{heads[position]} : {cell}")
            _fill_cell(target, fitted, size, column, header, last, is_more, palette)
    describe(frame, block.title or heading, block.caption or block.title or heading)
    table.first_row = True
    return moved


def _plain_style(table: Any) -> None:
    """No built-in style: its colours would be another theme's."""
    from pptx.oxml.ns import qn

    properties = table._tbl.tblPr
    style = properties.find(qn("a:tableStyleId"))
    if style is not None:
        style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
    table.horz_banding = False


def _fill_cell(cell: Any, text: str, size: float, column: Column, header: bool, total: bool, more: bool, palette: Palette) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.oxml import parse_xml
    from pptx.util import Pt

    cell.margin_left = cell.margin_right = Pt(6)
    cell.margin_top = cell.margin_bottom = Pt(1)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.text_frame.word_wrap = True
    ink = palette.head if header else palette.grey if more else palette.warn if text.startswith("−") else palette.ink
    if total and not header:  # on its own light ground
        ink = theme.WARN if text.startswith("−") else theme.BODY
    paragraph = _paragraph(cell.text_frame, True, text, size, ink, header or total)
    if column.kind in ("number", "money", "percent", "amount"):
        paragraph.alignment = PP_ALIGN.RIGHT
    if header or total:
        cell.fill.solid()
        color(cell.fill.fore_color, palette.dark if header else theme.TINT)
    else:
        cell.fill.background()
    properties = cell._tc.get_or_add_tcPr()
    edge = theme.INK if total else theme.LINE
    border = (
        f'<a:lnB xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" w="9525"><a:solidFill>'
        f'<a:srgbClr val="{edge}"/></a:solidFill></a:lnB>'
    )
    properties.insert(0, parse_xml(border))
