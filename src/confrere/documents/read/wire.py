"""What goes over the pipe between the library and a reading process: length-prefixed msgpack, one question, one answer."""

from __future__ import annotations

import zlib

import msgspec

from confrere.documents.model import Document, Record
from confrere.documents.read.limits import Limits


class Question(msgspec.Struct, kw_only=True):
    """Read the file at ``path`` (bytes of the file system) under ``name`` (surrogates escaped as bytes too); ``record``: extract as well;
    ``ocr``: whether pictures may be read here; ``languages`` are the person's."""

    path: bytes
    name: bytes
    record: bool
    ocr: bool
    limits: Limits
    languages: tuple[str, ...]


class Answer(msgspec.Struct, kw_only=True):
    """``document`` is packed in full, ``slim`` a packed ``Understood`` when a record was asked. ``sound`` is False for a result that must
    not be kept. ``memory`` is the greatest resident size of the process, in bytes. ``needs_ocr`` stands alone."""

    document: bytes = b""
    slim: bytes = b""
    sound: bool = True
    needs_ocr: bool = False
    memory: int = 0


class Understood(msgspec.Struct, kw_only=True):
    """A document without words and attachments, with its record."""

    document: Document
    record: Record


_ENCODER = msgspec.msgpack.Encoder()


def pack(value: Document | Understood) -> bytes:
    """Return ``value`` as compressed msgpack."""
    return zlib.compress(_ENCODER.encode(value), 1)


def unpack_document(data: bytes) -> Document:
    """Raises zlib.error or msgspec.DecodeError when ``data`` is not what ``pack`` gave."""
    return msgspec.msgpack.decode(_inflate(data), type=Document)


def unpack_understood(data: bytes) -> Understood:
    """Raises zlib.error or msgspec.DecodeError when ``data`` is not what ``pack`` gave."""
    return msgspec.msgpack.decode(_inflate(data), type=Understood)


def _inflate(data: bytes) -> bytes:
    engine = zlib.decompressobj()
    out = engine.decompress(data, 1 << 30)
    if not engine.eof:
        raise zlib.error("cut short")
    return out
