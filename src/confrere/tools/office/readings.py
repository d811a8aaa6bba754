"""What was understood of the files a tool works on: their type, client, supplier, date, with spellings of one name merged."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from confrere.messages import say
from confrere.tools.office.files import by_name, dated_name, extension_of, look, name_of, named, plain
from confrere.tools.office.parties import ISSUED, Book, believable, book_of
from confrere.tools.office.scope import KINDS, Scope
from confrere.tools.office.words import tell
from confrere.workspace.packed import Infos

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from confrere.documents.model import Document, Record, Warning_
    from confrere.tools.base import Context
    from confrere.workspace.tree import Info

SENSITIVE = ("hidden", "white", "tiny", "off-page", "zero-width", "bidi", "injection", "instruction", "macro")
_TEXT = 4000  # characters of text kept a file, to find a known client's name in


@dataclass(slots=True)
class Reading:
    """One file, understood. ``client`` and ``supplier`` are the merged names (ours left out as a client); ``date`` is ISO
    or empty; ``side`` is "sales" or "purchases" of the company whose folder this is ("" where that is not known, or it is no bill)."""

    path: str
    record: Record
    kind: str
    language: str
    error: str
    warnings: list[Warning_]
    text: str
    pages: int
    title: str = ""
    client: str = ""
    supplier: str = ""
    date: str = ""
    unsure: bool = False
    side: str = ""

    @property
    def type(self) -> str:
        return self.record.type

    @property
    def currency(self) -> str:
        return self.value("currency")

    @property
    def papers(self) -> list[Record]:
        """What it holds: one record, or one for each of the papers put together in it."""
        return self.record.parts or [self.record]

    def value(self, name: str) -> str:
        """A field's value; empty where there is none."""
        found = self.record.fields.get(name)
        return found.value if found is not None else ""

    def sure(self, name: str) -> str:
        """A field's value where nothing about it is doubtful."""
        return "" if name in self.record.check else self.value(name)

    @property
    def total(self) -> Decimal | None:
        """The total, when it is sure and a number."""
        return amount(self.sure("total"))

    @property
    def billed(self) -> bool:
        """Whether it is a paper whose amount is money in or out: no quote, no contract."""
        from confrere.documents.write.figures import BILLED

        return self.type in BILLED

    @property
    def hostile(self) -> list[Warning_]:
        """Warnings about text a person would not see."""
        return [warning for warning in self.warnings if any(word in warning.code for word in SENSITIVE)]


@dataclass(slots=True)
class Chosen:
    """The files a call is about. ``readings`` is filled where contents were read; ``doubts`` are sentences."""

    files: Sequence[Info]
    left: list[tuple[str, str]]
    readings: dict[str, Reading] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    book: Book = field(default_factory=Book)
    folders: int = 0
    litter: int = 0


def amount(text: str) -> Decimal | None:
    """A decimal string as a number; None for anything else."""
    try:
        value = Decimal(text)
    except ArithmeticError:
        return None
    return value if value.is_finite() else None


def read_all(context: Context, files: Sequence[Info], *decided: Scope) -> tuple[dict[str, Reading], Book]:
    """Read and understand files, merge the names in them (as the person ``decided`` where they did), and find whom each is for.
    Cached by content in the library."""
    from confrere.errors import WrongUse

    found: dict[str, Reading] = {}
    items, paths = [], []
    for number, info in enumerate(files):
        if number % 500 == 0:
            context.progress(0, len(files), say("office.doing-read", context.language))
        try:
            items.append((name_of(info.path), context.view.locate(info.path)))
            paths.append(info)
        except WrongUse as error:
            found[info.path] = _unread(info, error.key.rpartition(".")[2])
    results: Iterable[tuple[str, Document, Record]] = context.library.records(
        items, lambda done, total, name: context.progress(done, total, name)
    )
    for info, (_, document, record) in zip(paths, results, strict=True):
        found[info.path] = Reading(
            path=info.path,
            record=record,
            kind=document.kind,
            language=document.language,
            error=document.error,
            warnings=document.warnings,
            text="" if "client" in record.fields and record.type in ISSUED else document.text[:_TEXT],
            pages=len(document.pages),
            title=_headline(document.text[:_TEXT]),
        )
    same = [pair for scope in decided for pair in scope.same]
    apart = [pair for scope in decided for pair in scope.apart]
    book = book_of((reading.record for reading in found.values()), same, apart)
    for info in files:
        _settle(found[info.path], book)
    return found, book


def _headline(text: str) -> str:
    """The first line that says something."""
    return next((" ".join(line.split())[:90] for line in text.splitlines() if sum(ch.isalpha() for ch in line) >= 4), "")


def _unread(info: Info, error: str) -> Reading:
    from confrere.documents.model import Record

    return Reading(
        path=info.path, record=Record(type="other"), kind=extension_of(info.path), language="", error=error, warnings=[], text="", pages=0
    )


