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
from confrere.documents.verify.known import Known

__all__ = ["Finding", "Known", "check", "together"]

_PRINTED = {".xlsx": ".xlsx", ".pptx": ".pdf"}
"""What LibreOffice makes of a file when it is checked."""


def together(paths: Iterable[Path], known: Known | None = None) -> AbstractContextManager[None]:
    """While this holds, ``check`` of each of ``paths`` shares launches of LibreOffice with the others, which cost more than the work.
    What is ``known`` to be in order needs none."""
    from confrere.documents.render import prepared

    wanted = [path for path in paths if path.suffix.lower() in _PRINTED and not (known is not None and known.holds(path))]
    return prepared([(path, _PRINTED[path.suffix.lower()]) for path in wanted])


def check(
    path: Path,
    *,
    exists: Callable[[str], bool] | None = None,
    expected: dict[str, Decimal] | None = None,
    slides: int | None = None,
    office: bool = True,
    known: Known | None = None,
) -> list[Finding]:
    """Open the deliverable at ``path`` again and return what is wrong with it; an empty list is good news.

    ``exists`` tells whether a relative link (decoded, from the file's own folder) leads to a file. ``expected`` are the
    totals a workbook must show, by defined name (``figures.Totals.expected``); ``slides`` the number a deck must have.
    ``office`` lets LibreOffice calculate or print the file where this machine has it, which takes seconds; without it only
    what this program measures itself is checked. ``known`` remembers which files LibreOffice found in order, so that it is not
    asked about the same bytes twice; everything else is checked each time. A file of a kind that is not checked gives one note.
    Never raises for a bad file: that is a finding.
    """
    if not path.exists() or path.stat().st_size == 0:
        return [Finding(code="missing-file", where=path.name)]
    if known is None or not office or path.suffix.lower() not in _PRINTED:
        return _check(path, exists, expected, slides, office)
    content = known.digest(path)
    if known.has(content):
        return _check(path, exists, expected, slides, office=False)
    found = _check(path, exists, expected, slides, office=True)
    if not found and known.digest(path) == content:
        known.add(content)
    return found


def _check(
    path: Path, exists: Callable[[str], bool] | None, expected: dict[str, Decimal] | None, slides: int | None, office: bool
) -> list[Finding]:
    kind = path.suffix.lower()
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
