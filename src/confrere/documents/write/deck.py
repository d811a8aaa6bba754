"""The deck: exactly the slides asked, native charts and tables, real titles, notes, and nothing that overflows."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from confrere.documents.write import formats, theme
from confrere.documents.write import template as own
from confrere.documents.write.blocks import SMALLEST, Box, Palette, arrange, biggest, color, describe, place
from confrere.documents.write.content import DeckContent, Slide, Text
from confrere.documents.write.package import settle, stamp
from confrere.documents.write.text import clip, plain, wrap
from confrere.errors import Failed

_EMU = 12700
_LEAST_TITLE = 30  # points: the height of a place where a sentence can stand as a title
_TEMPLATE_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml"
_DECK_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"


def deck(path: Path, content: DeckContent, language: str, template: Path | None = None) -> None:
    """Write ``content`` as a presentation, one slide for each of its slides.

    With ``template`` (.pptx or .potx) its master, layouts, fonts and theme colours are used, and its own slides left
    out. What does not fit a slide at a readable size goes to its notes. Raises Failed ``write.template-unreadable``.
    """
    presentation = _open(template) if template else own.own_template(language)
    sheets = _Layouts(presentation, ours=template is None)
    for number, slide in enumerate(content.slides, 1):
        _add(presentation, sheets, slide, number, content, language)
    properties = presentation.core_properties
    properties.title, properties.author, properties.last_modified_by = plain(content.title)[:250], "Confrère", "Confrère"
    properties.language = "fr-FR" if language == "fr" else "en-GB"
    properties.created = properties.modified = stamp(content.day)
    presentation.save(path)
    settle(path, content.day)


def _open(template: Path) -> Any:
    """A company's template without its slides. A .potx is a .pptx but for one content type."""
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    try:
        data = template.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            types = source.read("[Content_Types].xml")
            if _TEMPLATE_TYPE.encode() in types:
                out = io.BytesIO()
                with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
                    for name in source.namelist():
                        part = source.read(name)
                        if name == "[Content_Types].xml":
                            part = part.replace(_TEMPLATE_TYPE.encode(), _DECK_TYPE.encode())
                        target.writestr(name, part)
                data = out.getvalue()
        presentation = Presentation(io.BytesIO(data))
    except (OSError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile, PythonPptxError) as error:
        raise Failed("write.template-unreadable", file=template.name) from error
    slides = presentation.slides._sldIdLst
    for entry in [*slides]:
        presentation.part.drop_rel(entry.rId)
        slides.remove(entry)
    return presentation


class _Layouts:
    """Which layout serves which kind of slide, and where content may go on it."""

    def __init__(self, presentation: Any, ours: bool) -> None:
        self.ours = ours
        self.dim = False  # whether a template's titles, as they are, would be dark on a dark ground
        layouts = [*presentation.slide_layouts]
        self.width, self.height = presentation.slide_width / _EMU, presentation.slide_height / _EMU
        if ours:
            self.cover, self.text, self.section, _, self.content = layouts
            self.palette = Palette()
        else:
            self.cover = _pick(layouts, "title") or layouts[0]
            self.section = _pick(layouts, "secHead") or self.cover
            self.content = _pick(layouts, "titleOnly") or _with_title(layouts) or layouts[-1]
            self.text = _pick(layouts, "obj")
            self.palette = _palette(presentation, self.content)
            self.dim = self.palette.night and _dark_title(presentation)

    def area(self, layout: Any) -> Box:
        """The free part of a content slide: beside its title (under it, or over a title at the foot), above its footer."""
        if self.ours:
            return tuple(map(float, own.AREA))  # type: ignore[return-value]
        left, top, wide, _ = self.title(layout) or (self.width * 0.05, 0.0, self.width * 0.9, 0.0)
        start = self._below(layout)
        feet = [
            shape.top / _EMU
            for shape in layout.placeholders
            if shape.placeholder_format.type not in _titles() and shape.top and shape.top / _EMU > self.height * 0.8
        ]
        bottom = min((place for place in feet if place < self.height), default=self.height * 0.94) - 8
        if top > self.height / 2:
            start, bottom = self.height * 0.06, top - 10
        return left, start, wide, bottom - start

    def _below(self, layout: Any) -> float:
        box = self.title(layout)
        return box[1] + box[3] + 10 if box else self.height * 0.22

    def title(self, layout: Any) -> Box | None:
        """Where the title of a layout goes: where it lies, or across the top where it leaves the slide or is too small for a sentence.
        None where the layout has none."""
        shape = next((shape for shape in layout.placeholders if shape.placeholder_format.type in _titles()), None)
        if shape is None or not shape.width:
            return None
        box = shape.left / _EMU, shape.top / _EMU, shape.width / _EMU, shape.height / _EMU
        left, top, wide, high = box
        inside = left >= 0 and top >= 0 and left + wide <= self.width + 1 and top + high <= self.height + 1
        roomy = wide >= self.width * 0.4 and high >= _LEAST_TITLE and not self.height * 0.4 < top + high / 2 < self.height * 0.6
        if layout is not self.content and layout in (self.cover, self.section):
            return box if inside and wide >= self.width * 0.4 and high >= 2 * _LEAST_TITLE else self._share(0.08, 0.2, 0.84, 0.26)
        if inside and roomy:
            return box
        return self._share(0.05, 0.05, 0.9, 0.14)

    def _share(self, left: float, top: float, wide: float, high: float) -> Box:
        return left * self.width, top * self.height, wide * self.width, high * self.height

    def holds(self, shape: Any) -> bool:
        """Whether a placeholder lies on the slide."""
        edges = shape.left, shape.top, shape.width, shape.height
        if None in edges:
            return True
        left, top, wide, high = (float(edge) / _EMU for edge in edges)
        return left >= 0 and top >= 0 and left + wide <= self.width + 1 and top + high <= self.height + 1


