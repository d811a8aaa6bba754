"""Waiting, sentences, and the server of scripts run as a program."""

from __future__ import annotations

import asyncio
import json
import string
import subprocess
import sys
import time
import tomllib
from email.utils import formatdate
from pathlib import Path

import pytest

import confrere.messages
from confrere.models import errors
from confrere.models.catalogue import choose
from confrere.models.retry import Again, Limits, persist, retry_after
from tests.models.conftest import turn


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    found = retry_after(headers)
    assert found is None if seconds is None else found == pytest.approx(seconds, abs=2)


def test_retry_after_a_date() -> None:
    assert retry_after({"retry-after": formatdate(time.time() + 30, usegmt=True)}) == pytest.approx(30, abs=3)
    assert retry_after({"retry-after": formatdate(time.time() - 30, usegmt=True)}) == 0


async def test_backoff_grows_with_jitter_and_a_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)

    async def attempt(number: int) -> None:
        raise Again(errors.RateLimited("m", detail=""))

    with pytest.raises(errors.RateLimited):
        await persist("m", Limits(attempts=7, base=1, cap=10), attempt, lambda: None)
    assert len(waits) == 6
    for wait, most in zip(waits, [1, 2, 4, 8, 10, 10], strict=True):
        assert most / 2 <= wait <= most
    assert len({round(wait / most, 6) for wait, most in zip(waits, [1, 2, 4, 8, 10, 10], strict=True)}) > 1


def test_every_sentence_is_in_both_languages_with_the_same_blanks() -> None:
    with open(Path(confrere.messages.__file__).with_name("models.toml"), "rb") as file:
        sentences = tomllib.load(file)
    for name, both in sentences.items():
        assert set(both) == {"en", "fr"}, name
        blanks = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in both.values()]
        assert blanks[0] == blanks[1], name
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.ModelFailed)]
    assert len(kinds) > 10
    for kind in kinds:
        assert kind.sentence_name in sentences


@pytest.mark.parametrize(
    "text",
    ["Incorrect API key provided: sk-proj-abc123DEF456.", "Authorization: Bearer abcdef.ghi", "gsk_0123456789 is wrong", "my-own-secret!"],
)
def test_scrub(text: str) -> None:
    cleaned = errors.scrub(f"{text}\n and more", ["my-own-secret!"])
    assert "•••" in cleaned and "\n" not in cleaned
    for secret in ("abc123DEF456", "abcdef.ghi", "0123456789", "my-own-secret!"):
        assert secret not in cleaned


def test_scrub_is_short() -> None:
    assert len(errors.scrub("x" * 5000)) <= 300


def test_script_file_as_a_program(tmp_path: Path) -> None:
    script = tmp_path / "turns.json"
    script.write_text(json.dumps(["un", {"calls": [{"tool": "list_files", "args": {"folder": "A"}}]}]), "utf-8")
    command = [sys.executable, "-m", "tests.scripted_model", "--script", str(script), "--loop"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[1]
            model = choose(f"{url}/v1#scripted-1", environ={})
            assert asyncio.run(model.reply(turn(), None)).message.text == "un"
            assert asyncio.run(model.reply(turn(), None)).message.calls[0].tool == "list_files"
            assert asyncio.run(model.reply(turn(), None)).message.text == "un"
        finally:
            process.terminate()
