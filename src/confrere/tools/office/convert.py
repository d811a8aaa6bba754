"""Convert files to another format, beside the originals, which stay."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from confrere.documents.aligned import page_tables
from confrere.errors import ConfrereError
from confrere.messages import say
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.tools.base import Result
from confrere.tools.office.files import extension_of, kind_of, name_of
from confrere.tools.office.papers import Unfit, image_pdf
from confrere.tools.office.readings import choose
from confrere.tools.office.recap import reason
from confrere.tools.office.scope import KIND_OF, Scope
from confrere.tools.office.words import tell

if TYPE_CHECKING:
    from confrere.documents.model import Table as Read
    from confrere.documents.write.content import Table
    from confrere.tools.base import Context

_FROM = {
    "pdf": ("docx", "xlsx", "pptx", "image", "txt", "md", "html", "csv"),
    "docx": ("docx", "txt", "md", "html", "pdf"),
    "xlsx": ("csv", "xlsx", "pdf", "docx", "html", "image"),
    "csv": ("xlsx", "csv", "pdf", "docx", "html", "image"),
    "txt": ("pdf", "docx", "pptx", "mail", "html", "md", "image"),
    "md": ("pdf", "docx", "html", "txt"),
    "html": ("docx", "md", "txt"),
    "image": ("image", "pdf"),
}
_ENDINGS = {"image": "png"}
_BATCH = 20
_PAGES = 200


class _Target(NamedTuple):
    source: str
    path: str
    page: int


class ConvertFiles:
    """To PDF, Word, Excel, CSV, text, Markdown, HTML or PNG."""

    name = "convert_files"
    description = (
        "Convert files to another format (pdf, docx, xlsx, csv, txt, md, html, image) beside the originals, which stay. Office layouts "
        "need LibreOffice on this machine; text, tables and images do not."
    )
    manifest = Manifest(
        effect=Effect.CHANGE,
        kind="write",
        trust="own",
        roles={"to": Role.FREE, "only": Role.FREE, "exclude": Role.FREE, "language": Role.FREE},
    )

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        to: Annotated[Literal["pdf", "docx", "xlsx", "csv", "txt", "md", "html", "image"], Meta(description="Format wanted.")]
        only: Annotated[Scope, Meta(description="The files to convert.")] = msgspec.field(default_factory=Scope)
        exclude: Annotated[Scope, Meta(description="Files to leave out.")] = msgspec.field(default_factory=Scope)
        language: Annotated[str, Meta(description="Language of what is said: fr or en.")] = ""

    def run(self, args: Any, context: Context) -> Result:
        language = args.language or context.language

        def decide() -> list[tuple[str, str, int]]:
            chosen = choose(context, args.only, args.exclude, deep=False, changing=True)
            ending = _ENDINGS.get(args.to, args.to)
            out = []
            for info in chosen.files:
                if kind_of(info.path) in _FROM[args.to] and extension_of(info.path) != ending:
                    stem = info.path.rpartition(".")[0]
                    pages = _page_count(context, info.path) if args.to == "image" else 1
                    for page in range(pages):
                        name = stem if pages == 1 else f"{stem} p{page + 1:0{len(str(pages))}}"
                        out.append((info.path, context.view.free(f"{name}.{ending}"), page))
            return out

        todo = [_Target(*one) for one in context.memo("targets", decide)]
        if not todo:
            return Result(text=say("office.nothing-to-convert", language, to=args.to), failed=True)
        made: list[str] = []
        omissions: list[tuple[str, str]] = []
        for start in range(0, len(todo), _BATCH):
            batch = todo[start : start + _BATCH]
            context.progress(start, len(todo), name_of(batch[0].source))
            with tempfile.TemporaryDirectory(dir=context.view.area) as scratch:
                done, failed = _convert(context, batch, args.to, Path(scratch), language)
                made += done
                omissions += failed
        context.progress(len(todo), len(todo), args.to)
        sources = list(dict.fromkeys(one.source for one in todo))
        left = {path for path, _ in omissions}
        done_count = sum(source not in left for source in sources)
        text = tell("office.converted", language, done_count, count=done_count, files=len(sources), to=args.to)
        if args.to == "docx" and any(kind_of(one.source) == "pdf" and one.source not in left for one in todo):
            text += " " + say("office.converted-text-only", language)
        return Result(
            text=text,
            data={"made": made},
            omissions=omissions,
            deliverables=made,
            origins=sources,
            failed=not made,
        )


def _page_count(context: Context, path: str) -> int:
    """How many pictures a file becomes: one a page of a PDF, ``_PAGES`` at most."""
    if kind_of(path) != "pdf":
        return 1
    document = context.library.read(context.view.locate(path), name_of(path))
    return max(1, min(int(document.metadata.get("pages", "1")), _PAGES))


def _convert(context: Context, batch: list[_Target], to: str, scratch: Path, language: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Convert a batch; the view paths made, and (path, reason) of what could not be."""
    made: list[str] = []
    failed: list[tuple[str, str]] = []
    office: list[tuple[str, str, Path]] = []
    for number, (source, target, page) in enumerate(batch):
        real = context.view.locate(source)
        out = scratch / f"{number}.{target.rpartition('.')[2]}"
        try:
            if _by_office(source, to, real):
                copy = scratch / f"{number}.{extension_of(source)}"
                copy.write_bytes(real.read_bytes())
                office.append((source, target, copy))
                continue
            _by_us(context, source, real, to, out, page)
        except Unfit as error:
            failed.append((source, reason(error.code, language)))
            continue
        context.view.write(target, out, overwrite=True)
        made.append(target)
    if office:
        from confrere.documents.render import convert, convert_all

        suffix = f".{_ENDINGS.get(to, to)}"
        results: dict[str, Path] = {}
        try:
            for (source, _, _), path in zip(office, convert_all([copy for _, _, copy in office], suffix, scratch / "out"), strict=True):
                results[source] = path
        except ConfrereError as error:
            if error.key == "write.office-missing":
                raise
            for number, (source, _, copy) in enumerate(office):
                try:
                    results[source] = convert(copy, suffix, scratch / f"alone{number}")
                except ConfrereError as alone:
                    failed.append((source, alone.sentence(language)))
        for source, target, _ in office:
            if source in results:
                if to == "pdf":
                    _titled(results[source], name_of(source).rpartition(".")[0])
                context.view.write(target, results[source], overwrite=True)
                made.append(target)
    return made, failed


