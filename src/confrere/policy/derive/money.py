"""Money: the payee whom the person named, what came from someone and goes back, and the one amount that the brief's
numbers give."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from confrere.policy import values
from confrere.policy.derive.case import Case, Why
from confrere.policy.derive.facts import Entry, is_identifier, text_of
from confrere.policy.manifest import Role
from confrere.policy.records import Record
from confrere.policy.state import HOLE

PAYING = ("pay", "transfer", "book", "buy")


def _ledger(case: Case) -> list[Entry]:
    """The records of the same service, without repeats; money follows no other."""
    found: list[Entry] = case.recall(("ledger",), lambda: _all_entries(case))
    return found


def _all_entries(case: Case) -> list[Entry]:
    sources = [source for source in case.sources() if source.store == case.manifest.store and source.reading.strict]
    return list({repr(sorted(entry.record.items())): entry for source in sources for entry in case.facts(source).entries}.values())


def _argument(case: Case, *roles: Role) -> str | None:
    """The one argument of these roles that the call fills."""
    names = [name for name, role in case.manifest.roles.items() if role in roles and case.args.get(name) not in (None, "", [])]
    return names[0] if len(names) == 1 else None


def _sum_of(record: Record, argument: str) -> Decimal | None:
    if argument in record:
        names = [argument]
    else:
        names = [name for name, value in record.items() if not is_identifier(name) and values.amount(text_of(value))]
    worth = values.amount(text_of(record[names[0]])) if len(names) == 1 else None
    return worth[0] if worth else None


def returned(case: Case, argument: str, role: Role) -> Why | None:
    """What came from someone goes back to the same, once: exactly one record shows that amount (or any) coming from
    them. The payee is fixed by the plan or the brief, or is the sender of the amount that the plan fixes. Nobody gains
    but what they gave."""
    who, sum_name = _argument(case, Role.DEST, Role.ACCOUNT), _argument(case, Role.AMOUNT)
    if case.manifest.kind not in PAYING or who is None or sum_name is None:
        return None
    payee, worth = case.only(who, Role.DEST), values.amount(case.args.get(sum_name))
    if payee is None or worth is None or worth[0] <= 0 or payee.startswith("name "):
        return None
    received = [
        entry.record
        for entry in _ledger(case)
        if any(name != who and values.destination(text_of(value)) == payee for name, value in entry.record.items())
        and values.destination(text_of(entry.record.get(who, ""))) != payee
    ]
    fits = [record for record in received if _sum_of(record, sum_name) == worth[0]]
    if role is Role.AMOUNT:
        good = len(received) == 1 and len(fits) == 1 and _fixed(case, who)
    else:
        rivals = [entry for entry in _ledger(case) if _sum_of(entry.record, sum_name) == worth[0]]
        good = len(fits) == 1 and len(rivals) == 1 and case.literal(sum_name) is not None
    return Why("returned", f"{worth[0]:f}") if good else None


def _fixed(case: Case, who: str) -> bool:
    if case.literal(who) is not None:
        return True
    free = [item for item in case.brief.accounts if not case.in_plan(f"account {item}")]
    return case.only(who, Role.DEST) == f"account {free[0]}" if len(free) == 1 else False


def _mentioned(case: Case) -> Entry | None:
    """The one record about which the brief speaks: a capitalised or quoted word of the brief stands in a short text of
    this record alone, and no other such word points elsewhere. A word that a text of the step has used says nothing
    more."""
    found: Entry | None = case.recall(("mentioned",), lambda: _find_mentioned(case))
    return found


def _find_mentioned(case: Case) -> Entry | None:
    entries = _ledger(case)
    hit: Entry | None = None
    texts = [value for name, value in case.step.args.items() if case.manifest.roles.get(name) is Role.TEXT]
    said = " ".join(value for value in texts if isinstance(value, str) and value != HOLE)
    for word in dict.fromkeys([*case.brief.quoted, *re.findall(r"\b(?=\w*[A-Z])[^\W\d_]{4,}\b", case.brief.text)]):
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said):
            continue
        about = [entry for entry in entries if _about(word, entry)]
        if not about:
            continue
        if len(about) > 1 or (hit is not None and hit is not about[0]):
            return None
        hit = about[0]
    return hit


def _about(word: str, entry: Entry) -> bool:
    return any(word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for _, text in entry.labels)


def payee(case: Case, argument: str, role: Role) -> Why | None:
    """A payee whom the person named and whom one record of the person's own account shows: by that name, or by the
    account it gives."""
    form = case.only(argument, role)
    entry = _mentioned(case) if form is not None and case.manifest.kind in PAYING else None
    if entry is None or form is None:
        return None
    word = form[5:]
    if form.startswith("name ") and case.brief.says(word, exact=True) and re.fullmatch(r"[^\W\d_]{4,40}", word) and _about(word, entry):
        return Why("named-payee", word)
    if form.startswith("account ") and values.destination(text_of(entry.record.get(argument, ""))) == form:
        return Why("named-payee", form[8:])
    return None


def computed(case: Case, argument: str, role: Role) -> Why | None:
    """The amount of the record that the brief speaks of; with a percentage in the brief, that share of it; with one
    more sum, plus that. Every number of the brief that the plan has not used takes part, so that there is one result
    and not a choice."""
    form = values.amount(case.args.get(argument))
    entry = _mentioned(case)
    base = _sum_of(entry.record, argument) if entry is not None else None
    if form is None or base is None:
        return None
    used = {worth[0] for step in case.plan for value in step.args.values() if (worth := values.amount(value))}
    sums = [number for number in case.brief.amounts if number not in used]
    shares = case.brief.percentages
    if len(sums) > (1 if shares else 0) or len(shares) > 1:
        return None
    total = base * shares[0] / 100 if shares else base
    total = (total + sum(sums)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Why("computed", f"{total:f}") if total > 0 and form[0] == total else None
