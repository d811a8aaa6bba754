"""From a person's words to tokens: bare forms, stems, and the distance between two spellings."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"""
    (?P<quote>«\s*[^«»\n]{1,200}?\s*»|“[^“”\n]{1,200}”|"[^"\n]{1,200}"|`[^`\n]{1,200}`|(?<!\w)'[^'\n]{1,120}'(?!\w))
  | (?P<date>\d{4}-\d{2}-\d{2}(?![\w/\\.-])|\d{1,2}[/.]\d{1,2}[/.]\d{4}(?![\w/\\]))
  | (?P<example>\d{4}-\d{2}-\d{2}(?:_\w+)+(?![\w.]))
  | (?P<file>(?:[\w*?{}\[\]()%+-]+[/\\])*[\w*?{}\[\]()%+.-]*\.(?:pdf|xlsx?|ods|csv|tsv|docx?|odt|rtf|pptx?|odp|md|txt|html?|zip|jpe?g|png|
        tiff?|heic|webp|gif|eml|msg|json|xml|srt|vtt|mp3|mp4|tmp|bak|log)\b
      | (?:[\w*{}-]+/)+[\w*{}-]*)
  | (?P<day>\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}[/.]\d{4}|\d{1,2}[/.]\d{4})
  | (?P<pattern>(?:[A-Za-zÀ-ÿ]+[-_.])?[{\[<][A-Za-zÀ-ÿ]+[}\]>](?:(?:[-_. ]|\s*[_+]\s*)?[{\[<][A-Za-zÀ-ÿ]+[}\]>])*(?:[-_][A-Za-zÀ-ÿ]+)*
      | [{\[<]?[A-Za-zÀ-ÿ]+[}\]>]?(?:-[A-Za-z]{2,4})*(?:_[{\[<]?[A-Za-zÀ-ÿ]+[}\]>]?(?:-[A-Za-z]{2,4})*)+
      | \b(?:[AY]{4}|[ay]{4})-?(?:MM|mm)(?:-?(?:JJ|DD|jj|dd))?(?:[-_][A-Za-zÀ-ÿ]+)*)
  | (?P<number>(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,]\d+)?(?!\d))
  | (?P<word>[^\W\d_]+(?:['’](?=[^\W\d_]))?)
  | (?P<punct>\n|[^\w\s])
    """,
    re.VERBOSE,
)
_CONTRACTION = re.compile(r"(?i)\b(do|does|did|is|are|was|were|should|would|could|ca|wo|need|must)n['’]t\b")
_ARROW = re.compile(r"\s*(?:-+>|=>|→|➜|⇒)\s*")
_MATE = re.compile(r"(?i)\bm8\b")


def _dashed(match: re.Match[str]) -> str:
    return "-".join(f"{{{part}}}" for part in match.groups() if part)  # "client tiret date"


_REWRITES = tuple(
    (re.compile(rf"(?i){pattern}"), instead)
    for pattern, instead in (
        (r"(?<=\s)\+\s*(?=(?:ch[eè]r|gros|grand|vieux|vieil|r[ée]cent|petit|ancien|haut|[ée]lev))", "plus "),  # "la + chère"
        (r"(?<=[a-zà-ÿ] )2(?= (?:[a-z]+_|\{|pdfs?\b|word\b|excel\b|csv\b|docx\b|xlsx\b))", "to"),  # "rename all 2 date_client"
        (r"(?m)(?:^|(?<=[\s.;,]))\d{1,2}\)[ \t]+(?=[^\W\d])", "\n"),  # "1) ... 2) ...": a wish each
        (r"(?<=\w)[ \t]*:[ \t]+(?=(?:\*?\.?\w{3,5}) *(?:->|=>|→))", " "),  # "convert: pptx -> pdf"
        (r"\bw/o\b", "without"),
        (r"\bw/(?=\s|\w)", "with "),
        (r"\b2 (?:fois|foi|x)\b", "deux fois"),
        (r"\b(?:on or after|no earlier than|not earlier than)\b", "since"),
        (r"\b(?:on or before|no later than|not later than)\b", "until"),
        (r"\bau plus tard (?:le|en)\b", "jusqu'au"),
        (r"(?<=\w) (?:tiret bas|underscore) (?=\w)", "_"),
        (r"\b(\w+) (?:tiret|dash|hyphen) (\w+)(?: (?:tiret|dash|hyphen) (\w+))?", _dashed),
        (r"(?<=\s)(?:>=?|≥)\s*(?=[\d€$£])", "over "),
        (r"(?<=\s)(?:<=?|≤)\s*(?=[\d€$£])", "under "),
        (r"\bn ?[°º]\s*", "numéro "),
        (r"(?<=\s)4(?= (?:me|my|the|us|our|him|her|them|da|tha)\b)", "for"),
        (
            r"(?m)(^\s*|[.;,:]\s+|\b(?:and|then|please|pls|just) )(pdf|csv)(?= (?:all|the|these|those|my|every|everything|them|it)\b)",
            r"\1convert into \2",
        ),
        (
            r"(?m)(^\s*|[.;,:]\s+|\b(?:and|then|please|pls|just) )zip(?: up)?(?= (?:all|the|these|those|my|every|everything|them|it)\b)",
            r"\1compress",
        ),
    )
)
"""What is written otherwise before words are cut: signs and figures that stand for words, nouns used as verbs."""
_IS = re.compile(r"(?i)\b(what|who|where|when|how|that|there|here|it)['’]s\b")
_CLITIC = re.compile(r"(?i)(?<=\w)['’](s|d|ll|m|ve|re)\b")


@dataclass(slots=True)
class Token:
    """A word, number, quoted text, file name, date, name pattern or mark. ``bare`` is lower case without accents;
    ``start`` and ``end`` are offsets in the brief."""

    kind: str
    text: str
    bare: str
    start: int
    end: int
    first: bool = False

    @property
    def proper(self) -> bool:
        """Written as a proper noun: a capital that the start of a sentence does not explain."""
        return self.kind == "word" and self.text[0].isupper() and not self.first


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """Lower case, without accents, ligatures opened."""
    text = text.casefold().replace("œ", "oe").replace("æ", "ae").replace("’", "'")
    return "".join(ch for ch in unicodedata.normalize("NFKD", text) if not unicodedata.combining(ch))


_ENDINGS = ("erait", "erais", "erai", "eras", "erez", "eront", "era", "ait", "ons", "iez", "ez", "er", "ee", "ing", "ed", "e")


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A light French and English stem of a bare word: plural, then one verb or feminine ending, never under three letters."""
    if len(word) > 3 and word[-1] in "sx" and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            if ending in ("ing", "ed") and word[-1] == word[-2] and word[-1] not in "sl":
                word = word[:-1]
            break
    return word


def near(left: str, right: str, limit: int) -> int:
    """Damerau-Levenshtein distance (adjacent swaps count one), or ``limit + 1`` as soon as it exceeds ``limit``."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i] + [0] * len(right)
        for j, b in enumerate(right, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                row[j] = min(row[j], older[j - 2] + 1)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def tokens(brief: str) -> list[Token]:
    """Split a brief into tokens. Elided articles stand alone (``l'index`` gives ``l'`` and ``index``); hyphens join nothing."""
    brief = unicodedata.normalize("NFC", brief)
    brief = _CONTRACTION.sub(lambda m: "do not" if m[1].lower() in ("do", "does", "did") else f"{m[1]} not", brief)
    brief = _MATE.sub("mate", brief)
    for pattern, instead in _REWRITES:
        brief = pattern.sub(instead, brief)
    brief = _ARROW.sub(" to ", brief)
    brief = _IS.sub(r"\1 is", brief)
    brief = _CLITIC.sub(lambda m: " would" if m[1].lower() == "d" else " 's" if m[1].lower() == "s" else "  ", brief)
    found: list[Token] = []
    first = True
    for match in _TOKEN.finditer(brief):
        kind, text = str(match.lastgroup), match.group()
        kind = {"day": "date", "example": "pattern"}.get(kind, kind)
        plain = text.strip("«»“”\"`' \u00a0\u202f") if kind == "quote" else text
        token = Token(kind, plain, bare(plain), match.start(), match.end(), first)
        if kind == "punct" and text in "-–—" and not _bullet(brief, match.start()):
            if text == "-" and _inside(brief, match.start()):
                continue
            token.bare = ","
        found.append(token)
        if kind == "punct":
            first = text in ".!?\n:;•*" or token.bare == "\n"
        elif not (kind == "number" and first):
            first = False
    return found


def _inside(text: str, at: int) -> bool:
    return 0 < at < len(text) - 1 and not text[at - 1].isspace() and not text[at + 1].isspace()


def _bullet(text: str, at: int) -> bool:
    line = text.rfind("\n", 0, at) + 1
    return "\n" in text and not text[line:at].strip()
