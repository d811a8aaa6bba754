"""A real folder with its view, and the library that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from office_folder import Office

from confrere.documents.library import Library


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("cache")) as made:
        yield made


@pytest.fixture
def office(tmp_path: Path, library: Library) -> Callable[..., Office]:
    def make(files: dict[str, bytes] | None = None, language: str = "fr") -> Office:
        folder = tmp_path / "Clients"
        folder.mkdir(exist_ok=True)
        for name, data in (files or {}).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return Office(folder, tmp_path / "state", library, language)

    return make
