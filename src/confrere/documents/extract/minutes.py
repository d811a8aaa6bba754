"""Participants, decisions, actions and open questions of minutes and transcripts.

Rules only, and honest ones: every entry quotes the sentence it was found in and says where; who, what and when are parts of
that sentence or stay empty. What no rule recognises is not there, so a reader who needs everything reads the text.
"""

from __future__ import annotations

import re

from confrere.documents.extract import turns
from confrere.documents.extract.text import fold, tidy
from confrere.documents.extract.turns import Turn
from confrere.documents.model import Document, Record

_DECIDED = re.compile(
    r"\b(?:il (?:a ete|est) (?:decide|convenu|acte|retenu)|(?:nous avons|on a|avons) (?:decide|convenu|acte|retenu|tranche|"
    r"valide)|on decide|nous decidons|decide[nt]? (?:de|d'|que|a l'unanimite)|"
    r"(?:est|sont|a ete|ont ete) (?:adoptee?s?|approuvee?s?|validee?s?|retenue?s?|actee?s?|votee?s?|entérinee?s?)|(?:comite|"
    r"assemblee|conseil|equipe|direction|groupe|on|nous) (?:valide|validons|adopte|approuve|retient|vote)\b|"
    r"on est (?:tous |toutes )?d'accord(?! (?:sur le fait|avec))|c'est (?:decide|acte|valide|entendu)|on (?:part|reste|"
    r"s'arrete) sur|on retient|on prend (?:ce|cette|le|la|l')|accord (?:pour|est donne)|"
    r"(?:we|they|the (?:team|board|group|committee|meeting))(?: have|'ve| has)? (?:decided|agreed|resolved|approved|"
    r"settled on|chose)|it was (?:decided|agreed|resolved|approved)|(?:was|were|is|are) (?:approved|adopted|carried)\b|"
    r"we(?:'re| are) going (?:with|for)\b|let's go (?:with|for)|we(?:'ll| will) go (?:with|for)|(?:so )?(?:that's|"
    r"it's) (?:decided|settled|agreed)|final decision|unanimously|resolved that|agreed to|agreed that|"
    r"(?:so )?we(?:'re| are) not going to|we(?:'ll| will) (?:stick|keep) (?:to|with))"
)
_ONLY_DECIDED = re.compile(
    r"^\W*(?:(?:ok|bon|donc|alors|voila|parfait|so|right|good|great|then)\W+)*(?:c'est|it's|it is|that's|that is|all|nous sommes|on est|we are|we're)?\s?"
    r"(?:tous |all |toutes )?(?:decide|acte|valide|entendu|settled|decided|agreed|approved|d'accord)\W*$"
)
_DECISION_LABEL = re.compile(r"^\W*(?:decisions?|decided|resolutions?|resolved|agreed)\s*(?:n°?\s?\d+|\d+)?\s*[:–-]\s*\S")
_UNDECIDED = re.compile(
    r"(?:not (?:been )?(?:decided|agreed)|no decision|n'(?:a|est|avons|ont) pas (?:ete )?(?:decide|tranche|retenu|valide)|"
    r"pas encore decide|decision (?:was |is |est |a ete )?(?:postponed|deferred|reportee|differee|ajournee)|haven't decided|"
    r"if we (?:decide|agree)|si (?:on|nous) decid|should we|yet to be decided|need(?:s)? to decide|have to decide|"
    r"doit etre valide|a valider)"
)
_ACTION_LABEL = re.compile(r"^\W*(?:actions?|action item|todo|to do|a faire|task|tache|next step)\s*(?:n°?\s?\d+|\d+)?\s*[:–-]\s*(?=\S)")
_FIRST = re.compile(
    r"\b(?:je (?:m'(?:en )?occupe|me charge|vais (?:vous |te |lui |leur |le |la |les )?(?!dire|etre|pas |repeter|revenir|"
    r"repondre|commencer|finir|conclure|essayer d)[a-z]+(?:er|ir|re|oir)\b|(?:vous |te |lui |leur |le |la |l'|les )?(?:envoie|"
    r"enverrai|prepare|preparerai|contacte|contacterai|appelle|appellerai|verifie|verifierai|redige|redigerai|"
    r"reserve|reserverai|commande|commanderai|transmets|transmettrai)\b)|"
    r"i(?:'ll| will|'m going to| can) (?:just |also |then |try (?:and|to) )?(?:send|prepare|check|write|call|book|contact|"
    r"draft|update|share|look into|look at|follow up|organi[sz]e|arrange|set up|finish|review|take care|put|post|email|e-mail|"
    r"ask|find out|circulate|produce|schedule|order|do (?:that|it|the))\b)"
)
_PROMISE = re.compile(
    r"\b(?:(?:je |j')(?:ne )?(?:m'en |me |m'|le |la |les |l'|vous |te |t'|lui |leur |en )*"
    r"(?!ai\b|avais|suis|etais|sais|pense|crois|veux|trouve|dis|rappelle|peux|dois)[a-z]{3,}|i(?:'ll| will|'m going to|'m gonna)\s)"
)
"""The first person of a verb: a commitment when a day or a deadline stands in the sentence too."""
_PASSIVE = re.compile(r"\b(?:doi(?:t|vent) etre|devra(?:ient|it)? etre|must be|needs? to be|has to be|have to be|should be|is to be)\b")
_ALL = re.compile(
    r"\b(?:(?:chacun|tout le monde|tous|chacune) (?:doit|devra|prepare|envoie|fait|va|complete|remplit)|"
    r"vous (?:allez|devez|devrez) (?:tous )?[a-z]+(?:er|ir|re|oir)\b|"
    r"(?:everyone|everybody|each (?:of (?:us|you)|one)|we(?:'re| are| will|'ll)? (?:all |each |gonna each |going to each ))\s?"
    r"(?:will |should |has to |have to |needs? to |to |is to |could |must )?"
    r"(?:complete|send|prepare|fill|do|put|bring|read|review|write|submit|finish|look|work)|"
    r"if everyone could|your individual (?:actions|assignments|tasks))"
)
"""What is asked of everybody."""
_SECOND = re.compile(
    r"\b(?:(?:tu peux|peux[- ]tu|pourrais[- ]tu|tu pourrais|pouvez[- ]vous|vous pouvez|pourriez[- ]vous|merci de|"
    r"il faut que tu|tu dois) (?:me |nous |lui |leur |le |la |l'|les )?[a-z]+(?:er|ir|re|oir)\b|"
    r"(?:can|could|will|would) you (?:please )?(?:send|prepare|check|write|call|book|contact|draft|update|share|look|follow|"
    r"organi[sz]e|arrange|set|finish|review|take|put|ask|find)|please (?:send|prepare|check|write|call|book|contact|draft|"
    r"update|share|review)|"
    r"you(?:'ll| will| need to| have to|'re going to)(?: all| each)? (?:be |have to )?(?:send|prepare|check|write|call|look|"
    r"looking|work|working|do|fill|complete|review|draft|research))"
)
_THIRD = (
    r"(?:doit|devra|doivent|va|vont|se charge(?:nt)?|s'occupe(?:nt)?|s'en charge|s'engage(?:nt)?|est (?:chargee?|responsable)|"
    r"sont (?:chargee?s)|prend en charge|fera|enverra|contactera|preparera|appellera|redigera|verifiera|organisera|commandera|"
    r"transmettra|presentera|proposera|reservera|finalisera|mettra|relancera|prepare|envoie|redige|contacte|"
    r"will|to|is to|are to|should|shall|must|needs to|has to|agreed to|is responsible|takes care|is going to|'ll)"
)
_WHEN = re.compile(
    r"\b(?:avant (?:le |la |fin |vendredi|lundi|mardi|mercredi|jeudi|samedi|dimanche|demain|midi)|d'ici (?:a |au |le |la )?|"
    r"pour (?:le |lundi|mardi|mercredi|jeudi|vendredi|demain)|au plus tard (?:le )?|des (?:lundi|mardi|mercredi|jeudi|"
    r"vendredi|demain)|by |before |until |no later than |due (?:on |by )?|on or before )"
    r"(?:the |next |end of |the end of |fin |de |la |le |du )*[\w/.-]+(?: (?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|"
    r"septembre|octobre|novembre|decembre|january|february|march|april|may|june|july|august|september|october|november|"
    r"december|semaine|week|month|mois|prochaine?|prochain))*(?:,? \d{4})?"
    r"|\b(?:lundi|mardi|mercredi|jeudi|vendredi|demain|tomorrow|today|aujourd'hui|monday|tuesday|wednesday|thursday|friday|"
    r"next week|la semaine prochaine|this afternoon|cet apres-midi|end of (?:the )?(?:week|month|day)|fin de semaine|asap)\b"
)
_URGENT = re.compile(
    r"\b(?:urgente?s?|urgently|asap|prioritaire|priorite (?:haute|1|absolue)|high priority|top priority|critical|critique|"
    r"immediately|immediatement|des que possible|au plus vite|as soon as possible|right away|imperatif)\b"
)
_LATER = re.compile(
    r"\b(?:pas urgent|not urgent|low priority|priorite basse|quand (?:tu|vous) (?:peux|pouvez|as le temps|aurez)|when you (?:can|"
    r"get a chance)|no rush|rien ne presse)\b"
)
_OPEN = re.compile(
    r"\b(?:reste a (?:definir|decider|determiner|voir|trancher|confirmer|clarifier)|a (?:definir|determiner|confirmer|"
    r"clarifier|trancher|preciser)\b|question reste|point (?:reste )?ouvert|en suspens|on verra|a revoir|on en reparle|"
    r"pas encore (?:decide|tranche|defini)|n'a pas ete tranche|"
    r"to be (?:decided|determined|confirmed|defined|clarified)|tbd|tbc|open (?:question|issue|point)|remains (?:open|to be)|"
    r"still (?:open|unclear|need to decide|don't know)|not (?:yet )?(?:decided|clear|sure (?:if|whether|about))|postponed|"
    r"deferred|we need to (?:find out|decide|figure out|check)|haven't decided|come back to (?:this|that)|reportee|ajournee|"
    r"differee)"
)
_ASKED = re.compile(
    r"^\W*(?:et |and |so |but |mais |alors |donc )?(?:qui|quand|comment|combien|quel|quelle|quels|quelles|faut-il|doit-on|"
    r"est-ce qu'(?:on|il faut)|fait-on|peut-on|pourquoi|ou |who|when|how (?:much|many|do we|should)|what (?:about|is|are|do|"
    r"should)|should we|do we|shall we|which|where|whether|can we|will we|is there)\b"
)
_PRESENT = re.compile(
    r"^\W*(?:etaient )?(?:presents?|presentes?|participants?|participantes?|attendees|present|in attendance|attending|"
    r"membres presents|personnes presentes|presences?)\s*(?:\([^)]*\))?\s*:\s*(.*)$"
)
_MAX = 200


