"""French bills of goods, energy and carriage; advances and pro formas."""

from __future__ import annotations

from decimal import Decimal

from bench.documents.layouts import identifiers as ids
from bench.documents.layouts.html import br, grid, logo, page, sums
from bench.documents.layouts.paper import Paper, layout
from bench.documents.layouts.world import World, cents, eur, later, long, slash, total, truth


@layout("b", "invoice-fr")
def energy(w: World) -> Paper:
    """Electricity: place of use, meter readings, standing charge at a low rate and use at the full one, the amount in a bubble."""
    firm, client, day = w.each("Lumea Énergie", "Régie Électrique du Bocage", "VOLTÉO"), w.client(), w.day()
    fixed, used, taxes = w.amount(18, 40), w.amount(60, 380), w.amount(9, 40)
    low, high = cents(fixed * Decimal("0.055")), cents((used + taxes) / 5)
    net, tax = fixed + used + taxes, low + high
    number, due, old = (
        w.each(w.digits(11), f"{w.digits(3)} {w.digits(3)} {w.digits(3)}", f"FE{w.digits(7)}"),
        later(day, 17),
        int(w.digits(5)),
    )
    kwh = w.dice.randrange(300, 2200)
    rows = [
        ("Abonnement (6 kVA)", f"{slash(later(day, -61))} – {slash(day)}", eur(fixed), "5,5 %"),
        (f"Consommation {kwh} kWh", "0,1841 €/kWh", eur(used), "20 %"),
        ("Taxes et contributions (accise, CTA)", "", eur(taxes), "20 %"),
    ]
    body = f"""<div style='display:flex;gap:6mm'><div style='width:58mm' class=s>
    <div style='font-size:20pt;color:#0a8f4d;font-weight:bold'>{firm}</div>
    <p><b>Nous contacter</b><br>{w.phone()}<br>8h-20h, appel non surtaxé<br><b>Dépannage réseau</b><br>09 726 750 {w.digits(2)}</p>
    <p><b>Vos références</b><br>Client {w.digits(9)}<br>Compte de contrat {w.digits(10)}<br>PDL {w.digits(14)}</p>
    <p><b>Lieu de consommation</b><br>{br(w.street(), w.town())}</p></div>
    <div style='flex:1'><div style='margin:20mm 0 10mm 20mm'>{br(client, w.street(), w.town())}</div><b>Facture du {long(day)}</b><br>
    N° {number}
    <div style='background:#e5f6ec;border-radius:8mm;padding:5mm' class='c mt'>Montant à payer TTC
    <div style='font-size:22pt'>{eur(net + tax)}</div>{
        w.each("Sera prélevé à partir du ", "à régler avant le ", "Prélèvement automatique le ")
    }{long(due)}</div></div></div>
    <h4>Détail de votre facture</h4>{grid(("", "", "Montant HT", "TVA"), rows, "w g", 2)}{
        sums(
            ("Total hors TVA", eur(net)),
            ("TVA à 5,5 %", eur(low)),
            ("TVA à 20 %", eur(high)),
            ("Total TVA", eur(tax)),
            ("Total TTC", eur(net + tax)),
        )
    }
    <div class='s mt box'>Relevé : ancien index {old} le {slash(later(day, -61))} – nouvel index {old + kwh} le {slash(later(day, -1))}
    (estimé). Prochain relevé vers le {slash(later(day, 60))}. Consommation de l'an passé : {kwh + 120} kWh. Solde avant cette facture
    : 0,00 €. Chèque énergie accepté.</div>
    <div class=foot>{firm} – SA au capital de 2 585 300 € – {w.street()} {w.town()} – {w.digits(9)} RCS – TVA {
        (vat := ids.vat(w.dice, "FR"))
    }</div>"""
    return Paper(
        page(body, ".g td,.g th{border-bottom:1px solid #9c9}", "Carlito"),
        truth(
            "invoice",
            firm,
            client=client,
            number=number,
            date=day,
            due_date=due,
            net=net,
            tax=tax,
            total=net + tax,
            currency="EUR",
            supplier_vat=vat,
        ),
    )


