"""What a reading process gives up before it opens its first file: sockets, programs, writing, and more than its share.

Three fences, each worth having alone: resource limits (setrlimit(2)), a seccomp filter that refuses sockets and new programs, and
Landlock, which refuses every change to the file system. Where the kernel lacks one, the others hold; ``confine`` tells which did.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct

_GB = 1 << 30
_NO_NEW_PRIVS, _SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
# struct seccomp_data: nr at 0, arch at 4. The calls are socket, socketpair is left alone, connect, bind, listen, execve, execveat,
# ptrace, process_vm_writev, mount, unshare, setns, io_uring_setup (which could do what the others may not).
_DENIED = {
    "x86_64": (0xC000003E, (41, 42, 49, 50, 59, 322, 101, 311, 165, 272, 308, 425)),
    "aarch64": (0xC00000B7, (198, 203, 200, 201, 221, 281, 117, 271, 40, 97, 268, 425)),
}
# Landlock rights on files that change something: WRITE_FILE, REMOVE_*, MAKE_*, REFER, TRUNCATE (see linux/landlock.h).
_WRITE_FILE, _REMOVE_AND_MAKE, _REFER, _TRUNCATE = 1 << 1, 0x1FF0, 1 << 13, 1 << 14


def confine(memory: int) -> list[str]:
    """Confine this process for good, ``memory`` bytes of address space at most. Returns the fences that hold."""
    held = ["limits"]
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, 256)
    if not hasattr(ctypes, "CDLL") or platform.system() != "Linux":
        return held
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return held
    if _landlock(libc):
        held.append("landlock")
    if _seccomp(libc):
        held.append("seccomp")
    return held


def arm(seconds: float) -> None:
    """Have the kernel end this process ``seconds`` from now whatever it is doing, and bound its CPU time alike; 0 disarms."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    if seconds:
        used = resource.getrusage(resource.RUSAGE_SELF)
        cores = os.cpu_count() or 1
        _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds * min(cores, 8)) + 1, keep_hard=True)


def _limit(what: int, value: int, *, keep_hard: bool = False) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(what, (value, hard if keep_hard else value))
    except (ValueError, OSError):
        # Some systems (macOS and RLIMIT_AS) know the limit but not this value: the wall clock still holds.
        return


def _landlock(libc: ctypes.CDLL) -> bool:
    abi = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if abi < 1:
        return False
    rights = _WRITE_FILE | _REMOVE_AND_MAKE | (_REFER if abi >= 2 else 0) | (_TRUNCATE if abi >= 3 else 0)
    fields = [rights]
    if abi >= 4:
        fields.append(3)  # bind and connect over TCP
    if abi >= 6:
        fields.append(3)  # abstract Unix sockets and signals to processes outside
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = libc.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    held = libc.syscall(_LANDLOCK_RESTRICT, ruleset, ctypes.c_uint32(0)) == 0
    os.close(ruleset)
    return bool(held)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _seccomp(libc: ctypes.CDLL) -> bool:
    if platform.machine() not in _DENIED:
        return False
    architecture, calls = _DENIED[platform.machine()]
    load, equal, above, ret = 0x20, 0x15, 0x35, 0x06
    allow, refuse, kill = 0x7FFF0000, 0x00050000 | 13, 0x80000000
    program = [(load, 0, 0, 4), (equal, 1, 0, architecture), (ret, 0, 0, kill), (load, 0, 0, 0)]
    # Numbers of the x32 table would pass by the others.
    program.append((above, len(calls) + 1, 0, 0x40000000))
    for index, call in enumerate(calls):
        program.append((equal, len(calls) - index, 0, call))
    program += [(ret, 0, 0, allow), (ret, 0, 0, refuse)]
    code = b"".join(struct.pack("=HBBI", *line) for line in program)
    filled = _Program(len(program), code)
    return bool(libc.prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.byref(filled), 0, 0) == 0)
