"""How much one file may cost to read, and the ways a read ends early."""

from __future__ import annotations

import time

import msgspec


class Limits(msgspec.Struct, kw_only=True, frozen=True):
    """Bounds on reading one file. Sizes in bytes, times in seconds of wall clock.

    ``seconds`` holds for a file that needs no OCR, ``ocr_seconds`` for one that does. A reader that can stop between two pages
    does so a little before the bound and gives what it has with a ``truncated`` warning; a reader that cannot is killed.
    """

    seconds: float = 60.0
    ocr_seconds: float = 240.0
    pages: int = 1000
    ocr_pages: int = 60
    word_pages: int = 100
    text: int = 8_000_000
    rows: int = 200_000
    columns: int = 2_000
    pixels: int = 120_000_000
    members: int = 20_000
    member: int = 200_000_000
    expanded: int = 600_000_000
    ratio: int = 150
    attachments: int = 50_000_000
    depth: int = 3


DEFAULT = Limits()


class Unreadable(Exception):
    """The file cannot be read, for the stable reason ``code``: ``damaged``, ``encrypted``, ``bomb``, ``too-large``, ``empty``,
    ``unsupported``, ``missing``, ``memory``, ``timeout``, ``crashed``. ``kind`` is set when the reader learnt it."""

    def __init__(self, code: str, detail: str = "", kind: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.kind = kind


class NeedsOcr(Exception):
    """The file holds pictures of text, and this reader was told to leave those to another."""


class Budget:
    """What is left of the limits while one file, attachments included, is being read."""

    def __init__(self, limits: Limits = DEFAULT, *, ocr: bool = True) -> None:
        self.limits = limits
        self.ocr = ocr
        self.ocr_pages = limits.ocr_pages
        self.text = limits.text
        self._start = time.monotonic()
        self._seconds = limits.seconds

    def late(self) -> bool:
        """Whether the reader should give what it has (four fifths of the time are gone)."""
        return time.monotonic() - self._start > 0.8 * self._seconds

    def take_text(self, text: str) -> str:
        """Return ``text``, or as much of it as the bound on characters leaves."""
        if len(text) > self.text:
            text = text[: self.text]
        self.text -= len(text)
        return text

    def take_ocr(self) -> bool:
        """Whether one more picture may be read by OCR. Raises NeedsOcr where OCR belongs to another process."""
        if not self.ocr:
            raise NeedsOcr
        self._seconds = self.limits.ocr_seconds
        if self.ocr_pages <= 0 or self.late():
            return False
        self.ocr_pages -= 1
        return True