def _titles() -> tuple[Any, ...]:
    from pptx.enum.shapes import PP_PLACEHOLDER

    return PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE


def _pick(layouts: list[Any], kind: str) -> Any:
    return next((layout for layout in layouts if layout.element.get("type") == kind), None)


def _with_title(layouts: list[Any]) -> Any:
    """The layout with a title and the fewest other placeholders."""
    titled = [layout for layout in layouts if any(shape.placeholder_format.type in _titles() for shape in layout.placeholders)]
    return min(titled, key=lambda layout: len(list(layout.placeholders)), default=None)


def _palette(presentation: Any, layout: Any) -> Palette:
    """The chart colours of a template: its own accents, those readable as text on white first for what must be read."""
    from lxml import etree

    part = next(
        (relation.target_part for relation in presentation.slide_master.part.rels.values() if relation.reltype.endswith("/theme")), None
    )
    if part is None:
        return Palette()
    tree = etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
    found = {}
    for name in ("dk1", "lt1", "dk2", "lt2", *(f"accent{number}" for number in range(1, 7))):
        element = tree.find(f".//{{*}}clrScheme/{{*}}{name}")
        child = element[0] if element is not None and len(element) else None
        if child is not None:
            found[name] = child.get("lastClr") or child.get("val") or "000000"
    accents = tuple(found[name] for name in found if name.startswith("accent"))
    dark = next((name for name in ("dk2", "accent1", "dk1") if name in found and contrast(found[name], "FFFFFF") >= 4.5), "")
    strong = next((name for name in ("accent1", "accent2", "dk2", "dk1") if name in found and contrast(found[name], "FFFFFF") >= 4.5), "")
    return Palette(
        strong=found.get(strong, "000000"),
        dark=found.get(dark, "000000"),
        series=accents,
        soft=_lighter(accents[0]) if accents else "",
        night=_dark_ground(layout, found),
    )


def _dark_title(presentation: Any) -> bool:
    """Whether the titles of a template are dark: its master says a dark colour, or nothing at all."""
    master = presentation.slide_master
    fill = master.element.find(".//{*}titleStyle/{*}lvl1pPr/{*}defRPr/{*}solidFill")
    child = fill[0] if fill is not None and len(fill) else None
    if child is None:
        return True
    value = str(child.get("val"))
    if child.tag.endswith("srgbClr"):
        return contrast(value, "FFFFFF") > contrast(value, "000000")
    mapped = master.element.find("{*}clrMap")
    return bool(str(mapped.get(value, value) if mapped is not None else value).startswith("dk"))


