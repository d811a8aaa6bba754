"""Names of folders and deliverables: localised, safe on every system, never taking another file's place."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from confrere.errors import Failed
from confrere.messages import say

if TYPE_CHECKING:
    from confrere.tools.base import Context

_MONTHS = {
    "fr": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
}
_RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}


def component(text: str, fallback: str = "_") -> str:
    """``text`` as one file or folder name that every system takes, at most 120 bytes."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+', " ", text)
    text = re.sub(r"\s+", " ", text).strip().rstrip(" .")
    while len(text.encode("utf-8", "surrogateescape")) > 120:
        text = text[:-1].rstrip(" .")
    if not text or text.split(".")[0].lower() in _RESERVED:
        return f"{fallback}{text}" if text else fallback
    return text


def type_folder(name: str, language: str) -> str:
    """The folder of a document type ("invoice" gives "Factures")."""
    try:
        return say(f"office.folder-{name}", language)
    except KeyError:
        return say("office.folder-other", language)


def month_folder(date: str, language: str) -> str:
    """ "2026-05-12" gives "2026-05 mai"; months sort by name."""
    month = int(date[5:7])
    return f"{date[:4]}-{date[5:7]} {_MONTHS['fr' if language == 'fr' else 'en'][month - 1]}"


def writable_root(context: Context) -> str:
    """The first granted folder that may be written. Raises Failed where there is none."""
    for root in context.view.roots:
        if not root.readonly:
            return str(root.name)
    raise Failed("office.no-writable-folder")


def deliverable(context: Context, wanted: str, key: str, extension: str, language: str, folder: str = "") -> str:
    """Where a finished file goes: the top of the first writable folder (or ``folder`` in it), under the name wanted or the usual
    one, beside what has that name already. Decided once for the call, and for each name where there is a folder."""

    def choose() -> str:
        name = component(wanted) if wanted else say(f"office.file-{key}", language)
        if not name.lower().endswith(f".{extension}"):
            stem, dot, ending = name.rpartition(".")
            name = f"{stem if dot and len(ending) <= 5 and ending.isalpha() else name}.{extension}"
        return str(context.view.free("/".join(part for part in (writable_root(context), folder, name) if part)))

    return str(context.memo(f"place-{key}-{extension}" + (f"-{folder}/{wanted}" if folder else ""), choose))
