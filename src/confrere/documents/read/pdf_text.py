"""The words of a PDF page with their boxes, and how each is painted.

pdfium gives characters in content order with invented spaces and line breaks; they are joined into words here, and each word keeps the
paint of its first character (render mode, colour, opacity), which ``inspect_pdf`` judges.
"""

from __future__ import annotations

import ctypes
from typing import Any

import msgspec

from confrere.documents.model import Word


class Paint(msgspec.Struct, frozen=True):
    """How a text object is painted: its address in pdfium, render mode (3: invisible), luminance 0-255 and opacity 0-255 of its fill."""

    address: int
    mode: int = 0
    luminance: float = 0.0
    alpha: int = 255


class Placed(msgspec.Struct):
    """A word in displayed page space (points, origin top left) with its paint."""

    word: Word
    paint: Paint


class Frame(msgspec.Struct, frozen=True):
    """From PDF user space (origin bottom left, unrotated) to displayed space (origin top left, rotated)."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @property
    def size(self) -> tuple[float, float]:
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.rotation in (90, 270) else (width, height)

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """Return (left, top, right, bottom) of a user space box (left, bottom, right, top)."""
        if self.rotation == 90:
            return y0 - self.bottom, x0 - self.left, y1 - self.bottom, x1 - self.left
        if self.rotation == 180:
            return self.right - x1, y0 - self.bottom, self.right - x0, y1 - self.bottom
        if self.rotation == 270:
            return self.top - y1, self.right - x1, self.top - y0, self.right - x0
        return x0 - self.left, self.top - y1, x1 - self.left, self.top - y0


def page_frame(page: Any) -> Frame:
    """Return the frame of a pypdfium2 page (its crop box, which is what a person sees)."""
    left, bottom, right, top = page.get_bbox()
    return Frame(left, bottom, right, top, page.get_rotation() % 360)


def page_words(page: Any, textpage: Any, frame: Frame, limit: int = 200_000) -> list[Placed]:
    """Return the words of a page, at most ``limit`` characters being looked at."""
    import pypdfium2.raw as pdfium

    raw = textpage.raw
    paints: dict[int, Paint] = {}
    rect = pdfium.FS_RECTF()
    words: list[Placed] = []
    letters: list[str] = []
    box = [0.0, 0.0, 0.0, 0.0]
    paint = Paint(0)

    def flush() -> None:
        if letters:
            text = "".join(letters)
            words.append(Placed(Word(text, *(round(v, 2) for v in frame.box(box[0], box[1], box[2], box[3]))), paint))
            letters.clear()

    for index in range(min(textpage.count_chars(), limit)):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if code in (0, 0xFFFE, 0xFFFF) or 0xD800 <= code <= 0xDFFF:
            char = "\ufffd" if code else ""
        elif code == 2:
            char = "-"
        else:
            char = chr(code)
        if not char.strip():
            flush()
            continue
        if not pdfium.FPDFText_GetLooseCharBox(raw, index, rect):
            continue
        x0, y0, x1, y1 = rect.left, rect.bottom, rect.right, rect.top
        pointer = pdfium.FPDFText_GetTextObject(raw, index)
        address = ctypes.cast(pointer, ctypes.c_void_p).value or 0
        if letters:
            height = max(box[3] - box[1], y1 - y0, 0.1)
            width = max(box[2] - box[0], x1 - x0, 0.1)
            apart = x0 - box[2] > 0.35 * height or box[0] - x1 > 0.35 * height
            off = y0 > box[3] or y1 < box[1]
            if (apart and not off and height < 3 * width) or (off and (y0 - box[3] > 0.35 * width or box[1] - y1 > 0.35 * width)):
                flush()
            elif address != paint.address:
                other = paints.get(address) or _paint(pdfium, pointer, address)
                if (other.mode, other.alpha) != (paint.mode, paint.alpha) or abs(other.luminance - paint.luminance) > 60:
                    flush()
        if not letters:
            paint = paints.get(address) or paints.setdefault(address, _paint(pdfium, pointer, address))
            box = [x0, y0, x1, y1]
        else:
            box = [min(box[0], x0), min(box[1], y0), max(box[2], x1), max(box[3], y1)]
        letters.append(char)
    flush()
    return words


def _paint(pdfium: Any, pointer: Any, address: int) -> Paint:
    if not address:
        return Paint(0)
    mode = pdfium.FPDFTextObj_GetTextRenderMode(pointer)
    luminance, alpha = object_colour(pdfium, pointer, stroke=mode == 1)
    return Paint(address, mode, luminance, alpha)


def object_colour(pdfium: Any, pointer: Any, *, stroke: bool = False) -> tuple[float, int]:
    """Return (luminance 0-255, alpha 0-255) of a page object's fill, or of its stroke; black when pdfium cannot tell."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    read = pdfium.FPDFPageObj_GetStrokeColor if stroke else pdfium.FPDFPageObj_GetFillColor
    if not read(pointer, red, green, blue, alpha):
        return 0.0, 255
    return 0.299 * red.value + 0.587 * green.value + 0.114 * blue.value, alpha.value
