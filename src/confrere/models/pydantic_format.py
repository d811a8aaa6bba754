"""Our messages as those of pydantic-ai, and its responses as ours.

What our schema has no word for (signed or encrypted reasoning, parts of the provider's own tools) is kept in ``Message.opaque``
under the provider's name, as the list of the response's parts, and given back in the place it came from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.models.messages import Message, ToolCall, Turn

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelRequestPart, ModelResponse, ModelResponsePart, ModelResponseStreamEvent
    from pydantic_ai.models import ModelRequestParameters


def parameters(turn: Turn) -> ModelRequestParameters:
    """The tools of a turn, as pydantic-ai is told of them."""
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.tools import ToolDefinition

    tools = [
        # strict is off: its rewriting of a schema would make optional arguments required.
        ToolDefinition(name=t.name, description=t.description, parameters_json_schema=t.parameters, strict=False)
        for t in turn.tools
    ]
    return ModelRequestParameters(function_tools=tools, allow_text_output=True)


def history(turn: Turn, provider: str) -> list[ModelMessage]:
    """The conversation of a turn. What is not an assistant's message is gathered into one request."""
    from pydantic_ai.messages import ModelRequest, ModelResponse, SystemPromptPart, ToolReturnPart, UserPromptPart

    messages: list[ModelMessage] = []
    parts: list[ModelRequestPart] = []
    for message in turn.messages:
        if message.role == "assistant":
            if parts:
                messages.append(ModelRequest(parts=parts))
                parts = []
            messages.append(ModelResponse(parts=_response_parts(message, provider), provider_name=provider))
        elif message.role == "tool":
            outcome: Any = "failed" if message.failed else "success"
            parts.append(ToolReturnPart(tool_name=message.tool, content=message.text, tool_call_id=message.call_id, outcome=outcome))
        elif message.role == "system":
            parts.append(SystemPromptPart(content=message.text))
        else:
            parts.append(UserPromptPart(content=message.text))
    if parts:
        messages.append(ModelRequest(parts=parts))
    return messages


def _response_parts(message: Message, provider: str) -> list[ModelResponsePart]:
    from pydantic_ai.messages import TextPart, ToolCallPart

    kept = message.opaque.get(provider)
    if kept:
        parts = _load(kept)
        # Only as long as it still says what our message says: ours is the one that counts.
        if _text(parts) == message.text and _ids(parts) == [call.id for call in message.calls]:
            return parts
    parts = [TextPart(content=message.text)] if message.text else []
    for call in message.calls:
        parts.append(ToolCallPart(tool_name=call.tool, args=call.args if call.args is not None else call.raw, tool_call_id=call.id))
    return parts


def to_message(response: ModelResponse, provider: str, parsed: Callable[[str, str, str], ToolCall]) -> Message:
    """Our message for a response. ``parsed(id, tool, text)`` makes a call from arguments that came as JSON text."""
    from pydantic_ai.messages import TextPart, ToolCallPart

    calls = []
    for part in response.parts:
        if isinstance(part, ToolCallPart):
            if isinstance(part.args, dict):
                calls.append(ToolCall(id=part.tool_call_id, tool=part.tool_name, args=dict(part.args)))
            else:  # JSON text, or what a server sent in the place of an object
                raw: object = part.args or ""
                text = raw if isinstance(raw, str) else msgspec.json.encode(raw, enc_hook=str).decode()
                calls.append(parsed(part.tool_call_id, part.tool_name, text))
    plain = all(isinstance(part, TextPart | ToolCallPart) for part in response.parts)
    opaque = {} if plain else {provider: _dump(response)}
    return Message(role="assistant", text=_text(response.parts), calls=calls, opaque=opaque)


def text_of(event: ModelResponseStreamEvent) -> tuple[str, int]:
    """The text one event of a stream adds, and how many characters in all it adds to the reply, thinking and arguments included."""
    from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta, ThinkingPartDelta, ToolCallPartDelta

    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        between = "\n\n" if event.previous_part_kind == "text" and event.part.content else ""
        return between + event.part.content, len(event.part.content)
    if isinstance(event, PartDeltaEvent):
        delta = event.delta
        if isinstance(delta, TextPartDelta):
            return delta.content_delta, len(delta.content_delta)
        if isinstance(delta, ThinkingPartDelta):
            return "", len(delta.content_delta or "")
        if isinstance(delta, ToolCallPartDelta):
            return "", len(str(delta.args_delta or ""))
    return "", 0


def _text(parts: Any) -> str:
    from pydantic_ai.messages import TextPart

    return "\n\n".join(part.content for part in parts if isinstance(part, TextPart) and part.content)


def _ids(parts: Any) -> list[str]:
    from pydantic_ai.messages import ToolCallPart

    return [part.tool_call_id for part in parts if isinstance(part, ToolCallPart)]


def _dump(response: ModelResponse) -> list[dict[str, Any]]:
    from pydantic_ai.messages import ModelMessagesTypeAdapter

    dumped = ModelMessagesTypeAdapter.dump_python([response], mode="json")[0]["parts"]
    return [{name: value for name, value in part.items() if value is not None} for part in dumped]


def _load(parts: object) -> list[ModelResponsePart]:
    """The parts of a response, [] where a later version of the library cannot read them: text and calls are not lost by it."""
    from pydantic import ValidationError
    from pydantic_ai.messages import ModelMessagesTypeAdapter

    try:
        return list(ModelMessagesTypeAdapter.validate_python([{"kind": "response", "parts": parts}])[0].parts)  # type: ignore[arg-type]
    except ValidationError:
        return []
