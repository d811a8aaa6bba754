"""Small pictures on a page of text that may hold words: a letterhead, a stamp, the issuer's details saved as an image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from confrere.documents.model import Document, Word
from confrere.documents.read.layout import reading_text
from confrere.documents.read.limits import Budget
from confrere.documents.read.pdf_text import page_frame

_DPI = 200
_LEAST, _MOST = 0.004, 0.5
"""Shares of the page between which a picture is worth reading: smaller is an icon, larger a background."""
_FEW = 4


def read_pictures(path: Path, document: Document, budget: Budget) -> Document | None:
    """The document with the words of the pictures of its first page read by OCR among the others; None when there are none.

    Raises NeedsOcr where OCR belongs to another process, before anything is read.
    """
    import pypdfium2

    if document.kind != "pdf" or not document.pages or document.pages[0].ocr:
        return None
    try:
        with pypdfium2.PdfDocument(path) as pdf:
            page = pdf[0]
            boxes = _boxes(page)
            if not boxes or not budget.take_ocr():
                return None
            words = [word for box in boxes for word in _words(page, box, budget)]
    except pypdfium2.PdfiumError:
        return None  # its first reading told what is wrong with it
    if not words:
        return None
    first = document.pages[0]
    every = sorted([*first.words, *words], key=lambda word: (word.y0, word.x0))
    first = msgspec.structs.replace(first, words=every, text=reading_text(every))
    return msgspec.structs.replace(document, pages=[first, *document.pages[1:]])


def _boxes(page: Any) -> list[tuple[float, float, float, float]]:
    import pypdfium2

    frame = page_frame(page)
    width, height = frame.size
    found = []
    for index, item in enumerate(page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,), max_depth=4)):
        if index > 60:
            break
        try:
            left, top, right, bottom = frame.box(*item.get_bounds())
        except pypdfium2.PdfiumError:
            continue
        left, top, right, bottom = max(left, 0.0), max(top, 0.0), min(right, width), min(bottom, height)
        share = (right - left) * (bottom - top) / max(width * height, 1.0)
        if right > left and bottom > top and _LEAST < share < _MOST and right - left > 1.2 * (bottom - top):
            found.append((left, top, right, bottom))
    return sorted(found, key=lambda box: -(box[2] - box[0]) * (box[3] - box[1]))[:_FEW]


def _words(page: Any, box: tuple[float, float, float, float], budget: Budget) -> list[Word]:
    from confrere.documents.read.ocr import read_picture

    width, height = page_frame(page).size
    scale = _DPI / 72
    left, top, right, bottom = box
    image = page.render(scale=scale, crop=(left, max(height - bottom, 0), max(width - right, 0), top)).to_numpy()
    if min(image.shape[:2]) < 16:
        return []
    seen = read_picture(image[:, :, :3], budget)
    if seen.turned:
        return []
    return [
        Word(w.text, *(round(v / scale + shift, 2) for v, shift in zip((w.x0, w.y0, w.x1, w.y1), (left, top, left, top), strict=True)))
        for w in seen.words
    ]
