"""The three networks of PP-OCR as rapidocr's wheel ships them, run on onnxruntime: where lines are, whether they stand on their head,
what they say. No network, no download.

Detection is Differentiable Binarization (Liao et al., 2020): threshold the map, take the contours' smallest rectangles, grow them
by area x ratio / perimeter. Recognition is CTC, decoded greedily. Measured on receipts: crops recognised one at a time, unpadded, a
thread each, with onnxruntime's spinning off and its arena on, cost half of rapidocr's padded batches for the same text.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

Box = list[tuple[float, float]]
"""The corners of a line of text in pixels: top left, top right, bottom right, bottom left (as the text lies)."""

LONG_SIDE = 1440
SHORT_SIDE = 736
_MASK, _BOX, _GROW, _CANDIDATES = 0.3, 0.5, 1.6, 1500
_HEIGHT, _LEAST_WIDTH, _MOST_WIDTH = 48, 48, 3200
_DETECT, _READ, _TURN = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx", "ch_ppocr_mobile_v2.0_cls_mobile.onnx"


class Models:
    """The loaded networks. ``threads`` is how many cores they may use."""

    def __init__(self, threads: int) -> None:
        import cv2

        cv2.setNumThreads(1)
        self._detect = _session(_DETECT, threads)
        self._read = _session(_READ, 1)
        self._turn = _session(_TURN, 1)
        letters = self._read.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._letters = ["", *letters, " "]
        self._western = [i for i, letter in enumerate(self._letters) if _is_western(letter)]
        self._pool = ThreadPoolExecutor(threads)

    def find_lines(self, image: Any) -> list[Box]:
        """Return the boxes of the lines of text in an image of shape (height, width, 3), uint8, BGR; top to bottom."""
        import cv2
        import numpy

        height, width = image.shape[:2]
        scale = min(max(SHORT_SIDE / min(height, width), 1.0), LONG_SIDE / max(height, width))
        if scale > 1:
            scale = min(scale, 2.0)
        rows, columns = (max(32, round(side * scale / 32) * 32) for side in (height, width))
        small = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        heat = self._detect.run(None, {self._detect.get_inputs()[0].name: _normal(small)}, _giving_back())[0][0, 0]
        mask = cv2.dilate((heat > _MASK).astype(numpy.uint8), numpy.ones((2, 2), numpy.uint8))
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        boxes = []
        for contour in contours[:_CANDIDATES]:
            centre, (w, h), angle = cv2.minAreaRect(contour)
            if min(w, h) < 3 or _mean(heat, contour) < _BOX:
                continue
            grown = w * h * _GROW / (2 * (w + h))
            corners = cv2.boxPoints((centre, (w + 2 * grown, h + 2 * grown), angle))
            box = _ordered([(float(x) * width / columns, float(y) * height / rows) for x, y in corners])
            box = [(min(max(x, 0.0), width - 1.0), min(max(y, 0.0), height - 1.0)) for x, y in box]
            if math.dist(box[0], box[1]) > 3 and math.dist(box[0], box[3]) > 3:
                boxes.append(box)
        return sorted(boxes, key=lambda b: (b[0][1], b[0][0]))

    def upside_down(self, crops: list[Any]) -> bool:
        """Whether most of the longest lines stand on their head."""
        longest = sorted(crops, key=lambda c: -c.shape[1] / max(c.shape[0], 1))[:9]
        votes = 0
        for crop in longest:
            upright, turned = self._turn.run(None, {self._turn.get_inputs()[0].name: _strip(crop, 192, 192)})[0][0]
            if max(upright, turned) > 0.8:
                votes += 1 if turned > upright else -1
        return votes > 0

    def read_lines(self, crops: list[Any]) -> list[tuple[str, float]]:
        """Return (text, mean probability of its letters) of each line picture, in the same order.

        The networks know 18,000 letters, most of them Chinese, and see some in a row of asterisks: where most of the page is not
        sure to be in another script, only letters of western Europe are considered.
        """
        order = sorted(range(len(crops)), key=lambda i: -crops[i].shape[1] / max(crops[i].shape[0], 1))
        out = [(("", 0.0), ("", 0.0))] * len(crops)
        for index, line in zip(order, self._pool.map(lambda i: self._line(crops[i]), order), strict=True):
            out[index] = line
        letters = [c for (text, sure), _ in out for c in text if sure > 0.8 and not c.isspace()]
        other = sum(1 for c in letters if not _is_western(c))
        return [line[0] if other > 0.5 * len(letters) else line[1] for line in out]

    def _line(self, crop: Any) -> tuple[tuple[str, float], tuple[str, float]]:
        """Read one line with all letters, and with western ones."""
        scores = self._read.run(None, {self._read.get_inputs()[0].name: _strip(crop, _LEAST_WIDTH, _MOST_WIDTH)})[0][0]
        western = scores[:, self._western]
        return (
            _decode(scores, scores.argmax(axis=1).tolist(), self._letters),
            _decode(western, western.argmax(axis=1).tolist(), [self._letters[i] for i in self._western]),
        )


@cache
def models() -> Models:
    """Return the networks, loaded at the first call, on all cores this process may use (or CONFRERE_OCR_THREADS)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Models(max(1, min(int(os.environ.get("CONFRERE_OCR_THREADS") or cores), 8)))


