"""Which models there are, and which one is used.

A remote model is used only when the person names one, by ``--model``, CONFRERE_MODEL or the settings: a key lying in the
environment is not consent to send files to whoever issued it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from confrere.errors import WrongUse
from confrere.messages import say

if TYPE_CHECKING:
    from confrere.models.messages import Model

KEY_FOR_ADDRESSES = "CONFRERE_MODEL_KEY"
SCHEMA_SUFFIX = "+schema"


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A remote provider. ``base`` is "" where its own library knows it."""

    name: str
    variable: str
    base: str
    example: str
    short_ids: bool = False
    stream_usage: bool = True


class LocalServer(msgspec.Struct, frozen=True, kw_only=True):
    """A program that serves models on this machine: its usual port, and the path that lists them."""

    name: str
    port: int
    path: str = "/v1/models"


PROVIDERS = {
    provider.name: provider
    for provider in (
        Provider(name="anthropic", variable="ANTHROPIC_API_KEY", base="", example="anthropic:claude-sonnet-5-5"),
        Provider(name="openai", variable="OPENAI_API_KEY", base="", example="openai:gpt-6.1-sol"),
        Provider(name="openai-chat", variable="OPENAI_API_KEY", base="", example="openai-chat:gpt-6.1-sol"),
        Provider(
            name="mistral",
            variable="MISTRAL_API_KEY",
            base="https://api.mistral.ai/v1",
            example="mistral:mistral-medium-latest",
            short_ids=True,
            stream_usage=False,  # refuses fields it does not know; sends the usage unasked
        ),
        Provider(
            name="openrouter",
            variable="OPENROUTER_API_KEY",
            base="https://openrouter.ai/api/v1",
            example="openrouter:mistralai/mistral-medium-3",
        ),
        Provider(
            name="groq",
            variable="GROQ_API_KEY",
            base="https://api.groq.com/openai/v1",
            example="groq:openai/gpt-oss-120b",
        ),
    )
}
LOCAL_SERVERS = (
    LocalServer(name="ollama", port=11434, path="/api/tags"),
    LocalServer(name="lmstudio", port=1234),
    LocalServer(name="llamacpp", port=8080),
    LocalServer(name="vllm", port=8000),
)


class HasModel(Protocol):
    """The one setting that matters here (``config.Settings`` has it)."""

    model: str


class Found(msgspec.Struct, kw_only=True):
    """A model, or a server of models, that there is. ``used`` says whether it would be, ``why(language)`` for what reason."""

    name: str
    where: str
    local: bool
    used: bool
    models: list[str] = msgspec.field(default_factory=list)
    reason: str = ""
    data: dict[str, Any] = msgspec.field(default_factory=dict)

    def why(self, language: str) -> str:
        return say(f"models.{self.reason}", language, **self.data)


def chosen_name(name: str | None, settings: HasModel | None = None, environ: Mapping[str, str] = os.environ) -> tuple[str, str]:
    """The name in force and the sentence that tells why: ``name``, else CONFRERE_MODEL, else the settings, else "builtin"."""
    if name and name.strip():
        return name.strip(), "why-asked"
    if environ.get("CONFRERE_MODEL", "").strip():
        return environ["CONFRERE_MODEL"].strip(), "why-chosen-environment"
    if settings is not None and settings.model.strip():
        return settings.model.strip(), "why-chosen-settings"
    return "builtin", "why-builtin-default"


def choose(
    name: str | None,
    settings: HasModel | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    servers: Sequence[LocalServer] = LOCAL_SERVERS,
) -> Model:
    """The model to use: ``name``, else CONFRERE_MODEL, else the settings, else the builtin one.

    Names: ``builtin``; ``local`` (the first server that answers on this machine); ``ollama:M``, ``lmstudio:M``, ``llamacpp:M``,
    ``vllm:M`` (M may be left out: the first model it lists); ``anthropic:M``, ``openai:M`` (Responses), ``openai-chat:M``,
    ``mistral:M``, ``openrouter:M``, ``groq:M``; or the address of any OpenAI-compatible server,
    ``http://127.0.0.1:8080/v1#M``, its key, if it wants one, in CONFRERE_MODEL_KEY. ``+schema`` after the name drives the model
    by a JSON schema at each step instead of tools (see ``schema_steps``).

    No remote model is ever chosen because a key is there: sending files to one is the person's choice, made by naming it.
    Nothing is sent here, but for asking a local server what models it has when the name leaves that open.

    Raises WrongUse with the nearest names where there is no such name, and where a local server was meant and none answers;
    NoKey (``models.errors``) where a remote model was named and its key is not set.
    """
    asked, _ = chosen_name(name, settings, environ)
    plain = asked.removesuffix(SCHEMA_SUFFIX)
    if plain == "builtin":
        from confrere.models.builtin import BuiltinModel

        return BuiltinModel()
    kind, _, model = plain.partition(":")
    if kind in ("http", "https"):
        return _at_address(asked, plain, environ)
    if kind in PROVIDERS:
        return _remote(asked, PROVIDERS[kind], model, environ)
    if plain == "local":
        return _any_local(asked, servers, environ)
    for server in servers:
        if kind == server.name:
            return _local(asked, server, model, environ)
    raise WrongUse("models.name-unknown", name=asked, near=", ".join(_near(asked, servers, environ)))


