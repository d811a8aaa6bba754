"""A proxy in its own thread, on a listener that lives in the sandbox's network namespace."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
import threading
from collections.abc import Callable, Coroutine, Sequence

from confrere.sandbox.addresses import HostList
from confrere.sandbox.protocol import Command, Decide, Record, Stands
from confrere.sandbox.proxy import Proxy
from confrere.sandbox.resident import PROXY_PORT

URL = f"http://127.0.0.1:{PROXY_PORT}"
ENVIRONMENT = {
    **{name: URL for plain in ("http_proxy", "https_proxy", "all_proxy") for name in (plain, plain.upper())},
    "no_proxy": "",
    "NO_PROXY": "",
}

Serve = Callable[[Proxy, socket.socket], Coroutine[None, None, None]]


async def _listen(proxy: Proxy, listener: socket.socket) -> None:
    async with await proxy.serve(listener) as server:
        await server.serve_forever()


def _heard(task: asyncio.Task[None]) -> None:
    """A broken relay ends the network, not the program: whoever still asks finds nobody there."""
    if not task.cancelled():
        task.exception()


class Network:
    """Starts serving at once; ``allow`` replaces the list, and ends what is open to others; ``close`` ends every connection."""

    def __init__(
        self,
        listener: socket.socket,
        decide: Decide | None,
        record: Record | None,
        serve: Serve | None = None,
        stands: Stands | None = None,
    ) -> None:
        self.proxy = Proxy(decide, record)
        self.proxy.stands = stands
        self.listener = listener
        self.serve = serve or _listen
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.work, name="sandbox-proxy", daemon=True)
        self.thread.start()

    def work(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.listener.setblocking(False)
        serving = self.loop.create_task(self.serve(self.proxy, self.listener))
        serving.add_done_callback(_heard)
        try:
            self.loop.run_forever()
        finally:
            tasks = asyncio.all_tasks(self.loop)
            for task in tasks:
                task.cancel()
            self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self.loop.close()
            self.listener.close()

    def allow(self, entries: Sequence[str]) -> None:
        """Raises ValueError for an entry that is no host; the list then stays as it was."""
        HostList(entries)
        self.loop.call_soon_threadsafe(self.proxy.allow, list(entries))

    def equip(self, command: Command) -> Command:
        return dataclasses.replace(command, env={**ENVIRONMENT, **command.env})

    def close(self) -> None:
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join(2)
