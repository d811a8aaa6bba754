"""A deck checked: slides counted, titles there, nothing empty, cut, overlapping, too small or too pale to read."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import Any

from confrere.documents.render import convert, office_available
from confrere.documents.verify.finding import NOTE, WARNING, Finding
from confrere.documents.write.deck import contrast
from confrere.documents.write.text import wrap
from confrere.errors import Failed

_EMU = 12700
_LEADING = 1.2
SMALLEST = 11.0  # points: body text below this is not read from a seat
PALE = 3.0  # WCAG AA for large text; 4.5 for the rest
_LARGE = 18.0


def check_deck(path: Path, slides: int | None = None, office: bool = True) -> list[Finding]:
    """Check the presentation at ``path``; ``slides`` is how many it must have. With ``office``, LibreOffice must be able to
    print it, one page a slide (a note where LibreOffice is missing)."""
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    try:
        deck = Presentation(str(path))
        count = len(deck.slides)
        found: list[Finding] = []
        if slides is not None and count != slides:
            found.append(Finding(code="slide-count", where=path.name, data={"count": str(count), "wanted": str(slides)}))
        if count == 0:
            found.append(Finding(code="empty", where=path.name))
        size = (deck.slide_width or 0) / _EMU, (deck.slide_height or 0) / _EMU
        for number, slide in enumerate(deck.slides, 1):
            found += _Slide(slide, str(number), size).check()
    except (OSError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile, PythonPptxError):
        return [Finding(code="cannot-open", where=path.name)]
    if office:
        found += _printed(path, count)
    return found


def _printed(path: Path, count: int) -> list[Finding]:
    import pypdfium2

    if not office_available():
        return [Finding(code="not-rendered", level=NOTE, where=path.name)]
    with tempfile.TemporaryDirectory(prefix="confrere-deck-") as scratch:
        try:
            with pypdfium2.PdfDocument(convert(path, ".pdf", Path(scratch))) as pdf:
                pages = len(pdf)
        except (Failed, pypdfium2.PdfiumError):
            return [Finding(code="not-printable", where=path.name)]
    return [] if pages == count else [Finding(code="slide-count", where=path.name, data={"count": str(pages), "wanted": str(count)})]


class _Slide:
    """One slide, its shapes as boxes in points."""

    def __init__(self, slide: Any, where: str, size: tuple[float, float]) -> None:
        self.slide, self.where, self.size = slide, where, size
        self.found: list[Finding] = []
        self.theme = _theme(slide)
        self.paper = self._background()

    def add(self, code: str, shape: Any = None, level: str = "error", **data: str) -> None:
        data.setdefault("shape", shape.name if shape is not None else "")
        self.found.append(Finding(code=code, level=level, where=self.where, data=data))

    def check(self) -> list[Finding]:
        title = self.slide.shapes.title
        if title is None or not title.text_frame.text.strip():
            self.add("no-title")
        boxes = []
        for shape in _leaves(self.slide.shapes):
            box = _box(shape)
            if shape.is_placeholder and shape.has_text_frame and not shape.text_frame.text.strip():
                self.add("empty-placeholder", shape)
            if box is None:
                continue
            if _outside(box, self.size):
                self.add("off-slide", shape)
            self._text(shape, box)
            if _has_content(shape):
                boxes.append((shape, box))
            if _is_graphic(shape) and not shape._element.xpath(".//p:cNvPr")[0].get("descr"):
                self.add("no-alternative-text", shape, WARNING)
        for number, (shape, box) in enumerate(boxes):
            for other, other_box in boxes[number + 1 :]:
                if _overlap(box, other_box) > 0.04:
                    self.add("overlap", shape, other=other.name)
        return [*{(found.code, found.data["shape"], found.data.get("other")): found for found in reversed(self.found)}.values()][::-1]

    def _text(self, shape: Any, box: tuple[float, float, float, float]) -> None:
        if getattr(shape, "has_table", False):
            self._table(shape, box)
        elif shape.has_text_frame and shape.text_frame.text.strip():
            frame = shape.text_frame
            margins = [_inset(shape, name, default) for name, default in (("lIns", 7.2), ("rIns", 7.2), ("tIns", 3.6), ("bIns", 3.6))]
            needed = self._height(shape, frame.paragraphs, box[2] - margins[0] - margins[1])
            if needed > box[3] - margins[2] - margins[3] + 2:
                self.add("overflow", shape, needed=f"{needed:.0f}", room=f"{box[3] - margins[2] - margins[3]:.0f}")
            paper = _filled(shape, self.theme) or self.paper
            for paragraph in frame.paragraphs:
                for run in paragraph.runs:
                    self._readable(shape, run, _size(run, shape), paper)

    def _height(self, shape: Any, paragraphs: Any, wide: float) -> float:
        needed = 0.0
        for paragraph in paragraphs:
            sizes = [_size(run, shape) for run in paragraph.runs] or [12.0]
            size, bold = max(sizes), any(_bold(run, shape) for run in paragraph.runs)
            properties = paragraph._p.pPr
            indent = int(properties.get("marL", 0)) / _EMU if properties is not None else 0.0
            before = paragraph.space_before
            text = "".join(run.text for run in paragraph.runs)
            # Half a point of grace: rounding of positions is not an overflow.
            needed += len(wrap(text, size, wide - indent + 0.5, bold)) * size * _LEADING
            needed += before.pt if before is not None and hasattr(before, "pt") and needed else 0.0
        return needed

    def _table(self, shape: Any, box: tuple[float, float, float, float]) -> None:
        table = shape.table
        bottom = box[1]
        for number, row in enumerate(table.rows):
            tall = row.height / _EMU
            for place, cell in enumerate(row.cells):
                if cell.is_spanned or not cell.text_frame.text:
                    continue
                span = cell.span_width if cell.is_merge_origin else 1
                wide = sum(table.columns[column].width for column in range(place, place + span)) / _EMU
                wide -= (cell.margin_left + cell.margin_right) / _EMU
                needed = self._height(shape, cell.text_frame.paragraphs, wide) + (cell.margin_top + cell.margin_bottom) / _EMU
                if needed > tall + 2:
                    self.add("overflow", shape, needed=f"{needed:.0f}", room=f"{tall:.0f}")
                tall = max(tall, needed)
                paper = _cell_fill(cell, self.theme) or self.paper
                for paragraph in cell.text_frame.paragraphs:
                    for run in paragraph.runs:
                        self._readable(shape, run, _size(run, shape), paper)
            bottom += tall
            if number == 0 and not table.first_row:
                self.add("no-table-header", shape, WARNING)
        if bottom > self.size[1] + 1:
            self.add("off-slide", shape)

    def _readable(self, shape: Any, run: Any, size: float, paper: str | None) -> None:
        if not run.text.strip():
            return
        footer = shape.is_placeholder and shape.placeholder_format.type in _footers()
        if size < (9 if footer else SMALLEST):
            self.add("small-text", shape, size=f"{size:g}")
        ink = _color(run.font.color, self.theme) if run.font.color is not None and run.font.color.type is not None else None
        if ink and paper:
            ratio = contrast(ink, paper)
            if ratio < (PALE if size >= _LARGE or (size >= 14 and run.font.bold) else 4.5):
                self.add("low-contrast", shape, ratio=f"{ratio:.1f}")

    def _background(self) -> str | None:
        for level in (self.slide, self.slide.slide_layout, self.slide.slide_layout.slide_master):
            fill = level.element.find(".//{*}bg/{*}bgPr/{*}solidFill")
            if fill is not None and len(fill):
                return _resolve(fill[0], self.theme)
            if level.element.find(".//{*}bg") is not None:
                return self.theme.get("lt1")
        return self.theme.get("lt1", "FFFFFF")


def _footers() -> tuple[Any, ...]:
    from pptx.enum.shapes import PP_PLACEHOLDER

    return PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE


def _leaves(shapes: Any) -> list[Any]:
    from pptx.enum.shapes import MSO_SHAPE_TYPE

    found = []
    for shape in shapes:
        found += _leaves(shape.shapes) if shape.shape_type == MSO_SHAPE_TYPE.GROUP else [shape]
    return found


def _box(shape: Any) -> tuple[float, float, float, float] | None:
    values = (shape.left, shape.top, shape.width, shape.height)
    if any(value is None for value in values):
        return None
    left, top, wide, high = (float(value) / _EMU for value in values)
    return left, top, wide, high


def _outside(box: tuple[float, float, float, float], size: tuple[float, float]) -> bool:
    left, top, wide, high = box
    return left < -1 or top < -1 or left + wide > size[0] + 1 or top + high > size[1] + 1


def _is_graphic(shape: Any) -> bool:
    from pptx.enum.shapes import MSO_SHAPE_TYPE

    return getattr(shape, "has_chart", False) or getattr(shape, "has_table", False) or shape.shape_type == MSO_SHAPE_TYPE.PICTURE


def _has_content(shape: Any) -> bool:
    return _is_graphic(shape) or bool(shape.has_text_frame and shape.text_frame.text.strip())


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """The part of the smaller box that lies under the other one."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    smaller = min(one[2] * one[3], other[2] * other[3])
    return wide * high / smaller if wide > 0 and high > 0 and smaller > 0 else 0.0


