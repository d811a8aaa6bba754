"""Pages as rows of segments: the one geometry under every extractor.

A *segment* is a run of words with ordinary spaces between them; a *row* is the segments that stand on one line. Pages
with boxes (PDF, OCR) give real coordinates; plain text gives its columns and line numbers, so that "to the right of"
and "below" mean the same thing everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from confrere.documents.extract.text import fold, skeleton
from confrere.documents.model import Document, Page, Word

MAX_PAGES = 12
"""Pages looked at from the front; the last two are looked at as well. Fields of office papers stand there."""
_MAX_WORDS = 6000
_MAX_LINE = 1500
_MAX_LINES = 2500
"""A line and a page of plain text are looked at up to here: what is longer is no form."""
_GAP = 0.85
"""A gap wider than this many text heights ends a segment. Ordinary spaces are 0.2 to 0.5 of the height."""
_TEXT_HEIGHT = 2.0
"""Height given to a line of plain text, whose characters are one unit wide."""


@dataclass(slots=True, eq=False)
class Segment:
    """A run of words on one line. ``page`` and ``row`` are indexes; ``plain`` is the folded text that labels are matched
    against, of the same length as ``text``."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    page: int = 0
    row: int = 0
    ocr: bool = False
    folded: str = ""
    plain: str = ""

    def __post_init__(self) -> None:
        self.folded = fold(self.text)
        self.plain = skeleton(self.folded) if self.ocr else self.folded

    @property
    def height(self) -> float:
        return max(self.y1 - self.y0, 0.1)

    @property
    def box(self) -> tuple[float, float, float, float]:
        return (self.x0, self.y0, self.x1, self.y1)

    def beside(self, other: Segment, slack: float = 0.0) -> bool:
        """Whether the two overlap horizontally, allowing ``slack`` units."""
        return min(self.x1, other.x1) - max(self.x0, other.x0) > -slack


@dataclass(slots=True, eq=False)
class Row:
    """One line of a page, left to right."""

    index: int
    page: int
    segments: list[Segment]
    text: str = ""
    folded: str = ""
    plain: str = ""

    def __post_init__(self) -> None:
        self.text = "  ".join(segment.text for segment in self.segments)
        self.folded = "  ".join(segment.folded for segment in self.segments)
        self.plain = "  ".join(segment.plain for segment in self.segments)

    @property
    def y0(self) -> float:
        return min(segment.y0 for segment in self.segments)

    @property
    def y1(self) -> float:
        return max(segment.y1 for segment in self.segments)


@dataclass(slots=True)
class Sheet:
    """The size of one page, its label, and whether its boxes are real."""

    label: str
    width: float
    height: float
    boxed: bool
    ocr: bool


@dataclass
class Layout:
    """All rows of a document in reading order."""

    rows: list[Row] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)

    @cached_property
    def segments(self) -> list[Segment]:
        return [segment for row in self.rows for segment in row.segments]

    @cached_property
    def text(self) -> str:
        return "\n".join(row.text for row in self.rows)

    @cached_property
    def folded(self) -> str:
        return "\n".join(row.folded for row in self.rows)

    @cached_property
    def ocr(self) -> bool:
        return any(sheet.ocr for sheet in self.sheets)

    def label(self, segment: Segment | None) -> str:
        return self.sheets[segment.page].label if segment is not None and self.sheets else ""

    def box(self, segment: Segment | None) -> tuple[float, float, float, float] | None:
        """The box of ``segment`` in page units, None where the page has no real boxes."""
        if segment is None or not self.sheets[segment.page].boxed:
            return None
        return segment.box

    def depth(self, segment: Segment) -> float:
        """How far down its page a segment stands, 0 top to 1 bottom."""
        height = self.sheets[segment.page].height
        return segment.y0 / height if height else 0.0

    def right_of(self, segment: Segment) -> list[Segment]:
        """The segments after ``segment`` on its row, nearest first."""
        row = self.rows[segment.row].segments
        return row[row.index(segment) + 1 :]

    def left_of(self, segment: Segment) -> Segment | None:
        row = self.rows[segment.row].segments
        place = row.index(segment)
        return row[place - 1] if place else None

    def below(self, segment: Segment, rows: int = 3, gap: float = 3.0) -> Iterator[Segment]:
        """Segments under ``segment`` that overlap it horizontally, nearest first, at most ``rows`` of them, each no more
        than ``gap`` text heights under the one before."""
        last = segment
        found = 0
        for row in self.rows[segment.row + 1 :]:
            if row.page != segment.page or row.y0 - last.y1 > gap * max(last.height, segment.height):
                return
            under = [other for other in row.segments if other.beside(segment, 0.3 * segment.height)]
            if not under:
                continue
            yield min(under, key=lambda other: abs(other.x0 - segment.x0))
            last = min(under, key=lambda other: abs(other.x0 - segment.x0))
            found += 1
            if found >= rows:
                return

    def above(self, segment: Segment, gap: float = 3.0) -> Segment | None:
        """The nearest segment over ``segment`` that overlaps it horizontally."""
        for row in reversed(self.rows[: segment.row]):
            if row.page != segment.page or segment.y0 - row.y1 > gap * segment.height:
                return None
            over = [other for other in row.segments if other.beside(segment)]
            if over:
                return min(over, key=lambda other: abs(other.x0 - segment.x0))
        return None


