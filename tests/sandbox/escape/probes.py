"""Attempts to get out, run inside a sandbox (standard library only) and, as the positive control, without one.

``python3 probes.py NAME FACTS``: FACTS is JSON about the host that no sandbox would tell. Prints one JSON object:
``{"escaped": bool, "detail": str}``. A probe returns a text when it got through, "" when it was held, or raises OSError: held.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import platform
import socket
import struct
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
NUMBERS = {  # x86-64, aarch64
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "memfd_secret": (447, 447),
    "open_by_handle_at": (304, 265),
    "process_vm_readv": (310, 270),
    "personality": (135, 92),
    "ptrace": (101, 117),
    "unshare": (272, 97),
    "clone3": (435, 435),
    "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434),
    "mount": (165, 40),
    "fsopen": (430, 430),
    "open_tree": (428, 428),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "setns": (308, 268),
    "mknodat": (259, 33),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "memfd_create": (319, 279),
    "modify_ldt": (154, None),
    "kcmp": (312, 272),
    "move_pages": (279, 239),
    "name_to_handle_at": (303, 264),
    "fanotify_init": (300, 262),
    "syslog": (103, 116),
    "openat2": (437, 437),
}


def syscall(name: str, *args: object) -> int:
    number = NUMBERS[name][0 if platform.machine() == "x86_64" else 1]
    if number is None:
        raise OSError(errno.ENOSYS, "none here")
    result = libc.syscall(number, *(ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args))
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return int(result)


def read(path: str) -> str:
    with open(path, "rb") as file:
        return file.read(4000).decode("latin-1")


def found_secret(text: str, facts: dict) -> str:
    return f"read {text!r}" if facts["secret"] in text else ""


# files


def read_outside(facts: dict) -> str:
    return found_secret(read(facts["outside"] + "/secret"), facts)


def read_stage(facts: dict) -> str:
    return "staging area seen: " + repr(os.listdir(facts["upper"]))


def list_host_home(facts: dict) -> str:
    return "seen" if "secret" in os.listdir(facts["outside"]) else ""


def write_outside(facts: dict) -> str:
    with open(facts["outside"] + "/planted", "w") as file:
        file.write("x")
    return "written"


def placed_symlink(facts: dict) -> str:
    return found_secret(read(facts["folder"] + "/placed-link"), facts)


def new_symlink(facts: dict) -> str:
    link = facts["folder"] + "/new-link"
    os.symlink(facts["outside"], link)
    try:
        return found_secret(read(link + "/secret"), facts)
    finally:
        os.unlink(link)


def symlink_write(facts: dict) -> str:
    link = facts["folder"] + "/write-link"
    os.symlink(facts["outside"] + "/planted", link)
    try:
        with open(link, "w") as file:
            file.write("x")
        return "written through"
    finally:
        os.unlink(link)


def new_hardlink(facts: dict) -> str:
    link = facts["folder"] + "/hard"
    os.link(facts["outside"] + "/secret", link)
    try:
        return found_secret(read(link), facts)
    finally:
        os.unlink(link)


def rename_out(facts: dict) -> str:
    inside = facts["folder"] + "/to-move"
    with open(inside, "w") as file:
        file.write("x")
    try:
        os.rename(inside, facts["outside"] + "/planted")
        return "moved out"
    finally:
        if os.path.exists(inside):
            os.unlink(inside)


def dot_dot(facts: dict) -> str:
    """Climb from a folder that is moved away beneath the walker."""
    deep = facts["folder"] + "/deep/er"
    os.makedirs(deep, exist_ok=True)
    os.chdir(deep)
    os.rename(deep, facts["folder"] + "/er2")
    return found_secret(read("../" * 40 + facts["outside"].lstrip("/") + "/secret"), facts)


def proc_root(facts: dict) -> str:
    for pid in [name for name in os.listdir("/proc") if name.isdecimal()]:
        for way in ("root", "cwd"):
            try:
                text = read(f"/proc/{pid}/{way}{facts['outside']}/secret")
            except OSError:
                continue
            if facts["secret"] in text:
                return f"through /proc/{pid}/{way}"
    return ""


def handle_outside(facts: dict) -> str:
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128), 136)
    mount = ctypes.c_int()
    syscall("name_to_handle_at", -100, facts["folder"].encode(), handle, ctypes.byref(mount), 0)
    return "got a handle"


def kernel_knobs(facts: dict) -> str:
    """A file of the kernel's that can be opened for writing, core_pattern (a command run by the host's root) above all."""
    own = {"/proc/sys/kernel/ns_last_pid"}
    for top in ("/proc/sys", "/sys"):
        for folder, _, names in os.walk(top):
            for name in names:
                path = os.path.join(folder, name)
                # limits and addresses of our own network, IPC and user namespaces are our own business
                if path in own or path.startswith(("/proc/sys/net/", "/proc/sys/fs/mqueue/", "/proc/sys/user/")):
                    continue
                if path.startswith("/proc/sys/kernel/") and name.startswith(("shm", "msg", "sem", "auto_msgmni")):
                    continue
                try:
                    os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                except OSError:
                    continue
                return path
    return ""


def proc_danger(facts: dict) -> str:
    for name in ("sysrq-trigger", "kcore", "kmsg", "kpageflags", "timer_list", "1/mem", "1/environ"):
        try:
            fd = os.open("/proc/" + name, os.O_WRONLY if name in ("sysrq-trigger", "1/mem") else os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            continue
        try:
            if name in ("sysrq-trigger", "1/mem") or os.read(fd, 10):  # a container may put an empty file over it
                return name
        except OSError:
            continue
        finally:
            os.close(fd)
    return ""


def devices(facts: dict) -> str:
    known = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts", "shm", "fd", "stdin", "stdout", "stderr", "core", "console"}
    opened = []
    for folder, folders, names in os.walk("/dev"):
        if folder == "/dev":
            folders[:] = [name for name in folders if name not in known]
            names = [name for name in names if name not in known]
        for name in names:
            try:
                os.close(os.open(os.path.join(folder, name), os.O_RDONLY | os.O_NONBLOCK))
                opened.append(name)
            except OSError:
                continue
    return "opened " + ", ".join(opened) if opened else ""


def make_device(facts: dict) -> str:
    path = facts["folder"] + "/device"
    os.mknod(path, 0o600 | 0o020000, os.makedev(1, 3))
    os.unlink(path)
    return "made"


def make_whiteout(facts: dict) -> str:
    """A whiteout made by hand would hide a file of the granted folder from review as if it were never there."""
    path = facts["folder"] + "/whiteout"
    os.mknod(path, 0o600 | 0o020000, 0)
    os.unlink(path)
    return "made"


def overlay_words(facts: dict) -> str:
    """The words that tell overlayfs, or the view, where a file's content really is must not be ours to write."""
    path = facts["folder"] + "/worded"
    os.makedirs(path, exist_ok=True)
    got = []
    for name in ("user.overlay.redirect", "user.overlay.opaque", "user.confrere.origin", "trusted.overlay.redirect", "security.capability"):
        try:
            os.setxattr(path, name, b"/")
            got.append(name)
        except OSError:
            continue
    return " ".join(got)


