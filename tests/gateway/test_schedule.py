"""What runs by itself: once for each due time whatever crashes, late by the policy that was stated, never further than was allowed."""

import asyncio
import hashlib
import hmac
import json
import os
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from confrere.config import Home
from confrere.errors import WrongUse
from confrere.gateway.schedule.clock import Clock
from confrere.gateway.schedule.heartbeat import words
from confrere.gateway.schedule.hooks import signed
from confrere.gateway.schedule.watch import Watch, mark_of
from confrere.gateway.shapes.schedules import NewSchedule, When
from confrere.gateway.state import Gateway, Listen

T0 = datetime.now(UTC).replace(microsecond=0)


class Beginner:
    """Stands for the desk: notes what was begun."""

    def __init__(self, store):
        self.store, self.begun, self.carried, self.fail = store, [], {}, None

    async def begin(self, brief, folders, **options):
        if self.fail:
            raise self.fail
        self.begun.append((brief, options["task"], options["yes"]))
        body = {
            "brief": brief,
            "roots": [],
            "model": "builtin",
            "language": "en",
            "yes": options["yes"],
            "plan_only": False,
            "warnings": [],
        }
        if self.store.last(options["task"]) is None:
            self.store.append(options["task"], "task.created", body)
            self.store.append(options["task"], "task.origin", options["origin"])

    def approve(self, task, shown, by, yes):
        self.begun.append(("approved", task, by))


@pytest.fixture
async def gateway(tmp_path):
    home = Home(tmp_path / "home")
    home.path.mkdir(mode=0o700)
    gateway = Gateway(home, Listen())
    gateway._desk = Beginner(gateway.store)
    gateway._clock = Clock(gateway)
    yield gateway
    await gateway.close()


def daily(**more):
    return NewSchedule(name="daily", brief="sort", when=When(kind="cron", cron="0 8 * * *", zone="UTC"), **more)


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


def at(gateway, moment):
    gateway.clock.now = lambda: moment


def eight(days=0, minutes=0):
    return (T0 + timedelta(days=1 + days)).replace(hour=8, minute=0, second=0) + timedelta(minutes=minutes)


async def test_each_due_time_starts_once(gateway):
    gateway.clock.table.save(daily())
    for moment in (eight(minutes=-1), eight(), eight(minutes=1), eight(minutes=30), eight(1)):
        at(gateway, moment)
        gateway.clock.tick()
        gateway.clock.tick()
        await settle()
    assert len(gateway.desk.begun) == 2


async def test_missed_runs_are_made_up_for_once(gateway):
    one = gateway.clock.table.save(daily())
    at(gateway, eight(5, 30))
    gateway.clock.tick()
    await settle()
    assert len(gateway.desk.begun) == 1 and one.runs[-1].late == 1800
    gateway.clock.tick()
    await settle()
    assert len(gateway.desk.begun) == 1


async def test_or_skipped_as_stated(gateway):
    one = gateway.clock.table.save(daily(missed="skip"))
    at(gateway, eight(5, 30))
    gateway.clock.tick()
    await settle()
    assert gateway.desk.begun == [] and [run.outcome for run in one.runs] == ["skipped"] and one.runs[0].data == {"count": 6}
    at(gateway, eight(6))
    gateway.clock.tick()
    await settle()
    assert len(gateway.desk.begun) == 1


async def test_paused_and_continued_without_catching_up(gateway):
    one = gateway.clock.table.save(daily())
    gateway.clock.table.pause(one.id, True)
    at(gateway, eight(3))
    gateway.clock.tick()
    event = gateway.clock.table.pause(one.id, False)
    event.handled = max(event.handled, eight(3, 1).isoformat())
    gateway.clock.tick()
    await settle()
    assert gateway.desk.begun == []


async def test_a_crash_between_the_event_and_the_task_is_made_good(gateway, tmp_path):
    one = gateway.clock.table.save(daily())
    gateway.clock.table.fired(one.id, eight().isoformat(), "261104-aaaa", 0.0)  # and then the power went
    again = Clock(gateway)
    again._make_good()
    await settle()
    assert [task for _, task, _ in gateway.desk.begun] == ["261104-aaaa"]
    more = Clock(gateway)
    more._make_good()
    await settle()
    assert len(gateway.desk.begun) == 1  # it is there now


async def test_a_run_that_still_works_holds_back_the_next_one_that_waits_does_not(gateway):
    one = gateway.clock.table.save(daily())
    at(gateway, eight())
    gateway.clock.tick()
    await settle()
    gateway.desk.carried[one.runs[-1].task] = None
    at(gateway, eight(1))
    gateway.clock.tick()
    assert one.runs[-1].outcome == "skipped" and one.runs[-1].key == "gateway.run-still-on"
    gateway.desk.carried.clear()
    at(gateway, eight(2))
    gateway.clock.tick()
    await settle()
    assert len(gateway.desk.begun) == 2


async def test_what_cannot_start_is_in_the_history(gateway):
    one = gateway.clock.table.save(daily())
    gateway.desk.fail = WrongUse("workspace.folder-missing", path="/gone")
    at(gateway, eight())
    gateway.clock.tick()
    await settle()
    assert one.runs[-1].outcome == "failed" and "/gone" in one.runs[-1].shown("").reason.en


