"""DOCX, from its XML: paragraphs, tables, notes, headers; and what Word does not show (see ``inspect_docx``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from confrere.documents.model import Document, Page, Table, Warning_
from confrere.documents.read.inspect_docx import Hidden, collect_styles
from confrere.documents.read.limits import Budget, Unreadable
from confrere.documents.read.ole import Ole
from confrere.documents.read.ooxml import inspect_package, part_relations, properties
from confrere.documents.read.xmls import W, local, parse_xml
from confrere.documents.read.zips import Container

_OLE = b"\xd0\xcf\x11\xe0"
_KNOWN = ("http://schemas.microsoft.com/office/", "http://schemas.openxmlformats.org/")
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_VALUE = f"{W}val"


def read_docx(path: Path, budget: Budget) -> Document:
    """Read a DOCX. Raises Unreadable."""
    with open(path, "rb") as file:
        if file.read(4) == _OLE:
            with Ole(path) as ole:
                raise Unreadable("encrypted" if any("Encrypt" in n for n in ole.names()) else "damaged")
    with Container(path, budget.limits) as container:
        return _read(container, budget)


def _read(container: Container, budget: Budget) -> Document:
    document = Document(kind="docx", metadata=properties(container))
    main = next((target for kind, target in part_relations(container, "").values() if kind == "officeDocument"), "word/document.xml")
    if main not in container:
        raise Unreadable("damaged", "no main part")
    document.warnings.extend(inspect_package(container))
    hidden = Hidden(collect_styles(container))
    body = _Body(hidden)
    root = parse_xml(container.read(main))
    hidden.sheet(root)
    body.blocks(root.find(f"{W}body") if root.find(f"{W}body") is not None else root)
    related = part_relations(container, main)
    heads, feet = _Body(hidden), _Body(hidden)
    for kind, target in sorted(related.values(), key=lambda item: item[1]):
        if target not in container or kind not in ("header", "footer", "footnotes", "endnotes", "comments"):
            continue
        try:
            part = parse_xml(container.read(target))
        except Unreadable:
            document.warnings.append(Warning_(code="damaged-part", where=target))
            continue
        if kind == "comments":
            hidden.comments(part)
        elif kind == "header":
            heads.blocks(part)
        elif kind == "footer":
            feet.blocks(part)
        else:
            for note in part:
                if note.get(f"{W}type") not in ("separator", "continuationSeparator", "continuationNotice"):
                    feet.blocks(note)
    lines = _unique(heads.lines) + body.lines + _unique(feet.lines)
    text = budget.take_text("\n".join(lines).strip())
    document.pages.append(Page(label="document", text=text, tables=heads.tables + body.tables + feet.tables))
    document.warnings.extend(hidden.warnings())
    return document


def _unique(lines: list[str]) -> list[str]:
    return list(dict.fromkeys(line for line in lines if line.strip()))


class _Body:
    """Walks the blocks of a part, gathering lines and tables."""

    def __init__(self, hidden: Hidden) -> None:
        self.hidden = hidden
        self.lines: list[str] = []
        self.tables: list[Table] = []

    def blocks(self, parent: Any, depth: int = 0) -> None:
        """Read paragraphs and tables in order; content controls and inserted blocks are walked through."""
        if depth > 40:
            return
        for item in parent:
            tag = local(item)
            if tag == "p":
                self._paragraph(item)
            elif tag == "tbl":
                self._table(item, depth)
            elif tag in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
                self.blocks(item, depth + 1)

    def _paragraph(self, paragraph: Any) -> None:
        text = self.text(paragraph).strip("\n")
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        name = (style.get(_VALUE) or "").lower() if style is not None else ""
        if text.strip() and paragraph.find(f"{W}pPr/{W}numPr") is not None and "heading" not in name and "titre" not in name:
            text = "- " + text
        self.lines.extend(text.split("\n"))

    def _table(self, table: Any, depth: int) -> None:
        rows: list[list[str]] = []
        for row in table.iter(f"{W}tr"):
            if next(row.iterancestors(f"{W}tbl")) is not table:
                continue
            unseen = self.hidden.row(row)
            if unseen:
                self.hidden.add(unseen, " ".join(t.text or "" for t in row.iter(f"{W}t", f"{W}delText")))
                continue
            cells: list[str] = []
            for cell in row.iter(f"{W}tc"):
                if next(cell.iterancestors(f"{W}tr")) is not row:
                    continue
                inner = _Body(self.hidden)
                inner.blocks(cell, depth + 1)
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                cells.append("\n".join(inner.lines).strip() if merge is None or merge.get(_VALUE) == "restart" else "")
                span = cell.find(f"{W}tcPr/{W}gridSpan")
                width = (span.get(_VALUE) or "1") if span is not None else "1"
                cells.extend([""] * (min(int(width), 100) - 1 if width.isdigit() else 0))
                self.tables.extend(inner.tables)
            rows.append(cells)
        if rows:
            header = table.find(f".//{W}tblHeader") is not None
            self.tables.append(Table(rows=rows, header=header))
            self.lines.extend("   ".join(" ".join(c.split()) for c in row if c.strip()) for row in rows)

    def text(self, element: Any) -> str:
        """Return the text a person sees of a paragraph; what is not shown goes to ``hidden``."""
        out: list[str] = []
        self._runs(element, out, 0)
        return "".join(out)

    def _runs(self, element: Any, out: list[str], depth: int) -> None:
        if depth > 60:
            return
        for item in element:
            tag = local(item)
            if tag in ("pPr", "rPr", "instrText", "delInstrText"):
                if tag == "instrText":
                    self.hidden.instruction(item.text or "")
            elif tag == "fldChar":
                self.hidden.field_ends()
            elif tag == "AlternateContent":
                self._alternate(item, out, depth)
            elif tag in ("drawing", "pict") and self.hidden.drawn(item):
                self.hidden.add("hidden-text", " ".join(t.text or "" for t in item.iter(f"{W}t")))
            elif tag in ("del", "moveFrom"):
                self.hidden.deleted("".join(t.text or "" for t in item.iter(f"{W}delText", f"{W}t")), item.get(f"{W}author") or "")
            elif tag in ("ins", "moveTo"):
                start = len(out)
                self._runs(item, out, depth + 1)
                self.hidden.inserted("".join(out[start:]), item.get(f"{W}author") or "")
            elif tag == "r":
                reason = self.hidden.reason(item)
                if reason:
                    kept: list[str] = []
                    self._runs(item, kept, depth + 1)
                    self.hidden.add(reason, "".join(kept))
                else:
                    self._runs(item, out, depth + 1)
            elif tag == "t" or item.tag == _MATH:
                out.append(item.text or "")
            elif tag == "tab":
                out.append("\t")
            elif tag in ("br", "cr"):
                out.append("\n")
            elif tag == "noBreakHyphen":
                out.append("-")
            elif tag == "sym":
                out.append("\u2022")
            elif tag == "txbxContent":
                inner = _Body(self.hidden)
                inner.blocks(item, depth + 1)
                self.tables.extend(inner.tables)
                out.append("\n" + "\n".join(inner.lines) + "\n")
            elif len(item):
                if tag == "fldSimple":
                    self.hidden.instruction(item.get(f"{W}instr") or "", whole=True)
                self._runs(item, out, depth + 1)

    def _alternate(self, element: Any, out: list[str], depth: int) -> None:
        """Read of several versions of the same the one that Word shows, and tell what another says besides."""
        shown = next((part for part in element if local(part) == "Choice" and _understood(part)), None)
        if shown is None:
            shown = next((part for part in element if local(part) == "Fallback"), None)
        if shown is not None:
            self._runs(shown, out, depth + 1)
        said = "".join(t.text or "" for t in shown.iter(f"{W}t")) if shown is not None else ""
        for part in element:
            other = "".join(t.text or "" for t in part.iter(f"{W}t"))
            if part is not shown and other.strip() and other != said:
                self.hidden.add("hidden-text", other)


def _understood(choice: Any) -> bool:
    """Whether Word knows all that a version of a part asks for."""
    spaces = [choice.nsmap.get(prefix) or "" for prefix in (choice.get("Requires") or "").split()]
    return bool(spaces) and all(space.startswith(_KNOWN) for space in spaces)
