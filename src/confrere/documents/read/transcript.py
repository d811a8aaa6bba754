"""SRT and WebVTT: one line a cue, ``[hh:mm:ss] Speaker: words``, cues of one speaker kept apart so that each keeps its time."""

from __future__ import annotations

import html
import re
from pathlib import Path

from confrere.documents.model import Document, Page, Warning_
from confrere.documents.read.kinds import detect_kind
from confrere.documents.read.limits import Budget
from confrere.documents.read.text_bytes import decode, read_head

_TIMES = re.compile(r"^(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,]\d{1,3}\s*-->\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,]\d{1,3}")
_VOICE = re.compile(r"<v(?:\.[^ >]*)?[ \t]+([^>]+)>")
_TAG = re.compile(r"</?[a-zA-Z0-9][^<>]{0,200}>|\{\\[^}]*\}")


def read_transcript(path: Path, budget: Budget) -> Document:
    """Read subtitles or a transcript with times. ``metadata`` tells the cues, the duration and the speakers named."""
    data, more = read_head(path, budget.limits.text)
    text, encoding = decode(data)
    document = Document(kind=detect_kind(path).kind, metadata={"encoding": encoding})
    lines: list[str] = []
    speakers: dict[str, None] = {}
    cues, end, head, time, said = 0, "", True, "", list[str]()
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        times = _TIMES.match(line.strip())
        if times:
            _close(time, said, lines, speakers)
            said = []
            head, cues = False, cues + 1
            time, end = _clock(times.groups()[:3]), _clock(times.groups()[3:])
        elif not line.strip():
            _close(time, said, lines, speakers)
            time, said = "", []
        elif time:
            said.append(line)
        elif head and line.startswith(("WEBVTT", "Kind:", "Language:")):
            if line.startswith("Language:"):
                document.language = line[9:].strip()[:2].lower()
            elif line[6:].strip(" -\t") and line.startswith("WEBVTT"):
                document.metadata["title"] = line[6:].strip(" -\t")[:300]
    document.metadata.update({"cues": str(cues), "duration": end})
    if speakers:
        document.metadata["speakers"] = "; ".join(speakers)[:1000]
    document.pages.append(Page(label="transcript", text=budget.take_text("\n".join(lines))))
    if more:
        document.warnings.append(Warning_(code="truncated", where="transcript", text=str(path.stat().st_size)))
    return document


def _clock(parts: tuple[str | None, ...]) -> str:
    return f"{int(parts[0] or 0):02d}:{int(parts[1] or 0):02d}:{int(parts[2] or 0):02d}"


def _close(time: str, said: list[str], lines: list[str], speakers: dict[str, None]) -> None:
    """Write the cue as a line; a cue with several voices gives one line a voice."""
    if not time or not said:
        return
    text = " ".join(said)
    parts = _VOICE.split(text)
    pairs = [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    for speaker, words in pairs:
        clean = " ".join(html.unescape(_TAG.sub("", words)).split())
        if not clean:
            continue
        name = " ".join(html.unescape(speaker).split())
        if not name:
            named = re.match(r"(?:- ?|>> ?)?([A-ZÀ-Ý][\w.'’-]*(?: [A-ZÀ-Ý][\w.'’-]*){0,3}|[A-ZÀ-Ý][\w ]{2,30}) ?:\s+(?=\S)", clean)
            if named:
                name, clean = named.group(1), clean[named.end() :]
        if name:
            speakers[name] = None
        lines.append(f"[{time}] {name}: {clean}" if name else f"[{time}] {clean}")
