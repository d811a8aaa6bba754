"""The amounts of documents, gathered once for every deliverable made of them: workbook, deck, report."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from confrere.messages import say
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.tools.base import Result
from confrere.tools.office.duplicates import groups
from confrere.tools.office.files import name_of
from confrere.tools.office.places import deliverable
from confrere.tools.office.readings import Chosen, Reading, choose
from confrere.tools.office.scope import Scope
from confrere.tools.office.survey import MONEY
from confrere.tools.office.words import tell
from confrere.workspace.paths import parent

if TYPE_CHECKING:
    from confrere.documents.write.content import Action, Recap, Row
    from confrere.documents.write.figures import Totals
    from confrere.tools.base import Context

ROLES = {
    "by": Role.FREE,
    "each": Role.FREE,
    "columns": Role.FREE,
    "only": Role.FREE,
    "exclude": Role.FREE,
    "format": Role.FREE,
    "name": Role.PATH,
    "language": Role.FREE,
    "slides": Role.FREE,
    "about": Role.FREE,
    "title": Role.TEXT,
    "template": Role.PATH,
    "against": Role.FREE,
}
MAKES = Manifest(effect=Effect.CHANGE, kind="write", trust="own", roles=ROLES)


class Gathered(msgspec.Struct, kw_only=True):
    """What a deliverable is made of, and what to say beside it."""

    recap: Any
    chosen: Any
    doubts: list[str]
    omissions: list[tuple[str, str]]
    origins: list[str]


def today(context: Context) -> dt.date:
    """The day of the work, the same after a restart."""
    return dt.date.fromisoformat(context.memo("today", lambda: dt.date.today().isoformat()))


def gather(context: Context, only: Scope, exclude: Scope, language: str, *, by: list[str], everything: bool = False) -> Gathered:
    """The rows of the documents with amounts (of all documents where ``everything``), duplicates counted once. What is said of the work is in the person's language, what goes into the deliverable in ``language``."""
    from confrere.documents.write.content import Recap
    from confrere.documents.write.figures import TO_CONFIRM, Totals, row_of

    chosen = choose(context, only, exclude, deep=True)
    doubts = list(chosen.doubts)
    copies = {path: group[0] for group in groups(context, chosen.files) for path in group[1:]}
    rows = []
    omitted: list[tuple[str, str]] = []
    omissions: list[tuple[str, str]] = []
    for info in chosen.files:
        reading = chosen.readings[info.path]
        if reading.error:
            omitted.append((info.path, reason(reading.error, language)))
            omissions.append((info.path, reason(reading.error, context.language)))
            continue
        if info.path in copies:
            if reading.value("total"):
                doubts.append(
                    say("office.copy-not-counted", context.language, path=name_of(info.path), original=name_of(copies[info.path]))
                )
            continue
        if (
            not everything
            and not (reading.type in MONEY and (reading.value("total") or reading.record.check))
            and not (only.types and reading.type in only.types)
        ):
            continue
        for record in reading.record.parts or [reading.record]:
            row = row_of(info.path, record)
            row.client = chosen.book.name(row.client)
            row.supplier = chosen.book.name(row.supplier)
            if not row.client and reading.client:
                row.client = reading.client
            rows.append(row)
    doubts += _twins(rows, context.language)
    axis = next((way for way in by if way in ("client", "supplier")), "")
    recap = Recap(rows=rows, day=today(context), axis=axis, us=chosen.book.us, omitted=omitted)
    if to_check := Totals(recap).statuses.count(TO_CONFIRM):
        doubts.append(tell("office.totals-to-check", context.language, to_check, count=to_check))
    return Gathered(recap=recap, chosen=chosen, doubts=doubts, omissions=omissions, origins=[row.file for row in rows])


def _twins(rows: list[Any], language: str) -> list[str]:
    """Different files that bear the same number, supplier and total are the same paper twice: both stay, and it is said."""
    seen = Counter((row.supplier, row.number, row.total) for row in rows if row.number and row.total is not None)
    out = []
    for (supplier, number, _), count in seen.items():
        if count > 1:
            out.append(say("office.same-paper", language, number=number, supplier=supplier or "?", count=count))
    return out


def reason(code: str, language: str) -> str:
    """Why a document could not be read, in words."""
    try:
        return say(f"office.error-{code}", language)
    except KeyError:
        return say("office.error-other", language, code=code)


def deliver(
    context: Context, wanted: str, key: str, extension: str, language: str, write: Callable[[Path, str], None], folder: str = ""
) -> str:
    """Have a file written aside, then put it at its place in the view, in ``folder`` (made if need be) where one is named; a place
    filled by an earlier, cut run of this call is filled again. Returns its view path."""
    place = deliverable(context, wanted, key, extension, language, folder)
    if folder:
        context.view.mkdir(parent(place))
    with tempfile.TemporaryDirectory(dir=context.view.area) as aside:
        path = Path(aside, f"out.{extension}")
        write(path, place)
        context.view.write(place, path, overwrite=True)
    return place


