"""The crew: child processes that run tasks and read documents, started when there is work and ended when there is none.

Three lanes. "task": a process to itself for each task that works on folders, at most ``most`` at once, the others wait their turn.
"turn": one
process for questions without a folder, many at once. "look": one process for change sets. "draw": one, with a limit of memory, that parses
people's files to show them, and may die of one. A line of JSON each way a message.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Callable
from typing import Any

from confrere.errors import ConfrereError
from confrere.gateway.http import Problem

IDLE = {"task": 60.0, "look": 60.0, "draw": 60.0, "turn": 300.0}  # seconds after which a process without work is ended
_SHARED = ("turn", "look", "draw")
_LINE = 64 * 1024 * 1024

Live = Callable[[str, dict[str, Any]], None]


class WorkerDied(ConfrereError):
    """The process ended in the middle of a job."""


class Hand:
    """One child process."""

    def __init__(self, lane: str, process: asyncio.subprocess.Process, wake: Callable[[], None]) -> None:
        self.lane = lane
        self.process = process
        self.wake = wake
        self.jobs: dict[int, tuple[asyncio.Future[Any], Live | None]] = {}
        self.idle: asyncio.TimerHandle | None = None
        self.dead = False
        self.reading = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        try:
            while line := await self.process.stdout.readline():
                self._take(json.loads(line))
        except (ValueError, asyncio.LimitOverrunError):
            self.kill()
        finally:
            self.dead = True
            for future, _ in self.jobs.values():
                if not future.done():
                    future.set_exception(WorkerDied("gateway.worker-died"))
            self.jobs.clear()
            await self.process.wait()

    def _take(self, message: dict[str, Any]) -> None:
        if "wake" in message:
            self.wake()
            return
        future, live = self.jobs.get(message["job"], (None, None))
        if future is None or future.done():
            return
        if "live" in message:
            if live is not None:
                live(message["live"], message["body"])
        elif "problem" in message:
            body = message["problem"]
            future.set_exception(Problem(body["http"], body["key"], **body["data"]))
        else:
            future.set_result(message.get("done"))

    def send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message, ensure_ascii=True).encode() + b"\n")

    def kill(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


class Crew:
    """``wake`` is called when a worker has written to the journal."""

    def __init__(self, environment: dict[str, str], wake: Callable[[], None], most: int = 0) -> None:
        self.environment = environment
        self.wake = wake
        self.most = most or max(2, (os.cpu_count() or 2))
        self.hands: list[Hand] = []
        self._number = 0
        self._free: deque[Hand] = deque()
        self._slots = asyncio.Semaphore(self.most)
        self._starting: dict[str, asyncio.Task[Hand]] = {}
        self.closed = False

    @property
    def working(self) -> bool:
        return any(hand.jobs for hand in self.hands)

    async def run(self, lane: str, kind: str, args: dict[str, Any], live: Live | None = None) -> Any:
        """Have a job done; returns its result. Raises what the job raised, WorkerDied when its process ended. Cancelling cancels the
        job.
        """
        if lane in _SHARED:
            return await self._do(await self._shared(lane), kind, args, live)
        async with self._slots:
            hand = await self._own()
            try:
                return await self._do(hand, kind, args, live)
            finally:
                if not hand.dead:
                    self._free.append(hand)

    def warm(self, lane: str) -> None:
        """Have a shared lane's process ready for somebody who is about to ask; it leaves again when nobody does."""
        if not self.closed and lane not in self._starting and not any(hand.lane == lane and not hand.dead for hand in self.hands):
            warming = asyncio.ensure_future(self.run(lane, "warm", {}))
            warming.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _do(self, hand: Hand, kind: str, args: dict[str, Any], live: Live | None) -> Any:
        self._number += 1
        number = self._number
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        hand.jobs[number] = (future, live)
        if hand.idle is not None:
            hand.idle.cancel()
            hand.idle = None
        try:
            hand.send({"job": number, "kind": kind, "args": args})
            return await future
        except asyncio.CancelledError:
            if not hand.dead:
                hand.send({"cancel": number})
            raise
        finally:
            hand.jobs.pop(number, None)
            if not hand.jobs and not hand.dead:
                hand.idle = asyncio.get_running_loop().call_later(IDLE[hand.lane], self._dismiss, hand)

    async def _shared(self, lane: str) -> Hand:
        for hand in self.hands:
            if hand.lane == lane and not hand.dead:
                return hand
        if lane not in self._starting:
            self._starting[lane] = asyncio.ensure_future(self._start(lane))
        try:
            return await asyncio.shield(self._starting[lane])
        finally:
            if (started := self._starting.get(lane)) is not None and started.done():
                del self._starting[lane]

    async def _own(self) -> Hand:
        while self._free:
            hand = self._free.pop()
            if not hand.dead:
                return hand
        return await self._start("task")

    async def _start(self, lane: str) -> Hand:
        if self.closed:
            raise Problem(503, "gateway.stopping")
        # -P: the folder this was started in may be full of other people's files, and none of them is a module of ours
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "confrere.gateway.work.worker", lane, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env=self.environment, start_new_session=True, limit=_LINE,
        )  # fmt: skip
        hand = Hand(lane, process, self.wake)
        self.hands = [one for one in self.hands if not one.dead] + [hand]
        return hand

    def _dismiss(self, hand: Hand) -> None:
        """End a process that has no work; it leaves when its input ends."""
        if not hand.jobs and not hand.dead and hand.process.stdin is not None:
            hand.dead = True
            hand.process.stdin.close()

    def end(self, lane: str) -> None:
        """End a lane's processes, whatever they are at; the next job gets a new one."""
        for hand in self.hands:
            if hand.lane == lane and not hand.dead:
                hand.dead = True
                hand.kill()

    def of(self, pid: int) -> Hand | None:
        return next((hand for hand in self.hands if hand.process.pid == pid and not hand.dead), None)

    async def close(self) -> None:
        """End every process at once: what they did is in the journal."""
        self.closed = True
        for hand in self.hands:
            if hand.idle is not None:
                hand.idle.cancel()
            hand.kill()
        await asyncio.gather(*(hand.reading for hand in self.hands), return_exceptions=True)
