"""A person at a real terminal: they edit, mistype, leave, and put a part in place."""

import os
import pty
import select
import subprocess
import sys
import termios
import time

import pytest

from tests.agent.conftest import call, plan, tree
from tests.cli.test_life import model
from tests.scripted_model import Act

MOVES = [{"source": f"Papers/note {number}.txt", "target": f"Papers/Box {number}/note.txt"} for number in range(2)]
STEPS = [("sort_files", {"by": ["extension"]}), ("move_files", {"files": MOVES})]


class Terminal:
    """A command on a terminal of 80 columns; ``expect`` waits for words on it, ``send`` types a line."""

    def __init__(self, confrere, *args):
        self.shown = ""
        self.end, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (40, 80))
        command = [sys.executable, "-m", "confrere", *map(str, args)]
        environment = {**confrere.environment, "TERM": "dumb"}
        self.process = subprocess.Popen(
            command, cwd=confrere.cwd, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)

    def _read(self, until):
        if not select.select([self.end], [], [], max(0, until - time.monotonic()))[0]:
            return False
        try:
            piece = os.read(self.end, 65536)
        except OSError:  # the other end is closed
            return False
        self.shown += piece.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(piece)

    def expect(self, words, seconds=60):
        start, until = len(self.shown), time.monotonic() + seconds
        while words not in self.shown:
            assert self._read(until), f"no {words!r} in:\n{self.shown[start - 2000 :]}"
        before, _, self.shown = self.shown.partition(words)
        return before

    def send(self, line):
        os.write(self.end, line.encode() + b"\n")

    def leave(self):
        os.write(self.end, b"\x04")

    def wait(self, seconds=60):
        while self._read(time.monotonic() + seconds):
            pass
        os.close(self.end)
        return self.process.wait(seconds)


@pytest.fixture
def task(confrere, server, folder):
    """A run with its plan on the screen."""
    work = [call("sort_files", step="s1", by=["type"]), call("move_files", step="s2", files=MOVES), "Done."]
    server.script([Act(**turn) if isinstance(turn, dict) else turn for turn in [plan(*STEPS), *work]])
    terminal = Terminal(confrere, "run", "Sort and box", "--folder", folder, "--model", model(server))
    terminal.expect("what to change\n> ")
    yield terminal
    if terminal.process.poll() is None:
        terminal.process.kill()
        terminal.process.wait()


def test_steps_are_edited_and_dropped_in_words_that_fit(task, confrere):
    task.send("9")
    assert "There is no step 9: the plan has 2." in task.expect("what to change\n> ")
    task.send("1")
    assert "possible: client" in " ".join(task.expect("[extension] > ").split())
    task.send("sideways")
    assert "sideways does not fit here" in task.expect("[extension] > ")
    task.send("type")
    for _ in range(2):  # the folder, then the language
        task.expect("] > ")
        task.send("")
    assert "(changed by you: sort by: type)" in " ".join(task.expect("what to change\n> ").split())
    task.send("x 2")
    assert "2. move_files" not in task.expect("what to change\n> ")
    task.leave()
    assert task.wait() == 3
    waits = confrere.json("show")
    assert [step["args"] for step in waits["plan"]["steps"]] == [{"by": ["type"]}] and waits["state"] == "planned"


def test_words_that_begin_like_a_command_are_words(task, server, confrere):
    server.script([Act(**plan(*STEPS[1:]))])
    task.send("drop the sorting, please")
    assert "sort_files" not in task.expect("what to change\n> ").partition("Plan")[2]
    task.send("d")
    assert task.wait() == 0
    assert confrere.json("show")["state"] == "declined"


def test_a_part_is_put_in_place_and_a_wrong_path_is_asked_for_again(task, server, folder, confrere):
    server.script([Act(**call("move_files", step="s2", files=MOVES)), "Done."])
    task.send("x 1")
    task.expect("what to change\n> ")
    before = tree(folder)
    task.send("a")
    task.expect("nothing (n)\n> ")
    for path, words in (("Box 7", "no change at Papers/Box 7"), ("Box 1", "Report")):
        task.send("p")
        task.expect("path (empty to end) > ")
        task.send(path)
        task.expect("path (empty to end) > ")
        assert tree(folder) == before
        task.send("")
        task.expect(words)
    assert task.wait() == 3
    assert sorted(set(tree(folder)) - set(before)) == ["Box 1", "Box 1/note.txt"]
    assert confrere.json("apply", "last", "Box 0")["state"] == "applied"


def test_no_line_is_wider_than_the_terminal(task):
    task.leave()
    task.wait()
    assert max(len(line) for line in task.shown.splitlines()) <= 80
