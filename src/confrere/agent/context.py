"""What a running tool is handed, and how a stop reaches it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from confrere.agent.task import TaskState
from confrere.errors import Stopped

if TYPE_CHECKING:
    from confrere.agent.services import Services
    from confrere.documents.library import Library
    from confrere.policy.judge import EngineJudge
    from confrere.sandbox.protocol import Passage, Request, Sandbox
    from confrere.workspace.view import View

T = TypeVar("T")
Emit = Callable[[str, dict[str, Any]], Any]
_PATH = 500  # characters of a request's path that the journal keeps
MAX_REQUESTS = 2000  # that one command may make of the network, let through or not: the journal keeps each


class StopFlag:
    """Set once, from any thread; looked at wherever work goes on for long."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._action: Callable[[], None] | None = None

    def set(self) -> None:
        self._event.set()
        if self._action is not None:
            self._action()

    def on_set(self, action: Callable[[], None] | None) -> None:
        """Call this when a stop comes; None for nothing."""
        self._action = action

    def __bool__(self) -> bool:
        return self._event.is_set()

    def check(self, task: str) -> None:
        if self._event.is_set():
            raise Stopped("core.stopped", task=task)


class CallContext:
    """See ``tools.base.Context``."""

    def __init__(
        self,
        services: Services,
        state: TaskState,
        view: View,
        judge: EngineJudge,
        emit: Emit,
        listen: Callable[[str, dict[str, Any]], None],
        stop: StopFlag,
        refresh: Callable[[], None] = lambda: None,
    ) -> None:
        self.task = state.id
        self.language = state.language
        self.view = view
        self.step = ""
        self.call = ""
        self._judge = judge
        self._services = services
        self._state = state
        self._emit = emit
        self._listen = listen
        self._stop = stop
        self._refresh = refresh
        self._told = 0.0
        self._sandbox: Sandbox | None = None
        self._online = False
        self._requests = 0
        self._asked = threading.Lock()  # requests are decided in the proxy's threads, several at once

    @property
    def library(self) -> Library:
        return self._services.library

    def enter(self, step: str, call: str) -> None:
        """From here on, what is done belongs to this step and call."""
        self.step, self.call = step, call
        self.view.working(step, call)
        self._told = 0.0
        self._requests = 0

    def sandbox(self, work: Callable[[Sandbox], T]) -> T:
        from confrere.sandbox.inspect import scan_upper

        self.view.materialise()
        sandbox = self._started(self._judge.hosts(self.call))
        self._stop.on_set(sandbox.cancel)
        try:
            return work(sandbox)
        finally:
            self._stop.on_set(None)
            for tree in self.view.trees.values():
                for finding in scan_upper(Path(tree.upper)):
                    body = {"call": self.call, "path": finding.path, "problem": finding.problem, "removed": finding.removed}
                    self._emit("sandbox.found", body)
            self.view.adopt(self.step, self.call)
            self._stop.check(self.task)

    def _started(self, hosts: list[str]) -> Sandbox:
        """The sandbox on the view as it is now, with a way to these hosts alone. Raises Failed where it cannot give one."""
        from confrere.sandbox.protocol import Mount, Spec

        sandbox = self._sandbox
        if sandbox is not None and not hosts and not self._online:
            sandbox.refresh()
            return sandbox
        if sandbox is not None:  # another list: nothing of the one before stays, not even what it began
            sandbox.close()
        sandbox, self._sandbox = self._services.sandbox(), None
        mounts = [
            Mount(name, Path(tree.root.path), Path(tree.upper), Path(tree.work))
            if not tree.root.readonly
            else Mount(name, Path(tree.root.path), readonly=True)
            for name, tree in self.view.trees.items()
        ]
        sandbox.start(Spec(mounts=mounts, allow=hosts, decide=self._decide, record=self._reached, stands=self._stands))
        self._sandbox, self._online = sandbox, bool(hosts)
        return sandbox

    def _decide(self, request: Request) -> Passage:
        """The policy's word on one request of the running command. Raises Denied with the reason that the journal keeps."""
        from confrere.policy.requests import Outgoing
        from confrere.sandbox.protocol import Denied

        outgoing = Outgoing(
            host=request.host, port=request.port, method=request.method, path=request.path, size=request.size, headers=request.headers
        )
        with self._asked:
            if self._requests >= MAX_REQUESTS:
                raise Denied("too many")
            self._refresh()  # what is taken back while a command runs counts for its next request
            found = self._judge.passage(self.call, outgoing, lambda text: self._services.redactor.redact(text).clean)
        if found.verdict == "refused":
            raise Denied(found.why)
        return found.verdict

    def _stands(self, request: Request, passed: Passage) -> bool:
        """Whether a request of the running command that is open may go on."""
        with self._asked:
            self._refresh()
            return self._judge.stands(self.call, request.host, passed)

    def _reached(self, request: Request, outcome: str) -> None:
        """Every request is in the journal, let through or not (of too many, those refused once); what looks like a secret in it is not."""
        redact = self._services.redactor.redact
        with self._asked:
            self._requests += 1
            if outcome != "allowed" and self._requests > MAX_REQUESTS + 1:
                return
            body = {
                "call": self.call,
                "host": redact(request.host).text,
                "port": request.port,
                "method": redact(request.method).text[:_PATH],
            }
            self._emit("network.request", {**body, "path": redact(request.path).text[:_PATH], "size": request.size, "outcome": outcome})

    def close(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None

    def progress(self, done: int, total: int, what: str) -> None:
        self._stop.check(self.task)
        now = time.monotonic()
        if now - self._told >= 0.05 or done == total:
            self._told = now
            self._listen("progress", {"step": self.step, "call": self.call, "done": done, "total": total, "what": what})

    def memo(self, name: str, compute: Callable[[], Any]) -> Any:
        memos = self._state.calls[self.call].memos
        if name not in memos:
            self._emit("call.memo", {"call": self.call, "name": name, "value": compute()})
        return self._state.calls[self.call].memos[name]
