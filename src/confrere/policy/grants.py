"""Grants: what a person has allowed beyond a plan, for one call, one task, or until revoked. Pure: time is handed in."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal

import msgspec

from confrere.policy import values
from confrere.policy.labels import Confidentiality
from confrere.policy.manifest import Role

What = Literal["folder", "host", "recipient", "application", "device", "amount", "model"]
Scope = Literal["call", "task", "always"]

ROLES: dict[Role, What] = {
    Role.DEST: "recipient",
    Role.ACCOUNT: "recipient",
    Role.HOST: "host",
    Role.URL: "host",
    Role.DEVICE: "device",
    Role.AMOUNT: "amount",
    Role.PATH: "folder",
}


class Grant(msgspec.Struct, kw_only=True, frozen=True):
    """``value`` is what is granted (a host, an address, a folder, a model's name; for an amount, the total of all calls). ``limit`` is
    how many calls it covers (0: no limit), ``used`` how many there were, ``spent`` what they took of an amount. ``expires`` is UTC ISO 8601, "" for never.
    ``by`` is who gave it, ``delegated`` on whose behalf. ``confidentiality`` is the most private data that may go there
    in words that the model writes; None: words of the model's always need a look."""

    id: str
    what: What
    value: str
    scope: Scope = "task"
    task: str = ""
    kinds: list[str] = []
    limit: int = 0
    used: int = 0
    spent: Decimal = Decimal(0)
    expires: str = ""
    by: str = ""
    delegated: str = ""
    confidentiality: Confidentiality | None = None
    revoked: bool = False

    def stands(self, now: str) -> bool:
        """Whether it is neither revoked nor expired: what was begun with it may go on."""
        return not self.revoked and (not self.expires or now < self.expires)

    def live(self, now: str, task: str) -> bool:
        """True at ``now`` for ``task``: not revoked, not expired, not used up, and given for this task where it was
        given for one."""
        return (
            self.stands(now)
            and (self.scope == "always" or self.task == task)
            and not (self.scope == "call" and self.used)
            and not (self.limit and self.used >= self.limit)
        )

    def over(self) -> bool:
        """Whether more was used than it covers."""
        top = values.amount(self.value) if self.what == "amount" else None
        return bool(self.limit and self.used > self.limit) or (top is not None and self.spent > top[0])

    def covers(self, role: Role, value: Any) -> bool:
        """True when the value is what was granted, by typed equality."""
        if ROLES.get(role) != self.what or not isinstance(value, str | int | float | Decimal):
            return False
        if self.what == "amount":
            worth, top = values.amount(value), values.amount(self.value)
            return worth is not None and top is not None and worth[1] in ("", top[1]) and 0 < worth[0] <= top[0] - self.spent
        text = str(value)
        if self.what == "host":
            reached = values.host_of(text) if role is Role.URL else values.host(text)
            return reached is not None and reached == values.host(self.value)
        if self.what == "folder":
            inside, folder = values.path(text), values.path(self.value)
            return inside is not None and folder is not None and (inside == folder or inside.startswith(folder + "/"))
        if self.what == "device":
            return values.same(Role.DEVICE, text, self.value)
        return values.same(Role.DEST, text, self.value)


def granted(grants: Iterable[Grant], role: Role, value: Any, kind: str, now: str, task: str) -> Grant | None:
    """The live grant that covers this value for this kind of effect, the narrowest scope first."""
    order = {"call": 0, "task": 1, "always": 2}
    for grant in sorted(grants, key=lambda grant: order[grant.scope]):
        if grant.live(now, task) and (not grant.kinds or kind in grant.kinds) and grant.covers(role, value):
            return grant
    return None


def fold(events: Iterable[dict[str, Any]]) -> dict[str, Grant]:
    """The grants after these events: ``grant.given`` (``grant``), ``grant.used`` (``id``, ``amount``) and ``grant.revoked`` (``id``). Others
    are passed over."""
    grants: dict[str, Grant] = {}
    for event in events:
        apply(grants, event)
    return grants


def apply(grants: dict[str, Grant], event: dict[str, Any]) -> None:
    """Fold one event into ``grants``. A grant that was revoked stays so."""
    kind, id = event.get("type"), str(event.get("id", ""))
    if kind == "grant.given":
        grant = msgspec.convert(event["grant"], Grant)
        if grant.id not in grants:
            grants[grant.id] = grant
    elif kind == "grant.used" and id in grants:
        spent = grants[id].spent + Decimal(event.get("amount", 0))
        grants[id] = msgspec.structs.replace(grants[id], used=grants[id].used + int(event.get("count", 1)), spent=spent)
    elif kind == "grant.revoked" and id in grants:
        grants[id] = msgspec.structs.replace(grants[id], revoked=True)
