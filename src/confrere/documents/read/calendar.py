"""ICS and VCF: events and contacts, one page each, as lines a person reads and a table for programs (RFC 5545, RFC 6350)."""

from __future__ import annotations

import re
from pathlib import Path

from confrere.documents.model import Document, Page, Table, Warning_
from confrere.documents.read.kinds import detect_kind
from confrere.documents.read.limits import Budget
from confrere.documents.read.text_bytes import decode, read_head

_EVENT = {"SUMMARY": "summary", "DTSTART": "start", "DTEND": "end", "DUE": "due", "LOCATION": "location", "ORGANIZER": "organizer",
          "ATTENDEE": "attendee", "DESCRIPTION": "description", "RRULE": "repeats", "STATUS": "status", "URL": "url"}  # fmt: skip
_CARD = {"FN": "name", "ORG": "organisation", "TITLE": "title", "EMAIL": "email", "TEL": "phone", "ADR": "address", "URL": "url",
         "BDAY": "birthday", "NOTE": "note"}  # fmt: skip
_BLOCKS = {"VEVENT": _EVENT, "VTODO": _EVENT, "VJOURNAL": _EVENT, "VCARD": _CARD}


def read_calendar(path: Path, budget: Budget) -> Document:
    """Read an ICS or VCF file: a page an event, task or contact; the whole as one table on the first page."""
    data, more = read_head(path, budget.limits.text)
    text, encoding = decode(data)
    document = Document(kind=detect_kind(path).kind, metadata={"encoding": encoding})
    items: list[dict[str, str]] = []
    block, names = "", dict[str, str]()
    current: dict[str, str] = {}
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        name, parameters, value = _line(line)
        if name == "BEGIN" and value.upper() in _BLOCKS and not block:
            block, names, current = value.upper(), _BLOCKS[value.upper()], {}
        elif name == "END" and value.upper() == block:
            block = ""
            if current:
                items.append(current)
            if len(items) >= budget.limits.rows:
                more = True
                break
        elif block and name in names:
            _add(current, names[name], _value(name, parameters, value))
        elif name == "X-WR-CALNAME":
            document.metadata["title"] = _unescape(value)[:300]
    for number, item in enumerate(items[: budget.limits.pages], 1):
        lines = [f"{key}: {value}" for key, value in item.items()]
        document.pages.append(Page(label=f"entry {number}", text=budget.take_text("\n".join(lines))))
    if document.pages:
        columns = [n for n in dict.fromkeys([*_EVENT.values(), *_CARD.values()]) if any(n in item for item in items)]
        rows = [[item.get(column, "") for column in columns] for item in items]
        document.pages[0].tables.append(Table(rows=[list(columns), *rows], header=True, name="entries"))
    document.metadata["entries"] = str(len(items))
    if more:
        document.warnings.append(Warning_(code="truncated", where=f"entry {len(items)}"))
    return document


def _line(line: str) -> tuple[str, str, str]:
    match = re.match(r'(?:[\w-]+\.)?([\w-]+)((?:;[\w-]+=(?:"[^"]*"|[^";:]*)(?:,(?:"[^"]*"|[^";:,]*))*|;[\w-]+)*):(.*)', line, re.S)
    return (match.group(1).upper(), match.group(2), match.group(3)) if match else ("", "", "")


def _value(name: str, parameters: str, value: str) -> str:
    if name.startswith(("DT", "DUE", "BDAY")):
        match = re.match(r"(\d{4})-?(\d\d)-?(\d\d)(?:T?(\d\d):?(\d\d)(?::?(\d\d))?(Z?))?", value)
        if match:
            year, month, day, hour, minute, _, utc = match.groups()
            date = f"{year}-{month}-{day}"
            zone = re.search(r"TZID=\"?([^;\":]+)", parameters)
            return f"{date} {hour}:{minute}{' UTC' if utc else f' {zone.group(1)}' if zone else ''}" if hour else date
    if name in ("ORGANIZER", "ATTENDEE"):
        named = re.search(r'CN="?([^;":]+)', parameters)
        address = re.sub(r"(?i)^mailto:", "", value)
        return f"{named.group(1)} <{address}>" if named else address
    if "QUOTED-PRINTABLE" in parameters.upper():
        import quopri

        value = quopri.decodestring(value.encode()).decode("utf-8", "replace")
    parts = [_unescape(part) for part in re.split(r"(?<!\\);", value)] if name in ("ADR", "ORG", "N") else [_unescape(value)]
    return ", ".join(part for part in parts if part)


def _add(item: dict[str, str], key: str, value: str) -> None:
    if value.strip():
        item[key] = f"{item[key]}; {value}" if key in item else value


def _unescape(value: str) -> str:
    return re.sub(r"\\(.)", lambda m: "\n" if m.group(1) in "nN" else m.group(1), value).strip()
