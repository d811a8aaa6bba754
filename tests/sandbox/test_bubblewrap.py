"""The Linux sandbox does what its contract says: views, output, limits, endings. Escapes are in ``escape/``."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from confrere.errors import Failed, Stopped
from confrere.sandbox import jail
from confrere.sandbox.bubblewrap import Bubblewrap
from confrere.sandbox.protocol import MIB, Command, Limits, Mount, Spec

from .conftest import ORDINARY, ROOT, Place, as_ordinary_user, shell


def test_probe_really_runs_something() -> None:
    probe = Bubblewrap().probe(10)
    assert probe.ok, probe.sentence("en")
    assert 0 < probe.start_seconds < 10


def test_changes_land_in_the_upper_layer_only(box: Bubblewrap, place: Place) -> None:
    (place.lower / "kept").write_text("old")
    (place.lower / "gone").write_text("old")
    (place.lower / "folder").mkdir()
    (place.lower / "folder" / "inner").write_text("old")
    box.refresh()
    done = shell(box, "cd Folder && echo new >> kept && rm gone && rm -r folder && mkdir folder && echo x > folder/fresh && echo y > made")
    assert done.rc == 0, done.text
    assert (place.lower / "kept").read_text() == "old"
    assert sorted(os.listdir(place.lower)) == ["folder", "gone", "kept"]
    assert (place.upper / "kept").read_text() == "oldnew\n"
    gone = (place.upper / "gone").lstat()
    assert stat.S_ISCHR(gone.st_mode) and gone.st_rdev == 0
    assert os.getxattr(place.upper / "folder", "user.overlay.opaque") == b"y"
    assert os.listdir(place.upper / "folder") == ["fresh"]
    assert {path.lstat().st_uid for path in place.upper.rglob("*")} == {os.geteuid()}


def test_files_of_the_owner_only_are_read_and_changed(box: Bubblewrap, place: Place) -> None:
    private = place.lower / "private"
    private.write_text("mine")
    private.chmod(0o600)
    place.folder.chmod(0o700)
    box.refresh()
    assert shell(box, "cat Folder/private && echo more >> Folder/private").out == b"mine"
    assert (place.upper / "private").read_text() == "minemore\n"
    assert stat.S_IMODE((place.upper / "private").stat().st_mode) == 0o600


def test_what_another_wrote_is_seen_after_refresh(box: Bubblewrap, place: Place) -> None:
    shell(box, "ls Folder")
    (place.upper / "late").write_text("from a file tool")
    box.refresh()
    assert shell(box, "cat Folder/late").out == b"from a file tool"


def test_a_read_only_grant_cannot_be_written(place: Place) -> None:
    (place.lower / "a").write_text("a")
    sandbox = Bubblewrap()
    sandbox.start(Spec([place.mount(readonly=True)]))
    try:
        done = shell(sandbox, "cat Folder/a; echo x > Folder/a; echo x > Folder/b")
        assert done.out == b"a"
        assert done.err.count(b"Read-only") == 2
        assert list(place.upper.iterdir()) == []
    finally:
        sandbox.close()


@pytest.mark.parametrize(
    "name", ["Été, 2026", "a:b", "a\\b", "-x", "  ", "naïve'\"$(id)", "a\nb", b"\xff\xfe".decode("utf-8", "surrogateescape")]
)
def test_any_folder_name_works(place: Place, name: str) -> None:
    lower = place.folder / name
    lower.mkdir()
    (lower / "f").write_text("content")
    stage = place.folder / f"{name}-stage"
    for part in ("upper", "work"):
        (stage / part).mkdir(parents=True)
    sandbox = Bubblewrap()
    sandbox.start(Spec([Mount(name, lower, stage / "upper", stage / "work")]))
    try:
        done = sandbox.run(Command(["/bin/sh", "-c", "cat f && echo x > g"], cwd=f"/work/{name}"))
        assert (done.rc, done.out) == (0, b"content"), done.text
        assert (stage / "upper" / "g").exists()
    finally:
        sandbox.close()


def test_our_python_has_the_document_libraries(box: Bubblewrap) -> None:
    done = box.run(Command(["python3", "-c", "import openpyxl, docx, pypdf, lxml.etree, PIL; print('ok')"], timeout=60))
    assert done.out == b"ok\n", done.text


def test_output_status_and_input(box: Bubblewrap) -> None:
    done = box.run(Command(["sh", "-c", "cat; echo err >&2; exit 3"], stdin=b"\x00\xff" * 100_000))
    assert (done.rc, done.out, done.err) == (3, b"\x00\xff" * 100_000, b"err\n")
    assert box.run(Command(["/no/such"])).rc == 127
    assert box.run(Command(["sh", "-c", "kill -9 $$"])).rc == -9
    assert box.run(Command(["true"], cwd="/nowhere")).rc == 126
    assert box.run(Command(["sh", "-c", "echo $A"], env={"A": "é"})).out == "é\n".encode()


def test_output_is_capped_and_counted(box: Bubblewrap) -> None:
    done = shell(box, "head -c 5000000 /dev/zero")
    assert len(done.out) == Limits().output
    assert done.truncated == 5_000_000 - Limits().output


def test_output_is_told_as_it_comes(box: Bubblewrap) -> None:
    heard: list[tuple[float, bytes]] = []
    box.run(Command(["sh", "-c", "echo a; sleep 0.4; echo b"]), lambda _, data: heard.append((time.monotonic(), data)))
    assert [data for _, data in heard] == [b"a\n", b"b\n"]
    assert heard[1][0] - heard[0][0] > 0.3


def test_a_timeout_ends_the_whole_tree(box: Bubblewrap) -> None:
    began = time.monotonic()
    done = shell(box, "setsid sleep 1000 & sleep 1000", timeout=0.3)
    assert done.timed_out and done.rc == -9
    assert time.monotonic() - began < 2
    assert shell(box, "grep -l sleep /proc/[0-9]*/comm").out == b""


def test_nothing_outlives_its_command(box: Bubblewrap, place: Place) -> None:
    done = shell(box, "(setsid sh -c 'sleep 0.5; echo boom > Folder/bomb' &) ; exit 0")
    assert done.orphans >= 1 and done.rc == 0
    time.sleep(0.8)
    assert not (place.upper / "bomb").exists()


def test_a_finished_child_is_no_orphan(box: Bubblewrap) -> None:
    assert shell(box, "true & true | true; sleep 0.05").orphans == 0


def test_cancel_ends_the_command_and_keeps_the_sandbox(box: Bubblewrap) -> None:
    threading.Timer(0.3, box.cancel).start()
    began = time.monotonic()
    assert shell(box, "sleep 100").rc == -9
    assert time.monotonic() - began < 1.3
    assert shell(box, "echo on").out == b"on\n"


def test_close_ends_everything_within_a_second(box: Bubblewrap) -> None:
    stopped: list[float] = []

    def close() -> None:
        began = time.monotonic()
        box.close()
        stopped.append(time.monotonic() - began)

    threading.Timer(0.3, close).start()
    with pytest.raises(Stopped):
        shell(box, "setsid sleep 4242 & sleep 4242")
    time.sleep(0.1)
    assert stopped[0] < 1
    assert subprocess.run(["pgrep", "-f", "sleep 4242"], capture_output=True).stdout == b""
    with pytest.raises(Failed):
        shell(box, "true")


def test_it_survives_the_end_of_the_thread_that_started_it(place: Place) -> None:
    sandbox = Bubblewrap()
    thread = threading.Thread(target=lambda: sandbox.start(Spec([place.mount()])))
    thread.start()
    thread.join()
    time.sleep(0.3)
    assert shell(sandbox, "echo alive").out == b"alive\n"
    sandbox.close()


def test_everything_ends_when_the_program_is_killed(tmp_path: Path) -> None:
    script = (
        "from confrere.sandbox.bubblewrap import Bubblewrap\nfrom confrere.sandbox.protocol import *\n"
        "b = Bubblewrap(); b.start(Spec()); print('up', flush=True); b.run(Command(['sleep', '4343'], cwd='/'))"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"up\n"
    for _ in range(100):
        if subprocess.run(["pgrep", "-f", "^sleep 4343"], capture_output=True).stdout:
            break
        time.sleep(0.05)
    process.kill()
    process.wait()
    process.stdout.close()
    for _ in range(100):
        if not subprocess.run(["pgrep", "-f", "^sleep 4343"], capture_output=True).stdout:
            return
        time.sleep(0.01)
    pytest.fail("a command outlived the program")


def test_a_mount_that_is_not_there_is_one_sentence(place: Place) -> None:
    with pytest.raises(Failed) as raised:
        Bubblewrap().start(Spec([Mount("X", place.folder / "missing", place.upper, place.folder / "stage" / "work")]))
    assert "missing" in raised.value.sentence("en")
    assert "bac à sable" in raised.value.sentence("fr")


def test_limits_end_a_memory_or_a_disk_hog(place: Place) -> None:
    sandbox = Bubblewrap()
    sandbox.start(Spec([place.mount()], Limits(memory=200 * MIB, disk=64 * MIB, scratch=32 * MIB, processes=40)))
    try:
        hog = "b = bytearray(300 << 20)"
        assert sandbox.run(Command(["python3", "-Sc", hog])).err.endswith(b"MemoryError\n")
        child = "os.fork() or (bytearray(b'x' * (60 << 20)), time.sleep(20), os._exit(0))"
        many = f"import os, time\nfor _ in range(8):\n    {child}\ntime.sleep(20)"
        done = sandbox.run(Command(["python3", "-Sc", many], timeout=15))
        assert done.over == "memory" and done.rc == -9
        assert b"limit exceeded" in shell(sandbox, "head -c 100000000 /dev/zero > Folder/big").err
        done = shell(sandbox, "i=0; while :; do head -c 30000000 /dev/zero > Folder/f$i; i=$((i+1)); done", timeout=20)
        assert done.over == "disk" and not done.timed_out
        assert b"No space" in shell(sandbox, "head -c 60000000 /dev/zero > /tmp/a").err
        assert shell(sandbox, "rm -f Folder/* /tmp/*; echo on").out == b"on\n"
    finally:
        sandbox.close()


def test_root_never_runs_it_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become someone else")
    monkeypatch.setenv("CONFRERE_SANDBOX_UID", "0")
    with pytest.raises(Failed) as raised:
        Bubblewrap().start(Spec())
    assert "CONFRERE_SANDBOX_UID" in raised.value.sentence("en")
    monkeypatch.delenv("CONFRERE_SANDBOX_UID")
    sandbox = Bubblewrap()
    sandbox.start(Spec())
    try:
        assert sandbox.session is not None
        owners = {os.stat(f"/proc/{pid}").st_uid for pid in _tree(sandbox.session.process.pid)}
        status = Path(f"/proc/{sandbox.session.process.pid}/status").read_text()
        assert f"Uid:\t{jail.SANDBOX_UID}\t" in status
        assert 0 not in owners - {0} and "Groups:\t \n" in status
    finally:
        sandbox.close()


def _tree(pid: int) -> list[int]:
    below = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [pid, *(deeper for child in below for deeper in _tree(child))]


def test_as_an_ordinary_user_too() -> None:
    """Root's run of this file repeats it, and every escape, as an ordinary user, who starts bubblewrap directly."""
    if os.geteuid() != 0:
        pytest.skip("this is that run")
    chosen = ["-k", "test_bubblewrap or (bubblewrap and not bites)", __file__, str(Path(__file__).with_name("escape"))]
    argv = as_ordinary_user(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-x", *chosen)
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=900, env={"PATH": os.environ["PATH"], "HOME": "/tmp"})
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert ORDINARY != 0
