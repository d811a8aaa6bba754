"""What written minutes say under a heading of its own or in a table: decisions, actions, open questions, who was there."""

from __future__ import annotations

import re

from confrere.documents.aligned import page_tables
from confrere.documents.extract import moment
from confrere.documents.extract.text import compact, fold, tidy
from confrere.documents.model import Document

_HEADS = {
    "participants": r"participante?s?|presente?s?|etaient presente?s?|attendees|present|in attendance|personnes presentes|membres presents|presences?",
    "absent": r"absente?s?|excusee?s?|absente?s? (?:et )?excusee?s?|apologies|absent|regrets",
    "decisions": r"decisions?(?: prises?| actees?| made| taken)?|releve de decisions|resolutions?(?: adoptees?)?|points actes|key decisions|agreements?",
    "actions": r"actions?(?: a mener| a faire| decidees?| items?| points?| required)?|(?:plan|liste|tableau|releve|suivi) d(?:'|es )actions?|action (?:plan|list|log)|"
    r"a faire|to[- ]?dos?|next steps|prochaines etapes|taches?|tasks?|suites? a donner|follow[- ]?ups?",
    "questions": r"questions?(?: ouvertes?| en suspens| diverses en suspens)?|(?:points?|sujets?) (?:ouverts?|en suspens|a trancher|a eclaircir)|open (?:questions?|issues?|points?|items?)|unresolved|"
    r"issues? outstanding|outstanding issues?",
    "points": r"(?:points?|sujets?|themes?) (?:abordes?|discutes?|traites?|evoques?)|discussions?|echanges?|compte[- ]rendu des echanges|topics(?: discussed)?|summary|resume|synthese|"
    r"items? discussed|debats?|deroulement",
    "": r"ordre du jour|agenda|divers|prochaine (?:reunion|seance)|next meeting|annexes?|diffusion|signatures?|informations?|introduction|contexte|conclusion",
}
_HEAD = re.compile(
    r"^\W*(?:\d{1,2}(?:\.\d)*[.)]?\s+)?(?:"
    + "|".join(f"(?P<{name or 'other'}>{words})" for name, words in _HEADS.items())
    + r")\s*(?:\(\d+\))?\s*[:.]?\W*$"
)
_LABEL = re.compile(
    r"^\W*(?:questions? ouvertes?|prochaine? (?:reunion|seance|point)|next meeting|decisions?|absente?s?|excusee?s?|presente?s?|diffusion)\s*:\s*\S"
)
_BULLET = re.compile(r"^\s*(?:[-–—•·*▪◦‣►✓☐□→]|\(?\d{1,2}[.)]|\[[ xX]?\])\s+")
_COLUMNS = {
    "who": r"qui|responsables?|who|owners?|pilotes?|porteurs?|assigne?s?(?: a| to)?|assignees?|en charge|acteurs?|person(?: responsible)?|responsible|par",
    "what": r"quoi|actions?|taches?|tasks?|what|descriptions?|a faire|libelle|action items?|intitule|objet",
    "when": r"(?:pour )?quand|echeances?|delais?|dates?(?: limite| butoir)?|due(?: date)?|deadline|when|by when|pour le|date d'echeance|target date",
    "priority": r"priorites?|priority|urgence|importance",
}
_HIGH = re.compile(r"^\W*(?:haute?|high|elevee?|1|p1|a|urgente?|critique|forte|!+)\W*$")
_LOW = re.compile(r"^\W*(?:basse|low|faible|3|p3|c)\W*$")
_NAMED = re.compile(
    r"^(?P<who>[A-ZÀ-Ý][\w'’.-]+(?:\s[A-ZÀ-Ý][\w'’.-]*|\s(?:de|du|le|la|et|&|and)\b){0,4})\s*(?::|[–—]|\s-\s|->|→)\s*(?P<what>\S.{4,})$"
)
_TAIL = re.compile(
    r"[\s,;]*(?:[([]|[–—]|\s-\s)\s*(?P<who>[A-ZÀ-Ý][\w'’.-]+(?:\s[A-ZÀ-Ý][\w'’.-]+){0,2})\s*(?:[,;:–—-]\s*(?P<when>[^()\[\]]{2,40}))?[)\]]?\s*\.?$"
)

Notes = dict[str, list[dict[str, str]]]


def read(document: Document, spoken: bool) -> tuple[Notes, set[tuple[int, int]]]:
    """The entries of headed lists and of action tables, and the lines (page, line) that were understood so. ``spoken`` is for a
    transcript, where a list ends at the next who speaks."""
    notes: Notes = {}
    used: set[tuple[int, int]] = set()
    for number, page in enumerate(document.pages):
        lines = page.text.splitlines()
        _tables(notes, used, number, page.label, [table.rows for table in page_tables(page)], lines)
        kind, entries, gap = "", list[str](), False
        place = page.label
        for at, raw in enumerate([*lines, ""]):
            if (number, at) in used:
                if kind == "actions":  # the list was the table
                    _settle(notes, kind, entries, place)
                    kind, entries = "", []
                continue
            line = raw.strip().strip("#*_").strip()
            head = _HEAD.match(fold(line)) if 2 < len(line) < 60 else None
            ends = (
                at == len(lines)
                or head is not None
                or (spoken and bool(re.match(r"^[\[(]?[\d:]*[\])]?\s*[^\W\d_][\w .'’-]{0,38}:\s", line)))
            )
            if not ends and kind and line and ((gap and _title(line, entries)) or _LABEL.match(fold(line))):
                ends = True
            if ends:
                _settle(notes, kind, entries, place)
                kind, entries = (head.lastgroup or "") if head else "", []
                kind = "" if kind == "other" else kind
                gap = False
                if head and kind:
                    used.add((number, at))
                continue
            gap = not line
            if kind and line:
                if kind != "points":
                    used.add((number, at))
                bullet = _BULLET.match(raw)
                text = tidy(_BULLET.sub("", line)) if bullet else line
                text = text.rstrip()
                if entries and not bullet and entries[-1][-1:] not in ".!?;" and text[:1].islower():
                    entries[-1] += " " + text
                else:
                    entries.append(text)
    return notes, used


