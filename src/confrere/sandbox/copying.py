"""The folders of a sandbox that works in copies: one mirror for each mount, a scratch folder and a home, and paths translated."""

from __future__ import annotations

import dataclasses
import os
import shutil
import tempfile
from pathlib import Path

from confrere.sandbox.mirror import Mirror
from confrere.sandbox.protocol import Command, Spec


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
