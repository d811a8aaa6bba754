"""What somebody promised or was asked, told as minutes tell it: "Je les relance demain" becomes "Les relancer", "I'll send the
artwork" becomes "Send the artwork". What no rule turns with certainty stays as it was said.
"""

from __future__ import annotations

import datetime as dt
import re

from confrere.documents.write import formats

_FILLERS = re.compile(
    r"^(?:\s*(?:um+|uh+|erm|euh|hein|ben|bah|bon|alors|donc|et|mais|ok|okay|oui|so|and|but|then|well|yeah|yes|right|d['’]accord|très bien|parfait|"
    r"de mon côté|de notre côté|please)\b[\s,;:.]*)+",
    re.IGNORECASE,
)
_NOISE = re.compile(r"(?:,\s*)?\b(?:um+|uh+|erm|euh|mm+)\b(?:\s*,)?\s*|,\s*(?:you know|I mean)\s*,\s*", re.IGNORECASE)
_AGAIN = re.compile(r"\b(\w[\w'’]*(?:\s+\w[\w'’]*){0,3})(?:,?\s+\1\b)+", re.IGNORECASE)
_TAIL = re.compile(
    r"(?:[\s,;–-]+(?:promis|sans faute|c['’]est promis|promised|I promise|ce n['’]est pas urgent|c['’]est urgent|s['’]il (?:te|vous) pla[iî]t|please))+\s*[.!?]*$",
    re.IGNORECASE,
)

_ENGLISH = re.compile(
    r"^(?:.{0,60}?\b)?(?:(?:I|we|you|they|[Ee]veryone|[Ee]verybody|he|she|[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?)(?:['’]ll|['’](?:m|re|s) (?:all |each )?(?:going to|gonna)(?: each| all)?| will| should| shall| must| (?:am|are|is) going to| needs? to| "
    r"(?:has|have) to| is to| to)|(?:[Cc]an|[Cc]ould|[Ww]ill|[Ww]ould) you|[Ii]f everyone could|[Pp]lease|(?:[Dd]on['’]t forget|[Rr]emember|[Bb]e sure|[Mm]ake sure you) to)\s+(?:all |each |also |just |then |please |maybe )*"
    r"(?:be sure to |make sure to |try (?:and|to) |have to |need to )?(?P<verb>be [a-z]+ing|[a-z-]+)\b(?P<rest>.*)$",
)
_NOT_VERBS = frozenset(
    ["be", "not", "never", "have", "probably", "always", "definitely", "the", "a", "it", "that", "this", "you", "me", "us", "all", "each"]
)
_FRENCH_WILL = re.compile(
    r"^(?:.{0,60}?\b)?(?:je vais|tu vas|vous allez|nous allons|on va|va|vont|(?:doit|doivent|devra|devront)|tu peux|peux[- ]tu|pourrais[- ]tu|tu pourrais|pouvez[- ]vous|"
    r"vous pouvez|pourriez[- ]vous|tu pourras|vous pourrez|merci d[e']|tu dois|vous devez|tu devras|(?:n['’]oublie(?:z)?|oublie(?:z)?) pas d[e'’]|pense(?:z)?(?: aussi| bien)? à|"
    r"se charge(?:nt)? d[e'’]|s['’]engage(?:nt)? à|est chargée? d[e'’])(?:\s+|(?<=['’]))(?:tous |toutes |aussi |également |juste |alors |donc |maintenant |bien )*"
    r"(?P<pronoun>(?:(?:me|nous|vous|te|lui|leur|le|la|les|en|y) |l['’]|m['’]en |s['’]en )*)(?P<verb>(?!être\b)[a-zà-ÿ]+(?:er|ir|re|oir))\b(?P<rest>.*)$",
    re.IGNORECASE,
)
_FRENCH_NOW = re.compile(
    r"^(?:.{0,40}?\b)?(?:je |j['’])(?P<pronoun>(?:(?:vous|te|lui|leur|le|la|les|en|y) |l['’]|t['’])*)(?P<verb>[a-zà-ÿ]+)\b(?P<rest>.*)$",
    re.IGNORECASE,
)
_FRENCH_NAMED = re.compile(
    r"^(?P<name>[A-ZÀ-Ý][\w'’-]+(?: [A-ZÀ-Ý][\w'’-]+)?) (?P<pronoun>(?:(?:lui|leur|le|la|les|en) |l['’])?)(?P<verb>[a-zà-ÿ]+)\b(?P<rest>.*)$"
)
_FRENCH_ORDER = re.compile(r"^(?:.{0,40}?\b)?(?P<verb>[A-Za-zà-ÿ]+)-(?P<pronoun>moi|nous|lui|leur|le|la|les)\b(?P<rest>.*)$")
_IRREGULAR = {
    "mets": "mettre", "met": "mettre", "transmets": "transmettre", "remets": "remettre", "fais": "faire", "fait": "faire", "refais": "refaire", "prends": "prendre", "reprends": "reprendre",
    "vois": "voir", "finis": "finir", "fournis": "fournir", "réunis": "réunir", "remplis": "remplir", "établis": "établir", "écris": "écrire", "rends": "rendre", "reviens": "revenir",
    "réponds": "répondre", "lis": "lire", "relis": "relire", "pars": "partir", "sors": "sortir", "inscris": "inscrire", "choisis": "choisir", "définis": "définir", "vends": "vendre",
    "envoie": "envoyer", "renvoie": "renvoyer", "appelle": "appeler", "rappelle": "rappeler", "achète": "acheter", "mène": "mener", "amène": "amener", "emmène": "emmener", "paie": "payer",
    "paye": "payer", "essaie": "essayer", "complète": "compléter", "répète": "répéter", "règle": "régler", "gère": "gérer", "récupère": "récupérer", "prépare": "préparer", "suggère": "suggérer",
    "vérifie": "vérifier", "relève": "relever", "jette": "jeter", "nettoie": "nettoyer", "accélère": "accélérer", "intègre": "intégrer", "insère": "insérer", "ferai": "faire", "fera": "faire",
    "enverrai": "envoyer", "enverra": "envoyer", "verrai": "voir", "verra": "voir", "mettrai": "mettre", "mettra": "mettre", "viendrai": "venir", "reviendrai": "revenir", "paierai": "payer",
    "appellerai": "appeler", "appellera": "appeler", "rappellerai": "rappeler", "achèterai": "acheter", "compléterai": "compléter",
}  # fmt: skip
_FRENCH_WEEK = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_ENGLISH_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = {name: at for week in (_FRENCH_WEEK, _ENGLISH_WEEK) for at, name in enumerate(week)}


