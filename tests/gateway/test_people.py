"""Several people in one state folder: each route tried as the person to whom nothing belongs."""

import json
import re

import pytest

from tests.gateway.conftest import Events, Up


class Device:
    """A program of one person's, with a bearer token."""

    def __init__(self, up, person, *scopes):
        body = {"scopes": list(scopes or ("look", "brief", "approve")), "name": "test", "person": person}
        self.token = up.ask("POST", "/api/devices/token", body, 200).json["token"]
        self.up = up

    def __call__(self, method, path, body=None, status=None):
        headers = [("Authorization", f"Bearer {self.token}"), ("Content-Type", "application/json")]
        answer = self.up.raw(method, path, headers, b"" if body is None else json.dumps(body).encode())
        if status is not None:
            assert answer.status == status, (method, path, answer.status, answer.data[:2000])
        return answer


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A gateway with the owner, Anna and Bob; Anna has a finished task, a schedule and a recipe, the owner a task, Bob nothing."""
    base = tmp_path_factory.mktemp("house")
    home = base / "home"
    home.mkdir(mode=0o700)
    up = Up(home)
    up.anna_folder, up.bob_folder = base / "anna", base / "bob"
    for folder in (up.anna_folder, up.bob_folder):
        folder.mkdir()
        for name in ("b.txt", "a.txt", "photo.jpg"):
            (folder / name).write_bytes(b"x" * 10)
    spec = {"name": "Anna", "folders": [{"path": str(up.anna_folder)}]}
    up.anna_id = up.ask("POST", "/api/people", spec, 201).json["id"]
    up.bob_id = up.ask("POST", "/api/people", {"name": "Bob", "folders": [{"path": str(up.bob_folder)}]}, 201).json["id"]
    up.anna, up.bob = Device(up, up.anna_id), Device(up, up.bob_id)
    given = {"brief": "Sort these files by type", "folders": [{"path": str(up.anna_folder)}], "model": "builtin"}
    up.task = up.anna("POST", "/api/tasks", {**given, "yes": True}, 201).json["id"]
    up.until_anna = lambda task, *states: _until(up.anna, task, states)
    up.until_anna(up.task, "applied", "done")
    up.planned = up.anna(
        "POST", "/api/tasks", {"brief": "List the files by size", "folders": given["folders"], "model": "builtin"}, 201
    ).json["id"]
    up.until_anna(up.planned, "planned", "done")
    up.recipe = up.anna("POST", "/api/recipes", {"task": up.task, "name": "mine"}, 201).json["id"]
    when = {"brief": "Sort", "name": "s", "folders": given["folders"], "when": {"kind": "cron", "cron": "0 3 1 1 *", "zone": "UTC"}}
    up.schedule = up.anna("POST", "/api/schedules", when, 201).json["id"]
    up.owned = up.ask("POST", "/api/tasks", {"brief": "what is this", "folders": [], "model": "builtin"}, 201).json["id"]
    yield up
    up.stop()


def _until(device, task, states):
    import time

    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = device("GET", f"/api/tasks/{task}", status=200).json
        if found["state"] in states:
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def routes(up):
    document = up.ask("GET", "/api/openapi.json", status=200).json
    return [(method.upper(), path) for path, methods in document["paths"].items() for method in methods if "{" in path]


BODIES = {
    "plan": {"plan": {"steps": []}, "hash": "x"}, "question": {"text": "x"}, "say": {"text": "x"}, "approve": {"hash": "x"},
    "apply": {"digest": "x"}, "undo": {}, "run": {}, "resume": {},
}  # fmt: skip


@pytest.mark.parametrize("whose", ["anna", "owner"])
def test_every_route_about_a_task_is_404_for_another(house, whose):
    """The routes come from the document, so that a new one cannot be forgotten."""
    up, other = house, house.bob
    task = up.task if whose == "anna" else up.owned
    tried = 0
    for method, path in routes(up):
        if not re.search(r"^/api/(tasks|value)/\{id\}", path):
            continue
        path = path.replace("{id}", task).replace("{n}", "1")
        last = path.rpartition("/")[2]
        body = BODIES.get(last, {}) if method != "GET" else None
        answer = other(method, path, body)
        assert answer.status == 404, (method, path, answer.status, answer.data)
        unknown = other(method, path.replace(task, "261101-none"), body)
        assert (unknown.status, unknown.code) == (answer.status, answer.code), "what is another's must look like what is not there"
        tried += 1
    assert tried > 18
    assert up.anna("GET", f"/api/tasks/{up.task}").status == 200


def test_every_route_about_other_things_is_404_for_another(house):
    up = house
    for thing, ident, calls in (
        (
            "schedules",
            up.schedule,
            [("GET", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/continue"), ("POST", "/run"), ("GET", "/runs")],
        ),
        ("recipes", up.recipe, [("DELETE", ""), ("POST", "/run")]),
    ):
        for who in (up.bob, up.ask):
            for method, rest in calls:
                answer = who(method, f"/api/{thing}/{ident}{rest}", {} if method == "POST" else None)
                assert answer.status == 404, (method, thing, rest, answer.data)
    spec = {"brief": "x", "name": "x", "when": {"kind": "cron", "cron": "0 3 1 1 *", "zone": "UTC"}}
    assert up.bob("PUT", f"/api/schedules/{up.schedule}", spec).status == 404
    assert up.bob("POST", "/api/schedules", {**spec, "recipe": up.recipe}).status == 404
    assert up.bob("POST", "/api/recipes", {"task": up.task, "name": "x"}).status == 404
    assert up.bob("POST", f"/api/approvals/plan.{up.planned}", {"yes": True, "digest": "x"}).status == 404
    assert up.anna("GET", f"/api/schedules/{up.schedule}").status == 200


def test_lists_hold_only_ones_own(house):
    up = house
    mine = {task["id"] for task in up.anna("GET", "/api/tasks").json["tasks"]}
    assert {up.task, up.planned} <= mine and up.owned not in mine
    assert up.bob("GET", "/api/tasks").json["tasks"] == []
    assert {task["id"] for task in up.ask("GET", "/api/tasks").json["tasks"]} == {up.owned}
    for path, name in (
        ("schedules", "schedules"),
        ("recipes", "recipes"),
        ("approvals", "approvals"),
        ("value", "lines"),
        ("grants", "grants"),
    ):
        assert up.bob("GET", f"/api/{path}", status=200).json[name] == []
    assert up.anna("GET", "/api/value").json["lines"] and up.anna("GET", "/api/recipes").json["recipes"]
    assert up.task not in up.bob("GET", "/api/value.csv").data.decode()


def test_the_journal_shows_only_ones_own(house):
    up = house
    names = {event["task"] for event in up.bob("GET", "/api/journal", status=200).json["events"]}
    assert names <= {""}
    for path in ("/api/journal?after=0&limit=1000", f"/api/journal?task={up.task}", "/api/journal.jsonl", "/api/journal?kind=task.created"):
        text = up.bob("GET", path, status=200).data.decode()
        assert up.task not in text and up.owned not in text and "Anna" not in text and str(up.anna_folder) not in text, path
    assert up.bob("POST", "/api/journal/verify", {"task": up.task}, 200).json["events"] == 0
    assert up.task in up.anna("GET", "/api/journal?after=0&limit=1000").data.decode()
    assert up.task in up.anna("GET", "/api/journal.jsonl").data.decode()
    assert up.owned not in up.anna("GET", "/api/journal.jsonl").data.decode()


class _Stream(Events):
    def __init__(self, up, token, after):
        import http.client
        import socket

        self.sock = socket.create_connection(("127.0.0.1", up.port), 20)
        lines = ["GET /api/events HTTP/1.1", f"Host: 127.0.0.1:{up.port}", f"Authorization: Bearer {token}", f"Last-Event-ID: {after}"]
        self.sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.response = http.client.HTTPResponse(self.sock)
        self.response.begin()
        self.last = after


def test_the_stream_tells_only_of_ones_own(house):
    up = house
    streams = {name: _Stream(up, device.token, 0) for name, device in (("anna", up.anna), ("bob", up.bob))}
    asked = {"messages": [{"role": "user", "content": "hello from bob"}], "model": "builtin"}
    assert up.bob("POST", "/v1/chat/completions", asked, 200).json["choices"]
    asked["messages"][0]["content"] = "hello from anna"
    assert up.anna("POST", "/v1/chat/completions", asked, 200).json["choices"]
    for name, other in (("anna", "bob"), ("bob", "anna")):
        found = streams[name].until(lambda kind, body, name=name: kind == "journal" and f"hello from {name}" in json.dumps(body))
        text = json.dumps(found)
        assert f"hello from {other}" not in text and up.owned not in text
        assert (up.task in text) == (name == "anna")
        streams[name].close()


@pytest.mark.parametrize("folder", ["anna_folder", "/tmp", "bob_folder/../anna", "link"])
def test_folders_beyond_ones_own_are_refused(house, folder):
    up = house
    if folder == "link":
        path = up.bob_folder / "link"
        if not path.is_symlink():
            path.symlink_to(up.anna_folder)
    else:
        path = getattr(up, folder, None) or (str(up.bob_folder) + "/../anna" if ".." in folder else folder)
    given = {"brief": "Sort", "folders": [{"path": str(path)}], "model": "builtin"}
    answer = up.bob("POST", "/api/tasks", given)
    assert (answer.status, answer.code) == (403, "gateway.folder-not-yours")
    when = {"kind": "cron", "cron": "0 3 1 1 *", "zone": "UTC"}
    assert up.bob("POST", "/api/schedules", {**given, "name": "x", "when": when}).code == "gateway.folder-not-yours"
    watched = {"brief": "x", "name": "x", "when": {"kind": "folder", "path": str(path)}}
    assert up.bob("POST", "/api/schedules", watched).code == "gateway.folder-not-yours"


def test_the_folder_picker_shows_ones_own_folders(house):
    up = house
    found = up.bob("GET", "/api/folders", status=200).json
    assert (
        found["path"] == str(up.bob_folder) and found["parent"] is None and [one["path"] for one in found["places"]] == [str(up.bob_folder)]
    )
    for path in ("/", "/etc", str(up.anna_folder), str(up.bob_folder.parent)):
        assert up.bob("GET", f"/api/folders?path={path}").status in (400, 404)


def test_only_administrators_administer(house):
    up = house
    refused = up.ask("POST", "/api/devices/token", {"scopes": ["administer"], "name": "x", "person": up.bob_id})
    assert (refused.status, refused.code) == (400, "gateway.person-no-administrator")
    for method, path in (
        ("GET", "/api/people"),
        ("POST", "/api/people"),
        ("DELETE", f"/api/people/{up.anna_id}"),
        ("GET", "/api/devices"),
        ("GET", "/api/vault"),
    ):
        assert up.bob(method, path, {"name": "x"} if method == "POST" else None).status == 403
    session = up.bob("GET", "/api/session", status=200).json
    assert session["person"]["name"] == "Bob" and not session["person"]["admin"] and session["people"] == 3


def test_only_the_owner_lets_in_the_owner(house):
    """Another administrator could see what is the owner's through a device in the owner's name."""
    up = house
    made = up.ask("POST", "/api/people", {"name": "Ada", "admin": True, "folders": []}, 201).json["id"]
    ada = Device(up, made, "look", "brief", "approve", "administer")
    for path in ("/api/devices/code", "/api/devices/token"):
        answer = ada("POST", path, {"scopes": ["look"], "name": "x", "person": "owner"})
        assert (answer.status, answer.code) == (403, "gateway.person-owner")
        ada("POST", path, {"scopes": ["look"], "name": "x"}, 200)
    assert ada("GET", f"/api/tasks/{up.owned}").status == 404 and ada("GET", f"/api/tasks/{up.task}").status == 404
    up.ask("DELETE", f"/api/people/{made}", status=200)


def test_a_recipe_does_not_tell_whether_anothers_folder_exists(house):
    up = house
    answers = []
    for path in (up.bob_folder, up.bob_folder.parent / "no such folder", "/etc/ssl"):
        answer = up.anna("POST", f"/api/recipes/{up.recipe}/run", {"folders": [{"path": str(path)}], "values": {}})
        answers.append((answer.status, answer.code))
    assert set(answers) == {(403, "gateway.folder-not-yours")}


def test_the_stream_of_anothers_task_is_empty(house):
    """With the task named, from the beginning, and by what a client says it has seen."""
    import http.client
    import socket

    up = house
    for path in (f"/api/events?task={up.task}&after=0", f"/api/events?task={up.owned}&after=0"):
        with socket.create_connection(("127.0.0.1", up.port), 20) as sock:
            head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{up.port}\r\nAuthorization: Bearer {up.bob.token}\r\n\r\n"
            sock.sendall(head.encode())
            response = http.client.HTTPResponse(sock)
            response.begin()
            assert response.readline() == b"event: ready\n", "the first line, nothing before it"
    for cursor in (f"before={up.task}", f"before={up.owned}", "limit=200&state=applied,done,planned,review,waiting"):
        shown = {one["id"] for one in up.bob("GET", f"/api/tasks?{cursor}", status=200).json["tasks"]}
        assert not shown & {up.task, up.planned, up.owned} and (not shown or "state" in cursor)
    words = (
        f"/api/journal?q={up.task}&after=0",
        "/api/journal?q=anna&kind=person.added,device.paired,task.created",
        f"/api/journal?task={up.owned}&before=9999",
    )
    for path in words:
        text = up.bob("GET", path, status=200).data.decode()
        assert up.task not in text and up.owned not in text and up.anna_id not in text
    for path in ("journal.jsonl", "value.csv", "value"):
        text = up.bob("GET", f"/api/{path}?task={up.task}", status=200).data.decode()
        assert up.task not in text and str(up.anna_folder) not in text


def test_a_folder_taken_back_is_closed_to_the_tasks_it_was_given_to(house, tmp_path):
    """What the task could see and change it can no longer, at any of its routes; what it did stays in the journal."""
    up = house
    folder = tmp_path / "shared"
    folder.mkdir()
    for name in ("a.txt", "b.jpg"):
        (folder / name).write_text("first")
    spec = {"name": "Fay", "folders": [{"path": str(folder)}]}
    fay_id = up.ask("POST", "/api/people", spec, 201).json["id"]
    fay = Device(up, fay_id)
    given = {"brief": "Sort these files by type", "folders": [{"path": str(folder)}], "model": "builtin"}
    done = fay("POST", "/api/tasks", {**given, "yes": True}, 201).json["id"]
    _until(fay, done, ("applied",))
    planned = fay("POST", "/api/tasks", {**given, "brief": "Rename each file to x-{name}"}, 201).json["id"]
    shown = _until(fay, planned, ("planned", "done"))
    top = shown["roots"][0]["name"]
    up.ask("PUT", f"/api/people/{fay_id}", {**spec, "folders": [{"path": str(folder), "readonly": True}]}, 200)
    answer = fay("POST", f"/api/tasks/{done}/undo", {})
    assert (answer.status, answer.code) == (403, "gateway.folder-not-yours"), "to be read only, now"
    assert fay("GET", f"/api/tasks/{done}/tree", status=200).json["entries"]
    up.ask("PUT", f"/api/people/{fay_id}", {**spec, "folders": [{"path": str(up.bob_folder)}]}, 200)
    (folder / "secret.txt").write_text("written afterwards")
    for task in (done, planned):
        for rest in ("files", "tree", "tree?side=before", f"content?side=before&path={top}/secret.txt", f"preview?path={top}/secret.txt",
                     f"pages/1.png?path={top}/secret.txt", f"diff?path={top}/secret.txt", "changes"):  # fmt: skip
            answer = fay("GET", f"/api/tasks/{task}/{rest}")
            assert (answer.status, answer.code) == (403, "gateway.folder-not-yours"), (rest, answer.data[:300])
        for rest, body in (("apply", {"digest": "x"}), ("undo", {})):
            assert fay("POST", f"/api/tasks/{task}/{rest}", body).code == "gateway.folder-not-yours"
        assert fay("GET", f"/api/tasks/{task}", status=200).json["brief"]
    if shown["state"] == "planned":
        for rest, body in (("approve", {"hash": shown["plan_hash"]}), ("question", {"text": "x"}), ("say", {"text": "x"})):
            assert fay("POST", f"/api/tasks/{planned}/{rest}", body).code == "gateway.folder-not-yours", rest
    up.ask("DELETE", f"/api/people/{fay_id}", status=200)


def test_a_removed_person_is_out_at_once_and_what_was_stays(house):
    up = house
    made = up.ask("POST", "/api/people", {"name": "Carl", "folders": [{"path": str(up.bob_folder)}]}, 201).json
    carl = Device(up, made["id"])
    spec = {"brief": "Sort", "name": "s", "when": {"kind": "cron", "cron": "0 3 1 1 *", "zone": "UTC"}}
    schedule = carl("POST", "/api/schedules", spec, 201).json["id"]
    up.ask("DELETE", f"/api/people/{made['id']}", status=200)
    assert carl("GET", "/api/tasks").status == 401
    assert "schedule.removed" in up.ask("GET", "/api/journal.jsonl", status=200).data.decode() or schedule
    assert made["id"] not in [one["id"] for one in up.ask("GET", "/api/people").json["people"]]
    owner = up.ask("DELETE", "/api/people/owner")
    assert (owner.status, owner.code) == (409, "gateway.owner-stays")


def test_a_month_that_is_spent_begins_nothing(house):
    up = house
    spec = {"name": "Dora", "folders": [{"path": str(up.bob_folder)}], "budgets": {"month_usd": 0}}
    dora = Device(up, up.ask("POST", "/api/people", spec, 201).json["id"])
    answer = dora("POST", "/api/tasks", {"brief": "Sort", "folders": [{"path": str(up.bob_folder)}], "model": "builtin"})
    assert (answer.status, answer.code) == (403, "gateway.month-spent")
    asked = {"messages": [{"role": "user", "content": "hello"}], "model": "builtin"}
    assert dora("POST", "/v1/chat/completions", asked).code == "gateway.month-spent"


def test_a_home_from_before_belongs_to_the_owner(up, tmp_path):
    """What was there with one person stays theirs when a second comes, with the same devices."""
    token = up.program("look", "brief")
    task = up.ask("POST", "/api/tasks", {"brief": "hello", "folders": [], "model": "builtin"}, 201).json["id"]
    up.ask("POST", "/api/people", {"name": "Eve"}, 201)
    eve = Device(up, up.ask("GET", "/api/people").json["people"][1]["id"])
    old = [("Authorization", f"Bearer {token}")]
    assert up.raw("GET", f"/api/tasks/{task}", old).status == 200 and eve("GET", f"/api/tasks/{task}").status == 404
    up.stop()
    up.start()
    assert up.raw("GET", f"/api/tasks/{task}", old).status == 200 and eve("GET", f"/api/tasks/{task}").status == 404