def people_notes(chosen: Chosen, language: str) -> dict[str, list[Any]]:
    """What people noted in minutes, transcripts and mails of the folder: decisions, actions, questions."""
    from confrere.documents.write.content import Action

    out: dict[str, list[Any]] = {"decisions": [], "actions": [], "questions": []}
    for info in chosen.files:
        raw = chosen.readings[info.path].record.notes
        notes = {name: [{key: readable(text) for key, text in note.items()} for note in found] for name, found in raw.items()}
        day = chosen.readings[info.path].date
        out["decisions"] += [decision_of(note) for note in notes.get("decisions", [])]
        out["questions"] += [question_of(note, language) for note in notes.get("questions", [])]
        out["actions"] += [action_of(note, name_of(info.path), Action, language, day) for note in notes.get("actions", [])]
    return {name: [item for item in items if item] for name, items in out.items()}


def readable(text: str) -> str:
    """Text without characters that no font shows: private use (bullets of office fonts), unassigned, controls."""
    return " ".join("".join(" " if unicodedata.category(ch) in ("Co", "Cn", "Cc", "Cs") else ch for ch in text).split())


def action_of(note: dict[str, str], source: str, kind: type[Action], language: str, day: str = "") -> Action:
    """An action as minutes tell it, from what the extractor noted of a meeting held on ``day`` (ISO)."""
    from confrere.documents.write import phrasing
    from confrere.documents.write.labels import typeset

    said = note.get("when", "")
    try:
        when: dt.date | str = dt.date.fromisoformat(said[:10])
    except ValueError:
        when = phrasing.moment(said, iso(day), language)
    who = note.get("who", "")
    what = phrasing.task(note.get("what") or note.get("text", ""), said, who)
    about = phrasing.context(what, note.get("about", ""))
    if about:
        what = typeset(say("write.action-about", language, action=what, about=about), language)
    if who in ("Tous", "Everyone"):
        who = say("write.everyone", language)
    return kind(what=what, who=who, when=when, priority=note.get("priority", ""), source=source)


def question_of(note: dict[str, str], language: str) -> str:
    """An open question with what put it off."""
    from confrere.documents.write.labels import typeset

    text = re.sub(r"^(?:question ouverte|open question|question)\s*:\s*", "", note.get("text", ""), flags=re.IGNORECASE)
    text = re.sub(r"^(?:et|and|so|alors|donc)\s+", "", text, flags=re.IGNORECASE)
    text = text[:1].upper() + text[1:]
    return typeset(say("write.question-answer", language, question=text, answer=note["answer"]), language) if note.get("answer") else text


def decision_of(note: dict[str, str]) -> str:
    """A decision without the word that announces it; where it says "I", who that is."""
    text = re.sub(
        r"^(?:d[ée]cision|decision|let['’]s decide)(?:\s*(?:n°?\s?)?\d+)?\s*[:–-]\s*", "", note.get("text", ""), flags=re.IGNORECASE
    )
    if note.get("speaker") and re.search(r"\b(?:moi|je|mon|ma|mes|I|me|my)\b|\bj['’]", text):
        text = f"{text.rstrip('.')} ({note['speaker']})."
    return text[:1].upper() + text[1:]


def iso(day: str) -> dt.date | None:
    """An ISO day, None where it is none."""
    try:
        return dt.date.fromisoformat(day)
    except ValueError:
        return None


class RecapWorkbook:
    """A workbook whose totals are formulas."""

    name = "recap_workbook"
    description = (
        "Make an Excel workbook (or a CSV table) of the amounts of invoices, credit notes, receipts and quotes: one row a document, "
        "totals as formulas by client, supplier, month and VAT rate, a sheet of values to check, links to the sources; against an "
        "earlier period, a comparison by client."
    )
    manifest = MAKES

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        by: Annotated[list[str], Meta(description="What to total by first: client, supplier, month ...")] = msgspec.field(
            default_factory=list
        )
        columns: Annotated[
            list[str],
            Meta(description="Only these columns: file, type, client, supplier, number, date, due_date, currency, net, tax, total, iban."),
        ] = msgspec.field(default_factory=list)
        only: Annotated[Scope, Meta(description="Only these documents.")] = msgspec.field(default_factory=Scope)
        exclude: Annotated[Scope, Meta(description="Leave these documents out.")] = msgspec.field(default_factory=Scope)
        each: Annotated[
            Literal["", "client", "supplier", "type", "month", "quarter", "year"],
            Meta(description="One file for each of these, in a folder; empty: one file of all."),
        ] = ""
        format: Annotated[Literal["xlsx", "csv"], Meta(description="File format.")] = "xlsx"
        name: Annotated[str, Meta(description="File name; default: the usual one.")] = ""
        title: Annotated[str, Meta(description="Title; default: found from the documents.")] = ""
        against: Annotated[
            str,
            Meta(
                description="Compare with an earlier period: previous, previous-quarter, previous-year, or 2026-09, 2025, 2026-01-01..2026-03-31."
            ),
        ] = ""
        language: Annotated[str, Meta(description="Language of the table: fr or en.")] = ""

    def run(self, args: Any, context: Context) -> Result:
        from confrere.documents.write.figures import Totals

        language = args.language or context.language
        found = gather(context, args.only, args.exclude, language, by=args.by)
        recap: Recap = found.recap
        recap.title = args.title
        if not recap.rows:
            return Result(text=say("office.no-amounts", language), failed=True, doubts=found.doubts, omissions=found.omissions)
        if args.against:
            from confrere.tools.office.earlier import earlier

            past = earlier(context, args.against, args.only, args.exclude, recap, language)
            recap.before, recap.before_name = past.rows, past.name
            found.doubts += [past.doubt] if past.doubt else []
        if args.each:
            from confrere.tools.office.apart import apart

            return apart(context, args, found, language)
        totals = Totals(recap)
        place, expected = written(context, args, found, totals, language)
        sums = {one.key: str(one.all.confirmed) for one in totals.currencies}
        counted = _counted(totals, language)
        return Result(
            text=tell("office.recap-made", language, len(recap.rows), file=name_of(place), count=len(recap.rows), totals=counted),
            data={"file": place, "documents": len(recap.rows), "totals": sums, "expected": expected},
            doubts=found.doubts,
            omissions=found.omissions,
            deliverables=[place],
            origins=found.origins,
        )