@pytest.mark.parametrize("risk,approved", [("changes", True), ("acts", False)])
async def test_alone_it_goes_no_further_than_the_copy(gateway, risk, approved):
    one = gateway.clock.table.save(daily())
    at(gateway, eight())
    gateway.clock.tick()
    await settle()
    task = one.runs[-1].task
    assert gateway.desk.begun[0][2] is False  # not "yes": nothing is applied
    plan = {"steps": [{"id": "s1", "tool": "sort", "title": "x", "risk": risk}], "language": "en"}
    gateway.store.append(task, "plan.proposed", {"plan": plan, "hash": "h"})
    gateway.tail.pull()
    await settle()
    assert (("approved", task, f"schedule {one.id}") in gateway.desk.begun) is approved


async def test_the_watched_folder(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    seen = []
    watch = Watch(str(folder), 0.15, mark_of(str(folder)), seen.append)
    await asyncio.sleep(0.3)
    assert seen == []
    for number in range(5):  # comes in pieces: one run
        (folder / f"new {number}.txt").write_text("new")
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    assert len(seen) == 1
    (folder / "sub").mkdir()
    await asyncio.sleep(0.3)
    (folder / "sub" / "deep.txt").write_text("deep")
    await asyncio.sleep(0.5)
    assert len(seen) == 2
    (folder / "new 0.txt").write_text("another")
    await asyncio.sleep(0.4)
    assert len(seen) == 3
    watch.close()
    (folder / "later.txt").write_text("while nobody watched")
    again = Watch(str(folder), 0.15, seen[-1], seen.append)
    assert len(seen) == 4
    again.close()


def test_schedules_over_http(up, tmp_path):
    folder = tmp_path / "Inbox"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    browser = up.browser()
    spec = {
        "name": "",
        "brief": "Classe ces fichiers par type",
        "folders": [{"path": str(folder)}],
        "when": {"text": "tous les lundis à 8h"},
    }
    made = browser("POST", "/api/schedules", spec, 201).json
    assert (
        made["sentence"]["fr"] == "tous les lundis à 8 h" and made["next"] and made["when"]["cron"] == "0 8 * * 1" and made["secret"] == ""
    )
    assert datetime.fromisoformat(made["next"]).astimezone().weekday() == 0
    assert browser("POST", "/api/schedules", {**spec, "when": {"text": "every other Monday"}}).code == "gateway.when-unclear"
    assert browser("POST", "/api/schedules", {**spec, "folders": [{"path": "/etc"}]}).code == "workspace.folder-refused-system"
    assert up.browser("look", "brief")("POST", "/api/schedules", spec).status == 403
    task = browser("POST", f"/api/schedules/{made['id']}/run", {}, 200).json["task"]
    shown = up.until(task, "review", "done")
    assert shown["schedule"] == made["id"] and (folder / "a.txt").exists()  # worked in the copy, waits with its changes
    runs = browser("GET", f"/api/schedules/{made['id']}/runs", status=200).json["runs"]
    assert len(runs) == 1 and runs[0]["task"] == task and runs[0]["state"] == shown["state"]
    assert browser("POST", f"/api/schedules/{made['id']}/pause", {}, 200).json["next"] is None
    up.kill()
    up.start()
    listed = browser("GET", "/api/schedules", status=200).json["schedules"]
    assert [one["id"] for one in listed] == [made["id"]] and listed[0]["paused"] and listed[0]["last"]["task"] == task
    browser("DELETE", f"/api/schedules/{made['id']}", status=200)
    assert browser("GET", f"/api/schedules/{made['id']}").status == 404
    words = browser("POST", "/api/schedules/read", {"text": "every weekday at 7:30"}, 200).json
    assert len(words["next"]) == 5 and words["when"]["zone"] == "Europe/Paris"


def test_a_webhook_is_signed_fresh_and_good_once(up, tmp_path):
    folder = tmp_path / "Inbox"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    spec = {"name": "hook", "brief": "Sort these files by type", "folders": [{"path": str(folder)}], "when": {"kind": "hook"}}
    made = up.ask("POST", "/api/schedules", spec, 201).json
    path, secret = f"/hooks/{made['id']}", made["secret"]
    assert secret and up.ask("GET", f"/api/schedules/{made['id']}").json["secret"] == ""
    body = b'{"brief": "delete everything"}'

    def send(header, data=body):
        return up.raw("POST", path, [("X-Confrere-Signature", header), ("Content-Type", "application/json")], data)

    assert send("").status == 401
    assert send(signed("wrong", body)).status == 401
    assert send(signed(secret, body), b"{}").status == 401
    assert send(signed(secret, body, time.time() - 400)).status == 401
    header = signed(secret, body)
    answer = send(header)
    assert answer.status == 200 and answer.json["task"]
    assert send(header).code == "gateway.signature-used"
    assert up.raw("POST", "/hooks/nothere", [("X-Confrere-Signature", header)], body).status in (401, 429)
    shown = up.until(answer.json["task"], "review", "done")
    assert shown["brief"] == "Sort these files by type"  # what was sent is no brief
    t, _, v = header.partition(",v1=")
    assert v == hmac.new(secret.encode(), t[2:].encode() + b"." + body, hashlib.sha256).hexdigest()


def test_it_fires_by_the_clock_and_after_a_crash(up, tmp_path):
    """A schedule every minute, killed before it is due and started after: run once, late."""
    due = datetime.now(UTC) + timedelta(seconds=1.5)
    made = up.ask(
        "POST", "/api/schedules", {"name": "soon", "brief": "What can you do?", "when": {"kind": "once", "at": due.isoformat()}}, 201
    ).json
    up.kill()
    time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()) + 0.1)
    up.start()
    for _ in range(100):
        runs = up.ask("GET", f"/api/schedules/{made['id']}/runs").json["runs"]
        if runs and runs[0]["state"] == "done":
            break
        time.sleep(0.1)
    assert len(runs) == 1 and runs[0]["outcome"] == "started" and runs[0]["state"] == "done"
    up.kill()
    up.start()
    time.sleep(0.5)
    assert len(up.ask("GET", f"/api/schedules/{made['id']}/runs").json["runs"]) == 1


