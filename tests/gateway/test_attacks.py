"""Further attacks: on the parser, on what is kept for others, from other users of the machine, from neighbours, by files."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from confrere.config import Home
from tests.gateway.conftest import Browser, Events

JSON = ("Content-Type", "application/json")


# -- from the network


def hidden(body):
    return body + "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"


@pytest.mark.parametrize(
    "attack",
    [
        hidden("POST /api/enter HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 4\r\nContent-Length: 90\r\n\r\nabcd"),
        hidden("POST /api/enter HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 4, 90\r\n\r\nabcd"),
        hidden("POST /api/enter HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: +4\r\n\r\nabcd"),
        hidden("POST /api/enter HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: -4\r\n\r\nabcd"),
        hidden("POST /api/enter HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 99999999999999999999999\r\n\r\nabcd"),
        hidden("POST /api/enter HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        hidden("POST /api/enter HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        hidden("POST /api/enter HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        hidden("POST /api/enter HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n"),
        hidden("GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX: a\rY: b\r\n\r\n"),
        hidden("GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX: a\0b\r\n\r\n"),
        hidden("GET /api/health HTTP/1.1\r\n Host: attacker.example\r\nHost: 127.0.0.1:{port}\r\n\r\n"),
        "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX: " + "a" * 70_000 + "\r\n\r\n",
        "GET /api/health?" + "a" * 70_000 + " HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n" + "a: b\r\n" * 15_000 + "\r\n",
        "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        "TRACE /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Secret: abc\r\n\r\n",
        "GET http://attacker.example/api/health HTTP/1.1\r\nHost: attacker.example\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_is_hidden_in_a_request_is_never_answered(shared, attack):
    """No request comes out of the body, the head or the length of another; no oversize head is taken."""
    with socket.create_connection(("127.0.0.1", shared.port), 10) as sock:
        sock.settimeout(1)
        answer = b""
        try:
            sock.sendall(attack.replace("{port}", str(shared.port)).encode())
            sock.shutdown(socket.SHUT_WR)
            while piece := sock.recv(65_536):
                answer += piece
        except OSError:
            pass  # cut off
    assert answer.count(b"HTTP/1.1 ") <= 1 and b"HTTP/1.1 200" not in answer and b'"status"' not in answer.partition(b"\r\n\r\n")[2][:9], (
        answer
    )
    assert b"abc" not in answer


@pytest.fixture
async def quick(tmp_path, monkeypatch):
    """A gateway in this process, with less patience and fewer places."""
    from confrere.gateway import server
    from confrere.gateway.state import Listen

    assert server.FIRST <= 10 and server.NEXT <= 30 and server.BODY <= 120 and server.MOST <= 1000 and server.MOST_FROM <= server.MOST / 4
    for name, value in (("FIRST", 0.3), ("NEXT", 0.3), ("BODY", 0.3)):
        monkeypatch.setattr(server, name, value)
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    running = server.Server(Home(home), Listen(port=0))
    await running.start()
    yield running
    await running.close()


async def sent(running, text):
    reader, writer = await asyncio.open_connection("127.0.0.1", running.gateway.port)
    writer.write(text.replace("{port}", str(running.gateway.port)).encode())
    await writer.drain()
    return reader, writer


async def ended(reader):
    """What came before the other side hung up."""
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionResetError:
        return b""


async def test_who_is_silent_or_slow_is_cut_off(quick):
    """Nothing at all; half a head; half of a second head; a body that does not come, to a route that reads it and to one that refused already."""
    whole = "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
    slow = "POST /api/{path} HTTP/1.1\r\nHost: 127.0.0.1:{{port}}\r\nContent-Type: application/json\r\nContent-Length: 3000\r\n\r\n{{{{"
    attacks = {
        "": 0, whole[:30]: 0, whole + whole[:30]: 1, slow.format(path="enter"): 0, slow.format(path="tasks"): 1,
    }  # fmt: skip
    open_ones = [await sent(quick, text) for text in attacks]
    answers = await asyncio.gather(*(ended(reader) for reader, _ in open_ones))
    assert [answer.count(b"HTTP/1.1 ") for answer in answers] == list(attacks.values())
    for _, writer in open_ones:
        writer.close()
    # a body that keeps dripping gains nothing by it
    reader, writer = await sent(quick, slow.format(path="enter"))
    end = asyncio.ensure_future(ended(reader))
    for _ in range(100):
        if end.done():
            break
        writer.write(b"x")
        await asyncio.sleep(0.05)
    assert end.done() and b"200" not in end.result()
    reader, writer = await sent(quick, whole.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
    assert b"HTTP/1.1 200" in await ended(reader)


async def test_one_neighbour_cannot_take_every_place(quick, monkeypatch):
    from confrere.gateway import peers, server

    monkeypatch.setattr(server, "FIRST", 30)
    monkeypatch.setattr(server, "MOST_FROM", 5)
    monkeypatch.setattr(peers, "of_this_machine", lambda peer, own: False)
    held = [await sent(quick, "") for _ in range(5)]
    reader, _ = await sent(quick, "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n")
    assert await ended(reader) == b""
    monkeypatch.setattr(server, "MOST_FROM", 100)
    monkeypatch.setattr(server, "MOST", 5)
    reader, _ = await sent(quick, "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n")
    assert await ended(reader) == b""
    reader, writer = await asyncio.open_unix_connection(str(quick.path))  # the command line has places of its own
    writer.write(b"GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b"HTTP/1.1 200" in await ended(reader)
    for _, writer in held:
        writer.close()


@pytest.mark.parametrize("path", ["/api/tasks", "/", "/api/health"])
async def test_a_flood_by_nobody_is_slowed(quick, path):
    quick.gateway.guard.buckets.burst = 20
    text = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{{port}}\r\n\r\n"
    reader, writer = await sent(quick, text * 200)
    got = b""
    while b"HTTP/1.1 429" not in got:
        piece = await asyncio.wait_for(reader.read(65_536), 10)
        assert piece, got[-500:]
        got += piece
    writer.close()


def test_one_device_cannot_take_every_stream(shared):
    from confrere.gateway.api.journal import MOST_OF_ONE

    one, other = shared.browser("look"), shared.browser("look")
    streams = [Events(shared, cookie=one.cookie) for _ in range(MOST_OF_ONE)]
    for stream in streams:
        stream.until(lambda kind, body: kind == "ready")
    assert one("GET", "/api/events").status == 429
    streams.append(Events(shared, cookie=other.cookie))
    streams[-1].until(lambda kind, body: kind == "ready")
    for stream in streams:
        stream.close()


def test_what_anybody_may_send_is_short(shared):
    answer = shared.raw("POST", "/api/enter", [JSON], json.dumps({"code": "A" * 5000}).encode())
    assert answer.status == 413


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_no_number_passes_every_limit(shared, number):
    """Each comparison with NaN is false: it would be below no limit and beyond none."""
    headers = shared.browser("look", "brief", "administer").headers
    for method, path, body in (
        ("PUT", "/api/settings", f'{{"max_cost_usd": {number}}}'),
        ("POST", "/api/people", f'{{"name": "x", "budgets": {{"month_usd": {number}}}}}'),
    ):
        assert shared.raw(method, path, [*headers, JSON], body.encode()).status == 400


# -- another user of this machine


OTHER = """
import encodings.idna, os, socket, sys
os.chdir(sys.argv[2]); os.setgroups([]); os.setgid(65534); os.setuid(65534)
request = b'GET /api/health HTTP/1.1\\r\\nHost: 127.0.0.1:' + sys.argv[1].encode() + b'\\r\\n\\r\\n'
for place in ('127.0.0.1', '127.0.0.2', '127.255.255.254', 'gateway.sock'):
    unix = place == 'gateway.sock'
    s = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
    s.settimeout(5)
    try:
        if not unix: s.bind((place, 0))
        s.connect(place if unix else ('127.0.0.1', int(sys.argv[1])))
        s.sendall(request)
        print(place, len(s.recv(100)))
    except OSError:
        print(place, 0)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only the administrator can become somebody else")
