"""Outlook MSG ([MS-OXMSG]): properties read from the compound file, attachments, and the body a person sees."""

from __future__ import annotations

import datetime
import email.utils
import re
import struct
from pathlib import Path

from confrere.documents.model import Document, Page, Warning_
from confrere.documents.read.attachments import attach
from confrere.documents.read.inspect_text import differs
from confrere.documents.read.limits import Budget, Unreadable
from confrere.documents.read.ole import Ole
from confrere.documents.read.text_bytes import decode

_STREAM = 100_000_000
_SUBJECT, _SENDER, _SENDER_SMTP, _SENDER_MAIL = "0037", "0C1A", "5D01", "0C1F"
_TO, _CC, _BODY, _HTML, _RTF, _HEADERS, _ID = "0E04", "0E03", "1000", "1013", "1009", "007D", "1035"
_LONG_NAME, _SHORT_NAME, _DATA = "3707", "3704", "37010102"
_SUBMIT, _DELIVERY = 0x0039, 0x0E06


def read_msg(path: Path, budget: Budget) -> Document:
    """Read a message. Raises Unreadable."""
    with Ole(path) as ole:
        names = ole.names()
        if not any(name.startswith("__properties_version1.0") for name in names):
            raise Unreadable("damaged", "no properties", "msg")
        document = Document(kind="msg")
        text = {
            tag: _string(ole, names, "", tag) for tag in (_SUBJECT, _SENDER, _SENDER_SMTP, _SENDER_MAIL, _TO, _CC, _BODY, _HEADERS, _ID)
        }
        sender, address = text[_SENDER], text[_SENDER_SMTP] or (text[_SENDER_MAIL] if "@" in text[_SENDER_MAIL] else "")
        date = _date(ole, text[_HEADERS])
        for key, value in (
            ("from", email.utils.formataddr((sender, address)) if address and sender != address else sender or address),
            ("to", text[_TO]),
            ("cc", text[_CC]),
            ("subject", text[_SUBJECT]),
            ("date", date),
            ("message-id", text[_ID]),
        ):
            if value.strip("\0 "):
                document.metadata[key] = value.strip("\0 ")[:1000]
        page = _page(ole, names, text[_BODY], document, budget)
        lines = [f"{k.capitalize()}: {document.metadata[k]}" for k in ("from", "to", "cc", "date", "subject") if k in document.metadata]
        page.text = budget.take_text("\n".join(lines) + "\n\n" + page.text.strip())
        document.pages.append(page)
        _attachments(ole, names, document, budget)
    return document


def _page(ole: Ole, names: list[str], body: str, document: Document, budget: Budget) -> Page:
    """Return the body a person sees: HTML where there is some, else plain, else RTF."""
    from confrere.documents.read.html import html_page

    data = _stream(ole, names, f"__substg1.0_{_HTML}0102") or _stream(ole, names, f"__substg1.0_{_HTML}001F")
    if data:
        charset = re.search(rb"charset\s*=\s*[\"']?([\w.-]+)", data[:4096])
        page = html_page(decode(data, charset.group(1).decode() if charset else "")[0], budget, document, label="message")
        if page.text.strip():
            if body and differs(body, page.text):
                document.warnings.append(Warning_(code="alternative-differs", where="message", text=body[:300]))
            return page
    if body.strip():
        return Page(label="message", text=body.replace("\r\n", "\n"))
    packed = _stream(ole, names, f"__substg1.0_{_RTF}0102")
    if packed:
        from confrere.documents.read.rtf import rtf_text

        return Page(label="message", text=rtf_text(unpack_rtf(packed), budget))
    return Page(label="message")


