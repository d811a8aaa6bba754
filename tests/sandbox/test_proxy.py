"""The way out: only hosts on the list, only with the policy's agreement, only to public addresses, every request recorded."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import socket
import threading
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from confrere.sandbox.bubblewrap import Bubblewrap
from confrere.sandbox.protocol import Command, Denied, Passage, Request, Spec
from confrere.sandbox.proxy import Proxy

from .conftest import Place
from .test_wire import hello, with_extension


class _Echo(http.server.BaseHTTPRequestHandler):
    """Answers with what it got, so that a test sees exactly what was sent on."""

    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/inner")  # type: ignore[attr-defined]
            self.end_headers()
            return
        size = int(self.headers.get("Content-Length") or 0)
        body = f"{self.command} {self.path} {self.headers['Host']} {self.rfile.read(size)!r}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made.server_port
    made.shutdown()
    made.server_close()


class Told:
    def __init__(self) -> None:
        self.requests: list[tuple[Request, str]] = []

    def __call__(self, request: Request, outcome: str) -> None:
        self.requests.append((request, outcome))

    @property
    def outcomes(self) -> list[str]:
        return [outcome for _, outcome in self.requests]


async def pinned_lookup(host: str, port: int) -> list[str]:
    if host == "gone.test":
        raise OSError("no such name")
    return ["127.0.0.1"]


@contextlib.asynccontextmanager
async def running(proxy: Proxy) -> AsyncIterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = await proxy.serve(listener)
    yield listener.getsockname()[1]
    server.close()


async def ask(port: int, data: bytes, more: bytes = b"") -> bytes:
    """Send, half-close, and read all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        if more:
            await writer.drain()
            await reader.readuntil(b"\r\n\r\n")
            writer.write(more)
        writer.write_eof()
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def pinned(told: Told, entries: list[str], decide: object = None) -> Proxy:
    proxy = Proxy(decide, told, lookup=pinned_lookup, permitted=lambda _: True)  # type: ignore[arg-type]
    proxy.allow(entries)
    return proxy


async def test_a_listed_host_is_reached_and_recorded(server: int) -> None:
    told = Told()
    async with running(pinned(told, [f"ok.test:{server}"])) as port:
        answer = await ask(port, f"GET http://ok.test:{server}/a?q=1 HTTP/1.1\r\nHost: lie.test\r\n\r\n".encode())
    assert answer.endswith(f"GET /a?q=1 ok.test:{server} b''\n".encode())
    assert told.requests == [(Request("ok.test", server, "GET", "/a?q=1"), "allowed")]


@pytest.mark.parametrize(
    "target",
    [
        "http://other.test:{p}/",
        "http://xok.test:{p}/",
        "http://ok.test.evil.test:{p}/",
        "http://ok.test:1/",
        "http://127.0.0.1:{p}/",
        "http://[::1]:{p}/",
    ],
)
async def test_any_other_is_refused(server: int, target: str) -> None:
    told = Told()
    async with running(pinned(told, [f"ok.test:{server}"])) as port:
        answer = await ask(port, f"GET {target.format(p=server)} HTTP/1.1\r\n\r\n".encode())
        tunnel = await ask(port, f"CONNECT {target.format(p=server)[7:-1]} HTTP/1.1\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 403") and tunnel.startswith(b"HTTP/1.1 403")
    assert told.outcomes == ["not listed", "not listed"]


async def test_the_policy_is_asked_about_every_request(server: int) -> None:
    told = Told()

    def decide(request: Request) -> Passage:
        if request.path != "/good":
            raise Denied("not good")
        return "free"

    async with running(pinned(told, [f"ok.test:{server}"], decide)) as port:
        good = await ask(port, f"GET http://ok.test:{server}/good HTTP/1.1\r\n\r\n".encode())
        bad = await ask(port, f"GET http://ok.test:{server}/bad HTTP/1.1\r\n\r\n".encode())
    assert good.startswith(b"HTTP/1.") and b" 200 " in good and bad.startswith(b"HTTP/1.1 403")
    assert told.outcomes == ["allowed", "not good"]


async def test_a_quiet_request_says_nothing_but_the_address(server: int) -> None:
    told = Told()
    async with running(pinned(told, [f"ok.test:{server}"], lambda request: "quiet")) as port:
        head = f"GET http://ok.test:{server}/q HTTP/1.1\r\nX-Words: of the program\r\nUser-Agent: words\r\nContent-Length: 5\r\n\r\nhello"
        answer = await ask(port, head.encode())
    assert answer.endswith(f"GET /q ok.test:{server} b''\n".encode())
    request = told.requests[0][0]
    assert request.size == 5 and request.headers == (("X-Words", "of the program"), ("User-Agent", "words"))


async def test_a_body_passes_and_nothing_after_it(server: int) -> None:
    told = Told()
    head = f"POST http://ok.test:{server}/p HTTP/1.1\r\n"
    smuggled = f"GET /bad HTTP/1.1\r\nHost: ok.test:{server}\r\n\r\n"
    async with running(pinned(told, [f"ok.test:{server}"])) as port:
        answer = await ask(port, f"{head}Content-Length: 5\r\n\r\nhello{smuggled}".encode())
    assert answer.endswith(f"POST /p ok.test:{server} b'hello'\n".encode())
    assert answer.count(b"200 OK") == 1 and told.outcomes == ["allowed"]


