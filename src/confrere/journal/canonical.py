"""One way to write a JSON value, so that a hash of it means something."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import msgspec

_TOGETHER = 64  # members of a list that are written at once
_FEW = 4000  # members, however deep, that are written at once


def dumps(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, ASCII only. msgspec Structs are taken as their fields."""
    return _encoder.encode(value)


def _builtins(value: Any) -> Any:
    # msgspec refuses lone surrogates only when it encodes, not when it converts: file names stay byte for byte
    return msgspec.to_builtins(value)


_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=_builtins)


def pieces(value: Any) -> Iterator[str]:
    """The text of ``dumps`` in pieces, so that a list of 100,000 records is never held as text, nor as plain dictionaries."""
    if _members(value, _FEW) > 0:
        yield dumps(value)
    else:
        yield from _pieces(value)


def _members(value: Any, left: int) -> int:
    """What is left of ``left`` after counting the members of plain lists and dictionaries, however deep; 0 or less: too many. A record may hold
    anything."""
    if isinstance(value, msgspec.Struct):
        return 0
    if isinstance(value, list | dict):
        left -= len(value)
        for member in value.values() if isinstance(value, dict) else value:
            if left <= 0:
                return 0
            if isinstance(member, list | dict | msgspec.Struct):
                left = _members(member, left)
    return left


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, msgspec.Struct) and _plain(value):
        value = {name: getattr(value, name) for name in value.__struct_fields__}
    if isinstance(value, list) and len(value) > _TOGETHER:
        for start in range(0, len(value), _TOGETHER):
            yield ("," if start else "[") + dumps(value[start : start + _TOGETHER])[1:-1]
        yield "]"
    elif isinstance(value, dict) and 0 < len(value) <= _TOGETHER and all(type(key) is str for key in value):
        for number, key in enumerate(sorted(value)):
            yield ("," if number else "{") + dumps(key) + ":"
            yield from _pieces(value[key])
        yield "}"
    else:
        yield dumps(value)


def _plain(value: msgspec.Struct) -> bool:
    """Whether a record is written as all its fields, under their own names."""
    config = value.__struct_config__
    return not config.omit_defaults and config.tag is None and value.__struct_encode_fields__ == value.__struct_fields__


def digest(value: Any) -> str:
    """SHA-256, in hex, of the canonical JSON of ``value``."""
    return hashlib.sha256(dumps(value).encode("ascii")).hexdigest()
