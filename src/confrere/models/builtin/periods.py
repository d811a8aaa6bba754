"""Periods of time and numbers in words, French and English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from confrere.models.builtin.text import Token

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january janv jan",
            "fevrier february fev feb fevr",
            "mars march mar",
            "avril april avr apr",
            "mai may",
            "juin june jun",
            "juillet july juil jul",
            "aout august aug",
            "septembre september sept sep",
            "octobre october oct",
            "novembre november nov",
            "decembre december dec",
        ),
        1,
    )
    for name in names.split()
}
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
_UNITS = {
    "un": 1,
    "une": 1,
    "one": 1,
    "deux": 2,
    "two": 2,
    "trois": 3,
    "three": 3,
    "quatre": 4,
    "four": 4,
    "cinq": 5,
    "five": 5,
    "six": 6,
    "sept": 7,
    "seven": 7,
    "huit": 8,
    "eight": 8,
    "neuf": 9,
    "nine": 9,
    "dix": 10,
    "ten": 10,
    "onze": 11,
    "eleven": 11,
    "douze": 12,
    "twelve": 12,
    "treize": 13,
    "thirteen": 13,
    "quatorze": 14,
    "fourteen": 14,
    "quinze": 15,
    "fifteen": 15,
    "seize": 16,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "vingt": 20,
    "twenty": 20,
    "trente": 30,
    "thirty": 30,
    "quarante": 40,
    "forty": 40,
    "cinquante": 50,
    "fifty": 50,
    "soixante": 60,
    "sixty": 60,
    "cent": 100,
    "hundred": 100,
    "dizaine": 10,
    "douzaine": 12,
    "dozen": 12,
    "quinzaine": 15,
    "vingtaine": 20,
    "trentaine": 30,
    "centaine": 100,
    "couple": 2,
}
_ORDINALS = {
    "premier": 1,
    "first": 1,
    "1 er": 1,
    "1 st": 1,
    "1 ere": 1,
    "deuxieme": 2,
    "second": 2,
    "seconde": 2,
    "2 e": 2,
    "2 eme": 2,
    "2 nd": 2,
    "troisieme": 3,
    "third": 3,
    "3 e": 3,
    "3 eme": 3,
    "3 rd": 3,
    "quatrieme": 4,
    "fourth": 4,
    "4 e": 4,
    "4 eme": 4,
    "4 th": 4,
}
_YEAR = r"(?:19|20)\d\d"
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_ORDINAL = "|".join(re.escape(name) for name in sorted(_ORDINALS, key=len, reverse=True))
_UNIT = "jour|semaine|mois|an|annee|day|week|month|year"
_COUNT = r"\d+|" + "|".join(_UNITS)
_ATOM = re.compile(
    rf"""
    (?P<iso>\d{{4}}-\d\d-\d\d) | (?P<day>\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}}) | (?P<monthnum>\d{{1,2}}[/.]\d{{4}})
  | (?:le\ )?(?P<d>\d{{1,2}})\ (?:er\ |st\ |nd\ |rd\ |th\ )?(?:of\ )?(?P<dm>{_MONTH})(?:\ (?P<dy>{_YEAR}))?
  | (?P<em>{_MONTH})\ (?P<ed>\d{{1,2}})(?:\ (?:st|nd|rd|th))?(?:\ ,)?(?:\ (?P<ey>{_YEAR}))?(?!\d|\ (?:slide|diapo|page|fichier|file))
  | (?:[tq]\ (?P<q>[1-4])|(?P<qo>{_ORDINAL})\ (?:trimestre|quarter))(?:\ (?:of|de|d'|l'|annee|the|year|\ )+)?(?:\ ?(?P<qy>{_YEAR}))?
  | (?:[sh]\ (?P<s>[12])|(?P<so>{_ORDINAL})\ (?:semestre|half))(?:\ (?:of|de|d'|the|year|\ )+)?(?:\ ?(?P<sy>{_YEAR}))?
  | (?:mois\ (?:de\ |d'\ )|month\ of\ )?(?P<m>{_MONTH})(?:\ (?:de\ |of\ |d'\ |l'\ |annee\ )*(?P<my>{_YEAR}))?
  | (?P<since_start>debut\ (?:de\ )?(?:l'\ )?annee|(?:the\ )?(?:start|beginning)\ of\ the\ year|year\ to\ date)
  | (?P<lastyear>(?:l'\ )?(?:an\ dernier|annee\ (?:derniere|passee|precedente))|last\ year|previous\ year)
  | (?P<thisyear>cette\ annee|l'\ annee\ en\ cours|annee\ en\ cours|this\ year|current\ year)
  | (?P<lastquarter>trimestre\ (?:dernier|passe|precedent)|dernier\ trimestre|last\ quarter|previous\ quarter)
  | (?P<thisquarter>ce\ trimestre|trimestre\ en\ cours|this\ quarter)
  | (?P<lastmonth>mois\ (?:dernier|passe|precedent|d'\ avant)|last\ month|previous\ month|past\ month(?!s))
  | (?P<thismonth>ce\ mois(?:\ ci)?|mois\ en\ cours|this\ month|current\ month)
  | (?P<lastweek>semaine\ (?:derniere|passee|precedente)|last\ week|previous\ week)
  | (?P<thisweek>cette\ semaine|this\ week)
  | (?P<yesterday>hier|yesterday) | (?P<today>aujourd'\ hui|today)
  | (?:(?P<n>{_COUNT})\ (?:dernier|derniere|last)s?|(?:last|past|previous)\ (?P<n2>{_COUNT}))\ (?P<unit>{_UNIT})s?
  | (?:exercice\ |annee\ |an\ |year\ |fy\ |fiscal\ year\ )?(?P<y>{_YEAR})(?!\ ?(?:€|euro|eur|\$|dollar|%|k|page|fichier|file|ko|mo|\.\ \d))
    """,
    re.VERBOSE,
)
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


def number(word: str) -> int | None:
    """The value of a bare word or numeral ("huit", "dozen", "12"), or None."""
    if word.isdecimal():
        return int(word)
    return _UNITS.get(word)


def _end_of_month(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _back(today: date, months: int) -> date:
    index = today.year * 12 + today.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(today.day, _end_of_month(year, month + 1).day))


def _quarter(year: int, quarter: int) -> tuple[date, date]:
    return date(year, 3 * quarter - 2, 1), _end_of_month(year, 3 * quarter)


def _bounds(match: re.Match[str], today: date, year_hint: int | None) -> tuple[date, date] | None:
    """First and last day of what an atom names. A month or quarter without a year is the latest that has begun."""
    got = {key: value for key, value in match.groupdict().items() if value is not None}
    year = today.year

    def month_span(month: int, stated: str | None) -> tuple[date, date]:
        chosen = int(stated) if stated else year_hint or (year if month <= today.month else year - 1)
        return date(chosen, month, 1), _end_of_month(chosen, month)

    try:
        if "iso" in got:
            one = date.fromisoformat(got["iso"])
        elif "day" in got:
            first, second, named = (int(part) for part in re.split(r"[/.]", got["day"]))
            one = date(named, second, first) if second <= 12 else date(named, first, second)
        elif "d" in got or "ed" in got:
            month = MONTHS[got.get("dm") or got["em"]]
            stated = got.get("dy") or got.get("ey")
            one = date(month_span(month, stated)[0].year, month, int(got.get("d") or got["ed"]))
        elif "monthnum" in got:
            month, named = (int(part) for part in re.split(r"[/.]", got["monthnum"]))
            return date(named, month, 1), _end_of_month(named, month)
        elif "q" in got or "qo" in got:
            quarter = int(got["q"]) if "q" in got else _ORDINALS[got["qo"]]
            begun = year if quarter <= (today.month + 2) // 3 else year - 1
            return _quarter(int(got["qy"]) if "qy" in got else year_hint or begun, quarter)
        elif "s" in got or "so" in got:
            half = int(got["s"]) if "s" in got else _ORDINALS[got["so"]]
            if half > 2:
                return None
            chosen = int(got["sy"]) if "sy" in got else year_hint or (year if half == 1 or today.month > 6 else year - 1)
            return date(chosen, 6 * half - 5, 1), _end_of_month(chosen, 6 * half)
        elif "m" in got:
            return month_span(MONTHS[got["m"]], got.get("my"))
        elif "y" in got:
            return date(int(got["y"]), 1, 1), date(int(got["y"]), 12, 31)
        elif "n" in got or "n2" in got:
            count = number(got.get("n") or got["n2"]) or 1
            unit = got["unit"]
            if unit in ("jour", "day", "semaine", "week"):
                return today - timedelta(days=count * (7 if unit in ("semaine", "week") else 1)), today
            return _back(today, count * (12 if unit in ("an", "annee", "year") else 1)), today
        else:
            return _relative(next(iter(got)), today)
    except ValueError:
        return None
    return one, one


def _relative(name: str, today: date) -> tuple[date, date]:
    first = today.replace(day=1)
    monday = today - timedelta(days=today.weekday())
    quarter = (today.month + 2) // 3
    return {
        "since_start": (date(today.year, 1, 1), today),
        "lastyear": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        "thisyear": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "lastquarter": _quarter(today.year, quarter - 1) if quarter > 1 else _quarter(today.year - 1, 4),
        "thisquarter": _quarter(today.year, quarter),
        "lastmonth": ((first - timedelta(days=1)).replace(day=1), first - timedelta(days=1)),
        "thismonth": (first, _end_of_month(today.year, today.month)),
        "lastweek": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "thisweek": (monday, monday + timedelta(days=6)),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "today": (today, today),
    }[name]


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
    while match := _ATOM.search(text, at):
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
            last = _bounds(following, today, None)
            first = _bounds(atom, today, last[0].year if last else None)
            tail = following.start() + len(following.group().rstrip())
            if first and last:
                if first[0] > last[1]:
                    first = (first[0].replace(year=last[0].year - 1), first[1])
                found.append(Period(first[0].isoformat(), last[1].isoformat(), starts[opened.start(1)], ends[tail]))
                skip = True
                continue
        span = _bounds(atom, today, None)
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
