"""The recap workbook: formulas that calculate, values that match, text that stays text."""

from __future__ import annotations

import datetime as dt
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from confrere.documents import verify
from confrere.documents.write.content import Column, Edit, Recap, Row, Table
from confrere.documents.write.figures import Totals, row_of
from confrere.documents.write.story import recap_story
from confrere.documents.write.tables import cleaned_workbook, table_workbook
from confrere.documents.write.workbook import recap_workbook

from .samples import recap


def made(tmp_path: Path, data: Recap, language: str = "fr", at: str = "") -> Path:
    path = tmp_path / "recap.xlsx"
    recap_workbook(path, data, language, at)
    return path


@pytest.mark.parametrize(("language", "currencies"), [("fr", ("EUR", "EUR", "USD")), ("en", ("GBP",))])
def test_everything_calculates_to_what_is_shown(tmp_path: Path, language: str, currencies: tuple[str, ...]) -> None:
    data = recap(currencies=currencies)
    path = made(tmp_path, data, language, "Factures/recap.xlsx")
    links: list[str] = []
    findings = verify.check(
        path, expected=Totals(data).expected(), exists=lambda link: bool(links.append(link)) or True, office=language == "fr"
    )
    assert findings == []
    formulas = sum(cell.data_type == "f" for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row)
    assert formulas > 150
    assert "2026/facture-05 #2 & co.pdf" in links  # a name with a space, a hash and an ampersand is linked right


def test_totals_are_formulas_and_their_cached_values_exact_sums(tmp_path: Path) -> None:
    data = recap()
    path = made(tmp_path, data)
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    for name, amount in Totals(data).expected().items():
        sheet, cell = next(formulas.defined_names[name].destinations)
        assert str(formulas[sheet][cell.replace("$", "")].value).startswith("=SUMIFS(")
        assert values[sheet][cell.replace("$", "")].value == pytest.approx(float(amount), abs=0.001)
    for row in formulas["Synthèse"].iter_rows(min_row=4, min_col=4, max_col=9):
        for cell in row:
            assert not isinstance(cell.value, (int, float)), f"a pasted number in {cell.coordinate}"


def test_text_of_documents_never_becomes_a_formula_or_a_link(tmp_path: Path) -> None:
    nasty = [
        "=1+1",
        "+1",
        "-1+2",
        "@SUM(A1)",
        "\t=1",
        "=cmd|' /C calc'!A0",
        "{=1}",
        "http://evil.example/x",
        "mailto:a@b.c",
        "\u202egpj.exe",
        "a\x00b",
    ]
    rows = [
        Row(file=f"F/{number}.pdf", type="invoice", client=text, supplier=text, number=text, currency="EUR", total=Decimal(1), source=text)
        for number, text in enumerate(nasty)
    ]
    path = made(tmp_path, Recap(rows=rows, title="=1+1", omitted=[("F/=x.pdf", "=2+2")]))
    book = openpyxl.load_workbook(path)
    data = book["Documents"]
    header = int(data.tables["Documents"].ref.split(":")[0][1:])
    columns = {cell.value: cell.column for cell in data[header]}
    first = header + 1
    for head in ("Client", "Fournisseur", "Numéro", "Lu où"):
        cells = [data.cell(first + number, columns[head]) for number in range(len(nasty))]
        assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}, head
        assert all(cell.hyperlink is None for cell in cells)
    assert data["A1"].data_type == "s"
    ours = ("=SUM", "=COUNT", "=IF(", "=ROUND(", "=SUBTOTAL(", "='")
    for sheet in book.worksheets:
        assert all(cell.value.startswith(ours) for row in sheet.iter_rows() for cell in row if cell.data_type == "f")


