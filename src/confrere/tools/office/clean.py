"""Clean tables: spaces, empty and duplicate rows, dates, numbers, e-mails, phones; every change logged, the source untouched."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from confrere.messages import say
from confrere.tools.base import Result
from confrere.tools.office.files import extension_of, kind_of, name_of, plain
from confrere.tools.office.readings import choose
from confrere.tools.office.recap import MAKES, deliver, reason, today
from confrere.tools.office.scope import Scope
from confrere.tools.office.words import tell

if TYPE_CHECKING:
    from confrere.documents.model import Table as Read
    from confrere.documents.write.content import Edit, Table
    from confrere.tools.base import Context

_CENT = Decimal("0.01")
_ODD = 5  # values told by themselves
_SHARE = 0.8  # of a column's cells that must read as a type for the others to be brought to it
_CODES = re.compile(r"(?i)\b(n[o°]|num|id|ref|siret|siren|code|cp|postal|zip|iban|tel|phone|compte|account)")


class CleanData:
    """A cleaned copy of each table, with its log."""

    name = "clean_data"
    description = (
        "Clean CSV and Excel tables: spaces, empty rows, duplicate rows, dates and numbers in one form, e-mails and phones. Writes a "
        "cleaned copy with a log of each change; the source is untouched. With combine, joins all tables into one."
    )
    manifest = MAKES

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        only: Annotated[Scope, Meta(description="The tables to clean.")] = msgspec.field(default_factory=Scope)
        exclude: Annotated[Scope, Meta(description="Leave these out.")] = msgspec.field(default_factory=Scope)
        combine: Annotated[bool, Meta(description="Join all tables into one, columns matched by name.")] = False
        name: Annotated[str, Meta(description="Name of the joined file.")] = ""
        language: Annotated[str, Meta(description="Language of the log: fr or en.")] = ""

    def run(self, args: Any, context: Context) -> Result:
        language = args.language or context.language
        chosen = choose(context, args.only, args.exclude, deep=False)
        paths: list[str] = context.memo("files", lambda: [info.path for info in chosen.files if kind_of(info.path) in ("csv", "xlsx")])
        omissions: list[tuple[str, str]] = []
        tables: list[tuple[str, str, Read]] = []
        for number, path in enumerate(paths):
            context.progress(number, len(paths), name_of(path))
            document = context.library.read(context.view.locate(path), name_of(path))
            if document.error:
                omissions.append((path, reason(document.error, language)))
            found = [(path, page.label, table) for page in document.pages for table in page.tables if len(table.rows) > 1]
            if not found and not document.error:
                omissions.append((path, reason("no-table", language)))
            tables += found
        if not tables:
            return Result(text=say("office.nothing-to-clean", language), failed=True, omissions=omissions)
        if args.combine:
            tables = [("", "", _joined([(path, table) for path, _, table in tables], language))]
        made: list[str] = []
        doubts: list[str] = []
        changes = 0
        several = {path for path, _, _ in tables if sum(other == path for other, _, _ in tables) > 1}
        for number, (path, label, table) in enumerate(tables):
            rows, edits, odd = cleaned(table, language)
            changes += len(edits)
            if odd:
                shown = ", ".join(f"{text} ({head})" for head, text in odd[:_ODD]) + (" …" if len(odd) > _ODD else "")
                where = name_of(path) or say("office.file-merged", language)
                doubts.append(tell("office.cleaned-odd", context.language, len(odd), count=len(odd), file=where, values=shown))
            stem = name_of(path).rpartition(".")[0] + (f" - {label}" if path in several else "") if path else ""
            wanted = (args.name or say("office.file-merged", language)) if args.combine else say("office.file-clean", language, name=stem)
            content = as_table(msgspec.structs.replace(table, rows=rows), edits)
            made.append(
                deliver(
                    context,
                    wanted,
                    f"clean{number}",
                    "xlsx",
                    language,
                    partial(_workbook, content=content, edits=edits, language=language, day=today(context)),
                )
            )
            if path and extension_of(path) in ("csv", "tsv"):
                made.append(deliver(context, wanted, f"clean{number}", "csv", language, partial(_csv, rows=rows, language=language)))
        return Result(
            text=tell("office.cleaned", language, len(tables), count=len(tables), changes=changes),
            data={"files": made, "changes": changes},
            doubts=doubts,
            omissions=omissions,
            deliverables=made,
            origins=paths,
        )


def _joined(parts: list[tuple[str, Read]], language: str) -> Read:
    """Tables joined under the union of their columns (matched by name, case and accents apart), with the file of each row."""
    from confrere.documents.model import Table as ReadTable

    heads: list[str] = []
    known: dict[str, int] = {}
    rows: list[list[Any]] = []
    for path, table in parts:
        places = []
        for number, head in enumerate(table.rows[0]):
            key = plain(str(head or "")) or f"#{number}"
            if key not in known:
                known[key] = len(heads)
                heads.append(str(head or ""))
            places.append(known[key])
        for row in table.rows[1:]:
            wide: dict[int, Any] = {places[index]: cell for index, cell in enumerate(row[: len(places)])}
            rows.append([name_of(path), *(wide.get(index) for index in range(len(heads)))])
    width = len(heads)
    return ReadTable(
        rows=[[say("office.column-file", language), *heads], *[row + [None] * (width + 1 - len(row)) for row in rows]], header=True
    )


def cleaned(table: Read, language: str) -> tuple[list[list[Any]], list[Edit], list[tuple[str, str]]]:
    """The rows of a table, cleaned (header first), each change, and what does not fit its column and stays (head, value). Dates become
    dates, numbers Decimals."""
    from confrere.documents.write.content import Edit

    width = max(len(row) for row in table.rows)
    top = _header(table.rows)
    heads = [
        " ".join(str(cell or "").split()) or f"#{number + 1}"
        for number, cell in enumerate([*table.rows[top], *[None] * (width - len(table.rows[top]))])
    ]
    body = [list(row) + [None] * (width - len(row)) for row in table.rows[top + 1 :]]
    edits: list[Edit] = [
        Edit(row=0, column="", before=" | ".join(_text(cell) for cell in row if _filled(cell))[:200], after="", rule="title")
        for row in table.rows[:top]
    ]
    kinds = [_kind([row[column] for row in body], heads[column]) for column in range(width)]
    day_first = [_day_first([row[column] for row in body]) for column in range(width)]
    cents = [kinds[column] == "number" and _cents([row[column] for row in body]) for column in range(width)]
    forms = [_forms([row[column] for row in body]) if kinds[column] == "text" else {} for column in range(width)]
    kept: list[list[Any]] = []
    odd: list[tuple[str, str]] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(body, 1):
        new = []
        for column, cell in enumerate(row):
            value, rule = _cell(cell, kinds[column], day_first[column])
            if cents[column] and isinstance(value, Decimal) and value == value.quantize(_CENT):
                value = value.quantize(_CENT)
                rule = "" if rule and isinstance(cell, str) and cell.strip().replace(",", ".") == str(value) else rule
            if isinstance(value, str) and value in forms[column]:
                value, rule = forms[column][value], rule or "case"
            if rule:
                edits.append(Edit(row=number, column=heads[column], before=_text(cell), after=_text(value), rule=rule))
            new.append(value)
        if all(value is None or value == "" for value in new):
            edits.append(Edit(row=number, column="", before="", after="", rule="empty-row"))
            continue
        key = tuple(_key(value) for value in new)
        if key in seen:
            edits.append(
                Edit(
                    row=number, column="", before=" | ".join(_text(value) for value in new)[:200], after=f"= {seen[key]}", rule="duplicate"
                )
            )
            continue
        seen[key] = number
        kept.append(new)
        odd += [(heads[column], value) for column, value in enumerate(new) if _misfit(value, kinds[column])]
    return [heads, *kept], edits, odd


def _misfit(value: Any, kind: str) -> bool:
    """Whether a value stayed a text that its column of dates, numbers, addresses or phone numbers does not hold."""
    if not isinstance(value, str) or not value.strip():
        return False
    if kind in ("date", "number"):
        return True
    form = {"mail": _MAIL, "phone": _PHONE}.get(kind)
    return form is not None and not form.fullmatch(value)


def _key(value: Any) -> str:
    """A cell as duplicates are told: case and accents apart, a number by its value."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else plain(_text(value))


