"""PDFs put together and taken apart."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from confrere.messages import say
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.tools.base import Result
from confrere.tools.office.duplicates import groups
from confrere.tools.office.files import extension_of, file_date, kind_of, name_of, plain
from confrere.tools.office.places import component
from confrere.tools.office.readings import choose
from confrere.tools.office.recap import deliver, reason
from confrere.tools.office.scope import Scope
from confrere.tools.office.words import tell

if TYPE_CHECKING:
    from confrere.tools.base import Context
    from confrere.workspace.tree import Info

_ROLES = {
    "only": Role.FREE,
    "exclude": Role.FREE,
    "order": Role.FREE,
    "name": Role.PATH,
    "language": Role.FREE,
    "first": Role.FREE,
    "last": Role.FREE,
    "every": Role.FREE,
}
_MAKES = Manifest(effect=Effect.CHANGE, kind="write", trust="own", roles=_ROLES)
_OFFICE = ("docx", "xlsx", "pptx")
_MOST_PAGES = 20_000


class MergePdfs:
    """Several files in one PDF, each with its bookmark. The originals stay."""

    name = "merge_pdfs"
    description = (
        "Merge files into one PDF, in the order of their names or dates, with a bookmark for each. Images become pages; Word, Excel and "
        "PowerPoint files are converted where LibreOffice is installed. The originals stay."
    )
    manifest = _MAKES

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        only: Annotated[Scope, Meta(description="The files to merge.")] = msgspec.field(default_factory=Scope)
        exclude: Annotated[Scope, Meta(description="Files to leave out.")] = msgspec.field(default_factory=Scope)
        order: Annotated[Literal["name", "date", "newest"], Meta(description="Order of the files.")] = "name"
        name: Annotated[str, Meta(description="Name of the merged file.")] = ""
        language: Annotated[str, Meta(description="Language of the file name: fr or en.")] = ""

    def run(self, args: Any, context: Context) -> Result:
        language = args.language or context.language
        chosen = choose(context, args.only, args.exclude, deep=args.order != "name")
        files = [info for info in chosen.files if kind_of(info.path) in ("pdf", "image", *_OFFICE)]

        def dated(info: Info) -> str:
            reading = chosen.readings.get(info.path)
            return (reading.date if reading else "") or file_date(info)

        files.sort(key=(lambda info: (dated(info), info.path)) if args.order != "name" else lambda info: _natural(info.path))
        if args.order == "newest":
            files.reverse()
        copies = {path: group[0] for group in groups(context, files) for path in group[1:]}
        paths: list[str] = context.memo("files", lambda: [info.path for info in files if info.path not in copies])
        doubts = [
            say("office.copy-not-merged", context.language, path=name_of(path), original=name_of(original))
            for path, original in copies.items()
            if path not in paths
        ]
        if not paths:
            return Result(text=say("office.nothing-to-merge", language), failed=True)
        merged: list[str] = []
        omissions: list[tuple[str, str]] = []
        pages = 0

        def write(out: Path, _: str) -> None:
            nonlocal pages
            from pypdf import PdfWriter

            writer = PdfWriter()
            for number, path in enumerate(paths):
                context.progress(number, len(paths), name_of(path))
                try:
                    added = _append(writer, context, path, out.parent)
                except Unfit as error:
                    omissions.append((path, reason(error.code, language)))
                    continue
                pages += added
                merged.append(path)
                if pages > _MOST_PAGES:
                    omissions.append((path, reason("too-large", language)))
                    break
            writer.add_metadata({"/Title": (args.name or say("office.file-merged", language)).removesuffix(".pdf")})
            with open(out, "wb") as file:
                writer.write(file)

        place = deliver(context, args.name, "merged", "pdf", language, write)
        if not merged:
            context.view.delete(place)
            return Result(text=say("office.nothing-to-merge", language), failed=True, omissions=omissions)
        return Result(
            text=tell("office.merged", language, len(merged), file=name_of(place), count=len(merged), pages=pages),
            data={"file": place, "merged": merged, "pages": pages},
            doubts=doubts,
            omissions=omissions,
            deliverables=[place],
            origins=merged,
        )


class Unfit(Exception):
    """A file that cannot become pages; ``code`` is a stable reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _natural(path: str) -> list[tuple[int, int, str]]:
    """Names in the order people expect: "page 2" before "page 10"."""
    import re

    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|\D+", plain(path))]


