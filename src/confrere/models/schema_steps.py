"""Small local models, driven by a JSON schema at each step instead of tools.

Many small models know how to fill in a form and not how to call a tool: with ``response_format: json_schema`` the server lets them
write nothing but one step, ``{"tool": ..., "args": {...}}``, whose tool and arguments are those offered.

The rule. A model on this machine is first given tools as any other. It is driven by schema from then on when

* the server says that the model does not support tools; or
* it printed a call in its text instead of making it (that first one is still understood, see ``habits``); or
* in the work phase, where only calls get anything done, it answers with text alone and no earlier call in the conversation was parsed.

``+schema`` after a model's name does so from the start, for any server that knows ``response_format``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from confrere.models.chat_format import to_body
from confrere.models.draft import Told, decoded, sendable
from confrere.models.errors import Rejected
from confrere.models.messages import Message, Reply, ToolSpec, Turn
from confrere.models.openai_compatible import OpenAICompatible

_HOW = """\
Answer with exactly one JSON object, your next step: {{"tool": NAME, "args": {{...}}}}. You then get its result. Take one step at a
time, use only values that occur in this conversation, and never repeat a step that has succeeded. When the work is done, or to say
something to the person, the tool is "{answer}".

The tools, each with the JSON schema of its args:
{tools}"""


class SchemaSteps:
    """``model``, with tools or by schema as the rule above says; by schema from the start where ``always``."""

    def __init__(self, model: OpenAICompatible, always: bool = False) -> None:
        self.name = model.name
        self.local = model.local
        self.model = model
        self.by_schema = always

    def __repr__(self) -> str:
        return f"SchemaSteps({self.name})"

    async def reply(self, turn: Turn, on_text: Callable[[str], None] | None = None) -> Reply:
        if not turn.tools:
            return await self.model.reply(turn, on_text)
        if self.by_schema:
            return await self._step(turn, Told(on_text))
        told = Told(on_text)
        try:
            reply = await self.model.reply(turn, told.hear if on_text is not None else None)
        except Rejected as error:
            if "tool" not in str(error.data.get("detail", "")).lower():
                raise
            self.by_schema = True
            return await self._step(turn, told)
        if self.model.prints_calls:
            self.by_schema = True
        elif _idle(turn, reply):
            self.by_schema = True
            told.restart()
            again = await self._step(turn, told)
            for field in ("input_tokens", "output_tokens", "cached_tokens", "requests"):
                setattr(again.usage, field, getattr(again.usage, field) + getattr(reply.usage, field))
            return again
        return reply

    async def _step(self, turn: Turn, told: Told) -> Reply:
        answer = "answer"
        while any(tool.name == answer for tool in turn.tools):
            answer += "_"
        turn = sendable(turn)
        body = to_body(_retold(turn, answer), await self.model.served(), self.model.server.provider)
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "step", "strict": True, "schema": step_schema(turn.tools, answer)},
        }
        reply = await self.model.ask(turn, None, body)
        if not reply.message.calls:
            reply.message.text = _spoken(reply.message.text, answer)
            told.say(reply.message.text)
        return reply


def _idle(turn: Turn, reply: Reply) -> bool:
    """Text alone where a call was needed, from a model of which no call was ever parsed in this conversation."""
    return (
        turn.phase == "work"
        and reply.finish in ("stop", "length")
        and not reply.message.calls
        and not any(message.calls for message in turn.messages)
    )


def _spoken(text: str, answer: str) -> str:
    try:
        step = decoded(text)
        return str(step["args"]["text"]) if step["tool"] == answer else text
    except (ValueError, KeyError, TypeError):
        return text  # cut short by the bound, or a server that does not know response_format


def _retold(turn: Turn, answer: str) -> Turn:
    """The same turn without tools: calls and results as the text of a conversation, the tools in the system message."""
    tools = "\n".join(f"- {t.name}: {t.description} {msgspec.json.encode(t.parameters).decode()}" for t in turn.tools)
    tools += f'\n- {answer}: speak to the person; ends your turn. {{"text": string}}'
    messages = [Message(role="system", text=_HOW.format(answer=answer, tools=tools))]
    for message in turn.messages:
        if message.role == "tool":
            what = "failed" if message.failed else "gave"
            messages.append(Message(role="user", text=f"{message.tool} {what}:\n{message.text}"))
        elif message.calls:
            steps = [msgspec.json.encode({"tool": call.tool, "args": call.args or {}}).decode() for call in message.calls]
            messages.append(Message(role="assistant", text="\n".join(steps)))
        else:
            messages.append(message)
    messages.sort(key=lambda message: message.role != "system")  # stable: what is said stays in order
    return msgspec.structs.replace(turn, messages=messages, tools=[])


def step_schema(tools: list[ToolSpec], answer: str) -> dict[str, Any]:
    """The JSON schema of one step: any of the tools with its arguments, or the answer. Definitions are lifted to the root, since
    ``#/$defs`` is the only kind of reference that the grammars of local servers follow."""
    definitions: dict[str, Any] = {}
    choices = []
    for tool in tools:
        parameters = dict(tool.parameters)
        for name, definition in parameters.pop("$defs", {}).items():
            definitions[f"{tool.name}.{name}"] = _lifted(definition, tool.name)
        choices.append(_choice(tool.name, _lifted(parameters, tool.name)))
    spoken = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"], "additionalProperties": False}
    choices.append(_choice(answer, spoken))
    return {"anyOf": choices, **({"$defs": definitions} if definitions else {})}


def _choice(name: str, args: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"tool": {"type": "string", "enum": [name]}, "args": args},
        "required": ["tool", "args"],
        "additionalProperties": False,
    }


def _lifted(schema: Any, tool: str) -> Any:
    if isinstance(schema, dict):
        return {
            key: value.replace("#/$defs/", f"#/$defs/{tool}.") if key == "$ref" and isinstance(value, str) else _lifted(value, tool)
            for key, value in schema.items()
        }
    return [_lifted(item, tool) for item in schema] if isinstance(schema, list) else schema
