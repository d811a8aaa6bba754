"""What a person would not see on a PDF page but a model would read.

Codes: ``hidden-text`` (invisible render mode, transparent, same colour as what is under it, covered, off the page), ``tiny-text``
(2 points or less). Colour is judged on the rendered page, not guessed: white on a dark band is visible, white on white is not.
"""

from __future__ import annotations

import ctypes
from typing import Any

from confrere.documents.model import Warning_, Word
from confrere.documents.read.pdf_text import Frame, Placed, object_colour

TINY = 2.0
EXCERPT = 300
_CONTRAST = 30
_SCALE = 2.0


def split_hidden(page: Any, placed: list[Placed], frame: Frame, label: str) -> tuple[list[Word], list[Word], list[Warning_]]:
    """Split the words of a page into (visible, invisible by render mode 3, warnings about all that is hidden).

    The invisible words are given apart because over a scanned picture they are its text layer, no secret; the caller
    judges. They are not in the warnings.
    """
    width, height = frame.size
    visible: list[Placed] = []
    layer: list[Word] = []
    hidden: dict[str, list[Word]] = {}
    for item in placed:
        word, paint = item.word, item.paint
        if word.x1 <= 0 or word.y1 <= 0 or word.x0 >= width or word.y0 >= height:
            hidden.setdefault("hidden-text", []).append(word)
        elif paint.mode in (3, 7):
            layer.append(word)
        elif min(word.y1 - word.y0, max(word.x1 - word.x0, 0.5 * (word.y1 - word.y0))) <= TINY:
            hidden.setdefault("tiny-text", []).append(word)
        elif paint.alpha < 26:
            hidden.setdefault("hidden-text", []).append(word)
        else:
            visible.append(item)
    doubtful = _doubtful(page, visible, frame)
    if doubtful:
        unseen = _unseen(page, [visible[i].word for i in doubtful])
        gone = {i for i, out in zip(doubtful, unseen, strict=True) if out}
        hidden.setdefault("hidden-text", []).extend(visible[i].word for i in sorted(gone))
        visible = [item for i, item in enumerate(visible) if i not in gone]
    warnings = [
        Warning_(code=code, where=label, text=" ".join(w.text for w in words)[:EXCERPT])
        for code, words in hidden.items()
        if sum(len(w.text) for w in words) > 3
    ]
    return [item.word for item in visible], layer, warnings


def _doubtful(page: Any, visible: list[Placed], frame: Frame) -> list[int]:
    """Return the indexes of words whose visibility must be looked at: light ones, and those some filled object could swallow."""
    import pypdfium2.raw as pdfium

    light = {i for i, item in enumerate(visible) if item.paint.luminance > 150 or item.paint.alpha < 90}
    order: dict[int, int] = {}
    fills: list[tuple[int, tuple[float, float, float, float], float | None]] = []
    bounds = [ctypes.c_float() for _ in range(4)]
    count = pdfium.FPDFPage_CountObjects(page.raw)
    for index in range(min(count, 20_000)):
        pointer = pdfium.FPDFPage_GetObject(page.raw, index)
        kind = pdfium.FPDFPageObj_GetType(pointer)
        address = ctypes.cast(pointer, ctypes.c_void_p).value or 0
        order[address] = index
        if kind == pdfium.FPDF_PAGEOBJ_TEXT or not pdfium.FPDFPageObj_GetBounds(pointer, *bounds):
            continue
        box = frame.box(*(b.value for b in bounds))
        if (box[2] - box[0]) * (box[3] - box[1]) < 60 or min(box[2] - box[0], box[3] - box[1]) < 4:
            continue
        shade = None
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            mode, stroke = ctypes.c_int(), ctypes.c_int()
            if not pdfium.FPDFPath_GetDrawMode(pointer, mode, stroke) or mode.value == 0:
                continue
            shade, alpha = object_colour(pdfium, pointer)
            if alpha < 128:
                continue
        fills.append((index, box, shade))
    if not fills:
        return sorted(light)
    if len(fills) > 400:
        return list(range(len(visible)))
    for i, item in enumerate(visible):
        if i in light:
            continue
        word = item.word
        x, y = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
        place = order.get(item.paint.address, count)
        for index, box, shade in fills:
            if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                after = index > place
                if (after and shade is None) or (shade is not None and (after or abs(shade - item.paint.luminance) < 40)):
                    light.add(i)
                    break
    return sorted(light)


def _unseen(page: Any, words: list[Word]) -> list[bool]:
    """Render the page and tell for each word whether its box shows nothing (grey levels differ by less than 30 of 255)."""
    scale = min(_SCALE, 3000 / max(page.get_width(), page.get_height(), 1))
    image = page.render(scale=scale, grayscale=True, may_draw_forms=True).to_pil().convert("L")
    out = []
    for word in words:
        box = (
            max(0, int(word.x0 * scale)),
            max(0, int(word.y0 * scale)),
            min(image.width, int(word.x1 * scale) + 1),
            min(image.height, int(word.y1 * scale) + 1),
        )
        if box[2] - box[0] < 1 or box[3] - box[1] < 1:
            out.append(True)
            continue
        low, high = image.crop(box).getextrema()
        out.append(high - low < _CONTRAST)
    return out