def fill(record: Record, document: Document) -> None:
    """Add to ``record.notes``: ``participants`` (name), ``decisions`` (text), ``actions`` (who, what, when, priority, text) and
    ``questions`` (text), each with ``speaker`` and ``source`` where known. ``text`` is always a sentence of the document."""
    quoted = record.type == "transcript" or len(turns.speakers(document)) > 1
    spoken = turns.read(document) if quoted else [Turn("", page.text, page.label) for page in document.pages]
    people = _people(spoken)
    notes: dict[str, list[dict[str, str]]] = {
        "participants": [{"name": name, "source": place} for name, place in people.items()],
        "decisions": [],
        "actions": [],
        "questions": [],
    }
    for turn in spoken:
        words = set(fold(turn.who).split())
        turn.who = next((name for name in people if words and words <= set(fold(name).split())), turn.who)
    for index, turn in enumerate(spoken):
        _hear(notes, turn, spoken[index + 1] if index + 1 < len(spoken) else None, list(people), quoted)
    record.notes = {kind: entries[:_MAX] for kind, entries in notes.items() if entries}


def _people(spoken: list[Turn]) -> dict[str, str]:
    """Those listed as present, and those who speak; "Sophie" is the Sophie Martin of the list."""
    found: dict[str, str] = {}
    for turn in [turn for turn in spoken if not turn.who]:
        lines = turn.text.splitlines()
        for number, line in enumerate(lines):
            match = _PRESENT.match(fold(line))
            if match is None:
                continue
            listed = line[match.start(1) :] or " , ".join(lines[number + 1 : number + 15]).split(" ,  ,")[0]
            for name in re.split(r"[,;•]|\s(?:et|and)\s|\s[-–]\s", listed):
                name = tidy(re.sub(r"\(.*?\)", "", name)).strip(".")
                if 2 < len(name) < 40 and name[0].isupper() and ":" not in name:
                    found.setdefault(name, turn.place)
    for turn in spoken:
        words = fold(turn.who).split()
        if words and not any(set(words) <= set(fold(name).split()) for name in found):
            found.setdefault(turn.who, turn.place)
    return found


