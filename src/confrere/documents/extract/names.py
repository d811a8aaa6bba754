"""What a party's name looks like on paper, and what does not: forms of company, addresses, contact lines, titles."""

from __future__ import annotations

import re
from functools import lru_cache

from confrere.documents.extract.text import compact, fold, tidy, words
from confrere.documents.extract.vocabulary import table

_COMPANY = table("names")["company"]
_NEVER_ALONE = table("names")["never"]
_WORDS = frozenset(_NEVER_ALONE["field"])
_COUNTRIES = frozenset(_NEVER_ALONE["countries"])
_CAUTIOUS = frozenset(_COMPANY["cautious"])


def _dotted(form: str) -> str:
    """A form of company as it is, or with points between its letters."""
    return form + "|" + r"\.\s?".join(form)


FORM = re.compile(
    r"(?<![^\W_])(?:"
    + "|".join(sorted([*map(_dotted, _COMPANY["forms"]), *_COMPANY["long"]], key=lambda form: -len(form)))
    + r"|sdn\.?\s?b(?:h|ha)d|s[di]n\s?bha?d|s/b|a/s|enterprises?|sp(?:\.|olka)?\s?z\s?o\.?\s?o|sp\.\s?j|spolka akcyjna|societe anonyme|"
    r"besloten vennootschap)\.?(?![^\W_])"
)
"""A form of company in folded text."""
_ORGANISATION = re.compile(r"(?<![^\W_])(?:" + "|".join(map(re.escape, _COMPANY["business"])) + r")s?(?![^\W_])")
_STREET = re.compile(
    r"(?<![^\W_])(?:rue|avenue|av|bd|bld|boulevard|allees?|chemin|chem|route|rte|impasse|imp|place|quai|cours|square|sente|"
    r"faubourg|fbg|villa|hameau|"
    r"lotissement|zone|zi|za|zac|z\.?\s?[ia]|parc|bp|cs|cedex|lieu[- ]dit|bat(?:iment)?|etage|residence|"
    r"street|st|road|rd|lane|ln|drive|avenue|ave|blvd|boulevard|way|court|suite|ste|floor|unit|p\.?o\.?\s?box|highway|hwy|parkway|"
    r"jalan|jln|jl|lorong|taman|kampung|kg|lot|bandar|persiaran|lebuh|"
    r"calle|c/|plaza|paseo|avda|via|viale|corso|piazza|rua|ul|ulica|plac|rue)(?![^\W_])"
)
_SITES = frozenset(
    ("residence", "villa", "parc", "square", "court", "place", "plaza", "cours", "hameau", "zone", "way", "st", "av", "ste", "suite", "via")
)
"""Words of streets that names begin with as well: without a number they tell nothing."""
_STREET_DE = re.compile(r"(?:stra[sß]?se|str\.?|weg|platz|gasse|allee|ring|damm|ufer|straat|laan|plein|kade|gracht|singel)\s*\d")
_POSTAL = re.compile(
    r"(?<![\w-])(?:[A-Z]{1,2}-?\s?)?\d{4,6}\s*(?![A-Z]{0,3}\d)[A-ZÀ-ÞŁŚŻŒ][\w'’.-]+|"
    r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}(?!\w)|\b[A-Z]{2}\.?,?\s+\d{5}(?:-\d{4})?\b|"
    r"(?<!\w)[A-Z]\d[A-Z][ -]?\d[A-Z]\d(?!\w)|(?<!\w)[A-Z]\d[\dW]\s[A-Z0-9]{4}(?!\w)|(?<![\d.,])\d{3}\s\d{2}\s+[A-ZÀ-Ý][^\W\d_]+|(?<!\d)\d{4}-\d{3}\s+[A-ZÀ-Ý]|"
    r"(?<!\w)\d{4}\s?[A-Z]{2}(?!\w)|(?<!\w)\d{2}-\d{3}\s+[^\W\d_]{3,}|(?<!\w)\d{5}(?!\w)"
)
_CODED = re.compile(
    r"(?<!\w)(?:NSW|VIC|QLD|SA|WA|TAS|ACT|NT)[ ,]+\d{4}(?!\d)|[^\W\d_]{3,}[ ,–-]+(?:\d{6}|\d{3} \d{3})\W*$|^[^\W\d_][\w' -]+, \d{4,6}\W*$|"
    r"(?<!\w)[A-Z]{2},?\s+(?:[A-Z]\d[A-Z][ -]?\d[A-Z]\d|\d{5}(?:-\d{4})?)\W*$"
)
"""A town with its code where the code stands last: Australia, India, North America (where AB is no form of company), mail-order shops."""
_AMERICAN = re.compile(
    r"^\W*(?:(?:shop|office|flat|plot|suite|apt|house|no)\W{1,3}(?:no\W{1,3})?)?\d+[a-z]?[ ,]+(?:[a-z'.]+ ){1,4}"
    r"(?:dr|drive|blvd|pkwy|hwy|ct|cir|circle|ter|terrace|pl|trl|trail|sq|close|crescent|grove|gardens|nagar|marg|row|hill|park|quay)\b"
    r"|^(?:shop|flat|plot|suite|apt|office|unit|floor|house)\W{1,3}(?:no\W{1,3})?\w?-?\d"
)
_CONTACT = re.compile(
    r"@|www\.|https?:|(?<![^\W_])(?:tel|tél|fon|telefon|telephone|phone|fax|mobile|mob|portable|e-?mail|courriel|site|web|"
    r"siret|siren|rcs|r\.c\.s|tva|vat|gst|ust|btw|iva|iban|bic|swift|naf|ape|kvk|hrb|capital|"
    r"no?\s?tva|n°|reg(?:istration)?\s?no|co\.?\s?reg|company no|roc|tin|gstin|ein|abn|customer|client|page|p/n|www|ice|"
    r"patente)(?![^\W_])"
)
_TRADES = frozenset(
    (
        "mobile",
        "mob",
        "portable",
        "web",
        "site",
        "phone",
        "telephone",
        "telefon",
        "fon",
        "client",
        "customer",
        "capital",
        "fax",
        "ape",
        "ice",
        "mail",
    )
)
"""Words of contact lines that stand in names as well: they tell of contact only with a number, a colon or an address."""
_PHONE = re.compile(r"(?:\+|00)?\d[\d ().-]{7,}\d")
_TITLE = re.compile(
    r"^\W*(?:(?:copie|copy|duplicata|original|tax|retail|simplified|sales|cash|final|proforma|pro[- ]?forma|commercial|kopie|"
    r"your|votre|la|le|the|our|notre|official|payment)\s*)*"
    r"(?:facture|avoir|devis|invoices?|tax ?invoice|receipt|re[cç]u|ticket|credit (?:note|memo)|quotation|quote|estimate|"
    r"rechnung|gutschrift|angebot|factuur|"
    r"factura|fattura|faktura|bill|statement|releve|contrat|contract|note|bon|order|commande|proposal|offre|offer|"
    r"handelsrechnung|fatura|quittance|bordereau|justificatif|appel de fonds|avis d'echeance|order (?:details|confirmation|summary|#)|"
    r"kassenbon|liquidation|folio)(?![^\W_])"
)
_NOISE = re.compile(
    r"(?<![^\W_])(?:welcome|bienvenue|thank|merci|date|description|designation|quantite|quantity|qty|duplicata|"
    r"duplicate|original|copy|copie|"
    r"cashier|table|dear|bonjour|objet|subject|reference|ref|montant|amount|payment|conditions|echeance|due|adresse|address|"
    r"livraison|delivery|www|order|commande|customer|licence|powered|confidential|brouillon|draft|logo|numero|number|no|"
    r"invoice|facture|receipt|"
    r"rechnung|factuur|datum|kundennummer|siege social|registered office|vielen dank|bedankt|prix|price|slogan|tel|fax|"
    r"paiement|kundenbeleg|haendlerbeleg|handlerbeleg|solde|periode|period|contact|attn|item|designation|immat\w*|stationnement|vehicule|vehicle|numero d'ordre|somme|mode de)(?![^\W_])"
)
_NEVER = re.compile(
    r"(?<![^\W_])(?:thank|thanks|merci|sehr geehrte\w*|dear|page \d+|www|returnable|refund(?:able)?|goods sold|powered by|confidential|bonjour|"
    r"vielen dank|bedankt|invoice|membre d|member of|mitglied|"
    r"facture|receipt|\w*rechnung(?:en)?|factuur|siege social|registered office|conditions|please|veuillez|terms|due|echeance|"
    r"payable|paid|payment|iban|bic|breakdown|detail du prix|form of payment|tva incluse|taux|total ttc|total ht|passenger|check-in)(?![^\W_])"
)
_STATUS = re.compile(
    r"\W*(?:(?:micro|auto)[- ]?entrepr(?:eneur|ise)\w*|entrepr(?:eneur|ise) individuel\w*|association (?:loi|regie|declaree|reconnue|a but)\b.*|"
    r"association loi.*|societe (?:a responsabilite limitee|par actions simplifiee|anonyme|civile|cooperative|d'assurance)\b.*|profession (?:liberale|reglementee)|"
    r"(?:company|business|charity|tax|vat) registration(?: (?:no|number))?|registered (?:charity|company)|limited company|sole trader|einzelunternehmen|"
    r"kleinunternehmer|services? (?:(?:de |des |du |de la )?(?:compta\w*|formation|achats?|clients?|facturation|fournisseurs?|financier\w*|administrati\w*|rh|paie|juridique|technique|generaux) ?)+|"
    r"compta(?:bilite)?(?: (?:fournisseurs?|clients?|generale))?|accounts? (?:payable|department|dept\\.?|office|team)|finance (?:department|dept\\.?|team)|quai de reception|(?:membre|member) d.*|(?:\w+ ){0,3}(?:conventionne|agree|declare|diplome|assermente)e?s? .*)"
    r"(?:\W*\(?(?:ei|eirl|sarl|sas|sa|eurl)\)?)?\W*"
)
"""What a firm is or is called in law, which is not its name."""
_SLOGAN = re.compile(
    r"^(?:depuis|since|seit|ouvert|open|toujours|always|votre|vos|your|notre|nos|our|le meilleur|tout|tous|toute|for|pour|fresh|bienvenue|welcome|"
    r"willkommen|welkom|merci|thank|hi|hello|bonjour|cher|dear|we|you|nous|vous|il|this|ce|cette|un|une)\b|"
    r"\b(?:every|toujours|always|depuis|since|everyday|chaque|jours?|7j|24h?|days|hours|declare\w*|conventionne\w*|agree\w*|inscrit\w*|membre)\b"
)
"""Words of slogans, greetings and remarks, which names seldom carry."""
_DATED = re.compile(
    r"(?<!\d)\d{1,2}(?:er|th|st|nd|rd|\.)?\s+[a-z]{3,9}\.?,?\s+(?:19|20)\d\d(?!\d)|"
    r"[a-z]{3,9}\.?\s+\d{1,2},?\s+(?:19|20)\d\d(?!\d)"
)
_CIVILITY = re.compile(
    r"^\W*(?:m\.?|mr\.?|mrs\.?|ms\.?|mme\.?|mlle\.?|famille|family|monsieur|madame|herrn?|frau|dhr\.?|mevr\.?|mevrouw|sr\.?|sra\.?|senor|senora|don|dona|sig\.?|signora?|dott\.?|dr\.?)\s+(?=\S)"
)


