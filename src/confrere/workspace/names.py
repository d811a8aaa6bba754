"""Free names: the same, or the next that collides with none there, case and normal form folded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from confrere.workspace.paths import folded, join, name, parent


class Names:
    """The names that folders have, remembered while they are asked for; ``names_in`` tells those of one folder."""

    MOST = 256  # folders

    def __init__(self, names_in: Callable[[str], Iterable[str]]) -> None:
        self._names_in = names_in
        self._known: dict[str, set[str]] = {}

    def free(self, path: str) -> str:
        """``path``, or the next of "name (2).ext", "name (3).ext" ... that no entry there has."""
        folder, base = parent(path), name(path)
        taken = self._taken(folder)
        stem, dot, ending = base.rpartition(".") if "." in base[1:] else (base, "", "")
        number = 1
        candidate = base
        while folded(candidate) in taken:
            number += 1
            candidate = f"{_cut(stem, len(os.fsencode(f' ({number}){dot}{ending}')))} ({number}){dot}{ending}"
        return join(folder, candidate)

    def _taken(self, folder: str) -> set[str]:
        if folder not in self._known:
            if len(self._known) > self.MOST:
                self._known.clear()
            self._known[folder] = {folded(item) for item in self._names_in(folder)}
        return self._known[folder]

    def changed(self, path: str, there: bool) -> None:
        """An entry came or went."""
        taken = self._known.get(parent(path))
        if taken is not None:
            (taken.add if there else taken.discard)(folded(name(path)))

    def forget(self, folder: str) -> None:
        self._known.pop(folder, None)

    def clear(self) -> None:
        self._known.clear()


def _cut(stem: str, room: int) -> str:
    """Shorten a name so that ``room`` bytes can follow it within the 255 a file system takes."""
    while len(os.fsencode(stem)) + room > 255:
        stem = stem[:-1]
    return stem
