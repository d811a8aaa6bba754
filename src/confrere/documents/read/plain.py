"""Plain text and the textual formats read as they stand (Markdown, JSON, YAML), and what nobody can read."""

from __future__ import annotations

from pathlib import Path

from confrere.documents.model import Document, Page, Warning_
from confrere.documents.read.kinds import HEAD, detect_kind
from confrere.documents.read.limits import Budget, Unreadable
from confrere.documents.read.text_bytes import decode, read_head


def read_plain(path: Path, budget: Budget) -> Document:
    """Read text, at most the budget's characters of it."""
    data, more = read_head(path, budget.limits.text)
    text, encoding = decode(data)
    document = Document(kind=detect_kind(path).kind, metadata={"encoding": encoding})
    document.pages.append(Page(label="text", text=budget.take_text(text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""))))
    if more:
        document.warnings.append(Warning_(code="truncated", where="text", text=str(path.stat().st_size)))
    return document


def read_unknown(path: Path, budget: Budget) -> Document:
    """Say that the file cannot be read. Raises Unreadable ``unsupported``, always."""
    data, _ = read_head(path, HEAD)
    raise Unreadable("unsupported", data[:8].hex())
