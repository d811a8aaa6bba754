"""Invoices made for measuring: ``python -m bench.documents.invoices DIR [--half open|held]``.

Twenty-four layouts in six languages, with invented firms: a third of the layouts, wordings and names are *open* (to work with), a third *held*
(scored before anyone looked at its errors), a third *later* (made and scored when all was done). Each is one PDF and one ``truth.jsonl`` in the form of the labelled data. What stands in a layout's way is
part of it: a delivery address, a bank's name, a programme's advertisement, a project named after someone else.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).with_name("invoices.typ")
LAYOUTS = {
    "open": ("letterhead", "captions", "right", "footer", "mailonly", "window", "web", "bottom"),
    "later": ("boxed", "letter", "stacked", "underline", "split", "corner", "foreign", "tail"),
    "held": ("slogan", "grid", "freelance", "threefoot", "soldby", "centred", "sidebar", "client-first"),
}
PAPERS = 48
"""Invoices in each set: every layout in every language once."""


@dataclass(frozen=True)
class Speech:
    """The words of one language: captions by half, and how it writes days and amounts."""

    invoice: str
    number: tuple[str, str]
    date: tuple[str, str]
    due: tuple[str, str]
    seller: tuple[str, str]
    buyer: tuple[str, str]
    ship: str
    columns: tuple[str, str, str, str]
    net: tuple[str, str]
    tax: tuple[str, str]
    total: tuple[str, str]
    bank: str
    holder: tuple[str, str]
    vat: str
    legal: str
    thanks: str
    months: str
    day: str
    rate: int
    comma: bool
    work: tuple[str, ...]
    towns: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    firms: tuple[tuple[str, ...], tuple[str, ...]]
    clients: tuple[tuple[str, ...], tuple[str, ...]]
    people: tuple[str, ...]
    banks: tuple[str, ...]
    prefix: str


SPEECH = {
    "fr": Speech(
        "Facture", ("Facture n°", "Référence facture"), ("Date", "Émise le"), ("Échéance", "À régler avant le"), ("Émetteur", "Vendeur"),
        ("Facturé à", "Client"), "Livraison", ("Désignation", "Qté", "PU HT", "Montant HT"), ("Total HT", "Montant hors taxes"),
        ("TVA {rate} %", "T.V.A. ({rate} %)"), ("Total TTC", "Net à payer"), "Banque", ("Titulaire du compte", "Bénéficiaire"),
        "N° TVA", "{firm}, capital 10 000 €, RCS {town} {reg}", "Merci de votre confiance",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre", "{d} {m} {y}", 20, True,
        ("Pose de carrelage", "Forfait maintenance", "Étude de faisabilité", "Location de nacelle", "Création de logo"),
        (("69003", "Lyon"), ("35000", "Rennes"), ("13006", "Marseille"), ("67000", "Strasbourg")),
        ("12 rue des Lilas", "5 avenue Jean Jaurès", "48 quai Voltaire", "3 bis impasse du Moulin"),
        (("Ateliers Mirabel SARL", "Solubat", "Verdier & Fils", "La Fabrique Claire SAS"), ("Hexatrame SAS", "Maison Lorand", "Dépann'Express", "Cartier-Moulin EURL")),
        (("Clinique du Parc", "SCI Belvédère", "Transports Gallois SA"), ("Lycée Saint-Exupéry", "Groupe Ondine SAS", "Mme Julie Carpentier")),
        ("Marc Delorme", "Sophie Aubin"), ("Banque Populaire", "Crédit Agricole"), "FR",
    ),
    "en": Speech(
        "Invoice", ("Invoice No", "Invoice ref."), ("Invoice date", "Issued"), ("Due date", "Pay by"), ("From", "Supplier"),
        ("Bill to", "Customer"), "Ship to", ("Description", "Qty", "Unit price", "Amount"), ("Subtotal", "Net amount"),
        ("VAT {rate}%", "VAT @ {rate}%"), ("Total", "Amount due"), "Bank", ("Account name", "Payee"), "VAT No",
        "{firm}. Registered in England and Wales, company number {reg}", "Thank you for your business",
        "January February March April May June July August September October November December", "{d} {m} {y}", 20, False,
        ("Site survey", "Monthly support plan", "Copywriting, three pages", "Van hire", "Oak shelving"),
        (("LS1 4AP", "Leeds"), ("BS1 5TR", "Bristol"), ("EH3 9QG", "Edinburgh"), ("M2 3WQ", "Manchester")),
        ("14 Albion Street", "27 Harbour Road", "3 Mill Lane", "Unit 6, Foundry Way"),
        (("Harrow Timber Ltd", "Brightwater Studio", "Penrose & Vale LLP", "Cobalt Fields"), ("Northgate Signs Limited", "Tallis Roofing", "Quill and Anchor", "Merrow Analytics Ltd")),
        (("Oakmere Hospital Trust", "Delta Foods plc", "Ms Anna Whitfield"), ("Saint Jude's School", "Larch Homes Ltd", "Kestrel Partners")),
        ("James Rowe", "Helen Marsh"), ("Barclays Bank", "NatWest"), "GB",
    ),
    "de": Speech(
        "Rechnung", ("Rechnungsnummer", "Rechnung Nr."), ("Rechnungsdatum", "Datum"), ("Fällig am", "Zahlbar bis"), ("Rechnungssteller", "Lieferant"),
        ("Rechnung an", "Kunde"), "Lieferadresse", ("Bezeichnung", "Menge", "Einzelpreis", "Betrag"), ("Nettobetrag", "Zwischensumme"),
        ("zzgl. {rate} % MwSt.", "Umsatzsteuer {rate} %"), ("Gesamtbetrag", "Rechnungsbetrag"), "Bank", ("Kontoinhaber", "Zahlungsempfänger"),
        "USt-IdNr.", "{firm}, Amtsgericht {town}, HRB {reg}", "Vielen Dank für Ihren Auftrag",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember", "{d}. {m} {y}", 19, True,
        ("Montage vor Ort", "Wartungspauschale", "Beratung Digitalisierung", "Miete Hebebühne", "Druck Prospekte"),
        (("50667", "Köln"), ("20095", "Hamburg"), ("80331", "München"), ("04109", "Leipzig")),
        ("Lindenstraße 8", "Am Hafen 21", "Goetheweg 4", "Hauptstr. 117"),
        (("Krüger Metallbau GmbH", "Nordlicht Medien", "Albrecht & Sohn OHG", "Grünwerk UG"), ("Tischlerei Hagedorn", "Vektorhaus GmbH", "Seiler Haustechnik e.K.", "Papierflug AG")),
        (("Stadtwerke Möhrental", "Autohaus Brandt GmbH", "Frau Petra Lang"), ("Grundschule Eichberg", "Ostsee Reederei AG", "Herr Jonas Weber")),
        ("Uwe Krüger", "Inge Maurer"), ("Sparkasse", "Commerzbank"), "DE",
    ),
    "es": Speech(
        "Factura", ("Factura n.º", "Número de factura"), ("Fecha", "Fecha de emisión"), ("Vencimiento", "Fecha de vencimiento"), ("Emisor", "Proveedor"),
        ("Facturar a", "Cliente"), "Dirección de envío", ("Concepto", "Cantidad", "Precio", "Importe"), ("Base imponible", "Subtotal"),
        ("IVA {rate} %", "I.V.A. {rate} %"), ("Total", "Total factura"), "Banco", ("Titular de la cuenta", "Titular"), "NIF-IVA",
        "{firm}, inscrita en el Registro Mercantil de {town}, hoja {reg}", "Gracias por su confianza",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre", "{d} de {m} de {y}", 21, True,
        ("Reforma de baño", "Mantenimiento mensual", "Traducción jurada", "Alquiler de sala", "Diseño de catálogo"),
        (("28013", "Madrid"), ("41001", "Sevilla"), ("46002", "Valencia"), ("48001", "Bilbao")),
        ("Calle Mayor 15", "Avda. de la Paz 32", "Plaza Nueva 4", "C/ Sierpes 9"),
        (("Talleres Robledo SL", "Luz y Norte", "Hermanos Aguirre SA", "Almazara Vieja SLU"), ("Construcciones Peñalba SL", "Tinta Fresca", "Viajes Albor SA", "Ortega Informática")),
        (("Hotel Miramar", "Ayuntamiento de Ronda", "Distribuciones Lago SL"), ("Colegio Cervantes", "Grupo Estrella SA", "Doña Carmen Ibáñez")),
        ("Luis Robledo", "Elena Prieto"), ("Banco Sabadell", "CaixaBank"), "ES",
    ),
    "it": Speech(
        "Fattura", ("Fattura n.", "Numero fattura"), ("Data", "Data fattura"), ("Scadenza", "Data di scadenza"), ("Cedente", "Fornitore"),
        ("Spett.le", "Cliente"), "Destinazione", ("Descrizione", "Quantità", "Prezzo", "Importo"), ("Imponibile", "Totale imponibile"),
        ("IVA {rate}%", "Imposta IVA {rate}%"), ("Totale fattura", "Totale documento"), "Banca", ("Intestato a", "Beneficiario"), "P.IVA",
        "{firm}, capitale sociale 10.000 €, REA {town} {reg}", "Grazie per la fiducia",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre", "{d} {m} {y}", 22, True,
        ("Consulenza tecnica", "Canone mensile", "Progetto grafico", "Noleggio furgone", "Posa parquet"),
        (("20121", "Milano"), ("10123", "Torino"), ("50122", "Firenze"), ("40121", "Bologna")),
        ("Via Garibaldi 22", "Corso Vittorio 5", "Piazza Dante 1", "Via Roma 108"),
        (("Officine Bellandi SRL", "Carta e Segno", "Fratelli Morandi SNC", "Orizzonte Srls"), ("Edilnova SPA", "Studio Lanteri", "Gelateria Primavera", "Ferrero Impianti SRL")),
        (("Comune di Lucca", "Albergo Sirena", "Rossi Trasporti SPA"), ("Scuola Manzoni", "Gruppo Adige SRL", "Dott. Paolo Neri")),
        ("Gianni Bellandi", "Marta Conti"), ("Intesa Sanpaolo", "UniCredit"), "IT",
    ),
    "nl": Speech(
        "Factuur", ("Factuurnummer", "Factuurnr."), ("Factuurdatum", "Datum"), ("Vervaldatum", "Te betalen voor"), ("Leverancier", "Afzender"),
        ("Factuur aan", "Klant"), "Afleveradres", ("Omschrijving", "Aantal", "Prijs", "Bedrag"), ("Subtotaal", "Totaal excl. btw"),
        ("BTW {rate}%", "{rate}% btw"), ("Totaal", "Te betalen"), "Bank", ("Ten name van", "t.n.v."), "Btw-nr.",
        "{firm}, KvK {town} {reg}", "Bedankt voor uw opdracht",
        "januari februari maart april mei juni juli augustus september oktober november december", "{d} {m} {y}", 21, True,
        ("Schilderwerk", "Onderhoud per maand", "Ontwerp huisstijl", "Huur steiger", "Advies administratie"),
        (("1012 JS", "Amsterdam"), ("3511 AB", "Utrecht"), ("9711 LM", "Groningen"), ("5611 ZT", "Eindhoven")),
        ("Keizersgracht 210", "Stationsplein 3", "Dorpsstraat 45", "Molenweg 12"),
        (("Van Dalen Bouw BV", "Zilvermeer", "Gebroeders Smit VOF", "De Witte Haven BV"), ("Kuipers Techniek BV", "Studio Roodborst", "Hendriks Tuinen", "Lichtpunt NV")),
        (("Gemeente Zeist", "Bakkerij Vos BV", "Mevr. Els Bakker"), ("Basisschool De Regenboog", "Delta Vracht NV", "Dhr. Pieter Kok")),
        ("Jan van Dalen", "Karin Mulder"), ("Rabobank", "ING Bank"), "NL",
    ),
}  # fmt: skip


def paper(half: str, place: int) -> dict[str, Any]:
    """The data of invoice ``place`` of a half: what the template prints, and ``truth``. The same numbers give the same invoice."""
    dice = random.Random(f"{half}-{place}")
    side = 0 if half == "open" else 1
    language = list(SPEECH)[place % 6]
    speech = SPEECH[language]
    firm = dice.choice(speech.firms[side])
    layout = LAYOUTS[half][place // 6 % len(LAYOUTS[half])]
    if layout == "freelance":
        firm = speech.people[side]
    client = dice.choice(speech.clients[side])
    postcode, town = dice.choice(speech.towns)
    client_code, client_town = dice.choice([entry for entry in speech.towns if entry[1] != town])
    street, client_street = dice.sample(speech.streets, 2)
    day = dt.date(2021, 1, 4) + dt.timedelta(days=dice.randrange(1500))
    lines = [
        (work, dice.randrange(1, 9), Decimal(dice.randrange(900, 60000)) / 100) for work in dice.sample(speech.work, dice.randrange(1, 4))
    ]
    net = sum((count * price for _, count, price in lines), Decimal(0))
    tax = (net * speech.rate / 100).quantize(Decimal("0.01"))
    number = dice.choice(["{y}-{n:04}", "{n}", "INV{n}", "{y}/{n}", "R-{n:05}"]).format(y=day.year, n=dice.randrange(100, 9000))
    slug = "".join(c for c in firm.lower().encode("ascii", "ignore").decode() if c.isalnum())
    own = dice.random() < 0.6 or layout == "mailonly"
    mail = f"info@{slug}.{language if language != 'en' else 'co.uk'}" if own else f"{slug[:6]}{dice.randrange(99)}@gmail.com"
    registered = str(dice.randrange(10**8, 10**9))
    fill = {"rate": speech.rate, "firm": firm, "town": town, "reg": registered}
    truth = {
        "supplier": firm, "client": client, "number": number, "date": day.isoformat(), "due_date": (day + dt.timedelta(days=30)).isoformat(),
        "net": str(net), "tax": str(tax), "total": str(net + tax), "currency": "GBP" if language == "en" else "EUR",
    }  # fmt: skip
    return {
        "layout": layout, "language": language, "truth": truth, "invoice": speech.invoice, "firm": firm, "client": client,
        "address": [street, f"{town} {postcode}" if language == "en" else f"{postcode} {town}"],
        "client_address": [client_street, f"{client_town} {client_code}" if language == "en" else f"{client_code} {client_town}"],
        "number": [speech.number[side], number], "date": [speech.date[side], _day(day, speech, dice)],
        "due": [speech.due[side], _day(day + dt.timedelta(days=30), speech, dice)],
        "seller": speech.seller[side], "buyer": speech.buyer[side], "ship": [speech.ship, dice.choice(speech.clients[1 - side])],
        "columns": list(speech.columns), "work": speech.work[0], "person": speech.people[1 - side],
        "lines": [[work, str(count), _money(price, speech), _money(count * price, speech)] for work, count, price in lines],
        "sums": [
            [speech.net[side], _signed(net, speech)], [speech.tax[side].format(**fill), _signed(tax, speech)],
            [speech.total[side], _signed(net + tax, speech)],
        ],
        "bank": [speech.bank, dice.choice(speech.banks)], "holder": [speech.holder[side], firm],
        "iban": f"{speech.prefix}{dice.randrange(10, 99)} {dice.randrange(1000, 9999)} {dice.randrange(1000, 9999)} {dice.randrange(1000, 9999)}",
        "vat": [speech.vat, speech.prefix + registered + ("B01" if language == "nl" else "")], "legal": speech.legal.format(**fill),
        "thanks": speech.thanks, "phone": f"+{dice.randrange(31, 49)} {dice.randrange(100, 999)} {dice.randrange(100000, 999999)}", "mail": mail,
        "web": f"www.{mail.split('@')[1]}" if own else "",
    }  # fmt: skip


def _day(day: dt.date, speech: Speech, dice: random.Random) -> str:
    if dice.random() < 0.4:
        return speech.day.format(d=day.day, m=speech.months.split()[day.month - 1], y=day.year)
    return day.strftime(dice.choice(["%d.%m.%Y"] if speech.prefix == "DE" else ["%d/%m/%Y", "%d-%m-%Y"]))


def _money(value: Decimal, speech: Speech) -> str:
    text = f"{value:,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if speech.comma else text


def _signed(value: Decimal, speech: Speech) -> str:
    return f"{_money(value, speech)} €" if speech.comma else f"£{_money(value, speech)}"


def make(folder: Path, half: str, papers: int = PAPERS) -> Path:
    """Typeset the invoices of a half into ``folder/half``, with their ``truth.jsonl``."""
    import typst

    target = folder / f"made_{half}"
    (target / "files").mkdir(parents=True, exist_ok=True)
    compiler = typst.Compiler()
    with open(target / "truth.jsonl", "w", encoding="utf-8") as truth:
        for place in range(papers):
            data = paper(half, place)
            file = f"files/{place:02}-{data['layout']}-{data['language']}.pdf"
            compiler.compile(input=str(TEMPLATE), output=str(target / file), sys_inputs={"data": json.dumps(data)})
            for field, value in data["truth"].items():
                truth.write(json.dumps({"file": file, "field": field, "value": value}, ensure_ascii=False) + "\n")
    return target


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.documents.invoices")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=tuple(LAYOUTS), action="append")
    options = parser.parse_args()
    for half in options.half or LAYOUTS:
        print(make(options.folder, half))


if __name__ == "__main__":
    main()