_ADDRESSES = frozenset(
    ("m", "mr", "mrs", "ms", "mme", "mlle", "monsieur", "madame", "mademoiselle", "m. et mme", "herrn", "herr", "frau", "firma", "an", "an die firma", "eheleute",
     "familie", "famille", "de heer", "mevrouw", "dhr", "mevr", "aan", "spett.le", "spettabile", "egr. sig", "sig", "sig.ra", "gent.ma", "sr", "sra", "senor", "senora", "d", "don")
)  # fmt: skip


@lru_cache(maxsize=2000)
def has_legal_form(text: str) -> bool:
    """Whether a form of company (SARL, GmbH, Ltd, Sdn Bhd ...) stands in the text."""
    for match in FORM.finditer(fold(text)):
        found = re.sub(r"[^a-z]", "", match.group())
        printed = text[match.start() : match.end()].strip()
        if re.match(r"-?\d", text[match.end() :]):
            continue  # the plate of a car
        if found in _CAUTIOUS and not (printed.isupper() or printed.endswith(".")):
            continue
        if len(found) > 2 or printed[:1].isupper() or "." in printed:
            return True
    return False


@lru_cache(maxsize=2000)
def has_business_word(text: str) -> bool:
    """Whether a word for a kind of business or body stands in the text."""
    return bool(_ORGANISATION.search(fold(text)))


