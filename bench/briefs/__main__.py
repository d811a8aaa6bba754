"""``python -m bench.briefs [--half NAME] [--failures]``: the score on each half, by language and by hand.

A brief is right when its operations, the parameters stated, the files of each wish, what is refused and what is out of reach
are all as labelled, and words that must be reported are. It is clean when nothing else was reported either. What is not right is
either *said* (something was reported as not understood and nothing was planned that was not asked for: the person sees what is
missing) or *wrong* (the plan itself errs, or leaves a wish out in silence): the two are counted apart, for a wrong plan is worse.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from confrere.models.builtin.understand import understand
from confrere.models.builtin.understanding import Understanding
from confrere.tools.office.scope import Scope

TODAY = date(2026, 11, 21)
_LISTS = {"by", "columns", "pages", "kinds", "types", "formats", "parties", "names", "same", "apart"}


def expected(notation: str) -> dict[str, Any]:
    """The parts of a label."""
    out: dict[str, Any] = {"wishes": [], "refused": set(), "beyond": set(), "leave": {}, "unknown": False, "chat": False}
    for part in notation.split(";"):
        words = _words(part)
        head, rest = words[0], words[1:]
        if head in ("unknown", "chat"):
            out[head] = True
        elif head == "refuse":
            out["refused"].add(rest[0])
        elif head == "beyond":
            out["beyond"].add(rest[0])
        else:
            pairs = {
                name: value.split(",") if name.split(".")[-1] in _LISTS else value for name, value in (word.split("=", 1) for word in rest)
            }
            if head == "leave":
                out["leave"] = pairs
            else:
                out["wishes"].append((head, pairs))
    return out


def _words(part: str) -> list[str]:
    """Split on spaces, but for those inside a value ("folder=Photos vacances")."""
    out: list[str] = []
    for word in part.split():
        if out and "=" in out[-1] and "=" not in word:
            out[-1] += f" {word}"
        else:
            out.append(word)
    return out


def _same(scope: Scope, stated: dict[str, Any]) -> bool:
    for name in Scope.__struct_fields__:
        have, want = getattr(scope, name), stated.get(name, [] if name in _LISTS else "")
        if isinstance(have, list):
            if sorted(item.casefold() for item in have) != sorted(item.casefold() for item in want):
                return False
        elif have != want:
            return False
    return True


def faults(found: Understanding, label: dict[str, Any]) -> list[str]:
    """What differs from the label; empty when right."""
    out: list[str] = []
    left = list(found.wishes)
    for operation, pairs in label["wishes"]:
        only = {name[5:]: value for name, value in pairs.items() if name.startswith("only.")}
        excluded = {name[4:]: value for name, value in pairs.items() if name.startswith("not.")}
        for name, value in label["leave"].items():
            excluded[name] = excluded.get(name, []) + value
        params = {name: value for name, value in pairs.items() if "." not in name}
        candidates = [wish for wish in left if wish.operation == operation]
        if not candidates and operation in ("recap", "extract") and "columns" in params:  # a table of chosen columns: one and the same call
            candidates = [wish for wish in left if wish.operation in ("recap", "extract") and wish.params.get("columns")]
        wish = next((w for w in candidates if _same(w.only.merged(found.only), only)), candidates[0] if candidates else None)
        if wish is None:
            out.append(f"no {operation}")
            continue
        left.remove(wish)
        if not _same(wish.only.merged(found.only), only):
            out.append(f"{operation}: only")
        if not _same(wish.exclude.merged(found.exclude), excluded):
            out.append(f"{operation}: exclude")
        for name, value in params.items():
            have = wish.params.get(name)
            shown = (
                [str(part) for item in have for part in (item if isinstance(item, list) else [item])]
                if isinstance(have, list)
                else str(have)
            )
            if shown != value:
                out.append(f"{operation}: {name}")
        if operation == "sort" and "by" not in params and wish.params.get("by"):
            out.append("sort: by")
    out += [f"extra {wish.operation}" for wish in left]
    if not label["wishes"] and label["leave"] and not _same(found.exclude, label["leave"]):
        out.append("leave")
    if {item.code for item in found.beyond} != label["beyond"]:
        out.append("beyond")
    if not label["refused"] <= set(found.refused):
        out.append("refused")
    if label["unknown"] and not found.not_understood:
        out.append("silent")
    if label["chat"] != (found.stance == "chat"):
        out.append("chat")
    return out


def wrong_plan(found: Understanding, faults_found: list[str]) -> bool:
    """Whether a brief that is not right errs in its plan, or leaves something out without a word."""
    if any(fault.startswith("extra") or fault in ("refused", "leave", "silent") for fault in faults_found):
        return True
    misread = any(":" in fault for fault in faults_found)
    told = bool(found.not_understood or found.beyond) or found.stance == "unknown"
    return not told or (misread and not found.not_understood)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.briefs", description=__doc__)
    parser.add_argument("--half", choices=("dev", "held-out", "blind", "fresh", "aside", "dev3", "held3", "last", "open"))
    parser.add_argument("--failures", action="store_true", help="print each brief that is not right, of the half asked for")
    options = parser.parse_args()
    rows = [json.loads(line) for line in Path(__file__).with_name("briefs.jsonl").read_text(encoding="utf-8").splitlines()]
    understand("warm", today=TODAY)
    tally: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    began = time.process_time()
    for row in rows:
        if options.half and row["half"] != options.half:
            continue
        label = expected(row["expect"])
        found = understand(row["brief"], today=TODAY)
        wrong = faults(found, label)
        clean = not wrong and bool(found.not_understood) == label["unknown"]
        for group in ("all", row["language"], row["hand"]):
            count = tally[row["half"], group]
            count[0] += 1
            count[1] += not wrong
            count[2] += clean
            count[3] += bool(wrong) and wrong_plan(found, wrong)
        if options.failures and options.half == row["half"] and not clean:
            wishes = [(wish.operation, wish.params, json.loads(_json(wish.only)), json.loads(_json(wish.exclude))) for wish in found.wishes]
            print(
                f"- {row['brief']}\n    {'; '.join(wrong) or 'noise'} | {row['expect']}\n    {wishes} refused={found.refused} "
                f"exclude={_json(found.exclude)} beyond={[b.code for b in found.beyond]} unknown={found.not_understood} {found.corrections}"
            )
    spent = (time.process_time() - began) * 1000 / max(1, sum(count[0] for (_, group), count in tally.items() if group == "all"))
    print(f"{'half':<10}{'briefs':<12}{'n':>5}{'right':>8}{'clean':>8}{'said':>8}{'wrong':>8}")
    for (half, group), (total, right, clean, erring) in sorted(
        tally.items(), key=lambda item: (item[0][0], item[0][1] != "all", item[0][1])
    ):
        print(f"{half:<10}{group:<12}{total:>5}{right:>8}{clean:>8}{total - right - erring:>8}{erring:>8}")
    print(f"{spent:.1f} ms of CPU a brief")


def _json(scope: Scope) -> str:
    import msgspec

    return msgspec.json.encode(scope).decode()


if __name__ == "__main__":
    main()
