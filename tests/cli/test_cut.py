"""A process is killed, stopped or overtaken in the middle of changing the real folder: the next command finds things right."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import time

import pytest

from confrere.agent.brief import create
from confrere.agent.loop import Runner
from confrere.agent.services import Services
from confrere.config import Home
from confrere.workspace.commit import Commit
from tests.agent.conftest import tree

FILES = 12


@pytest.fixture
def papers(tmp_path):
    folder = tmp_path / "Papers"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"paper {number}.{'txt' if number % 2 else 'csv'}").write_text(f"{number}\n")
    return folder


@pytest.fixture
def task(confrere, papers, monkeypatch):
    """A task of the builtin model that waits for its changes to be looked at."""
    monkeypatch.setenv("CONFRERE_HOME", str(confrere.home))
    services = Services(Home.find())
    task = create(services, "Sort these files by extension", [str(papers)], model="builtin", yes=False, plan_only=False)
    asyncio.run(Runner(services, task).run())
    runner = Runner(services, task)
    runner.approve("test")
    state = asyncio.run(runner.run())
    assert state.state == "review" and len([change for change in runner.changes().changes if change.kind == "move"]) == FILES
    runner.close()
    services.close()
    return task


def cut(confrere, task, what, method, after):
    """Do ``what`` in a child that is killed in the middle of the transaction, after so many of its operations."""
    pid = os.fork()
    if pid == 0:
        try:
            left = [after]
            original = getattr(Commit, method)

            def burning(self, item):
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left[0] -= 1
                original(self, item)

            setattr(Commit, method, burning)
            services = Services(Home.find())
            runner = Runner(services, task)
            services.store.claim(task)
            getattr(runner, what)()
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def test_undo_after_a_kill_within_apply(confrere, papers, task):
    before = tree(papers)
    cut(confrere, task, "apply", "_do_move", 5)
    assert tree(papers) != before
    confrere("undo", task)
    assert tree(papers) == before
    confrere("journal", "--verify")


def test_undo_again_after_a_kill_within_undo(confrere, papers, task):
    before = tree(papers)
    confrere("apply", task)
    cut(confrere, task, "undo", "_do_move", 5)
    confrere("undo", task)
    assert tree(papers) == before
    assert confrere.json("show", task)["state"] == "undone"


def test_apply_again_after_a_kill_within_apply(confrere, papers, task):
    cut(confrere, task, "apply", "_do_move", 5)
    last = confrere.json("apply", task)
    assert last["state"] == "applied" and all(check["ok"] for check in last["report"]["checks"])
    assert sorted(len(files) for _, _, files in os.walk(papers)) == [0, FILES // 2, FILES // 2]


def test_a_stop_after_a_kill_leaves_nothing_half_done(confrere, papers, task):
    before = tree(papers)
    cut(confrere, task, "apply", "_do_move", 5)
    confrere("stop", task)
    assert tree(papers) == before and confrere.json("show", task)["state"] == "stopped"
    assert confrere.json("resume", task, "--yes")["state"] == "applied"


def test_a_stop_within_the_commit_is_heard_and_all_is_as_before(confrere, papers, task):
    before = tree(papers)
    for number in range(700):
        (papers / f"more {number}.txt").write_text(str(number))
    home = confrere.home
    services = Services(Home(home))
    other = create(services, "Sort these files by extension", [str(papers)], model="builtin", yes=True, plan_only=False)
    services.close()
    before = tree(papers)
    pid = os.fork()
    if pid == 0:
        try:
            services = Services(Home(home))
            runner = Runner(services, other)
            original, left = Commit._do_move, [400]

            def slow(self, item):
                left[0] -= 1
                if left[0] == 0:
                    runner.stop.set()
                    time.sleep(0.3)
                original(self, item)

            Commit._do_move = slow
            state = asyncio.run(runner.run())
            os._exit(0 if state.state == "stopped" else 3)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert tree(papers) == before
    last = confrere.json("resume", other)
    assert last["state"] == "applied"


def test_stopped_twice_resumes(confrere, papers, task):
    """The task says so itself, and is ended before it lets go."""
    services = Services(Home(confrere.home))
    for forced in (False, True):
        services.store.append(task, "task.stopped", {"forced": forced}, durable=True)
    services.close()
    assert confrere.json("resume", task, "--yes")["state"] == "applied"


def test_a_task_that_another_process_finished_is_not_done_again(confrere, papers, task):
    services = Services(Home(confrere.home))
    late = Runner(services, task)  # it has looked, and is overtaken before it holds the task
    confrere("apply", task)
    confrere("undo", task)
    before, events = tree(papers), services.store.count(task)
    late.state.yes = True
    assert asyncio.run(late.run()).state == "undone"
    assert tree(papers) == before
    assert [event.kind for event in services.store.read(task, after=events)] == ["work.session"]
    services.close()


def test_two_at_once_apply_once(confrere, papers, task):
    both = [confrere.start("apply", task, "--json") for _ in range(2)]
    for process in both:
        out, err = process.communicate(timeout=120)
        assert "Traceback" not in err and process.returncode in (0, 2), (out, err)
    assert sorted(process.returncode for process in both) == [0, 2]
    services = Services(Home(confrere.home))
    assert len(list(services.store.read(task, kinds=("apply.done",)))) == 1
    services.close()
    confrere("undo", task)


# -- the journal


def test_a_payload_that_is_gone_is_one_sentence_and_hides_no_other_task(confrere, papers, task):
    services = Services(Home(confrere.home))
    event = services.store.append(task, "message", {"message": {"role": "user", "text": "x" * 9000, "label": "person"}})
    services.close()
    raw = sqlite3.connect(confrere.home / "journal.db")
    sha = json.loads(raw.execute("SELECT body FROM event WHERE task = ? AND n = ?", (task, event.n)).fetchone()[0])["message"]["$blob"]
    raw.close()
    (confrere.home / "blobs" / sha[:2] / sha).unlink()
    other = confrere.json("plan", "Sort these files by extension", "--folder", papers)["task"]
    assert other in confrere("tasks") and task in confrere("tasks", "--json")
    assert "--verify" in confrere("show", task, status=1)
    assert "blob-missing" in confrere("journal", "--verify", status=1)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
@pytest.mark.parametrize("size", ["64k", "200k", "600k"])
def test_a_full_disk_below_the_state_is_one_sentence(confrere, papers, size):
    confrere.home.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", confrere.home], check=True)
    try:
        before = tree(papers)
        process = confrere.start("run", "Sort these files by extension", "--folder", papers, "--yes", "--json")
        out, err = process.communicate(timeout=60)
        assert "Traceback" not in err + out and "inner fault" not in err, err
        assert process.returncode == 1, (process.returncode, out[-500:], err)
        last = json.loads(out.splitlines()[-1]) if out.strip() else {}
        assert "full" in err + json.dumps(last)
        subprocess.run(["mount", "-o", "remount,size=64m", confrere.home], check=True)
        tasks = confrere("tasks", "--json")
        if tree(papers) != before:  # cut in the middle of applying: the next start completes it
            assert confrere.json("resume", json.loads(tasks.splitlines()[0])["task"])["state"] == "applied"
    finally:
        subprocess.run(["umount", "-l", confrere.home], check=True)


def test_an_export_that_cannot_be_written_is_one_sentence(confrere, papers, task, tmp_path):
    (tmp_path / "there").write_text("precious")
    confrere("journal", task, "--export", tmp_path / "there", status=1)
    assert (tmp_path / "there").read_text() == "precious"
    confrere("journal", task, "--export", tmp_path / "no" / "such", status=1)
