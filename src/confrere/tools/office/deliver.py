"""Decks, reports and indexes of what a folder holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from confrere.messages import say
from confrere.tools.base import Result
from confrere.tools.office.files import name_of
from confrere.tools.office.readings import choose
from confrere.tools.office.recap import MAKES, Gathered, deliver, gather, people_notes, reason, today
from confrere.tools.office.scope import Scope
from confrere.tools.office.words import tell

if TYPE_CHECKING:
    from confrere.tools.base import Context

_EVERY = "Only these documents."
_OUT = "Leave these documents out."
_TONGUE = "Language of the file: fr or en."
_NAME = "File name; default: the usual one."
_BEFORE = "Also compare with an earlier period: previous, previous-quarter, previous-year, or 2026-09, 2025, 2026-01-01..2026-03-31."


class MakeDeck:
    """A presentation of exactly as many slides as asked."""

    name = "make_deck"
    description = (
        "Make a PowerPoint presentation of exactly N slides about the documents: key figures, native charts by client, supplier and "
        "month, decisions and actions, what to check; speaker notes with sources. A company template (.pptx in the folder) may be given."
    )
    manifest = MAKES

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        slides: Annotated[int, Meta(description="Number of slides.", ge=1, le=30)] = 8
        by: Annotated[list[str], Meta(description="What to tell apart: client or supplier.")] = msgspec.field(default_factory=list)
        only: Annotated[Scope, Meta(description=_EVERY)] = msgspec.field(default_factory=Scope)
        exclude: Annotated[Scope, Meta(description=_OUT)] = msgspec.field(default_factory=Scope)
        against: Annotated[str, Meta(description=_BEFORE)] = ""
        template: Annotated[str, Meta(description="View path or name of a .pptx whose look to take.")] = ""
        title: Annotated[str, Meta(description="Title; default: found from the documents.")] = ""
        name: Annotated[str, Meta(description=_NAME)] = ""
        language: Annotated[str, Meta(description=_TONGUE)] = ""

    def run(self, args: Any, context: Context) -> Result:
        from confrere.documents.write.deck import deck
        from confrere.documents.write.story import recap_story

        language = args.language or context.language
        found = gather(context, args.only, args.exclude, language, by=args.by)
        _compared(found, args, context, language)
        notes = people_notes(found.chosen, language)
        found.recap.title = args.title
        found.recap.decisions, found.recap.actions, found.recap.questions = notes["decisions"], notes["actions"], notes["questions"]
        content = recap_story(found.recap, args.slides, language)
        template = _find(context, args.template)
        place = deliver(
            context,
            args.name,
            "deck",
            "pptx",
            language,
            lambda path, _: deck(path, content, language, context.view.locate(template) if template else None),
        )
        doubts = list(found.doubts)
        if args.template and not template:
            doubts.append(say("office.no-template", language, name=args.template))
        return Result(
            text=say("office.deck-made", language, file=name_of(place), slides=len(content.slides)),
            data={"file": place, "slides": len(content.slides)},
            doubts=doubts,
            omissions=found.omissions,
            deliverables=[place],
            origins=found.origins,
        )


def _compared(found: Gathered, args: Any, context: Context, language: str) -> None:
    """Add the earlier period asked for to what a deck or a report is made of, and say what could not be compared."""
    if not args.against or not found.recap.rows:
        return
    from confrere.tools.office.earlier import earlier

    past = earlier(context, args.against, args.only, args.exclude, found.recap, language)
    found.recap.before, found.recap.before_name = past.rows, past.name
    found.doubts += [past.doubt] if past.doubt else []


def _find(context: Context, wanted: str) -> str:
    """The view path of a file named by its path or its name; empty where there is none or several."""
    if not wanted:
        return ""
    if "/" in wanted and context.view.exists(wanted):
        return wanted
    found = [info.path for info in context.view.glob(f"**/{name_of(wanted)}") if info.type == "file"]
    return found[0] if len(found) == 1 else ""


class MakeReport:
    """A written report, in Word, PDF or Markdown."""

    name = "make_report"
    description = (
        "Write a report about the documents in DOCX, PDF or Markdown: summary, findings, tables, chart, decisions and actions found in "
        "minutes and transcripts, what to check, sources."
    )
    manifest = MAKES

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        format: Annotated[Literal["docx", "pdf", "md"], Meta(description="File format.")] = "docx"
        against: Annotated[str, Meta(description=_BEFORE)] = ""
        by: Annotated[list[str], Meta(description="What to tell apart: client or supplier.")] = msgspec.field(default_factory=list)
        only: Annotated[Scope, Meta(description=_EVERY)] = msgspec.field(default_factory=Scope)
        exclude: Annotated[Scope, Meta(description=_OUT)] = msgspec.field(default_factory=Scope)
        title: Annotated[str, Meta(description="Title; default: found from the documents.")] = ""
        name: Annotated[str, Meta(description=_NAME)] = ""
        language: Annotated[str, Meta(description=_TONGUE)] = ""

    def run(self, args: Any, context: Context) -> Result:
        from confrere.documents.write.report import recap_report

        language = args.language or context.language
        found = gather(context, args.only, args.exclude, language, by=args.by)
        _compared(found, args, context, language)
        notes = people_notes(found.chosen, language)
        found.recap.title = args.title
        found.recap.decisions, found.recap.actions, found.recap.questions = notes["decisions"], notes["actions"], notes["questions"]
        content = recap_report(found.recap, language)
        _describe_rest(content, found, language)
        place = deliver(context, args.name, "report", args.format, language, lambda path, _: write_report(path, content, language))
        return Result(
            text=tell("office.report-made", language, len(found.chosen.files), file=name_of(place), count=len(found.chosen.files)),
            data={"file": place},
            doubts=found.doubts,
            omissions=found.omissions,
            deliverables=[place],
            origins=[info.path for info in found.chosen.files],
        )


def write_report(path: Path, content: Any, language: str) -> None:
    """Write report content in the format its path says."""
    if path.suffix == ".pdf":
        from confrere.documents.write.typeset import report_pdf

        report_pdf(path, content, language)
    elif path.suffix == ".md":
        from confrere.documents.write.markdown import report_markdown

        report_markdown(path, content, language)
    else:
        from confrere.documents.write.word import report_docx

        report_docx(path, content, language)


def _describe_rest(content: Any, found: Any, language: str) -> None:
    """A section on the documents without amounts, by type: what the folder also holds."""
    from confrere.documents.write.content import Column, Section, Table
    from confrere.documents.write.labels import type_label

    told = {row.file for row in found.recap.rows}
    rows = [
        [name_of(info.path), type_label(reading.type, language), reading.client or reading.supplier or None, reading.date or None]
        for info in found.chosen.files
        if info.path not in told and not (reading := found.chosen.readings[info.path]).error
    ]
    if not rows:
        return
    import datetime as dt

    for row in rows:
        row[3] = dt.date.fromisoformat(str(row[3])) if row[3] else None
    columns = [
        Column(title=say("office.column-file", language)),
        Column(title=say("office.column-type", language)),
        Column(title=say("office.column-party", language)),
        Column(title=say("office.column-date", language), kind="date"),
    ]
    content.sections.append(
        Section(
            title=say("office.other-documents", language), blocks=[Table(columns=columns, rows=sorted(rows, key=lambda r: (r[1], r[0])))]
        )
    )


class MakeIndex:
    """A catalogue of every file, searchable in a browser, or a spreadsheet."""

    name = "make_index"
    description = (
        "Make an index of the folder's files (HTML page with search, or XLSX): type, title, client, supplier, date, amount, pages, links."
    )
    manifest = MAKES

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        format: Annotated[Literal["html", "xlsx"], Meta(description="File format.")] = "html"
        only: Annotated[Scope, Meta(description=_EVERY)] = msgspec.field(default_factory=Scope)
        exclude: Annotated[Scope, Meta(description=_OUT)] = msgspec.field(default_factory=Scope)
        title: Annotated[str, Meta(description="Title.")] = ""
        name: Annotated[str, Meta(description=_NAME)] = ""
        language: Annotated[str, Meta(description=_TONGUE)] = ""

    def run(self, args: Any, context: Context) -> Result:
        from confrere.documents.write.content import Catalogue, Entry
        from confrere.documents.write.figures import row_of

        language = args.language or context.language
        chosen = choose(context, args.only, args.exclude, deep=True)
        entries = []
        omissions = []
        for info in chosen.files:
            reading = chosen.readings[info.path]
            row = row_of(info.path, reading.record)
            flags = [reason(reading.error, language)] if reading.error else []
            if reading.error:
                omissions.append((info.path, flags[0]))
            if reading.hostile:
                flags.append(say("office.flag-hidden", language))
            entries.append(
                Entry(
                    file=info.path,
                    type=reading.type,
                    title=reading.title,
                    client=reading.client,
                    supplier=reading.supplier,
                    date=row.date,
                    total=row.total,
                    currency=row.currency,
                    pages=reading.pages,
                    size=info.size,
                    flags=flags,
                )
            )
        catalogue = Catalogue(entries=entries, title=args.title, day=today(context))
        place = deliver(context, args.name, "index", args.format, language, lambda path, at: _write_index(path, catalogue, language, at))
        return Result(
            text=tell("office.index-made", language, len(entries), file=name_of(place), count=len(entries)),
            data={"file": place, "files": len(entries)},
            doubts=chosen.doubts,
            omissions=omissions,
            deliverables=[place],
            origins=[info.path for info in chosen.files],
        )


def _write_index(path: Path, catalogue: Any, language: str, at: str) -> None:
    from confrere.documents.write import index

    (index.index_html if path.suffix == ".html" else index.index_workbook)(path, catalogue, language, at)
