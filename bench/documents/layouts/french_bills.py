"""French bills of large firms: telephone, software, insurance, energy, credit notes."""

from __future__ import annotations

from decimal import Decimal

from bench.documents.layouts import identifiers as ids
from bench.documents.layouts.html import br, grid, page, sums
from bench.documents.layouts.paper import Paper, layout
from bench.documents.layouts.word import Word
from bench.documents.layouts.world import World, cents, eng, eur, later, long, slash, total, truth


@layout("a", "invoice-fr")
def telecom(w: World) -> Paper:
    """A telephone bill: client first, contract and line numbers, boxes of use, the day the money is taken."""
    firm, brand = w.each(("Télévia SA", "télévia"), ("Onde Mobile", "onde"), ("Fibralis Entreprises SAS", "fibralis pro"))
    client, day, siren = w.client(), w.day(), ids.siren(w.dice)
    plan, options, beyond = w.amount(14, 45), w.amount(2, 9), w.amount(0.5, 7)
    net = plan + options + beyond
    tax = cents(net / 5)
    number, drawn = w.each(f"{w.digits(10)}", f"M{w.digits(9)} {day:%m}", f"F-{w.digits(8)}"), later(day, 12)
    body = f"""<div class=row><div><span style='font-size:30pt;color:#e0007a;font-weight:bold'>{brand}</span></div>
    <div class=s>Service clients<br>{w.each("3911", "1085", "0 970 80 12 12")} (appel gratuit)<br>{
        brand.replace(" ", "").replace("é", "e")
    }.example/espace-client</div></div>
    <div class=row style='margin-top:8mm'><div style='width:55mm' class='box s'>vos références<br>titulaire : {client}<br>
    n° client : {w.digits(8)}<br>contrat souscrit le {slash(later(day, -800))}<br>fin d'engagement : {slash(later(day, 90))}<br>
    ligne : {w.phone()}</div>
    <div style='width:85mm'>{br(client.upper(), w.street().upper(), w.town().upper())}</div></div>
    <h2 style='color:#e0007a'>votre facture du {long(day)}</h2><div>n° de facture : {number}</div>
    <div style='display:flex;gap:6mm' class=mt><div class=box style='flex:2'><b>votre abonnement du {slash(later(day, 1))} au
    {slash(later(day, 30))}</b>{
        grid(
            (),
            [
                ("Forfait illimité 100 Go", eur(plan)),
                ("Options", eur(options)),
                ("Consommations hors forfait du " + slash(later(day, -30)) + " au " + slash(day), eur(beyond)),
            ],
        )
    }</div>
    <div class=box style='flex:1;background:#fbe5f1'><b>montant prélevé</b>
    <div style='font-size:20pt'>{eur(net + tax)}</div>le {slash(drawn)}<br>
    <span class=s>sur votre compte {ids.iban(w.dice)[:9]} **** **** {w.digits(3)}</span></div></div>
    <div class=mt>{
        grid(
            ("récapitulatif", "€"),
            [
                ("total hors TVA", eur(net, "")),
                ("TVA (20,00 %)", eur(tax, "")),
                ("total de la facture TTC", eur(net + tax, "")),
                ("solde antérieur au " + slash(later(day, -3)), "0,00"),
            ],
        )
    }</div>
    <div style='display:flex;gap:5mm' class='mt s'><div class=box>appels : 4 h 12 min<br>SMS : 208<br>data : 31,7 Go sur 100 Go</div>
    <div class=box>prochaine facture : {slash(later(day, 30))}<br>consultez le détail en ligne</div></div>
    <div class=foot>{firm}, au capital de 153 000 000 euros – {w.street()}, {w.town()} – RCS Paris {siren[:3]} {siren[3:6]} {siren[6:]}
    – identifiant TVA {ids.vat(w.dice, "FR", siren)}</div>"""
    return Paper(
        page(body, "", "DejaVu Sans"),
        truth(
            "invoice",
            firm,
            client=client,
            number=number,
            date=day,
            due_date=drawn,
            net=net,
            tax=tax,
            total=net + tax,
            currency="EUR",
            supplier_vat=ids.vat(w.dice, "FR", siren),
        ),
    )


