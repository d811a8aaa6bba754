"""The sample folder: a fresh copy where the person sees it, over nothing, and the guided task that begins on it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from confrere.errors import Failed
from confrere.gateway.api import sample
from tests.gateway.conftest import Up
from tests.page.conftest import Tab
from tests.page.test_story import content, enter

SOURCE = Path(__file__).parents[2] / "samples" / "clients"


def test_each_copy_has_a_name_that_was_free(tmp_path: Path) -> None:
    taken = tmp_path / "Confrère" / "Exemple"
    taken.mkdir(parents=True)
    (taken / "mine.txt").write_text("mine")
    (tmp_path / "Confrère" / "Exemple 2").write_text("a file of that name")
    made = sample.copy(tmp_path, "fr")
    assert made.path == str(tmp_path / "Confrère" / "Exemple 3") and made.files == len(content(SOURCE))
    assert content(Path(made.path)) == content(SOURCE)
    assert sample.copy(tmp_path, "en").path.endswith("Confrère/Example")
    assert os.listdir(taken) == ["mine.txt"]


def test_what_cannot_be_finished_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: str, target: str, **more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sample.shutil, "copyfile", full)
    with pytest.raises(Failed, match="Nothing of it was left"):
        sample.copy(tmp_path, "fr")
    assert os.listdir(tmp_path / "Confrère") == []
    monkeypatch.undo()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "Confrère").write_text("a file in the way")
    with pytest.raises(Failed, match="could not be copied"):
        sample.copy(tmp_path / "other", "fr")
    monkeypatch.setattr(sample, "_PLACES", (tmp_path / "none",))
    with pytest.raises(Failed, match="without its example"):
        sample.copy(tmp_path, "fr")


def test_there_is_an_end_to_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "MOST", 2)
    sample.copy(tmp_path, "fr")
    sample.copy(tmp_path, "fr")
    with pytest.raises(Failed, match="2 copies"):
        sample.copy(tmp_path, "fr")


def test_the_guide_begins_on_a_copy(chromium: Browser, dist: Path, tmp_path: Path) -> None:
    home = tmp_path / "state"
    home.mkdir(mode=0o700)
    up = Up(home, environment={"HOME": str(tmp_path)})
    tab = Tab(chromium, f"http://127.0.0.1:{up.port}")
    try:
        page = enter(tab, up, up.code)
        page.get_by_role("button", name="Commencer", exact=True).click()
        page.get_by_role("button", name="Prendre l’exemple").click()
        expect(page.locator(".chip")).to_contain_text("Exemple")
        expect(page.locator("#brief")).to_have_value(re.compile("8 diapositives"))
        expect(page.get_by_label("Première tâche guidée")).to_contain_text("Dites ce que vous voulez")
        assert content(tmp_path / "Confrère" / "Exemple") == content(SOURCE)
        assert not tab.wrong
    finally:
        tab.close()
        up.stop()
