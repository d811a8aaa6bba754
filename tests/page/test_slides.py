"""Two versions of a deck: which slide became which, and how the page shows the pairs."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from confrere.gateway.work.differences import _blocks, _paired
from tests.page import world
from tests.page.conftest import Tab, overflow, violations
from tests.page.stand_in import StandIn

OFFER = "Huit étiquettes, une seule famille\nUn dessin par lait"
BEFORE = [("slide 1", "La gamme fermière"), ("slide 2", OFFER), ("slide 3", "Calendrier"), ("slide 4", "Merci")]
AFTER = [
    ("slide 1", "La gamme fermière"),
    ("slide 2", "Une diapositive ajoutée"),
    ("slide 3", OFFER.replace("Huit", "Neuf")),
    ("slide 4", "Calendrier"),
]


def test_a_slide_is_compared_with_the_one_it_was() -> None:
    found = [(block["op"], block["page_before"], block["page_after"]) for block in _blocks(BEFORE, AFTER, whole=True)]
    assert found == [("same", 1, 1), ("add", None, 2), ("change", 2, 3), ("same", 3, 4), ("del", 4, None)]
    assert _paired(["a b c", "d e f"], ["x y z"]) == [(0, 0), (1, None)], "what resembles nothing goes by its place"
    assert _paired([], ["x"]) == [(None, 0)] and _paired(["x"], []) == [(0, None)]


def test_slides_side_by_side(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    def diff(path: str) -> dict[str, Any]:
        sides = {"size": 5000, "sha256": world.SHA}
        return {"path": path, "kind": "slides", "blocks": _blocks(BEFORE, AFTER, whole=True), "more": 0, "before": sides, "after": sides}

    monkeypatch.setattr(world, "diff", diff)
    page = tab.open("/tasks/t-review")
    page.click("[role=treeitem]:has-text('Notes.docx')")
    slides = page.locator(".look .slide")
    expect(slides).to_have_count(3)
    expect(slides.nth(1)).to_contain_text("Diapositive 2, devenue la 3")
    sides = [image.get_attribute("src") or "" for image in slides.nth(1).locator("img").all()]
    assert "/pages/2.png" in sides[0] and "side=before" in sides[0] and "/pages/3.png" in sides[1] and "side=after" in sides[1]
    expect(slides.nth(0)).to_contain_text("Elle n’existait pas")
    expect(slides.nth(2)).to_contain_text("retirée")
    assert not violations(page) and overflow(page) <= 0


def test_a_deck_that_moved_is_compared_with_what_it_was_where_it_was(tab: Tab, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each side is asked for by its own path, in the differences and in the looks at either side."""
    moved = world.change("move", "Clients/Dupont/Offre.pptx", "Clients/brouillon.pptx")
    moved["after"]["sha256"] = "0" * 64
    plain = world.change("move", "Clients/Dupont/Reste.pptx", "Clients/reste d'avant.pptx")
    monkeypatch.setattr(world, "changes", lambda many=0: [moved, plain])

    def diff(path: str) -> dict[str, Any]:
        sides = {"size": 5000, "sha256": world.SHA}
        return {"path": path, "kind": "slides", "blocks": _blocks(BEFORE, AFTER, whole=True), "more": 0, "before": sides, "after": sides}

    monkeypatch.setattr(world, "diff", diff)
    page = tab.open("/tasks/t-review")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(unquote(request.url)) if "side=" in request.url else None)
    page.click("[role=treeitem]:has-text('Offre.pptx')")
    expect(page.locator(".look .slide")).to_have_count(3)
    expect(page.locator(".look .moved dd").first).to_have_text("Clients/brouillon.pptx")
    page.locator(".look").get_by_role("button", name="Avant").click()
    expect(page.locator(".look .pages img").first).to_be_visible()
    page.click("[role=treeitem]:has-text('Reste.pptx')")
    expect(page.locator(".look .switch")).to_have_count(0)
    assert any("side=before" in url for url in asked) and any("side=after" in url for url in asked)
    for url in asked:
        if "pptx" in url:
            assert ("brouillon" in url) == ("side=before" in url), url


def test_the_same_words_with_another_look_are_shown(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    def diff(path: str) -> dict[str, Any]:
        sides = {"size": 5000, "sha256": world.SHA}
        blocks = _blocks(BEFORE[:2], BEFORE[:2], whole=True)
        return {"path": path, "kind": "slides", "blocks": blocks, "more": 0, "before": sides, "after": sides}

    monkeypatch.setattr(world, "diff", diff)
    page = tab.open("/")
    page.wait_for_selector("#brief")
    # the second slide is drawn otherwise afterwards
    page.route("**/pages/2.png?*side=after*", lambda route: route.fulfill(body=b"another picture", content_type="image/png"))
    page.goto(f"{tab.url}/tasks/t-review")
    page.click("[role=treeitem]:has-text('Notes.docx')")
    expect(page.locator(".look .slide")).to_have_count(1)
    expect(page.locator(".look .slide")).to_contain_text("mêmes mots, autre apparence")
    expect(page.locator(".look .same")).to_contain_text("Diapositive 1 — inchangée")
