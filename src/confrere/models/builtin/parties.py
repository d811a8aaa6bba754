"""Names of clients and suppliers as they stand in a brief."""

from __future__ import annotations

from confrere.models.builtin.items import Item

LEGAL = {
    "sarl",
    "sa",
    "sas",
    "sasu",
    "eurl",
    "sci",
    "ltd",
    "limited",
    "llc",
    "inc",
    "gmbh",
    "plc",
    "co",
    "corp",
    "bv",
    "spa",
    "scop",
    "snc",
}


ACRONYMS = {"pdf", "csv", "html", "ht", "ttc", "tva", "iban", "rib", "excel", "word", "powerpoint", "docx", "xlsx", "pptx"}


SIZES = {"mo", "mb", "ko", "kb", "go", "gb", "octets", "bytes", "mega", "giga", "megas"}


DAYS = set(
    [
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ]
)


def party_ahead(parts: list[Item], at: int, *, loose: bool) -> list[Item]:
    """The items of a name of a client or supplier that starts at ``at``: proper nouns, legal forms, what links them; a quoted
    text; where ``loose``, a run of unknown words too."""
    out: list[Item] = []
    index = at
    while index < len(parts):
        item = parts[index]
        if item.used or item.bare in ACRONYMS or item.bare in SIZES or item.bare in DAYS or item.has("x.paper"):
            break
        if item.kind == "quote" and not out:
            return [item]
        wordy = item.kind == "unknown" and item.text[:1].isalpha()
        named = (
            (
                item.proper
                and (not item.filler or item.has("x.audience"))
                and (not item.has("v.", "k.", "n.files") or (loose and item.has("v.") and not out and len(item.text) > 3))
                and item.kind in ("unknown", "lex")
            )
            or (wordy and item.bare in LEGAL)
            or (item.kind == "lex" and item.bare in LEGAL and bool(out))
        )
        if named or (loose and wordy):
            out.append(item)
        elif out and item.text in ("'", "’") and index + 2 < len(parts) and parts[index + 1].bare == "s" and parts[index + 2].proper:
            out += [item, parts[index + 1]]  # "Dave's Garage"
            index += 1
        elif (
            out
            and item.bare in ("&", "de", "du", "des", "la", "le", "les", "l'", "d'", "et", "and", ",", "the", "of")
            and index + 1 < len(parts)
            and (
                (parts[index + 1].proper and parts[index + 1].bare not in ACRONYMS and item.bare not in ("et", "and", ","))
                or (item.bare == "&" and index + 1 < len(parts) and parts[index + 1].kind in ("unknown", "lex"))
            )
        ):
            out.append(item)
            if item.bare == "&":
                out.append(parts[index + 1])
                index += 1
        else:
            break
        index += 1
    return out


def name_of(found: list[Item]) -> str:
    """The name these items spell."""
    return (
        " ".join(item.text for item in found)
        .replace(" ' s", "'s")
        .replace("' ", "'")
        .replace("’ ", "’")
        .replace(" 's", "'s")
        .replace(" ’s", "'s")
    )
