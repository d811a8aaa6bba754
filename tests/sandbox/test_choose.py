"""Which sandbox is used, and that nobody is told less than the truth."""

from __future__ import annotations

import json
import string
import tomllib
from pathlib import Path

import pytest

from confrere.errors import Failed, WrongUse
from confrere.messages import say
from confrere.sandbox import choose as choosing
from confrere.sandbox import jail
from confrere.sandbox.choose import choose, describe
from confrere.sandbox.protocol import Sandbox


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "_seen", {})


@pytest.fixture
def without_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise Failed("sandbox.no-bubblewrap")

    monkeypatch.setattr(jail, "program", none)


def test_bubblewrap_is_the_default_here(tmp_path: Path) -> None:
    sandbox = choose(cache=tmp_path)
    assert sandbox is not None and sandbox.name == "bubblewrap" and not sandbox.claim.reduced


def test_a_success_is_remembered_and_a_failure_never(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose(cache=tmp_path) is not None
    assert json.loads((tmp_path / "sandbox.json").read_text())["bubblewrap"]["seconds"] > 0
    monkeypatch.setattr(choosing, "_seen", {})

    def never(self: Sandbox, deadline: float) -> None:
        raise AssertionError("asked again")

    with monkeypatch.context() as patched:
        patched.setattr("confrere.sandbox.bubblewrap.Bubblewrap.probe", never)
        assert choose(cache=tmp_path) is not None
    (tmp_path / "sandbox.json").write_text('{"bubblewrap": {"situation": "another boot", "seconds": 1}}')
    monkeypatch.setattr(choosing, "_seen", {})
    assert choose(cache=tmp_path) is not None
    (tmp_path / "sandbox.json").write_text("not json")
    monkeypatch.setattr(choosing, "_seen", {})
    assert choose(cache=tmp_path) is not None


@pytest.mark.usefixtures("without_bubblewrap")
def test_the_fall_back_says_that_it_is_reduced(tmp_path: Path) -> None:
    sandbox = choose(cache=tmp_path)
    assert sandbox is not None and sandbox.name == "landlock" and sandbox.claim.reduced
    assert sandbox.claim.sentences("fr")[0].startswith("Protection réduite.")


@pytest.mark.usefixtures("without_bubblewrap")
def test_what_was_asked_for_is_used_or_nothing(tmp_path: Path) -> None:
    assert choose("bubblewrap", tmp_path) is None
    assert choose("seatbelt", tmp_path) is None
    with pytest.raises(WrongUse):
        choose("none", tmp_path)


def test_doctor_is_told_what_is_used_and_why_not_the_others(tmp_path: Path) -> None:
    told = {entry.name: entry for entry in describe("en", cache=tmp_path)}
    assert told["bubblewrap"].used and len(told["bubblewrap"].sentences) == 3
    assert told["microvm"].works is False and "image" in told["microvm"].sentences[0]
    assert told["landlock"].works and "Reduced" in told["landlock"].sentences[1]
    assert told["seatbelt"].works is False and not told["seatbelt"].used


@pytest.mark.usefixtures("without_bubblewrap")
def test_doctor_says_when_there_is_none(tmp_path: Path) -> None:
    first = describe("fr", "bubblewrap", tmp_path)[0]
    assert first.works is False and first.sentences == (say("sandbox.none", "fr"),)


def test_every_sentence_has_its_two_languages_with_the_same_blanks() -> None:
    area = tomllib.loads(Path(choosing.__file__).parents[1].joinpath("messages", "sandbox.toml").read_text())
    for name, pair in area.items():
        assert set(pair) == {"en", "fr"}, name
        blanks = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in (pair["en"], pair["fr"])]
        assert blanks[0] == blanks[1], name


def test_every_sentence_that_is_said_exists_and_every_one_is_said() -> None:
    source = Path(choosing.__file__).parent
    code = "".join(path.read_text() for path in source.glob("*.py"))
    area = tomllib.loads(source.parent.joinpath("messages", "sandbox.toml").read_text())
    for name in area:
        assert f"sandbox.{name}" in code or name.startswith(("found-", "vm-step-")), name
