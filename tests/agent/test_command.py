"""Commands in the sandbox, through the loop: they change the view and reach nothing else."""

import socket

from tests.agent.conftest import call, plan, sent, tree
from tests.scripted_model import Act

COMMAND = """
set -e
mkdir Papers/made
cat 'Papers/note 1.txt' 'Papers/note 2.txt' > Papers/made/both.txt
mv 'Papers/note 3.txt' Papers/made/
rm 'Papers/note 4.txt'
echo changed >> 'Papers/note 5.txt'
"""


def run(desk, server, folder, command, **options):
    args = {"command": command}
    server.script([Act(**plan(("run_command", args))), Act(**call("run_command", step="s1", **args)), Act(text="done")])
    return desk.do("do it", folder, **options)


def test_a_command_changes_the_view_and_its_changes_are_reviewed(desk, server, folder):
    before = tree(folder)
    state = run(desk, server, folder, COMMAND, yes=True)
    assert state.state == "applied", (state.failure, state.calls)
    after = tree(folder)
    assert after["made/both.txt"] == b"note 1\nnote 2\n" and after["made/note 3.txt"] == b"note 3\n"
    assert "note 4.txt" not in after and after["note 5.txt"] == b"note 5\nchanged\n"
    kinds = {entry.change.path: (entry.change.kind, entry.change.step) for entry in state.standing()}
    assert kinds["Papers/made/note 3.txt"] == ("move", "s1") and kinds["Papers/note 4.txt"] == ("delete", "s1")
    from confrere.agent.loop import Runner

    runner = Runner(desk.services, state.id)
    assert not runner.undo().refused
    runner.close()
    assert tree(folder) == before


def test_it_works_on_what_file_tools_did_and_they_on_what_it_did(desk, server, folder):
    args = {"files": [{"source": "Papers/note 0.txt", "target": "Papers/Old/first.txt"}]}
    first, second = {"command": "cat Papers/Old/first.txt > Papers/copy.txt"}, {"command": "cat Papers/new.txt >> Papers/copy.txt"}
    write = {"path": "Papers/new.txt", "text": "by a file tool\n"}
    steps = [("move_files", args), ("run_command", first), ("write_file", write), ("run_command", second)]
    calls = [Act(**call(tool, step=f"s{n + 1}", **given)) for n, (tool, given) in enumerate(steps)]
    server.script([Act(**plan(*steps)), *calls, Act(text="done")])
    state = desk.do("do it", folder)
    assert state.state == "applied", (state.failure, [call.result for call in state.calls.values()])
    assert tree(folder)["copy.txt"] == b"note 0\nby a file tool\n", str([call.result["text"] for call in state.calls.values()])


def test_it_reaches_nothing_else(desk, server, folder, tmp_path, monkeypatch):
    (tmp_path / "secret.txt").write_text("a secret of the host")
    monkeypatch.setenv("CANARY_KEY", "canary-in-the-environment")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        probe = f"cat {tmp_path}/secret.txt; env; ls {desk.services.home.path}; (echo hello > /dev/tcp/127.0.0.1/{port}) 2>&1; cat ~/.bashrc; true"
        run(desk, server, folder, probe)
        listener.settimeout(0.2)
        try:
            listener.accept()
            raise AssertionError("the host was reached")
        except TimeoutError:
            pass
    seen = "".join(sent(server, number) for number in range(len(server.requests)))
    assert "a secret of the host" not in seen and "canary-in-the-environment" not in seen and "journal.db" not in seen


def test_a_failing_command_is_told_and_the_task_goes_on(desk, server, folder):
    state = run(desk, server, folder, "echo oops >&2; exit 3")
    assert "exit status 3" in sent(server, 2) and "oops" in sent(server, 2)
    assert state.state == "done"


def test_without_a_sandbox_commands_are_refused(desk, server, folder):
    desk.services.settings.sandbox = "container"
    state = run(desk, server, folder, "touch Papers/x")
    assert "never run outside" in sent(server, 2)
    assert state.state == "done" and len(tree(folder)) == 6


def test_a_weaker_sandbox_is_never_used_without_saying_so(desk, server, folder):
    desk.services.settings.sandbox = "landlock"
    state = run(desk, server, folder, "echo x > Papers/made.txt")
    assert state.state == "applied", state.failure
    (result,) = [call.result for call in state.calls.values()]
    assert result["data"]["sandbox"] == "landlock" and "holds back less" in result["doubts"][0]
    assert any("landlock" in str(item) for item in state.report["doubts"]), state.report["doubts"]
