"""Quotes: from a table of lines, in our layout or in a company's template, opened and calculated again."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from office_folder import Office

from confrere.documents.verify import check
from confrere.tools.office.quote import MakeQuote
from confrere.tools.office.recap import today

LINES = (
    "Réf;Désignation;Qté;Unité;PU HT;TVA\n"
    "A1;Pose de parquet;35,5;m²;42,90;10 %\n"
    'A2;=HYPERLINK("http://x");1;forfait;180;10\n'
    "B1;Étude;2;h;75,00;20\n"
    ";Total;;;405;\n"
    ";Divers;1;;sur devis;20\n"
).encode()
NET, TAX, TOTAL = Decimal("1852.95"), Decimal("200.30"), Decimal("2053.25")


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word_template() -> bytes:
    document = docx.Document()
    paragraph = document.add_paragraph("Devis n° {{nu")
    paragraph.add_run("mero}} pour ")
    paragraph.add_run("{{client}}").bold = True
    document.add_paragraph("Jusqu'au {{validité}}. {{inconnu}}")
    table = document.add_table(rows=2, cols=3)
    for cell, text in zip(table.rows[1].cells, ("{{désignation}}", "{{qté}}", "{{montant}}"), strict=True):
        cell.text = text
    document.add_paragraph("HT {{total_ht}}, TTC {{total_ttc}}")
    document.sections[0].footer.paragraphs[0].text = "{{client}}"
    return saved(document)


def sheet_template() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["B1"], sheet["A2"] = "Client : {{client}}", "{{date}}", "{{numero}}"
    for column, (head, hole) in enumerate(
        (("Désignation", "{{designation}}"), ("Qté", "{{qte}}"), ("PU", "{{pu}}"), ("TVA", "{{tva}}"), ("Montant", "{{montant}}")), 1
    ):
        sheet.cell(4, column, head)
        sheet.cell(5, column, hole)
    sheet["E7"], sheet["E8"], sheet["E9"], sheet["A10"] = "{{total_ht}}", "{{total_tva}}", "=E7+E8", "=COUNTA(A5:A5)"
    sheet.merge_cells("A12:C12")
    sheet["A12"] = "Merci"
    return saved(book)


def given(office: Office, folder: Path, path: str) -> Path:
    out = folder / path.rpartition("/")[2]
    out.write_bytes(office.view.read(path))
    return out


def test_ours_has_totals_by_formula_and_the_next_number(office: Any, tmp_path: Path) -> None:
    folder: Office = office({"tarifs.csv": LINES, "Devis D-2025-090.txt": b"x"})
    year = today(folder.context("day")).year
    (folder.folder / f"D-{year}-014 ancien.txt").write_bytes(b"x")
    result = folder.run(MakeQuote(), client="Mairie de Plouhinec", lines="tarifs.csv", valid=60)
    assert not result.failed and result.data["number"] == f"D-{year}-015"
    assert [Decimal(result.data[name]) for name in ("net", "tax", "total")] == [NET, TAX, TOTAL]
    assert any("6" in doubt for doubt in result.doubts)  # the line without a price is told, the line of totals is not a line
    for path in result.deliverables:
        expected = {name: Decimal(value) for name, value in result.data["expected"].items()}
        assert not check(given(folder, tmp_path, path), expected=expected if path.endswith(".xlsx") else None)
    book = openpyxl.load_workbook(io.BytesIO(folder.view.read(result.data["file"])))
    formulas = [cell.value for row in book.active.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(formulas) == 3 + 5 and not any("HYPERLINK" in formula for formula in formulas)


def test_word_template_is_filled_across_runs_and_what_is_left_is_said(office: Any) -> None:
    folder: Office = office({"tarifs.csv": LINES, "modele devis.docx": word_template()})
    result = folder.run(MakeQuote(), client="Dupont", lines="tarifs.csv", template="modele devis.docx")
    document = docx.Document(io.BytesIO(folder.view.read(result.deliverables[0])))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert f"Devis n° {result.data['number']} pour Dupont" in text and "{{inconnu}}" in text
    assert [row.cells[0].text for row in document.tables[0].rows] == ["", "Pose de parquet", '=HYPERLINK("http://x")', "Étude"]
    assert document.sections[0].footer.paragraphs[0].text == "Dupont"
    assert any("inconnu" in doubt for doubt in result.doubts)


def test_sheet_template_keeps_its_formulas_and_moves_them(office: Any, tmp_path: Path) -> None:
    folder: Office = office({"tarifs.csv": LINES, "modele.xlsx": sheet_template()})
    result = folder.run(MakeQuote(), client="Dupont", lines="tarifs.csv", template="*")
    path = given(folder, tmp_path, result.deliverables[0])
    assert not check(path)  # recalculated: values carried by the file, ours and the template's, are the right ones
    sheet = openpyxl.load_workbook(path)["Sheet"]
    assert (sheet["E11"].value, sheet["A12"].value) == ("=E9+E10", "=COUNTA(A5:A7)")
    assert "A14:C14" in {str(area) for area in sheet.merged_cells.ranges} and sheet["A6"].data_type == "s"
    values = openpyxl.load_workbook(path, data_only=True)["Sheet"]
    assert Decimal(str(values["E11"].value)) == TOTAL and values["A12"].value == 3


@pytest.mark.parametrize(
    ("files", "args"),
    [
        ({}, {}),
        ({"a.csv": b"x;y\n1;2\n"}, {"lines": "a.csv"}),
        ({"a.csv": LINES, "b.csv": LINES + b"x"}, {}),
        ({"a.csv": LINES}, {"lines": "nope.csv"}),
    ],
)
def test_without_clear_lines_nothing_is_made(office: Any, files: dict[str, bytes], args: dict[str, str]) -> None:
    folder: Office = office({**files, "lettre.txt": b"Bonjour"})
    result = folder.run(MakeQuote(), client="Dupont", **args)
    assert result.failed and result.text and not result.deliverables


def test_what_is_asked_is_found_in_the_price_list_and_the_rest_is_told(office: Any) -> None:
    prices = "Désignation;Prix HT;TVA\nChaise pliante;24,90;20 %\nTable ronde;89,00;20 %\nTable basse;40;20 %\nMenu enfant;9,90;10 %\n"
    folder: Office = office({"tarifs.csv": prices.encode()})
    asked = ["40 chaises pliantes", "50 menus enfant", "3 tables", "2 parasols"]
    result = folder.run(MakeQuote(), client="Dupont", lines="tarifs.csv", quantities=asked)
    assert Decimal(result.data["net"]) == 40 * Decimal("24.90") + 50 * Decimal("9.90")
    assert sum("parasols" in doubt or "Table ronde, Table basse" in doubt for doubt in result.doubts) == 2
    assert folder.run(MakeQuote(), client="Dupont", lines="tarifs.csv", quantities=["2 parasols"]).failed


def test_a_template_whose_table_has_only_a_header_gets_its_lines(office: Any) -> None:
    document = docx.Document()
    document.add_paragraph("Client : {{client}}")
    table = document.add_table(rows=3, cols=4)
    for cell, text in zip(table.rows[0].cells, ("Désignation", "Quantité", "Prix unitaire HT", "Total HT"), strict=True):
        cell.text = text
    bare = docx.Document()
    bare.add_paragraph("Client : {{client}}")
    folder: Office = office({"tarifs.csv": LINES, "modele.docx": saved(document), "nu.docx": saved(bare)})
    result = folder.run(MakeQuote(), client="Dupont", lines="tarifs.csv", template="modele.docx")
    (filled,) = docx.Document(io.BytesIO(folder.view.read(result.deliverables[0]))).tables
    assert [row.cells[0].text for row in filled.rows] == ["Désignation", "Pose de parquet", '=HYPERLINK("http://x")', "Étude"]
    assert filled.rows[3].cells[3].text.startswith("150,00")
    assert any("nu.docx" in doubt for doubt in folder.run(MakeQuote(), client="D", lines="tarifs.csv", template="nu.docx").doubts)
