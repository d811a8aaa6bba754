"""Exports put a title above their table: the header is found below it, and columns keep their types."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from office_folder import Office

from confrere.tools.office.clean import CleanData

BANK = "Compte n° 00041827418;;;\nDate;Libellé;Débit;Solde\n01/03/2026;SOLDE;;4 180,25\n02/03/2026;LOYER;1 150,00;3 030,25\n02/03/2026;LOYER;1 150,00;3 030,25\n"


def test_the_header_is_below_the_title(office: Any) -> None:
    folder: Office = office({"banque.csv": BANK.encode()})
    result = folder.run(CleanData())
    book = openpyxl.load_workbook(io.BytesIO(folder.view.read(next(path for path in result.deliverables if path.endswith(".xlsx")))))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0][:4] == ("Date", "Libellé", "Débit", "Solde") and len(rows) <= 4
    assert hasattr(rows[1][0], "year") and rows[1][3] == 4180.25
    log = [row for row in book.worksheets[1].iter_rows(values_only=True)]
    assert any("00041827418" in str(row) and "titre" in str(row) for row in log)


def test_a_table_without_title_keeps_its_first_row(office: Any) -> None:
    folder: Office = office({"clients.csv": b"Nom;Ville\nDupont;Lyon\nMartin;\n"})
    result = folder.run(CleanData())
    book = openpyxl.load_workbook(io.BytesIO(folder.view.read(result.deliverables[0])))
    assert [row[0] for row in book.worksheets[0].iter_rows(values_only=True)][:3] == ["Nom", "Dupont", "Martin"]


def test_one_thing_written_in_several_ways_is_one_row(office: Any) -> None:
    table = "Nom;Ville;CA\nLe Goff Yann;quimper;12 500,50\nLe Goff Yann;Quimper;12500,5\nMorel Julie;Carnac;8 400,00 €\nRoy Ana;;3200\n"
    folder: Office = office({"contacts.csv": table.encode()})
    result = folder.run(CleanData())
    text = folder.view.read(next(path for path in result.deliverables if path.endswith(".csv"))).decode("utf-8-sig")
    assert text.split() == ["Nom;Ville;CA", "Le", "Goff", "Yann;Quimper;12500,50", "Morel", "Julie;Carnac;8400,00", "Roy", "Ana;;3200,00"]


def test_a_text_becomes_a_page_with_a_title(office: Any) -> None:
    from pypdf import PdfReader

    from confrere.tools.office.convert import ConvertFiles

    folder: Office = office({"contrat.txt": "CONTRAT DE PRESTATION\nEntre les soussignés :\n\n- l'atelier ;\n- le client.\n".encode()})
    result = folder.run(ConvertFiles(), to="pdf")
    reader = PdfReader(io.BytesIO(folder.view.read(result.deliverables[0])))
    assert (
        reader.metadata is not None and reader.metadata.title == "CONTRAT DE PRESTATION" and "le client." in reader.pages[0].extract_text()
    )
