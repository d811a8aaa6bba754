"""A task through the command line: the contract's statuses, a kill at any instant, a stop within a second."""

import json
import random
import subprocess
import time

import pytest

from tests.agent.conftest import plan, tree
from tests.scripted_model import Act

STEPS = [{"files": [{"source": f"Papers/note {n}.txt", "target": f"Papers/Box {n}/note.txt"}]} for n in range(5)]


def script(server, wait=0.0):
    """A model that answers by what it has been sent, so that it can be asked again after a kill: a function of the conversation."""

    def answer(request):
        messages = request.body["messages"]
        results = [message for message in messages if message["role"] == "tool"]
        if not results:
            return Act(**plan(*(("move_files", step) for step in STEPS)), wait=wait)
        if len(results) - 1 < len(STEPS):
            number = len(results) - 1
            return Act(
                calls=[{"tool": "move_files", "args": {**STEPS[number], "step": f"s{number + 1}"}, "id": f"call-{number}"}], wait=wait
            )
        return Act(text="All five are boxed.", wait=wait)

    server.script([answer] * 400)


def model(server):
    return f"{server.url}/v1#scripted-1"


def test_run_apply_undo(confrere, server, folder):
    script(server)
    before = tree(folder)
    last = confrere.json("run", "Box the notes", "--folder", folder, "--model", model(server), "--yes")
    assert last["state"] == "applied" and last["report"]["counts"]["moved"] == 5
    assert tree(folder)["Box 4/note.txt"] == b"note 4\n"
    task = last["task"]
    assert "verified" in confrere("journal", task, "--verify")
    assert confrere.json("undo", task)["state"] == "undone"
    assert tree(folder) == before
    assert "nothing to undo" in confrere("undo", task, status=2)


def test_it_waits_for_a_person_and_says_how_to_answer(confrere, server, folder):
    script(server)
    last = confrere.json("run", "Box the notes", "--folder", folder, "--model", model(server), status=3)
    assert last["state"] == "planned" and last["task"] in last["next"] and len(last["plan"]["steps"]) == 5
    task = last["task"]
    assert "Box" not in str(tree(folder))
    assert confrere.json("approve", task, status=3)["state"] == "review"
    assert "Box" not in str(tree(folder))
    shown = confrere("changes", task)
    assert "5 moved" in shown
    last = confrere.json("apply", task, folder / "Box 0", status=3)
    assert sorted(tree(folder)) == ["Box 0", "Box 0/note.txt", "note 1.txt", "note 2.txt", "note 3.txt", "note 4.txt", "note 5.txt"]
    assert last["state"] == "review"
    assert confrere.json("apply", task)["state"] == "applied"
    assert confrere.json("undo", task, "Papers/Box 2")["state"] == "applied"
    assert "note 2.txt" in tree(folder) and "Box 2" not in tree(folder)


def test_a_plan_only(confrere, server, folder):
    script(server)
    last = confrere.json("plan", "Box the notes", "--folder", folder, "--model", model(server))
    assert last["state"] == "planned" and len(last["plan"]["steps"]) == 5


def test_declined(confrere, server, folder):
    script(server)
    task = confrere.json("run", "Box the notes", "--folder", folder, "--model", model(server), status=3)["task"]
    assert confrere.json("approve", task, "--decline")["state"] == "declined"


@pytest.mark.parametrize("seed", range(4))
def test_killed_anywhere_it_resumes_to_the_same_tree(confrere, server, folder, seed):
    script(server, wait=0.03)
    chance = random.Random(seed)
    process = confrere.start("run", "Box the notes", "--folder", folder, "--model", model(server), "--yes", "--json")
    task = json.loads(process.stdout.readline())["task"]
    for _ in range(5):
        for _ in range(chance.randrange(1, 12)):  # it dies after so many of its lines, or a little later
            process.stdout.readline()
        time.sleep(chance.random() / 30)
        process.kill()
        process.communicate()
        if confrere.json("show", task)["state"] == "applied":
            break
        process = confrere.start("resume", task, "--json")
    process.kill()
    process.communicate()
    if confrere.json("show", task)["state"] != "applied":
        confrere("resume", task)
    boxed = {"note 5.txt": b"note 5\n"} | {f"Box {n}": None for n in range(5)} | {f"Box {n}/note.txt": b"note %d\n" % n for n in range(5)}
    assert tree(folder) == boxed
    assert confrere.json("journal", "--verify")["problems"] == []
    confrere("undo", task)
    assert sorted(tree(folder)) == [f"note {n}.txt" for n in range(6)]


