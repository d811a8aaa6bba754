"""What a file looks like: sheets as rows, documents as text and as pictures of pages, messages as their parts. Runs in a worker."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from confrere.agent.task import load
from confrere.gateway.http import Problem
from confrere.gateway.work.places import open_side
from confrere.journal.canonical import dumps
from confrere.workspace.files import sha256
from confrere.workspace.paths import name as last_part

if TYPE_CHECKING:
    from confrere.agent.services import Services
    from confrere.documents.model import Document, Record

ROWS = 500
_TEXT = 200_000  # characters
_FORMULAS = 5_000_000  # bytes of a workbook whose formulas are read
_UNPACKED = 100_000_000
_SHEETS = ("xlsx", "xls", "xlsb", "ods", "csv")
_PAGED = ("pdf", "docx", "doc", "odt", "rtf", "pptx", "ppt", "odp")
_MAILS = ("eml", "msg", "mbox")
_UNDERSTOOD = ("pdf", "image", "docx", "doc", "odt", "eml", "msg")
_CACHED = 400_000_000  # bytes of pictures and converted files kept


@contextmanager
def opened(services: Services, task: str, path: str, side: str) -> Iterator[tuple[Path, str, str]]:
    """The file as (a path with its own ending, its name, its SHA-256): a copy of what was opened, for the time of the block. Its readers are other
    processes and want a name, and under the name that was checked somebody may have put a link to what is not theirs by then."""
    state = load(services.store, task)
    file, _ = open_side(state, services.home.work / task, services.vault, path, side)
    base = last_part(path)
    services.home.cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="look-", dir=services.home.cache) as scratch:
        copy = Path(scratch, "file" + Path(base).suffix)
        with file, open(copy, "w+b") as written:
            shutil.copyfileobj(file, written, 1 << 20)
            written.seek(0)
            sha = sha256(written)
        yield copy, base, sha


def preview(services: Services, task: str, path: str, side: str) -> dict[str, Any]:
    """The ``Preview`` of docs/api.md, as JSON values."""
    with opened(services, task, path, side) as (place, base, _):
        document = services.library.read(place, base)
        shown: dict[str, Any] = {
            "path": path,
            "kind": document.kind,
            "mime": document.mime,
            "size": place.stat().st_size,
            "view": view_of(document.kind),
            "warnings": [{"code": one.code, "where": one.where, "text": one.text} for one in document.warnings[:50]],
            "error": document.error,
            "truncated": any(one.code == "truncated" for one in document.warnings),
        }
        if shown["view"] == "sheets":
            shown["sheets"] = sheets(document, place)
            shown["truncated"] = shown["truncated"] or any(one["total_rows"] > ROWS for one in shown["sheets"])
        elif shown["view"] == "mail":
            shown["mail"] = mail(document)
        elif shown["view"] in ("pages", "image"):
            shown["pages"] = 1 if shown["view"] == "image" else len(document.pages) if document.kind in ("pdf", "pptx", "odp", "ppt") else 0
            shown["page_texts"] = [page.text[:20_000] for page in document.pages[:200]]
            shown["sizes"] = [[page.width, page.height] for page in document.pages[:200]]
        else:
            text = document.text
            shown["text"], shown["truncated"] = text[:_TEXT], shown["truncated"] or len(text) > _TEXT
        if document.kind in _UNDERSTOOD and not document.error:
            for _, _, record in services.library.records([(base, place)]):
                shown["record"] = understood(record)
    made: dict[str, Any] = plain(shown)
    return made


def view_of(kind: str) -> str:
    if kind in _SHEETS:
        return "sheets"
    if kind in _PAGED:
        return "pages"
    if kind in _MAILS:
        return "mail"
    if kind == "image":
        return "image"
    return "archive" if kind in ("zip", "tar") else "none" if kind in ("audio", "video", "archive", "unknown") else "text"


def sheets(document: Document, place: Path) -> list[dict[str, Any]]:
    """Each sheet's first rows, with the formulas of a small xlsx."""
    formulas = _formulas(place) if document.kind == "xlsx" else {}
    shown = []
    for page in document.pages[:50]:
        rows = page.tables[0].rows if page.tables else []
        shown.append(
            {
                "name": page.label,
                "rows": rows[:ROWS],
                "formulas": formulas.get(page.label, {}),
                "columns": max((len(row) for row in rows[:ROWS]), default=0),
                "total_rows": len(rows),
                "header": bool(page.tables and page.tables[0].header),
            }
        )
    return shown


