"""The stronger back end: a virtual machine with its own kernel, inside the same jail that bubblewrap builds.

QEMU runs in the jail with the task's overlay mounts and shares them (9p) with the guest, so that what is written lands in the upper layer
just as in the other back ends. Control and network go over serial ports; there is no network card. It is brought back from a
picture of its memory; with KVM where that really boots, else in software (TCG), which is slow and only taken when asked for.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from confrere.errors import Failed
from confrere.sandbox import keeper, relaying, seccomp
from confrere.sandbox.bubblewrap import Bubblewrap
from confrere.sandbox.disk import DiskWatch
from confrere.sandbox.image import Image
from confrere.sandbox.jail import Plan, order, release
from confrere.sandbox.network import Network
from confrere.sandbox.probing import try_out
from confrere.sandbox.protocol import Claim, Command, Output, Probe, Result, Spec
from confrere.sandbox.resident import Broken
from confrere.sandbox.session import Session

MEMORY = 1024
"""MiB of the guest."""
START_DEADLINE = 30.0
BOOT_DEADLINE = {"kvm": 10.0, "tcg": 180.0}
QEMU = "/usr/bin/qemu-system-x86_64"
_INSIDE = "/run/image"
_MACHINE = "q35,usb=off,vmport=off,smbus=off,sata=off,i8042=off"
_KERNEL = "console=ttyS0 quiet loglevel=0 panic=-1 reboot=t mitigations=off random.trust_cpu=on rcupdate.rcu_expedited=1 cryptomgr.notests"
_MOUNT = "trans=virtio,version=9p2000.L,msize=512000,cache=none,access=any"
_NOSUID_NODEV = 2 | 4
_WARMING = (["true"], ["sh", "-c", "ls /tmp | cat"], ["python3", "-c", "import json, re, pathlib"])


def hardware() -> bool:
    """The cheap first filter for KVM: a device we may open and a processor that says it can. Only a boot proves it."""
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return os.access("/dev/kvm", os.R_OK | os.W_OK) and (" vmx" in flags or " svm" in flags)


class _Machine:
    """A running QEMU: its process, the agent's channel, the relay's port, and QMP."""

    def __init__(self, image: Image, accelerator: str, spec: Spec, incoming: int | None) -> None:
        pairs = [socket.socketpair() for _ in range(3)]
        (self.control, _), (self.net, _), (self.qmp, _) = pairs
        theirs = [pair[1] for pair in pairs]
        plan: Plan | None = None
        try:
            argv = _arguments(accelerator, [end.fileno() for end in theirs], incoming)
            devices = ["/dev/kvm"] if accelerator == "kvm" else []
            argv, plan = order(spec, argv, shown=[(image.folder, _INSIDE)], as_first=False, devices=devices)
            fds = [*plan.fds, *(end.fileno() for end in theirs), *([incoming] if incoming is not None else [])]
            self.process = keeper.spawn(argv, fds)
        except BaseException as error:
            for pair in pairs:
                pair[0].close()
            if isinstance(error, OSError):
                raise Failed("sandbox.not-started", why=str(error)) from error
            raise
        finally:
            for end in theirs:
                end.close()
            if plan is not None:
                plan.close()
        self.session = Session(self.process, self.control, DiskWatch(spec))
        self.lines = self.qmp.makefile("rb")

    def ask(self, deadline: float, command: str, fds: Sequence[int] = (), **arguments: object) -> Any:
        """One QMP command (docs/interop/qmp-spec). Raises Failed when QEMU refuses, ends or does not answer."""
        try:
            self.qmp.settimeout(max(0.1, deadline - time.monotonic()))
            text = json.dumps({"execute": command, "arguments": arguments}).encode()
            socket.send_fds(self.qmp, [text], list(fds))
            while line := self.lines.readline(1 << 20):
                said = json.loads(line)
                if "error" in said:
                    raise Failed("sandbox.not-started", why=str(said["error"].get("desc", "QMP")))
                if "return" in said:
                    return said["return"]
        except (OSError, ValueError) as error:
            raise Failed("sandbox.not-started", why=self.session.last_words() or str(error)) from error
        raise Failed("sandbox.not-started", why=self.session.last_words() or "QEMU")

    def setup(self, spec: Spec, deadline: float, **more: object) -> None:
        """Raises Failed."""
        self.session.setup(
            spec.limits,
            Bubblewrap.environment(spec),
            deadline,
            greeted=True,
            filters=[seccomp.whole("x86_64", unix=spec.profile == "office").hex()],
            sizes=["/tmp", "/home/user", "/dev/shm"],
            user=[1000, 1000],
            **more,
        )

    def close(self) -> None:
        self.session.close()
        self.lines.close()
        self.qmp.close()
        self.net.close()


def _arguments(accelerator: str, ports: Sequence[int], incoming: int | None) -> list[str]:
    control, net, qmp = ports
    chips = ["-accel", "kvm", "-cpu", "host"] if accelerator == "kvm" else ["-accel", "tcg,thread=multi", "-cpu", "Nehalem"]
    return [
        *(QEMU, "-M", _MACHINE, *chips, "-smp", "1", "-m", str(MEMORY), "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
        *("-kernel", f"{_INSIDE}/kernel", "-initrd", f"{_INSIDE}/initrd", "-append", _KERNEL),
        *("-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny", "-serial", "null"),
        *("-chardev", f"socket,id=qmp,fd={qmp}", "-mon", "chardev=qmp,mode=control", "-device", "virtio-serial-pci"),
        *("-chardev", f"socket,id=control,fd={control}", "-device", "virtserialport,chardev=control,name=control"),
        *("-chardev", f"socket,id=net,fd={net}", "-device", "virtserialport,chardev=net,name=net"),
        *("-drive", f"id=root,file={_INSIDE}/root.sqfs,format=raw,if=none,readonly=on", "-device", "virtio-blk-pci,drive=root"),
        *("-device", "virtio-rng-pci", "-fsdev", "local,id=work,path=/work,security_model=none,multidevs=remap"),
        *("-device", "virtio-9p-pci,fsdev=work,mount_tag=work"),
        *(["-incoming", f"fd:{incoming}"] if incoming is not None else []),
    ]


def picture(image: Image, accelerator: str) -> float:
    """Boot the machine once and keep its memory as it is when the agent waits. Returns the seconds the boot took. Raises Failed."""
    began = time.monotonic()
    machine = _Machine(image, accelerator, Spec(), None)
    try:
        deadline = began + BOOT_DEADLINE[accelerator]
        try:
            machine.session.greeting(deadline)
        except (Broken, OSError) as error:
            raise Failed("sandbox.vm-boot", accelerator=accelerator, why=machine.session.last_words() or str(error)) from error
        booted = time.monotonic() - began
        deadline = time.monotonic() + BOOT_DEADLINE[accelerator]
        machine.setup(Spec(), deadline)
        for argv in _WARMING:  # what every task will need is then in memory
            machine.session.run(Command(argv, cwd="/", timeout=BOOT_DEADLINE[accelerator]), None)
        machine.ask(deadline, "qmp_capabilities")
        machine.ask(deadline, "stop")
        place = image.memory(accelerator)
        with open(place.with_suffix(".new"), "wb") as file:
            machine.ask(deadline, "getfd", [file.fileno()], fdname="memory")
            machine.ask(deadline, "migrate-set-parameters", (), **{"max-bandwidth": 1 << 40})
            machine.ask(deadline, "migrate", uri="fd:memory")
            while (state := machine.ask(deadline, "query-migrate").get("status")) != "completed":
                if state in ("failed", "cancelled"):
                    raise Failed("sandbox.vm-boot", accelerator=accelerator, why="memory picture")
                time.sleep(0.02)
        place.with_suffix(".new").rename(place)
        return booted
    finally:
        machine.close()


class MicroVM:
    """See ``protocol.Sandbox``. ``image`` is what ``image.build`` made."""

    name = "microvm"
    claim = Claim("sandbox.microvm-isolates", "sandbox.microvm-not", own_kernel=True)

    def __init__(self, image: Image, accelerator: str = "tcg") -> None:
        self.image, self.accelerator = image, accelerator
        self.spec = Spec()
        self.machine: _Machine | None = None
        self.network: Network | None = None

    def probe(self, deadline: float) -> Probe:
        """With KVM a first probe also boots and takes the picture: the presence of /dev/kvm proves nothing."""
        if not os.access(QEMU, os.X_OK):
            return Probe(False, "sandbox.vm-no-qemu")
        if not self.image.built():
            return Probe(False, "sandbox.vm-no-image")
        if self.accelerator == "kvm" and not hardware():
            return Probe(False, "sandbox.vm-no-kvm")
        if not self.image.memory(self.accelerator).exists():
            try:
                picture(self.image, self.accelerator)
            except Failed as error:
                return Probe(False, error.key, {name: str(value) for name, value in error.data.items()})
        return try_out(MicroVM(self.image, self.accelerator), deadline)

    def start(self, spec: Spec, *, deadline: float = START_DEADLINE) -> None:
        self.close()
        self.spec = spec
        until = time.monotonic() + deadline
        try:
            memory = os.open(self.image.memory(self.accelerator), os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise Failed("sandbox.vm-no-image") from error
        try:
            machine = _Machine(self.image, self.accelerator, spec, memory)
        finally:
            os.close(memory)
        self.machine = machine
        try:
            machine.ask(until, "qmp_capabilities")
            while machine.ask(until, "query-status").get("status") == "inmigrate":
                time.sleep(0.005)
            machine.ask(until, "cont")
            machine.setup(
                spec,
                until,
                wake={"clock": time.time(), "seed": secrets.token_hex(64)},
                mount=["work", "/work", "9p", _NOSUID_NODEV, _MOUNT] if spec.mounts else [],
                daemons=[["/usr/bin/python3", "-I", "-S", "/opt/relay.py", "/dev/virtio-ports/net"]] if spec.allow else [],
            )
        except BaseException:
            self.close()
            raise
        if spec.allow:
            self.set_network(spec.allow)

    def live(self) -> _Machine:
        if self.machine is None:
            raise Failed("sandbox.not-running")
        return self.machine

    def run(self, command: Command, on_output: Output | None = None) -> Result:
        machine = self.live()
        return machine.session.run(self.network.equip(command) if self.network is not None else command, on_output)

    def cancel(self) -> None:
        if self.machine is not None:
            self.machine.session.cancel()

    def refresh(self) -> None:
        self.start(self.spec)

    def set_network(self, allow: Sequence[str]) -> None:
        """Only a machine started with a list can be given another: its relay is started with it."""
        machine = self.live()
        if self.network is None:
            if not allow:
                return
            if not self.spec.allow:
                raise Failed("sandbox.vm-network-later")
            self.network = Network(machine.net, self.spec.decide, self.spec.record, relaying.serve, self.spec.stands)
        self.network.allow(allow)

    def close(self) -> None:
        if self.network is not None:
            self.network.close()
            self.network = None
        if self.machine is not None:
            self.machine.close()
            self.machine = None
            release(self.spec)
