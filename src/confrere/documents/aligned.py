"""Tables of pages that only have words in places (a PDF's, a scan's), found from how the words line up.

In the line of Nurminen (2013) and camelot's ``network``: lines of words are cut into segments at wide gaps; a run of lines whose
segments line up is a table; its columns are the gaps that no segment crosses. Ruled cells, where the page draws them, are not
needed: what is aligned for a person is aligned for this.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median

import msgspec

from confrere.documents.model import Page, Table, Word
from confrere.documents.read.layout import cut_segments, group_lines

_GAP = 0.6
_LEAST_ROWS = 3
_MOST_LINES = 250


class _Segment(msgspec.Struct):
    words: list[Word]
    x0: float
    x1: float

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


class _Line(msgspec.Struct):
    segments: list[_Segment]
    y0: float
    y1: float


def page_tables(page: Page) -> list[Table]:
    """The tables of a page: those its format has, then those that its words form, in reading order; the latter are named after the page.

    Found when they are asked for and not when the file is read: most work on a folder needs none. A page of more than ``_MOST_LINES``
    lines of words is given none, for the cost grows faster than they do.
    """
    lines = group_lines(page.words) if page.words else []
    if not _LEAST_ROWS <= len(lines) <= _MOST_LINES:
        return page.tables
    return page.tables + [Table(rows=rows, name=page.label, header=_header(rows)) for rows in _tables([_line(line) for line in lines])]


def _tables(lines: list[_Line]) -> list[list[list[str]]]:
    out = []
    start = 0
    while start < len(lines):
        end = _run_end(lines, start)
        rows = _grid(lines[start:end]) if end - start >= _LEAST_ROWS else []
        if len(rows) >= 2 and max(len(row) for row in rows) >= 2:
            out.append(rows)
            start = end
        else:
            start += 1
    return out


def _line(words: list[Word]) -> _Line:
    segments = [_Segment(part, part[0].x0, max(w.x1 for w in part)) for part in cut_segments(words, _GAP)]
    return _Line(segments, min(w.y0 for w in words), max(w.y1 for w in words))


def _run_end(lines: list[_Line], start: int) -> int:
    """Return where the run of lines that line up with each other, begun at ``start`` by a line of two segments or more, ends."""
    if len(lines[start].segments) < 2:
        return start
    height = median(line.y1 - line.y0 for line in lines[start : start + 10])
    end, lone = start + 1, 0
    region = list(lines[start].segments)
    while end < len(lines):
        line = lines[end]
        if line.y0 - lines[end - 1].y1 > 2.5 * height:
            break
        if len(line.segments) >= 2:
            if not _fits(region, line):
                break
            lone = 0
        elif lone >= 2 or not _inside(region, line.segments[0]):
            break
        else:
            lone += line.y0 - lines[end - 1].y1 > 0.5 * height  # close lines are one long cell
        region.extend(line.segments)
        end += 1
    while end > start and len(lines[end - 1].segments) < 2 and not _continues(lines, start, end - 1):
        end -= 1
    return end


def _continues(lines: list[_Line], start: int, index: int) -> bool:
    """Whether a lone last segment is the second line of a cell above: close under it, or as close as those of the rows further up."""
    gap, height = lines[index].y0 - lines[index - 1].y1, lines[index - 1].y1 - lines[index - 1].y0
    last = max(n for n in range(start, index) if len(lines[n].segments) >= 2)
    inside = [lines[n].y0 - lines[n - 1].y1 for n in range(start + 1, last) if len(lines[n].segments) < 2]
    return gap < 0.35 * height or (bool(inside) and gap <= min(1.1 * median(inside), 0.8 * height))


def _fits(region: list[_Segment], line: _Line) -> bool:
    """Whether a line's segments leave at least one gap of the region open."""
    return len(_columns([*region, *line.segments])) >= 2


def _inside(region: list[_Segment], segment: _Segment) -> bool:
    """Whether a lone segment stays within one column of the region."""
    columns = _columns(region)
    return sum(1 for left, right in columns if segment.x0 < right - 1 and segment.x1 > left + 1) == 1 and len(columns) >= 2


