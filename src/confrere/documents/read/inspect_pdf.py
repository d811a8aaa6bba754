"""What a person would not see on a PDF page but a model would read.

Codes: ``hidden-text`` (invisible render mode, transparent, same colour as what is under it, covered, clipped, in a layer that is off, off
the page), ``tiny-text`` (2 points or less, or pressed together). What is seen is judged on the rendered page, not guessed: white on
a dark band is visible, white on white is not, nor what a clipping path, a mask or a blend mode takes away.
"""

from __future__ import annotations

import ctypes
from typing import Any

from confrere.documents.model import Warning_, Word
from confrere.documents.read.pdf_text import Frame, Placed

TINY = 2.0
_PRESSED = 1.5
"""Square points a letter: less is text without height or width."""
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
        elif min(word.y1 - word.y0, max(word.x1 - word.x0, 0.5 * (word.y1 - word.y0))) <= TINY or _pressed(word):
            hidden.setdefault("tiny-text", []).append(word)
        elif paint.alpha < 26:
            hidden.setdefault("hidden-text", []).append(word)
        else:
            visible.append(item)
    gone = _gone(page, visible)
    if gone:
        hidden.setdefault("hidden-text", []).extend(visible[i].word for i in sorted(gone))
        visible = [item for i, item in enumerate(visible) if i not in gone]
    warnings = [
        Warning_(code=code, where=label, text=" ".join(w.text for w in words)[:EXCERPT])
        for code, words in hidden.items()
        if sum(len(w.text) for w in words) > 3
    ]
    return [item.word for item in visible], layer, warnings


def _pressed(word: Word) -> bool:
    return len(word.text) > 2 and (word.x1 - word.x0) * (word.y1 - word.y0) < _PRESSED * len(word.text)


def _gone(page: Any, visible: list[Placed]) -> set[int]:
    """Return the indexes of the words whose place on the rendered page shows nothing of them."""
    if not visible:
        return set()
    # A look at half the detail clears nearly every word; the others are looked at closely.
    plain = _render(page, _SCALE / 2)
    doubtful = [i for i, item in enumerate(visible) if _flat(_box(plain, item.word, page))]
    gone = {i for i, out in zip(doubtful, unseen(page, [visible[i].word for i in doubtful]), strict=True) if out}
    # Light letters with lines across them show something, if not themselves: does the page look the same without them?
    light = [i for i, item in enumerate(visible) if i not in gone and (item.paint.luminance > 150 or item.paint.alpha < 90)]
    if light:
        without = _without(page, {visible[i].paint.address for i in light if visible[i].paint.address})
        from PIL import ImageChops

        change = ImageChops.difference(plain, without)
        same = [i for i in light if max(_box(change, visible[i].word, page).getextrema()) < _CONTRAST]
        gone.update(same)
    return gone


def _without(page: Any, addresses: set[int]) -> Any:
    """Render the page with these text objects made invisible, and make them what they were again."""
    import pypdfium2.raw as pdfium

    modes = []
    try:
        for address in addresses:
            pointer = ctypes.cast(address, pdfium.FPDF_PAGEOBJECT)
            modes.append((pointer, pdfium.FPDFTextObj_GetTextRenderMode(pointer)))
            pdfium.FPDFTextObj_SetTextRenderMode(pointer, pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)
        return _render(page, _SCALE / 2)
    finally:
        for pointer, mode in modes:
            pdfium.FPDFTextObj_SetTextRenderMode(pointer, mode)


def _render(page: Any, scale: float) -> Any:
    scale = min(scale, 1500 * scale / max(page.get_width(), page.get_height(), 1))
    return page.render(scale=scale, grayscale=True, may_draw_forms=True).to_pil().convert("L")


def _box(image: Any, word: Word, page: Any) -> Any:
    """Return the part of a rendered page where a word stands, at least a pixel."""
    scale = image.width / max(page.get_width(), 1)
    left, top = min(max(0, int(word.x0 * scale)), image.width - 1), min(max(0, int(word.y0 * scale)), image.height - 1)
    right, bottom = min(image.width, int(word.x1 * scale) + 1), min(image.height, int(word.y1 * scale) + 1)
    return image.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


def _flat(part: Any) -> bool:
    low, high = part.getextrema()
    return bool(high - low < _CONTRAST)


def unseen(page: Any, words: list[Word]) -> list[bool]:
    """Render the page and tell for each word whether its box shows nothing (grey levels differ by less than 30 of 255)."""
    if not words:
        return []
    image = _render(page, _SCALE)
    return [_flat(_box(image, word, page)) for word in words]
