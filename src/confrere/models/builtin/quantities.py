"""What a brief for a quote lists: "40 chaises pliantes, 10 tables rondes", taken out before the rest is read, since a thing to sell
may bear any name."""

from __future__ import annotations

import re

_ASKED = re.compile(r"(?i)\b(?:devis|offre|proposition|chiffrage|quote|quotation|estimate|offer|proposal)\b")
_OTHER = (
    r"(?:jours?|semaines?|mois|ans?|ann[ée]es?|days?|weeks?|months?|years?|slides?|diapos?\w*|pages?|lignes?|lines?|fichiers?|files?|"
    r"en|in|to|de|du|au|for|pour|documents?|factures?|invoices?|devis|quotes?|clients?|customers?|exemplaires?|copies|remise|discount|tva|vat|euros?|eur|"
    r"janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[ée]cembre|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|er|e|th|st|nd|rd|h|%)"
)
_END = (
    r"(?=\s*(?:[,;.:!?\n]|$|\s(?:et|and|plus|puis|ainsi|avec|with|selon|d'apr[èe]s|[àa] partir|au prix|aux prix|from|using|valables?|valid|"
    r"pour|for|sur|on|en|dans|in)\s))"
)
_LINE = re.compile(
    rf"(?i)(?P<lead>(?:^|[\s:,;(+]))(?P<count>\d{{1,6}}(?:[.,]\d{{1,3}})?)\s*(?:[x×]\s+)?(?!{_OTHER}\b)"
    rf"(?P<what>[^\W\d_][^,;.:!?\n€$£%]{{1,60}}?){_END}"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATED = re.compile(r"(?i)\b(?:de|en|du|des|of|from|in|for|since|depuis|pour|devis|quotes?|factures|invoices)\s+$")
_UNIT = re.compile(r"(?i)^(?:m[²2]|m[³3]|kg|g|h|heures?|hours?|pi[èe]ces?|unit[ée]s?|units?|lots?|bo[iî]tes?|boxes)\s+(?:of|de|d')\s*")


def quantities(brief: str) -> tuple[str, list[str]]:
    """The brief without the things to quote, and those as "40 chaises pliantes"; the brief as it is where no quote is asked for."""
    if not _ASKED.search(brief):
        return brief, []
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        if _YEAR.fullmatch(match["count"]) and _DATED.search(brief[: match.start("count")]):
            return match[0]  # "les devis de 2025 par client"
        what = _UNIT.sub("", " ".join(match["what"].split()))
        found.append(f"{match['count'].replace(',', '.')} {what}")
        return f"{match['lead']},"

    rest = _LINE.sub(take, brief)
    if not found:
        return brief, []
    rest = re.sub(r"(?i)[\s:,]*,(?:\s*(?:et|and|plus)?\s*,)*", ", ", rest)
    return rest, found
