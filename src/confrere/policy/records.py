"""Structured results: the records that a tool's result holds, whatever it was written in.

JSON and YAML quote what they hold, so a text inside a field cannot forge a record (``strict``); tables and lists of
lines can be forged by a line break inside a cell and are kept only where every line fits. Prose has no records at all.
Every scalar becomes text: what a value means depends on the role it is used in, never on how it was written."""

from __future__ import annotations

import ast
import csv
import io
import re
from typing import Any

import msgspec

MAX_TEXT = 400_000
MAX_RECORDS = 1000
MAX_FIELD = 300

_YAML = re.compile(r"(?:---\s*\n)?(?:- |-$|[\[{]|['\"]?[^\s:#|,\"'][^\n:|,]{0,60}['\"]?:(?: |\n|$))")

Field = str | list[str]
Record = dict[str, Field]


class Reading(msgspec.Struct, kw_only=True):
    """``records`` for a list of objects, ``members`` for a list of plain values; neither for prose. ``whole`` is False where
    something was left out because it was too large, so that no count or comparison may rest on it."""

    records: list[Record] = []
    members: list[str] = []
    strict: bool = False
    whole: bool = True
    listed: bool = False


def read(text: str) -> Reading:
    """Read a result as records or members. Never raises."""
    body = text.strip()
    if not body or len(body) > MAX_TEXT:
        return Reading(whole=not body)
    if body[0] in "[{":
        try:
            return shape(msgspec.json.decode(body))
        except (msgspec.DecodeError, RecursionError):
            pass
        try:
            return shape(ast.literal_eval(body))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            pass
    if _YAML.match(body) and (data := _yaml(body)) is not None:
        alone = isinstance(data, dict) and len(data) == 1 and isinstance(next(iter(data.values())), str) and body[0] != "{"
        return Reading() if alone else shape(data)
    return _table(body) or Reading()


def _yaml(body: str) -> Any:
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        data = yaml.load(body, loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return data if isinstance(data, list | dict) else None


def shape(data: Any) -> Reading:
    """Read decoded data: a list of objects, an envelope around one, a mapping of objects, one object, or a list of values."""
    if isinstance(data, dict):
        lists = [value for value in data.values() if isinstance(value, list) and value and all(isinstance(item, dict) for item in value)]
        objects = [value for value in data.values() if isinstance(value, dict)]
        plain = [value for value in data.values() if not isinstance(value, list | dict)]
        if len(lists) == 1 and not objects and not any(key in data for key in ("id", "id_", "_id")):
            data = lists[0]
        elif data and len(objects) == len(data):
            data = [{**value, "key": key} for key, value in data.items()]
        elif len(data) == 1 and not plain and isinstance(only := next(iter(data.values())), list):
            data = only
        else:
            return _records([data], listed=False)
    if not isinstance(data, list):
        return Reading()
    if not data:
        return Reading(strict=True, listed=True)
    if all(isinstance(item, dict) for item in data):
        return _records(data, listed=True)
    if any(isinstance(item, list | dict) for item in data):
        return Reading()
    members = [_scalar(item) for item in data[:MAX_RECORDS]]
    return Reading(members=members, strict=True, whole=len(data) <= MAX_RECORDS, listed=True)


def _records(items: list[Any], listed: bool) -> Reading:
    out = [_flat(item) for item in items[:MAX_RECORDS]]
    return Reading(records=out, strict=True, whole=len(items) <= MAX_RECORDS, listed=listed)


def _flat(item: dict[Any, Any]) -> Record:
    """One level of nesting becomes dotted names; what lies deeper, or is too long to be a value, is left out."""
    out: Record = {}
    for key, value in item.items():
        name = _scalar(key)
        if isinstance(value, dict):
            for inner, part in list(value.items())[:50]:
                if not isinstance(part, list | dict):
                    out[f"{name}.{_scalar(inner)}"] = _scalar(part)[:MAX_FIELD]
        elif isinstance(value, list):
            if not any(isinstance(part, list | dict) for part in value):
                out[name] = [_scalar(part)[:MAX_FIELD] for part in value[:200]]
        elif len(text := _scalar(value)) <= MAX_FIELD:
            out[name] = text
    return out


def _scalar(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "g") if isinstance(value, float) and value == int(value) and abs(value) < 1e6 else str(value)


def _table(body: str) -> Reading | None:
    lines = [line for line in body.splitlines() if line.strip()]
    rows: list[list[str]] = []
    if len(lines) >= 2 and all("|" in line for line in lines):
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
        rows = [row for row in rows if not all(re.fullmatch(r":?-{2,}:?", cell) for cell in row)]
    elif len(lines) >= 2 and all("\t" in line for line in lines):
        rows = [[cell.strip() for cell in line.split("\t")] for line in lines]
    elif len(lines) >= 2 and all("," in line or ";" in line for line in lines):
        try:
            rows = list(csv.reader(io.StringIO(body), delimiter=";" if lines[0].count(";") > lines[0].count(",") else ",", strict=True))
        except csv.Error:
            return None
        rows = [[cell.strip() for cell in row] for row in rows if row]
    elif len(lines) >= 3 and all(re.search(r"\S {2,}\S", line) for line in lines):
        rows = [re.split(r" {2,}", line.strip()) for line in lines]
        rows = [row for row in rows if not all(re.fullmatch(r"[-=]{2,}", cell) for cell in row)]
    elif all(re.match(r"\s*[-*•] \S", line) for line in lines):
        return Reading(members=[re.sub(r"^\s*[-*•] ", "", line).strip() for line in lines[:MAX_RECORDS]], listed=True)
    if len(rows) < 2 or len(rows[0]) < 2 or len(set(rows[0])) != len(rows[0]) or any(len(row) != len(rows[0]) for row in rows):
        return None
    if len(rows) - 1 > MAX_RECORDS or any(not cell for cell in rows[0]):
        return None
    return Reading(records=[dict(zip(rows[0], (cell[:MAX_FIELD] for cell in row), strict=True)) for row in rows[1:]], listed=True)