@pytest.mark.parametrize("how", ["stop", "SIGINT"])
def test_stop_ends_it_in_the_middle_of_a_models_answer(confrere, server, folder, how):
    """It waits neither for the model, which takes a minute, nor for being killed: it ends itself, says so, and can be gone on with."""
    server.script([Act(**plan(*(("move_files", step) for step in STEPS))), Act(text="...", wait=60)])
    process = confrere.start("run", "Box the notes", "--folder", folder, "--model", model(server), "--yes", "--json")
    lines = []
    while '"work.begun"' not in (lines[-1] if lines else ""):
        lines.append(process.stdout.readline())
    task = json.loads(lines[0])["task"]
    while len(server.requests) < 2:  # the model has been asked, and does not answer
        time.sleep(0.01)
    if how == "stop":
        stopper = confrere.start("stop", task)
        assert stopper.wait(50) == 0
        stopper.communicate()
    else:
        process.send_signal(2)
    process.wait(50)
    process.communicate()
    if process.returncode == -9:  # a machine too busy to end it in time: the command did, which is a test of its own below
        assert how == "stop"
    else:
        assert process.returncode == 5
    assert confrere.json("show", task)["state"] == "stopped"
    assert len(tree(folder)) == 6
    script(server)
    assert confrere.json("resume", task)["state"] == "applied"


def test_a_stuck_process_is_ended(confrere, server, folder):
    """A task whose process does not answer is stopped all the same."""
    server.script([Act(**plan(("move_files", STEPS[0]))), Act(text="...", wait=60)])
    process = confrere.start("run", "Box the notes", "--folder", folder, "--model", model(server), "--yes", "--json")
    task = json.loads(process.stdout.readline())["task"]
    while '"work.begun"' not in process.stdout.readline():
        pass
    process.send_signal(19)  # SIGSTOP
    confrere("stop", task)
    assert process.wait(5) == -9
    process.communicate()
    assert confrere.json("show", task)["state"] == "stopped"


def test_two_runs_on_one_folder(confrere, server, folder):
    """The second is warned; what both change is a conflict when it is applied."""
    script(server)
    first = confrere.json("run", "Box the notes", "--folder", folder, "--model", model(server), status=3)["task"]
    assert confrere.json("approve", first, status=3)["state"] == "review"
    second = confrere.json("run", "Box the notes", "--folder", folder, "--model", model(server), "--yes")
    assert second["state"] == "applied"
    last = confrere.json("apply", first, status=3)
    assert last["report"]["refused"] and tree(folder)["Box 1/note.txt"] == b"note 1\n"

    server.script([Act(text="...", wait=30)])
    busy = confrere.start("run", "Box the notes", "--folder", folder, "--model", model(server), "--json")
    asked = len(server.requests)
    while len(server.requests) == asked:  # it works once its model was asked
        time.sleep(0.02)
    script(server)
    process = confrere.start("run", "Box again", "--folder", folder, "--model", model(server), "--json")
    out = process.communicate(timeout=60)[0]
    busy.kill()
    busy.communicate()
    assert "works on" in out or "working on" in out


def test_without_a_terminal_nothing_blocks(confrere, server, folder):
    script(server)
    process = confrere.start("run", "Box the notes", "--folder", folder, "--model", model(server), stdin=subprocess.PIPE)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 3 and "confrere approve" in out