def setuid_file(facts: dict) -> str:
    path = facts["folder"] + "/setuid"
    with open(path, "w") as file:
        file.write("x")
    got = []
    for what, way in (
        ("chmod", lambda: os.chmod(path, 0o4755) or os.stat(path).st_mode & 0o6000 or _fail()),
        ("fchmod", lambda: libc.fchmod(os.open(path, os.O_RDONLY), 0o2755) and _fail()),
        ("open", lambda: os.open(path + "2", os.O_CREAT | os.O_WRONLY, 0o4755)),
        ("mknod", lambda: os.mknod(path + "3", 0o104755)),
        ("openat2", lambda: syscall("openat2", -100, (path + "4").encode(), struct.pack("QQQ", os.O_CREAT | os.O_WRONLY, 0o4755, 0), 24)),
        ("tmpfile", lambda: os.open(facts["folder"], 0o20000000 | os.O_DIRECTORY | os.O_WRONLY, 0o4755)),
    ):
        try:
            way()
        except OSError:
            continue
        got.append(what)
    return ", ".join(got)


def _fail() -> None:
    raise OSError(errno.EPERM, "refused")


def setuid_works(facts: dict) -> str:
    with open("/proc/self/status") as file:
        status = file.read()
    return "" if "NoNewPrivs:\t1" in status else "setuid programs would work"


def capabilities(facts: dict) -> str:
    with open("/proc/self/status") as file:
        lines = [line for line in file if line.startswith(("CapEff", "CapPrm", "CapBnd"))]
    return "".join(line for line in lines if int(line.split()[1], 16))


# other processes


