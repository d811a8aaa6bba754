"""Reports as PDF, set by Typst from data: no text of a document is ever read as markup."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

from confrere.documents.write import formats
from confrere.documents.write.charts import label
from confrere.documents.write.content import Block, Chart, Figure, Figures, ReportContent, Table, Text
from confrere.documents.write.package import stamp
from confrere.documents.write.text import column_widths, plain
from confrere.messages import say

_LACKING = re.compile(r'text `"(.+?)"` could not be displayed')
_GLYPH_ROUNDS = 8
_TEXT_WIDTH = (210 - 2 * 22) / 25.4 * 72  # points: A4 less the margins of report.typ


def report_pdf(path: Path, content: ReportContent, language: str) -> None:
    """Write ``content`` as an A4 PDF, tagged for screen readers (PDF/UA-1). Uses the fonts Typst brings along."""
    data = {
        "title": plain(content.title),
        "subtitle": plain(content.subtitle),
        "language": "fr" if language == "fr" else "en",
        "day": [content.day.year, content.day.month, content.day.day] if content.day else None,
        "summary": [plain(line) for line in content.summary],
        "summary-title": say("write.summary", language),
        "figures": [_figure(figure) for figure in content.figures],
        "sections": [
            {"title": plain(section.title), "level": section.level, "blocks": [_block(block, language) for block in section.blocks]}
            for section in content.sections
        ],
    }
    path.write_bytes(_compile(json.dumps(data, ensure_ascii=False), int(stamp(content.day).replace(tzinfo=dt.UTC).timestamp())))


def _compile(data: str, moment: int) -> bytes:
    """The PDF. What no font of this machine can draw (an emoji in a file name) becomes "□", for PDF/UA refuses a missing glyph;
    a text in a script without fonts is set without that standard rather than not at all."""
    import typst

    source = Path(__file__).with_name("report.typ")
    for _ in range(_GLYPH_ROUNDS):
        try:
            made = typst.compile(str(source), root=str(source.parent), sys_inputs={"data": data}, pdf_standards=["ua-1"], timestamp=moment)
            return bytes(made)
        except typst.TypstError as error:
            lacking = {ch for run in _LACKING.findall(str(error)) for ch in run if not ch.isascii()}
            if not lacking:
                raise
            data = data.translate(dict.fromkeys(map(ord, lacking), "□"))
    return bytes(typst.compile(str(source), root=str(source.parent), sys_inputs={"data": data}, timestamp=moment))


def _figure(figure: Figure) -> dict[str, str]:
    return {"value": plain(figure.value), "label": plain(figure.label), "note": plain(figure.note), "tone": figure.tone}


def _block(block: Block, language: str) -> dict[str, Any]:
    if isinstance(block, Figures):
        return {"type": "figures", "figures": [_figure(figure) for figure in block.figures]}
    if isinstance(block, Text):
        return {
            "type": "text",
            "title": plain(block.title),
            "lines": [plain(line) for line in block.lines],
            "points": block.points,
            "ordered": block.ordered,
        }
    if isinstance(block, Chart):
        return {
            "type": "chart",
            "kind": block.kind,
            "title": plain(block.title),
            "alt": plain(block.alt or block.title or "–"),
            "categories": [plain(name) for name in block.categories],
            "highlight": block.highlight,
            "pale": block.pale,
            "series": [
                {
                    "name": plain(series.name),
                    "values": [float(value or 0) for value in series.values],
                    "labels": [label(value, block, language) for value in series.values],
                }
                for series in block.series
            ],
        }
    return _table(block, language)


def _table(block: Table, language: str) -> dict[str, Any]:
    rows = [
        [formats.cell(value, column.kind, language, column.currency) for value, column in zip(row, block.columns, strict=True)]
        for row in [*block.rows, *([block.total] if block.total else [])]
    ]
    shares = column_widths([[plain(column.title) for column in block.columns], *rows], 9, _TEXT_WIDTH, 12)
    return {
        "type": "table",
        "title": plain(block.title),
        "rows": rows,
        "total": block.total is not None,
        "columns": [
            {"title": plain(column.title), "right": column.kind in ("number", "money", "percent", "amount"), "share": share}
            for column, share in zip(block.columns, shares, strict=True)
        ],
    }
