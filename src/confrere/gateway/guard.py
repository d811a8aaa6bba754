"""The one way in: every request passes here, in this order: form, host, origin, route, who, rate, scope, then the handler.

Against: DNS rebinding (hosts are listed), other sites (origin, fetch metadata, a header of ours that a form cannot send, SameSite),
a page on
another port of this machine (the cookie alone is not enough), guessing (lock-out), floods (buckets), framing and outside content
(policies).
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.errors import ConfrereError, Failed, Refused, WrongUse
from confrere.gateway.doors import COMMAND, Principal, key_of
from confrere.gateway.http import Gone, Headers, Problem, Request, Response, Stream, merged
from confrere.gateway.limits import Buckets, LockOut
from confrere.journal.store import SYSTEM
from confrere.messages import say, system_language

if TYPE_CHECKING:
    from confrere.gateway.state import Gateway

Send = Callable[[dict[str, Any]], Awaitable[None]]

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
API_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
_HEADERS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", API_POLICY.encode()),
]
_TLS: Headers = [(b"strict-transport-security", b"max-age=31536000")]
_ONCE = (b"host", b"authorization", b"cookie", b"content-length", b"content-type", b"origin", b"x-confrere-key")
_STATUS = {
    "core.task-unknown": 404,
    "core.task-ambiguous": 404,
    "agent.not-now": 409,
    "core.task-busy": 409,
    "agent.nothing-applied": 409,
    "workspace.path-missing": 404,
    "workspace.folder-missing": 404,
    "core.disk-full": 507,
    "core.journal-busy": 503,
}
_NOTED = 60.0  # seconds between two journal entries about the same kind of refusal


class Guard:
    """The ASGI application."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.buckets = Buckets(rate=200, burst=400)
        self.tries = LockOut()
        self._noted: dict[str, tuple[float, int]] = {}

    async def __call__(self, scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
        request = Request(scope, receive)
        general = merged([], _HEADERS + (_TLS if request.secure else []))
        started = False

        async def tell(message: dict[str, Any]) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            answer = await self._answer(request)
        except Gone:
            return
        except ConfrereError as error:
            answer = self.problem(request, error)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self.gateway.defect(error)
            answer = self.problem(request, Problem(500, "gateway.defect", error=type(error).__name__))
        head = request.method == "HEAD"
        if not isinstance(answer, Stream):
            await answer.send(tell, general, head)
            return
        sending = asyncio.ensure_future(answer.send(tell, general, head))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in (sending, leaving):
                part.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
            close = getattr(answer.chunks, "aclose", None)
            if close is not None:
                await close()

    async def _answer(self, request: Request) -> Response | Stream:
        self._form(request)
        if not request.local:
            self._host(request)
            self._origin(request)
        if not request.path.startswith(("/api/", "/v1/", "/hooks/")):
            self._often(request)
            return self.gateway.page.serve(request)
        route, request.params = self.gateway.routes.find(request.method, request.path)
        request.route = route
        request.who = self._who(request)
        self._often(request)
        if route.scope:
            if request.who is None:
                raise Problem(401, "gateway.enter-first")
            if not request.who.may(route.scope):
                self.note("scope", request, scope=route.scope)
                raise Problem(403, "gateway.scope-missing", scope=route.scope)
        if route.changes:
            self._media(request)
        value = await route.handler(self.gateway, request)
        if isinstance(value, Response | Stream):
            return value
        return Response({} if value is None else value, route.status)

    def _often(self, request: Request) -> None:
        """Who is nobody is counted by address: a page's files and refusals are work, too."""
        wait = self.buckets.take(request.who.id if request.who else request.address)
        if wait:
            raise Problem(429, "gateway.too-many", retry_after=wait, seconds=max(1, round(wait)))

    # -- form

    def _form(self, request: Request) -> None:
        """What no honest client sends: two of a header that decides, an upgrade to another protocol, a path in disguise."""
        names = [name for name, _ in request.raw_headers]
        if any(names.count(name) > 1 for name in _ONCE):
            raise Problem(400, "gateway.malformed")
        if "upgrade" in request.headers:
            self.note("upgrade", request)
            raise Problem(400, "gateway.no-upgrade")
        if "\0" in request.path or "\\" in request.path or "//" in request.path or "/../" in request.path + "/":
            raise Problem(400, "gateway.malformed")

    def _host(self, request: Request) -> None:
        if request.headers.get("host", "").lower() not in self.gateway.hosts:
            self.note("host", request, host=request.headers.get("host", "")[:100])
            raise Problem(421, "gateway.wrong-host")

    def _origin(self, request: Request) -> None:
        origin = request.headers.get("origin")
        own = f"{'https' if request.secure else 'http'}://{request.headers['host'].lower()}"
        if origin is not None and origin.lower() != own:
            self.note("origin", request, origin=origin[:100])
            raise Problem(403, "gateway.other-site")
        site = request.headers.get("sec-fetch-site", "")
        if site in ("", "same-origin"):
            return
        walked_in = site in ("none", "cross-site", "same-site") and request.headers.get("sec-fetch-mode") == "navigate"
        api = request.path.startswith(("/api/", "/v1/", "/hooks/"))
        if not walked_in or (api and site != "none") or request.method not in ("GET", "HEAD"):
            self.note("site", request, site=site)
            raise Problem(403, "gateway.other-site")

    def _media(self, request: Request) -> None:
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        empty = request.headers.get("content-length", "0") in ("", "0") and "transfer-encoding" not in request.headers
        if media != "application/json" and not (empty and not media) and not request.path.startswith("/hooks/"):
            raise Problem(415, "gateway.not-json")

    # -- who

    def _who(self, request: Request) -> Principal | None:
        if request.local:
            return COMMAND
        bearer = request.headers.get("authorization", "")
        if bearer:
            kind, _, token = bearer.partition(" ")
            if kind.lower() == "bearer":
                return self._token(request, token.strip(), "program")
            raise Problem(401, "gateway.token-wrong")
        token = cookie_of(request, self.gateway.cookie)
        if not token:
            return None
        who = self._token(request, token, "browser", stale=True)
        assert request.route is not None
        if who is None or not request.route.scope:
            return who
        if hmac.compare_digest(request.headers.get("x-confrere-key", "").encode(), key_of(token).encode()):
            return who
        if (
            request.route.by_element
            and not request.route.changes
            and request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
        ):
            return who
        self.note("key", request)
        raise Problem(401, "gateway.key-missing")

    def _token(self, request: Request, token: str, kind: str, *, stale: bool = False) -> Principal | None:
        """The device of a token. A stale cookie is no attack: it counts for nothing; a wrong bearer token counts as a try."""
        device = self.gateway.doors.of_token(token)
        if device is not None and device.kind == kind and self.gateway.people.living(device.person):
            who = device.principal()
            return msgspec.structs.replace(who, scopes=self.gateway.people.scopes(who.person, who.scopes))
        if stale:
            return None
        self.check_tries(request)
        self.wrong(request, "token")
        raise Problem(401, "gateway.token-wrong")

    def check_tries(self, request: Request) -> None:
        """Raises Problem 429 while this address is locked out."""
        wait = self.tries.wait(request.address)
        if wait:
            raise Problem(429, "gateway.locked", retry_after=wait, seconds=max(1, round(wait)))

    def wrong(self, request: Request, what: str) -> None:
        wait = self.tries.wrong(request.address)
        if wait:
            body = {"what": what, "address": request.address, "seconds": round(wait)}
            self.gateway.store.append(SYSTEM, "guard.locked", body)

    # -- answers

    def note(self, what: str, request: Request, **data: Any) -> None:
        """Journal a refusal; the same kind at most once a minute, with how many there were."""
        key, now = what, time.monotonic()
        then, count = self._noted.get(key, (-_NOTED, 0))
        if now - then < _NOTED:
            self._noted[key] = (then, count + 1)
            return
        self._noted[key] = (now, 0)
        body = {"what": what, "path": request.path[:200], "address": request.address, "more": count, **data}
        self.gateway.store.append(SYSTEM, "guard.refused", body)

    def _language(self) -> str:
        """The person's language; the session's where the settings cannot be read."""
        try:
            return self.gateway.home.language()
        except ConfrereError:
            return system_language()

    def problem(self, request: Request, error: ConfrereError) -> Response:
        status = _STATUS.get(error.key) or (error.http_status if isinstance(error, Problem) else _status(error))
        both = {language: say(error.key, language, **error.data) for language in ("en", "fr")}
        language = request.language(self._language())
        body = {
            "type": "about:blank",
            "status": status,
            "code": error.key,
            "title": say(f"gateway.status-{status}", language),
            "detail": both[language],
            "sentences": both,
            "data": {name: value if isinstance(value, int | float | str | bool) else str(value) for name, value in error.data.items()},
        }
        headers: Headers = []
        if isinstance(error, Problem) and error.retry_after:
            headers.append((b"retry-after", str(max(1, round(error.retry_after))).encode()))
        if status == 401:
            headers.append((b"www-authenticate", b"Bearer"))
        return Response(body, status, "application/problem+json", headers)


def _status(error: ConfrereError) -> int:
    if isinstance(error, WrongUse):
        return 400
    if isinstance(error, Refused):
        return 403
    return 500 if isinstance(error, Failed) else 409


def cookie_of(request: Request, name: str) -> str:
    """The value of one cookie; "" where there is none, or more than one."""
    found = [
        part.strip().partition("=")[2] for part in request.headers.get("cookie", "").split(";") if part.strip().partition("=")[0] == name
    ]
    return found[0] if len(found) == 1 else ""


async def _left(receive: Callable[[], Awaitable[dict[str, Any]]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
