"""When something is to be done, as a sentence says it: "avant le 21 octobre", "by Friday the twentieth of February"."""

from __future__ import annotations

import re

MONTHS = (
    "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|"
    "january|february|march|april|may|june|july|august|september|october|november|december"
)
_DAYS = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
_WEEK = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_ORDINAL = (
    r"(?:(?:twenty|thirty)[- ])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|"
    r"fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)|\d{1,2}(?:st|nd|rd|th)"
)
_FRENCH_DATE = rf"(?:\d{{1,2}}(?:er)? (?:{MONTHS})(?: \d{{4}})?|\d{{1,2}}[/.]\d{{1,2}}(?:[/.]\d{{2,4}})?|\d{{4}}-\d\d-\d\d)"
_FRENCH = (
    rf"(?:(?:(?:ce |le )?(?:{_DAYS})(?: (?:prochain|matin|soir|apres-midi|midi))*(?: (?:le )?(?:{_FRENCH_DATE}|\d{{1,2}}(?!\w)))?)"
    rf"|(?:le )?{_FRENCH_DATE}"
    r"|demain(?: (?:matin|soir|midi|apres-midi))?|apres-demain|ce soir|cet apres-midi|cette semaine|ce mois-ci"
    r"|(?:la )?(?:semaine|reunion|seance) prochaine|(?:le )?(?:mois|point|comite|trimestre) prochain|la prochaine (?:reunion|seance|fois)"
    rf"|(?:la )?fin (?:de |du |de la |de l'|d')?(?:semaine|mois|annee|journee|trimestre|{MONTHS})(?: prochaine?)?"
    rf"|(?:une |deux |trois |quatre |\d+ )(?:heures?|jours?|semaines?|mois)|(?:debut |mi-|la mi-)(?:{MONTHS})|midi(?!\w))"
)
_ENGLISH = (
    rf"(?:(?:this |next |the coming )?(?:{_WEEK})(?: (?:morning|afternoon|evening|noon))?(?:,? (?:the )?(?:{_ORDINAL}|\d{{1,2}})(?: of)?(?: (?:{MONTHS}))?(?: \d{{4}})?)?"
    rf"|(?:the )?(?:{_ORDINAL})(?: of)? (?:{MONTHS})(?: \d{{4}})?|the \d{{1,2}}(?:st|nd|rd|th)|\d{{1,2}} (?:{MONTHS})(?: \d{{4}})?|(?:{MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?|\d{{4}}-\d\d-\d\d"
    r"|tomorrow(?: (?:morning|afternoon|evening))?|tonight|this (?:afternoon|evening|week|month)|next (?:week|month|quarter|year)"
    rf"|(?:the )?(?:next|following) (?:meeting|session|sprint|call)|(?:the )?end of (?:the |this |next )?(?:day|week|month|quarter|year|{MONTHS})"
    r"|(?:a |one |two |three |four |\d+ )(?:hours?|days?|weeks?|months?)|asap|noon(?!\w))"
)
_BEFORE = r"(?:avant |d'ici (?:a |au )?|pour |au plus tard |des |sous |dans |by |before |until |no later than |due (?:on |by )?|on or before |within |in )"
DEADLINE = re.compile(
    rf"\b(?:{_BEFORE}(?:{_FRENCH}|{_ENGLISH})|(?:avant|d'ici|des|pour|en|before|by|in) (?:le )?(?:{MONTHS})\b(?: \d{{4}})?"
    r"|(?:before|after) the meeting|apres la (?:reunion|seance)"
    r"|(?:avant|d'ici|pour|au plus tard) le \d{1,2}(?:er)?(?!\w))"
)
"""An end that is set for it, in folded text."""
MOMENT = re.compile(rf"{DEADLINE.pattern}|\b(?:on |le )?(?:{_FRENCH}|{_ENGLISH})|\b(?:aujourd'hui|today)\b")
"""Any moment of it, in folded text."""


def find(folded: str) -> tuple[int, int] | None:
    """Where in folded text the moment of doing stands: the end that is set, else the first moment named."""
    match = DEADLINE.search(folded) or MOMENT.search(folded)
    return (match.start(), match.end()) if match else None