def _cents(cells: list[Any]) -> bool:
    """Whether a column of numbers is one of amounts: some have two decimals, none more."""
    texts = [re.sub(r"[^\d.,]", "", cell) for cell in cells if isinstance(cell, str)]
    tails = {
        len(match[1])
        for text in texts
        if (match := re.search(r"[.,](\d+)$", text)) and (len(match[1]) < 3 or ("." in text and "," in text))
    }
    return 2 in tails and max(tails) == 2


def _forms(cells: list[Any]) -> dict[str, str]:
    """For texts of a column that differ by capitals only ("quimper", "QUIMPER"): the form each is brought to, the commonest with both
    capitals and small letters. In a column of words that are mostly written so, one that is all capitals or all small, and is
    written otherwise nowhere, stays: it may be an acronym."""
    groups: dict[str, dict[str, int]] = {}
    for cell in cells:
        if isinstance(cell, str) and cell.strip():
            text = " ".join(cell.replace("\u200b", "").split())
            counts = groups.setdefault(text.casefold(), {})
            counts[text] = counts.get(text, 0) + 1
    out: dict[str, str] = {}
    for counts in groups.values():
        best = max(counts, key=lambda text: (not text.isupper() and not text.islower(), counts[text], text))
        out |= {text: best for text in counts if text != best and len(text) > 1}
    return out


