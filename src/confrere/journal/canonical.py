"""One way to write a JSON value, so that a hash of it means something."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec


def dumps(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, ASCII only. msgspec Structs are taken as their fields."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=_builtins)


def _builtins(value: Any) -> Any:
    # msgspec refuses lone surrogates only when it encodes, not when it converts: file names stay byte for byte
    return msgspec.to_builtins(value)


def digest(value: Any) -> str:
    """SHA-256, in hex, of the canonical JSON of ``value``."""
    return hashlib.sha256(dumps(value).encode("ascii")).hexdigest()
