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
    """Serves ``folder``; its list of files is taken at the start: nothing else can be asked for."""

    def __init__(self, folder: Path = DIST) -> None:
        self.files = (
            {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()} if folder.is_dir() else {}
        )

    def serve(self, request: Request) -> Response:
        """A file of the page, or the page. Raises Problem for what cannot be one."""
        if request.method not in ("GET", "HEAD"):
            raise Problem(405, "gateway.no-method")
        name = request.path.strip("/")
        policy: Headers = [(b"content-security-policy", PAGE_POLICY.encode())]
        path = self.files.get(name)
        if path is None and "." in name.rpartition("/")[2]:
            raise Problem(404, "gateway.no-route")
        if path is None or name == "index.html":
            path = self.files.get("index.html")
            if path is None:
                text = say("gateway.page-missing", request.language("en"))
                return Response(text.encode(), 200, "text/plain; charset=utf-8", policy)
            return Response(path.read_bytes(), 200, "text/html; charset=utf-8", policy)
        media, headers = _media(name), list(policy)
        if name.startswith("assets/"):
            headers.append((b"cache-control", _YEAR))
        packed = self.files.get(f"{name}.gz") if "gzip" in request.headers.get("accept-encoding", "") else None
        if packed is not None:
            headers += [(b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")]
        return Response((packed or path).read_bytes(), 200, media, headers)


def _media(name: str) -> str:
    media = {"js": "text/javascript", "mjs": "text/javascript", "webmanifest": "application/manifest+json"}.get(name.rpartition(".")[2])
    media = media or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{media}; charset=utf-8" if media.startswith("text/") else media
