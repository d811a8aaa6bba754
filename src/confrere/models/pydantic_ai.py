"""Anthropic (Messages) and OpenAI (Responses, Chat Completions) through the provider layer of pydantic-ai, and nothing else of it.

Importing it and a provider's SDK costs seconds of CPU, so that happens on the first reply, off the event loop.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.models import errors, http
from confrere.models.draft import Told, make_unique, most_bytes, most_characters, parsed_call, sendable
from confrere.models.messages import Reply, Turn, Usage
from confrere.models.prices import cost
from confrere.models.retry import Again, Limits, persist, retry_after, worth_repeating

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.messages import ModelResponse
    from pydantic_ai.models import Model as LibraryModel

APIS = ("anthropic", "openai", "openai-chat")
_HOSTS = {"anthropic": "https://api.anthropic.com", "openai": "https://api.openai.com/v1"}


class ProviderModel:
    """A model of Anthropic or OpenAI. ``api`` is one of ``APIS``; ``base`` replaces the provider's address where it is set.

    What is sent is marked for prompt caching where the provider lets it be, and, at OpenAI, not to be stored.
    """

    local = False

    def __init__(self, name: str, api: str, model: str, *, key: str, variable: str, base: str = "", limits: Limits | None = None) -> None:
        self.name = name
        self.api = api
        self.provider = api.partition("-")[0]
        self.model = model
        self.base = base or _HOSTS[self.provider]
        self.limits = limits or Limits()
        self._key = key
        self._variable = variable

    def __repr__(self) -> str:
        return f"ProviderModel({self.name})"

    async def reply(self, turn: Turn, on_text: Callable[[str], None] | None = None) -> Reply:
        if not self._key:
            raise errors.NoKey(self.name, variable=self._variable)
        await asyncio.to_thread(_load, self.api)
        turn = sendable(turn)
        told = Told(on_text)
        requests = 0

        async def attempt(number: int) -> ModelResponse:
            nonlocal requests
            requests = number
            async with aclosing(self._pieces(turn, stream=on_text is not None)) as pieces:
                async for piece in pieces:
                    if not isinstance(piece, str):
                        return self._checked(piece)
                    told.say(piece)
            raise Again(errors.EmptyAnswer(self.name), most=2)

        response = await persist(self.name, self.limits, attempt, told.restart)
        return await self._reply(response, turn, requests)

    async def _pieces(self, turn: Turn, stream: bool) -> AsyncGenerator[str | ModelResponse, None]:
        """One request: the text as it comes, then the whole response. Raises ModelFailed or Again, and nothing of the library's."""
        from pydantic_ai.messages import ModelResponse

        from confrere.models.pydantic_format import history, parameters, text_of

        settings: Any = {"max_tokens": turn.max_output_tokens, "cache": True}
        if self.provider == "openai":
            settings["openai_store"] = False
        wire = _Wire(most_bytes(turn))
        room = most_characters(turn)
        try:
            asked = (history(turn, self.provider), settings, parameters(turn))
            async with self._opened(wire) as library:
                if not stream:
                    yield await library.request(*asked)
                    return
                async with library.request_stream(*asked) as events:
                    async for event in events:
                        text, size = text_of(event)
                        room -= size
                        if room < 0:
                            break
                        if text:
                            yield text
                    response = events.get()
                    if room < 0:
                        response = dataclasses.replace(response, finish_reason="length", state="complete", metadata={"stopped": True})
                    yield response
        except Exception as error:  # the library, its SDKs and its HTTP client have a family of exceptions each
            from pydantic_ai.exceptions import ContentFilterError

            if isinstance(error, ContentFilterError):
                yield ModelResponse(parts=[], finish_reason="content_filter", model_name=self.model)
                return
            raise self._failure(error, wire) from error

    def _checked(self, response: ModelResponse) -> ModelResponse:
        ended = response.finish_reason or (response.provider_details or {}).get("finish_reason")
        if response.state != "complete" or not ended:
            raise Again(errors.CutOff(self.name, detail="the stream ended before the answer did"))
        empty = not any(part.part_kind == "tool-call" or (part.part_kind == "text" and part.content) for part in response.parts)
        if empty and response.finish_reason not in ("length", "content_filter"):
            raise Again(errors.EmptyAnswer(self.name), most=2)
        return response

    async def _reply(self, response: ModelResponse, turn: Turn, requests: int) -> Reply:
        from confrere.models.pydantic_format import to_message

        message = to_message(response, self.provider, parsed_call)
        make_unique(message, turn)
        finish = "calls" if message.calls else "stop"
        if response.finish_reason in ("length", "content_filter"):
            finish = "length" if response.finish_reason == "length" else "refusal"
        counted = response.usage
        output = counted.output_tokens
        if not output or response.metadata:  # not counted by the provider, or stopped by us before it told
            output = max(output, 1, len(msgspec.json.encode(message)) // 4)
        usage = Usage(
            input_tokens=counted.input_tokens or len(msgspec.json.encode(turn.messages)) // 4,
            output_tokens=output,
            cached_tokens=counted.cache_read_tokens,
            requests=requests,
        )
        usage.cost_usd = await cost(self.provider, self.model, usage, counted.cache_write_tokens)
        return Reply(message=message, usage=usage, finish=finish)

    @asynccontextmanager
    async def _opened(self, wire: _Wire) -> AsyncIterator[LibraryModel]:
        """The library's model over an HTTP client of its own, closed with it. Retries are ours, so the SDK's are off."""
        import httpx2

        timeout = httpx2.Timeout(self.limits.idle, connect=self.limits.connect)
        async with httpx2.AsyncClient(
            timeout=timeout, verify=http.tls(), event_hooks={"response": [wire.watch]}, headers={"accept-encoding": "identity"}
        ) as client:
            shared: Any = {"api_key": self._key, "base_url": self.base, "http_client": client, "max_retries": 0, "timeout": timeout}
            if self.api == "anthropic":
                from anthropic import AsyncAnthropic
                from pydantic_ai.models.anthropic import AnthropicModel
                from pydantic_ai.providers.anthropic import AnthropicProvider

                yield AnthropicModel(self.model, provider=AnthropicProvider(anthropic_client=AsyncAnthropic(**shared)))
                return
            from openai import AsyncOpenAI
            from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
            from pydantic_ai.profiles.openai import OpenAIModelProfile
            from pydantic_ai.providers.openai import OpenAIProvider

            provider = OpenAIProvider(openai_client=AsyncOpenAI(**shared))
            if self.api == "openai":
                yield OpenAIResponsesModel(self.model, provider=provider)
                return
            # By default a stream that ends without a finish reason passes for a whole answer.
            complete = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
            yield OpenAIChatModel(self.model, provider=provider, profile=complete)

    def _failure(self, error: Exception, wire: _Wire) -> Exception:
        """What one of the library's exceptions means to us: a ModelFailed, or an Again around one."""
        from pydantic_ai import exceptions as library

        if wire.seen > wire.most:
            return errors.Endless(self.name, bytes=wire.seen)
        said, detail = self._said(error)
        failure: errors.ModelFailed
        if isinstance(error, library.ModelHTTPError):
            status = error.status_code
            failure = errors.from_status(self.name, status, said, detail or f"HTTP {status}")
            if isinstance(error, library.ModelQuotaExceededError):
                failure = errors.NoCredit(self.name, detail=detail)
            elif isinstance(error, library.ModelContextWindowExceededError):
                failure = errors.ContextTooLong(self.name, detail=detail)
            elif isinstance(failure, errors.ModelUnknown):
                failure = errors.ModelUnknown(self.name, self._near(), detail=detail)
            after = retry_after(error.headers or {})
            return Again(failure, after=after) if worth_repeating(status, failure) else failure
        if isinstance(error, library.ModelConnectionError):
            if error.phase in ("connect", "pool"):
                return Again(errors.Unreachable(self.name, where=self.base, detail=detail))
            if isinstance(error, library.ModelTimeoutError):
                return Again(errors.TimedOut(self.name, seconds=round(self.limits.idle)), most=2)
            return Again(errors.CutOff(self.name, detail=detail))
        if isinstance(error, library.ModelRateLimitError):
            return Again(errors.RateLimited(self.name, detail=detail), after=error.retry_after)
        if isinstance(error, library.ModelUnavailableError):
            return Again(errors.Overloaded(self.name, status=503, detail=detail))
        if isinstance(error, library.ModelServerError):
            return Again(errors.ServerError(self.name, status=500, detail=detail))
        if isinstance(error, library.UserError):
            return errors.Rejected(self.name, status=400, detail=detail)
        return Again(errors.BadAnswer(self.name, detail=detail), most=3)

    def _said(self, error: Exception) -> tuple[str, str]:
        """All that the provider said, to look for meaning in, and a line of it that may be shown."""
        body = getattr(error, "body", None)
        if isinstance(body, dict):
            said, detail = errors.error_text(msgspec.json.encode(body, enc_hook=str).decode())
        else:
            said = detail = str(body or error) or type(error).__name__
        return said, errors.scrub(detail, [self._key])

    def _near(self) -> list[str]:
        from difflib import get_close_matches

        from pydantic_ai.models import known_model_names

        prefix = f"{self.provider}:"
        known = [name.removeprefix(prefix) for name in known_model_names() if name.startswith(prefix)]
        return [f"{self.api}:{name}" for name in get_close_matches(self.model, known, n=3, cutoff=0.4)]


class _Wire:
    """Counts what comes in for one request, and ends it past ``most`` bytes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.seen = 0

    async def watch(self, response: httpx2.Response) -> None:
        import httpx2

        wire, inner = self, response.stream

        class Counted(httpx2.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                assert isinstance(inner, httpx2.AsyncByteStream)
                async for block in inner:
                    wire.seen += len(block)
                    if wire.seen > wire.most:
                        raise httpx2.ReadError("the answer does not end")
                    yield block

            async def aclose(self) -> None:
                assert isinstance(inner, httpx2.AsyncByteStream)
                await inner.aclose()

        response.stream = Counted()


def _load(api: str) -> None:
    """Import what a reply needs: seconds of CPU the first time."""
    if api == "anthropic":
        import pydantic_ai.models.anthropic
        import pydantic_ai.providers.anthropic
    else:
        import pydantic_ai.models.openai
        import pydantic_ai.providers.openai  # noqa: F401
