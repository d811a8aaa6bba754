"""A scripted server, and each way of asking it: every provider, over every protocol and wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from confrere.models import http
from confrere.models.messages import Message, Model, ToolSpec, Turn
from confrere.models.openai_compatible import OpenAICompatible, Server
from confrere.models.pydantic_ai import ProviderModel
from confrere.models.retry import Limits
from tests.scripted_model import ScriptedModel

KEY = "sk-test-0123456789abcdef"
QUICK = Limits(connect=1, idle=2, overall=20, attempts=3, base=0.01, cap=0.02, patience=3)
WAYS = ["chat", "chat-httpx", "anthropic", "openai", "openai-chat"]
LIST = ToolSpec(
    name="list_files",
    description="List a folder.",
    parameters={"type": "object", "properties": {"folder": {"type": "string"}}, "required": ["folder"]},
)


@pytest.fixture
def server() -> Iterator[ScriptedModel]:
    with ScriptedModel() as running:
        yield running


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make(server: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Model]:
    def made(way: str, limits: Limits = QUICK, model: str = "", **details: Any) -> Model:
        if way.startswith("chat"):
            if way == "chat-httpx":
                monkeypatch.setattr(http, "_plain", http._full)
            details = {"provider": "server", "base": f"{server.url}/v1", "key": KEY, **details}
            return OpenAICompatible(f"{way}:m", Server(**details), model or "scripted-1", limits)
        model = model or ("claude-sonnet-4-6" if way == "anthropic" else "gpt-5.6-sol")
        base = server.url if way == "anthropic" else f"{server.url}/v1"
        return ProviderModel(f"{way}:{model}", way, model, key=KEY, variable="KEY", base=base, limits=limits)

    return made


def turn(*more: Message, phase: str = "plan", tools: bool = True, most: int = 200) -> Turn:
    start = [Message(role="system", text="You sort files."), Message(role="user", text="Range le dossier, s'il te plaît.")]
    return Turn(task="t1", phase=phase, messages=[*start, *more], tools=[LIST] if tools else [], max_output_tokens=most)


class Heard(list[str]):
    """What ``on_text`` was told; ``text`` is what a person sees in the end."""

    @property
    def text(self) -> str:
        return "".join(self).rpartition("\x18")[2]
