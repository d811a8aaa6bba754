"""HTML as a person sees it in a browser: block by block, tables as tables, nothing fetched, nothing run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from confrere.documents.model import Document, Page, Table, Warning_
from confrere.documents.read.inspect_html import Ground, Styles, embedded_calls, unseen_picture
from confrere.documents.read.limits import Budget, Unreadable
from confrere.documents.read.text_bytes import decode, read_head

_BYTES = 20_000_000
_SKIP = {
    "script",
    "style",
    "head",
    "noscript",
    "template",
    "object",
    "embed",
    "iframe",
    "svg",
    "math",
    "canvas",
    "select",
    "audio",
    "video",
    "datalist",
    "noframes",
    "rp",
}
_BLOCKS = {
    "p", "div", "section", "article", "header", "footer", "main", "nav", "aside", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li",
    "dl", "dt", "dd", "table", "tr", "thead", "tbody", "tfoot", "caption", "blockquote", "pre", "form", "fieldset", "figure", "hr",
    "address", "center", "body", "html", "details", "summary", "figcaption",
}  # fmt: skip
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w.-]+)", re.I)


def read_html(path: Path, budget: Budget) -> Document:
    """Read an HTML file. Raises Unreadable."""
    data, more = read_head(path, _BYTES)
    declared = _CHARSET.search(data[:4096])
    text, encoding = decode(data, declared.group(1).decode("ascii") if declared else "")
    document = Document(kind="html", metadata={"encoding": encoding})
    page = html_page(text, budget, document, label="page")
    document.pages.append(page)
    if more:
        document.warnings.append(Warning_(code="truncated", where="page", text=str(path.stat().st_size)))
    return document


def html_page(text: str, budget: Budget, document: Document, *, label: str) -> Page:
    """Return the visible text and tables of HTML as a page; title, language and warnings go to ``document``."""
    from lxml import etree

    parser = etree.HTMLParser(no_network=True, huge_tree=False, recover=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("damaged", str(error)) from error
    if root is None:
        return Page(label=label)
    title = root.find(".//title")
    if title is not None and title.text and title.text.strip():
        document.metadata.setdefault("title", " ".join(title.text.split())[:300])
    if (root.get("lang") or "")[:2].isalpha() and not document.language:
        document.language = (root.get("lang") or "")[:2].lower()
    styles = Styles("\n".join(s.text or "" for s in root.iter("style")))
    walk = _Walk(styles)
    walk.element(root, 0, Ground())
    if styles.spent:
        document.warnings.append(Warning_(code="truncated", where=label, text="style"))
    document.warnings.extend(walk.warnings(label))
    document.warnings.extend(embedded_calls(root, label))
    return Page(label=label, text=budget.take_text(walk.text()), tables=walk.tables)


def _span(cell: Any, name: str, most: int) -> int:
    """How many columns or rows a cell covers, ``most`` at most."""
    value = (cell.get(name) or "").strip()
    return max(1, min(int(value), most)) if value.isascii() and value.isdigit() and len(value) < 9 else 1


class _Walk:
    """Gathers visible text, tables, and what is hidden."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._out: list[str] = []
        self._hidden: dict[str, list[str]] = {}
        self.tables: list[Table] = []

    def element(self, element: Any, depth: int, ground: Ground) -> None:
        """Walk an element; its tail belongs to its parent."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in _SKIP or depth > 400:
            return
        reason, ground = self._styles.hides(element, ground)
        if reason or (tag == "dialog" and element.get("open") is None):
            self._hide(reason or "hidden-text", "".join(element.itertext()))
            return
        reason = ground.reason
        if tag == "br":
            self._out.append("\n")
            return
        if tag == "input" and (element.get("type") or "text").lower() in ("text", "email", "number", "date", "tel"):
            self._text(f" {element.get('value') or ''} ", tag, reason)
            return
        if tag == "img" and element.get("alt"):
            self._text(f" {element.get('alt')} ", tag, reason or ("hidden-text" if unseen_picture(element) else ""))
            return
        block = tag in _BLOCKS
        if block:
            self._out.append("\n")
        if tag == "li":
            self._out.append("- ")
        if tag == "table" and depth < 200:
            self._table(element, depth, ground)
        else:
            self._text(element.text, tag, reason)
            for child in element:
                self.element(child, depth + 1, ground)
                self._text(child.tail, tag, reason)
                if child.tag in ("td", "th"):
                    self._out.append("   ")
        if block:
            self._out.append("\n")

    def _hide(self, reason: str, text: str) -> None:
        text = " ".join(text.split())
        if text:
            self._hidden.setdefault(reason, []).append(text)

    def _text(self, text: str | None, tag: str, reason: str) -> None:
        if text and reason:
            self._hide(reason, text)
        elif text:
            self._out.append(text if tag == "pre" else re.sub(r"\s+", " ", text))

    def _table(self, table: Any, depth: int, ground: Ground) -> None:
        """Read a table of data cell by cell; a table that only lays out blocks or holds others is read as text."""
        if table.find(".//table") is not None:
            for child in table:
                self.element(child, depth + 1, ground)
            return
        rows: list[list[str]] = []
        header, lines = False, list[str]()
        covered: dict[int, int] = {}  # columns that a cell from a row above still fills, and for how many rows
        collapsed = {i for i, column in enumerate(table.iter("col")) if not self._styles.hides(column, ground)[1].visible}
        for row in table.iter("tr"):
            cells: list[str] = []
            spans: dict[int, int] = {}
            reason, under = "", ground
            for part in [*reversed([one for one in row.iterancestors("tbody", "thead", "tfoot") if one.getparent() is table]), row]:
                more, under = self._styles.hides(part, under)
                reason = reason or more
            for number, cell in enumerate(cell for cell in row if cell.tag in ("td", "th")):
                header = header or (cell.tag == "th" and not rows)
                inner = _Walk(self._styles)
                if reason or number in collapsed:
                    self._hide(reason or "hidden-text", "".join(cell.itertext()))
                    continue
                inner.element(cell, depth + 1, under)
                for code, texts in inner._hidden.items():
                    self._hidden.setdefault(code, []).extend(texts)
                while covered.get(len(cells), 0):
                    cells.append("")
                wide, high = _span(cell, "colspan", 50), _span(cell, "rowspan", 1000)
                spans |= dict.fromkeys(range(len(cells), len(cells) + wide), high - 1)
                cells.extend([inner.text()] + [""] * (wide - 1))
            if row.find("td") is not None or row.find("th") is not None:
                covered = {column: left - 1 for column, left in covered.items() if left > 1} | spans
            if cells:
                rows.append(cells)
                lines.append("   ".join(" ".join(c.split()) for c in cells if c))
        caption = table.find("caption")
        named = _Walk(self._styles)
        if caption is not None:
            named.element(caption, depth + 1, ground)
        for code, texts in named._hidden.items():
            self._hidden.setdefault(code, []).extend(texts)
        name = " ".join(named.text().split())
        if name:
            lines.insert(0, name)
        if sum(1 for row in rows if len(row) > 1) >= 2:
            self.tables.append(Table(rows=rows, name=name, header=header))
            self._out.append("\n".join(lines))
        else:
            self._out.append("\n".join(cell for row in rows for cell in row if cell))

    def text(self) -> str:
        """Return the text, one blank line at most between blocks."""
        lines = [re.sub(r"[ \t\xa0]{2,}(?=\S)", "   ", line.strip(" \t\xa0")) for line in "".join(self._out).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def warnings(self, label: str) -> list[Warning_]:
        return [Warning_(code=code, where=label, text=" ".join(texts)[:300]) for code, texts in self._hidden.items()]