def task(said: str, when: str = "", who: str = "") -> str:
    """What is to be done, as a line of a table: the verb first, without who and without the moment that a column of its own shows."""
    text = _AGAIN.sub(r"\1", " ".join(_NOISE.sub(" ", _FILLERS.sub("", said)).split()))
    text = _TAIL.sub("", text.strip()).rstrip(" .!,;")
    turned = _turned(text, who)
    if when:
        turned = _without(turned, when)
    return turned[:1].upper() + turned[1:]


def _turned(text: str, who: str) -> str:
    match = _FRENCH_WILL.match(text)
    if match:
        return _asked(match["pronoun"], match["verb"], match["rest"])
    match = _FRENCH_ORDER.match(text)
    if match and (verb := _infinitive(match["verb"].lower())):
        return f"{verb}{match['rest']}" if match["pronoun"] in ("moi", "nous") else f"{match['pronoun']} {verb}{match['rest']}"
    for pattern in (_FRENCH_NOW, _FRENCH_NAMED):
        match = pattern.match(text)
        if match and pattern is _FRENCH_NAMED and match["name"].split()[0] not in who:
            continue
        if match and not re.match(r"^(?:ne|n['’])", match["verb"]) and (verb := _infinitive(match["verb"].lower())):
            return _asked(match["pronoun"], verb, match["rest"])
    match = _ENGLISH.match(text)
    if match and match["verb"] not in _NOT_VERBS:
        verb = match["verb"]
        if verb.startswith("be "):
            bare = {
                "doing": "do",
                "preparing": "prepare",
                "writing": "write",
                "organising": "organise",
                "organizing": "organize",
                "producing": "produce",
            }
            verb = bare.get(verb[3:], verb[3:-3])
        return f"{verb}{match['rest']}".rstrip(" ?")
    return text.rstrip(" ?") if text.endswith("?") and not re.match(r"^\W*(?:qui|quand|what|who|when)", text, re.IGNORECASE) else text


