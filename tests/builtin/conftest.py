"""The office folder of ``tests/office`` and a loop in small: the model's calls carried out on a real view."""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from confrere.documents.library import Library
from confrere.models.builtin import BuiltinModel
from confrere.models.messages import Message, Turn
from confrere.policy.plan import Plan
from confrere.tools.office import TOOLS

_spec = importlib.util.spec_from_file_location("office_folder", Path(__file__).parents[1] / "office" / "office_folder.py")
assert _spec is not None and _spec.loader is not None
_office = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_office)

TOOL = {tool.name: tool for tool in TOOLS}
SAMPLES = Path(__file__).parents[2] / "samples" / "clients"


class Talk:
    """One task with the builtin model: what was said, the plan in force, the calls made."""

    def __init__(self, office: Any, brief: str) -> None:
        self.office, self.brief = office, brief
        self.messages = [Message(role="user", text=brief)]
        self.plan: Plan | None = None
        self.calls: list[str] = []
        self.doubts: list[str] = []
        self.text = ""

    def _turn(self, phase: str, messages: list[Message]) -> Message:
        turn = Turn(
            task="261121-test", phase=phase, messages=messages, tools=[], brief=self.brief, roots=[self.office.root], plan=self.plan
        )
        return asyncio.run(BuiltinModel().reply(turn)).message

    def propose(self, remark: str = "") -> Talk:
        """Let the model look and propose (or answer); then a remark on it, where one is given."""
        if remark:
            self.messages.append(Message(role="user", text=remark))
        while True:
            message = self._turn("plan", self.messages)
            self.messages.append(message)
            if not message.calls:
                self.text = message.text
                return self
            (call,) = message.calls
            if call.tool == "propose_plan":
                self.plan = msgspec.convert(call.args, Plan)
                self.messages.append(Message(role="tool", call_id=call.id, tool=call.tool, text="The person sees the plan."))
                return self
            self.messages.append(self._run(call))

    def work(self, messages: list[Message] | None = None) -> list[Message]:
        """Carry the plan out; returns the conversation of the work."""
        messages = list(messages or [])
        while True:
            message = self._turn("work", messages)
            messages.append(message)
            if not message.calls:
                self.text = message.text
                return messages
            messages.append(self._run(message.calls[0]))

    def _run(self, call: Any) -> Message:
        self.calls.append(call.tool)
        tool = TOOL[call.tool]
        result = tool.run(msgspec.convert(call.args, tool.Args), self.office.context(call.id))
        self.doubts += result.doubts
        return Message(role="tool", call_id=call.id, tool=call.tool, text=result.text, failed=result.failed)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("cache")) as made:
        yield made


@pytest.fixture
def talk(tmp_path: Path, library: Library) -> Callable[..., Talk]:
    """A talk about a folder: given files, else the sample folder without its pictures and scan (their OCR takes long)."""

    def make(brief: str, files: dict[str, bytes] | None = None) -> Talk:
        folder = tmp_path / "Clients"
        if files is None:
            shutil.copytree(SAMPLES, folder, ignore=shutil.ignore_patterns("*.jpg", "*.JPG", "*.png", "Scan_*"))
        else:
            for name, data in files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(data)
            folder.mkdir(exist_ok=True)
        return Talk(_office.Office(folder, tmp_path / "state", library), brief)

    return make
