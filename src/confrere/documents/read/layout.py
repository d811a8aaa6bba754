"""From words with boxes to text in reading order.

Words are clustered into lines by vertical overlap, lines are cut at wide gaps into segments, and the page is read line by line,
so that a label and its amount stay on one line (wide gaps become three spaces). Only where two or more columns of prose face each
other (a gutter crossed by nothing, long segments on both sides: the recursive X-Y cut of Nagy and Seth, 1984, kept to
prose) is the left column read before the right one.
"""

from __future__ import annotations

from statistics import median

from confrere.documents.model import Word

GAP = "   "


def group_lines(words: list[Word]) -> list[list[Word]]:
    """Cluster words into lines, top to bottom, each line left to right."""
    lines: list[list[Word]] = []
    bands: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda w: ((w.y0 + w.y1) / 2, w.x0)):
        middle, height = (word.y0 + word.y1) / 2, max(word.y1 - word.y0, 0.1)
        for back in range(1, min(4, len(lines)) + 1):
            top, bottom = bands[-back]
            overlap = min(bottom, word.y1) - max(top, word.y0)
            if overlap > 0.5 * min(height, bottom - top) and abs(middle - (top + bottom) / 2) < 0.5 * max(height, bottom - top):
                lines[-back].append(word)
                break
        else:
            lines.append([word])
            bands.append((word.y0, word.y1))
    for line in lines:
        line.sort(key=lambda w: w.x0)
    return lines


def cut_segments(line: list[Word], factor: float = 1.5) -> list[list[Word]]:
    """Cut a line where the gap between words is wider than ``factor`` times the height of its words."""
    height = median(max(w.y1 - w.y0, 0.1) for w in line)
    segments = [[line[0]]]
    right = line[0].x1
    for word in line[1:]:
        if word.x0 - right > factor * height:
            segments.append([word])
        else:
            segments[-1].append(word)
        right = max(right, word.x1)
    return segments


def reading_text(words: list[Word]) -> str:
    """Return the text of a page in reading order: a line a line, a blank line between blocks."""
    if not words:
        return ""
    return "\n".join(_read(words, 0))


def _read(words: list[Word], depth: int) -> list[str]:
    lines = group_lines(words)
    if depth < 3 and len(lines) >= 6:
        cut = _prose_gutter(lines)
        if cut is not None:
            top, bottom, gutter = cut
            above = [w for line in lines[:top] for w in line]
            middle = [w for line in lines[top:bottom] for w in line]
            below = [w for line in lines[bottom:] for w in line]
            left = [w for w in middle if (w.x0 + w.x1) / 2 < gutter]
            right = [w for w in middle if (w.x0 + w.x1) / 2 >= gutter]
            parts = [_read(part, depth + 1) for part in (above, left, right, below) if part]
            return [text for index, part in enumerate(parts) for text in ([""] if index else []) + part]
    out: list[str] = []
    bottom_before: float | None = None
    for line in lines:
        head, foot = min(w.y0 for w in line), max(w.y1 for w in line)
        if bottom_before is not None and head - bottom_before > 0.9 * (foot - head):
            out.append("")
        out.append(GAP.join(" ".join(w.text for w in segment) for segment in cut_segments(line)))
        bottom_before = foot
    return out


def _prose_gutter(lines: list[list[Word]]) -> tuple[int, int, float] | None:
    """Find the longest run of lines that face each other across a gutter, both sides prose: (first, last + 1, x)."""
    gaps: list[list[tuple[float, float]]] = []
    for line in lines:
        found = []
        right = line[0].x1
        height = median(max(w.y1 - w.y0, 0.1) for w in line)
        for word in line[1:]:
            if word.x0 - right > 0.8 * height:
                found.append((right, word.x0))
            right = max(right, word.x1)
        gaps.append(found)
    best: tuple[int, int, float] | None = None
    for start, found in enumerate(gaps):
        for low, high in found:
            end, both, lo, hi = start, 0, low, high
            for index in range(start, len(lines)):
                line = lines[index]
                gap = next(((a, b) for a, b in gaps[index] if min(b, hi) - max(a, lo) > 2), None)
                if gap is not None:
                    lo, hi = max(lo, gap[0]), min(hi, gap[1])
                    both += 1
                elif any(w.x0 < hi and w.x1 > lo for w in line):
                    break
                end = index + 1
            if both >= 5 and both >= 0.6 * (end - start) and (best is None or end - start > best[1] - best[0]):
                gutter = (lo + hi) / 2
                if _prose(lines[start:end], gutter):
                    best = (start, end, gutter)
        if best is not None and best[1] - best[0] > len(lines) - start:
            break
    return best


def _prose(lines: list[list[Word]], gutter: float) -> bool:
    """Whether both sides hold running text: five words or more a line on average, few of them numbers."""
    for side in (0, 1):
        rows = [[w for w in line if ((w.x0 + w.x1) / 2 >= gutter) == bool(side)] for line in lines]
        rows = [row for row in rows if row]
        count = sum(len(row) for row in rows)
        figures = sum(any(c.isdigit() for c in w.text) for row in rows for w in row)
        if not rows or count < 4.5 * len(rows) or figures > 0.25 * count:
            return False
    return True
