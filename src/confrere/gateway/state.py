"""The gateway: what lives as long as the process, put together once."""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from typing import TYPE_CHECKING

import msgspec

from confrere.config import Home
from confrere.gateway.channels.base import Channel, Reception
from confrere.gateway.channels.web import WebChannel
from confrere.gateway.doors import Doors
from confrere.gateway.guard import Guard
from confrere.gateway.http import Routes
from confrere.gateway.limits import Rests, Turns
from confrere.gateway.page_files import Page
from confrere.gateway.people import Own, People
from confrere.gateway.shelf import Shelf
from confrere.gateway.stream import Tail
from confrere.gateway.work.crew import Crew
from confrere.journal.sqlite import Recovered, open_store
from confrere.journal.store import SYSTEM, Event, Store

if TYPE_CHECKING:
    from confrere.gateway.approvals import Inbox
    from confrere.gateway.desk import Desk
    from confrere.gateway.recipes import RecipeBook
    from confrere.gateway.schedule.clock import Clock


class Listen(msgspec.Struct, kw_only=True, frozen=True):
    """Where to listen. ``names`` are further host names under which the gateway may be called; ``certificate`` and ``key`` are PEM
    files.
    """

    host: str = "127.0.0.1"
    port: int = 7878
    names: tuple[str, ...] = ()
    certificate: str = ""
    key: str = ""

    @property
    def loopback(self) -> bool:
        return self.host in ("127.0.0.1", "::1", "localhost")

    @property
    def tls(self) -> bool:
        return bool(self.certificate)

    def url(self, port: int) -> str:
        host = self.names[0] if self.names else f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{port}"


class Gateway:
    """See the module. ``hosts`` are the Host headers that are answered."""

    def __init__(self, home: Home, listen: Listen) -> None:
        self.home = home
        self.listen = listen
        self.recovered: Recovered | None
        self.store, self.recovered = open_store(home.journal, home.blobs)
        self.port = listen.port
        self.hosts: set[str] = set()
        self.cookie = "__Host-confrere" if listen.tls else "confrere"
        self.people = People(self.store)
        self.doors = Doors(self.store)
        self.tail = Tail(self.store, self.people)
        self.shelf = Shelf(self.store)
        self.crew = Crew({**os.environ, "CONFRERE_HOME": str(home.path)}, self.tail.soon)
        self.tail.busy = lambda: self.crew.working
        self.page = Page()
        self.routes = Routes()
        self.turns, self.rests = Turns(), Rests()
        self.ended: set[str] = set()  # devices revoked: their streams end
        self.stopping = asyncio.Event()
        self._desk: Desk | None = None
        self._clock: Clock | None = None
        self._inbox: Inbox | None = None
        self._recipes: RecipeBook | None = None
        self.reception = Reception(self)
        self.channels: list[Channel] = [WebChannel(self.tail)]
        self._telling: set[asyncio.Task[None]] = set()
        self.tail.followers += [self.shelf.follow, self._follow]
        self.doors.revoked = self.ended.add
        from confrere.gateway.api import all_routes

        for routes in all_routes():
            for route in routes.all:
                self.routes.add(route)
        self.guard = Guard(self)

    def _follow(self, event: Event) -> None:
        if event.task == SYSTEM:
            self.people.follow(event)
            self.doors.apply(event)
        notice = self.reception.notice(event)
        if notice is not None:
            for channel in self.channels:
                telling = asyncio.ensure_future(channel.tell(notice))
                self._telling.add(telling)
                telling.add_done_callback(self._telling.discard)

    def own(self, person: str) -> Store:
        """The journal as this person may see it."""
        return Own(self.people, person) if self.people.several else self.store

    @property
    def desk(self) -> Desk:
        if self._desk is None:
            from confrere.gateway.desk import Desk

            self._desk = Desk(self)
        return self._desk

    @property
    def clock(self) -> Clock:
        if self._clock is None:
            from confrere.gateway.schedule.clock import Clock

            self._clock = Clock(self)
        return self._clock

    @property
    def inbox(self) -> Inbox:
        if self._inbox is None:
            from confrere.gateway.approvals import Inbox

            self._inbox = Inbox(self)
        return self._inbox

    @property
    def recipes(self) -> RecipeBook:
        if self._recipes is None:
            from confrere.gateway.recipes import RecipeBook

            self._recipes = RecipeBook(self.store)
            self.tail.followers.append(self._recipes.follow)
        return self._recipes

    @property
    def url(self) -> str:
        return self.listen.url(self.port)

    def bound(self, port: int) -> None:
        """The port is known: the hosts that are answered follow from it."""
        self.port = port
        names = {"127.0.0.1", "localhost", "[::1]"} if self.listen.loopback else {self.listen.host} - {"0.0.0.0", "::"}
        names |= {name.lower() for name in self.listen.names}
        self.hosts = {f"{name}:{port}" for name in names}
        if port == (443 if self.listen.tls else 80):
            self.hosts |= names

    def defect(self, error: BaseException) -> None:
        """Something escaped: told on the terminal, where it can be reported from; a client is told only that."""
        traceback.print_exception(error, file=sys.stderr)

    async def close(self) -> None:
        self.stopping.set()
        if self._clock is not None:
            self._clock.close()
        for channel in self.channels:
            await channel.close()
        self.tail.close()
        await self.crew.close()
        self.store.close()
