"""A reply while it is being put together: what was already told of it, and its calls."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import msgspec

from confrere.models.messages import RESTART, Message, ToolCall, Turn


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


def parsed_call(identifier: str, tool: str, raw: str) -> ToolCall:
    """A call from its JSON text; an empty text is no arguments, as several servers send it. ``args`` is None for anything but an object."""
    try:
        args = msgspec.json.decode(raw.encode("utf-8", "surrogatepass")) if raw.strip() else {}
    except (msgspec.DecodeError, UnicodeDecodeError):
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
