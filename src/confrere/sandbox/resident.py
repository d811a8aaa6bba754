"""The resident agent: our one program inside a sandbox. Standard library only, run as ``python3 -I -S resident.py CHANNEL``.

It waits for commands on its channel, runs one at a time, streams their output back and ends everything they left behind. CHANNEL is
``fd:N`` (a stream socket), ``stdio`` (input and output), or the path of a character device (a virtual machine's serial port).

Frames, both ways: two unsigned 32-bit big-endian lengths, a head of the first, raw bytes of the second. The host is trusted here and its
heads are marshalled; ours are JSON of plain words and numbers, which the host reads as the word of a stranger.

    host -> agent   {"op": "setup", "limits": {...}, "filters": [hex], "env": {...}, "sizes": [paths], ...}
                    {"op": "run", "argv": [...], "cwd": str, "env": {...}, "timeout": s} + stdin
                    {"op": "cancel"}    {"op": "listen"}    {"op": "exit"}
    agent -> host   {"is": "ready"}     {"is": "out", "fd": 1|2} + bytes     {"is": "end", "rc": ..., ...}
                    {"is": "listening"} (with the listening socket as SCM_RIGHTS)      {"is": "error", "what": str}

The agent makes itself non-dumpable: a command of the same uid could else rewrite it through /proc/PID/mem and escape the stricter
filter that only commands get. Where it is process 1 of its namespace no command can signal it, and kill(-1) reaches all it left.
"""

from __future__ import annotations

import _signal as signal  # signal itself takes the whole of enum along, json all of re: half of the time to start
import ctypes
import marshal
import os
import resource
import select
import stat
import struct
import sys
import time

TYPE_CHECKING = False  # as does typing
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

HEADER_LIMIT = 8 << 20
DATA_LIMIT = 64 << 20
CHUNK = 1 << 16
TICK = 0.1
PROXY_PORT = 3128

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _PR_SET_CHILD_SUBREAPER, _PR_CAPBSET_DROP = 1, 4, 22, 38, 36, 24


class Broken(Exception):
    """The other end closed, or sent what is not a frame."""


def frame(head: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">II", len(head), len(data)) + head + data


def order(head: dict[str, Any], data: bytes = b"") -> bytes:
    """A frame from the host."""
    return frame(marshal.dumps(head, 2), data)


def answer(head: dict[str, Any], data: bytes = b"") -> bytes:
    """A frame to the host: text without quotes or backslashes, numbers, truths."""
    words = []
    for name, value in head.items():
        if isinstance(value, str):
            plain = "".join(ch if " " <= ch <= "~" and ch not in '"\\' else "?" for ch in value)
            words.append(f'"{name}":"{plain}"')
        else:
            words.append(f'"{name}":{str(value).lower()}')
    return frame(("{" + ",".join(words) + "}").encode(), data)


def read_order(head: bytes) -> dict[str, Any]:
    """Raises Broken for what is no order."""
    try:
        read = marshal.loads(head)
    except (ValueError, EOFError, TypeError) as error:
        raise Broken("not a frame") from error
    if not isinstance(read, dict):
        raise Broken("not a frame")
    return read


class Splitter:
    """Cuts a stream of bytes into frames; ``read`` reads a head. The limits bound sizes: a larger one raises Broken before it is kept."""

    def __init__(self, read: Callable[[bytes], dict[str, Any]], header: int = HEADER_LIMIT, data: int = DATA_LIMIT) -> None:
        self.read, self.header, self.data = read, header, data
        self.buffer = bytearray()

    def feed(self, some: bytes) -> list[tuple[dict[str, Any], bytes]]:
        self.buffer += some
        frames = []
        while len(self.buffer) >= 8:
            first, second = struct.unpack_from(">II", self.buffer)
            if first > self.header or second > self.data:
                raise Broken("frame too large")
            end = 8 + first + second
            if len(self.buffer) < end:
                break
            frames.append((self.read(bytes(self.buffer[8 : 8 + first])), bytes(self.buffer[8 + first : end])))
            del self.buffer[:end]
        return frames


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("program", ctypes.c_void_p))


