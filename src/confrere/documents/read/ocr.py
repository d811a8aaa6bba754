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
_ASKEW = math.radians(0.25)


class Seen(msgspec.Struct, kw_only=True):
    """What OCR read: text in reading order; words with boxes in pixels of the upright picture, set level about its middle where the
    paper lay askew; its size; by how many degrees (0, 90, 180, 270, counter-clockwise) it had to be turned to be upright."""

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
    words = _words(lines, (width / 2, height / 2))
    return Seen(
        text=budget.take_text(reading_text(words)),
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


def _words(lines: list[tuple[Box, str]], centre: tuple[float, float]) -> list[Word]:
    """Split lines into words, each with its share of the line's box, as they would lie were the paper level: what stands in one row
    for a person must do so for who looks for columns and rows."""
    angles = [math.atan2(b[1][1] - b[0][1], b[1][0] - b[0][0]) for b, _ in lines if math.dist(b[0], b[1]) > 3 * math.dist(b[1], b[2])]
    angle = median(angles) if angles else 0.0
    level = abs(angle) > _ASKEW
    cosine, sine = math.cos(-angle), math.sin(-angle)
    found: list[Word] = []
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
                if level:
                    moved = [(x - centre[0], y - centre[1]) for x, y in corners]
                    corners = [(x * cosine - y * sine + centre[0], x * sine + y * cosine + centre[1]) for x, y in moved]
                found.append(_bounds(part, corners))
            position += share + _advance(" ")
    return found


def _advance(char: str) -> float:
    """The rough width of a printed character, in ems of a common sans-serif face."""
    if char in " .,:;'!|iljI()[]":
        return 0.3
    return 0.75 if char.isupper() or char in "mwMW@%" or ord(char) > 0x2E80 else 0.55


def _bounds(text: str, corners: list[tuple[float, float]]) -> Word:
    xs, ys = [float(c[0]) for c in corners], [float(c[1]) for c in corners]
    return Word(text, round(min(xs), 1), round(min(ys), 1), round(max(xs), 1), round(max(ys), 1))