def test_names_that_look_like_patterns_are_summed_as_themselves(tmp_path: Path) -> None:
    names = ["A*", "AB", "A?", "AC", ">5", "=x", "~", "<>", "12", "Éa", "a" * 240]
    rows = [
        Row(
            file=f"F/{number}.pdf",
            type="invoice",
            client=name,
            supplier="S",
            date=dt.date(2026, 1, 1),
            currency="EUR",
            total=Decimal(10 ** (number % 5)),
            net=Decimal(1),
            tax=Decimal(0),
        )
        for number, name in enumerate(names)
    ]
    data = Recap(rows=rows)
    assert verify.check(made(tmp_path, data), expected=Totals(data).expected()) == []


def test_doubtful_amounts_are_in_no_total_and_shown_apart() -> None:
    data = Recap(
        rows=[
            Row(file="a", type="invoice", currency="EUR", total=Decimal(100)),
            Row(file="b", type="invoice", currency="EUR", total=Decimal(50), check={"total": "extract.unsure"}),
            Row(file="c", type="credit-note", currency="EUR", total=Decimal(30)),
            Row(file="d", type="quote", currency="EUR", total=Decimal(1000)),
            Row(file="e", type="invoice", currency="USD", total=Decimal(7)),
            Row(file="f", type="invoice", currency="", total=Decimal(9)),
            Row(file="g", type="invoice", currency="EUR", total=Decimal(5), check={"date": "extract.unsure"}),
        ]
    )
    totals = Totals(data)
    assert totals.expected() == {
        "total_EUR": Decimal(75),
        "to_confirm_EUR": Decimal(50),
        "total_USD": Decimal(7),
        "to_confirm_USD": Decimal(0),
        "total_none": Decimal(0),
        "to_confirm_none": Decimal(9),
    }
    assert [row.file for row in totals.to_check()] == ["b", "f", "g"]


def test_a_credit_note_counts_as_negative_whatever_its_sign() -> None:
    rows = [Row(file=sign, type="credit-note", currency="EUR", total=Decimal(amount)) for sign, amount in (("plus", 30), ("minus", -30))]
    assert Totals(Recap(rows=rows)).expected()["total_EUR"] == Decimal(-60)


def test_nothing_to_recap_is_still_a_workbook_that_opens(tmp_path: Path) -> None:
    path = made(tmp_path, Recap(), "en")
    assert verify.check(path, office=False) == []
    assert "No document" in str(openpyxl.load_workbook(path)["Summary"]["B2"].value)


def test_the_same_data_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    assert made(tmp_path / "one", recap()).read_bytes() == made(tmp_path / "two", recap()).read_bytes()


