"""``read`` and ``extract``: one JSON object a file, a stable contract; or the same for a person."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from confrere.cli.screen import print_json
from confrere.cli.work import open_services
from confrere.config import Home
from confrere.messages import say, show

if TYPE_CHECKING:
    from confrere.documents.model import Document, Record


def _documents(files: list[str]) -> Iterator[tuple[str, Document | None, Record | None]]:
    """Each file in order, read and understood; None where there is no such file."""
    services = open_services()
    try:
        there = [(name, Path(name)) for name in files if os.path.isfile(name)]
        found = {name: (document, record) for name, document, record in services.library.records(iter(there))}
        for name in files:
            yield (name, *found.get(name, (None, None)))
    finally:
        services.close()


def _absent(name: str) -> str:
    language = Home.find().language()
    key = "cli.file-folder" if os.path.isdir(name) else "cli.file-missing"
    return f"{show(name)}{say('cli.colon', language)}{say(key, language, path=name.rstrip('/'))}"


def read(files: list[str], as_json: bool) -> int:
    from confrere.documents.aligned import page_tables

    services = open_services()
    status = 0
    for name in files:
        if not os.path.isfile(name):
            status = 1
            print_json({"file": name, "kind": "", "error": "missing"}) if as_json else click.echo(_absent(name), err=True)
            continue
        document = services.library.read(Path(name), os.path.basename(name))
        if document.error:
            status = 1
        if as_json:
            pages = [
                {"label": page.label, "text": page.text, "tables": [table.rows for table in page_tables(page)], "ocr": page.ocr}
                for page in document.pages
            ]
            line: dict[str, Any] = {
                "file": name,
                "kind": document.kind,
                "language": document.language,
                "pages": pages,
                "metadata": document.metadata,
            }
            print_json(
                {**line, "attachments": sorted(document.attachments), "warnings": document.warnings, "error": document.error or None}
            )
            continue
        click.echo(f"— {show(name)} ({document.kind}{', ' + document.language if document.language else ''}) {document.error}")
        for page in document.pages:
            click.echo(f"[{page.label}]\n{show(page.text, lines=True)}")
        for warning in document.warnings:
            click.echo(f"⚠ {warning.code} {show(warning.where)} {show(warning.text)[:200]}")
    services.close()
    return status


def _fields(record: Record) -> dict[str, Any]:
    """The fields of a record as the contract has them, its type among them."""
    values = {
        key: {"value": field.value, "confidence": round(field.confidence, 3), "source": field.source}
        for key, field in record.fields.items()
    }
    return {"type": {"value": record.type, "confidence": round(record.type_confidence, 3), "source": "text"}, **values}


def extract(files: list[str], as_json: bool) -> int:
    status = 0
    for name, document, record in _documents(files):
        if document is None or record is None:
            status = 1
            if as_json:
                print_json(
                    {
                        "file": name,
                        "kind": "",
                        "fields": {},
                        "line_items": [],
                        "warnings": [],
                        "error": "missing" if document is None else "unread",
                    }
                )
            else:
                click.echo(_absent(name), err=True)
            continue
        if document.error:
            status = 1
        fields = _fields(record)
        if as_json:
            line = {"file": name, "kind": document.kind, "language": document.language, "fields": fields, "line_items": record.line_items}
            more: dict[str, Any] = {"taxes": record.taxes, "notes": record.notes, "check": record.check, "warnings": document.warnings}
            if record.parts:
                more["documents"] = [
                    {"pages": part.pages, "fields": _fields(part), "line_items": part.line_items, "taxes": part.taxes, "check": part.check}
                    for part in record.parts
                ]
            print_json({**line, **more, "error": document.error or None})
            continue
        click.echo(f"— {show(name)} ({document.kind}) {document.error}")
        for key, field in fields.items():
            doubt = f"  ? {record.check[key]}" if key in record.check else ""
            click.echo(f"  {key:<14} {show(field['value']):<40} {field['confidence']:.2f}  {field['source']}{doubt}")
    return status
