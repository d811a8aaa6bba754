"""A curriculum vitae: whose it is, how to reach them, what they can do, and what they did when."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from confrere.documents.extract import names, told
from confrere.documents.extract.layout import Layout, Row, Segment
from confrere.documents.extract.text import compact, fold, tidy

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?:\+\d{1,3}[ .()-]{0,2})?(?:\(?\d{1,5}\)?[ .-]?){2,6}\d{2,4}")
_YEAR = r"(?:19|20)\d\d"
_SPAN = re.compile(
    rf"(?P<from>(?:\d{{1,2}}[/.])?{_YEAR})\s*(?:-|a|to|bis|until|au|jusqu'a|>)\s*(?P<to>(?:\d{{1,2}}[/.])?{_YEAR}|aujourd'hui|ce jour|"
    rf"present|today|date|now|current|heute|oggi|actualidad|heden)"
)
_SINCE = re.compile(rf"(?:depuis|since|seit|desde|dal)\s+(?:[a-z]+\s+)?(?P<from>{_YEAR})")
_ONE = re.compile(rf"^\W*(?P<from>{_YEAR})(?!\d)")


@dataclass(slots=True)
class Resume:
    """``agreed`` tells that name and mail address say the same person. ``experience`` and ``education`` hold from, to, what."""

    name: tuple[str, Segment] | None = None
    email: tuple[str, Segment] | None = None
    phone: tuple[str, Segment] | None = None
    skills: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    experience: list[dict[str, str]] = field(default_factory=list)
    education: list[dict[str, str]] = field(default_factory=list)
    agreed: bool = False


def read(layout: Layout) -> Resume:
    """Read a CV by its headings."""
    found = Resume()
    for segment in layout.segments:
        mail = _MAIL.search(segment.text)
        found.email = found.email or ((mail.group().lower(), segment) if mail else None)
        found.phone = found.phone or _phone(segment)
    _name(layout, found)
    for heading, rows in _sections(layout):
        if heading == "skills":
            found.skills += _items(rows)
        elif heading == "languages":
            found.languages += _items(rows)
        elif heading == "experience":
            found.experience += _spells(rows)
        elif heading == "education":
            found.education += _spells(rows)
    if not found.languages:
        spoken = re.compile(told.words("cv", "spoken"))
        found.languages = [item for item in found.skills if spoken.search(fold(item)) and len(item.split()) <= 4]
        found.skills = [item for item in found.skills if item not in found.languages]
    return found


def _phone(segment: Segment) -> tuple[str, Segment] | None:
    for match in _PHONE.finditer(segment.text):
        digits = re.sub(r"\D", "", match.group())
        if 9 <= len(digits) <= 14 and not re.fullmatch(rf"{_YEAR}\D+{_YEAR}", match.group().strip()):
            return tidy(match.group()), segment
    return None


def _name(layout: Layout, found: Resume) -> None:
    """The first line that looks like a person's name; the largest or the one that the mail address repeats comes first."""
    local = compact(found.email[0].partition("@")[0]) if found.email else ""
    best = 0.0
    for row in layout.rows[:14]:
        for segment in row.segments:
            text = tidy(re.split(r"\s[-–|•·]\s|,", segment.text)[0])
            parts = [word for word in re.split(r"[ ]+", text) if word]
            titled = re.search(told.words("cv", "experience"), fold(text)) or re.match(r"(?:curriculum|cv|resume|lebenslauf)\b", fold(text))
            if (
                not 2 <= len(parts) <= 4
                or titled
                or not all(re.fullmatch(r"[^\W\d_][^\W\d_.'’-]*\.?|d[eu]|van|von|le|la", part) for part in parts)
            ):
                continue
            if not parts[0][0].isupper() or names.is_address(text):
                continue
            echoed = sum(1 for part in parts if len(part) > 2 and compact(part) in local)
            score = 1.0 - 0.07 * row.index + 1.0 * echoed + 0.2 * all(part[0].isupper() for part in parts)
            if score > best:
                best, found.name, found.agreed = score, (text, segment), echoed > 0


def _sections(layout: Layout) -> list[tuple[str, list[Row]]]:
    heads = {
        name: re.compile(rf"\W*(?:{told.words('cv', name)})\W*$") for name in ("experience", "education", "skills", "languages", "other")
    }
    out: list[tuple[str, list[Row]]] = []
    for row in layout.rows:
        label = next((name for name, head in heads.items() if head.fullmatch(row.segments[0].folded.strip())), "")
        own = re.match(rf"\W*(?:{told.words('cv', 'skills')}|{told.words('cv', 'languages')})\s*:\s*\S", row.folded)
        if label:
            out.append((label, [Row(row.index, row.page, row.segments[1:])] if len(row.segments) > 1 else []))
        elif own:
            out.append(("languages" if re.match(rf"\W*(?:{told.words('cv', 'languages')})", row.folded) else "skills", [row]))
        elif out:
            out[-1][1].append(row)
    return out


def _items(rows: list[Row]) -> list[str]:
    text = "\n".join(row.text for row in rows)
    text = re.sub(r"^[^\n:]{3,40}:\s", "", text) if rows and ":" in rows[0].text[:40] and len(rows) == 1 else text
    items = [tidy(item).rstrip(".") for item in re.split(r"[,;•·|\n]|\s{2,}", text)]
    return [item for item in items if 1 < len(item) <= 60][:60]


def _spells(rows: list[Row]) -> list[dict[str, str]]:
    spells: list[dict[str, str]] = []
    for row in rows:
        span = _SPAN.search(row.folded) or _SINCE.search(row.folded) or _ONE.search(row.folded)
        if span is None:
            if spells and len(spells[-1]["what"]) < 30:
                spells[-1]["what"] = tidy(f"{spells[-1]['what']} {row.text}")
            continue
        to = span.groupdict().get("to") or ("" if span.re is not _ONE else span["from"])
        what = tidy(row.text[: span.start()] + " " + row.text[span.end() :])
        spells.append({"from": span["from"], "to": to if re.search(r"\d", to) else "", "what": what})
    return spells
