"""Links of a workbook or a page made earlier, led to where the files they name have gone since."""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from urllib.parse import unquote
from xml.sax.saxutils import escape

from confrere.documents.write.sheets import relative_link

LINKED = (".xlsx", ".html", ".htm")

_RELATION = re.compile(rb'(<Relationship [^>]*?Target=")([^"]*)("[^>]*?TargetMode="External"[^>]*?/>)')
_ANCHOR = re.compile(r'(<a href=")(\./[^"]*)(">)([^<]*)(</a>)(?:(<small>)([^<]*)(</small>))?')
_STRING = re.compile(rb"(<t(?: [^>]*)?>)([^<]*)(</t>)")


def relinked(data: bytes, at: str, moves: Mapping[str, str]) -> bytes:
    """The bytes of the workbook or page at the view path ``at``, with each link to a file that has moved, or lay in a folder that has
    (``moves``: old view path → new one), led to its new place, and its new name shown where one name has become one other. The same
    bytes where nothing in it has moved, and where it is no workbook or page.
    """
    if at.lower().endswith(".xlsx"):
        return _workbook(data, at, moves)
    return _page(data, at, moves)


def _target(address: str, base: str, moves: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Where a relative address leads, where that has gone, and the address of that; None where it has not moved."""
    old = posixpath.normpath(posixpath.join(base, unquote(address).replace("\\", "/")))
    above, rest = old, ""
    while above not in moves:
        above, slash, name = above.rpartition("/")
        if not slash:
            return None
        rest = f"/{name}{rest}"
    new = moves[above] + rest
    return old, new, relative_link(new, base)


def _workbook(data: bytes, at: str, moves: Mapping[str, str]) -> bytes:
    base = posixpath.dirname(at)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            parts = [(info, source.read(info)) for info in source.infolist()]
    except (zipfile.BadZipFile, ValueError):
        return data
    met: dict[str, str] = {}

    def lead(match: re.Match[bytes]) -> bytes:
        found = _target(html.unescape(match[2].decode("utf-8")), base, moves)
        if found is None or not found[2]:
            return match[0]
        met[found[0]] = found[1]
        backward = b"\\" in match[2]
        address = found[2].replace("/", "\\") if backward else found[2]
        return match[1] + escape(address, {'"': "&quot;"}).encode() + match[3]

    changed = [(info, _RELATION.sub(lead, part) if info.filename.endswith(".rels") else part) for info, part in parts]
    if not met:
        return data
    names = {escape(old).encode(): escape(new).encode() for old, new in _renamed(met, moves).items()}

    def name(match: re.Match[bytes]) -> bytes:
        return match[1] + names.get(match[2], match[2]) + match[3]

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info, part in changed:
            target.writestr(info, _STRING.sub(name, part) if names and info.filename == "xl/sharedStrings.xml" else part)
    return out.getvalue()


def _renamed(met: Mapping[str, str], moves: Mapping[str, str]) -> dict[str, str]:
    """File names that have become one other name; one that several moved files bore is left out, as it would be a guess."""
    borne = Counter(posixpath.basename(old) for old in moves)
    pairs = {posixpath.basename(old): posixpath.basename(new) for old, new in met.items()}
    return {old: new for old, new in pairs.items() if old != new and borne[old] == 1}


def _page(data: bytes, at: str, moves: Mapping[str, str]) -> bytes:
    base = posixpath.dirname(at)

    def lead(match: re.Match[str]) -> str:
        found = _target(html.unescape(match[2]), base, moves)
        if found is None or not found[2]:
            return match[0]
        old, new, address = found
        shown = match[4]
        if html.unescape(shown) == posixpath.basename(old):
            shown = html.escape(posixpath.basename(new), quote=True)
        folder = ""
        if match[6]:
            where = match[7]
            if html.unescape(where) == posixpath.dirname(old):
                where = html.escape(posixpath.dirname(new), quote=True)
            folder = match[6] + where + match[8]
        return match[1] + html.escape("./" + address, quote=True) + match[3] + shown + match[5] + folder

    try:
        return _ANCHOR.sub(lead, data.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        return data
