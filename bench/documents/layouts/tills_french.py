"""French receipts of tills and machines."""

from __future__ import annotations

from decimal import Decimal

from bench.documents.layouts import identifiers as ids
from bench.documents.layouts.paper import Paper, layout
from bench.documents.layouts.thermal import Roll
from bench.documents.layouts.world import World, cents, eur, later, slash, total, truth


def plain(value: Decimal) -> str:
    return eur(value, "", "")


@layout("a", "receipt-fr")
def supermarket(w: World) -> Paper:
    """A supermarket: shop's name large, articles with VAT codes, loyalty savings, card part, a table of VAT."""
    firm, day = w.each("MARCHÉ BLEU", "Superette Lafayette", "HYPER SORGUES"), w.day()
    lines = w.lines(
        ("PATES PENNE 500G", 0.8, 2),
        ("LAIT 1/2 ECR 6X1L", 5, 8),
        ("TOMATE GRAPPE KG", 2, 5),
        ("EMMENTAL RAPE", 1.5, 4),
        ("LIQUIDE VAISS.", 1.5, 4),
        ("JAMBON SUP X4", 2, 5),
        ("PAIN CAMPAGNE", 1.5, 3),
        most=3,
    )
    gross = total(lines)
    tax = gross - cents(gross / Decimal("1.055"))
    rows = []
    for name, count, price, amount in lines:
        rows += [f"{name}\t{plain(amount)} A"] if count == 1 else [name, f"   {count} x {plain(price)}\t{plain(amount)} A"]
    roll = (
        f"#{firm}",
        f"^{w.street()}",
        f"^{w.town()}",
        f"^Tél {w.phone()}",
        "",
        f"Caisse {w.digits(2)}  Hôte(sse) {w.pick(('SONIA', 'KEVIN', 'LEA'))}",
        "\tEUR",
        *rows,
        "-",
        f"{sum(x[1] for x in lines)} articles",
        f"=TOTAL A PAYER\t{plain(gross)}",
        f"CARTE BANCAIRE\t{plain(gross)}",
        "RENDU\t0,00",
        "-",
        "Tx   HT\tTVA      TTC",
        f"A 5,5 {plain(gross - tax)}\t{plain(tax)}   {plain(gross)}",
        "-",
        f"Cagnotte au {slash(later(day, -1))}\t{plain(w.amount(1, 9))}",
        f"Économie du jour\t{plain(w.amount(0.3, 2))}",
        "",
        f"{day:%d/%m/%Y} {w.clock()}  {w.digits(4)} {w.digits(3)} {w.digits(5)}",
        "^MERCI DE VOTRE VISITE",
        "^A BIENTOT",
    )
    return Paper(
        Roll(roll, 36, w.each("scan", "scan", "photo")),
        truth("receipt", firm, date=day, net=gross - tax, tax=tax, total=gross, currency="EUR"),
    )


@layout("a", "receipt-fr")
def petrol(w: World) -> Paper:
    """A petrol pump: litres, price a litre, the oil brand and the station's own firm."""
    firm, day = w.each("STATION DU PONT NEUF", "SARL GARAGE MICHAUD", "RELAIS DE LA PLAINE"), w.day()
    litres, price = w.amount(18, 55), w.each(Decimal("1.849"), Decimal("1.729"), Decimal("1.958"))
    gross = cents(litres * price)
    net = cents(gross / Decimal("1.2"))
    roll = (
        f"^{firm}",
        f"^{w.street()}",
        f"^{w.town()}",
        f"^SIRET {ids.siret(ids.siren(w.dice))}",
        "",
        f"^{w.each('TICKET CLIENT', 'DUPLICATA', 'TICKET CLIENT')}",
        f"LE {day:%d/%m/%y} A {w.clock().replace(':', 'H')}",
        f"POMPE {w.digits(1)}   TICKET {w.digits(6)}",
        "-",
        f"{w.each('GAZOLE B7', 'SP95-E10', 'SP98-E5')}",
        f"VOLUME\t{plain(litres)} L",
        f"PRIX/L\t{str(price).replace('.', ',')} EUR",
        "-",
        f"=MONTANT REEL\t{plain(gross)} EUR",
        f"TVA 20,00%\t{plain(gross - net)}",
        f"NET HT\t{plain(net)}",
        "-",
        "CB  SANS CONTACT",
        f"A0000000421010  N° AUTO {w.digits(6)}",
        "************4417",
        "DEBIT",
        "",
        "^CONSERVER CE TICKET",
        "^BONNE ROUTE",
    )
    return Paper(
        Roll(roll, 34, w.each("photo", "scan", "scan"), "DejaVuSansMono"),
        truth("receipt", firm, date=day, net=net, tax=gross - net, total=gross, currency="EUR"),
    )


