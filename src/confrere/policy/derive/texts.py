"""Texts that the person wrote but for a blank: a quoted template with named slots, or one with a rank in it."""

from __future__ import annotations

import re

from confrere.policy import values
from confrere.policy.derive.case import Case, Why
from confrere.policy.derive.choices import groups
from confrere.policy.labels import Confidentiality, Integrity
from confrere.policy.manifest import Role
from confrere.policy.state import HOLE, Source

MAX_SLOT = 120
_SLOT = re.compile(r"\{(\w+)\}")


def template(case: Case, argument: str, role: Role) -> Why | None:
    """A quoted phrase of the brief with its ``{slots}`` filled. The open texts of the step take the templates in order;
    a slot of one name has one value; all values stand together in one public result that the plan asked for, and hold
    nothing to click."""
    blanks = [name for name, kind in case.manifest.roles.items() if kind is Role.TEXT and case.step.args.get(name) == HOLE]
    if argument not in blanks or len(blanks) != len(case.brief.templates):
        return None
    slots: dict[str, str] = {}
    for name, pattern in zip(blanks, case.brief.templates, strict=True):
        found = _fill(pattern, case.args.get(name))
        if found is None or any(slots.get(slot, value) != value for slot, value in found.items()):
            return None
        slots.update(found)
    holds = any(set(slots.values()) <= _atoms(source) for source in case.state.sources if _public(case, source))
    return Why("template", ", ".join(slots.values())) if slots and holds and all(_inert(value) for value in slots.values()) else None


def _fill(pattern: str, text: object) -> dict[str, str] | None:
    """What the slots of ``pattern`` hold in ``text``; None where it is not that text."""
    names = _SLOT.findall(pattern)
    parts = [re.escape(part) for part in _SLOT.split(pattern)[::2]]
    found = re.fullmatch("(.+?)".join(parts), text) if isinstance(text, str) and 0 < len(names) <= 8 else None
    if found is None:
        return None
    out: dict[str, str] = {}
    for name, value in zip(names, found.groups(), strict=True):
        if out.setdefault(name, value) != value:
            return None
    return out


def _public(case: Case, source: Source) -> bool:
    """The plan's own read of a provider's public records (never of what anyone may have written)."""
    manifest = case.state.manifests.get(source.tool)
    return (
        0 <= source.step < case.index
        and source.kind == "read"
        and manifest is not None
        and manifest.trust in ("own", "vendor")
        and source.label.confidentiality is Confidentiality.PUBLIC
        and source.label.integrity <= Integrity.UNTRUSTED
    )


def _atoms(source: Source) -> set[str]:
    out = set(source.reading.members) | {str(value) for value in source.args.values()}
    for record in source.reading.records:
        out |= set(record) | {part for value in record.values() for part in ([value] if isinstance(value, str) else value)}
    return out


def _inert(value: str) -> bool:
    active = values.find_pages(value) or values.find_addresses(value) or re.search(r"[<>\[\]{}\n]|://|www\.", value)
    return len(value) <= MAX_SLOT and values.visible(value) and not active


def ranked(case: Case, argument: str, role: Role) -> Why | None:
    """One message to each of a ranking, with the rank in it: the brief holds the message with a blank where the rank
    stands, and the receiver is the one whom the count of the plan's own reads puts at that rank. Ties are broken by
    name, where the brief says so."""
    who = [name for name, kind in case.manifest.roles.items() if kind is Role.DEST and case.step.args.get(name) == HOLE]
    what = [name for name, kind in case.manifest.roles.items() if kind is Role.TEXT and case.step.args.get(name) == HOLE]
    up, down = case.brief.asks_for("most"), case.brief.asks_for("least")
    if len(who) != 1 or len(what) != 1 or argument not in (who[0], what[0]) or up == down:
        return None
    receiver, text, counts = case.only(who[0], Role.DEST), case.args.get(what[0]), groups(case)
    if receiver is None or not isinstance(text, str) or len(counts) != len(case.siblings()):
        return None
    if len(set(counts.values())) != len(counts) and not case.brief.asks_for("alphabetical"):
        return None
    order = sorted(counts, key=lambda name: (-counts[name] if up else counts[name], name))
    place = next((i for i, name in enumerate(order) if values.canonical(Role.DEST, name) == receiver), None)
    return Why("ranked", f"{place + 1}") if place is not None and _with_rank(case.brief.text, text, place + 1) else None


def _with_rank(brief: str, text: str, rank: int) -> bool:
    """``text`` is a whole message of the brief in which a lone letter or a {slot} became ``rank``."""
    numbers = list(re.finditer(r"(?<!\d)\d+(?!\d)", text))
    if len(numbers) != 1 or int(numbers[0][0]) != rank or len(text) < 12:
        return False
    before, after = text[: numbers[0].start()], text[numbers[0].end() :]
    blank = r"(?:[A-Za-z#]|\{\w+\}|<\w+>)"
    opens, closes = r"(?:[:'\"“«`]\s*|^|\n)\s*", r"(?=\s*(?:$|[\n'\"”»`(]|[.!?]\s|\s+[A-Z]))"
    return re.search(opens + re.escape(before) + blank + re.escape(after) + closes, brief) is not None
