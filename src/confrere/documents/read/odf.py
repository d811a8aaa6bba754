"""OpenDocument text and presentations (ODT, ODP), from content.xml; the properties of any OpenDocument file."""

from __future__ import annotations

from confrere.documents.read.limits import Unreadable
from confrere.documents.read.xmls import local, parse_xml
from confrere.documents.read.zips import Container

_META = {"title": "title", "creator": "author", "initial-creator": "author", "subject": "subject", "creation-date": "created",
         "date": "modified", "generator": "creator", "description": "description"}  # fmt: skip


def odf_properties(container: Container) -> dict[str, str]:
    """Return title, author and dates, as far as meta.xml can be read."""
    if "meta.xml" not in container:
        return {}
    try:
        root = parse_xml(container.read("meta.xml"))
    except Unreadable:
        return {}
    return {_META[local(i)]: i.text.strip()[:300] for i in root.iter() if local(i) in _META and i.text and i.text.strip()}
