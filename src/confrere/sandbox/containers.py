"""Docker or Podman, where a person has one: commands work in a copy of the granted folder, in a container with no network and no rights.

The image is the person's choice (CONFRERE_CONTAINER_IMAGE) and never fetched here; it needs /bin/sh and python3.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess

from confrere.sandbox import seccomp
from confrere.sandbox.copying import Copies, CopyingSandbox, Launch, agent_code
from confrere.sandbox.probing import try_out
from confrere.sandbox.protocol import MIB, Claim, Probe, Spec

DEFAULT_IMAGE = "docker.io/library/python:3.11-slim"
_ENGINE_NEEDS = ("PATH", "HOME", "XDG_RUNTIME_DIR", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "CONTAINERS_CONF")
"""What the engine's client itself reads; nothing of it enters the container."""
_PATH = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin"


class Containers(CopyingSandbox):
    """See ``protocol.Sandbox``. ``engine`` is "docker" or "podman"."""

    name = "container"
    claim = Claim("sandbox.container-isolates", "sandbox.container-not", network_list=False)
    translated = False

    def __init__(self, engine: str = "", image: str = "") -> None:
        super().__init__()
        found = [name for name in ("podman", "docker") if shutil.which(name, path=_PATH)]
        self.engine = engine or (found[0] if found else "")
        self.image = image or os.environ.get("CONFRERE_CONTAINER_IMAGE", DEFAULT_IMAGE)
        self.container = ""

    def probe(self, deadline: float) -> Probe:
        if not self.engine:
            return Probe(False, "sandbox.no-engine")
        asked = self.call("image", "inspect", self.image, deadline=deadline)
        if asked is None or asked.returncode:
            why = asked.stderr.decode("utf-8", "replace").strip()[:300] if asked is not None else "timeout"
            return Probe(False, "sandbox.no-container-image", {"engine": self.engine, "image": self.image, "why": why})
        return try_out(Containers(self.engine, self.image), deadline)

    def call(self, *words: str, deadline: float) -> subprocess.CompletedProcess[bytes] | None:
        program = shutil.which(self.engine, path=_PATH) or self.engine
        try:
            return subprocess.run([program, *words], capture_output=True, stdin=subprocess.DEVNULL, timeout=deadline)
        except subprocess.TimeoutExpired:
            return None

    def launch(self, copies: Copies, channel: str) -> Launch:
        self.container = f"confrere-{secrets.token_hex(8)}"
        env = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/home/user", "USER": "user"}
        return Launch(
            [shutil.which(self.engine, path=_PATH) or self.engine, *arguments(self, copies, self.spec)],
            {**env, "LANG": "C.UTF-8", "TMPDIR": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"},
            stdio=True,
            own_env={name: os.environ[name] for name in _ENGINE_NEEDS if name in os.environ},
            told={"sizes": ["/tmp", "/home/user"], "alone": True, "filters": [seccomp.whole(unix=self.spec.profile == "office").hex()]},
        )

    def close(self) -> None:
        """Ending the client does not end the container: the engine is told too."""
        super().close()
        if self.container:
            self.call("kill", self.container, deadline=5)
            self.container = ""


def arguments(box: Containers, copies: Copies, spec: Spec) -> list[str]:
    """The words after ``docker`` or ``podman``. Sources: docker-run(1), podman-run(1)."""
    uid, gid = copies.owner or (os.geteuid(), os.getegid())
    limits = spec.limits
    words = ["run", "--rm", "--interactive", "--pull", "never", "--name", box.container, "--hostname", "sandbox", "--network", "none"]
    words += ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", f"{uid}:{gid}", "--workdir", "/"]
    words += ["--pids-limit", str(limits.processes), "--memory", f"{limits.memory // MIB}m", "--memory-swap", f"{limits.memory // MIB}m"]
    for name, amount in (("nofile", limits.files), ("nproc", limits.processes)):
        words += ["--ulimit", f"{name}={amount}:{amount}"]
    for path in ("/tmp", "/home/user"):
        words += ["--tmpfs", f"{path}:rw,nosuid,nodev,size={limits.scratch},mode=1777"]
    if box.engine == "podman":
        words += ["--no-hosts", *(["--userns", "keep-id"] if os.geteuid() != 0 else [])]
    for mirror in copies.mirrors:
        options = ",readonly" if mirror.mount.readonly else ""
        words += ["--mount", f'type=bind,"source={mirror.place}","target=/work/{mirror.mount.name}"{options}']
    return [*words, box.image, "python3", "-I", "-S", "-c", agent_code(), "stdio"]
