"""What changed inside a file, in the terms of its kind: cells and formulas, paragraphs, slides, lines. Runs in a worker."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any

from confrere.agent.task import load
from confrere.errors import ConfrereError
from confrere.gateway.work.places import open_side
from confrere.gateway.work.previews import opened, plain, sheets

if TYPE_CHECKING:
    from confrere.agent.services import Services
    from confrere.agent.task import TaskState
    from confrere.documents.model import Document

MOST = 500  # cells or blocks told
_LONGEST = 20_000  # blocks compared


def diff(services: Services, task: str, path: str) -> dict[str, Any]:
    """The ``Diff`` of docs/api.md: the file at ``path`` after the task with what it was before (under its earlier name where it moved)."""
    state = load(services.store, task)
    earlier = _earlier(services, state, path)
    before, old = _side(services, state, earlier, "before")
    after, new = _side(services, state, path, "after")
    shown: dict[str, Any] = {"path": path, "kind": "none", "more": 0, "before": old, "after": new}
    if old is not None and new is not None and old["sha256"] == new["sha256"]:
        return shown
    kinds = {document.kind for document in (before, after) if document is not None}
    if kinds & {"xlsx", "xls", "xlsb", "ods", "csv"}:
        shown["kind"] = "cells"
        found = _cells(_sheets(services, task, earlier, "before", before), _sheets(services, task, path, "after", after))
        shown["cells"], shown["more"] = found[:MOST], max(0, len(found) - MOST)
    elif kinds & {"pptx", "ppt", "odp", "pdf"}:
        shown["kind"] = "slides" if "pdf" not in kinds else "paragraphs"
        blocks = _blocks(_pages(before), _pages(after), whole=shown["kind"] == "slides")
        shown["blocks"], shown["more"] = blocks[:MOST], max(0, len(blocks) - MOST)
    elif any(document is not None and document.text for document in (before, after)):
        shown["kind"] = "paragraphs" if kinds & {"docx", "doc", "odt", "rtf", "eml", "html"} else "text"
        blocks = _blocks(_lines(before), _lines(after))
        shown["blocks"], shown["more"] = blocks[:MOST], max(0, len(blocks) - MOST)
    else:
        shown["kind"] = "binary"
    return dict(plain(shown))


def _earlier(services: Services, state: TaskState, path: str) -> str:
    """The path that a file had before the task."""
    for entry in state.standing():
        if entry.change.path == path and entry.change.kind == "move":
            return entry.change.origin
    ready = services.store.last(state.id, "review.ready")
    for change in ready.body["changes"] if ready is not None else []:
        if change["path"] == path and change["kind"] == "move":
            return str(change["origin"])
    return path


def _side(services: Services, state: TaskState, path: str, side: str) -> tuple[Document | None, dict[str, Any] | None]:
    try:
        file, _ = open_side(state, services.home.work / state.id, services.vault, path, side)
        file.close()
    except ConfrereError:
        return None, None
    with opened(services, state.id, path, side) as (place, base, sha):
        return services.library.read(place, base), {"size": place.stat().st_size, "sha256": sha}


def _sheets(services: Services, task: str, path: str, side: str, document: Document | None) -> dict[str, dict[str, Any]]:
    if document is None:
        return {}
    with opened(services, task, path, side) as (place, _, _):
        return {sheet["name"]: sheet for sheet in sheets(document, Path(place))}


def _cells(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for name in [*after, *(name for name in before if name not in after)]:
        old, new = before.get(name, {"rows": [], "formulas": {}}), after.get(name, {"rows": [], "formulas": {}})
        for row in range(max(len(old["rows"]), len(new["rows"]))):
            left = old["rows"][row] if row < len(old["rows"]) else []
            right = new["rows"][row] if row < len(new["rows"]) else []
            for column in range(max(len(left), len(right))):
                one = left[column] if column < len(left) else None
                two = right[column] if column < len(right) else None
                cell = f"{_letters(column)}{row + 1}"
                formula, changed = old["formulas"].get(cell), new["formulas"].get(cell)
                if ((one in (None, "") and two in (None, "")) or one == two) and formula == changed:
                    continue
                line = {"sheet": name, "cell": cell, "before": one, "after": two}
                if formula or changed:
                    line |= {"formula_before": formula, "formula_after": changed}
                found.append(line)
    return found


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _pages(document: Document | None) -> list[tuple[str, str]]:
    return [(page.label, page.text) for page in document.pages] if document is not None else []


def _lines(document: Document | None) -> list[tuple[str, str]]:
    return [("", line) for line in document.text.splitlines()] if document is not None else []


def _blocks(before: list[tuple[str, str]], after: list[tuple[str, str]], *, whole: bool = False) -> list[dict[str, Any]]:
    """The blocks that differ, each with one that does not before and after it; all of them, with their places (from 1) on either side,
    where ``whole``: slides with the same words may still look different."""
    before, after = before[:_LONGEST], after[:_LONGEST]
    matcher = SequenceMatcher(None, [text for _, text in before], [text for _, text in after], autojunk=False)
    pairs: list[tuple[str, int | None, int | None]] = []
    for op, low, high, start, end in matcher.get_opcodes():
        if op == "equal":
            kept = range(low, high) if whole or high - low <= 2 else (low, high - 1)
            pairs += [("same", i, start + i - low) for i in kept]
            continue
        for left, right in _paired([text for _, text in before[low:high]], [text for _, text in after[start:end]]):
            what = "change" if left is not None and right is not None else "add" if left is None else "del"
            pairs.append((what, None if left is None else low + left, None if right is None else start + right))
    found: list[dict[str, Any]] = []
    for what, left, right in pairs:
        old, new = before[left] if left is not None else None, after[right] if right is not None else None
        block: dict[str, Any] = {
            "op": what,
            "before": old[1] if old else "",
            "after": new[1] if new else "",
            "label": (new or old or ("", ""))[0],
        }
        if whole:
            block |= {"page_before": None if left is None else left + 1, "page_after": None if right is None else right + 1}
        found.append(block)
    return found


_FEW = 40  # blocks on either side of one change, up to which those that resemble each other are looked for
_ALIKE = 0.4


def _paired(before: list[str], after: list[str]) -> list[tuple[int | None, int | None]]:
    """Which of the old blocks became which of the new ones: in order, the pairs that resemble each other most (an alignment by dynamic
    programming, scored by the share of text in common); what lies between them is paired by its place."""
    rows, columns = len(before), len(after)
    anchors: list[tuple[int, int]] = []
    if rows != columns and min(rows, columns) > 0 and max(rows, columns) <= _FEW:
        alike = [[SequenceMatcher(None, one[:2000], two[:2000], autojunk=False).ratio() for two in after] for one in before]
        best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
        for i in range(rows - 1, -1, -1):
            for j in range(columns - 1, -1, -1):
                both = best[i + 1][j + 1] + alike[i][j] if alike[i][j] >= _ALIKE else 0.0
                best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
        i = j = 0
        while i < rows and j < columns:
            if alike[i][j] >= _ALIKE and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
                anchors.append((i, j))
                i, j = i + 1, j + 1
            elif best[i][j] == best[i + 1][j]:
                i += 1
            else:
                j += 1
    found: list[tuple[int | None, int | None]] = []
    i = j = 0
    for row, column in [*anchors, (rows, columns)]:
        for step in range(max(row - i, column - j)):
            found.append((i + step if i + step < row else None, j + step if j + step < column else None))
        if row < rows:
            found.append((row, column))
        i, j = row + 1, column + 1
    return found
