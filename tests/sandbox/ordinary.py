"""Run a program as an ordinary user when the tests run as root: ``python ordinary.py UID FOLDER... -- PROGRAM ARGS``.

Root's interpreter and project may lie where others may not go (mode 0700 above them). In a private mount namespace the closed
folders above each FOLDER are covered and the FOLDER is attached again at its own path; nothing on disk changes.
"""

import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)


def call(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def main() -> None:
    uid = int(sys.argv[1])
    cut = sys.argv.index("--")
    folders = [os.path.realpath(folder) for folder in sys.argv[2:cut]]
    call(libc.unshare(0x20000))
    call(libc.mount(None, b"/", None, 0x4000 | 1 << 18, None))
    trees = {folder: call(libc.syscall(428, -100, folder.encode(), 1 | 0o2000000 | 0x8000)) for folder in folders}
    covered: set[str] = set()
    for folder, tree in trees.items():
        above = "/"
        for part in folder.split("/")[1:-1]:
            above = os.path.join(above, part)
            if above in covered:
                break
            if not os.stat(above).st_mode & 0o001:
                call(libc.mount(b"none", above.encode(), b"tmpfs", 0, b"mode=755"))
                covered.add(above)
                break
        os.makedirs(folder, exist_ok=True)
        call(libc.syscall(429, tree, b"", -100, folder.encode(), 4))
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    os.execvp(sys.argv[cut + 1], sys.argv[cut + 1 :])


main()
