"""The ways a known secret may be written: as it is, encoded, escaped, turned round."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

SHORT = 8  # below this many characters only the plain form is looked for: the others would meet by chance


def forms(secret: str) -> dict[str, bool]:
    """Strings of which one stands in any text that holds ``secret`` in one of the forms below. ``secret`` encodes as UTF-8.

    The value tells whether the string is only the middle of a form: the characters beside it then hold bits of the secret too.

    Plain, reversed, JSON-escaped (once and twice, ASCII or not), HTML-escaped, percent-encoded (needful or all bytes, either case, plus
    for a space), hexadecimal (either case; bytes apart by nothing, a space or a colon), base64 (standard, URL-safe) and base32, with or
    without padding, also in the middle of longer data, at every alignment.
    """
    data = secret.encode()
    found = {secret}
    if len(secret) < SHORT:
        return dict.fromkeys(found, False)
    found.add(secret[::-1])
    for ascii_only in (True, False):
        once = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        found.update((once, json.dumps(once, ensure_ascii=ascii_only)[1:-1]))
    found.update((html.escape(secret), html.escape(secret, quote=False)))
    for escaped in (quote(secret), quote(secret, safe=""), quote_plus(secret), "".join(f"%{byte:02X}" for byte in data)):
        found.update((escaped, _lower_escapes(escaped)))
    for separator in ("", " ", ":"):
        text = data.hex(separator) if separator else data.hex()
        found.update((text, text.upper()))
    middles: set[str] = set()
    for alignment in range(3):
        middles.add(_middle(base64.b64encode(bytes(alignment) + data).decode(), alignment, len(data), 6))
        middles.add(_middle(base64.urlsafe_b64encode(bytes(alignment) + data).decode(), alignment, len(data), 6))
    for alignment in range(5):
        middles.add(_middle(base64.b32encode(bytes(alignment) + data).decode(), alignment, len(data), 5))
    return dict.fromkeys(middles, True) | dict.fromkeys(found, False)


def _middle(encoded: str, before: int, length: int, bits: int) -> str:
    """The characters of ``encoded`` that depend on nothing but the ``length`` bytes after the first ``before``."""
    return encoded[-(-before * 8 // bits) : (before + length) * 8 // bits]


def _lower_escapes(text: str) -> str:
    head, *rest = text.split("%")
    return "%".join([head, *(part[:2].lower() + part[2:] for part in rest)])
