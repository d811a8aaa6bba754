"""The reading processes seen from their parent: started fast, asked one file at a time, killed when they hang, replaced when they die."""

from __future__ import annotations

import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec

from confrere.documents.model import Document
from confrere.documents.read.limits import Limits
from confrere.documents.read.wire import Answer, Question, pack

_GB = 1 << 30
MEMORY = {False: 3 * _GB, True: 6 * _GB}
_RESIDENT = {False: 700 << 20, True: 2 * _GB}
_ANSWER = 512 << 20
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SYSTEMROOT", "CONFRERE_OCR_THREADS")


class Killed(Exception):
    """The process was ended by ``kill``, not by what it read."""


class Worker:
    """One reading process, started at the first question. Used by one thread; ``kill`` may come from any."""

    def __init__(self, *, ocr: bool) -> None:
        self.ocr = ocr
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._stopped = False

    def ask(self, path: Path, name: str, *, record: bool, limits: Limits, languages: tuple[str, ...] = ()) -> Answer:
        """Have a file read. What goes wrong with the process is an answer too (``timeout``, ``crashed``). Raises Killed."""
        with self._lock:
            self._stopped = False
            process = self._process or self._start()
            self._process = process
        question = Question(path=os.fsencode(path), name=os.fsencode(name), record=record, ocr=self.ocr, limits=limits, languages=languages)
        seconds = (limits.ocr_seconds if self.ocr else limits.seconds) + 2
        try:
            data = self._exchange(process, msgspec.msgpack.encode(question), time.monotonic() + seconds)
            answer = msgspec.msgpack.decode(data, type=Answer)
        except TimeoutError:
            self.stop()
            return _failed("timeout")
        except (OSError, EOFError, msgspec.DecodeError):
            code = process.wait()
            self._close(process)
            if self._stopped:
                raise Killed from None
            return _failed("timeout" if -code in (signal.SIGALRM, signal.SIGXCPU) else "crashed")
        if answer.memory > _RESIDENT[self.ocr]:
            self.stop()
        return answer

    def kill(self) -> None:
        """End the process at once, whatever it does."""
        with self._lock:
            self._stopped = True
            if self._process is not None and self._process.poll() is None:
                self._process.kill()

    def stop(self) -> None:
        """End the process and take leave of it."""
        with self._lock:
            process = self._process
        if process is not None:
            process.kill()
            process.wait()
            self._close(process)

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {key: value for key, value in os.environ.items() if key in _KEPT or key.startswith("LC_")}
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        command = [sys.executable, "-P", "-m", "confrere.documents.read.child", str(MEMORY[self.ocr])]
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, start_new_session=True
        )

    def _exchange(self, process: subprocess.Popen[bytes], question: bytes, deadline: float) -> bytes:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(struct.pack("<I", len(question)) + question)
        process.stdin.flush()
        descriptor = process.stdout.fileno()
        size = struct.unpack("<I", _receive(descriptor, 4, deadline))[0]
        if size > _ANSWER:
            raise EOFError
        return _receive(descriptor, size, deadline)

    def _close(self, process: subprocess.Popen[bytes]) -> None:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    # Unsent bytes of a question to a process that is gone.
                    pass
        with self._lock:
            if self._process is process:
                self._process = None


def _receive(descriptor: int, size: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    while size:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            raise TimeoutError
        data = os.read(descriptor, min(size, 1 << 20))
        if not data:
            raise EOFError
        parts.append(data)
        size -= len(data)
    return b"".join(parts)


def _failed(code: str) -> Answer:
    return Answer(document=pack(Document(kind="unknown", error=code)), sound=False)
