"""Folders for a sandbox, and a place outside them with secrets that must stay unseen."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from confrere.sandbox.bubblewrap import Bubblewrap
from confrere.sandbox.protocol import Command, Mount, Result, Spec

ORDINARY = 61234
ROOT = Path(__file__).parents[2]
AS_USER = Path(__file__).with_name("ordinary.py")


def as_ordinary_user(*argv: str) -> list[str]:
    """``argv``, run as an ordinary user who can reach this Python and this project; as it is when we are one already."""
    if os.geteuid() != 0:
        return list(argv)
    return [sys.executable, str(AS_USER), str(ORDINARY), sys.base_prefix, str(ROOT), sys.prefix, "--", *argv]


@dataclass
class Place:
    """A granted folder with its staging area, and a folder that was not granted."""

    folder: Path

    @property
    def lower(self) -> Path:
        return self.folder / "granted"

    @property
    def upper(self) -> Path:
        return self.folder / "stage" / "upper"

    @property
    def outside(self) -> Path:
        return self.folder / "outside"

    def mount(self, name: str = "Folder", readonly: bool = False) -> Mount:
        return Mount(name, self.lower, self.upper, self.folder / "stage" / "work", readonly)


@pytest.fixture
def place() -> Iterator[Place]:
    folder = Path(tempfile.mkdtemp(prefix="confrere-sandbox-"))
    made = Place(folder)
    for path in (made.lower, made.upper, folder / "stage" / "work", made.outside):
        path.mkdir(parents=True)
    yield made
    shutil.rmtree(folder)


@pytest.fixture
def box(place: Place) -> Iterator[Bubblewrap]:
    sandbox = Bubblewrap()
    sandbox.start(Spec([place.mount()]))
    yield sandbox
    sandbox.close()


def shell(sandbox: Bubblewrap, script: str, **options: float) -> Result:
    return sandbox.run(Command(["/bin/sh", "-c", script], cwd="/work", timeout=options.get("timeout", 30.0)))
