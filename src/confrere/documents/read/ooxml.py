"""What DOCX, XLSX and PPTX share: properties, relations, and the parts that can act (macros, outside links, embedded files).

Codes: ``macro``, ``external-link`` (a template, image, workbook or data source fetched from outside; plain hyperlinks are not told),
``embedded-object``, ``script`` (ActiveX).
"""

from __future__ import annotations

import posixpath

from confrere.documents.model import Warning_
from confrere.documents.read.limits import Unreadable
from confrere.documents.read.xmls import local, parse_xml, relations
from confrere.documents.read.zips import Container

_PROPERTIES = {
    "title": "title", "creator": "author", "subject": "subject", "keywords": "keywords", "description": "description",
    "lastModifiedBy": "modified-by", "created": "created", "modified": "modified", "Company": "company", "Application": "creator",
    "Pages": "pages", "Slides": "slides", "language": "language",
}  # fmt: skip
_HARMLESS = {"hyperlink"}


def properties(container: Container) -> dict[str, str]:
    """Return title, author, dates and company, as far as they can be read."""
    out: dict[str, str] = {}
    for part in ("docProps/core.xml", "docProps/app.xml"):
        if part not in container:
            continue
        try:
            root = parse_xml(container.read(part))
        except Unreadable:
            continue
        for item in root:
            name = _PROPERTIES.get(local(item))
            if name and item.text and item.text.strip():
                out[name] = item.text.strip()[:300]
    return out


def part_relations(container: Container, part: str) -> dict[str, tuple[str, str]]:
    """Return the relations inside the file of ``part``: id -> (type, member name)."""
    folder, base = posixpath.split(part)
    name = posixpath.join(folder, "_rels", base + ".rels")
    if name not in container:
        return {}
    out = {}
    for identifier, kind, target, outside in relations(container.read(name)):
        if not outside:
            out[identifier] = (kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))
    return out


def inspect_package(container: Container) -> list[Warning_]:
    """Return warnings about the parts of the package that can act or reach out."""
    warnings: list[Warning_] = []
    for name in container.infos:
        low = name.lower()
        if low.endswith("vbaproject.bin") or "/macrosheets/" in low:
            warnings.append(Warning_(code="macro", where=name))
        elif "/activex/" in low and low.endswith(".bin"):
            warnings.append(Warning_(code="script", where=name))
        elif "/embeddings/" in low and not low.endswith("/"):
            # The workbook behind a chart is part of the chart.
            if not (low.startswith("ppt/embeddings/microsoft_excel") or "chart" in low):
                warnings.append(Warning_(code="embedded-object", where=name))
        elif low.endswith(".rels"):
            try:
                found = relations(container.read(name))
            except Unreadable:
                warnings.append(Warning_(code="damaged-part", where=name))
                continue
            for _, kind, target, outside in found:
                if outside and kind not in _HARMLESS and not target.startswith(("#", "mailto:")):
                    warnings.append(Warning_(code="external-link", where=kind, text=target[:300]))
    return warnings[:50]
