"""A stage that all cases of a process share, and the command line with the test services."""

import json
import sys

import pytest

from tests.agent.conftest import server  # noqa: F401
from tests.cli.conftest import Command
from tests.injection import tasks
from tests.injection.sink import Sink
from tests.injection.stage import Stage


@pytest.fixture(scope="session")
def stage(tmp_path_factory):
    with Stage(tmp_path_factory.mktemp("stage")) as stage:
        yield stage


class Served(Command):
    """``confrere`` with the test services; ``die`` is a moment of ``command``."""

    def __init__(self, home, cwd, port):
        super().__init__(home, cwd)
        self.environment |= {"SINK_PORT": str(port), "PYTHONPATH": ":".join(path for path in sys.path if path)}

    def start(self, *args, die="", **options):
        import subprocess

        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
        command = [sys.executable, "-m", "tests.injection.command", *map(str, args)]
        environment = {**self.environment, "DIE_AT": die}
        return subprocess.Popen(command, cwd=self.cwd, env=environment, start_new_session=True, **options)

    def json(self, *args, status=0):
        lines = [json.loads(line) for line in self(*args, "--json", status=status).splitlines() if line.startswith("{")]
        return lines[-1] if lines else {}

    def dies(self, *args, at):
        """Run until it is killed at that moment."""
        process = self.start(*args, "--json", die=at)
        out, err = process.communicate(timeout=60)
        assert process.returncode == -9, (process.returncode, out[-1500:], err[-1500:])


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture
def office(tmp_path, sink, server):  # noqa: F811
    """The command, a folder, the sink, and the model's name."""
    command = Served(tmp_path / "home", tmp_path, sink.port)
    command.folder = tasks.folder(tmp_path / "Bureau")
    command.sink, command.server = sink, server
    command.model = f"{server.url}/v1#scripted-1"
    return command