@layout("a", "receipt-fr")
def pharmacy(w: World) -> Paper:
    """A chemist: what the health insurance pays and what is left to the customer."""
    firm, day = w.each("Pharmacie Saint-Roch", "PHARMACIE DU THÉÂTRE", "Grande Pharmacie Maillot"), w.day()
    lines = w.lines(
        ("DOLIPRANE 1G CPR 8", 2, 3),
        ("AMOXICILLINE 500", 4, 7),
        ("SERUM PHY X40", 4, 8),
        ("CREME MAINS 75ML", 5, 11),
        ("VITAMINE C", 4, 9),
        most=2,
    )
    gross = total(lines)
    shared = cents(gross / 3)
    roll = (
        f"#{firm}",
        f"^{w.person()}, Docteur en pharmacie",
        f"^{w.street()} - {w.town()}",
        f"^Tel. {w.phone()}",
        "",
        f"FACTURE N° {w.digits(6)}",
        f"Date : {slash(day)}  {w.clock()}",
        f"Opérateur : {w.pick(('CL', 'MB'))}",
        f"Prescription du {slash(later(day, -2))}",
        "-",
        *(f"{n} {a}\t{plain(t)}" for a, n, _, t in lines),
        "-",
        f"=TOTAL TTC\t{plain(gross)} €",
        f"Part RO\t{plain(shared)} €",
        "Part RC\t0,00 €",
        f"Part assuré\t{plain(gross - shared)} €",
        f"CB\t{plain(gross - shared)} €",
        "",
        "~Ticket à conserver pour votre mutuelle",
    )
    return Paper(Roll(roll, 34, w.each("scan", "photo", "scan")), truth("receipt", firm, date=day, total=gross, currency="EUR"), "invoice")


@layout("a", "receipt-fr")
def parking(w: World) -> Paper:
    """A parking machine: entry, exit, the town's name and the operator's."""
    firm, day = w.each("PARKINGS URBIS", "CITEPARC SA", "Q-STATION"), w.day()
    gross = w.amount(2, 28)
    tax = gross - cents(gross / Decimal("1.2"))
    roll = (
        f"#{firm}",
        f"^PARKING {w.each('OPERA', 'GARE SUD', 'VIEUX PORT')}",
        f"^{w.town()}",
        f"^SIRET {ids.siret(ids.siren(w.dice))}",
        "-",
        "^RECU DE PAIEMENT",
        f"Borne {w.digits(2)}  N° {w.digits(6)}",
        f"Entrée : {slash(later(day, -1) if w.n else day)} 07:4{w.digits(1)}",
        f"Sortie : {slash(day)} 19:0{w.digits(1)}",
        "Tarif horaire",
        "",
        f"=Montant TTC\t{plain(gross)} EUR",
        f"dont TVA 20%\t{plain(tax)} EUR",
        "Payé par carte",
        "XXXX XXXX XXXX 2210",
        "-",
        "~Ticket valable 15 minutes pour sortir",
        "~Assistance 24h/24 0 800 940 940",
    )
    return Paper(Roll(roll, 30, w.each("scan", "scan", "photo")), truth("receipt", firm, date=day, tax=tax, total=gross, currency="EUR"))