def _formulas(place: Path) -> dict[str, dict[str, str]]:
    """Sheet name to cell to formula. Nothing for a workbook too large to look at twice, or that its library cannot open."""
    import zipfile

    if place.stat().st_size > _FORMULAS:
        return {}
    try:
        with zipfile.ZipFile(place) as container:
            if sum(entry.file_size for entry in container.infolist()) > _UNPACKED:
                return {}
        import openpyxl

        book = openpyxl.load_workbook(place, read_only=True)
        found: dict[str, dict[str, str]] = {}
        for sheet in book.worksheets:
            cells = found.setdefault(sheet.title, {})
            for row in sheet.iter_rows(max_row=ROWS):
                for cell in row:
                    if getattr(cell, "data_type", "") == "f":
                        cells[cell.coordinate] = str(cell.value)
        book.close()
        return found
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return {}


def mail(document: Document) -> dict[str, Any]:
    return {
        **{name: document.metadata.get(name, "") for name in ("from", "to", "cc", "date", "subject")},
        "text": document.text[:_TEXT],
        "attachments": sorted(document.attachments),
    }


def understood(record: Record) -> dict[str, Any]:
    """What was read of a document, each value with its place on the page."""
    fields: dict[str, Any] = {}
    for name, field in record.fields.items():
        fields[name] = {"value": field.value, "confidence": round(field.confidence, 3), "source": field.source}
        if field.box is not None:
            fields[name]["box"] = list(field.box)
        digits = "".join(char for char in field.source if char.isdigit())
        if field.source.startswith("page") and digits:
            fields[name]["page"] = int(digits)
    return {"type": record.type, "fields": fields, "check": record.check}


def plain(value: Any) -> Any:
    """JSON values only: dates and decimals of a sheet as text."""
    import json

    return json.loads(json.dumps(value, default=str, ensure_ascii=True))


# -- pictures


_DRAWING = threading.Lock()


def page(services: Services, task: str, path: str, side: str, number: int, width: int) -> str:
    """A picture of page ``number`` (from 1), ``width`` pixels wide; returns the file's path and count of pages as JSON. Raises
    Problem, Failed.
    """
    folder = services.home.cache / "pages"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with opened(services, task, path, side) as (place, base, sha):
        target, count = folder / f"{sha}-{number}-{width}.png", folder / f"{sha}.count"
        # one at a time: a deck's slides are asked for all at once and its conversion serves them all, and PDFium knows no threads
        with _DRAWING:
            if not target.exists() or not count.exists():
                _trim(folder)
                _draw(place, Path(base).suffix.lower(), sha, folder, number, width)
        os.utime(target)
        return dumps({"file": str(target), "pages": int(count.read_text("ascii"))})


def _draw(place: Path, suffix: str, sha: str, folder: Path, number: int, width: int) -> None:
    from confrere.documents.read.kinds import detect_kind

    kind = detect_kind(place).kind
    target = folder / f"{sha}-{number}-{width}.png"
    if kind == "image":
        _shrink(place, target, number, width)
        _note(folder / f"{sha}.count", 1)
        return
    pdf = place
    if kind != "pdf":
        pdf = folder / f"{sha}.pdf"
        if not pdf.exists():
            from confrere.documents.render import OFFICE, convert

            if suffix not in OFFICE:
                raise Problem(404, "gateway.no-pages")
            with tempfile.TemporaryDirectory(prefix="confrere-page-", dir=folder) as scratch:
                os.replace(convert(place, ".pdf", Path(scratch)), pdf)
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        raise Problem(404, "gateway.no-pages") from None
    with document:
        if not 1 <= number <= len(document):
            raise Problem(404, "gateway.no-page", number=number)
        sheet = document[number - 1]
        scale = min(width / max(1.0, sheet.get_width()), 5000 / max(1.0, sheet.get_height()))
        picture = sheet.render(scale=scale).to_pil()
        temporary = target.with_suffix(f".{os.getpid()}")
        picture.save(temporary, "PNG")
        _note(folder / f"{sha}.count", len(document))
        os.replace(temporary, target)


def _note(count: Path, pages: int) -> None:
    """In one step: another process may be reading it."""
    temporary = count.with_suffix(f".{os.getpid()}")
    temporary.write_text(str(pages), "ascii")
    os.replace(temporary, count)


def _shrink(place: Path, target: Path, number: int, width: int) -> None:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(place) as opened_picture:
            opened_picture.seek(number - 1)
            opened_picture.draft("RGB", (width, width))
            picture = ImageOps.exif_transpose(opened_picture).convert("RGB")
    except (UnidentifiedImageError, OSError, EOFError, ValueError, Image.DecompressionBombError):
        raise Problem(404, "gateway.no-pages") from None
    picture.thumbnail((width, 5000))
    temporary = target.with_suffix(f".{os.getpid()}")
    picture.save(temporary, "PNG")
    os.replace(temporary, target)


def _trim(folder: Path) -> None:
    """Drop what was not looked at for longest, beyond what is kept."""
    files = sorted((entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in os.scandir(folder) if entry.is_file())
    total = sum(size for _, size, _ in files)
    for _, size, path in files:
        if total <= _CACHED:
            return
        os.unlink(path)
        total -= size
