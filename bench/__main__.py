"""All benchmarks, or those named: ``python -m bench [startup journal step apply large ...]``. Medians, ratios within one run."""

from __future__ import annotations

import sys

from bench import ground

SECTIONS = dict(ground.SECTIONS)


def main() -> None:
    for name in sys.argv[1:] or SECTIONS:
        SECTIONS[name]()


main()