class Agent:
    def __init__(self, channel: int, out: int) -> None:
        self.channel, self.out = channel, out
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.linux = sys.platform == "linux"
        if self.linux:
            self.libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
            self.libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.first = os.getpid() == 1
        self.splitter = Splitter(read_order)
        self.waiting: list[tuple[dict[str, Any], bytes]] = []
        self.limits: dict[str, float] = {}
        self.env: dict[str, str] = {}
        self.sizes: list[str] = []
        self.alone = self.first
        self.user: tuple[int, int] | None = None
        self.known: set[str] = set()
        self.device = not stat.S_ISSOCK(os.fstat(channel).st_mode) and not stat.S_ISFIFO(os.fstat(channel).st_mode)
        self.domain = -1
        self.rlimits: list[tuple[int, int]] = []
        self.filters: list[_Filter] = []
        self.programs: list[object] = []
        self.null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)

    def send(self, head: dict[str, Any], data: bytes = b"") -> None:
        left = memoryview(answer(head, data))
        while left:
            left = left[os.write(self.out, left) :]

    def receive(self) -> None:
        some = os.read(self.channel, CHUNK)
        if not some:
            if not self.device:
                raise Broken("closed")
            time.sleep(0.01)  # a serial port whose other end is not there yet
        self.waiting += self.splitter.feed(some)

    def serve(self) -> None:
        self.send({"is": "ready", "pid": os.getpid(), "kernel": os.uname().release})
        while True:
            while not self.waiting:
                self.receive()
            head, data = self.waiting.pop(0)
            op = head.get("op")
            if op == "run":
                self.run(head, data)
            elif op == "setup":
                self.setup(head)
            elif op == "listen":
                self.listen()
            elif op == "exit":
                return

    def setup(self, head: dict[str, Any]) -> None:
        self.limits = head["limits"]
        self.env = head["env"]
        self.sizes = head.get("sizes", [])
        self.filters.clear()
        for text in head.get("filters", []):
            program = ctypes.create_string_buffer(bytes.fromhex(text), len(text) // 2)
            self.programs.append(program)
            self.filters.append(_Filter(len(program) // 8, ctypes.cast(program, ctypes.c_void_p).value))
        self.alone = self.first or head.get("alone") is True
        self.rlimits = self.bounds()
        if "landlock" in head:
            self.domain = self.ruleset(**head["landlock"])
        if "user" in head:
            self.user = (head["user"][0], head["user"][1])
        if "wake" in head:
            self.wake(**head["wake"])
        if head.get("mount"):
            source, target, kind, flags, options = head["mount"]
            if self.libc.mount(source.encode(), target.encode(), kind.encode(), flags, options.encode()):
                raise Broken(f"mount: {os.strerror(ctypes.get_errno())}")
        for argv in head.get("daemons", []):
            os.spawnv(os.P_NOWAIT, argv[0], argv)
        if self.user is not None:
            for capability in range(64):
                self.libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
            self.known = set(os.listdir("/proc"))
        self.send({"is": "done"})

    def wake(self, clock: float, seed: str) -> None:
        """A machine brought back from a picture of its memory: it has another time, and random numbers that others have had."""
        import fcntl

        time.clock_settime(time.CLOCK_REALTIME, clock)
        with open("/dev/urandom", "wb", buffering=0) as pool:
            pool.write(bytes.fromhex(seed))
            fcntl.ioctl(pool, 0x5207)  # RNDRESEEDCRNG

    def ruleset(self, attributes: list[int], rules: list[list[Any]]) -> int:
        """A Landlock ruleset that each command then enters; what is not there is not granted. Raises Broken when the kernel refuses."""
        packed = struct.pack(f"={len(attributes)}Q", *attributes)
        ruleset = self.libc.syscall(444, packed, ctypes.c_size_t(len(packed)), 0)
        if ruleset < 0:
            raise Broken("no Landlock")
        for path, access in rules:
            try:
                fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            if self.libc.syscall(445, ruleset, 1, struct.pack("=Qi", access, fd), 0):
                raise Broken(f"no Landlock rule for {path}")
            os.close(fd)
        return int(ruleset)

    def listen(self) -> None:
        """Open the proxy's listening socket in this network namespace and hand it to the host."""
        import array
        import socket

        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", PROXY_PORT))
        listener.listen(128)
        with socket.socket(fileno=os.dup(self.channel)) as channel:
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener.fileno()]))]
            said = answer({"is": "listening"})
            sent = channel.sendmsg([said], rights)
            if sent < len(said):
                channel.sendall(said[sent:])
        listener.close()

    def child(self, argv: list[str], cwd: str, env: dict[str, str], ends: tuple[int, int, int]) -> None:
        """Between fork and exec. What fails here is told on stderr, with the shells' own statuses."""
        status = 126
        try:
            os.setsid()
            if self.linux:
                self.libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
                self.libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
            for target, end in enumerate(ends):
                os.dup2(end, target)
            for kind, bound in self.rlimits:
                resource.setrlimit(kind, (bound, bound))
            for number in (signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(number, signal.SIG_DFL)
            if self.user is not None:
                os.setgroups([])
                os.setresgid(*(self.user[1],) * 3)
                os.setresuid(*(self.user[0],) * 3)
            if self.domain >= 0 and self.libc.syscall(446, self.domain, 0):
                os._exit(126)
            os.closerange(3, 1024)
            os.chdir(cwd)
            for program in self.filters:
                if self.libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(program), 0, 0):
                    os._exit(126)
            status = 127
            os.execvpe(argv[0], argv, env)
        except Exception as error:
            os.write(2, f"{argv[0]}: {error}\n".encode("utf-8", "replace"))
        finally:
            os._exit(status)

    def bounds(self) -> list[tuple[int, int]]:
        """Resource limits for a command, as setrlimit takes them; never above what this process was left."""
        found = []
        for name, value in (
            ("RLIMIT_DATA", self.limits.get("memory")),
            ("RLIMIT_NPROC", self.limits.get("processes") if self.alone else None),
            ("RLIMIT_FSIZE", self.limits.get("disk")),
            ("RLIMIT_NOFILE", self.limits.get("files")),
            ("RLIMIT_CPU", self.limits.get("cpu")),
            ("RLIMIT_CORE", 0),
            ("RLIMIT_MEMLOCK", 1 << 16),
            ("RLIMIT_MSGQUEUE", 1 << 16),
        ):
            kind = getattr(resource, name, None)
            if kind is not None and value is not None:
                hard = resource.getrlimit(kind)[1]
                found.append((kind, int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)))
        return found

    def run(self, head: dict[str, Any], stdin: bytes) -> None:
        started = time.monotonic()
        argv, env = head["argv"], {**self.env, **head["env"]}
        out, err = os.pipe(), os.pipe()
        feed = os.pipe() if stdin else (self.null, -1)
        pid = os.fork()
        if pid == 0:
            self.child(argv, head["cwd"], env, (feed[0], out[1], err[1]))
        for end in (out[1], err[1], *((feed[0],) if stdin else ())):
            os.close(end)
        ended = _Watch(self, pid, {out[0]: 1, err[0]: 2}, (feed[1], stdin), started + head["timeout"]).follow()
        self.send({"is": "end", "seconds": time.monotonic() - started, **ended})

    def leftovers(self, pid: int) -> list[int]:
        """Every process below this one but ``pid`` itself."""
        if self.first:
            found = [int(name) for name in os.listdir("/proc") if name.isdecimal() and self.ours(name)]
        else:
            found, queue = [], [os.getpid()]
            while queue:
                parent = queue.pop()
                try:
                    with open(f"/proc/{parent}/task/{parent}/children", "rb") as file:
                        below = [int(word) for word in file.read().split()]
                except OSError:
                    continue
                found += below
                queue += below
        return [other for other in found if other not in (pid, os.getpid())]

    def ours(self, pid: str) -> bool:
        """In a virtual machine, whether a process is a command's and not the system's."""
        if self.user is None:
            return True
        if pid in self.known:
            return False
        try:
            return os.stat(f"/proc/{pid}").st_uid == self.user[0]
        except OSError:
            return False

    def end_all(self, pid: int) -> int:
        """End ``pid`` and every process left over, and return how many were left over. They may fork meanwhile: until none is."""
        left: set[int] = set()
        for _ in range(2000):
            found = [other for other in self.leftovers(pid) if not self.reaped(other)] if self.linux else []
            left.update(found)
            self.kill(-1 if self.first else -pid)
            for other in () if self.first else found:
                self.kill(other)
            if not found:
                break
            time.sleep(0.0005)
        return len(left)

    def kill(self, pid: int) -> None:
        if self.user is not None:  # for a moment that user, who may end what is theirs and nothing else
            os.setresuid(self.user[0], self.user[0], 0)
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass  # it ended before
        finally:
            if self.user is not None:
                os.setresuid(0, 0, 0)

    def reaped(self, pid: int) -> bool:
        """Take the status of a process that ended; it may also not be our child yet."""
        try:
            return os.waitpid(pid, os.WNOHANG)[0] == pid
        except ChildProcessError:
            return False


