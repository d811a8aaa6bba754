"""Choices that a program makes over structured results: the largest, the one whose name begins so, each of them, the
pages listed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from confrere.policy import values
from confrere.policy.derive.case import Case, Why, leaves
from confrere.policy.derive.facts import Entry, is_identifier, text_of
from confrere.policy.manifest import Role
from confrere.policy.state import HOLE, Source

_STEM = re.compile(r"[^\W\d_]{3,}")


def winner_object(case: Case, argument: str, role: Role) -> Why | None:
    """The identifier of the record that is the largest, smallest, latest or earliest of a list, as the brief asks."""
    form = case.only(argument, role)
    for source in case.sources():
        if source.store != case.manifest.store:
            continue
        entry: Entry | None = case.recall(("best", source.number), partial(_best, case, source))
        if entry is not None and form in entry.identifiers[:1]:
            return Why("superlative", source.tool)
    return None


def _best(case: Case, source: Source) -> Entry | None:
    """The record that is alone at the end of the scale that the brief names; several scales must agree, unless the brief names one."""
    facts = case.facts(source)
    entries = facts.entries
    seen = [entry.identifiers[0] if entry.identifiers else "" for entry in entries]
    if len(entries) < 2 or len(set(seen)) != len(seen) or not all(seen):
        return None
    for highest, lowest, columns in (("most", "least", facts.numbers), ("latest", "earliest", facts.moments)):
        up, down = case.brief.asks_for(highest), case.brief.asks_for(lowest)
        if up == down or not columns:
            continue
        told = [name for name in columns if case.brief.says(re.sub(r"[_\-.]+", " ", name))]
        picks = {_place(columns[name], up) for name in told or columns}
        return entries[place] if len(picks) == 1 and (place := picks.pop()) is not None else None
    return None


def _place(column: Sequence[Any], up: bool) -> int | None:
    """Where the one greatest (or least) stands."""
    top = max(column) if up else min(column)
    return column.index(top) if column.count(top) == 1 else None


def winner(case: Case, argument: str, role: Role) -> Why | None:
    """The one of a list about which most (or least) was read: by the argument that was asked for each of them, or by
    who wrote most."""
    form = case.only(argument, role)
    up, down = case.brief.asks_for("most"), case.brief.asks_for("least")
    if form is None or up == down:
        return None
    for reads in surveys(case):
        name = next(iter(reads[0].args))
        sizes = {str(source.args[name]): len(source.reading.records) + len(source.reading.members) for source in reads}
        if name == argument:
            best = _only_extreme(sizes, up)
            if best is not None and values.canonical(role, best) == form:
                return Why("superlative", reads[0].tool)
    counts = groups(case)
    best = _only_extreme(counts, up) if counts else None
    return Why("superlative", "count") if best is not None and values.canonical(role, best) == form else None


def _only_extreme(sizes: dict[str, int], up: bool) -> str | None:
    if len(sizes) < 2:
        return None
    top = (max if up else min)(sizes.values())
    hits = [name for name, size in sizes.items() if size == top]
    return hits[0] if len(hits) == 1 else None


def surveys(case: Case) -> list[list[Source]]:
    """Sets of reads with one tool that together cover every member of a list read before: one read for each, no member
    left out."""
    out: list[list[Source]] = []
    lists = [source for source in case.sources() if source.reading.members]
    asked: dict[str, dict[str, Source]] = {}
    for source in case.state.sources:
        mine = 0 <= source.step < case.index and source.kind == "read" and source.store == case.manifest.store and source.clean
        if mine and len(source.args) == 1:
            (value,) = source.args.values()
            if isinstance(value, str) and source.reading.listed and source.reading.strict and source.reading.whole:
                asked.setdefault(source.tool, {})[value] = source
    for by_value in asked.values():
        for listing in lists:
            if len(by_value) > 1 and set(by_value) == set(listing.reading.members):
                out.append(list(by_value.values()))
    return out


def groups(case: Case) -> dict[str, int]:
    """How many records each value of the one repeated short field has, over a survey; empty when more than one field
    could be meant."""
    for reads in surveys(case):
        asked = {str(value) for source in reads for value in source.args.values()}
        records = [record for source in reads for record in source.reading.records]
        tables: list[dict[str, int]] = []
        for name in {key for record in records for key in record}:
            found = [text_of(record.get(name, "")) for record in records]
            table = Counter(found)
            repeated = all(found) and len(table) < len(found) and not set(table) & asked
            if repeated and not is_identifier(name) and all(_short(value) for value in table):
                tables.append(dict(table))
        if len(tables) == 1:
            return tables[0]
    return {}


def _short(text: str) -> bool:
    return len(text) <= 40 and values.visible(text) and not (values.amount(text) or values.moment(text)) and text not in ("true", "false")


def stem(case: Case, argument: str, role: Role) -> Why | None:
    """The one member of a list whose name begins with a word that the person wrote so, and goes on with something else
    than a letter."""
    form = case.only(argument, role)
    if form is None:
        return None
    for source in case.sources():
        hits = [member for member in source.reading.members if _begins(case, member)]
        if len(hits) == 1 and values.canonical(role, hits[0]) == form:
            return Why("stem", source.tool)
    return None


def _begins(case: Case, member: str) -> bool:
    found = _STEM.match(member)
    begun = found is not None and found[0] != member and case.brief.says(found[0], exact=True)
    return begun or any(len(phrase) >= 3 and member.startswith(phrase) and member != phrase for phrase in case.brief.quoted)


def each(case: Case, argument: str, role: Role) -> Why | None:
    """Each of a list, or each that is not yet in the place the plan fixes, once: the plan has exactly as many steps of
    this shape."""
    form = case.only(argument, role)
    steps = case.siblings()
    if form is None or len(steps) < 2 or form in case.taken(argument, role):
        return None
    for everyone in _sets(case, argument, role):
        if len(everyone) == len(steps) and form in everyone:
            return Why("each-of-list", argument)
    return None


def _sets(case: Case, argument: str, role: Role) -> list[set[str]]:
    def forms(members: list[str]) -> set[str]:
        return {form for member in members if (form := values.canonical(role, member)) is not None}

    out = [forms(source.reading.members) for source in case.sources() if source.reading.members and source.store == case.manifest.store]
    for reads in surveys(case):
        name = next(iter(reads[0].args))
        place = case.args.get(name)
        there = next((source for source in reads if source.args[name] == place), None)
        if name != argument and there is not None:
            out.append(forms([member for source in reads for member in source.reading.members]) - forms(there.reading.members))
    return out


def pages(case: Case, argument: str, role: Role) -> Why | None:
    """A page listed in what the plan read before, where those results hold exactly as many pages as the plan has steps
    to open one: then the call chooses nothing. A page with a query, or behind anything but the plan's literal reads, is
    not one of them."""
    form = case.only(argument, role)
    steps = case.siblings()
    first = steps[0]
    if form is None or "?" in form or "#" in form or form in case.taken(argument, role):
        return None
    found: set[str] = set()
    for index in range(first):
        manifest = case.state.manifests.get(case.plan[index].tool)
        if manifest is None or manifest.kind not in ("read", "fetch"):
            continue
        sources = [source for source in case.state.sources if source.step == index]
        if not sources or not all(source.literal and source.clean for source in sources):
            return None
        for source in sources:
            found |= set(source.urls)
    known = {page for page in case.brief.urls} | {
        shown
        for step in case.plan
        for value in step.args.values()
        for leaf in leaves(value)
        if isinstance(leaf, str) and leaf != HOLE and (shown := values.url(leaf)) is not None
    }
    return Why("only-pages-read", form) if form in found and len(found - known) == len(steps) and form not in known else None
