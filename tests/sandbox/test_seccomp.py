"""The filters decide what they say, on both architectures: through a small interpreter of classic BPF, and against the kernel's numbers."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from confrere.sandbox import seccomp

ALLOW, KILL = 0x7FFF0000, 0x80000000
X86, ARM = "x86_64", "aarch64"


def decide(program: bytes, architecture: str, number: int, *arguments: int) -> int:
    """What the kernel would answer: an errno, 0 for allow, -1 for kill."""
    args = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<IIQ6Q", number, seccomp.ARCHITECTURES.get(architecture, 0x40000003), 0, *args)
    code = list(struct.iter_unpack("<HBBI", program))
    place = accumulator = 0
    while True:
        op, yes, no, value = code[place]
        place += 1
        if op == 0x20:
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif op == 0x05:
            place += value
        elif op == 0x54:
            accumulator &= value
        elif op == 0x06:
            return 0 if value == ALLOW else -1 if value == KILL else value & 0xFFFF
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[op]
            place += yes if holds else no


def number(table: dict[str, tuple[int | None, int | None]], name: str, architecture: str) -> int:
    found = table[name][architecture == ARM]
    assert found is not None
    return found


@pytest.mark.parametrize("architecture", [X86, ARM])
def test_every_denied_call_is_denied_and_common_ones_pass(architecture: str) -> None:
    program = seccomp.base(architecture)
    for table, errno in ((seccomp.DENIED, 1), (seccomp.FALLBACK, 38), (seccomp.ATTRIBUTES, 95)):
        for name, pair in table.items():
            found = pair[architecture == ARM]
            assert found is None or decide(program, architecture, found) == errno, name
    common = (0, 1, 3, 9, 59, 202, 231, 257) if architecture == X86 else (56, 57, 63, 64, 98, 94, 221, 222)
    assert all(decide(program, architecture, call) == 0 for call in common)
    assert decide(program, architecture, 600) == 38
    assert decide(program, "other", 1) == -1
    if architecture == X86:
        assert decide(program, X86, 0x40000000 + 1) == 38


@pytest.mark.parametrize("architecture", [X86, ARM])
def test_arguments_that_are_looked_at(architecture: str) -> None:
    program = seccomp.base(architecture)

    def ask(name: str, *arguments: int) -> int:
        return decide(program, architecture, number(seccomp.CHECKED, name, architecture), *arguments)

    assert ask("clone", 0x11) == 0 and ask("clone", 0x10000011) == 1 and ask("clone", 0x40000011) == 1
    assert ask("ioctl", 0, 0x5401) == 0
    assert ask("ioctl", 0, 0x5412) == ask("ioctl", 0, 0x541C) == ask("ioctl", 0, 0x5423) == 1
    assert ask("ioctl", 0, 0xFFFFFFFF00005412) == 1, "the kernel cuts the high word too"
    assert ask("personality", 0) == ask("personality", 0xFFFFFFFF) == 0 and ask("personality", 0x40000) == 1
    assert ask("fchmod", 3, 0o755) == 0 and ask("fchmod", 3, 0o4755) == 1 and ask("fchmodat", -100 & 0xFFFFFFFF, 0, 0o2755) == 1
    assert ask("openat", 0, 0, 0, 0o4755) == 0 and ask("openat", 0, 0, 0x41, 0o4755) == 1 and ask("openat", 0, 0, 0x41, 0o644) == 0
    assert ask("mknodat", 0, 0, 0o104755) == 1
    for family, kind, protocol, answer in (
        (1, 1, 0, 0),
        (2, 1, 0, 0),
        (2, 1 | 0x80000, 6, 0),
        (10, 2, 17, 0),
        (2, 1, 262, 93),
        (2, 3, 1, 93),
        (2, 2, 1, 93),
        (16, 3, 0, 0),
        (16, 3, 9, 97),
        (17, 3, 0, 97),
        (40, 1, 0, 97),
        (38, 5, 0, 97),
    ):
        assert ask("socket", family, kind, protocol) == answer, (family, kind, protocol)


@pytest.mark.parametrize("architecture", [X86, ARM])
def test_the_strict_profile_has_no_unix_sockets(architecture: str) -> None:
    program = seccomp.strict(architecture)
    call = number(seccomp.CHECKED, "socket", architecture)
    assert decide(program, architecture, call, 1, 1, 0) == 97 and decide(program, architecture, call, 2, 1, 0) == 0
    for name in seccomp.HIDDEN:
        assert decide(program, architecture, number(seccomp.HIDDEN, name, architecture)) == 38


def test_without_network_no_internet_socket() -> None:
    program = seccomp.reduced(X86, signals=False)
    assert decide(program, X86, 62) == 1 and decide(seccomp.reduced(X86, signals=True), X86, 62) == 0
    assert decide(program, X86, 280, 3, 0, 1) == 0 and decide(program, X86, 280, 3, 1, 0) == 0 and decide(program, X86, 90, 0, 0o777) == 0
    assert decide(program, X86, 41, 2, 1, 0) == 97 and decide(program, X86, 41, 1, 1, 0) == 97 and decide(program, X86, 41, 16, 3, 0) == 0


def test_an_architecture_without_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match="riscv64"):
        seccomp.base("riscv64")


@pytest.mark.parametrize(
    ("header", "pattern", "column"),
    [
        ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", r"#define __NR_(\w+) (\d+)", 0),
        ("/usr/include/asm-generic/unistd.h", r"#define __NR(?:3264)?_(\w+) (\d+)", 1),
    ],
)
def test_the_numbers_are_the_kernels(header: str, pattern: str, column: int) -> None:
    if not Path(header).exists():
        pytest.skip("the kernel's headers are not installed (linux-libc-dev)")
    numbers = {name: int(text) for name, text in re.findall(pattern, Path(header).read_text())}
    for table in (seccomp.DENIED, seccomp.FALLBACK, seccomp.ATTRIBUTES, seccomp.CHECKED, seccomp.HIDDEN):
        for name, pair in table.items():
            if name in numbers:
                assert pair[column] == numbers[name], name
