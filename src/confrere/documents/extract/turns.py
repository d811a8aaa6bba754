"""A transcript as turns: who said what, and when."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from confrere.documents.extract.text import fold
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


_LABELS = set(
    [
        "presents",
        "presentes",
        "present",
        "participants",
        "participantes",
        "attendees",
        "absents",
        "absentes",
        "absent",
        "excuses",
        "excusees",
        "excuse",
        "apologies",
        "invites",
        "guests",
        "decision",
        "decisions",
        "action",
        "actions",
        "todo",
        "question",
        "questions",
        "note",
        "notes",
        "date",
        "lieu",
        "place",
        "heure",
        "time",
        "objet",
        "subject",
        "sujet",
        "agenda",
        "ordre-du-jour",
        "re",
        "cc",
        "prochaine",
        "suite",
        "conclusion",
        "resume",
        "summary",
        "secretaire",
        "redacteur",
        "diffusion",
        "compte-rendu",
        "minutes",
        "point",
        "points",
        "risque",
        "risk",
    ]
)
"""What stands before a colon in minutes without being anyone's name."""
_SHORT = re.compile(r"(?:^|[\s(])(?:M|MM|Mr|Mrs|Ms|Dr|Pr|Me|Mme|Mlle|St|Ste|No|n°|art|p|cf|env|approx|vs)\.$", re.IGNORECASE)
"""The end of what is no sentence yet: an abbreviation before a name."""


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
            if match and is_label(match["who"]):
                turns.append(Turn("", said, place))
                continue
            if match:
                who, said = match["who"].strip(), match["said"]
                place = match["before"] or match["after"] or place
            if turns and (who == turns[-1].who or (not who and turns[-1].who)):
                turns[-1].text += " " + said
            else:
                turns.append(Turn(who, said, place))
    return turns


def is_label(name: str) -> bool:
    """Whether what stands before a colon announces something ("Présents", "Ordre du jour") and is no name."""
    words = fold(name).split()
    return bool(words) and ("-".join(words) in _LABELS or words[0] in _LABELS)


def speakers(document: Document) -> set[str]:
    """Those whose words are given after their name, twice at least: minutes may quote a meeting as a transcript does."""
    counts = Counter(
        match["who"].strip()
        for page in document.pages
        for line in page.text.splitlines()
        if (match := _TURN.match(line)) and not is_label(match["who"]) and len(match["who"].split()) <= 3 and match["who"][:1].isupper()
    )
    return {name for name, count in counts.items() if count > 1}


def sentences(text: str) -> list[str]:
    """``text`` cut into sentences, each as it stands; "M. Martin" is not cut after its abbreviation."""
    out: list[str] = []
    at = 0
    for match in _SENTENCE.finditer(text):
        if "\n" not in match.group() and _SHORT.search(text[at : match.start()]):
            continue
        out.append(text[at : match.start()].strip())
        at = match.end()
    return [piece for piece in (*out, text[at:].strip()) if piece]
