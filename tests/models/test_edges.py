"""What reaches a model, or comes from one, at the edge of the ordinary."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from confrere.errors import WrongUse
from confrere.models import errors, http
from confrere.models.catalogue import choose
from confrere.models.draft import decoded, parsed_call
from confrere.models.messages import Message, Model, ToolCall
from tests.models.conftest import KEY, QUICK, Heard, turn
from tests.scripted_model import Act, ScriptedModel, say

NAME = "Facture_\udce9t\udce9.pdf"


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
async def test_undecodable_file_names_go_there_and_back(
    make: Callable[..., Model], server: ScriptedModel, way: str, streamed: bool
) -> None:
    """A name that is not UTF-8 must neither stop the request nor come back as another name."""
    past = [
        Message(role="assistant", calls=[ToolCall(id="c1", tool="list_files", args={"folder": NAME})]),
        Message(role="tool", call_id="c1", tool="list_files", text=f"{NAME} and été.pdf"),
    ]
    raw = '{"folder": "Facture_\\udce9t\\udce9.pdf"}'
    if way == "anthropic" and not streamed:
        server.script([say("ok")])
    else:
        server.script([Act(calls=[{"tool": "list_files", "raw": raw}])])
    reply = await make(way).reply(turn(*past), Heard().append if streamed else None)
    sent = str(server.requests[0].body)
    assert "udce9" in sent and "été.pdf" in sent
    if not reply.message.text:
        assert reply.message.calls[0].args == {"folder": NAME}
    assert past[0].calls[0].args == {"folder": NAME}  # the journal's own is untouched


@pytest.mark.parametrize("raw", ['{"a": NaN}', '{"a": Infinity}', "{", "", "{'a': 1}", "[" * 100_000])
def test_what_is_not_json(raw: str) -> None:
    with pytest.raises(ValueError):
        decoded(raw)
    assert parsed_call("c", "t", raw).args == ({} if not raw else None)


@pytest.mark.parametrize("key", ["sk-a b", "sk-é", "sk-a\nX-Evil: 1"])
@pytest.mark.parametrize("name", ["mistral:m", "anthropic:m", "openai:m", "http://127.0.0.1:1/v1#m", "ollama:m"])
def test_key_that_cannot_be_one(name: str, key: str) -> None:
    variables = ["MISTRAL_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "CONFRERE_MODEL_KEY"]
    with pytest.raises(WrongUse, match="cannot be a key") as caught:
        choose(name, environ=dict.fromkeys(variables, key))
    assert key not in str(caught.value)


def test_key_with_a_line_end_is_the_key() -> None:
    model = choose("mistral:m", environ={"MISTRAL_API_KEY": "abc123\n"})
    assert model.server.key == "abc123"  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["http://[::1/v1#m", "http://127.0.0.1:99999/v1#m", "http://127.0.0.1:x/v1", "http://", "https:#m"])
def test_address_that_is_none(name: str) -> None:
    with pytest.raises(WrongUse):
        choose(name, environ={})


async def test_mistral_ids(server: ScriptedModel, make: Callable[..., Model]) -> None:
    """Mistral takes ids of nine letters and digits only: others are mapped, the same way in call and result."""
    past = [
        Message(role="assistant", calls=[ToolCall(id="toolu_01AbCdEfGh", tool="list_files", args={})]),
        Message(role="tool", call_id="toolu_01AbCdEfGh", tool="list_files", text="a"),
        Message(role="assistant", calls=[ToolCall(id="abcdefGH1", tool="list_files", args={})]),
        Message(role="tool", call_id="abcdefGH1", tool="list_files", text="b"),
    ]
    server.script(["ok"])
    await make("chat", provider="mistral", short_ids=True, stream_usage=False).reply(turn(*past), Heard().append)
    messages = server.requests[0].body["messages"]
    mapped = messages[2]["tool_calls"][0]["id"]
    assert len(mapped) == 9 and mapped.isalnum() and messages[3]["tool_call_id"] == mapped
    assert messages[4]["tool_calls"][0]["id"] == messages[5]["tool_call_id"] == "abcdefGH1"
    assert "stream_options" not in server.requests[0].body


async def test_messages_fit_strict_templates(server: ScriptedModel, make: Callable[..., Model]) -> None:
    more = [Message(role="system", text="Be brief."), Message(role="user", text="And now?")]
    server.script(["ok"])
    await make("chat").reply(turn(*more), None)
    assert [m["role"] for m in server.requests[0].body["messages"]] == ["system", "user"]
    assert server.requests[0].body["messages"][1]["content"].endswith("Be brief.\n\nAnd now?")


async def test_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    from confrere.models.messages import Usage
    from confrere.models.prices import cost

    usage = Usage(input_tokens=1_000_000, output_tokens=0, cached_tokens=900_000)
    cached = await cost("anthropic", "claude-sonnet-4-6", usage)
    full = await cost("anthropic", "claude-sonnet-4-6", Usage(input_tokens=1_000_000))
    assert cached is not None and full is not None and 0 < cached < full
    assert await cost("mistral", "mistral-large-latest", usage) is not None
    assert await cost("server", "no-such-model", usage) is None
    assert await cost("anthropic", "no-such-model", usage) is None


def authority(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server context for 127.0.0.1, and the file of the authority that vouches for it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, private)
    return context, chain


@pytest.mark.parametrize("api", ["chat", "anthropic", "openai"])
async def test_tls_is_verified(api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from confrere.models.openai_compatible import OpenAICompatible, Server
    from confrere.models.pydantic_ai import ProviderModel

    context, chain = authority(tmp_path)
    with ScriptedModel(tls=context) as server:
        model: Model
        if api == "chat":
            model = OpenAICompatible("m", Server(provider="server", base=f"{server.url}/v1"), "m", QUICK)
        else:
            base = server.url if api == "anthropic" else f"{server.url}/v1"
            model = ProviderModel("m", api, "gpt-5.6-sol", key=KEY, variable="K", base=base, limits=QUICK)
        http.tls.cache_clear()
        with pytest.raises(errors.Unreachable):
            await model.reply(turn(), None)
        assert not server.requests
        monkeypatch.setenv("SSL_CERT_FILE", str(chain))
        http.tls.cache_clear()
        server.script(["bien"])
        assert (await model.reply(turn(), Heard().append)).message.text == "bien"
    http.tls.cache_clear()
