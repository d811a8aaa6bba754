"""Each defence, with its attack, over real connections."""

import json
import os
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time

import pytest

from tests.gateway.conftest import Browser, Events, Up

JSON = ("Content-Type", "application/json")


def test_without_a_credential_nothing_is_shown(shared):
    for method, path in (
        ("GET", "/api/tasks"),
        ("GET", "/api/events"),
        ("GET", "/api/journal"),
        ("GET", "/api/session"),
        ("GET", "/v1/models"),
    ):
        assert shared.raw(method, path).status == 401, path
    assert shared.raw("POST", "/api/tasks", [JSON], b'{"brief": "x"}').status == 401
    assert shared.raw("GET", "/api/health").json["status"] == "ok"


def test_every_route_but_the_known_ones_wants_a_scope(shared):
    document = shared.ask("GET", "/api/openapi.json").json
    free = {(method, path) for path, methods in document["paths"].items() for method, one in methods.items() if not one["x-scope"]}
    assert free == {("get", "/api/health"), ("get", "/api/openapi.json"), ("post", "/api/enter"), ("post", "/hooks/{id}")}


def test_a_link_lets_in_once(up):
    first = Browser(up, up.code)
    assert first("GET", "/api/session", status=200).json["device"]["scopes"] == ["look", "brief", "approve", "administer"]
    again = up.raw("POST", "/api/enter", [JSON], json.dumps({"code": up.code}).encode())
    assert again.status == 401 and again.code == "gateway.code-wrong"


def test_the_cookie_is_strict_and_nothing_but_hashes_is_kept(up):
    browser = up.browser()
    for part in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in browser.set_cookie
    token = browser.cookie.partition("=")[2]
    program = up.program("look")
    up.stop()
    kept = b"".join(path.read_bytes() for path in up.home.rglob("*") if path.is_file())
    assert token.encode() not in kept and program.encode() not in kept and browser.key.encode() not in kept and up.code.encode() not in kept
    up.start()
    assert browser("GET", "/api/session").status == 200  # and yet the session outlives a restart


def test_the_cookie_alone_is_not_enough(shared):
    """A page on another port of this machine gets our cookie sent to it: with that alone nothing can be done."""
    browser = shared.browser("look", "brief")
    cookie = [("Cookie", browser.cookie)]
    assert shared.raw("GET", "/api/tasks", cookie).code == "gateway.key-missing"
    assert shared.raw("POST", "/api/stop", [*cookie, JSON], b"{}").code == "gateway.key-missing"
    assert shared.raw("POST", "/api/stop", [*cookie, JSON, ("X-Confrere-Key", "0" * 40)], b"{}").status == 401
    assert browser("POST", "/api/stop", {}).status == 200


@pytest.mark.parametrize(
    "host",
    ["attacker.example", "attacker.example:{port}", "127.0.0.1:1", "127.0.0.1.nip.io:{port}", "", "localhost:{port}.", "127.1:{port}"],
)
def test_dns_rebinding(shared, host):
    answer = shared.raw("GET", "/api/health", [("Host", host.format(port=shared.port))])
    assert answer.status in (400, 421)


@pytest.mark.parametrize(
    "origin", ["https://attacker.example", "null", "http://127.0.0.1:1", "http://127.0.0.1", "file://", "http://localhost:{port}"]
)
def test_another_origin(shared, origin):
    browser = shared.browser("look", "brief", "approve", "administer")
    headers = [("Cookie", browser.cookie), ("X-Confrere-Key", browser.key), ("Origin", origin.format(port=shared.port)), JSON]
    for method, path in (("POST", "/api/stop"), ("GET", "/api/tasks"), ("GET", "/api/events"), ("POST", "/api/enter")):
        answer = shared.raw(method, path, headers, b"{}" if method == "POST" else b"")
        assert answer.status == 403 and answer.code == "gateway.other-site", (path, answer.data)
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("mode", ["no-cors", "cors", "navigate"])
def test_fetch_metadata_of_another_site(shared, site, mode):
    browser = shared.browser("look")
    headers = [("Cookie", browser.cookie), ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode)]
    for path in ("/api/events", "/api/journal.jsonl", "/api/value.csv"):
        assert shared.raw("GET", path, headers).status == 403
    assert shared.raw("GET", "/", headers).status == (200 if mode == "navigate" else 403)


def test_a_form_cannot_speak_json(shared):
    browser = shared.browser("look", "brief")
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = shared.raw("POST", "/api/stop", [*browser.headers, ("Content-Type", media)], b'{"a": 1}')
        assert answer.status == 415
    assert (
        shared.raw("OPTIONS", "/api/tasks", [("Origin", "https://attacker.example"), ("Access-Control-Request-Method", "POST")]).status
        == 403
    )


