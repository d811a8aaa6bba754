"""Text in pictures, by PP-OCRv6 through rapidocr and onnxruntime: no network, models ship in the wheel.

Measured on 30 receipts and 2 cores: recognising crops one at a time, unpadded, on as many threads as cores costs half of
rapidocr's own batches (short words are padded to 320 pixels there), with the same text. Lines are found on a smaller copy and cut
from the full picture.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from statistics import median
from typing import Any

import msgspec

from confrere.documents.model import Word
from confrere.documents.read.layout import reading_text
from confrere.documents.read.limits import Budget

DETECT_SIDE = 1440
_SCORE = 0.5


class Seen(msgspec.Struct, kw_only=True):
    """What OCR read: text in reading order; words with boxes in pixels of the upright picture; its size; by how many degrees
    (0, 90, 180, 270, counter-clockwise) it had to be turned to be upright."""

    text: str = ""
    words: list[Word] = msgspec.field(default_factory=list)
    width: int = 0
    height: int = 0
    turned: int = 0


class _Engine:
    """The loaded models: detection on all threads, recognition one crop a thread."""

    def __init__(self, threads: int) -> None:
        import cv2

        cv2.setNumThreads(1)
        common = {"Global.log_level": "critical", "EngineConfig.onnxruntime.inter_op_num_threads": 1}
        self.finder = _models(
            {
                **common,
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "Global.max_side_len": DETECT_SIDE,
            }
        )
        self.reader = _models(
            {
                **common,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "Rec.rec_batch_num": 1,
                "Rec.rec_img_shape": [3, 48, 96],
            }
        )
        self.pool = ThreadPoolExecutor(threads)
        self.reader._load_rec_model()
        self.reader._load_cls_model()

    def boxes(self, image: Any) -> Any:
        """Return the corners of the lines of text, an array of shape (n, 4, 2), or None."""
        found = self.finder(image, use_det=True, use_cls=False, use_rec=False)
        return getattr(found, "boxes", None)

    def upside_down(self, crops: list[Any]) -> bool:
        """Whether most of the longest lines stand on their head."""
        longest = sorted(crops, key=lambda c: -c.shape[1] / max(c.shape[0], 1))[:9]
        votes = self.reader.text_cls(longest).cls_res or []
        return sum(1 if label == "180" else -1 for label, score in votes if score > 0.8) > 0

    def read(self, crops: list[Any]) -> list[tuple[str, float]]:
        """Recognise line pictures: (text, score) each, in the same order."""
        from rapidocr.ch_ppocr_rec import TextRecInput

        def one(index: int) -> tuple[int, str, float]:
            result = self.reader.text_rec(TextRecInput(img=[crops[index]], return_word_box=False))
            return index, result.txts[0], float(result.scores[0])

        order = sorted(range(len(crops)), key=lambda i: -crops[i].shape[1] / max(crops[i].shape[0], 1))
        out = [("", 0.0)] * len(crops)
        for index, text, score in self.pool.map(one, order):
            out[index] = (text, score)
        return out


def _models(params: dict[str, Any]) -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params=params)


@cache
def _engine() -> _Engine:
    threads = int(os.environ.get("CONFRERE_OCR_THREADS", "0")) or len(os.sched_getaffinity(0))
    return _Engine(max(1, min(threads, 8)))


def read_picture(image: Any, budget: Budget) -> Seen:
    """Read the text of a picture: an array of shape (height, width, 3), uint8, BGR."""
    import numpy

    engine = _engine()
    image = numpy.ascontiguousarray(image)
    turned = 0
    boxes = engine.boxes(image)
    if boxes is None or not len(boxes):
        return Seen(width=image.shape[1], height=image.shape[0])
    if _sideways(boxes):
        image, turned = numpy.ascontiguousarray(numpy.rot90(image)), 90
        boxes = engine.boxes(image)
        if boxes is None or not len(boxes):
            return Seen(width=image.shape[1], height=image.shape[0], turned=turned)
    crops = [_cut(image, box) for box in boxes]
    if engine.upside_down(crops):
        image = numpy.ascontiguousarray(numpy.rot90(image, 2))
        turned += 180
        height, width = image.shape[:2]
        boxes = numpy.array([[(width - x, height - y) for x, y in (b[2], b[3], b[0], b[1])] for b in boxes])
        crops = [_cut(image, box) for box in boxes]
    lines = [(box, text) for box, (text, score) in zip(boxes, engine.read(crops), strict=True) if text.strip() and score >= _SCORE]
    words, flat = _words(lines)
    return Seen(
        text=budget.take_text(reading_text(flat)),
        words=words,
        width=image.shape[1],
        height=image.shape[0],
        turned=turned,
    )


def _sideways(boxes: Any) -> bool:
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


def _cut(image: Any, box: Any) -> Any:
    """Cut a line out and straighten its perspective."""
    from rapidocr.utils.process_img import get_rotate_crop_image

    return get_rotate_crop_image(image, box.copy())


def _words(lines: list[tuple[Any, str]]) -> tuple[list[Word], list[Word]]:
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