async def test_a_name_that_leads_to_this_machine_is_refused(server: int) -> None:
    told = Told()
    proxy = Proxy(None, told)
    proxy.allow([f"localhost:{server}", f"127.0.0.1:{server}", f"2130706433:{server}", f"{socket.gethostname()}:{server}"])
    async with running(proxy) as port:
        for host in ("localhost", "127.0.0.1", "2130706433", socket.gethostname()):
            assert b"200 OK" not in await ask(port, f"GET http://{host}:{server}/ HTTP/1.1\r\n\r\n".encode())
    assert set(told.outcomes) <= {"not public", "no address"} and "not public" in told.outcomes


async def test_the_checked_address_is_the_one_dialled(server: int) -> None:
    """A name that leads elsewhere at the second look gains nothing: there is no second look."""
    looks: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        looks.append(host)
        return ["127.0.0.1"] if len(looks) == 1 else ["127.0.0.2"]

    told = Told()
    proxy = Proxy(None, told, lookup=rebinding, permitted=lambda address: address == "127.0.0.1")
    proxy.allow([f"re.test:{server}"])
    async with running(proxy) as port:
        assert b"200 OK" in await ask(port, f"GET http://re.test:{server}/ HTTP/1.1\r\n\r\n".encode())
        assert (await ask(port, f"GET http://re.test:{server}/ HTTP/1.1\r\n\r\n".encode())).startswith(b"HTTP/1.1 403")
    assert told.outcomes == ["allowed", "not public"] and looks == ["re.test", "re.test"]


async def test_socks_with_names(server: int) -> None:
    told = Told()

    async def socks(port: int, host: bytes, kind: int = 3) -> bytes:
        address = bytes((len(host),)) + host if kind == 3 else host
        request = b"\x05\x01\x00" + b"\x05\x01\x00" + bytes((kind,)) + address + server.to_bytes(2, "big")
        return await ask(port, request + f"GET /s HTTP/1.0\r\nHost: x:{server}\r\n\r\n".encode())

    async with running(pinned(told, [f"ok.test:{server}"])) as port:
        assert (await socks(port, b"ok.test")).endswith(b"b''\n")
        assert (await socks(port, b"other.test"))[2:4] == b"\x05\x02"
        assert (await socks(port, socket.inet_aton("127.0.0.1"), 1))[2:4] == b"\x05\x02"
        assert (await socks(port, b"\xff\x00"))[2:4] == b"\x05\x01"
    assert told.outcomes == ["allowed", "not listed", "not listed", "malformed"]


async def test_a_tunnel_to_the_web_port_is_no_way_around_the_host(server: int) -> None:
    """In the clear a Host could name any site that answers at the same address."""
    told = Told()
    proxy = pinned(told, ["ok.test"])
    proxy.dial = lambda request, found: asyncio.open_connection("127.0.0.1", server)  # type: ignore[method-assign]
    inner = b"POST /x HTTP/1.1\r\nHost: evil.test\r\nContent-Length: 4\r\n\r\n4711"
    async with running(proxy) as port:
        assert (await ask(port, b"GET http://ok.test/ HTTP/1.1\r\n\r\n")).endswith(b"GET / ok.test b''\n")
        assert b"evil" not in await ask(port, b"CONNECT ok.test:80 HTTP/1.1\r\n\r\n", inner)
        socks = b"\x05\x01\x00" + b"\x05\x01\x00\x03\x07ok.test" + (80).to_bytes(2, "big")
        assert b"evil" not in await ask(port, socks + inner)
    assert told.outcomes == ["allowed", "allowed", "not TLS", "allowed", "not TLS"]


async def test_the_tls_name_must_be_the_host_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    received: list[bytes] = []

    async def sink(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.read(10000))
        writer.write(b"served")
        writer.close()

    upstream = await asyncio.start_server(sink, "127.0.0.1", 0)
    number = upstream.sockets[0].getsockname()[1]
    monkeypatch.setattr("confrere.sandbox.proxy._TLS_PORTS", (number,))
    told = Told()
    connect = f"CONNECT ok.test:{number} HTTP/1.1\r\n\r\n".encode()
    async with running(pinned(told, [f"ok.test:{number}"])) as port:
        assert await ask(port, connect, hello("ok.test")) == b"served"
        for other in (
            hello("evil.test"),
            with_extension(hello("ok.test"), 0xFE0D, b""),
            hello(None),
            b"GET / HTTP/1.1\r\n\r\n",
            hello("ok.test")[:50],
        ):
            assert await ask(port, connect, other) == b""
    upstream.close()
    assert [len(data) > 0 for data in received if data] == [True], "nothing but the right hello was sent on"
    assert [outcome for outcome in told.outcomes if outcome != "allowed"] == [
        "other server name",
        "other server name",
        "other server name",
        "not TLS",
        "not TLS",
    ]