def _append(writer: Any, context: Context, path: str, scratch: Path) -> int:
    """Add a file's pages with its bookmark; how many. Raises Unfit."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    source = _as_pdf(context, path, scratch)
    try:
        reader = PdfReader(str(source))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unfit("encrypted")
        count = len(reader.pages)
        if count == 0 or count > _MOST_PAGES:
            raise Unfit("damaged" if not count else "too-large")
        writer.append(reader, outline_item=name_of(path), import_outline=False)
    except Unfit:
        raise
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError) as error:
        raise Unfit("damaged") from error
    return count


def _as_pdf(context: Context, path: str, scratch: Path) -> Path:
    from confrere.errors import ConfrereError

    real = context.view.locate(path)
    kind = kind_of(path)
    if kind == "pdf":
        document = context.library.read(real, name_of(path))
        if document.error:
            raise Unfit(document.error)
        return real
    if kind == "image":
        return image_pdf(real, scratch / "image.pdf")
    from confrere.documents.render import convert

    try:
        return convert(real, ".pdf", scratch)
    except ConfrereError as error:
        raise Unfit("unsupported") from error


def image_pdf(source: Path, target: Path) -> Path:
    """An image (each of its frames) as A4 pages, upright. Raises Unfit."""
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    try:
        with Image.open(source) as image:
            pages = []
            for frame in ImageSequence.Iterator(image):
                upright = ImageOps.exif_transpose(frame)
                flat = Image.new("RGB", upright.size, "white")
                flat.paste(upright.convert("RGB"), mask=upright.getchannel("A") if "A" in upright.getbands() else None)
                pages.append(flat)
                if len(pages) >= 200:
                    break
            dpi = max(72.0, max(pages[0].width / 8.27, pages[0].height / 11.69))
            pages[0].save(target, "PDF", resolution=dpi, save_all=True, append_images=pages[1:])
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise Unfit("damaged") from error
    return target


class SplitPdf:
    """One PDF in several. The original stays."""

    name = "split_pdf"
    description = (
        "Split PDF files: every N pages (default: one file a page), or take out the pages `first` to `last` as one file. "
        "The pieces go to a folder beside the original, which stays."
    )
    manifest = _MAKES

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        only: Annotated[Scope, Meta(description="The PDF files to split.")] = msgspec.field(default_factory=Scope)
        exclude: Annotated[Scope, Meta(description="Files to leave out.")] = msgspec.field(default_factory=Scope)
        every: Annotated[int, Meta(description="Pages in each piece.", ge=1)] = 1
        first: Annotated[int, Meta(description="First page to take out; 0: split the whole.", ge=0)] = 0
        last: Annotated[int, Meta(description="Last page to take out; 0: to the end.", ge=0)] = 0
        language: Annotated[str, Meta(description="Language of the names: fr or en.")] = ""

    def run(self, args: Any, context: Context) -> Result:
        language = args.language or context.language
        chosen = choose(context, args.only, args.exclude, deep=False, changing=True)
        paths: list[str] = context.memo("files", lambda: [info.path for info in chosen.files if extension_of(info.path) == "pdf"])
        if not paths:
            return Result(text=say("office.nothing-to-split", language), failed=True)
        made: list[str] = []
        omissions: list[tuple[str, str]] = []
        for number, path in enumerate(paths):
            context.progress(number, len(paths), name_of(path))
            try:
                made += _split(context, path, args, language, number)
            except Unfit as error:
                omissions.append((path, reason(error.code, language)))
        if not made:
            return Result(text=say("office.nothing-to-split", language), failed=True, omissions=omissions)
        return Result(
            text=tell("office.split", language, len(made), pieces=len(made), files=len(paths) - len(omissions)),
            data={"pieces": made},
            omissions=omissions,
            deliverables=made,
            origins=paths,
        )


def _split(context: Context, path: str, args: Any, language: str, number: int) -> list[str]:
    import tempfile

    from pypdf import PdfReader, PdfWriter
    from pypdf.errors import PyPdfError

    real = context.view.locate(path)
    document = context.library.read(real, name_of(path))
    if document.error:
        raise Unfit(document.error)
    stem = name_of(path).rpartition(".")[0]
    folder = path.rpartition("/")[0]
    try:
        reader = PdfReader(str(real))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unfit("encrypted")
        total = len(reader.pages)
        if args.first:
            spans = [(args.first, min(args.last or total, total))]
        else:
            spans = [(start, min(start + args.every - 1, total)) for start in range(1, total + 1, args.every)]
        spans = [(a, b) for a, b in spans if a <= b]
        if not spans:
            raise Unfit("no-such-page")
        house: str = context.memo(
            f"folder{number}",
            lambda: (
                folder if len(spans) == 1 else context.view.free(f"{folder}/{component(stem)} - {say('office.folder-split', language)}")
            ),
        )
        if house != folder:
            context.view.mkdir(house)
        width = len(str(total))
        out: list[str] = []
        for index, (start, end) in enumerate(spans):
            context.progress(index, len(spans), name_of(path))
            label = f"p{start:0{width}}" + (f"-{end:0{width}}" if end > start else "")
            wanted = f"{house}/{component(stem)} {label}.pdf"
            target: str = context.memo(f"piece{number}-{index}", partial(context.view.free, wanted))
            with tempfile.TemporaryDirectory(dir=context.view.area) as scratch:
                writer = PdfWriter()
                writer.append(reader, pages=(start - 1, end))
                writer.add_metadata({"/Title": f"{stem} {label}"})
                piece = Path(scratch, "piece.pdf")
                with open(piece, "wb") as file:
                    writer.write(file)
                context.view.write(target, piece, overwrite=True)
            out.append(target)
    except Unfit:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError) as error:
        raise Unfit("damaged") from error
    return out