@layout("b", "invoice-fr")
def transport(w: World) -> Paper:
    """Carriage: sender and receiver of each load beside the one who pays, fuel surcharge."""
    firm, client, day = w.each("TRANSPORTS GUILLERM ET FILS", "Rapid'Fret 49", "SOCIÉTÉ ROUTIÈRE ALPINE"), w.client(), w.day()
    towns = ("Angers", "Rungis", "Chambéry", "Brest", "Mulhouse")
    loads = [
        (
            slash(later(day, -w.dice.randrange(3, 28))),
            w.digits(6),
            f"{w.pick(towns)} → {w.pick(towns)}",
            w.pick(("Ets Morel", "Coop Loire", "Frigo Est")),
            f"{w.dice.randrange(2, 24)} pal.",
            w.amount(90, 780),
        )
        for _ in range(w.each(3, 5, 9))
    ]
    base = sum((load[5] for load in loads), Decimal(0))
    fuel = cents(base * Decimal("0.0862"))
    net = base + fuel
    tax, number, due, siren = cents(net / 5), f"T{day:%y%m}{w.digits(4)}", later(day, 30), ids.siren(w.dice)
    body = f"""<table class=w><tr><td class=box style='width:48%'><b>FACTURE</b> {number}<br>DATE {day:%d.%m.%Y}<br>CODE CLIENT {
        w.digits(4)
    }<br>
    REGLEMENT : VIREMENT 30 JOURS NETS LE {due:%d.%m.%Y}</td><td style='padding-left:12mm'>{
        br(client, w.street(), w.town())
    }</td></tr></table>
    <div class=mt>{
        grid(
            ("Date enl.", "Récépissé", "Trajet", "Destinataire", "Qté", "Montant"),
            [(*load[:5], eur(load[5], "")) for load in loads],
            "w g",
            5,
        )
    }</div>
    {
        grid(
            ("Total transport", "Surcharge gazole 8,62 %", "Total HT", "TVA 20 %", "Total TTC"),
            [(eur(base, ""), eur(fuel, ""), eur(net, ""), eur(tax, ""), f"<b>{eur(net + tax)}</b>")],
            "w g mt",
            0,
        )
    }
    <p class=s>Conformément à l'article L.441-10 du code de commerce… Pénalités : 3 fois le taux légal. Aucun escompte. Les litiges
    doivent être signalés sous 3 jours.</p>
    <div style='position:fixed;bottom:0' class='row w'><div><b>{firm}</b><br>{br(w.street(), w.town())}</div>
    <div class=s>Licence {day:%Y}/52/{w.digits(7)}<br>SIREN {siren}<br>TVA {(vat := ids.vat(w.dice, "FR", siren))}</div>
    <div class=s>Affacturage : règlement à FACTOR OUEST SA exclusivement<br>{ids.iban(w.dice)}</div></div>"""
    return Paper(
        page(body, ".g td,.g th{border:1px solid #333}", "Liberation Mono"),
        truth(
            "invoice",
            firm,
            client=client,
            number=number,
            date=day,
            due_date=due,
            net=net,
            tax=tax,
            total=net + tax,
            currency="EUR",
            supplier_vat=vat,
        ),
    )


@layout("b", "invoice-fr")
def advance(w: World) -> Paper:
    """An advance: a share of the order's total, which stands there too."""
    firm, client, day = w.each("Cuisines Ateliers du Bois", "Véranda Concept 35 SARL", "Piscines Azurine"), w.client(), w.day()
    whole, share = w.amount(6000, 18000), w.each(30, 40, 25)
    gross = cents(whole * share / 100)
    net = cents(gross / Decimal("1.2"))
    number = w.each(f"FAC-AC-{w.digits(4)}", f"AC{w.digits(5)}", f"{day:%Y}/{w.digits(3)}")
    body = f"""<div class=row><div>{logo(firm.split(" SARL")[0], w.each("#5a3d2b", "#305a78", "#0a8bb5"), 480, 110)}<br>{firm}<br>{
        br(w.street(), w.town())
    }</div><div class=box><b>FACTURE D'ACOMPTE</b><br>{number}<br>{slash(day)}</div></div>
    <div style='margin:10mm 0 0 100mm'>{br(client, w.street(), w.town())}</div>
    <p class=mt>Objet : commande n° {w.digits(5)} signée le {slash(later(day, -3))} – {
        w.each("cuisine équipée", "véranda aluminium", "bassin 8x4")
    }<br>Montant total de la commande : {eur(whole)} TTC. Livraison prévue semaine 38, pose le {slash(later(day, 95))}.</p>
    {
        grid(
            ("Description", "Taux", "Montant HT", "TVA 20 %", "Montant TTC"),
            [(f"Acompte de {share} % à la commande", f"{share} %", eur(net), eur(gross - net), eur(gross))],
            "w g",
        )
    }
    {sums(("Acompte à régler", eur(gross)), ("Restera à facturer", eur(whole - gross)), strong=0)}
    <p class=s>{firm} – Capital 15 000 € – RCS {w.digits(9)} – Assurance décennale n° {w.digits(7)} – Crédit Maritime
    {(bank := ids.iban(w.dice))}</p>"""
    return Paper(
        page(body, ".g td,.g th{border:1px solid #bbb}"),
        truth("invoice", firm, client=client, number=number, date=day, net=net, tax=gross - net, total=gross, currency="EUR", iban=bank),
    )


