"""What a first visit of the page weighs and how soon it shows, and how big trees and journals scroll, in the Chromium of this machine.

    python -m bench.page [--runs 5] [--json]

Bytes as they travel (compressed, headers left out), requests, first paint and first contentful paint over loopback with an empty cache, each run in a
browser profile of its own; the same with a warm cache. Then a made-up folder of 10,000 files and a journal of 10,000 events: from the answer to
the first rows, and the median and slowest frame of a scroll through them. The gateway is real for the first part; the second is answered by a stand-in, so that it
measures the page. On a busy machine read the best of the runs.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.measure import asked

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
TIMES = """() => {
  const [load] = performance.getEntriesByType('navigation')
  const files = performance.getEntriesByType('resource').filter((one) => !new URL(one.name).pathname.startsWith('/api/'))
  const paint = (name) => performance.getEntriesByName(name)[0]?.startTime ?? null
  return {
    bytes: [load, ...files].reduce((sum, one) => sum + one.encodedBodySize, 0), travelled: [load, ...files].reduce((sum, one) => sum + one.transferSize, 0),
    files: files.length + 1, paint: paint('first-paint'), content: paint('first-contentful-paint'), ready: load.domContentLoadedEventEnd,
  }
}"""
SHOWN = """() => performance.now() - Math.max(...performance.getEntriesByType('resource')
  .filter((one) => one.name.includes('/api/') && /changes|journal/.test(one.name)).map((one) => one.responseEnd))"""
SCROLL = """async (where) => {
  const box = document.querySelector(where), frames = []
  for (let n = 0; n < 60; n++) {
    const begun = performance.now()
    box.scrollTop = (box.scrollHeight / 60) * n
    await new Promise(requestAnimationFrame)
    frames.push(performance.now() - begun)
  }
  frames.sort((a, b) => a - b)
  return { median: frames[30], slowest: frames[59], rows: box.querySelectorAll('[role=treeitem],[role=option]').length }
}"""


def gateway(home: Path) -> tuple[subprocess.Popen[str], str]:
    """``confrere up`` on a free port, and its one-time link."""
    environment = {**os.environ, "CONFRERE_HOME": str(home), "CONFRERE_LANG": "en"}
    process = subprocess.Popen(
        [sys.executable, "-m", "confrere", "up", "--no-browser", "--port", "0"],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if "/enter#" in line:
            return process, line.strip()
    raise SystemExit("The gateway did not start.")


def visit(page: Page, url: str) -> dict[str, Any]:
    page.goto(url)
    page.wait_for_selector("#brief")
    page.wait_for_timeout(300)  # what is fetched after the first view belongs to the visit
    return dict(page.evaluate(TIMES))


def best(found: list[dict[str, Any]], name: str) -> float:
    return float(min(one[name] for one in found if one[name] is not None))


def first_loads(browser: Browser, runs: int) -> dict[str, Any]:
    """Of a real gateway: each cold run with an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        process, link = gateway(Path(folder))
        try:
            url = link.partition("/enter")[0]
            context = browser.new_context(locale="en-GB")
            page = context.new_page()
            page.goto(link)
            page.wait_for_selector("#brief")
            state = context.storage_state()
            warm = [visit(page, url) for _ in range(runs)]
            cold = []
            for _ in range(runs):
                fresh = browser.new_context(locale="en-GB", storage_state=state)
                cold.append(visit(fresh.new_page(), url))
                fresh.close()
            context.close()
        finally:
            process.terminate()
            process.wait(10)
    return {
        "packed_bytes": cold[0]["bytes"], "requests": cold[0]["files"],
        "first_paint_ms": best(cold, "paint"), "first_contentful_paint_ms": best(cold, "content"), "median_paint_ms": statistics.median(one["paint"] for one in cold),
        "ready_ms": best(cold, "ready"), "warm_paint_ms": best(warm, "paint"), "warm_bytes": min(one["travelled"] for one in warm),
    }  # fmt: skip


def big_lists(browser: Browser) -> dict[str, Any]:
    """Of a stand-in with 10,000 files and 10,000 events."""
    import hatch_build
    from tests.page.stand_in import StandIn

    stand_in = StandIn(hatch_build.build())
    stand_in.world.moved = stand_in.world.files = stand_in.world.events = 10_000
    context = browser.new_context(locale="en-GB", viewport={"width": 1360, "height": 860})
    context.add_init_script("localStorage.setItem('confrere-key', 'k')")
    page = context.new_page()
    found: dict[str, Any] = {}
    for name, path, rows, box in (
        ("tree", "/tasks/t-review", "[role=treeitem]", ".tree .rows"),
        ("journal", "/journal", "[role=option]", ".full"),
    ):
        page.goto(stand_in.url + path)
        page.wait_for_selector(rows)
        found[f"{name}_rows_after_answer_ms"] = page.evaluate(SHOWN)
        found |= {f"{name}_{part}": value for part, value in page.evaluate(SCROLL, box).items()}
    context.close()
    stand_in.go_away()
    stand_in.shutdown()
    return found


def main() -> None:
    runs, as_json = asked(__doc__, "runs", 5)
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("This bench needs Chromium (Debian: apt install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        found = {**first_loads(browser, runs), **big_lists(browser), "load": os.getloadavg()[0]}
        browser.close()
    if as_json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:28} {value:10,.1f}" if isinstance(value, float) else f"{name:28} {value:10,}")


if __name__ == "__main__":
    main()
