"""A stand-in for the gateway: the built page with the gateway's own policy, a ``World`` behind its API, and a live event stream."""

from __future__ import annotations

import io
import json
import mimetypes
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from confrere.gateway.guard import PAGE_POLICY
from tests.page.world import World, at, dumps


class StandIn(ThreadingHTTPServer):
    """Serves ``dist``; ``world`` may be replaced between tests. ``down`` makes it hang up on every request."""

    daemon_threads = True

    def __init__(self, dist: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.dist, self.world, self.down = dist, World(), False
        self.streams: list[queue.Queue[bytes | None]] = []
        self.seq = 1000
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def say(self, event: str, data: Any, ident: str = "") -> None:
        for stream in list(self.streams):
            stream.put(
                b"".join(
                    [b"id: " + ident.encode() + b"\n" if ident else b"", b"event: ", event.encode(), b"\ndata: ", dumps(data), b"\n\n"]
                )
            )

    def happen(self, kind: str, task: str = "", **body: Any) -> None:
        """An event of the journal."""
        self.seq += 1
        self.say("journal", {"seq": self.seq, "task": task, "n": 1, "at": at(0), "kind": kind, "body": body}, str(self.seq))

    def go_away(self) -> None:
        self.down = True
        for stream in self.streams:
            stream.put(None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StandIn

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if self.server.down:
            self.close_connection = True
            self.connection.close()
            return
        if address.path == "/api/events":
            self._stream()
        elif address.path.endswith(".png") and address.path.startswith("/api/"):
            self._send(200, _picture(), "image/png")
        elif address.path.startswith("/api/"):
            self._api(address.path, dict(parse_qsl(address.query, errors="surrogateescape")))
        else:
            self._page(address.path)

    do_POST = do_PUT = do_DELETE = do_GET

    def _api(self, path: str, query: dict[str, str]) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        status, value = self.server.world.answer(self.command, path, query, body)
        self._send(status, dumps(value), "application/json")

    def _page(self, path: str) -> None:
        file = self.server.dist / path.lstrip("/")
        if not file.is_file():
            file = self.server.dist / "index.html"
        media = "text/javascript" if file.suffix == ".js" else mimetypes.guess_type(file.name)[0] or "text/html"
        self._send(200, file.read_bytes(), media, policy=PAGE_POLICY)

    def _send(self, status: int, content: bytes, media: str, policy: str = "default-src 'none'; sandbox") -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{media}; charset=utf-8" if media.startswith("text/") else media)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", policy)
        if media == "image/png":
            self.send_header("X-Confrere-Pages", "3")
        self.end_headers()
        self.wfile.write(content)

    def _stream(self) -> None:
        if not self.server.world.known:
            self._send(401, b"{}", "application/json")
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        mine: queue.Queue[bytes | None] = queue.Queue()
        self.server.streams.append(mine)
        try:
            self.wfile.write(b'event: ready\ndata: {"seq": %d}\n\n' % self.server.seq)
            while (chunk := mine.get()) is not None:
                self.wfile.write(chunk)
        finally:
            self.server.streams.remove(mine)
            self.close_connection = True


def _picture() -> bytes:
    from PIL import Image

    content = io.BytesIO()
    Image.new("RGB", (595, 842), "#fdfdfb").save(content, "PNG")
    return content.getvalue()
