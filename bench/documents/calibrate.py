"""Fits the weights of ``confrere.documents.extract.confidence`` and shows, by cross-validation, whether they mean something.

``python -m bench.documents.calibrate --data DIR --cache DIR [--papers DIR ...]``

A logistic regression for each group of fields with few examples: it is drawn toward the weights written by hand, and no weight may
have the wrong sign. The readers were developed on these very papers and are seldom wrong on them, so each paper is also given damaged
(lines lost, letters misread), which is how other papers differ from those one knows. Documents are dealt into five folds, so
that none is judged by weights it helped to fit.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec

from bench.documents.__main__ import NAMES, _expected, _folders, _read, _truth
from bench.documents.compare import same
from bench.documents.papers import read_papers
from confrere.documents.extract import confidence, extract
from confrere.documents.extract.confidence import Evidence
from confrere.documents.model import Document

Example = tuple[int, list[float], bool]
"""The number of the document, its features and whether the value was right."""
PULL = 0.15
COPIES = 4
"""Each paper counts this often as it is and this often damaged."""
STRICT = {"supplier": 5.0, "date": 5.0, "client": 4.0, "due": 4.0}
"""A wrong value of a group counts this often (3 times in the others): to miss one is worse than to have a right one looked at."""
FOLDS = 5


def collect(documents: list[tuple[Document, dict[str, str]]]) -> dict[str, list[Example]]:
    """Every graded value by group of fields, with the evidence it was given on."""
    table: dict[str, list[Example]] = defaultdict(list)
    seen: dict[str, Evidence] = {}
    weigh = confidence.of

    def watch(field: str, evidence: Evidence) -> float:
        seen[field] = evidence
        return weigh(field, evidence)

    confidence.of = watch
    try:
        for number, (whole, truth) in enumerate(documents):
            for version, times in [(whole, COPIES), *((damaged(whole, 100 * number + copy), 1) for copy in range(COPIES))]:
                seen.clear()
                record = extract(version)
                for field, evidence in seen.items():
                    if field in truth and field in record.fields:
                        sets = re.split(r"\s*\|\s*", truth[field])
                        right = any(same(field, record.fields[field].value, one, signless=record.type == "credit-note") for one in sets)
                        group = confidence.GROUPS.get(field, "other")
                        table[group] += [(number, confidence.features(group, evidence), right)] * times
    finally:
        confidence.of = weigh
    return table


def damaged(document: Document, seed: int) -> Document:
    """The document with a tenth of its lines lost and, in every other copy, read as by OCR with one letter in sixty wrong."""
    dice = random.Random(seed)
    lost: dict[tuple[int, int], bool] = {}
    scanned = seed % 2 == 1

    def gone(page: int, line: float) -> bool:
        return lost.setdefault((page, int(line)), dice.random() < 0.1)

    def misread(text: str) -> str:
        return "".join(dice.choice("eo1l0cnrt.") if scanned and char.isalnum() and dice.random() < 1 / 60 else char for char in text)

    pages = []
    for number, page in enumerate(document.pages):
        words = [msgspec.structs.replace(w, text=misread(w.text)) for w in page.words if not gone(number, (w.y0 + w.y1) / 16)]
        lines = [misread(line) for place, line in enumerate(page.text.splitlines()) if page.words or not gone(number, place)]
        pages.append(msgspec.structs.replace(page, words=words, text="\n".join(lines), ocr=page.ocr or scanned))
    return msgspec.structs.replace(document, pages=pages)


def fit(examples: list[Example], start: tuple[float, ...], strict: float) -> list[float]:
    """Projected gradient descent on the penalised log-likelihood. Marks start at nothing, and may speak for a value or against it."""
    import numpy

    if not examples:
        return list(start)
    x = numpy.array([features for _, features, _ in examples])
    y = numpy.array([float(right) for _, _, right in examples])
    prior = numpy.array([*start, *[0.0] * (x.shape[1] - len(start))])
    weights = prior.copy()
    sign = numpy.array([0, 1, 1, 1, -1, 1, *[0] * (x.shape[1] - len(start))])
    counts = numpy.where(y > 0, 1.0, strict)
    for _ in range(1500):
        p = 1 / (1 + numpy.exp(-x @ weights))
        gradient = x.T @ (counts * (p - y)) / counts.sum() + PULL * (weights - prior) / max(1.0, len(y) / 20)
        weights -= 0.1 * gradient
        weights = numpy.where(sign > 0, numpy.maximum(weights, 0), numpy.where(sign < 0, numpy.minimum(weights, 0), weights))
    return [round(float(weight), 3) for weight in weights]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.documents.calibrate")
    parser.add_argument("--data", type=Path, action="append", default=[])
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--papers", type=Path, action="append", default=[])
    options = parser.parse_args()
    documents: list[tuple[Document, dict[str, str]]] = []
    for folder in options.papers:
        documents += list(read_papers(folder).values())
    for folder in (folder for data in options.data for folder in _folders(data)):
        for file, fields in sorted(_truth(folder).items() if folder.name != "malformed" else ()):
            if (folder / file).is_file() and set(fields) & set(NAMES):
                document = _read(folder / file, options.cache)
                document.attachments = {}
                documents.append((document, dict(_expected(fields, False))))
    table = collect(documents)
    judged: list[tuple[float, bool]] = []
    for group, examples in sorted(table.items()):
        start = confidence.HAND
        strict = STRICT.get(group, 3.0)
        print(f'    "{group}": {tuple(fit(examples, start, strict))},  # {len(examples)} values, {sum(e[2] for e in examples)} right')
        judged += _crossed(examples, start, strict)
    _show(judged)


def _crossed(examples: list[Example], start: tuple[float, ...], strict: float) -> list[tuple[float, bool]]:
    out: list[tuple[float, bool]] = []
    for fold in range(FOLDS):
        weights = fit([example for example in examples if example[0] % FOLDS != fold], start, strict)
        out += [(confidence.probability(features, weights), right) for number, features, right in examples if number % FOLDS == fold]
    return out


def _show(judged: list[tuple[float, bool]]) -> None:
    print("cross-validated:")
    for low, high in ((0.0, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.01)):
        inside = [entry for entry in judged if low <= entry[0] < high]
        if inside:
            mean, right = sum(p for p, _ in inside) / len(inside), sum(r for _, r in inside) / len(inside)
            print(f"   {low:.2f}-{min(high, 1):.2f}  {len(inside):4} values, mean {mean:.2f}, right {right:.2f}")
    wrong: list[Any] = [entry for entry in judged if not entry[1]]
    print(f"   wrong under 0.9: {sum(p < 0.9 for p, _ in wrong)}/{len(wrong)}; right under 0.9: {sum(p < 0.9 and r for p, r in judged)}")


if __name__ == "__main__":
    main()
