"""The built page, a real Chromium, and a page that fails the test on any error, policy violation or request to the outside."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import hatch_build
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.page.stand_in import StandIn
from tests.page.world import World

AXE = hatch_build.PAGE / "node_modules" / "axe-core" / "axe.min.js"
# as root, and on a machine without a network: nothing of the browser's own asks for anything
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]
WIDE, PHONE = {"width": 1360, "height": 860}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def dist() -> Path:
    """The page, built from its sources as they are now."""
    return hatch_build.build()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "The tests of the page need Chromium (Debian: apt install chromium)."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(dist: Path) -> Iterator[StandIn]:
    stand_in = StandIn(dist)
    yield stand_in
    stand_in.go_away()
    stand_in.shutdown()


@pytest.fixture
def stand_in(server: StandIn) -> StandIn:
    """The stand-in, with a world of its own."""
    server.world, server.down = World(), False
    return server


class Tab:
    """Opens pages, and keeps what went wrong in them."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url, self.wrong = browser, url, list[str]()
        self.contexts: list[BrowserContext] = []

    def open(self, path: str = "/", *, language: str = "fr", theme: str = "light", phone: bool = False, **settings: str) -> Page:
        size = PHONE if phone else WIDE
        context = self.browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            locale=f"{language}-{'FR' if language == 'fr' else 'GB'}",
            timezone_id="Europe/Paris",
            color_scheme=theme,
            reduced_motion="reduce",
            has_touch=phone,
            is_mobile=phone,
        )  # type: ignore[arg-type]
        self.contexts.append(context)
        for name, value in {"confrere-key": "k", **settings}.items():
            context.add_init_script(f"localStorage.getItem({name!r}) ?? localStorage.setItem({name!r}, {value!r})")
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on(
            "console",
            lambda message: (
                self.wrong.append(message.text)
                if message.type == "error" and not message.text.startswith(("Failed to load resource", "GET ", "POST "))
                else None
            ),
        )
        page.on(
            "request",
            lambda request: None if request.url.startswith((self.url, "data:", "blob:")) else self.wrong.append(f"outside: {request.url}"),
        )
        page.goto(self.url + path)
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def tab(chromium: Browser, stand_in: StandIn) -> Iterator[Tab]:
    tab = Tab(chromium, stand_in.url)
    yield tab
    tab.close()
    assert not tab.wrong, tab.wrong


EVERY_RULE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK_RULES = [
    "color-contrast",
    "link-in-text-block",
    "target-size",
    "scrollable-region-focusable",
    "html-lang-valid",
    "label-content-name-mismatch",
]
"""Those whose answer hangs on colours, sizes or the language: the others look at the document alone."""


def violations(page: Page, rules: list[str] = EVERY_RULE) -> list[str]:
    """What axe finds wrong with a page, WCAG 2.2 AA and good practice."""
    if page.evaluate("typeof window.axe === 'undefined'"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, {resultTypes: ['violations'], preload: false, runOnly: rules})", rules)
    return [f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}" for one in found["violations"] for node in one["nodes"][:3]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
