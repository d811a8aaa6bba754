"""Sentences with a count in them: the singular where there is one of it."""

from __future__ import annotations

from typing import Any

from confrere.messages import say


def tell(key: str, language: str, count: int, /, **data: Any) -> str:
    """``say``, taking the sentence ``key-one`` where the count that matters is one and the catalogue has it."""
    if count == 1:
        try:
            return say(f"{key}-one", language, **data)
        except KeyError:
            pass
    return say(key, language, **data)
