"""Mail: EML and MBOX, with headers, the body a person sees, and attachments."""

from __future__ import annotations

import email
import email.message
import email.policy
import email.utils
import mailbox
import re
from email.header import decode_header
from pathlib import Path

from confrere.documents.model import Document, Page, Warning_
from confrere.documents.read.attachments import attach
from confrere.documents.read.inspect_text import differs
from confrere.documents.read.limits import Budget, Unreadable
from confrere.documents.read.text_bytes import decode

_BYTES = 120_000_000
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_PARTS = 500
_NESTED = 400
_MULTIPART = re.compile(rb"(?im)^content-type:[ \t]*multipart/")


def read_eml(path: Path, budget: Budget) -> Document:
    """Read one message. Raises Unreadable ``too-large`` beyond 120 MB."""
    if path.stat().st_size > _BYTES:
        raise Unreadable("too-large", kind="eml")
    document = Document(kind="eml")
    message = parse_message(path.read_bytes())
    if not message.keys():
        raise Unreadable("damaged", "no header")
    document.metadata = headers(message)
    document.pages.append(message_page(message, "message", document, budget))
    return document


def read_mbox(path: Path, budget: Budget) -> Document:
    """Read a mailbox, a page a message."""
    document = Document(kind="mbox")
    box = mailbox.mbox(str(path), create=False)
    count = 0
    for count, key in enumerate(box.iterkeys(), 1):
        if count > budget.limits.pages or budget.text <= 0 or budget.late():
            document.warnings.append(Warning_(code="truncated", where=f"message {count}"))
            break
        data = box.get_bytes(key)
        if len(data) > _BYTES:
            document.warnings.append(Warning_(code="truncated", where=f"message {count}", text=str(len(data))))
            continue
        try:
            message = parse_message(data)
        except Unreadable as error:
            document.warnings.append(Warning_(code=error.code, where=f"message {count}"))
            continue
        document.pages.append(message_page(message, f"message {count}", document, budget))
    document.metadata["messages"] = str(count)
    if not document.pages:
        raise Unreadable("damaged", "no message")
    return document


def parse_message(data: bytes) -> email.message.Message:
    """Parse a message. Raises Unreadable ``bomb`` for nesting that the standard library would take for ever to unwind."""
    if len(_MULTIPART.findall(data)) > _NESTED:
        raise Unreadable("bomb", "nested parts", "eml")
    return email.message_from_bytes(data, policy=email.policy.compat32)


def headers(message: email.message.Message) -> dict[str, str]:
    """Return from, to, cc, subject, date (ISO 8601), message-id and list, decoded."""
    out = {}
    for name in ("From", "To", "Cc", "Subject", "Message-ID", "In-Reply-To", "List-Id", "Reply-To"):
        value = header_text(message.get(name))
        if value:
            out[name.lower()] = value[:1000]
    try:
        date = email.utils.parsedate_to_datetime(str(message.get("Date") or ""))
        out["date"] = date.isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        if message.get("Date"):
            out["date"] = header_text(message.get("Date"))
    return out


def header_text(value: object) -> str:
    """Decode an encoded header, whatever it claims."""
    if value is None:
        return ""
    try:
        parts = decode_header(str(value) if not hasattr(value, "_chunks") else value)  # type: ignore[arg-type]
    except Exception:  # email.errors.HeaderParseError, binascii.Error: show it as it stands
        return " ".join(str(value).split())
    out = []
    for text, charset in parts:
        if isinstance(text, bytes):
            text = decode(text, charset if charset and charset != "unknown-8bit" else "")[0]
        out.append(text)
    return " ".join("".join(out).split())


