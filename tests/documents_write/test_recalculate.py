"""LibreOffice as the judge of workbooks, and the traps it sets."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from PIL import Image

from confrere.documents import fence, render, verify
from confrere.documents.verify.recalculate import recalculate
from confrere.documents.write.workbook import recap_workbook
from confrere.errors import Failed

from .samples import recap


def planted(path: Path, formulas: dict[str, tuple[str, object]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("S")
    sheet.write_column("A1", [10, 20, 0])
    for place, (formula, value) in formulas.items():
        sheet.write_formula(place, formula, None, value)
    book.close()
    return path


def test_planted_errors_and_wrong_values_are_found(tmp_path: Path) -> None:
    path = planted(
        tmp_path / "bad.xlsx",
        {"B1": ("=SUM(A1:A2)", 30), "B2": ("=SUM(A1:A2)", 31), "B3": ("=#REF!+1", 0), "B4": ("=A1/A3", 0), "B5": ("=SOMME(A1:A2)", 30)},
    )
    before = path.read_bytes()
    result = recalculate(path)
    assert path.read_bytes() == before and [*tmp_path.iterdir()] == [path]  # only a copy is calculated
    assert result.available and result.formulas == 5
    assert {cell.where for cell in result.errors} == {"S!B3", "S!B4", "S!B5"}
    assert [(cell.where, cell.cached, cell.calculated) for cell in result.mismatches] == [("S!B2", "31", "30")]
    assert ("unknown-function", "S!B5") in {(finding.code, finding.where) for finding in verify.check(path, office=False)}


def test_a_conversion_that_does_not_recalculate_would_hide_them(tmp_path: Path) -> None:
    """Why the profile sets the recalculation mode: without that setting the planted error keeps its cached 0."""
    path = planted(tmp_path / "bad.xlsx", {"B1": ("=#REF!+1", 0)})
    settings = render._SETTINGS
    try:
        render._SETTINGS = tuple(entry for entry in settings if "Formula/Load" not in entry[0])
        assert recalculate(path).errors == []
    finally:
        render._SETTINGS = settings
    assert [finding.code for finding in verify.check(path)] == ["formula-error"]


def test_a_wrong_subtotal_at_a_tables_foot_is_found(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("S")
    sheet.add_table("A1:A4", {"data": [[1.1], [2.2]], "columns": [{"header": "n"}], "total_row": True, "name": "T"})
    sheet.write_formula("A4", "=SUBTOTAL(109,A2:A2)", None, 1.1)
    book.close()
    assert [(finding.code, finding.where) for finding in verify.check(path, office=False)] == [("wrong-total", "S!A4")]


def test_a_total_that_differs_from_the_independent_sum_is_found(tmp_path: Path) -> None:
    from confrere.documents.write.figures import Totals

    data = recap(count=6)
    path = tmp_path / "r.xlsx"
    recap_workbook(path, data, "fr")
    expected = Totals(data).expected()
    name = next(iter(expected))
    expected[name] += 1
    expected["total_XYZ"] = expected[name]
    assert [finding.code for finding in verify.check(path, expected=expected, office=False)] == ["wrong-total", "no-total"]


def test_broken_and_outside_links_are_found(tmp_path: Path) -> None:
    path = tmp_path / "l.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("S")
    sheet.write_url("A1", "https://example.org/")
    sheet.write_url("A2", "external:gone.pdf")
    book.close()
    assert {finding.code for finding in verify.check(path, exists=lambda link: False, office=False)} == {"external-link", "broken-link"}


def test_without_libreoffice_it_is_said_and_cached_errors_are_still_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "office_program", lambda: None)
    path = planted(tmp_path / "bad.xlsx", {"B1": ("=#REF!+1", "#REF!"), "B2": ("=SUM(A1:A2)", 30)})
    result = recalculate(path)
    assert (result.available, result.reason, [cell.where for cell in result.errors]) == (False, "write.office-missing", ["S!B1"])
    assert {finding.code for finding in verify.check(path)} == {"not-recalculated", "formula-error"}
    with pytest.raises(Failed, match="LibreOffice is not on this machine"):
        render.convert(path, ".pdf", tmp_path / "out")


def test_a_file_libreoffice_cannot_load_is_a_failure_though_it_exits_with_0(tmp_path: Path) -> None:
    path = tmp_path / "not-a-document.docx"
    path.write_bytes(b"PK\x03\x04" + b"\x00" * 200)
    with pytest.raises(Failed) as failure:
        render.convert(path, ".pdf", tmp_path / "out")
    assert failure.value.key == "write.office-failed"
    assert [finding.code for finding in verify.check(path)] == ["cannot-open"]


@pytest.mark.parametrize("fenced", [True, False])
def test_an_office_that_hangs_is_ended_with_its_children(fenced: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = f"60.{os.getpid()}{int(fenced)}"
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\nsleep {seconds} &\nwait\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(render, "office_program", lambda: str(program))
    if not fenced:
        monkeypatch.setattr(render, "fence", lambda program, room: [])
    path = planted(tmp_path / "x.xlsx", {})
    begin = time.monotonic()
    with pytest.raises(Failed) as failure:
        render.convert(path, ".pdf", tmp_path / "out", timeout=1)
    assert failure.value.key == "write.office-timeout" and 1 <= time.monotonic() - begin < 20
    for _ in range(50):
        if not sleeping(seconds):
            break
        time.sleep(0.1)
    else:
        pytest.fail("the child of the office program still runs")


def sleeping(seconds: str) -> bool:
    """Whether some process of this machine sleeps for just so long."""
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if place.read_bytes().split(b"\0")[:2] == [b"sleep", seconds.encode()]:
                return True
        except OSError:
            continue
    return False


@pytest.mark.parametrize("bubblewrap", [True, False])
def test_the_office_program_has_no_network(bubblewrap: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system can take the network away, not even a server on this machine is reached."""
    if not bubblewrap:
        monkeypatch.setattr(fence, "_bubblewrap", lambda program: ())
    prefix = fence.fence("/usr/bin/soffice", tmp_path)
    assert not bubblewrap or "--ro-bind-try" in prefix
    with socket.create_server(("127.0.0.1", 0)) as server:
        reach = ["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{server.getsockname()[1]}"]
        free = subprocess.run(reach, capture_output=True, check=False)
        shut = subprocess.run([*prefix, *reach], capture_output=True, check=False)
    assert free.returncode == 0
    assert (shut.returncode != 0) == bool(prefix)


