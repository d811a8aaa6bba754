"""A model server that follows a script: real HTTP on loopback, in the protocols of Anthropic, OpenAI and Ollama, failures included.

In a test::

    with ScriptedModel() as server:
        server.script([say("hello"), call("list_files", folder="A"), fail(status=429, retry_after=0.1), "done"])
        ... f"{server.url}/v1" ...
        assert server.requests[0].body["messages"] ...

On its own: ``python -m tests.scripted_model --port 11434 --script turns.json``, where the file holds a JSON list of texts and of
objects with the fields of ``Act``. It prints ``ready URL``, then serves until it is ended.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from tests.scripted_formats import FORMATS, Event


@dataclass
class Act:
    """One answer of the server.

    ``calls`` are ``{"tool":, "args":}``; "raw" instead of "args" gives the argument text as it is, "id" the call's id. ``fail`` is
    "" or: "status" (answers ``status``), "cut" (closes in the middle), "short" (a stream that ends in order, but too early),
    "endless" (text without end, whatever the bound), "garbage" (a stream or body that is not JSON), "silent" (reads, never
    answers), "stall" (begins, then nothing), "reset" (closes at once), "error-event" (an error inside a stream that has begun),
    "empty" (a well-formed answer with nothing in it).
    ``wait`` is seconds before the first byte, ``pace`` between events, ``shred`` the size in bytes of what is written at once.
    """

    text: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    thinking: str = ""
    finish: str = ""
    fail: str = ""
    status: int = 500
    message: str = "scripted failure"
    code: str = ""
    retry_after: float | str | None = None
    wait: float = 0.0
    pace: float = 0.0
    shred: int = 0
    usage: tuple[int, int, int] = (100, 20, 0)


Scripted = Act | str | dict[str, Any] | Callable[["Request"], "Act | str"]


def say(text: str, **more: Any) -> Act:
    return Act(text=text, **more)


def call(tool: str, **args: Any) -> Act:
    return Act(calls=[{"tool": tool, "args": args}])


def fail(status: int = 500, **more: Any) -> Act:
    return Act(fail=more.pop("how", "status"), status=status, **more)


@dataclass
class Request:
    """One request as it came. ``closed`` is when (``time.monotonic``) the client hung up before the answer ended."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float
    closed: float | None = None
    finished: bool = False


