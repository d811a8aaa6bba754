"""A reading process: ``python -m confrere.documents.read.child``, started and fed by ``pool``. Confined before its first file."""

from __future__ import annotations

import os
import resource
import struct
import sys
from pathlib import Path
from typing import BinaryIO

import msgspec

from confrere.documents.model import Document, Record, Warning_
from confrere.documents.read.confine import arm, confine
from confrere.documents.read.dispatch import read_file
from confrere.documents.read.limits import NeedsOcr
from confrere.documents.read.wire import Answer, Question, Understood, pack


def main() -> None:
    """Answer questions from standard input on what was standard output, until there are no more."""
    memory = int(sys.argv[1]) if len(sys.argv) > 1 else 2 << 30
    questions = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not land in an answer.
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.umask(0o077)
    sys.setrecursionlimit(3000)
    sys.dont_write_bytecode = True
    confine(memory)
    decode = msgspec.msgpack.Decoder(Question).decode
    encode = msgspec.msgpack.Encoder().encode
    while (size := questions.read(4)) and len(size) == 4:
        question = decode(questions.read(struct.unpack("<I", size)[0]))
        _write(answers, encode(_answer(question)))


def _write(answers: BinaryIO, data: bytes) -> None:
    answers.write(struct.pack("<I", len(data)))
    answers.write(data)
    answers.flush()


def _answer(question: Question) -> Answer:
    path, name = Path(os.fsdecode(question.path)), os.fsdecode(question.name)
    # The kernel's clock is a second behind the parent's patience, so that the parent knows it was time, not a crash.
    arm((question.limits.ocr_seconds if question.ocr else question.limits.seconds) + 3)
    sound = True
    try:
        document = read_file(path, name=name, limits=question.limits, ocr=question.ocr)
        record, well = None, True
        if question.record:
            document, record, well = _understand(document, path, name, question)
    except NeedsOcr:
        arm(0)
        return Answer(needs_ocr=True, memory=_memory())
    if document.error in ("memory", "timeout", "missing"):
        sound = False
    slim = b""
    if record is not None:
        sound = sound and well
        slim = pack(Understood(document=_slim(document), record=record))
    answer = Answer(document=pack(document), slim=slim, sound=sound, memory=_memory())
    arm(0)
    return answer


def _understand(document: Document, path: Path, name: str, question: Question) -> tuple[Document, Record, bool]:
    from confrere.documents.understand import understand

    try:
        return (*understand(document, path, name=name, languages=question.languages, limits=question.limits, ocr=question.ocr), True)
    except NeedsOcr:
        raise
    except Exception as error:
        # A defect of ours met on one paper: that paper goes on the to-check list, the others go on.
        document.warnings.append(Warning_(code="not-understood", text=f"{type(error).__name__}: {error}"[:300]))
        return document, Record(type="other", type_confidence=0.0, check={"type": "not-understood"}), False


def _slim(document: Document) -> Document:
    pages = [msgspec.structs.replace(page, words=[]) for page in document.pages]
    return msgspec.structs.replace(document, pages=pages, attachments={})


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
