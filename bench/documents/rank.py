"""Fits the weights of ``confrere.documents.extract.ranking`` and tells how often the right issuer comes first on layouts left out.

``python -m bench.documents.rank --data DIR [--cache DIR]``: each folder of DIR holds ``files/`` and ``truth.jsonl``. Papers whose
names differ only by a number at the end are of one layout, and are all left out together.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.documents.__main__ import _expected, _folders, _read, _truth
from bench.documents.compare import same
from confrere.documents.extract import extract, ranking
from confrere.documents.extract.board import Board
from confrere.documents.extract.layout import Layout

FOLDS = 12
PULL = 3.0
"""How strongly weights are drawn to those of the readers' scores alone."""
FOR = frozenset(
    [
        "score",
        "label",
        "sender",
        "legal",
        "domain",
        "line",
        "column",
        "footer",
        "author",
        "header",
        "ticket",
        "repeated",
        "site",
        "formed",
        "business",
        "largest",
        "first",
        "addressed",
        "numbered",
        "numbered-ticket",
        "trade",
    ]
)
AGAINST = frozenset(
    [
        "generic",
        "small",
        "rank",
        "rank-ticket",
        "client",
        "client-label",
        "sold",
        "said",
        "slogan",
        "digits",
        "long",
        "town",
        "word",
        "shared",
        "person",
        "deep",
    ]
)
"""Marks that can only speak for a name, or only against it: a weight of the wrong sign would be a habit of the papers at hand."""


@dataclass
class Paper:
    """One paper: its layout, the marks of each name (names by marks) and which names are right."""

    layout: str
    marks: Any
    right: Any


def collect(data: list[Path], cache: Path | None) -> list[Paper]:
    """The names found on every labelled paper where one of them is right."""
    import numpy

    found: list[tuple[str, dict[str, float]]] = []
    table = ranking.table

    def watch(layout: Layout, suppliers: Board, clients: Board, receipt: bool) -> dict[str, dict[str, float]]:
        known = table(layout, suppliers, clients, receipt)
        found[:] = [(suppliers.found[key].name, marks) for key, marks in known.items()]
        return known

    papers: list[Paper] = []
    ranking.table = watch
    try:
        for folder in (folder for root in data for folder in _folders(root)):
            for file, fields in sorted(_truth(folder).items()):
                truth = dict(_expected(fields, False)).get("supplier")
                if truth is None or not (folder / file).is_file():
                    continue
                document = _read(folder / file, cache)
                document.attachments = {}
                found.clear()
                extract(document)
                wanted = re.split(r"\s*\|\s*", truth)
                right = numpy.array([any(same("supplier", name, one) for one in wanted) for name, _ in found])
                if right.any():
                    marks = numpy.array([[known.get(mark, 0.0) for mark in ranking.MARKS] for _, known in found])
                    papers.append(Paper(folder.name + "/" + re.sub(r"[-_]?\d+$", "", Path(file).stem), marks, right))
    finally:
        ranking.table = table
    return papers


def fit(papers: list[Paper]) -> Any:
    """The weights that make the right names likeliest: Adam (D. Kingma, J. Ba, 2015) on the penalised conditional log-likelihood."""
    import numpy

    prior = numpy.array([float(mark == "score") for mark in ranking.MARKS])
    sign = numpy.array([(mark in FOR) - (mark in AGAINST) for mark in ranking.MARKS])
    of_layout = Counter(paper.layout for paper in papers)
    weights, mean, square = prior.copy(), numpy.zeros_like(prior), numpy.zeros_like(prior)
    for step in range(1, 251):
        slope = PULL * (weights - prior)
        for paper in papers:
            sums = paper.marks @ weights
            shares = numpy.exp(sums - sums.max())
            own = numpy.where(paper.right, shares, 0.0)
            slope += paper.marks.T @ (shares / shares.sum() - own / own.sum()) / of_layout[paper.layout] ** 0.5
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope * slope
        weights -= 0.06 * (mean / (1 - 0.9**step)) / (numpy.sqrt(square / (1 - 0.99**step)) + 1e-8)
        weights = numpy.where(sign > 0, numpy.maximum(weights, 0), numpy.where(sign < 0, numpy.minimum(weights, 0), weights))
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.documents.rank")
    parser.add_argument("--data", type=Path, action="append", default=[])
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    papers = collect(options.data, options.cache)
    layouts = sorted({paper.layout for paper in papers})
    first, alone = 0, 0
    for fold in range(FOLDS):
        held = set(layouts[fold::FOLDS])
        weights = fit([paper for paper in papers if paper.layout not in held])
        for paper in papers:
            if paper.layout in held:
                first += bool(paper.right[int((paper.marks @ weights).argmax())])
                alone += bool(paper.right[int(paper.marks[:, ranking.MARKS.index("score")].argmax())])
    print(f"{len(papers)} papers of {len(layouts)} layouts; right name first on layouts left out: {first}; by the readers' scores: {alone}")
    for mark, weight in zip(ranking.MARKS, fit(papers), strict=True):
        if abs(weight) >= 0.05:
            print(f'    "{mark}": {weight:.2f},')


if __name__ == "__main__":
    main()