@layout("b", "other")
def proforma(w: World) -> Paper:
    """A pro forma for export: no bill to be booked."""
    firm, client, day = (
        w.each("Savonnerie des Alpilles", "MECA-TARN Industrie", "Cidrerie Hamon"),
        w.each("Nordvik Handel AS", "Atlas Trading SARL (Casablanca)", "Kobayashi Foods KK"),
        w.day(),
    )
    lines = w.lines(("Savon 300 g, carton de 24", 38, 70), ("Vanne DN50 inox", 110, 240), ("Cidre brut 75 cl x6", 14, 24), most=30)
    net, number = total(lines), f"PF{w.digits(4)}"
    body = f"""<h2>{firm}</h2>{w.street()}, {w.town()}<h1 class=c>FACTURE PRO FORMA</h1>
    <p>N° {number} du {slash(day)} – valable jusqu'au {slash(later(day, 30))} – Incoterm : EXW</p>
    <p>Client : {br(client)}</p>{grid(("Désignation", "Qté", "P.U.", "Total"), [(a, str(n), eur(p), eur(t)) for a, n, p, t in lines])}
    {sums(("Total HT (exonération art. 262 I du CGI)", eur(net)), ("Total", eur(net)))}
    <p>Ce document n'est pas une facture et ne peut donner lieu à déduction de TVA. Paiement d'avance avant expédition.</p>"""
    return Paper(page(body), truth("quote", firm, client=client, number=number, date=day, total=net, currency="EUR"), "other")


@layout("b", "invoice-fr")
def two_rates(w: World) -> Paper:
    """A shop of appliances: two VAT rates, eco-contribution, an old appliance taken back."""
    firm, client, day = w.each("ÉLECTRO-MÉNAGER ROUSSEL", "Jardi-Maison Les Herbiers", "Cash Pro Équipement SAS"), w.client(), w.day()
    big, food, eco, ship = (
        w.amount(250, 900),
        w.amount(20, 90),
        w.each(Decimal("8.33"), Decimal("1.50"), Decimal("15.00")),
        w.each(Decimal("35.00"), Decimal("0.00"), Decimal("20.00")),
    )
    high, low = cents((big + eco + ship) / 5), cents(food * Decimal("0.055"))
    net, tax = big + food + eco + ship, high + low
    number = w.each(f"FV{w.digits(6)}", f"{w.digits(3)}-{w.digits(4)}", f"M{w.digits(2)}/{w.digits(5)}")
    rows = [
        (w.each("Lave-linge 9 kg A", "Tondeuse thermique 46 cm", "Vitrine réfrigérée"), "20,00", eur(big, "")),
        ("&nbsp;&nbsp;dont reprise ancien appareil", "", "0,00"),
        ("Éco-participation DEEE", "20,00", eur(eco, "")),
        (w.each("Café en grains 1 kg", "Graines potagères", "Sirop 1 L x12"), "5,50", eur(food, "")),
        ("Livraison étage", "20,00", eur(ship, "")),
    ]
    body = f"""<div class=row><div class=box style='width:80mm'><b>{client}</b><br>{br(w.street(), w.town())}<br>Tél. {
        w.phone()
    }</div><div class=r>
    <div style='font-size:14pt'><b>{firm}</b></div>{w.street()}<br>{w.town()}<br><i>{
        w.each("Le prix, le choix, le conseil", "Cultivons le bonheur", "Tout pour les pros")
    }</i></div></div>
    <p><b>Facture / Bon de garantie</b> n° <b>{number}</b> &nbsp; établie le <b>{day:%d/%m/%y}</b> à 16:42 &nbsp; Vendeur :
    {w.person()} &nbsp; Garantie jusqu'au {slash(later(day, 730))}</p>{grid(("Libellé", "TVA %", "Prix HT"), rows, "w g")}
    <table class='g mt' style='float:left'><tr><th>Taux</th><th>Base</th><th>TVA</th></tr><tr><td>20,00</td>
    <td>{eur(big + eco + ship, "")}</td><td>{eur(high, "")}</td></tr><tr><td>5,50</td><td>{eur(food, "")}</td>
    <td>{eur(low, "")}</td></tr></table>
    <div class=mt>{
        sums(
            ("Total HT", eur(net)),
            ("Total TVA", eur(tax)),
            ("dont éco-part.", eur(eco)),
            ("Total TTC", eur(net + tax)),
            ("Arrhes", eur(Decimal(50))),
            ("Solde réglé en 3 fois", eur(net + tax - 50)),
            strong=3,
        )
    }</div>
    <div style='clear:both' class='s mt'>3 échéances : {slash(day)}, {slash(later(day, 30))}, {slash(later(day, 60))}. Numéro de série
    {w.digits(12)}.</div>"""
    return Paper(
        page(body, ".g td,.g th{border:1px solid #aaa}", "Liberation Sans Narrow"),
        truth("invoice", firm, client=client, number=number, date=day, net=net, tax=tax, total=net + tax, currency="EUR"),
    )
