"""PPTX, from its XML: a page a slide in the order they are shown, tables, chart data, notes; and what is not shown.

Codes: ``hidden-slide``, ``hidden-text`` (a shape that is off the slide, hidden or without size; words that are clear, of 2 points or
less, or in the colour of the slide), ``comment``, and those of ``ooxml``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from confrere.documents.model import Document, Page, Table, Warning_
from confrere.documents.read.limits import Budget, Unreadable
from confrere.documents.read.ole import Ole
from confrere.documents.read.ooxml import inspect_package, part_relations, properties
from confrere.documents.read.xmls import A, P, R, local, parse_xml
from confrere.documents.read.zips import Container

_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_SKIPPED = ("sldNum", "dt", "ftr")


def read_pptx(path: Path, budget: Budget) -> Document:
    """Read a PPTX. Raises Unreadable."""
    with open(path, "rb") as file:
        if file.read(4) == b"\xd0\xcf\x11\xe0":
            with Ole(path) as ole:
                raise Unreadable("encrypted" if any("Encrypt" in n for n in ole.names()) else "damaged")
    with Container(path, budget.limits) as container:
        if "ppt/presentation.xml" not in container:
            raise Unreadable("damaged", "no presentation part")
        document = Document(kind="pptx", metadata=properties(container))
        document.warnings.extend(inspect_package(container))
        root = parse_xml(container.read("ppt/presentation.xml"))
        size = root.find(f"{P}sldSz")
        width, height = (int(size.get("cx") or 0), int(size.get("cy") or 0)) if size is not None else (0, 0)
        related = part_relations(container, "ppt/presentation.xml")
        slides = [related.get(item.get(f"{R}id") or "", ("", ""))[1] for item in root.iter(f"{P}sldId")]
        document.metadata["slides"] = str(len(slides))
        for number, part in enumerate(slides, 1):
            if number > budget.limits.pages or budget.text <= 0 or budget.late():
                document.warnings.append(Warning_(code="truncated", where=f"slide {number}"))
                break
            try:
                _slide(container, part, number, (width, height), document, budget)
            except (Unreadable, KeyError) as error:
                document.warnings.append(Warning_(code="damaged-part", where=f"slide {number}", text=str(error)[:300]))
    return document


def _slide(container: Container, part: str, number: int, size: tuple[int, int], document: Document, budget: Budget) -> None:
    label = f"slide {number}"
    root = parse_xml(container.read(part))
    related = part_relations(container, part)
    tree = root.find(f"{P}cSld/{P}spTree")
    walk = _Walk(size, container, related, _background(container, root, part))
    walk.shapes(tree if tree is not None else root, 0)
    text = "\n".join(walk.lines).strip()
    for kind, target in related.values():
        if target not in container:
            continue
        if kind == "notesSlide":
            notes = _notes(parse_xml(container.read(target)))
            if notes:
                text += "\n\n[notes]\n" + notes
        elif kind == "comments":
            said = " ".join(t.text or "" for t in parse_xml(container.read(target)).iter() if local(t) in ("text", "t"))
            document.warnings.append(Warning_(code="comment", where=label, text=said.strip()[:300]))
    if root.get("show") in ("0", "false"):
        document.warnings.append(Warning_(code="hidden-slide", where=label, text=text[:300]))
        return
    if walk.hidden:
        document.warnings.append(Warning_(code="hidden-text", where=label, text=" ".join(walk.hidden)[:300]))
    document.pages.append(Page(label=label, text=budget.take_text(text), tables=walk.tables))


def _notes(root: Any) -> str:
    out = []
    for shape in root.iter(f"{P}sp"):
        kind = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
        if kind is not None and kind.get("type") == "body":
            out.append(_paragraphs(shape.find(f"{P}txBody")))
    return "\n".join(out).strip()


def _paragraphs(body: Any, hidden: list[str] | None = None, ground: str = "") -> str:
    """Return the text of a shape; what of it is not shown on ``ground`` ("RRGGBB", "" where it cannot be told) goes to ``hidden``."""
    if body is None:
        return ""
    lines = []
    for paragraph in body.iter(f"{A}p"):
        parts = []
        for item in paragraph.iter(f"{A}t", f"{A}br"):
            if local(item) == "br":
                parts.append("\n")
            elif hidden is not None and _unseen(item.getparent().find(f"{A}rPr"), ground):
                hidden.append(item.text or "")
            else:
                parts.append(item.text or "")
        lines.append("".join(parts))
    return "\n".join(lines).strip()


def _unseen(properties: Any, ground: str) -> bool:
    """Whether a run shows nothing: 2 points or less, no fill, a clear one, or the colour of what is under it."""
    if properties is None:
        return False
    size = properties.get("sz") or "1800"
    if (size.isdigit() and int(size[:6]) <= 200) or properties.find(f"{A}noFill") is not None:
        return True
    fill = properties.find(f"{A}solidFill")
    if fill is None or not len(fill):
        return False
    alpha = fill[0].find(f"{A}alpha")
    if alpha is not None and re.fullmatch(r"\d{1,4}", alpha.get("val") or ""):
        return True
    colour = _colour(fill[0])
    return bool(colour and ground) and all(abs(int(colour[i : i + 2], 16) - int(ground[i : i + 2], 16)) < 20 for i in (0, 2, 4))


def _colour(element: Any) -> str:
    """Return "RRGGBB" of a colour, white for that of the background in its usual theme, or ""."""
    if local(element) == "schemeClr" and element.get("val") in ("bg1", "lt1") and not len(element):
        return "FFFFFF"
    value = (element.get("val") or "").upper()
    return value if local(element) == "srgbClr" and re.fullmatch("[0-9A-F]{6}", value) else ""


def _background(container: Container, root: Any, part: str) -> str:
    """Return the colour under the text of a slide; "" where a picture, a filled shape or the theme may lie under it."""
    if next(root.iter(f"{P}pic", f"{A}blip"), None) is not None:
        return ""
    if any(
        fill is not None
        for shape in root.iter(f"{P}sp")
        for fill in (shape.find(f"{P}spPr/{A}solidFill"), shape.find(f"{P}spPr/{A}gradFill"))
    ):
        return ""
    if any(shape.find(f"{P}style") is not None for shape in root.iter(f"{P}sp")):
        return ""
    for _ in range(3):
        background, mapped = root.find(f"{P}cSld/{P}bg"), root.find(f"{P}clrMap")
        if mapped is not None and mapped.get("bg1") != "lt1":
            return ""
        if background is not None:
            fill = next(background.iter(f"{A}srgbClr", f"{A}schemeClr"), None)
            return _colour(fill) if fill is not None else ""
        above = [target for kind, target in part_relations(container, part).values() if kind in ("slideLayout", "slideMaster")]
        target = next((one for one in above if one != part and one in container), "")
        if not target or ("slideMasters" in part and "slideLayouts" in target):
            break
        part, root = target, parse_xml(container.read(target))
        if next(root.iter(f"{P}pic"), None) is not None:
            return ""
    return "FFFFFF"


class _Walk:
    """Gathers the text of a slide's shapes from top to bottom, its tables, and what lies off the slide."""

    def __init__(self, size: tuple[int, int], container: Container, related: dict[str, tuple[str, str]], ground: str) -> None:
        self._size = size
        self._ground = ground
        self._container = container
        self._related = related
        self.lines: list[str] = []
        self.tables: list[Table] = []
        self.hidden: list[str] = []

    def shapes(self, tree: Any, depth: int) -> None:
        """Read shapes, titles first, then by their place; groups are walked into."""
        if depth > 30:
            return
        for shape in sorted(tree, key=_place):
            tag = local(shape)
            if tag in ("grpSp", "graphicFrame") and self._gone(shape):
                self.hidden.append(" ".join(t.text or "" for t in shape.iter(f"{A}t")))
            elif tag == "grpSp":
                self.shapes(shape, depth + 1)
            elif tag in ("sp", "cxnSp", "pic"):
                self._shape(shape)
            elif tag == "graphicFrame":
                self._frame(shape)
            elif tag == "AlternateContent":
                for choice in shape:
                    if local(choice) == "Choice":
                        self.shapes(choice, depth + 1)

    def _shape(self, shape: Any) -> None:
        kind = shape.find(f".//{P}nvPr/{P}ph")
        if kind is not None and kind.get("type") in _SKIPPED:
            return
        text = _paragraphs(shape.find(f"{P}txBody"), self.hidden, self._ground)
        if not text:
            return
        if self._gone(shape):
            self.hidden.append(" ".join(text.split()))
        else:
            self.lines.extend(text.split("\n"))

    def _gone(self, shape: Any) -> bool:
        named = next(shape.iter(f"{P}cNvPr"), None)
        return (named is not None and named.get("hidden") in ("1", "true")) or self._off(shape)

    def _off(self, shape: Any) -> bool:
        if next(shape.iterancestors(f"{P}grpSp"), None) is not None:
            return False  # placed in the measures of its group
        frames = (f"{P}spPr/{A}xfrm", f"{P}grpSpPr/{A}xfrm", f"{P}xfrm")
        frame = next((found for path in frames if (found := shape.find(path)) is not None), None)
        offset, extent = (frame.find(f"{A}off"), frame.find(f"{A}ext")) if frame is not None else (None, None)
        if offset is None or extent is None or not self._size[0]:
            return False
        x, y, w, h = (int(float(e.get(k) or 0)) for e, k in ((offset, "x"), (offset, "y"), (extent, "cx"), (extent, "cy")))
        if local(shape) == "sp" and 0 < w < 2000 and 0 < h < 2000:
            return True
        return x >= self._size[0] or y >= self._size[1] or x + w <= 0 or y + h <= 0

    def _frame(self, frame: Any) -> None:
        table = frame.find(f".//{A}tbl")
        if table is not None:
            rows = [[_paragraphs(cell.find(f"{A}txBody")) for cell in row.iter(f"{A}tc")] for row in table.iter(f"{A}tr")]
            properties = table.find(f"{A}tblPr")
            header = properties is not None and properties.get("firstRow") in ("1", "true")
            self.tables.append(Table(rows=rows, header=header))
            self.lines.extend("   ".join(" ".join(c.split()) for c in row if c) for row in rows)
            return
        chart = frame.find(f".//{_CHART}chart")
        target = self._related.get(chart.get(f"{R}id") or "", ("", ""))[1] if chart is not None else ""
        if target in self._container:
            rows = chart_rows(parse_xml(self._container.read(target)))
            if rows:
                self.tables.append(Table(rows=rows, name="chart", header=True))
                self.lines.extend("   ".join(str(c) for c in row if c is not None) for row in rows)