@pytest.mark.parametrize("how", ["CONNECT", "SOCKS", "GET"])
@pytest.mark.parametrize("why", ["taken back", "not listed"])
async def test_what_is_open_is_cut_when_its_permission_is_taken_back(how: str, why: str) -> None:
    """In both directions, at once, whether a program still sends or only waits; what else is open goes on."""
    silent: list[asyncio.StreamReader] = []

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        silent.append(reader)
        writer.write(b"begun")
        await reader.read()

    upstream = await asyncio.start_server(hold, "127.0.0.1", 0)
    number = upstream.sockets[0].getsockname()[1]
    told, revoked = Told(), set[str]()
    both = [f"ok.test:{number}", f"other.test:{number}"]
    proxy = pinned(told, both)
    proxy.stands = lambda request, passage: request.host not in revoked

    async def begin(port: int, name: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        socks = b"\x05\x01\x00\x05\x01\x00\x03" + bytes((len(name),)) + name.encode() + number.to_bytes(2, "big")
        head = f"{how} {'http://' if how == 'GET' else ''}{name}:{number}{'/' if how == 'GET' else ''} HTTP/1.1\r\n\r\n".encode()
        writer.write(socks if how == "SOCKS" else head)
        await reader.readuntil(b"begun")
        return reader, writer

    async with running(proxy) as port, asyncio.timeout(20):
        cut, ends = await begin(port, "ok.test")
        kept, open_still = await begin(port, "other.test")
        if why == "taken back":
            revoked.add("ok.test")
        else:
            proxy.allow(both[1:])
        with contextlib.suppress(ConnectionError):
            assert await cut.read() == b""
        ends.close()
        while (
            not silent[0].at_eof() or len(proxy.passing) > 1 or len(told.outcomes) < 2 + (why == "taken back")
        ):  # it is cut first, then told
            await asyncio.sleep(0.01)
        assert not silent[1].at_eof() and not kept.at_eof() and [one.request.host for one in proxy.passing.values()] == ["other.test"]
        open_still.close()
    upstream.close()
    assert told.outcomes[:2] == ["allowed", "allowed"] and told.outcomes[2:3] == [why][: why == "taken back"]


async def test_nothing_stays_open_when_nobody_can_say_whether_it_stands() -> None:
    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    def broken(request: Request, passage: Passage) -> bool:
        raise OSError("no journal")

    upstream = await asyncio.start_server(hold, "127.0.0.1", 0)
    number = upstream.sockets[0].getsockname()[1]
    proxy = pinned(Told(), [f"ok.test:{number}"])
    proxy.stands = broken
    async with running(proxy) as port, asyncio.timeout(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"CONNECT ok.test:{number} HTTP/1.1\r\n\r\n".encode())
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()
    upstream.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=300), st.binary(max_size=60).map(b"\x05\x01\x00".__add__), st.binary(max_size=60).map(b"GET http://".__add__)
    )
)
def test_no_bytes_stop_the_proxy_or_get_through(data: bytes) -> None:
    async def go() -> None:
        told = Told()
        async with running(pinned(told, ["ok.test:1"])) as port:
            await ask(port, data)
            assert (await ask(port, b"GET http://no.test/ HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 403")
        assert "allowed" not in told.outcomes

    asyncio.run(go())


FETCH = """
import os, socket, sys, urllib.request, urllib.error
for url in sys.argv[1:]:
    try:
        print(urllib.request.urlopen(url, timeout=10).read().decode().strip())
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode().strip())
    except OSError as error:
        print(type(error).__name__)
"""


def test_from_inside_the_sandbox(place: Place, server: int) -> None:
    told = Told()
    box = Bubblewrap()
    box.start(Spec([place.mount()], record=told))
    try:
        fetch = Command(
            ["python3", "-c", FETCH, f"http://ok.test:{server}/in", f"http://no.test:{server}/", f"http://ok.test:{server}/away"]
        )
        assert box.run(fetch).out.split() == [b"URLError"] * 3, "no network until one is allowed"
        box.set_network([f"ok.test:{server}"])
        assert box.network is not None
        refused = box.run(fetch).out.decode().splitlines()
        assert [line[:3] for line in refused] == ["502", "403", "502"], refused
        box.network.proxy.lookup, box.network.proxy.permitted = pinned_lookup, lambda _: True
        lines = box.run(fetch).out.decode().splitlines()
        assert lines == [f"GET /in ok.test:{server} b''", "403 confrere: not listed", "403 confrere: not listed"]
        direct = f"import socket; socket.create_connection(('127.0.0.1', {server}), 2)"
        assert b"ConnectionRefused" in box.run(Command(["python3", "-c", direct])).err
        assert b"gaierror" in box.run(Command(["python3", "-c", "import socket; socket.getaddrinfo('ok.test', 80)"])).err
        box.set_network([])
        assert [line[:3] for line in box.run(fetch).out.decode().splitlines()] == ["403"] * 3
        assert told.outcomes[-3:] == ["not listed"] * 3
    finally:
        box.close()
