"""A heartbeat, for who writes one: a schedule whose brief is what stands in ``HEARTBEAT.md`` of the state folder when it falls due.

That file is out of every task's reach, so that what stands in it are the owner's words. While nothing does (headings, comments and empty list
items are nothing) nothing is begun, asked or journaled; nor while it is another user's, or may be written by anybody.
"""

from __future__ import annotations

import os
import re
import stat

from confrere.config import Home

BRIEF = "@HEARTBEAT.md"
_MOST = 20_000  # characters
_NOTHING = re.compile(r"\s*(#.*|[-*+]\s*(\[[ x]?\])?|=+|-+)?\s*")


def words(home: Home, brief: str) -> str:
    """The brief to begin with: itself, or what the heartbeat's file asks for; "" when that is nothing."""
    if brief.strip() != BRIEF:
        return brief
    try:
        with open(home.path / BRIEF[1:], encoding="utf-8", errors="replace") as file:
            status = os.fstat(file.fileno())
            if status.st_uid not in (os.geteuid(), 0) or status.st_mode & stat.S_IWOTH:
                return ""
            text = file.read(_MOST)
    except OSError:
        return ""
    text = re.sub(r"<!--.*?(-->|\Z)", "", text, flags=re.DOTALL)
    return text.strip() if any(not _NOTHING.fullmatch(line) for line in text.splitlines()) else ""