def see_host_process(facts: dict) -> str:
    return "seen" if facts["marker"] in read(f"/proc/{facts['pid']}/cmdline") else ""


def host_environ(facts: dict) -> str:
    for pid in [name for name in os.listdir("/proc") if name.isdecimal()]:
        try:
            if facts["secret"] in read(f"/proc/{pid}/environ") and pid != str(os.getpid()):
                return f"in /proc/{pid}/environ"
        except OSError:
            continue
    return ""


def ptrace_host(facts: dict) -> str:
    syscall("ptrace", 16, facts["pid"], 0, 0)  # PTRACE_ATTACH
    os.waitpid(facts["pid"], 0x40000000)
    syscall("ptrace", 17, facts["pid"], 0, 0)
    return "attached"


def ptrace_self(facts: dict) -> str:
    pid = os.fork()
    if pid == 0:
        try:
            syscall("ptrace", 0, 0, 0, 0)
            os._exit(9)
        except OSError:
            os._exit(0)
    return "allowed" if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9 else ""


def read_host_memory(facts: dict) -> str:
    buffer = ctypes.create_string_buffer(16)
    local = struct.pack("QQ", ctypes.addressof(buffer), 16)
    remote = struct.pack("QQ", facts["address"], 16)
    syscall("process_vm_readv", facts["pid"], local, 1, remote, 1, 0)
    return "read"


def signal_host(facts: dict) -> str:
    os.kill(facts["pid"], 0)
    return "reachable" if facts["marker"] in read(f"/proc/{facts['pid']}/cmdline") else ""


def steal_descriptor(facts: dict) -> str:
    pidfd = syscall("pidfd_open", facts["pid"], 0)
    syscall("pidfd_getfd", pidfd, 0, 0)
    return "stolen"


def agent_memory(facts: dict) -> str:
    """The agent has the weaker filter: whoever writes its memory sheds the stricter one."""
    parent = os.getppid()
    fd = os.open(f"/proc/{parent}/mem", os.O_RDWR)
    os.close(fd)
    return f"opened /proc/{parent}/mem"


def agent_descriptors(facts: dict) -> str:
    return f"listed {len(os.listdir(f'/proc/{os.getppid()}/fd'))} descriptors"


def kill_agent(facts: dict) -> str:
    """Ending its parent; the control is a parent made for it."""
    if not facts["control"]:
        for signum in (9, 15, 6, 11, 19):
            os.kill(os.getppid(), signum)
        time.sleep(0.2)
        return ""  # it is answered by the host: the session must live on
    return "reachable"


# sockets


def abstract_socket(facts: dict) -> str:
    with socket.socket(socket.AF_UNIX) as s:
        s.connect("\0" + facts["abstract"])
        return "connected"


def socket_outside(facts: dict) -> str:
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(facts["outside"] + "/daemon.sock")
        return "connected"


def socket_in_folder(facts: dict) -> str:
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(facts["folder"] + "/daemon.sock")
        return "connected"


def fifo_in_folder(facts: dict) -> str:
    fd = os.open(facts["folder"] + "/pipe", os.O_WRONLY | os.O_NONBLOCK)
    os.write(fd, b"x")
    return "a reader outside is there"


def unix_socket(facts: dict) -> str:
    socket.socket(socket.AF_UNIX).close()
    return "allowed"


def loopback(facts: dict) -> str:
    with socket.create_connection(("127.0.0.1", facts["tcp"]), 2):
        return "connected"


def loopback6(facts: dict) -> str:
    with socket.create_connection(("::1", facts["tcp6"]), 2):
        return "connected"


def dns(facts: dict) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(1)
        s.sendto(b"query", ("127.0.0.1", facts["udp"]))
        return "answered" if s.recv(100) else ""


def resolve(facts: dict) -> str:
    return "resolved" if socket.getaddrinfo(facts["hostname"], 80) else ""


def route(facts: dict) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect(("192.0.2.1", 53))
        return "there is a way out"


def interfaces(facts: dict) -> str:
    names = {name for _, name in socket.if_nameindex()} - {"lo"}
    return "sees " + ", ".join(sorted(names)) if names else ""


def raw_socket(facts: dict) -> str:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
    return "allowed"


def packet_socket(facts: dict) -> str:
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
    return "allowed"


def vsock(facts: dict) -> str:
    socket.socket(40, socket.SOCK_STREAM).close()
    return "allowed"


