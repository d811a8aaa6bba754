"""Listening: a loopback (or TLS) socket for browsers and programs, a Unix socket for the command line.

uvicorn's HTTP protocol does the parsing; its own server is not used, because it wakes ten times a second for nothing.
"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import ssl
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from confrere.config import Home
from confrere.errors import Failed, WrongUse
from confrere.gateway import peers
from confrere.gateway.state import Gateway, Listen

FIRST = 5.0  # seconds a new connection has to send its first request's head, and to agree on TLS
NEXT = 20.0  # seconds for the head of each further one, from its first byte
BODY = 60.0  # seconds for the rest of a request to come
MOST = 600  # connections at once
MOST_FROM = 100  # of them from one address beyond this machine
MAX_HEAD = 65_536  # bytes of a request's line and headers
_SOCKET = "gateway.sock"


class Connection(HttpToolsProtocol):
    """One connection: refused for another user of this machine, and for one too many; ended when it says nothing, or too slowly."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        sock = transport.get_extra_info("socket")
        own = True
        if sock is not None and sock.family == socket.AF_UNIX:
            own = peers.allowed(peers.unix_peer(sock))
        elif self.client is not None and self.server is not None and self.server[1] is not None:
            if peers.of_this_machine(self.client[0], self.server[0]):
                own = peers.allowed(peers.loopback_peer(self.client, (self.server[0], self.server[1])))
            else:
                same = [one for one in self.connections if isinstance(one, Connection) and one.client and one.client[0] == self.client[0]]
                own = len(same) <= MOST_FROM
        if not own or len(self.connections) > MOST:
            transport.abort()
            return
        self._wait(FIRST)

    def _wait(self, seconds: float) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(seconds, self.transport.abort)

    def _waited(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0
        self._wait(NEXT)

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._count(len(name) + len(value) + 4)

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > MAX_HEAD:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        self._waited()
        self._wait(BODY)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._waited()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._waited()
        super().connection_lost(exc)


class Server:
    """Sockets and signals around a gateway."""

    def __init__(self, home: Home, listen: Listen) -> None:
        check(listen)
        self.listen = listen
        self.tcp = _bind(listen)
        self.lock = _alone(home)
        self.gateway = Gateway(home, listen)
        self.gateway.bound(self.tcp.getsockname()[1])
        self.path = home.path / _SOCKET
        self._tls = _context(listen) if listen.tls else None
        self._servers: list[asyncio.Server] = []
        self._states: list[ServerState] = []

    async def start(self) -> None:
        """Listen; returns when both sockets answer."""
        loop = asyncio.get_running_loop()
        config = Config(
            self.gateway.guard, http=Connection, ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
            date_header=False, timeout_keep_alive=30,
        )  # fmt: skip
        config.load()

        def factory(state: ServerState) -> Callable[[], Any]:
            return lambda: Connection(config=config, server_state=state, app_state={}, _loop=loop)

        self._states = [ServerState(), ServerState()]
        agreed = FIRST if self._tls is not None else None
        self._servers.append(
            await loop.create_server(factory(self._states[0]), sock=self.tcp, ssl=self._tls, ssl_handshake_timeout=agreed, backlog=512)
        )
        self._servers.append(await loop.create_unix_server(factory(self._states[1]), sock=_unix(self.path), backlog=128))
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.gateway.stopping.set)

    async def run(self, ready: Callable[[Gateway], None]) -> None:
        """Serve until a signal comes. ``ready`` is called once, when requests are answered."""
        await self.start()
        ready(self.gateway)
        gateway = self.gateway
        gateway.desk.recover()
        gateway.clock.start()
        try:
            await gateway.stopping.wait()
        finally:
            await self.close()

    async def close(self) -> None:
        """Stop listening, end streams and workers; tasks go on from the journal at the next start."""
        for server in self._servers:
            server.close()
        self.gateway.stopping.set()
        await self.gateway.close()
        for state in self._states:
            for connection in list(state.connections):
                connection.transport.abort()
        self.path.unlink(missing_ok=True)
        os.close(self.lock)


def check(listen: Listen) -> None:
    """Raises WrongUse for an address beyond this machine without TLS, or without a name to be called by."""
    if not listen.loopback and not listen.tls:
        raise WrongUse("gateway.beyond-needs-tls", host=listen.host)
    if listen.host in ("0.0.0.0", "::") and not listen.names:
        raise WrongUse("gateway.beyond-needs-name", host=listen.host)
    if bool(listen.certificate) != bool(listen.key):
        raise WrongUse("gateway.certificate-half")


def _context(listen: Listen) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(listen.certificate, listen.key)
    except (OSError, ssl.SSLError) as error:
        raise WrongUse("gateway.certificate-wrong", path=listen.certificate, reason=str(error)) from None
    return context


def _bind(listen: Listen) -> socket.socket:
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY only where the protocol is said
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    host = "127.0.0.1" if listen.host == "localhost" else listen.host
    try:
        sock.bind((host, listen.port))
    except OSError as error:
        sock.close()
        key = "gateway.port-taken" if error.errno == errno.EADDRINUSE else "gateway.cannot-listen"
        raise Failed(key, host=listen.host, port=listen.port, reason=error.strerror or str(error)) from None
    return sock


def _alone(home: Home) -> int:
    """Hold the state folder's gateway lock for as long as this process lives. Raises Failed when another gateway has it."""
    import fcntl

    handle = os.open(home.path / "gateway.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise Failed("gateway.already-up", path=home.path) from None
    return handle


def _unix(path: Path) -> socket.socket:
    """The command line's socket, mode 0600 from its first instant; what a killed gateway left is removed."""
    if len(os.fsencode(path)) > 100:
        raise Failed("gateway.home-too-long", path=path)
    try:
        if stat.S_ISSOCK(os.lstat(path).st_mode):
            path.unlink()
    except FileNotFoundError:
        pass
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    old = os.umask(0o177)
    try:
        sock.bind(str(path))
    except OSError as error:
        sock.close()
        raise Failed("gateway.cannot-listen", host=path, port=0, reason=error.strerror or str(error)) from None
    finally:
        os.umask(old)
    return sock
