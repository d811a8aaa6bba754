"""Who may come in: devices with scopes, one-time codes, tokens. A fold over the journal's events; only hashes are kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from confrere.gateway.http import Problem
from confrere.gateway.people import OWNER
from confrere.journal.store import SYSTEM, Event, Store

SCOPES = ("look", "brief", "approve", "administer")
CODE_SECONDS = 600.0
KINDS = ("device.paired", "device.revoked")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_MOST_CODES = 8


class Principal(msgspec.Struct, kw_only=True, frozen=True):
    """Who sent a request: a device, or the command line."""

    id: str
    name: str
    kind: str
    scopes: tuple[str, ...]
    person: str = OWNER

    def may(self, scope: str) -> bool:
        return scope in self.scopes


COMMAND = Principal(id="command", name="confrere", kind="command", scopes=SCOPES)


class Device(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A browser or program that was let in. ``hash`` is the SHA-256 of its token. ``seen`` is when it last spoke, since this start."""

    id: str
    name: str
    kind: str
    scopes: list[str]
    hash: str
    person: str = OWNER
    paired: str = ""
    seen: str = ""
    revoked: str = ""

    def principal(self) -> Principal:
        return Principal(id=self.id, name=self.name, kind=self.kind, scopes=tuple(self.scopes), person=self.person)


class Code(msgspec.Struct, kw_only=True):
    """A one-time code that waits to be used; kept in memory only."""

    hash: str
    scopes: list[str]
    name: str
    ends: float
    person: str = OWNER


class Doors:
    """Codes, devices and their tokens."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self.store = store
        self.clock = clock
        self.devices: dict[str, Device] = {}
        self._by_hash: dict[str, Device] = {}
        self._codes: list[Code] = []
        self.revoked: Callable[[str], None] = lambda ident: None
        for event in store.read(SYSTEM, kinds=KINDS):
            self.apply(event)

    def apply(self, event: Event) -> None:
        """Take an event in; one that is known already changes nothing."""
        body = event.body
        if event.kind == "device.paired" and body["id"] not in self.devices:
            device = Device(
                **{name: body[name] for name in ("id", "name", "kind", "scopes", "hash")}, person=body.get("person", OWNER), paired=event.at
            )
            self.devices[device.id] = device
            self._by_hash[device.hash] = device
        elif event.kind == "device.revoked":
            found = self.devices.get(body["id"])
            if found is not None and not found.revoked:
                found.revoked = event.at
                self._by_hash.pop(found.hash, None)
                self.revoked(found.id)

    # -- codes

    def code(self, scopes: list[str], name: str = "", person: str = OWNER) -> str:
        """A new one-time code for a device with these scopes, good for CODE_SECONDS."""
        self._sweep()
        text = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))  # 100 bits
        self._codes.append(Code(hash=_digest(text), scopes=checked(scopes), name=name, ends=self.clock() + CODE_SECONDS, person=person))
        del self._codes[:-_MOST_CODES]
        return text

    def enter(self, text: str, name: str) -> tuple[str, Device]:
        """Exchange a code for a token. Raises Problem 401 for a wrong, used or old one."""
        self._sweep()
        wanted = _digest(text.strip().upper())
        for code in self._codes:
            if hmac.compare_digest(code.hash, wanted):
                self._codes.remove(code)
                return self.admit("browser", code.name or name or "browser", code.scopes, code.person)
        raise Problem(401, "gateway.code-wrong")

    def _sweep(self) -> None:
        now = self.clock()
        self._codes = [code for code in self._codes if code.ends > now]

    # -- devices

    def admit(self, kind: str, name: str, scopes: list[str], person: str = OWNER) -> tuple[str, Device]:
        """Let a device in; returns its token, which is kept nowhere, and the device."""
        token = "cfr_" + secrets.token_urlsafe(32)
        body: dict[str, Any] = {
            "id": secrets.token_hex(6),
            "name": name[:80],
            "kind": kind,
            "scopes": checked(scopes),
            "hash": _digest(token),
        }
        if person != OWNER:
            body["person"] = person
        self.apply(self.store.append(SYSTEM, "device.paired", body, durable=True))
        return token, self.devices[body["id"]]

    def revoke(self, ident: str, by: str) -> None:
        """Shut a device out at once. Raises Problem 404 when there is none."""
        if ident not in self.devices or self.devices[ident].revoked:
            raise Problem(404, "gateway.no-device")
        self.apply(self.store.append(SYSTEM, "device.revoked", {"id": ident, "by": by}, durable=True))

    def leave(self, person: str, by: str) -> None:
        """Shut out every device of a person, and forget the codes that wait for one."""
        self._codes = [code for code in self._codes if code.person != person]
        for device in list(self.devices.values()):
            if device.person == person and not device.revoked:
                self.revoke(device.id, by)

    def of_token(self, token: str) -> Device | None:
        """The device a token belongs to, while it is not revoked."""
        device = self._by_hash.get(_digest(token))
        if device is not None:
            device.seen = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return device


def checked(scopes: list[str]) -> list[str]:
    """The scopes in their order. Raises Problem for one that does not exist, or none."""
    if not scopes or any(scope not in SCOPES for scope in scopes):
        raise Problem(400, "gateway.scope-unknown", scopes=", ".join(SCOPES))
    return [scope for scope in SCOPES if scope in scopes]


def key_of(token: str) -> str:
    """The second half of a browser's credential: what it must send in a header, beside the cookie."""
    return hmac.new(token.encode(), b"confrere page key", hashlib.sha256).hexdigest()[:40]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
