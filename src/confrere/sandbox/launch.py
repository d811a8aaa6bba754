"""The step between root and the sandbox: arrange the folders in a private mount namespace, become an ordinary user, run bubblewrap.

Run as ``python3 -I -S launch.py FD`` by root only; FD holds the order, marshalled (see ``jail.order``). Standard library only.

Why not start bubblewrap as root: the process would stay uid 0 of the machine behind its user namespace, and the files in /proc/sys that
belong to root (``kernel/core_pattern``: a command the kernel runs) stay writable to it. Why not simply change the uid: a folder of
root's may be closed to others (mode 0700 on it or above), and what the sandbox writes must come back as root's own. So each folder
is attached again with an *idmapped mount* (mount_setattr(2), Linux 5.12; overlayfs takes such layers since 5.19): on it, files of the
folder's owner belong to the ordinary uid, and what that uid creates is the owner's on disk. No file is changed, nothing leaves
this process's mount namespace.
"""

from __future__ import annotations

import ctypes
import marshal
import os
import struct
import sys

CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_REC, MS_PRIVATE, MS_NOSUID, MS_NODEV = 0x4000, 1 << 18, 2, 4
OPEN_TREE, MOVE_MOUNT, MOUNT_SETATTR = 428, 429, 442
AT_FDCWD, AT_EMPTY_PATH, AT_RECURSIVE = -100, 0x1000, 0x8000
OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC, MOVE_MOUNT_F_EMPTY_PATH = 1, 0o2000000, 4
MOUNT_ATTR_IDMAP, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 0x100000, 2, 4
STAGE = "/tmp"

libc = ctypes.CDLL(None, use_errno=True)


def call(what: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def mapping(owner: int, uid: int) -> str:
    """Lines of a uid_map: ``owner`` becomes ``uid``, everyone else stays, but whoever already is ``uid``, who becomes nobody."""
    lines = [(owner, uid, 1)]
    start = 0
    for stop in (*sorted({owner, uid}), 0xFFFFFFFE):
        if stop > start:
            lines.append((start, start, stop - start))
        start = stop + 1
    return "".join(f"{inside} {outside} {count}\n" for inside, outside, count in lines)


def user_namespace(owner: tuple[int, int], target: tuple[int, int]) -> int:
    """A descriptor of a user namespace whose maps say how an idmapped mount shows owners."""
    ready, release = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            call("unshare", libc.unshare(CLONE_NEWUSER))
            os.write(ready[1], b"1")
            os.read(release[0], 1)
        finally:
            os._exit(0)
    os.close(ready[1])
    try:
        if os.read(ready[0], 1) != b"1":
            raise OSError("no user namespace")
        for name, index in (("uid_map", 0), ("gid_map", 1)):
            with open(f"/proc/{pid}/{name}", "w") as file:
                file.write(mapping(owner[index], target[index]))
        return os.open(f"/proc/{pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.write(release[1], b"1")
        for end in (ready[0], *release):
            os.close(end)
        os.waitpid(pid, 0)


def clone(path: str, owner: str, target: tuple[int, int], spaces: dict[tuple[int, int], int]) -> int:
    """A detached copy of the mount at ``path``, on which files of the owner of ``owner`` belong to ``target``."""
    flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC
    tree = call(f"open_tree {path}", libc.syscall(OPEN_TREE, AT_FDCWD, os.fsencode(path), flags))
    status = os.stat(owner)
    who = (status.st_uid, status.st_gid)
    namespace = spaces[who] = spaces[who] if who in spaces else user_namespace(who, target)
    attributes = struct.pack("=QQQQ", MOUNT_ATTR_IDMAP | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0, 0, namespace)
    call(f"mount_setattr {path}", libc.syscall(MOUNT_SETATTR, tree, b"", AT_EMPTY_PATH, attributes, len(attributes)))
    return tree


def main(order: dict) -> None:  # type: ignore[type-arg]
    target = (order["uid"], order["gid"])
    program = os.open(order["program"], os.O_PATH | os.O_CLOEXEC)
    call("unshare", libc.unshare(CLONE_NEWNS))
    call("mount", libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None))
    spaces: dict[tuple[int, int], int] = {}
    trees = [clone(path, owner, target, spaces) for path, owner in order["folders"]]
    call("mount", libc.mount(b"stage", STAGE.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, b"mode=755,size=64k"))
    for number, tree in enumerate(trees):
        place = f"{STAGE}/{number}"
        os.mkdir(place)
        moved = libc.syscall(MOVE_MOUNT, tree, b"", AT_FDCWD, place.encode(), MOVE_MOUNT_F_EMPTY_PATH)
        call("move_mount", moved)
        os.close(tree)
    os.setgroups([])
    os.setresgid(target[1], target[1], target[1])
    os.setresuid(*(target[0],) * 3)
    if os.getuid() == 0 or os.geteuid() == 0:
        raise OSError("still root")
    os.execve(program, order["argv"], order["environment"])


if __name__ == "__main__":
    try:
        with os.fdopen(int(sys.argv[1]), "rb") as file:
            wanted = marshal.load(file)
        main(wanted)
    except (OSError, ValueError, EOFError, KeyError) as error:
        sys.exit(f"launch: {error}")
