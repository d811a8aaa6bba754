"""Every probe is held by every back end that works here, and gets through without one: the control that shows it bites."""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from confrere.sandbox.bubblewrap import Bubblewrap
from confrere.sandbox.containers import Containers
from confrere.sandbox.landlock import Landlock
from confrere.sandbox.microvm import MicroVM
from confrere.sandbox.protocol import MIB, Command, Limits, Sandbox, Spec

from .. import machine
from ..conftest import ORDINARY, Place, as_ordinary_user

PROBES = Path(__file__).with_name("probes.py")
SECRET = "canary-7f3a91"
MARKER = "confrere-escape-marker"

CONTROL: dict[str, str] = {
    # name: who gets through outside. "user": anyone; "root": only root, and harmlessly; "new": root of a fresh user namespace;
    # "": nobody need (another kernel or setting may refuse), the probe is shown to work by its neighbours
    **dict.fromkeys(["read_outside", "read_stage", "list_host_home", "write_outside", "placed_symlink", "new_symlink"], "user"),
    **dict.fromkeys(["symlink_write", "new_hardlink", "rename_out", "dot_dot", "proc_root", "setuid_file", "setuid_works"], "user"),
    **dict.fromkeys(["see_host_process", "host_environ", "ptrace_host", "ptrace_self", "read_host_memory", "signal_host"], "user"),
    **dict.fromkeys(["steal_descriptor", "agent_memory", "agent_descriptors", "kill_agent", "abstract_socket", "socket_outside"], "user"),
    **dict.fromkeys(["socket_in_folder", "fifo_in_folder", "unix_socket", "loopback", "dns", "resolve", "interfaces"], "user"),
    **dict.fromkeys(["system_v_memory", "unshare", "clone_namespace", "clone3_namespace", "io_uring", "keyctl", "add_key"], "user"),
    **dict.fromkeys(["userfaultfd", "personality", "compare_kernel", "move_pages", "hidden_memory", "handle_outside"], "user"),
    **dict.fromkeys(["terminal_input", "environment", "descriptors", "descriptor_walk", "fork_bomb", "memory_bomb"], "user"),
    **dict.fromkeys(["shared_bomb", "scratch_bomb", "make_whiteout", "overlay_words"], "user"),
    **dict.fromkeys(["capabilities", "raw_socket", "packet_socket", "open_tree", "mount_new", "chroot", "setns", "fanotify"], "new"),
    **dict.fromkeys(["kernel_knobs", "kernel_log", "perf", "make_device", "devices", "proc_danger"], "root"),
    **dict.fromkeys(["loopback6", "route", "vsock", "rare_families", "rare_protocols", "mount", "pivot_root", "bpf"], ""),
    **dict.fromkeys(["memfd_secret", "other_entry", "terminal", "x11"], ""),
}

ADMITTED = {
    ("landlock", "interfaces"): "the names of network interfaces are seen; no socket can use them",
    ("container", "make_whiteout"): "as with Landlock",
    ("landlock", "make_whiteout"): "in the copy only: what is no file, folder or link is not folded back",
}
"""What a back end's own claim says that it does not hold."""


