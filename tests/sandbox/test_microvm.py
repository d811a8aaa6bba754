"""The virtual machine: same contract. Its image is made once, see ``machine``."""

from __future__ import annotations

import gzip
import lzma
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from confrere.errors import Failed
from confrere.sandbox.image import Image, archive, uncompressed
from confrere.sandbox.microvm import MicroVM
from confrere.sandbox.protocol import Command, Spec

from .conftest import Place
from .machine import image as machine_image
from .test_proxy import FETCH, Told, pinned_lookup, server

__all__ = ["server"]


@pytest.fixture(scope="module")
def image() -> Image:
    return machine_image()


@pytest.fixture
def machine(image: Image, place: Place) -> Iterator[MicroVM]:
    sandbox = MicroVM(image)
    sandbox.start(Spec([place.mount()]))
    yield sandbox
    sandbox.close()


def test_a_missing_image_is_said() -> None:
    machine = MicroVM(Image(Path("/nonexistent")))
    assert machine.probe(5).reason in ("sandbox.vm-no-image", "sandbox.vm-no-qemu")
    with pytest.raises(Failed):
        machine.start(Spec())


def test_the_kernel_is_found_in_what_a_distribution_ships() -> None:
    kernel = b"\x7fELF" + bytes(range(256)) * 50
    for packed in (lzma.compress(kernel), gzip.compress(kernel)):
        assert uncompressed(b"setup code \xfd7zXZ\x00 false start" + packed + b"trailing") == kernel
    with pytest.raises(Failed):
        uncompressed(b"no kernel here")


def test_the_archive_is_what_cpio_reads() -> None:
    made = archive({"dir": (stat.S_IFDIR | 0o755, b""), "dir/file": (stat.S_IFREG | 0o644, b"12345")})
    assert made.startswith(b"070701") and made.count(b"070701") == 3
    names, place = [], 0
    while place < len(made):
        fields = [int(made[place + 6 + 8 * n : place + 14 + 8 * n], 16) for n in range(13)]
        name = made[place + 110 : place + 110 + fields[11] - 1]
        start = place + 110 + fields[11] + (-(110 + fields[11]) % 4)
        names.append((name, fields[1], made[start : start + fields[6]]))
        place = start + fields[6] + (-fields[6] % 4)
    assert names == [(b"dir", 0o40755, b""), (b"dir/file", 0o100644, b"12345"), (b"TRAILER!!!", 0, b"")]


def test_changes_land_in_the_upper_layer_only(machine: MicroVM, place: Place) -> None:
    (place.lower / "kept").write_text("old")
    (place.lower / "gone").write_text("old")
    machine.refresh()
    done = machine.run(
        Command(["sh", "-c", "uname -r; id -u; cat kept; echo new >> kept; rm gone; mkdir d; echo x > d/f"], cwd="/work/Folder")
    )
    assert done.rc == 0, done.text
    assert done.out.split()[1:] == [b"1000", b"old"] and done.out.split()[0].decode() != os.uname().release
    assert (place.lower / "kept").read_text() == "old" and (place.upper / "kept").read_text() == "oldnew\n"
    assert stat.S_ISCHR((place.upper / "gone").lstat().st_mode) and (place.upper / "d" / "f").exists()


def test_a_read_only_grant_cannot_be_written(image: Image, place: Place) -> None:
    (place.lower / "a").write_text("a")
    sandbox = MicroVM(image)
    sandbox.start(Spec([place.mount(readonly=True)]))
    try:
        done = sandbox.run(Command(["sh", "-c", "cat a; echo x > a; echo y > b"], cwd="/work/Folder"))
        assert done.out == b"a" and b"Read-only" in done.err
    finally:
        sandbox.close()


def test_it_wakes_at_the_right_time_with_its_own_random_numbers(image: Image) -> None:
    seen = set()
    for _ in range(2):
        sandbox = MicroVM(image)
        sandbox.start(Spec())
        try:
            out = sandbox.run(Command(["sh", "-c", "date +%s; head -c 16 /dev/urandom | od -An -tx1"], cwd="/")).out.decode().split("\n")
            assert abs(int(out[0]) - time.time()) < 30
            seen.add(out[1])
        finally:
            sandbox.close()
    assert len(seen) == 2


def test_the_first_command_comes_within_seconds_even_in_emulation(image: Image, place: Place) -> None:
    """From the picture of its memory; the figure is of ``bench/sandbox.py``, and this only keeps it from booting anew."""
    began = time.monotonic()
    sandbox = MicroVM(image)
    sandbox.start(Spec([place.mount()]))
    try:
        assert sandbox.run(Command(["true"], cwd="/")).rc == 0
        assert time.monotonic() - began < 20
    finally:
        sandbox.close()


def test_timeouts_orphans_and_the_end(machine: MicroVM) -> None:
    assert machine.run(Command(["sh", "-c", "setsid sleep 100 & exit 3"], timeout=20)).rc == 3
    assert machine.run(Command(["sh", "-c", "sleep 100"], timeout=1)).timed_out
    assert machine.run(Command(["pgrep", "sleep"])).out == b""
    began = time.monotonic()
    machine.close()
    assert time.monotonic() - began < 1


def test_the_network_is_the_list_and_goes_by_the_relay(image: Image, place: Place, server: int) -> None:
    told = Told()
    sandbox = MicroVM(image)
    sandbox.start(Spec([place.mount()], allow=[f"ok.test:{server}"], record=told))
    try:
        assert sandbox.network is not None
        sandbox.network.proxy.lookup, sandbox.network.proxy.permitted = pinned_lookup, lambda _: True
        fetch = Command(["python3", "-c", FETCH, f"http://ok.test:{server}/in", f"http://no.test:{server}/"], timeout=120)
        for _ in range(2):  # the relay outlives a command
            lines = sandbox.run(fetch).out.decode().splitlines()
            assert lines == [f"GET /in ok.test:{server} b''", "403 confrere: not listed"]
        assert told.outcomes == ["allowed", "not listed"] * 2
        sandbox.set_network([])
        assert sandbox.run(fetch).out.decode().splitlines() == ["403 confrere: not listed"] * 2
        direct = Command(["python3", "-c", f"import socket; socket.create_connection(('127.0.0.1', {server}), 2)"], timeout=60)
        assert b"ConnectionRefused" in sandbox.run(direct).err
    finally:
        sandbox.close()


def test_the_document_libraries_are_there(machine: MicroVM) -> None:
    if not (machine.image.system() or ("", False))[1]:
        pytest.skip("the image of the tests has no document libraries; one that CONFRERE_TEST_VM names does")
    done = machine.run(Command(["python3", "-c", "import docx; print('ok')"], timeout=240))
    assert done.out == b"ok\n", done.text
