"""Characters nobody sees, in text of any origin.

Codes: ``invisible-characters`` (zero-width and tag characters, which can carry a message) and ``bidi-characters`` (controls that make
text read otherwise than it is stored). Both are taken out of the text; the excerpt shows them escaped, and what tag
characters spell.
"""

from __future__ import annotations

import re

from confrere.documents.model import Page, Warning_, Word

_BIDI = "\u202a-\u202e\u2066-\u2069"
_ZERO = "\u200b\u2060-\u2064\u180e\U000e0000-\U000e007f"
# Joiners are spelling in some scripts (Persian, Hindi) and in emoji: only between Latin letters or digits are they a trick.
_JOINERS = "(?<=[0-9A-Za-z\u00c0-\u024f])[\u200c\u200d\ufeff](?=[0-9A-Za-z\u00c0-\u024f])"
_UNSEEN = re.compile(f"[{_BIDI}{_ZERO}]|{_JOINERS}")
_SOFT = re.compile("[\ufeff\u00ad]")


def inspect_pages(pages: list[Page]) -> list[Warning_]:
    """Take invisible characters out of the text, words and tables of ``pages`` and return a warning a page and code."""
    warnings: list[Warning_] = []
    for page in pages:
        found = _UNSEEN.findall(page.text)
        if not found:
            if page.text and not page.text.isascii():
                page.text = _SOFT.sub("", page.text)
            continue
        first = next(_UNSEEN.finditer(page.text)).start()
        around = page.text[max(0, first - 40) : first + 160]
        tags = "".join(chr(ord(c) - 0xE0000) for c in found if 0xE0020 <= ord(c) <= 0xE007E)
        bidi = sum(1 for c in found if re.match(f"[{_BIDI}]", c))
        if bidi:
            warnings.append(Warning_(code="bidi-characters", where=page.label, text=_escaped(around)))
        if len(found) - bidi:
            warnings.append(Warning_(code="invisible-characters", where=page.label, text=tags[:300] or _escaped(around)))
        page.text = _SOFT.sub("", _UNSEEN.sub("", page.text))
        page.words = [word if not _UNSEEN.search(word.text) else _clean(word) for word in page.words]
        for table in page.tables:
            table.rows = [[_UNSEEN.sub("", c) if isinstance(c, str) else c for c in row] for row in table.rows]
    return warnings


def _clean(word: Word) -> Word:
    return Word(_UNSEEN.sub("", word.text), word.x0, word.y0, word.x1, word.y1)


def _escaped(text: str) -> str:
    return _UNSEEN.sub(lambda m: f"\\u{{{ord(m.group()):x}}}", text)[:300]


def differs(layer: str, seen: str) -> bool:
    """Whether hidden text (a text layer, a plain alternative) says what is not seen: a third of its longer words are missing there."""
    have = {w for w in _plain_words(seen) if len(w) > 3}
    said = [w for w in _plain_words(layer) if len(w) > 3]
    if len(said) < 4:
        return False
    joined = " ".join(sorted(have))
    missing = sum(1 for w in said if w not in have and w not in joined)
    return missing > len(said) / 3


def _plain_words(text: str) -> list[str]:
    return ["".join(c for c in w.lower() if c.isalnum()) for w in text.split()]