def _dark_ground(layout: Any, colors: dict[str, str]) -> bool:
    """Whether content slides of a template have a plain dark background, of the layout or else of the master."""
    master = layout.slide_master
    mapped = master.element.find("{*}clrMap")
    for element in (layout.element, master.element):
        ground = element.find("{*}cSld/{*}bg")
        if ground is None:
            continue
        child = ground.find("{*}bgPr/{*}solidFill/{*}srgbClr")
        if child is not None:
            return contrast(str(child.get("val")), "FFFFFF") > contrast(str(child.get("val")), "000000")
        child = ground.find(".//{*}schemeClr")
        name = str(child.get("val")) if child is not None else ""
        name = str(mapped.get(name, name)) if mapped is not None else name
        return name in colors and contrast(colors[name], "FFFFFF") > contrast(colors[name], "000000")
    return False


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two RGB colours, 1 to 21 (WCAG 2.1, relative luminance)."""

    def luminance(rgb: str) -> float:
        parts = [int(rgb[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _lighter(rgb: str) -> str:
    return "".join(f"{round(int(rgb[place : place + 2], 16) * 0.4 + 255 * 0.6):02X}" for place in (0, 2, 4))


def _add(presentation: Any, sheets: _Layouts, content: Slide, number: int, whole: DeckContent, language: str) -> None:
    layout = {"cover": sheets.cover, "section": sheets.section}.get(content.layout, sheets.content)
    alone = content.blocks[0] if len(content.blocks) == 1 else None
    body_text = (
        sheets.ours and layout is sheets.content and isinstance(alone, Text) and alone.points and not alone.title and not alone.ordered
    )
    if body_text:
        layout = sheets.text
    slide = presentation.slides.add_slide(layout)
    if not sheets.ours:
        _inside(slide, layout, sheets)
    moved = _title(slide, content, sheets, language)
    if layout in (sheets.cover, sheets.section):
        _subtitle(slide, content, whole, language)
    area = sheets.area(layout)
    if body_text and isinstance(alone, Text):
        moved += _body(slide, alone, area, language)
    else:
        for block, box in arrange(content.blocks, area):
            moved += place(slide, block, box, sheets.palette, language, content.title)
    for shape in [*slide.placeholders]:
        if not shape.has_text_frame or not shape.text_frame.text.strip():
            shape._element.getparent().remove(shape._element)
    if content.layout != "cover":
        _feet(slide, layout, whole.footer, number, sheets)
    _order(slide)
    notes = "\n\n".join(part for part in (plain(content.notes), "\n".join(plain(line) for line in moved)) if part)
    if notes:
        slide.notes_slide.notes_text_frame.text = notes
    _language(slide, language)


def _inside(slide: Any, layout: Any, sheets: _Layouts) -> None:
    """Bring the title and subtitle of a company's layout onto the slide, where its own place for them is not, or is too small."""
    title = slide.shapes.title
    box = sheets.title(layout)
    if title is not None and box is not None:
        title.left, title.top, title.width, title.height = (round(value * _EMU) for value in box)
    for shape in slide.placeholders:
        if shape is not title and shape.placeholder_format.type not in _titles() and not sheets.holds(shape):
            left, wide = sheets.width * 0.08, sheets.width * 0.84
            under = box[1] + box[3] + 6 if box else 0.0
            top = min(max((shape.top or 0) / _EMU, sheets.height * 0.1, under), sheets.height * 0.75)
            high = min((shape.height or 0) / _EMU, sheets.height * 0.9 - top)
            shape.left, shape.top, shape.width, shape.height = (round(value * _EMU) for value in (left, top, wide, high))


def _title(slide: Any, content: Slide, sheets: _Layouts, language: str) -> list[str]:
    """Set the title, in at most three lines on a cover and two elsewhere; returns it whole when it had to be cut."""
    from pptx.util import Pt

    shape = slide.shapes.title
    title = plain(content.title)
    if shape is None:
        return [title]
    wide, high = shape.width / _EMU - (0 if sheets.ours else 14.4), shape.height / _EMU - (0 if sheets.ours else 7.2)
    largest = {"cover": 44, "section": 36}.get(content.layout, own.TITLE_SIZE)
    most = 3 if content.layout == "cover" else 2
    size = biggest(lambda points: len(wrap(title, points, wide, True)) <= min(most, int(high / (points * 1.16))), largest, 20) or 20
    fitted = clip(title, size, wide, max(1, min(most, int(high / (size * 1.16)))), True)
    shape.text_frame.text = fitted
    if not sheets.ours or size != largest:
        for run in shape.text_frame.paragraphs[0].runs:
            run.font.size = Pt(size)
            if sheets.dim and slide.slide_layout.element.find("{*}cSld/{*}bg") is None:
                color(run.font.color, theme.WHITE)
    return [] if fitted == title else [title]


