"""PDFs merged and split, pictures and tables converted: nothing lost, nothing guessed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdf
import pypdfium2
import pytest
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from confrere.documents import render, verify
from confrere.documents.write import convert, pdf
from confrere.documents.write.content import ReportContent, Section, Text
from confrere.documents.write.report import report_docx, report_pdf
from confrere.documents.write.tables import table_workbook
from confrere.errors import Failed, WrongUse


def paper(path: Path, pages: int, word: str) -> Path:
    content = [Section(title=f"{word} {n}", blocks=[Text(lines=[f"{word} page {n}. " + "texte " * 20] * 45)]) for n in range(pages)]
    report_pdf(path, ReportContent(title=word, sections=content), "fr")
    return path


def texts(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def test_merged_then_split_gives_every_page_back(tmp_path: Path) -> None:
    one, two = paper(tmp_path / "1.pdf", 1, "Alpha"), paper(tmp_path / "2.pdf", 2, "Béta")
    counts = [pdf.page_count(one), pdf.page_count(two)]
    merged = tmp_path / "m.pdf"
    assert pdf.merge_pdf(merged, [(one, "Premier"), (two, "Deuxième é")], "Réunion", dt.date(2026, 1, 2)) == sum(counts)
    assert texts(merged) == texts(one) + texts(two)
    reader = pypdf.PdfReader(str(merged))
    names = [item.title for item in reader.outline if not isinstance(item, list)]
    assert names == ["Premier", "Deuxième é"]
    parts = pdf.split_pdf(merged, pdf.parse_ranges("", sum(counts)), tmp_path, "part")
    assert [texts(part)[0] for part in parts] == texts(merged)
    again = tmp_path / "n.pdf"
    pdf.merge_pdf(again, [(one, "Premier"), (two, "Deuxième é")], "Réunion", dt.date(2026, 1, 2))
    assert again.read_bytes() == merged.read_bytes()


def test_ranges_are_read_and_wrong_ones_refused(tmp_path: Path) -> None:
    assert pdf.parse_ranges("1-3, 5 ; 8-", 9) == [(1, 3), (5, 5), (8, 9)]
    for wrong in ("0", "3-1", "10", "a", "1-2-3", "1,,2", "99999999"):
        with pytest.raises(WrongUse):
            pdf.parse_ranges(wrong, 9)
    source = paper(tmp_path / "1.pdf", 1, "Alpha")
    with pytest.raises(WrongUse, match=r"has \d+ pages"):
        pdf.split_pdf(source, [(1, 1), (1, 99)], tmp_path, "part")
    assert [path.name for path in tmp_path.iterdir()] == ["1.pdf"]


def test_a_damaged_or_locked_source_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    good = paper(tmp_path / "1.pdf", 1, "Alpha")
    (tmp_path / "bad.pdf").write_bytes(good.read_bytes()[:300])
    writer = pypdf.PdfWriter(clone_from=str(good))
    writer.encrypt("secret")
    writer.write(str(tmp_path / "locked.pdf"))
    for name, key in (("bad.pdf", "write.pdf-damaged"), ("locked.pdf", "write.pdf-locked")):
        with pytest.raises(Failed) as failure:
            pdf.merge_pdf(tmp_path / "out.pdf", [(good, "1"), (tmp_path / name, "2")])
        assert failure.value.key == key and name in failure.value.sentence("fr")
    assert not (tmp_path / "out.pdf").exists()


def test_scripts_of_a_source_are_not_carried_along(tmp_path: Path) -> None:
    good = paper(tmp_path / "1.pdf", 1, "Alpha")
    writer = pypdf.PdfWriter(clone_from=str(good))
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")})
    writer.root_object[NameObject("/OpenAction")] = script
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})
    button = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): script})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(button)])
    writer.add_attachment("a.exe", b"MZ")
    writer.write(str(tmp_path / "js.pdf"))
    pdf.merge_pdf(tmp_path / "out.pdf", [(tmp_path / "js.pdf", "x")])
    assert (tmp_path / "js.pdf").read_bytes().count(b"/JavaScript") >= 1
    data = (tmp_path / "out.pdf").read_bytes()
    assert b"/JavaScript" not in data and b"a.exe" not in data


def test_pictures_become_a4_pages(tmp_path: Path) -> None:
    Image.new("RGB", (3000, 1000), "red").save(tmp_path / "large.png")
    Image.new("RGBA", (100, 200), (0, 0, 255, 128)).save(tmp_path / "haut.png")
    Image.new("L", (50, 50)).save(tmp_path / "deux.tif", save_all=True, append_images=[Image.new("L", (50, 50))])
    sources = [tmp_path / name for name in ("large.png", "haut.png", "deux.tif")]
    assert pdf.images_to_pdf(tmp_path / "i.pdf", sources, "Scans") == 4
    with pypdfium2.PdfDocument(tmp_path / "i.pdf") as document:
        sizes = [tuple(round(value) for value in page.get_size()) for page in document]
    assert sizes == [(842, 595), (595, 842), (595, 842), (595, 842)]
    (tmp_path / "no.png").write_bytes(b"\x89PNG nope")
    with pytest.raises(Failed, match=r"no\.png"):
        pdf.images_to_pdf(tmp_path / "j.pdf", [sources[0], tmp_path / "no.png"])


def test_a_table_of_text_gets_types_only_where_they_are_sure(tmp_path: Path) -> None:
    rows = [
        ["Nom", "Date", "Montant", "Code postal", "Téléphone", "Compte", "Ambigu", "Formule"],
        ["Zoé", "01/02/2026", "1 234,50", "01000", "0612345678", "123456789012345678", "1,234", "=1+1"],
        ["a;b\nc", "15/12/2025", "-3,1", "75001", "+33 6 12", "2", "5,678", "@x"],
        ["Court"],
    ]
    path = tmp_path / "s.xlsx"
    table_workbook(path, [convert.typed_table("s", rows)], "fr")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    row = [cell.value for cell in sheet[2]]
    assert row == ["Zoé", dt.datetime(2026, 2, 1), 1234.5, "01000", "0612345678", "123456789012345678", "1,234", "=1+1"]
    assert sheet["H2"].data_type == "s" and sheet["A3"].value == "a;b\nc" and sheet["C3"].value == -3.1
    assert verify.check(path, office=False) == []


def test_values_are_written_as_the_reader_writes_them(tmp_path: Path) -> None:
    rows = [['Zoé ; "x"', dt.date(2026, 2, 1), 1234.5, True], ["-texte", None, -2, False], ["+33 6 12 34 56 78", "", Decimal("0.50"), None]]
    path = tmp_path / "b.csv"
    convert.write_csv(path, rows, "fr")
    assert path.read_text(encoding="utf-8-sig").splitlines() == [
        '"Zoé ; ""x""";01/02/2026;1234,5;oui',
        "'-texte;;-2;non",
        "+33 6 12 34 56 78;;0,50;",
    ]


def test_text_in_a_csv_never_becomes_a_formula(tmp_path: Path) -> None:
    convert.write_csv(tmp_path / "f.csv", [["=1+1", "+x", "-y", "@z", "\tq", Decimal("-1.5"), "ok"]], "en")
    assert (tmp_path / "f.csv").read_text(encoding="utf-8-sig").strip() == "'=1+1,'+x,'-y,'@z,'\tq,-1.5,ok"


def test_an_office_file_becomes_a_pdf(tmp_path: Path) -> None:
    report_docx(tmp_path / "r.docx", ReportContent(title="Bonjour", summary=["Ça va"]), "fr")
    render.convert(tmp_path / "r.docx", ".pdf", tmp_path)
    assert "Bonjour" in texts(tmp_path / "r.pdf")[0]
