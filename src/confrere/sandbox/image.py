"""Builds the virtual machine's image: kernel, first script, system, our Python, and a picture of its memory just after it started.

``python -m confrere.sandbox.image FOLDER`` (some minutes, some 150 MB of downloads). Needs mmdebstrap, mksquashfs (squashfs-tools), dpkg
and qemu-system-x86_64; as an ordinary user mmdebstrap also needs uidmap. Everything comes from Debian's archive, checked by apt's keys.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
import os
import platform
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confrere.errors import Failed
from confrere.sandbox import resident
from confrere.sandbox.python import here

SUITE = "bookworm"
PACKAGES = "python3-minimal,libpython3-stdlib,ca-certificates,busybox-static,procps,libgomp1"
TOOLS = ("mmdebstrap", "mksquashfs", "dpkg", "qemu-system-x86_64")
MODULES = (
    *("virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "virtio_blk", "virtio_console"),
    *("virtio-rng", "squashfs", "overlay", "netfs", "fscache", "9pnet", "9pnet_virtio", "9p"),
)
_FETCH_KERNEL = (
    'chroot "$1" sh -c "cd /root && apt-get download $(apt-cache depends linux-image-amd64 | sed -n s/.*Depends:.//p | head -1)"'
)


@dataclass(frozen=True)
class Image:
    """The files of a built image; ``memory`` is the picture to be brought back, one for each accelerator."""

    folder: Path

    @property
    def stamp(self) -> Path:
        return self.folder / "image.json"

    def memory(self, accelerator: str) -> Path:
        return self.folder / f"memory-{accelerator}"

    def system(self) -> tuple[str, bool] | None:
        """The version of the system in it and whether it has the libraries, or None when there is no image."""
        try:
            stamp = json.loads(self.stamp.read_text())
            return str(stamp["system"]), bool(stamp["libraries"])
        except (OSError, ValueError, KeyError):
            return None

    def built(self) -> bool:
        """Whether it is there and was made by this very code."""
        try:
            return bool(json.loads(self.stamp.read_text())["version"] == version())
        except (OSError, ValueError, KeyError):
            return False


def version() -> str:
    """Changes with everything of ours that is in the image."""
    parts = [content for _, (_, content) in sorted(_own_files().items())]
    return hashlib.sha256(b"\0".join([*parts, system_version().encode()])).hexdigest()[:16]


def system_version() -> str:
    """Changes with what takes long to make: the system, the drivers and our Python."""
    return hashlib.sha256(repr((PACKAGES, SUITE, MODULES, sys.version, here())).encode()).hexdigest()[:16]


def _own_files() -> dict[str, tuple[int, bytes]]:
    guest = Path(__file__).with_name("guest")
    return {
        "init": (stat.S_IFREG | 0o755, (guest / "init.sh").read_bytes()),
        "agent.py": (stat.S_IFREG | 0o644, Path(resident.__file__).read_bytes()),
        "relay.py": (stat.S_IFREG | 0o644, (guest / "relay.py").read_bytes()),
    }


def build(folder: Path, told: Callable[[str], None] = lambda _: None, *, libraries: bool = True) -> Image:
    """Make the image in ``folder`` (replaced only when all went well); ``told`` hears each step. ``libraries`` puts our Python and its
    document libraries in, some hundred megabytes. Where the system is still the one that is wanted only our own files are renewed.

    Raises Failed when a tool is missing or a step fails.
    """
    if platform.machine() != "x86_64":
        raise Failed("sandbox.vm-architecture", machine=platform.machine())
    missing = [tool for tool in TOOLS if shutil.which(tool, path=_PATH) is None]
    if missing:
        raise Failed("sandbox.vm-tools", tools=", ".join(missing))
    folder.parent.mkdir(parents=True, exist_ok=True)
    if Image(folder).system() == (system_version(), libraries):
        _renew(Image(folder), libraries)
        return Image(folder)
    work = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        (work / "image").mkdir()
        image = Image(work / "image")
        told("system")
        _system(work)
        told("kernel")
        _kernel(work)
        told("python")
        _root(work, libraries)
        _renew(image, libraries)
        if folder.exists():
            shutil.rmtree(folder)
        image.folder.rename(folder)
    except (OSError, subprocess.SubprocessError, lzma.LZMAError) as error:
        said = getattr(error, "stderr", None) or b""
        raise Failed("sandbox.vm-build", why=said.decode("utf-8", "replace")[-500:] or str(error)) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Image(folder)


_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def _tool(*argv: str) -> None:
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=1800, env={"PATH": _PATH, "LANG": "C.UTF-8"})


def _system(work: Path) -> None:
    mode = "root" if os.geteuid() == 0 else "unshare"
    keep = (
        f'cp "$1"/root/linux-image-*.deb {work}/kernel.deb; rm -rf "$1"/root/* "$1"/usr/share/doc "$1"/usr/share/locale "$1"/usr/share/man'
    )
    made = (f"--mode={mode}", "--variant=minbase", f"--include={PACKAGES}", "--aptopt=Apt::Sandbox::User root")
    _tool("mmdebstrap", *made, f"--customize-hook={_FETCH_KERNEL}", f"--customize-hook={keep}", SUITE, f"{work}/system.tar")
    _tool("dpkg", "-x", f"{work}/kernel.deb", f"{work}/kernel")


def _kernel(work: Path) -> None:
    """The kernel without its decompressor, which is slow in emulation, and an initramfs of busybox, modules and the first script."""
    packed = next((work / "kernel" / "boot").glob("vmlinuz-*")).read_bytes()
    (work / "image" / "kernel").write_bytes(uncompressed(packed))
    modules = {path.name.split(".ko")[0]: path for path in (work / "kernel" / "lib" / "modules").rglob("*.ko*")}
    files: dict[str, tuple[int, bytes]] = {
        name: (stat.S_IFDIR | 0o755, b"") for name in ("dev", "proc", "sys", "ro", "rw", "root", "bin", "modules")
    }
    order = []
    for name in MODULES:
        if name in modules:
            content = modules[name].read_bytes()
            files[f"modules/{name}.ko"] = (stat.S_IFREG | 0o644, lzma.decompress(content) if modules[name].suffix == ".xz" else content)
            order.append(f"{name}.ko")
    files["modules/order"] = (stat.S_IFREG | 0o644, "\n".join(order).encode())
    busybox = subprocess.run(["tar", "-xOf", f"{work}/system.tar", "./usr/bin/busybox"], capture_output=True, timeout=60)
    if busybox.returncode:
        busybox = subprocess.run(["tar", "-xOf", f"{work}/system.tar", "./bin/busybox"], capture_output=True, check=True, timeout=60)
    files["bin/busybox"] = (stat.S_IFREG | 0o755, busybox.stdout)
    (work / "image" / "drivers").write_bytes(gzip.compress(archive(files), 1))


def _renew(image: Image, libraries: bool) -> None:
    """Our own files as a second archive after the drivers' (the kernel unpacks both); pictures of the memory before are void."""
    for accelerator in ("kvm", "tcg"):
        image.memory(accelerator).unlink(missing_ok=True)
    (image.folder / "initrd").write_bytes((image.folder / "drivers").read_bytes() + gzip.compress(archive(_own_files()), 1))
    image.stamp.write_text(json.dumps({"version": version(), "system": system_version(), "libraries": libraries}))


