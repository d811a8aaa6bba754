"""The one way from a sandbox to the network: an HTTP, CONNECT and SOCKS 5 proxy that asks about every request.

A request passes when the list names its host and port, the policy's callback agrees, and the name leads to a public address; exactly the
address that was checked is dialled. In a tunnel the TLS server name must be the host that was decided about. What is open is cut when
its host leaves the list or what it rests on is taken back. Not claimed: what a host on the list does with what it is sent, and what travels
inside TLS.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from confrere.sandbox import addresses, wire
from confrere.sandbox.protocol import Decide, Denied, Passage, Record, Request, Stands
from confrere.sandbox.wire import Malformed

HEAD_SECONDS, CONNECT_SECONDS, IDLE_SECONDS = 20.0, 20.0, 300.0
LOOK_SECONDS = 0.25
"""How long what was taken back may stay open: a grant can be revoked by another process, which tells nobody."""
CONNECTIONS = 64
CHUNK = 1 << 16
_TLS_PORTS = (80, 443, 8443, 465, 563, 636, 853, 990, 993, 995)
"""A tunnel to one of these carries TLS or nothing: in the clear it would be requests nobody decided about, to whatever site their Host names."""


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the machine's resolver gives them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def reachable(address: str) -> bool:
    return addresses.is_public(address) and not addresses.is_own(address)


@dataclass(frozen=True)
class _Passing:
    """A request that passed, and the two ends that carry it."""

    request: Request
    passage: Passage
    inside: asyncio.StreamWriter
    outside: asyncio.StreamWriter

    def cut(self) -> None:
        """At once, and whatever is still to be sent is not."""
        self.outside.transport.abort()
        self.inside.transport.abort()


class Proxy:
    """``decide`` and ``record`` are called from a worker thread. ``lookup`` and ``permitted`` are there to be replaced by tests."""

    def __init__(
        self,
        decide: Decide | None = None,
        record: Record | None = None,
        *,
        lookup: Callable[[str, int], object] = resolve,
        permitted: Callable[[str], bool] = reachable,
    ) -> None:
        self.hosts = addresses.HostList()
        self.decide, self.record = decide, record
        self.lookup, self.permitted = lookup, permitted
        self.stands: Stands | None = None
        self.open = 0
        self.passing: dict[asyncio.StreamWriter, _Passing] = {}  # by the end inside
        self.looking: asyncio.Task[None] | None = None

    def allow(self, entries: Sequence[str]) -> None:
        self.hosts = addresses.HostList(entries)
        for one in self.passing.values():
            if not self.hosts.allows(one.request.host, one.request.port):
                one.cut()

    async def serve(self, listener: socket.socket) -> asyncio.Server:
        return await asyncio.start_server(self.handle, sock=listener, limit=wire.HEAD_LIMIT)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection from inside; whatever comes, it ends closed."""
        self.open += 1
        try:
            if self.open > CONNECTIONS:
                return
            async with asyncio.timeout(HEAD_SECONDS):
                first = await reader.readexactly(1)
            await (self.socks(reader, writer) if first == b"\x05" else self.http(first, reader, writer))
        except (OSError, EOFError, TimeoutError, Malformed, asyncio.LimitOverrunError):
            pass  # told to record where there was a request to tell of
        finally:
            self.open -= 1
            writer.close()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(1):
                    await writer.wait_closed()

    async def tell(self, request: Request, outcome: str) -> None:
        if self.record is not None:
            await asyncio.to_thread(self.record, request, outcome)

    async def connect(self, request: Request) -> tuple[Passage, asyncio.StreamReader, asyncio.StreamWriter]:
        """Raises Denied; the outcome has then been recorded."""
        try:
            passage, found = await self.check(request)
            streams = await self.dial(request, found)
        except Denied as denied:
            await self.tell(request, str(denied))
            raise
        await self.tell(request, "allowed")
        return passage, *streams

    @contextmanager
    def passage(self, passing: _Passing) -> Iterator[None]:
        """While something is carried: it ends when what it rests on does."""
        self.passing[passing.inside] = passing
        if self.stands is not None and self.looking is None:
            self.looking = asyncio.create_task(self.look(self.stands))
        try:
            yield
        finally:
            del self.passing[passing.inside]
            passing.outside.close()

    async def look(self, stands: Stands) -> None:
        """Cut what no longer stands, for as long as anything is open."""
        try:
            while self.passing:
                for one in list(self.passing.values()):
                    if not await asyncio.to_thread(stands, one.request, one.passage):
                        one.cut()
                        await self.tell(one.request, "taken back")
                await asyncio.sleep(LOOK_SECONDS)
        except BaseException:  # who cannot tell whether it stands lets nothing go on
            for one in self.passing.values():
                one.cut()
            raise
        finally:
            self.looking = None

    async def check(self, request: Request) -> tuple[Passage, list[str]]:
        """How it may pass, and the addresses that may be dialled. Raises Denied."""
        if not self.hosts.allows(request.host, request.port):
            raise Denied("not listed")
        passage: Passage = "free" if self.decide is None else await asyncio.to_thread(self.decide, request)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                found = await self.lookup(request.host, request.port)  # type: ignore[misc]
        except (OSError, TimeoutError) as error:
            raise Denied("no address") from error
        allowed = [address for address in found if self.permitted(address)]
        if not allowed:
            raise Denied("not public")
        return passage, allowed

    async def dial(self, request: Request, found: list[str]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        for address in found[:4]:
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await asyncio.open_connection(address, request.port)
        raise Denied("unreachable")

    async def http(self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(HEAD_SECONDS):
                head = wire.parse_head(first + await reader.readuntil(b"\r\n\r\n"))
        except (Malformed, asyncio.LimitOverrunError):
            await self.tell(Request("", 0, "HTTP"), "malformed")
            return await _answer(writer, 400, "malformed")
        headers = tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in head.headers)
        request = Request(head.host, head.port, head.method, head.path, -1 if head.length is None else head.length, headers)
        try:
            passage, up_reader, up_writer = await self.connect(request)
        except Denied as denied:
            status = 502 if str(denied) in ("unreachable", "no address") else 403
            return await _answer(writer, status, str(denied))
        with self.passage(_Passing(request, passage, writer, up_writer)):
            if head.method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await self.tunnel(request, reader, writer, up_reader, up_writer)
            else:
                await _exchange(head if passage == "free" else wire.quiet(head), reader, writer, up_reader, up_writer)

    async def socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(HEAD_SECONDS):
            methods = await reader.readexactly((await reader.readexactly(1))[0])
            if 0 not in methods:
                writer.write(b"\x05\xff")
                return
            writer.write(b"\x05\x00")
            version, command, _, kind = await reader.readexactly(4)
            if version != 5 or kind not in (1, 3, 4):
                raise Malformed("SOCKS")
            size = (await reader.readexactly(1))[0] if kind == 3 else 4 if kind == 1 else 16
            data = await reader.readexactly(size)
            port = int.from_bytes(await reader.readexactly(2), "big")
        code = 7
        if command == 1:
            try:
                request = Request(wire.socks_host(kind, data), port, "SOCKS")
                passage, up_reader, up_writer = await self.connect(request)
            except Malformed:
                await self.tell(Request("", 0, "SOCKS"), "malformed")
                code = 1
            except Denied as denied:
                code = 4 if str(denied) in ("unreachable", "no address") else 2
            else:
                with self.passage(_Passing(request, passage, writer, up_writer)):
                    writer.write(b"\x05\x00\x00\x01" + bytes(6))
                    return await self.tunnel(request, reader, writer, up_reader, up_writer)
        writer.write(bytes((5, code, 0, 1)) + bytes(6))
        await writer.drain()

    async def tunnel(
        self,
        request: Request,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up_reader: asyncio.StreamReader,
        up_writer: asyncio.StreamWriter,
    ) -> None:
        """Carry bytes both ways. Where TLS is spoken its server name must be the host that was asked for."""

        async def outward() -> None:
            try:
                opening = await self.opening(request, reader)
            except Malformed as error:
                await self.tell(request, str(error))
                writer.close()
                raise
            up_writer.write(opening)
            await _copy(reader, up_writer)

        tasks = [asyncio.create_task(outward()), asyncio.create_task(_copy(up_reader, writer))]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def opening(self, request: Request, reader: asyncio.StreamReader) -> bytes:
        """The first bytes of a tunnel, looked at before any is sent on. Raises Malformed with the outcome to record."""
        data = await reader.read(CHUNK)
        if (not data.startswith(b"\x16") and request.port not in _TLS_PORTS) or not data:
            return data
        async with asyncio.timeout(HEAD_SECONDS):
            try:
                while (name := wire.server_name(data)) is None:
                    more = await reader.read(CHUNK)
                    if not more or len(data) > wire.HELLO_LIMIT:
                        raise Malformed("cut short")
                    data += more
            except Malformed as error:
                raise Malformed("not TLS") from error
        if name != request.host and (name or not addresses.is_address(request.host)):
            raise Malformed("other server name")
        return data


async def _answer(writer: asyncio.StreamWriter, status: int, why: str) -> None:
    text = f"confrere: {why}\n"
    phrase = {400: "Bad Request", 403: "Forbidden", 502: "Bad Gateway"}[status]
    writer.write(
        f"HTTP/1.1 {status} {phrase}\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n{text}".encode()
    )
    await writer.drain()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        async with asyncio.timeout(IDLE_SECONDS):
            data = await reader.read(CHUNK)
        if not data:
            break
        writer.write(data)
        await writer.drain()
    with suppress(OSError, RuntimeError):
        writer.write_eof()


async def _exchange(
    head: wire.Head,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    up_reader: asyncio.StreamReader,
    up_writer: asyncio.StreamWriter,
) -> None:
    """One request with exactly its body, and the answer. Nothing after the body is sent on: it would be a request nobody decided about."""

    async def outward() -> None:
        up_writer.write(head.forward())
        if head.length is None:
            await _copy_chunks(reader, up_writer)
        else:
            await _copy_exactly(reader, up_writer, head.length)

    task = asyncio.create_task(outward())
    try:
        await _copy(up_reader, writer)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, OSError, EOFError, TimeoutError, Malformed):
            await task


async def _copy_exactly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: int) -> None:
    while count:
        async with asyncio.timeout(IDLE_SECONDS):
            data = await reader.read(min(count, CHUNK))
        if not data:
            raise EOFError
        count -= len(data)
        writer.write(data)
        await writer.drain()


async def _copy_chunks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        async with asyncio.timeout(IDLE_SECONDS):
            size = wire.chunk_size(await reader.readuntil(b"\r\n"))
        writer.write(b"%x\r\n" % size)
        await _copy_exactly(reader, writer, size)
        if await reader.readexactly(2) != b"\r\n":  # after the last chunk this refuses trailers
            raise Malformed("chunk")
        writer.write(b"\r\n")
        if not size:
            return await writer.drain()
