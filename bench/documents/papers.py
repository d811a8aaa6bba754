"""Papers written for measuring: a folder of ``NAME.typ`` (made into a PDF) and ``NAME.txt``, with their ``truth.toml``."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path

from confrere.documents.model import Document


def read_papers(folder: Path) -> dict[str, tuple[Document, dict[str, str]]]:
    """Every paper of a folder, read as the product reads a file, with what a person reads on it."""
    from confrere.documents.read import read_file

    with open(folder / "truth.toml", "rb") as file:
        truth = tomllib.load(file)
    papers: dict[str, tuple[Document, dict[str, str]]] = {}
    with tempfile.TemporaryDirectory() as work:
        for name, fields in truth.items():
            path = folder / f"{name}.txt"
            if not path.exists():
                path = make_pdf(folder / f"{name}.typ", Path(work))
            papers[name] = (read_file(path), fields)
    return papers


def make_pdf(source: Path, work: Path) -> Path:
    """Typeset one paper into ``work``."""
    import typst

    target = work / f"{source.stem}.pdf"
    typst.compile(source, output=target)
    return target
