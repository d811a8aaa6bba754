"""Numbers of firms and accounts whose check digits hold, for invented firms.

Sources: ISO 13616 (IBAN), ISO 7812 (Luhn: SIREN, Italian VAT), ISO 7064 MOD 11,10 (German VAT), and the published rules of each tax office.
"""

from __future__ import annotations

from random import Random

LENGTHS = {"FR": 23, "GB": 18, "DE": 18, "NL": 14, "ES": 20, "IT": 23, "IE": 18}
"""Characters of an account after the country and its two check digits."""
LETTERS = {"GB": 4, "NL": 4, "IE": 4, "IT": 1}
"""How many of those are letters, at the head."""


def digits(dice: Random, count: int) -> str:
    return "".join(dice.choice("0123456789") for _ in range(count - 1)).rjust(count, dice.choice("123456789"))


def luhn(body: str) -> str:
    """``body`` and the digit that makes it pass."""
    total = 0
    for place, char in enumerate(reversed(body)):
        doubled = int(char) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return body + str(-total % 10)


def iban(dice: Random, country: str = "FR") -> str:
    """An IBAN in groups of four."""
    letters = LETTERS.get(country, 0)
    head = "".join(dice.choice("ABCDEKLMNPRST") for _ in range(letters))
    account = head + digits(dice, LENGTHS[country] - letters)
    value = int("".join(str(int(c, 36)) for c in account + country + "00"))
    whole = f"{country}{98 - value % 97:02}{account}"
    return " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))


def siren(dice: Random) -> str:
    return luhn(digits(dice, 8))


def siret(number: str, place: int = 1) -> str:
    return luhn(f"{number}{place:04}")


def vat(dice: Random, country: str, known: str = "") -> str:
    """A VAT number without spaces; ``known`` is the SIREN a French one is made of."""
    if country == "FR":
        number = known or siren(dice)
        return f"FR{(12 + 3 * (int(number) % 97)) % 97:02}{number}"
    if country == "DE":
        body, rest = digits(dice, 8), 10
        for char in body:
            step = (int(char) + rest) % 10 or 10
            rest = 2 * step % 11
        return f"DE{body}{(11 - rest) % 10}"
    if country == "GB":
        body = digits(dice, 7)
        weighed = sum(int(c) * w for c, w in zip(body, range(8, 1, -1), strict=True))
        return f"GB{body}{97 - weighed % 97:02}"
    if country == "IT":
        return "IT" + luhn(digits(dice, 7) + "012")
    return _mod_eleven(dice, country)


def _mod_eleven(dice: Random, country: str) -> str:
    while True:
        if country == "NL":
            body = digits(dice, 8)
            rest = sum(int(c) * w for c, w in zip(body, range(9, 1, -1), strict=True)) % 11
            if rest < 10:
                return f"NL{body}{rest}B01"
        elif country == "IE":
            body = digits(dice, 7)
            rest = sum(int(c) * w for c, w in zip(body, range(8, 1, -1), strict=True)) % 23
            return f"IE{body}{'WABCDEFGHIJKLMNOPQRSTUV'[rest]}"
        else:
            body = digits(dice, 7)
            odd = sum(sum(divmod(2 * int(c), 10)) for c in body[::2])
            return f"ESB{body}{-(odd + sum(int(c) for c in body[1::2])) % 10}"
