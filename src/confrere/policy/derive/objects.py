"""Objects and people: the unique answer of a look-up, the object that the person named, the object that the plan made."""

from __future__ import annotations

import re

from confrere.policy import values
from confrere.policy.derive.case import Case, Why, named
from confrere.policy.derive.facts import identifiers
from confrere.policy.labels import Integrity
from confrere.policy.manifest import Role
from confrere.policy.records import Record
from confrere.policy.state import Source


def only_one_in_brief(case: Case, argument: str, role: Role) -> Why | None:
    """The only address (or account) of the brief, where no literal of the plan has used it."""
    form = case.only(argument, role)
    if form is None:
        return None
    kind, _, value = form.partition(" ")
    stock = {"address": case.brief.addresses, "account": case.brief.accounts}.get(kind, [])
    free = [item for item in stock if not case.in_plan(f"{kind} {item}")]
    return Why("only-one-in-brief", value) if free == [value] else None


def looked_up(case: Case, argument: str, role: Role) -> Why | None:
    """Who the nearest look-ups in the person's own records gave: each asked with the person's words, each with one answer."""
    wanted = set(case.forms(argument, role))
    if not wanted:
        return None
    found: set[str] = set()
    for index in range(case.index - 1, -1, -1):
        source = next((s for s in case.sources() if s.step == index and s.label.integrity <= Integrity.CURATED and s.args), None)
        manifest = case.state.manifests.get(case.plan[index].tool)
        if source is None:
            if found or (manifest is not None and manifest.kind not in ("read", "fetch") and case.plan[index].tool == case.step.tool):
                break
            continue
        people = _people(source.reading.records)
        if len(people) != 1 or _resembles(case, people):
            return None
        found |= people
        if found == wanted:
            return Why("looked-up", source.tool)
    return None


def _people(records: list[Record]) -> set[str]:
    if len(records) != 1:
        return set()
    texts = [text for value in records[0].values() for text in ([value] if isinstance(value, str) else value)]
    return {form for text in texts if (form := values.destination(text)) and not form.startswith("name ")}


def _resembles(case: Case, people: set[str]) -> bool:
    """Whether another curated entry that was read looks like one of these: then the person chooses."""
    others = {form: bare for source in case.state.sources for form, bare in case.facts(source).people.items()}
    pairs = ((one, other) for one in people for other in others if other not in people)
    return any(values.resembles(one, other, others.get(one), others[other]) for one, other in pairs)


def field_of_named(case: Case, argument: str, role: Role) -> Why | None:
    """A whole field of the one object that the person named: all its participants, its address; never one of several,
    never prose."""
    entry = named(case)
    wanted = case.forms(argument, role)
    if entry is None or not wanted:
        return None
    for name, value in entry.record.items():
        if isinstance(value, str):
            form = values.destination(value)
            if form and not form.startswith("name ") and wanted == [form] and not _resembles(case, {form}):
                return Why("field-of-named", name)
        elif len(wanted) == len(value) and sorted(wanted) == sorted(values.canonical(role, part) or "" for part in value):
            return Why("field-of-named", name)
    return None


def on_named_page(case: Case, argument: str, role: Role) -> Why | None:
    """The only address on a page whose web address the brief gives, where it bears the name that the same step says. A
    second address on the page, whoever put it there, makes the person choose."""
    form = case.only(argument, role)
    if form is None or not form.startswith("address "):
        return None
    given = [wanted for name in case.step.args if name != argument and isinstance(wanted := case.literal(name), str)]
    bearer = form[8:].partition("@")[0].casefold()
    if not any(len(name) >= 3 and name.isalpha() and name.casefold() in re.split(r"[._+-]|\d+", bearer) for name in given):
        return None
    for source in case.state.sources:
        asked = [page for value in source.args.values() if isinstance(value, str) and (page := values.url(value)) in case.brief.urls]
        planned = 0 <= source.step < case.index and source.literal and source.kind == "fetch"
        if planned and asked and source.addresses == [form[8:]]:
            return Why("on-named-page", str(asked[0]))
    return None


def object_of_plan(case: Case, argument: str, role: Role) -> Why | None:
    """The object that the nearest step before made or found alone, or the one that the person named. An effect that
    only the owner sees and that can be undone may use any object of the plan."""
    wanted = case.forms(argument, role)
    quiet = private(case)
    if not wanted:
        return None
    good: set[str] = set()
    nearest = False
    for index in case.producers():
        found = {item for source in case.state.sources if source.step == index for item in _single(source)}
        if found and (quiet or not nearest):
            good |= found
        nearest = nearest or case.state.manifests[case.plan[index].tool].kind in ("read", "write") or bool(found)
    if set(wanted) <= good:
        return Why("object-of-plan", ", ".join(wanted))
    entry = named(case, case.manifest.store)
    if entry is not None and wanted == entry.identifiers[:1]:
        return Why("named-object", wanted[0])
    return None


def _single(source: Source) -> list[str]:
    if source.created:
        return source.created
    if source.kind != "read" or not (source.literal and source.clean and source.reading.whole and source.reading.listed and source.args):
        return []
    return identifiers(source.reading.records[0])[:1] if len(source.reading.records) == 1 else []


def private(case: Case) -> bool:
    """True for an effect on the owner's own store that nobody else notices and that a journal or bin takes back."""
    return quiet_effect(
        case.manifest.kind,
        case.manifest.egress,
        case.manifest.undo,
        {role for name, role in case.manifest.roles.items() if case.args.get(name) not in (None, "", [], {})},
    )


def quiet_effect(kind: str, egress: bool, undo: bool, roles: set[Role]) -> bool:
    """Whether nobody but the owner notices the effect and it can be taken back."""
    outward = {Role.DEST, Role.URL, Role.HOST, Role.ACCOUNT, Role.DEVICE, Role.COMMAND, Role.SECRET, Role.AMOUNT}
    return undo and not egress and kind in ("write", "modify", "delete", "create", "label", "draft", "move") and not roles & outward
