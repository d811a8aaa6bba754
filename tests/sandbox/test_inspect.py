"""What a hostile run leaves behind can do nothing on the host."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from confrere.sandbox.bubblewrap import Bubblewrap
from confrere.sandbox.inspect import leads_out, misleading, scan_grant, scan_upper
from confrere.sandbox.protocol import Command

from .conftest import Place, shell


def test_a_hostile_run_leaves_nothing_that_acts(box: Bubblewrap, place: Place) -> None:
    (place.lower / "gone").write_text("x")
    (place.lower / "folder").mkdir()
    box.refresh()
    shell(
        box,
        "cd Folder; rm gone; rmdir folder; mkdir folder; mkfifo pipe; ln -s /etc/passwd out; ln -s ../../x up; ln -s folder/../a in;"
        "echo s > closed; chmod 0 closed; mkdir shut; echo hidden > shut/inner; chmod 0 shut; printf x > ' -rf';"
        "printf x > \"$(printf 'esc\\033[2Jape')\"; printf x > \"$(printf 'bad\\377')\"",
    )
    (place.upper / "planted").write_text("x")
    os.chmod(place.upper / "planted", 0o6755)
    os.setxattr(place.upper / "folder", "user.overlay.redirect", b"/../../etc")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(place.upper)
        server.bind("sock")
        os.chdir(here)
    found = {(finding.path, finding.problem): finding for finding in scan_upper(place.upper)}
    assert set(found) == {
        ("pipe", "pipe"),
        ("sock", "socket"),
        ("out", "link-out"),
        ("up", "link-out"),
        ("closed", "closed"),
        ("shut", "closed"),
        ("planted", "setid"),
        ("folder", "attribute"),
        ("esc\x1b[2Jape", "name"),
        ("bad\udcff", "name"),
        (" -rf", "name"),
    }
    assert not (place.upper / "pipe").exists() and not (place.upper / "sock").exists()
    assert stat.S_IMODE((place.upper / "planted").stat().st_mode) == 0o755
    assert (place.upper / "shut" / "inner").read_text() == "hidden\n"
    assert stat.S_ISCHR((place.upper / "gone").lstat().st_mode), "a whiteout stays"
    assert os.getxattr(place.upper / "folder", "user.overlay.opaque") == b"y", "an opaque folder stays"
    for finding in found.values():
        for language in ("en", "fr"):
            sentence = finding.sentence(language)
            assert sentence.isprintable(), sentence
    again = scan_upper(place.upper)
    assert {finding.problem for finding in again} == {"link-out", "name"}


def test_a_bottomless_tree_is_removed(box: Bubblewrap, place: Place) -> None:
    script = "import os\nfor _ in range(3000):\n    os.mkdir('d' * 20); os.chdir('d' * 20)\nopen('f', 'w').close()"
    done = box.run(Command(["python3", "-c", script], cwd="/work/Folder", timeout=60))
    assert done.rc == 0, done.text
    assert [finding.problem for finding in scan_upper(place.upper)] == ["deep"]
    depth, folder = 0, place.upper
    while children := list(folder.iterdir()):
        folder = children[0]
        depth += 1
    assert depth == 64


@pytest.mark.parametrize(
    ("path", "target", "out"),
    [("a", "b", False), ("a", "../b", True), ("d/a", "../b", False), ("d/a", "../../b", True), ("a", "/x", True), ("a", "d/../../b", True)],
)
def test_links_are_judged_by_their_text(path: str, target: str, out: bool) -> None:
    assert leads_out(path, target) == out


@pytest.mark.parametrize("name", ["Été 2026.pdf", "資料.txt", "a-b", ".hidden", "naïve (1)"])
def test_ordinary_names_are_no_finding(name: str) -> None:
    assert misleading(name) == ""


@pytest.mark.parametrize("name", ["a\u202etxt.exe", "a\nb", "a\x07", "-rf", "a ", "a\u200b", "\udc80"])
def test_misleading_names_are(name: str) -> None:
    assert misleading(name)


def test_second_names_are_told_before_a_grant(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "elsewhere").write_text("x")
    os.link(tmp_path / "elsewhere", tmp_path / "folder" / "here")
    (tmp_path / "folder" / "only").write_text("x")
    assert [finding.path for finding in scan_grant(tmp_path / "folder")] == ["here"]
