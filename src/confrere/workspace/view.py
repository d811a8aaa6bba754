"""The copy-on-write view of the granted folders: what a task sees and changes, while the real folders stay as they are.

A view merges the real folders (lower layers, never written) with the task's staging area (upper layers, see ``upper``).
Links are entries like others: they are listed and moved, never walked through; ``open`` follows one only inside the view.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from confrere.errors import Failed, WrongUse
from confrere.workspace import upper as layer
from confrere.workspace.files import CHUNK, Signature, State, copy_content, kind, remove_tree, set_metadata, state_of
from confrere.workspace.paths import folded, is_within, join, name, open_beneath, parent, parts
from confrere.workspace.roots import Root
from confrere.workspace.seen import Seen
from confrere.workspace.tree import STAGING, Info, Look, Tree, info


class View:
    """See the module. Paths are view paths: the first part names the root. Used by one process at a time.

    Every change is put down to the step and call that ``working`` was last told.
    """

    def __init__(self, roots: list[Root], area: Path) -> None:
        area.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.area = area
        self.trees = {root.name: Tree(root, area / str(number)) for number, root in enumerate(roots)}
        self.seen = Seen(area / "seen.db")
        self._temporary = area / "tmp"
        self._temporary.mkdir(mode=0o700, exist_ok=True)
        self._step = self._call = ""
        self._names: dict[str, set[str]] = {}
        self._counter = 0
        self._mounted_ns = 0

    def close(self) -> None:
        self.seen.close()

    @property
    def roots(self) -> list[Root]:
        return [tree.root for tree in self.trees.values()]

    def working(self, step: str, call: str) -> None:
        self._step, self._call = step, call

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Group the bookkeeping of many changes; the changes themselves are made one by one."""
        self.seen.begin()
        try:
            yield
        finally:
            self.seen.commit()

    # -- looking

    def _find(self, path: str) -> tuple[Tree, str, Look]:
        names = parts(path)
        tree = self.trees.get(names[0]) if names else None
        if tree is None:
            raise WrongUse("workspace.path-missing", path=path or "/")
        relative = "/".join(names[1:])
        return tree, relative, tree.look(relative)

    def stat(self, path: str) -> Info:
        """Raises WrongUse when there is no such entry."""
        _, _, look = self._find(path)
        if look.visible is None:
            raise WrongUse("workspace.path-missing", path=path)
        return info(path, look.visible)

    def exists(self, path: str) -> bool:
        try:
            return self._find(path)[2].visible is not None
        except WrongUse:
            return False

    def list(self, path: str = "") -> list[Info]:
        """The entries of a folder, sorted by name. Raises WrongUse when it is missing or no folder."""
        if path in ("", "."):
            return [info(root, os.lstat(tree.root.path)) for root, tree in sorted(self.trees.items())]
        tree, relative, look = self._find(path)
        if look.visible is None:
            raise WrongUse("workspace.path-missing", path=path)
        if not stat.S_ISDIR(look.visible.st_mode):
            raise WrongUse("workspace.path-not-folder", path=path)
        entries: dict[str, os.stat_result | None] = {}
        if look.upper_status is not None:
            with os.scandir(look.upper) as scan:
                for entry in scan:
                    status = entry.stat(follow_symlinks=False)
                    entries[entry.name] = None if layer.is_whiteout(status, entry.path) else status
        if look.lower_status is not None and stat.S_ISDIR(look.lower_status.st_mode) and not look.opaque:
            try:
                with os.scandir(look.lower) as scan:
                    for entry in scan:
                        if entry.name not in entries:
                            try:
                                entries[entry.name] = entry.stat(follow_symlinks=False)
                            except FileNotFoundError:
                                continue  # it went while we looked
            except PermissionError as error:
                raise WrongUse("workspace.path-denied", path=path, reason=error.strerror) from None
            except FileNotFoundError:
                tree.look(relative)  # says so when the whole folder is gone
        hidden = {place for place in tree.root.hidden if parent(place) == relative}
        return [
            info(f"{path}/{item}", status)
            for item, status in sorted(entries.items())
            if status is not None and not (hidden and join(relative, item) in hidden) and not (not relative and item.startswith(STAGING))
        ]

    def walk(self, path: str = "", denied: Callable[[str], None] | None = None) -> Iterator[Info]:
        """Everything below ``path``, each folder before what it holds; ``denied`` is told the folders that cannot be read."""
        try:
            entries = self.list(path)
        except WrongUse as error:
            if denied is None or error.key != "workspace.path-denied":
                raise
            denied(path)
            return
        for entry in entries:
            yield entry
            if entry.type == "dir":
                yield from self.walk(entry.path, denied)

    def glob(self, pattern: str) -> Iterator[Info]:
        """Entries whose whole view path matches: ``*`` and ``?`` within a name, ``**`` across folders, ``[...]`` sets."""
        matcher = _translate(pattern)
        return (entry for entry in self.walk() if matcher.fullmatch(entry.path))

    def free(self, path: str) -> str:
        """``path``, or the next of "name (2).ext", "name (3).ext" ... that no entry there has, case and normal form folded."""
        folder, base = parent(path), name(path)
        taken = self._taken(folder)
        stem, dot, ending = base.rpartition(".") if "." in base[1:] else (base, "", "")
        number = 1
        candidate = base
        while folded(candidate) in taken:
            number += 1
            candidate = f"{_cut(stem, len(os.fsencode(f' ({number}){dot}{ending}')))} ({number}){dot}{ending}"
        return join(folder, candidate)

    def _taken(self, folder: str) -> set[str]:
        if folder not in self._names:
            if len(self._names) > 256:
                self._names.clear()
            taken = set()
            if self.exists(folder):
                taken = {folded(name(entry.path)) for entry in self.list(folder)}
            self._names[folder] = taken
        return self._names[folder]

    def _changed(self, path: str, there: bool) -> None:
        self.seen.touched(path, self._step, self._call)
        taken = self._names.get(parent(path))
        if taken is not None:
            (taken.add if there else taken.discard)(folded(name(path)))

    # -- reading

    def open(self, path: str) -> BinaryIO:
        """The bytes of a file, to read. Raises WrongUse when it is missing, no file, a link that leads out, or not permitted."""
        path = self.follow(path)
        tree, relative, look = self._find(path)
        status = look.visible
        if status is None:
            raise WrongUse("workspace.path-missing", path=path)
        if not stat.S_ISREG(status.st_mode):
            raise WrongUse("workspace.path-special" if kind(status.st_mode) == "special" else "workspace.path-not-file", path=path)
        if look.upper_status is not None:
            origin = layer.origin(look.upper)
            if origin is not None and not origin.here:
                return self._open_lower(*self._split(origin.path), origin.path, check=True)
            return open(look.upper, "rb")
        return self._open_lower(tree, relative, path)

    def _open_lower(self, tree: Tree, relative: str, path: str, *, check: bool = False) -> BinaryIO:
        try:
            root = os.open(tree.root.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                handle = open_beneath(root, relative, os.O_RDONLY | os.O_NONBLOCK)
            finally:
                os.close(root)
        except FileNotFoundError:
            tree.look(relative)
            raise WrongUse("workspace.path-missing", path=path) from None
        except OSError as error:
            raise WrongUse("workspace.path-denied", path=path, reason=error.strerror) from None
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            os.close(handle)
            raise WrongUse("workspace.path-not-file", path=path)
        now = Signature.of(status)
        if self.seen.note(path, now) != now and check:
            os.close(handle)
            raise WrongUse("workspace.path-changed", path=path)
        return os.fdopen(handle, "rb")

    def read(self, path: str, limit: int = -1) -> bytes:
        with self.open(path) as file:
            return file.read(limit)

    def locate(self, path: str) -> Path:
        """The real path of a file's bytes, for a reader in another process. Never to be written."""
        with self.open(path):  # all the checks, and the version noted
            pass
        path = self.follow(path)
        tree, relative, look = self._find(path)
        if look.upper_status is not None:
            origin = layer.origin(look.upper)
            if origin is None or origin.here:
                return Path(look.upper)
            tree, relative = self._split(origin.path)
        return Path(tree.root.path, relative)

    def follow(self, path: str) -> str:
        """The path itself, or where its link leads inside the same root. Raises WrongUse for one that leads out or round."""
        for _ in range(40):
            tree, relative, look = self._find(path)
            if look.visible is None or not stat.S_ISLNK(look.visible.st_mode):
                return path
            target = os.readlink(look.upper if look.upper_status is not None else look.lower)
            real = os.path.normpath(os.path.join(tree.root.path, parent(relative), target))
            if not real.startswith(tree.root.path.rstrip("/") + "/"):
                break
            path = join(tree.root.name, os.path.relpath(real, tree.root.path))
        raise WrongUse("workspace.path-leads-out", path=path)

    def _split(self, path: str) -> tuple[Tree, str]:
        top, _, relative = path.partition("/")
        return self.trees[top], relative

    # -- changing

    def _may_change(self, path: str) -> tuple[Tree, str, Look]:
        tree, relative, look = self._find(path)
        if not relative:
            raise WrongUse("workspace.path-wrong", path=path)
        closed = tree.root.hidden + tree.root.protected
        if tree.root.readonly or any(is_within(relative, place) or is_within(place, relative) for place in closed):
            raise WrongUse("workspace.path-readonly", path=path)
        if relative.split("/")[0].startswith(STAGING):
            raise WrongUse("workspace.path-wrong", path=path)
        return tree, relative, look

    def _make_parents(self, tree: Tree, relative: str) -> None:
        """Copy up the folders that hold ``relative``, without their contents."""
        folder = parent(relative)
        if not folder or (os.path.isdir(f"{tree.upper}/{folder}") and not os.path.islink(f"{tree.upper}/{folder}")):
            return
        self._make_parents(tree, folder)
        look = tree.look(folder)
        status = look.visible
        if status is None:
            raise WrongUse("workspace.path-missing", path=join(tree.root.name, folder))
        if not stat.S_ISDIR(status.st_mode):
            raise WrongUse("workspace.path-not-folder", path=join(tree.root.name, folder))
        os.mkdir(look.upper, 0o700)
        if look.lower_status is not None:
            state = state_of(look.lower, look.lower_status)
            state.mode |= 0o700
            set_metadata(look.upper, state)

    def _reserve(self) -> str:
        """A free path on the staging file system."""
        self._counter += 1
        path = str(self._temporary / f"{os.getpid()}-{self._counter}")
        if os.path.lexists(path):
            os.unlink(path)
        return path

    def _note(self, tree: Tree, relative: str, look: Look) -> None:
        """Remember the version of the real file that this change is based on."""
        if look.lower_status is not None and not stat.S_ISDIR(look.lower_status.st_mode):
            self.seen.note(join(tree.root.name, relative), Signature.of(look.lower_status))

    def write(self, path: str, data: bytes | BinaryIO | Path, *, overwrite: bool = False) -> None:
        """Put a file at ``path``: bytes, the rest of a binary stream, or a finished file to take over (it is moved away).

        Makes no folder. Raises WrongUse when the place is taken (by a file: unless ``overwrite``), missing or read-only.
        """
        tree, relative, look = self._may_change(path)
        status = look.visible
        if status is not None and (not overwrite or stat.S_ISDIR(status.st_mode)):
            raise WrongUse("workspace.path-exists", path=path)
        mode = stat.S_IMODE(status.st_mode) if status is not None and stat.S_ISREG(status.st_mode) else 0o666 & ~_umask()
        temporary = self._reserve()
        try:
            if isinstance(data, Path):
                try:
                    os.rename(data, temporary)
                except OSError as error:
                    if error.errno != errno.EXDEV:
                        raise
                    copy_content(str(data), temporary)
                    os.unlink(data)
            else:
                with open(temporary, "xb") as file:
                    if isinstance(data, bytes):
                        file.write(data)
                    else:
                        while chunk := data.read(CHUNK):
                            file.write(chunk)
            os.chmod(temporary, mode)
            self._make_parents(tree, relative)
            self._note(tree, relative, look)
            self._place(temporary, look)
        except OSError as error:
            if os.path.lexists(temporary):
                os.unlink(temporary)
            raise self._explained(error, path) from None
        self._changed(path, True)

    def _place(self, temporary: str, look: Look) -> None:
        os.replace(temporary, look.upper)

    def _explained(self, error: OSError, path: str) -> Exception:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return Failed("core.disk-full", path=self.area)
        if error.errno == errno.ENAMETOOLONG:
            return WrongUse("workspace.path-too-long", path=path)
        return Failed("workspace.path-denied", path=path, reason=error.strerror or str(error))

    def mkdir(self, path: str) -> None:
        """Make a folder, and those above it; one that is there already is left as it is."""
        tree, relative, look = self._may_change(path)
        if look.visible is not None:
            if not stat.S_ISDIR(look.visible.st_mode):
                raise WrongUse("workspace.path-exists", path=path)
            return
        above = parent(path)
        if "/" in above and not self.exists(above):
            self.mkdir(above)
            look = tree.look(relative)
        try:
            self._make_parents(tree, relative)
            if look.whiteout:
                os.unlink(look.upper)
            os.mkdir(look.upper, 0o777)
            if look.lower_status is not None and stat.S_ISDIR(look.lower_status.st_mode):
                self._cover(tree, relative)
        except OSError as error:
            raise self._explained(error, path) from None
        self._changed(path, True)

    def _cover(self, tree: Tree, relative: str) -> None:
        """Hide all that the real folder of this name holds."""
        try:
            layer.make_opaque(f"{tree.upper}/{relative}")
        except OSError:  # no extended attributes here: a whiteout for each name says the same
            with os.scandir(f"{tree.root.path}/{relative}") as scan:
                for entry in scan:
                    layer.make_whiteout(f"{tree.upper}/{relative}/{entry.name}")

    def delete(self, path: str) -> None:
        """Take an entry out of the view, a folder with all it holds. Raises WrongUse when it is missing."""
        tree, relative, look = self._may_change(path)
        if look.visible is None:
            raise WrongUse("workspace.path-missing", path=path)
        if stat.S_ISDIR(look.visible.st_mode) and look.lower_status is not None:
            for entry in self.walk(path):
                if entry.type != "dir":
                    self._note(*self._find(entry.path))
        self._note(tree, relative, look)
        try:
            self._make_parents(tree, relative)
            if look.upper_status is not None:
                self._discard(look.upper)
            if look.lower_status is not None:
                layer.make_whiteout(look.upper)
        except OSError as error:
            raise self._explained(error, path) from None
        self._changed(path, False)
        self._names.pop(path, None)

    def _discard(self, path: str) -> None:
        """Remove an upper entry in one instant: moved aside first, then taken apart."""
        aside = self._reserve()
        os.rename(path, aside)
        remove_tree(aside)

    def move(self, source: str, target: str) -> None:
        """Move a file, link or folder. Moving a real file copies nothing. Raises WrongUse when the target is taken."""
        if source == target:
            return
        tree, relative, look = self._may_change(source)
        to_tree, to_relative, to_look = self._may_change(target)
        status = look.visible
        if status is None:
            raise WrongUse("workspace.path-missing", path=source)
        if to_look.visible is not None:
            raise WrongUse("workspace.path-exists", path=target)
        if is_within(target, source):
            raise WrongUse("workspace.path-wrong", path=target)
        what = kind(status.st_mode)
        if what == "special":
            raise WrongUse("workspace.path-special", path=source)
        if what == "dir":
            if self.stat(parent(target)).type != "dir":
                raise WrongUse("workspace.path-not-folder", path=parent(target))
            self._move_folder(source, target, state_of(look.upper if look.upper_status else look.lower, status))
            return
        self._note(tree, relative, look)
        try:
            self._make_parents(to_tree, to_relative)
            if look.upper_status is not None:
                if what == "file" and look.lower_status is not None and layer.origin(look.upper) is None:
                    self._remember(look.upper, layer.Origin(source, True))
                os.replace(look.upper, to_look.upper)
            else:
                self._stand_in(tree, relative, look, to_look)
            if look.lower_status is not None:
                self._make_parents(tree, relative)
                layer.make_whiteout(look.upper)
        except OSError as error:
            raise self._explained(error, target) from None
        self._changed(source, False)
        self._changed(target, True)

    def _move_folder(self, source: str, target: str, state: State) -> None:
        self.mkdir(target)
        for entry in self.list(source):
            self.move(entry.path, join(target, name(entry.path)))
        look = self._find(target)[2]
        os.utime(look.upper, ns=(state.mtime_ns, state.mtime_ns))
        os.chmod(look.upper, state.mode | 0o700)
        self.delete(source)

    def copy(self, source: str, target: str) -> None:
        """Copy a file. Copying a real file costs nothing until it is applied. Raises WrongUse when the target is taken."""
        tree, relative, look = self._find(source)
        to_tree, to_relative, to_look = self._may_change(target)
        if look.visible is None:
            raise WrongUse("workspace.path-missing", path=source)
        if kind(look.visible.st_mode) != "file":
            raise WrongUse("workspace.path-not-file", path=source)
        if to_look.visible is not None:
            raise WrongUse("workspace.path-exists", path=target)
        try:
            self._make_parents(to_tree, to_relative)
            if look.upper_status is None:
                self._note(tree, relative, look)
                self._stand_in(tree, relative, look, to_look)
            else:
                temporary = self._reserve()
                copy_content(look.upper, temporary)
                set_metadata(temporary, state_of(look.upper, look.upper_status))
                origin = layer.origin(look.upper)
                if origin is not None:
                    self._remember(temporary, origin)
                os.replace(temporary, to_look.upper)
        except OSError as error:
            raise self._explained(error, target) from None
        self._changed(target, True)

    def _stand_in(self, tree: Tree, relative: str, look: Look, to_look: Look) -> None:
        """Put at the target what stands for a real file: a placeholder, or a full copy where the file system keeps no attributes."""
        assert look.lower_status is not None
        temporary = self._reserve()
        if stat.S_ISLNK(look.lower_status.st_mode):
            os.symlink(os.readlink(look.lower), temporary)
            os.utime(temporary, ns=(look.lower_status.st_mtime_ns,) * 2, follow_symlinks=False)
        else:
            path = join(tree.root.name, relative)
            with open(temporary, "xb") as file:
                file.truncate(look.lower_status.st_size)
            try:
                layer.set_origin(temporary, layer.Origin(path, False))
            except OSError:
                os.unlink(temporary)
                copy_content(look.lower, temporary)
            status = look.lower_status
            os.chmod(temporary, stat.S_IMODE(status.st_mode) & 0o777)
            os.utime(temporary, ns=(status.st_mtime_ns, status.st_mtime_ns))
        os.replace(temporary, to_look.upper)

    @staticmethod
    def _remember(path: str, origin: layer.Origin) -> None:
        try:
            layer.set_origin(path, origin)
        except OSError:
            pass  # it will be shown as a deletion and a creation instead of a move

    # -- for the sandbox

    def materialise(self) -> None:
        """Fill every placeholder with its bytes, so that the kernel can mount the upper layers as they are."""
        for tree in self.trees.values():
            for folder, _, files in os.walk(tree.upper):
                for item in files:
                    path = os.path.join(folder, item)
                    origin = layer.origin(path)
                    status = os.lstat(path)
                    temporary = self._reserve()
                    if (origin is None or origin.here) and stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
                        # a name it shares with an applied file would let the sandbox write to that one
                        copy_content(path, temporary)
                        set_metadata(temporary, state_of(path, status))
                        os.replace(temporary, path)
                        continue
                    if origin is None or origin.here:
                        continue
                    origin_tree, relative = self._split(origin.path)
                    with self._open_lower(origin_tree, relative, origin.path, check=True):
                        copy_content(f"{origin_tree.root.path}/{relative}", temporary)
                    self._remember(temporary, layer.Origin(origin.path, True))
                    os.chmod(temporary, stat.S_IMODE(status.st_mode))
                    os.utime(temporary, ns=(status.st_mtime_ns, status.st_mtime_ns))
                    os.replace(temporary, path)

        self._mounted_ns = time.time_ns()

    def adopt(self, step: str, call: str) -> None:
        """Take note of what was written to the upper layers while they were mounted: put down to this step and call, and
        based on the real files as they are now."""
        self.refresh()
        with self.batch():
            for tree in self.trees.values():
                self._adopt(tree, "", step, call)

    def _adopt(self, tree: Tree, relative: str, step: str, call: str) -> None:
        for item in os.listdir(f"{tree.upper}/{relative}" if relative else tree.upper):
            below = join(relative, item)
            look = tree.look(below)
            if look.upper_status is None:
                continue
            path = join(tree.root.name, below)
            folder = stat.S_ISDIR(look.upper_status.st_mode)
            if look.upper_status.st_ctime_ns >= self._mounted_ns - 10**9 and (not folder or look.lower_status is None or look.opaque):
                self.seen.touched(path, step, call)
            if look.lower_status is not None and (not folder or look.opaque or not stat.S_ISDIR(look.lower_status.st_mode)):
                self._note_below(look.lower, path)
            if folder:
                self._adopt(tree, below, step, call)

    def _note_below(self, real: str, path: str) -> None:
        """Remember the versions of a real entry and of all it holds."""
        status = os.lstat(real)
        if not stat.S_ISDIR(status.st_mode):
            self.seen.note(path, Signature.of(status))
            return
        for item in os.listdir(real):
            self._note_below(f"{real}/{item}", f"{path}/{item}")

    def refresh(self) -> None:
        """Forget what is remembered of the upper layers: something else wrote to them."""
        self._names.clear()


def _umask() -> int:
    value = os.umask(0o077)
    os.umask(value)
    return value


def _cut(stem: str, room: int) -> str:
    """Shorten a name so that ``room`` bytes can follow it within the 255 a file system takes."""
    while len(os.fsencode(stem)) + room > 255:
        stem = stem[:-1]
    return stem


def _translate(pattern: str) -> re.Pattern[str]:
    out = ""
    position = 0
    while position < len(pattern):
        char = pattern[position]
        if pattern.startswith("**/", position):
            out, position = out + "(?:[^/]+/)*", position + 3
            continue
        if pattern.startswith("**", position):
            out, position = out + ".*", position + 2
            continue
        end = pattern.find("]", position + 2) if char == "[" else -1
        if end > 0:
            inside = pattern[position + 1 : end].replace("\\", "\\\\")
            out += "[" + ("^" + inside[1:] if inside[0] in "!^" else inside) + "]"
            position = end
        else:
            out += {"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char))
        position += 1
    return re.compile(out, re.DOTALL)
