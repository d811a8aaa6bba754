"""What a derivation may look at: one call, the step it would use, and the plan's own reads before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from confrere.policy import values
from confrere.policy.brief import Brief
from confrere.policy.labels import Integrity
from confrere.policy.manifest import Manifest, Role
from confrere.policy.records import Field, Record
from confrere.policy.state import HOLE, Source, State, Step

_IDENTIFIER = re.compile(
    r"(?i:^(?:id|uid|uuid|guid|key|ref|no|nr|num|number)_?$|^id_|[_.-](?:id|uid|key|ref|no|nr|number)_?$)|[a-z](?:Id|ID)$"
)
_NOT_NAMES = frozenset(("true", "false", "none", "null"))


class Why(msgspec.Struct, frozen=True):
    """The name of the derivation, and what it rests on (a short text for the card and the journal)."""

    name: str
    source: str = ""


def leaves(value: Any) -> Iterator[Any]:
    """The scalars of an argument; empty ones count as absent, and so does the kind of an attachment."""
    if value is None or value == "" or value == [] or value == {}:
        return
    if isinstance(value, dict):
        for key, part in value.items():
            if key not in ("type", "kind"):
                yield from leaves(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from leaves(part)
    else:
        yield value


class Case:
    """``step`` is the plan step that the call would use, ``index`` its place."""

    def __init__(self, state: State, brief: Brief, manifest: Manifest, index: int, args: dict[str, Any]) -> None:
        self.state, self.brief, self.manifest, self.index, self.args = state, brief, manifest, index, args
        self.plan: list[Step] = state.plan or []
        self.step = self.plan[index]

    # -- the proposed value ---------------------------------------------------------------------------------------------

    def forms(self, argument: str, role: Role) -> list[str]:
        """The canonical forms of the proposed value's scalars; empty when one has none."""
        out = [values.canonical(role, leaf) for leaf in leaves(self.args.get(argument))]
        return [form for form in out if form is not None] if None not in out else []

    def only(self, argument: str, role: Role) -> str | None:
        """The canonical form where exactly one scalar is proposed."""
        forms = self.forms(argument, role)
        return forms[0] if len(forms) == 1 else None

    def literal(self, argument: str) -> Any:
        """What the step says for this argument, None for a hole."""
        wanted = self.step.args.get(argument)
        return None if wanted == HOLE else wanted

    # -- the plan -------------------------------------------------------------------------------------------------------

    def in_plan(self, role_form: str) -> bool:
        """True when a literal anywhere in the plan is already this destination: a word of the brief is used once."""
        return any(
            isinstance(leaf, str) and leaf != HOLE and values.destination(leaf) == role_form
            for step in self.plan for value in step.args.values() for leaf in leaves(value)
        )

    def siblings(self) -> list[int]:
        """The steps of this shape: the same tool with holes in the same places, this one included."""
        holes = {name for name, value in self.step.args.items() if value == HOLE}
        return [
            i for i, step in enumerate(self.plan)
            if step.tool == self.step.tool and {name for name, value in step.args.items() if value == HOLE} == holes
        ]

    def taken(self, argument: str, role: Role) -> set[str]:
        """The values that sibling steps were used for."""
        mine = set(self.siblings())
        return {
            form for use in self.state.uses if use.step in mine and not use.failed
            for leaf in leaves(use.args.get(argument)) if (form := values.canonical(role, leaf)) is not None
        }

    def producers(self) -> list[int]:
        """The earlier steps on the same store, nearest first."""
        store = self.manifest.store
        return [
            i for i in range(self.index - 1, -1, -1)
            if (found := self.state.manifests.get(self.plan[i].tool)) is not None and found.store == store
        ]

    # -- what was read --------------------------------------------------------------------------------------------------

    def sources(self, own_store: bool = True) -> list[Source]:
        """The reads that may speak: asked for by a plan step that comes before this one, with every argument the
        person's; whole; of a store that held nothing of the task's own; the same service as the effect, or the person's
        own records."""
        return [
            source for source in self.state.sources
            if 0 <= source.step < self.index and source.literal and source.clean and source.reading.whole and source.kind == "read"
            and (not own_store or source.store == self.manifest.store or source.label.integrity <= Integrity.CURATED)
        ]

    def records(self) -> list[Record]:
        """Their records, without repeats."""
        out: list[Record] = []
        for source in self.sources():
            out += [record for record in source.reading.records if record not in out]
        return out


def text_of(value: Field) -> str:
    return value if isinstance(value, str) else ""


def identifiers(record: Record) -> list[str]:
    """The identifiers of a record: its fields so named, the shortest name first."""
    named = sorted((name for name in record if _IDENTIFIER.search(name) and text_of(record[name])), key=len)
    return [text_of(record[name]) for name in named]


def is_identifier(name: str) -> bool:
    return _IDENTIFIER.search(name) is not None


def labels(record: Record) -> list[str]:
    """The short texts of a record that can be its name: no identifier, address, number, date or truth value."""
    return [
        text for name, value in record.items()
        if (text := text_of(value)) and 3 <= len(text) <= 80 and not is_identifier(name) and text.lower() not in _NOT_NAMES
        and not (values.address(text) or values.account(text) or values.amount(text) or values.moment(text))
    ]


def named(case: Case, among: list[Record]) -> Record | None:
    """The one record whose name the brief quotes, or else whose whole name stands in the brief. A name that two records
    share names neither."""
    for test in (case.brief.quotes, case.brief.says):
        hits = [record for record in among if any(test(label) for label in labels(record) if not _shared(label, record, among))]
        if hits:
            return hits[0] if len(hits) == 1 else None
    return None


def _shared(label: str, record: Record, among: list[Record]) -> bool:
    return any(other is not record and label in labels(other) and same_field(label, other, record) for other in among)


def same_field(label: str, one: Record, other: Record) -> bool:
    """True when the label stands under the same field of both: a status, not a name."""
    return any(text_of(one[name]) == label and text_of(other.get(name, "")) == label for name in one)