@pytest.mark.parametrize(
    "headers",
    [
        [("Host", "127.0.0.1:{port}"), ("Host", "attacker.example")],
        [("Authorization", "Bearer a"), ("Authorization", "Bearer b")],
        [("Cookie", "confrere=a"), ("Cookie", "confrere=b")],
        [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", "eA=="), ("Sec-WebSocket-Version", "13")],
        [("Upgrade", "h2c"), ("Connection", "Upgrade, HTTP2-Settings"), ("HTTP2-Settings", "AAA")],
    ],
)
def test_requests_no_honest_client_sends(shared, headers):
    answer = shared.raw("GET", "/api/health", [(name, value.format(port=shared.port)) for name, value in headers])
    assert answer.status == 400


def test_request_smuggling(shared):
    body = b"0\r\n\r\nGET /api/tasks HTTP/1.1\r\nHost: x\r\n\r\n"
    head = f"POST /api/enter HTTP/1.1\r\nHost: 127.0.0.1:{shared.port}\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", shared.port), 10) as sock:
        sock.sendall(head.encode() + body)
        sock.settimeout(3)
        answer = sock.recv(4096)
    assert answer.startswith(b"HTTP/1.1 400") and answer.count(b"HTTP/1.1") == 1


def test_wrong_tokens(up):
    shared, browser = up, up.browser()
    for token in ("undefined", "null", "", "cfr_", "None", "true", "cfr_" + "A" * 43):
        answer = shared.raw("GET", "/api/tasks", [("Authorization", f"Bearer {token}")])
        assert answer.status in (401, 429), token
    good = shared.program("look")
    assert shared.raw("GET", "/api/tasks", [("Authorization", f"Bearer {good}")]).status == 200
    assert shared.raw("GET", "/api/tasks", [("Authorization", f"Basic {good}")]).status == 401
    browsers = browser.cookie.partition("=")[2]
    assert shared.raw("GET", "/api/tasks", [("Authorization", f"Bearer {browsers}")]).status in (401, 429)  # not a program's


def test_guessing_is_locked_out(up):
    browser = up.browser()
    for _ in range(30):
        answer = up.raw("POST", "/api/enter", [JSON], b'{"code": "AAAAA-AAAAA-AAAAA-AAAAA"}')
        if answer.status == 429:
            break
    assert answer.code == "gateway.locked" and int(answer.headers["retry-after"]) >= 1
    assert browser("GET", "/api/session").status == 200  # who is in is not locked out by who is not
    assert up.ask("GET", "/api/journal?kind=guard.locked").json["events"]


def test_each_wrong_try_locks_out_for_twice_as_long():
    from confrere.gateway.limits import Buckets, LockOut

    now = [0.0]
    tries = LockOut(clock=lambda: now[0])
    waits = [tries.wrong("a") for _ in range(20)]
    assert waits[:7] == [0, 0, 0, 0, 1, 2, 4] and waits[-1] == 900 and tries.wait("a") == 900 and tries.wait("b") == 0
    now[0] += 901
    assert tries.wait("a") == 0
    tries.right("a")
    assert tries.wrong("a") == 0
    buckets = Buckets(rate=2, burst=3, clock=lambda: now[0])
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5] and buckets.take("b") == 0
    now[0] += 0.5
    assert buckets.take("a") == 0


def test_a_flood_is_slowed_for_its_sender_alone(shared):
    flooding, other = shared.program("look"), shared.program("look")
    request = f"GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{shared.port}\r\nAuthorization: Bearer {flooding}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", shared.port), 30) as sock:
        threading.Thread(target=lambda: sock.sendall(request * 1500)).start()
        answers = b""
        while answers.count(b"HTTP/1.1 ") < 1500:
            answers += sock.recv(1 << 20)
            if b"HTTP/1.1 429" in answers:
                break
    assert b"HTTP/1.1 429" in answers and b"retry-after" in answers
    assert shared.raw("GET", "/api/session", [("Authorization", f"Bearer {other}")]).status == 200


SCOPED = [
    ("look", "GET", "/api/tasks"),
    ("brief", "POST", "/api/tasks"),
    ("brief", "GET", "/api/folders"),
    ("approve", "POST", "/api/schedules"),
    ("administer", "GET", "/api/devices"),
    ("administer", "PUT", "/api/settings"),
    ("administer", "POST", "/api/devices/token"),
]


@pytest.mark.parametrize("scope,method,path", SCOPED)
def test_scopes(shared, scope, method, path):
    others = [name for name in ("look", "brief", "approve", "administer") if name != scope]
    answer = shared.browser(*others)(method, path, {} if method != "GET" else None)
    assert answer.status == 403 and answer.code == "gateway.scope-missing" and answer.json["data"]["scope"] == scope
    assert shared.browser(scope)(method, path, {} if method != "GET" else None).status != 403


def test_a_device_cannot_give_itself_more(shared):
    low = shared.browser("look", "brief")
    for path, body in (("/api/devices/code", {"scopes": ["administer"]}), ("/api/devices/token", {"scopes": ["administer"], "name": "x"})):
        assert low("POST", path, body).status == 403
    assert low("POST", "/api/tasks", {"brief": "x", "yes": True}).code == "gateway.scope-missing"


