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
        blocks = _blocks(_pages(before), _pages(after))
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


def _blocks(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The blocks that differ, each with one that does not before and after it."""
    before, after = before[:_LONGEST], after[:_LONGEST]
    matcher = SequenceMatcher(None, [text for _, text in before], [text for _, text in after], autojunk=False)
    found: list[dict[str, Any]] = []
    for op, low, high, start, end in matcher.get_opcodes():
        if op == "equal":
            kept = range(low, high) if high - low <= 2 else (low, high - 1)
            found += [{"op": "same", "before": before[i][1], "after": before[i][1], "label": before[i][0]} for i in kept]
            continue
        for step in range(max(high - low, end - start)):
            left = before[low + step] if low + step < high else None
            right = after[start + step] if start + step < end else None
            label = (right or left or ("", ""))[0]
            what = "change" if left and right else "add" if right else "del"
            found.append({"op": what, "before": left[1] if left else "", "after": right[1] if right else "", "label": label})
    return found
