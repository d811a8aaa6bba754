"""Participants, decisions, actions and open questions of minutes and transcripts.

Rules only, and honest ones: every entry quotes the sentence it was found in and says where; who, what and when are parts of
the document or stay empty. What no rule recognises is not there, so a reader who needs everything reads the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from confrere.documents.extract import cues, headed, moment, turns
from confrere.documents.extract.text import fold, tidy, words
from confrere.documents.extract.turns import Turn
from confrere.documents.model import Document, Record

_PRESENT = re.compile(
    r"^\W*(?:etaient )?(?:presents?|presentes?|participants?|participantes?|attendees|present|in attendance|attending|"
    r"membres presents|personnes presentes|presences?)\s*(?:\([^)]*\))?\s*:\s*(.*)$"
)
_ABSENT = re.compile(
    r"(?:^\W*|(?<=[.;)] ))(?:absente?s?(?: excusee?s?)?|excusee?s?|apologies(?: for absence)?|apologies from|regrets)\s*:\s*(.*)$"
)
_LABELLED = re.compile(r"[.;]\s+[^\W\d_][^\W\d_]*(?:\s\w+)?\s*:\s")
_MAX = 200
_FAR = 300
"""A sentence of speech longer than this is an explanation, not a promise."""

Note = dict[str, str]


def fill(record: Record, document: Document) -> None:
    """Add to ``record.notes``: ``participants`` and ``absent`` (name), ``decisions`` (text), ``actions`` (who, what, when, priority,
    text, and ``about``, the sentence before it), ``questions`` (text, and ``answer`` where it was put off), ``points`` (what was talked about, where minutes list it) and ``next``
    (text: when they meet again), each with ``speaker`` and ``source`` where known. ``text`` is always a sentence of the document."""
    quoted = record.type == "transcript" or len(turns.speakers(document)) > 1
    notes, used = headed.read(document, quoted)
    rest = _without(document, used)
    spoken = turns.read(rest) if quoted else [Turn("", page.text, page.label) for page in rest.pages]
    people = _people(spoken, {note["name"]: note["source"] for note in notes.get("participants", [])})
    absent = notes.get("absent", []) + _absent(spoken)
    gone = {fold(note["name"]) for note in absent}
    for turn in spoken:
        own = set(fold(turn.who).split())
        turn.who = next((name for name in people if own and own <= set(fold(name).split())), turn.who)
    meeting = Meeting(people=list(people), spoken=quoted)
    for index, turn in enumerate(spoken):
        meeting.hear(turn, spoken[index + 1] if index + 1 < len(spoken) else None)
    found = {
        "participants": [{"name": name, "source": place} for name, place in people.items() if fold(name) not in gone],
        "absent": absent,
        "decisions": notes.get("decisions", []) + meeting.decisions,
        "actions": [_known(note, list(people)) for note in notes.get("actions", [])] + meeting.actions,
        "questions": notes.get("questions", []) + meeting.questions,
        "next": meeting.next[:1],
        "points": notes.get("points", []),
    }
    record.notes = {kind: _once(entries)[:_MAX] for kind, entries in found.items() if entries}


def _once(entries: list[Note]) -> list[Note]:
    """Entries without those said twice in the same words by the same person."""
    seen: set[tuple[str, ...]] = set()
    kept = []
    for note in entries:
        key = (*words(note.get("what", "") or note.get("text", "") or note.get("name", "")), "/", note.get("who", ""))
        if key not in seen:
            kept.append(note)
        seen.add(key)
    return kept


def _without(document: Document, used: set[tuple[int, int]]) -> Document:
    if not used:
        return document
    import msgspec

    pages = [
        msgspec.structs.replace(
            page, text="\n".join("" if (number, at) in used else line for at, line in enumerate(page.text.splitlines()))
        )
        for number, page in enumerate(document.pages)
    ]
    return msgspec.structs.replace(document, pages=pages)


def _people(spoken: list[Turn], found: dict[str, str]) -> dict[str, str]:
    """Those listed as present, and those who speak; "Sophie" is the Sophie Martin of the list."""
    for turn in [turn for turn in spoken if not turn.who]:
        lines = turn.text.splitlines()
        for number, line in enumerate(lines):
            match = _PRESENT.match(fold(line))
            if match is None:
                continue
            listed = line[match.start(1) :]
            if not listed.strip():
                below = lines[number + 1 : number + 15]
                listed = ", ".join(below[: next((at for at, one in enumerate(below) if not one.strip()), len(below))])
            further = _LABELLED.search(listed)
            for name in headed.names(listed[: further.start()] if further else listed):
                found.setdefault(name, turn.place)
    for turn in spoken:
        own = fold(turn.who).split()
        if own and not any(set(own) <= set(fold(name).split()) for name in found):
            found.setdefault(turn.who, turn.place)
    return found


def _absent(spoken: list[Turn]) -> list[Note]:
    found = []
    for turn in [turn for turn in spoken if not turn.who]:
        for line in turn.text.splitlines():
            match = _ABSENT.search(fold(line))
            if match:
                listed = line[match.start(1) :]
                further = _LABELLED.search(listed)
                found += [{"name": name, "source": turn.place} for name in headed.names(listed[: further.start()] if further else listed)]
    return found


def _known(note: Note, people: list[str]) -> Note:
    """An action whose doer is called as the list of those present calls them."""
    own = set(fold(note.get("who", "")).split())
    full = [name for name in people if own and own <= set(fold(name).split())]
    return note | {"who": full[0]} if len(full) == 1 else note


@dataclass
class Meeting:
    """What was heard so far. ``people`` are those present, ``spoken`` whether they speak in their own words."""

    people: list[str]
    spoken: bool
    decisions: list[Note] = field(default_factory=list)
    actions: list[Note] = field(default_factory=list)
    questions: list[Note] = field(default_factory=list)
    next: list[Note] = field(default_factory=list)
    _asked: tuple[str, str, str] = ("", "", "")  # the last question, who asked it, where
    _request: Note | None = None  # what was asked of someone in the turn before
    _fresh: int = 0  # sentences since the last action

    def hear(self, turn: Turn, following: Turn | None) -> None:
        before, asked_here = "", ("", "", "")
        request, self._request = self._request, None
        for number, sentence in enumerate(turns.sentences(turn.text)):
            said, before = before, sentence
            self._fresh += 1
            if not 6 <= len(sentence) <= 600:
                continue
            folded = fold(sentence)
            base = {"text": sentence, "source": turn.place} | ({"speaker": turn.who} if turn.who else {})
            question = sentence.rstrip('"»” ').endswith("?")
            if request is not None and number < 2 and turn.who and cues.ACCEPTS.match(folded):
                self._accepted(request, sentence, folded, turn)
                continue
            if not question and self._meets_again(folded) and not self._clauses(sentence, turn):
                self.next.append(base)
                continue
            if self._act(sentence, folded, turn, following, base | ({"about": said} if said and self.spoken else {}), question):
                continue
            if self.actions and self._fresh <= 2 and len(sentence) < 90 and (cues.LATER.search(folded) or cues.URGENT.search(folded)):
                self.actions[-1].setdefault("priority", "low" if cues.LATER.search(folded) else "high")
            if self._decide(said, sentence, folded, base, question):
                continue
            label = cues.LABELLED_QUESTION.match(folded)
            if label and not question:
                self.questions.append(base)
            elif question:
                if not asked_here[0] or not cues.TAG.search(folded):
                    asked_here = (sentence, turn.who, turn.place)
                if cues.UNDECIDED.search(folded) or cues.OPEN.search(folded) or not self.spoken:
                    self.questions.append(base)
                    asked_here = ("", "", "")
            elif self._leave_open(sentence, folded, base, asked_here):
                asked_here = ("", "", "")
        self._asked = asked_here

    @staticmethod
    def _meets_again(folded: str) -> bool:
        """Whether a sentence says when they meet again: a moment beside the words for the meeting itself."""
        match = cues.NEXT.search(folded)
        return match is not None and bool(moment.MOMENT.search(folded[: match.start()] + " / " + folded[match.end() :]))

    def _decide(self, said: str, sentence: str, folded: str, base: Note, question: bool) -> bool:
        if cues.ONLY_DECIDED.match(folded):  # "C'est décidé.": what was said just before is the decision
            if said and said not in {note["text"] for note in self.decisions} and not said.rstrip().endswith("?"):
                self.decisions.append(base | {"text": said})
            return True
        match = cues.DECIDED.search(folded)
        if question or cues.UNDECIDED.search(folded) or cues.RECALLED.search(folded) or not (match or cues.DECISION_LABEL.match(folded)):
            return False
        if self.spoken and match and (len(sentence) > _FAR or match.group().startswith("they") or _inside(sentence, match.start())):
            return False
        if match and re.search(r"\b(?:if|si|quand|when)(?: \w+)?\s$", folded[: match.start()]):
            return False
        self.decisions.append(base)
        return True

    def _leave_open(self, sentence: str, folded: str, base: Note, asked_here: tuple[str, str, str]) -> bool:
        """Note a question that stays open: the one just asked, where this puts it off, else the sentence that says so."""
        put_off = bool(cues.UNDECIDED.search(folded) or cues.OPEN.search(folded))
        text, who, place = asked_here if asked_here[0] else self._asked
        last = self.questions[-1] if self.questions else None
        if last is not None and text == last["text"] and last.get("answer"):  # more of the same answer
            if put_off and len(last["answer"]) + len(sentence) < _FAR:
                last["answer"] += " " + sentence
            return False
        group = bool(cues.GROUP.search(fold(text))) and len(text.split()) > 3
        if text and group and (put_off or (cues.UNKNOWN.search(folded) and len(sentence) < 120)):
            self.questions.append(base | {"text": text, "speaker": who, "source": place, "answer": sentence})
            return not self._asked[0] or asked_here[0] != ""
        if not put_off or len(sentence) > _FAR:
            return False
        if not self.spoken and last is not None and last["text"].endswith("?") and len(sentence) < 60 and "answer" not in last:
            last["answer"] = sentence
        else:
            self.questions.append(base)
        return True

    def _accepted(self, request: Note, sentence: str, folded: str, turn: Turn) -> None:
        """ "Oui, je m'en occupe aujourd'hui": who was asked is who speaks, and the day counts for it."""
        if not request.get("who"):
            request["who"] = turn.who
        place = moment.find(folded)
        if place and "when" not in request:
            request["when"] = tidy(sentence[place[0] : place[1]])
        self._fresh = 0

    def _act(self, sentence: str, folded: str, turn: Turn, following: Turn | None, base: Note, question: bool) -> bool:
        found = self._clauses(sentence, turn)
        if not found:
            return False
        urgency = "low" if cues.LATER.search(folded) else "high" if cues.URGENT.search(folded) else ""
        for note, kind in found:
            if question and kind != "second":
                continue
            if kind == "second" and not note.get("who") and following is not None and following.who != turn.who:
                reply = fold(following.text[:80])
                if cues.AGREES.match(reply) or cues.ACCEPTS.match(reply):
                    note["who"] = following.who
            if urgency:
                note["priority"] = urgency
            self.actions.append({key: value for key, value in note.items() if value} | base)
            self._fresh = 0
            if kind == "second":
                self._request = self.actions[-1]
        return any(not question or kind == "second" for _, kind in found)

    def _clauses(self, sentence: str, turn: Turn) -> list[tuple[Note, str]]:
        """The actions of a sentence; "je les relance demain et j'envoie la maquette" holds two."""
        parts = re.split(r"(?:,)?\s(?:et|and|puis|then)\s(?=(?:je |j['’]|I['’]ll |I will |you['’]ll |tu )[^\W\d_])", sentence)
        each = [self._action(part, turn) for part in parts]
        if len(parts) > 1 and all(each):
            return [one for one in each if one]
        whole = self._action(sentence, turn)
        return [whole] if whole else []

    def _action(self, sentence: str, turn: Turn) -> tuple[Note, str] | None:
        folded = fold(sentence)
        label = cues.ACTION_LABEL.match(folded)
        rest = sentence[label.end() :] if label else sentence
        who, start, kind = self._doer(rest, fold(rest), turn, bool(label))
        if start < 0 or (not label and (len(sentence) > (_FAR if self.spoken else 450) or _inside(rest, start))):
            return None
        what = tidy(rest[start:])
        place = moment.find(folded)
        if not label and self.spoken and place is None and not set(words(what)) - cues.EMPTY - set(words(who)):
            return None  # "I'll put it in there": nothing that minutes would keep
        note = {"who": who, "what": what}
        if place:
            note["when"] = tidy(sentence[place[0] : place[1]]).rstrip(".,;")
        return note, kind

    def _doer(self, text: str, folded: str, turn: Turn, labelled: bool) -> tuple[str, int, str]:
        """Who is to do it, where in the sentence the doing begins (-1: nobody is), and how it is said."""
        names = {fold(part): name for name in self.people for part in {name, name.split()[0], name.split()[-1]} if len(part) > 2}
        for key in sorted(names, key=len, reverse=True):
            match = re.search(rf"(?<!\w)(?:m\.|mme|mr|mrs|ms)?\s?({re.escape(key)})(?:\s[a-z'-]+)?\s+{cues.THIRD}\b", folded)
            if match and (text[match.start(1)].isupper() or not names[key][:1].isupper()):
                return names[key], match.start(), "third"
        first = cues.FIRST.search(folded)
        if turn.who and first:
            return turn.who, first.start(), "first"
        promise = cues.PROMISE.search(folded)
        if turn.who and promise:
            day = moment.MOMENT.search(folded)
            set_end = moment.DEADLINE.search(folded) or re.search(r"\b(?:demain|tomorrow)\b", folded)
            if set_end or (day and day.start() > promise.start() and day.group() not in ("aujourd'hui", "today")):
                return turn.who, promise.start(), "first"
        everyone = cues.ALL.search(folded)
        if everyone:
            english = re.match(r"each|every|we|if|your", everyone.group())
            return "Everyone" if english else "Tous", everyone.start(), "all"
        passive = cues.PASSIVE.search(folded)
        if passive and moment.MOMENT.search(folded):
            told = re.match(r"^(?:(?:et|and|donc|so)\s)?(?:je (?:vous )?rappelle que|i remind you that|remember that)\s", folded)
            return "", told.end() if told else 0, "passive"
        second = cues.SECOND.search(folded)
        if second:
            called = next(
                (name for key, name in names.items() if re.search(rf"(?<!\w){re.escape(key)}(?!\w)", folded) and name != turn.who), ""
            )
            return called, second.start(), "second"
        named = re.search(rf"(?<!\w)((?:(?:M\.|Mme|Mr|Mrs|Ms)\s)?[A-ZÀ-Ý][a-zà-ÿ'-]+(?:\s[A-ZÀ-Ý][\w'-]+)?)\s+{cues.THIRD}\b", text)
        if named and (labelled or re.match(r"(?:M\.|Mme|Mr|Mrs|Ms)\s", named[1])):
            return named[1], named.start(), "third"
        return ("", 0, "label") if labelled else ("", -1, "")


def _inside(text: str, at: int) -> bool:
    """Whether a place of a text lies between quotation marks: the words are someone else's."""
    before = text[:at]
    return before.count('"') % 2 == 1 or before.count("«") + before.count("“") > before.count("»") + before.count("”")
