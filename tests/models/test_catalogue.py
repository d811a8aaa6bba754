"""Names of models, what is found, and what is never used unasked."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from confrere.config import Settings
from confrere.errors import WrongUse
from confrere.models.catalogue import PROVIDERS, LocalServer, choose, find
from confrere.models.errors import NoKey
from confrere.models.openai_compatible import OpenAICompatible
from confrere.models.pydantic_ai import ProviderModel
from confrere.models.schema_steps import SchemaSteps
from tests.models.conftest import KEY, turn
from tests.scripted_model import ScriptedModel, say

KEYS = {provider.variable: KEY for provider in PROVIDERS.values()}


@pytest.fixture
def ollama() -> Iterator[ScriptedModel]:
    with ScriptedModel(models=["qwen2.5:1.5b", "mistral-small:24b"], kind="ollama") as running:
        yield running


def ports(*running: ScriptedModel) -> list[LocalServer]:
    named = {"ollama": "/api/tags", "openai": "/v1/models", "llama.cpp": "/v1/models"}
    names = {"ollama": "ollama", "openai": "lmstudio", "llama.cpp": "llamacpp"}
    return [LocalServer(name=names[s.kind], port=int(s.url.rpartition(":")[2]), path=named[s.kind]) for s in running]


def test_nothing_set_is_builtin_even_with_every_key() -> None:
    assert choose(None, Settings(), environ=KEYS, servers=[]).name == "builtin"
    found = find(None, Settings(), environ=KEYS, servers=[])
    assert [entry.name for entry in found if entry.used] == ["builtin"]
    assert {entry.name for entry in found} == {"builtin", "anthropic", "openai", "mistral", "openrouter", "groq"}
    assert KEY not in str(found)
    for entry in found:
        assert entry.local is (entry.name == "builtin")
        assert entry.why("en") and entry.why("fr") and KEY not in entry.why("en")


def test_order_of_names() -> None:
    environ = {"CONFRERE_MODEL": "mistral:a", **KEYS}
    settings = Settings(model="groq:b")
    assert choose("openrouter:c", settings, environ=environ).name == "openrouter:c"
    assert choose(None, settings, environ=environ).name == "mistral:a"
    assert choose("", settings, environ=KEYS).name == "groq:b"


@pytest.mark.parametrize(
    ("name", "base", "model", "local"),
    [
        ("ollama:qwen2.5:1.5b", "http://127.0.0.1:11434/v1", "qwen2.5:1.5b", True),
        ("ollama:gpt-oss:120b-cloud", "http://127.0.0.1:11434/v1", "gpt-oss:120b-cloud", False),
        ("lmstudio:a/b", "http://127.0.0.1:1234/v1", "a/b", True),
        ("llamacpp", "http://127.0.0.1:8080/v1", "", True),
        ("vllm:m", "http://127.0.0.1:8000/v1", "m", True),
        ("mistral:m", "https://api.mistral.ai/v1", "m", False),
        ("openrouter:a/b:free", "https://openrouter.ai/api/v1", "a/b:free", False),
        ("groq:a/b", "https://api.groq.com/openai/v1", "a/b", False),
        ("http://127.0.0.1:8080/v1#m", "http://127.0.0.1:8080/v1", "m", True),
        ("http://localhost:8080", "http://localhost:8080/v1", "", True),
        ("http://[::1]:8080/v1/chat/completions#m", "http://[::1]:8080/v1", "m", True),
        ("https://llm.example.org/api/v2/#a:b", "https://llm.example.org/api/v2", "a:b", False),
        ("http://192.168.1.5:8080/v1#m+schema", "http://192.168.1.5:8080/v1", "m", False),
        ("http://127.0.0.1.example.org/v1#m", "http://127.0.0.1.example.org/v1", "m", False),
    ],
)
def test_names(name: str, base: str, model: str, local: bool) -> None:
    chosen = choose(name, environ=KEYS)
    assert chosen.name == name and chosen.local is local
    inner = chosen.model if isinstance(chosen, SchemaSteps) else chosen
    assert isinstance(inner, OpenAICompatible) and (inner.server.base, inner.model) == (base, model)
    assert isinstance(chosen, SchemaSteps) is (local or name.endswith("+schema"))
    assert KEY not in repr(chosen) + repr(inner.server) + str(inner.server)


def test_providers_own_names() -> None:
    claude = choose("anthropic:claude-sonnet-5-5", environ=KEYS)
    assert isinstance(claude, ProviderModel) and (claude.api, claude.model, claude.local) == ("anthropic", "claude-sonnet-5-5", False)
    gpt = choose("openai:gpt-6.1-sol", environ=KEYS)
    assert isinstance(gpt, ProviderModel) and (gpt.api, gpt.base) == ("openai", "https://api.openai.com/v1")
    chat = choose("openai-chat:gpt-6.1-sol", environ=KEYS)
    assert isinstance(chat, ProviderModel) and chat.api == "openai-chat"
    assert KEY not in repr([claude, gpt, chat])
    proxied = choose("openai:m", environ={"OPENAI_BASE_URL": "http://127.0.0.1:4000/v1/"})
    assert isinstance(proxied, SchemaSteps) and proxied.model.server.base == "http://127.0.0.1:4000/v1"


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("0.0.0.0", "http://127.0.0.1:11434/v1"),
        ("127.0.0.1:9999", "http://127.0.0.1:9999/v1"),
        ("https://gpu.example.org", "https://gpu.example.org:11434/v1"),
    ],
)
def test_ollama_host(host: str, base: str) -> None:
    chosen = choose("ollama:m", environ={"OLLAMA_HOST": host})
    inner = chosen.model if isinstance(chosen, SchemaSteps) else chosen
    assert isinstance(inner, OpenAICompatible) and inner.server.base == base


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("antropic:claude-sonnet-5-5", "anthropic:claude-sonnet-5-5"),
        ("claude-sonnet-5-5", "anthropic:claude-sonnet-5-5"),
        ("gpt-6", "openai:gpt-6"),
        ("olama:m", "ollama:m"),
        ("buildin", "builtin"),
        ("qwen2.5:1.5b", "ollama:qwen2.5:1.5b"),
        ("mistral-small", "ollama:mistral-small:24b"),
        ("zzzz", "builtin"),
    ],
)
def test_unknown_name_says_the_nearest(ollama: ScriptedModel, name: str, near: str) -> None:
    with pytest.raises(WrongUse) as caught:
        choose(name, environ={}, servers=ports(ollama))
    assert near in str(caught.value) and caught.value.status == 2
    assert near in caught.value.sentence("fr")


def test_a_name_as_other_programs_write_it() -> None:
    with pytest.raises(WrongUse) as raised:
        choose("ollama/llama3", None, environ={}, servers=(LocalServer(name="ollama", port=1),))
    assert raised.value.data["near"] == "ollama:llama3"


@pytest.mark.parametrize("name", ["anthropic:m", "openai:m", "mistral:m", "groq:m+schema"])
def test_missing_key_is_told_before_anything_starts(name: str) -> None:
    with pytest.raises(NoKey, match="_API_KEY is not set"):
        choose(name, environ={})


def test_wrong_names() -> None:
    with pytest.raises(WrongUse, match="anthropic:claude"):
        choose("anthropic:", environ=KEYS)
    with pytest.raises(WrongUse, match="must not hold a password") as caught:
        choose("http://me:secret@127.0.0.1/v1#m", environ={})
    assert "secret" not in str(caught.value)
    with pytest.raises(WrongUse):
        choose("http://#m", environ={})
    with pytest.raises(WrongUse, match="No model server answers"):
        choose("local", environ={}, servers=[])


def test_local_servers_are_found(ollama: ScriptedModel) -> None:
    with ScriptedModel(models=[], kind="openai") as empty, ScriptedModel(key="wanted", kind="llama.cpp") as locked:
        servers = ports(ollama, empty, locked)
        found = {entry.name: entry for entry in find(environ={}, servers=servers)}
        assert found["ollama"].models == ["qwen2.5:1.5b", "mistral-small:24b"] and found["ollama"].local
        assert "--model ollama:qwen2.5:1.5b" in found["ollama"].why("en")
        assert "no model" in found["lmstudio"].why("en") and "wants a key" in found["llamacpp"].why("en")
        assert found["builtin"].used
        assert all(not request.body for request in ollama.everything)
        used = [entry.name for entry in find("local", environ={}, servers=servers) if entry.used]
        assert used == ["ollama"]
        chosen = choose("local", environ={}, servers=servers)
        assert isinstance(chosen, SchemaSteps) and chosen.model.model == "qwen2.5:1.5b"
        assert chosen.name == "ollama:qwen2.5:1.5b"  # what the journal keeps is what was found
        with pytest.raises(WrongUse, match="no model loaded"):
            choose("local", environ={}, servers=ports(empty))


def test_probing_is_bounded() -> None:
    """A port that accepts and says nothing, one that is closed, one that is some other program."""
    with socket.create_server(("127.0.0.1", 0)) as mute, socket.create_server(("127.0.0.1", 0)) as closed:
        gone = closed.getsockname()[1]
        closed.close()
        servers = [LocalServer(name="mute", port=mute.getsockname()[1]), LocalServer(name="gone", port=gone)]
        start = time.monotonic()
        assert [entry.name for entry in find(environ={}, servers=servers)] == ["builtin"]
        assert time.monotonic() - start < 1.5


def test_what_was_asked_for_is_listed() -> None:
    entry = find("https://llm.example.org/v1#m", environ={}, servers=[])[-1]
    assert entry.used and not entry.local and entry.where == "https://llm.example.org/v1"
    assert [e.name for e in find(None, environ={"CONFRERE_MODEL": "anthropic:x", **KEYS}, servers=[]) if e.used] == ["anthropic"]


async def test_first_listed_model_is_used(ollama: ScriptedModel) -> None:
    ollama.script([say("bien")])
    chosen = choose("ollama", environ={"OLLAMA_HOST": ollama.url.removeprefix("http://")})
    assert (await chosen.reply(turn(), None)).message.text == "bien"
    assert ollama.requests[0].body["model"] == "qwen2.5:1.5b" and ollama.requests[0].path == "/v1/chat/completions"


async def test_server_without_a_model() -> None:
    from confrere.models.errors import NoModel

    with ScriptedModel(models=[], kind="ollama") as empty:
        chosen = choose("ollama", environ={"OLLAMA_HOST": empty.url.removeprefix("http://")})
        with pytest.raises(NoModel):
            await chosen.reply(turn(), None)


async def test_key_for_an_address_is_sent_there_only() -> None:
    with ScriptedModel(key=KEY) as locked:
        locked.script([say("bien")])
        chosen = choose(f"{locked.url}/v1#scripted-1", environ={"CONFRERE_MODEL_KEY": KEY})
        assert (await chosen.reply(turn(), None)).message.text == "bien"
    with ScriptedModel() as other:
        other.script([say("bien")])
        await choose(f"{other.url}/v1#scripted-1", environ=KEYS).reply(turn(), None)
        assert "authorization" not in other.requests[0].headers and KEY not in str(other.requests[0].headers)


def test_imports_stay_light() -> None:
    heavy = ["httpx", "httpx2", "pydantic", "pydantic_ai", "openai", "anthropic", "genai_prices", "asyncio", "http.client", "ssl"]
    code = "import sys, confrere.models.messages, confrere.models.catalogue, confrere.models.errors\n"
    code += f"print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
