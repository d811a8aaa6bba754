"""The loop with a language model that follows a script, over real HTTP and a real folder."""

import msgspec
import pytest

from confrere.journal.canonical import digest
from tests.agent.conftest import call, plan, sent, tree
from tests.scripted_model import Act

MOVE = {"files": [{"source": "Papers/note 0.txt", "target": "Papers/Old/note 0.txt"}]}


def work(server, *turns):
    server.script([Act(**turn) if isinstance(turn, dict) else turn for turn in turns])


def test_a_brief_is_planned_worked_applied_and_reported(desk, server, folder):
    work(
        server,
        call("list_files", path="Papers"),
        plan(("move_files", MOVE), ("write_file", {"path": "Papers/summary.md", "text": "# Summary\n"})),
        call("move_files", step="s1", **MOVE),
        call("write_file", step="s2", path="Papers/summary.md", text="# Summary\n"),
        "Both are done.",
    )
    before = tree(folder)
    state = desk.do("Put the first note away and summarise", folder)
    assert state.state == "applied", state.failure
    after = tree(folder)
    assert after["Old/note 0.txt"] == before["note 0.txt"] and "note 0.txt" not in after
    assert after["summary.md"] == b"# Summary\n"
    report = state.report
    assert report["counts"]["files_before"] == 6 and report["counts"]["files_after"] == 7
    assert [entry["view_path"] for entry in report["deliverables"]] == ["Papers/summary.md"]
    assert all(check["ok"] for check in report["checks"]), report["checks"]
    assert report["answer"] == "Both are done."
    assert report["tokens"]["input"] > 0
    assert {entry.change.step for entry in state.standing() if entry.change.kind == "move"} == {"s1"}
    assert "propose_plan" in sent(server, 0) and "move_files" not in str(server.requests[0].body["tools"])
    assert desk.services.store.verify() == []


def test_nothing_real_changes_before_the_person_agrees(desk, server, folder):
    work(server, plan(("move_files", MOVE)))
    before = tree(folder)
    state = desk.do("Put the first note away", folder, yes=False)
    assert state.state == "planned" and tree(folder) == before
    assert len(server.requests) == 1


def test_a_question_is_answered_without_a_change(desk, server, folder):
    work(server, "There are six notes.")
    state = desk.do("How many notes are there?", folder)
    assert state.state == "done" and state.report["answer"] == "There are six notes."


def question(desk, task, text):
    """What the person asks about a plan; the task goes on with it."""
    store = desk.services.store
    store.append_many(
        task, [("message", {"message": {"role": "user", "text": text, "label": "person"}}), ("plan.questioned", {"by": "test"})]
    )
    return desk.run(task)


def edit(desk, state, *steps):
    """The person leaves these steps in the plan."""
    left = msgspec.structs.replace(state.plan, steps=list(steps))
    desk.services.store.append(state.id, "plan.edited", {"plan": msgspec.to_builtins(left), "hash": digest(left), "by": "test"})


def test_a_question_about_a_plan_leaves_it_as_the_person_edited_it(desk, server, folder):
    steps = [("move_files", {"files": [{"source": f"Papers/note {n}.txt", "target": f"Papers/Box/{n}.txt"}]}) for n in range(3)]
    server.script([Act(**plan(*steps)), Act(text="Because notes belong in a box."), Act(**plan(*steps[:1]))])
    state = desk.do("Box the notes", folder, yes=False)
    edit(desk, state, msgspec.structs.replace(state.plan.steps[1], title="My own words"), state.plan.steps[0])
    again = question(desk, state.id, "Why a box?")
    assert again.state == "planned" and again.plan.answer == "Because notes belong in a box."
    assert [(step.id, step.title) for step in again.plan.steps] == [("s2", "My own words"), ("s1", "move_files")]
    assert "My own words" in sent(server, 1), "the model is told what the person has before them"
    other = question(desk, state.id, "Only the first, then")
    assert [step.args for step in other.plan.steps] == [steps[0][1]] and other.state == "planned"


def test_a_question_to_the_built_in_model_loses_no_edit(desk, folder):
    state = desk.do("Sort the notes by type and make a spreadsheet of them", folder, yes=False, model="builtin")
    assert len(state.plan.steps) == 2, state.plan
    left = msgspec.structs.replace(state.plan.steps[1], title="My table")
    edit(desk, state, left)
    for text in ("What is in this folder?", "Why?"):
        again = question(desk, state.id, text)
        assert again.state == "planned" and [(step.id, step.title) for step in again.plan.steps] == [(left.id, "My table")], text
    assert again.plan_hash == digest(again.plan)
    more = question(desk, state.id, "Also make a presentation of 5 slides")
    assert more.plan.steps[0].title == "My table" and [step.id for step in more.plan.steps] == ["s2", "s3"]
    assert [step.id for step in question(desk, state.id, "Why?").plan.steps] == ["s2", "s3"]


