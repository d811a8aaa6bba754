"""The control channel holds against anything the other end may send: bounded memory, one kind of error, no hang."""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confrere.errors import ConfrereError, Failed
from confrere.sandbox import resident
from confrere.sandbox.protocol import Command, Limits, Result
from confrere.sandbox.resident import Broken, Splitter, answer, frame, order, read_order
from confrere.sandbox.session import Session, read_answer


def pack(head: Any, data: bytes = b"") -> bytes:
    """A frame with any JSON at all, as a lying agent may send it."""
    return frame(json.dumps(head).encode(), data)


def test_an_answer_is_json_whatever_is_said() -> None:
    said = answer({"is": "error", "what": 'a"b\\c\né', "rc": -9, "orphans": 0, "seconds": 0.5, "timed_out": True})
    assert read_answer(said[8:]) == {"is": "error", "what": "a?b?c??", "rc": -9, "orphans": 0, "seconds": 0.5, "timed_out": True}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.lists(st.tuples(st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=3), st.binary(max_size=50)), max_size=5),
    st.data(),
)
def test_frames_come_out_as_they_went_in_however_they_are_cut(frames: list[tuple[dict[str, Any], bytes]], data: st.DataObject) -> None:
    stream = b"".join(order(head, body) for head, body in frames)
    splitter, out = Splitter(read_order), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        out += splitter.feed(stream[:size])
        stream = stream[size:]
    assert out == frames


@given(st.binary(max_size=300))
def test_no_bytes_break_the_splitter_otherwise(data: bytes) -> None:
    try:
        frames = Splitter(read_answer, 64, 64).feed(data)
    except Broken:
        return
    assert all(isinstance(head, dict) and len(body) <= 64 for head, body in frames)


def test_a_large_frame_is_refused_before_it_is_kept() -> None:
    splitter = Splitter(read_answer, 1000, 1000)
    with pytest.raises(Broken):
        splitter.feed(struct.pack(">II", 10, 1 << 31))
    with pytest.raises(Broken):
        Splitter(read_answer).feed(pack({}) + struct.pack(">II", 0xFFFFFFFF, 0))
    deep = b"[" * 100_000
    with pytest.raises(Broken):
        Splitter(read_answer).feed(struct.pack(">II", len(deep), 0) + deep)


def against(sent: bytes, wall: float = 2.0) -> Result:
    """What a session makes of an agent that answers a command with ``sent`` and hangs up."""
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(["true"], stderr=subprocess.PIPE)
    session = Session(process, ours)
    session.limits = Limits(output=1000, wall=wall)

    def answer() -> None:
        theirs.recv(1 << 16)
        try:
            theirs.sendall(sent)
        except OSError:
            pass
        theirs.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        return session.run(Command(["true"]), None)
    finally:
        session.close()
        thread.join()


END = {"is": "end", "rc": 0, "truncated": 0, "orphans": 0, "timed_out": False, "over": ""}


@settings(max_examples=40, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.dictionaries(st.sampled_from(["is", "rc", "fd", "truncated", "orphans", "over"]), JSON, max_size=5).map(pack),
        st.dictionaries(st.sampled_from(["rc", "truncated", "orphans", "over", "timed_out"]), JSON, max_size=4).map(
            lambda some: pack({**END, **some})
        ),
        st.binary(max_size=50).map(lambda body: pack({"is": "out", "fd": 1}, body) + pack({"is": "out", "fd": 3}, body)),
    )
)
def test_a_lying_agent_gets_a_result_or_one_sentence(sent: bytes) -> None:
    try:
        result = against(sent)
    except ConfrereError as error:
        assert error.sentence("fr") and error.sentence("en")
    else:
        assert type(result.rc) is int and type(result.orphans) is int


def test_output_is_capped_on_the_host_too() -> None:
    flood = b"".join(pack({"is": "out", "fd": 1}, b"x" * 60_000) for _ in range(20))
    assert len(against(flood + pack(END)).out) == 1000


def test_descriptors_that_nobody_asked_for_are_closed() -> None:
    ours, theirs = socket.socketpair()
    session = Session(subprocess.Popen(["sleep", "30"], stderr=subprocess.PIPE), ours)
    before = len(os.listdir("/proc/self/fd"))
    with open("/dev/null") as null:
        socket.send_fds(theirs, [pack({"is": "out", "fd": 1})], [null.fileno()] * 4)
    session.receive(time.monotonic() + 2)
    session.close()
    theirs.close()
    assert len(os.listdir("/proc/self/fd")) < before


def test_a_silent_agent_does_not_hang_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("confrere.sandbox.session.GRACE", 0.2)
    ours, theirs = socket.socketpair()
    session = Session(subprocess.Popen(["sleep", "30"], stderr=subprocess.PIPE), ours)
    began = time.monotonic()
    with pytest.raises(Failed):
        session.run(Command(["true"], timeout=0.3), None)
    assert time.monotonic() - began < 3
    theirs.close()


@pytest.mark.parametrize("sent", [b"", b"\xff" * 100, order({"op": "nonsense"}), order({"op": "exit"}), struct.pack(">II", 3, 0) + b"[1]"])
def test_the_agent_ends_quietly_on_nonsense(sent: bytes) -> None:
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", resident.__file__, f"fd:{theirs.fileno()}"], pass_fds=[theirs.fileno()], stderr=subprocess.PIPE
    )
    theirs.close()
    greeting = ours.recv(1000)
    assert json.loads(greeting[8:])["is"] == "ready"
    ours.sendall(sent)
    ours.shutdown(socket.SHUT_WR)
    _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (0, b"")
    ours.close()
