"""Whether a back end works here: start it, run something whose outcome is known, time it."""

from __future__ import annotations

import time
from typing import Protocol

from confrere.errors import ConfrereError
from confrere.sandbox.protocol import Command, Output, Probe, Result, Spec

SEVEN = Command(["/bin/sh", "-c", "exit 7"], cwd="/", timeout=20)


class Startable(Protocol):
    def start(self, spec: Spec, *, deadline: float = ...) -> None: ...

    def run(self, command: Command, on_output: Output | None = None) -> Result: ...

    def close(self) -> None: ...


def try_out(sandbox: Startable, deadline: float, command: Command = SEVEN) -> Probe:
    """``command`` must end with status 7. Never raises for what does not work; ``sandbox`` is closed."""
    began = time.monotonic()
    try:
        sandbox.start(Spec(), deadline=deadline)
        started = time.monotonic() - began
        done = sandbox.run(command)
        if done.rc == 7:
            return Probe(True, start_seconds=started)
        return Probe(False, "sandbox.probe-failed", {"why": done.text[:300].strip() or str(done.rc)})
    except ConfrereError as error:
        return Probe(False, error.key, {name: str(value) for name, value in error.data.items()})
    except OSError as error:
        return Probe(False, "sandbox.probe-failed", {"why": str(error)})
    finally:
        sandbox.close()
