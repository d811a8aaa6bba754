"""Several papers in one file: each becomes a record with its pages; one paper of several pages stays one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bench.documents.invoices import make, paper

from confrere.documents.extract import extract
from confrere.documents.model import Document, Page
from confrere.documents.read import read_file


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = make(tmp_path_factory.mktemp("papers"), "open", 14)
    return sorted((folder / "files").glob("*.pdf"))


def bound(target: Path, *files: Path) -> Path:
    from pypdf import PdfWriter

    writer = PdfWriter()
    for file in files:
        writer.append(str(file))
    with open(target, "wb") as out:
        writer.write(out)
    return target


def test_three_invoices_in_one_file(papers: list[Path], tmp_path: Path) -> None:
    record = extract(read_file(bound(tmp_path / "lot.pdf", papers[0], papers[7], papers[13])))
    truth = [paper("open", place)["truth"] for place in (0, 7, 13)]
    assert [part.pages for part in record.parts] == ["1", "2", "3"]
    for field in ("number", "date", "total", "supplier"):
        assert [part.fields[field].value for part in record.parts] == [entry[field] for entry in truth]
    assert [part.fields["total"].source for part in record.parts] == ["page 1", "page 2", "page 3"]
    assert record.fields["total"].value == truth[0]["total"]
    assert record.check["total"] == "extract.several-papers"


def test_one_invoice_is_one(papers: list[Path]) -> None:
    assert [extract(read_file(path)).parts for path in papers] == [[] for _ in papers]


def text_pages(*texts: str) -> Document:
    return Document(kind="pdf", pages=[Page(label=f"page {number}", text=text) for number, text in enumerate(texts, 1)])


FIRST = """Menuiserie Le Goff SARL
Facture n° F-101            Date : 04/03/2024
Page 1/2
Facturé à :  Mairie de Lanester
Pose de volets      1    900,00    900,00
"""
SECOND = """Menuiserie Le Goff SARL
Facture n° F-101            Page 2/2
Total HT      900,00
TVA 20 %      180,00
Total TTC   1 080,00
"""
OTHER = """Menuiserie Le Goff SARL
Facture n° F-102            Date : 09/03/2024
Facturé à :  Mairie de Lanester
Total HT      100,00
TVA 20 %       20,00
Total TTC     120,00
"""
TERMS = """Conditions générales de vente
Article 1. Les prix sont garantis trois mois. Tout retard donne lieu à des pénalités.
"""


def test_an_invoice_of_two_pages_stays_one() -> None:
    record = extract(text_pages(FIRST, SECOND))
    assert record.parts == [] and record.fields["total"].value == "1080.00"


def test_pages_without_a_head_belong_to_the_paper_before() -> None:
    record = extract(text_pages(FIRST, SECOND, TERMS, OTHER, TERMS))
    assert [part.pages for part in record.parts] == ["1-3", "4-5"]
    assert [part.fields["total"].value for part in record.parts] == ["1080.00", "120.00"]


def test_the_command_lists_them(papers: list[Path], tmp_path: Path) -> None:
    lot = bound(tmp_path / "lot.pdf", papers[0], papers[1])
    environment = {**os.environ, "CONFRERE_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-m", "confrere", "extract", str(lot), "--json"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    line = json.loads(done.stdout)
    assert [entry["pages"] for entry in line["documents"]] == ["1", "2"]
    assert line["documents"][1]["fields"]["total"]["value"] == paper("open", 1)["truth"]["total"]
    assert line["fields"]["total"]["value"] == paper("open", 0)["truth"]["total"]