@layout("a", "invoice-fr")
def saas(w: World) -> Paper:
    """Software bought in English by a French firm: reverse charge, ISO or English days, euros before the figure."""
    w.speak("en")
    firm = w.each("Pagehive Ltd", "Cloudmere Software B.V.", "Northloop Inc.")
    client = w.each("SAS Vauban Logistique", "Studio Camélia SARL", "Groupe Astéria")
    day = w.day()
    seats, price = w.dice.randrange(3, 25), w.each(Decimal("12.00"), Decimal("9.90"), Decimal("19.00"))
    net = seats * price
    tax = cents(net / 5) if w.n == 1 else Decimal("0.00")
    number = w.each(f"PH-{w.digits(6)}", f"INV-{day:%Y}-{w.digits(5)}", f"{w.digits(4)}{w.pick('ABC')}-{w.digits(4)}")
    date = w.each(day.isoformat(), long(day, "en", "{m} {d}, {y}"), f"{day:%d %b %Y}")
    body = f"""<div class=row><h1 style='font-weight:300;margin:0'>Invoice</h1><div class=r style='color:#6b5bd2;font-size:18pt'>◆
    {firm.split()[0].lower()}</div></div>
    <table style='margin-top:4mm'><tr><td class=k>Invoice number<td>{number}<tr><td class=k>Date of issue<td>{date}<tr>
    <td class=k>Billing period<td>{later(day, -30):%d %b %Y} – {day:%d %b %Y}<tr><td class=k>Next renewal
    <td>{later(day, 30):%d %b %Y}</table>
    <div class='row mt'><div><b>{firm}</b><br>{br(w.street(), w.town(), w.each("United Kingdom", "Nederland", "United States"))}<br>
    billing@{firm.split()[0].lower()}.example</div>
    <div><b>Bill to</b><br>{br(client, "27 bis avenue Foch", "69007 Lyon", "France")}<br>TVA {ids.vat(w.dice, "FR")}</div></div>
    <h2 class=mt>{eng(net + tax, "€")} due {w.each("on receipt", "today", "upon receipt")}</h2>
    {
        grid(
            ("Description", "Qty", "Unit price", "Amount"),
            [(f"{w.each('Team', 'Business', 'Pro')} plan – per seat, monthly", str(seats), eng(price, "€"), eng(net, "€"))],
            "w u",
        )
    }
    {
        sums(
            ("Subtotal", eng(net, "€")),
            (w.each("VAT – reverse charge (0%)", "VAT 20%", "Tax 0%"), eng(tax, "€")),
            ("Total", eng(net + tax, "€")),
            ("Amount due", eng(net + tax, "€")),
        )
    }
    <p class=s>{
        w.each("Autoliquidation de la TVA – art. 283-2 du CGI.", "", "Reverse charge applies.")
    } Charged to Visa ending in 0341. Questions? Contact {w.person()} at support.</p>"""
    return Paper(
        page(body, ".k{color:#888}.u th{border-bottom:1px solid #ccc;font-weight:normal;color:#888}", "Carlito"),
        truth("invoice", firm, client=client, number=number, date=day, net=net, tax=tax, total=net + tax, currency="EUR"),
    )