def test_a_revoked_device_is_out_at_once_and_its_stream_ends(up):
    browser, owner = up.browser("look"), up.browser()
    stream = Events(up, cookie=browser.cookie)
    stream.until(lambda kind, body: kind == "ready")
    owner("DELETE", f"/api/devices/{browser.device}", status=200)
    begun = time.monotonic()
    assert browser("GET", "/api/session").status == 401
    for _ in stream:
        pass
    assert time.monotonic() - begun < 2
    listed = owner("GET", "/api/devices").json["devices"]
    assert next(one for one in listed if one["id"] == browser.device)["revoked"]
    up.kill()
    up.start()
    assert browser("GET", "/api/session").status == 401


def test_the_socket_and_the_files_are_the_owners_alone(shared):
    assert stat.S_IMODE(os.lstat(shared.home / "gateway.sock").st_mode) == 0o600
    assert stat.S_IMODE(os.lstat(shared.home / "journal.db").st_mode) == 0o600
    assert stat.S_IMODE(os.lstat(shared.home / "gateway.lock").st_mode) == 0o600


def test_headers_of_every_answer(shared):
    for path in ("/", "/api/health", "/api/tasks", "/nothing.js"):
        headers = shared.raw("GET", path).headers
        policy = headers["content-security-policy"]
        assert (
            policy.startswith("default-src 'none'")
            and "unsafe" not in policy
            and "frame-ancestors 'none'" in policy
            and "http" not in policy
        )
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin" and headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY" and "server" not in headers
    assert shared.raw("GET", "/api/health").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/assets/..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets//etc/passwd",
        "/..\\..\\x",
        "/a%00.js",
        "/api/../api/tasks",
    ],
)
def test_paths_in_disguise(shared, path):
    answer = shared.raw("GET", path)
    assert answer.status in (400, 401, 404) and b"root:" not in answer.data


def test_bodies_that_are_too_much(shared):
    token = shared.program("brief")
    headers = [("Authorization", f"Bearer {token}"), JSON]
    assert shared.raw("POST", "/api/tasks", [*headers, ("Content-Length", "99999999")]).status == 413
    assert shared.raw("POST", "/api/tasks", headers, b"[" * 100_000).status == 400
    assert shared.raw("POST", "/api/tasks", headers, b'{"brief": "\xff"}').status == 400


def test_listening_beyond_this_machine_demands_tls(tmp_path):
    for options, words in ((["--host", "0.0.0.0"], "needs TLS"), (["--host", "192.0.2.1"], "needs TLS")):
        environment = {**os.environ, "CONFRERE_HOME": str(tmp_path), "CONFRERE_LANG": "en"}
        command = [sys.executable, "-m", "confrere", "up", *options]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=30, check=False)
        assert done.returncode == 2 and words in done.stderr


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of our own for confrere.test."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "confrere.test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("confrere.test")]), False).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder


def test_with_tls_the_cookie_is_bound_to_the_host(tmp_path, certificate):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    up = Up(
        home,
        "--host",
        "0.0.0.0",
        "--name",
        "confrere.test",
        "--certificate",
        str(certificate / "cert.pem"),
        "--key",
        str(certificate / "key.pem"),
    )
    try:
        assert any("beyond this machine" in line for line in up.said) and up.scheme == "https" and up.host == "confrere.test"
        context = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
        with context.wrap_socket(socket.create_connection(("127.0.0.1", up.port), 10), server_hostname="confrere.test") as sock:
            body = json.dumps({"code": up.code}).encode()
            sock.sendall(
                f"POST /api/enter HTTP/1.1\r\nHost: confrere.test:{up.port}\r\nOrigin: https://confrere.test:{up.port}\r\n".encode()
                + f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            answer = sock.recv(8192).decode()
        assert (
            "200" in answer.splitlines()[0]
            and "set-cookie: __Host-confrere=" in answer
            and "Secure" in answer
            and "strict-transport-security" in answer
        )
        checks = up.ask("GET", "/api/exposure").json["checks"]
        assert [check["code"] for check in checks if not check["ok"]] == ["loopback"]
    finally:
        up.stop()


def test_the_exposure_audit_tries_and_finds_nothing(shared):
    command = [sys.executable, "-c", "from confrere.cli.gateway import exposure; raise SystemExit(exposure(False))"]
    done = subprocess.run(command, env=shared.environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and "✗" not in done.stdout and done.stdout.count("✓") >= 12, done.stdout + done.stderr


def test_the_exposure_audit_finds_what_is_open(up):
    up.home.chmod(0o755)
    (up.home / "journal.db").chmod(0o644)
    bad = {check["code"] for check in up.ask("GET", "/api/exposure").json["checks"] if not check["ok"]}
    assert bad == {"home", "files"}


def test_two_gateways_cannot_have_one_state_folder(shared):
    done = subprocess.run(
        [sys.executable, "-m", "confrere", "up", "--port", "0"],
        env=shared.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1 and "already running" in done.stderr


def test_refusals_are_in_the_journal_once_a_minute(up):
    for _ in range(20):
        up.raw("GET", "/api/health", [("Host", "attacker.example")])
    events = up.ask("GET", "/api/journal?kind=guard.refused").json["events"]
    assert len(events) == 1 and events[0]["body"]["what"] == "host"
