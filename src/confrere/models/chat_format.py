"""A turn as the body of a Chat Completions request."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from confrere.models.messages import Message, ToolCall, Turn

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def to_body(turn: Turn, model: str, provider: str, short_ids: bool = False) -> dict[str, Any]:
    """The JSON body, not streamed. ``provider`` picks the opaque parts to give back, ``short_ids`` maps call ids to nine letters."""
    body: dict[str, Any] = {
        "model": model,
        "messages": _merged([_message(m, provider, short_ids) for m in turn.messages]),
        "max_tokens": turn.max_output_tokens,
    }
    if turn.tools:
        body["tools"] = [
            {"type": "function", "function": {"name": t.name, "description": t.description, "parameters": t.parameters}} for t in turn.tools
        ]
    return body


def _message(message: Message, provider: str, short_ids: bool) -> dict[str, Any]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": _identifier(message.call_id, short_ids), "content": message.text}
    out: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.role == "assistant":
        if message.calls:
            out["content"] = message.text or None
            out["tool_calls"] = [
                {
                    "id": _identifier(call.id, short_ids),
                    "type": "function",
                    "function": {"name": call.tool, "arguments": _arguments(call)},
                }
                for call in message.calls
            ]
        kept = message.opaque.get(provider)
        if isinstance(kept, dict):
            out |= kept
    return out


def _arguments(call: ToolCall) -> str:
    """The arguments as JSON text. What could not be read goes back wrapped: Ollama and templates refuse a text that is not JSON."""
    return msgspec.json.encode(call.args if call.args is not None else {"unreadable": call.raw}).decode()


def _identifier(identifier: str, short: bool) -> str:
    if not short and identifier.isascii() and len(identifier) <= 40:
        return identifier
    if short and len(identifier) == 9 and identifier.isascii() and identifier.isalnum():
        return identifier
    number = int.from_bytes(hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    return "".join(_LETTERS[number // 62**place % 62] for place in range(9))


def _merged(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One system message, first, and no two user messages in a row: the templates of many local models refuse anything else.

    A system message that comes later stays in its place, as the user's.
    """
    merged: list[dict[str, Any]] = []
    for message in messages:
        role = message["role"]
        if role == "system" and any(m["role"] != "system" for m in merged):
            role = "user"
        if merged and role in ("system", "user") and merged[-1]["role"] == role:
            merged[-1] = {"role": role, "content": f"{merged[-1]['content']}\n\n{message['content']}"}
        else:
            merged.append({**message, "role": role})
    return merged
