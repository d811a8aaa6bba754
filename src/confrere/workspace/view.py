"""The copy-on-write view of the granted folders: what a task sees and changes, while the real folders stay as they are.

A view merges the real folders (lower layers, never written) with the task's staging area (upper layers, see ``upper``).
Links are entries like others: they are listed and moved, never walked through; ``open`` follows one only inside the view.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
        self._token = secrets.token_hex(6)  # no name that a killed process left is met again
        self._whiteout = ""
        self._mounted_ns = 0

    def close(self) -> None:
        if self._whiteout:
            with suppress(OSError):
                os.unlink(self._whiteout)
            self._whiteout = ""
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
        """The entries of a folder, sorted by name. Raises WrongUse when it is missing, cannot be read or is no folder."""
        if path in ("", "."):
            return [info(root, os.lstat(tree.root.path)) for root, tree in sorted(self.trees.items())]
        return [entry for entry, _, _ in self._entries(*self._folder(path))]

    def _folder(self, path: str) -> tuple[Tree, str, str | None, str | None]:
        """Where the two layers of a folder are: (tree, relative path, upper, lower), None for a layer that shows nothing there."""
        tree, relative, look = self._find(path)
        if look.visible is None:
            raise WrongUse("workspace.path-missing", path=path)
        if not stat.S_ISDIR(look.visible.st_mode):
            raise WrongUse("workspace.path-not-folder", path=path)
        shown = look.lower_status is not None and stat.S_ISDIR(look.lower_status.st_mode) and not look.opaque
        return tree, relative, look.upper if look.upper_status is not None else None, look.lower if shown else None

    def _entries(self, tree: Tree, relative: str, up: str | None, low: str | None) -> Iterator[tuple[Info, str | None, str | None]]:
        """What a folder shows, sorted by name, each entry with its place in the two layers (None: not there). Only the names are
        held in memory."""
        path = join(tree.root.name, relative)
        above: dict[str, os.stat_result] = {}
        names: list[str] = []
        try:
            if up is not None:
                with os.scandir(up) as scan:
                    above = {entry.name: entry.stat(follow_symlinks=False) for entry in scan}
                names = list(above)
            if low is not None:
                names += [item for item in os.listdir(low) if item not in above]
        except FileNotFoundError:
            tree.look(relative)  # says so when the whole folder is gone
        except OSError as error:
            raise WrongUse("workspace.path-denied", path=path, reason=error.strerror) from None
        names.sort()
        hidden = {name(place) for place in tree.root.hidden if parent(place) == relative}
        for item in names:
            if item in hidden or (not relative and item.startswith(STAGING)):
                continue
            real = f"{low}/{item}" if low is not None else None
            status = above.get(item)
            if status is None:
                assert real is not None
                try:
                    status = os.lstat(real)
                except FileNotFoundError:
                    continue  # it went while we looked
                except OSError as error:
                    raise WrongUse("workspace.path-denied", path=path, reason=error.strerror) from None
                yield info(f"{path}/{item}", status), None, real
            elif not layer.is_whiteout(status, f"{up}/{item}"):
                yield info(f"{path}/{item}", status), f"{up}/{item}", real

    def walk(self, path: str = "", denied: Callable[[str], None] | None = None) -> Iterator[Info]:
        """Everything below ``path``, each folder before what it holds; ``denied`` is told the folders that cannot be read. To be
        used up before the view is changed."""
        if path in ("", "."):
            for top in self.list():
                yield top
                yield from self.walk(top.path, denied)
            return
        waiting: list[Iterator[tuple[Info, str | None, str | None]]] = []
        place: tuple[Tree, str, str | None, str | None] | None = self._folder(path)
        while place is not None or waiting:
            if place is not None:
                waiting.append(self._entries(*place))
                place = None
            try:
                found = next(waiting[-1], None)
            except WrongUse as error:
                if denied is None or error.key != "workspace.path-denied":
                    raise
                denied(str(error.data["path"]))
                found = None
            if found is None:
                waiting.pop()
                continue
            entry, up, low = found
            yield entry
            if entry.type == "dir":
                root, _, relative = entry.path.partition("/")
                place = self.trees[root], relative, up, None if _hides(up, low) else low

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
                taken = {folded(name(entry.path)) for entry, _, _ in self._entries(*self._folder(folder))}
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
                return self._open_lower(*self.real(origin.path), origin.path, check=True)
            return open(look.upper, "rb")
        return self._open_lower(tree, relative, path)

    def _open_lower(self, tree: Tree, relative: str, path: str, *, check: bool = False) -> BinaryIO:
        try:
            root = os.open(tree.root.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
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
            tree, relative = self.real(origin.path)
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

    def real(self, path: str) -> tuple[Tree, str]:
        """The real file that an origin names. It may be made up: raises WrongUse for anything that the view would not show."""
        top, *names = parts(path) or [""]
        tree, relative = self.trees.get(top), "/".join(names)
        if tree is None or not names or names[0].startswith(STAGING) or any(is_within(relative, place) for place in tree.root.hidden):
            raise WrongUse("workspace.path-missing", path=path)
        return tree, relative

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
        missing = []
        folder = parent(relative)
        while folder and not _is_folder(f"{tree.upper}/{folder}"):
            missing.append(folder)
            folder = parent(folder)
        if not missing:
            return
        above = tree.look(folder)
        low = "" if above.opaque or above.lower_status is None else above.lower
        for folder in reversed(missing):
            up = f"{tree.upper}/{folder}"
            low = f"{low}/{name(folder)}" if low else ""
            status = _lstat(up) or (_lstat(low) if low else None)
            if status is None or layer.is_whiteout(status, up):
                raise WrongUse("workspace.path-missing", path=join(tree.root.name, folder))
            if not stat.S_ISDIR(status.st_mode):
                raise WrongUse("workspace.path-not-folder", path=join(tree.root.name, folder))
            os.mkdir(up, 0o700)
            state = state_of(low, status)
            state.mode |= 0o700
            set_metadata(up, state)

    def _reserve(self) -> str:
        """A free path on the staging file system."""
        self._counter += 1
        return f"{self._temporary}/{self._token}-{self._counter}"

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
        look = self._may_change(path)[2]
        if look.visible is not None:
            if not stat.S_ISDIR(look.visible.st_mode):
                raise WrongUse("workspace.path-exists", path=path)
            return
        missing = [path]
        while "/" in (above := parent(missing[-1])) and not self.exists(above):
            missing.append(above)
        for folder in reversed(missing):
            self._make_folder(folder)

    def _make_folder(self, path: str) -> None:
        tree, relative, look = self._may_change(path)
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
            with self.batch():
                self._note_held(path)
        self._note(tree, relative, look)
        try:
            self._make_parents(tree, relative)
            if look.upper_status is not None:
                self._discard(look.upper)
            if look.lower_status is not None:
                self._hide(look.upper)
        except OSError as error:
            raise self._explained(error, path) from None
        self._changed(path, False)
        self._names.pop(path, None)

    def _hide(self, upper: str) -> None:
        """Put a whiteout where nothing is: one more name of one kept aside, as the kernel does it, which is cheaper than a new one."""
        if self._whiteout:
            try:
                os.link(self._whiteout, upper, follow_symlinks=False)
                return
            except OSError as error:
                if error.errno not in (errno.EMLINK, errno.ENOENT, errno.EPERM, errno.ENOTSUP, errno.EXDEV):
                    raise
                self._whiteout = ""
        layer.make_whiteout(upper)
        if stat.S_ISCHR(os.lstat(upper).st_mode):
            aside = self._reserve()
            try:
                os.link(upper, aside, follow_symlinks=False)
                self._whiteout = aside
            except OSError:  # a file system without links: each whiteout is made anew
                pass

    def _note_held(self, path: str) -> None:
        """Remember the versions of the real files that a folder shows."""
        waiting = [self._folder(path)]
        while waiting:
            tree, *_ = place = waiting.pop()
            for entry, up, low in self._entries(*place):
                if entry.type == "dir":
                    waiting.append((tree, entry.path.partition("/")[2], up, None if _hides(up, low) else low))
                elif low is not None and (status := _lstat(low)) is not None and not stat.S_ISDIR(status.st_mode):
                    self.seen.note(entry.path, Signature.of(status))

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
                self._hide(look.upper)
        except OSError as error:
            raise self._explained(error, target) from None
        self._changed(source, False)
        self._changed(target, True)

    def _move_folder(self, source: str, target: str, state: State) -> None:
        self.mkdir(target)
        folders = [(target, state)]
        for entry in list(self.walk(source)):
            place = target + entry.path[len(source) :]
            if entry.type != "dir":
                self.move(entry.path, place)
                continue
            look = self._find(entry.path)[2]
            assert look.visible is not None
            folders.append((place, state_of(look.upper if look.upper_status else look.lower, look.visible)))
            self.mkdir(place)
        for place, state in folders:
            look = self._find(place)[2]
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
        assert look.lower_status is not None
        self.stand_in(join(tree.root.name, relative), look.lower, look.lower_status, to_look.upper)

    def stand_in(self, path: str, real: str, status: os.stat_result, upper: str) -> None:
        """Put at ``upper`` what stands for a real file: a placeholder, or a full copy where the file system keeps no attributes."""
        temporary = self._reserve()
        if stat.S_ISLNK(status.st_mode):
            os.symlink(os.readlink(real), temporary)
            os.utime(temporary, ns=(status.st_mtime_ns,) * 2, follow_symlinks=False)
        else:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, stat.S_IMODE(status.st_mode) & 0o700 | 0o600)
            try:
                os.ftruncate(handle, status.st_size)
                os.setxattr(handle, layer.ORIGIN, os.fsencode(path))
                os.fchmod(handle, stat.S_IMODE(status.st_mode) & 0o777)
                os.utime(handle, ns=(status.st_mtime_ns, status.st_mtime_ns))
            except OSError:
                os.unlink(temporary)
                copy_content(real, temporary)
                os.chmod(temporary, stat.S_IMODE(status.st_mode) & 0o777)
                os.utime(temporary, ns=(status.st_mtime_ns, status.st_mtime_ns))
            finally:
                os.close(handle)
        os.replace(temporary, upper)

    @staticmethod
    def _remember(path: str, origin: layer.Origin) -> None:
        try:
            layer.set_origin(path, origin)
        except OSError:
            pass  # it will be shown as a deletion and a creation instead of a move

    # -- for the sandbox

    def materialise(self) -> None:
        """Make of the upper layers what the kernel can mount as they are: every placeholder filled with its bytes, and what is no
        part of the view covered."""
        for tree in self.trees.values():
            for place in [] if tree.root.readonly else tree.root.hidden:
                if os.path.lexists(f"{tree.root.path}/{place}") and not os.path.lexists(f"{tree.upper}/{place}"):
                    self._make_parents(tree, place)
                    layer.make_whiteout(f"{tree.upper}/{place}")
            for path in _files(tree.upper):
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
                origin_tree, relative = self.real(origin.path)
                with self._open_lower(origin_tree, relative, origin.path, check=True):
                    copy_content(f"{origin_tree.root.path}/{relative}", temporary)
                self._remember(temporary, layer.Origin(origin.path, True))
                os.chmod(temporary, stat.S_IMODE(status.st_mode))
                os.utime(temporary, ns=(status.st_mtime_ns, status.st_mtime_ns))
                os.replace(temporary, path)

        self._mounted_ns = time.time_ns()

    def adopt(self, step: str, call: str) -> None:
        """Take note of what was written to the upper layers while they were mounted: put down to this step and call, and
        based on the real files as they are now. No placeholder was there when they were mounted: one that is there now is made up,
        and is the bytes that it holds."""
        self.refresh()
        with self.batch():
            for tree in self.trees.values():
                waiting = [""]
                while waiting:
                    waiting += self._adopt(tree, waiting.pop(), step, call)

    def _adopt(self, tree: Tree, relative: str, step: str, call: str) -> Iterator[str]:
        """Take note of what one folder of the upper layer holds; returns the folders in it."""
        for item in os.listdir(f"{tree.upper}/{relative}" if relative else tree.upper):
            below = join(relative, item)
            look = tree.look(below)
            if look.upper_status is None:
                continue
            path = join(tree.root.name, below)
            folder = stat.S_ISDIR(look.upper_status.st_mode)
            if stat.S_ISREG(look.upper_status.st_mode) and (origin := layer.origin(look.upper)) is not None and not origin.here:
                layer.clear(look.upper, layer.ORIGIN)
            if look.upper_status.st_ctime_ns >= self._mounted_ns - 10**9 and (not folder or look.lower_status is None or look.opaque):
                self.seen.touched(path, step, call)
            if look.lower_status is not None and (not folder or look.opaque or not stat.S_ISDIR(look.lower_status.st_mode)):
                self._note_below(look.lower, path)
            if folder:
                yield below

    def _note_below(self, real: str, path: str) -> None:
        """Remember the versions of a real entry and of all it holds."""
        waiting = [""]
        while waiting:
            below = waiting.pop()
            status = os.lstat(real + below)
            if stat.S_ISDIR(status.st_mode):
                waiting += [f"{below}/{item}" for item in os.listdir(real + below)]
            else:
                self.seen.note(path + below, Signature.of(status))

    def refresh(self) -> None:
        """Forget what is remembered of the upper layers: something else wrote to them."""
        self._names.clear()


def _lstat(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except OSError:
        return None


def _is_folder(path: str) -> bool:
    """Whether a folder is there, and no link to one."""
    status = _lstat(path)
    return status is not None and stat.S_ISDIR(status.st_mode)


def _hides(up: str | None, low: str | None) -> bool:
    """Whether the upper entry of a folder hides the lower one of its name."""
    return up is not None and (low is None or layer.is_opaque(up) or not _is_folder(low))


def _files(folder: str) -> Iterator[str]:
    """All but folders below a folder of our own, however deep."""
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as scan:
            entries = list(scan)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                yield entry.path


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
