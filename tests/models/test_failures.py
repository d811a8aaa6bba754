"""What servers do wrong, through every provider, streamed and not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from confrere.models import errors
from confrere.models.messages import RESTART, Model
from confrere.models.retry import Limits
from tests.models.conftest import KEY, QUICK, Heard, turn
from tests.scripted_model import Act, ScriptedModel, fail, say

streamed_or_not = pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
Make = Callable[..., Model]
LONG = "one two three four five six seven"


@streamed_or_not
@pytest.mark.parametrize(
    "failure",
    [fail(408), fail(409), fail(429, retry_after=0.2), fail(500), fail(503), fail(529), fail(how="reset"), fail(how="cut", text=LONG)],
    ids=["408", "409", "429", "500", "503", "529", "reset", "cut"],
)
async def test_passing_failure_is_asked_again(make: Make, server: ScriptedModel, way: str, streamed: bool, failure: Act) -> None:
    server.script([failure, say("bien")])
    heard = Heard()
    start = time.monotonic()
    reply = await make(way).reply(turn(), heard.append if streamed else None)
    assert reply.message.text == "bien" and reply.usage.requests == 2
    assert len(server.requests) == 2
    assert time.monotonic() - start >= (0.2 if failure.retry_after else 0)
    if streamed:
        assert heard.text == "bien"
        assert (RESTART in heard) is (failure.fail == "cut")


@streamed_or_not
@pytest.mark.parametrize(
    ("failure", "kind", "requests"),
    [
        (fail(401), errors.KeyRefused, 1),
        (fail(403), errors.KeyRefused, 1),
        (fail(402), errors.NoCredit, 1),
        (fail(400), errors.Rejected, 1),
        (fail(422), errors.Rejected, 1),
        (fail(429), errors.RateLimited, 3),
        (fail(429, retry_after=3600), errors.RateLimited, 1),
        (fail(500), errors.ServerError, 3),
        (fail(529), errors.Overloaded, 3),
        (fail(503), errors.Overloaded, 3),
        (fail(how="cut", text=LONG), errors.CutOff, 3),
        (fail(how="reset"), errors.CutOff, 3),
        (fail(how="garbage", text=LONG), errors.BadAnswer, 3),
        (fail(how="empty"), errors.EmptyAnswer, 2),
    ],
    ids=lambda value: f"{value.fail}{value.status}{value.retry_after or ''}" if isinstance(value, Act) else "",
)
async def test_lasting_failure_has_its_sentence(
    make: Make, server: ScriptedModel, way: str, streamed: bool, failure: Act, kind: type[errors.ModelFailed], requests: int
) -> None:
    server.script([failure] * 5)
    with pytest.raises(errors.ModelFailed) as caught:
        await make(way).reply(turn(), Heard().append if streamed else None)
    assert type(caught.value) is kind
    assert len(server.requests) == requests
    for language in ("en", "fr"):
        sentence = caught.value.sentence(language)
        assert way in sentence and KEY not in sentence and "{" not in sentence


CONTEXT: dict[str, dict[str, Any]] = {
    "anthropic": dict(status=400, message="prompt is too long: 210000 tokens > 200000 maximum"),
    "openai": dict(status=400, message="Your input exceeds the context window", code="context_length_exceeded"),
    "chat": dict(status=400, message="the request exceeds the available context size (4096 tokens), try increasing it"),
}
UNKNOWN: dict[str, dict[str, Any]] = {
    "anthropic": dict(status=404, message="model: claude-sonnet-4-7"),
    "openai": dict(status=404, message="The model `gpt-5.6-sool` does not exist", code="model_not_found"),
    "chat": dict(status=404, message='model "scripted-2" not found, try pulling it first'),
}


@streamed_or_not
async def test_context_too_long(make: Make, server: ScriptedModel, way: str, streamed: bool) -> None:
    server.script([fail(**CONTEXT[way.split("-")[0]])])
    with pytest.raises(errors.ContextTooLong):
        await make(way).reply(turn(), Heard().append if streamed else None)
    assert len(server.requests) == 1


@streamed_or_not
async def test_unknown_model_names_the_nearest(make: Make, server: ScriptedModel, way: str, streamed: bool) -> None:
    wrong = {"anthropic": "claude-sonnet-4-7", "chat": "scripted-2", "chat-httpx": "scripted-2"}.get(way, "gpt-5.6-sool")
    server.models = ["other", "scripted-1", "scripted-11"]
    server.script([fail(**UNKNOWN[way.split("-")[0]])])
    with pytest.raises(errors.ModelUnknown) as caught:
        await make(way, model=wrong).reply(turn(), Heard().append if streamed else None)
    near = str(caught.value.data["near"])
    assert {"anthropic": "claude-sonnet-4-6", "openai": "gpt-5.6-sol", "chat": "scripted-1"}[way.split("-")[0]] in near
    assert near in str(caught.value)


async def test_stream_that_ends_too_early_in_order(make: Make, server: ScriptedModel, way: str) -> None:
    server.script([fail(how="short", text=LONG), say("bien")])
    heard = Heard()
    assert (await make(way).reply(turn(), heard.append)).message.text == "bien"
    assert RESTART in heard and heard.text == "bien"


async def test_error_inside_a_stream(make: Make, server: ScriptedModel, way: str) -> None:
    server.script([fail(529, how="error-event", text=LONG), say("bien")])
    heard = Heard()
    assert (await make(way).reply(turn(), heard.append)).message.text == "bien"
    assert heard.text == "bien"


async def test_endless_stream_is_stopped(make: Make, server: ScriptedModel, way: str) -> None:
    server.script([fail(how="endless", text=LONG)])
    heard = Heard()
    reply = await make(way).reply(turn(most=50), heard.append)
    assert reply.finish == "length"
    assert 100 < len(reply.message.text) < 4096 + 50 * 32 + 100
    assert reply.usage.output_tokens > 500  # what was let through counts, though the provider could not say
    await asyncio.to_thread(server.wait_closed)


async def test_endless_body_is_stopped(make: Make, server: ScriptedModel, way: str) -> None:
    server.script([fail(how="endless", text=LONG)])
    with pytest.raises(errors.Endless):
        await make(way).reply(turn(most=50), None)
    await asyncio.to_thread(server.wait_closed)


@streamed_or_not
@pytest.mark.parametrize("how", ["silent", "stall"])
async def test_silence_is_not_waited_out(make: Make, server: ScriptedModel, way: str, streamed: bool, how: str) -> None:
    server.script([fail(how=how, text=LONG)] * 2)
    limits = Limits(connect=1, idle=0.3, overall=20, attempts=3, base=0.01)
    start = time.monotonic()
    with pytest.raises(errors.TimedOut):
        await make(way, limits).reply(turn(), Heard().append if streamed else None)
    assert (
        time.monotonic() - start < 10
    )  # three times the idle limit and the library's import, and never the twenty seconds of the overall one


async def test_slow_first_byte_is_waited_for(make: Make, server: ScriptedModel, way: str) -> None:
    server.script([say("bien", wait=0.4)])
    assert (await make(way).reply(turn(), Heard().append)).message.text == "bien"


async def test_overall_deadline(make: Make, server: ScriptedModel, way: str) -> None:
    server.script([say("x" * 5000, pace=0.02)])
    limits = Limits(connect=1, idle=2, overall=0.5, attempts=3)
    model = make(way, limits)
    start = time.monotonic()
    with pytest.raises(errors.TimedOut):
        await model.reply(turn(), Heard().append)
    assert time.monotonic() - start < 8  # the library's import is inside the first one
    await asyncio.to_thread(server.wait_closed)


@streamed_or_not
async def test_cancelling_hangs_up_within_a_second(make: Make, server: ScriptedModel, way: str, streamed: bool) -> None:
    server.script([say("x" * 5000, pace=0.02) if streamed else say("x", wait=60)])
    heard = Heard()
    task = asyncio.create_task(make(way).reply(turn(), heard.append if streamed else None))
    while not (heard if streamed else server.requests):
        await asyncio.sleep(0.01)
    start = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    request = await asyncio.to_thread(server.wait_closed)
    assert request.closed is not None and request.closed - start < 1
    assert time.monotonic() - start < 1


async def test_nothing_listens(make: Make, server: ScriptedModel, way: str) -> None:
    server.__exit__(None, None, None)
    with pytest.raises(errors.Unreachable) as caught:
        await make(way).reply(turn(), None)
    assert "127.0.0.1" in str(caught.value)


async def test_callback_error_is_not_the_servers(make: Make, server: ScriptedModel, way: str) -> None:
    def broken(text: str) -> None:
        raise ValueError("a defect of the listener")

    server.script([say(LONG)])
    with pytest.raises(ValueError, match="defect of the listener"):
        await make(way).reply(turn(), broken)
    assert len(server.requests) == 1


async def test_key_never_shows(make: Make, server: ScriptedModel, way: str, caplog: pytest.LogCaptureFixture) -> None:
    server.key = "another key"  # the server then repeats the one it got
    caplog.set_level("DEBUG")
    model = make(way)
    with pytest.raises(errors.KeyRefused) as caught:
        await model.reply(turn(), None)
    shown: list[Any] = [str(caught.value), repr(caught.value), caught.value.data, repr(model), caplog.text]
    shown.append(repr(getattr(model, "server", "")))
    assert KEY not in str(shown) and KEY[3:] not in str(shown)


async def test_no_key(make: Make, way: str) -> None:
    model = make(way, needs_key=True, variable="KEY") if way.startswith("chat") else make(way)
    if way.startswith("chat"):
        model = make(way, needs_key=True, variable="KEY", key="")
    else:
        model._key = ""  # type: ignore[attr-defined]
    with pytest.raises(errors.NoKey, match="KEY is not set"):
        await model.reply(turn(), None)


def test_quick_limits_are_only_for_tests() -> None:
    assert Limits().idle > QUICK.idle and Limits().overall >= 600
