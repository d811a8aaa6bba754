"""Identity papers: their kind, holder, dates and number, from the machine-readable zone and from the printed labels.

The zone is read as ICAO Doc 9303 lays it out (TD1 three lines of 30, TD2 two of 36, TD3 two of 44), and France's former identity card
its own way; each number and date in it carries a check digit. Where zone and labels agree, both are proved.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from confrere.documents.extract import told
from confrere.documents.extract.layout import Layout, Segment
from confrere.documents.extract.text import compact, tidy

_KINDS = (
    ("passport", r"passeport|passport|reisepass|pasaporte|passaporto|paspoort"),
    ("residence-permit", r"titre de sejour|residence permit|aufenthaltstitel|permiso de residencia"),
    ("driving-licence", r"permis de conduire|driving licen[cs]e|driver'?s? licen[cs]e|fuhrerschein|permiso de conducir|patente di guida|rijbewijs"),
    ("identity-card", r"carte nationale d'identite|carte d'identite|identity card|personalausweis|documento nacional|carta d'identita|identiteitskaart"),
)  # fmt: skip
_ZONE = re.compile(r"[A-Z0-9<]{28,46}")
_DIGITS = str.maketrans("OQDILZSBG", "000112586")
"""Letters that OCR reads for digits in places where only digits stand."""


@dataclass(slots=True)
class Told:
    """One value: canonical, how it was proved (2: check digit or two readers, 1: one reader, 0: a check digit failed)."""

    value: str
    proof: int
    segment: Segment | None


def read(layout: Layout) -> dict[str, Told]:
    """The fields found: kind, name, birth_date, number, expiry, nationality, mrz ("valid" or "invalid")."""
    found: dict[str, Told] = {}
    kind = next((name for name, words in _KINDS if re.search(words, layout.folded)), "")
    zone = _machine(layout)
    if kind or zone:
        found["document_kind"] = Told(kind or zone.get("document_kind", Told("identity-card", 1, None)).value, 2 if kind else 1, None)
    printed = _labelled(layout)
    for field in ("name", "birth_date", "number", "expiry", "nationality"):
        read_, seen = zone.get(field), printed.get(field)
        if read_ is not None and seen is not None:
            if field == "nationality" or _same(read_.value, seen.value):
                found[field] = Told(seen.value, 2, seen.segment)
            else:
                found[field] = Told(read_.value, read_.proof if read_.proof == 2 else 0, read_.segment)
        elif read_ is not None or seen is not None:
            found[field] = read_ if read_ is not None else seen  # type: ignore[assignment]
    if "mrz" in zone:
        found["mrz"] = zone["mrz"]
    return found


def check_digit(text: str) -> str:
    """The check digit of ICAO Doc 9303 part 3: weights 7, 3, 1, modulo 10; letters count from A = 10, the filler as 0."""
    values = (0 if char == "<" else int(char, 36) for char in text)
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def _same(first: str, second: str) -> bool:
    a, b = compact(first), compact(second)
    return a == b or set(tidy(first).upper().split()) == set(tidy(second).upper().split())


def _labelled(layout: Layout) -> dict[str, Told]:
    found: dict[str, Told] = {}
    parts = []
    for name in ("given", "surname"):
        hit = next((hit for hit in told.values(layout, told.words("identity", name)) if re.search(r"[^\W\d_]{2}", hit[0])), None)
        if hit is not None:
            parts.append((tidy(hit[0]), hit[1]))
    if parts:
        found["name"] = Told(" ".join(text for text, _ in parts), 1, parts[-1][1])
    for field, label in (("birth_date", "birth"), ("expiry", "expiry")):
        date = next(told.days(layout, told.words("identity", label)), None)
        if date is not None:
            found[field] = Told(date.iso, 1, date.segment)
            continue
        for text, segment in told.values(layout, told.words("identity", label)):
            spaced = re.match(r"(\d\d) (\d\d) ((?:19|20)\d\d)(?!\d)", text)
            if spaced and int(spaced[2]) <= 12 and 0 < int(spaced[1]) <= 31:
                found[field] = Told(f"{spaced[3]}-{spaced[2]}-{spaced[1]}", 1, segment)
                break
    for text, segment in told.values(layout, told.words("identity", "number")):
        number = re.match(r"\W*([A-Z0-9][A-Z0-9 -]{4,20}[A-Z0-9])", text)
        if number and re.search(r"\d", number[1]):
            found["number"] = Told(number[1].replace(" ", ""), 1, segment)
            break
    nation = next(told.values(layout, told.words("identity", "nationality")), None)
    if nation is not None:
        found["nationality"] = Told(tidy(nation[0]), 1, nation[1])
    return found


def _machine(layout: Layout) -> dict[str, Told]:
    """The machine-readable zone, {} where there is none."""
    lines: list[tuple[str, Segment]] = []
    for row in layout.rows:
        text = row.text.replace(" ", "").replace("«", "<<").upper()
        if _ZONE.fullmatch(text) and "<" in text:
            lines.append((text, row.segments[0]))
    for place, (text, segment) in enumerate(lines):
        rest = [line for line, _ in lines[place + 1 : place + 3]]
        if re.match(r"[ACI][A-Z0-9<]", text) and len(text) in range(29, 32) and len(rest) == 2:
            return _td1(text, rest[0], rest[1], segment)
        if text.startswith("IDFRA") and len(text) in range(35, 38):
            return _french(text, rest[0] if rest else "", segment)
        if re.match(r"[PVACI][A-Z<][A-Z]{3}", text) and len(text) >= 35:
            return _two(text, rest[0] if rest else "", segment)
    return {}


def _two(first: str, second: str, segment: Segment) -> dict[str, Told]:
    found = {
        "name": Told(_name(first[5:]), 1, segment),
        "document_kind": Told("passport" if first[0] == "P" else "identity-card", 1, segment),
    }
    if len(second) < 28:
        return found
    found |= {
        "number": _checked(second[0:9], second[9], segment),
        "nationality": Told(second[10:13].strip("<"), 1, segment),
        "birth_date": _day(second[13:19], second[19], segment, past=True),
        "expiry": _day(second[21:27], second[27], segment, past=False),
    }
    return _sealed(found, segment)


def _td1(first: str, second: str, third: str, segment: Segment) -> dict[str, Told]:
    found = {
        "document_kind": Told("identity-card", 1, segment),
        "number": _checked(first[5:14], first[14], segment),
        "birth_date": _day(second[0:6], second[6], segment, past=True),
        "expiry": _day(second[8:14], second[14], segment, past=False),
        "nationality": Told(second[15:18].strip("<"), 1, segment),
        "name": Told(_name(third), 1, segment),
    }
    return _sealed(found, segment)


def _french(first: str, second: str, segment: Segment) -> dict[str, Told]:
    """France's identity card of before 2021: surname on the first line, number, given names and birth on the second."""
    surname = first[5:30].strip("<").replace("<", " ")
    found = {"document_kind": Told("identity-card", 1, segment)}
    if len(second) < 34:
        return found | {"name": Told(surname, 1, segment)}
    found |= {
        "number": _checked(second[0:12], second[12], segment),
        "name": Told(f"{second[13:27].strip('<').replace('<<', ' ').replace('<', ' ')} {surname}".strip(), 1, segment),
        "birth_date": _day(second[27:33], second[33], segment, past=True),
    }
    return _sealed(found, segment)


