"""Periods of time and numbers in words, French and English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from confrere.models.builtin.dates import ATOM, bounds
from confrere.models.builtin.text import Token

_AMBIGUOUS = {
    "mar",
    "may",
    "jan",
    "jun",
    "jul",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "avr",
    "mars",
    "march",
    "feb",
    "fev",
    "aug",
    "apr",
    "mai",
    "juil",
    "janv",
}
_SINCE = (
    r"(?:depuis|since|a partir d(?:e|u)|a compter d(?:e|u)|des|starting|starting from|onwards from)"
    r"(?: (?:le|la|l'|the|fin|debut|mois de|mois d'|in|of))*"
)
_AFTER = r"(?:apres|posterieur(?:e|es|s)? (?:a|au|aux)|after|later than)(?: (?:le|la|l'|the|fin))*"
_BEFORE = r"(?:avant|anterieur(?:e|es|s)? (?:a|au|aux)|before|earlier than|prior to|older than)(?: (?:le|la|l'|the|debut))*"
_UNTIL = (
    r"(?:avant (?:la )?fin(?: (?:de|du|d'))?|before the end of|by the end of|"
    r"jusqu' ?(?:a|au|en|aux|a fin|fin)|until|till|up to|through|thru)"
    r"(?: (?:le|la|l'|the|fin|end of))*"
)


@dataclass(frozen=True, slots=True)
class Period:
    """Dates ``since`` and ``until`` (both included, ISO, empty for open), over tokens ``start`` to ``end`` (excluded)."""

    since: str
    until: str
    start: int
    end: int

    @property
    def label(self) -> str:
        """The period as tools write it: "2026-09" for a month, "2025" for a year, else its two days joined by ".."."""
        first, last = self.since or self.until, self.until or self.since
        if first[:7] == last[:7] and first[8:] == "01" and (date.fromisoformat(last) + timedelta(days=1)).day == 1:
            return first[:7]
        return first[:4] if (first[5:], last[5:]) == ("01-01", "12-31") and first[:4] == last[:4] else f"{first}..{last}"


_YEARLY = {"an", "annee", "annuel", "annuelle", "exercice", "year", "yearly", "annual", "n-1"}
_QUARTERLY = {"trimestre", "trimestriel", "trimestrielle", "quarter", "quarterly"}
_MONTHLY = {"mois", "mensuel", "mensuelle", "month", "monthly"}
EARLIER = {"precedent", "precedente", "previous", "prior", "avant", "before"}
"""Words that place a period before another one, not before today."""


def span(*phrases: str) -> str:
    """How far back the period before lies, by the unit these bare words name: a month where they name none."""
    words = {word for phrase in phrases for word in phrase.split()}
    if words & _YEARLY and not words & _MONTHLY:
        return "previous-year"
    return "previous-quarter" if words & _QUARTERLY else "previous"


def periods(words: list[Token], today: date) -> list[Period]:
    """Every period in a brief, with the words that name it ("depuis mars", "between June and August", "Q3", "2026")."""
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    text = ""
    for index, token in enumerate(words):
        shown = token.bare if token.kind in ("word", "number", "date") or token.text in "€$%,." else "¶"
        starts[len(text)] = index
        text += shown
        ends[len(text)] = index + 1
        text += " "
    atoms: list[re.Match[str]] = []
    at = 0
    while match := ATOM.search(text, at):
        end = match.end()
        while end > match.start() and text[end - 1] == " ":
            end -= 1
        name = match.groupdict().get("m")
        lone = name in _AMBIGUOUS and not match["my"] and not match.group().startswith(("mois", "month"))
        before = text[: match.start()].rstrip().rsplit(" ", 1)[-1]
        timed = before in {
            "en",
            "in",
            "de",
            "du",
            "d'",
            "depuis",
            "since",
            "of",
            "from",
            "to",
            "a",
            "au",
            "et",
            "and",
            "between",
            "entre",
            "before",
            "avant",
            "after",
            "apres",
            "until",
            "for",
            "pour",
            "last",
            "this",
            "mois",
            "fin",
            "debut",
            "ou",
            "or",
            "le",
            "the",
            "by",
            ",",
        }
        if match.start() in starts and end in ends and not (lone and not timed) and match.group().strip():
            atoms.append(match)
            at = max(end, match.start() + 1)
        else:
            at = match.start() + 1
    return _relations(text, atoms, starts, ends, today)


def _relations(text: str, atoms: list[re.Match[str]], starts: dict[int, int], ends: dict[int, int], today: date) -> list[Period]:
    found: list[Period] = []
    skip = False
    for index, atom in enumerate(atoms):
        if skip:
            skip = False
            continue
        begin, end = atom.start(), atom.start() + len(atom.group().rstrip())
        following = atoms[index + 1] if index + 1 < len(atoms) else None
        between = text[end : following.start()].strip() if following else ""
        prefix = text[:begin]
        opened = re.search(r"(?:^| )(entre|between|from|de|du|d')(?: (?:le|la|l'|the|mois de|mois d'))* $", prefix)
        joined = re.fullmatch(r"(?:et|and|a|au|to|until|till|jusqu' ?(?:a|au|en)|through|thru)(?: (?:le|la|l'|the))*", between)
        if following and opened and joined and (opened[1] in ("entre", "between") or not between.startswith(("et", "and"))):
            last = bounds(following, today, None)
            first = bounds(atom, today, last[0].year if last else None)
            tail = following.start() + len(following.group().rstrip())
            if first and last:
                if first[0] > last[1]:
                    first = (first[0].replace(year=last[0].year - 1), first[1])
                found.append(Period(first[0].isoformat(), last[1].isoformat(), starts[opened.start(1)], ends[tail]))
                skip = True
                continue
        span = bounds(atom, today, None)
        if span is None:
            continue
        since, until = span[0].isoformat(), span[1].isoformat()
        start = begin
        for pattern, kind in ((_UNTIL, "until"), (_SINCE, "since"), (_AFTER, "after"), (_BEFORE, "before")):
            if before := re.search(rf"(?:^| )({pattern}) $", prefix):
                start = before.start(1)
                since, until = {
                    "since": (since, ""),
                    "after": ((span[1] + timedelta(days=1)).isoformat(), ""),
                    "before": ("", (span[0] - timedelta(days=1)).isoformat()),
                    "until": ("", until),
                }[kind]
                break
        days = re.search(
            r"(?:^| )((?:du|from|entre|between)(?: (?:le|the))? (\d{1,2})(?: (?:er|st|nd|rd|th))? (?:au|to|et|and)(?: (?:le|the))?) $",
            prefix,
        )
        if days and start == begin and since == until and 0 < int(days[2]) <= span[0].day:
            start, since = days.start(1), span[0].replace(day=int(days[2])).isoformat()
        if onwards := re.match(r" (?:onwards?|on|et apres|and later|and after)(?= |$)", text[end:]):
            end, until = end + onwards.end(), ""
        found.append(Period(since, until, starts[start], ends[end]))
    return found
