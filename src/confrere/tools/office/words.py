"""Sentences with a count in them: the singular where there is one of it."""

from __future__ import annotations

from confrere.messages import tell

__all__ = ["tell"]
