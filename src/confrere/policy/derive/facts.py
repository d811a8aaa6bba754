"""What is worked out of a result once, when it is read, so that a decision has only to look it up."""

from __future__ import annotations

import re
from decimal import Decimal

from confrere.policy import values
from confrere.policy.brief import Brief
from confrere.policy.labels import Integrity
from confrere.policy.records import Field, Record
from confrere.policy.state import Source

_IDENTIFIER = re.compile(
    r"(?i:^(?:id|uid|uuid|guid|key|ref|no|nr|num|number)_?$|^id_|[_.-](?:id|uid|key|ref|no|nr|number)_?$)|[a-z](?:Id|ID)$"
)
_NOT_NAMES = frozenset(("true", "false", "none", "null"))


def text_of(value: Field) -> str:
    """A field that is one text; a list reads as empty."""
    return value if isinstance(value, str) else ""


def is_identifier(name: str) -> bool:
    return _IDENTIFIER.search(name) is not None


def identifiers(record: Record) -> list[str]:
    """The identifiers of a record: its fields so named, the shortest name first."""
    named = sorted((name for name in record if is_identifier(name) and text_of(record[name])), key=len)
    return [text_of(record[name]) for name in named]


def label_fields(record: Record) -> list[tuple[str, str]]:
    """The short texts (field, text) of a record that can be its name: no identifier, address, number, date or truth value."""
    return [
        (name, text)
        for name, value in record.items()
        if (text := text_of(value))
        and 3 <= len(text) <= 80
        and not is_identifier(name)
        and text.lower() not in _NOT_NAMES
        and not ("@" in text and values.address(text))
        and not (any(ch.isdigit() for ch in text) and (values.account(text) or values.amount(text) or values.moment(text)))
    ]


def _key(records: list[Record]) -> str:
    """Where no field is named like an identifier: the first whose values are one word each and all differ, in every record; "" if none."""
    for name in records[0]:
        texts = [text_of(record.get(name, "")) for record in records]
        words = all(re.fullmatch(r"[\w.:/-]{1,64}", text) and not values.moment(text) for text in texts)
        if words and len(set(texts)) == len(texts) and not all(re.fullmatch(r"[0-9.]+", text) for text in texts):
            return name
    return ""


class Entry:
    """One record: its identifiers, the texts that can name it, and how the brief names it (2 quoted, 1 said, 0 not at all)."""

    __slots__ = ("identifiers", "labels", "level", "record")

    def __init__(self, record: Record, brief: Brief) -> None:
        self.record = record
        self.identifiers = identifiers(record)
        self.labels = label_fields(record)
        self.level = max((2 if brief.quotes(text) else 1 if brief.says(text) else 0 for _, text in self.labels), default=0)


class Facts:
    """What is known of one result. ``columns`` are its fields that are numbers, or moments, in every record; ``held`` every scalar in it;
    ``people`` the typed receivers in it, where it is the person's own."""

    def __init__(self, source: Source, brief: Brief) -> None:
        records = source.reading.records
        self.entries = [Entry(record, brief) for record in records]
        if len(records) > 1 and not any(entry.identifiers for entry in self.entries) and (key := _key(records)):
            for entry in self.entries:
                entry.identifiers = [text_of(entry.record[key])]
        self.numbers: dict[str, list[Decimal]] = {}
        self.moments: dict[str, list[str]] = {}
        for name in records[0] if records else ():
            if is_identifier(name):
                continue
            texts = [text_of(record.get(name, "")) for record in records]
            if not all(text and text[-1].isascii() and any(ch.isdigit() for ch in text[:40]) for text in texts):
                continue
            worths = [values.amount(text) for text in texts]
            if None not in worths:
                self.numbers[name] = [worth[0] for worth in worths if worth is not None]
            elif None not in (times := [values.moment(text) for text in texts]):
                self.moments[name] = [time for time in times if time is not None]
        scalars = [part for record in records for value in record.values() for part in ([value] if isinstance(value, str) else value)]
        self.held = {*scalars, *source.reading.members}
        forms: list[str] = []
        if source.label.integrity <= Integrity.CURATED:
            forms = [form for text in self.held if ("@" in text or text[:2].isupper()) and (form := values.destination(text)) is not None]
        self.people = {form: values.skeleton(form) for form in forms if not form.startswith("name ")}
