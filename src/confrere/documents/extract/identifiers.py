"""Numbers that carry their own proof: IBAN, French SIREN and SIRET, European VAT numbers."""

from __future__ import annotations

import re
from collections.abc import Callable

IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24,
    "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18,
    "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "MA": 28, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24,
    "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26,
    "UA": 29, "VA": 22, "XK": 20,
}  # fmt: skip
"""Characters of an account by country (ISO 13616)."""
_IBAN = re.compile(r"(?<![A-Z0-9])([A-Z]{2})\s?(\d\d)((?:[ \u00a0.-]?[A-Z0-9]){11,30})")
VAT_FORMS = {
    "AT": r"ATU\d{8}", "BE": r"BE[01]?\d{9}", "BG": r"BG\d{9,10}", "CH": r"CHE\d{9}(?:MWST|TVA|IVA)?", "CY": r"CY\d{8}[A-Z]",
    "CZ": r"CZ\d{8,10}", "DE": r"DE\d{9}", "DK": r"DK\d{8}", "EE": r"EE\d{9}", "EL": r"EL\d{9}", "ES": r"ES[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"FI\d{8}", "FR": r"FR[A-HJ-NP-Z0-9]{2}\d{9}", "GB": r"GB\d{9}(?:\d{3})?", "HR": r"HR\d{11}", "HU": r"HU\d{8}",
    "IE": r"IE\d[A-Z0-9+*]\d{5}[A-Z]{1,2}", "IT": r"IT\d{11}", "LT": r"LT(?:\d{9}|\d{12})", "LU": r"LU\d{8}", "LV": r"LV\d{11}",
    "MT": r"MT\d{8}", "NL": r"NL\d{9}B\d\d", "PL": r"PL\d{10}", "PT": r"PT\d{9}", "RO": r"RO\d{2,10}", "SE": r"SE\d{12}",
    "SI": r"SI\d{8}", "SK": r"SK\d{10}",
}  # fmt: skip
_COUNTRY = re.compile(rf"(?<!\w)(?:{'|'.join(VAT_FORMS)})(?=[ \u00a0.-]?[A-Z0-9])")


def luhn(digits: str) -> bool:
    """The mod-10 check of ISO/IEC 7812, which SIREN and SIRET use."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        digit = int(char) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def iban_valid(iban: str) -> bool:
    """Country length and the mod-97 check of ISO 13616."""
    length = IBAN_LENGTHS.get(iban[:2])
    if length is None or len(iban) != length or not iban.isalnum():
        return False
    return int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 == 1


def ibans(text: str) -> list[tuple[str, int, bool]]:
    """The IBANs of ``text`` as (compact, start, check digits right). Only the length of the country is taken."""
    found = []
    for match in _IBAN.finditer(text.upper()):
        length = IBAN_LENGTHS.get(match[1])
        if length is None:
            continue
        compact = re.sub(r"[^A-Z0-9]", "", match.group())
        if len(compact) >= length:
            compact = compact[:length]
            found.append((compact, match.start(), iban_valid(compact)))
    return found


def vat_numbers(text: str) -> list[tuple[str, int]]:
    """European VAT numbers printed in ``text``, compact, with their place. Single spaces, points and hyphens may stand
    inside them."""
    upper = text.upper()
    found = []
    for match in _COUNTRY.finditer(upper):
        form = VAT_FORMS[match.group()]
        best = ""
        compact = ""
        for place, char in enumerate(upper[match.start() : match.start() + 26], match.start()):
            if char.isalnum():
                compact += char
                ends = not upper[place + 1 : place + 2].isalnum()
                if ends and re.fullmatch(form, compact):
                    best = compact
            elif char not in " \u00a0.-" or not upper[place + 1 : place + 2].isalnum():
                break
        if best:
            found.append((best, match.start()))
    return found


def vat_valid(number: str) -> bool | None:
    """Whether the check digits of a VAT number are right; None for a country whose rule is not known here.

    Rules: FR key = (12 + 3 * (SIREN mod 97)) mod 97; BE 97 - (first eight mod 97); DE ISO 7064 mod 11,10;
    IT Luhn; NL mod 11 or mod 97; LU mod 89; GB mod 97; PT, PL, DK, FI weighted mod 11.
    """
    country, body = number[:2], number[2:]
    if not re.fullmatch(VAT_FORMS.get(country, r"$^"), number):
        return False
    rule = _RULES.get(country)
    return rule(body) if rule else None


def _fr(body: str) -> bool | None:
    key, siren = body[:2], body[2:]
    if not key.isdigit():
        return None
    return int(key) == (12 + 3 * (int(siren) % 97)) % 97


def _be(body: str) -> bool:
    digits = body.zfill(10)
    return 97 - int(digits[:8]) % 97 == int(digits[8:])


def _de(body: str) -> bool:
    product = 10
    for char in body[:8]:
        total = (int(char) + product) % 10 or 10
        product = 2 * total % 11
    return (11 - product) % 10 == int(body[8])


def _nl(body: str) -> bool:
    digits = body[:9]
    if sum(int(d) * w for d, w in zip(digits[:8], range(9, 1, -1), strict=True)) % 11 == int(digits[8]):
        return True
    return int("".join(str(int(char, 36)) for char in "NL" + body)) % 97 == 1


def _gb(body: str) -> bool:
    total = sum(int(d) * w for d, w in zip(body[:7], range(8, 1, -1), strict=True)) + int(body[7:9])
    return total % 97 == 0 or (total + 55) % 97 == 0


def _weighted(weights: str, modulus: int = 11) -> Callable[[str], bool]:
    factors = [int(weight) for weight in weights.split()]

    def rule(body: str) -> bool:
        rest = sum(int(d) * f for d, f in zip(body, factors, strict=False)) % modulus
        return rest == int(body[len(factors)])

    return rule


def _pt(body: str) -> bool:
    check = 11 - sum(int(d) * w for d, w in zip(body, range(9, 1, -1), strict=False)) % 11
    return (0 if check > 9 else check) == int(body[8])


def _dk(body: str) -> bool:
    return sum(int(d) * w for d, w in zip(body, (2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11 == 0


_RULES: dict[str, Callable[[str], bool | None]] = {
    "FR": _fr, "BE": _be, "DE": _de, "IT": luhn, "NL": _nl, "GB": _gb, "PT": _pt, "DK": _dk,
    "PL": _weighted("6 5 7 2 3 4 5 6 7"), "LU": lambda body: int(body[:6]) % 89 == int(body[6:]),
}  # fmt: skip


def sirens(text: str) -> list[tuple[str, int, bool]]:
    """SIREN (9 digits) and SIRET (14) numbers printed after their name or a French trade register's, with their place and
    whether their check digit is right."""
    found = []
    for match in re.finditer(r"(?i)(?:SIRET|SIREN|R\.?\s?C\.?\s?S\.?|RSC|N°\s?TVA)[^0-9\n]{0,40}?((?:\d[ \u00a0.]?){8,13}\d)(?!\d)", text):
        digits = re.sub(r"\D", "", match[1])
        for length in (14, 9):
            if len(digits) == length:
                found.append((digits, match.start(1), luhn(digits)))
                break
    return found
