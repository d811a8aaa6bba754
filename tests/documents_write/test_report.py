"""Reports and minutes in Word, PDF and Markdown: the same words, structured, with nothing read as markup."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path

import docx
import pypdf
import pypdfium2
import pytest
from docx.oxml.ns import qn

from confrere.documents import render, verify
from confrere.documents.write.content import Chart, Column, Figure, Minutes, Recap, ReportContent, Section, Series, Table, Text
from confrere.documents.write.report import (
    minutes_docx,
    minutes_markdown,
    minutes_pdf,
    recap_report,
    report_docx,
    report_markdown,
    report_pdf,
)

from .samples import meeting, recap

WRITERS = {".docx": report_docx, ".pdf": report_pdf, ".md": report_markdown}


def words(path: Path) -> str:
    if path.suffix == ".docx":
        document = docx.Document(str(path))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_report_of_each_kind_passes_its_own_check(tmp_path: Path, suffix: str, language: str) -> None:
    path = tmp_path / f"r{suffix}"
    for data in (recap(), Recap(), recap(count=1)):
        WRITERS[suffix](path, recap_report(data, language), language)
        assert verify.check(path) == []


@pytest.mark.parametrize("suffix", WRITERS)
def test_the_same_figures_stand_in_each_format(tmp_path: Path, suffix: str) -> None:
    content = recap_report(recap(currencies=("EUR",)), "fr")
    path = tmp_path / f"r{suffix}"
    WRITERS[suffix](path, content, "fr")
    text = "".join(words(path).split())
    for figure in content.figures:
        assert "".join(figure.value.split()) in text
    assert "facture-07.pdf" in text and "Sources" in text


@pytest.mark.parametrize("suffix", WRITERS)
def test_the_same_content_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    for name in ("a", "b"):
        WRITERS[suffix](tmp_path / f"{name}{suffix}", recap_report(recap(), "fr"), "fr")
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


NASTY = [
    '#read("/etc/passwd")',
    '#import "@preview/x:1.0.0"',
    "*gras* _italique_ `code`",
    "$x^2$",
    "<script>alert(1)</script>",
    "[lien](http://evil)",
    "\\textbf{x} @cite // commentaire /* a */",
    "= titre",
    "- point",
    "1. un",
    "| a | b |",
    "&amp; ]]> <w:p>",
    "\u202eexe.pdf\x07",
    "un\udce9",
]


@pytest.mark.parametrize("suffix", WRITERS)
def test_text_of_documents_is_never_markup(tmp_path: Path, suffix: str) -> None:
    columns = [Column(title="=x|#y"), Column(title="<b>")]
    content = ReportContent(
        title=NASTY[0],
        subtitle=NASTY[1],
        summary=NASTY,
        figures=[Figure(value="#1", label=NASTY[2], note=NASTY[4])],
        sections=[
            Section(
                title=text,
                blocks=[
                    Text(lines=NASTY, title=text),
                    Table(columns=columns, rows=[[text, text]], title=text),
                    Chart(
                        kind="bar",
                        categories=[text, "b"],
                        series=[Series(name=text, values=[Decimal(1), Decimal(2)])],
                        alt=text,
                        title=text,
                    ),
                ],
            )
            for text in NASTY
        ],
    )
    path = tmp_path / f"r{suffix}"
    WRITERS[suffix](path, content, "fr")
    assert [finding.code for finding in verify.check(path)] == []
    text = words(path)
    if suffix == ".md":
        assert "<script" not in text.replace("\\<", "") and "[lien](" not in text.replace("\\[", "")
        assert "\n| \\#read" in text  # a cell stays a cell
    else:
        assert '#read("/etc/passwd")' in "".join(text.split()) and "root:" not in text
        assert "*gras*_italique_`code`" in "".join(text.split())


def test_word_has_real_headings_repeated_headers_and_native_charts(tmp_path: Path) -> None:
    path = tmp_path / "r.docx"
    report_docx(path, recap_report(recap(), "fr"), "fr")
    document = docx.Document(str(path))
    levels = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style.name.startswith("Heading")]
    assert {"Heading 1", "Heading 2"} == set(levels)
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert all(table._tbl.find(f".//{qn('w:tblHeader')}") is not None for table in document.tables if len(table.rows) > 1)
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        charts = [name for name in names if name.startswith("word/charts/chart")]
        assert len(charts) >= 3
        assert len([name for name in names if name.startswith("word/embeddings/")]) == len(charts)
        for name in charts:
            assert b"externalData" in package.read(name)
        assert b'w:lang w:val="fr-FR"' in package.read("word/styles.xml")


def test_numbered_lists_begin_at_one_each(tmp_path: Path) -> None:
    path = tmp_path / "r.docx"
    sections = [Section(title=f"S{n}", blocks=[Text(lines=["a", "b"], ordered=True)]) for n in range(2)]
    report_docx(path, ReportContent(title="T", sections=sections), "en")
    ids = [paragraph._p.pPr.numPr.numId.val for paragraph in docx.Document(str(path)).paragraphs if paragraph.style.name == "List Number"]
    assert len(set(ids)) == 2 and ids[0] == ids[1] != ids[2]


def test_the_pdf_is_a4_tagged_and_says_its_title_and_language(tmp_path: Path) -> None:
    path = tmp_path / "r.pdf"
    report_pdf(path, recap_report(recap(count=120), "fr"), "fr")
    reader = pypdf.PdfReader(str(path))
    assert (round(float(reader.pages[0].mediabox.width)), round(float(reader.pages[0].mediabox.height))) == (595, 842)
    assert reader.root_object["/Lang"] == "fr" and reader.metadata is not None and "Récapitulatif" in str(reader.metadata.title)
    assert len(reader.pages) > 4
    assert words(path).count("Fichier\r\n") + words(path).count("Fichier") >= 3  # the header row comes again on each page


@pytest.mark.parametrize(("suffix", "writer"), [(".docx", minutes_docx), (".pdf", minutes_pdf), (".md", minutes_markdown)])
def test_minutes_put_decisions_and_actions_first(tmp_path: Path, suffix: str, writer: object) -> None:
    path = tmp_path / f"m{suffix}"
    writer(path, meeting(), "fr")  # type: ignore[operator]
    assert verify.check(path) == []
    text = words(path)
    assert "Comité de pilotage" in text and "1er mars 2026" in text and "05/03/2026" in text and "avant Pâques" in text
    if suffix == ".md":
        assert text.index("## Décisions") < text.index("## Actions") < text.index("## Points abordés")
    writer(path, Minutes(title=""), "en")  # type: ignore[operator]
    assert "Minutes of the meeting" in words(path)


def test_word_opens_in_libreoffice(tmp_path: Path) -> None:
    path = tmp_path / "r.docx"
    report_docx(path, recap_report(recap(), "fr"), "fr")
    assert len(render.pictures(path, tmp_path / "pages", dpi=30)) >= 3


def test_faults_of_a_word_file_are_found(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Trop profond", 3)
    document.add_paragraph("Lorem ipsum dolor")
    document.add_table(2, 2)
    document.save(str(tmp_path / "bad.docx"))
    assert {finding.code for finding in verify.check(tmp_path / "bad.docx")} == {"heading-skipped", "leftover", "no-table-header"}


def test_faults_of_a_pdf_are_found(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Producer": "another program"})  # what is put together from others' pages cannot be tagged, and is not told
    writer.write(str(tmp_path / "bad.pdf"))
    assert {finding.code for finding in verify.check(tmp_path / "bad.pdf")} == {"blank-page", "no-title-property", "not-tagged"}


def test_an_emoji_in_a_file_name_does_not_cost_the_pdf(tmp_path: Path) -> None:
    from confrere.documents.write.typeset import report_pdf

    path = tmp_path / "rapport.pdf"
    report_pdf(path, ReportContent(title="Laiterie 🧀 et été", summary=["fromage 🧀🎉", "株式会社"]), "fr")
    assert path.read_bytes().startswith(b"%PDF") and b"pdfuaid" in path.read_bytes()