def test_what_was_asked_about_a_plan_is_not_the_report_of_the_work(desk, folder):
    state = desk.do("Sort the notes by type", folder, yes=False, model="builtin")
    asked = question(desk, state.id, "What is in this folder?")
    assert asked.plan.answer and asked.plan.steps == state.plan.steps
    desk.services.store.append_many(state.id, [("task.resumed", {"yes": True}), ("plan.approved", {"hash": asked.plan_hash, "by": "test"})])
    done = desk.run(state.id)
    assert done.state == "applied" and done.report["answer"] and done.report["answer"] != asked.plan.answer


def test_without_a_folder_it_answers(desk, server):
    work(server, "pong")
    state = desk.do("say ping")
    assert state.state == "done" and state.report["answer"] == "pong"
    assert not server.requests[0].body.get("tools")


@pytest.mark.parametrize(
    "trouble",
    [
        {"calls": [{"tool": "launch_rocket", "args": {}}]},
        {"calls": [{"tool": "move_files", "raw": '{"files": [{"source"'}]},
        {"calls": [{"tool": "move_files", "args": {"files": []}}]},
        {"calls": [{"tool": "move_files", "args": {"files": [{"source": "Papers/nothing", "target": "Papers/x"}]}}]},
        {"calls": [{"tool": "move_files", "args": {"files": [{"source": "Papers/../../etc/passwd", "target": "Papers/x"}]}}]},
        {"calls": [{"tool": "read_file", "args": {"path": "/etc/passwd"}}]},
        {"calls": [{"tool": "write_file", "args": {"path": "Elsewhere/x.txt", "text": "x"}}]},
        {"fail": "status", "status": 500},
        {"fail": "status", "status": 429, "retry_after": 0.01},
        {"fail": "cut"},
    ],
)
def test_a_model_that_stumbles_goes_on(desk, server, folder, trouble):
    work(server, plan(("move_files", MOVE)), trouble, call("move_files", step="s1", **MOVE), "done")
    state = desk.do("Put the first note away", folder)
    assert state.state == "applied", state.failure
    assert "Old/note 0.txt" in tree(folder) and len(tree(folder)) == 7


def test_a_step_that_was_not_carried_out_is_said(desk, server, folder):
    work(server, plan(("move_files", MOVE), ("delete_files", {"paths": ["Papers/note 1.txt"]})), call("move_files", **MOVE), "All done!")
    state = desk.do("Put the first note away, delete the second", folder)
    assert any(check["code"] == "step-not-done" and not check["ok"] for check in state.report["checks"])


def test_a_model_that_never_ends_is_stopped_by_its_budget(desk, server, folder):
    desk.services.settings.max_tokens = 2000
    work(server, plan(("move_files", MOVE)), *[call("list_files", path="Papers") for _ in range(60)])
    state = desk.do("Put the first note away", folder)
    assert state.state == "failed" and state.failure["key"] == "agent.budget-tokens"
    assert tree(folder)["note 0.txt"] == b"note 0\n"


def test_a_folder_that_disappears_fails_in_one_sentence(desk, server, folder, tmp_path):
    task = desk.start("Put the first note away", folder, yes=False)
    work(server, plan(("move_files", MOVE)), call("move_files", **MOVE), "done")
    desk.run(task)
    folder.rename(tmp_path / "gone")
    from confrere.agent.loop import Runner

    Runner(desk.services, task).approve("test")
    state = desk.run(task)
    assert state.state == "failed" and state.failure["key"] == "workspace.folder-gone"
    (tmp_path / "gone").rename(folder)
    desk.services.store.append(task, "task.resumed", {"yes": True})
    work(server, call("move_files", **MOVE), "done")
    assert desk.run(task).state == "applied"


def test_a_file_edited_meanwhile_is_a_conflict_and_not_overwritten(desk, server, folder):
    edits = []

    def meddle(request):
        (folder / "note 1.txt").write_text("the person's own words, later\n")
        edits.append(1)
        return Act(text="done")

    server.script(
        [
            Act(**plan(("write_file", {"path": "Papers/note 1.txt", "text": "x", "overwrite": True}), ("move_files", MOVE))),
            Act(**call("write_file", step="s1", path="Papers/note 1.txt", text="replaced\n", overwrite=True)),
            Act(**call("move_files", step="s2", **MOVE)),
            meddle,
        ]
    )
    state = desk.do("Rewrite the second note, put the first away", folder)
    assert edits and (folder / "note 1.txt").read_text() == "the person's own words, later\n"
    assert "Old/note 0.txt" in tree(folder)
    assert state.state == "review" and [entry["path"] for entry in state.report["refused"]] == ["Papers/note 1.txt"]
