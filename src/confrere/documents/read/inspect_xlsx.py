"""What a workbook hides or calls, from its XML.

Codes: ``hidden-rows``, ``hidden-columns`` (hidden, or without height or width), ``hidden-text`` (cells in the colour of their fill, tiny,
or under a format that does not show what they hold), ``comment``, ``formula-call`` (WEBSERVICE, HYPERLINK, DDE and their kin),
``external-link``. ``hidden-sheet`` comes from the reader.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from confrere.documents.model import Warning_
from confrere.documents.read.limits import Unreadable
from confrere.documents.read.ooxml import part_relations
from confrere.documents.read.xmls import R, S, local, parse_xml
from confrere.documents.read.zips import Container

_CALL = re.compile(
    r"\b(?:WEBSERVICE|HYPERLINK|FILTERXML|IMPORTDATA|IMPORTXML|RTD|CALL|REGISTER\.ID|EXEC|IMAGE)\s*\("
    r"|\b(?:cmd|msexcel|powershell|rundll32|regsvr32)\s*\|",
    re.I,
)
_CALL_BYTES = re.compile(
    rb"WEBSERVICE|HYPERLINK|FILTERXML|IMPORTDATA|IMPORTXML|\bRTD|\bCALL|REGISTER\.ID|\bEXEC|\bIMAGE|cmd|msexcel|powershell|rundll32|regsvr32|&#",
    re.I,
)
_ON = ("1", "true")
_PALE, _NEAR = 0xE6, 20
_FLAT, _NARROW = 2.0, 0.5
"""Points of height of a row, and letters of width of a column, that show nothing."""
_ELEMENTS = ("row", "c", "col", "f", "cfRule", "conditionalFormatting")
_ATTRIBUTES = re.compile(rb'([\w:]{1,40})="([^"]*)"')
# What regular expressions would take amiss, and a parser would not: other quotes, references, spaces, and > in attributes; prefixes;
# comments; rows or cells that leave their place to be counted.
_ODD = re.compile(
    rb"""<(?:row|c|col)\b(?:[^<>]*(?:['&]|\s=|=\s)|[^<>]*="[^"<>]*>)|<(?:row|c)\b(?![^<>]*\sr=")|<!"""
    rb"""|xmlns:[\w.-]+\s*=\s*["'](?:[^"'<>]*&|[^"'<>]*spreadsheetml/(?:2006/)?main["'])"""
)
_SIGNS = (b"'", b"&", b"<!", b" =", b"= ", b"\t=", b"=\t", b"\n=", b"=\n", b"\r=", b"=\r")
_PIECE = re.compile(rb"<(row|c)\b([^<>]*)>")
_FORMULA = re.compile(rb"<f\b[^<>]*>([^<]*)")
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_SHOWS = re.compile(r"[0#?@dmyhsegb]|general|standard", re.I)
_Piece = tuple[str, dict[str, str], str]


class Inspected:
    """Warnings about the workbook, and for each sheet its hidden rows, columns and cells (from 0)."""

    def __init__(self) -> None:
        self.warnings: list[Warning_] = []
        self._sheets: dict[str, tuple[set[int], set[int], set[tuple[int, int]]]] = {}

    def of(self, sheet: str) -> tuple[set[int], set[int], set[tuple[int, int]]]:
        return self._sheets.get(sheet, (set(), set(), set()))


class _Styles:
    """The cell styles that show nothing: of numbers, of text; and the conditional ones."""

    def __init__(self) -> None:
        self.numbers: set[int] = set()
        self.texts: set[int] = set()
        self.conditional: set[int] = set()


def inspect_workbook(container: Container) -> Inspected:
    """Look through the parts of an XLSX (an XLSB keeps its own binary parts and is not looked into)."""
    found = Inspected()
    if "xl/connections.xml" in container:
        found.warnings.append(Warning_(code="external-link", where="connections"))
    for name in container.names("xl/externalLinks/", ".xml"):
        data = container.read(name)
        if b"ddeLink" in data:
            service = re.search(rb'ddeService="([^"]*)"[^>]*ddeTopic="([^"]*)"', data)
            text = b"|".join(service.groups()).decode("utf-8", "replace") if service else ""
            found.warnings.append(Warning_(code="formula-call", where="DDE", text=text[:300]))
    for name in container.names("xl/", ".xml"):
        if "comments" in name.lower():
            _comments(container, name, found)
    if "xl/sharedStrings.xml" in container:
        _white_runs(container.read("xl/sharedStrings.xml"), "strings", found)
    if "xl/workbook.xml" not in container:
        return found
    root = parse_xml(container.read("xl/workbook.xml"))
    for defined in root.iter(f"{S}definedName"):
        if (defined.get("name") or "").lower().startswith("auto_") or defined.get("function") == "1":
            found.warnings.append(Warning_(code="macro", where=defined.get("name") or ""))
        if _CALL.search(defined.text or ""):
            found.warnings.append(Warning_(code="formula-call", where=defined.get("name") or "", text="=" + (defined.text or "")[:300]))
    related = part_relations(container, "xl/workbook.xml")
    styles = _invisible_styles(container)
    for sheet in root.iter(f"{S}sheet"):
        _, target = related.get(sheet.get(f"{R}id") or "", ("", ""))
        if target in container and target.endswith(".xml"):
            _sheet(container.read(target), sheet.get("name") or "", styles, found)
    return found


def _sheet(data: bytes, name: str, styles: _Styles, found: Inspected) -> None:
    calls = 0
    rows: set[int] = set()
    columns: set[int] = set()
    cells: set[tuple[int, int]] = set()
    row = column = -1
    area = ""
    for tag, attributes, text in _pieces(data, cells=bool(styles.numbers or styles.texts), conditional=bool(styles.conditional)):
        if tag == "row":
            row, column = _index(attributes.get("r", ""), row + 1), -1
            if attributes.get("hidden", "").strip() in _ON or _size(attributes.get("ht", "")) <= _FLAT:
                rows.add(row)
        elif tag == "c":
            place = re.match(r"([A-Z]{1,3})(\d{1,7})$", attributes.get("r", ""))
            row, column = (int(place.group(2)) - 1, _column(place.group(1))) if place else (row, column + 1)
            style = attributes.get("s", "")
            worded = attributes.get("t", "") in ("s", "str", "inlineStr")
            if style.isdigit() and int(style) in (styles.texts if worded else styles.numbers):
                cells.add((row, column))
        elif tag == "f" and _CALL.search(text):
            calls += 1
            if calls <= 10:
                found.warnings.append(Warning_(code="formula-call", where=name, text="=" + text[:300]))
        elif tag == "col" and (attributes.get("hidden", "").strip() in _ON or _size(attributes.get("width", "")) <= _NARROW):
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdigit() and last.isdigit():
                columns.update(range(int(first) - 1, min(int(last), 16_384)))
        elif tag == "conditionalFormatting":
            area = attributes.get("sqref", "")
        elif tag == "cfRule" and _index(attributes.get("dxfId", ""), -1) + 1 in styles.conditional:
            found.warnings.append(Warning_(code="hidden-text", where=f"{name} {area}"[:100], text="conditional"))
    if b"rPr" in data:
        _white_runs(data, name, found)
    found._sheets[name] = (rows, columns, cells)


def _pieces(data: bytes, *, cells: bool, conditional: bool) -> Iterator[_Piece]:
    """Yield (tag, attributes, text) of the elements of a sheet that matter, in their order but for columns and formulas."""
    plain = data[:3] == b"\xef\xbb\xbf" or data[:1] == b"<"
    declared = re.match(rb"[^<]*<\?xml[^>]*encoding=[\"']([\w.-]+)", data)
    if not plain or (declared and declared.group(1).lower() not in (b"utf-8", b"us-ascii")) or _odd(data):
        for item in parse_xml(data).iter():
            tag = local(item)
            if tag in _ELEMENTS:
                yield tag, {str(key): str(value) for key, value in item.attrib.items()}, "".join(item.itertext()) if tag == "f" else ""
        return
    for match in re.finditer(rb"<col\b([^<>]*)>", data[:200_000]):
        yield "col", _attributes(match.group(1)), ""
    if b"<f" in data and _CALL_BYTES.search(data):
        for match in _FORMULA.finditer(data):
            yield "f", {}, html.unescape(match.group(1).decode("utf-8", "replace"))
    for match in _PIECE.finditer(data) if cells else re.finditer(rb"<(row)\b([^<>]*\s(?:hidden|ht)=[^<>]*)>", data):
        yield match.group(1).decode(), _attributes(match.group(2)), ""
    if conditional:
        for match in re.finditer(rb"<(conditionalFormatting|cfRule)\b([^<>]*)>", data):
            yield match.group(1).decode(), _attributes(match.group(2)), ""


def _odd(data: bytes) -> bool:
    """Whether a sheet must be parsed to be understood; counting signs tells most that need not, at a tenth of the cost."""
    usual = (
        not any(sign in data for sign in _SIGNS)
        and data.count(b"xmlns:") == data[:2000].count(b"xmlns:")
        and not _ODD.search(data[:2000])
        and data.count(b"<") == data.count(b">")
        and data.count(b"<row") == data.count(b'<row r="')
        and sum(data.count(b"<c" + sign) for sign in (b" ", b">", b"/", b"\t", b"\n", b"\r")) == data.count(b'<c r="')
    )
    return not usual and _ODD.search(data) is not None


def _attributes(data: bytes) -> dict[str, str]:
    return {key.decode(): value.decode("utf-8", "replace") for key, value in _ATTRIBUTES.findall(data)}


def _index(text: str, default: int) -> int:
    """A number counted from 1, counted from 0."""
    return int(text) - 1 if text.isdigit() and len(text) < 10 else default


def _size(text: str) -> float:
    """A height or width; a large one where none is told."""
    return float(text) if re.fullmatch(r"\d{1,6}(\.\d{1,20})?", text) else 100.0


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _invisible_styles(container: Container) -> _Styles:
    """Return the styles that show nothing: a font in the colour of its fill, of 2 points or less, or a format without a place for the value."""
    out = _Styles()
    if "xl/styles.xml" not in container:
        return out
    try:
        root = parse_xml(container.read("xl/styles.xml"))
    except Unreadable:
        return out
    formats = {f.get("numFmtId"): f.get("formatCode") or "" for f in root.iter(f"{S}numFmt")}
    fonts, fills = _children(root, "fonts"), _children(root, "fills")
    for index, style in enumerate(_children(root, "cellXfs")):
        font, fill = _index(style.get("fontId") or "", 0) + 1, _index(style.get("fillId") or "", 0) + 1
        ground = _ground(fills[fill]) if fill < len(fills) else ""
        pattern = formats.get(style.get("numFmtId"), "")
        number, text, white = _shown(pattern)
        unseen = (font < len(fonts) and _unseen(fonts[font], ground)) or (white and not ground)
        if unseen or not number:
            out.numbers.add(index)
        if unseen or not text:
            out.texts.add(index)
    for index, style in enumerate(_children(root, "dxfs")):
        font_, fill_ = style.find(f"{S}font"), style.find(f"{S}fill")
        pattern_ = style.find(f"{S}numFmt")
        if (font_ is not None and fill_ is None and _pale(_colour(font_.find(f"{S}color")))) or (
            pattern_ is not None and not _shown(pattern_.get("formatCode") or "")[0]
        ):
            out.conditional.add(index)
    return out


def _shown(pattern: str) -> tuple[bool, bool, bool]:
    """Return whether a number format shows (positive numbers, texts), and whether it paints them white."""
    if not pattern:
        return True, True, False
    sections = re.sub(r'"[^"]*"|\\.', "_x", pattern).split(";")
    bare = [_LITERAL.sub("", section) for section in sections]
    number = bool(_SHOWS.search(bare[0]))
    text = "@" in bare[3] if len(bare) > 3 else "@" in bare[0] or bool(bare[0].strip()) or len(bare) == 1 or number
    return number or (len(bare) == 1 and "@" in bare[0]), text, "[white]" in sections[0].lower()


def _children(root: Any, name: str) -> list[Any]:
    parent = root.find(f"{S}{name}")
    return list(parent) if parent is not None else []


def _unseen(font: Any, ground: str) -> bool:
    size = font.find(f"{S}sz")
    if size is not None and _size(size.get("val") or "") <= _FLAT:
        return True
    colour = _colour(font.find(f"{S}color"))
    if not colour or ground == "?":
        return False
    if not ground:
        return _pale(colour)
    return all(abs(int(colour[i : i + 2], 16) - int(ground[i : i + 2], 16)) < _NEAR for i in (0, 2, 4))


def _colour(element: Any) -> str:
    """Return "RRGGBB" of a colour, or "" where only the theme knows it."""
    if element is None:
        return ""
    if element.get("theme") == "0" or element.get("indexed") in ("1", "9", "65"):
        try:
            tint = float(element.get("tint") or 0)
        except ValueError:
            tint = 0.0
        return f"{max(0, min(255, round(255 * (1 + min(tint, 0))))):02X}" * 3
    if element.get("indexed") in ("0", "8"):
        return "000000"
    rgb = (element.get("rgb") or "").upper()[-6:]
    return rgb if re.fullmatch("[0-9A-F]{6}", rgb) else ""


def _pale(colour: str) -> bool:
    return bool(colour) and min(int(colour[i : i + 2], 16) for i in (0, 2, 4)) >= _PALE


def _ground(fill: Any) -> str:
    """Return the colour of a fill, "" for none or white, "?" where it cannot be told."""
    pattern = fill.find(f"{S}patternFill")
    if pattern is None:
        return "?" if fill.find(f"{S}gradientFill") is not None else ""
    if pattern.get("patternType") in (None, "none"):
        return ""
    colour = pattern.find(f"{S}fgColor")
    known = _colour(colour) if pattern.get("patternType") == "solid" else ""
    return ("" if known == "FFFFFF" else known) if known else "?"


def _white_runs(data: bytes, where: str, found: Inspected) -> None:
    """Tell of texts that are in part white: on a coloured cell all of it would be."""
    if b"rPr" not in data or b"color" not in data:
        return
    try:
        root = parse_xml(data)
    except Unreadable:
        return
    told = 0
    for item in root.iter(f"{S}si", f"{S}is"):
        runs = item.findall(f"{S}r")
        white = [run for run in runs if _pale(_colour(run.find(f"{S}rPr/{S}color")))]
        if white and len(white) < len(runs) and told < 5:
            text = "".join(t.text or "" for run in white for t in run.iter(f"{S}t")).strip()
            if text:
                told += 1
                found.warnings.append(Warning_(code="hidden-text", where=where, text=text[:300]))


def _comments(container: Container, name: str, found: Inspected) -> None:
    try:
        root = parse_xml(container.read(name))
    except Unreadable:
        found.warnings.append(Warning_(code="damaged-part", where=name))
        return
    for item in root.iter():
        if local(item) in ("comment", "threadedComment"):
            text = " ".join(t.text for t in item.iter() if local(t) in ("t", "text") and t.text)
            if text.strip() and not text.startswith("[Threaded comment]"):
                found.warnings.append(Warning_(code="comment", where=item.get("ref") or "", text=text[:300]))
