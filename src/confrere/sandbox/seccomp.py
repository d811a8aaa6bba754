"""Classic-BPF system call filters, assembled here so that no library is needed. x86-64 and aarch64.

Reference: seccomp(2), and ``struct seccomp_data`` of linux/seccomp.h: nr at 0, arch at 4, args (64 bits each) from 16. Only the low
word of an argument is compared; each argument looked at here is one the kernel itself truncates to 32 bits.

``base`` is loaded on everything inside; ``strict`` is added to each command unless its profile allows Unix sockets.
A deny list is a smaller attack surface, not a boundary by itself: the namespaces are.
"""

from __future__ import annotations

import platform
import struct

_LOAD, _JEQ, _JGE, _JSET, _RET, _AND, _JUMP = 0x20, 0x15, 0x35, 0x45, 0x06, 0x54, 0x05
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
EPERM, ENOSYS, EAFNOSUPPORT, EPROTONOSUPPORT, EOPNOTSUPP = 1, 38, 97, 93, 95

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_COLUMN = {"x86_64": 0, "aarch64": 1}

Numbers = dict[str, tuple[int | None, int | None]]
Instruction = tuple[int, int, int, int]

DENIED: Numbers = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "get_mempolicy": (239, 236),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "lookup_dcookie": (212, 18),
    "mbind": (237, 235),
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "modify_ldt": (154, None),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "name_to_handle_at": (303, 264),
    "nfsservctl": (180, 42),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "set_mempolicy": (238, 237),
    "set_mempolicy_home_node": (450, 450),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "sysfs": (139, None),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "uselib": (134, None),
    "userfaultfd": (323, 282),
    "ustat": (136, None),
    "vhangup": (153, 58),
    "vmsplice": (278, 75),
}
"""System calls that fail with EPERM, by their numbers on x86-64 and aarch64."""

FALLBACK: Numbers = {"clone3": (435, 435), "openat2": (437, 437)}
"""Calls whose arguments lie in memory, where a filter cannot look: ENOSYS makes the C library take the older call."""

ATTRIBUTES: Numbers = {
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
}
"""Extended attributes carry overlayfs's words and our own about where a file came from: as on a file system that has none."""

SIGNALS: Numbers = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
}
METADATA: Numbers = {
    "chmod": (90, None),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
}
MEMORY: Numbers = {
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "msgget": (68, 186),
    "msgctl": (71, 187),
    "semget": (64, 190),
    "semctl": (66, 191),
    "mq_open": (240, 180),
}
"""For the back end without namespaces (``reduced``): what reaches others by number, by name, or by path beside Landlock's rules."""

CHECKED: Numbers = {
    "clone": (56, 220),
    "ioctl": (16, 29),
    "personality": (135, 92),
    "socket": (41, 198),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "open": (2, None),
    "openat": (257, 56),
    "creat": (85, None),
}
HIDDEN: Numbers = {"memfd_create": (319, 279), "shmget": (29, 194)}
"""Memory that belongs to no process and that a limit could not see: off in the strict profile."""

_NEWEST = 453
_NAMESPACES = 0x7E020080
_TERMINAL = (0x5412, 0x541C, 0x5423)  # TIOCSTI, TIOCLINUX, TIOCSETD
_SETID = 0o6000
_CREATES = 0x40 | 0x400000  # O_CREAT, __O_TMPFILE
_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16


