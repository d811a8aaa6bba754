"""What a run left in the staging area, looked over before anything else reads it: nothing in it may act on the host.

The upper layer is kept in overlayfs's own format: whiteouts (character devices 0/0) and ``user.overlay.opaque`` stay. Devices, pipes,
sockets, set-id bits, access lists, capabilities and the words by which overlayfs would look elsewhere are removed; links that lead
out and names that mislead are kept byte for byte and told.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from confrere.messages import say

Problem = Literal["device", "pipe", "socket", "setid", "attribute", "closed", "deep", "link-out", "name", "hard-link"]

DEEPEST = 64
"""Folders below folders, past which a tree is removed: no tool of ours could show or apply it."""

_KEPT_WORDS = {
    "user.overlay.opaque",
    "user.overlay.whiteout",
    "user.overlay.origin",
    "user.overlay.impure",
    "user.overlay.nlink",
    "user.overlay.uuid",
}
_BIDI = {"\u200e", "\u200f", *"\u202a\u202b\u202c\u202d\u202e", *"\u2066\u2067\u2068\u2069"}

_JOINERS = {"\u200c", "\u200d"}  # Persian and Indic spelling, and emoji, need them


@dataclass(frozen=True)
class Finding:
    """``path`` is relative, undecodable bytes surrogate-escaped; ``removed``: what was wrong is gone; ``detail`` is for programs."""

    path: str
    problem: Problem
    removed: bool
    detail: str = ""

    def sentence(self, language: str) -> str:
        return say(f"sandbox.found-{self.problem}", language, path=self.path, detail=self.detail)


def scan_upper(upper: Path) -> list[Finding]:
    """Clean the staging area after a run and tell what was found. Call it while nothing runs in the sandbox.

    Raises OSError when the folder itself cannot be read.
    """
    fd = os.open(upper, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        return list(_scan(fd, "", 0))
    finally:
        os.close(fd)


def _scan(folder: int, prefix: str, depth: int) -> Iterator[Finding]:
    for name in sorted(os.listdir(folder)):
        path = prefix + name
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if misleading(name):
            yield Finding(path, "name", False, misleading(name))
        kind = stat.S_IFMT(status.st_mode)
        if kind == stat.S_IFDIR:
            yield from _folder(folder, name, path, depth)
        elif kind == stat.S_IFLNK:
            target = os.readlink(name, dir_fd=folder)
            if leads_out(path, target):
                yield Finding(path, "link-out", False, target)
        elif kind == stat.S_IFREG:
            yield from _file(folder, name, path)
        elif kind != stat.S_IFCHR or status.st_rdev != 0:
            os.unlink(name, dir_fd=folder)
            problem: Problem = "pipe" if kind == stat.S_IFIFO else "socket" if kind == stat.S_IFSOCK else "device"
            yield Finding(path, problem, True)


def _folder(folder: int, name: str, path: str, depth: int) -> Iterator[Finding]:
    if depth >= DEEPEST:
        remove_tree(folder, name)
        yield Finding(path, "deep", True)
        return
    yield from _bits(folder, name, path, stat.S_IRWXU)
    inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
    try:
        yield from _attributes(inner, path)
        yield from _scan(inner, path + "/", depth + 1)
    finally:
        os.close(inner)


def _file(folder: int, name: str, path: str) -> Iterator[Finding]:
    yield from _bits(folder, name, path, stat.S_IRUSR)
    fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    try:
        yield from _attributes(fd, path)
    finally:
        os.close(fd)


def _bits(folder: int, name: str, path: str, needed: int) -> Iterator[Finding]:
    """Clear set-id bits, and open to the owner what was closed to them: review must see it."""
    mode = stat.S_IMODE(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    wanted = (mode & ~(stat.S_ISUID | stat.S_ISGID)) | needed
    if wanted != mode:
        os.chmod(name, wanted, dir_fd=folder)
        yield Finding(path, "setid" if mode & (stat.S_ISUID | stat.S_ISGID) else "closed", True, f"{mode:o}")


def _attributes(fd: int, path: str) -> Iterator[Finding]:
    if not hasattr(os, "listxattr"):
        return
    for name in os.listxattr(fd):
        harmless = name.startswith("user.") and not name.startswith("user.overlay.")
        if not harmless and name not in _KEPT_WORDS and name != "security.selinux":
            os.removexattr(fd, name)
            yield Finding(path, "attribute", True, name)


def misleading(name: str) -> str:
    """Why a name could deceive who reads it on a screen, a terminal or a command line: a short word, or nothing."""
    if any(0xD800 <= ord(ch) <= 0xDFFF for ch in name):
        return "undecodable"
    if any(ch in _BIDI for ch in name):
        return "direction"
    if any(unicodedata.category(ch) in ("Cc", "Cf", "Zl", "Zp") and ch not in _JOINERS for ch in name):
        return "control"
    if name != name.strip() or name.startswith("-"):
        return "edge"
    return ""


def leads_out(path: str, target: str) -> bool:
    """Whether a link at ``path`` names something outside the folder, by the text alone."""
    if target.startswith("/"):
        return True
    depth = path.count("/")
    for part in target.split("/"):
        depth += -1 if part == ".." else 0 if part in ("", ".") else 1
        if depth < 0:
            return True
    return False


def remove_tree(folder: int, name: str) -> None:
    """Remove a tree of any depth with two descriptors: each folder found is first moved up beside the first."""
    count = 0
    taken = set(os.listdir(folder))
    waiting = [name]
    while waiting:
        current = waiting[-1]
        os.chmod(current, stat.S_IRWXU, dir_fd=folder)
        inner = os.open(current, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
        try:
            for entry in os.listdir(inner):
                if stat.S_ISDIR(os.stat(entry, dir_fd=inner, follow_symlinks=False).st_mode):
                    os.chmod(entry, stat.S_IRWXU, dir_fd=inner)
                    count += 1
                    while (place := f".confrere-removing-{count}") in taken:
                        count += 1
                    os.rename(entry, place, src_dir_fd=inner, dst_dir_fd=folder)
                    waiting.insert(0, place)
                else:
                    os.unlink(entry, dir_fd=inner)
        finally:
            os.close(inner)
        os.rmdir(current, dir_fd=folder)
        waiting.remove(current)


def scan_grant(folder: Path, limit: int = 50) -> list[Finding]:
    """What a person should know before granting a folder: files with a second name elsewhere, which every sandbox reads (and a view
    copies) as if they were only here. At most ``limit`` findings; folders that cannot be read are passed over.
    """
    found: list[Finding] = []
    for path, _, names in os.walk(folder):
        for name in names:
            full = os.path.join(path, name)
            try:
                status = os.lstat(full)
            except OSError:
                continue  # it went away
            if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
                found.append(Finding(os.path.relpath(full, folder), "hard-link", False, str(status.st_nlink)))
                if len(found) >= limit:
                    return found
    return found
