"""The proxy's parsers: what they accept is exactly what is decided about, and no bytes make them fail otherwise than by Malformed."""

from __future__ import annotations

import ssl
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from confrere.sandbox import wire
from confrere.sandbox.addresses import HostList, is_public, normal_host
from confrere.sandbox.wire import Malformed


@cache
def hello(name: str | None) -> bytes:
    """A real ClientHello, made by OpenSSL."""
    out = ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    tls = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return out.read()


def with_extension(data: bytes, kind: int, value: bytes) -> bytes:
    """A hello in one record, with one more extension at its end."""
    place = 9 + 34
    for width in (1, 2, 1):
        place += width + int.from_bytes(data[place : place + width], "big")
    more = kind.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value
    lengths = {3: 2, 6: 3, place: 2}
    out = bytearray(data + more)
    for at, width in lengths.items():
        out[at : at + width] = (int.from_bytes(data[at : at + width], "big") + len(more)).to_bytes(width, "big")
    return bytes(out)


def test_an_absolute_target_becomes_host_port_and_path() -> None:
    head = wire.parse_head(b"GET http://Example.ORG.:8080/a?b=c HTTP/1.1\r\nHost: other.test\r\nX: y\r\nProxy-Authorization: z\r\n\r\n")
    assert (head.method, head.host, head.port, head.path) == ("GET", "example.org", 8080, "/a?b=c")
    assert head.forward() == b"GET /a?b=c HTTP/1.1\r\nHost: example.org:8080\r\nConnection: close\r\nX: y\r\n\r\n"


def test_connect_names_host_and_port() -> None:
    head = wire.parse_head(b"CONNECT [2001:DB8::1]:443 HTTP/1.1\r\n\r\n")
    assert (head.host, head.port) == ("2001:db8::1", 443)


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: a.test",
        b"GET http://a.test@evil.test/ HTTP/1.1",
        b"GET http://evil.test\\@a.test/ HTTP/1.1",
        b"GET https://a.test/ HTTP/1.1",
        b"GET http://a.test:0/ HTTP/1.1",
        b"GET http://a.test:99999/ HTTP/1.1",
        b"GET http://a.test/#x HTTP/1.1",
        b"GET http://a.test/ HTTP/2",
        b"GET  http://a.test/ HTTP/1.1",
        b"G\tET http://a.test/ HTTP/1.1",
        b"GET http://a.test/\x00 HTTP/1.1",
        b"GET http://a.test/ HTTP/1.1\nX: y",
        b"GET http://a.test/ HTTP/1.1\r\nX : y",
        b"GET http://a.test/ HTTP/1.1\r\n folded",
        b"GET http://a.test/ HTTP/1.1\r\nX: a\x0bb",
        b"GET http://a.test/ HTTP/1.1\r\nX: a\nY: b",
        b"POST http://a.test/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2",
        b"POST http://a.test/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
        b"POST http://a.test/ HTTP/1.1\r\nTransfer-Encoding: gzip, chunked",
        b"POST http://a.test/ HTTP/1.1\r\nContent-Length: -1",
        b"POST http://a.test/ HTTP/1.1\r\nContent-Length: +1",
        b"CONNECT a.test HTTP/1.1",
        b"CONNECT a.test:443:443 HTTP/1.1",
        b"CONNECT 2001:db8::1:443 HTTP/1.1",
        b"CONNECT a.test:4\xc2\xb23 HTTP/1.1",
        b"CONNECT user@a.test:443 HTTP/1.1",
        b"CONNECT a.test:00000000443000 HTTP/1.1",
    ],
)
def test_what_is_ambiguous_is_refused(head: bytes) -> None:
    with pytest.raises(Malformed):
        wire.parse_head(head + b"\r\n\r\n")


def test_a_name_that_may_be_hidden_is_not_the_one_in_the_clear() -> None:
    """With an encrypted hello, a server that many sites share would serve another than the one decided about."""
    assert wire.server_name(with_extension(hello("ok.test"), 0x1234, b"x")) == "ok.test"
    for kind in (0xFE0D, 0xFFCE):
        assert wire.server_name(with_extension(hello("ok.test"), kind, bytes(40))) == "?"


