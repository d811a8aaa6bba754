"""Who is here: entering, sessions, devices, people, the OpenAPI document."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from confrere import __version__
from confrere.gateway.doors import CODE_SECONDS, Device, Principal, key_of
from confrere.gateway.http import Problem, Request, Response, Routes
from confrere.gateway.people import OWNER, Person
from confrere.gateway.shapes.people import (
    CodeShown,
    Devices,
    DeviceShown,
    Enter,
    Entered,
    Health,
    MonthSpent,
    NewCode,
    NewPerson,
    PeopleShown,
    PersonShown,
    Session,
    TokenShown,
)
from confrere.journal.store import SYSTEM, Store

if TYPE_CHECKING:
    from confrere.gateway.state import Gateway

routes = Routes()
MOST_ENTERING = 4096  # bytes of the one body that anybody may send


@routes.route("GET", "/api/health", "", answer=Health)
async def health(gateway: Gateway, request: Request) -> Health:
    """Whether the gateway answers."""
    return Health(status="stopping" if gateway.stopping.is_set() else "ok", version=__version__)


@routes.route("GET", "/api/openapi.json", "")
async def document(gateway: Gateway, request: Request) -> dict[str, Any]:
    """This document."""
    from confrere.gateway.openapi import document as build

    return build(gateway.routes)


@routes.route("POST", "/api/enter", "", body=Enter, answer=Entered)
async def enter(gateway: Gateway, request: Request) -> Response:
    """Exchange a one-time code for a session."""
    gateway.guard.check_tries(request)
    body: Enter = await request.read(Enter, MOST_ENTERING)
    try:
        token, device = gateway.doors.enter(body.code, body.name.strip())
    except Problem:
        gateway.guard.wrong(request, "code")
        raise
    gateway.guard.tries.right(request.address)
    gateway.store.append(
        SYSTEM, "device.entered", {"id": device.id, "address": request.address, "agent": request.headers.get("user-agent", "")[:200]}
    )
    entered = Entered(key=key_of(token), device=shown(device, device.id))
    return Response(entered, headers=[(b"set-cookie", _cookie(gateway, token, 400 * 86_400))])


def _cookie(gateway: Gateway, token: str, seconds: int) -> bytes:
    secure = "; Secure" if gateway.listen.tls else ""
    return f"{gateway.cookie}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}".encode()


@routes.route("POST", "/api/leave", "look")
async def leave(gateway: Gateway, request: Request) -> Response:
    """Forget this device."""
    who = caller(request)
    if who.kind != "command":
        gateway.doors.revoke(who.id, who.id)
    return Response({}, headers=[(b"set-cookie", _cookie(gateway, "", 0))])


@routes.route("GET", "/api/session", "look", answer=Session)
async def session(gateway: Gateway, request: Request) -> Session:
    """Who asks, and where the gateway stands."""
    who = caller(request)
    device = gateway.doors.devices.get(who.id)
    me = shown(device, who.id) if device else DeviceShown(id=who.id, name=who.name, kind=who.kind, scopes=list(who.scopes), this=True)
    home = str(gateway.home.path)
    return Session(
        device=me, person=person_shown(gateway, gateway.people.all[who.person], who), version=__version__, language=gateway.home.language(),
        people=sum(not person.removed for person in gateway.people.all.values()), home=home, tls=gateway.listen.tls, address=gateway.url,
    )  # fmt: skip


@routes.route("GET", "/api/devices", "administer", answer=Devices)
async def devices(gateway: Gateway, request: Request) -> Devices:
    """Every device that was let in, revoked ones too."""
    return Devices(devices=[shown(device, caller(request).id) for device in gateway.doors.devices.values()])


@routes.route("POST", "/api/devices/code", "administer", body=NewCode, answer=CodeShown)
async def code(gateway: Gateway, request: Request) -> CodeShown:
    """A one-time link for another device."""
    body: NewCode = await request.read(NewCode)
    text = gateway.doors.code(body.scopes, body.name, _person_of(gateway, request, body))
    url = f"{gateway.url}/enter#{text}"
    ends = datetime.now(UTC) + timedelta(seconds=CODE_SECONDS)
    return CodeShown(code=text, url=url, qr=qr(url), expires=ends.isoformat(timespec="seconds").replace("+00:00", "Z"))


def _person_of(gateway: Gateway, request: Request, body: NewCode) -> str:
    """Whose the new device will be. Raises Problem for a person there is not, for the owner where another asks, and for a scope that theirs
    cannot have."""
    person = gateway.people.get(body.person or caller(request).person)
    if person.id == OWNER != caller(request).person:
        raise Problem(403, "gateway.person-owner")
    if "administer" in body.scopes and not person.admin:
        raise Problem(400, "gateway.person-no-administrator", name=person.name)
    return person.id


def qr(text: str) -> str:
    """A QR code as SVG."""
    import io

    import segno

    file = io.BytesIO()
    segno.make(text, error="m").save(file, kind="svg", scale=4, border=2, xmldecl=False, svgns=True)
    return file.getvalue().decode()


@routes.route("POST", "/api/devices/token", "administer", body=NewCode, answer=TokenShown)
async def token(gateway: Gateway, request: Request) -> TokenShown:
    """A token for a program; shown once."""
    body: NewCode = await request.read(NewCode)
    text, device = gateway.doors.admit("program", body.name or "program", body.scopes, _person_of(gateway, request, body))
    return TokenShown(token=text, device=shown(device, ""))


@routes.route("DELETE", "/api/devices/{id}", "administer")
async def revoke(gateway: Gateway, request: Request) -> None:
    """Shut a device out at once."""
    gateway.doors.revoke(request.params["id"], caller(request).id)
    gateway.tail.pull()


# -- people


@routes.route("GET", "/api/people", "administer", answer=PeopleShown)
async def people(gateway: Gateway, request: Request) -> PeopleShown:
    """The people of this state folder."""
    who = caller(request)
    return PeopleShown(people=[person_shown(gateway, person, who) for person in gateway.people.all.values() if not person.removed])


@routes.route("POST", "/api/people", "administer", body=NewPerson, answer=PersonShown, status=201)
async def add_person(gateway: Gateway, request: Request) -> PersonShown:
    """Add a person; a device of theirs is let in by a code made for them."""
    body: NewPerson = await request.read(NewPerson)
    gateway.tail.pull()
    made = gateway.people.add(body)
    gateway.tail.pull()
    return person_shown(gateway, made, caller(request))


@routes.route("PUT", "/api/people/{id}", "administer", body=NewPerson, answer=PersonShown)
async def change_person(gateway: Gateway, request: Request) -> PersonShown:
    """Change a person's name, folders or limits."""
    body: NewPerson = await request.read(NewPerson)
    changed = gateway.people.change(request.params["id"], body)
    await gateway.desk.leave_folders(changed.id)
    gateway.tail.pull()
    return person_shown(gateway, changed, caller(request))


