"""Text as the extractors compare it: one folded character for each original one, so that a match in the folded
text has the same place in the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_SPECIAL = {
    "ß": "s", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "t", "æ": "a", "œ": "o", "ı": "i", "º": "°", "№": "n",
    "’": "'", "‘": "'", "`": "'", "´": "'", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "：": ":", "﹕": ":",
}  # fmt: skip


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    if char.isspace():
        return " "
    lower = char.lower()[:1] or char
    if lower in _SPECIAL:
        return _SPECIAL[lower]
    base = unicodedata.normalize("NFKD", lower)[:1].lower()
    return base if base and not base.isspace() else lower


def fold(text: str) -> str:
    """Lower case, no accents, plain spaces, quotes and dashes; the length stays the same."""
    if text.isascii():
        return text.lower().translate(_BLANKS)
    return "".join(map(_fold_char, text))


_BLANKS = str.maketrans("\t\r\n\f\v", "     ")
_LOOKALIKE = str.maketrans("01|!i", "ollll")


def skeleton(folded: str) -> str:
    """Folded text in which the letters and digits that OCR mistakes for one another (0/o, 1/i/l) are one."""
    return folded.translate(_LOOKALIKE)


def pattern(terms: Iterable[str]) -> str:
    """A regular expression for any of ``terms`` (folded), longest first, whole words, loose about what separates the
    words of a term: OCR drops spaces, forms add dots and hyphens."""
    ordered = sorted(set(terms), key=lambda term: (-len(term), term))
    return r"(?<![^\W_])(?:" + "|".join(_loose(term) for term in ordered) + r")"


def _loose(term: str) -> str:
    body = r"[\W_]{0,3}".join(re.escape(part).replace(r"\*", r"[^\W\d_]*") for part in term.split())
    return body + (r"(?![^\W_])" if term[-1].isalnum() or term[-1] == "*" else "")


def words(text: str) -> list[str]:
    """The folded alphanumeric words of ``text``."""
    return re.findall(r"[^\W_]+", fold(text))


def compact(text: str) -> str:
    """Folded letters and digits only."""
    return "".join(words(text))


def tidy(text: str) -> str:
    """One line, single spaces, no decoration at either end."""
    return re.sub(r"\s+", " ", text.replace("\u00ad", "")).strip(" \t,;:|*•·-–—_=~<>")
