"""Small local models: when they are driven by schema, and what they are then sent."""

from __future__ import annotations

import pytest

from confrere.models.catalogue import choose
from confrere.models.messages import RESTART, Message, Model, ToolCall, ToolSpec
from confrere.models.schema_steps import SchemaSteps, step_schema
from tests.models.conftest import LIST, Heard, turn
from tests.scripted_model import ScriptedModel, call, fail, say

STEP = '{"tool": "list_files", "args": {"folder": "A"}}'
ANSWER = '{"tool": "answer", "args": {"text": "C\'est fait."}}'


def local(server: ScriptedModel, suffix: str = "") -> Model:
    return choose(f"{server.url}/v1#m{suffix}", environ={})


async def test_suffix_drives_by_schema_from_the_start(server: ScriptedModel) -> None:
    model = local(server, "+schema")
    server.script([say(STEP), say(ANSWER)])
    first = await model.reply(turn(), None)
    assert [(c.tool, c.args) for c in first.message.calls] == [("list_files", {"folder": "A"})] and first.finish == "calls"
    heard = Heard()
    result = Message(role="tool", call_id=first.message.calls[0].id, tool="list_files", text="a.pdf")
    last = await model.reply(turn(first.message, result), heard.append)
    assert last.message.text == heard.text == "C'est fait." and last.finish == "stop" and not last.message.calls
    body = server.requests[1].body
    assert body["model"] == "m" and "tools" not in body
    choices = body["response_format"]["json_schema"]["schema"]["anyOf"]
    assert [choice["properties"]["tool"]["enum"] for choice in choices] == [["list_files"], ["answer"]]
    assert choices[0]["properties"]["args"] == LIST.parameters
    assert [m["role"] for m in body["messages"]] == ["system", "user", "assistant", "user"]
    assert "List a folder." in body["messages"][0]["content"] and "You sort files." in body["messages"][0]["content"]
    assert body["messages"][2]["content"] == STEP.replace(" ", "") and "a.pdf" in body["messages"][3]["content"]


async def test_a_model_that_calls_tools_keeps_them(server: ScriptedModel) -> None:
    model = local(server)
    server.script([call("list_files", folder="A"), say("fini")])
    first = await model.reply(turn(phase="work"), None)
    await model.reply(turn(first.message, Message(role="tool", call_id=first.message.calls[0].id, text="x"), phase="work"), None)
    assert isinstance(model, SchemaSteps) and not model.by_schema
    assert all("tools" in request.body for request in server.requests)


async def test_server_that_knows_no_tools(server: ScriptedModel) -> None:
    model = local(server)
    server.script([fail(400, message="registry.example/m does not support tools"), say(STEP)])
    reply = await model.reply(turn(), None)
    assert reply.message.calls[0].tool == "list_files"
    assert "response_format" in server.requests[1].body


async def test_printed_call_switches(server: ScriptedModel) -> None:
    model = local(server)
    server.script([say(f"```json\n{STEP}\n```"), say(ANSWER)])
    assert (await model.reply(turn(), None)).message.calls
    await model.reply(turn(), None)
    assert "response_format" in server.requests[1].body


async def test_words_instead_of_work_switch(server: ScriptedModel) -> None:
    model = local(server)
    server.script([say("I will now list the files."), say(STEP)])
    heard = Heard()
    reply = await model.reply(turn(phase="work"), heard.append)
    assert reply.message.calls[0].tool == "list_files"
    assert heard[-1] == RESTART and heard.text == ""
    assert reply.usage.requests == 2 and reply.usage.input_tokens == 200


@pytest.mark.parametrize("phase", ["plan", "work"])
async def test_words_are_an_answer_elsewhere(server: ScriptedModel, phase: str) -> None:
    called = [Message(role="assistant", calls=[ToolCall(id="c", tool="list_files", args={})]), Message(role="tool", call_id="c")]
    model = local(server)
    server.script([say("C'est fini.")])
    reply = await model.reply(turn(*called, phase=phase) if phase == "work" else turn(phase=phase), None)
    assert reply.message.text == "C'est fini." and len(server.requests) == 1


async def test_server_that_ignores_the_schema(server: ScriptedModel) -> None:
    server.script([say("Voici ce que je pense.")])
    assert (await local(server, "+schema").reply(turn(), None)).message.text == "Voici ce que je pense."


def test_definitions_are_lifted() -> None:
    parameters = {
        "type": "object",
        "properties": {"rule": {"$ref": "#/$defs/Rule"}},
        "$defs": {"Rule": {"anyOf": [{"$ref": "#/$defs/Rule"}, {"type": "string"}]}},
    }
    schema = step_schema([ToolSpec(name="sort", description="", parameters=parameters), LIST], "answer")
    assert schema["anyOf"][0]["properties"]["args"]["properties"]["rule"] == {"$ref": "#/$defs/sort.Rule"}
    assert schema["$defs"] == {"sort.Rule": {"anyOf": [{"$ref": "#/$defs/sort.Rule"}, {"type": "string"}]}}
    assert parameters["$defs"]  # the tool's own schema is untouched
