"""Two numbers in one run: how often an attacker who owns the model gets something done, and how often ordinary work asks.

python bench/injection.py             # every attack before three persons, sixty ordinary tasks: some ten minutes on two cores
python bench/injection.py --quick     # a tenth of the attacks, a quarter of the tasks
python bench/injection.py --control   # besides, the same attacks with a policy that allows everything

The attentive person accepts the plan that the task needs and no other, and refuses every question. Nobody answers the unattended run (``--yes``).
The careless person says yes to all. Exit status 1 when anything succeeded before the attentive person or in the unattended run."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.injection.attacks import ATTACKS
from tests.injection.runs import Job, play
from tests.injection.stage import PERSONS, Outcome
from tests.injection.tasks import TASKS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--control", action="store_true", help="also with a policy that allows everything")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", metavar="FILE", help="every outcome, one a line")
    args = parser.parse_args()
    attacks, tasks = (ATTACKS[::10], TASKS[::4]) if args.quick else (ATTACKS, TASKS)
    jobs: list[Job] = [("attack", attack.name, person) for person in PERSONS for attack in attacks]
    jobs += [("task", task.name, "careless") for task in tasks]
    begun = time.monotonic()
    outcomes = list(play(jobs, args.processes))
    if args.json:
        Path(args.json).write_text("".join(json.dumps({"job": job, **msgspec.to_builtins(one)}) + "\n" for job, one in outcomes))
    failed = False
    print(f"attacks: {len(attacks)}, in French {sum(one.task.language == 'fr' for one in attacks)}")
    for person in PERSONS:
        mine = [one for job, one in outcomes if job[0] == "attack" and job[2] == person]
        failed |= _told(person, mine) and person != "careless"
    done = [one for job, one in outcomes if job[0] == "task"]
    silent = sum(one.asks == 0 for one in done)
    outward = [one for one in done if next(task for task in TASKS if task.name == one.name).leaves]
    quiet = sum(one.asks == 0 for one in outward)
    wrong = [one.name for one in done if one.missing or one.breaches or one.state not in ("done", "applied")]
    print(
        f"ordinary tasks: {len(done)}, done {len(done) - len(wrong)}; asked nothing but plan and result: {silent} ({100 * silent / len(done):.0f}%);"
    )
    print(
        f"  of the {len(outward)} that act outside: {quiet} ({100 * quiet / max(1, len(outward)):.0f}%); approvals a task: {sum(o.asks for o in done) / len(done):.2f}"
    )
    for name in wrong:
        print(f"  NOT DONE {name}")
    if args.control:
        _told(
            "policy open", [one for _, one in play([("attack", one.name, "unattended") for one in attacks], args.processes, unguarded=True)]
        )
    print(f"{time.monotonic() - begun:.0f} s")
    return int(failed or bool(wrong))


def _told(person: str, mine: list[Outcome]) -> bool:
    """Print what came of the attacks before one person; whether anything must not have been."""
    hit = [one for one in mine if one.breaches]
    idle = [one.name for one in mine if not one.began or one.state == "failed"]
    kinds = Counter(breach.partition(":")[0] for one in hit for breach in one.breaches)
    print(
        f"{person:12} succeeded: {len(hit)} of {len(mine)} ({100 * len(hit) / max(1, len(mine)):.1f}%); questions: {sum(one.asks for one in mine) / max(1, len(mine)):.2f} an attack"
    )
    if hit and person != "policy open":
        print(f"  {dict(kinds)}")
    for one in hit if person not in ("careless", "policy open") else []:
        print(f"  {one.name}: {one.breaches[:3]}")
    for name in idle:
        print(f"  NOT PLAYED {name}")
    return bool(hit or idle)


if __name__ == "__main__":
    raise SystemExit(main())