def rare_families(facts: dict) -> str:
    opened = []
    for family in range(3, 46):
        if family in (10, 16):
            continue
        for kind in (1, 2, 3, 5):
            try:
                socket.socket(family, kind).close()
                opened.append(str(family))
                break
            except OSError:
                continue
    return "families " + " ".join(opened) if opened else ""


def rare_protocols(facts: dict) -> str:
    """TCP and UDP only: MPTCP, SCTP, UDP-Lite, and netlink but for routes."""
    opened = []
    for family, kind, protocol in ((2, 1, 262), (2, 1, 132), (2, 2, 136), (2, 2, 1), (16, 3, 9), (16, 3, 12), (16, 3, 15), (16, 3, 16)):
        try:
            socket.socket(family, kind, protocol).close()
            opened.append(f"{family}/{protocol}")
        except OSError:
            continue
    return " ".join(opened)


def system_v_memory(facts: dict) -> str:
    identifier = syscall("shmget", facts["shm_key"], 0, 0)
    return f"host segment {identifier}"


def x11(facts: dict) -> str:
    for path in ("/tmp/.X11-unix", "/run/dbus/system_bus_socket", f"/run/user/{os.getuid()}", "/var/run/docker.sock"):
        if os.path.exists(path):
            return path
    return ""


# system calls


def mount(facts: dict) -> str:
    libc.mount.restype = ctypes.c_int
    if libc.mount(b"t", b"/tmp", b"tmpfs", 0, None):
        raise OSError(ctypes.get_errno(), "mount")
    return "mounted"


def mount_new(facts: dict) -> str:
    syscall("fsopen", b"tmpfs", 0)
    return "allowed"


def open_tree(facts: dict) -> str:
    syscall("open_tree", -100, b"/", 0x8001)
    return "cloned"


def unshare(facts: dict) -> str:
    syscall("unshare", 0x10000000)
    return "new user namespace"


