"""DOC and PPT, the binary formats before 2007, straight from their streams.

DOC: the piece table of the file information block ([MS-DOC] 2.4.1), which says where each run of text lies. PPT: the text
atoms of the document stream in order ([MS-PPT] 2.9.42, 2.9.43). Text and structure of tables as far as cell marks tell;
text that Word hides or keeps as deleted is not told apart here.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

from confrere.documents.model import Document, Page, Table, Warning_
from confrere.documents.read.limits import Budget, Unreadable
from confrere.documents.read.ole import Ole

_STREAM = 150_000_000
_FIELD = re.compile("\x13[^\x13\x14\x15]*\x14|\x13[^\x13\x14\x15]*\x15|[\x13\x14\x15]")


def read_doc(path: Path, budget: Budget) -> Document:
    """Read a DOC. Raises Unreadable."""
    with Ole(path) as ole:
        names = ole.names()
        if "WordDocument" not in names:
            raise Unreadable("damaged", "no WordDocument stream", "doc")
        main = ole.read("WordDocument", _STREAM)
        document = Document(kind="doc", metadata=ole.metadata())
        document.warnings.extend(_macros(names))
        if len(main) < 0x200:
            raise Unreadable("damaged", "short header", "doc")
        magic, flags = struct.unpack_from("<H", main)[0], struct.unpack_from("<H", main, 0x0A)[0]
        if flags & 0x0100:
            raise Unreadable("encrypted", kind="doc")
        if magic != 0xA5EC:
            raise Unreadable("unsupported", f"Word before 97 ({magic:04x})", "doc")
        table_name = "1Table" if flags & 0x0200 else "0Table"
        table = ole.read(table_name if table_name in names else ("0Table" if "0Table" in names else "1Table"), _STREAM)
    try:
        text = _pieces(main, table)
    except (struct.error, IndexError) as error:
        raise Unreadable("damaged", str(error), "doc") from error
    tables, lines = _tables_and_lines(_FIELD.sub("", text))
    document.pages.append(Page(label="document", text=budget.take_text("\n".join(lines).strip()), tables=tables))
    return document


def _pieces(main: bytes, table: bytes) -> str:
    """Follow the piece table and return the whole text, marks included."""
    offset, length = struct.unpack_from("<II", main, 0x01A2)
    clx = table[offset : offset + length]
    place = 0
    while place < len(clx) and clx[place] == 1:
        place += 3 + struct.unpack_from("<H", clx, place + 1)[0]
    if place >= len(clx) or clx[place] != 2:
        raise Unreadable("damaged", "no piece table", "doc")
    size = struct.unpack_from("<I", clx, place + 1)[0]
    plc = clx[place + 5 : place + 5 + size]
    count = (len(plc) - 4) // 12
    if count <= 0:
        raise Unreadable("damaged", "empty piece table", "doc")
    ends = struct.unpack_from(f"<{count + 1}I", plc)
    out = []
    for index in range(count):
        where = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * index + 2)[0]
        letters = ends[index + 1] - ends[index]
        if letters <= 0 or letters > len(main):
            continue
        if where & 0x40000000:
            start = (where & 0x3FFFFFFF) // 2
            out.append(main[start : start + letters].decode("cp1252", "replace"))
        else:
            start = where & 0x3FFFFFFF
            out.append(main[start : start + 2 * letters].decode("utf-16-le", "replace"))
    return "".join(out)


def _tables_and_lines(text: str) -> tuple[list[Table], list[str]]:
    """Cut text at paragraph and cell marks (0x07 ends a cell, two in a row end a table row)."""
    text = text.replace("\x0b", "\n").replace("\x0c", "\r").replace("\x1e", "-").replace("\x1f", "").replace("\xa0", " ")
    tables: list[Table] = []
    lines: list[str] = []
    rows: list[list[str]] = []
    for block in text.split("\r"):
        if "\x07" not in block:
            if rows:
                tables.append(Table(rows=rows))
                rows = []
            lines.extend(_clean(block).split("\n"))
            continue
        for row in block.split("\x07\x07"):
            cells = [_clean(cell) for cell in row.split("\x07")]
            if any(cells):
                rows.append(cells)
                lines.append("   ".join(" ".join(c.split()) for c in cells if c))
    if rows:
        tables.append(Table(rows=rows))
    return tables, lines


def _clean(text: str) -> str:
    return "".join(c for c in text if c in "\n\t" or ord(c) >= 32).strip(" ")


def read_ppt(path: Path, budget: Budget) -> Document:
    """Read a PPT: the text atoms in order, cut into slides where the slide list does. Raises Unreadable."""
    with Ole(path) as ole:
        names = ole.names()
        if "PowerPoint Document" not in names:
            raise Unreadable("damaged", "no PowerPoint Document stream", "ppt")
        if any("Encrypt" in name for name in names):
            raise Unreadable("encrypted", kind="ppt")
        data = ole.read("PowerPoint Document", _STREAM)
        document = Document(kind="ppt", metadata=ole.metadata())
        document.warnings.extend(_macros(names))
    slides: list[list[str]] = [[]]
    _records(data, 0, len(data), slides, 0)
    for number, texts in enumerate((s for s in slides if s), 1):
        text = "\n".join(dict.fromkeys(texts)).strip()
        if text:
            document.pages.append(Page(label=f"slide {number}", text=budget.take_text(text)))
    return document


def _records(data: bytes, start: int, end: int, slides: list[list[str]], depth: int) -> None:
    """Walk records: containers (version 15) are entered; 0x0FA0 and 0x0FA8 are text, 0x03F3 opens the next slide's text."""
    place = start
    while place + 8 <= end and depth < 30:
        head, kind, length = struct.unpack_from("<HHI", data, place)
        body, place = place + 8, place + 8 + length
        if place > end:
            return
        if kind == 0x03F3 or (kind == 0x03EE and slides[-1]):
            slides.append([])
        if kind in (0x03F8, 0x07D0, 0x040B):
            continue
        if kind == 0x0FA0:
            _add(slides, data[body:place].decode("utf-16-le", "replace"))
        elif kind == 0x0FA8:
            _add(slides, data[body:place].decode("latin-1"))
        elif head & 0x0F == 0x0F:
            _records(data, body, place, slides, depth + 1)


def _add(slides: list[list[str]], text: str) -> None:
    text = _clean(text.replace("\r", "\n").replace("\x0b", "\n"))
    if text and text != "*" and not text.startswith("Click to edit"):
        slides[-1].append(text)


def _macros(names: list[str]) -> list[Warning_]:
    if any("_VBA_PROJECT" in name or name.startswith("Macros/") for name in names):
        return [Warning_(code="macro", where="VBA")]
    return []
