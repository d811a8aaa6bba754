"""An offer put into a company's own Word template.

The table row that holds a line's placeholders is repeated for each line. What no placeholder of ours names is left as it is and reported.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from confrere.documents.write.holes import HEADS, LINE, LINES, folded, head_value, holes, line_text, shown
from confrere.documents.write.offer import Offer
from confrere.documents.write.package import settle


def fill_docx(template: Path, path: Path, offer: Offer, language: str) -> tuple[list[str], bool]:
    """Write ``template`` filled with ``offer`` to ``path``; returns the placeholders that were left, and whether there was a place
    for the lines."""
    import docx
    from docx.oxml.ns import qn

    document: Any = docx.Document(str(template))
    left: list[str] = []

    def head(name: str, sure: bool) -> str | None:
        key = HEADS.get(name)
        if key is None:
            if sure:
                left.append(name)
            return None
        return shown(head_value(offer, key, language), key, offer, language)

    placed = False
    parts = [document.element]
    for section in document.sections:
        for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            if not part.is_linked_to_previous:
                parts.append(part._element)
    for part in parts:
        for table in part.iter(qn("w:tbl")):
            _offered(table)
        for row in list(part.iter(qn("w:tr"))):
            names = {name for _, _, name, _ in holes("".join(node.text or "" for node in row.iter(qn("w:t"))))}
            if not names & {word for word, key in LINES.items() if key in ("description", "quantity", "price", "amount")}:
                continue
            placed = True
            for line in offer.lines:
                new = copy.deepcopy(row)
                row.addprevious(new)
                for paragraph in new.iter(qn("w:p")):
                    _replace(paragraph, lambda name, sure, line=line: line_text(line, name, offer, language))  # type: ignore[misc]
            row.getparent().remove(row)
        for paragraph in part.iter(qn("w:p")):
            _replace(paragraph, head)
    document.save(path)
    settle(path, offer.date)
    return list(dict.fromkeys(left)), placed


def _offered(table: Any) -> None:
    """Give the empty row below a header of ours ("Désignation | Quantité | Prix unitaire") the placeholders its header names: most
    templates mark the lines so and no other way. A header alone gets such a row."""
    from docx.oxml.ns import qn

    def texts(row: Any) -> list[str]:
        return ["".join(node.text or "" for node in cell.iter(qn("w:t"))) for cell in row.findall(qn("w:tc"))]

    rows = table.findall(qn("w:tr"))
    if any(LINES.get(name) for row in rows for text in texts(row) for _, _, name, _ in holes(text)):
        return
    for at, row in enumerate(rows):
        names = [folded(text) for text in texts(row)]
        keys = [LINES.get(name) or ("rate" if name in ("tva", "vat") else "amount" if name.startswith("total") else "") for name in names]
        if "description" not in keys or len([key for key in keys if key]) < 2:
            continue
        below = rows[at + 1] if at + 1 < len(rows) else None
        if below is None:
            below = copy.deepcopy(row)
            row.addnext(below)
        elif any(text.strip() for text in texts(below)):
            return
        for cell, key in zip(below.findall(qn("w:tc")), keys, strict=False):
            for node in cell.iter(qn("w:t")):
                node.text = ""
            if key:
                run = cell.find(qn("w:p")).makeelement(qn("w:r"), {})
                written = run.makeelement(qn("w:t"), {})
                written.text = "{{" + LINE[key].split(",")[0] + "}}"
                run.append(written)
                cell.find(qn("w:p")).append(run)
        marks = row.get_or_add_trPr()
        if marks.find(qn("w:tblHeader")) is None:
            marks.append(marks.makeelement(qn("w:tblHeader"), {}))
        for spare in rows[at + 2 :]:  # further empty lines of the form
            if not any(text.strip() for text in texts(spare)):
                table.remove(spare)
            else:
                break
        return


def _replace(paragraph: Any, value: Callable[[str, bool], str | None]) -> None:
    """Replace placeholders in a paragraph, wherever its runs cut them; what stands takes the look of where it begins."""
    from docx.oxml.ns import qn

    nodes = [node for node in paragraph.iter(qn("w:t"))]
    text = "".join(node.text or "" for node in nodes)
    for start, end, name, sure in reversed(holes(text)):
        new = value(name, sure)
        if new is None:
            continue
        at = 0
        for node in nodes:
            own = node.text or ""
            low, high = max(start, at), min(end, at + len(own))
            if low < high:
                node.text = own[: low - at] + (new if low == start else "") + own[high - at :]
                node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            at += len(own)
        text = text[:start] + new + text[end:]
