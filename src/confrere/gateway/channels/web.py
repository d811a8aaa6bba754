"""The page: notices go out with the event stream, which is the journal itself; messages come in as API requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec

from confrere.gateway.channels.base import Incoming, Notice

if TYPE_CHECKING:
    from confrere.gateway.stream import Tail


class WebChannel:
    """See ``base.Channel``."""

    name = "web"

    def __init__(self, tail: Tail) -> None:
        self.tail = tail

    async def start(self, receive: Callable[[Incoming], Awaitable[str]]) -> None:
        """Nothing to start: a browser's requests come through the API."""

    async def tell(self, notice: Notice) -> None:
        self.tail.notice(msgspec.to_builtins(notice))

    async def close(self) -> None:
        """Nothing to end: the streams end with the gateway."""
