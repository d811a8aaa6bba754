"""The index of a folder: one HTML page that opens anywhere and searches itself, and the same list as a workbook."""

from __future__ import annotations

import html
import json
import posixpath
from pathlib import Path
from string import Template

from confrere.documents.write import formats, theme
from confrere.documents.write.content import Catalogue, Column, Entry, Table
from confrere.documents.write.labels import made_on, type_label
from confrere.documents.write.sheets import relative_link
from confrere.documents.write.text import line, plain
from confrere.messages import say

_HEADS = ("file", "type", "client", "supplier", "date", "total", "pages", "size")
_NUMERIC = {"total", "pages", "size"}


def index_html(path: Path, catalogue: Catalogue, language: str, at: str = "") -> None:
    """Write the index as one HTML file: no outside request, every name and text escaped, search and sorting inside.

    ``at`` is the view path where the page will lie; links to files are relative to it.
    """
    title = line(catalogue.title) or say("write.index-title", language)
    base = posixpath.dirname(at) if at else min((entry.file.split("/")[0] for entry in catalogue.entries), default="")
    total = len(catalogue.entries)
    types = sorted({entry.type for entry in catalogue.entries if entry.type}, key=lambda name: type_label(name, language))
    subtitle = " · ".join(part for part in (say("write.index-count", language, count=total), made_on(catalogue.day, language)) if part)
    # "</" and "<!" inside a script would end it or open a comment: JSON with "<" escaped cannot.
    texts = json.dumps({"count": say("write.index-shown", language)}).replace("<", "\\u003c")
    page = Template(Path(__file__).with_name("index_page.html").read_text(encoding="utf-8"))
    path.write_text(
        page.substitute(
            language="fr" if language == "fr" else "en",
            title=_safe(title),
            skip=_safe(say("write.index-skip", language)),
            subtitle=_safe(subtitle),
            search_label=_safe(say("write.index-search", language)),
            search_hint=_safe(say("write.index-hint", language)),
            type_label=_safe(say("write.type", language)),
            all_types=_safe(say("write.index-all", language)),
            none=_safe(say("write.index-none", language)),
            options="".join(f'<option value="{_safe(name)}">{_safe(type_label(name, language))}</option>' for name in types),
            count=_safe(say("write.index-shown", language).replace("{shown}", str(total)).replace("{total}", str(total))),
            heads="".join(
                f'<th scope="col"{" data-numeric" if name in _NUMERIC else ""}><button type="button">'
                f"{_safe(say(f'write.{name}', language))}</button></th>"
                for name in _HEADS
            ),
            rows="\n".join(_row(entry, base, language) for entry in catalogue.entries),
            texts=texts,
            ink=theme.INK,
            body=theme.BODY,
            grey=theme.GREY,
            line=theme.LINE,
            tint=theme.TINT,
            accent=theme.ACCENT,
            warn=theme.WARN,
        ),
        encoding="utf-8",
    )


def _safe(text: str) -> str:
    return html.escape(plain(text), quote=True)


def _row(entry: Entry, base: str, language: str) -> str:
    name, folder = posixpath.basename(entry.file), posixpath.dirname(entry.file)
    address = relative_link(entry.file, base)
    shown = f'<a href="{_safe("./" + address)}">{_safe(name)}</a>' if address else _safe(name)
    details = "".join(f"<small>{_safe(line(text, 240))}</small>" for text in (folder, entry.title, entry.summary) if text)
    details += "".join(f'<small class="flag">{_safe(line(flag))}</small>' for flag in entry.flags)
    money = formats.money(entry.total, entry.currency, language) if entry.total is not None else ""
    day = formats.date(entry.date, language) if entry.date else ""
    cells = [
        f"<td>{shown}{details}</td>",
        f"<td>{_safe(type_label(entry.type, language)) if entry.type else ''}</td>",
        f"<td>{_safe(line(entry.client))}</td>",
        f"<td>{_safe(line(entry.supplier))}</td>",
        f'<td class="date" data-key="{entry.date.isoformat() if entry.date else ""}">{_safe(day)}</td>',
        f'<td class="number" data-key="{entry.total if entry.total is not None else 0}">{_safe(money)}</td>',
        f'<td class="number" data-key="{entry.pages}">{entry.pages or ""}</td>',
        f'<td class="number" data-key="{entry.size}">{_safe(size_label(entry.size, language))}</td>',
    ]
    return f'<tr data-type="{_safe(entry.type)}">{"".join(cells)}</tr>'


def size_label(size: int, language: str) -> str:
    """Bytes as a person reads them: "12 Ko" or "12 KB"."""
    if not size:
        return ""
    value, units = float(size), ("o", "Ko", "Mo", "Go") if language == "fr" else ("B", "KB", "MB", "GB")
    for unit in units[:-1]:
        if value < 1000:
            return f"{formats.number(round(value), language)}{formats.NBSP}{unit}"
        value /= 1000
    return f"{formats.number(round(value), language)}{formats.NBSP}{units[-1]}"


def index_workbook(path: Path, catalogue: Catalogue, language: str, at: str = "") -> None:
    """Write the index as a workbook: a table with filters, each file linked."""
    from confrere.documents.write.tables import table_workbook

    base = posixpath.dirname(at) if at else min((entry.file.split("/")[0] for entry in catalogue.entries), default="")
    kinds: dict[str, str] = {"date": "date", "total": "number", "pages": "number", "size": "number"}
    names = ["file", "folder", "type", "title", "client", "supplier", "date", "currency", "total", "pages", "size", "what-to-check"]
    columns = [Column(title=say(f"write.{name}", language), kind=kinds.get(name, "text")) for name in names]
    rows: list[list[object]] = [
        [
            posixpath.basename(entry.file),
            posixpath.dirname(entry.file),
            type_label(entry.type, language) if entry.type else "",
            entry.title or entry.summary,
            entry.client,
            entry.supplier,
            entry.date,
            entry.currency,
            entry.total,
            entry.pages or None,
            entry.size or None,
            " ; ".join(entry.flags),
        ]
        for entry in catalogue.entries
    ]
    title = line(catalogue.title) or say("write.index-title", language)
    links = [relative_link(entry.file, base) for entry in catalogue.entries]
    table_workbook(path, [Table(title=title, columns=columns, rows=rows)], language, catalogue.day, links=[links])
