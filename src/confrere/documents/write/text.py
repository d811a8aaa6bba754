"""Text from anywhere, made safe to write; and text measured, so that it fits where it is put."""

from __future__ import annotations

import re

from confrere.documents.write import metrics

# What XML 1.0 cannot hold, the lone surrogates of undecodable file names, and what would turn the reading order around.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def plain(value: str) -> str:
    """``value`` without what no document can hold: such characters are shown escaped, none disappears silently."""
    return _UNWRITABLE.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode(), value)


def line(value: str, limit: int = 0) -> str:
    """``value`` on one line, cut at a word with "…" beyond ``limit`` characters (0: no limit)."""
    text = " ".join(plain(value).split())
    if limit and len(text) > limit:
        text = text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…" if " " in text[: limit - 1] else text[: limit - 1] + "…"
    return text


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of ``text`` in points, set in Calibri (or Carlito, which has the same metrics) at ``size`` points.

    Widths come from a table in the code, not from the fonts of this machine, so that a deck is laid out alike everywhere.
    """
    table = metrics.BOLD if bold else metrics.REGULAR
    return sum(table.get(ch) or metrics.other(ch) for ch in text) * size / metrics.UNITS


def wrap(text: str, size: float, limit: float, bold: bool = False) -> list[str]:
    """``text`` broken into lines of at most ``limit`` points, at spaces (never at no-break ones), inside a word only
    where a word alone is too wide."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        current = ""
        for word in re.split("[ \t]+", paragraph):
            candidate = f"{current} {word}" if current else word
            if width(candidate, size, bold) <= limit:
                current = candidate
                continue
            if current:
                lines.append(current)
            while width(word, size, bold) > limit and len(word) > 1:
                cut = len(word) - 1
                while cut > 1 and width(word[:cut], size, bold) > limit:
                    cut -= 1
                lines.append(word[:cut])
                word = word[cut:]
            current = word
        lines.append(current)
    return lines


def clip(text: str, size: float, limit: float, lines: int = 1, bold: bool = False) -> str:
    """``text`` shortened with "…" until it takes no more than ``lines`` lines of ``limit`` points."""
    if len(wrap(text, size, limit, bold)) <= lines:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if len(wrap(text[:middle].rstrip() + "…", size, limit, bold)) <= lines:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip().rstrip(" ,;:(") + "…"


def column_widths(rows: list[list[str]], size: float, total: float, margins: float) -> list[float]:
    """Widths in points, adding up to ``total``, for a table whose first row is its (bold) header.

    Columns get what their longest cell asks, ``margins`` included; where that is too much the widest give way first.
    """
    wanted = [max(width(row[place], size, number == 0) for number, row in enumerate(rows)) + margins for place in range(len(rows[0]))]
    if sum(wanted) <= total:
        return [value * total / sum(wanted) for value in wanted]
    low, high = 0.0, max(wanted)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if sum(min(value, middle) for value in wanted) > total else (middle, high)
    return [min(value, low) for value in wanted]
