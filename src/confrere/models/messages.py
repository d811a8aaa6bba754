"""The stored message schema: ours, versioned, never a provider library's. It is data kept for years."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from confrere.policy.plan import Plan

SCHEMA = 1

RESTART = "\x18"
"""Passed alone to ``on_text``: forget what was streamed of this reply, it begins again (ASCII CAN, "disregard the preceding data")."""


class ToolCall(msgspec.Struct, kw_only=True):
    """A call the model wants. ``args`` is None when what it wrote was not a JSON object; ``raw`` keeps that text."""

    id: str
    tool: str
    args: dict[str, Any] | None
    raw: str = ""


class Message(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One message of a conversation.

    ``role`` is "system", "user", "assistant" or "tool". A tool message answers ``call_id``; an assistant message may
    carry ``calls``. ``label`` is the policy label of what the text came from, as ``policy.labels`` writes it.
    ``opaque`` keeps what a provider must get back unread (signed reasoning, for instance), by provider name.
    """

    role: str
    text: str = ""
    calls: list[ToolCall] = msgspec.field(default_factory=list)
    call_id: str = ""
    tool: str = ""
    failed: bool = False
    label: str = ""
    opaque: dict[str, Any] = msgspec.field(default_factory=dict)


class Usage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Tokens as the provider counted them, or a quarter of the bytes where it did not, and money in USD where the price is
    known (None: unknown, not free)."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    requests: int = 0
    cost_usd: float | None = None


class ToolSpec(msgspec.Struct, kw_only=True):
    """A tool as a model is told of it. ``parameters`` is a JSON schema of type object."""

    name: str
    description: str
    parameters: dict[str, Any]


class Turn(msgspec.Struct, kw_only=True):
    """All that a model gets to decide the next thing.

    ``phase`` is "plan" (read, then propose), "work" (carry out the approved plan) or "answer" (a question, no folder).
    ``task`` is the task identifier, ``brief`` the person's words, ``roots`` the names of the granted folders in the view,
    ``plan`` the approved plan in the work phase, ``language`` "fr" or "en", ``max_output_tokens`` a hard bound on the reply.
    """

    task: str
    phase: str
    messages: list[Message]
    tools: list[ToolSpec]
    brief: str = ""
    roots: list[str] = msgspec.field(default_factory=list)
    plan: Plan | None = None
    language: str = "en"
    max_output_tokens: int = 8192


class Reply(msgspec.Struct, kw_only=True):
    """What a model decided: text, calls, or both. ``finish`` is "stop", "calls", "length" or "refusal"."""

    message: Message
    usage: Usage = msgspec.field(default_factory=Usage)
    finish: str = "stop"


class Model(Protocol):
    """A model. ``name`` is what a person types (``anthropic:claude-...``, ``ollama:...``, ``builtin``);
    ``local`` tells whether the text stays on this machine."""

    name: str
    local: bool

    async def reply(self, turn: Turn, on_text: Callable[[str], None] | None = None) -> Reply:
        """Decide the next thing, streaming text to ``on_text`` as it comes. A stream that was cut is asked for again:
        ``on_text(RESTART)`` then comes first. What counts is the text of the returned message.

        Raises ModelFailed (``models.errors``) after its own retries, never a library's exception; cancelling the
        coroutine ends the request at once.
        """
        ...
