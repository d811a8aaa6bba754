"""Every view, in both themes and both languages, wide and at phone width: drawn, without a violation, without a missing sentence."""

from __future__ import annotations

import re

import pytest

from tests.page.conftest import EVERY_RULE, LOOK_RULES, Tab, overflow, violations
from tests.page.stand_in import StandIn

# where it is, and what must be seen there before it is judged
VIEWS = {
    "home": ("/", "#brief"),
    "tasks": ("/tasks", "ul.list"),
    "waiting": ("/waiting", "main .primary"),
    "schedule": ("/schedule", ".when"),
    "recipes": ("/recipes", "main ol"),
    "value": ("/value", "main table"),
    "journal": ("/journal", "[role=option]"),
    "settings": ("/settings", "#security"),
    "thinking": ("/tasks/t-drafted", "[role=progressbar]"),
    "plan": ("/tasks/t-planned", ".decide"),
    "progress": ("/tasks/t-running", "[role=progressbar]"),
    "folder": ("/tasks/t-review", "[role=treeitem]"),
    "deliverables": ("/tasks/t-applied/deliverables", "main table"),
    "check": ("/tasks/t-applied/check", "main input"),
    "report": ("/tasks/t-applied", ".paper"),
    "context": ("/tasks/t-applied/context", "main dl"),
    "talk": ("/tasks/t-planned/talk", "[role=log]"),
    "task-journal": ("/tasks/t-applied/journal", "[role=option]"),
    "answer": ("/tasks/t-done", ".paper"),
    "failed": ("/tasks/t-failed", ".failure"),
    "missing": ("/tasks/t-nowhere", ".empty h1"),
    "enter": ("/enter", "#code"),
}
RELATIVE = {"avant-hier", "après-demain"}  # what the browser calls the days beside: no keys of ours
LOOKS = [("fr", "light", False), ("en", "dark", False), ("fr", "dark", True), ("en", "light", True)]


@pytest.mark.parametrize(("language", "theme", "phone"), LOOKS, ids=lambda value: str(value))
def test_every_view(tab: Tab, stand_in: StandIn, language: str, theme: str, phone: bool) -> None:
    page = tab.open("/", language=language, theme=theme, phone=phone)
    page.wait_for_selector("#brief")
    rules = EVERY_RULE if language == "fr" else LOOK_RULES  # wide and narrow have a document each; the other language has the same
    wrong = []
    for name, (path, ready) in VIEWS.items():
        page.evaluate(
            "path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')) }", path
        ) if name != "enter" else page.goto(stand_in.url + path)
        page.wait_for_selector(ready)
        assert page.evaluate("document.documentElement.lang") == language
        wrong += [f"{name}: {one}" for one in violations(page, rules)]
        if overflow(page) > 0:
            wrong.append(f"{name}: wider than the window by {overflow(page)}")
        text = page.inner_text("body")
        keys = set(re.findall(r"^[a-z]+(?:-[a-z0-9_]+)+$", text, re.MULTILINE)) - RELATIVE
        wrong += [f"{name}: sentence missing: {key}" for key in sorted(keys)]
        wrong += [f"{name}: blank not filled: {blank}" for blank in re.findall(r"\{\w+\}| \| ", text)]
    assert not wrong, "\n".join(wrong)


def test_the_first_day_has_no_empty_shell(tab: Tab, stand_in: StandIn) -> None:
    stand_in.world.empty()
    page = tab.open("/")
    page.wait_for_selector("text=Votre premier quart d’heure")
    for path, words in {
        "/waiting": "Rien ne vous attend", "/schedule": "Rien n’est programmé", "/recipes": "Pas encore de recette", "/value": "Rien à mesurer", "/tasks": "Aucune tâche"
    }.items():  # fmt: skip
        page.goto(stand_in.url + path)
        page.wait_for_selector(f"text={words}")
        assert not violations(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_opens_over_a_view(tab: Tab, theme: str) -> None:
    """Dialogs and menus."""
    rules = EVERY_RULE if theme == "light" else LOOK_RULES
    page = tab.open("/", theme=theme)
    page.click("text=Choisir un dossier")
    page.wait_for_selector("[role=dialog] li button")
    assert not violations(page, rules)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_selector("[role=dialog] kbd")
    assert not violations(page, rules)
    page.goto(page.url + "schedule")
    page.click("text=Programmer >> nth=-1")
    page.wait_for_selector("[role=dialog] textarea")
    assert not violations(page, rules)
    page.keyboard.press("Escape")
    page.click("[aria-label*='Autres actions']")
    page.wait_for_selector("[role=menu]")
    assert not violations(page, rules)
    page.goto(page.url.replace("schedule", "tasks/t-applied/deliverables"))
    page.click("td .link >> nth=0")
    page.wait_for_selector("[role=dialog] img")
    assert not violations(page, rules)


def test_a_device_that_may_only_look_is_offered_nothing_else(tab: Tab, stand_in: StandIn) -> None:
    stand_in.world.scopes = ["look"]
    page = tab.open("/tasks/t-planned")
    page.wait_for_selector(".steps")
    assert page.locator("text=Accepter et commencer").count() == 0
    assert page.locator("[aria-label^=Modifier]").count() == 0
    page.goto(stand_in.url + "/")
    page.wait_for_selector("h1")
    assert page.locator("#brief").count() == 0
    page.goto(stand_in.url + "/tasks/t-review")
    page.wait_for_selector("[role=treeitem]")
    assert page.locator("text=Mettre en place").count() == 0
