"""What a program sends to the proxy, parsed strictly: pure functions over bytes that raise Malformed and nothing else.

Sources: RFC 9112 (HTTP/1.1 messages), RFC 9110 7.1 (targets), RFC 1928 (SOCKS 5), RFC 8446 4.1.2 and RFC 6066 3 (ClientHello, server name).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from confrere.sandbox.addresses import normal_host

HEAD_LIMIT = 1 << 16
HELLO_LIMIT = 1 << 16
_HIDDEN_NAME = (0xFE0D, 0xFFCE)  # extensions that encrypt the real server name (ECH, and ESNI before it): the plain one need not be true
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
_TARGET = re.compile(r"[\x21-\x7e]+")
_OURS = (b"host", b"connection", b"keep-alive", b"te", b"trailer", b"upgrade", b"expect", b"content-length", b"transfer-encoding")


class Malformed(Exception):
    """Not what the protocol says."""


@dataclass(frozen=True)
class Head:
    """A request's head. ``path`` is the target to send on ("" for CONNECT); ``length`` of the body, or None when it comes in chunks."""

    method: str
    host: str
    port: int
    path: str
    headers: tuple[tuple[bytes, bytes], ...]
    length: int | None

    def forward(self) -> bytes:
        """The head as sent to the server: one request, one connection, and the host that was decided about."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {name}" + (f":{self.port}" if self.port != 80 else ""), "Connection: close"]
        if self.length is None:
            lines.append("Transfer-Encoding: chunked")
        elif self.length or self.method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {self.length}")
        return "\r\n".join(lines).encode() + b"\r\n" + b"".join(b"%s: %s\r\n" % pair for pair in self.headers) + b"\r\n"


def quiet(head: Head) -> Head:
    """The same address asked for, and nothing else said: no header that the program chose, no body."""
    return replace(head, headers=((b"User-Agent", b"confrere"), (b"Accept", b"*/*")), length=0)


def parse_head(data: bytes) -> Head:
    """``data`` ends with the empty line. Only CONNECT and absolute ``http://`` targets: a proxy is sent nothing else."""
    lines = data.removesuffix(b"\r\n\r\n").split(b"\r\n")
    try:
        method, target, version = lines[0].decode("ascii").split(" ")
    except ValueError as error:
        raise Malformed("request line") from error
    if not _TOKEN.fullmatch(method.encode()) or version not in ("HTTP/1.1", "HTTP/1.0") or not _TARGET.fullmatch(target):
        raise Malformed("request line")
    headers, length = _headers(lines[1:])
    if method == "CONNECT":
        host, port = host_and_port(target)
        return Head(method, host, port, "", headers, 0)
    try:
        url = urlsplit(target)
        port_number = url.port
    except ValueError as error:
        raise Malformed("target") from error
    if url.scheme != "http" or not url.hostname or "@" in url.netloc or "\\" in url.netloc or url.fragment:
        raise Malformed("target")
    path = target[target.index("//") + 2 + len(url.netloc) :] or "/"
    if not path.startswith(("/", "?")) or port_number == 0:
        raise Malformed("target")
    return Head(method, _host(url.hostname), port_number or 80, path if path.startswith("/") else "/" + path, headers, length)


def _headers(lines: list[bytes]) -> tuple[tuple[tuple[bytes, bytes], ...], int | None]:
    kept: list[tuple[bytes, bytes]] = []
    lengths: set[bytes] = set()
    chunked = False
    for line in lines:
        name, colon, value = line.partition(b":")
        value = value.strip(b" \t")
        if not colon or not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            raise Malformed("header")
        lower = name.lower()
        if lower == b"content-length":
            lengths.add(value)
        elif lower == b"transfer-encoding":
            if value.lower() != b"chunked" or chunked:
                raise Malformed("transfer coding")
            chunked = True
        elif lower not in _OURS and not lower.startswith(b"proxy-"):
            kept.append((name, value))
    if (chunked and lengths) or len(lengths) > 1:
        raise Malformed("two lengths")
    text = lengths.pop() if lengths else b"0"
    if not text.isdigit() or len(text) > 15:
        raise Malformed("length")
    return tuple(kept), None if chunked else int(text)


def chunk_size(line: bytes) -> int:
    """The size in a chunk's first line; extensions are refused."""
    text = line.removesuffix(b"\r\n")
    if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", text):
        raise Malformed("chunk")
    return int(text, 16)


def host_and_port(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or not 0 < int(port[:6]) < 65536 or (":" in host and not host.startswith("[")):
        raise Malformed("authority")
    return _host(host), int(port)


def _host(text: str) -> str:
    try:
        return normal_host(text)
    except ValueError as error:
        raise Malformed("host") from error


def socks_host(kind: int, data: bytes) -> str:
    """The host of a SOCKS 5 request: ``kind`` 1 for IPv4, 3 for a name, 4 for IPv6; ``data`` without its length byte."""
    import ipaddress

    try:
        text = data.decode("ascii") if kind == 3 else str(ipaddress.ip_address(data))
    except ValueError as error:
        raise Malformed("host") from error
    return _host(text)


def server_name(data: bytes) -> str | None:
    """The server name in a TLS ClientHello: "" when it has none, "?" when the real one may be hidden, None while bytes are missing.

    Records may split it anywhere.
    """
    message = bytearray()
    place = 0
    while True:
        if len(message) >= 4:
            size = int.from_bytes(message[1:4], "big")
            if message[0] != 1 or size > HELLO_LIMIT:
                raise Malformed("not a ClientHello")
            if len(message) >= 4 + size:
                return _name_in_hello(bytes(message[4 : 4 + size]))
        if len(data) - place < 5:
            return None
        if data[place] != 22 or data[place + 1] != 3:
            raise Malformed("not a handshake")
        size = int.from_bytes(data[place + 3 : place + 5], "big")
        if not 0 < size <= 1 << 14:
            raise Malformed("record")
        if len(data) - place - 5 < size:
            return None
        message += data[place + 5 : place + 5 + size]
        place += 5 + size


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.place:
            raise Malformed("ClientHello")
        self.place += count
        return self.data[self.place - count : self.place]

    def vector(self, width: int) -> bytes:
        return self.take(int.from_bytes(self.take(width), "big"))

    def more(self) -> bool:
        return self.place < len(self.data)


def _name_in_hello(body: bytes) -> str:
    hello = _Cursor(body)
    hello.take(34)
    hello.vector(1)
    hello.vector(2)
    hello.vector(1)
    if not hello.more():
        return ""
    extensions = _Cursor(hello.vector(2))
    found = ""
    while extensions.more():
        kind = int.from_bytes(extensions.take(2), "big")
        value = extensions.vector(2)
        if kind in _HIDDEN_NAME:
            return "?"
        if kind == 0:
            names = _Cursor(_Cursor(value).vector(2))
            name_type, name = names.take(1)[0], names.vector(2)
            if found or name_type != 0 or names.more():
                raise Malformed("server name")
            found = _host(name.decode("ascii", "replace"))
    return found