def find(
    name: str | None = None,
    settings: HasModel | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    servers: Sequence[LocalServer] = LOCAL_SERVERS,
) -> list[Found]:
    """What there is: the builtin model, the servers that answer on loopback (asked at once, 0.5 s in all), the keys that are set.

    One entry each, the one in force (see ``choose``) marked as used. Keys themselves are never read into the result.
    """
    asked, reason = chosen_name(name, settings, environ)
    found = [Found(name="builtin", where="", local=True, used=False, models=["builtin"], reason="why-builtin-not")]
    for server, models in probe(servers):
        example = f"{server.name}:{models[0]}" if models else server.name
        why = "why-local-locked" if models is None else "why-local-found" if models else "why-local-empty"
        entry = Found(name=server.name, where=f"http://127.0.0.1:{server.port}", local=True, used=False, models=models or [])
        entry.reason, entry.data = why, {"example": example}
        found.append(entry)
    for provider in PROVIDERS.values():
        if provider.name == "openai-chat":
            continue  # the same key and the same models as openai
        base = _base(provider, environ)
        if environ.get(provider.variable) or (provider.name.startswith("openai") and base):
            from confrere.models.http import is_loopback

            entry = Found(name=provider.name, where=base or provider.name, local=bool(base) and is_loopback(base), used=False)
            variable = provider.variable if environ.get(provider.variable) else "OPENAI_BASE_URL"
            entry.reason, entry.data = "why-key-found", {"variable": variable, "example": provider.example}
            found.append(entry)
    return _mark(found, asked, reason)


def _mark(found: list[Found], asked: str, reason: str) -> list[Found]:
    plain = asked.removesuffix(SCHEMA_SUFFIX)
    kind, _, model = plain.partition(":")
    for entry in found:
        if entry.name == kind or (plain == "local" and entry.local and entry.models and entry.name != "builtin"):
            entry.used, entry.reason, entry.data = True, reason, {}
            break
    else:
        from confrere.models.http import is_loopback

        local = is_loopback(plain) or kind in {server.name for server in LOCAL_SERVERS}
        where = plain.partition("#")[0] if kind in ("http", "https") else ""
        found.append(Found(name=asked, where=where, local=local, used=True, models=[model] if not where else [], reason=reason))
    return found


