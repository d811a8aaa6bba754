"""Traps met while the libraries were chosen, that no other test of reading holds.

The others: odd PDFs end in a clean error, zip and XML bombs, external entities, memory and time a file (``tests/hostile``); charsets that do not
exist, Outlook messages (``test_mail_and_text``); turned scans (``test_image``); borderless tables (``test_aligned``); embedded XML before
any text (``tests/extract/test_einvoice``); one OCR process, the cache by content (``test_library``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from confrere.documents.extract import extract
from confrere.documents.model import Document
from confrere.documents.read import dispatch, read_file
from confrere.documents.read.limits import Budget, NeedsOcr
from confrere.documents.understand import understand
from tests.documents_read.making import picture


class Panic(BaseException):
    """What python-calamine raises on some broken workbooks: no Exception."""


def test_a_panic_of_a_library_is_one_files_business(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def panics(path: Path, budget: Budget) -> Document:
        raise Panic("index out of bounds")

    monkeypatch.setattr(dispatch, "_reader", lambda kind: panics)
    (tmp_path / "a.csv").write_text("a;b\n1;2\n")
    document = read_file(tmp_path / "a.csv")
    assert document.error == "damaged" and "Panic" in document.metadata["detail"]


@pytest.mark.parametrize("ends", [KeyboardInterrupt, SystemExit])
def test_what_asks_the_process_to_end_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: type[BaseException]) -> None:
    def stops(path: Path, budget: Budget) -> Document:
        raise ends

    monkeypatch.setattr(dispatch, "_reader", lambda kind: stops)
    (tmp_path / "a.csv").write_text("a;b\n1;2\n")
    with pytest.raises(ends):
        read_file(tmp_path / "a.csv")


def typeset(folder: Path, source: str, **pictures: Any) -> Path:
    import typst

    for name, image in pictures.items():
        image.save(folder / f"{name}.png")
    (folder / "page.typ").write_text(source, encoding="utf-8")
    path = folder / "page.pdf"
    typst.compile(str(folder / "page.typ"), output=str(path), root=str(folder))
    return path


def test_only_pages_without_text_cost_ocr(tmp_path: Path) -> None:
    scan = picture(["BON DE LIVRAISON 4711", "Reçu le 12/03/2026"], width=1000)
    source = 'Page de texte avec assez de mots pour être lue telle quelle.\n#pagebreak()\n#set page(margin: 0pt)\n#image("scan.png", width: 100%)'
    document = read_file(typeset(tmp_path, source, scan=scan))
    assert [page.ocr for page in document.pages] == [False, True]
    assert "4711" in document.pages[1].text and "assez de mots" in document.pages[0].text


INVOICE = """
#set text(size: 10pt)
#image("head.png", width: 7cm)
Facture n° F-2024-31 #h(1fr) Date : 04/03/2024

#table(columns: 4, [Désignation], [Qté], [PU], [Montant], [Pose], [2], [50,00], [100,00])
Total HT : 100,00 € \\ TVA 20 % : 20,00 € \\ Total TTC : 120,00 €
"""


def test_an_issuer_printed_as_a_picture_is_read(tmp_path: Path) -> None:
    """The text of the page does not name the issuer, its letterhead is an image: only then are the pictures read."""
    path = typeset(tmp_path, INVOICE, head=picture(["Menuiserie Kerdoncuff SARL", "12 rue du Port", "29200 Brest"], width=900))
    document = read_file(path)
    assert "Kerdoncuff" not in document.text
    first = extract(document).fields.get("supplier")
    assert first is None or first.confidence < 0.7
    fuller, record = understand(document, path)
    assert record.fields["supplier"].value == "Menuiserie Kerdoncuff SARL"
    assert record.fields["total"].value == "120.00" and "Kerdoncuff" in fuller.text
    with pytest.raises(NeedsOcr):
        understand(document, path, ocr=False)


def test_a_picture_is_left_alone_where_the_text_tells(tmp_path: Path) -> None:
    source = INVOICE + "\nMenuiserie Kerdoncuff SARL, 12 rue du Port, 29200 Brest, SIRET 732 829 320 00074, RCS Brest"
    path = typeset(tmp_path, source, head=picture(["Un logo"], width=900))
    document = read_file(path)
    same, record = understand(document, path, ocr=False)
    assert same is document and "Kerdoncuff" in record.fields["supplier"].value
