"""Make the papers: ``python -m bench.documents.layouts DIR [--set a|b] [--only NAME,...]``.

``DIR/a`` and ``DIR/b`` get ``files/`` and ``truth.jsonl`` in the form of the labelled data. Half the layouts (a) are there to work with, the
others (b) are kept for a score on papers nobody has looked at.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bench.documents.layouts.html import Printer
from bench.documents.layouts.paper import LAYOUTS, Paper
from bench.documents.layouts.shelf import load
from bench.documents.layouts.thermal import Roll, render
from bench.documents.layouts.word import Word, to_pdf, write
from bench.documents.layouts.world import World

COPIES = 3
"""Papers of each layout."""


def make(folder: Path, half: str, only: frozenset[str] = frozenset()) -> Path:
    """Print the papers of a half into ``folder/half``, with their ``truth.jsonl``."""
    load()
    target = folder / half
    (target / "files").mkdir(parents=True, exist_ok=True)
    with Printer() as printer, open(target / "truth.jsonl", "w", encoding="utf-8") as truth:
        for layout in LAYOUTS:
            if layout.half != half or (only and layout.name not in only):
                continue
            for n in range(COPIES):
                world = World(layout.name, n)
                paper = layout.make(world)
                path = _print(paper, target / "files" / f"{layout.family}-{layout.name}-{n}", world, printer)
                notes = {"_family": layout.family, "_layout": layout.name, "_type_also": paper.also, "_supplier_also": paper.also_supplier}
                fields = {**paper.truth, **notes}
                for name, value in fields.items():
                    if value:
                        truth.write(json.dumps({"file": f"files/{path.name}", "field": name, "value": value}, ensure_ascii=False) + "\n")
    return target


def _print(paper: Paper, stem: Path, world: World, printer: Printer) -> Path:
    if isinstance(paper.body, Roll):
        path = stem.with_suffix(".jpg")
        render(paper.body, path, world.dice)
        return path
    if isinstance(paper.body, Word):
        path = stem.with_suffix(".docx")
        write(paper.body, path)
        return to_pdf(path) if paper.body.pdf else path
    path = stem.with_suffix(".pdf")
    printer.pdf(paper.body, path)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.documents.layouts")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", choices=("a", "b"), action="append", dest="halves")
    parser.add_argument("--only", default="", help="names of layouts, with commas")
    options = parser.parse_args()
    for half in options.halves or ("a", "b"):
        print(make(options.folder, half, frozenset(name for name in options.only.split(",") if name)))


if __name__ == "__main__":
    main()