def _titled(path: Path, title: str) -> None:
    """Give a PDF that does not say its title the name of its file: readers and screen readers announce it."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(path)
        if reader.metadata is not None and reader.metadata.title:
            return
        writer = PdfWriter(clone_from=reader)
        writer.add_metadata({"/Title": title})
        writer.write(path)
    except (PyPdfError, OSError, ValueError):
        return  # the conversion itself is whole


_LONG = 2_000_000  # bytes of text past which a page is set by the office program


def _plain(source: str, real: Path) -> bool:
    """Whether a file is prose to be set as pages: text whose columns are not held in place by spaces."""
    if extension_of(source) not in ("txt", "md", "markdown", "text") or real.stat().st_size > _LONG:
        return False
    lines = real.read_bytes().splitlines()
    return sum(bool(re.search(rb"\S(?: {3,}|\t)\S", line)) for line in lines) * 5 < len(lines) or len(lines) < 3


def _by_office(source: str, to: str, real: Path) -> bool:
    kind = kind_of(source)
    return (
        (to == "pdf" and kind != "image" and not _plain(source, real))
        or (to == "docx" and kind != "pdf")
        or (to == "html" and kind == "docx")
        or (to == "xlsx" and kind == "xlsx")
    )


def _by_us(context: Context, source: str, real: Path, to: str, out: Path, page: int) -> None:
    """Conversions that need no LibreOffice. Raises Unfit."""
    if to == "docx" or (to == "pdf" and _plain(source, real)):
        _page_of_text(context, real, source, out)
        return
    if to == "pdf":
        image_pdf(real, out)
        return
    if to == "image":
        _picture(real, source, out, page)
        return
    document = context.library.read(real, name_of(source))
    if document.error:
        raise Unfit(document.error)
    if to in ("csv", "xlsx"):
        from confrere.documents.write.convert import write_csv
        from confrere.documents.write.tables import table_workbook

        tables = [table for page in document.pages for table in page_tables(page)]
        if not tables:
            raise Unfit("no-table")
        if to == "csv":
            write_csv(out, max(tables, key=lambda table: len(table.rows)).rows, context.language)
        else:
            table_workbook(out, [_columns(table) for table in tables], context.language)
        return
    text = document.text if to != "html" else _page(document.text)
    if not document.text.strip():
        raise Unfit("empty")
    out.write_text(text, encoding="utf-8")


def _columns(table: Read) -> Table:
    """A table as the writer takes it: typed by its cells where the format types them, else by what a whole column says."""
    from confrere.documents.write.convert import typed_table
    from confrere.tools.office.clean import as_table

    text = all(cell is None or isinstance(cell, str) for row in table.rows for cell in row)
    return typed_table(table.name, table.rows) if text else as_table(table, [])


def _page_of_text(context: Context, real: Path, source: str, out: Path) -> None:
    """A text set as a page is, or as a Word document: its headings, lists and lines kept. Raises Unfit."""
    from confrere.documents.write.plain_pages import text_report
    from confrere.documents.write.typeset import report_pdf
    from confrere.documents.write.word import report_docx

    document = context.library.read(real, name_of(source))
    if document.error:
        raise Unfit(document.error)
    if not document.text.strip():
        raise Unfit("empty")
    language = document.language if document.language in ("fr", "en") else context.language
    make = report_docx if out.suffix == ".docx" else report_pdf
    make(out, text_report(document.text, name_of(source).rpartition(".")[0]), language)


def _page(text: str) -> str:
    import html

    body = "\n".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n\n") if part.strip())
    return f'<!doctype html>\n<meta charset="utf-8">\n<body>\n{body}\n</body>\n'


def _picture(real: Path, source: str, out: Path, page: int) -> None:
    from PIL import Image, UnidentifiedImageError

    try:
        if KIND_OF.get(extension_of(source)) == "pdf":
            import pypdfium2

            with pypdfium2.PdfDocument(real) as document:
                document[page].render(scale=2).to_pil().save(out, "PNG")
            return
        with Image.open(real) as image:
            image.save(out, "PNG")
    except (UnidentifiedImageError, OSError, ValueError, RuntimeError, Image.DecompressionBombError) as error:
        raise Unfit("damaged") from error
