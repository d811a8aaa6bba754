"""A gateway in a process of its own, and clients that speak to it as a browser, a program, the command line or an attacker would."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.agent.conftest import folder, server  # noqa: F401


class Answer:
    def __init__(self, status, headers, data):
        self.status, self.headers, self.data = status, headers, data

    @property
    def json(self):
        return json.loads(self.data)

    @property
    def code(self):
        return self.json.get("code", "")


class Unix(http.client.HTTPConnection):
    def __init__(self, path, timeout=60):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Up:
    """``confrere up`` on a free port; ``ask`` speaks through its Unix socket."""

    def __init__(self, home, *options, environment=None):
        self.home, self.options = home, options
        self.environment = {**os.environ, "CONFRERE_HOME": str(home), "CONFRERE_LANG": "en", "LC_ALL": "C.UTF-8", "TZ": "Europe/Paris"}
        for name in ("CONFRERE_MODEL", "ANTHROPIC_API_KEY", "OPENAI_API_KEY"):
            self.environment.pop(name, None)
        self.environment.update(environment or {})
        self.port = 0
        self.start()

    def start(self):
        command = [sys.executable, "-m", "confrere", "up", "--no-browser", "--port", str(self.port), *self.options]
        self.errors = open(self.home.parent / "gateway.err", "a")  # noqa: SIM115
        self.process = subprocess.Popen(
            command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors, text=True
        )
        self.said, self.link = [], ""
        for line in self.process.stdout:
            self.said.append(line)
            if found := re.search(r"(https?)://([^/]+):(\d+)/enter#(\S+)", line):
                self.scheme, self.host, self.port, self.code = found[1], found[2], int(found[3]), found[4]
                break
        assert self.process.poll() is None, "".join(self.said)
        self.pid = self.process.pid
        return self

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(10)
        finally:
            if self.process.poll() is None:
                self.process.kill()
            self.errors.close()
            text = (self.home.parent / "gateway.err").read_text()
            assert "Traceback" not in text, text[-3000:]

    def ask(self, method, path, body=None, status=None):
        connection = Unix(self.home / "gateway.sock")
        headers = {"content-type": "application/json"} if body is not None else {}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        if status is not None:
            assert answer.status == status, (answer.status, answer.data[:2000])
        return answer

    def browser(self, *scopes):
        """A browser that entered with a link of its own."""
        code = self.code if not scopes else self.ask("POST", "/api/devices/code", {"scopes": list(scopes)}, 200).json["code"]
        return Browser(self, code)

    def program(self, *scopes):
        return self.ask("POST", "/api/devices/token", {"scopes": list(scopes), "name": "test"}, 200).json["token"]

    def raw(self, method, path, headers=(), body=b""):
        """One request as it is given: (name, value) headers, nothing added but a Host where none is given and the length of a body."""
        names = {name.lower() for name, _ in headers}
        lines = [f"{method} {path} HTTP/1.1"]
        if "host" not in names:
            lines.append(f"Host: 127.0.0.1:{self.port}")
        lines += [f"{name}: {value}" for name, value in headers]
        if body and "content-length" not in names:
            lines.append(f"Content-Length: {len(body)}")
        with socket.create_connection(("127.0.0.1", self.port), 30) as sock:
            sock.sendall(("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode() + body)
            response = http.client.HTTPResponse(sock, method=method)
            response.begin()
            return Answer(response.status, response.headers, response.read())

    def until(self, task, *states, seconds=40):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.ask("GET", f"/api/tasks/{task}", status=200).json
            if found["state"] in states:
                return found
            assert found["state"] != "failed" or "failed" in states, found
            time.sleep(0.05)
        raise AssertionError((found["state"], found))


class Browser:
    """A browser on the page: cookie, key, origin."""

    def __init__(self, up, code):
        self.up, self.origin = up, f"http://127.0.0.1:{up.port}"
        body = json.dumps({"code": code, "name": "test browser"}).encode()
        self.entered = up.raw("POST", "/api/enter", [("Origin", self.origin), ("Content-Type", "application/json")], body)
        assert self.entered.status == 200, self.entered.data
        self.set_cookie = self.entered.headers["set-cookie"]
        self.cookie = self.set_cookie.partition(";")[0]
        self.key = self.entered.json["key"]
        self.device = self.entered.json["device"]["id"]

    @property
    def headers(self):
        return [("Cookie", self.cookie), ("X-Confrere-Key", self.key), ("Sec-Fetch-Site", "same-origin")]

    def __call__(self, method, path, body=None, status=None):
        headers = list(self.headers)
        if method != "GET":
            headers += [("Origin", self.origin), ("Content-Type", "application/json")]
        answer = self.up.raw(method, path, headers, b"" if body is None else json.dumps(body).encode())
        if status is not None:
            assert answer.status == status, (answer.status, answer.data[:2000])
        return answer


class Events:
    """An event stream, read as it comes."""

    def __init__(self, up, after=None, task="", cookie=None):
        path = "/api/events" + (f"?task={task}" if task else "")
        self.sock = socket.socket(socket.AF_UNIX if cookie is None else socket.AF_INET, socket.SOCK_STREAM)
        self.sock.settimeout(20)
        self.sock.connect(str(up.home / "gateway.sock") if cookie is None else ("127.0.0.1", up.port))
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{up.port}", "Accept: text/event-stream"]
        if cookie:
            lines.append(f"Cookie: {cookie}")
        if after is not None:
            lines.append(f"Last-Event-ID: {after}")
        self.sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.response = http.client.HTTPResponse(self.sock)
        self.response.begin()
        self.last = after

    def __iter__(self):
        ident, kind, data = "", "", ""
        end = time.monotonic() + 60
        while line := self.response.readline():
            assert time.monotonic() < end, "nothing but silence"
            text = line.decode().rstrip("\n")
            if text.startswith("id: "):
                ident = text[4:]
            elif text.startswith("event: "):
                kind = text[7:]
            elif text.startswith("data: "):
                data = text[6:]
            elif not text and data:
                if ident:
                    self.last = int(ident)
                yield kind, json.loads(data)
                ident, kind, data = "", "", ""

    def until(self, test):
        """Everything up to the first event that passes the test."""
        found = []
        for kind, body in self:
            found.append((kind, body))
            if test(kind, body):
                return found
        raise AssertionError("the stream ended")

    def close(self):
        self.sock.close()


@pytest.fixture
def up(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    running = Up(home)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One gateway for the tests of a module that leave nothing behind for each other."""
    home = tmp_path_factory.mktemp("gateway") / "home"
    home.mkdir(mode=0o700)
    running = Up(home)
    yield running
    running.stop()
