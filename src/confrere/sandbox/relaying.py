"""The host's end of the virtual machine's relay: frames on a serial port become connections to the proxy. See ``guest/relay.py``."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress

from confrere.sandbox.proxy import CONNECTIONS, Proxy

FRAME_LIMIT = 1 << 16
_CHUNK = 1 << 15


class BadFrame(Exception):
    """The machine sent what is not a frame; it is not spoken to any more."""


async def serve(proxy: Proxy, port: socket.socket) -> None:
    """Raises BadFrame or EOFError when the port ends."""
    await _Relay(proxy, *await asyncio.open_connection(sock=port)).run()


class _Relay:
    def __init__(self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.proxy, self.reader, self.writer = proxy, reader, writer
        self.open: dict[int, asyncio.StreamWriter] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        try:
            while True:
                number, kind, length = struct.unpack(">IBI", await self.reader.readexactly(9))
                if length > FRAME_LIMIT or kind not in (1, 2, 3):
                    raise BadFrame
                data = await self.reader.readexactly(length)
                if kind == 1:
                    await self.begin(number)
                elif number in self.open:
                    await self.carry(number, kind, data)
        finally:
            for task in self.tasks:
                task.cancel()
            self.writer.close()

    async def begin(self, number: int) -> None:
        if number in self.open or len(self.open) >= CONNECTIONS:
            return await self.send(number, 3)
        near, far = socket.socketpair()
        self.start(self.proxy.handle(*await asyncio.open_connection(sock=near)))
        reader, writer = await asyncio.open_connection(sock=far)
        self.open[number] = writer
        self.start(self.pump(number, reader, writer))

    def start(self, work) -> None:  # type: ignore[no-untyped-def]
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def carry(self, number: int, kind: int, data: bytes) -> None:
        writer = self.open[number]
        with suppress(OSError, RuntimeError):
            if kind == 2:
                writer.write(data)
                await writer.drain()
            else:
                writer.write_eof()

    async def pump(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                while data := await reader.read(_CHUNK):
                    await self.send(number, 2, data)
            await self.send(number, 3)
        finally:
            self.open.pop(number, None)
            writer.close()

    async def send(self, number: int, kind: int, data: bytes = b"") -> None:
        self.writer.write(struct.pack(">IBI", number, kind, len(data)) + data)
        await self.writer.drain()
