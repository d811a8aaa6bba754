"""How ways, formats, periods and sets of files are said to a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from confrere.messages import say
from confrere.tools.office.scope import Scope


def way(way: str, seen: dict[str, Any], language: str) -> str:
    counts = {"client": "clients", "supplier": "suppliers", "year": "years", "month": "months", "extension": "extensions"}
    count = len(seen.get("types", {})) if way == "type" else seen.get(counts.get(way, ""), 0)
    text = say(f"builtin.by-{way}", language, count=count)
    return text if count > 1 or way in ("date", "document-date") else text.partition(" (")[0]


def field(name: str, language: str) -> str:
    from confrere.documents.write.labels import field_label

    return field_label(name, language).lower()


def shown(format: str) -> str:
    return {
        "docx": "Word",
        "pdf": "PDF",
        "md": "Markdown",
        "html": "HTML",
        "xlsx": "Excel",
        "csv": "CSV",
        "txt": "TXT",
        "image": "PNG",
        "pptx": "PowerPoint",
    }[format]


def period(since: str, until: str, language: str) -> str:
    """A span of days as a person says it: a year, a month, or its two ends."""
    from confrere.documents.write.formats import date, month

    first, last = (dt.date.fromisoformat(end) if end else None for end in (since, until))
    if first and last:
        after = last + dt.timedelta(days=1)
        if (first.month, first.day, after.month, after.day) == (1, 1, 1, 1) and after.year == first.year + 1:
            return str(first.year)
        if first.day == after.day == 1 and (after.year * 12 + after.month) - (first.year * 12 + first.month) == 1:
            return month(first, language)
        return say("builtin.from-to", language, since=date(first, language), until=date(last, language))
    end = first or last
    return say("builtin.since" if first else "builtin.until", language, date=date(end, language)) if end else ""


def described(scope: Scope, language: str) -> str:
    """A scope in words: "factures, Dupont, 2026"."""
    parts = [say(f"office.folder-{name}", language).lower() for name in scope.types if name != "report"]
    parts += [
        shown(kind)
        if kind in ("pdf", "docx", "xlsx", "csv", "html", "md", "txt", "pptx")
        else say(f"office.folder-{kind}", language).lower()
        for kind in [*scope.kinds, *scope.formats]
    ]
    parts += ([say(f"office.side-{scope.side}", language)] if scope.side else []) + scope.parties + scope.names
    if scope.since or scope.until:
        parts.append(period(scope.since, scope.until, language))
    if scope.at_least:
        parts.append(f"≥ {scope.at_least}")
    if scope.at_most:
        parts.append(f"≤ {scope.at_most}")
    return ", ".join(parts)
