"""Reports as Markdown, for people and programs that read plain text."""

from __future__ import annotations

import re
from pathlib import Path

from confrere.documents.write import formats
from confrere.documents.write.charts import label
from confrere.documents.write.content import Block, Chart, Figures, ReportContent, Table, Text
from confrere.documents.write.text import plain
from confrere.messages import say


def report_markdown(path: Path, content: ReportContent, language: str) -> None:
    """Write ``content`` as UTF-8 Markdown (CommonMark with tables). Charts become tables of their values."""
    lines = [f"# {inline(content.title)}", ""]
    if content.subtitle:
        lines += [inline(content.subtitle), ""]
    for figure in content.figures:
        lines.append(f"- **{inline(figure.value)}** {inline(figure.label)}" + (f" ({inline(figure.note)})" if figure.note else ""))
    if content.figures:
        lines.append("")
    if content.summary:
        lines += [f"## {say('write.summary', language)}", "", *(f"- {inline(line)}" for line in content.summary), ""]
    for section in content.sections:
        lines += ["#" * (section.level + 1) + f" {inline(section.title)}", ""]
        for block in section.blocks:
            lines += [*_block(block, language), ""]
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def inline(text: str) -> str:
    """``text`` on one line, with what Markdown or HTML would interpret escaped."""
    text = " ".join(plain(text).split(" ")).replace("\n", " ")
    text = re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", text)
    return re.sub(r"^(\s*)([-+]|\d+[.)])(?=\s)", r"\1\\\2", text)


def _block(block: Block, language: str) -> list[str]:
    if isinstance(block, Figures):
        return [f"- **{inline(figure.value)}** {inline(figure.label)}" for figure in block.figures]
    if isinstance(block, Text):
        head = [f"**{inline(block.title)}**", ""] if block.title else []
        if block.ordered:
            return head + [f"{number}. {inline(line)}" for number, line in enumerate(block.lines, 1)]
        if block.points:
            return head + [f"- {inline(line)}" for line in block.lines]
        return head + [part for line in block.lines for part in (inline(line), "")]
    if isinstance(block, Chart):
        rows = [
            [name, *(label(series.values[number], block, language) for series in block.series)]
            for number, name in enumerate(block.categories)
        ]
        return _grid(block.title, ["", *(series.name for series in block.series)], rows, [False, *[True] * len(block.series)])
    return _table(block, language)


def _table(block: Table, language: str) -> list[str]:
    rows = [
        [formats.cell(value, column.kind, language, column.currency) for value, column in zip(row, block.columns, strict=True)]
        for row in [*block.rows, *([block.total] if block.total else [])]
    ]
    right = [column.kind in ("number", "money", "percent", "amount") for column in block.columns]
    return _grid(block.title, [column.title for column in block.columns], rows, right)


def _grid(title: str, heads: list[str], rows: list[list[str]], right: list[bool]) -> list[str]:
    lines = [f"**{inline(title)}**", ""] if title else []
    lines.append("| " + " | ".join(inline(head) for head in heads) + " |")
    lines.append("| " + " | ".join("---:" if flag else "---" for flag in right) + " |")
    return lines + ["| " + " | ".join(inline(cell) for cell in row) + " |" for row in rows]
