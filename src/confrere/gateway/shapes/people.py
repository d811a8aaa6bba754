"""People, their devices and sessions."""

from __future__ import annotations

import msgspec

from confrere.gateway.shapes.base import FolderGiven, Shape


class Budgets(Shape, kw_only=True):
    """Limits beside those of the settings: of one task, and ``month_usd`` of a calendar month; None: no other than the settings'."""

    max_tokens: int | None = None
    max_cost_usd: float | None = None
    max_minutes: float | None = None
    month_usd: float | None = None


class NewPerson(Shape, kw_only=True):
    name: str
    admin: bool = False
    folders: list[FolderGiven] = msgspec.field(default_factory=list)
    budgets: Budgets = msgspec.field(default_factory=Budgets)


class MonthSpent(Shape, kw_only=True):
    cost_usd: float
    tokens: int


class PersonShown(NewPerson, kw_only=True):
    id: str
    created: str
    owner: bool
    devices: int
    month: MonthSpent
    this: bool


class PeopleShown(Shape, kw_only=True):
    people: list[PersonShown]


class DeviceShown(Shape, kw_only=True):
    id: str
    name: str
    kind: str
    scopes: list[str]
    person: str = "owner"
    paired: str = ""
    seen: str = ""
    revoked: str = ""
    this: bool = False


class Enter(Shape, kw_only=True):
    code: str
    name: str = ""


class Entered(Shape, kw_only=True):
    key: str
    device: DeviceShown


class Session(Shape, kw_only=True):
    device: DeviceShown
    person: PersonShown
    people: int
    version: str
    language: str
    home: str
    tls: bool
    address: str


class Devices(Shape, kw_only=True):
    devices: list[DeviceShown]


class NewCode(Shape, kw_only=True):
    scopes: list[str]
    name: str = ""
    person: str = ""


class CodeShown(Shape, kw_only=True):
    code: str
    url: str
    qr: str
    expires: str


class TokenShown(Shape, kw_only=True):
    token: str
    device: DeviceShown


class Health(Shape, kw_only=True):
    status: str
    version: str