def chart_rows(root: Any) -> list[list[Any]]:
    """Return the data a chart shows: a header of series names, then a row a category."""
    names: list[Any] = [""]
    columns: list[dict[int, Any]] = []
    categories: dict[int, str] = {}
    for series in root.iter(f"{_CHART}ser"):
        title = series.find(f"{_CHART}tx//{_CHART}v")
        names.append((title.text or "") if title is not None else "")
        for point in series.findall(f"{_CHART}cat//{_CHART}pt"):
            value = point.find(f"{_CHART}v")
            categories.setdefault(int(point.get("idx") or 0), (value.text or "") if value is not None else "")
        column = {}
        for point in series.findall(f"{_CHART}val//{_CHART}pt"):
            value = point.find(f"{_CHART}v")
            column[int(point.get("idx") or 0)] = _number(value.text if value is not None else "")
        columns.append(column)
    places = sorted({*categories, *(i for column in columns for i in column)})[:2000]
    if not columns or not places:
        return []
    return [names, *([categories.get(i, "")] + [column.get(i) for column in columns] for i in places)]


def _number(text: str | None) -> Any:
    try:
        value = float(text or "")
    except ValueError:
        return text
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _place(shape: Any) -> tuple[int, int, int]:
    """Sort key: titles, then rows of about a centimetre, then left to right; shapes placed by their layout keep their order."""
    kind = shape.find(f".//{P}nvPr/{P}ph") if isinstance(shape.tag, str) else None
    title = 0 if kind is not None and kind.get("type") in ("title", "ctrTitle") else 1
    offset = shape.find(f".//{A}xfrm/{A}off") if isinstance(shape.tag, str) else None
    if offset is None:
        offset = shape.find(f"{P}xfrm/{A}off") if isinstance(shape.tag, str) else None
    if offset is None:
        return title, 0, 0
    return title, int(float(offset.get("y") or 0)) // 360_000, int(float(offset.get("x") or 0))