def _attachments(ole: Ole, names: list[str], document: Document, budget: Budget) -> None:
    for folder in sorted({name.split("/")[0] for name in names if name.startswith("__attach_version1.0")})[:500]:
        name = _string(ole, names, folder + "/", _LONG_NAME) or _string(ole, names, folder + "/", _SHORT_NAME) or "attachment"
        try:
            data = _stream(ole, names, f"{folder}/__substg1.0_{_DATA}")
        except Unreadable as error:
            document.warnings.append(Warning_(code="truncated", where=name, text=error.code))
            continue
        inner = f"{folder}/__substg1.0_3701000D/"
        if data:
            attach(document, budget, name, data)
        elif any(n.startswith(inner) for n in names):
            subject = _string(ole, names, inner, _SUBJECT)
            document.warnings.append(Warning_(code="nested-attachment", where=name, text=subject[:300]))
            body = _string(ole, names, inner, _BODY)
            head = f"Subject: {' '.join(subject.split())}\nContent-Type: text/plain; charset=utf-8\nMIME-Version: 1.0\n\n"
            attach(document, budget, f"{(subject or 'message')[:80]}.eml", (head + body).encode("utf-8", "replace"))


def _stream(ole: Ole, names: list[str], name: str) -> bytes:
    return ole.read(name, _STREAM) if name in names else b""


def _string(ole: Ole, names: list[str], folder: str, tag: str) -> str:
    """Return a string property, in Unicode (type 001F) or in the code page of its day (001E)."""
    wide = f"{folder}__substg1.0_{tag}001F"
    if wide in names:
        return _stream(ole, names, wide).decode("utf-16-le", "replace").rstrip("\0")
    narrow = _stream(ole, names, f"{folder}__substg1.0_{tag}001E")
    return decode(narrow)[0].rstrip("\0") if narrow else ""


def _date(ole: Ole, headers: str) -> str:
    """Return the date sent, ISO 8601: from the fixed properties (FILETIME), else from the transport headers."""
    try:
        data = ole.read("__properties_version1.0", _STREAM)
    except Unreadable:
        data = b""
    found: dict[int, str] = {}
    for place in range(32, len(data) - 15, 16):
        kind, tag, ticks = struct.unpack_from("<HH4xQ", data, place)
        if kind == 0x0040 and tag in (_SUBMIT, _DELIVERY) and 0 < ticks < 1 << 62:
            moment = datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(microseconds=min(ticks // 10, 10**17 * 2))
            found[tag] = moment.isoformat(timespec="seconds")
    if found:
        return found.get(_SUBMIT) or found.get(_DELIVERY, "")
    match = re.search(r"(?im)^date:\s*(.+)$", headers)
    try:
        return email.utils.parsedate_to_datetime(match.group(1)).isoformat() if match else ""
    except (ValueError, TypeError, IndexError):
        return ""


_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def unpack_rtf(data: bytes) -> bytes:
    """Undo LZFu compression ([MS-OXRTFCP]); its 4096-byte window starts with a fixed dictionary."""
    if len(data) < 16:
        return b""
    size, kind = struct.unpack_from("<I", data, 4)[0], data[8:12]
    if kind == b"MELA":
        return data[16 : 16 + size]
    window = bytearray(_DICTIONARY) + bytearray(4096 - len(_DICTIONARY))
    write, out, place = len(_DICTIONARY), bytearray(), 16
    bound = min(size, 40_000_000)
    while place < len(data) and len(out) < bound:
        control = data[place]
        place += 1
        for bit in range(8):
            if place >= len(data) or len(out) >= bound:
                break
            if control >> bit & 1:
                if place + 1 >= len(data):
                    return bytes(out)
                pair = data[place] << 8 | data[place + 1]
                place += 2
                offset, length = pair >> 4, (pair & 0x0F) + 2
                if offset == write:
                    return bytes(out)
                for step in range(length):
                    byte = window[(offset + step) % 4096]
                    out.append(byte)
                    window[write] = byte
                    write = (write + 1) % 4096
            else:
                out.append(data[place])
                window[write] = data[place]
                write = (write + 1) % 4096
                place += 1
    return bytes(out)