class _Watch:
    """One running command: its output, its input, its end, its limits, and a word from the host to cancel it."""

    def __init__(self, agent: Agent, pid: int, outputs: dict[int, int], feed: tuple[int, bytes], deadline: float) -> None:
        self.agent, self.pid, self.outputs, self.deadline = agent, pid, outputs, deadline
        self.input, self.stdin = feed[0], memoryview(feed[1])
        self.room = dict.fromkeys((1, 2), int(agent.limits.get("output", 1 << 20)))
        self.truncated = 0
        self.over = ""
        self.status: int | None = None
        self.timed_out = self.cancelled = False

    def follow(self) -> dict[str, Any]:
        poll = select.poll()
        for end in self.outputs:
            os.set_blocking(end, False)
            poll.register(end, select.POLLIN)
        poll.register(self.agent.channel, select.POLLIN)
        if self.input >= 0:
            os.set_blocking(self.input, False)
            poll.register(self.input, select.POLLOUT)
        pidfd = os.pidfd_open(self.pid) if self.agent.linux else -1
        if pidfd >= 0:
            poll.register(pidfd, select.POLLIN)
        try:
            self.loop(poll, pidfd)
            left = self.agent.end_all(self.pid)
            for end in self.outputs:  # whoever held the other end is gone: what is left is all there is
                while self.copy(end, last=True):
                    pass
        except BaseException:
            self.agent.end_all(self.pid)
            raise
        finally:
            for end in (*self.outputs, *((self.input,) if self.input >= 0 else ()), *((pidfd,) if pidfd >= 0 else ())):
                os.close(end)
        return {
            "rc": self.status if self.status is not None else os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]),
            "truncated": self.truncated,
            "timed_out": self.timed_out,
            "cancelled": self.cancelled,
            "orphans": 0 if self.timed_out or self.cancelled or self.over else left,
            "over": self.over,
        }

    def loop(self, poll: select.poll, pidfd: int) -> None:
        checked = time.monotonic()
        while True:
            now = time.monotonic()
            wait = min(self.deadline - now, TICK if pidfd >= 0 else 0.005)
            for end, _ in poll.poll(max(0.0, wait) * 1000):
                if end in self.outputs:
                    if not self.copy(end):
                        poll.unregister(end)
                elif end == self.input:
                    if not self.supply():
                        poll.unregister(self.input)
                        os.close(self.input)
                        self.input = -1
                elif end == self.agent.channel:
                    self.hear()
            now = time.monotonic()
            if self.ended():
                return
            if now >= self.deadline:
                self.timed_out = True
            elif now - checked >= TICK:
                checked = now
                self.over = self.over or self.excess()
            if self.timed_out or self.cancelled or self.over:
                return

    def ended(self) -> bool:
        """Where possible the status is left untaken, so that the number cannot pass to another process before the group is ended."""
        if self.agent.linux:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self.status = os.waitstatus_to_exitcode(status)
        return bool(pid)

    def copy(self, end: int, last: bool = False) -> bool:
        """Pass on what is there; past the cap it is read and dropped, so that nobody blocks. False at the end."""
        try:
            some = os.read(end, CHUNK)
        except BlockingIOError:
            return not last
        if not some:
            return False
        which = self.outputs[end]
        kept = some[: self.room[which]]
        self.room[which] -= len(kept)
        self.truncated += len(some) - len(kept)
        if kept:
            self.agent.send({"is": "out", "fd": which}, kept)
        return True

    def supply(self) -> bool:
        try:
            self.stdin = self.stdin[os.write(self.input, self.stdin[:CHUNK]) :]
        except BlockingIOError:
            return True
        except OSError:
            return False
        return bool(self.stdin)

    def hear(self) -> None:
        self.agent.receive()
        kept = []
        for frame in self.agent.waiting:
            if frame[0].get("op") == "cancel":
                self.cancelled = True
            else:
                kept.append(frame)
        self.agent.waiting = kept

    def excess(self) -> str:
        """The name of a limit that all processes together have passed, or nothing."""
        if not self.agent.linux or "memory" not in self.agent.limits:
            return ""
        page = os.sysconf("SC_PAGESIZE")
        total = 0
        for path in self.agent.sizes:  # scratch space is memory
            size = os.statvfs(path)
            total += (size.f_blocks - size.f_bfree) * size.f_frsize
        largest: list[int] = []
        for pid in self.agent.leftovers(os.getpid()):
            try:
                with open(f"/proc/{pid}/statm", "rb") as file:
                    fields = file.read().split()
                total += (int(fields[1]) - int(fields[2])) * page
                if int(fields[2]) * page > 64 << 20:
                    largest.append(pid)
            except (OSError, IndexError):
                continue
        return "memory" if total + self.shared(largest) > self.agent.limits["memory"] else ""

    def shared(self, pids: list[int]) -> int:
        """Bytes of shared pages, each counted once between the processes that map it; scratch files mapped are counted twice."""
        total = 0
        for pid in pids:
            try:
                with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
                    total += sum(int(line.split()[1]) << 10 for line in file if line.startswith(b"Pss_Shmem"))
            except OSError:
                continue
        return total


def main(channel: str) -> None:
    if channel == "stdio":
        fds = os.dup(0), os.dup(1)
    else:
        fds = (int(channel[3:]) if channel.startswith("fd:") else os.open(channel, os.O_RDWR | os.O_CLOEXEC),) * 2
    for fd in fds:
        os.set_inheritable(fd, False)
    try:
        Agent(*fds).serve()
    except (Broken, BrokenPipeError, ConnectionResetError):
        pass  # the host is gone, and with it all reason to stay


if __name__ == "__main__":
    main(sys.argv[1])
