"""From a path to a ``Document``: which reader, under which budget, and what every document gets whatever its format."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from confrere.documents.model import Document, Warning_
from confrere.documents.read.kinds import MIME, Kind, detect_kind
from confrere.documents.read.limits import DEFAULT, Budget, Limits, NeedsOcr, Unreadable

# kind: (module under documents.read, function(path, budget) -> Document)
_READERS = {
    "pdf": ("pdf", "read_pdf"),
    "image": ("image", "read_image"),
    "docx": ("docx", "read_docx"),
    "xlsx": ("spreadsheet", "read_spreadsheet"),
    "xls": ("spreadsheet", "read_spreadsheet"),
    "xlsb": ("spreadsheet", "read_spreadsheet"),
    "ods": ("spreadsheet", "read_spreadsheet"),
    "csv": ("delimited", "read_delimited"),
    "eml": ("mail", "read_eml"),
    "mbox": ("mail", "read_mbox"),
    "html": ("html", "read_html"),
    "text": ("plain", "read_plain"),
    "markdown": ("plain", "read_plain"),
    "yaml": ("plain", "read_plain"),
    "json": ("plain", "read_plain"),
    "xml": ("markup", "read_xml"),
    "pptx": ("pptx", "read_pptx"),
    "odt": ("odf", "read_odf"),
    "odp": ("odf", "read_odf"),
    "rtf": ("rtf", "read_rtf"),
    "doc": ("old_office", "read_doc"),
    "ppt": ("old_office", "read_ppt"),
    "msg": ("msg", "read_msg"),
    "ics": ("calendar", "read_calendar"),
    "vcf": ("calendar", "read_calendar"),
    "srt": ("transcript", "read_transcript"),
    "vtt": ("transcript", "read_transcript"),
    "zip": ("archive", "read_zip"),
    "tar": ("archive", "read_tar"),
    "audio": ("media", "read_media"),
    "video": ("media", "read_media"),
}


def read_file(path: Path, *, name: str = "", limits: Limits = DEFAULT, ocr: bool = True) -> Document:
    """Read any file in this process. ``name`` is the file's name where the path is not (a blob, an attachment).

    Never raises for what a file holds: what cannot be read comes back with ``error`` set. Raises NeedsOcr when ``ocr`` is
    False and the file holds pictures of text. Time and memory are bounded only as far as a reader can tell: for a file
    from outside use ``documents.library``, whose processes can be killed.
    """
    return read_with(path, name or path.name, Budget(limits, ocr=ocr))


def read_with(path: Path, name: str, budget: Budget) -> Document:
    """Read a file within what is left of ``budget``: what ``read_file`` does, and readers for what they find inside."""
    try:
        kind = detect_kind(path, name)
    except OSError as error:
        return Document(kind="unknown", error="missing", metadata={"detail": error.strerror or ""})
    document = _guarded(path, kind, budget)
    document.mime = document.mime or MIME.get(document.kind, "")
    if kind.wrong:
        document.warnings.insert(0, Warning_(code="wrong-extension", text=f"{kind.named} -> {kind.kind}"))
    from confrere.documents.read.inspect_text import inspect_pages
    from confrere.documents.read.language import detect_language

    document.warnings.extend(inspect_pages(document.pages))
    if not document.language:
        document.language = detect_language(_sample(document))
    return document


def _guarded(path: Path, kind: Kind, budget: Budget) -> Document:
    if path.stat().st_size == 0:
        return Document(kind=kind.kind, error="empty")
    try:
        return _reader(kind.kind)(path, budget)
    except NeedsOcr:
        raise
    except Unreadable as error:
        return Document(kind=error.kind or kind.kind, error=error.code, metadata=_detail(error.detail))
    except MemoryError:
        return Document(kind=kind.kind, error="memory")
    except RecursionError:
        return Document(kind=kind.kind, error="damaged", metadata=_detail("nested too deep"))
    except Exception as error:
        # A reader met bytes its library did not foresee. One file's business, never the run's; the detail says what it was.
        return Document(kind=kind.kind, error="damaged", metadata=_detail(f"{type(error).__name__}: {error}"))
    except BaseException as error:
        # python-calamine's PanicException derives from BaseException; what asks the process to end goes on.
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        return Document(kind=kind.kind, error="damaged", metadata=_detail(f"{type(error).__name__}: {error}"))


def _detail(text: str) -> dict[str, str]:
    return {"detail": text[:300]} if text else {}


def _reader(kind: str) -> Callable[[Path, Budget], Document]:
    module, function = _READERS.get(kind, ("plain", "read_unknown"))
    reader: Callable[[Path, Budget], Document] = getattr(importlib.import_module(f"confrere.documents.read.{module}"), function)
    return reader


def _sample(document: Document) -> str:
    """The beginnings of the pages, enough to tell the language."""
    out, left = [], 20_000
    for page in document.pages:
        out.append(page.text[: min(left, 6000)])
        left -= len(out[-1])
        if left <= 0:
            break
    return "\n".join(out)
