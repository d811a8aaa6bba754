"""Extraction is pure and total: no document makes it raise, and a long one does not make it slow."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from confrere.documents.extract import extract
from confrere.documents.model import Document, Page, Table, Word

LABELS = ["Total", "TTC", "Facture n°", "12/13/2024", "1 234,56 €", "€", "-", "()", "%", "IBAN FR76", "SARL", "Client :"]
SNIPPETS = st.sampled_from([*LABELS, "\n", "  ", "|", "\u202e", "\x00", "𝟙𝟚", "ß", "İ"])
TEXTS = st.lists(st.one_of(SNIPPETS, st.text(max_size=12)), max_size=40).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(["pdf", "text", "docx", "xlsx", "eml", "vtt", "image", "xml"]), TEXTS)
def test_no_text_makes_it_raise(text: str, kind: str, name: str) -> None:
    record = extract(Document(kind=kind, pages=[Page(label="page 1", text=text)]), name=name)
    assert record.type


NUMBERS = st.floats(-1e4, 1e4, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.builds(Word, TEXTS, NUMBERS, NUMBERS, NUMBERS, NUMBERS), max_size=30), st.booleans())
def test_no_boxes_make_it_raise(words: list[Word], ocr: bool) -> None:
    extract(Document(kind="pdf", pages=[Page(label="page 1", words=words, width=600, height=800, ocr=ocr)]))


def test_cells_of_every_type() -> None:
    table = Table(rows=[["Désignation", "Montant"], ["Bois", 12.5], [None, True], ["Total", 12]])
    extract(Document(kind="xlsx", pages=[Page(label="Feuil1", tables=[table])]))


def test_an_unreadable_document_has_no_fields() -> None:
    record = extract(Document(kind="pdf", error="encrypted"), name="facture 12.pdf")
    assert record.fields == {} and record.type == "other"


def test_a_long_document_stays_quick() -> None:
    line = "Le prestataire livre 12 lots de 1 234,56 € le 14/03/2024 au client, article 7 - TVA 20 % incluse au total."
    pages = [Page(label=f"page {n}", text="\n".join([line] * 60)) for n in range(200)]
    start = time.process_time()
    extract(Document(kind="pdf", pages=pages))
    assert time.process_time() - start < 5
    start = time.process_time()
    extract(Document(kind="text", pages=[Page(label="text", text="a" * 2_000_000 + "\n" + "1 " * 200_000)]))
    assert time.process_time() - start < 10


def test_the_same_document_gives_the_same_record() -> None:
    page = Page(label="page 1", text="Atelier Morvan SARL\nFacture n° 12 du 14/03/2024\nTotal TTC 120,00 €")
    assert extract(Document(kind="text", pages=[page])) == extract(Document(kind="text", pages=[page]))
