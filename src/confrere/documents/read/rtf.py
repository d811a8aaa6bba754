"""RTF: a small reader of control words (Rich Text Format Specification 1.9.1), text and tables.

Codes: ``hidden-text`` (\\v), ``embedded-object``, ``field-call``, ``external-link`` (a template fetched from outside).
"""

from __future__ import annotations

import re
from pathlib import Path

from confrere.documents.model import Document, Page, Table, Warning_
from confrere.documents.read.limits import Budget, Unreadable
from confrere.documents.read.text_bytes import read_head

_TOKEN = re.compile(rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)")
_BYTES = 40_000_000
_PICTURE_OR_DATA = {
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "objdata", "datastore", "themedata", "colorschememapping", "latentstyles",
    "listtable", "listoverridetable", "rsidtbl", "generator", "xmlnstbl", "fldinst", "filetbl", "revtbl", "pgptbl", "mmathPr", "blipuid",
    "bkmkstart", "bkmkend", "fontemb", "panose", "falt", "nonshppict", "private", "userprops", "atnid", "atnauthor",
}  # fmt: skip
_TEXT = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "tab": "\t", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ",
}  # fmt: skip


class _Group:
    """The state a brace opens: whether its text is skipped, hidden, in a comment, and how many bytes stand in for a \\u."""

    def __init__(self, parent: _Group | None = None) -> None:
        self.skip: bool = parent.skip if parent else False
        self.hidden: bool = parent.hidden if parent else False
        self.note: bool = parent.note if parent else False
        self.title: str = parent.title if parent else ""
        self.substitute: int = parent.substitute if parent else 1
        self.star = False