def is_generic(text: str) -> bool:
    """Whether a text only says what kind of business it is ("Bar - Restaurant")."""
    parts = significant(text)
    return bool(parts) and not has_legal_form(text) and all(_ORGANISATION.fullmatch(part) or part in _WORDS for part in parts)


@lru_cache(maxsize=2000)
def is_address(text: str) -> bool:
    """Whether a line is (part of) a postal address."""
    folded = fold(text)
    digits = any(ch.isdigit() for ch in text)
    if digits and (_POSTAL.search(text) or _STREET_DE.search(folded) or _CODED.search(text)):
        return True
    if "," in folded and folded.rsplit(",", 1)[1].strip(" .") in _COUNTRIES and not has_legal_form(text):
        return True
    if digits and _AMERICAN.match(folded):
        return True
    street = _STREET.search(folded)
    if street and (digits or (street.start() == 0 and street.group() not in _SITES) or re.match(r"\W*(?:no|lot|n°)", folded)):
        return True
    return folded.strip(" .,") in _COUNTRIES


@lru_cache(maxsize=2000)
def is_contact(text: str) -> bool:
    """Whether a line is a telephone, mail, web or registration line."""
    found = _CONTACT.search(fold(text))
    if found and found.group() in _TRADES and not re.search(r"[\d:@]", text):
        found = None
    return bool(found or _PHONE.search(text))


