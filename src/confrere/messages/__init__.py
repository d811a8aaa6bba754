"""The one catalogue of sentences shown to people, in French and English.

Each ``AREA.toml`` beside this file holds one area; a key has its two languages side by side::

    [folder-missing]
    en = "There is no folder {path}. Nothing was changed. Check the name and try again."
    fr = "Le dossier {path} n'existe pas. Rien n'a été modifié. Vérifiez le nom et réessayez."

No sentence a person may read lives anywhere else.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "fr")


@cache
def _area(area: str) -> dict[str, dict[str, str]]:
    with open(Path(__file__).with_name(f"{area}.toml"), "rb") as file:
        return tomllib.load(file)


def say(key: str, language: str, **data: object) -> str:
    """Return the sentence ``area.name`` in ``language`` ("en" or "fr", any other reads as "en"), blanks filled; a whole number in a blank
    ``{name:number}`` as ``number_word`` writes it.

    Raises KeyError for an unknown key: a missing sentence is a defect, and a test looks for them.
    """
    area, _, name = key.partition(".")
    sentence = _area(area)[name]["fr" if language == "fr" else "en"]
    return sentence.format_map({name: _plain(value, language) for name, value in data.items()}) if data else sentence


def tell(key: str, language: str, count: int, /, **data: object) -> str:
    """``say``, taking the sentence ``key-one`` where the count that matters is one and the catalogue has it."""
    if count == 1:
        area, _, name = key.partition(".")
        if f"{name}-one" in _area(area):
            key = f"{key}-one"
    return say(key, language, **data)


class _Number(int):
    """A whole number that a sentence of one language writes in its own way, where its blank says so."""

    language: str

    def __format__(self, spec: str) -> str:
        return number_word(self, self.language) if spec == "number" else super().__format__(spec)


def _plain(value: object, language: str) -> object:
    if type(value) is int:
        value = _Number(value)
        value.language = language
        return value
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, bytes):
        value = os.fsdecode(value)
    return show(value) if isinstance(value, str) else value


def show(text: str, *, lines: bool = False) -> str:
    """Text that is safe to print: lone surrogates (undecodable file names) and control characters, those that reorder or hide
    text included, are shown escaped; no-break spaces, which French puts in numbers, stay; so do line ends, with ``lines``."""
    kept = " \u00a0\u202f\n\t" if lines else " \u00a0\u202f"
    return "".join(
        ch
        if (ch.isprintable() or ch in kept) and not 0xD800 <= ord(ch) <= 0xDFFF
        else ch.encode("unicode_escape", "surrogatepass").decode()
        for ch in text
    )


def number_word(number: int, language: str) -> str:
    """A whole number with its thousands set apart: 12 345, or 12,345 in English."""
    return f"{number:,}".replace(",", "\u202f" if language == "fr" else ",")


def system_language() -> str:
    """The language of the person's session: CONFRERE_LANG, else LC_ALL, LC_MESSAGES, LANG; English when none says French."""
    for name in ("CONFRERE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "fr" if value.lower().startswith("fr") else "en"
    return "en"
