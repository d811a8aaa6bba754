"""A state folder, a small real folder, and a scripted language model for the loop's tests."""

import asyncio
import json
from pathlib import Path

import pytest

from confrere.agent.brief import create
from confrere.agent.loop import Runner
from confrere.agent.services import Services
from confrere.config import Home
from tests.scripted_model import ScriptedModel


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CONFRERE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CONFRERE_LANG", "en")
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "Papers"
    folder.mkdir()
    for number in range(6):
        (folder / f"note {number}.txt").write_text(f"note {number}\n")
    return folder


@pytest.fixture
def server():
    with ScriptedModel() as server:
        yield server


class Desk:
    """Starts tasks and runs them, with the scripted model unless another is named."""

    def __init__(self, server):
        self.services = Services(Home.find())
        self.server = server
        self.heard = []

    def start(self, brief, *folders, yes=True, model=None, plan_only=False):
        name = model or f"{self.server.url}/v1#scripted-1"
        return create(self.services, brief, [str(path) for path in folders], model=name, yes=yes, plan_only=plan_only)

    def run(self, task):
        runner = Runner(self.services, task, lambda kind, body: self.heard.append((kind, body)))
        return asyncio.run(runner.run())

    def do(self, brief, *folders, **options):
        return self.run(self.start(brief, *folders, **options))


@pytest.fixture
def desk(home, server):
    desk = Desk(server)
    yield desk
    desk.services.close()


def plan(*steps):
    """A scripted proposal: each step is (tool, args)."""
    return {"calls": [{"tool": "propose_plan", "args": {"steps": [{"tool": tool, "title": tool, "args": args} for tool, args in steps]}}]}


def call(tool, **args):
    return {"calls": [{"tool": tool, "args": args}]}


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in sorted(Path(folder).rglob("*"))}


def sent(server, number):
    """What the model was sent, in the request of that number."""
    return json.dumps(server.requests[number].body)
