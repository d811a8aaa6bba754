"""All benchmarks, or those named: ``python -m bench [startup journal step apply gigabyte large ...]``. Medians, ratios within one run."""

from __future__ import annotations

import os
import sys

from bench import ground

SECTIONS = dict(ground.SECTIONS)


def main() -> None:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name in sys.argv[1:] or SECTIONS:
        SECTIONS[name]()


main()
