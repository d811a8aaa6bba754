"""All tools there are. Other packages add theirs through the entry point group ``confrere.tools`` (a Tool, or an iterable of them)."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from confrere.tools.base import Tool


@cache
def all_tools() -> tuple[Tool, ...]:
    from confrere.tools.command import TOOLS as COMMAND
    from confrere.tools.files import TOOLS as FILES
    from confrere.tools.office import TOOLS as OFFICE

    tools: dict[str, Tool] = {tool.name: tool for tool in (*FILES, *OFFICE, *COMMAND)}
    for entry in entry_points(group="confrere.tools"):
        found = entry.load()
        for tool in found if isinstance(found, list | tuple) else (found,):
            tools.setdefault(tool.name, tool)  # none may take the name of another
    return tuple(tools.values())
