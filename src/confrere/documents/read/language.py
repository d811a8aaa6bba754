"""In which language a text is written, by counting its most frequent small words."""

from __future__ import annotations

import re

# Function words and the few office words that stand on papers with little prose (an invoice has almost no sentence).
_WORDS = {
    "fr": "le la les des du de un une et est dans pour par sur avec que qui ne pas au aux ce cette nous vous votre nos vos il elle sont "
    "être facture montant date client adresse prix quantité total échéance ou en à société règlement paiement siège ttc ht tva "
    "n° objet désignation remise livraison commande je mon ma mes notre leur plus merci bonjour",
    "en": "the of and to in is for on with that this are be by from at as it you your our we not or have has an will shall was were which "
    "invoice amount date due customer address price quantity total payment bill receipt order cash change tax thank thanks please "
    "description item no subtotal phone statement",
    "de": "der die das und ist in den von zu mit dem des ein eine für auf im nicht sie wir ihr ihre unser auch als bei oder nach aus "
    "rechnung betrag datum kunde straße preis menge gesamt zahlung mwst ust nr lieferung steuer netto brutto bestellung summe bitte",
    "nl": "de het een en van in is op te dat voor met aan niet zijn bij uw wij ons onze ook als door naar uit of deze dit worden "
    "factuur bedrag datum klant adres prijs aantal totaal betaling btw levering bestelling omschrijving excl incl",
    "es": "el la los las de que y en un una es por con para no se su al del lo como más pero sus le ya este factura importe fecha cliente "
    "dirección precio cantidad total pago iva nuestro usted pedido vencimiento",
    "it": "il lo la i gli le di che e un una è per con non si del della dei delle nel al alla sono come più fattura importo data cliente "
    "indirizzo prezzo quantità totale pagamento iva scadenza ordine",
    "pt": "o a os as de que e em um uma é por com para não se do da dos das no na ao como mais fatura valor data cliente endereço preço "
    "quantidade total pagamento iva vencimento",
    "pl": "i w na z do się nie jest to że o jak za od po dla przez są oraz faktura kwota data klient adres cena ilość razem płatność vat "
    "netto brutto sprzedawca nabywca nr termin wartość",
}
_INDEX: dict[str, list[str]] = {}
for _code, _text in _WORDS.items():
    for _word in set(_text.split()):
        _INDEX.setdefault(_word, []).append(_code)
_SPLIT = re.compile(r"[^\W\d_]+°?")


def detect_language(text: str) -> str:
    """Return the ISO 639-1 code of the language of ``text`` (en, fr, de, nl, es, it, pt, pl), or "" when it does not say.

    A word counts for each language that has it, divided by how many have it; the first 20,000 characters are looked at.
    """
    scores: dict[str, float] = {}
    seen: dict[str, set[str]] = {}
    count = 0
    for match in _SPLIT.finditer(text[:20_000].lower()):
        count += 1
        word = match.group()
        languages = _INDEX.get(word, ())
        # Letters standing alone are initials and units as often as words.
        weight = (0.3 if len(word) == 1 else 1.0) / max(len(languages), 1)
        for code in languages:
            scores[code] = scores.get(code, 0.0) + weight
            seen.setdefault(code, set()).add(word)
    if not scores:
        return ""
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    first, score = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    if score < 1.5 or score < 1.15 * second or score < 0.02 * count or len(seen[first]) < 3:
        return ""
    return first
