"""Answers that go well, through every provider, streamed and not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from confrere.models.messages import Message, Model, Reply, ToolCall
from tests.models.conftest import Heard, turn
from tests.scripted_model import Act, ScriptedModel, call, say

pytestmark = pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
Make = Callable[..., Model]


async def test_text(make: Make, server: ScriptedModel, way: str, streamed: bool) -> None:
    text = "Voilà : 3 dossiers créés — « été », « hiver » et 🗂️."
    server.script([say(text, usage=(120, 34, 100))])
    heard = Heard()
    reply = await make(way).reply(turn(), heard.append if streamed else None)
    assert reply.message == Message(role="assistant", text=text)
    assert reply.finish == "stop"
    assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.cached_tokens) == (120, 34, 100)
    assert reply.usage.requests == 1
    assert heard.text == (text if streamed else "")
    assert len(heard) > 3 or not streamed
    assert bool(server.requests[0].body.get("stream")) is streamed


async def test_stream_split_anywhere(make: Make, server: ScriptedModel, way: str, streamed: bool) -> None:
    server.script([say("é🗂️ et « ça »", shred=1)])
    assert (await make(way).reply(turn(), Heard().append if streamed else None)).message.text == "é🗂️ et « ça »"


async def test_calls(make: Make, server: ScriptedModel, way: str, streamed: bool) -> None:
    calls = [{"tool": "list_files", "args": {"folder": "Été"}}, {"tool": "no_such_tool", "args": {}, "id": "second"}]
    server.script([Act(text="Je regarde.", calls=calls)])
    reply = await make(way).reply(turn(), Heard().append if streamed else None)
    assert reply.message.text == "Je regarde."
    assert [(c.tool, c.args) for c in reply.message.calls] == [("list_files", {"folder": "Été"}), ("no_such_tool", {})]
    assert reply.message.calls[1].id == "second"
    assert reply.finish == "calls"
    sent = server.requests[0].body["tools"][0]
    schema = sent.get("input_schema") or sent.get("parameters") or sent["function"]["parameters"]
    assert schema["required"] == ["folder"] and schema["properties"]["folder"] == {"type": "string"}


async def test_malformed_arguments(make: Make, server: ScriptedModel, way: str, streamed: bool) -> None:
    calls: list[dict[str, Any]] = [{"tool": "list_files", "raw": '{"folder": "A'}, {"tool": "list_files", "raw": "[1]"}]
    if way == "anthropic" and not streamed:  # no text on this wire: only a value that is no object
        calls = [{"tool": "list_files", "args": [1]}]
    server.script([Act(calls=calls)])
    reply = await make(way).reply(turn(), Heard().append if streamed else None)
    assert [(c.tool, c.args, c.raw) for c in reply.message.calls] == [("list_files", None, c.get("raw", "[1]")) for c in calls]


async def test_conversation_goes_back_whole(make: Make, server: ScriptedModel, way: str, streamed: bool) -> None:
    """What was called, what came of it, and what could not be read, all reach the provider in order."""
    past = [
        Message(role="assistant", text="Je regarde.", calls=[ToolCall(id="c1", tool="list_files", args={"folder": "A"})]),
        Message(role="tool", call_id="c1", tool="list_files", text="a.pdf"),
        Message(role="assistant", calls=[ToolCall(id="c2", tool="list_files", args=None, raw='{"fol')]),
        Message(role="tool", call_id="c2", tool="list_files", text="not readable", failed=True),
    ]
    server.script(["ok"])
    await make(way).reply(turn(*past), Heard().append if streamed else None)
    sent = msgspec.json.encode(server.requests[0].body).decode()
    places = [sent.index(word) for word in ("You sort files.", "Range le dossier", "Je regarde.", '"c1"', "a.pdf", '"c2"', "not readable")]
    if "input" not in server.requests[0].body and way != "anthropic":
        assert places == sorted(places)
    else:  # the system message has its own field at Anthropic
        assert places[1:] == sorted(places[1:])
    assert "fol" in sent


async def test_reasoning_comes_back_to_its_provider(make: Make, server: ScriptedModel, way: str, streamed: bool) -> None:
    server.script([Act(text="Oui.", thinking="let me think it over", calls=[{"tool": "list_files", "args": {"folder": "A"}}]), "ok"])
    model = make(way)
    first = await model.reply(turn(), Heard().append if streamed else None)
    stored = msgspec.json.decode(msgspec.json.encode(first), type=Reply)  # through the journal
    assert first.message.text == "Oui." and first.message.opaque
    answer = Message(role="tool", call_id=first.message.calls[0].id, tool="list_files", text="a.pdf")
    await model.reply(turn(stored.message, answer), Heard().append if streamed else None)
    sent = msgspec.json.encode(server.requests[1].body).decode()
    signs = {"anthropic": "c2lnbmVk", "openai": "ZW5jcnlwdGVk", "chat": "let me think", "chat-httpx": "let me think"}
    assert signs.get(way, "") in sent
    other = make("chat" if way in ("anthropic", "openai", "openai-chat") else "anthropic")
    server.script(["ok"])
    await other.reply(turn(stored.message, answer), None)
    assert "c2lnbmVk" not in str(server.requests[2].body) and "let me think" not in str(server.requests[2].body)


async def test_length_and_refusal(make: Make, server: ScriptedModel, way: str, streamed: bool) -> None:
    server.script([say("coupé au mil", finish="length")])
    reply = await make(way).reply(turn(), Heard().append if streamed else None)
    assert (reply.finish, reply.message.text) == ("length", "coupé au mil")
    server.script([say("", finish="refusal")])
    reply = await make(way).reply(turn(), Heard().append if streamed else None)
    assert reply.finish == "refusal" and not reply.message.calls


async def test_repeated_call_id_is_made_unique(make: Make, server: ScriptedModel, way: str, streamed: bool) -> None:
    server.script([call("list_files", folder="B")])
    name = "toolu_0" if way == "anthropic" else "call_0"
    past = [
        Message(role="assistant", calls=[ToolCall(id=name, tool="list_files", args={"folder": "A"})]),
        Message(role="tool", call_id=name, tool="list_files", text="a.pdf"),
    ]
    reply = await make(way).reply(turn(*past), Heard().append if streamed else None)
    assert reply.message.calls[0].id not in ("", name)


async def test_bound_on_output_is_sent(make: Make, server: ScriptedModel, way: str, streamed: bool) -> None:
    server.script(["ok"])
    await make(way).reply(turn(most=321), Heard().append if streamed else None)
    body = server.requests[0].body
    assert [body[name] for name in ("max_tokens", "max_completion_tokens", "max_output_tokens") if name in body] == [321]
    if way == "anthropic":
        assert body["system"][0]["cache_control"] and body["cache_control"]
    if way in ("openai", "openai-chat"):
        assert body["store"] is False


async def test_cost(make: Make, server: ScriptedModel, way: str, streamed: bool) -> None:
    server.script([say("ok", usage=(1_000_000, 1_000_000, 0))])
    usage = (await make(way).reply(turn(), Heard().append if streamed else None)).usage
    if way.startswith("chat"):
        assert usage.cost_usd == 0.0  # on this machine
    elif way == "anthropic":
        assert usage.cost_usd == pytest.approx(3 + 15, rel=0.5)
    else:
        assert usage.cost_usd is not None and usage.cost_usd > 0
