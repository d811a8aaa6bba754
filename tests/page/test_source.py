"""What the built page is made of: its weight, its sentences, nothing inline, nothing from outside; Node for a wheel only."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import hatch_build
import pytest
from playwright.sync_api import expect

from confrere.gateway.http import Problem, Request
from confrere.gateway.page_files import Page
from tests.page.conftest import Tab

SOURCE = hatch_build.PAGE / "src"
CATALOGUE = tomllib.loads(hatch_build.CATALOGUE.read_text("utf-8"))
BLANK = re.compile(r"\{(\w+)\}")


def code() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(SOURCE.rglob("*")) if path.suffix in (".svelte", ".ts"))


def test_both_languages_say_the_same_blanks() -> None:
    assert len(CATALOGUE) > 400
    for key, texts in CATALOGUE.items():
        assert set(texts) == {"en", "fr"} and all(texts.values()), key
        assert set(BLANK.findall(texts["en"])) == set(BLANK.findall(texts["fr"])), key


def test_every_sentence_named_exists_and_every_sentence_is_named() -> None:
    text = code()
    named = set(re.findall(r"""['"`]([a-z]+(?:-[a-z0-9_]+)*)['"`]""", text)) & set(CATALOGUE)
    missing = {key for key in re.findall(r"\bt\('([^']+)'", text) if key not in CATALOGUE}
    assert not missing
    direct = re.findall(r"\bt\(`((?:[a-z]+-)+)\$\{", text)
    assert len(direct) > 20 and all(any(key.startswith(prefix) for key in CATALOGUE) for prefix in direct)
    built = re.findall(r"`((?:[a-z]+-)+)\$\{", text)
    unused = {key for key in CATALOGUE if key not in named and not key.startswith(tuple(built))}
    assert not unused


def test_no_text_of_a_file_becomes_markup() -> None:
    assert not re.findall(r"\{@html|innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", code())


def test_the_first_load_is_light(dist: Path, tab: Tab) -> None:
    """Everything that a first visit fetches, packed; and how soon something is on the screen."""
    page = tab.open("/")
    page.wait_for_selector("#brief")
    page.wait_for_timeout(300)
    names = [
        name
        for name in page.evaluate("performance.getEntriesByType('resource').map(entry => new URL(entry.name).pathname)")
        if not name.startswith("/api/")
    ]
    files = {dist / "index.html", *(dist / name.lstrip("/") for name in names)}
    weight = sum(len(path.read_bytes() if path.suffix == ".woff2" else gzip.compress(path.read_bytes(), 9)) for path in files)
    assert weight < 150_000, weight
    paints = []
    for _ in range(3):
        page.reload()
        page.wait_for_selector("#brief")
        paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 1e9"))
    print(f"first load {weight / 1000:.0f} kB packed in {len(files)} files, first paint {min(paints):.0f} ms")
    assert min(paints) < 1500, "loose, for a busy machine: the figure above is the measure"


def test_nothing_inline_and_nothing_from_outside(dist: Path) -> None:
    page = (dist / "index.html").read_text()
    assert not re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son\w+=|<style", page)
    for path in dist.rglob("*"):
        if path.suffix in (".js", ".css", ".html"):
            outside = set(re.findall(r"https?://[\w.-]+", path.read_text("utf-8"))) - {
                "http://www.w3.org",
                "https://svelte.dev",
                "http://127.0.0.1",
            }
            assert not outside, (path.name, outside)


def test_the_lock_file_names_no_registry() -> None:
    lock = (hatch_build.PAGE / "package-lock.json").read_text()
    assert "resolved" not in lock and '"integrity"' in lock


def test_types_and_accessibility_of_the_source(dist: Path) -> None:
    """svelte-check, warnings counted as errors; what passed is not checked again as long as no source, and no version, is another."""
    passed, wanted = hatch_build.PAGE / "node_modules" / ".checked", hatch_build.fingerprint()
    if passed.is_file() and passed.read_text() == wanted:
        return
    command, _binaries = hatch_build._program("node")
    checked = subprocess.run(
        [*command, "node_modules/svelte-check/bin/svelte-check", "--tsconfig", "tsconfig.json", "--fail-on-warnings", "--output", "human"],
        cwd=hatch_build.PAGE,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout[-3000:]
    passed.write_text(wanted)


def test_only_a_wheel_asks_for_node() -> None:
    program = "import hatch_build as b; print(b.get_requires_for_build_wheel()); print(b.get_requires_for_build_editable())"
    wheel, editable = subprocess.run(
        [sys.executable, "-c", program], cwd=hatch_build.TOP, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert hatch_build.NODE in wheel and hatch_build.NODE not in editable


def test_a_changed_source_is_built_again(dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(hatch_build, "_run", lambda program, *arguments: ran.append(program))
    hatch_build.build()
    assert not ran, "an unchanged page is left alone"
    monkeypatch.setattr(hatch_build, "BUILT", tmp_path / "dist")
    (tmp_path / "dist").mkdir()
    hatch_build.build()
    assert ran[-1] == "node" and (tmp_path / "dist" / "stamp").read_text() == hatch_build.fingerprint()


def test_a_page_built_anew_is_served_by_a_running_gateway(tmp_path: Path) -> None:
    """After an update in place: the new page with its new files; the old ones are gone, and are said to be."""

    def asked(path: str) -> Request:
        scope = {"method": "GET", "path": path, "headers": [], "query_string": b"", "server": ("127.0.0.1", 1)}
        return Request(scope, receive=None)  # type: ignore[arg-type]

    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("one")
    (tmp_path / "assets" / "main-1.js").write_text("1")
    page = Page(tmp_path)
    assert page.serve(asked("/")).body == b"one" and page.serve(asked("/assets/main-1.js")).body == b"1"
    (tmp_path / "assets" / "main-1.js").unlink()
    (tmp_path / "assets" / "main-2.js").write_text("2")
    (tmp_path / "new.html").write_text("two, longer")
    (tmp_path / "new.html").replace(tmp_path / "index.html")
    assert page.serve(asked("/tasks/x")).body == b"two, longer" and page.serve(asked("/assets/main-2.js")).body == b"2"
    (tmp_path / "assets" / "main-2.js").unlink()
    for gone in ("main-1.js", "main-2.js"):
        with pytest.raises(Problem) as found:
            page.serve(asked(f"/assets/{gone}"))
        assert found.value.http_status == 404


def test_an_open_page_whose_files_are_gone_takes_the_new_one(tab: Tab) -> None:
    page = tab.open("/")
    page.wait_for_selector("#brief")
    page.evaluate("window.old = true")
    page.route("**/assets/Waiting-*.js", lambda route: route.fulfill(status=404))
    page.locator("nav a[href='/waiting']").first.click()
    page.wait_for_function("() => window.old === undefined")
    page.unroute_all()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    tab.wrong.clear()
