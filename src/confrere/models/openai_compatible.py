"""Any server that speaks the OpenAI Chat Completions protocol, without an SDK: local servers, Mistral, OpenRouter, Groq ...

The protocol is OpenAI's API reference (chat completions, object and stream); what servers do differently is said where it is met.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec

from confrere.models import http
from confrere.models.chat_format import to_body
from confrere.models.draft import Told, decoded, make_unique, most_bytes, most_characters, parsed_call, sendable
from confrere.models.errors import (
    BadAnswer,
    CutOff,
    EmptyAnswer,
    Endless,
    ModelUnknown,
    NoKey,
    NoModel,
    TimedOut,
    Unreachable,
    error_text,
    from_status,
    scrub,
)
from confrere.models.habits import Thoughts, printed_calls
from confrere.models.messages import Message, Reply, ToolCall, Turn, Usage
from confrere.models.retry import LOCAL, Again, Limits, persist, retry_after, worth_repeating
from confrere.models.sse import data_lines

_LARGEST_EVENT = 1 << 20
_LARGEST_ERROR = 1 << 16


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A server and what is particular to it. ``base`` ends before ``/chat/completions``.

    ``key`` is "" where none is needed; ``variable`` names where a missing one comes from. ``short_ids``: call ids must be nine
    letters or digits (Mistral). ``stream_usage``: ``stream_options.include_usage`` is understood.
    """

    provider: str
    base: str
    key: str = ""
    variable: str = ""
    needs_key: bool = False
    short_ids: bool = False
    stream_usage: bool = True

    def __repr__(self) -> str:
        return f"Server({self.provider}, {self.base})"


