"""The reduced fall-back: same contract, in a copy."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

import pytest

from confrere.errors import Failed
from confrere.sandbox.landlock import Landlock
from confrere.sandbox.mirror import Mirror
from confrere.sandbox.protocol import Command, Spec

from .conftest import Place


@pytest.fixture
def landlocked(place: Place) -> Iterator[Landlock]:
    sandbox = Landlock()
    sandbox.start(Spec([place.mount()]))
    yield sandbox
    sandbox.close()


def sh(sandbox: Landlock, script: str, timeout: float = 20) -> str:
    done = sandbox.run(Command(["/bin/sh", "-c", script], cwd="/work/Folder", timeout=timeout))
    return done.text


def test_probe() -> None:
    probe = Landlock().probe(10)
    assert probe.ok, probe.sentence("en")


def test_changes_come_back_in_overlay_format(landlocked: Landlock, place: Place) -> None:
    for name in ("kept", "gone", "both"):
        (place.lower / name).write_text("old")
    (place.lower / "folder").mkdir()
    (place.lower / "folder" / "inner").write_text("old")
    (place.lower / "dead").mkdir()
    (place.lower / "dead" / "x").write_text("old")
    landlocked.refresh()
    said = sh(
        landlocked,
        "echo new >> kept; rm gone; echo x > folder/fresh; rm -r dead; mkdir -p a/b; echo y > a/b/c; mv both moved; ln -s kept link",
    )
    assert said == ""
    assert (place.lower / "kept").read_text() == "old" and (place.lower / "gone").exists()
    assert (place.upper / "kept").read_text() == "oldnew\n"
    for name in ("gone", "dead", "both"):
        status = (place.upper / name).lstat()
        assert stat.S_ISCHR(status.st_mode) and status.st_rdev == 0
    assert os.listdir(place.upper / "folder") == ["fresh"]
    assert (place.upper / "a" / "b" / "c").read_text() == "y\n"
    assert (place.upper / "moved").read_text() == "old" and os.readlink(place.upper / "link") == "kept"
    assert sorted(os.listdir(place.upper)) == ["a", "both", "dead", "folder", "gone", "kept", "link", "moved"]
    assert sh(landlocked, "rm -r a folder; mkdir folder; echo z > folder/only; rm kept; echo w > gone") == ""
    assert not (place.upper / "a").exists()
    assert stat.S_ISCHR((place.upper / "kept").lstat().st_mode) and (place.upper / "gone").read_text() == "w\n"
    landlocked.refresh()
    assert sh(landlocked, "find . | sort") == ".\n./folder\n./folder/only\n./gone\n./link\n./moved\n"


def test_the_copy_shows_the_merged_view(place: Place) -> None:
    (place.lower / "d").mkdir()
    (place.lower / "d" / "below").write_text("1")
    (place.lower / "o").mkdir()
    (place.lower / "o" / "hidden").write_text("1")
    (place.lower / "w").write_text("1")
    (place.upper / "d").mkdir()
    (place.upper / "d" / "above").write_text("2")
    (place.upper / "o").mkdir()
    os.setxattr(place.upper / "o", "user.overlay.opaque", b"y")
    os.mknod(place.upper / "w", stat.S_IFCHR, 0)
    mirror = Mirror(place.mount(), place.folder / "copy")
    mirror.populate()
    found = sorted(
        os.path.relpath(os.path.join(path, name), mirror.place)
        for path, folders, names in os.walk(mirror.place)
        for name in folders + names
    )
    assert found == ["d", "d/above", "d/below", "o"]
    mirror.collect()
    assert sorted(os.listdir(place.upper)) == ["d", "o", "w"] and os.listdir(place.upper / "d") == ["above"]
    mirror.remove()


def test_nothing_outlives_its_command(landlocked: Landlock, place: Place) -> None:
    done = landlocked.run(Command(["sh", "-c", "setsid sh -c 'sleep 0.4; echo x > boom' & exit 0"], cwd="/work/Folder"))
    assert done.rc == 0 and done.orphans >= 1
    assert sh(landlocked, "sleep 0.6; ls") == ""


def test_modes_and_times_elsewhere_cannot_be_changed(landlocked: Landlock, place: Place) -> None:
    (place.outside / "private").write_text("x")
    os.chmod(place.outside / "private", 0o600)
    before = (place.outside / "private").stat()
    sh(landlocked, f"chmod 777 {place.outside}/private; touch -d 2001-01-01 {place.outside}/private")
    after = (place.outside / "private").stat()
    assert (before.st_mode, before.st_mtime_ns, before.st_ctime_ns) == (after.st_mode, after.st_mtime_ns, after.st_ctime_ns)


def test_what_it_cannot_do_is_refused(place: Place) -> None:
    for spec in (Spec(profile="office"), Spec(allow=["example.org"])):
        with pytest.raises(Failed):
            Landlock().start(spec)