def clone_namespace(facts: dict) -> str:
    number = 56 if platform.machine() == "x86_64" else 220
    pid = libc.syscall(number, ctypes.c_long(0x10000000 | 17), 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    if pid < 0:
        raise OSError(ctypes.get_errno(), "clone")
    os.waitpid(pid, 0)
    return "new user namespace"


def clone3_namespace(facts: dict) -> str:
    arguments = struct.pack("QQQQQQQQQQQ", 0x10000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0)
    number = NUMBERS["clone3"][0]
    pid = libc.syscall(number, arguments, len(arguments))
    if pid == 0:
        os._exit(0)
    if pid < 0:
        raise OSError(ctypes.get_errno(), "clone3")
    os.waitpid(pid, 0)
    return "new user namespace"


def setns(facts: dict) -> str:
    fd = os.open("/proc/self/ns/net", os.O_RDONLY)
    syscall("setns", fd, 0)
    return "allowed"


def pivot_root(facts: dict) -> str:
    syscall("pivot_root", b"/tmp", b"/tmp")
    return "allowed"


def chroot(facts: dict) -> str:
    syscall("chroot", b"/")
    return "allowed"


def io_uring(facts: dict) -> str:
    syscall("io_uring_setup", 1, ctypes.create_string_buffer(256))
    return "allowed"


def bpf(facts: dict) -> str:
    syscall("bpf", 0, struct.pack("IIIII", 2, 4, 4, 1, 0) + bytes(100), 72)
    return "allowed"


def keyctl(facts: dict) -> str:
    syscall("keyctl", 0, -3, 1)
    return "allowed"


def add_key(facts: dict) -> str:
    syscall("add_key", b"user", b"confrere-probe", b"x", 1, -2)
    return "allowed"


def userfaultfd(facts: dict) -> str:
    syscall("userfaultfd", 1)
    return "allowed"


def perf(facts: dict) -> str:
    syscall(
        "perf_event_open", struct.pack("IIQ", 1, 120, 0) + struct.pack("QQQ", 0, 0, 0) + struct.pack("Q", 0x60) + bytes(72), 0, -1, -1, 0
    )
    return "allowed"


def memfd_secret(facts: dict) -> str:
    syscall("memfd_secret", 0)
    return "allowed"


def personality(facts: dict) -> str:
    syscall("personality", 0x0400000)  # READ_IMPLIES_EXEC
    return "allowed"


def kernel_log(facts: dict) -> str:
    syscall("syslog", 10, 0, 0)
    return "read"


def compare_kernel(facts: dict) -> str:
    syscall("kcmp", os.getpid(), os.getpid(), 0, 0, 0)
    return "allowed"


def move_pages(facts: dict) -> str:
    syscall("move_pages", 0, 0, 0, 0, 0, 0)
    return "allowed"


def fanotify(facts: dict) -> str:
    syscall("fanotify_init", 0x200, 0)
    return "allowed"


def hidden_memory(facts: dict) -> str:
    syscall("memfd_create", b"x", 0)
    return "allowed"


def other_entry(facts: dict) -> str:
    """The 32-bit door (int 0x80) has other numbers: a filter that forgot it would let everything by."""
    if platform.machine() != "x86_64":
        return ""
    code = mmap.mmap(-1, 4096, prot=7)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20 (getpid); int 0x80; ret
    call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    pid = os.fork()
    if pid == 0:
        os._exit(9 if call() == os.getpid() else 0)
    return "32-bit calls work" if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9 else ""


# terminal, environment, descriptors


def terminal_input(facts: dict) -> str:
    """TIOCSTI types into a terminal as if a person did."""
    import fcntl
    import pty
    import termios

    pid, master = pty.fork()
    if pid == 0:
        try:
            fcntl.ioctl(0, termios.TIOCSTI, b"x")
            os._exit(9)
        except OSError:
            os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(master)
    return "typed" if status == 9 else ""


def terminal(facts: dict) -> str:
    """A terminal of the person's: escape sequences written there act on it."""
    held = [str(fd) for fd in (0, 1, 2) if os.isatty(fd)]
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
        held.append("/dev/tty")
    except OSError:
        pass
    return "holds " + " ".join(held) if held else ""


def environment(facts: dict) -> str:
    return next((name for name, value in os.environ.items() if facts["secret"] in value), "")


def descriptors(facts: dict) -> str:
    """Anything but pipes and /dev/null is one too many."""
    odd = []
    for name in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
        if not target.startswith(("pipe:", "/dev/null", "/proc/")):
            odd.append(target)
    return " ".join(odd)


def descriptor_walk(facts: dict) -> str:
    for fd in range(3, 64):
        try:
            inner = os.open("secret", os.O_RDONLY, dir_fd=fd)
        except OSError:
            continue
        return found_secret(os.read(inner, 100).decode("latin-1"), facts)
    return ""


# bombs: the ceilings are the probe's own


def fork_bomb(facts: dict) -> str:
    children = []
    try:
        for _ in range(600):
            pid = os.fork()
            if pid == 0:
                time.sleep(20)
                os._exit(0)
            children.append(pid)
    except OSError:
        pass
    for pid in children:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    return f"{len(children)} processes" if len(children) >= 600 else ""


def memory_bomb(facts: dict) -> str:
    blocks = []
    try:
        for _ in range(40):
            blocks.append(mmap.mmap(-1, 16 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
            for offset in range(0, 16 << 20, 4096):
                blocks[-1][offset] = 1
    except (OSError, MemoryError):
        return ""
    return f"{len(blocks) * 16} MiB"


def shared_bomb(facts: dict) -> str:
    blocks = []
    try:
        for _ in range(40):
            blocks.append(mmap.mmap(-1, 16 << 20))
            for offset in range(0, 16 << 20, 4096):
                blocks[-1][offset] = 1
            time.sleep(0.02)
    except (OSError, MemoryError):
        return ""
    return f"{len(blocks) * 16} MiB"


def scratch_bomb(facts: dict) -> str:
    total = 0
    try:
        for number in range(20):
            with open(f"/tmp/bomb{number}", "wb") as file:
                for _ in range(20):
                    total += file.write(bytes(1 << 20))
                    file.flush()
    except OSError:
        return ""
    finally:
        for number in range(20):
            if os.path.exists(f"/tmp/bomb{number}"):
                os.unlink(f"/tmp/bomb{number}")
    return f"{total >> 20} MiB"


def main() -> None:
    facts = json.loads(sys.argv[2])
    facts.setdefault("folder", os.environ.get("CONFRERE_WORK", "/work") + "/Folder")
    try:
        detail = globals()[sys.argv[1]](facts)
    except (OSError, MemoryError) as error:
        print(json.dumps({"escaped": False, "detail": f"{type(error).__name__} {error}"}))
        return
    print(json.dumps({"escaped": bool(detail), "detail": str(detail)}))


if __name__ == "__main__":
    main()
