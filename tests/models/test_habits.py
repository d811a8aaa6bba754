"""Calls that were printed, thoughts that were spoken."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confrere.models.habits import Thoughts, printed_calls
from confrere.models.messages import Model
from tests.models.conftest import Heard, turn
from tests.scripted_model import ScriptedModel, say

OFFERED = ["list_files", "read_file"]
A = '{"tool": "list_files", "args": {"folder": "A"}}'
B = '{"name": "read_file", "arguments": {"path": "A/é.txt"}}'


@pytest.mark.parametrize(
    ("text", "before", "tools"),
    [
        (f"```json\n{A}\n```", "", ["list_files"]),
        (f"Je regarde.\n\n```json\n{A}\n```", "Je regarde.", ["list_files"]),
        (f"```\n{B}\n```", "", ["read_file"]),
        (f"```json\r\n{A}\r\n```", "", ["list_files"]),
        (f"```json\n{A}\n```\n```json\n{B}\n```", "", ["list_files", "read_file"]),
        (f"```json\n[{A}, {B}]\n```", "", ["list_files", "read_file"]),
        (f"```json\n{A}\n```\nThe result is: a.pdf\n```json\n{B}\n```", "", ["list_files"]),
        (A, "", ["list_files"]),
        (f"  {B}\n", "", ["read_file"]),
        (f"<tool_call>\n{B}\n</tool_call>", "", ["read_file"]),
        (f"<tool_call>\n{A}\n</tool_call>\n<tool_call>{B}", "", ["list_files", "read_file"]),
        ('{"type": "function", "function": {"name": "list_files", "arguments": "{\\"folder\\": \\"A\\"}"}}', "", ["list_files"]),
        ('{"name": "list_files", "parameters": {"folder": "A"}}', "", ["list_files"]),
    ],
)
def test_found(text: str, before: str, tools: list[str]) -> None:
    rest, calls = printed_calls(text, OFFERED)
    assert rest == before and [tool for tool, _ in calls] == tools
    assert calls[0][1] in ({"folder": "A"}, {"path": "A/é.txt"})


@pytest.mark.parametrize(
    "text",
    [
        "```json\n" + A.replace("list_files", "delete_all") + "\n```",  # not offered
        'The folder holds {"tool": "list_files"} in a.json',
        f"I found this in a file: {A} and more",  # in the middle of a sentence
        '```json\n{"client": "Durand", "total": "12,50"}\n```',
        '```json\n{"tool": "list_files", "args": "A"}\n```',
        '```json\n{"tool": "list_files", "args": {"folder": "A"}\n```',
        f"[{A}, 3]",
        "plain text",
        "",
    ],
)
def test_not_a_call(text: str) -> None:
    assert printed_calls(text, OFFERED) == (text, [])
    assert printed_calls(A, []) == (A, [])


@pytest.mark.parametrize("streamed", [False, True])
async def test_printed_call_is_made(make: Callable[..., Model], server: ScriptedModel, streamed: bool) -> None:
    server.script([say(f"<think>hm\n</think>\n\nJe regarde.\n```json\n{A}\n```")])
    heard = Heard()
    reply = await make("chat").reply(turn(), heard.append if streamed else None)
    assert (reply.message.text, reply.finish) == ("Je regarde.", "calls")
    assert [(c.tool, c.args) for c in reply.message.calls] == [("list_files", {"folder": "A"})]
    assert heard.text == ("Je regarde." if streamed else "")


async def test_no_call_where_no_tool_was_offered(make: Callable[..., Model], server: ScriptedModel) -> None:
    server.script([say(A)])
    reply = await make("chat").reply(turn(tools=False), None)
    assert reply.message.text == A and not reply.message.calls


@given(
    thought=st.text(alphabet="ab </think>\n", max_size=20).filter(lambda t: "</think>" not in t),
    text=st.text(alphabet="xy\n <é", max_size=20),
    cuts=st.lists(st.integers(1, 5), min_size=1),
    thinking=st.booleans(),
)
def test_thoughts_are_taken_out_however_they_come(thought: str, text: str, cuts: list[int], thinking: bool) -> None:
    whole = f"\n<think>{thought}</think>\n\n{text}" if thinking else text
    filtered, said, at, n = Thoughts(), "", 0, 0
    while at < len(whole):
        said += filtered.feed(whole[at : at + cuts[n % len(cuts)]])
        at, n = at + cuts[n % len(cuts)], n + 1
    said += filtered.end()
    assert said == (text.lstrip() if thinking else text)
    assert filtered.aloud == (thought if thinking else "")


def test_thought_without_end_is_no_answer() -> None:
    filtered = Thoughts()
    assert filtered.feed("<think>and on") + filtered.end() == ""
    assert filtered.aloud == "and on"