def _hear(notes: dict[str, list[dict[str, str]]], turn: Turn, following: Turn | None, people: list[str], spoken: bool) -> None:
    before = ""
    for sentence in turns.sentences(turn.text):
        said, before = before, sentence
        if not 8 <= len(sentence) <= 600:
            continue
        folded = fold(sentence)
        base = {"text": sentence, "source": turn.place} | ({"speaker": turn.who} if turn.who else {})
        asked = sentence.rstrip('"»” ').endswith("?")
        action = _action(sentence, folded, turn, people)
        if action is not None:
            notes["actions"].append(action | base)
            continue
        if _ONLY_DECIDED.match(folded):  # "C'est décidé.": what was said just before is the decision
            told = {note["text"] for note in notes["decisions"]}
            if said and said not in told and not said.rstrip().endswith("?"):
                notes["decisions"].append(base | {"text": said})
        elif (_DECIDED.search(folded) or _DECISION_LABEL.match(folded)) and not asked and not _UNDECIDED.search(folded):
            notes["decisions"].append(base)
        elif _UNDECIDED.search(folded) or _OPEN.search(folded) or (asked and (not spoken or _left_open(folded, following))):
            notes["questions"].append(base)


def _left_open(folded: str, following: Turn | None) -> bool:
    """Whether a question of a transcript was put off: it asks for something to settle, and the next to speak defers."""
    return bool(_ASKED.search(folded)) and following is not None and bool(_OPEN.search(fold(following.text[:200])))


