"""Three deliverables from a messy folder, by the command a person types: ``python -m bench.documents.deliver [--files 50] [--warm 3]``.

The folder of ``bench.documents.folder`` (8 scans in 50 files) is sorted by client, told in a workbook and in a deck, through
``confrere run --yes`` in a home of its own: plan, work on a copy, verification with LibreOffice, changes applied. First with nothing
known of the files, then ``--warm`` times on a fresh copy of the folder, its contents known (the deliverables come out the same to the byte,
so LibreOffice has checked them already), then with one invoice more, so that all are made and checked anew. Told: seconds of wall clock
and of processor, every process counted, the load of the machine beside them, and what the report of the run says of the deliverables.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.documents.folder import make

BRIEF = "Sort these files by client, make a recap workbook of the amounts and an 8-slide deck"


def once(folder: Path, home: Path, brief: str) -> tuple[float, float, dict[str, Any]]:
    """Wall seconds, processor seconds and the last line of one run."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [
        sys.executable,
        "-c",
        "from confrere.cli.main import main; import sys; sys.exit(main())",
        "run",
        brief,
        "--folder",
        str(folder),
        "--yes",
        "--json",
    ]
    done = subprocess.run(
        command, env=os.environ | {"CONFRERE_HOME": str(home), "CONFRERE_MODEL": "builtin"}, stdout=subprocess.PIPE, check=False
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    last = json.loads(done.stdout.splitlines()[-1])
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, last


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.documents.deliver")
    parser.add_argument("--files", type=int, default=50)
    parser.add_argument("--warm", type=int, default=3)
    parser.add_argument("--brief", default=BRIEF)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        messy, home = Path(scratch, "messy"), Path(scratch, "home")
        made_of = make(messy, options.files)
        invoice = next(messy / name for name, (kind, _, _) in made_of.items() if kind == "invoice" and name.endswith(".txt"))
        for number, what in enumerate(["cold", *["warm"] * options.warm, "one more"]):
            folder = Path(scratch, f"run{number}", "Clients")
            shutil.copytree(messy, folder)
            if what == "one more":
                (folder / "one more.txt").write_text(invoice.read_text(encoding="utf-8") + "\nDuplicata\n", encoding="utf-8")
            load = os.getloadavg()[0]
            wall, cpu, last = once(folder, home, options.brief)
            report = last.get("report") or {}
            made = report.get("deliverables", [])
            found = sum(len(one.get("findings", [])) for one in made)
            print(
                f"{what}: {wall:.1f} s, {cpu:.1f} cpu-s, load {load:.1f}; {last['state']}, "
                f"{len(made)} files made, {found} findings, {report.get('counts', {}).get('moved', 0)} moved",
                flush=True,
            )


if __name__ == "__main__":
    main()