def cut_line(image: Any, box: Box) -> Any:
    """Cut a line out of an image, its perspective straightened; a line that runs upwards is turned."""
    import cv2
    import numpy

    width = max(1, int(max(math.dist(box[0], box[1]), math.dist(box[2], box[3]))))
    height = max(1, int(max(math.dist(box[0], box[3]), math.dist(box[1], box[2]))))
    target = numpy.array([(0, 0), (width, 0), (width, height), (0, height)], numpy.float32)
    matrix = cv2.getPerspectiveTransform(numpy.array(box, numpy.float32), target)
    crop = cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return numpy.rot90(crop) if height >= 1.5 * width else crop


def _decode(scores: Any, best: list[int], alphabet: list[str]) -> tuple[str, float]:
    """Decode CTC greedily: repeats count once, letter 0 is the blank."""
    letters, sure = [], []
    before = 0
    for step, letter in enumerate(best):
        if letter and letter != before:
            letters.append(alphabet[letter])
            sure.append(float(scores[step, letter]))
        before = letter
    return "".join(letters), sum(sure) / len(sure) if sure else 0.0


def _is_western(letter: str) -> bool:
    """Whether a letter (or the blank, "") belongs to a script of western and central Europe, its figures and signs."""
    code = ord(letter[0]) if letter else 0
    return code < 0x180 or letter in "–—‘’“”„•…€™№✓✔≤≥→"


def _session(name: str, threads: int) -> Any:
    import onnxruntime
    import rapidocr

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_mem_pattern = False  # each picture has a size of its own: a plan of memory kept for each costs 200 MB and saves nothing
    path = Path(rapidocr.__file__).parent / "models" / name
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def _giving_back() -> Any:
    """Options of a run after which its memory goes back: finding the lines of a page takes 200 MB, for a moment."""
    import onnxruntime

    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def _normal(image: Any) -> Any:
    """Return an image as the networks take it: shape (1, 3, height, width), float32, -1 to 1."""
    import numpy

    values = image.astype(numpy.float32)
    values *= 2.0 / 255.0
    values -= 1.0
    return numpy.ascontiguousarray(values.transpose(2, 0, 1)[None])


def _strip(crop: Any, least: int, most: int) -> Any:
    """Scale a line to 48 pixels high and pad it (with mid grey, the networks' zero) to ``least`` and a multiple of 8."""
    import cv2
    import numpy

    width = min(max(1, math.ceil(_HEIGHT * crop.shape[1] / max(crop.shape[0], 1))), most)
    values = _normal(cv2.resize(crop, (width, _HEIGHT)))
    whole = max(least, -(-width // 8) * 8)
    if whole == width:
        return values
    return numpy.pad(values, ((0, 0), (0, 0), (0, 0), (0, whole - width)))


def _mean(heat: Any, contour: Any) -> float:
    import cv2
    import numpy

    x, y, w, h = cv2.boundingRect(contour)
    box = cv2.boxPoints(cv2.minAreaRect(contour)) - (x, y)
    mask = numpy.zeros((h, w), numpy.uint8)
    cv2.fillPoly(mask, [box.astype(numpy.int32)], 1)
    return float(cv2.mean(heat[y : y + h, x : x + w], mask)[0])


def _ordered(corners: Box) -> Box:
    """Sort corners: top left, top right, bottom right, bottom left."""
    by_x = sorted(corners)
    left, right = sorted(by_x[:2], key=lambda c: c[1]), sorted(by_x[2:], key=lambda c: c[1])
    return [left[0], right[0], right[1], left[1]]
