"""What a derivation may look at: one call, the step it would use, and the plan's own reads before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from confrere.policy import values
from confrere.policy.brief import Brief
from confrere.policy.derive.facts import Entry, Facts, text_of
from confrere.policy.labels import Integrity
from confrere.policy.manifest import Manifest, Role
from confrere.policy.state import HOLE, Source, State, Step


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


class Known:
    """What was worked out of the state: the facts of each source, and answers that hold until the next event."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.facts: dict[int, Facts] = {}
        self.answers: dict[Any, Any] = {}

    def of(self, source: Source) -> Facts:
        found = self.facts.get(source.number)
        if found is None:
            found = self.facts[source.number] = Facts(source, self.brief)
        return found


class Case:
    """``step`` is the plan step that the call would use, ``index`` its place."""

    def __init__(self, state: State, brief: Brief, known: Known, manifest: Manifest, index: int, args: dict[str, Any]) -> None:
        self.state, self.brief, self.manifest, self.index, self.args = state, brief, manifest, index, args
        self.known = known
        self._forms: dict[tuple[str, Role], list[str]] = {}
        self.plan: list[Step] = state.plan or []
        self.step = self.plan[index]

    # -- the proposed value ---------------------------------------------------------------------------------------------

    def forms(self, argument: str, role: Role) -> list[str]:
        """The canonical forms of the proposed value's scalars; empty when one has none."""
        found = self._forms.get((argument, role))
        if found is None:
            out = [values.canonical(role, leaf) for leaf in leaves(self.args.get(argument))]
            found = self._forms[argument, role] = [form for form in out if form is not None] if None not in out else []
        return found

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
            for step in self.plan
            for value in step.args.values()
            for leaf in leaves(value)
        )

    def siblings(self) -> list[int]:
        """The steps of this shape: the same tool with holes in the same places, this one included."""
        found: list[int] = self.recall(("siblings",), self._siblings)
        return found

    def _siblings(self) -> list[int]:
        holes = {name for name, value in self.step.args.items() if value == HOLE}
        return [
            i
            for i, step in enumerate(self.plan)
            if step.tool == self.step.tool and {name for name, value in step.args.items() if value == HOLE} == holes
        ]

    def taken(self, argument: str, role: Role) -> set[str]:
        """The values that sibling steps were used for."""
        mine = set(self.siblings())
        return {
            form
            for use in self.state.uses
            if use.step in mine and not use.failed
            for leaf in leaves(use.args.get(argument))
            if (form := values.canonical(role, leaf)) is not None
        }

    def producers(self) -> list[int]:
        """The earlier steps on the same store, nearest first."""
        store = self.manifest.store
        return [
            i
            for i in range(self.index - 1, -1, -1)
            if (found := self.state.manifests.get(self.plan[i].tool)) is not None and found.store == store
        ]

    # -- what was read --------------------------------------------------------------------------------------------------

    def facts(self, source: Source) -> Facts:
        return self.known.of(source)

    def recall(self, key: tuple[Any, ...], compute: Callable[[], Any]) -> Any:
        """``compute()``, remembered until the next event. It may depend on the step, never on the proposed values."""
        full = (self.index, *key)
        if full not in self.known.answers:
            self.known.answers[full] = compute()
        return self.known.answers[full]

    def sources(self) -> list[Source]:
        """The reads that may speak: asked for by a plan step that comes before this one, with every argument the person's; whole; of a
        store that held nothing of the task's own; of the same service as the effect, or the person's own records."""
        found: list[Source] = self.recall(
            ("sources",),
            lambda: [
                source
                for source in self.state.sources
                if 0 <= source.step < self.index
                and source.literal
                and source.clean
                and source.reading.whole
                and source.kind == "read"
                and (source.store == self.manifest.store or source.label.integrity <= Integrity.CURATED)
            ],
        )
        return found


def named(case: Case, store: str = "") -> Entry | None:
    """The one record whose name the brief quotes, or else whose whole name stands in the brief, among the plan's reads (of ``store``, where
    given). A name that two records share names neither."""
    found: Entry | None = case.recall(("named", store), lambda: _named(case, store))
    return found


def _named(case: Case, store: str) -> Entry | None:
    among = [entry for source in case.sources() if not store or source.store == store for entry in case.facts(source).entries]
    for level in (2, 1):
        hits: list[Entry] = []
        for entry in among:
            if entry.level >= level and all(entry.record != hit.record for hit in hits):
                hits.append(entry)
        test = case.brief.quotes if level == 2 else case.brief.says
        hits = [
            entry
            for entry in hits
            if any(test(text) and not _shared(entry, field, text, among, level == 1) for field, text in entry.labels)
        ]
        if hits:
            return hits[0] if len(hits) == 1 else None
    return None


def _shared(entry: Entry, field: str, text: str, among: list[Entry], loose: bool) -> bool:
    """True when another record has the same text in the same field (a status, not a name), or, where the person did not quote it,
    a longer text that holds it: Anna, and Anna B."""
    bare = text.casefold()
    for other in among:
        there = text_of(other.record.get(field, ""))
        if other.record != entry.record and (there == text or (loose and bare in there.casefold())):
            return True
    return False
