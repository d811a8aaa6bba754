"""PDFs merged, split and made from pictures."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from confrere.documents.write.package import stamp
from confrere.documents.write.text import plain
from confrere.errors import Failed, WrongUse

_A4 = (1240, 1754)  # pixels at 150 dpi
_MARGIN = 59  # 10 mm


def merge_pdf(path: Path, sources: list[tuple[Path, str]], title: str = "", day: dt.date | None = None) -> int:
    """Put PDFs one after another, each under a bookmark of its own name; returns the number of pages.

    Bookmarks and form fields of the sources are kept; scripts and attachments are not carried along. Raises Failed
    ``write.pdf-damaged`` naming the source that cannot be read; nothing is written then.
    """
    import pypdf

    writer = pypdf.PdfWriter()
    for source, name in sources:
        with _reading(source) as reader:
            first = len(writer.pages)
            writer.append(reader, outline_item=plain(name), import_outline=True)
            for page in writer.pages[first:]:
                _defuse(page)
    _finish(writer, path, title, day)
    return len(writer.pages)


def split_pdf(source: Path, ranges: list[tuple[int, int]], out_dir: Path, stem: str, day: dt.date | None = None) -> list[Path]:
    """Write each range of pages (first and last, from 1) as ``stem-001.pdf`` and so on in ``out_dir``.

    Raises WrongUse ``write.no-such-page`` for a range beyond the document, Failed ``write.pdf-damaged``; nothing is written then.
    """
    import pypdf

    with _reading(source) as reader:
        count = len(reader.pages)
        for first, last in ranges:
            if not 1 <= first <= last <= count:
                raise WrongUse("write.no-such-page", file=source.name, first=first, last=last, count=count)
        made = []
        for number, (first, last) in enumerate(ranges, 1):
            writer = pypdf.PdfWriter()
            writer.append(reader, pages=(first - 1, last), import_outline=False)
            for page in writer.pages:
                _defuse(page)
            path = out_dir / f"{stem}-{number:03d}.pdf"
            _finish(writer, path, f"{stem} {first}-{last}" if last > first else f"{stem} {first}", day)
            made.append(path)
        return made


def page_count(source: Path) -> int:
    """How many pages a PDF has. Raises Failed ``write.pdf-damaged``."""
    with _reading(source) as reader:
        return len(reader.pages)


def parse_ranges(text: str, count: int) -> list[tuple[int, int]]:
    """ "1-3, 5, 8-" as page ranges of a document of ``count`` pages; "" is each page by itself.

    Raises WrongUse ``write.bad-ranges``.
    """
    if not text.strip():
        return [(page, page) for page in range(1, count + 1)]
    ranges = []
    for part in re.split(r"[,;]", text):
        match = re.fullmatch(r"\s*(\d{1,6})\s*(?:([-–à])\s*(\d{1,6})?)?\s*", part)
        if match is None:
            raise WrongUse("write.bad-ranges", text=text)
        first = int(match[1])
        last = first if match[2] is None else int(match[3]) if match[3] else count
        if not 1 <= first <= last <= count:
            raise WrongUse("write.bad-ranges", text=text)
        ranges.append((first, last))
    return ranges


def images_to_pdf(path: Path, sources: list[Path], title: str = "", day: dt.date | None = None) -> int:
    """Write pictures as A4 pages, upright or lying as each picture is, never enlarged; returns the number of pages.

    Raises Failed ``write.image-damaged`` naming the picture; nothing is written then.
    """
    from PIL import Image, ImageOps, ImageSequence

    pages: list[Any] = []
    for source in sources:
        try:
            with Image.open(source) as picture:
                for frame in ImageSequence.Iterator(picture):
                    upright = ImageOps.exif_transpose(frame.copy())
                    paper = _A4 if upright.height >= upright.width else _A4[::-1]
                    page = Image.new("RGB", paper, "white")
                    upright.thumbnail((paper[0] - 2 * _MARGIN, paper[1] - 2 * _MARGIN))
                    clear = upright.convert("RGBA")
                    page.paste(clear, ((paper[0] - clear.width) // 2, (paper[1] - clear.height) // 2), clear)
                    pages.append(page)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise Failed("write.image-damaged", file=source.name) from error
    if not pages:
        raise WrongUse("write.no-pages")
    when = stamp(day).timetuple()
    pages[0].save(
        path,
        "PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=150,
        quality=88,
        title=plain(title),
        producer="Confrère",
        creationDate=when,
        modDate=when,
    )
    return len(pages)


@contextmanager
def _reading(source: Path) -> Iterator[Any]:
    """A reader of ``source``, opened where no password is asked; what goes wrong inside names the file."""
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        with open(source, "rb") as file:
            reader = pypdf.PdfReader(file)
            if reader.is_encrypted and not reader.decrypt(""):
                raise Failed("write.pdf-locked", file=source.name)
            yield reader
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        # pypdf answers damage with whatever its parser stumbles over.
        raise Failed("write.pdf-damaged", file=source.name) from error


def _defuse(page: Any) -> None:
    """Take away what a page would do by itself, or at a click besides following a link."""
    page.pop("/AA", None)
    annotations = page.get("/Annots")
    for entry in annotations.get_object() if annotations is not None else ():
        annotation = entry.get_object()
        annotation.pop("/AA", None)
        action = annotation.get("/A")
        if action is not None and action.get_object().get("/S") in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData"):
            annotation.pop("/A")


def _finish(writer: Any, path: Path, title: str, day: dt.date | None) -> None:
    if not len(writer.pages):
        raise WrongUse("write.no-pages")
    when = stamp(day).strftime("D:%Y%m%d%H%M%SZ")
    writer.metadata = {"/Title": plain(title), "/Producer": "Confrère", "/CreationDate": when, "/ModDate": when}
    for name in ("/OpenAction", "/AA", "/JavaScript"):
        writer.root_object.pop(name, None)
    names = writer.root_object.get("/Names")
    if names is not None:
        for name in ("/JavaScript", "/EmbeddedFiles"):
            names.get_object().pop(name, None)
    with open(path, "wb") as file:
        writer.write(file)
