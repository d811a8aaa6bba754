"""What is made: workbook, deck, report, index, minutes, PDFs, conversions, cleaned tables, each opened again."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from office_folder import Office

from confrere.tools.office import TOOLS

TOOL = {tool.name: tool for tool in TOOLS}

INVOICE = """FACTURE N° {number}
Studio Varech SARL
Client : {client}
Date : {date}
Total HT : {net} €
TVA 20 % : {tax} €
Total TTC : {total} €
"""


def invoice(number: str, client: str, date: str, net: int) -> bytes:
    tax, total = f"{net * 0.2:.2f}".replace(".", ","), f"{net * 1.2:.2f}".replace(".", ",")
    return INVOICE.format(number=number, client=client, date=date, net=f"{net},00", tax=tax, total=total).encode()


@pytest.fixture
def papers(office: Any) -> Office:
    folder: Office = office(
        {
            "1.txt": invoice("F-1", "SARL Dupont", "12/01/2026", 100),
            "2.txt": invoice("F-2", "Dupont S.A.R.L.", "12/02/2026", 200),
            "3.txt": invoice("F-3", "Laiterie Kerlann", "12/03/2026", 300),
            "copie 3.txt": invoice("F-3", "Laiterie Kerlann", "12/03/2026", 300),
            "abîmé.pdf": b"%PDF-1.7 not really",
            "vide.txt": b"",
        }
    )
    return folder


def test_recap_workbook_counts_copies_once_and_links_where_files_are(papers: Office) -> None:
    import openpyxl

    papers.run(TOOL["sort_files"], by=["client"])
    result = papers.run(TOOL["recap_workbook"], by=["client"])
    assert result.deliverables == ["Clients/Récapitulatif.xlsx"]
    assert Decimal(result.data["totals"]["EUR"]) == Decimal("720.00")
    assert any("copie 3.txt" in doubt for doubt in result.doubts)
    assert {path.rpartition("/")[2] for path, _ in result.omissions} == {"abîmé.pdf", "vide.txt"}
    book = openpyxl.load_workbook(io.BytesIO(papers.view.read("Clients/Récapitulatif.xlsx")))
    links = [
        cell.hyperlink.target for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink and cell.hyperlink.target
    ]
    assert any("Dupont/1.txt" in link.replace("\\", "/") for link in links)
    formulas = [
        cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("=")
    ]
    assert any("SUM" in formula for formula in formulas)


def test_deliverables_never_take_another_files_place_and_a_second_run_of_a_call_fills_its_own(papers: Office) -> None:
    (papers.folder / "Récapitulatif.xlsx").write_bytes(b"mine")
    papers.run(TOOL["recap_workbook"], call="s9")
    papers.run(TOOL["recap_workbook"], call="s9")
    assert papers.view.read("Clients/Récapitulatif.xlsx") == b"mine"
    assert [path for path in papers.paths() if path.startswith("Récap")] == ["Récapitulatif (2).xlsx", "Récapitulatif.xlsx"]


def test_recap_csv_with_chosen_columns(papers: Office) -> None:
    result = papers.run(TOOL["recap_workbook"], format="csv", columns=["number", "net", "tax"], language="fr")
    rows = list(csv.reader(io.StringIO(papers.view.read(result.deliverables[0]).decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 4 and len(rows[0]) == 4
    assert rows[1][:3] == ["F-1", "100,00", "20,00"]


@pytest.mark.parametrize("slides", [1, 5, 8])
def test_deck_has_exactly_the_slides_asked(papers: Office, slides: int) -> None:
    from pptx import Presentation

    result = papers.run(TOOL["make_deck"], slides=slides)
    assert len(Presentation(io.BytesIO(papers.view.read(result.deliverables[0]))).slides) == slides


@pytest.mark.parametrize(("format", "start"), [("docx", b"PK"), ("pdf", b"%PDF"), ("md", b"# ")])
def test_report_in_each_format(papers: Office, format: str, start: bytes) -> None:
    result = papers.run(TOOL["make_report"], format=format, language="en")
    assert result.deliverables == [f"Clients/Report.{format}"]
    assert papers.view.read(result.deliverables[0]).startswith(start)


@pytest.mark.parametrize("format", ["html", "xlsx"])
def test_index_names_every_file_but_what_the_task_made(papers: Office, format: str) -> None:
    papers.run(TOOL["recap_workbook"])
    result = papers.run(TOOL["make_index"], format=format)
    assert result.data["files"] == 6
    if format == "html":
        page = papers.view.read(result.deliverables[0]).decode()
        assert "abîmé.pdf" in page and "Récapitulatif.xlsx" not in page


def test_minutes_quote_their_source(office: Any) -> None:
    talk = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Ana>Hello both.\n\n"
    talk += "00:00:05.000 --> 00:00:09.000\n<v Ben>I'll send the plans by Friday.\n\n"
    folder = office({"kickoff.vtt": (talk + "00:00:10.000 --> 00:00:14.000\n<v Ana>Agreed, we have decided to use oak.\n").encode()}, "en")
    result = folder.run(TOOL["make_minutes"], format="md")
    text = folder.view.read(result.deliverables[0]).decode()
    assert result.data["actions"] == 1 and "plans by Friday" in text and "Ben" in text


def test_no_meeting_is_said(papers: Office) -> None:
    assert papers.run(TOOL["make_minutes"]).failed


def pdf(pages: int) -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    for number in range(pages):
        writer.add_blank_page(200 + number, 300)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGBA", (300, 200), (200, 30, 30, 120)).save(out, "PNG")
    return out.getvalue()


def test_merge_in_natural_order_leaving_out_what_is_broken(office: Any) -> None:
    from pypdf import PdfReader

    folder = office({"page 10.pdf": pdf(3), "page 2.pdf": pdf(1), "cassé.pdf": b"%PDF-1.4 nothing", "photo.png": picture()})
    result = folder.run(TOOL["merge_pdfs"])
    reader = PdfReader(io.BytesIO(folder.view.read(result.deliverables[0])))
    assert len(reader.pages) == 5
    assert [mark["/Title"] for mark in reader.outline] == ["page 2.pdf", "page 10.pdf", "photo.png"]
    assert [path for path, _ in result.omissions] == ["Clients/cassé.pdf"]


def test_split_every_page_or_a_range(office: Any) -> None:
    folder = office({"contrat.pdf": pdf(12)})
    folder.run(TOOL["split_pdf"], every=5)
    assert folder.paths() == [
        "contrat - pages/contrat p01-05.pdf",
        "contrat - pages/contrat p06-10.pdf",
        "contrat - pages/contrat p11-12.pdf",
        "contrat.pdf",
    ]
    result = folder.run(TOOL["split_pdf"], first=3, last=7, only={"names": ["contrat.pdf"]})
    assert result.deliverables == ["Clients/contrat p03-07.pdf"]
    assert folder.run(TOOL["split_pdf"], first=40, only={"names": ["contrat.pdf"]}).failed


def test_convert_tables_text_and_images_without_an_office_suite(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import openpyxl

    monkeypatch.setattr("confrere.documents.render.office_program", lambda: None)
    folder = office({"v.csv": b"Nom;Montant\nA;1,5\nB;2,5\n", "photo.png": picture(), "note.html": b"<p>Hello <b>you</b></p>"})
    folder.run(TOOL["convert_files"], to="xlsx", only={"kinds": ["csv"]})
    folder.run(TOOL["convert_files"], to="pdf", only={"kinds": ["image"]})
    folder.run(TOOL["convert_files"], to="txt", only={"kinds": ["html"]})
    assert {"v.xlsx", "photo.pdf", "note.txt"} <= set(folder.paths())
    sheet = openpyxl.load_workbook(io.BytesIO(folder.view.read("Clients/v.xlsx"))).active
    assert sheet is not None and sheet.max_row == 3
    assert b"Hello you" in folder.view.read("Clients/note.txt")


def test_a_pdf_becomes_a_workbook_a_word_document_and_a_picture_a_page(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import docx
    import openpyxl
    import typst

    monkeypatch.setattr("confrere.documents.render.office_program", lambda: None)
    rows = "[Article], [Prix], [Chaise], [80,00], [Table], [240,50], [Lampe], [35,00]"
    made = typst.compile(f"Tarif de la saison\n\n#table(columns: 2, column-gutter: 3cm, {rows})\n#pagebreak()\nFin".encode(), format="pdf")
    folder = office({"tarif.pdf": made, "mot.pdf": typst.compile(b"Un mot", format="pdf")})
    result = folder.run(TOOL["convert_files"], to="xlsx")
    assert result.deliverables == ["Clients/tarif.xlsx"] and [path for path, _ in result.omissions] == ["Clients/mot.pdf"]
    sheet = openpyxl.load_workbook(io.BytesIO(folder.view.read("Clients/tarif.xlsx"))).active
    assert sheet is not None and ["Table", 240.5] in [[cell.value for cell in row[:2]] for row in sheet.iter_rows()]
    folder.run(TOOL["convert_files"], to="docx", only={"names": ["tarif.pdf"]})
    text = "\n".join(one.text for one in docx.Document(io.BytesIO(folder.view.read("Clients/tarif.docx"))).paragraphs)
    assert "Tarif de la saison" in text and "Fin" in text
    result = folder.run(TOOL["convert_files"], to="image")
    assert sorted(result.deliverables) == ["Clients/mot.png", "Clients/tarif p1.png", "Clients/tarif p2.png"]


DATA = """Nom;E-mail;Téléphone;Date;Montant;Code
Dupont ;A@B.FR;06.12.34.56.78;03/04/2026;1 234,50;0012
DUPONT;a@b.fr;0612345678;03/04/2026;1 234,50;0012
  Martin;m@x.fr;+33 6 11 22 33 44;25/12/2025;10,00;0013
