"""Back ends of other systems and engines: what they would run, tested as text where they cannot be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from confrere.errors import Failed
from confrere.sandbox.containers import Containers, arguments
from confrere.sandbox.copying import Copies
from confrere.sandbox.protocol import MIB, Command, Limits, Spec
from confrere.sandbox.seatbelt import Seatbelt, profile, quoted

from .conftest import Place


@pytest.fixture
def copies(place: Place) -> Iterator[Copies]:
    made = Copies(Spec([place.mount("A, b"), place.mount("R", readonly=True)]), None)
    made.make()
    yield made
    made.remove()


def test_a_container_gets_no_network_no_rights_and_only_the_copies(copies: Copies) -> None:
    box = Containers("docker", "some/image")
    box.container = "confrere-x"
    words = arguments(box, copies, Spec(limits=Limits(memory=512 * MIB, processes=99)))
    text = " ".join(words[: words.index("some/image")])
    for needed in (
        "--network none",
        "--read-only",
        "--cap-drop ALL",
        "--security-opt no-new-privileges",
        "--pull never",
        "--pids-limit 99",
        "--memory 512m",
        "--memory-swap 512m",
        "--name confrere-x",
    ):
        assert needed in text, needed
    mounts = [words[place + 1] for place, word in enumerate(words) if word == "--mount"]
    assert mounts == [
        f'type=bind,"source={copies.mirrors[0].place}","target=/work/A, b"',
        f'type=bind,"source={copies.mirrors[1].place}","target=/work/R",readonly',
    ]
    assert "--volume" not in words and "-v" not in words and "--privileged" not in words
    assert words[-1] == "stdio" and words[words.index("some/image") + 1] == "python3"


def test_an_engine_or_image_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("confrere.sandbox.containers._PATH", "/nowhere")
    assert Containers().probe(5).reason == "sandbox.no-engine"


def test_a_real_container_runs_and_gives_back(place: Place) -> None:
    if "CONFRERE_CONTAINER_IMAGE" not in os.environ:
        pytest.skip("no CONFRERE_CONTAINER_IMAGE: an image with sh and python3 that Docker or Podman has")
    box = Containers()
    probe = box.probe(60)
    assert probe.ok, probe.sentence("en")
    (place.lower / "kept").write_text("old")
    box.start(Spec([place.mount()]))
    try:
        done = box.run(Command(["sh", "-c", "id -u; cat kept; echo new >> kept; echo x > made"], cwd="/work/Folder"))
        assert done.rc == 0 and done.out.endswith(b"old") and not done.out.startswith(b"0\n"), done.text
        assert (place.upper / "kept").read_text() == "oldnew\n" and (place.lower / "kept").read_text() == "old"
        with pytest.raises(Failed):
            box.set_network(["example.org"])
    finally:
        box.close()


def test_a_seatbelt_profile_denies_all_but_what_is_named() -> None:
    text = profile(["/usr", '/odd "name"\\'], ["/private/tmp/box"])
    lines = text.splitlines()
    assert lines[:2] == ["(version 1)", "(deny default)"]
    assert '(allow file-read* (subpath "/odd \\"name\\"\\\\"))' in lines
    assert '(allow file-read* file-write* (subpath "/private/tmp/box"))' in lines
    assert "(deny network*)" in lines
    assert [line for line in lines if "file-write*" in line] == [
        '(allow file-read* file-write* (literal "/dev/null"))',
        '(allow file-read* file-write* (subpath "/private/tmp/box"))',
    ]
    assert text.count("(") == text.count(")")
    with pytest.raises(ValueError, match="null"):
        quoted("a\0b")


def test_a_folder_name_cannot_add_a_rule() -> None:
    hostile = '/x"))(allow default)(allow file-read* (subpath "/'
    rules = profile([hostile], []).splitlines()
    assert sum(line.startswith("(allow default") for line in rules) == 0
    inside = next(line for line in rules if "allow default" in line)
    assert inside == f"(allow file-read* (subpath {quoted(hostile)}))"


def test_seatbelt_is_not_here() -> None:
    assert not Path("/usr/bin/sandbox-exec").exists()
    assert Seatbelt().probe(5).reason == "sandbox.no-seatbelt"
