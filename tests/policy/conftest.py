"""The arena of the benchmarks is used by the tests as well."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
