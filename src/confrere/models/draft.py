"""A reply while it is being put together: what was already told of it, and its calls."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import msgspec

from confrere.models.messages import RESTART, Message, ToolCall, ToolSpec, Turn


class Told:
    """What ``on_text`` has been told of a reply, so that it can be taken back with RESTART."""

    def __init__(self, on_text: Callable[[str], None] | None) -> None:
        self._on_text = on_text
        self._any = False

    def hear(self, text: str) -> None:
        """Pass on what another model says, its restarts too."""
        if text == RESTART:
            self.restart()
        else:
            self.say(text)

    def say(self, text: str) -> None:
        if self._on_text is not None and text:
            self._any = True
            self._on_text(text.replace(RESTART, ""))

    def restart(self) -> None:
        if self._on_text is not None and self._any:
            self._any = False
            self._on_text(RESTART)

    def replace(self, text: str) -> None:
        self.restart()
        self.say(text)


def decoded(raw: bytes | str) -> Any:
    """A JSON value. Escaped lone surrogates are read too, which msgspec refuses: they stand for undecodable file names.

    Raises ValueError for what is not JSON.
    """
    try:
        try:
            return msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeEncodeError):
            return json.loads(raw, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def sendable(turn: Turn) -> Turn:
    """The same turn, without lone surrogates, which no server takes: each is spelt out as a JSON escape, ``\\udcXX``, which is
    how a model can name such a file in a call."""
    try:
        msgspec.json.encode([turn.messages, turn.tools])
        return turn
    except UnicodeEncodeError:
        spelt = _spelt(msgspec.to_builtins([turn.messages, turn.tools]))
        messages, tools = msgspec.convert(spelt, tuple[list[Message], list[ToolSpec]])
        return msgspec.structs.replace(turn, messages=messages, tools=tools)


def _spelt(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list):
        return [_spelt(item) for item in value]
    return {_spelt(key): _spelt(item) for key, item in value.items()} if isinstance(value, dict) else value


def parsed_call(identifier: str, tool: str, raw: str) -> ToolCall:
    """A call from its JSON text; an empty text is no arguments, as several servers send it. ``args`` is None for anything but an object."""
    try:
        args = decoded(raw) if raw.strip() else {}
    except ValueError:
        args = None
    if not isinstance(args, dict):
        return ToolCall(id=identifier, tool=tool, args=None, raw=raw)
    return ToolCall(id=identifier, tool=tool, args=args)


def make_unique(message: Message, turn: Turn) -> None:
    """Give a new id to each call that has none, or one that was used before in the conversation, as simple servers send them."""
    used = {call.id for earlier in turn.messages for call in earlier.calls}
    for call in message.calls:
        if not call.id or call.id in used:
            call.id = f"call_{secrets.token_hex(8)}"
        used.add(call.id)


def most_characters(turn: Turn) -> int:
    """The bound on the size of a reply, for a server that does not heed ``max_output_tokens``: a token is seldom 32 characters."""
    return 4096 + turn.max_output_tokens * 32


def most_bytes(turn: Turn) -> int:
    """The bound on what is read from the wire for one reply: a streamed token costs some 250 bytes of JSON."""
    return 65536 + turn.max_output_tokens * 1024
