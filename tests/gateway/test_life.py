"""A task's life through the gateway, with a scripted model over real HTTP: plan, questions, approval, changes, undo; crashes at any
instant."""

import json
import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest

from tests.agent.conftest import plan, tree
from tests.gateway.conftest import Events
from tests.scripted_model import Act

STEPS = [{"files": [{"source": f"Papers/note {n}.txt", "target": f"Papers/Box {n}/note.txt"}]} for n in range(5)]


def script(server, wait=0.0):
    """A model that answers by what it has been sent, so that it can be asked again after a kill."""

    def answer(request):
        if any(tool["function"]["name"] == "propose_plan" for tool in request.body["tools"]):
            return Act(**plan(*(("move_files", step) for step in STEPS)), wait=wait)
        number = sum(1 for message in request.body["messages"] if message["role"] == "tool" and message["tool_call_id"].startswith("call-"))
        if number < len(STEPS):
            return Act(
                calls=[{"tool": "move_files", "args": {**STEPS[number], "step": f"s{number + 1}"}, "id": f"call-{number}"}], wait=wait
            )
        return Act(text="All five are boxed.", wait=wait)

    server.script([answer] * 400)


def new(server, folder, **more):
    return {"brief": "Box the notes", "folders": [{"path": str(folder)}], "model": f"{server.url}/v1#scripted-1", **more}


def test_the_whole_story(up, server, folder):
    script(server)
    before = tree(folder)
    browser = up.browser()
    made = browser("POST", "/api/tasks", new(server, folder), 201).json
    task = made["id"]
    shown = up.until(task, "planned")
    assert shown["waits_for"] == "plan" and len(shown["plan"]["steps"]) == 5 and shown["steps_state"]["s1"]["status"] == "waiting"
    waiting = browser("GET", "/api/approvals", status=200).json["approvals"]
    assert [one["kind"] for one in waiting] == ["plan"] and waiting[0]["digest"] == shown["plan_hash"]
    assert browser("POST", f"/api/tasks/{task}/approve", {"hash": "0" * 64}).code == "gateway.plan-changed"

    edited = dict(shown["plan"], steps=[dict(shown["plan"]["steps"][0], title="The first"), *shown["plan"]["steps"][2:]])
    shown = browser("PUT", f"/api/tasks/{task}/plan", {"plan": edited, "hash": shown["plan_hash"]}, 200).json
    assert [step["id"] for step in shown["plan"]["steps"]] == ["s1", "s3", "s4", "s5"] and shown["plan"]["steps"][0]["title"] == "The first"
    files = {"files": shown["plan"]["steps"][1]["args"]["files"]}
    other = dict(shown["plan"], steps=[dict(shown["plan"]["steps"][0]), dict(shown["plan"]["steps"][1], args={**files, "folders": []})])
    marked = browser("PUT", f"/api/tasks/{task}/plan", {"plan": other, "hash": shown["plan_hash"]}, 200).json["plan"]["steps"]
    assert marked[0]["title"] == "The first" and marked[1]["title"] == "move_files (changed by you; figures from before the change)"
    assert marked[1]["files"] == 0 and marked[1]["touches"] == []
    shown = up.ask("GET", f"/api/tasks/{task}", status=200).json
    forged = dict(edited, steps=[dict(edited["steps"][0], tool="run_command")])
    assert browser("PUT", f"/api/tasks/{task}/plan", {"plan": forged, "hash": shown["plan_hash"]}).code == "gateway.plan-new-step"

    browser("POST", f"/api/tasks/{task}/question", {"text": "All five, please"}, 200)
    again = up.until(task, "planned")
    assert len(again["plan"]["steps"]) == 5
    browser("POST", f"/api/tasks/{task}/approve", {"hash": again["plan_hash"]}, 200)
    shown = up.until(task, "review")
    assert shown["steps_done"] == 5 and shown["counts"] == {"move": 5, "mkdir": 5}
    assert tree(folder) == before

    changes = browser("GET", f"/api/tasks/{task}/changes", status=200).json
    assert (
        changes["counts"]["move"] == 5
        and changes["state"] == "proposed"
        and all(change["conflict"] is None for change in changes["changes"])
    )
    assert browser("POST", f"/api/tasks/{task}/apply", {"digest": "0" * 64}).code == "gateway.changes-changed"
    some = browser("POST", f"/api/tasks/{task}/apply", {"digest": changes["digest"], "paths": ["Papers/Box 0"]}, 200).json
    assert some["made"] == 2 and some["task"]["state"] == "review" and (folder / "Box 0/note.txt").read_text() == "note 0\n"
    rest = browser("GET", f"/api/tasks/{task}/changes").json
    done = browser("POST", f"/api/tasks/{task}/apply", {"digest": rest["digest"]}, 200).json
    assert done["task"]["state"] == "applied" and len(list(folder.glob("Box */note.txt"))) == 5
    report = browser("GET", f"/api/tasks/{task}/report", status=200).json
    assert report["counts"]["moved"] == 5 and all(check["ok"] for check in report["checks"])

    back = browser("POST", f"/api/tasks/{task}/undo", {"paths": ["Papers/Box 2"]}, 200).json
    assert back["made"] == 2 and (folder / "note 2.txt").exists()
    browser("POST", f"/api/tasks/{task}/undo", {}, 200)
    assert tree(folder) == before and up.ask("GET", f"/api/tasks/{task}").json["state"] == "undone"
    assert up.ask("POST", "/api/journal/verify", {}).json["problems"] == []
    calls = browser("GET", f"/api/tasks/{task}/calls").json["calls"]
    assert all(one["rule"] and one["reason"]["fr"] for one in calls)


