"""Patterns of file names, as people write them and in our own notation."""

from __future__ import annotations

_PATTERN_WORDS = {
    "aaaa": "year",
    "yyyy": "year",
    "annee": "year",
    "year": "year",
    "mm": "month",
    "mois": "month",
    "month": "month",
    "jj": "day",
    "dd": "day",
    "date": "date",
    "client": "client",
    "customer": "client",
    "fournisseur": "supplier",
    "supplier": "supplier",
    "vendor": "supplier",
    "montant": "total",
    "total": "total",
    "amount": "total",
    "ttc": "total",
    "numero": "number",
    "number": "number",
    "num": "number",
    "no": "number",
    "ref": "number",
    "reference": "number",
    "type": "type",
    "nom": "name",
    "name": "name",
    "titre": "name",
    "title": "name",
    "original": "name",
    "societe": "party",
    "company": "party",
    "party": "party",
    "tiers": "party",
    "magasin": "supplier",
    "boutique": "supplier",
    "enseigne": "supplier",
    "prestataire": "supplier",
    "vendeur": "supplier",
    "emetteur": "supplier",
    "shop": "supplier",
    "store": "supplier",
    "merchant": "supplier",
    "seller": "supplier",
    "clt": "client",
    "cust": "client",
    "prix": "total",
    "price": "total",
    "somme": "total",
    "sum": "total",
    "gross": "total",
    "mt": "total",
    "mnt": "total",
    "ht": "net",
    "net": "net",
    "tva": "tax",
    "vat": "tax",
    "devise": "currency",
    "currency": "currency",
    "nr": "number",
}


def pattern_of(text: str) -> str:
    """A file-name pattern in our own notation ("AAAA-MM-JJ_Client" gives "{date}_{client}"), empty where no part is known."""
    from re import findall, fullmatch

    from confrere.models.builtin.text import bare

    text = text.rsplit(".", 1)[0] if text.rsplit(".", 1)[-1].lower() in ("pdf", "ext", "xxx", "docx") else text
    if match := fullmatch(r"\d{4}-\d\d-\d\d((?:[_ -]+[^_ ]+)+)", text):
        shown = [
            "{supplier}" if part.isalpha() else "{total}" if fullmatch(r"\d{1,6}(?:[.,]\d\d)?", part) else "{number}"
            for part in findall(r"[^_ ]+", match[1])
        ]
        return "_".join(["{date}", *shown]) if len(shown) == len(set(shown)) else ""  # an example: "2026-05-12_edf_120"
    out, known = "", 0
    for word, mark in findall(r"([A-Za-zÀ-ÿ]+)|([^A-Za-zÀ-ÿ]+)", text):
        field = _PATTERN_WORDS.get(bare(word)) if word else None
        if bare(word) in ("aaaammjj", "yyyymmdd", "aaaammdd"):
            field = "date"
        out += f"{{{field}}}" if field else word or "".join(ch for ch in mark if ch not in "[]<>{}()")
        known += field is not None
    for whole in ("{year}-{month}-{day}", "{year}{month}{day}", "{year}_{month}_{day}"):
        out = out.replace(whole, "{date}")
    out = out.replace(" + ", "_").replace("+", "_").strip()
    return out if known else ""
