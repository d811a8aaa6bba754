"""The copy-on-write view of the granted folders: what a task sees and changes, while the real folders stay as they are.

A view merges the real folders (lower layers, never written) with the task's staging area (upper layers, see ``upper``).
Links are entries like others: they are listed and moved, never walked through; ``open`` follows one only inside the view.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from confrere.errors import Failed, WrongUse
from confrere.workspace import mounting
from confrere.workspace import upper as layer
from confrere.workspace.area import Area
from confrere.workspace.files import CHUNK, Signature, State, copy_content, kind, set_metadata, state_of
from confrere.workspace.glob import translate
from confrere.workspace.names import Names
from confrere.workspace.paths import is_within, join, name, open_beneath, parent, parts
from confrere.workspace.roots import Root
from confrere.workspace.seen import Seen
from confrere.workspace.tree import STAGING, Entry, Info, Look, Tree, hides, info, lstat


class View:
    """See the module. Paths are view paths: the first part names the root. Used by one process at a time.

    Every change is put down to the step and call that ``working`` was last told.
    """

    def __init__(self, roots: list[Root], area: Path, seen: Seen | None = None) -> None:
        self.work_area = Area(area)
        self.trees = {root.name: Tree(root, area / str(number)) for number, root in enumerate(roots)}
        self.seen = Seen(area / "seen.db") if seen is None else seen
        self._step = self._call = ""
        self._names = Names(self._names_in)
        self._mounted_ns = 0

    def close(self) -> None:
        self.work_area.close()
        self.seen.close()

    @property
    def area(self) -> Path:
        return self.work_area.folder

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
        return [entry for entry, _, _ in self._shown(path)]

    def _folder(self, path: str) -> tuple[Tree, str, str | None, str | None]:
        """Where the two layers of a folder are: (tree, relative path, upper, lower), None for a layer that shows nothing there."""
        tree, relative, look = self._find(path)
        if look.visible is None:
            raise WrongUse("workspace.path-missing", path=path)
        if not stat.S_ISDIR(look.visible.st_mode):
            raise WrongUse("workspace.path-not-folder", path=path)
        shown = look.lower_status is not None and stat.S_ISDIR(look.lower_status.st_mode) and not look.opaque
        return tree, relative, look.upper if look.upper_status is not None else None, look.lower if shown else None

    def _shown(self, path: str) -> Iterator[Entry]:
        tree, relative, up, low = self._folder(path)
        return tree.entries(relative, up, low)

    def walk(self, path: str = "", denied: Callable[[str], None] | None = None) -> Iterator[Info]:
        """Everything below ``path``, each folder before what it holds; ``denied`` is told the folders that cannot be read. To be
        used up before the view is changed."""
        if path in ("", "."):
            for top in self.list():
                yield top
                yield from self.walk(top.path, denied)
            return
        waiting = [self._shown(path)]
        while waiting:
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
                waiting.append(self.trees[root].entries(relative, up, None if hides(up, low) else low))

    def glob(self, pattern: str) -> Iterator[Info]:
        """Entries whose whole view path matches: ``*`` and ``?`` within a name, ``**`` across folders, ``[...]`` sets."""
        matcher = translate(pattern)
        return (entry for entry in self.walk() if matcher.fullmatch(entry.path))

    def free(self, path: str) -> str:
        """``path``, or the next of "name (2).ext", "name (3).ext" ... that no entry there has, case and normal form folded."""
        return self._names.free(path)

    def _names_in(self, folder: str) -> Iterable[str]:
        return (name(entry.path) for entry, _, _ in self._shown(folder)) if self.exists(folder) else ()

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
                return self.open_lower(*self.real(origin.path), origin.path, check=True)
            return open(look.upper, "rb")
        return self.open_lower(tree, relative, path)

    def open_lower(self, tree: Tree, relative: str, path: str, *, check: bool = False) -> BinaryIO:
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

    def _changed(self, path: str, there: bool) -> None:
        self.seen.touched(path, self._step, self._call)
        self._names.changed(path, there)

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
        temporary = self.work_area.reserve()
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
            self.work_area.make_parents(tree, relative)
            self._note(tree, relative, look)
            os.replace(temporary, look.upper)
        except OSError as error:
            if os.path.lexists(temporary):
                os.unlink(temporary)
            raise self._explained(error, path) from None
        self._changed(path, True)

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
            self.work_area.make_parents(tree, relative)
            if look.whiteout:
                os.unlink(look.upper)
            os.mkdir(look.upper, 0o777)
            if look.lower_status is not None and stat.S_ISDIR(look.lower_status.st_mode):
                self.work_area.cover(tree, relative)
        except OSError as error:
            raise self._explained(error, path) from None
        self._changed(path, True)

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
            self.work_area.make_parents(tree, relative)
            if look.upper_status is not None:
                self.work_area.discard(look.upper)
            if look.lower_status is not None:
                self.work_area.hide(look.upper)
        except OSError as error:
            raise self._explained(error, path) from None
        self._changed(path, False)
        self._names.forget(path)

    def _note_held(self, path: str) -> None:
        """Remember the versions of the real files that a folder shows."""
        waiting = [self._folder(path)]
        while waiting:
            tree, *_ = place = waiting.pop()
            for entry, up, low in tree.entries(*place[1:]):
                if entry.type == "dir":
                    waiting.append((tree, entry.path.partition("/")[2], up, None if hides(up, low) else low))
                elif low is not None and (status := lstat(low)) is not None and not stat.S_ISDIR(status.st_mode):
                    self.seen.note(entry.path, Signature.of(status))

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
            self.work_area.make_parents(to_tree, to_relative)
            if look.upper_status is not None:
                if what == "file" and look.lower_status is not None and layer.origin(look.upper) is None:
                    self.work_area.remember(look.upper, layer.Origin(source, True))
                os.replace(look.upper, to_look.upper)
            else:
                self._stand_in(tree, relative, look, to_look)
            if look.lower_status is not None:
                self.work_area.make_parents(tree, relative)
                self.work_area.hide(look.upper)
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
            self.work_area.make_parents(to_tree, to_relative)
            if look.upper_status is None:
                self._note(tree, relative, look)
                self._stand_in(tree, relative, look, to_look)
            else:
                temporary = self.work_area.reserve()
                copy_content(look.upper, temporary)
                set_metadata(temporary, state_of(look.upper, look.upper_status))
                origin = layer.origin(look.upper)
                if origin is not None:
                    self.work_area.remember(temporary, origin)
                os.replace(temporary, to_look.upper)
        except OSError as error:
            raise self._explained(error, target) from None
        self._changed(target, True)

    def _stand_in(self, tree: Tree, relative: str, look: Look, to_look: Look) -> None:
        assert look.lower_status is not None
        self.work_area.stand_in(join(tree.root.name, relative), look.lower, look.lower_status, to_look.upper)

    # -- for the sandbox

    def materialise(self) -> None:
        """Make of the upper layers what the kernel can mount: see ``mounting``."""
        mounting.materialise(self)
        self._mounted_ns = time.time_ns()

    def adopt(self, step: str, call: str) -> None:
        """Take note of what was written to the upper layers while they were mounted: see ``mounting``."""
        mounting.adopt(self, step, call, self._mounted_ns)

    def refresh(self) -> None:
        """Forget what is remembered of the upper layers: something else wrote to them."""
        self._names.clear()


def _umask() -> int:
    value = os.umask(0o077)
    os.umask(value)
    return value