@lru_cache(maxsize=2000)
def is_title(text: str) -> bool:
    """Whether a line is the title of a paper ("FACTURE N° 12")."""
    return bool(_TITLE.match(fold(text)))


def is_noise(text: str) -> bool:
    """Whether a line holds words that names do not."""
    folded = fold(text).lstrip(" *-#.([<")
    return bool(_NOISE.match(folded) or _NEVER.search(folded))


def is_slogan(text: str) -> bool:
    """Whether a line praises, greets or remarks ("Fresh every morning!", "Depuis 1962", "Ouvert 7j/7")."""
    return not has_legal_form(text) and (text.rstrip().endswith(("!", "?")) or bool(_SLOGAN.search(fold(text))))


def civility(text: str) -> bool:
    """Whether a line starts like a person's name (M., Mrs, Herr ...)."""
    return bool(_CIVILITY.match(fold(text)))


def bare_civility(text: str) -> bool:
    """Whether a line is nothing but a form of address, as over the name in a window ("Herrn", "Madame")."""
    return fold(text).strip(" .,:") in _ADDRESSES


@lru_cache(maxsize=2000)
def clean(text: str) -> str:
    """A name without registration numbers, trailing addresses and decoration."""
    name = re.sub(r"\((?:co\.?\s?)?(?:reg\.?\s?(?:no)?\.?\s?:?\s?)?[\d-]{5,}[ -]?[A-Z]?\)", "", text)
    name = re.sub(r"\s*\(?\b\d{5,7}\s?-\s?[A-Z]\b\)?\s*$", "", name)
    name = re.split(r"\s(?:au capital|siege social|siège social|capital social)", name, maxsplit=1, flags=re.I)[0]
    pieces = re.split(r"\s+[|●•·–—]\s+|\s+-\s+|\s*\|\s*|\s*[●•·]\s*", tidy(name))
    if len(pieces) > 1 and any(is_address(piece) or is_contact(piece) for piece in pieces[1:]):
        name = pieces[0]
    name = re.split(r",\s*(?=\d|[A-Z]{2}-?\d)", name, maxsplit=1)[0]
    name = re.sub(r"(?<=\w)\s+(?:phone|tel|tél)\b\.?\s*:?\s*[+(]?\d[\d ().-]{6,}$", "", name, flags=re.I)  # the shop's telephone beside it
    name = re.sub(r"(?<=[^\W\d_])\s?#\s?\d[\d-]*$", "", name)  # which of its shops
    return tidy(name).strip("'\"«»()[]{}/\\#^$+ ") if name.count("(") != name.count(")") else tidy(name).strip("'\"«»[]{}/\\#^$+ ")


