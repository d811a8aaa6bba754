"""What Word keeps in a document without showing it on the page.

Codes: ``hidden-text`` (vanish, the colour of what is under it, a place off the page, a row or line without height), ``tiny-text``
(2 points or less, or pressed together), ``comment``, ``tracked-change`` (deleted or inserted text, not yet accepted), ``field-call`` (a
field that fetches or runs: INCLUDETEXT, DDE ...).
"""

from __future__ import annotations

import re
from typing import Any

from confrere.documents.model import Warning_
from confrere.documents.read.limits import Unreadable
from confrere.documents.read.xmls import W, local, parse_xml
from confrere.documents.read.zips import Container

_VALUE = f"{W}val"
_OFF = ("0", "false", "off", "none")
_CALLS = ("DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "IMPORT", "DATABASE", "LINK", "MACROBUTTON")
_WHITE = ("background1", "light1")
_PALE, _NEAR = 0xE6, 20
_HIGHLIGHTS = {"black": "000000", "white": "FFFFFF", "yellow": "FFFF00", "red": "FF0000", "blue": "0000FF", "green": "00FF00",
               "cyan": "00FFFF", "magenta": "FF00FF", "darkblue": "000080", "darkred": "800000", "darkgreen": "008000",
               "darkgray": "808080", "lightgray": "C0C0C0"}  # fmt: skip
_TWIPS, _EMU = 1440, 914_400
_PAGE = 22.0
"""Inches: no page of Word is wider or higher."""
_THIN = 40
"""Twentieths of a point: a line or row of that exact height shows nothing."""
_DRAWN = re.compile(r"(?:margin-)?(?:left|top)\s*:\s*(-?[\d.]+)\s*(pt|in|cm|mm|px)?")


class Styles:
    """What the styles of a document do to what they style, each with those it is based on."""

    def __init__(self, root: Any = None) -> None:
        self._own: dict[str, tuple[Any, Any, bool, str]] = {}
        for style in root.iter(f"{W}style") if root is not None else ():
            base = style.find(f"{W}basedOn")
            fills = any(_fill(shade) for shade in style.iter(f"{W}shd"))
            self._own[style.get(f"{W}styleId") or ""] = (
                style.find(f"{W}rPr"), style.find(f"{W}pPr"), fills, (base.get(_VALUE) or "") if base is not None else "",
            )  # fmt: skip

    def runs(self, name: str) -> list[Any]:
        """Return the run properties of a style and of those it is based on, nearest first."""
        return [own[0] for own in self._chain(name) if own[0] is not None]

    def paragraphs(self, name: str) -> list[Any]:
        """Return the paragraph properties of a style and of those it is based on, nearest first."""
        return [own[1] for own in self._chain(name) if own[1] is not None]

    def shades(self, name: str) -> bool:
        """Whether a style of tables colours some of its cells; one that the document does not define is taken to."""
        return name not in self._own or any(own[2] for own in self._chain(name))

    def _chain(self, name: str) -> list[tuple[Any, Any, bool, str]]:
        out: list[tuple[Any, Any, bool, str]] = []
        while name in self._own and len(out) < 20:
            out.append(self._own[name])
            name = out[-1][3]
        return out


def collect_styles(container: Container) -> Styles:
    """Return the styles of the document; none when they cannot be read."""
    if "word/styles.xml" not in container:
        return Styles()
    try:
        return Styles(parse_xml(container.read("word/styles.xml")))
    except Unreadable:
        return Styles()


class Hidden:
    """Gathers what is not shown while a document is walked."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._found: dict[tuple[str, str], list[str]] = {}
        self._lines: tuple[Any, str] = (None, "")
        self._field = ""
        self._page = (_PAGE, _PAGE)

    def sheet(self, root: Any) -> None:
        """Learn how large the pages of the document are: the largest of its sections."""
        found = [(_number(size, 0, "w"), _number(size, 0, "h")) for size in root.iter(f"{W}pgSz")]
        wide, high = (max((size[axis] for size in found), default=0) / _TWIPS for axis in (0, 1))
        self._page = (wide if 1 < wide < _PAGE else _PAGE, high if 1 < high < _PAGE else _PAGE)

    def reason(self, run: Any) -> str:
        """Return the code under which a run is hidden, or "" when it is shown."""
        paragraph = next(run.iterancestors(f"{W}p"), None)
        if paragraph is not self._lines[0]:
            self._lines = (paragraph, self._paragraph_reason(paragraph))
        if self._lines[1]:
            return self._lines[1]
        properties = run.find(f"{W}rPr")
        levels = [] if properties is None else [properties]
        style = properties.find(f"{W}rStyle") if properties is not None else None
        if style is not None:
            levels += self._styles.runs(style.get(_VALUE) or "")
        style = paragraph.find(f"{W}pPr/{W}pStyle") if paragraph is not None else None
        if style is not None:
            levels += self._styles.runs(style.get(_VALUE) or "")
        if not levels:
            return ""
        vanish = _first(levels, "vanish")
        if vanish is not None and (vanish.get(_VALUE) or "true") not in _OFF:
            return "hidden-text"
        if _number(_first(levels, "sz"), 24) <= 4 or _number(_first(levels, "w"), 100) <= 5:
            return "tiny-text"
        colour = _colour(_first(levels, "color"))
        return "hidden-text" if colour and self._on_its_own_colour(run, colour, _first(levels, "highlight")) else ""

    def row(self, row: Any) -> str:
        """Return the code under which a row of a table is hidden, or ""."""
        properties = row.find(f"{W}trPr")
        if properties is None:
            return ""
        hidden, height = properties.find(f"{W}hidden"), properties.find(f"{W}trHeight")
        if hidden is not None and (hidden.get(_VALUE) or "true") not in _OFF:
            return "hidden-text"
        if height is not None and height.get(f"{W}hRule") == "exact" and _number(height, _TWIPS) <= _THIN:
            return "hidden-text"
        return "tracked-change" if properties.find(f"{W}del") is not None else ""

    def drawn(self, shape: Any) -> bool:
        """Whether a drawing or picture with text in it is hidden, or placed off the page."""
        for item in shape.iter():
            tag = local(item)
            if tag == "docPr" and (item.get("hidden") or "0") not in _OFF:
                return True
            if tag == "anchor" and (_beyond(item, "positionH", "cx", self._page[0]) or _beyond(item, "positionV", "cy", self._page[1])):
                return True
            style = item.get("style") or "" if tag in ("shape", "rect", "group", "roundrect", "oval") else ""
            if re.search(r"visibility\s*:\s*hidden|mso-hide\s*:\s*all", style):
                return True
            scale = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72, "px": 1 / 96, "": 1 / _EMU}
            if any(not -_PAGE < float(m[1]) * scale[m[2] or ""] < _PAGE for m in _DRAWN.finditer(style) if m[1].count(".") < 2):
                return True
            if tag == "txbxContent":
                break
        return False

    def add(self, code: str, text: str, where: str = "") -> None:
        if text.strip():
            self._found.setdefault((code, where), []).append(text)

    def deleted(self, text: str, author: str) -> None:
        self.add("tracked-change", f"-{text}" if text else "", author)

    def inserted(self, text: str, author: str) -> None:
        self.add("tracked-change", f"+{text}" if text else "", author)

    def instruction(self, code: str, *, whole: bool = False) -> None:
        """Note a piece of a field's instruction, or a ``whole`` one, that fetches something or runs something."""
        if whole:
            self._field = ""
        self._field += code
        if whole:
            self.field_ends()

    def field_ends(self) -> None:
        """The instruction begun by its pieces is at its end."""
        words, code, self._field = self._field.split(), self._field, ""
        if words and words[0].upper() in _CALLS:
            self.add("field-call", code.strip())

    def comments(self, root: Any) -> None:
        for comment in root.iter(f"{W}comment"):
            self.add("comment", "".join(t.text or "" for t in comment.iter(f"{W}t")), comment.get(f"{W}author") or "")

    def warnings(self) -> list[Warning_]:
        self.field_ends()
        out = []
        for (code, where), texts in self._found.items():
            joined = (" " if code in ("comment", "tracked-change", "field-call") else "").join(texts)
            out.append(Warning_(code=code, where=where, text=" ".join(joined.split())[:300]))
        return out

    def _paragraph_reason(self, paragraph: Any) -> str:
        """Return the code under which a whole paragraph is hidden: off the page, or with lines of no height."""
        properties = paragraph.find(f"{W}pPr") if paragraph is not None else None
        if properties is None:
            return ""
        style = properties.find(f"{W}pStyle")
        levels = [properties, *(self._styles.paragraphs(style.get(_VALUE) or "") if style is not None else [])]
        frame, indent, spacing = _first(levels, "framePr"), _first(levels, "ind"), _first(levels, "spacing")
        wide, high = (side * _TWIPS for side in self._page)
        if frame is not None and not (-wide < _number(frame, 0, "x") < wide and -high < _number(frame, 0, "y") < high):
            return "hidden-text"
        if indent is not None and any(not -wide < _number(indent, 0, side) < wide for side in ("left", "start", "firstLine")):
            return "hidden-text"
        thin = spacing is not None and spacing.get(f"{W}lineRule") == "exact" and _number(spacing, 240, "line") <= _THIN
        return "hidden-text" if thin else ""

    def _on_its_own_colour(self, run: Any, colour: str, highlight: Any) -> bool:
        """Whether a run has the colour of what it stands on: highlight, shading of the run, paragraph, cell, row or table, or the page."""
        marked = (highlight.get(_VALUE) or "").lower() if highlight is not None else ""
        if marked and marked != "none":
            return _near(colour, _HIGHLIGHTS.get(marked, ""))
        for element in (run, *run.iterancestors()):
            tag = local(element)
            if tag in ("wsp", "shape", "rect", "roundrect", "oval"):
                return not _coloured(element) and _pale(colour)
            shade = element.find(f"{W}{tag}Pr/{W}shd") if tag in ("r", "p", "tc", "tr", "tbl") else None
            if shade is not None and _fill(shade):
                return _near(colour, _fill(shade))
            if tag == "tbl" and _pale(colour):
                style = element.find(f"{W}tblPr/{W}tblStyle")
                if style is not None and self._styles.shades(style.get(_VALUE) or ""):
                    return False
        return _pale(colour)


def _first(levels: list[Any], name: str) -> Any:
    return next((found for level in levels if (found := level.find(f"{W}{name}")) is not None), None)


def _number(element: Any, default: float, attribute: str = "val") -> float:
    value = (element.get(f"{W}{attribute}") or "") if element is not None else ""
    try:
        return float(value.rstrip("%")) if len(value) < 20 else default
    except ValueError:
        return default


def _colour(element: Any) -> str:
    """Return the colour a w:color gives, "RRGGBB", or "" when it leaves it to Word."""
    if element is None:
        return ""
    if element.get(f"{W}themeColor") in _WHITE:
        return (element.get(f"{W}themeShade") or "FF").rjust(2, "0")[:2].upper() * 3
    value = (element.get(_VALUE) or "").upper()
    return value if re.fullmatch("[0-9A-F]{6}", value) else ""


def _fill(shade: Any) -> str:
    """Return the colour of a w:shd, "THEME" where only the theme knows it, "" for none or white."""
    if shade.get(f"{W}themeFill") and shade.get(f"{W}themeFill") not in _WHITE:
        return "THEME"
    fill = (shade.get(f"{W}fill") or "auto").upper()
    return "" if fill in ("AUTO", "FFFFFF") else fill


def _pale(colour: str) -> bool:
    return bool(re.fullmatch("[0-9A-F]{6}", colour)) and min(int(colour[i : i + 2], 16) for i in (0, 2, 4)) >= _PALE


def _near(one: str, other: str) -> bool:
    if not all(re.fullmatch("[0-9A-F]{6}", colour) for colour in (one, other)):
        return False
    return all(abs(int(one[i : i + 2], 16) - int(other[i : i + 2], 16)) < _NEAR for i in (0, 2, 4))


def _coloured(shape: Any) -> bool:
    """Whether a shape may have a ground of its own: anything but a plain "no fill"."""
    if shape.get("filled") in ("f", "false") or (shape.get("fillcolor") or "").lower() in ("white", "#ffffff"):
        return False
    properties = next((item for item in shape if local(item) == "spPr"), None)
    if properties is None:
        return local(shape) != "wsp"
    fill = next((local(item) for item in properties if local(item) in ("noFill", "solidFill", "gradFill", "blipFill", "pattFill")), "")
    # Without a fill it may lie on a picture: only a drawing that stands alone tells.
    return fill != "noFill" or next(shape.iterancestors(f"{W}drawing"), None) is None


def _beyond(anchor: Any, axis: str, size: str, page: float) -> bool:
    """Whether an anchored drawing lies off the page, ``page`` inches long, on an axis."""
    place = next((item for item in anchor if local(item) == axis), None)
    extent = next((item for item in anchor if local(item) == "extent"), None)
    offset = next((item for item in place if local(item) == "posOffset"), None) if place is not None else None
    try:
        start, long = int(offset.text or 0) if offset is not None else 0, int(extent.get(size) or 0) if extent is not None else 0
    except ValueError:
        return False
    margin = 0 if place is not None and place.get("relativeFrom") == "page" else 3 * _EMU
    return start >= page * _EMU or start + max(long, 0) < -margin