@layout("b", "receipt-fr")
def bakery(w: World) -> Paper:
    """A baker's slip: short, cash, a firm with a person's name."""
    firm, day = w.each("AU FOURNIL DE LUCIE", "Boulangerie Tessier", "L'ÉPI GOURMAND"), w.day()
    lines = w.lines(
        ("BAGUETTE TRADITION", 1.1, 1.5), ("CROISSANT BEURRE", 1.1, 1.6), ("TARTE CITRON 4P", 12, 18), ("SANDWICH POULET", 4, 6), most=3
    )
    gross = total(lines)
    cash = Decimal(int(gross // 10 + 1) * 10)
    company = f"SARL {w.person().split()[1].upper()}"
    roll = (
        f"^{firm}",
        f"^{company}",
        f"^{w.street()}",
        f"^{w.town()}",
        f"Ticket {w.digits(5)}\t{day:%d-%m-%Y}",
        f"VEND. 02\t{w.clock()}",
        "",
        *(f"{n} {a}\t{plain(t)}" for a, n, _, t in lines),
        "-",
        f"#TOTAL {plain(gross)} €",
        f"ESPECES\t{plain(cash)}",
        f"A RENDRE\t{plain(cash - gross)}",
        f"TVA 5,50%\t{plain(gross - cents(gross / Decimal('1.055')))}",
        "-",
        "^Fermé le lundi",
        "^Merci et bonne journée !",
    )
    return Paper(
        Roll(roll, 30, w.each("photo", "scan", "photo")),
        truth("receipt", firm, date=day, tax=gross - cents(gross / Decimal("1.055")), total=gross, currency="EUR"),
        also_supplier=company,
    )


@layout("b", "receipt-fr")
def bistro(w: World) -> Paper:
    """A restaurant's roll: covers, service, a tip added by card."""
    firm, day = w.each("LA TABLE D'ANATOLE", "Crêperie Ty Gwen", "PIZZERIA VESUVIO"), w.day()
    lines = w.lines(
        ("MENU DU JOUR", 16, 22), ("GALETTE COMPLETE", 9, 13), ("REGINA", 11, 15), ("EAU 50CL", 3, 5), ("CAFE", 1.8, 2.5), most=4
    )
    gross = total(lines)
    tip = w.each(Decimal("3.00"), Decimal("0.00"), Decimal("5.00"))
    low = gross - cents(gross / Decimal("1.1"))
    tail = (f"POURBOIRE\t{plain(tip)}", f"MONTANT DEBITE CB\t{plain(gross + tip)}") if tip else (f"CB\t{plain(gross)}",)
    roll = (
        "^** NOTE **",
        f"#{firm}",
        f"^{w.street()}",
        f"^{w.town()} {w.phone()}",
        "-",
        f"Le {day:%d/%m/%Y} à {w.clock()}",
        f"Table {w.digits(2)}  Couverts {w.each(2, 4, 3)}",
        f"Addition N°{w.digits(4)}",
        "-",
        *(f"{n:>2} {a[:16]:<16}{plain(p):>6}\t{plain(t)}" for a, n, p, t in lines),
        "-",
        f"=TOTAL TTC EUR\t{plain(gross)}",
        f"Dont TVA 10%\t{plain(low)}",
        f"Total HT\t{plain(gross - low)}",
        *tail,
        "",
        "^Prix nets service compris 15%",
        "~Règlement par chèque non accepté",
    )
    return Paper(
        Roll(roll, 36, w.each("scan", "photo", "scan"), "DejaVuSansMono"),
        truth("receipt", firm, date=day, net=gross - low, tax=low, total=gross, currency="EUR"),
    )


@layout("b", "receipt-fr")
def taxi(w: World) -> Paper:
    """A taxi's slip: distance, times, booking fee; the driver's name."""
    firm, day = w.each("TAXIS BLEU NUIT", "ARTISAN TAXI BENALI", "Allo Taxi Pornic"), w.day()
    ride, fee = w.amount(9, 70), w.each(Decimal("4.00"), Decimal("0.00"), Decimal("7.00"))
    gross = ride + fee
    tax = gross - cents(gross / Decimal("1.1"))
    roll = (
        "^RECU DE TAXI",
        f"={firm}",
        f"Stationnement N° {w.digits(4)}",
        f"Immat. {w.each('GH-204-LM', 'FS-871-QD', 'EV-530-XB')}",
        f"{w.street()}",
        f"{w.town()}",
        "-",
        f"COURSE DU {day:%d/%m/%Y}",
        f"DEBUT 08:1{w.digits(1)}  FIN 08:4{w.digits(1)}",
        f"DISTANCE\t{plain(w.amount(3, 32))} km",
        "TARIF\tB",
        f"COURSE\t{plain(ride)} EUR",
        f"SUPPLEMENT\t{plain(fee)} EUR",
        f"=A PAYER\t{plain(gross)} EUR",
        f"TVA INCLUSE 10%\t{plain(tax)} EUR",
        "-",
        "Départ: ______________",
        "Arrivée: _____________",
        "^Merci de votre confiance",
    )
    return Paper(Roll(roll, 28, w.each("scan", "scan", "photo")), truth("receipt", firm, date=day, tax=tax, total=gross, currency="EUR"))