def build(document: Document) -> Layout:
    """Lay a document out. The first MAX_PAGES pages and the last two are taken; more would cost time, and find nothing."""
    layout = Layout()
    pages = document.pages
    chosen = pages if len(pages) <= MAX_PAGES + 2 else [*pages[:MAX_PAGES], *pages[-2:]]
    for number, page in enumerate(chosen):
        lines = _boxed(page) if len(page.words) > 3 else _plain(page)
        boxed = len(page.words) > 3
        height = page.height if boxed and page.height else max((s.y1 for line in lines for s in line), default=1.0)
        width = page.width if boxed and page.width else max((s.x1 for line in lines for s in line), default=1.0)
        layout.sheets.append(Sheet(page.label, width, height, boxed, page.ocr))
        for line in lines:
            index = len(layout.rows)
            for segment in line:
                segment.page, segment.row = number, index
            layout.rows.append(Row(index, number, line))
    return layout


def _boxed(page: Page) -> list[list[Segment]]:
    words = [word for word in page.words[:_MAX_WORDS] if word.text.strip() and word.x1 > word.x0]
    lines = _lines(words, _slope(words) if page.ocr else 0.0)
    out = []
    for line in lines:
        segments: list[Segment] = []
        run: list[Word] = []
        for word in line:
            if run:
                height = max(min(run[-1].y1 - run[-1].y0, word.y1 - word.y0), 1.0)
                if word.x0 - run[-1].x1 > _GAP * height:
                    segments.append(_segment(run, page.ocr))
                    run = []
            run.append(word)
        if run:
            segments.append(_segment(run, page.ocr))
        out.append(segments)
    return out


def _segment(run: list[Word], ocr: bool) -> Segment:
    text = _SPACED.sub(lambda match: match.group().replace(" ", ""), " ".join(word.text.strip() for word in run))
    return Segment(
        text,
        min(w.x0 for w in run),
        min(w.y0 for w in run),
        max(w.x1 for w in run),
        max(w.y1 for w in run),
        ocr=ocr,
    )


_SPACED = re.compile(r"(?<!\S)[^\W\d_](?: [^\W\d_]){4,}(?!\S)")
"""Letter-spaced titles: "F A C T U R E"."""


def _slope(words: list[Word]) -> float:
    """The slope of the lines of a scan: the median slope from each word to the next of its line, by length of the step."""
    steps: list[tuple[float, float]] = []
    for left, right in pairwise(words):
        across = (right.x0 + right.x1 - left.x0 - left.x1) / 2
        down = (right.y0 + right.y1 - left.y0 - left.y1) / 2
        height = max(left.y1 - left.y0, right.y1 - right.y0)
        if across > 0 and right.x0 - left.x1 < height and abs(down) < 0.5 * height:
            steps.append((down / across, across))
    if len(steps) < 8:
        return 0.0
    half = sum(weight for _, weight in steps) / 2
    for slope, weight in sorted(steps):
        half -= weight
        if half <= 0:
            return slope if abs(slope) > 0.004 else 0.0
    return 0.0


def _lines(words: list[Word], slope: float = 0.0) -> list[list[Word]]:
    """Words into lines, ``slope`` taken out. Going from left to right, a word joins the line whose last word it overlaps most in
    height, which follows what slope is left."""
    if slope:
        level = {id(word): slope * (word.x0 + word.x1) / 2 for word in words}
        flat = {id(word): Word(word.text, word.x0, word.y0 - level[id(word)], word.x1, word.y1 - level[id(word)]) for word in words}
        back = {id(flat[id(word)]): word for word in words}
        return [[back[id(word)] for word in line] for line in _lines(list(flat.values()))]
    lines: list[list[Word]] = []
    buckets: dict[int, list[int]] = {}
    heights = sorted(word.y1 - word.y0 for word in words)
    unit = max(heights[len(heights) // 2], 1.0) if heights else 1.0
    for word in sorted(words, key=lambda w: (w.x0, w.y0)):
        centre = (word.y0 + word.y1) / 2
        best, best_share = -1, 0.5
        slot = int(centre // (2 * unit))
        for number in {n for key in (slot - 1, slot, slot + 1) for n in buckets.get(key, ())}:
            last = lines[number][-1]
            overlap = min(word.y1, last.y1) - max(word.y0, last.y0)
            share = overlap / max(min(word.y1 - word.y0, last.y1 - last.y0), 0.1)
            away = abs(centre - (last.y0 + last.y1) / 2)
            if share > best_share and away < 0.5 * max(word.y1 - word.y0, last.y1 - last.y0):
                best, best_share = number, share
        if best < 0:
            best = len(lines)
            lines.append([])
        lines[best].append(word)
        bucket = buckets.setdefault(slot, [])
        if best not in bucket:
            bucket.append(best)
    for line in lines:
        line.sort(key=lambda w: w.x0)
    lines.sort(key=lambda line: sum(w.y0 + w.y1 for w in line) / len(line))
    return lines


def _plain(page: Page) -> list[list[Segment]]:
    lines: list[list[Segment]] = []
    y = 0.0
    for raw in page.text[: _MAX_LINE * _MAX_LINES].splitlines()[:_MAX_LINES]:
        raw = raw[:_MAX_LINE]
        text = raw.expandtabs(8) if "\t" not in raw.strip() else raw.replace("\t", "    ")
        segments = []
        for match in re.finditer(r"[^\s|](?:(?!\s{2,}|\s\|)[^\n])*", text):
            piece = match.group().rstrip()
            start = float(match.start())
            segments.append(Segment(piece, start, y, start + len(piece), y + _TEXT_HEIGHT, ocr=page.ocr))
        if segments:
            lines.append(segments)
        y += _TEXT_HEIGHT * 1.2
    for table in page.tables if not lines else ():
        for cells in table.rows:
            x = 0.0
            segments = []
            for cell in cells:
                piece = "" if cell is None else str(cell).strip()
                if piece:
                    segments.append(Segment(piece, x, y, x + max(len(piece), 1), y + _TEXT_HEIGHT))
                x += 24.0
            if segments:
                lines.append(segments)
            y += _TEXT_HEIGHT * 1.2
    return lines