def read_rtf(path: Path, budget: Budget) -> Document:
    """Read an RTF file. Raises Unreadable ``damaged`` when it is none."""
    data, more = read_head(path, _BYTES)
    if not data.startswith(b"{\\rtf"):
        raise Unreadable("damaged", "no RTF header")
    document = Document(kind="rtf")
    reader = _Reader()
    reader.run(data, budget)
    lines = [line.rstrip() for line in "".join(reader.out).split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    document.pages.append(Page(label="document", text=budget.take_text(text), tables=reader.tables))
    document.metadata = {k: "".join(v).strip()[:300] for k, v in reader.info.items() if "".join(v).strip()}
    for code, parts in reader.found.items():
        told = " ".join("".join(parts).split())
        if told:
            document.warnings.append(Warning_(code=code, where="document", text=told[:300]))
    if more:
        document.warnings.append(Warning_(code="truncated", where="document"))
    return document


def rtf_text(data: bytes, budget: Budget) -> str:
    """Return the text of RTF bytes (the body of an Outlook message)."""
    reader = _Reader()
    reader.run(data, budget)
    return "".join(reader.out).strip()


class _Reader:
    def __init__(self) -> None:
        self.out: list[str] = []
        self.tables: list[Table] = []
        self.info: dict[str, list[str]] = {}
        self.found: dict[str, list[str]] = {}
        self._encoding = "cp1252"
        self._pending = bytearray()
        self._row: list[str] | None = None
        self._rows: list[list[str]] = []
        self._cell: list[str] = []
        self._in_table = False

    def run(self, data: bytes, budget: Budget) -> None:
        """Walk the tokens; groups deeper than 10,000 end the walk."""
        group = _Group()
        stack: list[_Group] = []
        swallow = 0
        count = 0
        for token in _TOKEN.finditer(data):
            count += 1
            if count % 50_000 == 0 and budget.late():
                self.found.setdefault("truncated", []).append("time")
                break
            word, number, code, symbol, brace, text = token.groups()
            if code is not None:
                if swallow:
                    swallow -= 1
                else:
                    self._pending.append(int(code, 16))
                    if len(self._pending) > 4096:
                        self._flush(group)
                continue
            if text is not None:
                if swallow:
                    text, swallow = text[swallow:], max(0, swallow - len(text))
                self._pending.extend(text)
                continue
            self._flush(group)
            if brace == b"{":
                stack.append(group)
                group = _Group(group)
                if len(stack) > 10_000:
                    break
            elif brace == b"}":
                if not stack:
                    break
                group = stack.pop()
            elif symbol is not None:
                if symbol == b"*":
                    group.star = True
                elif symbol in (b"\\", b"{", b"}"):
                    self._put(symbol.decode(), group)
                elif symbol == b"~":
                    self._put("\u00a0", group)
                elif symbol == b"_":
                    self._put("-", group)
            elif word is not None:
                swallow = self._word(word.decode(), int(number) if number else None, group)
        self._flush(group)
        self._close_table()

    def _word(self, word: str, number: int | None, group: _Group) -> int:
        """Follow a control word; return how many substitute bytes to swallow after it."""
        if word == "u" and number is not None:
            self._put(chr(number % 65_536) if not 0xD800 <= number % 65_536 <= 0xDFFF else "", group)
            return group.substitute
        if word == "uc":
            group.substitute = min(number if number is not None else 1, 100)
        elif word == "ansicpg" and number:
            self._encoding = f"cp{number}" if number != 65_001 else "utf-8"
        elif word == "mac":
            self._encoding = "mac-roman"
        elif word == "v":
            group.hidden = number != 0
        elif word in ("title", "author", "subject", "company") and group.skip:
            group.title = word
        elif word in ("fldinst", "objclass") or word == "template":
            group.skip, group.title = True, word
        elif word == "object":
            self.found.setdefault("embedded-object", []).append("object ")
        elif word in ("annotation", "atrfstart"):
            group.note = True
        elif word in _PICTURE_OR_DATA or (group.star and word not in ("shpinst", "shptxt", "annotation")):
            group.skip = True
        elif word == "bin" and number:
            return min(number, _BYTES)
        elif word == "intbl":
            self._in_table = True
        elif word == "pard" and not group.skip:
            self._in_table = False
        elif word == "trowd" and not group.skip:
            self._row = []
        elif word in ("cell", "nestcell") and not group.skip:
            if self._row is None:
                self._row = []
            self._row.append("".join(self._cell).strip())
            self._cell.clear()
        elif word in ("row", "nestrow") and not group.skip:
            if self._row:
                self._rows.append(self._row)
                self.out.append("   ".join(" ".join(c.split()) for c in self._row if c) + "\n")
            self._row = None
        elif word in _TEXT:
            self._put(_TEXT[word], group)
        return 0

    def _flush(self, group: _Group) -> None:
        if self._pending:
            try:
                text = bytes(self._pending).decode(self._encoding, "replace")
            except LookupError:
                text = bytes(self._pending).decode("cp1252", "replace")
            self._pending.clear()
            self._put(text, group)

    def _put(self, text: str, group: _Group) -> None:
        if group.skip:
            if group.title in ("title", "author", "subject", "company"):
                self.info.setdefault(group.title, []).append(text)
            elif group.title == "fldinst":
                if re.match(r"\s*(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK)\b", text):
                    self.found.setdefault("field-call", []).append(text + " ")
            elif group.title == "template" and re.match(r"(https?|ftp|file):|\\\\", text.strip()):
                self.found.setdefault("external-link", []).append(text)
            return
        if group.note:
            self.found.setdefault("comment", []).append(text)
        elif group.hidden:
            self.found.setdefault("hidden-text", []).append(text)
        elif self._in_table or self._row is not None:
            self._cell.append(text)
        else:
            if self._rows and text.strip():
                self._close_table()
            self.out.append(text)

    def _close_table(self) -> None:
        if len(self._rows) > 0:
            self.tables.append(Table(rows=self._rows))
            self._rows = []
        if self._cell:
            self.out.append("".join(self._cell))
            self._cell.clear()