def _size(run: Any, shape: Any) -> float:
    """The size of a run in points, inherited where it has none."""
    if run.font.size is not None:
        return float(run.font.size.pt)
    value = _inherited(run, shape, "sz")
    return int(value) / 100 if value else 18.0


def _bold(run: Any, shape: Any) -> bool:
    return bool(run.font.bold) if run.font.bold is not None else _inherited(run, shape, "b") in ("1", "true")


def _chain(shape: Any) -> list[Any]:
    """The elements of a shape and of the placeholders it inherits from, nearest first."""
    found = [shape._element]
    base = shape._base_placeholder if shape.is_placeholder else None
    while base is not None:
        found.append(base._element)
        base = getattr(base, "_base_placeholder", None)
    return found


def _inherited(run: Any, shape: Any, name: str) -> str | None:
    """A character property from the list styles of a run's shape, its layout's and its master's."""
    properties = run._r.getparent().pPr
    style = f"lvl{int(properties.get('lvl', '0')) + 1 if properties is not None else 1}pPr"
    places = [element.find(f".//{{*}}lstStyle/{{*}}{style}/{{*}}defRPr") for element in _chain(shape)]
    if shape.is_placeholder:
        kind = "titleStyle" if shape.placeholder_format.type in _title_types() else "bodyStyle"
        master = shape.part.slide_layout.slide_master.element
        places.append(master.find(f".//{{*}}txStyles/{{*}}{kind}/{{*}}{style}/{{*}}defRPr"))
    return next((place.get(name) for place in places if place is not None and place.get(name)), None)


