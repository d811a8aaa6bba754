"""What a workbook hides or calls, from its XML.

Codes: ``hidden-rows``, ``hidden-columns``, ``hidden-text`` (cells in white on no fill, or under a format that shows nothing),
``comment``, ``formula-call`` (WEBSERVICE, HYPERLINK, DDE and their kin), ``external-link``. ``hidden-sheet`` comes from the reader.
"""

from __future__ import annotations

import html
import re
from typing import Any

from confrere.documents.model import Warning_
from confrere.documents.read.limits import Unreadable
from confrere.documents.read.ooxml import part_relations
from confrere.documents.read.xmls import R, S, local, parse_xml
from confrere.documents.read.zips import Container

_CALL = re.compile(
    rb"<f\b[^>]*>([^<]{0,4000}?(?:WEBSERVICE|HYPERLINK|FILTERXML|IMPORTDATA|IMPORTXML|RTD|CALL|REGISTER\.ID|EXEC|IMAGE)\s*\([^<]{0,300}"
    rb"|[^<]{0,200}\b(?:cmd|msexcel|powershell|rundll32|regsvr32)\s*\|[^<]{0,300})",
    re.I,
)
_ROW = re.compile(rb'<row\b([^>]*)\bhidden="(?:1|true)"([^>]*)>')
_NUMBER = re.compile(rb'\br="(\d+)"')
_COLUMN = re.compile(rb"<col\b([^>]*)/?>")
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*?\bs="(\d+)"|<c\b[^>]*?\bs="(\d+)"[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')


class Inspected:
    """Warnings about the workbook, and for each sheet its hidden rows, columns and cells (from 0)."""

    def __init__(self) -> None:
        self.warnings: list[Warning_] = []
        self._sheets: dict[str, tuple[set[int], set[int], set[tuple[int, int]]]] = {}

    def of(self, sheet: str) -> tuple[set[int], set[int], set[tuple[int, int]]]:
        return self._sheets.get(sheet, (set(), set(), set()))


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
    if "xl/workbook.xml" not in container:
        return found
    root = parse_xml(container.read("xl/workbook.xml"))
    for defined in root.iter(f"{S}definedName"):
        if (defined.get("name") or "").lower().startswith("auto_") or defined.get("function") == "1":
            found.warnings.append(Warning_(code="macro", where=defined.get("name") or ""))
    related = part_relations(container, "xl/workbook.xml")
    styles = _invisible_styles(container)
    for sheet in root.iter(f"{S}sheet"):
        _, target = related.get(sheet.get(f"{R}id") or "", ("", ""))
        if target in container and target.endswith(".xml"):
            _sheet(container.read(target), sheet.get("name") or "", styles, found)
    return found


def _sheet(data: bytes, name: str, styles: set[int], found: Inspected) -> None:
    calls = 0
    if b"<f" in data:
        for match in _CALL.finditer(data):
            calls += 1
            if calls <= 10:
                text = html.unescape(match.group(1).decode("utf-8", "replace"))
                found.warnings.append(Warning_(code="formula-call", where=name, text="=" + text[:300]))
    rows: set[int] = set()
    for match in _ROW.finditer(data):
        number = _NUMBER.search(match.group(1) + match.group(2))
        if number:
            rows.add(int(number.group(1)) - 1)
    columns: set[int] = set()
    for match in _COLUMN.finditer(data[:200_000]):
        attributes = dict(re.findall(rb'(\w+)="([^"]*)"', match.group(1)))
        if attributes.get(b"hidden") in (b"1", b"true") and attributes.get(b"min", b"").isdigit() and attributes.get(b"max", b"").isdigit():
            columns.update(range(int(attributes[b"min"]) - 1, min(int(attributes[b"max"]), 16_384)))
    cells: set[tuple[int, int]] = set()
    if styles:
        for match in _CELL.finditer(data):
            letters, number_, style = match.group(1) or match.group(5), match.group(2) or match.group(6), match.group(3) or match.group(4)
            if int(style) in styles:
                cells.add((int(number_) - 1, _column(letters.decode())))
    found._sheets[name] = (rows, columns, cells)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _invisible_styles(container: Container) -> set[int]:
    """Return the cell styles that show nothing: a white font on no fill, or the number format ``;;;``."""
    if "xl/styles.xml" not in container:
        return set()
    try:
        root = parse_xml(container.read("xl/styles.xml"))
    except Unreadable:
        return set()
    blank = {f.get("numFmtId") for f in root.iter(f"{S}numFmt") if (f.get("formatCode") or "").replace(" ", "") in (";;;", ";;")}
    fonts = [_white(font) for font in _children(root, "fonts")]
    fills = [_filled(fill) for fill in _children(root, "fills")]
    out = set()
    for index, style in enumerate(_children(root, "cellXfs")):
        font, fill = int(style.get("fontId") or 0), int(style.get("fillId") or 0)
        unseen = font < len(fonts) and fonts[font] and not (fill < len(fills) and fills[fill])
        if unseen or style.get("numFmtId") in blank:
            out.add(index)
    return out


def _children(root: Any, name: str) -> list[Any]:
    parent = root.find(f"{S}{name}")
    return list(parent) if parent is not None else []


def _white(font: Any) -> bool:
    colour = font.find(f"{S}color")
    if colour is None:
        return False
    return (
        (colour.get("rgb") or "").upper()[-6:] == "FFFFFF"
        or (colour.get("theme") == "0" and not colour.get("tint"))
        or colour.get("indexed") in ("1", "9")
    )


def _filled(fill: Any) -> bool:
    pattern = fill.find(f"{S}patternFill")
    if pattern is None:
        return fill.find(f"{S}gradientFill") is not None
    if pattern.get("patternType") in (None, "none"):
        return False
    colour = pattern.find(f"{S}fgColor")
    return colour is None or (
        (colour.get("rgb") or "").upper()[-6:] != "FFFFFF" and not (colour.get("theme") == "0" and not colour.get("tint"))
    )


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
