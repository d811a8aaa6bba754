"""What a contract sets: when it begins and ends, how long it runs, what is paid, how much notice is due."""

from __future__ import annotations

import re
from dataclasses import dataclass

from confrere.documents.extract import amounts, dates
from confrere.documents.extract.layout import Layout, Segment
from confrere.documents.extract.text import fold

_NUMBERS = (
    ("un une one ein eine einen einem een un uno una", 1), ("deux two zwei twee dos due", 2), ("trois three drei drie tres tre", 3),
    ("quatre four vier cuatro quattro", 4), ("cinq five funf vijf cinco cinque", 5), ("six sechs zes seis sei", 6),
    ("sept seven sieben zeven siete sette", 7), ("huit eight acht ocho otto", 8), ("neuf nine neun negen nueve nove", 9),
    ("dix ten zehn tien diez dieci", 10), ("douze twelve zwolf twaalf doce dodici", 12), ("quinze fifteen", 15),
    ("dix-huit eighteen", 18), ("vingt-quatre twenty-four", 24), ("trente thirty", 30), ("trente-six thirty-six", 36), ("soixante sixty", 60),
    ("quatre-vingt-dix ninety", 90),
)  # fmt: skip
_VALUE = {word: value for words, value in _NUMBERS for word in words.split()}
_UNITS = {"D": "jours? days? tage?n? dagen dias giorni", "W": "semaines? weeks? wochen? weken semanas settimane",
          "M": "mois months? monate?n? maanden? meses mes mesi", "Y": "ans? annees? years? jahre?n? jaar anos? anni"}  # fmt: skip
_SPAN = (
    r"(?P<n>\d{1,3}|" + "|".join(sorted(map(re.escape, _VALUE), key=lambda word: -len(word))) + r")(?:\s*\(\w+\))?\s*(?:calendar |clear |full |business )?"
    r"(?P<u>" + "|".join(unit for units in _UNITS.values() for unit in units.split()) + r")(?![^\W_])"
)  # fmt: skip
_TERM = re.compile(
    r"(?:duree|conclu|consenti|loue|periode|period|initial term|\bterm\b|laufzeit|dauer|duracion|durata|looptijd|for an initial)[^.\n;]{0,60}?(?:de|of|pour|for|von|\:|is|est|da|van)\s+"
    + _SPAN
)
_NOTICE = (
    re.compile(r"(?:preavis|notice(?: period)?|kundigungsfrist|preaviso|preavviso|opzegtermijn)[^.\n;]{0,50}?\s" + _SPAN),
    re.compile(_SPAN + r"['’]?s?['’]?\s+(?:de |of |prior |written |previous |prior written )*(?:preavis|notice)"),
)
_BEGINS = re.compile(
    r"(?:a compter du|prend(?:ra)? effet (?:le|au)|entre(?:ra)? en vigueur le|debut(?:e|ant) le|effective (?:from|as of|date)|commenc\w+ on|starting on|"
    r"start date|beginning on|with effect from|ab dem|beginnt am|a partir del|con inicio el|decorre dal|met ingang van|date de debut|date d'effet)\W{0,3}(?:the |le )?$"
)
_ENDS = re.compile(
    r"(?:jusqu'au|prend(?:ra)? fin le|se termine(?:ra)? le|expire(?:ra|s)?(?: on| le)?|ends? on|ending on|until|end date|date de fin|terme le|endet am|bis zum|hasta el|fino al|tot en met)"
    r"\W{0,3}(?:the |le )?$"
)
_PRICE = re.compile(
    r"(?:\bprix\b|loyer|honoraires|redevance|remuneration|salaire|montant|\bfees?\b|\brent\b|\bprice\b|salary|remunerat|consideration|charges? of|vergutung|miete|"
    r"\bpreis\b|precio|renta|prezzo|canone|huurprijs|\bprijs\b|\bpay\b)[^.;]{0,90}?$"
)
_EACH = (
    ("month", r"(?:par mois|mensuel|per month|monthly|a month|monatlich|im monat|al mes|mensual|al mese|mensile|per maand)"),
    ("year", r"(?:par an|annuel|per year|per annum|yearly|annual|jahrlich|al ano|anual|all'anno|annuo|per jaar)"),
    ("day", r"(?:par jour|journalier|per day|daily|pro tag|por dia|al giorno|per dag)"),
    ("hour", r"(?:par heure|horaire|per hour|hourly|pro stunde|por hora|all'ora|per uur)"),
)


@dataclass(slots=True)
class Terms:
    """Durations are ISO 8601 ("P12M"). ``each`` is month, year, day, hour or ""."""

    start: dates.Date | None = None
    end: dates.Date | None = None
    term: str = ""
    notice: str = ""
    amount: amounts.Amount | None = None
    each: str = ""


def read(layout: Layout) -> Terms:
    """Read the terms of a contract, sentence by sentence."""
    found = Terms()
    text = " ".join(layout.folded.split())
    term = _TERM.search(text)
    found.term = _duration(term) if term else ""
    notice = next((match for regex in _NOTICE if (match := regex.search(text))), None)
    found.notice = _duration(notice) if notice else ""
    for segment in layout.segments:
        before = _before(layout, segment)
        for date in dates.find(segment):
            lead = (before + segment.folded[: date.start])[-80:]
            if found.start is None and _BEGINS.search(lead):
                found.start = date
            elif found.end is None and _ENDS.search(lead):
                found.end = date
        for amount in amounts.find(segment):
            lead = (before + segment.folded[: amount.start])[-120:]
            if found.amount is None and amount.currency and _PRICE.search(lead):
                found.amount = amount
                around = lead + " " + segment.folded[amount.end : amount.end + 40] + " " + _after(layout, segment)
                found.each = next((each for each, words in _EACH if re.search(words, around)), "")
    return found


def _before(layout: Layout, segment: Segment) -> str:
    """The end of the line before, for a sentence that runs on."""
    row = layout.rows[segment.row]
    if row.segments[0] is not segment:
        return " ".join(part.folded for part in row.segments[: row.segments.index(segment)]) + " "
    if segment.row and layout.rows[segment.row - 1].page == row.page:
        return layout.rows[segment.row - 1].folded[-100:] + " "
    return ""


def _after(layout: Layout, segment: Segment) -> str:
    following = layout.rows[segment.row + 1 : segment.row + 2]
    return following[0].folded[:30] if following and len(segment.text) > 60 else ""


def _duration(match: re.Match[str]) -> str:
    number = int(match["n"]) if match["n"].isdigit() else _VALUE[match["n"]]
    unit = next(code for code, words in _UNITS.items() if any(re.fullmatch(word, match["u"]) for word in words.split()))
    return f"P{number}{unit}"


def days_valid(text: str) -> int:
    """For how many days an offer says it holds ("valable 30 jours", "valid for two months"); 0 where it does not say."""
    lead = r"(?:valable|validite|valid\w*|gultig|bindend|valide[zs]?|geldig)[^.\n]{0,40}?\s"
    match = re.search(lead + _SPAN, fold(text))
    if match is None:
        return 0
    duration = _duration(match)
    return int(duration[1:-1]) * {"D": 1, "W": 7, "M": 30, "Y": 365}[duration[-1]]
