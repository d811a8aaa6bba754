"""Which model may see what: by the person's naming it, by their rules, by a grant; never what is secret. The remote one is a real server."""

import json
from urllib.parse import urlsplit

import msgspec
import pytest

from confrere.cli.law import grant as give
from confrere.errors import Failed
from confrere.policy.manifest import Effect, Manifest
from confrere.tools import registry
from confrere.tools.base import Result
from tests.agent.conftest import call, plan
from tests.scripted_model import Act

REMOTE = "anthropic:scripted-1"
KEY = "sk-" + "ant-api03-" + "Zm9v" * 20


@pytest.fixture
def remote(server, monkeypatch):
    """The scripted server in the place of a provider's, which is remote whatever its address."""
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none-of-anybody")
    return server


def script(server):
    server.script(
        [
            Act(**call("read_file", path="Papers/note 1.txt")),
            Act(**plan(("write_file", {"path": "Papers/new.txt", "text": "x"}))),
            Act(**call("write_file", step="s1", path="Papers/new.txt", text="x")),
            Act(text="done"),
        ]
    )


def went(server):
    return json.dumps([request.body for request in server.requests])


def test_a_remote_model_that_was_named_sees_what_is_private_and_the_journal_says_what(desk, remote, folder):
    script(remote)
    state = desk.do("copy the note", folder, model=REMOTE)
    assert state.state == "applied", state.failure
    assert "note 1" in went(remote)
    labels = [event.body["label"] for event in desk.services.store.read(state.id, kinds=("model.sent",))]
    assert labels[0].startswith("person public") and labels[-1].startswith("untrusted private") and len(labels) == 4


def test_where_the_owners_rules_say_so_it_sees_nothing_private_until_a_grant(desk, remote, folder, home, capsys):
    (home / "policy.toml").write_text('[clearance]\nremote-model = "public"\n')
    script(remote)
    state = desk.do("copy the note", folder, model=REMOTE)
    assert state.state == "failed" and state.failure["key"] == "policy.model-clearance"
    assert len(remote.requests) == 1 and "note 1" not in went(remote)
    refused = desk.services.store.last(state.id, "model.refused")
    assert refused.body["model"] == REMOTE and "private" in refused.body["label"]
    assert give("model", REMOTE, None, False, False) == 0
    desk.services.store.append(state.id, "task.resumed", {"yes": True})
    state = desk.run(state.id)
    assert state.state == "applied", state.failure
    sent = desk.services.store.last(state.id, "model.sent")
    assert sent.body["grants"] and "note 1" in went(remote)


def test_a_local_model_is_not_held_back_by_that(desk, server, folder, home):
    (home / "policy.toml").write_text('[clearance]\nremote-model = "public"\n')
    script(server)
    assert desk.do("copy the note", folder).state == "applied"


class Look(msgspec.Struct, kw_only=True):
    what: str = ""


class Vault:
    """A tool whose results are secret."""

    name = "look_in_vault"
    description = "Look in the vault."
    manifest = Manifest(effect=Effect.READ, kind="read", confidentiality="secret")
    Args = Look

    def run(self, args, context):
        return Result(text="the word is heron-in-amber")


class Broken(Vault):
    """One that tells of it while it fails."""

    def run(self, args, context):
        if args.what:
            raise Failed("core.home-unusable", path="heron", reason=f"heron {KEY}")
        raise ValueError("the word is heron-in-amber")


def test_a_secret_in_an_error_goes_to_no_model_and_a_key_in_it_not_to_the_journal(desk, server, folder, monkeypatch):
    tools = registry.all_tools()
    monkeypatch.setattr(registry, "all_tools", lambda: (*tools, Broken()))
    server.script([Act(**call("look_in_vault")), Act(**call("look_in_vault", what="x")), Act(text="I could not see it.")])
    state = desk.do("what is in the vault?", folder)
    assert state.state == "done" and len(server.requests) == 3, state.failure
    assert "heron" not in went(server) and went(server).count("not shown to a model") == 3
    outcomes = [event.body for event in desk.services.store.read(state.id, kinds=("call.outcome",))]
    assert len(outcomes) == 2 and KEY not in json.dumps(outcomes) and "redacted" in json.dumps(outcomes)


@pytest.mark.parametrize("name", [REMOTE, None])
def test_what_is_secret_goes_to_no_model(desk, remote, folder, monkeypatch, name):
    tools = registry.all_tools()
    monkeypatch.setattr(registry, "all_tools", lambda: (*tools, Vault()))
    remote.script([Act(**call("look_in_vault")), Act(text="I could not see it.")])
    state = desk.do("what is in the vault?", folder, model=name)
    assert state.state == "done" and len(remote.requests) == 2, state.failure
    assert "heron" not in went(remote) and "not shown to a model" in went(remote)


def test_keys_in_what_is_said_or_read_reach_neither_the_journal_nor_the_model(desk, server, folder):
    """In the brief, in a file, in an error, and in what the model says itself."""
    (folder / "keys.txt").write_text(f"the key is {KEY}\n")
    server.script(
        [
            Act(**call("read_file", path="Papers/keys.txt")),
            Act(**call("read_file", path=f"Papers/{KEY}")),
            Act(text=f"the key is {KEY}"),
        ]
    )
    state = desk.do(f"read my keys, by the way here is one: {KEY}", folder)
    assert state.state == "done", state.failure
    assert any("Anthropic" in warning or "key" in warning for warning in state.warnings)
    said = [request.body["messages"] for request in server.requests]
    texts = [message.get("content") for messages in said for message in messages]
    assert KEY not in json.dumps(texts) and "redacted" in json.dumps(texts)
    for event in desk.services.store.read(state.id):
        if event.kind == "message":
            assert KEY not in json.dumps(event.body["message"].get("text", ""))
    assert state.redacted


def test_a_models_key_comes_from_the_secrets_and_each_use_is_journaled(desk, server, folder, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    desk.services.secrets.set("ANTHROPIC_API_KEY", "kept-and-sealed-41", [urlsplit(server.url).netloc])
    server.script([Act(text="hello")])
    state = desk.do("say hello", model=REMOTE)
    assert state.state == "done", state.failure
    headers = server.requests[0].headers
    assert "kept-and-sealed-41" in headers.get("x-api-key", headers.get("authorization", "")), headers
    uses = [event.body for event in desk.services.store.read("", kinds=("secret.used",))]
    assert uses and {(use["name"], use["host"], use["purpose"], use["allowed"]) for use in uses} == {
        ("ANTHROPIC_API_KEY", urlsplit(server.url).netloc, "model", True)
    }
    everything = "".join(json.dumps(event.body) for event in desk.services.store.read(None))
    assert "kept-and-sealed-41" not in everything


def test_a_key_of_another_host_is_not_sent(desk, server, folder, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    desk.services.secrets.set("ANTHROPIC_API_KEY", "kept-and-sealed-41", ["api.anthropic.com", "127.0.0.1:9"])
    server.script([Act(text="hello")])
    try:
        desk.do("say hello", model=REMOTE)
    except Exception as error:
        assert "kept-and-sealed" not in str(error)
    assert all("kept-and-sealed" not in str(request.headers) for request in server.requests)
    assert not desk.services.store.last("", "secret.used").body["allowed"]
