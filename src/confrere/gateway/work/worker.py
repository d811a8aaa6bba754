"""A worker: reads jobs from its input, a line of JSON each, and answers on its output. It leaves when its input ends."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from typing import Any

from confrere.errors import ConfrereError, Refused, Stopped, WrongUse

MEMORY = 6 << 30  # bytes of address space for a process that parses people's files, its converters included


class Line:
    """The way back to the gateway; any thread may write."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps(message, ensure_ascii=True).encode() + b"\n"
        with self._lock:
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(self._descriptor, view) :]
            except OSError:
                os._exit(0)  # nobody listens any more; the journal has what was done


def problem_of(error: BaseException) -> dict[str, Any]:
    """An error as it crosses to the gateway: its key, data and HTTP status."""
    if isinstance(error, ConfrereError):
        status = getattr(error, "http_status", 0) or (
            400 if isinstance(error, WrongUse) else 403 if isinstance(error, Refused) else 409 if isinstance(error, Stopped) else 500
        )
        data = {name: value if isinstance(value, int | float | str | bool) else str(value) for name, value in error.data.items()}
        return {"key": error.key, "data": data, "http": status}
    return {"key": "gateway.defect", "data": {"error": f"{type(error).__name__}: {error}"[:300]}, "http": 500}


async def serve(line: Line) -> None:
    """Do jobs until the input ends."""
    from confrere.gateway.work.jobs import Bench

    bench = Bench(line.send)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=64 * 1024 * 1024)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    running: dict[int, asyncio.Task[None]] = {}

    async def one(number: int, kind: str, args: dict[str, Any]) -> None:
        try:
            result = await bench.do(number, kind, args)
        except asyncio.CancelledError:
            return
        except BaseException as error:
            if not isinstance(error, ConfrereError):
                import traceback

                traceback.print_exc(file=sys.stderr)
            line.send({"job": number, "problem": problem_of(error)})
        else:
            line.send({"job": number, "done": result})
        finally:
            running.pop(number, None)

    while raw := await reader.readline():
        message = json.loads(raw)
        if "cancel" in message:
            task = running.get(message["cancel"])
            if task is not None:
                task.cancel()
        else:
            running[message["job"]] = asyncio.ensure_future(one(message["job"], message["kind"], message["args"]))
    bench.leave()
    os._exit(0)  # threads may be inside a library; nothing they hold matters


def _tidy() -> None:
    """Remove the copies that a process of this lane was looking at when it was ended; there is one at a time."""
    import shutil

    from confrere.config import Home

    for scratch in Home.find().cache.glob("look-*"):
        shutil.rmtree(scratch, ignore_errors=True)


def main() -> None:
    if sys.argv[1:] == ["draw"]:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        _tidy()
    line = Line(os.dup(1))
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    asyncio.run(serve(line))


if __name__ == "__main__":
    main()
