"""The command line through a running gateway, and without one."""

import os
import subprocess
import sys


def confrere(up, *words, **environment):
    command = [sys.executable, "-m", "confrere", *words]
    return subprocess.run(command, env={**up.environment, **environment}, capture_output=True, text=True, timeout=60, check=False)


def test_a_question_is_answered_by_the_gateway_that_is_up(up, server):
    server.script(["pong\n\nand more"] * 3)
    model = f"{server.url}/v1#scripted-1"
    done = confrere(up, "ask", "say", "ping", "-m", model)
    assert (done.returncode, done.stdout, done.stderr) == (0, "pong\n\nand more\n", "")
    task = up.ask("GET", "/api/tasks").json["tasks"][0]["id"]
    origin = up.ask("GET", f"/api/journal?task={task}&kind=task.origin").json["events"][0]["body"]
    assert origin == {"channel": "api", "by": "command"}
    up.kill()
    alone = confrere(up, "ask", "say", "ping", "-m", model)
    assert (alone.returncode, alone.stdout) == (0, done.stdout), "the same without a gateway"
    up.start()
    wrong = confrere(up, "ask", "x", "-m", "nothing-such")
    assert wrong.returncode == 2 and "nothing-such" in wrong.stderr and not wrong.stdout


def test_people_and_words_from_the_command_line(up, server, tmp_path):
    folder = tmp_path / "Anna"
    folder.mkdir()
    made = confrere(up, "people", "add", "Anna", "--folder", str(folder))
    assert made.returncode == 0 and f"{up.port}/enter#" in made.stdout
    code = made.stdout.rpartition("#")[2].strip()
    from tests.gateway.conftest import Browser

    anna = Browser(up, code)
    assert anna("GET", "/api/session", status=200).json["person"]["name"] == "Anna"
    assert anna("GET", "/api/people").status == 403
    assert "Anna" in confrere(up, "people").stdout
    assert confrere(up, "people", "remove", "Anna").returncode == 0
    assert anna("GET", "/api/session").status == 401
    assert confrere(up, "people", "remove", "Nobody").returncode == 2
    server.script(["done"])
    task = up.ask("POST", "/api/tasks", {"brief": "Hello", "model": f"{server.url}/v1#scripted-1"}, 201).json["id"]
    up.until(task, "done")
    late = confrere(up, "say", task, "and", "now?")
    assert late.returncode == 3 and task in late.stderr and os.sep not in late.stdout
