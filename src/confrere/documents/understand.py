"""Reading and understanding as one: where the text of a paper does not tell who issued it, its pictures are looked at."""

from __future__ import annotations

from pathlib import Path

from confrere.documents.extract import extract
from confrere.documents.extract.fields import PAID
from confrere.documents.model import Document, Record
from confrere.documents.read.limits import DEFAULT, Budget, Limits

_DOUBTFUL = 0.7
"""Under this confidence in the supplier the pictures of a page may tell more."""


def understand(
    document: Document, path: Path, *, name: str = "", languages: tuple[str, ...] = ("fr", "en"), limits: Limits = DEFAULT, ocr: bool = True
) -> tuple[Document, Record]:
    """The record of a document that was read from ``path``, and the document with what a second look added.

    Raises NeedsOcr when ``ocr`` is False and the pictures of a text PDF should be read.
    """
    record = extract(document, name=name, languages=languages)
    if not _silent(document, record):
        return document, record
    from confrere.documents.read.pdf_pictures import read_pictures

    fuller = read_pictures(path, document, Budget(limits, ocr=ocr))
    if fuller is None:
        return document, record
    again = extract(fuller, name=name, languages=languages)
    supplier, before = again.fields.get("supplier"), record.fields.get("supplier")
    if supplier is None or (before is not None and supplier.confidence <= before.confidence):
        return document, record
    return fuller, again


def _silent(document: Document, record: Record) -> bool:
    """Whether the text of a paper to pay leaves open who issued it."""
    if document.kind != "pdf" or record.type not in PAID:
        return False
    supplier = record.fields.get("supplier")
    return supplier is None or supplier.confidence < _DOUBTFUL
