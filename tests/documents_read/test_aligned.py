from __future__ import annotations

from pathlib import Path

import pytest

from confrere.documents.aligned import page_tables
from confrere.documents.model import Page, Table, Word
from confrere.documents.read import read_file

ROWS = [
    ["Article", "Qté", "Prix unitaire", "TVA", "Montant"],
    ["Fauteuil de bureau", "2", "149,90", "20 %", "299,80"],
    ["Lampe articulée noire", "10", "35,00", "20 %", "350,00"],
    ["Livraison", "1", "25,00", "20 %", "25,00"],
    ["Guide imprimé", "3", "12,50", "5,5 %", "37,50"],
    ["Chaise", "12", "80,00", "20 %", "960,00"],
]


def tables(path: Path) -> list[Table]:
    return [table for page in read_file(path).pages for table in page_tables(page)]


def made(tmp_path: Path, stroke: str, rows: list[list[str]], *, columns: str = "", gutter: str = "6pt") -> Path:
    import typst

    cells = ", ".join(f"[{cell}]" for row in rows for cell in row)
    count = len(rows[0])
    columns = columns or f"({', '.join(['1fr'] + ['auto'] * (count - 1))})"
    align = f"({', '.join(['left'] + ['right'] * (count - 1))})"
    table = f"#table(columns: {columns}, align: {align}, stroke: {stroke}, inset: (x: {gutter}, y: 4pt), {cells})"
    before = "Veuillez trouver ci-dessous le détail de la commande que vous nous avez passée la semaine dernière."
    after = "Nous restons à votre disposition pour tout renseignement complémentaire sur cette commande."
    path = tmp_path / "table.pdf"
    path.write_bytes(typst.compile(f"#set text(size: 10pt)\n{before}\n\n{table}\n\n{after}".encode(), format="pdf"))
    return path


@pytest.mark.parametrize("stroke", ["none", "0.5pt", "(x: none, y: 0.5pt)"], ids=["borderless", "ruled", "horizontal"])
def test_cells_whatever_the_rules(tmp_path: Path, stroke: str) -> None:
    (table,) = tables(made(tmp_path, stroke, ROWS))
    assert table.rows == ROWS and table.header and table.name == "page 1"


def test_narrow_columns(tmp_path: Path) -> None:
    rows = [
        ["Ref", "Nom", "An"],
        *[[f"A{i}{i}", f"Produit {name}", f"20{i}{i}"] for i, name in enumerate(["un", "deux", "trois", "vert", "bleu"], 1)],
    ]
    (table,) = tables(made(tmp_path, "none", rows, columns="(auto, auto, auto)", gutter="4pt"))
    assert table.rows == rows


def test_a_cell_of_two_lines_stays_one_row(tmp_path: Path) -> None:
    rows = [list(row) for row in ROWS]
    rows[2][0] = "Lampe articulée noire avec son ampoule et son socle en fonte"
    (table,) = tables(made(tmp_path, "none", rows, columns="(110pt, auto, auto, auto, auto)"))
    assert len(table.rows) == len(rows) and table.rows[2] == rows[2]


def test_empty_cells_keep_their_column(tmp_path: Path) -> None:
    rows = [list(row) for row in ROWS]
    rows[3][2] = rows[4][1] = ""
    (table,) = tables(made(tmp_path, "none", rows))
    assert table.rows == rows


@pytest.mark.parametrize("wide", ["5cm", "2.6cm"])
def test_cells_of_many_lines_down_to_the_last_row(tmp_path: Path, wide: str) -> None:
    long = "Fourniture et pose d'une étagère murale en chêne massif, fixations comprises"
    rows = [["Réf.", "Désignation", "Qté"], *([f"R{n}", long, str(n)] for n in range(1, 5))]
    (table,) = tables(made(tmp_path, "none", rows, columns=f"(1.5cm, {wide}, 2cm)"))
    assert [[cell.replace("’", "'") for cell in row] for row in table.rows] == rows


def test_prose_is_no_table(tmp_path: Path) -> None:
    import typst

    path = tmp_path / "prose.pdf"
    path.write_bytes(typst.compile(b"#set page(columns: 2)\n#set par(justify: true)\n#lorem(500)", format="pdf"))
    assert sum(len(table.rows) for table in tables(path)) == 0


def test_a_page_of_words_without_end_costs_nothing() -> None:
    words = [Word(f"{column}", column * 40.0, row * 4.0, column * 40.0 + 20, row * 4.0 + 3) for row in range(3000) for column in range(4)]
    assert page_tables(Page(label="page 1", words=words)) == []
    assert len(page_tables(Page(label="page 1", words=words[:200]))) == 1
