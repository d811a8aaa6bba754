"""From bytes of unknown encoding to text."""

from __future__ import annotations

import codecs
from pathlib import Path

_BOMS = [
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
]  # fmt: skip


def read_head(path: Path, limit: int) -> tuple[bytes, bool]:
    """Return the first ``limit`` bytes of a file, and whether there are more."""
    with open(path, "rb") as file:
        data = file.read(limit + 1)
    return data[:limit], len(data) > limit


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """Return (text, encoding). A byte order mark is believed first, then ``declared``, UTF-8, and what the bytes look like."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace"), encoding
    if declared:
        try:
            return data.decode(declared), declared
        except (LookupError, UnicodeDecodeError, ValueError):
            pass
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        # Cut in the middle of a character by a reader's bound: still UTF-8.
        if error.start > len(data) - 4 and error.start > 0:
            return data[: error.start].decode("utf-8"), "utf-8"
    sample = data[:65_536]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) > 0.3 * len(sample) / 2:
        encoding = "utf-16-le" if odd > even else "utf-16-be"
        return data.decode(encoding, "replace"), encoding
    encoding = _guess(sample)
    return data.decode(encoding, "replace"), encoding


def _guess(sample: bytes) -> str:
    """Tell a legacy encoding. Western files are far the most common: they are taken unless their letters make no sense."""
    western = sample.decode("cp1252", "replace")
    high = [c for c in western if ord(c) > 127]
    usual = sum(1 for c in high if c in "àâäáãåæçéèêëíìîïñóòôöõøœúùûüýÿßÀÂÄÁÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØŒÚÙÛÜÝ€£°«»’‘“”–—…§µ²³\xa0·•®©¿¡ºª")
    if high and usual >= 0.95 * len(high):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample[:20_000], threshold=0.3).best()
    return best.encoding if best is not None else "cp1252"
