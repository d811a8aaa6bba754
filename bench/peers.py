"""Confrère in a harness that measures other agents: the same fake model, the same requests, the same hour.

    python bench/peers.py HARNESS [confrere|PEER|table] [--stages gateway,oneshot] [--python PYTHON] [the harness's own options]

``HARNESS`` is a folder with ``run.py``, whose ``PEERS`` are classes that install, configure and start one product each, and ``lib.py``, which
measures them. This adds the class for Confrère, run by ``PYTHON`` (default: the one that runs this), and hands over. ``PEERS_DIR`` is the
harness's scratch folder.
"""

from __future__ import annotations

import http.client
import importlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

SCRATCH = Path(os.path.abspath(os.environ.get("PEERS_DIR", "/tmp/peers")))


def in_its_environment(harness: Path) -> None:
    """Run again in the harness's own virtual environment, where aiohttp and psutil are."""
    python = SCRATCH / "venv/bin/python"
    if Path(sys.prefix) == SCRATCH / "venv":
        return
    if "--python" not in sys.argv:
        sys.argv += ["--python", sys.executable]
    if not python.exists():
        subprocess.check_call([sys.executable, "-m", "venv", str(SCRATCH / "venv")])
        subprocess.check_call([str(python), "-m", "pip", "install", "-q", "aiohttp", "psutil"])
    os.execv(python, [str(python), os.path.abspath(__file__), *sys.argv[1:]])


class Socket(http.client.HTTPConnection):
    """The gateway's Unix socket: the owner's way in."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(str(self.path))


def peer(base: type, lib: Any, python: str) -> type:
    """The class of Confrère, as the harness wants one."""

    class Confrere(base):  # type: ignore[misc]
        name = "confrere"
        api_model = "confrere"
        token = ""

        def env(self) -> dict[str, str]:
            found: dict[str, str] = lib.clean_env(self.home, CONFRERE_LANG="en")
            if os.environ.get("PYTHONPATH"):
                found["PYTHONPATH"] = os.environ["PYTHONPATH"]
            return found

        def install(self) -> None:
            """Nothing: it is measured where it is."""

        def code_dir(self) -> str:
            return subprocess.check_output([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True).strip()

        def count_packages(self) -> int:
            program = "import importlib.metadata as m; print(len({d.name for d in m.distributions()}))"
            return int(subprocess.check_output([python, "-c", program], text=True))

        def version(self) -> str:
            return subprocess.check_output([python, "-m", "confrere", "--version"], text=True).strip()

        @property
        def state(self) -> Path:
            return Path(self.home, ".local/state/confrere")

        def configure(self, address: str) -> None:
            self.state.mkdir(parents=True, mode=0o700)
            (self.state / "settings.toml").write_text(f"model = {json.dumps(f'{address}#fake-model')}\n", "utf-8")

        def oneshot(self, text: str) -> list[str]:
            return [python, "-m", "confrere", "ask", text]

        def gateway(self) -> list[str]:
            return [python, "-m", "confrere", "up", "--no-browser", "--port", str(self.port)]

        def ready_url(self) -> str:
            return f"http://127.0.0.1:{self.port}/api/health"

        async def open(self, http: Any) -> None:
            line = Socket(self.state / "gateway.sock")
            body = json.dumps({"scopes": ["look", "brief"], "name": "bench"})
            line.request("POST", "/api/devices/token", body, {"content-type": "application/json"})
            self.token = json.loads(line.getresponse().read())["token"]
            line.close()

        async def turn(self, http: Any, session: str, text: str) -> str:
            messages = [{"role": "user", "content": text}]
            answer: str = await self.chat(http, {"Authorization": f"Bearer {self.token}"}, {"model": self.api_model, "messages": messages})
            return answer

        def cheap_tools(self) -> dict[str, Any]:
            return {}  # a question without a folder has no tools

        def probes(self, key: str, victim: str, outside: str) -> dict[str, Any]:
            return {}

    return Confrere


def main() -> None:
    if len(sys.argv) < 2 or not Path(sys.argv[1], "run.py").is_file():
        raise SystemExit(__doc__)
    harness = Path(sys.argv[1]).resolve()
    in_its_environment(harness)
    del sys.argv[1]
    python = sys.executable
    if "--python" in sys.argv:
        place = sys.argv.index("--python")
        python = sys.argv[place + 1]
        del sys.argv[place : place + 2]
    sys.path.insert(0, str(harness))
    run = importlib.import_module("run")
    lib = importlib.import_module("lib")
    run.PEERS["confrere"] = peer(run.Peer, lib, python)
    if len(sys.argv) == 1:
        sys.argv.append("confrere")
    run.main()


if __name__ == "__main__":
    main()