def test_files_before_and_after(up, server, folder):
    script(server)
    (folder / "page.html").write_text("<script>fetch('/api/tasks')</script>")
    (folder / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    browser = up.browser()
    task = browser("POST", "/api/tasks", new(server, folder, yes=True), 201).json["id"]
    up.until(task, "applied")
    entries = {one["path"]: one for one in browser("GET", f"/api/tasks/{task}/tree", status=200).json["entries"]}
    assert entries["Papers/Box 1/note.txt"]["change"] == "moved" and entries["Papers/Box 1/note.txt"]["origin"] == "Papers/note 1.txt"
    earlier = {one["path"]: one for one in browser("GET", f"/api/tasks/{task}/tree?side=before").json["entries"]}
    assert earlier["Papers/note 1.txt"]["change"] == "moved" and "Papers/Box 1" not in earlier
    assert browser("GET", f"/api/tasks/{task}/content?path=Papers/Box%201/note.txt").data == b"note 1\n"
    assert browser("GET", f"/api/tasks/{task}/content?path=Papers/note%201.txt&side=before").data == b"note 1\n"
    for name in ("page.html", "drawing.svg"):
        answer = up.raw(
            "GET", f"/api/tasks/{task}/content?path=Papers/{name}", [("Cookie", browser.cookie), ("Sec-Fetch-Site", "same-origin")]
        )
        assert answer.status == 200 and answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment") and answer.headers["content-security-policy"].startswith(
            "sandbox"
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
    for path in ("Papers/../../etc/passwd", "/etc/passwd", "../etc/passwd", "Papers", "Papers/%00", "Other/x", "Papers/nothing"):
        assert browser("GET", f"/api/tasks/{task}/content?path={path}").status in (400, 404), path
    (folder / "out").symlink_to("/etc")
    (folder / "passwd").symlink_to("/etc/passwd")
    for path in ("Papers/out/passwd", "Papers/passwd"):
        assert browser("GET", f"/api/tasks/{task}/content?path={path}").status in (400, 404), path
    preview = browser("GET", f"/api/tasks/{task}/preview?path=Papers/Box%201/note.txt", status=200).json
    assert preview["view"] == "text" and preview["text"].strip() == "note 1"


def test_another_task_cannot_be_reached_by_its_files(up, server, folder, tmp_path):
    script(server)
    other = tmp_path / "Other"
    other.mkdir()
    (other / "secret.txt").write_text("s")
    task = up.ask("POST", "/api/tasks", new(server, folder), 201).json["id"]
    assert up.ask("GET", f"/api/tasks/{task}/content?path=Other/secret.txt").status == 404
    assert up.ask("POST", "/api/tasks", {"brief": "x", "folders": [{"path": "/etc"}]}).code == "workspace.folder-refused-system"
    assert up.ask("POST", "/api/tasks", {"brief": "x", "folders": [{"path": str(up.home)}]}).code == "workspace.folder-refused-state"
    assert up.ask("POST", "/api/tasks", {"brief": "x", "folders": [{"path": "relative"}]}).status == 404
    picked = up.ask("GET", f"/api/folders?path={tmp_path}", status=200).json
    assert {one["name"]: one["allowed"] for one in picked["folders"]} == {"Other": True, "Papers": True, "home": False}
    assert up.ask("GET", "/api/folders?path=/", status=200).json["allowed"] is False


def test_a_stop_stops_within_a_second(up, server, folder):
    script(server, wait=30)
    task = up.ask("POST", "/api/tasks", new(server, folder), 201).json["id"]
    while not server.requests:
        time.sleep(0.02)
    begun = time.monotonic()
    assert up.ask("POST", f"/api/tasks/{task}/stop", {}, 200).json["stopped"] == 1
    assert time.monotonic() - begun < 1.2
    assert up.ask("GET", f"/api/tasks/{task}").json["state"] == "stopped"
    script(server)
    up.ask("POST", f"/api/tasks/{task}/resume", {}, 200)
    assert up.until(task, "planned")["waits_for"] == "plan"


def test_more_tasks_than_workers_wait_their_turn_and_all_stop(up, server, folder, tmp_path):
    script(server, wait=30)
    folders = []
    for number in range(5):
        place = tmp_path / f"Papers {number}"
        place.mkdir()
        (place / "a.txt").write_text("a")
        folders.append(place)
    tasks = [up.ask("POST", "/api/tasks", new(server, place), 201).json["id"] for place in folders]
    time.sleep(1)
    begun = time.monotonic()
    assert up.ask("POST", "/api/stop", {}, 200).json["stopped"] == 5
    assert time.monotonic() - begun < 1.5
    assert {up.ask("GET", f"/api/tasks/{task}").json["state"] for task in tasks} == {"stopped"}


def workers(up):
    """The gateway's child processes."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    if int(file.read().rpartition(")")[2].split()[1]) == up.pid:
                        found.append(int(name))
            except OSError:
                continue
    return found


def test_a_killed_worker_is_replaced_and_nothing_is_lost(up, server, folder):
    script(server, wait=0.15)
    task = up.ask("POST", "/api/tasks", new(server, folder, yes=True), 201).json["id"]
    for _ in range(2):
        time.sleep(random.uniform(0.2, 0.7))
        holder = [pid for pid in workers(up) if b"work.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        for pid in holder:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    assert up.until(task, "applied")["counts"]["move"] == 5
    assert len(list(folder.glob("Box */note.txt"))) == 5


@pytest.mark.parametrize("seed", range(3))
def test_the_gateway_killed_mid_run_with_a_page_open(up, server, folder, seed):
    """The stream goes on where it was: every event once, in order, none missing; the task ends as if nothing had happened."""
    script(server, wait=0.1)
    draw = random.Random(seed)
    browser = up.browser()
    task = browser("POST", "/api/tasks", new(server, folder, yes=True), 201).json["id"]
    seen, after = [], 0
    for _ in range(2):
        stream = Events(up, after=after, cookie=browser.cookie)
        killer = threading.Timer(draw.uniform(0.1, 1.0), up.kill)
        killer.start()
        try:
            for kind, body in stream:
                if kind == "journal":
                    seen.append(body)
                    after = body["seq"]
        except OSError:
            pass
        killer.join()
        assert not [pid for pid in workers(up) if pid]
        up.start()
    stream = Events(up, after=after, cookie=browser.cookie)
    over = any(event["kind"] == "report.built" for event in seen)  # it may have got there before it was killed again
    rest = stream.until(lambda kind, body: kind == "ready" if over else kind == "journal" and body["kind"] == "report.built")
    seen += [body for kind, body in rest if kind == "journal"]
    assert [event["seq"] for event in seen] == list(range(1, len(seen) + 1))
    kept = [json.loads(line) for line in up.ask("GET", "/api/journal.jsonl").data.splitlines()]
    assert [(event["seq"], event["kind"], event["at"]) for event in kept][: len(seen)] == [
        (event["seq"], event["kind"], event["at"]) for event in seen
    ]
    assert up.until(task, "applied") and len(list(folder.glob("Box */note.txt"))) == 5
    intents = [event for event in kept if event["kind"] == "apply.done"]
    assert len(intents) == 1


def test_live_progress_and_text_come_without_the_journal(up, server, folder):
    server.script([Act(text="Hello there, this is said in small pieces.", pace=0.02)])
    stream = Events(up)
    stream.until(lambda kind, body: kind == "ready")
    task = up.ask("POST", "/api/tasks", {"brief": "Hello", "model": f"{server.url}/v1#scripted-1"}, 201).json["id"]
    found = stream.until(lambda kind, body: kind == "journal" and body["kind"] == "plan.proposed")
    pieces = [body for kind, body in found if kind == "live" and body["kind"] == "text"]
    assert len(pieces) > 1 and pieces[0]["reset"] and all(piece["task"] == task for piece in pieces)
    text = ""
    for piece in pieces:
        text = text[: piece["offset"]] + piece["text"]
    assert "Hello there, this is said in small pieces.".startswith(text)
    assert up.until(task, "done")["answer"].startswith("Hello there")


def test_what_the_command_line_does_is_seen(up, server, folder):
    """Another process writes to the journal: a page that is open sees it within half a second."""
    import subprocess
    import sys

    script(server)
    stream = Events(up)
    stream.until(lambda kind, body: kind == "ready")
    command = [sys.executable, "-m", "confrere", "plan", "Box the notes", "-f", str(folder), "-m", f"{server.url}/v1#scripted-1", "--json"]
    environment = up.environment
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    task = json.loads(done.stdout.splitlines()[-1])["task"]
    stream.until(lambda kind, body: kind == "journal" and body["task"] == task and body["kind"] == "plan.proposed")
    shown = up.ask("GET", f"/api/tasks/{task}").json
    up.ask("POST", f"/api/tasks/{task}/approve", {"hash": shown["plan_hash"]}, 200)
    assert up.until(task, "review")


def test_two_hundred_streams(up):
    streams = []
    for _ in range(200):
        streams.append(Events(up))
    for stream in streams:
        stream.until(lambda kind, body: kind == "ready")
    begun = time.monotonic()
    up.ask("POST", "/api/devices/token", {"scopes": ["look"], "name": "seen by all"}, 200)
    up.ask("GET", "/api/tasks")
    for stream in streams:
        found = stream.until(lambda kind, body: kind == "journal")
        assert found[-1][1]["kind"] == "device.paired" and "hash" not in found[-1][1]["body"]
    assert time.monotonic() - begun < 5
    for stream in streams:
        stream.close()
    assert up.ask("GET", "/api/health").status == 200


def test_a_stream_that_was_away_for_thousands_of_events(up):
    """Older than what is kept in memory: read on from the store, in order."""
    from confrere.journal.sqlite import SqliteStore

    store = SqliteStore(up.home / "journal.db", up.home / "blobs")
    store.append_many("", [("test.event", {"number": number, "text": "x" * (5000 if number % 1000 == 0 else 5)}) for number in range(5000)])
    stream = Events(up, after=0)
    found = [body for kind, body in stream.until(lambda kind, body: kind == "ready") if kind == "journal"]
    numbers = [body["body"]["number"] for body in found if body["kind"] == "test.event"]
    assert numbers == list(range(5000)) and found[0]["body"]["text"] == {"$large": 5000}
    store.append("", "test.event", {"number": 5000})
    assert stream.until(lambda kind, body: kind == "journal")[-1][1]["body"]["number"] == 5000
    store.close()


def test_idle_costs_nothing(up):
    """No processor time at all without a client; next to nothing with a page open."""

    def spent():
        """Milliseconds of processor time, by the process's own clock (clock_getcpuclockid(3)): a tick of /proc is ten."""
        return time.clock_gettime(~up.pid << 3 | 2) * 1000

    time.sleep(1)
    before = spent()
    assert before > 0
    time.sleep(1)
    assert spent() - before <= 3 and not workers(up)
    stream = Events(up)
    stream.until(lambda kind, body: kind == "ready")
    time.sleep(1)
    before = spent()
    time.sleep(1)
    assert spent() - before <= 10
    stream.close()
    with open(f"/proc/{up.pid}/maps") as file:
        assert "pydantic" not in file.read()
    assert len(workers(up)) <= 1, "one is made ready for who opens the page, and leaves again"


def test_the_process_stays_free_of_heavy_libraries(up, server, folder):
    script(server)
    task = up.ask("POST", "/api/tasks", new(server, folder, yes=True), 201).json["id"]
    up.until(task, "applied")
    up.ask("GET", f"/api/tasks/{task}/preview?path=Papers/Box%201/note.txt", status=200)
    with open(f"/proc/{up.pid}/maps") as file:
        maps = file.read()
    for name in ("pydantic", "lxml", "pdfium", "PIL", "numpy", "onnx"):
        assert name not in maps, name
