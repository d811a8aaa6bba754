"""What all of the shapes are made of."""

from __future__ import annotations

import msgspec

from confrere.messages import say


class Shape(msgspec.Struct, kw_only=True):
    """The base of all of them."""


class Sentence(Shape, kw_only=True):
    code: str
    en: str
    fr: str


def sentence(key: str, **data: object) -> Sentence:
    """A sentence of the catalogue in both languages."""
    return Sentence(code=key, en=say(key, "en", **data), fr=say(key, "fr", **data))


class FolderGiven(Shape, kw_only=True):
    path: str
    readonly: bool = False


class LeftAlone(Shape, kw_only=True):
    path: str
    reason: Sentence
