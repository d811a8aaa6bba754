"""What a document carries inside: named apart, bounded, and told when it hides more.

Code: ``nested-attachment`` (an attachment that has attachments of its own, or is an archive). Attachments are kept, not read.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from confrere.documents.model import Document, Warning_
from confrere.documents.read.limits import Budget

_OFFICE = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".docm", ".xlsm", ".pptm", ".xlsb")
_LOOKED_INTO = 20


def attach(document: Document, budget: Budget, name: str, data: bytes) -> None:
    """Add an attachment under a name of its own (the last part of ``name``), within the bound on their bytes."""
    name = PurePosixPath(name.replace("\\", "/")).name.strip().replace("\0", "") or "attachment"
    stem, dot, suffix = name.rpartition(".")
    number, unique = 1, name
    while unique in document.attachments:
        number += 1
        unique = f"{stem} ({number}).{suffix}" if dot and stem else f"{name} ({number})"
    held = sum(len(v) for v in document.attachments.values())
    if held + len(data) > budget.limits.attachments or len(document.attachments) >= 500:
        document.warnings.append(Warning_(code="truncated", where=unique, text="attachment"))
        return
    document.attachments[unique] = data
    found = _holds(unique.lower(), data) if len(document.attachments) <= _LOOKED_INTO else ""
    if found:
        document.warnings.append(Warning_(code="nested-attachment", where=unique, text=found))


def _holds(name: str, data: bytes) -> str:
    """Return what an attachment holds that could hide more: "zip", "message", "pdf", or "" when it does not."""
    if data[:4] == b"PK\x03\x04" and not name.endswith(_OFFICE):
        return "zip"
    if name.endswith((".eml", ".msg")) and b"attachment" in data[:200_000].lower():
        return "message"
    if data[:5] == b"%PDF-" and (b"/EmbeddedFile" in data or b"/ObjStm" in data):
        import pypdfium2

        try:
            with pypdfium2.PdfDocument(data) as pdf:
                return "pdf" if pdf.count_attachments() > 0 else ""
        except pypdfium2.PdfiumError:
            return ""
    return ""
