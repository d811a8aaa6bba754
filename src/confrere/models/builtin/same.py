"""What a brief says about names: "X et Y sont le même client", "X and Y are two different companies".

Read before anything else and taken out of the brief, so that the names are not taken for the files it is about.
"""

from __future__ import annotations

import re

_NAME = r"(?:«\s*[^«»\n]{1,60}?\s*»|“[^“”\n]{1,60}”|\"[^\"\n]{1,60}\"|[^\W_](?:[^,;:!?=«»“”\"\n.]|\.(?!\s)|(?<=(?-i:[A-Z]))\.){0,50}?)"
_WHO = (
    r"(?:(?:bien |exactement |really |actually |in fact |en fait )*(?:client|clients|customer|customers|soci[eé]t[eé]s?|bo[iî]tes?|"
    r"entreprises?|entit[eé]s?|entit(?:y|ies)|maisons?|firms?|compan(?:y|ies)|fournisseurs?|suppliers?|tiers|part(?:y|ies)|personnes?|chose|thing|one|truc))?"
)
_ONE = rf"(?:(?:le|la|l'|un|une|les|the|one(?: and the)?|a)\s*)?(?:m[eê]mes?|seule?s?(?: et m[eê]mes?)?|single|same|one)\s*{_WHO}"
_TWO = rf"(?:(?:deux|two|2)\s+(?:diff[eé]rente?s? |different |separate |distinct )?{_WHO}(?: diff[eé]rente?s?| distincte?s?)?|diff[eé]rents?|different|distincts?|separate)"
_ARE = (
    r"(?:sont|est|c'est|cest|c|are|is|ne sont qu'|ne font qu'|ne forment qu'|n'est qu'|d[eé]signent|d[eé]signe|refer to|both refer to|mean)"
)
_AND = r"(?:et|and|&|ou|or|=)"
_START = r"(?:(?<=^)|(?<=[.;:!?\n,]\s)|(?<=[.;:!?\n,]))\s*(?:(?:and|et|also|aussi|attention|note that|sachant que|nb|ps)[\s,:]+)*"
_START += (
    r"(?:(?:les|the|deux|both|nos|our)\s+)*(?:(?:soci[eé]t[eé]s|clients|entreprises|fournisseurs|companies|suppliers|customers|firms|entit[eé]s|entities|names|noms)"
    r"\s+(?=[«“\"]))?"
)
_SAME = re.compile(rf"(?i){_START}(?P<a>{_NAME})\s+{_AND}\s+(?P<b>{_NAME})\s*,?\s+{_ARE}\s*{_ONE}(?=\s*(?:[.;:!?,\n]|$))")
_SAME_AS = re.compile(rf"(?i){_START}(?P<a>{_NAME})\s+{_ARE}\s+{_ONE}\s*(?:que|qu'|as)\s*(?P<b>{_NAME})(?=\s*(?:[.;:!?,\n]|$))")
_APART = re.compile(
    rf"(?i){_START}(?P<a>{_NAME})\s+(?:et|and|&)\s+(?P<b>{_NAME})\s*,?\s+"
    rf"(?:(?:ne\s+)?(?:sont|c'est|est)\s+pas\s+{_ONE}|(?:are|is)(?:\s+not|n't)\s+{_ONE}|{_ARE}\s+{_TWO})(?=\s*(?:[.;:!?,\n]|$))"
)

_PROPER = r"(?:«\s*[^«»\n]{1,60}?\s*»|“[^“”\n]{1,60}”|\"[^\"\n]{1,60}\"|(?-i:[A-ZÀ-Ý])[^,;:!?=«»“”\"\n]{0,50}?)"
_TOGETHER = re.compile(
    rf"(?i)(?:\b(?:but|and|et|mais|en)\s+)*\b(?:put(?:ting)?|keep(?:ing)?|group(?:ing)?|merg(?:e|ing)|treat(?:ing)?|regroup\w+|met[sz]|mett\w+|fusionn\w+|compt\w+)\s+"
    rf"(?P<a>{_PROPER})\s+(?:et|and|&|avec|with)\s+(?P<b>{_PROPER})\s+(?:together|ensemble|as one(?: \w+)?|comme un seul(?: \w+)?)(?=\s*(?:[.;:!?,\n]|$))"
)


_TREATED = re.compile(
    rf"(?i)(?:\b(?:but|and|et|mais|please|merci de)\s+)*\b(?:treat(?:ing)?|keep(?:ing)?|count(?:ing)?|consid[eè]re[rz]?|traite[rz]?|compte[rz]?|garde[rz]?)\s+"
    rf"(?P<a>{_PROPER})\s+(?:et|and|&)\s+(?P<b>{_PROPER})\s+(?:as|comme)\s+(?:(?:two|deux)\s+)?(?:separate|different|distinct|diff[eé]rents?|distincts?|s[eé]par[eé]s?)?\s*"
    rf"(?:clients?|customers?|suppliers?|companies|soci[eé]t[eé]s?|fournisseurs?|entit[eé]s?|entities)\s*(?:separate|different|distinct|diff[eé]rente?s|distincte?s|s[eé]par[eé]e?s)?"
    rf"(?=\s*(?:[.;:!?,\n]|$|and\b|et\b))"
)


_LEAD = re.compile(
    r"(?i)^(?:les?|la|the|l'|deux|both|clients?|customers?|soci[eé]t[eé]s?|entreprises?|compan(?:y|ies)|fournisseurs?|suppliers?)\s+(?=\S)"
)


def _cut(name: str) -> tuple[str, str]:
    """What stands before a name that was taken with it ("classe par client mais Dupont"), and the name."""
    if name[:1] in '«“"':
        return "", name
    while lead := _LEAD.match(name):
        name = name[lead.end() :]
    words = name.split()
    at = next((number for number, word in enumerate(words) if word[:1].isupper() and all(w.islower() for w in words[:number])), 0)
    return " ".join(words[:at]), " ".join(words[at:])


def names(brief: str) -> tuple[str, list[str], list[str]]:
    """The brief without what it says about names; the pairs ("one|other") that are one party; those that are two."""
    same: list[str] = []
    apart: list[str] = []

    def take(into: list[str]) -> object:
        def found(match: re.Match[str]) -> str:
            before, first = _cut(match["a"])
            pair = [name.strip(' «»“”"\u00a0\u202f') for name in (first, match["b"])]
            if any(len(name.split()) > 6 or not name for name in pair):
                return match[0]
            into.append("|".join(pair))
            return f" {before} "

        return found

    for pattern, into in ((_TREATED, apart), (_APART, apart), (_SAME_AS, same), (_SAME, same), (_TOGETHER, same)):
        brief = pattern.sub(take(into), brief)  # type: ignore[call-overload]
    return re.sub(r"^\s*[.;:,!]+\s*|(?<=[.!?;])\s*[.;:,]+", "", brief), same, apart
