"""Who is here: entering, sessions, devices, the OpenAPI document."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from confrere import __version__
from confrere.gateway.doors import CODE_SECONDS, Device, Principal, key_of
from confrere.gateway.http import Problem, Request, Response, Routes
from confrere.gateway.shapes import CodeShown, Devices, DeviceShown, Enter, Entered, Health, NewCode, Session, TokenShown
from confrere.journal.store import SYSTEM

if TYPE_CHECKING:
    from confrere.gateway.state import Gateway

routes = Routes()


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
    body: Enter = await request.read(Enter)
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
    return Session(device=me, version=__version__, language=gateway.home.language(), home=home, tls=gateway.listen.tls, address=gateway.url)


@routes.route("GET", "/api/devices", "administer", answer=Devices)
async def devices(gateway: Gateway, request: Request) -> Devices:
    """Every device that was let in, revoked ones too."""
    return Devices(devices=[shown(device, caller(request).id) for device in gateway.doors.devices.values()])


@routes.route("POST", "/api/devices/code", "administer", body=NewCode, answer=CodeShown)
async def code(gateway: Gateway, request: Request) -> CodeShown:
    """A one-time link for another device."""
    body: NewCode = await request.read(NewCode)
    text = gateway.doors.code(body.scopes, body.name)
    url = f"{gateway.url}/enter#{text}"
    ends = datetime.now(UTC) + timedelta(seconds=CODE_SECONDS)
    return CodeShown(code=text, url=url, qr=qr(url), expires=ends.isoformat(timespec="seconds").replace("+00:00", "Z"))


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
    text, device = gateway.doors.admit("program", body.name or "program", body.scopes)
    return TokenShown(token=text, device=shown(device, ""))


@routes.route("DELETE", "/api/devices/{id}", "administer")
async def revoke(gateway: Gateway, request: Request) -> None:
    """Shut a device out at once."""
    gateway.doors.revoke(request.params["id"], caller(request).id)
    gateway.tail.pull()


def caller(request: Request) -> Principal:
    """Who asks, on a route that needs somebody."""
    assert request.who is not None
    return request.who


def shown(device: Device, this: str) -> DeviceShown:
    return DeviceShown(
        id=device.id, name=device.name, kind=device.kind, scopes=device.scopes, paired=device.paired, seen=device.seen,
        revoked=device.revoked, this=device.id == this,
    )  # fmt: skip
