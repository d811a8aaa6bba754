"""A transcript as turns: who said what, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass

from confrere.documents.model import Document

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_CUE = re.compile(rf"^\s*({_CLOCK})\s*-->\s*{_CLOCK}")
_VOICE = re.compile(r"<v(?:\.[\w.]+)?\s+([^>]+)>")
_TAG = re.compile(r"</?[a-z][^>]*>")
_TURN = re.compile(
    rf"^\s*(?:[\[(]?(?P<before>{_CLOCK})[\])]?\s*[-–]?\s*)?(?P<who>[^\W\d_][\w.'’ /-]{{0,38}}?)\s*(?:[\[(](?P<after>{_CLOCK})[\])])?"
    r"\s*:\s+(?P<said>\S.*)$"
)
_SENTENCE = re.compile(r"(?<=[.!?…])[\"»”')]*\s+(?=[\"«“'(\[]?[^\W\d_a-zà-ÿ]|[\"«“-]?\d)|\n+")


@dataclass(slots=True)
class Turn:
    """What one person said in one go. ``who`` is "" where the text has no speakers; ``place`` is the time of the cue or the
    label of the page."""

    who: str
    text: str
    place: str


def read(document: Document) -> list[Turn]:
    """The turns of a transcript in order; runs of one speaker are joined."""
    turns: list[Turn] = []
    for page in document.pages:
        place = page.label
        for line in page.text.splitlines():
            cue = _CUE.match(line)
            if cue:
                place = cue[1].split(".")[0].split(",")[0]
                continue
            voice = _VOICE.search(line)
            said = _TAG.sub("", line).strip()
            if not said or said.isdigit() or said.startswith(("WEBVTT", "NOTE ")):
                continue
            who = voice[1].strip() if voice else ""
            match = None if voice else _TURN.match(said)
            if match:
                who, said = match["who"].strip(), match["said"]
                place = match["before"] or match["after"] or place
            if turns and (not who or who == turns[-1].who):
                turns[-1].text += " " + said
            else:
                turns.append(Turn(who, said, place))
    return turns


def sentences(text: str) -> list[str]:
    """``text`` cut into sentences, each as it stands."""
    return [piece.strip() for piece in _SENTENCE.split(text) if piece and piece.strip()]