def _filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _header(rows: list[list[Any]]) -> int:
    """Where the header stands: below the titles that exports put above it (rows of one cell, where the table has several columns)."""
    counts = [sum(map(_filled, row)) for row in rows[:12]]
    usual = max(counts, default=0)
    for at, count in enumerate(counts[:-1]):
        if count > 1 and (count >= usual - 1 or at == 0):
            words = all(
                isinstance(cell, str) and not _DATE.fullmatch(cell.strip()) and not _NUMBER.fullmatch(cell.strip())
                for cell in rows[at]
                if _filled(cell)
            )
            return at if words else 0
        if count > 1:
            return 0
    return 0


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, (dt.date, dt.datetime)) else str(value)


_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})|(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?")
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:[ \u00a0\u202f.,']\d{3})+|\d+)(?:[.,]\d{1,4})?\s*(?:€|EUR|\$|£|%)?")
_MAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_PHONE = re.compile(r"\+?\d[\d .()/-]{7,18}\d")


def _kind(cells: list[Any], head: str) -> str:
    """What a column holds: date, number, mail, phone or text."""
    texts = [cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()]
    others = [cell for cell in cells if isinstance(cell, (int, float)) and not isinstance(cell, bool)]
    filled = len(texts) + len(others)
    if not texts or not filled:
        return "kept"
    dates = sum(bool(_DATE.fullmatch(text)) for text in texts)
    if dates >= _SHARE * filled:
        return "date"
    if sum(bool(_MAIL.fullmatch(text)) for text in texts) >= _SHARE * filled:
        return "mail"
    numbers = sum(bool(_NUMBER.fullmatch(text)) for text in texts) + len(others)
    leading = any(re.fullmatch(r"0\d+", text) for text in texts)
    if numbers >= _SHARE * filled and not leading and not _CODES.search(plain(head)):
        return "number"
    if sum(bool(_PHONE.fullmatch(text)) for text in texts) >= _SHARE * filled and re.search(r"(?i)t[eé]l|phone|mobile|portable", head):
        return "phone"
    return "text"


def _day_first(cells: list[Any]) -> bool:
    """Whether 03/04 is 3 April here: unless some value can only be month first."""
    pairs = [
        (int(match[1]), int(match[2])) for cell in cells if isinstance(cell, str) and (match := _DATE.fullmatch(cell.strip())) and match[1]
    ]
    return not (any(second > 12 for _, second in pairs) and not any(first > 12 for first, _ in pairs))


def _cell(cell: Any, kind: str, day_first: bool) -> tuple[Any, str]:
    """A cell in its clean form, and the rule that changed it (empty where nothing did)."""
    if not isinstance(cell, str):
        return cell, ""
    text = " ".join(cell.replace("\u200b", "").split())
    if kind == "date" and (match := _DATE.fullmatch(text)):
        try:
            if match[4]:
                return dt.date(int(match[4]), int(match[5]), int(match[6])), ""
            first, second, year = int(match[1]), int(match[2]), int(match[3])
            day, month = (first, second) if day_first else (second, first)
            return dt.date(year + (2000 if year < 100 else 0), month, day), "date"
        except ValueError:
            return text, "spaces" if text != cell else ""
    if kind == "number" and _NUMBER.fullmatch(text) and (value := number(text)) is not None:
        return value, "" if text == str(value) else "number"
    if kind == "mail" and _MAIL.fullmatch(text):
        return text.lower(), "e-mail" if text.lower() != cell else ""
    if kind == "phone" and _PHONE.fullmatch(text):
        new = _phone(text)
        return new, "phone" if new != cell else ""
    return text, "spaces" if text != cell else ""


def number(text: str) -> Decimal | None:
    """A printed number as a Decimal: the last mark is the decimal one when one or two digits follow, or when both marks are used."""
    digits = re.sub(r"[^\d.,+-]", "", text)
    comma, dot = digits.rfind(","), digits.rfind(".")
    last = max(comma, dot)
    if last >= 0:
        mark, tail = digits[last], len(digits) - last - 1
        grouped = tail == 3 and digits.count(mark) >= 1 and (min(comma, dot) < 0)
        if grouped and (digits.count(mark) > 1 or mark == ","):
            digits = digits.replace(mark, "")
        else:
            digits = re.sub(r"[.,]", "", digits[:last]) + "." + digits[last + 1 :]
    try:
        return Decimal(digits)
    except ArithmeticError:
        return None


def _phone(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    if text.lstrip().startswith("+33") and len(digits) == 11:
        digits = "0" + digits[2:]
    if len(digits) == 10 and digits.startswith("0"):
        return " ".join(digits[index : index + 2] for index in range(0, 10, 2))
    return text


def as_table(table: Read, edits: list[Edit]) -> Table:
    """A table as writers take it, its columns typed by what they hold."""
    from confrere.documents.write.content import Column, Table

    heads, body = table.rows[0], table.rows[1:]
    width = max(len(row) for row in table.rows)
    heads = [str(head or "") for head in heads] + [""] * (width - len(heads))
    columns = []
    rows: list[list[Any]] = [[_typed(cell) for cell in row] + [None] * (width - len(row)) for row in body]
    for column in range(width):
        cells = [row[column] for row in rows if row[column] not in (None, "")]
        kind = "text"
        if cells and all(isinstance(cell, dt.date) for cell in cells):
            kind = "date"
        elif cells and all(isinstance(cell, (int, Decimal)) and not isinstance(cell, bool) for cell in cells):
            kind = "number"
        if kind == "text":
            for row in rows:
                row[column] = _text(row[column]) if row[column] is not None else None
        columns.append(Column(title=heads[column] or f"#{column + 1}", kind=kind))
    return Table(columns=columns, rows=rows, title=table.name)


def _typed(cell: Any) -> Any:
    if isinstance(cell, float):
        return Decimal(str(cell))
    return cell


def _workbook(out: Path, at: str, *, content: Table, edits: list[Edit], language: str, day: dt.date) -> None:
    from confrere.documents.write.tables import cleaned_workbook

    cleaned_workbook(out, content, edits, language, day)


def _csv(out: Path, at: str, *, rows: list[list[Any]], language: str) -> None:
    from confrere.documents.write.convert import write_csv

    # Cleaned days are written as ISO 8601 has them: one form, whoever reads them next.
    write_csv(out, [[cell.isoformat() if isinstance(cell, dt.date) else cell for cell in row] for row in rows], language)
