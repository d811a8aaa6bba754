"""Very many entries of a view, held small: their paths in one block of bytes, their numbers in arrays."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from confrere.workspace.tree import Info


class Infos(Sequence[Info]):
    """A list of ``Info`` that costs some 50 bytes an entry where a plain one costs 200. Entries are made anew each time they are
    asked for; they can be added at the end, not changed."""

    def __init__(self, infos: Iterable[Info] = ()) -> None:
        self._paths = bytearray()
        self._ends = array("Q")
        self._sizes = array("q")
        self._times = array("q")
        self._modes = array("I")
        self._types: dict[int, str] = {}  # only what is no plain file
        for info in infos:
            self.append(info)

    def append(self, info: Info) -> None:
        self._paths += info.path.encode("utf-8", "surrogateescape")
        if info.type != "file":
            self._types[len(self._ends)] = info.type
        self._ends.append(len(self._paths))
        self._sizes.append(info.size)
        self._times.append(info.mtime_ns)
        self._modes.append(info.mode)

    def __len__(self) -> int:
        return len(self._ends)

    def __iter__(self) -> Iterator[Info]:
        for index in range(len(self._ends)):
            yield self._at(index)

    @overload
    def __getitem__(self, index: int) -> Info: ...
    @overload
    def __getitem__(self, index: slice) -> Infos: ...
    def __getitem__(self, index: int | slice) -> Info | Infos:
        if isinstance(index, slice):
            return Infos(self._at(number) for number in range(*index.indices(len(self))))
        return self._at(range(len(self))[index])

    def _at(self, index: int) -> Info:
        begin = self._ends[index - 1] if index else 0
        path = self._paths[begin : self._ends[index]].decode("utf-8", "surrogateescape")
        return Info(path, self._types.get(index, "file"), self._sizes[index], self._times[index], self._modes[index])
