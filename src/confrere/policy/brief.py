"""What the person's words give by type: addresses, accounts, amounts, quoted phrases, templates, superlatives.

The brief is the one text that may choose. Everything here is a deterministic reading of it, made once a task.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path

from confrere.policy import values

_QUOTED = re.compile(
    r"'([^'\n]{2,200}?)'(?!\w)|\"([^\"\n]{2,400}?)\"|“([^”\n]{2,400})”|`([^`\n]{2,200})`"
    r"|«[\s\u00a0\u202f]*([^»\n]{2,400}?)[\s\u00a0\u202f]*»"
)
_SLOT = re.compile(r"\{\w+\}")


@cache
def _words() -> dict[str, re.Pattern[str]]:
    with open(Path(__file__).with_name("words.toml"), "rb") as file:
        return {kind: re.compile("|".join(by.values())) for kind, by in tomllib.load(file).items()}


class Brief:
    """A read brief. All lists keep the order of the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.addresses = values.find_addresses(text)
        self.accounts = values.find_accounts(text)
        self.urls = values.find_urls(text)
        self.amounts: list[Decimal] = values.find_amounts(text)
        self.percentages: list[Decimal] = values.find_percentages(text)
        self.quoted = [next(group for group in found.groups() if group) for found in _QUOTED.finditer(text)]
        self.templates = [phrase for phrase in self.quoted if _SLOT.search(phrase)]
        self._spaced = " ".join(text.split())
        self._folded = " ".join(text.casefold().split())
        self._quoted = {" ".join(phrase.casefold().split()) for phrase in self.quoted}
        self._said: dict[tuple[str, bool], bool] = {}
        self._asked = {kind: pattern.search(text.lower()) is not None for kind, pattern in _words().items()}

    def says(self, phrase: str, exact: bool = False) -> bool:
        """True when ``phrase`` stands in the brief as whole words; ``exact`` keeps the case. An apostrophe or hyphen counts as
        part of a word, so that a shorter name is never read out of a longer one."""
        key = (phrase, exact)
        if key not in self._said:
            if len(self._said) > 4096:
                self._said.clear()
            self._said[key] = self._stands(phrase, exact)
        return self._said[key]

    def _stands(self, phrase: str, exact: bool) -> bool:
        wanted = " ".join((phrase if exact else phrase.casefold()).split())
        text = self._spaced if exact else self._folded
        if not wanted or wanted not in text or not values.visible(phrase):
            return False
        return re.search(rf"(?<![\w@-]){re.escape(wanted)}(?![\w@-]|\.\w)", text) is not None

    def quotes(self, phrase: str) -> bool:
        """True when ``phrase`` is one of the quoted phrases, but for case and runs of spaces."""
        return " ".join(phrase.casefold().split()) in self._quoted and values.visible(phrase)

    def asks_for(self, kind: str) -> bool:
        """Whether the brief has a word of this kind in ``words.toml``: most, least, latest, earliest, alphabetical."""
        return self._asked[kind]
