"""Requests, responses and routes over ASGI, small enough to start at once.

A route declares its scope, its body and its answer as msgspec types: the same table checks what comes in, writes what goes out and gives
the OpenAPI document.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from confrere.errors import ConfrereError

if TYPE_CHECKING:
    from confrere.gateway.doors import Principal
    from confrere.gateway.state import Gateway

Headers = list[tuple[bytes, bytes]]
MAX_BODY = 4_000_000  # bytes


class Problem(ConfrereError):
    """An error with an HTTP status; the rest as ``ConfrereError``."""

    def __init__(self, http_status: int, key: str, *, retry_after: float = 0.0, **data: object) -> None:
        super().__init__(key, **data)
        self.http_status = http_status
        self.retry_after = retry_after


class Gone(Exception):
    """The client hung up."""


class Request:
    """One request. ``headers`` are lower-case names to text; ``query`` the last value of each name; ``params`` the blanks of the route."""

    def __init__(self, scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        self.scope = scope
        self.receive = receive
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.raw_headers: Headers = scope["headers"]
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in self.raw_headers}
        self.query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, errors="surrogateescape"))
        self.params: dict[str, str] = {}
        self.who: Principal | None = None
        self.route: Route | None = None
        self.local = bool(scope["server"] and scope["server"][1] is None)  # by the Unix socket
        self._body: bytes | None = None

    @property
    def secure(self) -> bool:
        return bool(self.scope.get("scheme") == "https")

    @property
    def address(self) -> str:
        client = self.scope.get("client")
        return str(client[0]) if client else ""

    def language(self, otherwise: str) -> str:
        """The first of fr and en that the caller accepts."""
        for part in self.headers.get("accept-language", "").lower().split(","):
            if part.strip()[:2] in ("fr", "en"):
                return "fr" if part.strip()[:2] == "fr" else "en"
        return otherwise

    def number(self, name: str, otherwise: int, low: int = 0, high: int = 2**53) -> int:
        """A whole number of the query, held between its bounds. Raises Problem where it is none."""
        text = self.query.get(name, "")
        if not text:
            return otherwise
        if not re.fullmatch(r"-?\d{1,18}", text):
            raise Problem(400, "gateway.query-wrong", name=name)
        return max(low, min(high, int(text)))

    async def body(self, limit: int = MAX_BODY) -> bytes:
        """The whole body. Raises Problem when it is longer than ``limit`` bytes, Gone when the client left."""
        if self._body is None:
            if int(self.headers.get("content-length", "0") or 0) > limit:
                raise Problem(413, "gateway.too-large", limit=limit)
            parts: list[bytes] = []
            size = 0
            while True:
                message = await self.receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > limit:
                    raise Problem(413, "gateway.too-large", limit=limit)
                if not message.get("more_body"):
                    break
            self._body = b"".join(parts)
        return self._body

    async def read(self, kind: Any, limit: int = MAX_BODY) -> Any:
        """The body as a record of ``kind``. Raises Problem saying what is not right."""
        raw = await self.body(limit)
        try:
            value = json.loads(raw.decode("utf-8"), parse_constant=_no_number, parse_float=_number) if raw.strip() else {}
        except (ValueError, RecursionError):
            raise Problem(400, "gateway.not-json") from None
        try:
            return msgspec.convert(value, kind)
        except (msgspec.ValidationError, ValueError, RecursionError) as error:
            raise Problem(400, "gateway.body-wrong", reason=str(error)[:300]) from None


def _number(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _no_number(text)


def _no_number(text: str) -> float:
    """NaN and infinities pass every comparison with a limit: they are not JSON."""
    raise ValueError(text)


class Response:
    """``body`` is bytes, or anything that becomes JSON."""

    def __init__(self, body: Any = b"", status: int = 200, media: str = "application/json", headers: Headers | None = None) -> None:
        self.status = status
        self.body = body if isinstance(body, bytes) else encode(body)
        self.media = media
        self.headers: Headers = list(headers or [])

    async def send(self, send: Callable[[dict[str, Any]], Awaitable[None]], extra: Headers, head: bool = False) -> None:
        headers = [(b"content-type", self.media.encode("latin-1")), (b"content-length", str(len(self.body)).encode()), *self.headers]
        await send({"type": "http.response.start", "status": self.status, "headers": merged(headers, extra)})
        await send({"type": "http.response.body", "body": b"" if head else self.body})


class Stream:
    """An answer in pieces; ``chunks`` is closed when the client hangs up."""

    def __init__(self, chunks: AsyncIterator[bytes], media: str, headers: Headers | None = None, status: int = 200) -> None:
        self.chunks = chunks
        self.media = media
        self.status = status
        self.headers: Headers = list(headers or [])

    async def send(self, send: Callable[[dict[str, Any]], Awaitable[None]], extra: Headers, head: bool = False) -> None:
        headers = [(b"content-type", self.media.encode("latin-1")), *self.headers]
        await send({"type": "http.response.start", "status": self.status, "headers": merged(headers, extra)})
        if not head:
            async for chunk in self.chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def merged(own: Headers, general: Headers) -> Headers:
    """The headers of an answer: its own, and of the general ones those it does not set itself."""
    names = {name for name, _ in own}
    return own + [(name, value) for name, value in general if name not in names]


def encode(value: Any) -> bytes:
    """JSON. Lone surrogates (file names that are not UTF-8) are escaped, which msgspec alone refuses."""
    try:
        return msgspec.json.encode(value)
    except (UnicodeEncodeError, ValueError):
        return json.dumps(value, ensure_ascii=True, separators=(",", ":"), default=msgspec.to_builtins).encode("ascii")


Handler = Callable[["Gateway", Request], Awaitable[Any]]


class Route:
    """One path and method. ``scope`` "" needs no credential. ``by_element`` marks what an element of the page fetches without our header;
    ``body`` and ``answer`` are msgspec types; ``query`` names its parameters with what they mean."""

    def __init__(
        self,
        method: str,
        path: str,
        handler: Handler,
        scope: str,
        body: Any,
        answer: Any,
        query: dict[str, str],
        status: int,
        by_element: bool,
    ) -> None:
        self.method, self.path, self.handler, self.scope = method, path, handler, scope
        self.body, self.answer, self.query, self.status, self.by_element = body, answer, query, status, by_element
        blank = re.sub(r"\\\{(\w+)\\\}", lambda match: f"(?P<{match[1]}>[^/]+)", re.escape(path))
        self.pattern = re.compile(blank)

    @property
    def changes(self) -> bool:
        return self.method not in ("GET", "HEAD")


class Routes:
    """The table. Modules of ``api/`` each make one; the gateway joins them."""

    def __init__(self) -> None:
        self.all: list[Route] = []
        self._plain: dict[tuple[str, str], Route] = {}

    def route(
        self,
        method: str,
        path: str,
        scope: str,
        *,
        body: Any = None,
        answer: Any = None,
        query: dict[str, str] | None = None,
        status: int = 200,
        by_element: bool = False,
    ) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            self.add(Route(method, path, handler, scope, body, answer, query or {}, status, by_element))
            return handler

        return add

    def add(self, route: Route) -> None:
        self.all.append(route)
        if "{" not in route.path:
            self._plain[(route.method, route.path)] = route

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route and its blanks. Raises Problem 404, or 405 where the path has other methods."""
        method = "GET" if method == "HEAD" else method
        found = self._plain.get((method, path))
        if found is not None:
            return found, {}
        others = False
        for route in self.all:
            match = route.pattern.fullmatch(path)
            if match is not None:
                if route.method == method:
                    return route, match.groupdict()
                others = True
        raise Problem(405 if others else 404, "gateway.no-method" if others else "gateway.no-route")