def test_another_user_gets_nothing_from_any_address(shared):
    """All of 127.0.0.0/8 is this machine; and the socket looks at who connects, whatever its mode became."""
    shared.home.chmod(0o755)
    (shared.home / "gateway.sock").chmod(0o666)
    try:
        command = [sys.executable, "-c", OTHER, str(shared.port), str(shared.home)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    finally:
        shared.home.chmod(0o700)
        (shared.home / "gateway.sock").chmod(0o600)
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["0"] * 4, done


def test_which_connections_come_from_this_machine():
    from confrere.gateway.peers import of_this_machine

    for peer in ("127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.9", "192.0.2.7"):
        assert of_this_machine(peer, "192.0.2.7")
    for peer in ("192.0.2.8", "::ffff:192.0.2.8", "2001:db8::1", "128.0.0.1", "::127.0.0.1"):
        assert not of_this_machine(peer, "192.0.2.7")


def test_no_link_goes_into_the_systems_log(tmp_path):
    """What a service says is kept by systemd, and read by more than its owner."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    out, into = os.pipe()
    status = os.fstat(into)
    environment = {**os.environ, "CONFRERE_HOME": str(home), "CONFRERE_LANG": "en", "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "confrere", "up", "--port", "0"], env=environment, stdin=subprocess.DEVNULL, stdout=into
    )
    os.close(into)
    said = ""
    with open(out) as reader:
        for line in reader:
            said += line
            if "confrere pair" in line:
                process.terminate()
    assert process.wait(10) == 0 and "enter#" not in said and "http://127.0.0.1:" in said


# -- a device with few scopes


def test_every_route_wants_its_scope(shared):
    """The routes come from the document: none can be forgotten."""
    names = ("look", "brief", "approve", "administer")
    lacking = {scope: shared.browser(*(name for name in names if name != scope)) for scope in names}
    tried = 0
    for path, methods in shared.ask("GET", "/api/openapi.json").json["paths"].items():
        for method, one in methods.items():
            if not (scope := one["x-scope"]):
                continue
            for name in ("id", "n"):
                path = path.replace("{" + name + "}", "1")
            answer = lacking[scope](method.upper(), path, {} if method != "get" else None)
            assert (answer.status, answer.code) == (403, "gateway.scope-missing"), (method, path, answer.data)
            tried += 1
    assert tried > 50


def test_a_models_address_is_an_administrators_to_name(shared):
    """It would make this machine speak to whatever is there, with the key for addresses."""
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0.2)
        port = inside.getsockname()[1]
        device = shared.browser("look", "brief", "approve")
        task = device("POST", "/api/tasks", {"brief": "hello", "folders": [], "model": "builtin"}, 201).json["id"]
        when = {"kind": "cron", "cron": "0 3 1 1 *", "zone": "UTC"}
        kept = device("POST", "/api/schedules", {"name": "x", "brief": "x", "when": when}, 201).json["id"]
        for model in (
            f"http://127.0.0.1:{port}/v1#m",
            f" HTTP://127.0.0.1:{port}/v1#m",
            f"https://127.0.0.1:{port}#m+schema",
            f"http:127.0.0.1:{port}",
        ):
            for method, path, body in (
                ("POST", "/api/tasks", {"brief": "hello", "folders": []}),
                ("POST", f"/api/tasks/{task}/resume", {}),
                ("POST", "/api/schedules", {"name": "x", "brief": "x", "when": when}),
                ("PUT", f"/api/schedules/{kept}", {"name": "x", "brief": "x", "when": when}),
                ("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]}),
            ):
                answer = device(method, path, {**body, "model": model})
                assert (answer.status, answer.code) == (403, "gateway.model-address"), (path, answer.data)
        with pytest.raises(TimeoutError):
            inside.accept()
    shared.ask("PUT", "/api/settings", {"model": "http://127.0.0.1:9/v1#m"}, 200)
    answer = device("POST", "/api/schedules", {"name": "x", "brief": "x", "when": when, "model": "http://127.0.0.1:9/v1#m"})
    assert answer.status == 201, "the one that was set is everybody's"
    shared.ask("PUT", "/api/settings", {"model": "builtin"}, 200)


# -- files


@pytest.fixture(scope="module")
def looked(shared, tmp_path_factory):
    """A planned task on a folder in which links lead out."""
    base = tmp_path_factory.mktemp("files")
    folder, outside = base / "Papers", base / "outside"
    for one in (folder, outside, folder / "sub"):
        one.mkdir()
    (outside / "secret.txt").write_text("the secret itself")
    (folder / "note.txt").write_text("a note")
    (folder / "link.txt").symlink_to(outside / "secret.txt")
    (folder / "way").symlink_to(outside)
    (folder / "sub/up.txt").symlink_to("../../outside/secret.txt")
    (folder / "round").symlink_to("round")
    os.mkfifo(folder / "pipe.txt")
    browser = shared.browser("look", "brief")
    given = {"brief": "Sort these files by type", "folders": [{"path": str(folder)}], "plan_only": True, "model": "builtin"}
    task = browser("POST", "/api/tasks", given, 201).json["id"]
    shared.until(task, "planned")
    return browser, task


OUT = [
    "Papers/../outside/secret.txt", "Papers/link.txt", "Papers/way/secret.txt", "Papers/sub/up.txt", "Papers/sub/../way/secret.txt", "Papers/./link.txt",
    "papers/note.txt", "PAPERS/link.txt", "/etc/passwd", "../outside/secret.txt", "Papers//etc/passwd", "Papers/round", "Papers/pipe.txt",
    "Papers\\..\\outside\\secret.txt", "Papers/note.txt\0.png", "outside/secret.txt", "", "Papers", ".", "Papers/" + "a/" * 3000,
    "Papers/\udcff", "%2e%2e/outside/secret.txt",
]  # fmt: skip


@pytest.mark.parametrize("side", ["before", "after"])
def test_no_path_leads_out_of_the_folder(looked, side):
    browser, task = looked
    for path in OUT:
        asked = quote(path.encode("utf-8", "surrogateescape"))
        for what in ("content", "files"):
            answer = browser("GET", f"/api/tasks/{task}/{what}?side={side}&path={asked}")
            assert b"the secret" not in answer.data and b"root:" not in answer.data, (what, path)
            assert answer.status != 200 or b"secret.txt" not in answer.data, path  # a refusal says what was asked for
            assert answer.status in (200, 400, 403, 404) and (what == "files" or answer.status != 200), (what, path, answer.data[:200])
    names = json.dumps(browser("GET", f"/api/tasks/{task}/tree?side={side}", status=200).json)
    assert "secret" not in names and "note.txt" in names
    assert browser("GET", f"/api/tasks/{task}/content?side={side}&path=Papers/note.txt", status=200).data == b"a note"


def test_no_preview_follows_a_path_out(looked):
    browser, task = looked
    for path in ("Papers/../outside/secret.txt", "Papers/link.txt", "Papers/way/secret.txt", "Papers/pipe.txt"):
        for what in ("preview", "pages/1.png", "diff"):
            answer = browser("GET", f"/api/tasks/{task}/{what}?path={quote(path)}")
            assert answer.status in (200, 400, 403, 404) and b"the secret" not in answer.data, (what, path, answer.data[:300])
            assert what == "diff" or answer.status != 200


def test_a_link_put_in_a_files_place_shows_nothing(tmp_path, monkeypatch):
    """What was checked and opened is what is read, whatever stands under its name a moment later."""
    from confrere.gateway.work import previews

    mine, other = tmp_path / "note.txt", tmp_path / "secret.txt"
    mine.write_text("mine")
    other.write_text("not mine")
    monkeypatch.setattr(previews, "load", lambda store, task: None)

    def open_side(*_):
        file = open(mine, "rb")  # noqa: SIM115
        mine.unlink()
        mine.symlink_to(other)
        return file, mine

    monkeypatch.setattr(previews, "open_side", open_side)
    services = SimpleNamespace(home=Home(tmp_path / "home"), store=None, vault=None)
    with previews.opened(services, "t", "Papers/note.txt", "after") as (place, base, _):
        assert place.read_text() == "mine" and base == "note.txt" and place.suffix == ".txt"
        assert Path(place).parent.stat().st_mode & 0o077 == 0
    assert not list((tmp_path / "home/cache").iterdir())


async def test_no_module_is_taken_from_the_folder_one_stands_in(tmp_path, monkeypatch):
    """``confrere up`` in a folder of somebody's files: json.py among them is a file, not ours."""
    from confrere.documents.library import Library
    from confrere.gateway.work.crew import Crew

    taken = tmp_path / "taken"
    for name in ("json", "asyncio", "msgspec", "struct", "confrere", "encodings", "socket", "resource"):
        (tmp_path / f"{name}.py").write_text(f"open({str(taken)!r}, 'a').write(__name__)\nraise SystemExit\n")
    (tmp_path / "note.txt").write_text("a note")
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.chdir(tmp_path)
    crew = Crew({**os.environ, "CONFRERE_HOME": str(home)}, lambda: None)
    try:
        assert (await crew.run("turn", "model", {"name": "builtin"}))["local"]
    finally:
        await crew.close()
    library = Library(home / "cache", workers=1)
    try:
        assert "a note" in (await asyncio.to_thread(library.read, tmp_path / "note.txt")).text
    finally:
        library.kill()
    assert not taken.exists()


# -- what is written down


def test_no_credential_is_written_down(shared):
    """Neither by a refusal nor by an error, in the journal or on the terminal."""
    browser = Browser(shared, shared.ask("POST", "/api/devices/code", {"scopes": ["look"]}).json["code"])
    program = shared.program("look")
    for headers in ([("Authorization", f"Bearer {program}x")], [("Cookie", browser.cookie)], [("Authorization", f"Basic {program}")]):
        shared.raw("GET", f"/api/tasks?token={program}", [*headers, ("Referer", f"http://x/{browser.key}")])
    shared.raw("POST", "/api/tasks", [("Authorization", f"Bearer {program}"), JSON], b"{")
    kept = (
        shared.ask("GET", "/api/journal.jsonl").data.decode() + (shared.home.parent / "gateway.err").read_text() + "".join(shared.said[:-1])
    )
    for secret in (program, browser.key, browser.cookie.partition("=")[2]):
        assert secret not in kept
    assert all("Authorization" not in line for line in kept.splitlines())


def test_a_cell_that_would_be_a_formula_is_text():
    from confrere.gateway.shapes.base import sentence
    from confrere.gateway.shapes.value import Value, ValueLine
    from confrere.gateway.value import table

    line = {"task": "t", "created": "", "state": "done", "baseline_minutes": 1, "stated": False, "minutes": 0, "minutes_saved": -1.5, "files": 0,
            "deliverables": 0, "corrections": 0, "cost_usd": None}  # fmt: skip
    totals = {"from_": "", "to": "", "tasks": 1, "minutes_saved": 0, "minutes_worked": 0, "cost_usd": 0, "corrections": 0, "stated": 0}
    for brief in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "x;=HYPERLINK(1)", "x\n=1", "x; @a", "＝1"):
        shown = table(Value(**totals, rule=sentence("gateway.value-rule"), lines=[ValueLine(brief=brief, **line)]))
        row = shown.split("\r\n", 1)[1]
        assert "'" in row and ",-1.5," in row, (brief, row)
