"""The Linux default: bubblewrap with every namespace, a system call filter, an overlay of each granted folder, and the resident agent."""

from __future__ import annotations

import marshal
import socket
import time
from collections.abc import Sequence
from functools import cache
from importlib.abc import InspectLoader
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import TYPE_CHECKING

from confrere.errors import Failed
from confrere.sandbox import keeper, resident, seccomp
from confrere.sandbox.disk import DiskWatch
from confrere.sandbox.jail import HOME, Plan, order, release
from confrere.sandbox.probing import try_out
from confrere.sandbox.protocol import Claim, Command, Output, Probe, Result, Spec
from confrere.sandbox.python import VENV, here
from confrere.sandbox.session import Session

if TYPE_CHECKING:
    from confrere.sandbox.network import Network

AGENT = "/run/agent.pyc"
START_DEADLINE = 15.0


@cache
def compiled_agent() -> bytes:
    """The agent as this Python's own bytecode: compiling it anew at each start would take longer than all the rest of the start."""
    spec = resident.__spec__
    code = spec.loader.get_code(resident.__name__) if spec is not None and isinstance(spec.loader, InspectLoader) else None
    if code is None:
        code = compile(Path(resident.__file__).read_text(), AGENT, "exec")
    return MAGIC_NUMBER + bytes(12) + marshal.dumps(code)


class Bubblewrap:
    """See ``protocol.Sandbox``."""

    name = "bubblewrap"
    claim = Claim("sandbox.bubblewrap-isolates", "sandbox.bubblewrap-not")

    def __init__(self) -> None:
        self.spec = Spec()
        self.session: Session | None = None
        self.network: Network | None = None

    def probe(self, deadline: float) -> Probe:
        return try_out(Bubblewrap(), deadline)

    def start(self, spec: Spec, *, deadline: float = START_DEADLINE) -> None:
        self.close()
        self.spec = spec
        ours, theirs = socket.socketpair()
        plan: Plan | None = None
        try:
            agent = compiled_agent()
            tail = [here().interpreter, "-I", "-S", AGENT, f"fd:{theirs.fileno()}"]
            argv, plan = order(spec, tail, data=[(agent, AGENT)])
            process = keeper.spawn(argv, [*plan.fds, theirs.fileno()])
        except OSError as error:
            ours.close()
            raise Failed("sandbox.not-started", why=str(error)) from error
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
            if plan is not None:
                plan.close()
        session = Session(process, ours, DiskWatch(spec))
        try:
            session.setup(
                spec.limits,
                self.environment(spec),
                time.monotonic() + deadline,
                filters=[seccomp.strict().hex()] if spec.profile == "strict" else [],
                sizes=["/tmp", HOME, "/dev/shm"],
            )
        except BaseException:
            session.close()
            raise
        self.session = session
        if spec.allow:
            try:
                self.set_network(spec.allow)
            except BaseException:
                self.close()  # nothing stays behind that nobody has
                raise

    @staticmethod
    def environment(spec: Spec) -> dict[str, str]:
        path = f"{VENV}/bin:/usr/local/bin:/usr/bin:/bin"
        own = {"PATH": path, "HOME": HOME, "USER": "user", "LANG": "C.UTF-8", "TMPDIR": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"}
        return {**own, **here().env, **spec.env}

    def live(self) -> Session:
        if self.session is None:
            raise Failed("sandbox.not-running")
        return self.session

    def run(self, command: Command, on_output: Output | None = None) -> Result:
        session = self.live()
        if self.network is not None:
            command = self.network.equip(command)
        return session.run(command, on_output)

    def cancel(self) -> None:
        if self.session is not None:
            self.session.cancel()

    def refresh(self) -> None:
        self.start(self.spec)

    def set_network(self, allow: Sequence[str]) -> None:
        session = self.live()
        if self.network is None:
            if not allow:
                return
            from confrere.sandbox.network import Network  # with it comes asyncio, which most tasks never need

            self.network = Network(
                session.listener(time.monotonic() + START_DEADLINE), self.spec.decide, self.spec.record, stands=self.spec.stands
            )
        self.network.allow(allow)

    def close(self) -> None:
        if self.network is not None:
            self.network.close()
            self.network = None
        if self.session is not None:
            self.session.close()
            self.session = None
            release(self.spec)
