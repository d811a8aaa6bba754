"""Text in a picture: set it upright, find its lines, read them, put the words in reading order with their boxes."""

from __future__ import annotations

import math
from statistics import median
from typing import Any

import msgspec

from confrere.documents.model import Word
from confrere.documents.read.layout import reading_text
from confrere.documents.read.limits import Budget
from confrere.documents.read.ocr_models import Box, cut_line, models

_SCORE = 0.5


class Seen(msgspec.Struct, kw_only=True):
    """What OCR read: text in reading order; words with boxes in pixels of the upright picture; its size; by how many degrees
    (0, 90, 180, 270, counter-clockwise) it had to be turned to be upright."""

    text: str = ""
    words: list[Word] = msgspec.field(default_factory=list)
    width: int = 0
    height: int = 0
    turned: int = 0


def read_picture(image: Any, budget: Budget) -> Seen:
    """Read the text of a picture: an array of shape (height, width, 3), uint8, BGR."""
    import numpy

    engine = models()
    image = numpy.ascontiguousarray(image)
    turned = 0
    boxes = engine.find_lines(image)
    if boxes and _sideways(boxes):
        image, turned = numpy.ascontiguousarray(numpy.rot90(image)), 90
        boxes = engine.find_lines(image)
    height, width = image.shape[:2]
    crops = [cut_line(image, box) for box in boxes]
    if crops and engine.upside_down(crops):
        image = numpy.ascontiguousarray(numpy.rot90(image, 2))
        turned += 180
        boxes = [[(width - 1 - x, height - 1 - y) for x, y in (b[2], b[3], b[0], b[1])] for b in boxes]
        crops = [cut_line(image, box) for box in boxes]
    read = engine.read_lines(crops)
    lines = [(box, text) for box, (text, score) in zip(boxes, read, strict=True) if text.strip() and score >= _SCORE]
    words, flat = _words(lines)
    return Seen(
        text=budget.take_text(reading_text(flat)),
        words=words,
        width=width,
        height=height,
        turned=turned,
    )


def _sideways(boxes: list[Box]) -> bool:
    """Whether most of the text stands in tall boxes."""
    tall = wide = 0.0
    for box in boxes:
        width = math.dist(box[0], box[1])
        height = math.dist(box[1], box[2])
        if height > 1.5 * width:
            tall += height
        elif width > 1.5 * height:
            wide += width
    return tall > 1.5 * wide


def _words(lines: list[tuple[Box, str]]) -> tuple[list[Word], list[Word]]:
    """Split lines into words, each with its share of the line's box: as seen, and as they would lie were the paper level."""
    angles = [math.atan2(b[1][1] - b[0][1], b[1][0] - b[0][0]) for b, _ in lines if math.dist(b[0], b[1]) > 3 * math.dist(b[1], b[2])]
    angle = median(angles) if angles else 0.0
    level = abs(angle) > math.radians(0.7)
    cosine, sine = math.cos(-angle), math.sin(-angle)
    seen: list[Word] = []
    flat: list[Word] = []
    for box, text in lines:
        total = max(sum(_advance(c) for c in text), 0.1)
        position = 0.0
        for part in text.split(" "):
            share = sum(_advance(c) for c in part)
            if part:
                corners = [
                    (
                        side[0][0] + (side[1][0] - side[0][0]) * at / total,
                        side[0][1] + (side[1][1] - side[0][1]) * at / total,
                    )
                    for side in ((box[0], box[1]), (box[3], box[2]))
                    for at in (position, position + share)
                ]
                seen.append(_bounds(part, corners))
                if level:
                    middle = [(corners[0][0] + corners[2][0]) / 2, (corners[0][1] + corners[2][1]) / 2]
                    end = [(corners[1][0] + corners[3][0]) / 2, (corners[1][1] + corners[3][1]) / 2]
                    x0, y = middle[0] * cosine - middle[1] * sine, middle[0] * sine + middle[1] * cosine
                    x1 = end[0] * cosine - end[1] * sine
                    half = math.dist(corners[0], corners[2]) / 2
                    flat.append(Word(part, x0, y - half, x1, y + half))
            position += share + _advance(" ")
    return seen, flat if level else seen


def _advance(char: str) -> float:
    """The rough width of a printed character, in ems of a common sans-serif face."""
    if char in " .,:;'!|iljI()[]":
        return 0.3
    return 0.75 if char.isupper() or char in "mwMW@%" or ord(char) > 0x2E80 else 0.55


def _bounds(text: str, corners: list[tuple[float, float]]) -> Word:
    xs, ys = [float(c[0]) for c in corners], [float(c[1]) for c in corners]
    return Word(text, round(min(xs), 1), round(min(ys), 1), round(max(xs), 1), round(max(ys), 1))
