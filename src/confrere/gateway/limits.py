"""How often, and how much at once: a token bucket for each caller, a lock-out that grows with each wrong credential, turns, rests."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from weakref import WeakValueDictionary

_MOST = 4096  # callers remembered


class Buckets:
    """``rate`` requests a second for each name, ``burst`` at once."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst, self.clock = rate, burst, clock
        self._level: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> float:
        """Take one; returns 0, or the seconds to wait when there is none."""
        now = self.clock()
        level, then = self._level.pop(name, (self.burst, now))
        level = min(self.burst, level + (now - then) * self.rate)
        allowed = level >= 1
        self._level[name] = (level - 1 if allowed else level, now)
        while len(self._level) > _MOST:
            self._level.popitem(last=False)
        return 0.0 if allowed else (1 - level) / self.rate


class LockOut:
    """After ``free`` wrong tries from one address, each next one must wait twice as long as the one before, up to ``longest`` seconds."""

    def __init__(self, free: int = 5, longest: float = 900.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.free, self.longest, self.clock = free, longest, clock
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait(self, name: str) -> float:
        """Seconds until this address may try again; 0 when it may now."""
        count, until = self._wrong.get(name, (0, 0.0))
        return max(0.0, until - self.clock()) if count >= self.free else 0.0

    def wrong(self, name: str) -> float:
        """Count a wrong try; returns the seconds for which the address is now locked out."""
        count, _ = self._wrong.pop(name, (0, 0.0))
        count += 1
        wait = min(self.longest, 2.0 ** (count - self.free)) if count >= self.free else 0.0
        self._wrong[name] = (count, self.clock() + wait)
        while len(self._wrong) > _MOST:
            self._wrong.popitem(last=False)
        return wait

    def right(self, name: str) -> None:
        self._wrong.pop(name, None)


class Turn:
    """What is done one at a time: ``async with`` waits until it is one's turn."""

    def __init__(self) -> None:
        self.lock, self.waiting = asyncio.Lock(), 0

    async def __aenter__(self) -> None:
        self.waiting += 1
        try:
            await self.lock.acquire()
        except BaseException:
            self.waiting -= 1
            raise

    async def __aexit__(self, *_: object) -> None:
        self.waiting -= 1
        self.lock.release()


class Turns:
    """One at a time for each name, ``most`` that work or wait."""

    def __init__(self, most: int = 8) -> None:
        self.most = most
        self._of: WeakValueDictionary[str, Turn] = WeakValueDictionary()

    def of(self, name: str) -> Turn | None:
        """None when too many wait already."""
        turn = self._of.setdefault(name, Turn())
        return turn if turn.waiting < self.most else None


class Rests:
    """Who made the machine work for long rests ``times`` as long: a name gets one part of its time in so many."""

    def __init__(self, times: float = 9.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.times, self.clock = times, clock
        self._until: OrderedDict[str, float] = OrderedDict()

    def wait(self, name: str) -> float:
        """Seconds until this name may ask again; 0 when it may now."""
        return max(0.0, self._until.get(name, 0.0) - self.clock())

    def worked(self, name: str, seconds: float) -> None:
        self._until.pop(name, None)
        self._until[name] = self.clock() + seconds * self.times
        while len(self._until) > _MOST:
            self._until.popitem(last=False)
