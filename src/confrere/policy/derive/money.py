"""Money: the payee whom the person named, what came from someone and goes back, and the one amount that the brief's
numbers give."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from confrere.policy import values
from confrere.policy.derive.case import Case, Why, is_identifier, labels, text_of
from confrere.policy.manifest import Role
from confrere.policy.records import Record
from confrere.policy.state import HOLE

PAYING = ("pay", "transfer", "book", "buy")


def _ledger(case: Case) -> list[Record]:
    """The records of the same service; money follows no other."""
    out: list[Record] = []
    for source in case.sources():
        if source.store == case.manifest.store and source.reading.strict:
            out += [record for record in source.reading.records if record not in out]
    return out


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
        record for record in _ledger(case)
        if any(name != who and values.destination(text_of(value)) == payee for name, value in record.items())
        and values.destination(text_of(record.get(who, ""))) != payee
    ]
    fits = [record for record in received if _sum_of(record, sum_name) == worth[0]]
    if role is Role.AMOUNT:
        good = len(received) == 1 and len(fits) == 1 and _fixed(case, who)
    else:
        rivals = [record for record in _ledger(case) if _sum_of(record, sum_name) == worth[0]]
        good = len(fits) == 1 and len(rivals) == 1 and case.literal(sum_name) is not None
    return Why("returned", f"{worth[0]:f}") if good else None


def _fixed(case: Case, who: str) -> bool:
    if case.literal(who) is not None:
        return True
    free = [item for item in case.brief.accounts if not case.in_plan(f"account {item}")]
    return case.only(who, Role.DEST) == f"account {free[0]}" if len(free) == 1 else False


def _mentioned(case: Case) -> Record | None:
    """The one record about which the brief speaks: a capitalised or quoted word of the brief stands in a short text of
    this record alone, and no other such word points elsewhere. A word that a literal of the step has used says nothing
    more."""
    records = _ledger(case)
    hit: Record | None = None
    said = " ".join(value for value in case.step.args.values() if isinstance(value, str) and value != HOLE)
    for word in dict.fromkeys([*case.brief.quoted, *re.findall(r"\b(?=\w*[A-Z])[^\W\d_]{4,}\b", case.brief.text)]):
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said):
            continue
        about = [record for record in records if any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", label) for label in labels(record))]
        if not about:
            continue
        if len(about) > 1 or (hit is not None and hit is not about[0]):
            return None
        hit = about[0]
    return hit


def payee(case: Case, argument: str, role: Role) -> Why | None:
    """A payee whom the person named and whom one record of the person's own account shows: by that name, or by the
    account it gives."""
    form = case.only(argument, role)
    record = _mentioned(case) if form is not None and case.manifest.kind in PAYING else None
    if record is None or form is None:
        return None
    if form.startswith("name ") and case.brief.says(form[5:], exact=True) and re.fullmatch(r"[^\W\d_]{4,40}", form[5:]) and any(
        re.search(rf"(?<!\w){re.escape(form[5:])}(?!\w)", label) for label in labels(record)
    ):
        return Why("named-payee", form[5:])
    if form.startswith("account ") and values.destination(text_of(record.get(argument, ""))) == form:
        return Why("named-payee", form[8:])
    return None


def computed(case: Case, argument: str, role: Role) -> Why | None:
    """The amount of the record that the brief speaks of; with a percentage in the brief, that share of it; with one
    more sum, plus that. Every number of the brief that the plan has not used takes part, so that there is one result
    and not a choice."""
    form = values.amount(case.args.get(argument))
    record = _mentioned(case)
    base = _sum_of(record, argument) if record is not None else None
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