;;;;;
Zoé;zoe@x.fr;01 02 03 04 05;01/02/2026;=1+1;0014
Léa;lea@x.fr;01 02 03 04 06;02/02/2026;7,25;0015
Paul;paul@x.fr;01 02 03 04 07;04/02/2026;8,00;0016
"""


def test_clean_logs_each_change_and_leaves_the_source(office: Any) -> None:
    folder = office({"contacts.csv": DATA.encode()})
    result = folder.run(TOOL["clean_data"])
    rows = list(csv.reader(io.StringIO(folder.view.read("Clients/contacts (nettoyé).csv").decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows] == ["Nom", "Dupont", "Martin", "Zoé", "Léa", "Paul"]
    assert rows[1][1:4] == ["a@b.fr", "06 12 34 56 78", "2026-04-03"]
    assert rows[1][5] == "0012", "a code keeps its zeros"
    assert not rows[3][4].startswith("=")
    assert folder.view.read("Clients/contacts.csv") == DATA.encode()
    assert result.data["changes"] >= 10


def test_combine_tables_by_column_name(office: Any) -> None:
    import openpyxl

    folder = office({"a.csv": b"Nom,Ville\nA,Brest\n", "b.csv": b"ville,nom,age\nLyon,B,3\n"})
    result = folder.run(TOOL["clean_data"], combine=True)
    sheet = openpyxl.load_workbook(io.BytesIO(folder.view.read(result.deliverables[0]))).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert any(row[:3] == ["a.csv", "A", "Brest"] for row in cells) and any(row[:3] == ["b.csv", "B", "Lyon"] for row in cells)


def test_list_records_answers_with_sums_copies_counted_once(papers: Office) -> None:
    data = papers.run(TOOL["list_records"], only={"types": ["invoice"], "parties": ["Dupont"]}).data
    assert data["count"] == 2 and data["sums"] == {"EUR": "360.00"}
    data = papers.run(TOOL["list_records"], only={"since": "2026-02-01", "until": "2026-03-31"}, by="client").data
    assert data["count"] == 2 and data["copies"] == 1
    assert data["by"]["Laiterie Kerlann"]["sums"] == {"EUR": "360.00"}


def test_every_tool_has_a_schema_a_language_model_can_use() -> None:
    import msgspec

    for tool in TOOLS:
        schema = msgspec.json.schema(tool.Args)
        assert tool.description and tool.manifest.effect in ("read", "change")
        fields = schema["$defs"][tool.Args.__name__]["properties"]
        assert all("description" in field or "$ref" in str(field) for field in fields.values()), tool.name
        assert set(tool.manifest.roles) >= set(fields) - {"combine"}, tool.name


def test_a_table_of_chosen_columns_adds_only_what_may_be_added(office: Any, tmp_path: Path) -> None:
    from confrere.documents.verify import check

    pounds = invoice("F-9", "Tidewell", "12/04/2026", 50).replace("€".encode(), "£".encode())
    credit = invoice("A-1", "Tidewell SA", "13/04/2026", 40).replace(b"FACTURE", b"AVOIR").replace(b"Facture", b"Avoir")
    folder: Office = office({"1.txt": invoice("F-1", "Dupont", "12/01/2026", 100), "2.txt": pounds, "3.txt": credit})
    result = folder.run(TOOL["recap_workbook"], columns=["date", "total"], language="fr")
    path = tmp_path / "t.xlsx"
    path.write_bytes(folder.view.read(result.deliverables[0]))
    import openpyxl

    rows = [[cell for cell in row if cell is not None] for row in openpyxl.load_workbook(path, data_only=True).active.values]
    feet = {row[0]: row[1] for row in rows if row and str(row[0]).startswith("Total")}
    assert feet == {"Total EUR": 72, "Total GBP": 60} and not check(path)
