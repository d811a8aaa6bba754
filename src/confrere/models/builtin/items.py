"""From tokens to items: what each word, phrase, number, date or quoted text may mean, before grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from confrere.models.builtin.dates import number
from confrere.models.builtin.lexicon import Match, lexicon
from confrere.models.builtin.periods import Period, periods
from confrere.models.builtin.text import Token, bare, tokens

_CURRENCY = {"€", "euro", "euros", "eur", "$", "dollar", "dollars", "usd", "£", "livres", "pounds", "gbp", "balles"}
_LEADS = ("À", "En", "To", "In", "Mes", "My", "Nos", "Our")
_AFTER_NAME = set(
    [
        "et",
        "puis",
        "avec",
        "pour",
        "par",
        "stp",
        "svp",
        "merci",
        "s'",
        "dans",
        "en",
        "mais",
        "and",
        "then",
        "with",
        "for",
        "please",
        "pls",
        "thanks",
        "thx",
        "by",
        "in",
        "but",
        "or",
        "ou",
    ]
)
_THOUSAND = {"k", "k€", "ke"}


@dataclass(slots=True, eq=False)
class Item:
    """A unit of the brief. ``kind`` is lex, unknown, number, money, period, quote, file, pattern, comma, stop or mark;
    ``used`` is set once a rule has consumed it."""

    kind: str
    text: str
    bare: str
    tags: tuple[str, ...] = ()
    proper: bool = False
    value: int | Decimal | Period | None = None
    used: bool = False
    mode: str = "main"
    places: range = field(default_factory=lambda: range(0))

    def has(self, *starts: str) -> bool:
        """Whether a tag is, or (ending in a dot) begins with, one of ``starts``."""
        return any(tag == start or (start.endswith(".") and tag.startswith(start)) for tag in self.tags for start in starts)

    def tag(self, start: str) -> str:
        """The first tag that begins with ``start``, without it; empty where none does."""
        return next((tag[len(start) :] for tag in self.tags if tag.startswith(start)), "")

    @property
    def filler(self) -> bool:
        return self.kind == "lex" and all(tag[0] in "xc" and tag not in ("x.guard", "x.paper") for tag in self.tags)


def _expanded(found: list[Token]) -> list[Token]:
    """Short forms written out; a capital explained by a brief typed in capitals is no proper noun."""
    letters = [token for token in found if token.kind == "word"]
    shouted = len(letters) > 2 and sum(token.text.isupper() for token in letters) > 0.6 * len(letters)
    out: list[Token] = []
    short = lexicon().short
    for index, token in enumerate(found):
        if shouted:
            token.first = True
        ahead = found[index + 1].bare if index + 1 < len(found) else ""
        before = found[index - 1].bare if index else ""
        if token.bare == "k" and index and found[index - 1].kind == "number" and found[index - 1].end == token.start:
            out.append(token)
            continue
        if token.bare == "moi" and before in ("par", "chaque"):  # "par moi" can only be "par mois"
            token.bare = "mois"
        elif token.bare in ("months", "years", "quarters", "weeks") and before in ("last", "this", "previous"):
            token.bare = token.bare[:-1]  # "last months spending": with no number, the last one
        elif token.text == "CA" and not shouted:
            out += [Token("word", token.text, part, token.start, token.end) for part in ("chiffre", "d'", "affaires")]
            continue
        elif token.text.casefold() == "mé":
            token.bare = "mets" if ahead in ("le", "la", "les", "tout", "tt", "tou", "moi", "ca") else "mais"
        if token.kind == "file" and "/" in token.text and "." not in token.text and _ways(token.text):
            for way in token.text.strip("/").split("/"):
                out += [*tokens(way), Token("punct", ",", ",", token.start, token.end)]
            out.pop()
        elif token.kind == "word" and token.bare in short and not token.proper:
            for part in tokens(short[token.bare]):
                out.append(Token(part.kind, token.text, part.bare, token.start, token.end, token.first))
        else:
            out.append(token)
    return out


def _ways(text: str) -> bool:
    """Whether "client/année" lists ways to sort rather than naming a path."""
    known = lexicon()
    matches = [known.match([bare(part)], 0) for part in text.strip("/").split("/")]
    return len(matches) > 1 and all(match is not None and match.tags[0][0].startswith("d.") for match in matches)


def items(brief: str, today: date) -> tuple[list[Item], str, dict[str, str]]:
    """The items of a brief, its language, and the misspellings corrected (as typed, as read)."""
    found = _expanded(tokens(brief))
    words = [token.bare if token.kind in ("word", "number") else "\0" for token in found]
    spans = {period.start: period for period in periods(found, today)}
    known = lexicon()
    out: list[tuple[Item, tuple[tuple[str, str], ...]]] = []
    corrections: dict[str, str] = {}
    at = 0
    while at < len(found):
        token = found[at]
        text, size = token.text, 1
        tags: tuple[tuple[str, str], ...] = ()
        item = Item(token.kind, text, token.bare, proper=token.proper)
        if at in spans:
            size = spans[at].end - at
            item.kind, item.value = "period", spans[at]
        elif token.kind == "punct":
            named = text == "&" and at and at + 1 < len(found) and found[at - 1].text[:1].isupper() and found[at + 1].text[:1].isupper()
            item.kind = "mark" if named else "stop" if text in ".!?;\n•*:" else "comma" if token.bare in ",+&/" else "mark"
        elif token.kind == "word" and _named(out):
            size = next(
                (n for n in range(1, 4) if at + n >= len(found) or found[at + n].kind != "word" or found[at + n].bare in _AFTER_NAME), 3
            )
            item.kind = "unknown" if size == 1 else "quote"
        elif (
            token.text in _LEADS
            and out
            and out[-1][0].bare in ("dossier", "folder")
            and at + 1 < len(found)
            and found[at + 1].kind == "word"
        ):
            item.kind, size = "quote", 2  # "dans un dossier À valider"
        elif token.kind == "word" and (phrase := known.match(words, at)) is not None and phrase.length > 1:
            item.kind, size, tags = "lex", phrase.length, phrase.tags
            if all(tag in ("x.guard", "x.paper") for tag, _ in tags):
                item.kind, tags = "unknown", tags if tags[0][0] == "x.paper" else ()
        elif token.kind == "number" or (
            token.kind == "word" and number(token.bare) is not None and token.bare not in ("un", "une", "one", "a")
        ):
            size = _number(found, at, item)
        elif token.kind == "date":
            item.kind = "unknown"
        elif token.kind == "word":
            match = known.match(words, at)
            if at + 2 < len(words) and words[at + 1] in (
                "moi",
                "nous",
                "les",
                "le",
                "la",
                "them",
                "it",
                "tout",
                "all",
            ):  # "fais-moi le point" is "faire le point"
                closed = known.match([*words[: at + 1], *words[at + 2 :]], at)
                if closed is not None and closed.length > 1 and (match is None or closed.length >= match.length):
                    match = Match(closed.tags, closed.length + 1)
            if match is None and not token.proper and not (out and out[-1][0].kind == "lex" and _naming(out[-1][1])):
                match = known.guess(words, at)
                if match is not None and match.tags[0][0] in ("v.leave", "v.keep"):
                    match = None  # too much hangs on these for a guess
                elif match is not None and match.tags[0][0] != "x.guard":
                    corrections[text] = match.read_as
            if match is None or all(tag in ("x.guard", "x.paper") for tag, _ in match.tags):
                item.kind = "unknown"
                tags = tuple(pair for pair in (match.tags if match else ()) if pair[0] in ("x.paper", "x.guard"))
            else:
                item.kind, size, tags = "lex", match.length, match.tags
        item.places = range(at, at + size)
        item.text = " ".join(dict.fromkeys(part.text for part in found[at : at + size])) if size > 1 else text
        item.bare = " ".join(part.bare for part in found[at : at + size])
        if size == 1 and text in corrections:
            item.bare = bare(corrections[text])
        out.append((item, tags))
        at += size
    language = _language(brief, [tags for _, tags in out])
    for item, pairs in out:
        if len(item.bare) <= 3 and pairs and all(spoken != language and tag.startswith("v.") for tag, spoken in pairs):
            pairs = (("x.filler", language),)  # a short word of the other language is no verb here ("dis" for "this")
        if item.text in corrections and language and pairs and all(spoken != language for _, spoken in pairs):
            item.kind, pairs = "unknown", ()  # read as a word of the other language: not what was meant
            del corrections[item.text]
        own = [tag for tag, spoken in pairs if spoken == language] or [tag for tag, _ in pairs]
        item.tags = tuple(dict.fromkeys(own))
    result = [item for item, _ in out]
    _settle(result, language)
    return result, language, corrections


def _named(out: list[tuple[Item, tuple[tuple[str, str], ...]]]) -> bool:
    """Whether the next word is the name of a folder: "a folder called memes", "un dossier qui s'appelle Divers"."""
    if not out or not any(tag == "g.named" for tag, _ in out[-1][1]):
        return False
    return any(tag == "n.folder" for _, pairs in out[-4:-1] for tag, _ in pairs) and out[-1][0].bare.split()[-1] not in ("nom", "name")


def _naming(pairs: tuple[tuple[str, str], ...]) -> bool:
    """Whether a name follows these meanings, to be taken as it is written: "un dossier tikets", "called memez"."""
    return any(tag in ("g.named", "n.folder") for tag, _ in pairs)


def _number(found: list[Token], at: int, item: Item) -> int:
    """Read a number, with its currency where one follows."""
    token = found[at]
    digits = token.bare.replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    value = number(digits)
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits):  # "2,000" and "2.000" are thousands
        digits = re.sub(r"[.,]", "", digits)
    times = {"hundred": 100, "cent": 100, "cents": 100, "thousand": 1000, "mille": 1000}
    if value is not None and token.kind == "word" and at + 1 < len(found) and found[at + 1].bare in times:  # "two hundred"
        worth = value * times[found[at + 1].bare]
        money = at + 2 < len(found) and found[at + 2].bare in _CURRENCY
        item.kind, item.value = ("money", Decimal(worth)) if money else ("number", worth)
        return 3 if money else 2
    amount = Decimal(value) if value is not None else Decimal(digits.replace(",", ".")) if token.kind == "number" else Decimal(0)
    size = 1
    if at + size < len(found) and found[at + size].bare in _THOUSAND:
        amount *= 1000
        size += 1
        if found[at + size - 1].bare != "k":
            item.kind, item.value = "money", amount
            return size
    if at + size < len(found) and found[at + size].bare in _CURRENCY:
        item.kind, item.value = "money", amount
        return size + 1
    if at and (found[at - 1].text in "$€£" or found[at - 1].bare in ("eur", "usd", "gbp", "chf")):
        item.kind, item.value = "money", amount
        return size
    item.kind, item.value = "number", int(amount) if amount == amount.to_integral_value() else amount
    return size


def _language(brief: str, tags: list[tuple[tuple[str, str], ...]]) -> str:
    french = english = 0
    for pairs in tags:
        spoken = {language for _, language in pairs}
        if spoken == {"fr"}:
            french += 1
        elif spoken == {"en"}:
            english += 1
    if french == english:
        return "fr" if any(ch in "éèêàùçôîâ" for ch in brief.lower()) else "en" if english else ""
    return "fr" if french > english else "en"


def _settle(found: list[Item], language: str) -> None:
    """Where a word may be a verb or a noun, let what stands before it decide."""
    before: Item | None = None
    for index, item in enumerate(found):
        ahead = found[index + 1] if index + 1 < len(found) else None
        if (
            item.has("q.max", "q.min")
            and ahead is not None
            and (ahead.kind == "money" or (ahead.kind == "number" and int(str(ahead.value).split(".")[0]) >= 50))
        ):
            item.tags = ("g.more",) if item.has("q.max") else ("g.less",)  # "plus grand 500 euros"
        if (
            item.has("g.named")
            and len(item.places) == 1
            and (before is None or before.kind in ("stop", "comma"))
            and ahead is not None
            and ahead.has("g.definite", "t.", "n.files")
        ):
            item.tags = ("v.rename",)  # "nomme les factures ..."
        if item.bare == "list" and language == "en" and before is not None and before.has("g.indefinite", "g.definite"):
            item.tags = ("n.index",)  # "a list of every document"
        if item.bare in ("minutes", "minute", "mins") and before is not None and before.kind == "number":
            item.tags = ("x.filler",)  # "dans 10 minutes"
            before.used = True
        if item.has("n.report") and item.bare == "reported":
            item.tags = ("v.list",)  # "duplicates are merely to be reported"
        if item.bare == "avoir" and ahead is not None and (ahead.has("g.") or ahead.kind == "number"):
            item.tags = ("v.make",)  # "possible d'avoir la liste", no credit note
        folder = (before is not None and before.has("n.folder") and len(before.places) == 1) or (
            language == "en" and ahead is not None and ahead.has("n.folder") and len(ahead.places) == 1
        )
        if item.proper and folder and item.kind == "lex" and not item.filler and not item.has("g.", "n.folder", "n.files", "v."):
            item.kind, item.tags = "unknown", ()  # "le dossier Achats": its name
        if item.has("v.") and item.has("n.", "t.", "k.", "d.", "f."):
            noun = before is not None and (
                before.has("g.definite", "g.indefinite", "g.of", "g.in", "g.by", "g.not", "v.")
                or before.kind in ("number", "unknown")
                or (before.has("k.", "n.", "t.") and not before.has("v."))
            )
            verb = before is None or before.kind in ("stop", "comma") or before.has("g.and")
            listed = before is not None and before.kind == "comma" and _field(found, index)
            noun = noun or listed
            keep = tuple(tag for tag in item.tags if tag.startswith("v.") != noun or tag[0] not in "vntkdf")
            item.tags = keep if noun or verb else tuple(sorted(item.tags, key=lambda tag: not tag.startswith("v.")))
        elif (
            language == "en"
            and item.tags
            and all(tag.startswith("v.") for tag in item.tags)
            and not item.has("v.list", "v.compare")
            and len(item.places) == 1
            and index
            and found[index - 1].has("g.definite", "g.indefinite")
        ):
            item.kind, item.tags = "unknown", ()  # "the drafts": no verb
        if not item.filler or item.has("g."):
            before = item


def _field(found: list[Item], index: int) -> bool:
    """Whether what stands at ``index`` ends a list of fields: "numéro, date, client, somme"."""
    listed = [item for item in found[max(0, index - 4) : index] if item.kind != "comma" and not item.filler]
    return found[index].has("n.amounts", "f.") and len(listed) > 1 and all(item.has("f.", "d.", "n.amounts") for item in listed[-2:])