def probe(servers: Sequence[LocalServer], seconds: float = 0.5) -> list[tuple[LocalServer, list[str] | None]]:
    """Ask each port on 127.0.0.1 at once what models it has; None stands for "wants a key". Those that do not answer in
    ``seconds``, or answer something else, are left out."""
    import threading
    import time

    answers: dict[int, list[str] | None] = {}

    def ask(server: LocalServer) -> None:
        import http.client
        import json
        from contextlib import closing

        try:
            with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=seconds)) as connection:
                connection.request("GET", server.path)
                response = connection.getresponse()
                if response.status in (401, 403):
                    answers[server.port] = None
                    return
                listed = json.loads(response.read(1 << 22))
                rows = listed.get("models", listed.get("data"))
                answers[server.port] = [row.get("name") or row["id"] for row in rows]
        except (OSError, http.client.HTTPException, ValueError, AttributeError, KeyError, TypeError):
            return  # nothing there, or not a model server

    # Daemon threads: a port that accepts and then says nothing must not hold up the end of the program.
    threads = [threading.Thread(target=ask, args=(server,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return [(server, answers[server.port]) for server in servers if server.port in answers]


def _key(variable: str, environ: Mapping[str, str]) -> str:
    """The key in ``variable``, "" where there is none. Raises WrongUse where it cannot be one."""
    key = environ.get(variable, "").strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise WrongUse("models.key-unreadable", variable=variable)
    return key


def _at_address(asked: str, plain: str, environ: Mapping[str, str]) -> Model:
    from urllib.parse import urlsplit

    address, _, model = plain.partition("#")
    try:
        parts = urlsplit(address)
        right = bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right:
        raise WrongUse("models.name-unknown", name=asked, near="http://127.0.0.1:8080/v1#MODEL")
    if "@" in parts.netloc:
        raise WrongUse("models.address-with-key")
    base = address.rstrip("/").removesuffix("/chat/completions")
    if not parts.path.strip("/"):
        base += "/v1"
    return _compatible(asked, "server", base, model, key=_key(KEY_FOR_ADDRESSES, environ))


def _remote(asked: str, provider: Provider, model: str, environ: Mapping[str, str]) -> Model:
    model = model.removesuffix(SCHEMA_SUFFIX)
    if not model:
        raise WrongUse("models.name-without-model", name=asked, example=provider.example)
    key, base = _key(provider.variable, environ), _base(provider, environ)
    needs_key = not base or base == provider.base
    if needs_key and not key:
        from confrere.models.errors import NoKey

        raise NoKey(asked, variable=provider.variable)
    if provider.base or base:
        return _compatible(
            asked,
            provider.name,
            base,
            model,
            key=key,
            variable=provider.variable,
            needs_key=needs_key,
            short_ids=provider.short_ids,
            stream_usage=provider.stream_usage,
        )
    from confrere.models.pydantic_ai import ProviderModel

    address = environ.get("ANTHROPIC_BASE_URL", "") if provider.name == "anthropic" else ""
    return ProviderModel(asked, provider.name, model, key=key, variable=provider.variable, base=address)


def _base(provider: Provider, environ: Mapping[str, str]) -> str:
    """The base address the environment sets, "" where it sets none or the provider's own."""
    if not provider.name.startswith("openai"):
        return provider.base
    base = environ.get("OPENAI_BASE_URL", "").rstrip("/")
    return "" if base.startswith("https://api.openai.com/") else base


def _local(asked: str, server: LocalServer, model: str, environ: Mapping[str, str]) -> Model:
    base = _local_base(server, environ)
    return _compatible(asked, server.name, base, model.removesuffix(SCHEMA_SUFFIX), key=_key(KEY_FOR_ADDRESSES, environ))


def _local_base(server: LocalServer, environ: Mapping[str, str]) -> str:
    host = environ.get("OLLAMA_HOST", "") if server.name == "ollama" else ""
    if not host:
        return f"http://127.0.0.1:{server.port}/v1"
    # OLLAMA_HOST is where Ollama listens (0.0.0.0 too), with or without scheme and port.
    from urllib.parse import urlsplit

    parts = urlsplit(host if "://" in host else f"http://{host}")
    name = "127.0.0.1" if parts.hostname in (None, "0.0.0.0", "::") else parts.hostname
    name = f"[{name}]" if name and ":" in name else name
    return f"{parts.scheme}://{name}:{parts.port or server.port}/v1"


def _any_local(asked: str, servers: Sequence[LocalServer], environ: Mapping[str, str]) -> Model:
    answered = probe(servers)
    for server, models in answered:
        if models:
            suffix = SCHEMA_SUFFIX if asked.endswith(SCHEMA_SUFFIX) else ""
            return _local(f"{server.name}:{models[0]}{suffix}", server, models[0], environ)  # the name says what was found
    if answered:
        raise WrongUse("models.no-model-on-server", where=answered[0][0].name)
    raise WrongUse("models.no-local", ports=", ".join(str(server.port) for server in servers))


def _compatible(asked: str, provider: str, base: str, model: str, **details: Any) -> Model:
    from confrere.models.openai_compatible import OpenAICompatible, Server

    made = OpenAICompatible(asked, Server(provider=provider, base=base, **details), model)
    if not made.local and not asked.endswith(SCHEMA_SUFFIX):
        return made
    from confrere.models.schema_steps import SchemaSteps

    return SchemaSteps(made, always=asked.endswith(SCHEMA_SUFFIX))


def _near(asked: str, servers: Sequence[LocalServer], environ: Mapping[str, str]) -> list[str]:
    """The names nearest to one that does not exist."""
    from difflib import get_close_matches

    kind, colon, model = asked.partition(":")
    first, slash, rest = asked.partition("/")
    if slash and not colon and (first in PROVIDERS or first in {server.name for server in servers}):
        return [f"{first}:{rest}"]  # as other programs write it
    if asked.startswith("claude"):
        return [f"anthropic:{asked}"]
    if asked.startswith(("gpt", "o1", "o3", "o4")):
        return [f"openai:{asked}"]
    local = [f"{server.name}:{name}" for server, models in probe(servers) for name in models or ()]
    exact = [name for name in local if name.partition(":")[2].startswith(asked)]
    if exact:
        return exact[:3]
    kinds = [*PROVIDERS, *(server.name for server in servers), "builtin", "local"]
    near = [f"{match}{colon}{model}" for match in get_close_matches(kind.lower(), kinds, n=2, cutoff=0.6)]
    return near + get_close_matches(asked, local, n=2, cutoff=0.5) or ["builtin", "local", PROVIDERS["anthropic"].example]
