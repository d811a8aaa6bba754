"""Deliverables opened again and checked: recalculated, measured, looked at.

What lives here reads finished files and tells what is wrong with them as ``Finding``s. It repairs nothing and writes
nothing but pictures where asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path

from confrere.documents.verify.finding import Finding

__all__ = ["Finding", "check", "together"]


def together(paths: Iterable[Path]) -> AbstractContextManager[None]:
    """While this holds, ``check`` of each of ``paths`` shares launches of LibreOffice with the others, which cost more than the work."""
    from confrere.documents.render import prepared

    printed = {".xlsx": ".xlsx", ".pptx": ".pdf"}
    return prepared([(path, printed[path.suffix.lower()]) for path in paths if path.suffix.lower() in printed])


def check(
    path: Path,
    *,
    exists: Callable[[str], bool] | None = None,
    expected: dict[str, Decimal] | None = None,
    slides: int | None = None,
    office: bool = True,
) -> list[Finding]:
    """Open the deliverable at ``path`` again and return what is wrong with it; an empty list is good news.

    ``exists`` tells whether a relative link (decoded, from the file's own folder) leads to a file. ``expected`` are the
    totals a workbook must show, by defined name (``figures.Totals.expected``); ``slides`` the number a deck must have.
    ``office`` lets LibreOffice calculate or print the file where this machine has it, which takes seconds; without it only
    what this program measures itself is checked. A file of a kind that is not checked gives one note. Never raises for a
    bad file: that is a finding.
    """
    kind = path.suffix.lower()
    if not path.exists() or path.stat().st_size == 0:
        return [Finding(code="missing-file", where=path.name)]
    if kind == ".xlsx":
        from confrere.documents.verify.workbook import check_workbook

        return check_workbook(path, expected=expected, exists=exists, office=office)
    if kind == ".pptx":
        from confrere.documents.verify.deck import check_deck

        return check_deck(path, slides=slides, office=office)
    if kind == ".docx":
        from confrere.documents.verify.text import check_docx

        return check_docx(path)
    if kind == ".pdf":
        from confrere.documents.verify.text import check_pdf

        return check_pdf(path)
    if kind in (".html", ".htm"):
        from confrere.documents.verify.text import check_html

        return check_html(path, exists=exists)
    if kind in (".md", ".csv", ".txt", ".tsv", ".json"):
        from confrere.documents.verify.text import check_plain

        return check_plain(path)
    return [Finding(code="not-checked", level="note", where=path.name)]