def _settle(reading: Reading, book: Book) -> None:
    """The merged names and the date of one file, for which its text is then let go. A file that names no client is for the one known client it mentions."""
    reading.supplier = book.known(reading.value("supplier"), sure=believable(reading.record, "supplier"))
    client = book.known(reading.value("client"), sure=believable(reading.record, "client"))
    reading.client = "" if book.ours(client) else client
    reading.unsure = bool(reading.client) and ("client" in reading.record.check or book.unsure(reading.client))
    if book.us and reading.billed:
        reading.side = _side(book.name(reading.value("supplier")), book.name(reading.value("client")) or reading.client, book.us)
    reading.date = reading.value("date") if len(reading.value("date")) == 10 else ""
    if not reading.date:
        dated = dated_name(reading.path)
        reading.date = dated if len(dated) == 10 else ""
    bought = reading.type in ISSUED and client and book.ours(client)
    if not reading.client and not bought:
        # the movements of an account name those who paid, and none of them is whom the statement is for
        text = "" if reading.type == "statement" else reading.text
        reading.client = book.mentioned(name_of(reading.path), short=True) or book.mentioned(text)
    reading.text = ""  # it has served: thousands of readings are held at once


def _side(supplier: str, client: str, us: str) -> str:
    from confrere.documents.write.figures import side_of

    return side_of(supplier, client, us)


def choose(context: Context, only: Scope, exclude: Scope, *, deep: bool, changing: bool = False) -> Chosen:
    """The files that ``only`` holds and ``exclude`` does not. Contents are read where ``deep``, or where a scope needs them."""
    looked = look(context, changing=changing)
    files = Infos()
    chosen = Chosen(files, looked.left, folders=looked.folders, litter=looked.litter)
    read = deep or only.deep or exclude.deep
    if not read:
        for info in looked.files:
            if by_name_only(info.path, only) and not (exclude and _out_by_name(info.path, exclude)):
                files.append(info)
        return chosen
    chosen.readings, chosen.book = read_all(context, looked.files, only)
    for info in looked.files:
        reading = chosen.readings[info.path]
        if matches(reading, only) and not (exclude and matches(reading, exclude, leaving=True)):
            files.append(info)
    if (only.side or exclude.side) and not chosen.book.us:
        chosen.doubts.append(say("office.side-unknown", context.language))
    undated = sum(
        1
        for info in looked.files
        if (only.since or only.until)
        and not chosen.readings[info.path].date
        and matches(
            chosen.readings[info.path],
            Scope(kinds=only.kinds, types=only.types, formats=only.formats, parties=only.parties, names=only.names, side=only.side),
        )
    )
    if undated:
        chosen.doubts.append(tell("office.undated-left-out", context.language, undated, count=undated))
    return chosen


def by_name_only(path: str, scope: Scope) -> bool:
    """Whether a path meets a scope that needs no reading."""
    return by_name(path, scope) and (not scope.formats or _of_kind(path, scope.formats))


def _out_by_name(path: str, scope: Scope) -> bool:
    return bool(scope.kinds and _of_kind(path, scope.kinds)) or bool(scope.names and named(path, scope.names))


def _of_kind(path: str, kinds: list[str]) -> bool:
    ending = extension_of(path)
    return any(ending in KINDS.get(kind, (kind,)) for kind in kinds)


def matches(reading: Reading, scope: Scope, *, leaving: bool = False) -> bool:
    """Whether a file that was read belongs to a scope. In an exception (``leaving``) a name alone is enough."""
    heads = []
    if scope.kinds:
        heads.append(_of_kind(reading.path, scope.kinds))
    if scope.types:
        heads.append(reading.type in scope.types)
    if scope.names and leaving:
        heads.append(named(reading.path, scope.names))
    if heads and not any(heads):
        return False
    if scope.names and not leaving and not named(reading.path, scope.names):
        return False
    if scope.formats and not _of_kind(reading.path, scope.formats):
        return False
    if scope.parties and not any(_about(reading, party) for party in scope.parties):
        return False
    if (scope.since or scope.until) and not (
        reading.date and (not scope.since or reading.date >= scope.since) and (not scope.until or reading.date <= scope.until)
    ):
        return False
    if scope.side and reading.side != scope.side and (leaving or reading.side or not reading.billed):
        return False
    if scope.at_least or scope.at_most:
        total = amount(reading.value("total"))
        if total is None or (scope.at_least and total < Decimal(scope.at_least)) or (scope.at_most and total > Decimal(scope.at_most)):
            return False
    return True


def _about(reading: Reading, party: str) -> bool:
    """Whether a file is from, for or about someone: every word of the name stands in its client, supplier or path."""
    words = plain(party).split()
    for text in (reading.client, reading.supplier, reading.value("client"), reading.value("supplier"), reading.path):
        have = set(plain(text).split())
        if words and all(word in have for word in words):
            return True
    return False
