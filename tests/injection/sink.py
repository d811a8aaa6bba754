"""A server on loopback that records whatever reaches it: the outside world of the suite."""

from __future__ import annotations

import http.client
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass
class Sink:
    """``effects`` are (tool, arguments) that test tools sent; ``strays`` is all else that came: a connection, a request of anybody."""

    effects: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Sink:
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length", "0")))
                if self.path == "/effect":
                    body = json.loads(raw)
                    sink.effects.append((body["tool"], body["args"]))
                else:
                    sink.strays.append(f"{self.command} {self.path} {raw[:500]!r}")
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                sink.strays.append(f"{self.command} {self.path}")
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            do_PUT = do_HEAD = do_OPTIONS = do_DELETE = do_GET

            def log_message(self, format: str, *args: object) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                sink.strays.append(f"a connection from {client_address}")

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def clear(self) -> None:
        self.effects, self.strays = [], []


def send(port: int, tool: str, args: dict[str, Any]) -> None:
    """What a test tool does to the world: it arrives at the sink, through a real socket. Raises OSError when it cannot."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("POST", "/effect", json.dumps({"tool": tool, "args": args}), {"content-type": "application/json"})
        if connection.getresponse().status != 200:
            raise ConnectionError("the sink did not take it")
    finally:
        connection.close()
