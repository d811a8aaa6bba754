"""Score the command a person types on made papers: ``python -m bench.documents.layouts.score DIR [--errors FILE]``.

DIR holds ``files/`` and ``truth.jsonl`` as ``python -m bench.documents.layouts`` writes them. Each file goes through
``confrere extract --json``; what counts as right is told in ``bench.documents.compare``. Of papers that are no bill, only the type is
asked, and whether they were taken for one.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.documents.compare import same

FIELDS = ("supplier", "client", "number", "date", "due_date", "currency", "net", "tax", "total", "iban", "supplier_vat")
THREE = ("supplier", "date", "total")
BILLS = ("invoice", "receipt", "credit-note")


@dataclass
class Tally:
    """What was right of one family."""

    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    wrong: int = 0
    """Values given that are wrong."""
    listed: int = 0
    """Of those, how many are on the check list."""
    sure: int = 0
    """Of those, how many were given at 0.9 or more."""
    taken: int = 0
    """Papers taken for a bill that are none."""

    def add(self, other: Tally) -> None:
        self.right += other.right
        self.asked += other.asked
        self.wrong, self.listed = self.wrong + other.wrong, self.listed + other.listed
        self.sure, self.taken = self.sure + other.sure, self.taken + other.taken


def extracted(files: list[Path]) -> dict[str, dict[str, Any]]:
    """The command's answer for each file, by name."""
    command = Path(sys.executable).with_name("confrere")
    done = subprocess.run([command, "extract", *files, "--json"], capture_output=True, text=True)
    if not done.stdout:
        raise SystemExit(done.stderr or "confrere extract printed nothing")
    answers = (json.loads(line) for line in done.stdout.splitlines())
    return {Path(answer["file"]).name: answer for answer in answers}


def grade(name: str, truth: dict[str, str], answer: dict[str, Any], errors: list[str]) -> Tally:
    """Compare one answer with its truth, and write what is wrong into ``errors``."""
    tally, fields, check = Tally(), answer.get("fields") or {}, answer.get("check") or {}
    kind = fields.get("type", {}).get("value", "nothing")
    tally.asked["type"] += 1
    if kind in (truth["type"], truth.get("_type_also")):
        tally.right["type"] += 1
    else:
        errors.append(f"{name}: type {truth['type']}, got {kind}")
    if truth["type"] not in BILLS:
        tally.taken += kind in BILLS
        return tally
    for key in FIELDS:
        got = fields.get(key)
        if key not in truth:
            continue
        tally.asked[key] += 1
        signless = truth["type"] == "credit-note"
        wanted = [value for value in (truth[key], truth.get(f"_{key}_also")) if value]
        right = got is not None and any(same(key, str(got["value"]), value, signless=signless) for value in wanted)
        tally.right[key] += right
        if not right:
            if got is not None:
                tally.wrong, tally.listed, tally.sure = (
                    tally.wrong + 1,
                    tally.listed + (key in check),
                    tally.sure + (got["confidence"] >= 0.9),
                )
            shown = f"{got['value']!r} ({got['confidence']:.2f}{', on check' if key in check else ''})" if got else "nothing"
            errors.append(f"{name}: {key} {truth[key]!r}, got {shown}")
    tally.asked["all three"] += 1
    tally.right["all three"] += all(tally.right[key] == tally.asked[key] for key in THREE)
    return tally


def score(folder: Path, errors: list[str]) -> dict[str, Tally]:
    """Tallies by family of one folder of papers."""
    truth: dict[str, dict[str, str]] = defaultdict(dict)
    for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        truth[entry["file"]][entry["field"]] = entry["value"]
    answers = extracted([folder / file for file in truth])
    families: dict[str, Tally] = defaultdict(Tally)
    for file, fields in truth.items():
        families[fields["_family"]].add(grade(Path(file).name, fields, answers.get(Path(file).name, {}), errors))
    return families


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.documents.layouts.score")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--errors", type=Path, help="write every wrong value there")
    options = parser.parse_args()
    errors: list[str] = []
    families = score(options.folder, errors)
    whole = Tally()
    for tally in families.values():
        whole.add(tally)
    shown = ("type", *THREE, "all three")
    print(f"{'':14}" + "".join(f"{key:>12}" for key in shown) + "   wrong values (on check, at 0.9 or more)   taken for a bill")
    for name, tally in (*families.items(), ("together", whole)):
        cells = "".join(f"{tally.right[key]:>8}/{tally.asked[key]:<3}" if tally.asked[key] else f"{'':12}" for key in shown)
        print(f"{name:14}{cells}   {tally.wrong} ({tally.listed}, {tally.sure})   {tally.taken}")
    for key in FIELDS:
        if whole.asked[key]:
            print(f"   {key:13} {whole.right[key]:4}/{whole.asked[key]:<4} {100 * whole.right[key] / whole.asked[key]:5.1f}%")
    if options.errors:
        options.errors.write_text("\n".join(errors) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