def _inset(shape: Any, name: str, default: float) -> float:
    """An inner margin of a shape in points, inherited where it has none."""
    for element in _chain(shape):
        body = element.find(".//{*}bodyPr")
        if body is not None and body.get(name) is not None:
            return int(body.get(name)) / _EMU
    return default


def _title_types() -> tuple[Any, ...]:
    from pptx.enum.shapes import PP_PLACEHOLDER

    return PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE


def _theme(slide: Any) -> dict[str, str]:
    """The theme's colours as RGB, by the names slides use for them."""
    from lxml import etree

    found: dict[str, str] = {}
    for relation in slide.slide_layout.slide_master.part.rels.values():
        if not relation.reltype.endswith("/theme"):
            continue
        tree = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
        scheme = tree.find(".//{*}clrScheme")
        for element in scheme if scheme is not None else ():
            if len(element):
                found[etree.QName(element).localname] = str(element[0].get("lastClr") or element[0].get("val") or "000000")
    for alias, name in (("tx1", "dk1"), ("bg1", "lt1"), ("tx2", "dk2"), ("bg2", "lt2")):
        if name in found:
            found[alias] = found[name]
    return found


def _resolve(element: Any, theme: dict[str, str]) -> str | None:
    """An RGB or theme colour element as RGB; None where it is modified (tints) or of another kind."""
    if len(element):
        return None
    name = element.tag.rsplit("}", 1)[-1]
    value = element.get("val")
    if name == "srgbClr":
        return str(value)
    return theme.get(str(value)) if name == "schemeClr" else None


def _color(color: Any, theme: dict[str, str]) -> str | None:
    element = color._color._xClr if getattr(color, "_color", None) is not None and hasattr(color._color, "_xClr") else None
    return _resolve(element, theme) if element is not None else None


def _filled(shape: Any, theme: dict[str, str]) -> str | None:
    fill = shape._element.find("{*}spPr/{*}solidFill")
    return _resolve(fill[0], theme) if fill is not None and len(fill) else None


def _cell_fill(cell: Any, theme: dict[str, str]) -> str | None:
    fill = cell._tc.find("{*}tcPr/{*}solidFill")
    return _resolve(fill[0], theme) if fill is not None and len(fill) else None
