"""Field accuracy, calibration and classification on a folder of labelled documents.

``python -m bench.documents --data DIR [--only receipts,invoices_mixed] [--cache DIR] [--errors]``
``python -m bench.documents --papers tests/extract/papers/known [--errors]``

DIR holds one folder a kind with ``truth.jsonl`` (``file``, ``field``, ``value`` a line) and ``files/``. Fields named ``_x_visible`` tell
that x is on the page: with the structured XML taken away, only those are scored. ``--cache`` keeps what was read, so that OCR runs once.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from bench.documents.compare import same
from bench.documents.papers import read_papers
from confrere.documents.extract import extract
from confrere.documents.model import Document, Record
from confrere.documents.understand import understand

NAMES = {
    "vendor": "supplier", "company": "supplier", "supplier": "supplier", "buyer": "client", "client": "client", "date": "date",
    "invoice_number": "number", "number": "number", "total": "total", "total_ht": "net", "net": "net", "tax": "tax",
    "due_date": "due_date", "currency": "currency", "vendor_vat": "supplier_vat", "supplier_vat": "supplier_vat", "iban": "iban",
}  # fmt: skip
VISIBLE = {"vendor": "_vendor_visible", "date": "_date_visible", "total": "_total_visible", "invoice_number": "_number_visible"}
TYPES = {
    "receipts": ("receipt",), "invoices_facturx": ("invoice", "credit-note"), "invoices_mixed": ("invoice", "receipt"),
    "meetings": ("transcript",), "debates_fr": ("transcript",),
}  # fmt: skip


@dataclass
class Score:
    """What was right and wrong for one kind of document."""

    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    all_three: int = 0
    papers: int = 0
    typed: int = 0
    files: int = 0
    given: list[tuple[str, float, bool, bool]] = field(default_factory=list)
    """Each value given where the truth is known: field, confidence, right, on the check list."""
    errors: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.documents")
    parser.add_argument("--data", type=Path, help="folder of labelled documents")
    parser.add_argument("--papers", type=Path, action="append", default=[], help="folder of papers written for measuring")
    parser.add_argument("--only", default="")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--errors", action="store_true", help="print every value that is wrong")
    options = parser.parse_args()
    only = {name for name in options.only.split(",") if name}
    given: list[tuple[str, float, bool, bool]] = []
    for folder in options.papers:
        score = _papers(folder)
        _show(folder.name, score, 0.0, options.errors)
        given += score.given
    for folder in _folders(options.data):
        if folder.name == "malformed" or (only and folder.name not in only):
            continue
        truth = _truth(folder)
        for structured in (False, True):
            if structured and not any("_text_layer" in fields for fields in truth.values()):
                continue
            start = time.process_time()
            score = _measure(folder, truth, options.cache, structured)
            _show(folder.name + (" (with XML)" if structured else ""), score, time.process_time() - start, options.errors)
            if not structured:
                given += score.given
    _calibration(given)


def _folders(data: Path | None) -> list[Path]:
    return sorted(path for path in data.iterdir() if (path / "truth.jsonl").is_file()) if data else []


def _papers(folder: Path) -> Score:
    score = Score()
    for name, (document, fields) in read_papers(folder).items():
        record = extract(document)
        score.files += 1
        score.typed += record.type == fields["type"]
        if record.type != fields["type"]:
            score.errors.append(f"{name}: type {fields['type']}, got {record.type} ({record.type_confidence:.2f})")
        _grade(score, name, record, {key: value for key, value in fields.items() if key != "type"})
    return score


def _truth(folder: Path) -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = defaultdict(dict)
    for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        table[entry["file"]][entry["field"]] = entry["value"]
    return table


def _read(path: Path, cache: Path | None) -> Document:
    if cache is None:
        from confrere.documents.read import read_file

        return read_file(path)
    key = cache / (hashlib.sha256(path.read_bytes()).hexdigest() + ".msgpack")
    if key.exists():
        return msgspec.msgpack.decode(key.read_bytes(), type=Document)
    document = _read(path, None)
    cache.mkdir(parents=True, exist_ok=True)
    key.write_bytes(msgspec.msgpack.encode(document))
    return document


def _expected(truth: dict[str, str], structured: bool) -> Iterator[tuple[str, str]]:
    for name, value in truth.items():
        ours = NAMES.get(name)
        if ours is None or (not structured and truth.get(VISIBLE.get(name, ""), True) is False):
            continue
        yield ours, str(value)


def _measure(folder: Path, truth: dict[str, dict[str, str]], cache: Path | None, structured: bool) -> Score:
    score = Score()
    for file, fields in sorted(truth.items()):
        path = folder / file
        if not path.is_file():
            continue
        document = _read(path, cache)
        if not structured:
            document.attachments = {}
        document, record = understand(document, path)
        score.files += 1
        score.typed += record.type in TYPES.get(folder.name, (record.type,))
        if record.type not in TYPES.get(folder.name, (record.type,)):
            score.errors.append(f"{file}: type {record.type}")
        _grade(score, file, record, dict(_expected(fields, structured)))
    return score


def _grade(score: Score, file: str, record: Record, expected: dict[str, str]) -> None:
    good: dict[str, bool] = {}
    for name, value in expected.items():
        got = record.fields.get(name)
        right = got is not None and any(
            same(name, got.value, one, signless=record.type == "credit-note") for one in re.split(r"\s*\|\s*", value)
        )
        good[name] = right
        score.asked[name] += 1
        score.right[name] += right
        if got is not None:
            score.given.append((name, got.confidence, right, name in record.check))
        if not right:
            shown = f"{got.value!r} ({got.confidence:.2f}{', on check' if name in record.check else ''})" if got else "nothing"
            score.errors.append(f"{file}: {name} {value!r}, got {shown}")
    three = [good[name] for name in ("supplier", "date", "total") if name in good]
    if three:
        score.papers += 1
        score.all_three += all(three)


def _show(name: str, score: Score, seconds: float, errors: bool) -> None:
    print(f"\n== {name}: {score.files} files, {1000 * seconds / max(score.files, 1):.0f} ms each, type right {score.typed}/{score.files}")
    for ours in dict.fromkeys(NAMES.values()):
        if score.asked[ours]:
            print(f"   {ours:13} {score.right[ours]:3}/{score.asked[ours]:<3} {100 * score.right[ours] / score.asked[ours]:5.1f}%")
    if score.papers:
        print(f"   {'all three':13} {score.all_three:3}/{score.papers:<3} {100 * score.all_three / score.papers:5.1f}%")
    for line in score.errors if errors else ():
        print("     ", line)


def _calibration(given: list[tuple[str, float, bool, bool]]) -> None:
    if not given:
        return
    print("\n== calibration (values given, XML stripped)")
    for low, high in ((0.0, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.01)):
        inside = [entry for entry in given if low <= entry[1] < high]
        if inside:
            mean = sum(entry[1] for entry in inside) / len(inside)
            right = sum(entry[2] for entry in inside)
            print(f"   {low:.2f}-{min(high, 1):.2f}  {len(inside):4} values, mean confidence {mean:.2f}, right {right / len(inside):.2f}")
    wrong = [entry for entry in given if not entry[2]]
    listed = sum(entry[3] for entry in wrong)
    doubted = sum(entry[3] for entry in given if entry[2])
    print(f"   wrong values on the check list {listed}/{len(wrong)}; right values there {doubted}/{len(given) - len(wrong)}")


if __name__ == "__main__":
    main()
