"""The command as a person or a script runs it: a process of its own, state in a folder of the test."""

import json
import os
import subprocess
import sys

import pytest

from tests.agent.conftest import folder, server  # noqa: F401


class Command:
    def __init__(self, home, cwd):
        self.home, self.cwd = home, cwd
        self.environment = {**os.environ, "CONFRERE_HOME": str(home), "CONFRERE_LANG": "en", "LC_ALL": "C.UTF-8"}
        for name in ("CONFRERE_MODEL", "ANTHROPIC_API_KEY", "OPENAI_API_KEY"):
            self.environment.pop(name, None)

    def start(self, *args, **options):
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
        command = [sys.executable, "-m", "confrere", *map(str, args)]
        return subprocess.Popen(command, cwd=self.cwd, env=self.environment, start_new_session=True, **options)

    def __call__(self, *args, status=0, text=None):
        process = self.start(*args, stdin=subprocess.PIPE if text is not None else subprocess.DEVNULL)
        out, err = process.communicate(text, timeout=120)
        assert "Traceback" not in err, err
        assert process.returncode == status, (process.returncode, out[-2000:], err[-2000:])
        return out + err

    def json(self, *args, status=0):
        lines = [json.loads(line) for line in self(*args, "--json", status=status).splitlines()]
        return lines[-1]


@pytest.fixture
def confrere(tmp_path):
    return Command(tmp_path / "home", tmp_path)
