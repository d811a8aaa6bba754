"""What is reachable, and what an attacker would try: run against the gateway that is up, over real connections."""

from __future__ import annotations

import os
import socket
import ssl
import stat

import msgspec

from confrere.config import Home
from confrere.gateway.state import Listen
from confrere.messages import say

_TIMEOUT = 5.0


class Check(msgspec.Struct, kw_only=True):
    """One thing looked at or tried: a stable code, whether it holds, and what a person reads."""

    code: str
    ok: bool
    text: str


class Audit(msgspec.Struct, kw_only=True):
    checks: list[Check]
    listens: list[str]


def audit(home: Home, language: str, listen: Listen | None = None, port: int = 0) -> Audit:
    """Look at the state folder's rights and, where ``listen`` says that a gateway is up, attack it. Changes nothing."""
    found = Audit(checks=[], listens=[])

    def note(code: str, ok: bool, **data: object) -> None:
        found.checks.append(Check(code=code, ok=ok, text=say(f"gateway_exposure.{code}{'' if ok else '-bad'}", language, **data)))

    _files(home, note)
    if listen is None:
        return found
    host = "127.0.0.1" if listen.host in ("0.0.0.0", "localhost") else "::1" if listen.host == "::" else listen.host
    found.listens = [f"{'https' if listen.tls else 'http'}://{listen.host}:{port}", f"unix:{home.path / 'gateway.sock'}"]
    note("loopback", listen.loopback, host=listen.host)
    note("tls", listen.tls or listen.loopback)
    _attacks(_Prober(host, port, listen, (listen.names or (host,))[0]), note)
    return found


def _files(home: Home, note: object) -> None:
    assert callable(note)
    home_mode = stat.S_IMODE(os.lstat(home.path).st_mode)
    note("home", not home_mode & 0o077, path=home.path, mode=f"{home_mode:04o}")
    open_ones = []
    for name in ("journal.db", "journal.db-wal", "gateway.sock", "gateway.key", "gateway.lock", "settings.toml"):
        try:
            mode = stat.S_IMODE(os.lstat(home.path / name).st_mode)
        except FileNotFoundError:
            continue
        if mode & 0o077 and home_mode & 0o011:
            open_ones.append(name)
    note("files", not open_ones, names=", ".join(open_ones))


class _Prober:
    """Sends bytes as an attacker would, and reads the status."""

    def __init__(self, host: str, port: int, listen: Listen, name: str) -> None:
        self.host, self.port, self.tls = host, port, listen.tls
        self.name = f"[{name}]" if ":" in name else name

    def status(self, method: str, path: str, *headers: str, host: str = "", body: str = "") -> int:
        """The status of one request; 0 when the connection was refused or closed without an answer."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host or f'{self.name}:{self.port}'}", "Connection: close", *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        data = ("\r\n".join(lines) + "\r\n\r\n" + body).encode("latin-1")
        try:
            with socket.create_connection((self.host, self.port), _TIMEOUT) as raw:
                sock: socket.socket = raw
                if self.tls:
                    context = ssl.create_default_context()
                    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # our own gateway: what counts is what it answers
                    sock = context.wrap_socket(raw, server_hostname=self.name)
                sock.sendall(data)
                answer = sock.recv(64)
        except OSError:
            return 0
        return int(answer[9:12]) if answer[9:12].isdigit() else 0


def _attacks(probe: _Prober, note: object) -> None:
    assert callable(note)
    own = f"{'https' if probe.tls else 'http'}://{probe.name}:{probe.port}"
    note("answers", probe.status("GET", "/api/health") == 200)
    note(
        "no-credential",
        probe.status("GET", "/api/tasks") == 401 and probe.status("POST", "/api/stop", "Content-Type: application/json") == 401,
    )
    note("rebinding", probe.status("GET", "/api/health", host="attacker.example") == 421)
    note("other-site", probe.status("GET", "/api/health", "Origin: https://attacker.example") == 403)
    note("null-origin", probe.status("GET", "/api/health", "Origin: null") == 403)
    form = ("Content-Type: text/plain", "Sec-Fetch-Site: cross-site")
    note("forgery", probe.status("POST", "/api/enter", *form, body='{"code":"x"}') == 403)
    note(
        "undefined-token",
        all(probe.status("GET", "/api/tasks", f"Authorization: Bearer {word}") in (401, 429) for word in ("undefined", "null", "")),
    )
    note("websocket", probe.status("GET", "/api/events", "Upgrade: websocket", "Connection: Upgrade", f"Origin: {own}") == 400)
    paths = ("/../../etc/passwd", "/assets/..%2f..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/....//etc/passwd")
    note("traversal", all(probe.status("GET", path) in (0, 400, 404) for path in paths))
    note("two-hosts", probe.status("GET", "/api/health", "Host: attacker.example") == 400)