def test_the_server_name_of_a_real_hello_however_it_is_cut() -> None:
    data = hello("mail.example.org")
    assert wire.server_name(data) == "mail.example.org"
    for size in range(1, len(data)):
        assert wire.server_name(data[:size]) is None
    body = data[5:]
    split = b"".join(b"\x16\x03\x01\x00\x40"[:3] + len(part).to_bytes(2, "big") + part for part in (body[:7], body[7:60], body[60:]))
    assert wire.server_name(split) == "mail.example.org"
    assert wire.server_name(hello(None)) == ""


@given(st.binary(max_size=400))
@example(b"\x16\x03\x01\x00\x04\x01\x00\x00\x00")
def test_no_bytes_break_the_hello_parser(data: bytes) -> None:
    try:
        name = wire.server_name(data)
    except Malformed:
        return
    assert name is None or isinstance(name, str)


@settings(max_examples=300)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_no_damage_to_a_real_hello_breaks_the_parser(place: int, damage: bytes) -> None:
    data = hello("a.example.org")
    place %= len(data)
    try:
        wire.server_name(data[:place] + damage + data[place + len(damage) :])
    except Malformed:
        pass


_LINE = st.lists(
    st.sampled_from(
        [
            b"GET",
            b"CONNECT",
            b"http://",
            b"a.test",
            b":",
            b"80",
            b"/",
            b"@",
            b"[::1]",
            b"[",
            b"]",
            b"%",
            b" ",
            b" HTTP/1.1",
            b"\r\n",
            b"Host: b.test",
            b"Content-Length: 5",
            b"Transfer-Encoding: chunked",
            b"\x00",
            b"\xff",
            b"..",
            b"?",
            b"#",
            b"\\",
            b"xn--",
            b"\n",
        ]
    ),
    max_size=14,
)


@settings(max_examples=500)
@given(st.one_of(st.binary(max_size=200), _LINE.map(b"".join)))
def test_no_bytes_break_the_head_parser_and_what_passes_is_one_request(data: bytes) -> None:
    try:
        head = wire.parse_head(data + b"\r\n\r\n")
    except Malformed:
        return
    assert head.host == normal_host(head.host) and 0 < head.port < 65536
    if head.method != "CONNECT":
        sent = head.forward()
        assert sent.count(b"\r\n\r\n") == 1 and sent.endswith(b"\r\n\r\n")
        assert sent.lower().count(b"\r\nhost:") == 1
        assert b"\n" not in sent.replace(b"\r\n", b"")


@given(st.text(max_size=40), st.integers(0, 70000))
def test_a_list_never_allows_what_it_does_not_name(host: str, port: int) -> None:
    allowed = HostList(["example.org", "*.example.net", "other.example.com:8080"])
    try:
        normal = normal_host(host)
    except ValueError:
        return
    expected = (
        (normal == "example.org" and port in (80, 443))
        or (normal.endswith(".example.net") and port in (80, 443))
        or (normal == "other.example.com" and port == 8080)
    )
    assert allowed.allows(normal, port) == expected


def test_the_list_compares_whole_names() -> None:
    allowed = HostList(["a.test", "*.b.test"])
    assert allowed.allows("a.test", 443) and allowed.allows("x.b.test", 80)
    for host in ("xa.test", "a.test.evil.test", "b.test", "xb.test", "x.a.test"):
        assert not allowed.allows(host, 443)
    assert not allowed.allows("a.test", 22)
    assert HostList(["bücher.example"]).allows("xn--bcher-kva.example", 443)
    with pytest.raises(ValueError):
        HostList(["a b"])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "2001:0:7f00:1::",
        "192.0.0.192",
        "168.63.129.16",
        "::ffff:168.63.129.16",
        "64:ff9b::c000:c0",
        "192.88.99.1",
        "3fff::1",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)
