"""What the back ends that cannot mount an overlay share: a mirror of each mount, a scratch folder and a home, and paths translated."""

from __future__ import annotations

import dataclasses
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from confrere.errors import Failed
from confrere.sandbox import keeper, resident
from confrere.sandbox.disk import DiskWatch
from confrere.sandbox.jail import sandbox_ids
from confrere.sandbox.mirror import Mirror
from confrere.sandbox.protocol import Claim, Command, Output, Result, Spec
from confrere.sandbox.session import Session

START_DEADLINE = 20.0


class Copies:
    """Made beside the first staging area (same file system), else in the temporary folder; ``owner`` gets it (root only)."""

    def __init__(self, spec: Spec, owner: tuple[int, int] | None) -> None:
        self.spec, self.owner = spec, owner
        self.folder = Path()
        self.mirrors: list[Mirror] = []

    def make(self) -> None:
        """Raises OSError, or Failed when the disk has no room."""
        self.folder = Path(tempfile.mkdtemp(prefix="confrere-box-"))
        for name in ("tmp", "home", "work"):
            (self.folder / name).mkdir(mode=0o700)
        if self.owner is not None:
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, *self.owner)
        for mount in self.spec.mounts:
            mirror = Mirror(mount, self.folder / "work" / mount.name, self.owner)
            self.mirrors.append(mirror)
            mirror.populate()

    def environment(self) -> dict[str, str]:
        places = {"HOME": "home", "TMPDIR": "tmp", "CONFRERE_WORK": "work"}
        return {name: str(self.folder / place) for name, place in places.items()}

    def writable(self) -> list[str]:
        granted = [mirror.place for mirror in self.mirrors if not mirror.mount.readonly]
        return [str(self.folder / "tmp"), str(self.folder / "home"), *granted]

    def readable(self) -> list[str]:
        return [str(self.folder / "work"), *(mirror.place for mirror in self.mirrors if mirror.mount.readonly)]

    def translate(self, command: Command) -> Command:
        """``/work`` and what is below it, in the working folder and at the beginning of an argument, becomes where the copy is."""
        work = str(self.folder / "work")

        def place(text: str) -> str:
            return work + text[5:] if text == "/work" or text.startswith("/work/") else text

        return dataclasses.replace(command, argv=[place(word) for word in command.argv], cwd=place(command.cwd))

    def collect(self) -> None:
        for mirror in self.mirrors:
            mirror.collect()

    def remove(self) -> None:
        if self.folder != Path():
            shutil.rmtree(self.folder, ignore_errors=True)


@dataclasses.dataclass
class Launch:
    """How a back end starts the agent: its command, whom it becomes (root only), and what is told to the agent beside the limits.

    ``stdio`` gives it the channel as standard input and output instead of as a numbered descriptor, and the environment ``own_env``.
    """

    argv: list[str]
    env: dict[str, str]
    owner: tuple[int, int] | None = None
    stdio: bool = False
    own_env: dict[str, str] = dataclasses.field(default_factory=dict)
    told: dict[str, Any] = dataclasses.field(default_factory=dict)


class CopyingSandbox:
    """What Landlock, containers and Seatbelt share: commands work in copies, folded back after each. No network.

    A subclass has ``name``, ``claim`` and ``launch``; ``translated`` False where the copies are shown at /work after all.
    """

    name: str
    claim: Claim
    translated = True

    def __init__(self) -> None:
        self.spec = Spec()
        self.session: Session | None = None
        self.copies: Copies | None = None

    def launch(self, copies: Copies, channel: str) -> Launch:
        raise NotImplementedError

    def accept(self, spec: Spec) -> None:
        """Raises Failed for what this back end cannot do."""
        if spec.allow:
            raise Failed("sandbox.no-network-list", name=self.name)

    def owner(self) -> tuple[int, int] | None:
        """Whom the copies belong to, when not to us."""
        return sandbox_ids() if os.geteuid() == 0 else None

    def start(self, spec: Spec, *, deadline: float = START_DEADLINE) -> None:
        self.close()
        self.accept(spec)
        self.spec = spec
        self.copies = Copies(spec, self.owner())
        ours, theirs = socket.socketpair()
        try:
            self.copies.make()
            launch = self.launch(self.copies, f"fd:{theirs.fileno()}")
            if launch.stdio:
                process = keeper.spawn(launch.argv, [], launch.owner, theirs.fileno(), launch.own_env)
            else:
                process = keeper.spawn(launch.argv, [theirs.fileno()], launch.owner)
            self.session = Session(process, ours, DiskWatch(spec))
            self.session.setup(spec.limits, {**launch.env, **spec.env}, time.monotonic() + deadline, **launch.told)
        except BaseException as error:
            ours.close()
            self.close()
            if isinstance(error, OSError):
                raise Failed("sandbox.not-started", why=str(error)) from error
            raise
        finally:
            theirs.close()

    def run(self, command: Command, on_output: Output | None = None) -> Result:
        if self.session is None or self.copies is None:
            raise Failed("sandbox.not-running")
        copies = self.copies
        try:
            return self.session.run(copies.translate(command) if self.translated else command, on_output)
        finally:
            if self.copies is copies:
                copies.collect()

    def cancel(self) -> None:
        if self.session is not None:
            self.session.cancel()

    def refresh(self) -> None:
        self.start(self.spec)

    def set_network(self, allow: Sequence[str]) -> None:
        if allow:
            raise Failed("sandbox.no-network-list", name=self.name)

    def close(self) -> None:
        if self.session is not None:
            self.session.close()
            self.session = None
        if self.copies is not None:
            self.copies.remove()
            self.copies = None


def agent_code() -> str:
    """The agent's text, given on a command line where the folder of our own package may be out of reach."""
    return Path(resident.__file__).read_text()