def _title(line: str, entries: list[str]) -> bool:
    """Whether a line after a gap is the heading of something else: short, no mark at its end, unlike the entries above it."""
    return (
        bool(entries)
        and len(line) < 50
        and line[-1] not in ".!?;,"
        and not _BULLET.match(line)
        and entries[-1][-1:] in ".!?;"
        and line[:1].isupper()
    )


def _settle(notes: Notes, kind: str, entries: list[str], place: str) -> None:
    for entry in entries:
        if len(entry) < 3 or re.fullmatch(r"\W*(?:neant|aucune?s?|none|n/?a|rien)\W*", fold(entry)):
            continue
        if kind in ("participants", "absent"):
            notes.setdefault(kind, []).extend({"name": name, "source": place} for name in names(entry))
        elif kind == "actions":
            notes.setdefault(kind, []).append(action(entry) | {"text": entry, "source": place})
        elif kind:
            notes.setdefault(kind, []).append({"text": entry, "source": place})


def names(listed: str) -> list[str]:
    """The names of a list such as "Maëlle Corvec et Youenn Le Strat (Studio Varech), Odile Marchadour (directrice)."."""
    found = []
    for name in re.split(r"[,;•\n]|\s(?:et|and|&)\s|\s[-–]\s", re.sub(r"\([^()]*\)", "", listed)):
        name = tidy(name).strip(". ")
        if 2 < len(name) < 40 and name[0].isupper() and ":" not in name and not any(ch.isdigit() for ch in name) and len(name.split()) < 6:
            found.append(name)
    return found


def action(entry: str) -> dict[str, str]:
    """Who, what and when of a line under the heading of actions: "Hugo : envoyer le devis avant vendredi", "Envoyer le devis (Hugo, 21/10)"."""
    found: dict[str, str] = {"what": entry}
    named = _NAMED.match(entry)
    tail = _TAIL.search(entry) if named is None else None
    if named and len(fold(named["who"]).split()) < 5:
        found = {"who": named["who"], "what": named["what"]}
    elif tail and tail.start() > 4:
        found = {"who": tail["who"], "what": entry[: tail.start()].rstrip(" ,;-–—")}
        if tail["when"]:
            found["when"] = tail["when"].strip(" .)")
    if "when" not in found:
        place = moment.find(fold(found["what"]))
        if place:
            found["when"] = found["what"][place[0] : place[1]]
    return found


def _tables(notes: Notes, used: set[tuple[int, int]], number: int, place: str, tables: list[list[list[object]]], lines: list[str]) -> None:
    """Actions from tables whose header names who, what and when."""
    rows_of = [[[str(cell or "").strip() for cell in row] for row in table] for table in tables]
    rows_of += _drawn(lines)
    told = {compact(" ".join(note["text"] for note in notes.get("actions", [])))}
    for rows in rows_of:
        head, columns = next(((at, found) for at, row in enumerate(rows[:3]) if (found := _columns(row))), (0, {}))
        if not columns:
            continue
        seen = {compact("".join(rows[head]))}
        for row in rows[head + 1 :]:
            cells = {key: tidy(row[at]) for key, at in columns.items() if at < len(row) and row[at].strip()}
            if not cells.get("what") or compact("".join(row)) in told:
                continue
            seen.add(compact("".join(row)))
            told.add(compact("".join(row)))
            note: dict[str, str] = {key: value for key, value in cells.items() if key != "priority"}
            if _HIGH.match(fold(cells.get("priority", ""))):
                note["priority"] = "high"
            elif _LOW.match(fold(cells.get("priority", ""))):
                note["priority"] = "low"
            notes.setdefault("actions", []).append(note | {"text": cells["what"], "source": place})
        used.update((number, at) for at, line in enumerate(lines) if compact(line) in seen)


def _columns(row: list[str]) -> dict[str, int]:
    """Where who, what, when and priority stand in a table, by its header row; nothing where it is no header of actions."""
    columns: dict[str, int] = {}
    for at, cell in enumerate(row):
        key = next((key for key, words in _COLUMNS.items() if re.fullmatch(words, fold(cell).strip(" :?"))), "")
        if key and key not in columns:
            columns[key] = at
    return columns if "what" in columns and ("who" in columns or "when" in columns) else {}


def _drawn(lines: list[str]) -> list[list[list[str]]]:
    """Tables drawn with bars, tabs or wide gaps in plain text: runs of lines of as many cells as the first, or fewer."""
    runs: list[list[list[str]]] = []
    run: list[list[str]] = []
    for line in [*lines, ""]:
        if re.fullmatch(r"[\s|:+=-]+", line) and "-" in line:
            continue
        cells = [cell.strip() for cell in re.split(r"\s*\|\s*|\t+|\s{3,}", line.strip().strip("|"))]
        if len(cells) > 1 and (not run or len(cells) <= len(run[0])):  # the last cells of a row may be empty
            run.append(cells)
            continue
        if len(run) > 1:
            runs.append(run)
        run = [cells] if len(cells) > 1 else []
    return runs
