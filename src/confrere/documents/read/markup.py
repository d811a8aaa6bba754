"""XML: its text, element by element, as it stands in the file; entities are never resolved."""

from __future__ import annotations

import re
from pathlib import Path

from confrere.documents.model import Document, Page, Warning_
from confrere.documents.read.limits import Budget, Unreadable
from confrere.documents.read.text_bytes import decode, read_head
from confrere.documents.read.xmls import local, parse_xml

_BYTES = 30_000_000
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}encoding=[\"']([\w.-]+)")


def read_xml(path: Path, budget: Budget) -> Document:
    """Read an XML file: its source is the text (a person sees no less), its root element and namespace the metadata.

    Raises Unreadable ``bomb`` for entity declarations. XML that is not well formed is read as text, with a warning.
    """
    data, more = read_head(path, _BYTES)
    declared = _DECLARED.match(data.lstrip(b"\xef\xbb\xbf"))
    text, encoding = decode(data, declared.group(1).decode("ascii") if declared else "")
    document = Document(kind="xml", metadata={"encoding": encoding})
    try:
        root = parse_xml(data)
        document.metadata["root"] = local(root)
        if root.tag.startswith("{"):
            document.metadata["namespace"] = root.tag[1:].partition("}")[0]
    except Unreadable as error:
        if error.code == "bomb":
            raise
        document.warnings.append(Warning_(code="damaged-part", where="xml", text=error.detail[:300]))
    document.pages.append(Page(label="xml", text=budget.take_text(text.replace("\r\n", "\n"))))
    if more:
        document.warnings.append(Warning_(code="truncated", where="xml", text=str(path.stat().st_size)))
    return document