class ScriptedModel:
    """The server, in a thread of its own. ``kind`` says whose extra paths it has: "ollama", "llama.cpp" or "openai"."""

    def __init__(
        self,
        models: Sequence[str] = ("scripted-1",),
        kind: str = "openai",
        port: int = 0,
        key: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.models = list(models)
        self.kind = kind
        self.key = key
        self.requests: list[Request] = []
        self.everything: list[Request] = []
        self.loop_script = False
        self._script: list[Scripted] = []
        self._next = 0
        self._port = port
        self._tls = tls
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def script(self, turns: Sequence[Scripted]) -> None:
        """Set what comes next, forgetting what was left. One more request than turns is answered with status 418."""
        self._script, self._next = list(turns), 0

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}"

    @property
    def left(self) -> int:
        return len(self._script) - self._next

    def __enter__(self) -> ScriptedModel:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def wait_closed(self, seconds: float = 2.0) -> Request:
        """Wait until the client has hung up on an unfinished answer; return that request."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for request in self.requests:
                if request.closed is not None:
                    return request
            time.sleep(0.005)
        raise AssertionError("the client did not close the connection")

    # -- serving

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self._port, backlog=128, ssl=self._tls))
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            early = b""
            while (request := await _read_request(reader, early)) is not None:
                answering = asyncio.create_task(self._answer(request, writer))
                # A client sends nothing while it waits: an end of input here is a hang-up.
                watching = asyncio.create_task(reader.read(1))
                await asyncio.wait({answering, watching}, return_when=asyncio.FIRST_COMPLETED)
                if not answering.done() and (watching.exception() or not watching.result()):
                    request.closed = time.monotonic()
                    answering.cancel()
                    await asyncio.wait({answering})
                    return
                await asyncio.wait({answering})
                watching.cancel()
                await asyncio.wait({watching})
                if answering.exception() is not None:
                    request.closed = time.monotonic()
                    return
                if not answering.result() or (not watching.cancelled() and watching.exception()):
                    return
                early = b"" if watching.cancelled() else watching.result()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            with suppress(ConnectionError):
                writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether the connection may be used again."""
        self.everything.append(request)
        path = urlsplit(request.path).path
        if self.key and self.key not in (request.headers.get("authorization", "")[7:], request.headers.get("x-api-key")):
            body = {"error": {"message": f"Incorrect API key provided: {request.headers.get('authorization')}", "type": "auth"}}
            return await _whole(writer, 401, body)
        if request.method == "GET":
            return await self._list(path, writer)
        name = next((n for n in FORMATS if path.endswith(n)), None)
        if name is None:
            return await _whole(writer, 404, {"error": {"message": f"no path {path}", "type": "not_found"}})
        self.requests.append(request)
        if self.loop_script and self._next >= len(self._script):
            self._next = 0
        if self._next >= len(self._script):
            return await _whole(writer, 418, {"error": {"message": "the script has no turn left", "type": "script"}})
        act = _act(self._script[self._next], request)
        self._next += 1
        if act.wait:
            await asyncio.sleep(act.wait)
        alive = await self._play(act, FORMATS[name], request, writer)
        request.finished = alive
        return alive

    async def _list(self, path: str, writer: asyncio.StreamWriter) -> bool:
        if path == "/api/tags" and self.kind == "ollama":
            return await _whole(writer, 200, {"models": [{"name": m, "model": m, "size": 1} for m in self.models]})
        if path.endswith("/models"):
            data = [{"id": m, "object": "model", "created": 0, "owned_by": self.kind} for m in self.models]
            return await _whole(writer, 200, {"object": "list", "data": data})
        if path == "/health" and self.kind == "llama.cpp":
            return await _whole(writer, 200, {"status": "ok"})
        return await _whole(writer, 404, {"error": {"message": f"no path {path}", "type": "not_found"}})

    async def _play(self, act: Act, form: Any, request: Request, writer: asyncio.StreamWriter) -> bool:
        if act.fail == "status":
            headers = {} if act.retry_after is None else {"retry-after": str(act.retry_after)}
            return await _whole(writer, act.status, form.error(act.status, act.message, act.code), headers)
        if act.fail == "reset":
            writer.transport.abort()
            return False
        if act.fail == "silent":
            await asyncio.sleep(3600)
        if request.body.get("stream"):
            return await _stream(writer, act, form, request.body)
        whole = json.dumps(form.whole(act, request.body), ensure_ascii=False).encode()
        if act.fail == "garbage":
            return await _raw(writer, 200, b"<html>this is not JSON", {"content-type": "application/json"})
        if act.fail == "error-event":
            return await _whole(writer, act.status, form.error(act.status, act.message, act.code))
        if act.fail in ("cut", "stall", "endless"):
            writer.write(_head(200, {"content-type": "application/json", "transfer-encoding": "chunked"}))
            writer.write(_chunk(whole[: len(whole) // 2]))
            await writer.drain()
            while act.fail == "endless":
                writer.write(_chunk(b"more and more " * 1000))
                await writer.drain()
                await asyncio.sleep(0)
            if act.fail == "stall":
                await asyncio.sleep(3600)
            writer.close()
            return False
        return await _raw(writer, 200, whole, {"content-type": "application/json"})


def _act(turn: Scripted, request: Request) -> Act:
    if callable(turn):
        turn = turn(request)
    if isinstance(turn, str):
        return Act(text=turn)
    return Act(**turn) if isinstance(turn, dict) else turn


async def _read_request(reader: asyncio.StreamReader, early: bytes) -> Request | None:
    try:
        head = (early + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, json.loads(raw) if raw else {}, time.monotonic())


def _head(status: int, headers: dict[str, str]) -> bytes:
    return "".join([f"HTTP/1.1 {status} scripted\r\n", *(f"{k}: {v}\r\n" for k, v in headers.items()), "\r\n"]).encode()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def _raw(writer: asyncio.StreamWriter, status: int, body: bytes, headers: dict[str, str]) -> bool:
    writer.write(_head(status, {**headers, "content-length": str(len(body))}) + body)
    await writer.drain()
    return True


async def _whole(writer: asyncio.StreamWriter, status: int, body: object, headers: dict[str, str] | None = None) -> bool:
    return await _raw(writer, status, json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})})


async def _stream(writer: asyncio.StreamWriter, act: Act, form: Any, body: dict[str, Any]) -> bool:
    writer.write(_head(200, {"content-type": "text/event-stream; charset=utf-8", "transfer-encoding": "chunked"}))
    async for event in _events(act, form, body):
        name, data = event
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        raw = ((f"event: {name}\n" if name else "") + f"data: {text}\n\n").encode()
        for start in range(0, len(raw), act.shred or len(raw)):
            writer.write(_chunk(raw[start : start + (act.shred or len(raw))]))
            if act.shred:
                await writer.drain()
        await writer.drain()
        await asyncio.sleep(act.pace)
    if act.fail in ("cut", "stall"):
        if act.fail == "stall":
            await asyncio.sleep(3600)
        writer.close()
        return False
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


async def _events(act: Act, form: Any, body: dict[str, Any]) -> AsyncIterator[Event]:
    events: list[Event] = form.events(act, body)
    half = max(1, len(events) // 2)
    if act.fail in ("cut", "stall", "garbage", "error-event", "endless", "short"):
        for event in events[:half]:
            yield event
        if act.fail == "garbage":
            yield (events[half - 1][0], '{"this is": not JSON')
        elif act.fail == "error-event":
            yield form.error_event(act.status, act.message, act.code)
        while act.fail == "endless":
            yield form.more(act, body)
        return
    for event in events:
        yield event


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--script", required=True, help="a JSON file: a list of texts and of objects with the fields of Act")
    parser.add_argument("--kind", default="openai", choices=["openai", "ollama", "llama.cpp"])
    parser.add_argument("--loop", action="store_true", help="begin again when the script is over")
    args = parser.parse_args()
    with open(args.script, encoding="utf-8") as file:
        turns = json.load(file)
    with ScriptedModel(kind=args.kind, port=args.port) as server:
        server.script(turns)
        server.loop_script = args.loop
        print(f"ready {server.url}", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