def _action(sentence: str, folded: str, turn: Turn, people: list[str]) -> dict[str, str] | None:
    label = _ACTION_LABEL.match(folded)
    rest = sentence[label.end() :] if label else sentence
    who, start = _doer(rest, fold(rest), turn, people, bool(label))
    if start < 0:
        return None
    asked = sentence.rstrip().endswith("?")
    if len(sentence) > 450 and not label:
        return None
    if asked and not _SECOND.search(folded):
        return None
    action = {"who": who, "what": tidy(rest[start:])}
    when = _WHEN.search(folded)
    if when:
        action["when"] = tidy(sentence[when.start() : when.end()]).rstrip(".,;")
    if _LATER.search(folded):
        action["priority"] = "low"
    elif _URGENT.search(folded):
        action["priority"] = "high"
    return {key: value for key, value in action.items() if value}


def _doer(text: str, folded: str, turn: Turn, people: list[str], labelled: bool) -> tuple[str, int]:
    """Who is to do it, and where in the sentence the doing begins (-1: nobody is)."""
    names = {fold(part): name for name in people for part in {name, name.split()[0], name.split()[-1]} if len(part) > 2}
    for key in sorted(names, key=len, reverse=True):
        match = re.search(rf"(?<!\w)(?:m\.|mme|mr|mrs|ms)?\s?{re.escape(key)}(?:\s[a-z'-]+)?\s+{_THIRD}\b", folded)
        if match:
            return _as_written(text, folded, key, names[key]), match.start()
    if turn.who and _FIRST.search(folded):
        return turn.who, max(_FIRST.search(folded).start(), 0)  # type: ignore[union-attr]
    promise = _PROMISE.search(folded)
    if turn.who and promise and _WHEN.search(folded) and len(text) < 300:
        return turn.who, promise.start()
    everyone = _ALL.search(folded)
    if everyone:
        return text[everyone.start() : everyone.end()].split()[0], everyone.start()
    passive = _PASSIVE.search(folded)
    if passive and _WHEN.search(folded):
        return "", 0
    second = _SECOND.search(folded)
    if second:
        called = next((name for key, name in names.items() if re.search(rf"(?<!\w){re.escape(key)}(?!\w)", folded)), "")
        return called, second.start()
    named = re.search(rf"(?<!\w)((?:(?:M\.|Mme|Mr|Mrs|Ms)\s)?[A-ZÀ-Ý][a-zà-ÿ'-]+(?:\s[A-ZÀ-Ý][\w'-]+)?)\s+{_THIRD}\b", text)
    if named and (labelled or re.match(r"(?:M\.|Mme|Mr|Mrs|Ms)\s", named[1])):
        return named[1], named.start()
    return ("", 0) if labelled else ("", -1)


def _as_written(text: str, folded: str, key: str, full: str) -> str:
    """The participant's full name when one is known, else the name as the sentence has it."""
    place = folded.find(key)
    return full if place >= 0 else text[place : place + len(key)]
