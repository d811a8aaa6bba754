"""The command line's way to a running gateway: HTTP over its Unix socket. No credential but being the same user."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any

from confrere.config import Home
from confrere.errors import ConfrereError, Failed


class Answered(ConfrereError):
    """The gateway refused; the sentence is its own."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("code", ""), **problem.get("data", {}))
        self.problem = problem
        self.status = {403: 4, 409: 3}.get(problem.get("status", 500), 2 if problem.get("status", 500) < 500 else 1)

    def sentence(self, language: str) -> str:
        return str(self.problem.get("sentences", {}).get(language) or self.problem.get("detail", ""))


class _Unix(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Client:
    """A running gateway."""

    def __init__(self, path: str, timeout: float = 600.0) -> None:
        self._path, self._timeout = path, timeout

    @classmethod
    def find(cls, home: Home) -> Client | None:
        """The gateway of this state folder, when one answers."""
        path = home.path / "gateway.sock"
        probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            probe.settimeout(0.5)
            probe.connect(str(path))
        except OSError:
            return None
        finally:
            probe.close()
        return cls(str(path))

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request; returns the answer's JSON. Raises Answered where the gateway refuses, Failed where it does not answer."""
        connection = _Unix(self._path, self._timeout)
        try:
            headers = {"content-type": "application/json"} if body is not None else {}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Failed("gateway.no-answer", reason=str(error)) from None
        finally:
            connection.close()
        value = json.loads(data) if data else {}
        if response.status >= 400:
            raise Answered({**value, "status": response.status})
        return value

    def answer(self, brief: str, model: str = "") -> Iterator[str]:
        """One question without a folder, answered through the gateway, in pieces as they come. Raises as ``ask``; leaving it stops the task."""
        body = {"model": model or "confrere", "messages": [{"role": "user", "content": brief}], "stream": True}
        connection = _Unix(self._path, self._timeout)
        try:
            connection.request("POST", "/v1/chat/completions", json.dumps(body), {"content-type": "application/json"})
            response = connection.getresponse()
            if response.status >= 400:
                raise Answered({**json.loads(response.read() or b"{}"), "status": response.status})
            for line in response:
                if not line.startswith(b"data: {"):
                    continue
                chunk = json.loads(line[6:])
                if "error" in chunk:
                    raise Answered({**chunk["error"], "detail": chunk["error"]["message"]})
                yield chunk["choices"][0]["delta"].get("content") or "" if chunk["choices"] else ""
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Failed("gateway.no-answer", reason=str(error)) from None
        finally:
            connection.close()
