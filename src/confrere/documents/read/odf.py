"""OpenDocument text and presentations (ODT, ODP), from content.xml; the properties of any OpenDocument file.

Codes: ``hidden-text`` (a hidden paragraph, section or row, text:display none, the colour of its ground, no size), ``tracked-change``, ``comment``,
``hidden-slide``, ``macro``, ``external-link``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from confrere.documents.model import Document, Page, Table, Warning_
from confrere.documents.read.limits import Budget, Unreadable
from confrere.documents.read.xmls import local, parse_xml
from confrere.documents.read.zips import Container

_META = {"title": "title", "creator": "author", "initial-creator": "author", "subject": "subject", "creation-date": "created",
         "date": "modified", "generator": "creator", "description": "description"}  # fmt: skip
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_XLINK = "{http://www.w3.org/1999/xlink}href"


def odf_properties(container: Container) -> dict[str, str]:
    """Return title, author and dates, as far as meta.xml can be read."""
    if "meta.xml" not in container:
        return {}
    try:
        root = parse_xml(container.read("meta.xml"))
    except Unreadable:
        return {}
    return {_META[local(i)]: i.text.strip()[:300] for i in root.iter() if local(i) in _META and i.text and i.text.strip()}


def check_encrypted(container: Container) -> None:
    """Raise Unreadable ``encrypted`` when the manifest says that the content is."""
    if "META-INF/manifest.xml" in container and b"encryption-data" in container.read("META-INF/manifest.xml"):
        raise Unreadable("encrypted")


def read_odf(path: Path, budget: Budget) -> Document:
    """Read an ODT (one page) or an ODP (a page a slide). Raises Unreadable."""
    with Container(path, budget.limits) as container:
        check_encrypted(container)
        if "content.xml" not in container:
            raise Unreadable("damaged", "no content.xml")
        root = parse_xml(container.read("content.xml"))
        document = Document(kind="odt", metadata=odf_properties(container))
        document.warnings.extend(_parts(container))
        roots = [root]
        if "styles.xml" in container:
            try:
                roots.insert(0, parse_xml(container.read("styles.xml")))
            except Unreadable:
                document.warnings.append(Warning_(code="damaged-part", where="styles.xml"))
        hidden = _hidden_styles(roots)
    for link in root.iter(f"{_DRAW}image", f"{_DRAW}object", f"{_TEXT}section-source", f"{_TABLE}table-source"):
        target = link.get(_XLINK) or ""
        if re.match(r"(https?|file|ftp|smb):|\\\\|//", target):
            document.warnings.append(Warning_(code="external-link", where=local(link), text=target[:300]))
    slides = list(root.iter(f"{_DRAW}page"))
    if slides:
        document.kind = "odp"
        unseen = _unshown_pages(root)
        for number, slide in enumerate(slides, 1):
            _slide(slide, number, document, budget, hidden, slide.get(f"{_DRAW}style-name") in unseen)
        document.metadata["slides"] = str(len(slides))
        return document
    walk = _Walk(hidden)
    walk.blocks(root, 0)
    document.pages.append(Page(label="document", text=budget.take_text(walk.text()), tables=walk.tables))
    document.warnings.extend(walk.warnings("document"))
    return document


def _slide(slide: Any, number: int, document: Document, budget: Budget, hidden: set[str], unseen: bool) -> None:
    label = f"slide {number}"
    walk, notes = _Walk(hidden), _Walk(hidden)
    for part in slide:
        (notes if local(part) == "notes" else walk).blocks(part, 0)
    if unseen:
        document.warnings.append(Warning_(code="hidden-slide", where=label, text=walk.text()[:300]))
        return
    text = walk.text()
    if notes.text():
        text += "\n\n[notes]\n" + notes.text()
    document.pages.append(Page(label=label, text=budget.take_text(text), tables=walk.tables))
    document.warnings.extend(walk.warnings(label))


def _parts(container: Container) -> list[Warning_]:
    out = []
    for name in container.infos:
        if name.startswith(("Basic/", "Scripts/")) and name.endswith((".xml", ".py", ".bsh", ".js")) and "script-l" not in name:
            out.append(Warning_(code="macro", where=name))
        elif name.startswith("Object ") and name.endswith(".bin"):
            out.append(Warning_(code="embedded-object", where=name))
    return out[:20]


def _hidden_styles(roots: list[Any]) -> set[str]:
    """Return the names of the styles of the document that hide their text, by their own properties or those they build on."""
    own: dict[str, dict[str, str]] = {}
    parents: dict[str, str] = {}
    for root in roots:
        for style in root.iter(f"{_STYLE}style"):
            name = style.get(f"{_STYLE}name") or ""
            parents[name] = style.get(f"{_STYLE}parent-style-name") or ""
            own[name] = {"family": style.get(f"{_STYLE}family") or ""}
            for properties in style:
                if local(properties) in ("text-properties", "paragraph-properties", "section-properties"):
                    own[name].update({str(key): str(value) for key, value in properties.attrib.items()})
    out = set()
    for name in own:
        chain, at = [own[name]], parents[name]
        while at in own and len(chain) < 20:
            chain.append(own[at])
            at = parents[at]
        told = {key: value for level in reversed(chain) for key, value in level.items()}
        if _hides(told):
            out.add(name)
    return out


def _hides(told: dict[str, str]) -> bool:
    size = re.match(r"([\d.]{1,9})(pt|mm|cm|in)$", told.get(f"{_FO}font-size", ""))
    points = {"pt": 1.0, "mm": 2.835, "cm": 28.35, "in": 72.0}
    if told.get(f"{_TEXT}display") == "none" or (
        size and size.group(1).count(".") < 2 and float(size.group(1)) * points[size.group(2)] <= 2
    ):
        return True
    scale = re.match(r"(\d{1,3})%", told.get(f"{_STYLE}text-scale", ""))
    if scale and int(scale.group(1)) <= 5:
        return True
    colour, back = told.get(f"{_FO}color", "").lower(), told.get(f"{_FO}background-color", "transparent").lower()
    if not re.fullmatch("#[0-9a-f]{6}", colour):
        return False
    levels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    if re.fullmatch("#[0-9a-f]{6}", back):
        return all(abs(level - int(back[i : i + 2], 16)) < 20 for level, i in zip(levels, (1, 3, 5), strict=True))
    # A cell, a frame or the page may be coloured behind a paragraph: only letters of their own style are judged without a ground.
    return min(levels) >= 0xE6 and told["family"] == "text"


def _unshown_pages(root: Any) -> set[str]:
    return {
        style.get(f"{_STYLE}name") or ""
        for style in root.iter(f"{_STYLE}style")
        for properties in style
        if properties.get(f"{_PRESENTATION}visibility") == "hidden"
    }


class _Walk:
    """Gathers lines and tables of a part, and what it hides."""

    def __init__(self, hidden: set[str]) -> None:
        self._hidden = hidden
        self._lines: list[str] = []
        self._found: dict[str, list[str]] = {}
        self.tables: list[Table] = []

    def blocks(self, element: Any, depth: int) -> None:
        if depth > 200:
            return
        for item in element:
            tag = local(item)
            if tag in ("p", "h"):
                if item.get(f"{_TEXT}style-name") in self._hidden:
                    self._tell("hidden-text", item)
                else:
                    self._lines.extend(self._inline(item, 0).split("\n"))
            elif tag == "table" and item.tag.startswith(_TABLE):
                self._table(item, depth)
            elif tag == "tracked-changes":
                self._tell("tracked-change", item)
            elif tag == "annotation":
                self._tell("comment", item)
            elif tag in ("hidden-paragraph", "forms", "automatic-styles", "styles", "font-face-decls", "scripts", "meta", "settings"):
                continue
            elif tag == "section" and (item.get(f"{_TEXT}display") == "none" or item.get(f"{_TEXT}style-name") in self._hidden):
                self._tell("hidden-text", item)
            elif tag == "list-item":
                start = len(self._lines)
                self.blocks(item, depth + 1)
                if len(self._lines) > start:
                    self._lines[start] = "- " + self._lines[start]
            else:
                self.blocks(item, depth + 1)

    def _inline(self, element: Any, depth: int) -> str:
        out = [element.text or ""]
        for item in element:
            tag = local(item)
            if depth > 100:
                break
            if tag == "s":
                count = item.get(f"{_TEXT}c") or "1"
                out.append(" " * (min(int(count), 200) if count.isdigit() else 1))
            elif tag == "tab":
                out.append("\t")
            elif tag == "line-break":
                out.append("\n")
            elif tag == "annotation":
                self._tell("comment", item)
            elif tag == "annotation-end":
                pass
            elif tag in ("hidden-text", "conditional-text") or item.get(f"{_TEXT}style-name") in self._hidden:
                self._tell("hidden-text", item)
            elif tag == "note":
                body = item.find(f"{_TEXT}note-body")
                if body is not None:
                    inner = _Walk(self._hidden)
                    inner.blocks(body, depth + 1)
                    out.append(f" [{inner.text()}]")
            elif tag in ("frame", "custom-shape", "text-box", "g"):
                inner = _Walk(self._hidden)
                inner.blocks(item, depth + 1)
                self.tables.extend(inner.tables)
                out.append(inner.text())
            else:
                out.append(self._inline(item, depth + 1))
            out.append(item.tail or "")
        return re.sub(r"[ \r\n]*\n[ \r\n]*", "\n", "".join(out))

    def _table(self, table: Any, depth: int) -> None:
        rows: list[list[str]] = []
        for row in table.iter(f"{_TABLE}table-row"):
            if next(row.iterancestors(f"{_TABLE}table")) is not table or len(rows) > 20_000:
                continue
            if row.get(f"{_TABLE}visibility") in ("collapse", "filter"):
                self._tell("hidden-text", row)
                continue
            cells: list[str] = []
            for cell in row:
                if local(cell) not in ("table-cell", "covered-table-cell"):
                    continue
                inner = _Walk(self._hidden)
                inner.blocks(cell, depth + 1)
                self.tables.extend(inner.tables)
                repeated = cell.get(f"{_TABLE}number-columns-repeated") or "1"
                text = inner.text()
                cells.extend([text] * (min(int(repeated), 50) if repeated.isdigit() else 1))
            rows.append(cells)
        if rows:
            header = table.find(f".//{_TABLE}table-header-rows") is not None
            self.tables.append(Table(rows=rows, name=table.get(f"{_TABLE}name") or "", header=header))
            self._lines.extend("   ".join(" ".join(c.split()) for c in row if c.strip()) for row in rows)

    def _tell(self, code: str, element: Any) -> None:
        text = " ".join("".join(element.itertext()).split())
        text = text or next((v for k, v in element.attrib.items() if k.endswith("string-value")), "")
        if text:
            self._found.setdefault(code, []).append(text)

    def text(self) -> str:
        return "\n".join(self._lines).strip()

    def warnings(self, label: str) -> list[Warning_]:
        return [Warning_(code=code, where=label, text=" ".join(texts)[:300]) for code, texts in self._found.items()]