def written(
    context: Context, args: Any, found: Gathered, totals: Totals, language: str, name: str = "", folder: str = ""
) -> tuple[str, dict[str, str]]:
    """Write the workbook or table of ``found.recap``; returns its view path and the totals it must show when opened again."""
    if args.columns or args.format == "csv":
        form = args.format

        def table(path: Path, at: str) -> None:
            _table(path, at, args, found, totals, language)

        return deliver(context, name or args.name, "recap", form, language, table, folder), {}
    from confrere.documents.write.workbook import recap_workbook

    def workbook(path: Path, at: str) -> None:
        recap_workbook(path, found.recap, language, at)

    place = deliver(context, name or args.name, "recap", "xlsx", language, workbook, folder)
    return place, {key: str(value) for key, value in totals.expected().items()}


def _counted(totals: Totals, language: str) -> str:
    """The confirmed totals in words, sales and purchases told apart where both are there."""
    from confrere.documents.write import formats

    groups: dict[str, list[str]] = {}
    for one in totals.currencies:
        groups.setdefault(one.side, []).append(formats.money(one.all.confirmed, one.code, language))
    words = [f"{say(f'office.side-{part}', language)} {' + '.join(sums)}" if part else ", ".join(sums) for part, sums in groups.items()]
    return ", ".join(words) or "0"


COLUMNS = ("file", "type", "client", "supplier", "number", "date", "due_date", "currency", "net", "tax", "total")


def cells(reading: Reading, row: Row, names: list[str]) -> list[str]:
    """The values of one document under these columns, as canonical text; a credit note's amounts are negative, as they count."""
    from confrere.documents.write.figures import signed

    out = []
    for name in names:
        if name in ("net", "tax", "total"):
            amount = signed(getattr(row, name), row)
            out.append("" if amount is None else str(amount))
            continue
        value = name_of(row.file) if name == "file" else getattr(row, name, None) if name in COLUMNS else reading.value(name)
        out.append("" if value is None else str(value))
    return out


def _table(path: Path, at: str, args: Any, found: Gathered, totals: Totals, language: str) -> None:
    """A table with the columns asked for: CSV as the language's spreadsheets open it, or XLSX with typed cells. Rows stand by
    currency, side and state, so that each total is of amounts that may be added."""
    import posixpath

    from confrere.documents.write.figures import CONFIRMED, NOT_COUNTED, TO_CONFIRM
    from confrere.documents.write.sheets import relative_link
    from confrere.tools.office.tables import Lines, write_table

    names = list(args.columns) or list(COLUMNS)
    if "file" not in names:
        names.append("file")
    rows = list(zip(totals.rows, totals.statuses, totals.sides, strict=True))

    doubtful = any(state != CONFIRMED for state in totals.statuses)  # where all count alike, no column says so

    def lines(label: str, state: str, kept: list[Row]) -> Lines:
        return Lines(
            [cells(found.chosen.readings[row.file], row, names) + [say(f"write.{state}", language)] * doubtful for row in kept],
            [row.currency for row in kept],
            [relative_link(row.file, posixpath.dirname(at)) for row in kept],
            label,
        )

    alone = len(totals.currencies) == 1
    groups = []
    for state in (CONFIRMED, TO_CONFIRM):
        for one in totals.currencies:
            side = say(f"office.side-{one.side}", language) if one.side else ""
            words = [side, "" if alone else one.code, "" if state == CONFIRMED else say("write.to-confirm", language)]
            label = " ".join(part for part in (say("write.total-word", language), *words) if part)
            groups.append(lines(label, state, [row for row, now, part in rows if (row.currency, part, now) == (one.code, one.side, state)]))
    groups.append(lines("", NOT_COUNTED, [row for row, state, _ in rows if state == NOT_COUNTED]))
    write_table(path, names + ["status"] * doubtful, groups, language)