def test_the_table_is_a_real_one_with_header_filter_and_panes(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(made(tmp_path, recap()))["Documents"]
    table = sheet.tables["Documents"]
    assert table.autoFilter is not None and table.totalsRowCount == 1
    assert sheet.freeze_panes == f"C{int(table.ref.split(':')[0][1:]) + 1}"
    assert sheet.data_validations.dataValidation


def test_a_link_to_another_granted_folder_is_left_out(tmp_path: Path) -> None:
    rows = [Row(file=file, type="invoice", currency="EUR", total=Decimal(1)) for file in ("A/x.pdf", "B/y.pdf", "A/un\udce9.pdf")]
    path = made(tmp_path, Recap(rows=rows), at="A/sub/recap.xlsx")
    with zipfile.ZipFile(path) as package:
        relations = b"".join(package.read(name) for name in package.namelist() if name.endswith(".rels"))
    assert b"../x.pdf" in relations.replace(b"\\", b"/")
    assert b"y.pdf" not in relations and b"un" not in relations.replace(b"unk", b"")


def test_five_thousand_rows(tmp_path: Path) -> None:
    data = recap(count=5000)
    for number, row in enumerate(data.rows):
        row.client = f"Client {number % 700}"
    path = made(tmp_path, data)
    assert path.stat().st_size < 2_000_000


def test_a_record_becomes_a_row_and_what_is_unreadable_goes_on_the_list() -> None:
    from confrere.documents.model import Field, Record

    def field(value: str) -> Field:
        return Field(value=value, confidence=0.9, source="page 2")

    row = row_of(
        "F/x.pdf",
        Record(
            type="invoice",
            fields={
                "client": field("Dupont"),
                "total": field("12.50"),
                "date": field("2026-02-30"),
                "net": field("12,50"),
                "currency": field("EUR"),
            },
            taxes={"20": "x", "10": "1.00"},
        ),
    )
    assert (row.total, row.client, row.source, row.date, row.net) == (Decimal("12.50"), "Dupont", "page 2", None, None)
    assert row.check == {"date": "unreadable", "net": "unreadable", "tax": "unreadable"} and row.taxes == {"10": Decimal("1.00")}


def test_plain_tables_have_totals_and_safe_headers(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    columns = [
        *(Column(title=title) for title in ("Nom", "nom", "a[b]#'c", "")),
        Column(title="Montant", kind="money", currency="EUR", total=True),
    ]
    rows = [["=1+1", "x", "y", "0612345678901234567", Decimal("1.10")], ["b", None, dt.date(2026, 1, 2), 12, Decimal("2.20")]]
    table_workbook(path, [Table(title="Été/2026: [a]", columns=columns, rows=rows), Table(title="été 2026   a", columns=columns[:1])], "fr")
    assert verify.check(path, office=False) == []
    book = openpyxl.load_workbook(path)
    assert len({name.casefold() for name in book.sheetnames}) == 2
    assert book.worksheets[0]["D2"].value == "0612345678901234567"
    assert book.worksheets[0]["A2"].data_type == "s"


def test_cleaned_data_carries_the_log_of_each_change(tmp_path: Path) -> None:
    path = tmp_path / "c.xlsx"
    edits = [
        Edit(row=3, column="Nom", before="dupont ", after="Dupont", rule="spaces"),
        Edit(row=4, column="", before="Dupont", after="", rule="duplicate"),
    ]
    cleaned_workbook(path, Table(columns=[Column(title="Nom")], rows=[["Dupont"]]), edits, "fr")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Données nettoyées", "Modifications", "Modifications par nature"]
    assert [cell.value for cell in book["Modifications"][2]] == [3, "Nom", "dupont ", "Dupont", "espaces"]
    assert verify.check(path, office=False) == []


def test_a_sale_is_never_added_to_a_purchase(tmp_path: Path) -> None:
    def row(supplier: str, client: str, total: int, code: str = "EUR") -> Row:
        kind = "receipt" if not client else "invoice"
        return Row(
            file=f"C/{supplier}{client}{total}.pdf",
            type=kind,
            supplier=supplier,
            client=client,
            currency=code,
            total=Decimal(total),
            net=Decimal(total),
            date=dt.date(2026, 3, total % 28 + 1),
        )

    rows = [row("Nous", "Dupont", 1000), row("Nous", "Martin", 500), row("EDF", "Nous", 300), row("Resto", "", 40)]
    rows.append(row("Nous", "Smith", 70, "GBP"))
    data = Recap(rows=rows, us="Nous")
    totals = Totals(data)
    assert [(one.key, one.all.confirmed) for one in totals.currencies] == [("EUR_sales", 1500), ("EUR_purchases", 340), ("GBP_sales", 70)]
    path = made(tmp_path, data)
    assert verify.check(path, expected=totals.expected(), exists=lambda link: True, office=True) == []
    summary = openpyxl.load_workbook(path)["Synthèse"]
    labels = [cell.value for cell in summary["B"] if cell.value]
    assert "Ventes EUR" in labels and "Achats EUR" in labels and "Nous" not in labels
    story = recap_story(data, 8, "fr")
    assert "de ventes" in story.slides[1].title and "d'achats" in story.slides[1].title


@pytest.mark.parametrize("us", ["", "Personne", "Nous"])
def test_where_the_company_is_not_known_or_on_one_side_only_nothing_is_told_apart(us: str) -> None:
    rows = [Row(file="a", type="invoice", supplier="Nous", client=name, currency="EUR", total=Decimal(9)) for name in ("Dupont", "Martin")]
    assert [one.key for one in Totals(Recap(rows=rows, us=us)).currencies] == ["EUR"]
