"""The currency of a document: what stands beside its amounts, then what country its other marks tell of."""

from __future__ import annotations

import re
from collections import Counter

from confrere.documents.extract import dates
from confrere.documents.extract.amounts import Amount
from confrere.documents.extract.layout import Layout

_CLUES: tuple[tuple[str, str], ...] = (
    ("MYR", r"\bsdn\.?\s?bhd|\bbhd\b|\bjalan\b|\bjln\b|kuala lumpur|selangor|johor|penang|\bmalaysia\b|\brm\s?\d|\(rm\)"),
    ("SGD", r"\bsingapore\b|\bpte\.? ltd|\+65[ -]"),
    ("INR", r"\bindia\b|\bgstin\b|\bpvt\.? ltd|\bcgst\b|\bsgst\b|\bigst\b|\brs\.?\s?\d|mumbai|bangalore|chennai|new delhi"),
    ("IDR", r"\bindonesia\b|\bpb1\b|\bwarung\b|\bjl\. |\brp\.?\s?\d|\bnpwp\b|jakarta"),
    ("MAD", r"\bmaroc\b|\bmorocco\b|casablanca|\brabat\b|\bdhs?\b|marrakech"),
    ("TND", r"\btunisie\b|\btunis\b|\bsfax\b|\bmatricule fiscal"),
    ("XOF", r"\bsenegal\b|\bdakar\b|\babidjan\b|fcfa|cote d'ivoire"),
    ("CAD", r"\bcanada\b|\bquebec\b|\bontario\b|\btps\b.*\btvq\b|\bhst\b|\btoronto\b|\bmontreal\b|\bvancouver\b|\bqst\b"),
    ("AUD", r"\baustralia\b|\babn\b|\bpty\.? ltd|\bnsw\b|\bsydney\b|melbourne"),
    ("NZD", r"\bnew zealand\b|\bauckland\b|\bwellington\b"),
    ("HKD", r"\bhong kong\b|\bkowloon\b"),
    ("GBP",
        r"united kingdom|\bengland\b|\blondon\b|\bscotland\b|\bcompany number\b|\bco\.uk\b|\bgb\s?\d{3}\s?\d{4}\s?\d{2}\b|"
        r"\bsort code\b"
    ),
    ("CHF", r"\bsuisse\b|\bschweiz\b|\bswitzerland\b|\bche-?\d{3}|\bgeneve\b|\bzurich\b|\blausanne\b|\bch\d\d \d{4}"),
    ("PLN", r"\bnip\b|\bsp\. z o\.\s?o|\bpolska\b|\bfaktura vat\b|\bwarszawa\b"),
    ("SEK", r"\bsverige\b|\bsweden\b|\bmoms\b|\bstockholm\b"),
    ("DKK", r"\bdanmark\b|\bdenmark\b|\bcvr\b"),
    ("NOK", r"\bnorge\b|\bnorway\b|\boslo\b"),
    ("CZK", r"\bs\.\s?r\.\s?o\b|\bpraha\b|\bdic\b"),
    ("JPY", r"\bjapan\b|\btokyo\b"),
    ("USD", r"\busa\b|united states|\binc\b\.?|\bllc\b|us dollars|\bsales tax\b|\bein\b|, [a-z]{2} \d{5}\b"),
    ("EUR",
        r"\bfrance\b|\bsiret\b|\bsiren\b|\btva\b|\bdeutschland\b|\bmwst\b|\bust\b|\bbtw\b|\bnederland\b|\bbelgi|\biva\b|"
        r"\bitalia\b|\bespana\b|\beuros?\b|\bparis\b|\bsarl\b|\bgmbh\b|\birlande|\bireland\b"
    ),
)  # fmt: skip
_CODE = re.compile(
    r"(?:(?<![A-Za-z])|(?<=total)|(?<=Total)|(?<=TOTAL)|(?<=mount)|(?<=MOUNT)|(?<=alance)|(?<=Due)|(?<=DUE)|(?<=rice))"
    r"(EUR|USD|GBP|CHF|CAD|AUD|MYR|INR|PLN|SEK|DKK|NOK|CZK|MAD|SGD|JPY|HUF|RON|TND|NZD|HKD|AED|ZAR|TRY|ISK)(?![A-Za-z])"
)
"""A code, which may be stuck to the word before it."""
_DOLLARS = ("USD", "CAD", "AUD", "SGD", "HKD", "NZD", "MYR", "MXN")
_CROWNS = ("SEK", "DKK", "NOK", "CZK")


def read(layout: Layout, found: list[Amount]) -> tuple[str, float]:
    """The ISO 4217 code and a score: 3 for a code or an unmistakable sign beside amounts, 1 to 2 for clues, ("", 0) for
    neither."""
    votes = Counter(amount.currency for amount in found if amount.currency)
    for match in _CODE.finditer(layout.text):
        votes[match[1]] += 1
    for sign, code in (("€", "EUR"), ("£", "GBP"), ("₹", "INR")):
        if sign in layout.text:
            votes[code] += layout.text.count(sign)
    if re.search(r"(?<![A-Za-z])RM(?![A-Za-z])", layout.text):
        votes["MYR"] += 2
    country = _country(layout)
    if not votes and not country and dates.of_america(layout):
        country = ["USD"]
    sure = [(count, code) for code, count in votes.items() if len(code) == 3]
    if sure and "MYR" in votes and country[:1] == ["MYR"]:
        return "MYR", 3.0
    if "$" in votes and not sure:
        return next(((code, 2.5) for code in country if code in _DOLLARS), ("USD", 1.8))
    if "kr" in votes and not sure:
        return next(((code, 2.5) for code in country if code in _CROWNS), ("SEK", 1.0))
    if sure:
        sure.sort(reverse=True)
        lead = sure[0][0] - (sure[1][0] if len(sure) > 1 else 0)
        return sure[0][1], 3.0 if lead > 0 else 1.5
    if country:
        return country[0], 1.5 if len(country) == 1 else 1.0
    return "", 0.0


def _country(layout: Layout) -> list[str]:
    """Currencies of the countries the text tells of, most clues first."""
    text = layout.folded
    counts = [(len(re.findall(regex, text)), code) for code, regex in _CLUES]
    return [code for count, code in sorted(counts, key=lambda pair: -pair[0]) if count]
