"""Links of a workbook or a page made earlier, led to where the files they name have gone since."""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from urllib.parse import unquote
from xml.sax.saxutils import escape

from confrere.documents.write.sheets import relative_link

LINKED = (".xlsx", ".html", ".htm")

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_STRINGS = "xl/sharedStrings.xml"
_RELATION = re.compile(rb'(<Relationship Id="([^"]*)" [^>]*?Target=")([^"]*)("[^>]*?TargetMode="External"[^>]*?/>)')
_LINK = re.compile(rb'<hyperlink ref="([A-Z]+[0-9]+)" r:id="([^"]*)"')
_CELL = re.compile(rb'(<c r=")([A-Z]+[0-9]+)("[^>]* t="s"[^>]*><v>)([0-9]+)(</v>)')
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ITEM = re.compile(r"<si>(.*?)</si>", re.DOTALL)
_TEXT = re.compile(r"<t(?: [^>]*)?>([^<]*)</t>")
_ANCHOR = re.compile(r'(<a href=")(\./[^"]*)(">)([^<]*)(</a>)(?:(<small>)([^<]*)(</small>))?')

_Gone = tuple[str, str, str]  # where a file was, where it is, the address of that


def relinked(data: bytes, at: str, moves: Mapping[str, str]) -> bytes:
    """The bytes of the workbook or page at the view path ``at``, with each link to a file that has moved, or lay in a folder that has
    (``moves``: old view path → new one), led to its new place, its new name shown, and its new folder where the
    old one stands beside it. The same bytes where nothing in it has moved, and where it is no workbook or page.
    """
    if at.lower().endswith(".xlsx"):
        return _workbook(data, at, moves)
    return _page(data, at, moves)


def _target(address: str, base: str, moves: Mapping[str, str]) -> _Gone | None:
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
            parts = {info.filename: source.read(info) for info in source.infolist()}
            infos = source.infolist()
    except (zipfile.BadZipFile, ValueError):
        return data
    strings = _Strings(parts.get(_STRINGS, b""))
    changed = False
    for name in [name for name in parts if _SHEET.fullmatch(name)]:
        met: dict[bytes, _Gone] = {}

        def lead(match: re.Match[bytes], met: dict[bytes, _Gone] = met) -> bytes:
            found = _target(html.unescape(match[3].decode("utf-8")), base, moves)
            if found is None or not found[2]:
                return match[0]
            met[match[2]] = found
            address = found[2].replace("/", "\\") if b"\\" in match[3] else found[2]
            return match[1] + escape(address, {'"': "&quot;"}).encode() + match[4]

        relations = name.replace("worksheets/", "worksheets/_rels/") + ".rels"
        parts[relations] = _RELATION.sub(lead, parts.get(relations, b""))
        if met:
            parts[name] = _shown(parts[name], met, strings)
            changed = True
    if not changed:
        return data
    parts[_STRINGS] = strings.written()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in infos:
            target.writestr(info, parts[info.filename])
    return out.getvalue()


def _shown(sheet: bytes, met: Mapping[bytes, _Gone], strings: _Strings) -> bytes:
    """A sheet whose links have gone (``met``, by relation): the linked cell shows the new name, one beside it the new folder."""
    links = {ref: met[relation] for ref, relation in _LINK.findall(sheet) if relation in met}
    rows = {ref.lstrip(_LETTERS): gone for ref, gone in links.items()}

    def cell(match: re.Match[bytes]) -> bytes:
        gone = rows.get(match[2].lstrip(_LETTERS))
        if gone is None:
            return match[0]
        part = posixpath.basename if match[2] in links else posixpath.dirname
        if strings.text(int(match[4])) != part(gone[0]):
            return match[0]
        return match[1] + match[2] + match[3] + str(strings.number(part(gone[1]))).encode() + match[5]

    return _CELL.sub(cell, sheet)


class _Strings:
    """The texts that the cells of a workbook share, by number; new ones are put after those there are."""

    def __init__(self, part: bytes) -> None:
        self._part = part
        self._texts = [html.unescape("".join(_TEXT.findall(item))) for item in _ITEM.findall(part.decode("utf-8"))]
        self._first = len(self._texts)

    def text(self, number: int) -> str:
        return self._texts[number] if number < len(self._texts) else ""

    def number(self, text: str) -> int:
        if text not in self._texts:
            self._texts.append(text)
        return self._texts.index(text)

    def written(self) -> bytes:
        new = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in self._texts[self._first :])
        part = re.sub(rb'uniqueCount="\d+"', b'uniqueCount="%d"' % len(self._texts), self._part, count=1)
        return part.replace(b"</sst>", new.encode() + b"</sst>")


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
