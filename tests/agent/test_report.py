"""What the report advises: from its own findings, by rules, the same each time."""

from confrere.agent.recommend import recommendations
from confrere.agent.report import Check, Deliverable, Report
from confrere.agent.task import CallState, TaskState
from confrere.policy.plan import Plan
from confrere.workspace.roots import Root
from tests.agent.conftest import call, plan
from tests.scripted_model import Act


def state(**more):
    survey = CallState(id="c1", tool="survey", args={}, step="", effect="read", status="ok")
    survey.result = {"data": {"unreadable": [["A/damaged.pdf", "damaged"]], "duplicates": {"examples": [["A/one.pdf", "A/two.pdf"]]}}}
    sort = CallState(id="s1", tool="sort_files", args={}, step="s1", effect="change", status="ok", result={"data": {"unsorted": 3}})
    roots = [Root(name="A", path="/x/A")]
    return TaskState(id="261121-abcd", state="applied", roots=roots, calls={"c1": survey, "s1": sort}, **more)


def report(**more):
    return Report(task="261121-abcd", brief="", state="applied", model="builtin", **more)


def test_what_is_pressing_comes_first_and_nothing_twice():
    broken = Deliverable(
        path="/x/A/Recap.xlsx", view_path="A/Recap.xlsx", kind="xlsx", findings=["a total differs"], notes=["not recalculated"]
    )
    found = report(
        deliverables=[broken],
        refused=[{"path": "A/mine.txt", "reason": "changed"}],
        warnings=["A/bill.pdf: holds hidden text", "A/bill.pdf: again"],
        checks=[Check(code="file-missing", ok=False, text="A/b is no longer there")],
    )
    made = state(plan=Plan(not_understood=["in mauve"]))
    told = recommendations(found, made)
    names = ["mine.txt", "Recap.xlsx", "a file came or went", "bill.pdf", "damaged.pdf", "3 files", "two.pdf", "in mauve", "LibreOffice"]
    assert len(told) == len(names) and all(name in sentence for name, sentence in zip(names, told, strict=True)), told
    assert told == recommendations(found, made)


def test_in_french_and_with_many_names():
    made = state(language="fr")
    made.calls["c1"].result["data"]["unreadable"] = [[f"A/{number}.pdf", "vide"] for number in range(6)]
    assert "0.pdf, 1.pdf, 2.pdf et 3 de plus" in " ".join(recommendations(report(), made))


def test_what_was_undone_needs_nothing():
    made = state()
    made.state = "undone"
    assert recommendations(report(), made) == []


def test_an_answer_cut_off_at_its_limit_is_said(desk, server, folder):
    server.script([Act(text="There are six no", finish="length")])
    report = desk.do("How many notes are there?", folder).report
    assert any("cut off" in warning for warning in report["warnings"])


def test_the_same_bytes_are_not_calculated_twice_and_others_are(desk, server, folder, monkeypatch):
    """The report is built before the person agrees and again after: what was checked is remembered in the person's own folder."""
    from confrere.documents import verify

    asked = []

    def check(path, *, known, **more):
        asked.append(not known.holds(path))
        known.add(known.digest(path))
        return []

    monkeypatch.setattr(verify, "check", check)
    write = {"path": "Papers/summary.md", "text": "# Summary"}
    server.script([Act(**plan(("write_file", write))), Act(**call("write_file", step="s1", **write)), "Done."])
    task = desk.start("Summarise", folder)
    desk.run(task)
    from confrere.agent.loop import Runner

    runner = Runner(desk.services, task)
    runner.build_report()
    (folder / "summary.md").write_text("another")
    runner.build_report()
    runner.close()
    assert asked == [True, False, True]
