"""The words of a PDF page with their boxes, and how each is painted.

pdfium gives characters in content order with invented spaces and line breaks; they are joined into words here, and each word keeps the
paint of its first character (render mode, colour, opacity), which ``inspect_pdf`` judges.
"""

from __future__ import annotations

import ctypes
from typing import Any

import msgspec

from confrere.documents.model import Word

_SPACES = frozenset((0x7F, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000))


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

    # Called for every character: plain addresses instead of typed pointers halve the cost.
    unicode_of = _plain(pdfium.FPDFText_GetUnicode, ctypes.c_uint, ctypes.c_void_p, ctypes.c_int)
    box_of = _plain(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    object_of = _plain(pdfium.FPDFText_GetTextObject, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
    raw = ctypes.cast(textpage.raw, ctypes.c_void_p).value
    rect = pdfium.FS_RECTF()
    where = ctypes.addressof(rect)
    paints: dict[int, Paint] = {}
    words: list[Placed] = []
    letters: list[str] = []
    left = bottom = right = top = 0.0
    paint = Paint(0)

    def flush() -> None:
        a, b, c, d = frame.box(left, bottom, right, top)
        words.append(Placed(Word("".join(letters), round(a, 2), round(b, 2), round(c, 2), round(d, 2)), paint))
        letters.clear()

    for index in range(min(textpage.count_chars(), limit)):
        code = unicode_of(raw, index)
        if code <= 32 or code in _SPACES:
            if code == 2:
                code = 0x2D
            else:
                if letters:
                    flush()
                continue
        elif code in (0xFFFE, 0xFFFF) or 0xD800 <= code <= 0xDFFF:
            code = 0xFFFD
        if not box_of(raw, index, where):
            continue
        x0, x1 = rect.left, rect.right
        y0, y1 = rect.bottom, rect.top
        address = object_of(raw, index) or 0
        if letters:
            if address != paint.address:
                other = paints.get(address)
                if other is None:
                    other = paints[address] = _paint(pdfium, address)
                if other.mode != paint.mode or other.alpha != paint.alpha or abs(other.luminance - paint.luminance) > 60:
                    flush()
            if letters and (x0 > right or x1 < left or y0 > top or y1 < bottom) and _parted(left, bottom, right, top, x0, y0, x1, y1):
                flush()
        if letters:
            left, bottom = (x0 if x0 < left else left), (y0 if y0 < bottom else bottom)
            right, top = (x1 if x1 > right else right), (y1 if y1 > top else top)
        else:
            found = paints.get(address)
            if found is None:
                found = paints[address] = _paint(pdfium, address)
            paint = found
            left, bottom, right, top = x0, y0, x1, y1
        letters.append(chr(code))
    if letters:
        flush()
    return words


def _parted(left: float, bottom: float, right: float, top: float, x0: float, y0: float, x1: float, y1: float) -> bool:
    """Whether a character stands too far from the word before it to belong to it (a third of the height; across, if written upwards)."""
    height, width = max(top - bottom, y1 - y0, 0.1), max(right - left, x1 - x0, 0.1)
    if y0 > top or y1 < bottom:
        return y0 - top > 0.35 * width or bottom - y1 > 0.35 * width
    return height < 3 * width and (x0 - right > 0.35 * height or left - x1 > 0.35 * height)


def _plain(function: Any, result: Any, *arguments: Any) -> Any:
    """Return a pdfium function that takes and gives addresses as integers."""
    return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


def _paint(pdfium: Any, address: int) -> Paint:
    if not address:
        return Paint(0)
    pointer = ctypes.cast(address, pdfium.FPDF_PAGEOBJECT)
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
