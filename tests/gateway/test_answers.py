"""A question about a call, answered from the page: what it offers, that it is answered once, and where a wider yes is kept."""

from tests.agent.conftest import call, plan
from tests.scripted_model import Act


def test_a_question_is_widened_from_the_page_and_the_grant_stands_until_revoked(up, server, folder):
    given = {"command": "echo reached > Papers/out.txt", "hosts": ["example.org"]}
    step = ("run_command", {**given, "hosts": {"open": "where it is"}})
    server.script([Act(**plan(step)), Act(**call("run_command", step="s1", **given)), *[Act(text="done")] * 3])
    browser = up.browser()
    task = browser(
        "POST",
        "/api/tasks",
        {"brief": "fetch it", "folders": [{"path": str(folder)}], "model": f"{server.url}/v1#scripted-1"},
        201,
    ).json["id"]
    shown = up.until(task, "planned")
    browser("POST", f"/api/tasks/{task}/approve", {"hash": shown["plan_hash"]}, 200)
    up.until(task, "waiting")
    (question,) = browser("GET", "/api/approvals", status=200).json["approvals"]
    assert question["kind"] == "call" and question["cards"][0]["could-get"] == ["example.org"]
    assert [offer["scope"] for offer in question["widen"]] == ["task", "always"]
    assert "example.org" in question["widen"][1]["sentence"]["en"] and "toutes les tâches" in question["widen"][1]["sentence"]["fr"]

    path, answer = f"/api/approvals/{question['id']}", {"yes": True, "digest": question["digest"]}
    assert browser("POST", path, {**answer, "widen": {"scope": "everything"}}).code == "policy.approval-no-such-widening"
    assert browser("POST", path, {**answer, "digest": "0" * 64}).code == "policy.approval-changed"
    assert browser("GET", "/api/grants", status=200).json["grants"] == []
    browser("POST", path, {**answer, "widen": {"scope": "always", "times": "5"}}, 200)
    assert browser("POST", path, answer).code == "policy.approval-answered"
    up.until(task, "review")
    (grant,) = browser("GET", "/api/grants", status=200).json["grants"]
    assert (grant["what"], grant["value"], grant["scope"], grant["limit"], grant["kinds"]) == ("host", "example.org", "always", 5, ["run"])
    browser("DELETE", f"/api/grants/{grant['id']}", status=200)
    assert browser("GET", "/api/grants", status=200).json["grants"][0]["revoked"]