@routes.route("DELETE", "/api/people/{id}", "administer")
async def remove_person(gateway: Gateway, request: Request) -> None:
    """Shut a person out: their devices, tasks at work and schedules end at once; the journal keeps what was."""
    ident, who = request.params["id"], caller(request)
    gateway.people.remove(ident, who.id)
    gateway.doors.leave(ident, who.id)
    for schedule in [one for one in gateway.clock.table.all if gateway.people.of_thing(one) == ident]:
        gateway.clock.table.remove(schedule)
    await gateway.desk.stop_all(ident)
    gateway.tail.pull()


def person_shown(gateway: Gateway, person: Person, who: Principal) -> PersonShown:
    first = f"{datetime.now(UTC):%Y-%m}-01"
    cost, tokens = gateway.people.month(person.id, first) if gateway.people.several else (0.0, 0)
    devices = sum(device.person == person.id and not device.revoked for device in gateway.doors.devices.values())
    return PersonShown(
        id=person.id, name=person.name, admin=person.admin, folders=person.folders, budgets=person.budgets, created=person.created,
        owner=person.id == OWNER, devices=devices, month=MonthSpent(cost_usd=cost, tokens=tokens), this=person.id == who.person,
    )  # fmt: skip


def own(gateway: Gateway, request: Request) -> Store:
    """The journal as the caller may see it."""
    return gateway.own(caller(request).person)


def mine(gateway: Gateway, request: Request, ident: str, code: str) -> str:
    """A schedule, recipe or grant that is the caller's. Raises Problem 404 where it is somebody else's."""
    if gateway.people.of_thing(ident) != caller(request).person:
        raise Problem(404, code)
    return ident


def model_of(gateway: Gateway, request: Request, name: str, kept: str = "") -> str:
    """The model named by the caller. Raises Problem for an address that an administrator has not set: this process would speak to whatever is there,
    in this machine's place and with its key. ``kept`` is what was named before, by whoever might."""
    asked = name.strip().removesuffix("+schema")
    if asked.partition(":")[0].lower() not in ("http", "https") or caller(request).may("administer"):
        return name
    set_ones = (kept, gateway.home.settings().model, os.environ.get("CONFRERE_MODEL", ""))
    if asked not in [one.strip().removesuffix("+schema") for one in set_ones]:
        raise Problem(403, "gateway.model-address")
    return name


def caller(request: Request) -> Principal:
    """Who asks, on a route that needs somebody."""
    assert request.who is not None
    return request.who


def shown(device: Device, this: str) -> DeviceShown:
    return DeviceShown(
        id=device.id, name=device.name, kind=device.kind, person=device.person, scopes=device.scopes, paired=device.paired, seen=device.seen,
        revoked=device.revoked, this=device.id == this,
    )  # fmt: skip
