"""One POST whose answer is read as it comes. Loopback goes over asyncio and h11, everything else over httpx.

Importing httpx costs four times what the rest of a one-shot answer from a local server does, and a server on this machine needs
none of what it adds: TLS, proxies, HTTP/2. Both ways raise the same three errors and close the connection as soon as the
``async with`` is left, by cancellation too.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl

    import h11

_BLOCK = 65536


class NoConnection(Exception):
    """The server could not be reached."""


class Silent(Exception):
    """Nothing came for ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"nothing came for {seconds:g} s")
        self.seconds = seconds


class Broken(Exception):
    """The connection ended, or stopped being HTTP, before the answer did."""


class Response:
    """Status, headers (lower-case names) and the body, block by block."""

    def __init__(self, status: int, headers: Mapping[str, str], blocks: AsyncIterator[bytes]) -> None:
        self.status = status
        self.headers = headers
        self.blocks = blocks

    async def body(self, limit: int) -> bytes:
        """The rest of the body, at most ``limit`` bytes and a block."""
        got = bytearray()
        async for block in self.blocks:
            got += block
            if len(got) > limit:
                break
        return bytes(got)


def is_loopback(url: str) -> bool:
    """Whether ``url`` names this machine by a loopback address or ``localhost``. No name is looked up."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def request(
    method: str, url: str, headers: Mapping[str, str], body: bytes, *, connect: float, idle: float
) -> AbstractAsyncContextManager[Response]:
    """Send one request. ``connect`` and ``idle`` are seconds: to get a connection, and between two blocks.

    Raises NoConnection, Silent or Broken, here or while the blocks are read.
    """
    if is_loopback(url) and url.startswith("http:"):
        return _plain(method, url, headers, body, connect, idle)
    return _full(method, url, headers, body, connect, idle)


@asynccontextmanager
async def _plain(method: str, url: str, headers: Mapping[str, str], body: bytes, connect: float, idle: float) -> AsyncIterator[Response]:
    import h11

    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    try:
        async with asyncio.timeout(connect):
            reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as error:
        raise NoConnection(_why(error)) from error
    try:
        connection = h11.Connection(h11.CLIENT)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        fields = {"host": parts.netloc.rpartition("@")[2], "content-length": str(len(body)), "connection": "close"} | dict(headers)
        sent = connection.send(h11.Request(method=method, target=target, headers=list(fields.items()))) or b""
        sent += connection.send(h11.Data(data=body)) or b""
        sent += connection.send(h11.EndOfMessage()) or b""
        events = _events(connection, reader, idle)
        try:
            writer.write(sent)
            async with asyncio.timeout(idle):
                await writer.drain()
            head = await anext(events)
        except TimeoutError as error:
            raise Silent(idle) from error
        except OSError as error:
            raise Broken(_why(error)) from error
        if not isinstance(head, h11.Response):
            raise Broken("the answer has no status line")
        names = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in head.headers}
        yield Response(head.status_code, names, _data(events))
    finally:
        writer.transport.abort()  # nothing of ours is still to be sent: do not wait for the other side


async def _events(connection: h11.Connection, reader: asyncio.StreamReader, idle: float) -> AsyncIterator[h11.Event]:
    import h11

    while True:
        try:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                try:
                    async with asyncio.timeout(idle):
                        connection.receive_data(await reader.read(_BLOCK))
                except TimeoutError as error:
                    raise Silent(idle) from error
                continue
        except (h11.RemoteProtocolError, OSError) as error:
            raise Broken(_why(error)) from error
        if isinstance(event, h11.InformationalResponse):
            continue
        if event is h11.PAUSED or isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
            if isinstance(event, h11.ConnectionClosed) and connection.their_state is h11.ERROR:
                raise Broken("the connection was closed")
            return
        assert isinstance(event, h11.Event)
        yield event


async def _data(events: AsyncIterator[h11.Event]) -> AsyncIterator[bytes]:
    import h11

    async for event in events:
        if isinstance(event, h11.Data):
            yield bytes(event.data)


@asynccontextmanager
async def _full(method: str, url: str, headers: Mapping[str, str], body: bytes, connect: float, idle: float) -> AsyncIterator[Response]:
    import httpx

    timeout = httpx.Timeout(idle, connect=connect)
    try:
        async with (
            httpx.AsyncClient(timeout=timeout, verify=tls(), follow_redirects=False) as client,
            client.stream(method, url, headers=dict(headers), content=body) as response,
        ):
            yield Response(response.status_code, {k.lower(): v for k, v in response.headers.items()}, response.aiter_bytes())
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise NoConnection(_why(error)) from error
    except httpx.TimeoutException as error:
        raise Silent(idle) from error
    except (httpx.TransportError, httpx.StreamError, httpx.DecodingError) as error:
        raise Broken(_why(error)) from error


@cache
def tls() -> ssl.SSLContext:
    """Trust in the system's authorities, an office's own among them (SSL_CERT_FILE too), and in certifi's where a machine has none."""
    import ssl

    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer to the connection"
    text = ""
    with suppress(Exception):
        text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text or type(error).__name__
