"""A real view on a real folder, and a context that remembers like the journal does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from confrere.documents.library import Library
from confrere.workspace.roots import grant
from confrere.workspace.view import View


class Killed(Exception):
    """What stands for a kill: raised from progress after a number of words."""


class FakeContext:
    """``tools.base.Context`` for tests: memos are kept by call, as JSON values."""

    def __init__(self, view: View, library: Library, language: str, memos: dict[str, dict[str, Any]]) -> None:
        self.task, self.step, self.call, self.language = "t", "s1", "s1", language
        self.view, self.library, self.memos = view, library, memos
        self.die_after = -1
        self.words = 0

    def progress(self, done: int, total: int, what: str) -> None:
        self.words += 1
        if 0 <= self.die_after < self.words:
            raise Killed

    def memo(self, name: str, compute: Callable[[], Any]) -> Any:
        import msgspec

        known = self.memos.setdefault(self.call, {})
        if name not in known:
            known[name] = msgspec.json.decode(msgspec.json.encode(compute()))
        return known[name]


class Office:
    """A folder, its view, and a way to run tools on it, calls numbered."""

    def __init__(self, folder: Path, state: Path, library: Library, language: str = "fr") -> None:
        self.folder, self.language = folder, language
        granted = grant([(str(folder), False)], state)
        self.view = View(granted.roots, state / "work")
        self.root = granted.roots[0].name
        self.library = library
        self.memos: dict[str, dict[str, Any]] = {}
        self.number = 0

    def context(self, call: str = "", language: str = "") -> FakeContext:
        if not call:
            self.number += 1
            call = f"s{self.number}"
        context = FakeContext(self.view, self.library, language or self.language, self.memos)
        context.call = context.step = call
        return context

    def run(self, tool: Any, call: str = "", **args: Any) -> Any:
        import msgspec

        return tool.run(msgspec.convert(args, tool.Args), self.context(call))

    def files(self) -> dict[str, bytes]:
        return {info.path: self.view.read(info.path) for info in self.view.walk() if info.type == "file"}

    def paths(self) -> list[str]:
        return sorted(info.path.split("/", 1)[1] for info in self.view.walk() if info.type == "file")