def _columns(segments: list[_Segment]) -> list[tuple[float, float]]:
    """Merge overlapping segments into columns; one segment in ten may span several (a title, a note) and is left out."""
    spans = sorted(((s.x0, s.x1) for s in segments), key=lambda s: s[0] - s[1])
    best: list[tuple[float, float]] = []
    for left_out in range(len(spans) // 10 + 1):
        merged: list[list[float]] = []
        for x0, x1 in sorted(spans[left_out:]):
            if merged and x0 < merged[-1][1] - 0.5:
                merged[-1][1] = max(merged[-1][1], x1)
            else:
                merged.append([x0, x1])
        if len(merged) > len(best):
            best = [(a, b) for a, b in merged]
    return best


def _grid(lines: list[_Line]) -> list[list[str]]:
    """Place the segments of a run into columns; a line that only continues the cells above it joins their row."""
    columns = _columns([segment for line in lines for segment in line.segments])
    if len(columns) < 2:
        return []
    columns, lines = _split_at_rivers(columns, lines)
    spacing = [after.y0 - before.y1 for before, after in pairwise(lines)]
    usual = median(spacing) if spacing else 0.0
    rows: list[list[str]] = []
    filled = 0
    for index, line in enumerate(lines):
        row = [""] * len(columns)
        for segment in line.segments:
            middle = (segment.x0 + segment.x1) / 2
            place = min(range(len(columns)), key=lambda c: _distance(columns[c], segment, middle))
            row[place] = f"{row[place]} {segment.text}".strip()
        cells = [i for i, cell in enumerate(row) if cell]
        filled += len(cells) >= 2
        joined = bool(rows) and len(cells) == 1 and not any(c.isdigit() for c in row[cells[0]][-3:]) and bool(rows[-1][cells[0]])
        if joined and spacing[index - 1] <= min(1.15 * usual, 0.5 * (line.y1 - line.y0)):
            rows[-1][cells[0]] += " " + row[cells[0]]
        else:
            rows.append(row)
    return rows if filled >= 2 and filled >= 0.4 * len(rows) and not _is_prose(rows) else []


def _split_at_rivers(columns: list[tuple[float, float]], lines: list[_Line]) -> tuple[list[tuple[float, float]], list[_Line]]:
    """Cut columns too close to be told by one line's gaps, where a narrow strip stays open down the whole run."""
    out: list[tuple[float, float]] = []
    cuts: list[float] = []
    for left, right in columns:
        cells = [s.words for line in lines for s in line.segments if s.x0 < right and s.x1 > left]
        if len(cells) < 4:
            out.append((left, right))
            continue
        strip = 0.3 * median(w.y1 - w.y0 for cell in cells for w in cell)
        start = left
        for edge in sorted({w.x0 for cell in cells for w in cell if w.x0 > left + 1}):
            inside = [[w for w in cell if w.x1 > start] for cell in cells]
            crossed = sum(1 for cell in inside if any(w.x0 < edge - 0.01 and w.x1 > edge - strip for w in cell))
            sides = [([w for w in cell if w.x1 <= edge - strip], any(w.x0 >= edge - 0.01 for w in cell)) for cell in inside]
            both = sum(1 for before, after in sides if before and after)
            told = [w.text for before, after in sides if after for w in before]
            # One cell across the strip is allowed: a heading wider than the figures under it.
            if crossed <= 1 and both >= 4 and both >= 0.6 * len(cells) and _speaks(told):
                cut = max(w.x1 for before, _ in sides for w in before)
                out.append((start, cut))
                cuts.append((cut + edge) / 2)
                start = edge
        out.append((start, right))
    if not cuts:
        return columns, lines
    return out, [_Line([part for s in line.segments for part in _cut(s, cuts)], line.y0, line.y1) for line in lines]


def _speaks(texts: list[str]) -> bool:
    """Whether texts say something by themselves: not signs of currency, units or list marks that belong to what follows."""
    own = [text for text in texts if any(c.isalnum() for c in text)]
    return len(own) > 0.7 * len(texts) and not all(text.isalpha() and len(text) <= 3 for text in own)


def _cut(segment: _Segment, cuts: list[float]) -> list[_Segment]:
    parts: dict[int, list[Word]] = {}
    for word in segment.words:
        parts.setdefault(sum(1 for cut in cuts if cut < (word.x0 + word.x1) / 2), []).append(word)
    return [_Segment(part, part[0].x0, max(w.x1 for w in part)) for part in parts.values()]


def _is_prose(rows: list[list[str]]) -> bool:
    """Whether the columns are columns of running text: five words a cell or more, hardly a figure, in each of them."""
    for column in zip(*rows, strict=True):
        counts = [len(cell.split()) for cell in column if cell]
        figures = sum(1 for cell in column if any(c.isdigit() for c in cell))
        if not counts or median(counts) < 5 or figures > 0.3 * len(counts):
            return False
    return True


def _distance(column: tuple[float, float], segment: _Segment, middle: float) -> float:
    overlap = min(column[1], segment.x1) - max(column[0], segment.x0)
    return -overlap if overlap > 0 else min(abs(middle - column[0]), abs(middle - column[1]))


def _header(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns: no figures in it, some below."""
    return not any(c.isdigit() for cell in rows[0] for c in cell) and any(c.isdigit() for row in rows[1:] for cell in row for c in cell)
