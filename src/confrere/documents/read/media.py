"""Sound and video: duration and tags only; their words are another tool's work."""

from __future__ import annotations

import struct
from pathlib import Path

from confrere.documents.model import Document
from confrere.documents.read.kinds import detect_kind
from confrere.documents.read.limits import Budget, Unreadable

_TAGS = ("title", "artist", "album", "year", "genre", "comment")


def read_media(path: Path, budget: Budget) -> Document:
    """Read duration (hh:mm:ss and seconds), bit rate and tags. Raises Unreadable ``damaged``."""
    from tinytag import TinyTag, TinyTagException

    del budget
    document = Document(kind=detect_kind(path).kind)
    seconds: float | None = None
    try:
        tag = TinyTag.get(str(path), tags=True, duration=True, image=False)
    except TinyTagException as error:
        seconds = _avi(path)
        if seconds is None and document.kind == "audio":
            raise Unreadable("damaged", str(error), document.kind) from error
    else:
        seconds = tag.duration
        for name in _TAGS:
            value = getattr(tag, name, None)
            if value:
                document.metadata[name] = str(value)[:300]
        for name, key in (("bitrate", "kbit/s"), ("samplerate", "sample-rate"), ("channels", "channels")):
            value = getattr(tag, name, None)
            if value:
                document.metadata[key] = f"{value:g}"
    if seconds and seconds == seconds and seconds < 1e7:
        document.metadata["duration"] = f"{int(seconds) // 3600:02d}:{int(seconds) // 60 % 60:02d}:{int(seconds) % 60:02d}"
        document.metadata["seconds"] = f"{seconds:.1f}"
    return document


def _avi(path: Path) -> float | None:
    """Return the seconds of an AVI from its main header, or None."""
    with open(path, "rb") as file:
        head = file.read(4096)
    place = head.find(b"avih")
    if head[:4] != b"RIFF" or place < 0 or place + 28 > len(head):
        return None
    microseconds, frames = struct.unpack_from("<I", head, place + 8)[0], struct.unpack_from("<I", head, place + 24)[0]
    return float(microseconds) * float(frames) / 1e6
