"""How well badly taken pages are read: ``python -m bench.documents.photographs [--pages 2]``.

Invoices of ``bench.documents.invoices`` are printed to pictures, then turned, laid askew, photographed at an angle on a dark table, under a
lamp at one side, out of focus, faxed. Told for each: the share of the page's words that were read exactly, and seconds of processor a page.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.documents.invoices import TEMPLATE, paper
from confrere.documents.read import read_file


def page(place: int, dpi: int) -> tuple[Any, list[str]]:
    """A printed invoice and its words."""
    import pypdfium2
    import typst
    from PIL import Image

    inputs = {"data": json.dumps(paper("open", place))}
    picture = typst.compile(str(TEMPLATE), format="png", ppi=float(dpi), sys_inputs=inputs)
    printed = typst.compile(str(TEMPLATE), format="pdf", sys_inputs=inputs)
    with pypdfium2.PdfDocument(printed) as pdf:
        text = "\n".join(sheet.get_textpage().get_text_range() for sheet in pdf)
    first = picture[0] if isinstance(picture, list) else picture
    assert isinstance(first, bytes)
    return Image.open(io.BytesIO(first)).convert("RGB"), words(text)


def words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W_]+", text.casefold()) if len(word) > 1]


def turned(angle: float) -> Callable[[Any], Any]:
    return lambda image: image.rotate(angle, expand=True, fillcolor="white", resample=3)


def photographed(image: Any) -> Any:
    """On a dark table, from one side, its far edge smaller."""
    import cv2
    import numpy

    width, height = image.size
    table = numpy.full((int(height * 1.25), int(width * 1.3), 3), (60, 70, 80), numpy.uint8)
    corners = numpy.array([(0, 0), (width, 0), (width, height), (0, height)], numpy.float32)
    there = numpy.array(
        [(0.19 * width, 0.14 * height), (1.04 * width, 0.06 * height), (1.24 * width, 1.13 * height), (0.05 * width, 1.2 * height)],
        numpy.float32,
    )
    matrix = cv2.getPerspectiveTransform(corners, there)
    return _image(cv2.warpPerspective(numpy.asarray(image), matrix, table.shape[1::-1], dst=table, borderMode=cv2.BORDER_TRANSPARENT))


def dim(image: Any) -> Any:
    """Little light, from one side, and the noise that comes with it."""
    import numpy

    values = numpy.asarray(image).astype(float)
    lamp = numpy.linspace(0.55, 0.16, values.shape[1])[None, :, None]
    noise = numpy.random.default_rng(1).normal(0, 7, values.shape)
    return _image(values * lamp + noise + 8)


def soft(image: Any) -> Any:
    from PIL import ImageFilter

    return image.filter(ImageFilter.GaussianBlur(image.width / 850))


def faxed(image: Any) -> Any:
    """204 by 98 dots an inch, black or white, which the file tells."""
    image = image.convert("L").resize((int(8.27 * 204), int(11.69 * 98)))
    image = image.point(lambda value: 255 if value > 150 else 0).convert("1")
    image.info["dpi"] = (204, 98)
    return image


def _image(values: Any) -> Any:
    import numpy
    from PIL import Image

    return Image.fromarray(numpy.clip(values, 0, 255).astype(numpy.uint8))


WAYS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "clean, 150 dpi": (150, lambda image: image),
    "clean, 75 dpi": (75, lambda image: image),
    "turned by 90": (150, turned(90)),
    "turned by 180": (150, turned(180)),
    "turned by 270": (150, turned(270)),
    "askew by 3": (150, turned(3)),
    "askew by 8": (150, turned(-8)),
    "askew by 20": (150, turned(20)),
    "photograph": (200, photographed),
    "sideways photograph": (200, lambda image: turned(90)(photographed(image))),
    "dim": (150, dim),
    "dim photograph": (200, lambda image: dim(photographed(image))),
    "out of focus": (150, soft),
    "fax": (200, faxed),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.documents.photographs")
    parser.add_argument("--pages", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "page.png")
        for name, (dpi, way) in WAYS.items():
            right = asked = 0
            seconds = 0.0
            for place in range(options.pages):
                image, known = page(place * 7, dpi)
                shot = way(image)
                shot.save(path, dpi=shot.info.get("dpi", (dpi, dpi)))
                begun = time.process_time()
                document = read_file(path, ocr=True)
                seconds += time.process_time() - begun
                want, got = Counter(known), Counter(words(document.text))
                right, asked = right + (want & got).total(), asked + want.total()
            print(f"{name:22} {100 * right / asked:5.1f} % of the words   {seconds / options.pages:4.1f} cpu-s a page", flush=True)


if __name__ == "__main__":
    main()
