"""A one-shot answer from a local server: what the whole process costs."""

from __future__ import annotations

import subprocess
import sys

from tests.scripted_model import ScriptedModel

ONE_SHOT = """
import asyncio, resource, sys
from confrere.models.catalogue import choose
from confrere.models.messages import Message, Turn
model = choose(sys.argv[1])
turn = Turn(task="t", phase="answer", messages=[Message(role="user", text="Bonjour")], tools=[])
reply = asyncio.run(model.reply(turn, lambda text: None))
used = resource.getrusage(resource.RUSAGE_SELF)
with open("/proc/self/status") as status:  # ru_maxrss would count what the parent was before exec
    peak = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
print(used.ru_utime + used.ru_stime, peak, reply.message.text)
"""


def test_under_half_a_second_and_sixty_megabytes() -> None:
    with ScriptedModel() as server:
        runs = []
        for _ in range(3):
            server.script(["Bonjour à vous"])
            done = subprocess.run(
                [sys.executable, "-c", ONE_SHOT, f"{server.url}/v1#scripted-1"], capture_output=True, text=True, check=True
            )
            seconds, megabytes, text = done.stdout.strip().split(" ", 2)
            assert text == "Bonjour à vous"
            runs.append((float(seconds), float(megabytes)))
    assert min(seconds for seconds, _ in runs) < 0.5
    assert max(megabytes for _, megabytes in runs) < 60
