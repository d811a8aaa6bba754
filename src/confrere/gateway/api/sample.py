"""The sample folder: a copy of it for a first try, in a place the person sees."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from confrere.errors import Failed
from confrere.gateway.api.people import caller
from confrere.gateway.http import Problem, Request, Routes
from confrere.gateway.people import OWNER
from confrere.gateway.shapes.files import SampleMade
from confrere.messages import say

if TYPE_CHECKING:
    from confrere.gateway.state import Gateway

routes = Routes()

_PACKAGE = Path(__file__).resolve().parents[2]
_PLACES = (_PACKAGE / "sample", _PACKAGE.parents[1] / "samples" / "clients")  # as installed; as in a checkout
MOST = 50
"""Copies side by side in one folder: whoever wants more takes the old ones away."""


@routes.route("POST", "/api/sample", "brief", answer=SampleMade, status=201)
async def sample(gateway: Gateway, request: Request) -> SampleMade:
    """Make a fresh copy of the sample folder, under a name that is free."""
    person = gateway.people.all[caller(request).person]
    if person.id == OWNER:
        within = os.path.expanduser("~")
    else:
        theirs = [folder.path for folder in person.folders if not folder.readonly]
        if not theirs:
            raise Problem(403, "sample.no-folder")
        within = theirs[0]
        if not gateway.people.may_see(person.id, os.path.realpath(os.path.join(within, "Confrère"))):  # a link that leads out of it
            raise Problem(403, "gateway.folder-not-yours", path=within)
    return await asyncio.to_thread(copy, Path(within), request.language(gateway.home.language()))


def copy(within: Path, language: str) -> SampleMade:
    """The sample copied to ``within/Confrère/Exemple`` (or ``Exemple 2``, …): nothing that is there is touched, and what could not be
    finished is taken away again. Raises Failed."""
    source = next((place for place in _PLACES if place.is_dir()), None)
    if source is None:
        raise Failed("sample.missing")
    name = say("sample.folder", language)
    made: Path | None = None
    try:
        (within / "Confrère").mkdir(exist_ok=True)
        for number in range(1, MOST + 1):
            folder = within / "Confrère" / (name if number == 1 else f"{name} {number}")
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            made = folder
            # the bytes only: an installed file's rights and dates say nothing about the person's own copy
            shutil.copytree(source, folder, copy_function=shutil.copyfile, dirs_exist_ok=True)
            return SampleMade(path=str(folder), files=sum(len(files) for _, _, files in os.walk(folder)))
    except (OSError, shutil.Error) as error:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise Failed("sample.not-made", path=str(within / "Confrère"), reason=reason) from None
    raise Failed("sample.many", path=str(within / "Confrère"), most=MOST)
