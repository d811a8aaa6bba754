"""A word to a task at work reaches the model at its next turn, in its place; the built-in model answers it; after the end it is refused."""

import time

import pytest

from tests.gateway.test_life import STEPS, new, script
from tests.gateway.test_people import Device


def _user(request):
    return [message["content"] for message in request.body["messages"] if message["role"] == "user"]


def _at(up, task, done, seconds=40):
    end = time.monotonic() + seconds
    while up.ask("GET", f"/api/tasks/{task}").json["steps_done"] < done:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_model_takes_it_in_at_its_next_turn(up, server, folder):
    script(server, wait=0.3)
    task = up.ask("POST", "/api/tasks", new(server, folder), 201).json["id"]
    shown = up.until(task, "planned")
    up.ask("POST", f"/api/tasks/{task}/approve", {"hash": shown["plan_hash"]}, 200)
    _at(up, task, 1)
    said = up.ask("POST", f"/api/tasks/{task}/say", {"text": "Mind the boxes, please"}, 200).json
    assert [one["text"] for one in said["said"]] == ["Mind the boxes, please"]
    over = up.until(task, "review")
    assert over["said"] == [] and len(over["counts"]) > 0
    heard = [number for number, request in enumerate(server.requests) if any("Mind the boxes" in str(text) for text in _user(request))]
    assert heard and heard[0] >= 2 and heard == list(range(heard[0], len(server.requests))), "from one turn on, in all that follow"
    messages = up.ask("GET", f"/api/tasks/{task}/messages").json["messages"]
    place = next(n for n, message in enumerate(messages) if message["text"] == "Mind the boxes, please")
    assert messages[place]["role"] == "user" and messages[place]["label"] == "person" and 0 < place < len(messages) - 1
    assert messages[place - 1]["role"] == "tool", "never between a call and its answer"


def test_at_the_review_it_goes_back_to_work(up, server, folder):
    script(server)
    task = up.ask("POST", "/api/tasks", new(server, folder), 201).json["id"]
    up.ask("POST", f"/api/tasks/{task}/approve", {"hash": up.until(task, "planned")["plan_hash"]}, 200)
    up.until(task, "review")
    asked = len(server.requests)
    up.ask("POST", f"/api/tasks/{task}/say", {"text": "One more look"}, 200)
    end = time.monotonic() + 30
    while up.ask("GET", f"/api/tasks/{task}").json["said"]:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert up.until(task, "review") and len(server.requests) > asked and "One more look" in str(_user(server.requests[-1]))


def test_the_built_in_model_answers_and_follows_the_plan(up, tmp_path):
    folder = tmp_path / "Papers"
    folder.mkdir()
    for name in ("a.txt", "b.jpg", "c.pdf"):
        (folder / name).write_bytes(b"x")
    given = {"brief": "Sort these files by type", "folders": [{"path": str(folder)}], "model": "builtin"}
    task = up.ask("POST", "/api/tasks", given, 201).json["id"]
    up.ask("POST", f"/api/tasks/{task}/approve", {"hash": up.until(task, "planned")["plan_hash"]}, 200)
    up.until(task, "review")
    counts = up.ask("GET", f"/api/tasks/{task}").json["counts"]
    up.ask("POST", f"/api/tasks/{task}/say", {"text": "Leave the pictures alone"}, 200)
    end = time.monotonic() + 30
    while up.ask("GET", f"/api/tasks/{task}").json["said"]:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert up.until(task, "review")["counts"] == counts
    texts = [message["text"] for message in up.ask("GET", f"/api/tasks/{task}/messages").json["messages"]]
    place = texts.index("Leave the pictures alone")
    assert texts[place + 1].startswith("Noted. I follow the approved plan")


@pytest.mark.parametrize("how", ["after", "empty", "without"])
def test_what_is_refused(up, server, how):
    server.script(["Hello"])
    task = up.ask("POST", "/api/tasks", {"brief": "Hello", "model": f"{server.url}/v1#scripted-1"}, 201).json["id"]
    up.until(task, "done")
    if how == "after":
        answer = up.ask("POST", f"/api/tasks/{task}/say", {"text": "and now?"})
        assert (answer.status, answer.code) == (409, "agent.not-now")
    elif how == "empty":
        assert up.ask("POST", f"/api/tasks/{task}/say", {"text": "  "}).code == "agent.brief-empty"
    else:
        assert Device(up, "owner", "look", "approve")("POST", f"/api/tasks/{task}/say", {"text": "x"}).status == 403


def test_said_while_nobody_works_it_is_heard_after_a_crash(up, server, folder):
    script(server, wait=0.15)
    task = up.ask("POST", "/api/tasks", new(server, folder), 201).json["id"]
    up.ask("POST", f"/api/tasks/{task}/approve", {"hash": up.until(task, "planned")["plan_hash"]}, 200)
    _at(up, task, 1)
    up.ask("POST", f"/api/tasks/{task}/say", {"text": "Heard all the same"}, 200)
    up.kill()
    up.start()
    over = up.until(task, "review")
    assert over["said"] == [] and over["steps_done"] == len(STEPS)
    assert "Heard all the same" in str(_user(server.requests[-1]))
