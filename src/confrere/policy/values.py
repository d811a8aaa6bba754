"""Typed values and typed equality: when two values are the same thing, for the role that they play.

Equality is strict on purpose. A canonical form removes only what changes nothing about the effect (the case of a host,
the spaces of an IBAN, the zeros of an amount); a value that holds anything invisible, confusable or ambiguous has no
canonical form at all, and so equals nothing. Opaque identifiers are never found in text: ``13`` may be a day."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from confrere.policy.manifest import Role

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})+"
_ADDRESS = re.compile(rf"([A-Za-z0-9!#$%&'*+/=?^_`{{|}}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~-]+)*)@({_HOST})")
_ACCOUNT = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")
_URL = re.compile(rf"(?:(https?)://)?({_HOST}|\[[0-9A-Fa-f:.]+\])(?::([0-9]{{1,5}}))?((?:[/?#][!-~]*)?)")
_PLAIN_HOST = re.compile(rf"{_HOST}|localhost|\[[0-9A-Fa-f:.]+\]")
_AMOUNT = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)(?: ?([A-Z]{3}|€|\$|£))?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP"}
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


@lru_cache(maxsize=4096)
def visible(text: str) -> bool:
    """False when ``text`` holds a control, format (zero-width, bidi), unassigned or surrogate character, or a space that is
    not the ordinary one."""
    return (text.isascii() and text.isprintable()) or not any(
        unicodedata.category(ch) in _INVISIBLE or (ch != " " and unicodedata.category(ch) == "Zs") for ch in text
    )


@lru_cache(maxsize=4096)
def address(value: str) -> str | None:
    """An e-mail address. The domain is lowered; the part before @ keeps its case (RFC 5321, 2.4)."""
    found = _ADDRESS.fullmatch(value.strip(" "))
    return f"{found[1]}@{found[2].lower()}" if found else None


@lru_cache(maxsize=4096)
def account(value: str) -> str | None:
    """A bank account in IBAN form; groups and case are presentation (ISO 13616)."""
    if not value.isascii():
        return None
    packed = value.replace(" ", "").upper()
    return packed if _ACCOUNT.fullmatch(packed) else None


@lru_cache(maxsize=4096)
def url(value: str) -> str | None:
    """A web address. Without a scheme it reads as https. User information, dot segments, back-slashes, a trailing dot of
    the host and anything outside ASCII have no canonical form; percent-encoding stays as written."""
    found = _URL.fullmatch(value.strip(" "))
    if not found:
        return None
    scheme, host, port, rest = found[1] or "https", found[2].lower(), found[3] or "", found[4]
    path = re.split(r"[?#]", rest, maxsplit=1)[0]
    if "\\" in rest or re.search(r"(?i)(?:^|/)(?:\.|%2e){1,2}(?:/|$)|%2f|%5c|%00", path):
        return None
    if (scheme, port) in (("https", "443"), ("http", "80")):
        port = ""
    return f"{scheme}://{host}{':' + port if port else ''}{rest if rest.startswith('/') else '/' + rest}"


def host(value: str) -> str | None:
    """A host name or bracketed address, lowered."""
    return value.lower() if _PLAIN_HOST.fullmatch(value) else None


def host_of(value: str) -> str | None:
    """The host that a web address would reach, None where it is not a plain one."""
    form = url(value)
    return None if form is None else re.sub(r":[0-9]+$", "", form.split("/", 3)[2])


def path(value: str) -> str | None:
    """A path, byte for byte; a path with dot segments, doubled slashes or control characters has no canonical form."""
    if not value or "\0" in value or "\\" in value or any(unicodedata.category(ch) in ("Cc", "Cf") for ch in value):
        return None
    parts = value.split("/")
    body = parts[1:] if value.startswith("/") else parts
    return value if all(part not in ("", ".", "..") for part in body) else None


def amount(value: Any) -> tuple[Decimal, str] | None:
    """An amount and its currency ("" when none was given). Thousands separators and decimal commas are ambiguous: none."""
    if isinstance(value, bool):
        return None
    found = _AMOUNT.fullmatch(str(value).strip(" ")) if isinstance(value, int | float | Decimal | str) else None
    if not found:
        return None
    try:
        number = Decimal(found[1])
    except InvalidOperation:
        return None
    return (number.normalize() + 0, _CURRENCIES.get(found[2] or "", found[2] or "")) if abs(number) < Decimal(10) ** 15 else None


def moment(value: Any) -> str | None:
    """A date or a time in ISO form. A time with an offset is written in UTC and never equals one without."""
    if isinstance(value, datetime | date):
        value = value.isoformat()
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    try:
        if len(value) == 10:
            return date.fromisoformat(value).isoformat()
        when = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (when.astimezone(UTC) if when.tzinfo else when).isoformat()


@lru_cache(maxsize=4096)
def name(value: str) -> str | None:
    """A name: exact, but for its runs of ordinary spaces. Case counts, and so does every look-alike letter."""
    if not visible(value):
        return None
    return unicodedata.normalize("NFC", re.sub(" +", " ", value).strip(" ")) or None


def plain(value: Any) -> str:
    """Anything else, exactly, as canonical JSON: free text, commands, flags."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


