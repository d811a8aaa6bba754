"""The listed derivations: the only ways in which a value that was read becomes one that the person chose.

Each is a small deterministic program over the brief, the approved plan and the structured results of the plan's own
reads; it computes *the* value (or the set) and compares. Nothing here may rank likely values, read prose for a
recipient, or trust a result that the plan did not ask for."""

from __future__ import annotations

from collections.abc import Callable

from confrere.policy.derive import choices, money, objects, texts
from confrere.policy.derive.case import Case, Why
from confrere.policy.manifest import Role

_WHO: tuple[Callable[[Case, str, Role], Why | None], ...] = (
    objects.only_one_in_brief,
    objects.looked_up,
    objects.field_of_named,
    objects.on_named_page,
    choices.winner,
    choices.stem,
    choices.each,
    texts.ranked,
    money.payee,
    money.returned,
)
_BY_ROLE: dict[Role, tuple[Callable[[Case, str, Role], Why | None], ...]] = {
    Role.DEST: _WHO,
    Role.ACCOUNT: _WHO,
    Role.DEVICE: (objects.looked_up, objects.field_of_named, choices.winner, choices.stem, choices.each),
    Role.NAME: (objects.field_of_named, choices.winner, choices.stem, choices.each),
    Role.ID: (objects.object_of_plan, choices.winner_object, choices.each),
    Role.ATTACH: (objects.object_of_plan,),
    Role.AMOUNT: (money.returned, money.computed),
    Role.URL: (choices.pages,),
    Role.TEXT: (texts.template, texts.ranked),
}


def derived(case: Case, argument: str, role: Role) -> Why | None:
    """Why the value that ``case`` proposes for ``argument`` is the one that the person's words and plan lead to, or None."""
    for program in _BY_ROLE.get(role, ()):
        if why := program(case, argument, role):
            return why
    return None
