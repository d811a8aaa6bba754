"""Asking again: which failures are worth it, how long to wait, and the bounds no request may pass."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import msgspec

from confrere.models.errors import ModelFailed, NoCredit, TimedOut

T = TypeVar("T")

AGAIN = frozenset({408, 409, 425, 429})


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds in seconds unless said otherwise.

    ``idle`` is the longest silence, before the first byte as well as between two; ``overall`` covers one reply with all its
    retries and waits. ``patience`` is the longest Retry-After we sit through. ``base`` and ``cap`` shape the backoff.
    """

    connect: float = 10.0
    idle: float = 180.0
    overall: float = 1200.0
    attempts: int = 5
    base: float = 0.5
    cap: float = 20.0
    patience: float = 90.0


LOCAL = Limits(connect=3.0, idle=900.0, overall=3600.0)
"""On this machine a cold model is first read from disk, and a long prompt on two cores takes minutes."""


class Again(Exception):
    """An attempt failed in a way that may pass. ``after`` is what the server asked us to wait, ``most`` bounds the attempts."""

    def __init__(self, failure: ModelFailed, after: float | None = None, most: int = 1000) -> None:
        super().__init__(failure)
        self.failure = failure
        self.after = after
        self.most = most


def worth_repeating(status: int, failure: ModelFailed) -> bool:
    """Whether an HTTP status is a passing one, and the server did not name a reason that will stay."""
    from confrere.models.errors import ContextTooLong, ModelUnknown

    return (status in AGAIN or status >= 500) and not isinstance(failure, ContextTooLong | NoCredit | ModelUnknown)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds a server asks us to wait, from ``retry-after-ms`` or ``retry-after`` (seconds or HTTP date, RFC 9110 10.2.3)."""
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        value = headers.get("retry-after", "")
        if not value:
            return None
        try:
            return max(0.0, float(value))
        except ValueError:
            from email.utils import parsedate_to_datetime

            return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None  # unreadable: as if it had not been sent


async def persist(model: str, limits: Limits, attempt: Callable[[int], Awaitable[T]], again: Callable[[], None]) -> T:
    """Return ``attempt(n)`` for the first n = 1, 2 ... that raises no ``Again``; ``again`` is called before each repeat.

    Waits grow exponentially with jitter between half and the whole of the step, and never end before the server's Retry-After.
    Raises the last attempt's ModelFailed, or TimedOut when ``limits.overall`` ends first. Cancelling it cancels the attempt.
    """
    try:
        async with asyncio.timeout(limits.overall) as deadline:
            number = 0
            while True:
                number += 1
                try:
                    return await attempt(number)
                except Again as error:
                    wait = min(limits.cap, limits.base * 2 ** (number - 1)) * random.uniform(0.5, 1.0)
                    if error.after is not None:
                        wait = max(wait, error.after)
                    end = deadline.when()
                    left = end - asyncio.get_running_loop().time() if end is not None else wait
                    if number >= min(limits.attempts, error.most) or (error.after or 0) > limits.patience or wait >= left:
                        raise error.failure from error.__cause__
                await asyncio.sleep(wait)
                again()
    except TimeoutError as error:
        raise TimedOut(model, seconds=round(limits.overall)) from error
