"""Large trees by pages, and files that break their reader."""

import os
import signal
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.gateway.test_life import new, script


def _pages(up, task, side, limit):
    found, after = [], ""
    while after is not None:
        answer = up.ask("GET", f"/api/tasks/{task}/tree?side={side}&limit={limit}&after={quote(after)}", status=200).json
        assert len(answer["entries"]) <= limit
        found += answer["entries"]
        after = answer["next"]
    return found


@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_pages_of_a_tree_are_the_tree(up, server, folder, limit):
    script(server)
    for name in ("a/x", "a b", "a-", "a0/y/z", "a/b c/d", "é/ü", "b.txt", "a/0"):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(name)
    before = sorted(f"Papers/{path.relative_to(folder)}" for path in folder.rglob("*"))
    task = up.ask("POST", "/api/tasks", new(server, folder, yes=True), 201).json["id"]
    up.until(task, "applied")
    for side, wanted in (("before", before), ("after", sorted(f"Papers/{path.relative_to(folder)}" for path in folder.rglob("*")))):
        found = _pages(up, task, side, limit)
        assert [one["path"] for one in found] == ["Papers", *wanted]
    assert {one["change"] for one in found} == {"", "new", "moved"}


def test_a_page_of_a_large_tree_reads_no_more_than_its_folders(up, server, tmp_path):
    folder = tmp_path / "Large"
    for top in range(60):
        (folder / f"{top:02}").mkdir(parents=True)
        for number in range(100):
            os.close(os.open(folder / f"{top:02}" / f"{number:03}", os.O_CREAT))
    task = up.ask(
        "POST", "/api/tasks", {"brief": "Count", "folders": [{"path": str(folder)}], "model": "builtin", "plan_only": True}, 201
    ).json["id"]
    begun = time.process_time()
    found = up.ask("GET", f"/api/tasks/{task}/tree?limit=50&after=Large/58/100", status=200).json
    assert [found["entries"][0]["path"], found["next"]] == ["Large/59", "Large/59/048"] and len(found["entries"]) == 50
    assert time.process_time() - begun < 5


def _drawers(up):
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().split(b"\0")
            parent = int((place.parent / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if b"confrere.gateway.work.worker" in words and b"draw" in words and parent == up.pid:
            found.append(int(place.parent.name))
    return found


def test_a_reader_that_dies_takes_nothing_with_it(up, server, folder):
    """The process that parses people's files is killed; the task's own worker is another one."""
    script(server)
    task = up.ask("POST", "/api/tasks", new(server, folder), 201).json["id"]
    up.until(task, "planned")
    path = f"/api/tasks/{task}/preview?path=Papers/note%201.txt"
    assert up.ask("GET", path, status=200).json["text"].strip() == "note 1"
    assert len(_drawers(up)) == 1
    os.kill(_drawers(up)[0], signal.SIGKILL)
    assert up.ask("GET", path, status=200).json["text"].strip() == "note 1"
    limits = Path(f"/proc/{_drawers(up)[0]}/limits").read_text()
    assert "unlimited" not in next(line for line in limits.splitlines() if line.startswith("Max address space"))
    assert up.ask("GET", f"/api/tasks/{task}", status=200).json["state"] == "planned"
