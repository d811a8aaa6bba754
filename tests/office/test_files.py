"""Sorting, renaming, duplicates: on the real view, nothing lost, safe to cut anywhere."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from office_folder import Killed, Office

from confrere.errors import WrongUse
from confrere.tools.office.duplicates import FindDuplicates
from confrere.tools.office.rename import RenameFiles, tidied
from confrere.tools.office.sort import SortFiles
from confrere.tools.office.survey import Survey

INVOICE = """FACTURE N° {number}
Studio Varech SARL
Client : {client}
Date : {date}
Total HT : 100,00 €
TVA 20 % : 20,00 €
Total TTC : 120,00 €
"""


def contents(office: Office) -> Counter[bytes]:
    return Counter(office.files().values())


@pytest.fixture
def messy(office: Any) -> Office:
    folder: Office = office(
        {
            "a.pdf": b"%PDF-1",
            "b.PDF": b"%PDF-2",
            "photo.jpg": b"jpg",
            "sous/photo.jpg": b"other jpg",
            "LISEZMOI": b"x",
            ".DS_Store": b"litter",
            "2025-03-04 note.txt": b"note",
            "sous/vide/rapport.docx": b"docx",
        }
    )
    return folder


def test_sort_by_extension_reads_nothing_and_loses_nothing(messy: Office) -> None:
    before = contents(messy)
    result = messy.run(SortFiles(), by=["extension"])
    assert messy.paths() == [
        ".DS_Store",
        "DOCX/rapport.docx",
        "JPG/photo (2).jpg",
        "JPG/photo.jpg",
        "PDF/a.pdf",
        "PDF/b.PDF",
        "Sans extension/LISEZMOI",
        "TXT/2025-03-04 note.txt",
    ]
    assert contents(messy) == before
    assert result.data["moved"] == 7
    assert not messy.view.exists("Clients/sous"), "folders that the sorting emptied are gone"


def test_sort_twice_changes_nothing_more(messy: Office) -> None:
    messy.run(SortFiles(), by=["extension"])
    once = messy.paths()
    again = messy.run(SortFiles(), by=["extension"])
    assert messy.paths() == once
    assert again.data["moved"] == 0


def test_sort_cut_anywhere_then_run_again_gives_the_same_tree(office: Any) -> None:
    files = {f"f{number}.{'txt' if number % 3 else 'csv'}": f"{number}".encode() for number in range(250)}
    whole = office(files)
    whole.run(SortFiles(), by=["extension"])
    expected = whole.paths()
    for cut in range(1, 8):
        cut_office = Office(whole.folder, whole.folder.parent / f"state{cut}", whole.library)
        context = cut_office.context("s1")
        context.die_after = cut
        args = SortFiles.Args(by=["extension"])
        try:
            SortFiles().run(args, context)
        except Killed:
            pass
        again = cut_office.context("s1")
        SortFiles().run(args, again)
        assert cut_office.paths() == expected, f"cut after {cut} words of progress"


def test_sort_by_date_uses_the_name_then_the_clock(messy: Office) -> None:
    os.utime(messy.folder / "a.pdf", (1_700_000_000, 1_700_000_000))
    messy.run(SortFiles(), by=["date"])
    paths = messy.paths()
    assert "2025/2025-03 mars/2025-03-04 note.txt" in paths
    assert "2023/2023-11 novembre/a.pdf" in paths
    assert messy.view.stat("Clients/2023/2023-11 novembre/a.pdf").mtime_ns == 1_700_000_000 * 10**9


def test_repositories_links_and_exclusions_stay(office: Any) -> None:
    messy = office(
        {"code/.git/config": b"[core]", "code/main.py": b"print()", "Perso/secret.txt": b"s", "Perso/a.txt": b"a", "b.txt": b"b"}
    )
    (messy.folder / "link.txt").symlink_to("b.txt")
    os.mkfifo(messy.folder / "tube")
    result = messy.run(SortFiles(), by=["extension"], exclude={"names": ["Perso"]})
    assert messy.paths() == ["Perso/a.txt", "Perso/secret.txt", "TXT/b.txt", "code/.git/config", "code/main.py"]
    reasons = dict(result.omissions)
    assert "gestion de versions" in reasons["Clients/code"]
    assert {"Clients/link.txt", "Clients/tube"} <= set(reasons)


def test_a_file_in_the_way_of_a_folder(office: Any) -> None:
    messy = office({"PDF": b"a file named like the folder", "a.pdf": b"%PDF", "pdf (2)/x.txt": b"x"})
    before = contents(messy)
    messy.run(SortFiles(), by=["extension"], only={"kinds": ["pdf"]})
    assert contents(messy) == before
    assert "PDF" in messy.paths() and any(path.endswith("/a.pdf") for path in messy.paths())


def test_existing_folder_in_another_case_is_used(office: Any) -> None:
    messy = office({"pdf/old.pdf": b"old", "new.pdf": b"new"})
    messy.run(SortFiles(), by=["extension"])
    assert messy.paths() == ["pdf/new.pdf", "pdf/old.pdf"]


def test_sort_into_a_named_folder(messy: Office) -> None:
    messy.run(SortFiles(), folder="Photos / 2026", only={"kinds": ["image"]})
    assert {"Photos/2026/photo.jpg", "Photos/2026/photo (2).jpg"} <= set(messy.paths())


def test_sort_by_client_merges_spellings_and_keeps_what_it_cannot_tell(office: Any) -> None:
    folder = office(
        {
            "1.txt": INVOICE.format(number="F-1", client="SARL Dupont", date="12/01/2026").encode(),
            "2.txt": INVOICE.format(number="F-2", client="Dupont S.A.R.L.", date="12/02/2026").encode(),
            "3.txt": INVOICE.format(number="F-3", client="Laiterie Kerlann", date="12/03/2026").encode(),
            "courses.txt": b"du pain, du beurre",
        }
    )
    before = contents(folder)
    result = folder.run(SortFiles(), by=["client"])
    assert folder.paths() == ["Dupont/1.txt", "Dupont/2.txt", "Laiterie Kerlann/3.txt", "À classer/courses.txt"]
    assert contents(folder) == before
    assert any("À classer" in doubt for doubt in result.doubts)


def test_rename_by_pattern_keeps_the_name_where_a_part_is_missing(office: Any) -> None:
    folder = office({"x.txt": INVOICE.format(number="F-1", client="Dupont SARL", date="12/01/2026").encode(), "note.txt": b"rien ici"})
    result = folder.run(RenameFiles(), pattern="{date}_{client}_{total}")
    assert folder.paths() == ["2026-01-12_Dupont_120.00.txt", "note.txt"]
    assert dict(result.omissions)["Clients/note.txt"].startswith("garde son nom")


def test_rename_never_overwrites(office: Any) -> None:
    folder = office({"Facture.PDF": b"1", "Facture (1).pdf": b"2", "facture.pdf": b"3", "Facture - Copie.pdf": b"4"})
    before = contents(folder)
    folder.run(RenameFiles())
    assert contents(folder) == before
    assert len({path.casefold() for path in folder.paths()}) == 4


def test_rename_refuses_an_unknown_part(messy: Office) -> None:
    with pytest.raises(WrongUse, match="colour"):
        messy.run(RenameFiles(), pattern="{colour}")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Facture  n°12 - Copie (2).PDF", "Facture n°12.pdf"),
        ("a__b.txt", "a_b.txt"),
        ("copie de X.docx", "X.docx"),
        (".bashrc", ".bashrc"),
        ("con.txt", "_con.txt"),
        ("x\u202egpj.exe", "x gpj.exe"),
    ],
)
def test_tidied_names(name: str, expected: str) -> None:
    assert tidied(name) == expected


def test_duplicates_are_reported_set_aside_or_deleted(office: Any) -> None:
    files = {
        "a.txt": b"same" * 100,
        "copie a.txt": b"same" * 100,
        "sous/b.txt": b"same" * 100,
        "c.txt": b"else" * 100,
        "v1": b"",
        "v2": b"",
    }
    folder = office(files)
    result = folder.run(FindDuplicates())
    assert result.data["groups"] == [["Clients/a.txt", "Clients/sous/b.txt", "Clients/copie a.txt"]]
    assert folder.paths() == sorted(files)
    folder.run(FindDuplicates(), action="aside")
    assert {"Doublons/b.txt", "Doublons/copie a.txt", "a.txt"} <= set(folder.paths())
    assert folder.run(FindDuplicates(), action="aside").data["files"] == 2, "and again: they are there already"
    folder.run(FindDuplicates(), action="delete")
    assert folder.paths() == ["a.txt", "c.txt", "v1", "v2"]


def test_read_only_folder_is_left_alone(office: Any, tmp_path: Any) -> None:
    from confrere.workspace.roots import grant
    from confrere.workspace.view import View

    messy = office({"a.pdf": b"1"})
    messy.view = View(grant([(str(messy.folder), True)], tmp_path / "s2").roots, tmp_path / "s2" / "work")
    result = messy.run(SortFiles(), by=["extension"])
    assert messy.paths() == ["a.pdf"]
    assert result.omissions


def test_survey_of_names_reads_no_content(messy: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messy.library, "records", lambda *_: pytest.fail("contents were read"))
    result = messy.run(
        Survey(), depth="names", duplicates=False, selections=[{"only": {"kinds": ["pdf"]}}, {"exclude": {"kinds": ["image"]}}]
    )
    assert result.data["files"] == 7
    assert [part["files"] for part in result.data["selections"]] == [2, 5]
