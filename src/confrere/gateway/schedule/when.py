"""Times in plain French and English, read into cron expressions, intervals or one moment; and said back in both languages.

Every word must be understood: "every other Monday" is refused, not read as "every Monday". Days follow cron: 0 is Sunday. Cron times
and changes
of the clock are cronsim's (Debian cron's rules): a time that does not exist on the day the clock goes forward runs just after, one
that exists
twice runs once.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from confrere.gateway.http import Problem
from confrere.gateway.shapes.base import Sentence
from confrere.gateway.shapes.schedules import When
from confrere.messages import say

SHORTEST = 60.0  # seconds between two runs of an interval
_DAYS = {
    "dimanche": 0, "lundi": 1, "mardi": 2, "mercredi": 3, "jeudi": 4, "vendredi": 5, "samedi": 6,
    "sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6,
    "sun": 0, "mon": 1, "tue": 2, "tues": 2, "wed": 3, "thu": 4, "thur": 4, "thurs": 4, "fri": 5, "sat": 6,
}  # fmt: skip
_MONTHS = {
    "janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7, "aout": 8, "septembre": 9, "octobre": 10,
    "novembre": 11,
    "decembre": 12, "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9,
    "october": 10, "november": 11, "december": 12,
}  # fmt: skip
_NAMES = {
    "en": ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
    "fr": ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
}
_MONTH_NAMES = {
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    "fr": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
}
_ORDINALS = {
    "premier": "1", "premiere": "1", "first": "1", "deuxieme": "2", "second": "2", "troisieme": "3", "third": "3", "quatrieme": "4",
    "fourth": "4",
    "dernier": "L", "derniere": "L", "last": "L",
}  # fmt: skip
_NUMBERS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "dix": 10, "quinze": 15, "vingt": 20, "trente": 30,
    "one": 1,
    "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30,
}  # fmt: skip
_FILLERS = set(
    [
        "tous",
        "toutes",
        "tout",
        "toute",
        "les",
        "le",
        "la",
        "l",
        "chaque",
        "every",
        "each",
        "on",
        "a",
        "at",
        "the",
        "of",
        "de",
        "du",
        "des",
        "en",
        "et",
        "and",
        "vers",
        "around",
        "about",
        "mois",
        "month",
        "monthly",
        "jour",
        "jours",
        "day",
        "days",
        "daily",
        "semaine",
        "week",
        "weekly",
        "heure",
        "heures",
        "lance",
        "run",
        "fais",
        "le",
        "s",
        "s'",
        "il",
        "te",
        "plait",
        "please",
        "puis",
    ]
)
_DAY = "|".join(sorted(_DAYS, key=len, reverse=True))
_MONTH = "|".join(_MONTHS)
_ORDINAL = "|".join(_ORDINALS)
_NUMBER = r"\d{1,4}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True))


class _Text:
    """The words not yet understood."""

    def __init__(self, text: str) -> None:
        plain = unicodedata.normalize("NFD", text.casefold().replace("’", "'"))
        self.left = " " + re.sub(r"\s+", " ", "".join(char for char in plain if not unicodedata.combining(char))) + " "

    def take(self, pattern: str) -> re.Match[str] | None:
        match = re.search(rf"(?<![\w])(?:{pattern})(?![\w])", self.left)
        if match is not None:
            self.left = self.left[: match.start()] + " " + self.left[match.end() :]
        return match

    def rest(self) -> list[str]:
        return [word for word in re.findall(r"[\w*/]+", self.left) if word not in _FILLERS]


def read(text: str, zone: str = "", now: datetime | None = None) -> When:
    """What a person wrote, read. Raises Problem when a word is not understood or no time is said."""
    zone = zone or system_zone()
    moment = (now or datetime.now(UTC)).astimezone(zone_of(zone))
    stripped = text.strip()
    if len(stripped.split()) == 5 and re.fullmatch(r"[\d*/,\-LW#\s]+", stripped):
        return checked(When(kind="cron", cron=stripped, zone=zone))
    words = _Text(stripped)
    found = _every(words) or _once(words, moment) or _cron(words, zone)
    if found is None or words.rest():
        raise Problem(400, "gateway.when-unclear", text=stripped[:200], words=", ".join(words.rest())[:100] or stripped[:100])
    return checked(found)


def checked(when: When) -> When:
    """A When that can be carried out. Raises Problem otherwise."""
    wrong = ""
    if when.kind == "cron":
        when.zone = when.zone or system_zone()
        zone_of(when.zone)
        try:
            from cronsim import CronSim, CronSimError

            try:
                next(CronSim(when.cron, datetime.now(zone_of(when.zone))))
            except (CronSimError, StopIteration):
                wrong = when.cron
        except ValueError:
            wrong = when.cron
    elif when.kind == "every":
        wrong = "" if SHORTEST <= when.seconds <= 366 * 86_400 else f"{when.seconds:g} s"
        when.seconds = float(round(when.seconds))
    elif when.kind == "once":
        try:
            moment = datetime.fromisoformat(when.at)
            wrong = when.at if moment.tzinfo is None else ""
            when.at = _utc(moment)
        except (ValueError, OverflowError):
            wrong = when.at or "?"
    elif when.kind == "folder":
        wrong = "" if os.path.isabs(when.path) and 1 <= when.settle <= 3600 else when.path or "?"
    elif when.kind != "hook":
        wrong = when.kind or "?"
    if wrong:
        raise Problem(400, "gateway.when-wrong", text=wrong[:200])
    return when


def _every(words: _Text) -> When | None:
    """An interval: "every 15 minutes", "toutes les 2 heures", "hourly"."""
    match = words.take(rf"(?:every|each|toutes? les|tous les|chaque)\s+({_NUMBER})?\s*(minutes?|mins?|heures?|hours?|h)")
    if match is None:
        if words.take("hourly") is None:
            return None
        return When(kind="every", seconds=3600.0)
    number = match[1] or "1"
    count = int(number) if number.isdigit() else _NUMBERS[number]
    return When(kind="every", seconds=count * (60.0 if match[2].startswith("m") else 3600.0))


def _once(words: _Text, now: datetime) -> When | None:
    """One moment: "tomorrow at 8", "dans 2 heures", "le 15 décembre à 10h"."""
    if match := words.take(rf"(?:dans|in)\s+({_NUMBER})\s*(minutes?|heures?|hours?|jours?|days?)"):
        count = int(match[1]) if match[1].isdigit() else _NUMBERS[match[1]]
        unit = {"m": "minutes", "h": "hours", "j": "days", "d": "days"}[match[2][0]]
        return When(kind="once", at=_utc(now.astimezone(UTC) + timedelta(**{unit: count})))
    day: datetime | None = None
    if words.take("demain|tomorrow"):
        day = now + timedelta(days=1)
    elif words.take("aujourd'hui|today|ce soir|tonight|ce matin"):
        day = now
    elif "chaque" not in words.left and "every" not in words.left and "tous les" not in words.left:
        match = words.take(rf"(?:le |on )?(?:the )?(\d{{1,2}})(?:er|st|nd|rd|th)?\s+(?:of )?({_MONTH})(?:\s+(20\d\d))?")
        if match is None and (other := words.take(rf"(?:on )?({_MONTH})\s+(?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(20\d\d))?")):
            day = _date(now, int(other[2]), _MONTHS[other[1]], other[3])
        elif match is not None:
            day = _date(now, int(match[1]), _MONTHS[match[2]], match[3])
    if day is None:
        return None
    times = _times(words)
    if len(times) > 1:
        return None
    hour, minute = times[0] if times else (9, 0)
    return When(kind="once", at=_utc(day.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)))


def _date(now: datetime, day: int, month: int, year: str | None) -> datetime | None:
    try:
        found = now.replace(year=int(year) if year else now.year, month=month, day=day, hour=23, minute=59)
    except ValueError:
        return None
    return found if year or found >= now else found.replace(year=now.year + 1)


def _times(words: _Text) -> list[tuple[int, int]]:
    """Hours and minutes, in the order said. An hour alone counts only after "at"."""
    found: list[tuple[int, int]] = []
    while True:
        if words.take("midi|noon"):
            found.append((12, 0))
        elif words.take("minuit|midnight"):
            found.append((0, 0))
        elif match := words.take(r"(\d{1,2})\s*(?:h|:|heures?)\s*(\d{2})?\s*(am|pm|du matin|du soir|de l'apres-midi)?"):
            found.append(_clock(int(match[1]), int(match[2] or 0), match[3]))
        elif match := words.take(r"(\d{1,2})\s*(am|pm|du matin|du soir)"):
            found.append(_clock(int(match[1]), 0, match[2]))
        elif match := words.take(r"(?:a|at|vers|around)\s+(\d{1,2})"):
            found.append((int(match[1]), 0))
        else:
            break
    if any(not (0 <= hour <= 23 and 0 <= minute <= 59) for hour, minute in found):
        raise Problem(400, "gateway.when-wrong", text=", ".join(f"{hour}:{minute:02d}" for hour, minute in found))
    return found


def _clock(hour: int, minute: int, half: str | None) -> tuple[int, int]:
    if half in ("pm", "du soir", "de l'apres-midi") and hour < 12:
        return hour + 12, minute
    return (0, minute) if half == "am" and hour == 12 else (hour, minute)


def _cron(words: _Text, zone: str) -> When | None:
    day, month, week = "*", "*", "*"
    said = False
    every_month = r"(?:(?:de |du |of |of the |each |every |tous les |chaque )+mois|(?:of )?(?:the |each |every )*month|du mois)"
    every_year = r"(?:tous les ans|chaque annee|every year|yearly)\s*,?\s*"
    if match := words.take(rf"(?:le |la |the |on the )?({_ORDINAL})\s+({_DAY})s?\s+{every_month}"):
        week, said = f"{_DAYS[match[2]]}{'L' if _ORDINALS[match[1]] == 'L' else '#' + _ORDINALS[match[1]]}", True
    elif words.take(rf"(?:le |the |on the )?(?:dernier jour ouvre|last (?:working|business) day|last weekday)\s*{every_month}"):
        day, said = "LW", True
    elif words.take(rf"(?:le |the |on the )?(?:dernier jour|last day)\s*{every_month}") or words.take(
        "fin de mois|end of (?:the |each |every )?month"
    ):
        day, said = "L", True
    elif match := (
        words.take(rf"(?:le |the |on the )?(\d{{1,2}}|premier|first)(?:er|st|nd|rd|th)?\s+{every_month}")
        or words.take(
            r"(?:tous les mois|chaque mois|every month|monthly)\s*,?\s*(?:le |on the |on )?(\d{1,2}|premier|first)(?:er|st|nd|rd|th)?"
            r"(?!\s*(?:h|:|am|pm))"
        )
    ):
        day, said = match[1] if match[1].isdigit() else "1", True
    elif match := words.take(rf"{every_year}(?:le |on )?(?:the )?(\d{{1,2}})(?:er|st|nd|rd|th)?\s+(?:of )?({_MONTH})"):
        day, month, said = match[1], str(_MONTHS[match[2]]), True
    elif match := words.take(rf"{every_year}(?:on )?({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?"):
        day, month, said = match[2], str(_MONTHS[match[1]]), True
    elif words.take(r"(?:tous les |chaque |every |on )?(?:jours? ouvr\w+|weekdays?|working days?|business days?)|en semaine|on weekdays"):
        week, said = "1-5", True
    elif words.take(r"(?:tous les |chaque |le |every |on |the )*(?:week-?ends?)"):
        week, said = "0,6", True
    elif match := words.take(rf"(?:du |from )?({_DAY})s?\s*(?:au|a|to|through|-)\s*({_DAY})s?"):
        first, last = _DAYS[match[1]], _DAYS[match[2]]
        days = [(first + step) % 7 for step in range((last - first) % 7 + 1)]
        week, said = f"{first}-{last}" if first < last else ",".join(map(str, sorted(days))), True
    else:
        days = []
        while match := words.take(rf"({_DAY})s?"):
            days.append(_DAYS[match[1]])
        if days:
            week, said = ",".join(map(str, sorted(set(days)))), True
        elif words.take(
            r"tous les jours|chaque jour|chaque matin|tous les matins|tous les soirs|chaque soir|quotidiennement|"
            r"every day|each day|daily|every morning|every evening"
        ):
            said = True
    times = _times(words)
    if not said and not times:
        return None
    if not said:
        return None  # an hour without a day: once, or every day? The person must say.
    times = times or [(9, 0)]
    if len({minute for _, minute in times}) != 1:
        return None
    hours = ",".join(str(hour) for hour in sorted({hour for hour, _ in times}))
    return When(kind="cron", cron=f"{times[0][1]} {hours} {day} {month} {week}", zone=zone)


# -- what comes next


def upcoming(when: When, after: datetime) -> Iterator[datetime]:
    """The times after ``after`` (aware), in UTC. Empty for what no clock starts."""
    if when.kind == "cron":
        from cronsim import CronSim

        for moment in CronSim(when.cron, after.astimezone(zone_of(when.zone))):
            yield moment.astimezone(UTC)
    elif when.kind == "every":
        start = datetime.fromisoformat(when.at) if when.at else after
        steps = max(0, int((after - start).total_seconds() // when.seconds)) + 1
        while True:
            yield start + timedelta(seconds=when.seconds * steps)
            steps += 1
    elif when.kind == "once":
        moment = datetime.fromisoformat(when.at).astimezone(UTC)
        if moment > after:
            yield moment


def zone_of(name: str) -> ZoneInfo:
    """Raises Problem for a zone there is none of."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Problem(400, "gateway.zone-unknown", zone=name[:60]) from None


