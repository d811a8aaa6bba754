"""The word lists beside this module (``labels.toml``, ``types.toml``, ``names.toml``), read once."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The tables of ``NAME.toml``."""
    with open(Path(__file__).with_name(f"{name}.toml"), "rb") as file:
        return tomllib.load(file)