def test_a_document_cannot_bring_in_a_picture_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An RTF that names a picture by its path: LibreOffice shows it, and finds nothing behind the fence."""
    red = tmp_path / "secret.png"
    Image.new("RGB", (200, 100), (255, 0, 0)).save(red)
    rtf = tmp_path / "letter.rtf"
    rtf.write_text(r'{\rtf1 before {\field{\*\fldinst INCLUDEPICTURE "' + str(red) + r'" \\d}{\fldrslt old}}}')

    def colours(name: str) -> set[Any]:
        (page,) = render.pictures(rtf, tmp_path / name)
        with Image.open(page) as seen:
            return {colour for _, colour in seen.convert("RGB").getcolors(1 << 20) or []}

    behind = colours("behind")
    assert any(sum(colour) < 200 for colour in behind) and (255, 0, 0) not in behind
    monkeypatch.setattr(render, "fence", lambda program, room: [])
    assert (255, 0, 0) in colours("free")


def test_damaged_files_of_every_kind_are_findings_not_errors(tmp_path: Path) -> None:
    for suffix in (".xlsx", ".pptx", ".docx", ".pdf"):
        path = tmp_path / f"x{suffix}"
        path.write_bytes(b"garbage")
        assert [finding.code for finding in verify.check(path)] == ["cannot-open"], suffix
        assert path.name in verify.check(path)[0].sentence("fr")
    (tmp_path / "e.md").write_bytes(b"\xff\xfe\x00")
    assert verify.check(tmp_path / "e.md")[0].code == "cannot-open"
    assert verify.check(tmp_path / "none.xlsx")[0].code == "missing-file"
    (tmp_path / "film.mp4").write_bytes(b"x")
    assert verify.check(tmp_path / "film.mp4")[0].level == "note"