def _root(work: Path, libraries: bool) -> None:
    """The system and, at the same places as in the other back ends, our Python and its libraries."""
    root = work / "root"
    root.mkdir()
    _tool("tar", "-xf", f"{work}/system.tar", "-C", str(root), "--exclude=./dev/*", "--no-same-owner")
    (root / "work").mkdir()
    (root / "home" / "user").mkdir(parents=True)
    (root / "etc" / "passwd").write_text(
        "root:x:0:0::/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n"
    )
    (root / "etc" / "group").write_text("root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n")
    (root / "etc" / "resolv.conf").write_text("")
    (root / "etc" / "hosts").write_text("127.0.0.1 localhost sandbox\n::1 localhost\n")
    if libraries:
        python = here()
        for source, inside in python.binds:
            _copy_tree(source, root / inside.lstrip("/"))
        for target, path in python.links:
            link = root / path.lstrip("/")
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(target)
        for path, text in python.files:
            (root / path.lstrip("/")).write_text(text)
        # compiled here by the same Python: in emulation it would take minutes. The hash form does not look at times
        compiling = (sys.executable, "-P", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(root / "opt"))
        subprocess.run(compiling, capture_output=True, timeout=1800)
    _tool(
        "mksquashfs",
        str(root),
        f"{work}/image/root.sqfs",
        "-comp",
        "zstd",
        "-Xcompression-level",
        "6",
        "-all-root",
        "-noappend",
        "-no-xattrs",
    )


def _copy_tree(source: Path, target: Path) -> None:
    skipped = shutil.ignore_patterns("test", "tests", "*.a", "idle_test", "ensurepip", "share", "include")
    shutil.copytree(source, target, symlinks=True, ignore=skipped, dirs_exist_ok=True)


def uncompressed(image: bytes) -> bytes:
    """The ELF kernel in a bzImage: each place where a compressed stream may start is tried.

    Raises Failed when no stream in it is one (a kernel compressed with what Python's standard library cannot read).
    """
    streams: tuple[tuple[bytes, Callable[[], Any]], ...] = (
        (b"\xfd7zXZ\x00", lzma.LZMADecompressor),
        (b"\x1f\x8b\x08", lambda: zlib.decompressobj(31)),
        (b"\x5d\x00\x00", lzma.LZMADecompressor),
    )
    for magic, opened in streams:
        for found in re.finditer(re.escape(magic), image):
            try:
                content = opened().decompress(image[found.start() :])
            except (lzma.LZMAError, zlib.error, EOFError):
                continue
            if content.startswith(b"\x7fELF"):
                return bytes(content)
    raise Failed("sandbox.vm-build", why="kernel compression")


def archive(files: dict[str, tuple[int, bytes]]) -> bytes:
    """A cpio archive in the "newc" format that the kernel reads as an initramfs (Documentation/driver-api/early-userspace)."""
    return b"".join(_cpio(files))


def _cpio(files: dict[str, tuple[int, bytes]]) -> Iterator[bytes]:
    entries = [*files.items(), ("TRAILER!!!", (0, b""))]
    for number, (name, (mode, content)) in enumerate(entries, 1):
        encoded = name.encode() + b"\0"
        fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(encoded), 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + encoded
        yield head + bytes(-len(head) % 4) + content + bytes(-len(content) % 4)


def main() -> None:
    from confrere.config import Home
    from confrere.messages import say, system_language

    language = system_language()
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Home.find().cache / "vm"

    def told(step: str) -> None:
        print(say(f"sandbox.vm-step-{step}", language), flush=True)

    try:
        image = build(folder, told)
        from confrere.sandbox.microvm import picture

        told("memory")
        picture(image, "tcg")
    except Failed as error:
        sys.exit(error.sentence(language))
    print(say("sandbox.vm-built", language, path=folder))


if __name__ == "__main__":
    main()
