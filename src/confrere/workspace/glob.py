"""Patterns for paths: ``*`` and ``?`` within a name, ``**`` across folders, ``[...]`` sets."""

from __future__ import annotations

import re


def translate(pattern: str) -> re.Pattern[str]:
    """What a whole path must match."""
    out = ""
    position = 0
    while position < len(pattern):
        char = pattern[position]
        if pattern.startswith("**/", position):
            out, position = out + "(?:[^/]+/)*", position + 3
            continue
        if pattern.startswith("**", position):
            out, position = out + ".*", position + 2
            continue
        end = pattern.find("]", position + 2) if char == "[" else -1
        if end > 0:
            inside = pattern[position + 1 : end].replace("\\", "\\\\")
            out += "[" + ("^" + inside[1:] if inside[0] in "!^" else inside) + "]"
            position = end
        else:
            out += {"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char))
        position += 1
    return re.compile(out, re.DOTALL)
