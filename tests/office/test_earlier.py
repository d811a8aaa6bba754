"""A month beside the one before: from its documents, or from the workbook that was made of them; names a person decided on."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from office_folder import Office
from test_deliver import invoice

from confrere.documents.verify import check
from confrere.tools.office.recap import RecapWorkbook
from confrere.tools.office.sort import SortFiles

SEPTEMBER = {
    "F-1.txt": invoice("F-1", "SARL Dupont", "12/09/2026", 100),
    "F-2.txt": invoice("F-2", "Laiterie Kerlann", "15/09/2026", 300),
    "F-3.txt": invoice("F-3", "Hôtel des Ajoncs", "20/09/2026", 250),
}
OCTOBER = {
    "F-4.txt": invoice("F-4", "Dupont S.A.R.L.", "02/10/2026", 180),
    "F-5.txt": invoice("F-5", "Laiterie Kerlann", "12/10/2026", 210),
    "F-6.txt": invoice("F-6", "Mairie de Plouhinec", "22/10/2026", 500),
}
PERIOD = {"since": "2026-10-01", "until": "2026-10-31"}
WANTED = {
    "Mairie de Plouhinec": (0, 600, "nouveau"),
    "Laiterie Kerlann": (360, 252, "présent aux deux"),
    "Dupont": (120, 216, "présent aux deux"),
    "Hôtel des Ajoncs": (300, 0, "disparu"),
    "Total": (780, 1068, None),
}


def compared(data: bytes, sheet: str = "Comparaison") -> dict[str, tuple[Any, Any, Any]]:
    rows = openpyxl.load_workbook(io.BytesIO(data), data_only=True)[sheet].iter_rows(min_row=5, values_only=True)
    return {row[0]: (row[2], row[3], row[6]) for row in rows if row[0]}


def test_with_the_documents_of_the_month_before(office: Any, tmp_path: Path) -> None:
    folder: Office = office(SEPTEMBER | OCTOBER)
    result = folder.run(RecapWorkbook(), only=PERIOD, against="previous", by=["month"])
    data = folder.view.read(result.deliverables[0])
    assert compared(data) == WANTED and not result.doubts
    path = tmp_path / "recap.xlsx"
    path.write_bytes(data)
    assert not check(path, expected={name: Decimal(value) for name, value in result.data["expected"].items()})


def test_with_the_workbook_made_then_in_the_other_language(office: Any, tmp_path: Path) -> None:
    folder: Office = office(SEPTEMBER | OCTOBER)
    before = folder.run(RecapWorkbook(), only={"since": "2026-09-01", "until": "2026-09-30"}, language="en")
    data = folder.view.read(before.deliverables[0])
    for name in SEPTEMBER:
        (folder.folder / name).unlink()
    (folder.folder / "Conso septembre.xlsx").write_bytes(data)
    again = Office(folder.folder, tmp_path / "later", folder.library)
    result = again.run(RecapWorkbook(), only=PERIOD, against="2026-09")
    assert compared(again.view.read(result.deliverables[0])) == WANTED


def test_nothing_before_is_said_and_no_sheet_is_made(office: Any) -> None:
    folder: Office = office(OCTOBER)
    result = folder.run(RecapWorkbook(), only=PERIOD, against="previous")
    assert "Comparaison" not in openpyxl.load_workbook(io.BytesIO(folder.view.read(result.deliverables[0]))).sheetnames
    assert any("septembre 2026" in doubt for doubt in result.doubts)


def test_parties_are_crossed_with_months(office: Any) -> None:
    folder: Office = office(SEPTEMBER | OCTOBER)
    result = folder.run(RecapWorkbook())
    book = openpyxl.load_workbook(io.BytesIO(folder.view.read(result.deliverables[0])), data_only=True)
    rows = {row[0]: row[2:5] for row in book["Tableau croisé"].iter_rows(min_row=5, values_only=True)}
    assert rows["Dupont"] == (120, 216, 336) and rows["Total"] == (780, 1068, 1848)


def test_what_a_person_says_of_names_is_honoured(office: Any) -> None:
    files = {
        "1.txt": invoice("F-1", "Martin", "12/09/2026", 100),
        "2.txt": invoice("F-2", "Martin & Fils", "15/09/2026", 300),
    }
    folder: Office = office(files)
    folder.run(SortFiles(), by=["client"], only={"same": ["Martin|Martin & Fils"]})
    assert len({path.rpartition("/")[0] for path in folder.paths()}) == 1


def test_without_a_period_the_latest_month_is_compared_and_not_the_whole_folder(office: Any, tmp_path: Path) -> None:
    folder: Office = office(SEPTEMBER | OCTOBER)
    result = folder.run(RecapWorkbook(), against="previous")
    data = folder.view.read(result.deliverables[0])
    assert compared(data) == WANTED and any("octobre 2026" in doubt and "septembre 2026" in doubt for doubt in result.doubts)
    path = tmp_path / "recap.xlsx"
    path.write_bytes(data)
    assert not check(path, expected={name: Decimal(value) for name, value in result.data["expected"].items()})


def test_a_year_is_compared_with_the_year_before(office: Any) -> None:
    folder: Office = office(OCTOBER | {"old.txt": invoice("F-0", "Dupont", "03/10/2025", 100), "F-9.txt": SEPTEMBER["F-2.txt"]})
    result = folder.run(RecapWorkbook(), only=PERIOD, against="previous-year")
    assert compared(folder.view.read(result.deliverables[0]))["Dupont"] == (120, 216, "présent aux deux")
    assert compared(folder.view.read(folder.run(RecapWorkbook(), against="previous-year").deliverables[0]))["Total"][:2] == (120, 1428)