def _asked(pronoun: str, verb: str, rest: str) -> str:
    pronoun = re.sub(r"\b(?:me|nous|vous|te|t['’])\s*", "", pronoun)  # to whom it was said, not of what
    return f"{pronoun}{verb}{rest}".rstrip(" ?")


def _infinitive(verb: str) -> str:
    """The infinitive of a French verb said in the first or third person, "" where no rule is sure."""
    known = _IRREGULAR.get(verb)
    if known:
        return known
    if verb.endswith(("erai", "era")) and len(verb) > 5:
        return verb[: verb.rindex("er") + 2]
    if verb.endswith(("irai", "ira")) and len(verb) > 5:
        return verb[: verb.rindex("ir") + 2]
    if verb.endswith(("ttrai", "ttra", "ndrai", "ndra")):
        return verb[: verb.rindex("r") + 1] + "e"
    if verb.endswith("e") and len(verb) > 4 and verb not in ("cette", "cinq", "quatre", "notre", "votre", "autre", "même"):
        return verb + "r"
    return ""


def _without(text: str, when: str) -> str:
    """``text`` less the moment at its end, where what is left still says something."""
    at = text.rfind(when)
    if at > 3 and not text[at + len(when) :].strip(" ,.;"):
        shorter = text[:at].rstrip(" ,;")
        if len(shorter.split()) > 1 or len(shorter) > 8:
            return re.sub(r"\s+(?:pour|avant|d['’]ici|by|before|on|le)$", "", shorter)
    return text


def moment(when: str, day: dt.date | None, language: str) -> str:
    """A moment as a table shows it, with the date that "demain" or "by Friday" means when the ``day`` of the meeting is known."""
    shown = re.sub(r"^(?:pour(?= (?:le |la )?\w)|by|due(?: on| by)?|on|for)\s+", "", when.strip(), flags=re.IGNORECASE)
    shown = re.sub(r"^le (?=\d)", "", shown)
    if day is None or re.search(r"\d", shown):
        return shown
    folded = shown.casefold()
    meant = None
    if re.search(r"\b(?:demain|tomorrow)\b", folded) and "après-demain" not in folded:
        meant = day + dt.timedelta(days=1)
    elif folded in ("aujourd'hui", "aujourd’hui", "today", "ce soir", "tonight", "this afternoon", "cet après-midi"):
        meant = day
    else:
        name = re.search(r"\b(" + "|".join(_WEEKDAYS) + r")\b", folded)
        if name and not re.search(
            r"\b(?:next|prochaine?|th|twent|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|teen)", folded
        ):
            meant = day + dt.timedelta(days=(_WEEKDAYS[name[1]] - day.weekday()) % 7 or 7)
    return f"{shown} ({formats.date(meant, language)})" if meant else shown


def context(phrase: str, before: str) -> str:
    """The sentence before a promise, where the promise alone does not say what it is about: a pronoun, or two or three words."""
    before = _FILLERS.sub("", " ".join(before.split())).rstrip(" .")
    if len(before.split()) < 4 or len(before) > 200 or not (_pronoun(phrase) or len(phrase.split()) < 4):
        return ""
    return before[:1].upper() + before[1:]


def _pronoun(phrase: str) -> bool:
    return bool(
        re.match(
            r"^(?:(?:Les?|La|Leur|Lui|En|Y|S['’]en) [a-zà-ÿ]+(?:er|ir|re|oir)\b|L['’][a-zà-ÿ]+(?:er|ir|re|oir)\b|\w+(?: \w+)? (?:it|them|that|this)\b)",
            phrase,
        )
    )
