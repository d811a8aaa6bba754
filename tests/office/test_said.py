"""What a sort and a table say of what they could not be sure of."""

from __future__ import annotations

import os
from typing import Any

from test_deliver import TOOL, invoice


def test_files_sorted_by_the_clock_are_said(office: Any) -> None:
    folder = office({"a.txt": b"sans date", "2025-03-04 b.txt": b"x", "c.txt": invoice("F-3", "Kerlann", "12/03/2026", 300)})
    os.utime(folder.folder / "a.txt", (1_700_000_000, 1_700_000_000))
    told = [doubt for doubt in folder.run(TOOL["sort_files"], by=["month"]).doubts if "modification" in doubt]
    assert told and told[0].startswith("2 fichiers"), "its contents were not read"
    assert not [doubt for doubt in folder.run(TOOL["sort_files"], by=["document-date"]).doubts if "modification" in doubt]


def test_every_amount_that_waits_is_said_before_and_after(office: Any) -> None:
    from confrere.documents.model import Document, Field, Record

    folder = office({"a.txt": invoice("F-1", "Kerlann", "12/01/2026", 100), "b.txt": b"ticket", "c.txt": b"ticket c"})
    read = folder.library

    class Library:
        """Reads receipts of which the total is sure and the type, or the currency, is not."""

        def records(self, items: Any, progress: Any = None) -> Any:
            for name, document, record in read.records(items, progress):
                if name != "a.txt":
                    known = {"total": "10.00"} | ({"currency": "EUR"} if name == "b.txt" else {})
                    fields = {key: Field(value=value, confidence=0.97, source="page 1") for key, value in known.items()}
                    check = {"type": "extract.type-unsure"} if name == "b.txt" else {}
                    record = Record(type="receipt", fields=fields, check=check)
                    document = Document(kind=document.kind, pages=document.pages)
                yield name, document, record

    folder.library = Library()
    survey = folder.run(TOOL["survey"], selections=[{"only": {}}])
    assert survey.data["check"] == survey.data["selections"][0]["check"] == 2
    made = folder.run(TOOL["recap_workbook"])
    assert any(doubt.startswith("2 montants sont douteux") for doubt in made.doubts), made.doubts
    assert set(made.data["totals"].values()) <= {"120.00", "0"}


def test_values_that_do_not_fit_their_column_are_said(office: Any) -> None:
    table = "Nom;Courriel;Date d'entrée\n" + "".join(f"Ami {n};ami{n}@x.example;0{n}/01/2025\n" for n in range(1, 9))
    folder = office({"clients.csv": (table + "Luc;pas d'adresse;31/02/2025\n").encode()})
    result = folder.run(TOOL["clean_data"])
    assert result.doubts == [
        "2 valeurs de clients.csv ne conviennent pas à leur colonne et restent telles quelles : "
        "pas d'adresse (Courriel), 31/02/2025 (Date d'entrée)."
    ]
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(folder.view.read("Clients/clients (nettoyé).xlsx")))
    heads = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "Date d’entrée" in heads and "Ligne d’origine" in heads
