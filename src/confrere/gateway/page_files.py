"""The built page, from the package's own data; every path that is no file of it is the page itself."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from confrere.gateway.guard import PAGE_POLICY
from confrere.gateway.http import Headers, Problem, Request, Response
from confrere.messages import say

DIST = Path(__file__).with_name("page") / "dist"
_YEAR = b"public, max-age=31536000, immutable"


class Page:
    """Serves ``folder``. The list of its files is what can be asked for, and nothing else; it is taken again when the page was built or
    installed anew under a running gateway, which its ``index.html`` shows."""

    def __init__(self, folder: Path = DIST) -> None:
        self.folder = folder
        self.files: dict[str, Path] = {}
        self._seen: tuple[int, int, int] | None = None
        self._look()

    def _look(self) -> None:
        try:
            at = (self.folder / "index.html").stat()
            seen = (at.st_mtime_ns, at.st_ino, at.st_size)
        except OSError:
            seen = None
        if seen is None or seen != self._seen:
            self._seen = seen
            self.files = {path.relative_to(self.folder).as_posix(): path for path in sorted(self.folder.rglob("*")) if path.is_file()}

    def serve(self, request: Request) -> Response:
        """A file of the page, or the page. Raises Problem for what cannot be one."""
        if request.method not in ("GET", "HEAD"):
            raise Problem(405, "gateway.no-method")
        name = request.path.strip("/")
        policy: Headers = [(b"content-security-policy", PAGE_POLICY.encode())]
        path = self.files.get(name)
        if path is None or name == "index.html":
            self._look()
            path = self.files.get(name)
        if path is None and "." in name.rpartition("/")[2]:
            raise Problem(404, "gateway.no-route")
        if path is None or name == "index.html":
            path = self.files.get("index.html")
            if path is None:
                text = say("gateway.page-missing", request.language("en"))
                return Response(text.encode(), 200, "text/plain; charset=utf-8", policy)
            return Response(_content(path), 200, "text/html; charset=utf-8", policy)
        media, headers = _media(name), list(policy)
        if name.startswith("assets/"):
            headers.append((b"cache-control", _YEAR))
        packed = self.files.get(f"{name}.gz") if "gzip" in request.headers.get("accept-encoding", "") else None
        if packed is not None:
            headers += [(b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")]
        return Response(_content(packed or path), 200, media, headers)


def _content(path: Path) -> bytes:
    """Raises Problem 404 for a file that was there when the list was taken: the page is being replaced."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Problem(404, "gateway.no-route") from None


def _media(name: str) -> str:
    media = {"js": "text/javascript", "mjs": "text/javascript", "webmanifest": "application/manifest+json"}.get(name.rpartition(".")[2])
    media = media or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{media}; charset=utf-8" if media.startswith("text/") else media
