"""How often: a token bucket for each caller, and a lock-out that grows with each wrong credential."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

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
