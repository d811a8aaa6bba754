"""The terminal that ``confrere up`` runs in: it tells what waits and what ended; a line typed there is a brief."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

from confrere.errors import ConfrereError
from confrere.gateway.channels.base import Incoming, Notice
from confrere.gateway.doors import SCOPES
from confrere.messages import show


class TerminalChannel:
    """See ``base.Channel``. Reads only where there is a person at a terminal."""

    name = "terminal"

    def __init__(self, language: str) -> None:
        self.language = language
        self._reading: asyncio.Task[None] | None = None

    async def start(self, receive: Callable[[Incoming], Awaitable[str]]) -> None:
        if sys.stdin is not None and sys.stdin.isatty():
            self._reading = asyncio.ensure_future(self._read(receive))

    async def _read(self, receive: Callable[[Incoming], Awaitable[str]]) -> None:
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        number = 0
        while line := await reader.readline():
            text = line.decode("utf-8", "replace").strip()
            if text:
                number += 1
                try:
                    task = await receive(
                        Incoming(channel=self.name, sender="terminal", ext=f"{id(self)}-{number}", text=text, scopes=SCOPES)
                    )
                    print(task, flush=True)
                except ConfrereError as error:
                    print(error.sentence(self.language), flush=True)

    async def tell(self, notice: Notice) -> None:
        print(show(notice.text.fr if self.language == "fr" else notice.text.en), flush=True)

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
