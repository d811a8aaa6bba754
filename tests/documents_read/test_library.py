from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from confrere.documents.library import Library
from confrere.documents.read.limits import Limits
from confrere.errors import Stopped
from tests.documents_read.making import hanging, pdf, picture, text


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "cache", workers=2) as made:
        yield made


def papers(tmp_path: Path, count: int) -> list[tuple[str, Path]]:
    out = []
    for number in range(count):
        path = tmp_path / f"blob{number}"
        path.write_bytes(pdf([text(50, 700, f"Facture numéro {number} pour la société")]))
        out.append((f"facture {number}.pdf", path))
    return out


def hanging_file(tmp_path: Path) -> Path:
    path = tmp_path / "hang.pdf"
    path.write_bytes(hanging())
    return path


def children() -> set[int]:
    """The processes this one has started."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == os.getpid():
                    found.add(int(entry.name))
            except (OSError, IndexError):
                continue
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_many_in_order_with_progress_and_nothing_heavy_here(tmp_path: Path, library: Library) -> None:
    told: list[tuple[int, int, str]] = []
    items = papers(tmp_path, 30)
    found = list(library.read_many(items, progress=lambda done, total, name: told.append((done, total, name))))
    assert [name for name, _ in found] == [name for name, _ in items]
    assert all(document.text == f"Facture numéro {number} pour la société" for number, (_, document) in enumerate(found))
    assert told[-1][:2] == (30, 30) and {name for _, _, name in told if name} == {name for name, _ in items}


def test_the_parent_imports_no_heavy_library(tmp_path: Path) -> None:
    (name, path), *_ = papers(tmp_path, 1)
    code = (
        "import sys; from pathlib import Path; from confrere.documents.library import Library\n"
        f"with Library(Path({str(tmp_path / 'c')!r})) as lib: print(lib.read(Path({str(path)!r}), {name!r}).kind)\n"
        "print([m for m in ('numpy','PIL','lxml','pypdfium2','onnxruntime','openpyxl','python_calamine','pydantic') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split("\n")[:2] == ["pdf", "[]"]


def test_records_are_slim_and_the_whole_stays_at_hand(tmp_path: Path, library: Library) -> None:
    items = papers(tmp_path, 3)
    for (name, document, record), (expected, path) in zip(library.records(items), items, strict=True):
        assert name == expected and document.text and document.pages[0].words == [] and record.type
        assert library.read(path, name).pages[0].words


def test_second_time_comes_from_the_cache_whatever_the_name(tmp_path: Path) -> None:
    items = papers(tmp_path, 20)
    with Library(tmp_path / "cache") as library:
        first = list(library.records(items))
    with Library(tmp_path / "cache") as library:
        begun = time.monotonic()
        second = list(library.records(items))
        assert time.monotonic() - begun < 1.0 and second == first
        assert children() == set()
        renamed = library.read(items[0][1], "autre nom.pdf")
        assert children() == set() and renamed.text == first[0][1].text


def test_a_spoilt_cache_entry_is_read_again_and_mended(tmp_path: Path) -> None:
    items = papers(tmp_path, 4)
    with Library(tmp_path / "cache") as library:
        first = list(library.records(items))
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert kept and not any(path.stat().st_mode & 0o077 for path in kept)
    for number, path in enumerate(kept):
        data = path.read_bytes()
        path.write_bytes([b"", data[: len(data) // 2], b"\x00" * 50, data[:-4] + b"abcd"][number % 4])
    with Library(tmp_path / "cache") as library:
        assert list(library.records(items)) == first
        assert [library.read(path, name).text for name, path in items] == [document.text for _, document, _ in first]
    with Library(tmp_path / "cache") as library:
        assert list(library.records(items)) == first and children() == set()


def test_without_a_cache_folder_files_are_still_read(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file is in the way")
    with Library(tmp_path / "cache") as library:
        assert [document.error for _, document in library.read_many(papers(tmp_path, 3))] == ["", "", ""]


def test_two_processes_share_a_cache(tmp_path: Path) -> None:
    items = papers(tmp_path, 10)
    code = (
        "import sys; from pathlib import Path; from confrere.documents.library import Library\n"
        f"items = [(p.name + '.pdf', p) for p in sorted(Path({str(tmp_path)!r}).glob('blob*'))]\n"
        f"with Library(Path({str(tmp_path / 'cache')!r})) as lib: print(sum(not d.error for _, d in lib.read_many(items)))\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [run.communicate()[0].strip() for run in runs] == ["10", "10"]
    with Library(tmp_path / "cache") as library:
        assert all(not document.error for _, document in library.read_many(items))


def test_a_hung_reader_is_ended_and_stops_nobody(tmp_path: Path) -> None:
    good = papers(tmp_path, 4)
    items = [*good[:2], ("hang.pdf", hanging_file(tmp_path)), *good[2:]]
    with Library(tmp_path / "cache", workers=1, limits=Limits(seconds=2, ocr_seconds=2)) as library:
        begun = time.monotonic()
        errors = [document.error for _, document in library.read_many(items)]
        assert errors in (["", "", "timeout", "", ""], ["", "", "memory", "", ""], ["", "", "crashed", "", ""]), errors
        assert time.monotonic() - begun < 30


def test_a_killed_reader_is_replaced(tmp_path: Path, library: Library) -> None:
    items = papers(tmp_path, 6)
    assert not library.read(items[0][1], items[0][0]).error
    for pid in children():
        os.kill(pid, 9)
    # The death may be noticed at the next question only: that file says so, the following ones are read.
    errors = [document.error for _, document in library.read_many(items[1:])]
    assert errors.count("") >= 3 and set(errors) <= {"", "crashed"}
    assert [document.error for _, document in library.read_many(items)] == [""] * 6


def test_kill_ends_all_within_a_second(tmp_path: Path) -> None:
    with Library(tmp_path / "cache", workers=2) as library:
        items = [("hang.pdf", hanging_file(tmp_path)), *papers(tmp_path, 2)]
        raised: list[BaseException] = []

        def run() -> None:
            try:
                list(library.read_many(items))
            except Stopped as stopped:
                raised.append(stopped)

        thread = threading.Thread(target=run)
        thread.start()
        deadline = time.monotonic() + 20
        while not children() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.5)
        pids = children()
        begun = time.monotonic()
        library.kill()
        thread.join(timeout=5)
        assert raised and time.monotonic() - begun < 1.0
        while any(alive(pid) for pid in pids) and time.monotonic() - begun < 1.0:
            time.sleep(0.01)
        assert pids and not any(alive(pid) for pid in pids)
        assert library.read(*reversed(papers(tmp_path, 1)[0])).error == ""


def test_what_progress_raises_ends_the_run(tmp_path: Path, library: Library) -> None:
    def stop(done: int, total: int, name: str) -> None:
        raise Stopped("documents.stopped")

    with pytest.raises(Stopped):
        list(library.read_many([("hang.pdf", hanging_file(tmp_path))], progress=stop))
    library.kill()
    assert "Reading was stopped" in Stopped("documents.stopped").sentence("en")


def test_closing_leaves_no_process(tmp_path: Path) -> None:
    with Library(tmp_path / "cache") as library:
        list(library.read_many(papers(tmp_path, 3)))
        pids = children()
        assert pids
    assert not any(alive(pid) for pid in pids)


def test_a_missing_or_unreadable_file_is_an_answer(tmp_path: Path, library: Library) -> None:
    assert library.read(tmp_path / "nowhere.pdf").error == "missing"
    assert library.read(tmp_path, "folder.pdf").error == "missing"


def test_names_that_are_not_text(tmp_path: Path, library: Library) -> None:
    raw = os.fsencode(tmp_path) + b"/factur\xe9.pdf"
    with open(raw, "wb") as file:
        file.write(pdf([text(50, 700, "Bonjour")]))
    path = Path(os.fsdecode(raw))
    (name, document, record), *_ = library.records([(path.name, path)])
    assert document.text == "Bonjour" and name == path.name and record.type


def test_pictures_go_to_the_one_ocr_process(tmp_path: Path, library: Library) -> None:
    image = picture(["RECU 2026", "Total 54,50 EUR"], width=600)
    turned = []
    for angle in (0, 90, 180, 270):
        path = tmp_path / f"photo{angle}.png"
        image.rotate(angle, expand=True).save(path)  # type: ignore[attr-defined]
        turned.append((path.name, path))
    for _, document in library.read_many(turned):
        assert document.kind == "image" and "54,50" in document.text and document.pages[0].ocr
    # One process for text at most beside: three started, one of them with the models.
    assert len(children()) <= 3


def test_hash_is_sha256(tmp_path: Path, library: Library) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert library.hash(tmp_path / "x") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
