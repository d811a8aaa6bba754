from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from confrere.documents.read import read_file
from tests.documents_read.making import picture

LINES = ["ATELIER DES LILAS SARL", "Le 12/03/2026", "Total TTC 1 234,50 EUR", "Société à Évry, reçu n° 88"]


@pytest.fixture(scope="module")
def image() -> Any:
    return picture(LINES)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tiff", "a.bmp", "a.gif", "a.webp"])
def test_formats(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    picture(["Reçu 88"], width=240).save(path)
    document = read_file(path)
    assert (document.kind, document.error, document.text) == ("image", "", "Reçu 88")


def test_accents_and_boxes(tmp_path: Path, image: Any) -> None:
    image.save(tmp_path / "a.png")
    document = read_file(tmp_path / "a.png")
    for words in ("LILAS SARL", "12/03/2026", "1 234,50", "Société à Évry, reçu n° 88"):
        assert words in document.text
    word = next(w for w in document.pages[0].words if "12/03/2026" in w.text)
    assert 40 < word.x0 < 130 and word.x1 < 400 and 60 < word.y0 < word.y1 < 170


def test_exif_orientation(tmp_path: Path, image: Any) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112], exif[0x0110] = 6, "Téléphone X"
    path = tmp_path / "photo.jpg"
    image.rotate(90, expand=True).save(path, exif=exif)
    document = read_file(path)
    assert "12/03/2026" in document.text and document.metadata["camera"].startswith("T")
    assert document.pages[0].width > document.pages[0].height and "turned" not in document.metadata


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_turned_scan_is_set_upright(tmp_path: Path, image: Any, angle: int) -> None:
    path = tmp_path / "scan.png"
    image.rotate(angle, expand=True).save(path)
    document = read_file(path)
    assert "Total TTC 1 234,50 EUR" in document.text
    assert document.pages[0].width == image.width
    assert document.text.index("LILAS") < document.text.index("12/03/2026") < document.text.index("1 234,50")


def test_a_crooked_photo_keeps_its_lines(tmp_path: Path, image: Any) -> None:
    path = tmp_path / "crooked.png"
    image.rotate(4, expand=True, fillcolor="white").save(path)
    lines = read_file(path).text.split("\n")
    assert any(line.startswith("Total TTC") and line.endswith("EUR") for line in lines), lines


def test_tiff_pages(tmp_path: Path, image: Any) -> None:
    path = tmp_path / "lot.tif"
    image.save(path, save_all=True, append_images=[picture(["PAGE DEUX 4321"])])
    document = read_file(path)
    assert [page.label for page in document.pages] == ["page 1", "page 2"] and "4321" in document.pages[1].text


def test_transparent_and_empty(tmp_path: Path, image: Any) -> None:
    from PIL import Image

    clear = image.convert("RGBA")
    clear.putdata([(r, g, b, 0 if r > 250 else 255) for r, g, b, _ in clear.getdata()])
    clear.save(tmp_path / "clear.png")
    assert "12/03/2026" in read_file(tmp_path / "clear.png").text
    Image.new("RGB", (300, 200), "white").save(tmp_path / "blank.png")
    blank = read_file(tmp_path / "blank.png")
    assert blank.error == "" and blank.text == ""
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    assert read_file(tmp_path / "dot.png").error == ""


def test_a_fax_has_fewer_rows_than_columns(tmp_path: Path, image: Any) -> None:
    """204 by 98 dots an inch: read as it lies, every letter is half as high as it should be."""
    path = tmp_path / "fax.tiff"
    flat = image.resize((image.width, image.height // 2)).convert("1")
    flat.save(path, dpi=(204, 98), compression="group4")
    page = read_file(path).pages[0]
    assert "Total TTC 1 234,50 EUR" in page.text
    assert abs(page.height - image.height) < 0.1 * image.height


def test_words_of_a_crooked_scan_stand_level(tmp_path: Path, image: Any) -> None:
    path = tmp_path / "askew.png"
    image.rotate(1.5, expand=True, fillcolor="white").save(path)
    words = {word.text: word for word in read_file(path).pages[0].words}
    first, last = words["Total"], words["EUR"]
    assert abs((first.y0 + first.y1) - (last.y0 + last.y1)) < 0.3 * (first.y1 - first.y0)
