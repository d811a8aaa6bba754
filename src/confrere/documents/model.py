"""What reading a document gives, whatever its format."""

from __future__ import annotations

from typing import Any

import msgspec


class Word(msgspec.Struct, frozen=True, array_like=True):
    """A word and its box: left, top, right, bottom in points (or pixels for an image), origin top left."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


class Table(msgspec.Struct, kw_only=True):
    """A table as rows of cells. Cells are str, or for a spreadsheet str, int, float, bool, None or an ISO date string."""

    rows: list[list[Any]]
    name: str = ""
    header: bool = False


class Page(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One page, slide, sheet or message part. ``label`` is how a person would call it ("page 2", "Feuil1").

    ``text`` is in reading order. ``words`` carries boxes where the format has them (PDF, OCR). ``width`` and
    ``height`` are in the units of the boxes. ``ocr`` tells that the text was read from a picture.
    """

    label: str
    text: str = ""
    tables: list[Table] = msgspec.field(default_factory=list)
    words: list[Word] = msgspec.field(default_factory=list)
    width: float = 0
    height: float = 0
    ocr: bool = False


class Warning_(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Something a person would not see, or should know: ``code`` is stable (hidden-text, macro, encrypted, truncated ...),
    ``where`` a page label or cell, ``text`` an excerpt."""

    code: str
    where: str = ""
    text: str = ""


class Document(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A document that was read. ``kind`` is "pdf", "image", "docx", "xlsx", "csv", "eml", "text" ...;
    ``error`` is empty, or the stable code of why it could not be read (encrypted, damaged, too-large, timeout ...)."""

    kind: str
    mime: str = ""
    language: str = ""
    pages: list[Page] = msgspec.field(default_factory=list)
    metadata: dict[str, str] = msgspec.field(default_factory=dict)
    attachments: dict[str, bytes] = msgspec.field(default_factory=dict)
    warnings: list[Warning_] = msgspec.field(default_factory=list)
    error: str = ""

    @property
    def text(self) -> str:
        return "\n\n".join(page.text for page in self.pages if page.text)


class Field(msgspec.Struct, kw_only=True):
    """A value found in a document, canonical (ISO date, decimal string, ISO 4217 currency), with where it stands and a
    calibrated confidence in [0, 1]. ``source`` is "page 1", "Feuil1!B7", "xml", "name" ...; ``box`` in page units."""

    value: str
    confidence: float
    source: str
    box: tuple[float, float, float, float] | None = None


class Record(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What was understood of one document.

    ``type`` is invoice, credit-note, receipt, quote, contract, statement, cv, identity, minutes, transcript, letter, mail,
    spreadsheet, presentation, image or other. ``fields`` uses the names: supplier, client, number, date, due_date,
    currency, net, tax, total, supplier_vat, iban. ``taxes`` maps a VAT rate to its amount. ``check`` lists the
    field names a person should look at, with a reason code each. A file that holds several papers has one record each in ``parts``,
    with its ``pages`` ("3" or "3-4"); its own fields are then those of the first.
    """

    type: str
    type_confidence: float = 1.0
    fields: dict[str, Field] = msgspec.field(default_factory=dict)
    line_items: list[dict[str, str]] = msgspec.field(default_factory=list)
    taxes: dict[str, str] = msgspec.field(default_factory=dict)
    check: dict[str, str] = msgspec.field(default_factory=dict)
    notes: dict[str, list[dict[str, str]]] = msgspec.field(default_factory=dict)
    pages: str = ""
    parts: list[Record] = msgspec.field(default_factory=list)