@cache
def system_zone() -> str:
    """The zone of this machine, by its name; UTC where it has none."""
    for name in (os.environ.get("TZ", "").lstrip(":"), os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]):
        if name:
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
            return name
    return "UTC"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


# -- said back


def sentence_of(when: When) -> Sentence:
    """A When in words, in both languages."""
    return Sentence(code=f"gateway.when-{when.kind}", en=_said(when, "en"), fr=_said(when, "fr"))


def _said(when: When, language: str) -> str:
    if when.kind == "every":
        minutes = round(when.seconds / 60)
        unit, count = ("hour", minutes // 60) if minutes % 60 == 0 else ("minute", minutes)
        return say(f"gateway.when-every-{unit}{'s' if count > 1 else ''}", language, count=count)
    if when.kind == "once":
        moment = datetime.fromisoformat(when.at).astimezone(zone_of(when.zone or system_zone()))
        return say(
            "gateway.when-once",
            language,
            day=_day(moment.day, moment.month, language),
            year=moment.year,
            time=_time(moment.hour, moment.minute, language),
        )
    if when.kind == "folder":
        return say("gateway.when-folder", language, path=when.path)
    if when.kind == "hook":
        return say("gateway.when-hook", language)
    return _cron_said(when, language)


def _cron_said(when: When, language: str) -> str:
    minute, hour, day, month, week = when.cron.split()
    plain = minute.isdigit() and all(part.isdigit() for part in hour.split(","))
    zone = "" if when.zone == system_zone() else f" ({when.zone})"
    days = _days_said(day, month, week, language) if plain else ""
    if not days:
        return say("gateway.when-cron", language, cron=when.cron) + zone
    times = [_time(int(part), int(minute), language) for part in hour.split(",")]
    joined = times[0] if len(times) == 1 else f"{', '.join(times[:-1])} {'et' if language == 'fr' else 'and'} {times[-1]}"
    return say("gateway.when-at", language, days=days, time=joined) + zone


def _days_said(day: str, month: str, week: str, language: str) -> str:
    names = _NAMES[language]
    if day == "*" and month == "*":
        if week == "*":
            return say("gateway.when-daily", language)
        if week == "1-5":
            return say("gateway.when-weekdays", language)
        if re.fullmatch(r"[0-6](,[0-6])*", week):
            parts = [names[int(part)] + ("s" if language == "fr" else "") for part in week.split(",")]
            joined = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {'et' if language == 'fr' else 'and'} {parts[-1]}"
            return say("gateway.when-days", language, days=joined)
        if match := re.fullmatch(r"([0-6])-([0-6])", week):
            return say("gateway.when-range", language, first=names[int(match[1])], last=names[int(match[2])])
        if match := re.fullmatch(r"([0-6])(#[1-5]|L)", week):
            number = "last" if match[2] == "L" else match[2][1]
            return say("gateway.when-nth", language, nth=say(f"gateway.nth-{number}", language), day=names[int(match[1])])
    if month == "*" and week == "*":
        if day in ("L", "LW"):
            return say(f"gateway.when-month-{day.lower()}", language)
        if day.isdigit():
            return say("gateway.when-month-day", language, day=_ordinal(int(day), language))
    if day.isdigit() and month.isdigit() and week == "*":
        return say("gateway.when-yearly", language, day=_day(int(day), int(month), language))
    return ""


def _time(hour: int, minute: int, language: str) -> str:
    return f"{hour} h {minute:02d}" if language == "fr" and minute else f"{hour} h" if language == "fr" else f"{hour}:{minute:02d}"


def _day(day: int, month: int, language: str) -> str:
    name = _MONTH_NAMES[language][month - 1]
    return f"{_ordinal(day, language)} {name}" if language == "fr" else f"{name} {day}"


def _ordinal(day: int, language: str) -> str:
    if language == "fr":
        return "1er" if day == 1 else str(day)
    return f"{day}{'th' if 10 <= day % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"