@lru_cache(maxsize=2000)
def is_name(text: str) -> bool:
    """Whether a text may be the name of a company or a person."""
    if re.fullmatch(r"(?=[a-z-]*\d)[a-z0-9-]{4,}", text.strip()):
        return False  # what a computer calls somebody
    if re.search(r":(?:\s|$|\d)", text.strip()) or re.search(r"(?<![^\W_])[A-Z]{2,}\d{3,}", text):
        return False
    name = clean(text)
    parts = words(FORM.sub(" ", fold(name)))
    if not parts or (all(part in _WORDS or part.isdigit() for part in parts) and not has_legal_form(text)):
        return False
    letters = sum(ch.isalpha() for ch in name)
    if re.fullmatch(r"\d+[.,]?\d*\s+(?:\w{1,5}|days|jours|tage|months|weeks|dagen|giorni|dias)\.?", fold(name)) or _DATED.search(
        fold(name)
    ):
        return False
    if _STATUS.fullmatch(fold(name)) or re.match(
        r"(?:\d+ )?(?:adulte?s?|enfants?|children|persons?|personnes?|couverts?|nuits?|nights?)\b", fold(name)
    ):
        return False
    if re.search(r"\s[a-zà-ÿ]{4,}\.$", name) and not has_legal_form(name) and not has_business_word(name):
        return False  # a remark, told with its full stop
    if name[:1].islower() and len(name.split()) > 3 and not has_legal_form(name):
        return False  # the end of a sentence
    if letters < 2 or len(name) > 70 or letters < 0.5 * len(name.replace(" ", "")):
        return False
    if len(name.split()) > 9 or (name.endswith((".", "!", "?")) and len(name.split()) > 3 and not has_legal_form(name)):
        return False
    if is_title(name) or ((is_address(name) or is_address(text)) and (not has_legal_form(text) or _CODED.search(text))):
        return False
    if re.search(r"[$€£₹]\s?\d|\d\s?[€£₹]|(?<!\d)\d+[.,]\d\d\W*$", text):
        return False
    if text.strip().islower() and len("".join(parts)) < 4:
        return False
    if is_contact(name) and not has_legal_form(name):
        return False
    return not is_noise(name) or (has_legal_form(name) and len(name.split()) < 7)


@lru_cache(maxsize=2000)
def has_street(text: str) -> bool:
    """Whether a street is named in a line."""
    return bool(_STREET.search(fold(text)) or _STREET_DE.search(fold(text)))


def has_postcode(text: str) -> bool:
    """Whether a line holds a postal code with its town, in a usual order."""
    return bool(_POSTAL.search(text) or _CODED.search(text)) and is_address(text)


@lru_cache(maxsize=2000)
def stem(name: str) -> str:
    """A name without form of company, compact: what web domains and spellings of one name have in common."""
    return compact(FORM.sub(" ", fold(name))) or compact(name)


def significant(name: str) -> list[str]:
    """The words of a name without form of company."""
    return words(FORM.sub(" ", fold(name))) or words(name)
