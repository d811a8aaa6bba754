"""What the policy says of a call."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from confrere.policy.cards import Judged


class Decision(msgspec.Struct, kw_only=True, frozen=True):
    """What policy says of a call. ``rule`` names the rule; ``reason`` is a catalogue key with its ``data``;
    ``arguments`` are the judged values; ``card`` is what the person must see where the verdict is ask; ``step`` the
    plan step that the call would use (-1: none); ``grants`` the ids of the grants that it rests on."""

    verdict: Literal["allow", "ask", "deny"]
    rule: str
    reason: str
    data: dict[str, Any] = {}
    arguments: list[Judged] = []
    card: dict[str, Any] = {}
    step: int = -1
    grants: list[str] = []
