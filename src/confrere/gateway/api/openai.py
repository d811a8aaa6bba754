"""The OpenAI-compatible door: another program talks to Confrère as to a model. The same loop, journal and budgets."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from confrere.errors import ConfrereError
from confrere.gateway.api.people import caller, model_of
from confrere.gateway.http import Problem, Request, Routes, Stream
from confrere.messages import say

if TYPE_CHECKING:
    from confrere.gateway.state import Gateway

routes = Routes()
_OWN = "confrere"
_REFUSED = ("tools", "functions", "tool_choice", "function_call", "logprobs", "audio", "modalities")
_MOST_MESSAGES = 400


@routes.route("GET", "/v1/models", "brief")
async def models(gateway: Gateway, request: Request) -> dict[str, Any]:
    """The models that can be named, in OpenAI's format."""
    found = await gateway.crew.run("turn", "models", {"language": "en"})
    names = [_OWN, "builtin"]
    for one in found["models"]:
        names += [name if name == "builtin" else f"{one['name']}:{name}" for name in one["models"]]
    return {"object": "list", "data": [{"id": name, "object": "model", "created": 0, "owned_by": _OWN} for name in dict.fromkeys(names)]}


@routes.route("POST", "/v1/chat/completions", "brief")
async def complete(gateway: Gateway, request: Request) -> Any:
    """One answer, in OpenAI's format, streamed or whole."""
    body = await request.read(dict[str, Any])
    args = {
        "messages": _messages(body),
        "model": model_of(gateway, request, _model(body)),
        "by": caller(request).id,
        "limits": gateway.people.limits(caller(request).person),
    }
    await gateway.desk.admit(caller(request).person, [])
    if not body.get("stream"):
        turn = await _Turn(gateway, args).whole()
        return _whole(turn, str(body.get("model") or _OWN))
    usage = bool((body.get("stream_options") or {}).get("include_usage")) if isinstance(body.get("stream_options"), dict | None) else False
    return Stream(_streamed(_Turn(gateway, args), str(body.get("model") or _OWN), usage), "text/event-stream; charset=utf-8")


def _model(body: dict[str, Any]) -> str:
    name = body.get("model") or ""
    if not isinstance(name, str):
        raise Problem(400, "gateway.body-wrong", reason="model")
    return "" if name == _OWN else name


def _messages(body: dict[str, Any]) -> list[dict[str, str]]:
    """The conversation as role and text. Raises Problem for what is not understood: nothing is silently left out."""
    for name in _REFUSED:
        if body.get(name) not in (None, [], "none", False, ["text"]):
            raise Problem(400, "gateway.api-unsupported", name=name)
    if body.get("n") not in (None, 1):
        raise Problem(400, "gateway.api-unsupported", name="n")
    given = body.get("messages")
    if not isinstance(given, list) or not given or len(given) > _MOST_MESSAGES:
        raise Problem(400, "gateway.body-wrong", reason="messages")
    messages = []
    for message in given:
        role, content = (message.get("role"), message.get("content")) if isinstance(message, dict) else (None, None)
        if isinstance(content, list):
            if not all(isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str) for part in content):
                raise Problem(400, "gateway.api-unsupported", name="content")
            content = "\n".join(part["text"] for part in content)
        if role not in ("system", "developer", "user", "assistant") or not isinstance(content, str):
            raise Problem(400, "gateway.body-wrong", reason="messages")
        messages.append({"role": "assistant" if role == "assistant" else "user", "text": content})
    if messages[-1]["role"] != "user":
        raise Problem(400, "gateway.body-wrong", reason="messages")
    return messages


class _Turn:
    """One answer on its way: the pieces of its text as they come, then what it was."""

    def __init__(self, gateway: Gateway, args: dict[str, Any]) -> None:
        self.gateway = gateway
        self.pieces: asyncio.Queue[str] = asyncio.Queue()
        self.answered: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.answered.add_done_callback(lambda future: future.cancelled() or future.exception())  # a caller who left asks no more
        self.task = ""
        self.job = asyncio.ensure_future(gateway.crew.run("turn", "turn", args, self._live))
        self.job.add_done_callback(self._ended)
        gateway.tail.watch()

    def _live(self, kind: str, body: dict[str, Any]) -> None:
        if kind == "task":
            self.task = body["task"]
        elif kind == "answer" and not self.answered.done():
            self.answered.set_result(body)
        elif kind == "text":
            self.pieces.put_nowait(body["text"])
            self.gateway.tail.tell(self.task, kind, body)

    def _ended(self, job: asyncio.Future[Any]) -> None:
        self.gateway.tail.forget(self.task)
        error = None if job.cancelled() else job.exception()
        if not self.answered.done():
            if job.cancelled():
                self.answered.cancel()
            elif error is not None:
                self.answered.set_exception(error)
            else:
                self.answered.set_result(job.result())

    async def whole(self) -> dict[str, Any]:
        return await asyncio.shield(self.answered)

    async def text(self) -> AsyncIterator[str]:
        """The text as it comes; what was begun again is told from the start."""
        while not self.answered.done() or not self.pieces.empty():
            getting = asyncio.ensure_future(self.pieces.get())
            both: set[asyncio.Future[Any]] = {getting, self.answered}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if getting.done():
                yield getting.result()
            else:
                getting.cancel()

    async def leave(self) -> None:
        """The caller hung up: an answer nobody waits for is stopped, as any task is."""
        if not self.answered.done() and self.task:
            await self.gateway.desk.stop([self.task], strict=False)


def _whole(turn: dict[str, Any], model: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{turn['task']}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": turn["text"]}, "finish_reason": "stop", "logprobs": None}],
        "usage": _usage(turn),
    }


def _usage(turn: dict[str, Any]) -> dict[str, int]:
    return {"prompt_tokens": turn["input"], "completion_tokens": turn["output"], "total_tokens": turn["input"] + turn["output"]}


async def _streamed(turn: _Turn, model: str, usage: bool) -> AsyncIterator[bytes]:
    created = int(time.time())

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
        body = {
            "id": f"chatcmpl-{turn.task}",
            "object": "chat.completion.chunk",
            "created": created,
            "model": model,
            "choices": choices,
            **more,
        }
        return b"data: " + json.dumps(body).encode() + b"\n\n"

    sent, again = "", False
    try:
        yield chunk({"role": "assistant", "content": ""})
        async for piece in turn.text():
            again = again or piece == "\x18"
            if not again:
                sent += piece
                yield chunk({"content": piece})
        answer = await turn.whole()
        if not answer["text"].startswith(sent.rstrip()):  # the model began again, and what was sent cannot be taken back
            raise Problem(502, "gateway.stream-restarted")
        if len(answer["text"]) > len(sent):
            yield chunk({"content": answer["text"][len(sent) :]})
        yield chunk({}, "stop")
        if usage:
            body = {
                "id": f"chatcmpl-{turn.task}",
                "object": "chat.completion.chunk",
                "created": created,
                "model": model,
                "choices": [],
                "usage": _usage(answer),
            }
            yield b"data: " + json.dumps(body).encode() + b"\n\n"
        yield b"data: [DONE]\n\n"
    except ConfrereError as error:
        both = {language: say(error.key, language, **error.data) for language in ("en", "fr")}
        told = getattr(error, "http_status", 500)
        body = {"error": {"message": both["en"], "type": "confrere", "code": error.key, "sentences": both, "status": told}}
        yield b"data: " + json.dumps(body).encode() + b"\n\n"
    finally:
        await turn.leave()