def test_schedules_from_the_command_line(up, tmp_path):
    import subprocess
    import sys

    def confrere(*args, status=0):
        done = subprocess.run(
            [sys.executable, "-m", "confrere", *args], env=up.environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == status and "Traceback" not in done.stderr, done
        return done.stdout + done.stderr

    folder = tmp_path / "Inbox"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    assert "every Monday at 8:00" in confrere(
        "schedule", "add", "--when", "every Monday at 8", "-f", str(folder), "Sort these files by type"
    )
    ident = json.loads(confrere("schedule", "--json").splitlines()[0])["id"]
    assert "did not understand" in confrere("schedule", "add", "--when", "every other Monday", "x", status=2)
    confrere("schedule", "pause", ident)
    assert "paused" in confrere("schedule")
    confrere("schedule", "remove", ident)
    assert "Nothing is scheduled" in confrere("schedule")
    token = confrere("pair", "--program", "test", "--scope", "look").split()[-1]
    assert up.raw("GET", "/api/tasks", [("Authorization", f"Bearer {token}")]).status == 200
    device = json.loads(confrere("devices", "--json").splitlines()[-1])["id"]
    confrere("devices", "--revoke", device)
    assert up.raw("GET", "/api/tasks", [("Authorization", f"Bearer {token}")]).status == 401


def test_service_files(tmp_path, monkeypatch):
    from confrere.gateway.service import unit

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    home = Home(Path("/home/someone/my state"))
    path, text = unit(home, ["--port", "7878"], "linux")
    assert path == tmp_path / "config/systemd/user/confrere.service" and '"/home/someone/my state"' in text and "UMask=0077" in text
    _, plist = unit(home, ["--port", "7878"], "darwin")
    import plistlib

    assert plistlib.loads(plist.encode())["ProgramArguments"][1:5] == ["-P", "-m", "confrere", "up"]
    assert not (tmp_path / "config").exists()
    _, odd = unit(Home(Path("/home/x/50% $off")), [], "linux")
    assert 'CONFRERE_HOME="/home/x/50%% $off"' in odd, "systemd expands % there, and no $"
    if shutil.which("systemd-analyze"):
        (tmp_path / "confrere.service").write_text(text)
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
        command = ["systemd-analyze", "--user", "verify", str(tmp_path / "confrere.service")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0 or "RuntimeDirectory" in done.stderr, done.stderr
    with pytest.raises(WrongUse):
        unit(home, [], "win32")


async def test_a_heartbeat_with_nothing_to_do_costs_nothing(gateway):
    """No file, an empty one, and one of headings: no task, no event. With words in it: one task a beat, with those words."""
    beat = NewSchedule(name="", brief="@HEARTBEAT.md", when=When(kind="cron", cron="0 8 * * *", zone="UTC"))
    gateway.clock.table.save(beat)
    file = gateway.home.path / "HEARTBEAT.md"
    events = gateway.store.count()
    for day, text in enumerate([None, "", "# Heartbeat\n\n- [ ]\n<!-- remind me\nof all -->\n* \n"]):
        if text is not None:
            file.write_text(text)
        at(gateway, eight(day))
        assert gateway.clock.tick() == eight(day + 1)
        await settle()
    assert not gateway.desk.begun and gateway.store.count() == events
    file.write_text("# Heartbeat\n- look for unpaid invoices\n")
    file.chmod(0o666)  # anybody's words, not the owner's
    assert not words(gateway.home, "@HEARTBEAT.md")
    file.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(file, 65534, 65534)
        assert not words(gateway.home, "@HEARTBEAT.md")
        os.chown(file, 0, 0)
    at(gateway, eight(3))
    gateway.clock.tick()
    gateway.clock.tick()
    await settle()
    assert [brief for brief, _, _ in gateway.desk.begun] == ["# Heartbeat\n- look for unpaid invoices"]
