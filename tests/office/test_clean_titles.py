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