@dataclass
class Host:
    """What there is to reach outside: a process, sockets, services, secrets."""

    place: Place
    facts: dict[str, Any]

    def inside(self) -> str:
        return json.dumps({**{name: fact for name, fact in self.facts.items() if name != "folder"}, "control": False})

    def outside(self) -> str:
        return json.dumps({**self.facts, "control": True})


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="confrere-escape-"))
    folder.chmod(0o755)
    place = Place(folder)
    for path in (place.lower, place.upper, folder / "stage" / "work", place.outside):
        path.mkdir(parents=True)
    (place.outside / "secret").write_text(SECRET)
    (place.lower / "placed-link").symlink_to(place.outside / "secret")
    os.mkfifo(place.lower / "pipe")
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.lchown(path, ORDINARY, ORDINARY)
    reader = os.open(place.lower / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    servers: list[socket.socket] = []
    abstract = f"confrere-escape-{os.getpid()}"
    for name in (str(place.outside / "daemon.sock"), str(place.lower / "daemon.sock"), f"\0{abstract}"):
        server = socket.socket(socket.AF_UNIX)
        server.bind(name)
        server.listen(50)
        servers.append(server)
        if not name.startswith("\0"):
            os.chmod(name, 0o777)
    tcp = socket.create_server(("127.0.0.1", 0), backlog=50)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    servers += [tcp, udp]
    threading.Thread(target=_answer, args=(udp,), daemon=True).start()
    ipv6 = 0
    try:
        six = socket.create_server(("::1", 0), family=socket.AF_INET6)
        servers.append(six)
        ipv6 = six.getsockname()[1]
    except OSError:
        pass  # this machine has no IPv6
    libc = ctypes.CDLL(None, use_errno=True)
    key = 0x0C0F0000 + os.getpid() % 0xFFFF
    shm = libc.shmget(key, 4096, 0o1666)
    sleeper = subprocess.Popen(
        as_ordinary_user(sys.executable, "-c", _SLEEPER, MARKER), env={"SECRET": SECRET, "PATH": "/usr/bin:/bin"}, stdout=subprocess.PIPE
    )
    assert sleeper.stdout is not None
    pid, address = (int(word) for word in sleeper.stdout.readline().split())
    facts = {
        "outside": str(place.outside),
        "folder": str(place.lower),
        "upper": str(place.upper),
        "secret": SECRET,
        "marker": MARKER,
        "pid": pid,
        "address": address,
        "abstract": abstract,
        "tcp": tcp.getsockname()[1],
        "tcp6": ipv6,
        "udp": udp.getsockname()[1],
        "hostname": socket.gethostname(),
        "shm_key": key,
    }
    yield Host(place, facts)
    sleeper.kill()
    sleeper.wait()
    sleeper.stdout.close()
    libc.shmctl(shm, 0, None)
    os.close(reader)
    for server in servers:
        server.close()
    subprocess.run(["rm", "-rf", str(folder)], check=True)


_SLEEPER = """
import ctypes, os, time
buffer = ctypes.create_string_buffer(b"in the memory of the host")
ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_ulong(-1), 0, 0, 0)
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
print(os.getpid(), ctypes.addressof(buffer), flush=True)
time.sleep(600)
"""


def _answer(server: socket.socket) -> None:
    while True:
        try:
            _, sender = server.recvfrom(100)
        except OSError:
            return
        server.sendto(b"answer", sender)


BACK_ENDS: dict[str, Callable[[], Sandbox]] = {"bubblewrap": Bubblewrap, "landlock": Landlock}
if not machine.missing():
    BACK_ENDS["microvm"] = lambda: MicroVM(machine.image())
if "CONFRERE_CONTAINER_IMAGE" in os.environ:  # an image with sh and python3 that the engine has
    BACK_ENDS["container"] = Containers


@pytest.fixture(scope="module", params=BACK_ENDS)
def box(request: pytest.FixtureRequest, host: Host) -> Iterator[Sandbox]:
    sandbox = BACK_ENDS[request.param]()
    probe = sandbox.probe(60)
    assert probe.ok, probe.sentence("en")
    leak = os.open(host.place.outside, os.O_RDONLY)
    os.set_inheritable(leak, True)
    os.environ["CONFRERE_TEST_LEAK"] = SECRET
    try:
        sandbox.start(Spec([host.place.mount()], Limits(memory=384 * MIB, processes=100, scratch=64 * MIB, disk=128 * MIB)))
        yield sandbox
    finally:
        del os.environ["CONFRERE_TEST_LEAK"]
        os.close(leak)
        sandbox.close()


@pytest.mark.parametrize("name", CONTROL)
def test_it_is_held(box: Sandbox, host: Host, name: str) -> None:
    done = box.run(Command(["python3", "-I", "-S", "-c", PROBES.read_text(), name, host.inside()], timeout=90))
    if name.endswith("bomb") and done.rc == -9:
        return  # ended by the watch over all processes, or by the kernel
    assert done.rc == 0 and done.out, done
    answer = json.loads(done.out)
    assert answer["escaped"] == ((box.name, name) in ADMITTED), answer["detail"]
    assert box.run(Command(["true"])).rc == 0, "the session did not survive"


def test_no_trace_was_left_outside(box: Sandbox, host: Host) -> None:
    for name in ("write_outside", "symlink_write", "rename_out"):
        box.run(Command(["python3", "-I", "-S", "-c", PROBES.read_text(), name, host.inside()]))
    assert sorted(os.listdir(host.place.outside)) == ["daemon.sock", "secret"]
    assert sorted(os.listdir(host.place.lower)) == ["daemon.sock", "pipe", "placed-link"]


@pytest.mark.parametrize("readonly", [False, True])
def test_unix_sockets_of_the_office_profile_reach_nobody_outside(host: Host, readonly: bool) -> None:
    """LibreOffice needs them between its own programs; a host's socket or pipe in the granted folder must not answer all the same."""
    sandbox = Bubblewrap()
    sandbox.start(Spec([host.place.mount(readonly=readonly)], profile="office"))
    try:
        for name, escaped in (
            ("unix_socket", True),
            ("socket_in_folder", False),
            ("fifo_in_folder", False),
            ("abstract_socket", False),
            ("socket_outside", False),
        ):
            done = sandbox.run(Command(["python3", "-I", "-S", "-c", PROBES.read_text(), name, host.inside()]))
            assert json.loads(done.out)["escaped"] == escaped, (name, done.out)
    finally:
        sandbox.close()


def test_git_hooks_are_planted_in_the_copy_only(box: Sandbox, host: Host) -> None:
    name = f"project-{box.name}"  # the folder is shared by all back ends: what one did to it is not the next one's
    project = host.place.lower / name
    hooks = project / ".git" / "hooks"
    hooks.mkdir(parents=True)
    for path in (project, hooks.parent, hooks):
        os.chown(path, host.place.lower.stat().st_uid, host.place.lower.stat().st_gid)
    try:
        box.refresh()
        done = box.run(
            Command(["sh", "-c", "mv .git x; mkdir -p .git/hooks; echo '#!/bin/sh' > .git/hooks/pre-commit"], cwd=f"/work/Folder/{name}")
        )
        assert done.rc == 0, done.text
        assert list(hooks.iterdir()) == []
        assert not (project / "x").exists()
        assert (host.place.upper / name / ".git" / "hooks" / "pre-commit").exists()
    finally:
        subprocess.run(["rm", "-rf", str(project)], check=True)


@pytest.mark.parametrize("name", [name for name, who in CONTROL.items() if who])
def test_the_probe_bites_without_a_sandbox(host: Host, name: str) -> None:
    who = CONTROL[name]
    argv = ["/bin/sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-I", "-S", str(PROBES), name, host.outside()]
    if who == "root":
        if os.geteuid() != 0:
            pytest.skip("only root can show that this probe works")
    else:
        argv = as_ordinary_user(*argv)
        if who == "new":
            cut = argv.index("/bin/sh")
            argv[cut:cut] = ["unshare", "-Urmn"]
    with open(os.devnull, "rb") as null:
        leak = os.open(host.place.outside, os.O_RDONLY)
        try:
            done = subprocess.run(
                argv, stdin=null, capture_output=True, timeout=60, pass_fds=[leak], env={"SECRET": SECRET, "PATH": "/usr/bin:/bin"}
            )
        finally:
            os.close(leak)
    (host.place.outside / "planted").unlink(missing_ok=True)
    assert done.returncode == 0, done
    answer = json.loads(done.stdout)
    assert answer["escaped"], answer["detail"]
