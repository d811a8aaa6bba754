"""The placeholders of a company's quote template, such as ``{{client}}`` or ``{{prix}}``: what each stands for, in French and English."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from confrere.documents.write import formats
from confrere.documents.write.offer import Line, Offer, printed_share
from confrere.documents.write.text import plain

_HOLE = re.compile(
    r"\{\{\s*([^{}]{1,40}?)\s*\}\}|<<\s*([^<>]{1,40}?)\s*>>|«\s*([^«»]{1,40}?)\s*»|\{\s*([^{}]{1,40}?)\s*\}|\[\s*([^\[\]]{1,40}?)\s*\]"
)
HEAD = {
    "client": "client, nom client, nom du client, customer, customer name, client name, destinataire",
    "number": "numero, numero devis, numero du devis, n devis, number, quote number, reference devis, offer number",
    "date": "date, date devis, date du devis, quote date, offer date",
    "valid": "validite, date validite, date de validite, valable jusqu au, valid until, valid, expiry, expiry date, echeance",
    "net": "total ht, net, total net, subtotal, montant total ht, sous total",
    "tax": "total tva, tva, vat, total vat, tax, montant tva",
    "total": "total ttc, total, grand total, total including vat, montant total ttc",
    "seller": "societe, emetteur, seller, company, fournisseur, entreprise",
    "currency": "devise, currency",
}
LINE = {
    "reference": "ref, reference, code",
    "description": "designation, description, libelle, article, item, produit, prestation, product, service",
    "quantity": "quantite, qte, quantity, qty",
    "unit": "unite, unit",
    "price": "prix, prix unitaire, prix unitaire ht, pu, pu ht, price, unit price",
    "discount": "remise, discount",
    "rate": "taux tva, taux, vat rate, rate, tva ligne, line vat",
    "amount": "montant, montant ht, total ligne, amount, line total, montant ligne",
}
HEADS = {word.strip(): key for key, words in HEAD.items() for word in words.split(",")}
LINES = {word.strip(): key for key, words in LINE.items() for word in words.split(",")}


def folded(text: str) -> str:
    import unicodedata

    text = "".join(ch for ch in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(ch))
    return " ".join(re.findall(r"[^\W_]+", text))


def holes(text: str) -> list[tuple[int, int, str, bool]]:
    """The placeholders of a text: start, end, name folded, and whether its marks are ones nobody writes by chance."""
    return [
        (found.start(), found.end(), folded(next(part for part in found.groups() if part is not None)), bool(found[1] or found[2]))
        for found in _HOLE.finditer(text)
    ]


def fillable(path: Path) -> bool:
    """Whether a DOCX or XLSX holds a placeholder that an offer fills."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                if re.fullmatch(r"word/(?:document|header\d*|footer\d*)\.xml|xl/sharedStrings\.xml|xl/worksheets/sheet\d+\.xml", name):
                    text = re.sub(r"<[^>]+>", "", package.read(name).decode("utf-8", "replace")).replace("&lt;", "<").replace("&gt;", ">")
                    if any(name in HEADS or name in LINES for _, _, name, _ in holes(text)):
                        return True
    except (OSError, zipfile.BadZipFile, KeyError):
        return False
    return False


def head_value(offer: Offer, key: str, language: str) -> Any:
    return {
        "client": offer.client,
        "number": offer.number,
        "date": offer.date,
        "valid": offer.valid_until,
        "net": offer.net,
        "tax": offer.tax,
        "total": offer.total,
        "seller": offer.seller,
        "currency": offer.currency,
    }[key]


def shown(value: Any, key: str, offer: Offer, language: str) -> str:
    if isinstance(value, dt.date):
        return formats.date(value, language)
    if key in ("rate", "discount"):
        return printed_share(value, language) if value or key == "rate" else ""
    if isinstance(value, Decimal):
        return formats.number(value, language) if key == "quantity" else formats.money(value, offer.currency, language)
    return plain(str(value))


def line_text(line: Line, name: str, offer: Offer, language: str) -> str | None:
    """What a placeholder of a line's row stands for, None where it names nothing of a line."""
    key = LINES.get(name) or ("rate" if name in ("tva", "vat") else "amount" if name in ("total", "total ht") else None)
    return shown(getattr(line, key), key, offer, language) if key else None