@layout("a", "invoice-fr")
def insurance(w: World) -> Paper:
    """A premium notice: the agent's name above the insurer's, a contract number, no VAT, a day to pay by."""
    firm, agent = w.each("Mutuelle Armoricaine d'Assurances", "Prévalia IARD", "La Sauvegarde Mutuelle"), w.person()
    client, day = w.client(), w.day()
    fees, taxes, premium = w.amount(8, 25), w.amount(30, 90), w.amount(250, 900)
    due, gross = later(day, 31), premium + taxes + fees
    body = f"""<div class=row><div><b>{agent}</b><br>Agent général<br>{br(w.street(), w.town())}<br>{w.phone()}<br>N° ORIAS {
        w.digits(8)
    }</div>
    <div class=r><b style='font-size:14pt;color:#003a70'>{firm}</b><br><i>{
        w.each("Proches, par nature.", "L'assurance d'avancer", "Depuis 1891")
    }</i></div></div>
    <div style='margin:14mm 0 8mm 95mm'>{br(client, w.street(), w.town())}</div>
    <div class=row><div>Contrat n° <b>{w.digits(8)} {w.pick("ABCD")}</b><br>Multirisque professionnelle<br>
    N° sociétaire {w.digits(7)}</div><div>{w.town()[6:]}, le {long(day)}</div></div>
    <h2 class=c>AVIS D'ÉCHÉANCE</h2>
    <p>Madame, Monsieur,</p><p>Votre cotisation pour la période du {slash(due)} au {slash(later(due, 364))} arrive à échéance. Nous
    vous remercions de bien vouloir régler avant le <b>{slash(due)}</b> la somme de <b>{eur(gross)}</b>.</p>
    <table class=w style='border:1px solid #003a70'><tr style='background:#003a70;color:white'><th>Garanties</th>
    <th class=r>Cotisation annuelle</th></tr><tr><td>Cotisation hors taxes</td><td class=r>{eur(premium)}</td></tr>
    <tr><td>Taxes et contributions (dont attentats 6,50 €)</td><td class=r>{eur(taxes)}</td></tr><tr><td>Frais de gestion</td>
    <td class=r>{eur(fees)}</td></tr><tr class=b><td>Total TTC à payer</td><td class=r>{eur(gross)}</td></tr></table>
    <p class=s>Loi Chatel : vous pouvez dénoncer la reconduction de votre contrat jusqu'au {slash(later(due, -20))}. Indice FFB : 1
    163,9. Montant assuré : 350 000 €. Franchise : 450 €.</p>
    <div style='border-top:1px dashed;margin-top:20mm;padding-top:3mm' class=row>
    <div>TALON À JOINDRE À VOTRE RÈGLEMENT<br>Réf. {w.digits(12)}</div><div>{eur(gross)}<br>{client}</div></div>
    <div class=foot>{firm} – Société d'assurance à cotisations variables – Siège social : {w.street()} {w.town()} – entreprise régie
    par le code des assurances</div>"""
    return Paper(
        page(body, "", "Liberation Serif"), truth("invoice", firm, client=client, date=day, due_date=due, total=gross, currency="EUR")
    )


@layout("a", "credit-note")
def avoir(w: World) -> Paper:
    """A credit note written in Word: it names the invoice it takes back, with that one's day."""
    firm, client = w.each("Papeterie Vasseur", "SARL Delmas Équipements", "Atelier Nomade"), w.client()
    day, number = w.day(), f"AV{w.digits(5)}"
    lines = w.lines(
        ("Retour fauteuil ergonomique", 120, 260), ("Erreur de prix lampe LED", 8, 30), ("Article manquant à la livraison", 12, 60), most=3
    )
    net = total(lines)
    tax = cents(net / 5)
    minus = w.each("-", "", "- ")
    rows = [("Désignation", "Qté", "PU HT", "Total HT"), *((a, str(n), eur(p), minus + eur(t)) for a, n, p, t in lines)]
    blocks: tuple[str | tuple[tuple[str, ...], ...], ...] = (
        f"*{firm}",
        f"{w.street()}\n{w.town()}\nTél : {w.phone()}",
        f"> {client}\n{w.street()}\n{w.town()}",
        f"# {w.each('AVOIR', 'Facture d’avoir', 'Note de crédit')} N° {number}",
        f"Date : {slash(day)}",
        f"Avoir sur notre facture n° F{w.digits(5)} du {slash(later(day, -23))} d'un montant de {eur(net * 3)} TTC.",
        tuple(rows),
        f"> Total HT : {minus}{eur(net)}\nTVA 20 % : {minus}{eur(tax)}\n*Total TTC à votre crédit : {minus}{eur(net + tax)}".replace(
            "*", ""
        ),
        "Ce montant sera déduit de votre prochaine commande ou remboursé sur simple demande.",
    )
    fields = truth("credit-note", firm, client=client, number=number, date=day, net=net, tax=tax, total=net + tax, currency="EUR")
    return Paper(
        Word(blocks, footer=f"{firm} – SIRET {ids.siret(ids.siren(w.dice))} – Banque de l'Estuaire IBAN {ids.iban(w.dice)}", pdf=w.n != 2),
        fields,
    )
