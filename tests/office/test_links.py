"""What was made before the files were moved or renamed leads to where they are."""

from __future__ import annotations

import io
import posixpath
import re
from typing import Any
from urllib.parse import unquote

from office_folder import Office
from test_deliver import TOOL, invoice


def papers(office: Any) -> Office:
    folder: Office = office(
        {
            "a & b.txt": invoice("F-1", "SARL Dupont", "12/01/2026", 100),
            "l'été/2.txt": invoice("F-2", "Dupont S.A.R.L.", "12/02/2026", 200),
            "3 %.txt": invoice("F-3", "Laiterie Kerlann", "12/03/2026", 300),
        }
    )
    return folder


def links(folder: Office, path: str) -> list[tuple[str, str]]:
    """Shown text and view path of each link of a workbook or page."""
    data = folder.view.read(path)
    if path.endswith(".html"):
        import html

        found = [(html.unescape(shown), html.unescape(link)) for link, shown in re.findall(r'<a href="(\./[^"]*)">([^<]*)<', data.decode())]
    else:
        import openpyxl

        cells = [cell for sheet in openpyxl.load_workbook(io.BytesIO(data)) for row in sheet.iter_rows() for cell in row]
        found = [(str(cell.value), cell.hyperlink.target.replace("\\", "/")) for cell in cells if cell.hyperlink and cell.hyperlink.target]
    return [(shown, posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(link)))) for shown, link in found]


def test_what_was_made_before_the_files_were_sorted_leads_to_them(office: Any) -> None:
    folder = papers(office)
    folder.view.working("s1", "s1")
    places = [*folder.run(TOOL["recap_workbook"]).deliverables, *folder.run(TOOL["recap_workbook"], each="client").deliverables]
    places += [*folder.run(TOOL["make_index"]).deliverables, *folder.run(TOOL["make_index"], format="xlsx").deliverables]
    folder.view.working("s9", "s9")
    folder.run(TOOL["sort_files"], by=["client"])
    assert {"Dupont/a & b.txt", "Dupont/2.txt", "Laiterie Kerlann/3 %.txt"} <= set(folder.paths())
    for place in places:
        found = links(folder, place)
        assert found, place
        for shown, target in found:
            assert folder.view.exists(target), (place, target)
            assert target.endswith("/" + shown)
        assert folder.view.seen.touch(place).step == "s1", "it stays what the first step made"
    assert b"<small>Clients/Dupont</small>" in folder.view.read("Clients/Index.html")
    for place in ("Clients/Récapitulatif.xlsx", "Clients/Index.xlsx"):
        values = [cell for row in rows(folder, place) for cell in row]
        assert values.count("Clients/Dupont") == 2 and "Clients/Laiterie Kerlann" in values, "the folders are those of now"
        assert not {"Clients", "Clients/l'été"} & set(values)


def rows(folder: Office, path: str) -> list[tuple[Any, ...]]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(folder.view.read(path)))
    return [row for sheet in book for row in sheet.iter_rows(values_only=True)]


def test_what_was_made_before_the_files_were_renamed_names_them_by_their_new_names(office: Any) -> None:
    folder = papers(office)
    places = [*folder.run(TOOL["recap_workbook"]).deliverables, *folder.run(TOOL["make_index"]).deliverables]
    folder.run(TOOL["rename_files"], pattern="{date}_{client}_{number}", call="s7")
    before = folder.files()
    folder.run(TOOL["rename_files"], pattern="{date}_{client}_{number}", call="s7")
    assert folder.files() == before, "a call made again changes nothing"
    for place in places:
        found = links(folder, place)
        assert {shown for shown, _ in found} == {
            "2026-01-12_Dupont_F-1.txt",
            "2026-02-12_Dupont_F-2.txt",
            "2026-03-12_Laiterie Kerlann_F-3.txt",
        }
        assert all(folder.view.exists(target) for _, target in found)


def test_a_workbook_of_the_person_is_never_touched(office: Any) -> None:
    folder = papers(office)
    folder.run(TOOL["recap_workbook"])
    mine = folder.view.read("Clients/Récapitulatif.xlsx")
    (folder.folder / "le mien.xlsx").write_bytes(mine)
    folder.run(TOOL["sort_files"], by=["client"], only={"formats": ["txt"]})
    assert folder.view.read("Clients/le mien.xlsx") == mine
    assert folder.view.read("Clients/Récapitulatif.xlsx") != mine


def test_folders_moved_by_hand_take_the_links_with_them(office: Any) -> None:
    from confrere.tools.files import MoveFiles

    folder = papers(office)
    places = [*folder.run(TOOL["recap_workbook"]).deliverables, *folder.run(TOOL["make_index"]).deliverables]
    folder.run(MoveFiles(), files=[{"source": "Clients/l'été", "target": "Clients/Archives/l'hiver"}])
    for place in places:
        found = [target for _, target in links(folder, place)]
        assert "Clients/Archives/l'hiver/2.txt" in found
        assert all(map(folder.view.exists, found))