@lru_cache(maxsize=4096)
def destination(value: str) -> str | None:
    """Who gets it: an e-mail address, an account, a web address or else an exact name, with its type in front."""
    if not visible(value):
        return None
    if "@" in value and (form := address(value)):
        return f"address {form}"
    if form := account(value):
        return f"account {form}"
    form = name(value)
    return f"name {form}" if form else None


def canonical(role: Role, value: Any) -> str | None:
    """The canonical form of one scalar in its role; None equals nothing."""
    if role is Role.AMOUNT:
        worth = amount(value)
        return None if worth is None else f"{worth[0]:f} {worth[1]}"
    if role is Role.WHEN:
        return moment(value) or (name(value) if isinstance(value, str) else None)
    if role in (Role.ID, Role.ATTACH):
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value if isinstance(value, str) else None
    if isinstance(value, str) and (form := _TEXTUAL.get(role)) is not None:
        return form(value)
    return plain(value)


_TEXTUAL: dict[Role, Callable[[str], str | None]] = {
    Role.DEST: destination,
    Role.ACCOUNT: destination,
    Role.DEVICE: name,
    Role.NAME: name,
    Role.URL: url,
    Role.HOST: host,
    Role.PATH: path,
}


def same(role: Role, one: Any, other: Any) -> bool:
    """True when both are the same thing in this role. An amount without a currency equals one that has one only when the tool
    takes no currency at all, which the caller knows; here they differ."""
    form = canonical(role, one)
    return form is not None and form == canonical(role, other)


# -- what a text of the person gives, by type ---------------------------------------------------------------------------

_TRAIL = ".,;:!?)]}'\"»”’…"
_CLEAR = r"(?<![\w.@/+-])"


def find_addresses(text: str) -> list[str]:
    """The e-mail addresses that stand in ``text``, canonical, in order."""
    found = re.finditer(rf"(?<![\w.@+-])[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@{_HOST}(?![\w@-])", text, re.ASCII)
    return _ordered(address(m[0].rstrip(_TRAIL)) for m in found if _edges(text, m.start(), m.end()))


def find_accounts(text: str) -> list[str]:
    """The accounts that stand in ``text``, canonical, in order; both packed and in groups of four."""
    pattern = r"(?<![\w-])(?:[A-Z]{2}[0-9]{2}(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?|[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30})(?![\w-])"
    return _ordered(account(m[0]) for m in re.finditer(pattern, text) if _edges(text, m.start(), m.end()))


def find_urls(text: str) -> list[str]:
    """The web addresses that stand in ``text`` (with a scheme, or beginning with www. or ending like a host with a path)."""
    pattern = (
        rf"(?<![\w@.])(?:https?://[^\s<>\"'`]+|www\.[^\s<>\"'`]+|{_HOST}/[^\s<>\"'`]*|{_LABEL}(?:\.{_LABEL})*\.(?:{_ENDS})(?![\w@-]|\.\w))"
    )
    return _ordered(url(m[0].rstrip(_TRAIL)) for m in re.finditer(pattern, text))


_ENDS = "com|org|net|io|fr|de|eu|uk|ch|be|it|es|nl|app|dev|info|ai|co|example|test"


