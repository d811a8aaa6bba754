"""What small local models do instead of the protocol: think aloud in ``<think>``, and print calls instead of making them."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from confrere.models.draft import decoded

OPEN, CLOSE = "<think>", "</think>"


class Thoughts:
    """Takes a leading ``<think>...</think>`` out of a text that comes in pieces. ``aloud`` collects what was taken out."""

    def __init__(self) -> None:
        self.aloud = ""
        self._held = ""
        self._state = "before"  # before any word, inside the thought, after it

    def feed(self, piece: str) -> str:
        """Return the part of ``piece`` (and of what was held back) that is not thought."""
        self._held += piece
        if self._state == "before":
            start = self._held.lstrip()
            if start.startswith(OPEN):
                self._state, self._held = "inside", start[len(OPEN) :]
            elif OPEN.startswith(start):
                return ""  # may still become the tag
            else:
                self._state = "after"
        if self._state == "inside":
            thought, closed, rest = self._held.partition(CLOSE)
            if closed:
                self.aloud += thought
                self._state, self._held = "gap", rest
            else:
                keep = len(CLOSE) - 1
                self.aloud += self._held[:-keep]
                self._held = self._held[-keep:]
                return ""
        if self._state == "gap":  # the blank lines that follow a thought
            self._held = self._held.lstrip()
            if not self._held:
                return ""
            self._state = "after"
        text, self._held = self._held, ""
        return text

    def end(self) -> str:
        """Return what was still held back: the beginning of something that was no tag after all."""
        held, self._held = self._held, ""
        if self._state == "inside":
            self.aloud += held
            return ""
        return held


_PRINTED = re.compile(
    r"```(?:json|tool_call|tool_code|tool)?[ \t]*\r?\n(?P<fence>.*?)\r?\n?```"
    r"|<tool_call>(?P<tag>.*?)(?:</tool_call>|\Z)",
    re.DOTALL,
)


def printed_calls(text: str, offered: Collection[str]) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
    """Find calls a model wrote as text: in a ```json fence, in ``<tool_call>`` tags, or as the whole text.

    Returns the text before the first call, and the calls as (tool, args). Only an object that names an ``offered`` tool and
    has an object of arguments counts: ``{"tool"|"name": ..., "args"|"arguments"|"parameters": {...}}``, alone or in a list.
    Blocks that follow with nothing between them count too; whatever comes after is dropped, since a model that goes on after a
    call it only printed invents the result. Returns (text, []) unchanged where there is no call.
    """
    if not offered:
        return text, []
    whole = _calls(text, offered)
    if whole:
        return "", whole
    calls: list[tuple[str, dict[str, Any]]] = []
    before, end = text, -1
    for match in _PRINTED.finditer(text):
        if calls and text[end : match.start()].strip():
            break
        found = _calls(match["fence"] or match["tag"] or "", offered)
        if not found:
            if calls:
                break
            continue
        if not calls:
            before = text[: match.start()].rstrip()
        calls += found
        end = match.end()
    return before, calls


def _calls(text: str, offered: Collection[str]) -> list[tuple[str, dict[str, Any]]]:
    text = text.strip()
    if not text.startswith(("{", "[")):
        return []
    try:
        value = decoded(text)
    except ValueError:
        return []
    calls = []
    for item in value if isinstance(value, list) else [value]:
        call = _call(item, offered)
        if call is None:
            return []
        calls.append(call)
    return calls


def _call(item: object, offered: Collection[str]) -> tuple[str, dict[str, Any]] | None:
    if not isinstance(item, dict):
        return None
    inner = item.get("function")
    if isinstance(inner, dict):
        item = inner
    name = item.get("tool", item.get("name", item.get("function")))
    args = item.get("args", item.get("arguments", item.get("parameters", {})))
    if isinstance(args, str):
        try:
            args = decoded(args)
        except ValueError:
            return None
    return (name, args) if isinstance(name, str) and name in offered and isinstance(args, dict) else None
