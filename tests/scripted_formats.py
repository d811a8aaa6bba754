"""The wire formats of the scripted model server: one class a protocol, each with the same five functions.

``whole`` is the body of an answer that is not streamed, ``events`` the (event name, data) of one that is, ``more`` one more piece of
an endless text, ``error`` the body of a failure and ``error_event`` a failure inside a stream.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.scripted_model import Act

Event = tuple[str | None, Any]


def pieces(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


def arguments(call: dict[str, Any]) -> str:
    return str(call["raw"]) if "raw" in call else json.dumps(call.get("args", {}), ensure_ascii=False)


class Chat:
    """OpenAI Chat Completions, as local servers speak it too (``reasoning_content`` for thinking)."""

    @staticmethod
    def _finish(act: Act) -> str:
        return {"refusal": "content_filter"}.get(act.finish, act.finish) or ("tool_calls" if act.calls else "stop")

    @staticmethod
    def _usage(act: Act) -> dict[str, Any]:
        given, written, cached = act.usage
        return {
            "prompt_tokens": given,
            "completion_tokens": written,
            "total_tokens": given + written,
            "prompt_tokens_details": {"cached_tokens": cached},
        }

    @classmethod
    def whole(cls, act: Act, body: dict[str, Any]) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": act.text or None}
        if act.thinking:
            message["reasoning_content"] = act.thinking
        if act.calls:
            message["tool_calls"] = [
                {"id": c.get("id", f"call_{n}"), "type": "function", "function": {"name": c["tool"], "arguments": arguments(c)}}
                for n, c in enumerate(act.calls)
            ]
        choice = {"index": 0, "message": message, "finish_reason": cls._finish(act), "logprobs": None}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": body.get("model"),
            "choices": [choice],
            "usage": cls._usage(act),
        }

    @staticmethod
    def _piece(body: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> Event:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0, "model": body.get("model")}
        return (None, {**head, "choices": [choice]})

    @classmethod
    def events(cls, act: Act, body: dict[str, Any]) -> list[Event]:
        out = [cls._piece(body, {"role": "assistant", "content": ""})]
        out += [cls._piece(body, {"reasoning_content": p}) for p in pieces(act.thinking, 7)]
        out += [cls._piece(body, {"content": p}) for p in pieces(act.text, 5)]
        for n, c in enumerate(act.calls):
            head = {"index": n, "id": c.get("id", f"call_{n}"), "type": "function", "function": {"name": c["tool"], "arguments": ""}}
            out.append(cls._piece(body, {"tool_calls": [head]}))
            for piece in pieces(arguments(c), 6):
                out.append(cls._piece(body, {"tool_calls": [{"index": n, "function": {"arguments": piece}}]}))
        out.append(cls._piece(body, {}, cls._finish(act)))
        if (body.get("stream_options") or {}).get("include_usage"):
            head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0, "model": body.get("model")}
            out.append((None, {**head, "choices": [], "usage": cls._usage(act)}))
        out.append((None, "[DONE]"))
        return out

    @classmethod
    def more(cls, act: Act, body: dict[str, Any]) -> Event:
        return cls._piece(body, {"content": "and on and on "})

    @staticmethod
    def error(status: int, message: str, code: str) -> dict[str, Any]:
        return {"error": {"message": message, "type": "scripted_error", "param": None, "code": code or None}}

    @classmethod
    def error_event(cls, status: int, message: str, code: str) -> Event:
        return (None, cls.error(status, message, code))


class Anthropic:
    """Anthropic Messages."""

    @staticmethod
    def _stop(act: Act) -> str:
        return {"length": "max_tokens"}.get(act.finish, act.finish) or ("tool_use" if act.calls else "end_turn")

    @staticmethod
    def _usage(act: Act) -> dict[str, Any]:
        given, written, cached = act.usage
        return {
            "input_tokens": given - cached,
            "output_tokens": written,
            "cache_read_input_tokens": cached,
            "cache_creation_input_tokens": 0,
        }

    @classmethod
    def _blocks(cls, act: Act) -> list[dict[str, Any]]:
        blocks: list[dict[str, Any]] = []
        if act.thinking:
            blocks.append({"type": "thinking", "thinking": act.thinking, "signature": "c2lnbmVk"})
        if act.text:
            blocks.append({"type": "text", "text": act.text})
        for n, c in enumerate(act.calls):
            blocks.append({"type": "tool_use", "id": c.get("id", f"toolu_{n}"), "name": c["tool"], "input": c.get("args", {})})
        return blocks

    @classmethod
    def whole(cls, act: Act, body: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": body.get("model"),
            "content": cls._blocks(act),
            "stop_reason": cls._stop(act),
            "stop_sequence": None,
            "usage": cls._usage(act),
        }

    @classmethod
    def events(cls, act: Act, body: dict[str, Any]) -> list[Event]:
        usage = {**cls._usage(act), "output_tokens": 1}
        out: list[dict[str, Any]] = [
            {"type": "message_start", "message": {**cls.whole(act, body), "content": [], "stop_reason": None, "usage": usage}},
            {"type": "ping"},
        ]
        calls = iter(act.calls)
        for index, block in enumerate(cls._blocks(act)):
            at = {"index": index}
            deltas: list[dict[str, Any]]
            if block["type"] == "thinking":
                empty: dict[str, Any] = {"type": "thinking", "thinking": "", "signature": ""}
                deltas = [{"type": "thinking_delta", "thinking": p} for p in pieces(block["thinking"], 7)]
                deltas.append({"type": "signature_delta", "signature": block["signature"]})
            elif block["type"] == "text":
                empty = {"type": "text", "text": ""}
                deltas = [{"type": "text_delta", "text": p} for p in pieces(block["text"], 5)]
            else:
                empty = {**block, "input": {}}
                deltas = [{"type": "input_json_delta", "partial_json": p} for p in pieces(arguments(next(calls)), 6)]
            out.append({"type": "content_block_start", **at, "content_block": empty})
            out += [{"type": "content_block_delta", **at, "delta": delta} for delta in deltas]
            out.append({"type": "content_block_stop", **at})
        stop = {"stop_reason": cls._stop(act), "stop_sequence": None}
        out.append({"type": "message_delta", "delta": stop, "usage": {"output_tokens": act.usage[1]}})
        out.append({"type": "message_stop"})
        return [(event["type"], event) for event in out]

    @classmethod
    def more(cls, act: Act, body: dict[str, Any]) -> Event:
        delta = {"type": "text_delta", "text": "and on and on "}
        return ("content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta})

    @staticmethod
    def error(status: int, message: str, code: str) -> dict[str, Any]:
        kinds = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error", 529: "overloaded_error"}
        kind = code or kinds.get(status, "api_error" if status >= 500 else "invalid_request_error")
        return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}

    @classmethod
    def error_event(cls, status: int, message: str, code: str) -> Event:
        return ("error", cls.error(status, message, code))


class Responses:
    """OpenAI Responses."""

    @classmethod
    def _items(cls, act: Act) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        if act.thinking:
            summary = [{"type": "summary_text", "text": act.thinking}]
            items.append({"type": "reasoning", "id": "rs_1", "summary": summary, "encrypted_content": "ZW5jcnlwdGVk"})
        if act.text:
            part = {"type": "output_text", "text": act.text, "annotations": [], "logprobs": []}
            items.append({"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]})
        for n, c in enumerate(act.calls):
            call_id = c.get("id", f"call_{n}")
            head = {"type": "function_call", "id": f"fc_{n}", "call_id": call_id, "name": c["tool"]}
            items.append({**head, "arguments": arguments(c), "status": "completed"})
        return items

    @classmethod
    def whole(cls, act: Act, body: dict[str, Any]) -> dict[str, Any]:
        given, written, cached = act.usage
        reason = {"length": "max_output_tokens", "refusal": "content_filter"}.get(act.finish)
        return {
            "id": "resp_1",
            "object": "response",
            "created_at": 0,
            "status": "incomplete" if reason else "completed",
            "model": body.get("model"),
            "output": cls._items(act),
            "error": None,
            "incomplete_details": {"reason": reason} if reason else None,
            "instructions": None,
            "metadata": {},
            "parallel_tool_calls": True,
            "temperature": 1.0,
            "top_p": 1.0,
            "tool_choice": "auto",
            "tools": [],
            "usage": {
                "input_tokens": given,
                "input_tokens_details": {"cached_tokens": cached},
                "output_tokens": written,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": given + written,
            },
        }

    @classmethod
    def events(cls, act: Act, body: dict[str, Any]) -> list[Event]:
        full = cls.whole(act, body)
        begun = {**full, "status": "in_progress", "output": [], "usage": None, "incomplete_details": None}
        out: list[dict[str, Any]] = [
            {"type": "response.created", "response": begun},
            {"type": "response.in_progress", "response": begun},
        ]
        for index, item in enumerate(full["output"]):
            at = {"output_index": index, "item_id": item["id"]}
            if item["type"] == "reasoning":
                empty = {**item, "summary": [], "encrypted_content": None}
                part = item["summary"][0]
                inner = [
                    {"type": "response.reasoning_summary_part.added", **at, "summary_index": 0, "part": {**part, "text": ""}},
                    *(
                        {"type": "response.reasoning_summary_text.delta", **at, "summary_index": 0, "delta": p}
                        for p in pieces(part["text"], 7)
                    ),
                    {"type": "response.reasoning_summary_text.done", **at, "summary_index": 0, "text": part["text"]},
                    {"type": "response.reasoning_summary_part.done", **at, "summary_index": 0, "part": part},
                ]
            elif item["type"] == "message":
                empty = {**item, "status": "in_progress", "content": []}
                part = item["content"][0]
                spot = {**at, "content_index": 0}
                inner = [
                    {"type": "response.content_part.added", **spot, "part": {**part, "text": ""}},
                    *({"type": "response.output_text.delta", **spot, "delta": p, "logprobs": []} for p in pieces(part["text"], 5)),
                    {"type": "response.output_text.done", **spot, "text": part["text"], "logprobs": []},
                    {"type": "response.content_part.done", **spot, "part": part},
                ]
            else:
                empty = {**item, "status": "in_progress", "arguments": ""}
                inner = [
                    *({"type": "response.function_call_arguments.delta", **at, "delta": p} for p in pieces(item["arguments"], 6)),
                    {"type": "response.function_call_arguments.done", **at, "name": item["name"], "arguments": item["arguments"]},
                ]
            out.append({"type": "response.output_item.added", "output_index": index, "item": empty})
            out += inner
            out.append({"type": "response.output_item.done", "output_index": index, "item": item})
        out.append({"type": f"response.{full['status']}", "response": full})
        return [(event["type"], {**event, "sequence_number": n}) for n, event in enumerate(out)]

    @classmethod
    def more(cls, act: Act, body: dict[str, Any]) -> Event:
        name = "response.output_text.delta"
        at = {"output_index": 0, "item_id": "msg_1", "content_index": 0, "sequence_number": 99}
        return (name, {"type": name, **at, "delta": "and on and on ", "logprobs": []})

    @staticmethod
    def error(status: int, message: str, code: str) -> dict[str, Any]:
        return {"error": {"message": message, "type": "scripted_error", "param": None, "code": code or None}}

    @classmethod
    def error_event(cls, status: int, message: str, code: str) -> Event:
        data = {"type": "error", "code": code or "server_error", "message": message, "param": None, "sequence_number": 9}
        return ("error", data)


FORMATS = {"/chat/completions": Chat, "/messages": Anthropic, "/responses": Responses}
