"""Days, months, quarters and numbers in words, French and English: what one of them names, and its bounds."""

from __future__ import annotations

import re
from datetime import date, timedelta

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


ATOM = re.compile(
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


def bounds(match: re.Match[str], today: date, year_hint: int | None) -> tuple[date, date] | None:
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
