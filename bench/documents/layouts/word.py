"""Papers written in Word: paragraphs and tables, kept as DOCX or turned into PDF by LibreOffice."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Word:
    """Blocks of a Word document: ``str`` is a paragraph (``# `` a heading, ``> `` at the right, ``*`` bold), a tuple of rows is a table."""

    blocks: tuple[str | tuple[tuple[str, ...], ...], ...]
    header: str = ""
    footer: str = ""
    pdf: bool = True


def write(word: Word, path: Path) -> None:
    """Write ``word`` as a DOCX at ``path``."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = word.header
    document.sections[0].footer.paragraphs[0].text = word.footer
    for block in word.blocks:
        if isinstance(block, tuple):
            table = document.add_table(rows=len(block), cols=len(block[0]), style="Table Grid")
            for row, texts in zip(table.rows, block, strict=True):
                for cell, text in zip(row.cells, texts, strict=True):
                    cell.text = text
            continue
        if block.startswith("# "):
            document.add_heading(block[2:], 1)
            continue
        right, bold = block.startswith("> "), block.startswith("*")
        paragraph = document.add_paragraph()
        paragraph.add_run(block[2:] if right else block.lstrip("*")).bold = bold
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.save(str(path))


def to_pdf(path: Path) -> Path:
    """Turn a DOCX into a PDF beside it, and take the DOCX away."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "pdf", "--outdir", str(path.parent), str(path)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    path.unlink()
    return path.with_suffix(".pdf")
