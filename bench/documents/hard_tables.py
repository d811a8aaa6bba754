"""Tables as offices make them, harder than a plain grid, each with its known cells.

Right-aligned amounts with narrow spaces, cells of several lines, headers over two rows, merged cells, tables over two pages, nested ones,
several on a sheet, scans. A merged cell's text is known at its first place, the other places it covers are empty.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

Cells = list[list[str]]

_WORDS = ["Fauteuil", "Lampe noire", "Livraison", "Guide imprimé", "Chaise pliante", "Étagère", "Pose", "Forfait annuel", "Câble", "Écran"]
_LONG = [
    "Remplacement du joint de la pompe et contrôle de la pression du circuit",
    "Fourniture et pose d'une étagère murale en chêne massif, fixations comprises",
    "Maintenance préventive des deux chaudières, déplacement et petites fournitures",
    "Audit du réseau",
    "Nettoyage des vitres du hall et des bureaux du premier étage",
]
_NARROW = "\u202f"


def make(folder: Path, count: int = 4) -> dict[Path, list[Cells]]:
    """Write ``count`` files of each kind into ``folder``; the tables that each holds."""
    made: dict[Path, list[Cells]] = {}
    for kind, write in KINDS.items():
        for place in range(count):
            path = folder / f"hard{place}.{kind}"
            made[path] = write(path, random.Random(f"{kind}{place}"))
    return made


def _amount(dice: random.Random, most: int = 9_000_000) -> str:
    cents = dice.randrange(100, most)
    whole, part = divmod(cents, 100)
    return f"{whole:,}".replace(",", _NARROW) + f",{part:02d}"


def _typst(path: Path, columns: str, align: str, cells: str, *, header: str = "", stroke: str = "none", ppi: int = 0) -> None:
    import typst

    source = (
        f'#set text(size: 9pt, lang: "fr")\nRelevé des prestations de l\'exercice, établi à la demande du client.\n\n'
        f"#table(columns: {columns}, align: {align}, stroke: {stroke}, inset: (x: 5pt, y: 3.5pt), {header}{cells})\n\n"
        "Montants en euros, hors taxes sauf mention contraire.\n"
    )
    out = typst.compile(source.encode(), format="png" if ppi else "pdf", **({"ppi": float(ppi)} if ppi else {}))
    assert isinstance(out, bytes)
    path.write_bytes(out)


def _cells(rows: Cells) -> str:
    return ", ".join(f"[{cell}]" for row in rows for cell in row)


def _ledger(dice: random.Random, count: int) -> Cells:
    rows = [["Compte", "Libellé", "Débit", "Crédit", "Solde"]]
    for number in range(count):
        debit = _amount(dice) if dice.random() < 0.55 else ""
        credit = "" if debit else _amount(dice)
        rows.append([f"{6 + number % 2}0{dice.randrange(1000, 9999)}", f"{dice.choice(_WORDS)} {number}", debit, credit, _amount(dice)])
    return rows


def _amounts(path: Path, dice: random.Random) -> list[Cells]:
    rows = _ledger(dice, 14)
    _typst(path, "(auto, 1fr, auto, auto, auto)", "(left, left, right, right, right)", _cells(rows))
    return [rows]


def _several_lines(path: Path, dice: random.Random) -> list[Cells]:
    rows = [["Réf.", "Désignation", "Qté", "Montant"]]
    rows += [[f"R{dice.randrange(100, 999)}", dice.choice(_LONG), str(dice.randrange(1, 30)), _amount(dice, 400_000)] for _ in range(8)]
    _typst(
        path, "(1.5cm, 5cm, 1.2cm, 2.6cm)", "(left, left, right, right)", _cells(rows), stroke=dice.choice(["none", "(x: none, y: 0.4pt)"])
    )
    return [rows]


def _two_row_header(path: Path, dice: random.Random) -> list[Cells]:
    top = ["Service", "Premier trimestre", "", "Second trimestre", ""]
    under = ["", "Prévu", "Réalisé", "Prévu", "Réalisé"]
    rows = [[f"{word}", *(_amount(dice, 3_000_000) for _ in range(4))] for word in dice.sample(_WORDS, 7)]
    header = "table.cell(rowspan: 2)[Service], table.cell(colspan: 2, align: center)[Premier trimestre], "
    header += "table.cell(colspan: 2, align: center)[Second trimestre], " + ", ".join(f"[{cell}]" for cell in under[1:]) + ", "
    _typst(path, "(1fr, auto, auto, auto, auto)", "(left, right, right, right, right)", _cells(rows), header=header, stroke="none")
    return [[top, under, *rows]]


def _over_pages(path: Path, dice: random.Random) -> list[Cells]:
    rows = _ledger(dice, 60)
    _typst(path, "(auto, 1fr, auto, auto, auto)", "(left, left, right, right, right)", _cells(rows), stroke="0.4pt")
    return [rows]


def _scan(path: Path, dice: random.Random) -> list[Cells]:
    """A page printed and scanned: grey, a little askew, with the noise of a machine."""
    import numpy
    from PIL import Image

    rows = [["Article", "Code", "Quantité", "Prix", "Montant"]]
    for number in range(10):
        rows.append(
            [
                f"{dice.choice(_WORDS)} {number}",
                f"X{dice.randrange(1000, 9999)}",
                str(dice.randrange(1, 90)),
                _amount(dice, 90_000),
                _amount(dice, 900_000),
            ]
        )
    _typst(
        path, "(2fr, 1fr, 1fr, 1fr, 1fr)", "(left, left, right, right, right)", _cells(rows), stroke=dice.choice(["none", "0.5pt"]), ppi=170
    )
    with Image.open(path) as image:
        turned = image.convert("L").rotate(dice.uniform(-1.2, 1.2), fillcolor=255, resample=Image.Resampling.BICUBIC)
    noise = numpy.random.default_rng(dice.randrange(1000)).normal(0, 9, (turned.height, turned.width))
    Image.fromarray(numpy.clip(numpy.asarray(turned) * 0.85 + 25 + noise, 0, 255).astype(numpy.uint8)).save(path)
    return [rows]


def _word(path: Path, dice: random.Random) -> list[Cells]:
    """Cells merged along a row and down a column, and a table within a cell."""
    import docx

    rows = [["Lot", "Travaux", "Montants", ""], ["", "", "HT", "TTC"]]
    for lot in range(3):
        for number in range(2):
            rows.append([f"Lot {lot}" if number == 0 else "", f"{dice.choice(_WORDS)} {lot}{number}", _amount(dice), _amount(dice)])
    inner = [["Contact", "Téléphone"], ["Mme Rey", "01 22 33 44 55"], ["M. Ba", "06 11 22 33 44"]]
    document = docx.Document()
    document.add_paragraph("Tableau des lots")
    table = document.add_table(len(rows), 4)
    for at, cells in enumerate(rows):
        for place, text in enumerate(cells):
            if text:
                table.cell(at, place).text = text
    table.cell(0, 2).merge(table.cell(0, 3))
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(1, 1))
    for lot in range(3):
        table.cell(2 + 2 * lot, 0).merge(table.cell(3 + 2 * lot, 0))
    outer = document.add_table(1, 2)
    outer.cell(0, 0).text = "Sur place"
    nested = outer.cell(0, 1).add_table(3, 2)
    for at, cells in enumerate(inner):
        for place, text in enumerate(cells):
            nested.cell(at, place).text = text
    document.save(str(path))
    return [rows, inner]


def _sheet(path: Path, dice: random.Random) -> list[Cells]:
    """Three tables on a sheet, side by side and one below, the first under a merged header."""
    import xlsxwriter

    first = [["Région", "Ventes", ""], ["", "Nombre", "Valeur"]]
    first += [[word, str(dice.randrange(1, 900)), f"{dice.randrange(1000, 9000) / 4:g}"] for word in dice.sample(_WORDS, 5)]
    second = [["Vendeur", "Objectif"], *([f"Vendeur {n}", str(dice.randrange(100, 999))] for n in range(4))]
    third = [
        ["Mois", "Total", "Part"],
        *([month, str(dice.randrange(1000, 9999)), str(dice.randrange(1, 99))] for month in ("Janvier", "Février", "Mars")),
    ]

    def put(sheet: xlsxwriter.worksheet.Worksheet, top: int, left: int, rows: Cells) -> None:
        for at, cells in enumerate(rows):
            for place, text in enumerate(cells):
                number = text.replace(".", "", 1).isdigit()
                if text:
                    sheet.write(top + at, left + place, float(text) if number else text)

    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Synthèse")
        sheet.write(0, 0, "Synthèse commerciale")
        put(sheet, 2, 0, first)
        sheet.merge_range(2, 1, 2, 2, "Ventes")
        sheet.merge_range(2, 0, 3, 0, "Région")
        put(sheet, 2, 5, second)
        put(sheet, 12, 1, third)
    return [first, second, third]


def _web(path: Path, dice: random.Random) -> list[Cells]:
    """Cells over several rows and columns, as web pages make them."""
    rows = [["Pays", "Ville", "Entrées", ""], ["", "", "2024", "2025"]]
    body = "<tr><th rowspan=2>Pays</th><th rowspan='2'>Ville</th><th colspan=2>Entrées</th></tr><tr><th>2024</th><th>2025</th></tr>"
    for country in ("France", "Italie", "Espagne"):
        towns = dice.randrange(2, 4)
        for number in range(towns):
            town, figures = f"Ville {country[0]}{number}", [str(dice.randrange(1000, 9999)), str(dice.randrange(1000, 9999))]
            rows.append([country if number == 0 else "", town, *figures])
            first = f"<td rowspan='{towns}'>{country}</td>" if number == 0 else ""
            body += f"<tr>{first}<td>{town}</td>" + "".join(f"<td>{figure}</td>" for figure in figures) + "</tr>"
    path.write_text(f"<!doctype html><html><body><p>Fréquentation</p><table>{body}</table></body></html>", encoding="utf-8")
    return [rows]


KINDS: dict[str, Callable[[Path, random.Random], list[Cells]]] = {
    "amounts.pdf": _amounts,
    "lines.pdf": _several_lines,
    "headers.pdf": _two_row_header,
    "pages.pdf": _over_pages,
    "scan.png": _scan,
    "merged.docx": _word,
    "several.xlsx": _sheet,
    "spans.html": _web,
}
