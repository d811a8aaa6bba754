"""LibreOffice is not asked twice about the same bytes: what it found in order is remembered, what it did not is checked again."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from confrere.documents import render, verify


def made(path: Path, formula: str = "=A1+A2", value: float = 42.0) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_column("A1", [40, 2])
        sheet.write_formula("A3", formula, None, value)
    return path


def codes(path: Path, known: verify.Known) -> list[str]:
    with verify.together([path], known):
        return [finding.code for finding in verify.check(path, known=known)]


@pytest.fixture
def launches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files LibreOffice was really launched for."""
    seen: list[str] = []
    launch = render.convert_all

    def counted(sources: list[Path], *rest: object) -> list[Path]:
        seen.extend(source.name for source in sources)
        return launch(sources, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(render, "convert_all", counted)
    return seen


def test_the_same_bytes_are_calculated_once(tmp_path: Path, launches: list[str]) -> None:
    known = verify.Known(tmp_path / "known")
    assert codes(made(tmp_path / "a.xlsx"), known) == []
    (tmp_path / "b.xlsx").write_bytes((tmp_path / "a.xlsx").read_bytes())
    assert codes(tmp_path / "b.xlsx", verify.Known(tmp_path / "known")) == []
    assert launches == ["a.xlsx"]
    assert codes(made(tmp_path / "a.xlsx", "=A1+A2+1", 43.0), known) == []
    assert launches == ["a.xlsx", "a.xlsx"]


def test_what_was_wrong_is_not_remembered(tmp_path: Path, launches: list[str]) -> None:
    known = verify.Known(tmp_path / "known")
    path = made(tmp_path / "wrong.xlsx", value=41.0)
    assert codes(path, known) == codes(path, known) == ["wrong-cached-value"]
    assert len(launches) == 2


def test_another_libreoffice_checks_again(tmp_path: Path, launches: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path / "a.xlsx")
    assert codes(path, verify.Known(tmp_path / "known")) == []
    monkeypatch.setattr(render, "office_version", lambda: "another")
    assert codes(path, verify.Known(tmp_path / "known")) == []
    assert len(launches) == 2


def test_a_memory_that_cannot_be_kept_costs_time_only(tmp_path: Path, launches: list[str]) -> None:
    (tmp_path / "known").write_text("a file where the folder would be")
    path, known = made(tmp_path / "a.xlsx"), verify.Known(tmp_path / "known")
    assert codes(path, known) == codes(path, known) == []
    assert len(launches) == 2