class OpenAICompatible:
    """A model behind ``POST {base}/chat/completions``.

    ``name`` is what the person typed, ``model`` what the server is told. ``local`` is whether the text stays on this machine: the
    address is loopback, and the model is none of those that Ollama passes on to its cloud. ``prints_calls`` becomes true
    when the model has printed a call instead of making it.
    """

    def __init__(self, name: str, server: Server, model: str, limits: Limits | None = None) -> None:
        self.name = name
        self.server = server
        self.model = model
        self.local = stays_here(server.base, model)
        self.prints_calls = False
        self.limits = limits or (LOCAL if self.local else Limits())

    def __repr__(self) -> str:
        return f"OpenAICompatible({self.name})"

    async def reply(self, turn: Turn, on_text: Callable[[str], None] | None = None) -> Reply:
        turn = sendable(turn)
        body = to_body(turn, await self.served(), self.server.provider, self.server.short_ids)
        return await self.ask(turn, on_text, body)

    async def ask(self, turn: Turn, on_text: Callable[[str], None] | None, body: dict[str, Any]) -> Reply:
        """Send ``body`` and read the reply; ``turn`` says which tools were offered and how long the answer may be."""
        if self.server.needs_key and not self.server.key:
            raise NoKey(self.name, variable=self.server.variable)
        if on_text is not None:
            body = {**body, "stream": True}
            if self.server.stream_usage:
                body["stream_options"] = {"include_usage": True}
        payload = msgspec.json.encode(body)
        told = Told(on_text)
        requests = 0

        async def attempt(number: int) -> Reply:
            nonlocal requests
            requests = number
            try:
                async with http.request(
                    "POST",
                    f"{self.server.base}/chat/completions",
                    self._headers(stream=on_text is not None),
                    payload,
                    connect=self.limits.connect,
                    idle=self.limits.idle,
                ) as response:
                    if response.status != 200:
                        raise await self._failure(response)
                    return await self._read(response, turn, told)
            except http.NoConnection as error:
                failure = Unreachable(self.name, where=self.server.base, detail=self._clean(str(error)))
                raise Again(failure, most=2 if self.local else 1000) from error
            except http.Silent as error:
                raise Again(TimedOut(self.name, seconds=round(error.seconds)), most=2) from error
            except http.Broken as error:
                raise Again(CutOff(self.name, detail=self._clean(str(error)))) from error

        try:
            reply = await persist(self.name, self.limits, attempt, told.restart)
        except ModelUnknown as error:
            raise ModelUnknown(self.name, await self._near(), **_without(error.data, "model", "near")) from error
        reply.usage.requests = requests
        if not reply.usage.output_tokens:  # not counted by the server, or stopped by us before it told
            reply.usage.input_tokens = reply.usage.input_tokens or len(payload) // 4
            reply.usage.output_tokens = max(1, len(msgspec.json.encode(reply.message)) // 4)
        if self.local:
            reply.usage.cost_usd = 0.0
        elif reply.usage.cost_usd is None:
            from confrere.models.prices import cost

            reply.usage.cost_usd = await cost(self.server.provider, self.model, reply.usage)
        return reply

    def _headers(self, stream: bool) -> dict[str, str]:
        headers = {"content-type": "application/json", "accept": "text/event-stream" if stream else "application/json"}
        headers["accept-encoding"] = "identity"
        headers["user-agent"] = "confrere"
        if self.server.key:
            headers["authorization"] = f"Bearer {self.server.key}"
        return headers

    def _clean(self, text: str) -> str:
        return scrub(text, [self.server.key])

    async def _failure(self, response: http.Response) -> Exception:
        raw = (await response.body(_LARGEST_ERROR)).decode("utf-8", "replace")
        said, detail = error_text(raw)
        failure = from_status(self.name, response.status, said, self._clean(detail) or f"HTTP {response.status}")
        if worth_repeating(response.status, failure):
            return Again(failure, after=retry_after(response.headers))
        return failure

    async def _read(self, response: http.Response, turn: Turn, told: Told) -> Reply:
        answer = Answer(most_characters(turn))
        blocks = _bounded(response.blocks, most_bytes(turn), self.name)
        if "text/event-stream" in response.headers.get("content-type", ""):
            complete = await self._read_stream(blocks, answer, told)
            if not complete:
                raise Again(CutOff(self.name, detail="the stream ended before the answer did"))
        else:  # also what a server that does not stream sends when asked to
            raw = bytearray()
            async for block in blocks:
                raw += block
            told.say(self._feed(answer, bytes(raw), "message"))
        return self._finish(turn, answer, told)

    async def _read_stream(self, blocks: AsyncIterator[bytes], answer: Answer, told: Told) -> bool:
        """Feed the stream to ``answer``; whether it came to its end."""
        async for data in data_lines(blocks, _LARGEST_EVENT):
            if data == "[DONE]":
                return True
            told.say(self._feed(answer, data.encode(), "delta"))
            if answer.full:
                return True
        return bool(answer.finish)  # some servers leave out [DONE]

    def _feed(self, answer: Answer, raw: bytes, part: str) -> str:
        try:
            event = decoded(raw)
            error = event.get("error")
            text = "" if error else answer.feed(event, part)
        except (TypeError, ValueError, AttributeError) as problem:
            raise Again(BadAnswer(self.name, detail=self._clean(str(problem))), most=3) from problem
        if error:  # under status 200: how a stream that has begun fails
            said, detail = error_text(raw.decode("utf-8", "replace"))
            code = error.get("code") if isinstance(error, dict) else None
            status = code if isinstance(code, int) and 400 <= code < 600 else 500
            failure = from_status(self.name, status, said, self._clean(detail))
            raise Again(failure) if worth_repeating(status, failure) else failure
        return text

    def _finish(self, turn: Turn, answer: Answer, told: Told) -> Reply:
        told.say(answer.end())
        text = answer.text.strip()
        calls = [parsed_call(slot["id"], slot["name"], slot["arguments"]) for slot in answer.slots]
        if not calls:
            text, printed = printed_calls(text, {tool.name for tool in turn.tools})
            calls = [ToolCall(id="", tool=tool, args=args) for tool, args in printed]
            if calls:
                self.prints_calls = True
                told.replace(text)
        if not text and not calls and answer.finish not in ("length", "content_filter"):
            raise Again(EmptyAnswer(self.name), most=2)
        finish = "calls" if calls else "stop"
        if answer.finish == "length":
            finish = "length"
        elif answer.finish == "content_filter" or answer.refused:
            finish = "refusal"
        opaque = {self.server.provider: answer.kept} if answer.kept else {}
        message = Message(role="assistant", text=text, calls=calls, opaque=opaque)
        make_unique(message, turn)
        return Reply(message=message, usage=answer.usage, finish=finish)

    async def served(self) -> str:
        """The model's name on the server; where the person named none, the first it lists."""
        if not self.model:
            listed = await self.models()
            if listed is not None and not listed:
                raise NoModel(self.name, where=self.server.base)
            self.model = listed[0] if listed else ""  # no list: a server of one model, or none, as the request will tell
        return self.model

    async def models(self) -> list[str] | None:
        """The names the server lists, None when it does not say within a few seconds."""
        try:
            async with http.request(
                "GET", f"{self.server.base}/models", self._headers(stream=False), b"", connect=2.0, idle=3.0
            ) as response:
                raw = await response.body(4 << 20)
            return [entry["id"] for entry in msgspec.json.decode(raw)["data"]]
        except (http.NoConnection, http.Silent, http.Broken, msgspec.DecodeError, KeyError, TypeError):
            return None

    async def _near(self) -> list[str]:
        from difflib import get_close_matches

        listed = await self.models() or []
        return get_close_matches(self.model, listed, n=3, cutoff=0.4) or listed[:3]


def stays_here(base: str, model: str) -> bool:
    """Whether what is sent to ``model`` at ``base`` stays on this machine, as far as names tell."""
    return http.is_loopback(base) and not model.rpartition(":")[2].endswith("cloud")


class Answer:
    """A reply put together from what the server sends, whole or in deltas. ``most`` bounds its size in characters."""

    def __init__(self, most: int) -> None:
        self.text = ""
        self.slots: list[dict[str, str]] = []
        self.finish = ""
        self.refused = False
        self.full = False
        self.usage = Usage()
        self.kept: dict[str, Any] = {}  # reasoning, to be given back to the same provider
        self._room = most
        self._thoughts = Thoughts()
        self._at: dict[int, dict[str, str]] = {}

    def feed(self, event: dict[str, Any], part: str) -> str:
        """Take in one object and return its new text: ``part`` is "message" for a whole answer, "delta" for a piece of a stream.

        Raises TypeError, ValueError or AttributeError where it has not the shape of the protocol.
        """
        if event.get("usage"):
            self._count(event["usage"])
        choices = event.get("choices")
        if not isinstance(choices, list):
            if part == "message":
                raise ValueError("it holds no choices")
            return ""
        before = len(self.text)
        for choice in choices:
            if choice.get("index") or self.full:  # only the first answer was asked for
                continue
            self._take(choice.get(part) or {})
            self.finish = choice.get("finish_reason") or self.finish
        return self.text[before:]

    def end(self) -> str:
        """Return the text that was held back."""
        rest = self._thoughts.end()
        self.text += rest
        return rest

    def _take(self, delta: dict[str, Any]) -> None:
        content = delta.get("content")
        if isinstance(content, list):  # Mistral's reasoning models send chunks
            content = "".join(chunk.get("text", "") for chunk in content if chunk.get("type") == "text")
        self._write(content or "")
        if delta.get("refusal"):
            self.refused = True
            self._write(delta["refusal"])
        for field in ("reasoning_content", "reasoning"):
            if isinstance(delta.get(field), str):
                self.kept[field] = self.kept.get(field, "") + delta[field]
                self._spend(len(delta[field]))
        if isinstance(delta.get("reasoning_details"), list):
            self.kept.setdefault("reasoning_details", []).extend(delta["reasoning_details"])
            self._spend(len(str(delta["reasoning_details"])))
        for piece in delta.get("tool_calls") or ():
            self._call(piece)

    def _write(self, piece: str) -> None:
        self._spend(len(piece))
        self.text += self._thoughts.feed(piece) if piece else ""

    def _call(self, piece: dict[str, Any]) -> None:
        function = piece.get("function") or {}
        index, identifier = piece.get("index"), piece.get("id") or ""
        index = index if isinstance(index, int) else len(self.slots) - (0 if identifier or function.get("name") else 1)
        slot = self._at.get(index)
        if slot is None or (identifier and slot["id"] and identifier != slot["id"]):
            # Some servers number every parallel call 0: another id is another call.
            slot = self._at[index] = {"id": identifier, "name": "", "arguments": ""}
            self.slots.append(slot)
        slot["id"] = slot["id"] or identifier
        name = function.get("name") or ""
        if name != slot["name"]:
            slot["name"] += name
        arguments = function.get("arguments")
        if isinstance(arguments, dict):
            arguments = msgspec.json.encode(arguments).decode()
        slot["arguments"] += arguments or ""
        self._spend(len(arguments or ""))

    def _spend(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            self.full, self.finish = True, "length"

    def _count(self, usage: dict[str, Any]) -> None:
        details = usage.get("prompt_tokens_details") or {}
        money = usage.get("cost")  # OpenRouter's own account, in USD
        self.usage = Usage(
            input_tokens=usage.get("prompt_tokens") or 0,
            output_tokens=usage.get("completion_tokens") or 0,
            cached_tokens=details.get("cached_tokens") or 0,
            cost_usd=float(money) if isinstance(money, int | float) else None,
        )


async def _bounded(blocks: AsyncIterator[bytes], most: int, model: str) -> AsyncIterator[bytes]:
    seen = 0
    async for block in blocks:
        seen += len(block)
        if seen > most:
            raise Endless(model, bytes=seen)
        yield block


def _without(data: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in data.items() if name not in names}
