"""XML parsed the only way we parse it: no entity is resolved, nothing is fetched, depth and size are libxml2's safe defaults."""

from __future__ import annotations

from typing import Any

from confrere.documents.read.limits import Unreadable

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

_STRICT = [
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/presentationml/main", b"http://schemas.openxmlformats.org/presentationml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
]


def parse_xml(data: bytes, *, recover: bool = False) -> Any:
    """Return the root element. Raises Unreadable: ``bomb`` for a document with entity declarations, ``damaged`` otherwise."""
    from lxml import etree

    if b"<!ENTITY" in data[:65_536]:
        raise Unreadable("bomb", "entity declarations")
    if b"purl.oclc.org/ooxml" in data[:4096]:
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, dtd_validation=False, remove_comments=True,
        remove_pis=True, recover=recover,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable("damaged", str(error)) from error
    except ValueError as error:
        raise Unreadable("damaged", str(error)) from error
    if root is None:
        raise Unreadable("damaged", "no element")
    return root


def relations(data: bytes) -> list[tuple[str, str, str, bool]]:
    """Return the relations of an OOXML part: (id, last word of the type, target, whether it points outside the file)."""
    found = []
    for item in parse_xml(data).iter(f"{REL}Relationship"):
        kind = (item.get("Type") or "").rsplit("/", 1)[-1]
        found.append((item.get("Id") or "", kind, item.get("Target") or "", item.get("TargetMode") == "External"))
    return found


def local(element: Any) -> str:
    """The tag without its namespace ("" for a comment or processing instruction)."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""