def message_page(message: email.message.Message, label: str, document: Document, budget: Budget) -> Page:
    """Return a message as a page; its attachments and warnings go to ``document``."""
    plain: list[str] = []
    marked: list[str] = []
    beside: list[str] = []
    _parts(message, document, budget, (plain, marked, beside))
    lines = [f"{name}: {header_text(message.get(name))}" for name in _SHOWN if message.get(name)]
    page = Page(label=label)
    body = "\n".join(plain).strip()
    if marked:
        from confrere.documents.read.html import html_page

        seen = html_page("\n".join(marked), budget, document, label=label)
        if body and differs(body, seen.text):
            document.warnings.append(Warning_(code="alternative-differs", where=label, text=body[:300]))
        if seen.text.strip():
            body = seen.text
        page.tables = seen.tables
    if beside:
        from confrere.documents.read.html import html_page

        for text in beside:
            more = html_page(text, budget, document, label=label)
            body += "\n\n" + more.text
            page.tables += more.tables
    page.text = budget.take_text("\n".join(lines) + "\n\n" + body.replace("\r\n", "\n").strip())
    return page


def _parts(message: email.message.Message, document: Document, budget: Budget, bodies: tuple[list[str], ...]) -> None:
    """Gather bodies (plain, HTML instead of plain, HTML beside it) and attachments of a message, at most 500 parts at any depth."""
    plain, marked, beside = bodies
    waiting: list[tuple[email.message.Message, int, bool]] = [(message, 0, False)]
    seen = 0
    while waiting:
        part, depth, choice = waiting.pop(0)
        seen += 1
        if seen > _PARTS or depth > 30:
            document.warnings.append(Warning_(code="truncated", where="parts"))
            return
        kind = part.get_content_type()
        name = _name(part)
        if kind == "message/rfc822":
            inner = part.get_payload()
            inner_message = inner[0] if isinstance(inner, list) and inner else None
            if isinstance(inner_message, email.message.Message):
                subject = header_text(inner_message.get("Subject")) or "message"
                attach(document, budget, name or f"{subject[:80]}.eml", _flat(inner_message))
            continue
        if part.is_multipart():
            payload = part.get_payload()
            children = [p for p in payload if isinstance(p, email.message.Message)] if isinstance(payload, list) else []
            choice = choice or kind == "multipart/alternative"
            for child in _not_shown(kind, children):
                data = child.get_payload(decode=True)
                said = decode(data, child.get_content_charset() or "")[0] if isinstance(data, bytes) else ""
                if said.strip():
                    text = " ".join(re.sub(r"<[^<>]*>", " ", said[:20_000]).split())[:300]
                    document.warnings.append(Warning_(code="alternative-differs", where="parts", text=text))
                children.remove(child)
            waiting = [(child, depth + 1, choice) for child in children] + waiting
            continue
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes):
            continue
        disposition = (part.get_content_disposition() or "").lower()
        if kind in ("text/plain", "text/html") and disposition != "attachment" and not (name and disposition != "inline"):
            text = decode(data, part.get_content_charset() or "")[0]
            (plain if kind == "text/plain" else marked if choice or not plain else beside).append(text)
        elif data:
            if not name:
                name = "attachment" + {"text/calendar": ".ics", "application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}.get(
                    kind, ""
                )
            attach(document, budget, name, data)


def _not_shown(kind: str, children: list[email.message.Message]) -> list[email.message.Message]:
    """Return the bodies in HTML that a mail program leaves out: of several alternatives all but the last, of related parts all but
    the first (RFC 2046, 2387)."""
    bodies = [child for child in children if child.get_content_type() == "text/html" and not _name(child)]
    if kind == "multipart/alternative":
        return bodies[:-1]
    return [child for child in bodies if child is not children[0]] if kind == "multipart/related" else []


def _name(part: email.message.Message) -> str:
    try:
        return header_text(part.get_filename())
    except Exception:  # RFC 2231 continuations broken in ways email does not foresee: the attachment goes unnamed
        return ""


def _flat(message: email.message.Message) -> bytes:
    try:
        return message.as_bytes()
    except Exception:  # a message email could parse but not write back (surrogates, unknown charset)
        return str(message.get_payload()).encode("utf-8", "replace")
