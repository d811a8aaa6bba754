"""A plain text as the content of a report: its title, headings, lists and paragraphs, as its author marked them."""

from __future__ import annotations

import re

from confrere.documents.write.content import ReportContent, Section, Text

_HEADING = re.compile(r"^(#{1,6})\s+(\S.*?)\s*#*$")
_POINT = re.compile(r"^\s*(?:[-*•–]|\d{1,3}[.)])\s+(\S.*)$")
_NUMBERED = re.compile(r"^\s*\d{1,3}[.)]\s")
_UNDERLINE = re.compile(r"^(?:={3,}|-{3,})\s*$")


def text_report(text: str, name: str) -> ReportContent:
    """The content of a text or Markdown file called ``name``. Its first line is the title where it stands alone and is short."""
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    title = name
    if lines and len(lines[0].strip()) <= 90 and not _POINT.match(lines[0]) and (len(lines) == 1 or _stands_alone(lines)):
        title = re.sub(r"^#+\s*", "", lines.pop(0)).strip()
        if lines and _UNDERLINE.match(lines[0]):
            lines.pop(0)
    sections = [Section(title="")]
    for line in lines:
        heading = _HEADING.match(line)
        if heading:
            sections.append(Section(title=heading[2], level=1 if len(heading[1]) < 3 else 2))
        else:
            _add(sections[-1], line)
    return ReportContent(title=title, sections=[section for section in sections if section.title or section.blocks])


def _stands_alone(lines: list[str]) -> bool:
    first, second = lines[0].strip(), lines[1].strip()
    return first.startswith("# ") or not second or bool(_UNDERLINE.match(second)) or first.isupper()


def _add(section: Section, line: str) -> None:
    """Put a line where it belongs: on a list, or in a paragraph of its own, as it was written."""
    point = _POINT.match(line)
    last = section.blocks[-1] if section.blocks else None
    if not line.strip():
        if isinstance(last, Text) and last.lines:
            section.blocks.append(Text(lines=[], points=False))
        return
    kind = (bool(point), bool(_NUMBERED.match(line)))
    if isinstance(last, Text) and (not last.lines or (last.points, last.ordered) == kind):
        last.points, last.ordered = kind
    else:
        last = Text(lines=[], points=kind[0], ordered=kind[1])
        section.blocks.append(last)
    last.lines.append(point[1] if point else line.rstrip())
