"""Minutes of meetings from transcripts and notes: participants, decisions, actions, open questions, each a sentence of the source."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from confrere.messages import say
from confrere.tools.base import Result
from confrere.tools.office.deliver import write_report
from confrere.tools.office.files import name_of, named
from confrere.tools.office.places import component
from confrere.tools.office.readings import Reading, choose
from confrere.tools.office.recap import MAKES, action_of, decision_of, deliver, iso, question_of, readable, reason
from confrere.tools.office.scope import Scope
from confrere.tools.office.words import tell

if TYPE_CHECKING:
    from confrere.tools.base import Context

_MEETINGS = ["réunion", "meeting", "compte rendu", "compte-rendu", "minutes", "transcript", "transcription", "comité", "kickoff", "PV"]


class MakeMinutes:
    """One set of minutes a meeting."""

    name = "make_minutes"
    description = (
        "Write minutes (DOCX, PDF or Markdown) from each meeting transcript or set of notes: participants, decisions, actions (who, what, "
        "when), open questions, each quoted from the source. What no rule recognises is not there."
    )
    manifest = MAKES

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        format: Annotated[Literal["docx", "pdf", "md"], Meta(description="File format.")] = "docx"
        only: Annotated[Scope, Meta(description="Only these transcripts.")] = msgspec.field(default_factory=Scope)
        exclude: Annotated[Scope, Meta(description="Leave these out.")] = msgspec.field(default_factory=Scope)
        name: Annotated[str, Meta(description="File name; default: the usual one.")] = ""
        language: Annotated[str, Meta(description="Language of the headings: fr or en.")] = ""

    def run(self, args: Any, context: Context) -> Result:
        language = args.language or context.language
        chosen = choose(context, args.only, args.exclude, deep=True)
        omissions = [
            (path, reason(reading.error, language)) for path, reading in chosen.readings.items() if reading.error and named(path, _MEETINGS)
        ]
        meetings: list[str] = context.memo(
            "meetings", lambda: [info.path for info in chosen.files if is_meeting(chosen.readings[info.path])]
        )
        if not meetings:
            return Result(text=say("office.no-meeting", language), failed=True, omissions=omissions)
        made: list[str] = []
        doubts: list[str] = []
        decisions = actions = 0
        for number, path in enumerate(meetings):
            context.progress(number, len(meetings), name_of(path))
            reading = chosen.readings[path]
            minutes = minutes_of(reading, language)
            decisions += len(minutes.decisions)
            actions += len(minutes.actions)
            if not minutes.decisions and not minutes.actions:
                doubts.append(say("office.no-decision", language, path=name_of(path)))
            wanted = args.name if args.name and len(meetings) == 1 else ""
            if not wanted and len(meetings) > 1:
                wanted = f"{say('office.file-minutes', language)} - {component(name_of(path).rpartition('.')[0])}"
            made.append(
                deliver(
                    context,
                    wanted,
                    f"minutes{number}" if len(meetings) > 1 else "minutes",
                    args.format,
                    language,
                    partial(_write, minutes=minutes, language=language),
                )
            )
        return Result(
            text=tell(
                "office.minutes-made",
                language,
                len(made),
                count=len(made),
                decisions=tell("office.count-decisions", language, decisions, count=decisions),
                actions=tell("office.count-actions", language, actions, count=actions),
            ),
            data={"files": made, "decisions": decisions, "actions": actions},
            doubts=doubts,
            omissions=omissions,
            deliverables=made,
            origins=meetings,
        )


def is_meeting(reading: Reading) -> bool:
    """Whether a file is what minutes are made of."""
    if reading.error:
        return False
    return reading.type in ("transcript", "minutes") or (
        reading.type in ("other", "letter")
        and reading.kind in ("text", "docx", "odt", "md", "markdown", "srt", "vtt", "transcript")
        and named(reading.path, _MEETINGS)
        and bool(reading.record.notes)
    )


def minutes_of(reading: Reading, language: str) -> Any:
    """The minutes of one meeting, from what the extractor noted."""
    from confrere.documents.write.content import Action, Minutes, Section, Text

    notes = {name: [{key: readable(text) for key, text in note.items()} for note in found] for name, found in reading.record.notes.items()}
    topics = [note.get("text", "") for note in notes.get("points", [])]
    return Minutes(
        title=title_of(reading, language),
        date=iso(reading.date),
        participants=[note.get("name") or note.get("text", "") for note in notes.get("participants", [])],
        absent=[note.get("name", "") for note in notes.get("absent", [])],
        decisions=[decision_of(note) for note in notes.get("decisions", [])],
        actions=[action_of(note, note.get("source", ""), Action, language, reading.date) for note in notes.get("actions", [])],
        questions=[question_of(note, language) for note in notes.get("questions", [])],
        topics=[Section(title="", blocks=[Text(lines=topics)])] if topics else [],
        following=_LABEL.sub("", next((note["text"] for note in notes.get("next", [])), "")),
        quotes=[
            (note["text"], note["speaker"], note.get("source", "").removeprefix("text"))
            for kind in ("decisions", "actions")
            for note in notes.get(kind, [])
            if note.get("speaker")
        ],
        source=reading.path,
    )


_LABEL = re.compile(r"^(?:prochaine? (?:réunion|séance|point)|next (?:meeting|session))\s*[:–—-]?\s*(?:le\s+|on\s+)?(?=\S)", re.IGNORECASE)
_NAMELESS = re.compile(
    r"\b(?:transcripts?|transcription|retranscription|verbatim|notes?|enregistrement|recording|compte[- ]rendu|minutes|cr|pv|final|v\d+|\d{4}-\d\d-\d\d|\d{1,2}[-.]\d{1,2}[-.]\d{2,4})\b",
    re.IGNORECASE,
)


_DATED = re.compile(
    r"\s*(?:[–—,:(-]|\b(?:du|of|on))\s*(?:(?:le|the)\s)?(?:[^\W\d_]{4,9}\s)?(?:\d{1,2}(?:er|st|nd|rd|th)?\s[^\W\d_]{3,9}\.?,?\s\d{4}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d|"
    r"[^\W\d_]{3,9}\s\d{1,2},?\s\d{4}).*$",
    re.IGNORECASE,
)


def title_of(reading: Reading, language: str) -> str:
    """What the minutes are called: the title the notes give themselves, else what the file's name says of the meeting."""
    head = " ".join(reading.title.split())
    if not (
        6 < len(head) < 90
        and ": " not in head
        and "-->" not in head
        and head[-1] not in ".?!,"
        and head[0].isalpha()
        and len(head.split()) > 1
    ):
        stem = name_of(reading.path).rpartition(".")[0].replace("_", " ")
        head = " ".join(_NAMELESS.sub(" ", stem).split()).strip(" -–") or stem
    head = re.sub(r"^(?:compte[- ]rendu|minutes)(?: (?:de|du|of)(?: la| the)?)?\s*[:–—-]?\s*", "", head, flags=re.IGNORECASE) or head
    head = _DATED.sub("", head).strip(" -–—,:") or head  # the day stands below the title
    return say("write.minutes-of", language, name=head[:1].upper() + head[1:])


def _write(out: Path, at: str, *, minutes: Any, language: str) -> None:
    from confrere.documents.write.report import minutes_report

    write_report(out, minutes_report(minutes, language), language)
