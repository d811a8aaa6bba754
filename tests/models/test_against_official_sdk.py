"""Our light adapter reads the same streams as OpenAI's own package does, to the same result."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from confrere.models.openai_compatible import OpenAICompatible, Server
from tests.models.conftest import QUICK, turn
from tests.scripted_model import Act, ScriptedModel, call, say

ACTS = [
    say("Bonjour — « été » 🗂️\n\n- un\n- deux\n"),
    call("list_files", folder="Clients/Été"),
    Act(text="I look.", calls=[{"tool": "list_files", "args": {"folder": name}, "id": name} for name in "AB"]),
    Act(calls=[{"tool": "list_files", "raw": '{"folder": "A'}]),
    say("cut sho", finish="length"),
    say("x" * 3000, shred=7),
    say("tokens", usage=(9000, 77, 8000)),
]


async def official(url: str, body: dict[str, Any], stream: bool) -> tuple[str, list[tuple[str, str, str]], str, tuple[int, int]]:
    """Text, calls, finish reason and tokens, as the official package gives them."""
    import openai

    async with openai.AsyncOpenAI(api_key="k", base_url=f"{url}/v1", max_retries=0, http_client=None) as client:
        if not stream:
            whole = await client.chat.completions.create(**body)
            choice = whole.choices[0]
            calls = [(c.id, c.function.name, c.function.arguments) for c in choice.message.tool_calls or []]
            usage = whole.usage
            assert usage is not None
            return choice.message.content or "", calls, choice.finish_reason, (usage.prompt_tokens, usage.completion_tokens)
        async with client.chat.completions.stream(**body, stream_options={"include_usage": True}) as events:
            async for _ in events:
                pass
            final = events.current_completion_snapshot
        choice_ = final.choices[0]
        made = [(c.id, c.function.name, c.function.arguments) for c in choice_.message.tool_calls or []]
        assert final.usage is not None
        tokens = (final.usage.prompt_tokens, final.usage.completion_tokens)
        return choice_.message.content or "", made, str(choice_.finish_reason), tokens


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("act", ACTS, ids=range(len(ACTS)))
async def test_same_result(server: ScriptedModel, act: Act, stream: bool) -> None:
    server.script([act, act])
    model = OpenAICompatible("m", Server(provider="server", base=f"{server.url}/v1"), "scripted-1", QUICK)
    ours = await model.reply(turn(), (lambda text: None) if stream else None)
    sent = {name: value for name, value in server.requests[0].body.items() if name not in ("stream", "stream_options")}
    if act.finish == "length" and stream:
        text, calls, finish, tokens = "cut sho", list[tuple[str, str, str]](), "length", (100, 20)  # its stream helper raises there
    else:
        text, calls, finish, tokens = await official(server.url, sent, stream)
        if stream:
            theirs = server.requests[1].body
            assert {**theirs} == {**server.requests[0].body}
    assert ours.message.text == text.strip()
    assert [(c.id, c.tool, c.raw or msgspec.json.encode(c.args).decode()) for c in ours.message.calls] == [
        (i, name, raw if "A" in raw and not raw.endswith("}") else msgspec.json.encode(msgspec.json.decode(raw)).decode())
        for i, name, raw in calls
    ]
    assert {"stop": "stop", "calls": "tool_calls", "length": "length"}[ours.finish] == finish
    assert (ours.usage.input_tokens, ours.usage.output_tokens) == tokens


def raw_stream(chunks: list[dict[str, Any]]) -> bytes:
    events = [msgspec.json.encode({"choices": [{"index": 0, **chunk}]}) for chunk in chunks]
    return b"".join(b"data: " + event + b"\n\n" for event in [*events, b"[DONE]"])


async def read(raw: bytes, monkeypatch: pytest.MonkeyPatch, size: int = 65536) -> Any:
    """The reply to a stream given byte for byte."""
    import asyncio

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        for start in range(0, len(raw), size):
            writer.write(raw[start : start + size])
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        return await OpenAICompatible("m", Server(provider="server", base=base), "m", QUICK).reply(turn(), lambda text: None)


def piece(index: int | None, identifier: str | None, name: str | None, arguments: Any) -> dict[str, Any]:
    call: dict[str, Any] = {"function": {"name": name, "arguments": arguments}, "type": "function"}
    if index is not None:
        call["index"] = index
    if identifier is not None:
        call["id"] = identifier
    return {"delta": {"tool_calls": [call]}}


@pytest.mark.parametrize(
    "chunks",
    [
        # every parallel call numbered 0
        [piece(0, "a", "list_files", '{"folder":"A"}'), piece(0, "b", "list_files", '{"folder":"B"}')],
        # no numbers, whole calls
        [piece(None, "a", "list_files", '{"folder":"A"}'), piece(None, "b", "list_files", '{"folder":"B"}')],
        # no numbers, arguments in pieces
        [piece(None, "a", "list_files", '{"fol'), piece(None, None, None, 'der":"A"}'), piece(None, "b", "list_files", '{"folder":"B"}')],
        # arguments as an object
        [piece(0, "a", "list_files", {"folder": "A"}), piece(1, "b", "list_files", {"folder": "B"})],
        # the name again with each piece
        [piece(0, "a", "list_files", '{"folder"'), piece(0, "a", "list_files", ':"A"}'), piece(1, "b", "list_files", '{"folder":"B"}')],
        # ids missing, null deltas, null lists
        [
            {"delta": {"tool_calls": None, "content": None}},
            piece(0, None, "list_files", '{"folder":"A"}'),
            piece(1, "", "list_files", '{"folder":"B"}'),
        ],
    ],
    ids=["all-zero", "unnumbered", "unnumbered-pieces", "objects", "name-repeated", "no-ids"],
)
async def test_what_servers_do_differently(chunks: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    reply = await read(raw_stream([*chunks, {"delta": {}, "finish_reason": "stop"}]), monkeypatch)
    assert [(c.tool, c.args) for c in reply.message.calls] == [("list_files", {"folder": "A"}), ("list_files", {"folder": "B"})]
    assert len({c.id for c in reply.message.calls}) == 2 and reply.finish == "calls"


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
async def test_line_ends_comments_and_byte_order_mark(newline: bytes, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    body = raw_stream([{"delta": {"content": "é1"}}, {"delta": {"content": "ü2"}, "finish_reason": "stop"}])
    lines = [b"\xef\xbb\xbf: keep-alive", b"", b"event: x", b"id: 1", b"retry: 5", *body.split(b"\n")]
    assert (await read(newline.join(lines), monkeypatch, size)).message.text == "é1ü2"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=5), cuts=st.lists(st.integers(1, 40), min_size=1, max_size=30))
async def test_any_split_gives_the_same_events(texts: list[str], cuts: list[int]) -> None:
    from collections.abc import AsyncIterator

    from confrere.models.sse import data_lines

    events = [msgspec.json.encode(text).decode() for text in texts]
    raw = "".join(f"data: {event}\r\n\r\n" for event in events).encode()

    async def blocks() -> AsyncIterator[bytes]:
        at, turn_ = 0, 0
        while at < len(raw):
            size = cuts[turn_ % len(cuts)]
            yield raw[at : at + size]
            at, turn_ = at + size, turn_ + 1

    assert [event async for event in data_lines(blocks(), 10_000)] == events


async def test_an_event_has_a_bound() -> None:
    from collections.abc import AsyncIterator

    from confrere.models.http import Broken
    from confrere.models.sse import data_lines

    async def blocks() -> AsyncIterator[bytes]:
        yield b"data: "
        for _ in range(1000):
            yield b"x" * 1000

    with pytest.raises(Broken):
        async for _ in data_lines(blocks(), 5000):
            pass


async def test_server_that_does_not_stream(server: ScriptedModel) -> None:
    """Asked for a stream, it sends one whole body: still an answer."""
    import asyncio

    whole = msgspec.json.encode({"choices": [{"message": {"content": "bien"}, "finish_reason": "stop"}]})

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(whole) + whole)
        await writer.drain()
        writer.close()

    running = await asyncio.start_server(serve, "127.0.0.1", 0)
    heard: list[str] = []
    async with running:
        base = f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}/v1"
        reply = await OpenAICompatible("m", Server(provider="server", base=base), "m", QUICK).reply(turn(), heard.append)
    assert reply.message.text == "".join(heard) == "bien"
    assert reply.usage.output_tokens > 0  # it counted nothing: estimated
