"""What the gateway costs, against a scripted model on loopback.

    python -m bench.gateway [--turns 60] [--json]

Wall and processor seconds to the first answer after ``confrere up``; PSS of the process tree idle and after the load; the first
turn (its worker must start); a plain turn's overhead in a warm worker, wall and CPU, less what the same request to the model itself
takes; 20 at once, with a model that answers at once and with one that takes a second; processor time idle, with and without an event
stream. On a busy machine compare the CPU figures.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from bench.measure import asked


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                parent = int(Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def cpu(pid: int) -> float:
    """Processor seconds of a tree, ended children included."""
    total = 0
    for one in tree(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (total + int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def pss(pid: int) -> float:
    """Megabytes of a tree."""
    total = 0
    for one in tree(pid):
        try:
            match = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{one}/smaps_rollup").read_text(), re.M)
        except OSError:
            continue
        total += int(match[1]) if match else 0
    return total / 1024


class Model:
    """The scripted model in a process of its own."""

    def __init__(self, folder: Path, wait: float) -> None:
        script = folder / f"script-{wait}.json"
        script.write_text(json.dumps([{"text": "pong", "wait": wait}]))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.scripted_model", "--script", str(script), "--loop"], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[1]

    def turn(self) -> float:
        """Seconds of one request straight to it."""
        host = self.url.removeprefix("http://")
        body = json.dumps({"model": "scripted-1", "messages": [{"role": "user", "content": "say ping"}], "stream": True})
        begun = time.perf_counter()
        connection = http.client.HTTPConnection(host, timeout=30)
        connection.request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})
        connection.getresponse().read()
        connection.close()
        return time.perf_counter() - begun


class Gateway:
    def __init__(self, home: Path) -> None:
        environment = {**os.environ, "CONFRERE_HOME": str(home), "CONFRERE_LANG": "en"}
        self.home = home
        begun = time.perf_counter()
        command = [sys.executable, "-m", "confrere", "up", "--no-browser", "--port", "0"]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if match := re.search(r"http://127\.0\.0\.1:(\d+)/enter#", line):
                self.port = int(match[1])
                break
        self.get("/api/health")
        self.ready = time.perf_counter() - begun
        self.ready_cpu = cpu(self.process.pid)
        self.token = self.unix("POST", "/api/devices/token", {"scopes": ["brief", "look", "administer"], "name": "bench"})["token"]

    def get(self, path: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        connection.getresponse().read()
        connection.close()

    def unix(self, method: str, path: str, body: object) -> dict[str, str]:
        from confrere.gateway.client import Client

        answer: dict[str, str] = Client(str(self.home / "gateway.sock")).ask(method, path, body)
        return answer

    def turn(self, model: str) -> float:
        body = json.dumps({"model": f"{model}/v1#scripted-1", "messages": [{"role": "user", "content": "say ping"}]})
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(
            "POST", "/v1/chat/completions", body, {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        )
        response = connection.getresponse()
        data = response.read()
        connection.close()
        if response.status != 200:
            raise SystemExit(data.decode())
        return time.perf_counter() - begun

    def at_once(self, model: str, count: int, each: int) -> float:
        """Wall seconds of ``count`` callers with ``each`` turns."""
        threads = [threading.Thread(target=lambda: [self.turn(model) for _ in range(each)]) for _ in range(count)]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - begun


def measure(turns: int) -> dict[str, float]:
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="confrere-bench-") as scratch:
        folder = Path(scratch)
        fast, slow = Model(folder, 0.0), Model(folder, 1.0)
        starts = []
        for number in range(3):
            home = folder / f"home{number}"
            home.mkdir(mode=0o700)
            gateway = Gateway(home)
            starts.append((gateway.ready, gateway.ready_cpu))
            if number < 2:
                gateway.process.send_signal(signal.SIGTERM)
                gateway.process.wait()
        pid = gateway.process.pid
        found["ready: wall s"], found["ready: CPU s"] = min(ready for ready, _ in starts), min(spent for _, spent in starts)
        time.sleep(2)
        found["idle: PSS MB"] = pss(pid)
        before = cpu(pid)
        time.sleep(5)
        found["idle: CPU %"] = (cpu(pid) - before) / 5 * 100
        found["first turn: wall ms"] = gateway.turn(fast.url) * 1000
        for _ in range(5):
            gateway.turn(fast.url)
        floor = statistics.median(fast.turn() for _ in range(turns))
        before = cpu(pid)
        found["turn: wall ms, less the model's"] = (statistics.median(gateway.turn(fast.url) for _ in range(turns)) - floor) * 1000
        time.sleep(0.5)
        found["turn: CPU ms"] = (cpu(pid) - before) / turns * 1000
        found["the model itself: wall ms"] = floor * 1000
        found["20 at once, model 0 s: turns/s"] = 20 * 10 / gateway.at_once(fast.url, 20, 10)
        found["20 at once, model 1 s: wall s (floor 1)"] = gateway.at_once(slow.url, 20, 1)
        time.sleep(1)
        found["after load: PSS MB"] = pss(pid)
        stream = socket.socket(socket.AF_UNIX)
        stream.connect(str(gateway.home / "gateway.sock"))
        stream.sendall(b"GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(1)
        before = cpu(pid)
        time.sleep(5)
        found["idle with a page open: CPU %"] = (cpu(pid) - before) / 5 * 100
        stream.close()
        gateway.process.send_signal(signal.SIGTERM)
        gateway.process.wait()
        for model in (fast, slow):
            model.process.terminate()
            model.process.wait()
    return found


def main() -> None:
    turns, as_json = asked(__doc__, "turns", 60)
    found = measure(turns)
    if as_json:
        print(json.dumps(found))
        return
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, Python {sys.version.split()[0]}")
    for name, value in found.items():
        print(f"{name:<44} {value:8.2f}")


if __name__ == "__main__":
    main()
