"""Documents that are read as pages or text, checked: Word, PDF, HTML, plain text."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from confrere.documents.verify.finding import WARNING, Finding

_LEFTOVER = re.compile(r"lorem ipsum|\bx{4,}\b|\bTODO\b|\{\{.*?\}\}|click to edit|cliquez pour modifier", re.IGNORECASE)
_OUTSIDE = re.compile(r"(?i)^(?:https?:)?//")
_CSS_OUTSIDE = re.compile(r"(?i)@import|url\(\s*['\"]?(?!data:|#)")


def check_docx(path: Path) -> list[Finding]:
    """Opens; has text and headings without a skipped level; tables have header rows; pictures and charts have words."""
    import docx
    from docx.opc.exceptions import OpcError
    from docx.oxml.ns import qn

    try:
        document = docx.Document(str(path))
        text = "\n".join(paragraph.text for paragraph in document.paragraphs)
        headings = [
            paragraph
            for paragraph in document.paragraphs
            if paragraph.style is not None and re.fullmatch(r"Heading \d", paragraph.style.name or "")
        ]
    except (OSError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile, OpcError):
        return [Finding(code="cannot-open", where=path.name)]
    found = _words(text, path.name)
    level = 0
    for heading in headings:
        this = int((heading.style.name or "Heading 1")[-1]) if heading.style is not None else 1
        if this > level + 1:
            found.append(Finding(code="heading-skipped", level=WARNING, where=heading.text[:60]))
        level = this
    if not headings and len(document.paragraphs) > 10:
        found.append(Finding(code="no-headings", level=WARNING, where=path.name))
    for number, table in enumerate(document.tables, 1):
        header = table._tbl.find(f".//{qn('w:tblHeader')}")
        if header is None and len(table.rows) > 1:
            found.append(Finding(code="no-table-header", level=WARNING, where=path.name, data={"shape": str(number)}))
    for drawing in document.element.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"):
        if not drawing.get("descr"):
            found.append(Finding(code="no-alternative-text", level=WARNING, where=path.name, data={"shape": drawing.get("name", "")}))
    return found


def check_pdf(path: Path) -> list[Finding]:
    """Opens; has pages, none of them blank; says its title and language, and is tagged for screen readers."""
    import pypdf
    import pypdfium2
    from pypdf.errors import PyPdfError

    found: list[Finding] = []
    texts: list[str] = []
    try:
        with pypdfium2.PdfDocument(path) as document:
            for number in range(len(document)):
                page = document[number]
                words = page.get_textpage().get_text_bounded()
                if not words.strip() and not any(True for _ in page.get_objects()):
                    found.append(Finding(code="blank-page", level=WARNING, where=str(number + 1)))
                texts.append(words)
                page.close()
        reader = pypdf.PdfReader(str(path))
        root = reader.root_object
        title = str(reader.metadata.title or "") if reader.metadata else ""
        marks: Any = root.get("/MarkInfo")
        # Pages put together or taken apart are other people's: tags cannot be made up for them.
        pasted = "pypdf" in str(reader.metadata.producer or "") if reader.metadata else False
        tagged = marks is not None and bool(marks.get_object().get("/Marked")) and "/Lang" in root
    except (OSError, KeyError, ValueError, pypdfium2.PdfiumError, PyPdfError):
        return [Finding(code="cannot-open", where=path.name)]
    if not texts:
        found.append(Finding(code="empty", where=path.name))
    if not title:
        found.append(Finding(code="no-title-property", level=WARNING, where=path.name))
    if not tagged and not pasted:
        found.append(Finding(code="not-tagged", level=WARNING, where=path.name))
    return found + _words("\n".join(texts), path.name, empty=False)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.requests: list[str] = []
        self.links: list[str] = []
        self.language = self.title = self.text = ""
        self.images_without_words = 0
        self.tables = self.table_heads = 0
        self._in = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._in = tag
        if tag == "html":
            self.language = values.get("lang", "")
        elif tag == "a":
            self.links.append(values.get("href", ""))
        elif tag == "img" and "alt" not in values:
            self.images_without_words += 1
        elif tag == "table":
            self.tables += 1
        elif tag == "th":
            self.table_heads += 1
        if tag != "a":
            for name in ("src", "href", "data", "poster", "action", "srcset", "background"):
                if _OUTSIDE.match(values.get(name, "")):
                    self.requests.append(values[name])
        if "style" in values and _CSS_OUTSIDE.search(values["style"]):
            self.requests.append(values["style"])

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "title":
            self.title += data
        elif self._in == "style":
            if _CSS_OUTSIDE.search(data):
                self.requests.append("style")
        elif self._in == "script":
            if re.search(r"(?i)\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|\bimport\(", data):
                self.requests.append("script")
        else:
            self.text += data


def check_html(path: Path, exists: Callable[[str], bool] | None = None) -> list[Finding]:
    """Readable as UTF-8; has a title and a language; asks nothing of the outside; its links lead somewhere."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return [Finding(code="cannot-open", where=path.name)]
    page = _Page()
    page.feed(source)
    page.close()
    found = [Finding(code="outside-request", where=path.name, data={"target": target[:200]}) for target in page.requests]
    if not page.title.strip():
        found.append(Finding(code="no-title-property", level=WARNING, where=path.name))
    if not page.language:
        found.append(Finding(code="no-language", level=WARNING, where=path.name))
    if page.images_without_words:
        found.append(Finding(code="no-alternative-text", level=WARNING, where=path.name, data={"shape": str(page.images_without_words)}))
    if page.tables and not page.table_heads:
        found.append(Finding(code="no-table-header", level=WARNING, where=path.name, data={"shape": "table"}))
    for link in page.links:
        local = link and not link.startswith("#") and not re.match(r"(?i)^[a-z][a-z0-9+.-]*:|^//", link)
        if local and exists is not None and not exists(unquote(link).removeprefix("./")):
            found.append(Finding(code="broken-link", where=path.name, data={"target": unquote(link)}))
    return found + _words(page.text, path.name)


def check_plain(path: Path) -> list[Finding]:
    """Readable as UTF-8 and not empty."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return [Finding(code="cannot-open", where=path.name)]
    return _words(text, path.name)


def _words(text: str, where: str, empty: bool = True) -> list[Finding]:
    if empty and not text.strip():
        return [Finding(code="empty", where=where)]
    leftover = _LEFTOVER.search(text)
    return [Finding(code="leftover", level=WARNING, where=where, data={"text": leftover[0][:80]})] if leftover else []