_NOT_HOSTS = frozenset(
    (
        "txt",
        "doc",
        "docx",
        "xls",
        "xlsx",
        "ppt",
        "pptx",
        "pdf",
        "csv",
        "tsv",
        "odt",
        "ods",
        "odp",
        "rtf",
        "jpg",
        "jpeg",
        "png",
        "gif",
        "bmp",
        "tiff",
        "svg",
        "json",
        "xml",
        "html",
        "htm",
        "eml",
        "ics",
        "log",
    )
)
_PAGE = re.compile(
    rf"(?<![\w@.])(?:[A-Za-z]{{2,10}}://[^\s<>\"'`]+|{_HOST}(?::[0-9]+)?(?:/[^\s<>\"'`]*)?)(?![\w@])",
    re.ASCII,
)


def find_pages(text: str) -> list[str]:
    """Everything in ``text`` that could be meant as a web address, for counting: those of ``find_urls``, any other word with a
    scheme, and any bare host. What has no canonical form is kept as it stands, so that it counts but equals nothing."""
    found = find_urls(text)
    known = set(found)
    for match in _PAGE.finditer(text):
        word = match[0].rstrip(_TRAIL)
        form = url(word)
        bare = word.split("/")[0].split(":")[0].rpartition(".")[2].lower()
        if "://" not in word and (not bare.isalpha() or len(bare) < 2 or bare in _NOT_HOSTS):
            continue
        if form not in known and (form or word) not in known:
            known.add(form or word)
            found.append(form or word)
    return found


def find_amounts(text: str) -> list[Decimal]:
    """The numbers of ``text`` that can only be read in one way, in order; those of a percentage are left out."""
    found = re.finditer(r"(?<![\w.,/:-])[0-9]+(?:[.,][0-9]{1,2})?(?![\w%/:-]|[.,][0-9]| ?%|[ \u00a0\u202f][0-9]{3}\b)", text, re.ASCII)
    return [Decimal(m[0].replace(",", ".")).normalize() + 0 for m in found if not re.search(r"[0-9][ \u00a0\u202f]$", text[: m.start()])]


def find_percentages(text: str) -> list[Decimal]:
    """The percentages of ``text``, in order."""
    return [Decimal(m[1].replace(",", ".")) for m in re.finditer(r"(?<![\w.,])([0-9]+(?:[.,][0-9]+)?)[ \u00a0\u202f]?%", text, re.ASCII)]


def _edges(text: str, start: int, end: int) -> bool:
    """No invisible or non-ASCII letter touches the match: it would be part of the word that a person sees."""
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return all(visible(ch) or ch in "\n\t\r\u00a0\u202f" for ch in around) and not any(ch.isalnum() for ch in around)


def _ordered(items: Any) -> list[Any]:
    return list(dict.fromkeys(item for item in items if item is not None))


# -- look-alikes --------------------------------------------------------------------------------------------------------

_LOOKS_LIKE = {
    "a": "аα",
    "b": "ь",
    "c": "сϲ",
    "d": "ԁ",
    "e": "еε",
    "h": "һн",
    "i": "іιı",
    "j": "ј",
    "k": "кκ",
    "m": "м",
    "n": "пη",
    "o": "оοσ0",
    "p": "рρ",
    "q": "ԛ",
    "r": "г",
    "s": "ѕ",
    "t": "тτ",
    "u": "υ",
    "v": "ν",
    "w": "ԝω",
    "x": "хχ",
    "y": "уγ",
    "l": "ӏ1|",
}
_SKELETON = {ord(other): letter for letter, others in _LOOKS_LIKE.items() for other in others}


@lru_cache(maxsize=4096)
def skeleton(text: str) -> str:
    """What ``text`` looks like: case, accents, invisible and confusable characters removed (after Unicode TR 39)."""
    bare = "".join(ch for ch in unicodedata.normalize("NFKD", text.casefold()) if unicodedata.category(ch)[0] not in "MC")
    return bare.translate(_SKELETON).replace("rn", "m").replace("vv", "w").replace("i", "l")


def resembles(one: str, other: str, a: str | None = None, b: str | None = None) -> bool:
    """True when two different values could be taken for each other: the same skeleton, or one edit apart. ``a`` and ``b`` are the
    skeletons, where they are known."""
    if one == other:
        return False
    a, b = a or skeleton(one), b or skeleton(other)
    if a == b:
        return True
    if abs(len(a) - len(b)) > 1 or min(len(a), len(b)) < 4:
        return False
    if len(a) > len(b):
        a, b = b, a
    first = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    return a[first + (len(a) == len(b)) :] == b[first + 1 :]
