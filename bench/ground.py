"""Speed and memory of the ground: start-up, one-shot answer, journal, tool step, apply and undo, a large folder."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.measure import PYTHON, Figure, command, median, row, timed, title, work


def startup() -> None:
    title("Start-up (whole processes, CPU seconds)")
    bare = command([PYTHON, "-c", "pass"], 9)
    shown = command([PYTHON, "-m", "confrere", "--help"], 9)
    row("python -c pass", f"{bare.cpu * 1000:.0f} ms CPU")
    row(
        "confrere --help",
        f"{shown.cpu * 1000:.0f} ms CPU",
        f"wall {shown.wall * 1000:.0f} ms",
        f"{shown.cpu / bare.cpu:.1f}x",
        "aim under 150 ms of CPU",
    )
    from tests.scripted_model import ScriptedModel

    with tempfile.TemporaryDirectory() as home, ScriptedModel() as server:
        server.script(["pong"] * 20)
        env = {**os.environ, "CONFRERE_HOME": home}
        answer = command([PYTHON, "-m", "confrere", "ask", "say ping", "--model", f"{server.url}/v1#scripted-1"], 7, env)
        row(
            "one-shot answer, OpenAI-compatible server",
            f"{answer.cpu * 1000:.0f} ms CPU",
            f"wall {answer.wall * 1000:.0f} ms, {answer.peak:.0f} MB",
            f"{answer.cpu / bare.cpu:.1f}x",
            "aim under 500 ms and 60 MB (best peers: 1740 ms, 117 MB)",
        )


def journal() -> None:
    title("Journal (events of 400 bytes)")
    from confrere.journal.sqlite import SqliteStore

    with tempfile.TemporaryDirectory() as folder:
        body = {"text": "x" * 380}
        for durable, name in ((False, "killed process"), (True, "power cut")):
            count = 400 if durable else 5000
            store = SqliteStore(Path(folder, f"{durable}.db"), Path(folder, "blobs"))
            ours = work(lambda: [store.append("t", "noted", body, durable=durable) for _ in range(count)], 5)  # noqa: B023
            store.close()
            raw = sqlite3.connect(Path(folder, f"raw-{durable}.db"), isolation_level=None)
            raw.execute("PRAGMA journal_mode=WAL")
            raw.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            raw.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, body TEXT)")
            text = "x" * 400

            def insert() -> None:
                for _ in range(count):  # noqa: B023
                    raw.execute("BEGIN IMMEDIATE")  # noqa: B023
                    raw.execute("INSERT INTO event (body) VALUES (?)", (text,))  # noqa: B023
                    raw.execute("COMMIT")  # noqa: B023

            bare = work(insert, 5)
            raw.close()
            row(
                f"appends a second, safe from a {name}",
                f"{count / ours.wall:,.0f}",
                f"raw SQLite {count / bare.wall:,.0f}",
                f"{ours.wall / bare.wall:.2f}x",
                f"{ours.cpu / count * 1e6:.0f} us CPU each, raw {bare.cpu / count * 1e6:.0f}",
            )


def tool_step() -> None:
    title("A tool step through loop, model and gate")
    from tests.scripted_model import Act, ScriptedModel

    from confrere.agent.brief import create
    from confrere.agent.loop import Runner
    from confrere.agent.services import Services
    from confrere.config import Home

    steps = 100
    with tempfile.TemporaryDirectory() as base, ScriptedModel() as server:
        os.environ["CONFRERE_HOME"] = str(Path(base, "home"))
        folder = Path(base, "Papers")
        folder.mkdir()
        (folder / "note.txt").write_text("note")
        services = Services(Home.find())
        spent = []
        for count in (0, steps):
            calls = [Act(calls=[{"tool": "make_folder", "args": {"path": f"Papers/{n}"}}]) for n in range(count)]
            plan = {"steps": [{"tool": "make_folder", "title": "x", "args": {"path": "Papers/x"}}]}
            server.script([Act(calls=[{"tool": "propose_plan", "args": plan}]), *calls, "done"])
            task = create(services, "make folders", [str(folder)], model=f"{server.url}/v1#scripted-1", yes=True, plan_only=True)
            asyncio.run(Runner(services, task).run())
            runner = Runner(services, task)
            runner.approve("bench")
            spent.append(_once(runner))
        row(
            "a step: model turn, gate, journal, change of the view",
            f"{(spent[1] - spent[0]) / steps * 1000:.1f} ms",
            "",
            "",
            "model server included",
        )
        call = _gate_only(services, folder)
        row("of it: gate, journal and tool, durable", f"{call.wall * 1000:.2f} ms", f"{call.cpu * 1000:.2f} ms CPU", "", "aim under 5 ms")
        services.close()


def _once(runner: Any) -> float:
    import time

    begun = time.perf_counter()
    asyncio.run(runner.run())
    return time.perf_counter() - begun


def _gate_only(services: Any, folder: Path) -> Figure:
    from confrere.agent.loop import Runner
    from confrere.models.messages import ToolCall
    from confrere.workspace.roots import grant

    granted = grant([(str(folder), False)], services.home.path)
    body = {"brief": "b", "roots": granted.roots, "model": "builtin", "language": "en", "yes": True, "plan_only": False}
    services.store.append("bench", "task.created", body)
    runner = Runner(services, "bench")
    count = 200

    def calls() -> None:
        async def go() -> None:
            for number in range(count):
                ident = f"c{len(runner.state.calls)}"
                message = await runner._calls.make(
                    ToolCall(
                        id=ident,
                        tool="write_file",
                        args={"path": f"Clients/{ident}.txt".replace("Clients", folder.name), "text": str(number)},
                    ),
                    "work",
                )
                runner.record("message", {"message": message}, True)

        asyncio.run(go())

    figure = work(calls, 3)
    runner.close()
    return Figure(figure.wall / count, figure.cpu / count)


def small(files: int = 10_000) -> None:
    title(f"Applying and undoing {files:,} small files, against cp -a of the same files")
    _against_cp(lambda folder: _small(folder, files))


def gigabyte(size: int = 1_000_000_000) -> None:
    title(f"Applying and undoing {size / 1e9:g} GB in 10 files, against cp -a of the same files")
    _against_cp(lambda folder: _large(folder, size))


def _against_cp(build: Callable[[Path], None]) -> None:
    for change in ("move", "replace"):
        with tempfile.TemporaryDirectory() as base:
            _apply_once(Path(base), change, build)


def _small(folder: Path, count: int) -> None:
    for number in range(count):
        inner = folder / f"{number % 100:02d}"
        inner.mkdir(exist_ok=True)
        (inner / f"file {number}.txt").write_bytes(os.urandom(2000))


def _large(folder: Path, size: int) -> None:
    block = os.urandom(10_000_000)
    for number in range(10):
        with open(folder / f"large {number}.bin", "wb") as file:
            for turn in range(size // 10 // len(block)):
                file.write(turn.to_bytes(8, "big") + number.to_bytes(8, "big") + block[16:])


def _apply_once(base: Path, change: str, build: Callable[[Path], None]) -> None:
    from confrere.journal.sqlite import SqliteStore
    from confrere.workspace import applying as applying_
    from confrere.workspace.changes import change_set
    from confrere.workspace.roots import grant
    from confrere.workspace.transaction import Outcome
    from confrere.workspace.vault import Vault
    from confrere.workspace.view import View

    folder = base / "Papers"
    folder.mkdir()
    build(folder)
    copies, flushed = [], []

    def copy() -> None:
        """One more measure of ``cp -a``, with and without the flush that makes it as safe as what it is compared with."""
        subprocess.run(["sync"], check=True)
        # copies stay until the end: ext4 looks at each recently freed inode again before it makes a new file
        copies.append(timed(lambda: subprocess.run(["cp", "-a", folder, base / f"copy {len(copies)}"], check=True)))
        flush = timed(lambda: subprocess.run(["sync", "-f", base], check=True))
        flushed.append(Figure(copies[-1].wall + flush.wall, copies[-1].cpu + flush.cpu))
        subprocess.run(["sync"], check=True)

    copy()
    store = SqliteStore(base / "journal.db", base / "blobs")
    roots = grant([(str(folder), False)], base / "home").roots
    view = View(roots, base / "work")
    view.working("s1", "c1")
    with view.batch():
        view.mkdir("Papers/moved")
        for entry in [entry for entry in view.walk("Papers") if entry.type == "file"]:
            if change == "move":
                view.move(entry.path, view.free(f"Papers/moved/{entry.path.rpartition('/')[2]}"))
            else:
                data = view.read(entry.path)
                view.write(entry.path, data[::-1] if len(data) < 10_000 else b"new" + data[3:], overwrite=True)
    vault = Vault(base / "vault")

    def record(kind: str, body: dict[str, Any], durable: bool) -> None:
        store.append("t", kind, body, durable=durable)

    outcome: list[Outcome] = []
    spent: dict[str, Figure] = {}
    subprocess.run(["sync"], check=True)
    spent["review"] = timed(lambda: change_set(view))  # what a person is shown before
    spent["apply"] = timed(lambda: outcome.append(applying_.apply(view, vault, record, "a1")))
    copy()
    time.sleep(2)  # nobody takes back within the tick of the coarsest clocks, in which every byte is looked at again
    spent["undo"] = timed(lambda: outcome.append(applying_.undo(roots, vault, record, "u1", outcome[0].applied, outcome[0].folders)))
    copy()
    assert not outcome[0].refused and not outcome[1].refused
    view.close()
    store.close()
    bare, safe = median(copies), median(flushed)
    row(f"{change}: cp -a, median of {len(copies)}", f"{bare.wall:.2f} s", f"{bare.cpu:.2f} s CPU", "", f"with sync {safe.wall:.2f} s")
    for what, figure in spent.items():
        aim = f"{figure.wall / safe.wall:.2f}x of cp -a and sync" + ("" if what == "review" else "; aim under 2x cp -a")
        row(f"{change}: {what}", f"{figure.wall:.2f} s", f"{figure.cpu:.2f} s CPU", f"{figure.wall / bare.wall:.2f}x", aim)


LARGE = """
import sys, time, resource, os
from pathlib import Path
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
from confrere.workspace.roots import grant
from confrere.workspace.view import View
home = Path(sys.argv[2], "home")
view = View(grant([(sys.argv[1], False)], home).roots, home / "work")
before, begun = peak(), time.perf_counter()
count = sum(1 for entry in view.walk())
print(count, time.perf_counter() - begun, peak() - before)
"""


def large_folder(files: int = 100_000) -> None:
    title(f"A folder of {files:,} files")
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base, "Papers")
        folder.mkdir()
        for number in range(files):
            inner = folder / f"{number // 1000:03d}"
            inner.mkdir(exist_ok=True)
            (inner / f"paper {number}.{('pdf', 'txt', 'xlsx')[number % 3]}").touch()
        out = subprocess.run([PYTHON, "-c", LARGE, str(folder), base], capture_output=True, text=True, check=True).stdout.split()
        listing = command(["find", str(folder), "-ls"], 1)
        walked = float(out[1])
        row("walk of the view", f"{walked:.2f} s", f"find -ls {listing.wall:.2f} s", f"{walked / listing.wall:.1f}x")
        row("memory of the walk", f"{float(out[2]):.1f} MB", "", "", "flat")
        env = {**os.environ, "CONFRERE_HOME": str(Path(base, "home")), "CONFRERE_MODEL": "builtin"}

        def told(what: str, brief: str, verb: list[str], aim: str, place: Path = folder, count: int = files) -> None:
            """One command on all the files and on three: what each file adds."""
            few, many = (
                command([PYTHON, "-m", "confrere", *verb, brief, "--folder", str(where)], 1, env, count=False)
                for where in (_few(base), place)
            )
            each = (many.peak - few.peak) * 1024 * 1024 / count
            time = f"{(many.cpu - few.cpu) / count * 1e6:.0f} us CPU a file"
            row(what, f"{many.wall:.1f} s", f"{many.cpu:.1f} s CPU, {time}", "", f"{each:.0f} bytes a file{aim}")

        told("plan that needs names: by extension", "Sort these files by extension", ["plan"], "; aim: at most 100")
        tenth = Path(base, "Tenth")
        tenth.mkdir()
        for number in range(files // 10):
            (tenth / f"paper {number}.txt").write_text(f"Note {number}")
        told(f"plan that reads contents: by type, {files // 10:,} files", "Sort these files by type", ["plan"], "", tenth, files // 10)
        told("the whole of it: plan, moves, review, apply, report", "Sort these files by extension", ["run", "--yes"], "")
        tasks = [PYTHON, "-m", "confrere", "undo", "last"]
        undone = command(tasks, 1, env, count=False)
        row("undo of it", f"{undone.wall:.1f} s", f"{undone.cpu:.1f} s CPU, {undone.peak:.0f} MB at most")


def _few(base: str) -> Path:
    few = Path(base, "Few")
    few.mkdir(exist_ok=True)
    for ending in ("pdf", "txt", "xlsx"):
        (few / f"paper.{ending}").touch()
    return few


SECTIONS = {"startup": startup, "journal": journal, "step": tool_step, "apply": small, "gigabyte": gigabyte, "large": large_folder}
