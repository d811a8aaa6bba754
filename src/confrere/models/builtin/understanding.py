"""What was understood of a brief."""

from __future__ import annotations

from typing import Any

import msgspec

from confrere.tools.office.scope import Scope

OPERATIONS = (
    "sort",
    "rename",
    "duplicates",
    "recap",
    "index",
    "deck",
    "report",
    "minutes",
    "merge",
    "split",
    "convert",
    "clean",
    "consolidate",
    "quote",
    "extract",
    "list",
)


class Wish(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One operation asked for, with its parameters, the files it is about, those it leaves out, and the words that carried it.

    ``params`` uses: by (client, supplier, year, month, quarter, date, type, extension ...), columns, slides, format,
    pattern, name, folder, language, action (report, aside, delete), charts, template, pages, each, to, focus, question, measure.
    """

    operation: str
    params: dict[str, Any] = msgspec.field(default_factory=dict)
    only: Scope = msgspec.field(default_factory=Scope)
    exclude: Scope = msgspec.field(default_factory=Scope)
    words: list[str] = msgspec.field(default_factory=list)


class Beyond(msgspec.Struct, kw_only=True):
    """Something asked for that the builtin model cannot do. ``code`` is mail, web, calendar, translate, creative, advice, code,
    pay, phone, print, media, secure or delete."""

    code: str
    words: str


class Understanding(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A brief, understood.

    ``stance`` is work, question, beyond (all it asks is out of reach), chat (a greeting, thanks, "what can you do") or
    unknown. ``only`` and ``exclude`` hold for every wish; ``refused`` are operations the person does not want.
    ``not_understood`` are words no rule consumed; ``corrections`` maps a misspelling to how it was read.
    """

    language: str
    stance: str = "work"
    wishes: list[Wish] = msgspec.field(default_factory=list)
    only: Scope = msgspec.field(default_factory=Scope)
    exclude: Scope = msgspec.field(default_factory=Scope)
    refused: list[str] = msgspec.field(default_factory=list)
    beyond: list[Beyond] = msgspec.field(default_factory=list)
    not_understood: list[str] = msgspec.field(default_factory=list)
    purposes: list[str] = msgspec.field(default_factory=list)
    corrections: dict[str, str] = msgspec.field(default_factory=dict)
    nearest: list[str] = msgspec.field(default_factory=list)
    confidence: float = 1.0
