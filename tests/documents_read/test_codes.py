"""Every code a reader can give has its sentence in both languages, and is listed where the codes are."""

from __future__ import annotations

import re
from pathlib import Path

import confrere.documents.read as read
from confrere.messages import LANGUAGES, say

FOLDER = Path(read.__file__).parent
SOURCE = "\n".join(path.read_text() for path in FOLDER.glob("*.py") if path.name != "__init__.py")


def test_every_warning_has_its_sentence() -> None:
    codes = set(re.findall(r'Warning_\(\s*code="([a-z-]+)"', SOURCE))
    codes |= set(re.findall(r'(?:add|_tell|setdefault)\("([a-z]+-[a-z-]+)"', SOURCE))
    codes -= {"hidden-white"}
    assert len(codes) > 25
    for code in codes:
        assert all(say(f"documents.warning-{code}", language) for language in LANGUAGES)
        assert f"``{code}``" in (read.__doc__ or ""), code


def test_every_error_has_its_sentence() -> None:
    codes = set(re.findall(r'Unreadable\(\s*"([a-z-]+)"', SOURCE)) | set(re.findall(r'error="([a-z-]+)"', SOURCE)) | {"timeout", "crashed"}
    for code in codes:
        assert all("facture.pdf" in say(f"documents.error-{code}", language, name="facture.pdf") for language in LANGUAGES)
        assert f"``{code}``" in (read.__doc__ or ""), code