def _subtitle(slide: Any, content: Slide, whole: DeckContent, language: str) -> None:
    from pptx.enum.shapes import PP_PLACEHOLDER

    lines = [plain(content.subtitle)] if content.subtitle else []
    if content.layout == "cover" and whole.day:
        lines.append(formats.long_date(whole.day, language))
    for shape in slide.placeholders:
        if shape.placeholder_format.type in (PP_PLACEHOLDER.SUBTITLE, PP_PLACEHOLDER.BODY) and lines:
            shape.text_frame.text = "\n".join(clip(line, 20, shape.width / _EMU, 3) for line in lines)
            return


def _body(slide: Any, block: Text, area: Box, language: str) -> list[str]:
    """A list alone on its slide goes into the layout's own text placeholder."""
    from pptx.util import Pt

    from confrere.documents.write.blocks import LEADING
    from confrere.messages import say

    shape = next(shape for shape in slide.placeholders if shape.placeholder_format.idx == 1)
    lines = [plain(line) for line in block.lines]

    def height(size: float, some: list[str]) -> float:
        return sum(len(wrap(line, size, area[2] - 22)) * size * LEADING + 8 for line in some)

    size = biggest(lambda points: height(points, lines) <= area[3], 22) or SMALLEST
    shown, more = [*lines], ""
    while shown and height(size, [*shown, more] if more else shown) > area[3]:
        shown.pop()
        more = say("write.more-in-notes", language, count=len(lines) - len(shown))
    frame = shape.text_frame
    frame.text = "\n".join(line.replace("\n", " ") for line in ([*shown, more] if more else shown))
    for paragraph in frame.paragraphs:
        paragraph.space_before = Pt(8)
        for run in paragraph.runs:
            run.font.size = Pt(size)
    describe(shape, "Text", "")
    return lines[len(shown) :]


def _feet(slide: Any, layout: Any, footer: str, number: int, sheets: _Layouts) -> None:
    """The footer and the slide number of the layout: python-pptx leaves them out of new slides."""
    import copy

    from pptx.enum.shapes import PP_PLACEHOLDER

    for shape in layout.placeholders:
        kind = shape.placeholder_format.type
        if not sheets.holds(shape) or (not sheets.ours and shape.top is not None and shape.top / _EMU < sheets.height * 0.8):
            continue  # off the slide, or where the content goes
        if kind == PP_PLACEHOLDER.SLIDE_NUMBER or (kind == PP_PLACEHOLDER.FOOTER and footer):
            element = copy.deepcopy(shape._element)
            slide.shapes._spTree.append(element)
            if kind == PP_PLACEHOLDER.FOOTER:
                new = slide.shapes[-1]
                # Another program's default font shows where a footer names none, though the theme does.
                new.text_frame.text = clip(plain(footer), 12, new.width / _EMU - 15, 1)
                new.text_frame.paragraphs[0].runs[0].font.name = "+mn-lt"
            else:
                for field in element.iter("{*}fld"):
                    field.find("{*}t").text = str(number)


def _order(slide: Any) -> None:
    """Shape ids unique, as the format wants; the title is first in reading order already."""
    for number, element in enumerate(slide.shapes._spTree.iter("{*}cNvPr"), 1):
        element.set("id", str(number))


def _language(slide: Any, language: str) -> None:
    """Mark every run's language, for spelling and for screen readers."""
    code = "fr-FR" if language == "fr" else "en-GB"
    parts = [slide, *([slide.notes_slide] if slide.has_notes_slide else [])]
    for part in parts:
        for name in ("rPr", "endParaRPr"):
            for element in part.element.iter(f"{{http://schemas.openxmlformats.org/drawingml/2006/main}}{name}"):
                element.set("lang", code)
        for run in part.element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}r"):
            if run.find("{*}rPr") is None:
                run.get_or_add_rPr().set("lang", code)