class _Program:
    """What to do with which call: a block of instructions that ends in a return. Jumps count forward from the next instruction."""

    def __init__(self, architecture: str) -> None:
        architecture = {"arm64": "aarch64", "AMD64": "x86_64"}.get(architecture, architecture)
        if architecture not in ARCHITECTURES:
            raise ValueError(f"no system call table for {architecture}")
        self.architecture = ARCHITECTURES[architecture]
        self.column = _COLUMN[architecture]
        self.blocks: dict[int, list[Instruction]] = {}

    def refuse(self, numbers: Numbers, errno: int) -> None:
        for name in numbers:
            self.when(name, numbers, [(_RET, 0, 0, _ERRNO | errno)])

    def when(self, name: str, numbers: Numbers, block: list[Instruction]) -> None:
        number = numbers[name][self.column]
        if number is not None:
            self.blocks[number] = block

    def tree(self, numbers: list[int]) -> list[Instruction]:
        """A search tree, so that a call is decided in a dozen steps (the kernel also walks the program once for every call there is)."""
        if len(numbers) > 3:
            middle = len(numbers) // 2
            below, above = self.tree(numbers[:middle]), self.tree(numbers[middle:])
            return [(_JGE, 0, 1, numbers[middle]), (_JUMP, 0, 0, len(below)), *below, *above]
        code: list[Instruction] = []
        for number in numbers:
            code += [(_JEQ, 0, len(self.blocks[number]), number), *self.blocks[number]]
        return [*code, _OK]

    def bytes(self, newest: int | None = None) -> bytes:
        """The program; calls from number ``newest`` on answer as an older kernel would."""
        code: list[Instruction] = [(_LOAD, 0, 0, 4), (_JEQ, 1, 0, self.architecture), (_RET, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
        if newest is not None:
            code += [(_JGE, 0, 1, newest), (_RET, 0, 0, _ERRNO | ENOSYS)]
        code += self.tree(sorted(self.blocks))
        return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


def _argument(index: int) -> Instruction:
    return (_LOAD, 0, 0, 16 + 8 * index)


_OK: Instruction = (_RET, 0, 0, _ALLOW)
_NO: Instruction = (_RET, 0, 0, _ERRNO | EPERM)


def _no_bits(index: int, bits: int) -> list[Instruction]:
    return [_argument(index), (_JSET, 0, 1, bits), _NO, _OK]


def _no_setid_create(flags: int, mode: int) -> list[Instruction]:
    return [_argument(flags), (_JSET, 1, 0, _CREATES), _OK, *_no_bits(mode, _SETID)]


def _sockets(unix: bool, inet: bool) -> list[Instruction]:
    """socket(family, type, protocol): streams and datagrams of TCP, UDP (and Unix), and routing netlink, which the C library asks."""
    refuse: Instruction = (_RET, 0, 0, _ERRNO | EAFNOSUPPORT)
    protocol: Instruction = (_RET, 0, 0, _ERRNO | EPROTONOSUPPORT)
    block: list[Instruction] = [_argument(0), (_JEQ, 0, 1, _UNIX), _OK if unix else refuse]
    block += [(_JEQ, 0, 4, _NETLINK), _argument(2), (_JEQ, 1, 0, 0), refuse, _OK]
    if not inet:
        return [*block, refuse]
    return [
        *block,
        (_JEQ, 2, 0, _INET),
        (_JEQ, 1, 0, _INET6),
        refuse,
        _argument(1),
        (_AND, 0, 0, 0xF),
        (_JEQ, 2, 0, 1),
        (_JEQ, 1, 0, 2),
        protocol,
        _argument(2),
        (_JEQ, 3, 0, 0),
        (_JEQ, 2, 0, 6),
        (_JEQ, 1, 0, 17),
        protocol,
        _OK,
    ]


def _base(architecture: str | None, unix: bool, inet: bool) -> _Program:
    program = _Program(architecture or platform.machine())
    program.refuse(DENIED, EPERM)
    program.refuse(FALLBACK, ENOSYS)
    program.refuse(ATTRIBUTES, EOPNOTSUPP)
    terminal: list[Instruction] = [(_JEQ, len(_TERMINAL) - i, 0, request) for i, request in enumerate(_TERMINAL)]
    program.when("clone", CHECKED, _no_bits(0, _NAMESPACES))
    program.when("ioctl", CHECKED, [_argument(1), *terminal, _OK, _NO])
    program.when("personality", CHECKED, [_argument(0), (_JEQ, 1, 0, 0), (_JEQ, 0, 1, 0xFFFFFFFF), _OK, _NO])
    program.when("socket", CHECKED, _sockets(unix, inet))
    for name, index in (("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("fchmodat2", 2), ("mknod", 1), ("mknodat", 2), ("creat", 1)):
        program.when(name, CHECKED, _no_bits(index, _SETID))
    program.when("open", CHECKED, _no_setid_create(1, 2))
    program.when("openat", CHECKED, _no_setid_create(2, 3))
    return program


def base(architecture: str | None = None) -> bytes:
    """The filter for everything inside, as an array of ``struct sock_filter``.

    Raises ValueError for an architecture without a table: its sandbox must not start unfiltered.
    """
    return _base(architecture, unix=True, inet=True).bytes(_NEWEST)


def strict(architecture: str | None = None) -> bytes:
    """What the strict profile adds: no Unix sockets (a pair is allowed, it reaches nobody), no memory outside the limits."""
    program = _Program(architecture or platform.machine())
    program.refuse(HIDDEN, ENOSYS)
    program.when("socket", CHECKED, [_argument(0), (_JEQ, 0, 1, _UNIX), (_RET, 0, 0, _ERRNO | EAFNOSUPPORT), _OK])
    return program.bytes()


def whole(architecture: str | None = None, *, unix: bool) -> bytes:
    """``base`` and, without ``unix``, ``strict`` in one program: for commands in a virtual machine, where nothing else filters."""
    program = _base(architecture, unix, inet=True)
    if not unix:
        program.refuse(HIDDEN, ENOSYS)
    return program.bytes(_NEWEST)


def reduced(architecture: str | None = None, *, signals: bool) -> bytes:
    """The one filter of the back end without namespaces: ``whole`` without any network. Landlock does not see who changes modes, owners
    and times by path: such calls answer success and do nothing, as on a file system without them. ``signals`` False where the kernel
    cannot confine them.
    """
    program = _base(architecture, unix=False, inet=False)
    program.refuse(HIDDEN, ENOSYS)
    program.refuse(MEMORY, EPERM)
    program.refuse(METADATA, 0)
    if not signals:
        program.refuse(SIGNALS, EPERM)
    by_descriptor: list[Instruction] = [(_LOAD, 0, 0, 24), (_JEQ, 0, 2, 0), (_LOAD, 0, 0, 28), (_JEQ, 1, 0, 0), (_RET, 0, 0, _ERRNO), _OK]
    program.when("utimensat", {"utimensat": (280, 88)}, by_descriptor)
    return program.bytes(_NEWEST)
