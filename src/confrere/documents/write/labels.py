"""The words deliverables use for types, parties, doubts and periods, in the reader's language."""

from __future__ import annotations

import datetime as dt
import re

from confrere.documents.write import formats
from confrere.documents.write.content import Recap, Row
from confrere.documents.write.figures import Currency, Totals
from confrere.documents.write.text import line
from confrere.messages import say


def typeset(text: str, language: str) -> str:
    """French text with no-break spaces before ``: ; ? ! »`` and after ``«``, so that no line begins with a colon."""
    return re.sub(r" (?=[:;?!»])|(?<=«) ", "\u00a0", text) if language == "fr" else text


def type_label(name: str, language: str) -> str:
    """The name of a document type; a type this catalogue does not know is shown as it is."""
    try:
        return say(f"write.type-{name}", language)
    except KeyError:
        return line(name)


def field_label(name: str, language: str) -> str:
    """The name of a field of a record."""
    try:
        return say(f"write.{name}", language)
    except KeyError:
        return line(name)


def why(code: str, language: str) -> str:
    """The reason behind a doubt, in words that can follow a colon. ``code`` is a catalogue key, or one of our own names."""
    try:
        sentence = say(code if "." in code else f"write.why-{code}", language)
    except (KeyError, FileNotFoundError):
        return say("write.why-other", language, code=line(code))
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def doubts(row: Row, language: str) -> list[tuple[str, str]]:
    """(field, reason) of all a person should look at in ``row``, amounts without which it cannot be totalled included."""
    found = [(field, why(code, language)) for field, code in row.check.items()]
    for field, empty in (("total", row.total is None), ("currency", not row.currency)):
        if empty and field not in row.check:
            found.append((field, why("missing", language)))
    return found


def party(name: str, axis: str, language: str) -> str:
    """The name of a client or a supplier, or that it was not found."""
    return line(name) or say(f"write.no-{axis}", language)


def currency(code: str, language: str) -> str:
    return line(code) or say("write.no-currency", language)


def pot(one: Currency, language: str, key: str = "pot") -> str:
    """What a pot of amounts is: "EUR", or "ventes, EUR"; with ``key`` "total-of", its total: "Total EUR", "Ventes EUR"."""
    code = currency(one.code, language)
    if one.side:
        return say(f"write.{key}-{one.side}", language, currency=code)
    return say("write.total-of", language, currency=code) if key == "total-of" else code


def period(totals: Totals, language: str) -> str:
    """ "mars 2026", "janvier à mars 2026", "décembre 2025 à mars 2026"; "" where nothing is dated."""
    span = totals.period()
    if span is None:
        return ""
    first, last = span
    if (first.year, first.month) == (last.year, last.month):
        return formats.month(last, language)
    begin = formats.month(first, language)
    if first.year == last.year:
        begin = begin.rsplit(" ", 1)[0]
    return say("write.period-two", language, first=begin, last=formats.month(last, language))


def recap_title(recap: Recap, totals: Totals, language: str) -> str:
    """The title a person gave, else one that tells the period."""
    if recap.title:
        return line(recap.title, 200)
    when = period(totals, language)
    return say("write.recap-title-period", language, period=when) if when else say("write.recap-title", language)


def made_on(day: dt.date | None, language: str) -> str:
    return say("write.made-on", language, day=formats.long_date(day, language)) if day else ""


def priority(name: str, language: str) -> str:
    """How urgent an action is, in words: "high" and "low" in the reader's language, what a document says as it says it."""
    return say(f"write.priority-{name}", language) if name in ("high", "low") else name
