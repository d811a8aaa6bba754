"""Beside markitdown, on the same files in one run: seconds of processor a file, and how faithful the tables are.

``make beside``, which installs markitdown in an environment of its own, or ``python -m bench.documents.beside [--data DIR]``. Tables are made
with known cells, plain ones (PDF with rules and without, Word, Excel, web, CSV) and those of ``hard_tables``, and scored by neighbours: a
pair of cells that stand side by side, or one under the other, and do so in what was read (Göbel et al., ICDAR 2013). What markitdown writes
for an empty cell ("NaN", "Unnamed: 3") counts as empty; it reads no pictures unless it is given a model, and has no score on scans.
Speed is measured on those files and on the documents of DIR; starting either program is not counted.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

from bench.documents import hard_tables
from bench.documents.hard_tables import Cells
from confrere.documents.aligned import page_tables
from confrere.documents.extract.text import compact
from confrere.documents.read import read_file

PYTHON = Path(".venv/markitdown/bin/python")
_OTHER = """
import json, sys, time, warnings, logging
warnings.filterwarnings("ignore"); logging.disable(logging.CRITICAL)
from markitdown import MarkItDown
reader = MarkItDown()
for name in json.load(sys.stdin):
    begun = time.process_time()
    try:
        text = reader.convert(name).text_content
    except BaseException as error:
        text = ""
    print(json.dumps([name, time.process_time() - begun, text]), flush=True)
"""


def make(folder: Path, count: int = 6) -> dict[Path, list[Cells]]:
    """Write ``count`` plain tables in each format; the tables of each file."""
    made: dict[Path, list[Cells]] = {}
    for place in range(count):
        dice = random.Random(place)
        words = ["Fauteuil", "Lampe noire", "Livraison à domicile", "Guide imprimé", "Chaise", "Étagère", "Pose", "Forfait annuel"]
        rows = [["Article", "Code", "Quantité", "Prix", "Montant"]]
        for number in range(4 + place * 3):
            amount = [str(dice.randrange(1, 20)), f"{dice.randrange(500, 90000) / 100:.2f}", f"{dice.randrange(500, 90000) / 100:.2f}"]
            rows.append([f"{dice.choice(words)} {number}", f"X{number}{dice.randrange(100, 999)}", *amount])
        for kind in ("ruled.pdf", "bare.pdf", "docx", "xlsx", "html", "csv"):
            path = folder / f"table{place}.{kind}"
            _write(path, kind, rows)
            made[path] = [rows]
    return made


def _write(path: Path, kind: str, rows: Cells) -> None:
    if kind.endswith("pdf"):
        import typst

        cells = ", ".join(f"[{cell}]" for row in rows for cell in row)
        stroke = "0.5pt" if kind == "ruled.pdf" else "none"
        source = f"#set text(size: 10pt)\nVoici le détail de la commande.\n\n#table(columns: (2fr, 1fr, 1fr, 1fr, 1fr), stroke: {stroke}, {cells})\n\nMerci de votre commande."
        path.write_bytes(typst.compile(source.encode(), format="pdf"))
    elif kind == "docx":
        import docx

        document = docx.Document()
        table = document.add_table(len(rows), len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
        document.save(str(path))
    elif kind == "xlsx":
        import xlsxwriter

        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("Feuil1")
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
    elif kind == "html":
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in rows)
        path.write_text(f"<html><body><table>{body}</table></body></html>", encoding="utf-8")
    else:
        path.write_text("\n".join(";".join(cells) for cells in rows), encoding="utf-8")


def neighbours(tables: list[Cells]) -> Counter[tuple[str, str, str]]:
    """Pairs of cells side by side and one under the other, by their letters and digits."""
    found: Counter[tuple[str, str, str]] = Counter()
    for rows in tables:
        plain = [[compact(cell) for cell in row] for row in rows]
        for row in plain:
            found.update(("right", a, b) for a, b in pairwise(row) if a and b)
        for over, under in pairwise(plain):
            found.update(("under", a, b) for a, b in zip(over, under, strict=False) if a and b)
    return found


_NOTHING = re.compile(r"^(NaN|Unnamed: \d+(_level_\d+)?)$")


def markdown_tables(text: str) -> list[Cells]:
    """The pipe tables of a markdown text."""
    tables: list[Cells] = []
    inside = False
    for line in text.splitlines():
        if line.lstrip().startswith("|"):
            if not inside:
                tables.append([])
            inside = True
            cells = [_NOTHING.sub("", cell.strip()) for cell in line.strip().strip("|").split("|")]
            if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                tables[-1].append(cells)
        else:
            inside = False
    return tables


def ours(path: Path) -> tuple[float, list[Cells]]:
    """Seconds of processor to read a file with its tables, and the tables."""
    begun = time.process_time()
    document = read_file(path, ocr=True)
    tables = [
        [["" if cell is None else str(cell) for cell in row] for row in table.rows]
        for page in document.pages
        for table in page_tables(page)
    ]
    return time.process_time() - begun, tables


def theirs(paths: list[Path]) -> dict[Path, tuple[float, list[Cells]]]:
    """The same from markitdown, in one process of its own environment."""
    done = subprocess.run(
        [str(PYTHON), "-c", _OTHER],
        input=json.dumps([str(path) for path in paths]),
        capture_output=True,
        text=True,
        timeout=1800,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return {Path(name): (seconds, markdown_tables(text)) for name, seconds, text in answers}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.documents.beside")
    parser.add_argument("--data", type=Path, help="folder of labelled documents, for speed on real files")
    options = parser.parse_args()
    if not PYTHON.exists():
        print(f"markitdown is not installed in {PYTHON.parent.parent}: only this project is measured. `make beside` installs it.")
    with tempfile.TemporaryDirectory() as scratch:
        tables = make(Path(scratch)) | hard_tables.make(Path(scratch))
        real = sorted(path for path in options.data.glob("invoices_*/files/*.pdf")) if options.data else []
        every = [*tables, *real]
        warm = list({path.name.partition(".")[2]: path for path in tables}.values())  # imports are not part of a file's cost
        for path in warm:
            ours(path)
        mine = {path: ours(path) for path in every}
        others = theirs([*warm, *every]) if PYTHON.exists() else {}
        _tell("confrere", tables, real, mine)
        if others:
            _tell("markitdown", tables, real, others)


def _tell(who: str, tables: dict[Path, list[Cells]], real: list[Path], answers: dict[Path, tuple[float, list[Cells]]]) -> None:
    by_kind: dict[str, list[tuple[float, float]]] = {}
    for path, known in tables.items():
        seconds, got = answers.get(path, (0.0, []))
        want, have = neighbours(known), neighbours(got)
        both = sum((want & have).values())
        score = 2 * both / max(sum(want.values()) + sum(have.values()), 1)
        by_kind.setdefault(path.name.partition(".")[2], []).append((seconds, score))
    print(f"{who}:")
    for kind, values in by_kind.items():
        print(
            f"   {kind:12} {1000 * sum(s for s, _ in values) / len(values):7.1f} ms a file   tables F1 {sum(f for _, f in values) / len(values):.3f}"
        )
    if real:
        print(
            f"   invoices     {1000 * sum(answers[path][0] for path in real if path in answers) / len(real):7.1f} ms a file ({len(real)} files)"
        )


if __name__ == "__main__":
    main()