def _sealed(found: dict[str, Told], segment: Segment) -> dict[str, Told]:
    broken = any(value.proof == 0 for value in found.values())
    return {field: value for field, value in found.items() if value.value} | {
        "mrz": Told("invalid" if broken else "valid", 0 if broken else 2, segment)
    }


def _name(text: str) -> str:
    surname, _, given = text.strip("<").partition("<<")
    return tidy(f"{given.split('<<')[0].replace('<', ' ')} {surname.replace('<', ' ')}")


def _checked(text: str, digit: str, segment: Segment) -> Told:
    right = check_digit(text) == digit.translate(_DIGITS)
    return Told(text.replace("<", ""), 2 if right else 0, segment)


def _day(text: str, digit: str, segment: Segment, *, past: bool) -> Told:
    """A date of six digits; a birth lies in the past, an expiry in this century."""
    text = text.translate(_DIGITS)
    right = check_digit(text) == digit.translate(_DIGITS)
    year, month, day = int(text[:2] if text[:2].isdigit() else 0), text[2:4], text[4:6]
    century = 1900 if past and 2000 + year > dt.date.today().year else 2000
    try:
        value = dt.date(century + year, int(month), int(day)).isoformat()
    except ValueError:
        return Told("", 0, segment)
    return Told(value, 2 if right else 0, segment)
