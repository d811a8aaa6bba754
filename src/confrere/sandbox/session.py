"""The host's end of the channel to a resident agent, the same for every back end.

What comes from inside is untrusted: frames are bounded, unknown words end the session, and output is capped here again.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from typing import Any

from confrere.errors import Failed, Stopped
from confrere.sandbox.disk import DiskWatch
from confrere.sandbox.protocol import Command, Limits, Output, Result
from confrere.sandbox.resident import CHUNK, Broken, Splitter, order

GRACE = 10.0
STEP = 0.1
_REPLY = 1 << 16


def read_answer(head: bytes) -> dict[str, Any]:
    """Raises Broken for anything but one JSON object."""
    try:
        read = json.loads(head)
    except (ValueError, RecursionError) as error:
        raise Broken("not a frame") from error
    if not isinstance(read, dict):
        raise Broken("not a frame")
    return read


class Session:
    """One sandbox's channel and process. ``watch`` is asked ten times a second which limit was passed ("" for none)."""

    def __init__(self, process: subprocess.Popen[bytes], channel: socket.socket, watch: DiskWatch | None = None) -> None:
        self.process, self.channel, self.watch = process, channel, watch
        self.splitter = Splitter(read_answer, _REPLY, CHUNK)
        self.frames: list[tuple[dict[str, Any], bytes]] = []
        self.fds: list[int] = []
        self.turn = threading.RLock()
        self.sending = threading.Lock()
        self.closed = False
        self.words = ""
        self.ready = select.poll()
        self.ready.register(channel, select.POLLIN)
        self.limits = Limits()

    def setup(self, limits: Limits, env: Mapping[str, str], deadline: float, *, greeted: bool = False, **more: object) -> None:
        """Wait for the agent's first word (unless ``greeted``) and tell it the limits. ``deadline`` is a time.monotonic() value.

        Raises Failed.
        """
        self.limits = limits
        bounds = {name: getattr(limits, name) for name in ("memory", "processes", "disk", "files", "cpu", "output")}
        try:
            if not greeted:
                self.greeting(deadline)
            self.send({"op": "setup", "limits": bounds, "env": dict(env), **more})
            done, _ = self.receive(deadline)
            if done.get("is") != "done":
                raise Broken("no answer")
        except (Broken, OSError) as error:
            raise Failed("sandbox.not-started", why=self.last_words() or str(error)) from error

    def greeting(self, deadline: float) -> None:
        """Raises Broken, TimeoutError or OSError."""
        hello, _ = self.receive(deadline)
        if hello.get("is") != "ready":
            raise Broken("no greeting")

    def run(self, command: Command, on_output: Output | None) -> Result:
        with self.turn:
            started = time.monotonic()
            if self.watch is not None:
                self.watch.begin()
            wall = min(self.limits.wall, command.timeout if command.timeout is not None else self.limits.wall)
            try:
                head = {"op": "run", "argv": list(command.argv), "cwd": command.cwd, "env": dict(command.env), "timeout": wall}
                self.send(head, command.stdin)
                return self.collect(started, started + wall + GRACE, on_output)
            except (Broken, OSError) as error:
                if self.closed:
                    raise Stopped("sandbox.stopped") from error
                why = self.last_words() or str(error)
                self.close()
                raise Failed("sandbox.broken", why=why) from error

    def collect(self, started: float, deadline: float, on_output: Output | None) -> Result:
        kept: dict[int, list[bytes]] = {1: [], 2: []}
        size = {1: 0, 2: 0}
        over = ""
        while True:
            step = min(deadline, time.monotonic() + STEP)
            try:
                head, data = self.receive(step)
            except TimeoutError:
                if time.monotonic() >= deadline:
                    raise Broken("no answer") from None
                if self.watch is not None and not over:
                    over = self.watch()
                    if over:
                        self.send({"op": "cancel"})
                continue
            if head.get("is") == "out" and head.get("fd") in (1, 2):
                which = head["fd"]
                data = data[: self.limits.output - size[which]]
                size[which] += len(data)
                kept[which].append(data)
                if on_output is not None and data:
                    on_output(which, data)
            elif head.get("is") == "end":
                return Result(
                    rc=_number(head, "rc"),
                    out=b"".join(kept[1]),
                    err=b"".join(kept[2]),
                    truncated=_number(head, "truncated"),
                    timed_out=head.get("timed_out") is True,
                    orphans=_number(head, "orphans"),
                    seconds=time.monotonic() - started,
                    over=over or ("memory" if head.get("over") == "memory" else ""),
                )
            else:
                raise Broken("not an answer")

    def cancel(self) -> None:
        try:
            self.send({"op": "cancel"})
        except OSError:
            pass  # it ended already

    def listener(self, deadline: float) -> socket.socket:
        """The proxy's listening socket, opened by the agent in the sandbox's own network namespace. Raises Broken."""
        with self.turn:
            self.send({"op": "listen"})
            head, _ = self.receive(deadline)
            if head.get("is") != "listening" or len(self.fds) != 1:
                raise Broken("no listener")
            return socket.socket(fileno=self.fds.pop())

    def send(self, head: dict[str, object], data: bytes = b"") -> None:
        with self.sending:
            self.channel.sendall(order(head, data))

    def receive(self, deadline: float) -> tuple[dict[str, Any], bytes]:
        """The next frame. Raises TimeoutError at ``deadline``, Broken when the other end closed or sent what is not a frame."""
        while not self.frames:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no answer in time")
            if not self.ready.poll(left * 1000):
                raise TimeoutError("no answer in time")
            some, fds, _, _ = socket.recv_fds(self.channel, CHUNK, 4)
            for fd in fds:
                os.set_inheritable(fd, False)
            self.fds += fds
            if not some:
                raise Broken("closed")
            try:
                self.frames += self.splitter.feed(some)
            except Broken:
                self.drop_fds()
                raise
        return self.frames.pop(0)

    def drop_fds(self) -> None:
        for fd in self.fds:
            os.close(fd)
        self.fds.clear()

    def last_words(self) -> str:
        """What the launcher wrote on stderr, once it has ended: at most 2000 characters; nothing while it runs."""
        try:
            self.process.wait(0.5)
        except subprocess.TimeoutExpired:
            return ""
        if self.process.stderr is not None and not self.process.stderr.closed:
            os.set_blocking(self.process.stderr.fileno(), False)
            self.words = (self.process.stderr.read(2000) or b"").decode("utf-8", "replace").strip()
            self.process.stderr.close()
        return self.words

    def close(self) -> None:
        """End the process, and with it everything inside."""
        self.closed = True
        if self.process.poll() is None:
            self.process.kill()
        try:
            self.channel.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other end is gone
        self.process.wait()
        if self.turn.acquire(timeout=1):  # a run in another thread first sees the end
            try:
                self.channel.close()
                self.drop_fds()
                if self.process.stderr is not None:
                    self.process.stderr.close()
            finally:
                self.turn.release()


def _number(head: dict[str, Any], name: str) -> int:
    value = head.get(name)
    if type(value) is not int or abs(value) >= 1 << 63:
        raise Broken(f"no {name}")
    return value
