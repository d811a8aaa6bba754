"""Invoices of French trades: builders, garages, hotels, shops."""

from __future__ import annotations

from decimal import Decimal

from bench.documents.layouts import identifiers as ids
from bench.documents.layouts.html import br, grid, logo, page, sums
from bench.documents.layouts.paper import Paper, layout
from bench.documents.layouts.world import World, cents, eur, later, long, slash, total, truth


@layout("a", "invoice-fr")
def artisan_logo(w: World) -> Paper:
    """A logo as a picture; the name can be copied only from the legal line at the foot."""
    firm, brand = w.each(
        ("Couverture Ansel SARL", "ANSEL toitures"), ("Menuiserie du Val d'Oudon", "Val d'Oudon"), ("Ets Pichard Plomberie", "PICHARD")
    )
    client, day, siren = w.client(), w.day(), ids.siren(w.dice)
    lines = w.lines(
        ("Dépose ancienne couverture", 300, 900),
        ("Fourniture et pose ardoises 1er choix", 40, 95),
        ("Évacuation gravats en déchetterie", 80, 160),
        ("Main d'œuvre compagnon", 42, 58),
        ("Zinguerie, développé 33", 28, 49),
    )
    net = total(lines)
    tax = cents(net / 10)
    number, bank = f"FA{day:%y%m}-{w.digits(3)}", ids.iban(w.dice)
    body = f"""<div class=row><div>{logo(brand, w.each("#7a2f1d", "#28543a", "#14467c"))}
    <div style='font-size:16pt;color:#444'>{w.each("Un toit pour la vie !", "Le bois, notre passion", "Dépannage 7j/7")}</div></div>
    <div class=r><div style='font-size:15pt'>FACTURE</div>N° {number}<br>{w.each("Fait à Segré, le ", "le ", "Date : ")}
    {long(day)}</div></div>
    <div style='margin:8mm 0 6mm 95mm'>{br(client, w.street(), w.town())}</div>
    <p>Chantier : {w.street()} – Devis n° D{w.digits(4)} accepté le {slash(later(day, -40))}</p>
    {
        grid(
            ("Désignation des travaux", "Qté", "P.U. H.T.", "Total H.T."),
            [(a, str(n), eur(p, ""), eur(t, "")) for a, n, p, t in lines],
            "w lines",
        )
    }
    {sums(("TOTAL H.T.", eur(net)), ("T.V.A. 10,00 %", eur(tax)), ("TOTAL T.T.C.", eur(net + tax)))}
    <p>Règlement à réception de facture. Chèque ou virement : IBAN {bank}</p>
    <p class=s>Je soussigné certifie que les travaux portent sur un logement achevé depuis plus de deux ans.</p>
    <div class=foot>{firm} – {w.street()} {w.town()} – Siret {ids.siret(siren)} – APE 4391B – TVA intracommunautaire {
        ids.vat(w.dice, "FR", siren)
    } – Décennale AXA n° {w.digits(9)}</div>"""
    fields = truth(
        "invoice",
        firm,
        client=client,
        number=number,
        date=day,
        net=net,
        tax=tax,
        total=net + tax,
        currency="EUR",
        iban=bank,
        supplier_vat=ids.vat(w.dice, "FR", siren),
    )
    return Paper(page(body, ".lines td,.lines th{border:1px solid #999}"), fields)


@layout("a", "invoice-fr")
def garage(w: World) -> Paper:
    """A repair: the vehicle, its mileage and dates, labour and parts apart."""
    firm = w.each("Garage Thiébaut", "Carrosserie Moderne de l'Est SAS", "Auto Services Lannion")
    client, day, siren = w.client(), w.day(), ids.siren(w.dice)
    work = w.lines(
        ("Vidange + remplacement filtre", 55, 75), ("Remplacement plaquettes AV", 60, 80), ("Diagnostic électronique", 45, 65), most=2
    )
    parts = w.lines(
        ("Filtre à huile W712/95", 9, 18),
        ("Huile 5W30 (litre)", 8, 15),
        ("Jeu plaquettes AV", 35, 78),
        ("Balais essuie-glace", 18, 32),
        most=5,
    )
    net = total(work) + total(parts)
    tax = cents(net / 5)
    number = f"{w.digits(6)}"
    head = f"""<table class=w><tr><td style='width:50%'><b style='font-size:15pt'>{firm}</b><br>{br(w.street(), w.town())}<br>Tél. {w.phone()}<br>
    SIRET {ids.siret(siren)}</td>
    <td class=box>Doit : <b>{client}</b><br>{br(w.street(), w.town())}</td></tr></table>
    <table class='w grille mt'><tr><th>Facture N°</th><th>Date</th><th>N° OR</th><th>Réceptionnaire</th><th>Compte client</th></tr>
    <tr><td>{number}</td><td>{slash(day)}</td><td>{w.digits(5)}</td><td>{w.person()}</td><td>C{w.digits(5)}</td></tr></table>
    <table class='w grille'><tr><th>Marque / Modèle</th><th>Immatriculation</th><th>1ère M.E.C.</th><th>Kilométrage</th>
    <th>N° de série</th><th>Prochain C.T.</th></tr>
    <tr><td>{w.each("RENAULT CLIO IV", "PEUGEOT 308 SW", "DACIA DUSTER")}</td><td>{w.each("DK-482-RN", "FG-119-ZE", "GB-730-MT")}</td>
    <td>{slash(later(day, -2300))}</td><td>{w.digits(6)}</td><td>VF1{w.digits(10)}</td><td>{slash(later(day, 410))}</td></tr></table>"""
    cols = ("Libellé", "Qté", "P.U. HT", "Remise", "Montant HT")

    def table(title: str, lines: list[tuple[str, int, Decimal, Decimal]]) -> str:
        rows = [(a, f"{n},00", eur(p, ""), "", eur(t, "")) for a, n, p, t in lines]
        return f"<h4 style='margin:4mm 0 1mm'>{title}</h4>{grid(cols, rows)}<div class=r>Sous-total {title.lower()} : {eur(total(lines))}</div>"

    body = f"""{head}{table("Main d'œuvre", work)}{table("Pièces détachées", parts)}
    <table class='w grille mt'><tr><th>Base HT</th><th>Taux</th><th>Montant TVA</th><th>Total HT</th><th>Total TTC</th>
    <th>NET A PAYER</th></tr>
    <tr><td>{eur(net, "")}</td><td>20,00</td><td>{eur(tax, "")}</td><td>{eur(net, "")}</td><td>{eur(net + tax, "")}</td>
    <td><b>{eur(net + tax)}</b></td></tr></table>
    <p>Mode de règlement : {w.each("Carte bancaire", "Chèque", "Virement à 30 jours")}. Prochain entretien conseillé le
    {slash(later(day, 365))} ou à 15 000 km.</p>
    <p class=s>Garantie pièces 12 mois. Tout véhicule non retiré sous 48 h donnera lieu à des frais de gardiennage de 15,00 € par jour.
    Indemnité forfaitaire de recouvrement : 40 €.</p>"""
    return Paper(
        page(body, ".grille td,.grille th{border:1px solid #444;font-size:9pt}", "DejaVu Sans Condensed"),
        truth("invoice", firm, client=client, number=number, date=day, net=net, tax=tax, total=net + tax, currency="EUR"),
    )


@layout("a", "invoice-fr")
def hotel(w: World) -> Paper:
    """A stay: arrival and departure, a line a night, tourist tax without VAT, the guest's firm."""
    firm = w.each("Hôtel de la Cathédrale", "Le Relais des Dunes", "Résidence hôtelière Azuréa")
    guest, client, out = w.person(), w.client(), w.day()
    nights = w.each(1, 2, 3)
    rate, meal, stay = w.amount(79, 165), w.amount(11, 18), Decimal("1.65") * nights
    gross = (rate + meal) * nights
    net = cents(gross / Decimal("1.1"))
    number = w.each(f"F-{out:%Y}-{w.digits(5)}", w.digits(6), f"{w.digits(4)}/{out:%y}")
    rows = []
    for night in range(nights, 0, -1):
        day = f"{later(out, -night):%d/%m/%y}"
        rows += [(day, f"Chambre {w.digits(3)} double confort", eur(rate, ""), ""), (day, "Petit déjeuner buffet", eur(meal, ""), "")]
        rows.append((day, "Taxe de séjour", eur(Decimal("1.65"), ""), ""))
    rows.append((f"{out:%d/%m/%y}", w.each("Visa ****4471", "Espèces", "AMEX ****1009"), "", eur(gross + stay, "")))
    body = f"""<div class=c><div style='font-size:22pt;font-variant:small-caps'>{firm}</div>★★★<br>{w.street()} · {w.town()} · Tél {w.phone()}<br>
    accueil@{w.each("hotelcathedrale", "relaisdesdunes", "azurea-residence")}.fr</div>
    <div class='row mt'><div>{br(client, "À l'attention de " + guest, w.street(), w.town())}</div>
    <table><tr><td>Facture<td>{number}<tr><td>Arrivée<td>{slash(later(out, -nights))}<tr><td>Départ<td>{slash(out)}<tr>
    <td>Adultes / enfants<td>1 / 0<tr><td>Édité le<td>{slash(out)} {w.each("07:52", "09:14", "10:31")}<tr><td>Réservation
    <td>BK{w.digits(8)}</table></div>
    <div class=mt>{grid(("Date", "Prestation", "Débit", "Crédit"), rows, "w hl", 2)}</div>
    {sums(("Total débit", eur(gross + stay)), ("Total crédit", eur(gross + stay)), ("Solde", "0,00 €"))}
    <table class='hl mt'><tr><th>Taux TVA</th><th>HT</th><th>TVA</th><th>TTC</th></tr><tr><td>10 %</td><td>{eur(net)}</td>
    <td>{eur(gross - net)}</td><td>{eur(gross)}</td></tr>
    <tr><td>0 % (taxe de séjour)</td><td>{eur(stay)}</td><td>0,00 €</td><td>{eur(stay)}</td></tr><tr class=b><td>Total</td>
    <td>{eur(net + stay)}</td><td>{eur(gross - net)}</td><td>{eur(gross + stay)}</td></tr></table>
    <p class=c><i>Nous espérons vous revoir bientôt !</i></p><div class=foot>SARL au capital de 8 000 € – RCS {w.digits(9)} – TVA
    {ids.vat(w.dice, "FR")}</div>"""
    return Paper(
        page(body, ".hl th{border-bottom:1px solid;font-weight:normal;font-style:italic}", "Liberation Serif"),
        truth("invoice", firm, client=client, number=number, date=out, tax=gross - net, total=gross + stay, currency="EUR"),
        "receipt",
    )


@layout("a", "invoice-fr")
def situation_travaux(w: World) -> Paper:
    """A progress bill: cumulated work, what former bills took, a guarantee kept back, an advance taken off."""
    firm = w.each("BATI-OUEST CONSTRUCTION SAS", "Entreprise Générale Rivoal", "Maçonnerie Delcambre SARL")
    client, day = w.each("Mairie de Saint-Aubin", "SCCV Les Jardins de Flore", "OPH Habitat Littoral"), w.day()
    lots = [
        ("Lot 02 – Gros œuvre, fondations", w.amount(30000, 52000), 80),
        ("Lot 02 – Élévations", w.amount(22000, 38000), 45),
        ("Lot 03 – Chapes et dallages", w.amount(8000, 15000), 10),
    ]
    done = [cents(price * share / 100) for _, price, share in lots]
    before = cents(sum(done, Decimal(0)) * Decimal("0.55"))
    net = sum(done, Decimal(0)) - before
    tax = cents(net / 5)
    kept, advance = cents((net + tax) * Decimal("0.05")), w.each(Decimal("1500.00"), Decimal("2400.00"), Decimal("1000.00"))
    number, due = f"{w.digits(2)}-{w.digits(4)}", later(day, 30)
    rows = [(name, eur(price, ""), f"{share} %", eur(amount, "")) for (name, price, share), amount in zip(lots, done, strict=True)]
    body = f"""<table class='w g'><tr><td rowspan=2 style='width:45%'><b>{firm}</b><br>{br(w.street(), w.town())}<br>SIRET {
        ids.siret(ids.siren(w.dice))
    }</td><td><b>Maître d'ouvrage</b><br>{client}</td></tr>
    <tr><td><b>Maître d'œuvre</b><br>{w.each("Atelier d'architecture Le Goff", "Agence Dumont & Weiss", "BET Ingénia")}</td></tr></table>
    <h2 class=c style='margin:5mm 0'>SITUATION DE TRAVAUX N° {w.each(3, 2, 4)}</h2>
    <div class=row><span>Facture {number}</span><span>{w.town()[6:]}, le {long(day)}</span></div>
    <p>Opération : {w.each("Construction d'un restaurant scolaire", "Résidence de 24 logements", "Réhabilitation bâtiment C")} – Marché du {
        slash(later(day, -210))
    } – Montant du marché : {eur(sum((x[1] for x in lots), Decimal(0)))} HT</p>
    {grid(("Poste", "Montant marché HT", "Avancement", "Cumul réalisé HT"), rows, "w g")}
    {
        sums(
            ("Cumul des travaux réalisés HT", eur(sum(done, Decimal(0)))),
            ("Situations précédentes à déduire HT", "- " + eur(before)),
            ("Montant HT de la présente situation", eur(net)),
            ("TVA 20 %", eur(tax)),
            ("Montant TTC de la situation", eur(net + tax)),
            ("Retenue de garantie 5 %", "- " + eur(kept)),
            ("Acompte déjà versé", "- " + eur(advance)),
            ("Net à régler", eur(net + tax - kept - advance)),
        )
    }
    <p>Échéance de paiement : {slash(due)} – Virement sur le compte {ids.iban(w.dice)}</p>"""
    return Paper(
        page(body, ".g td,.g th{border:1px solid #000}", "Liberation Sans Narrow"),
        truth("invoice", firm, client=client, number=number, date=day, due_date=due, net=net, tax=tax, total=net + tax, currency="EUR"),
    )


@layout("a", "invoice-fr")
def ecommerce(w: World) -> Paper:
    """A web shop: order and dispatch dates, two addresses, a discount, delivery, prices with tax."""
    firm, shop = w.each(
        ("Optima Distribution SAS", "lamaisonduthe.example"), ("Kiwi & Compagnie SARL", "KiwiKids"), ("BRICOVIA SA", "Bricovia.fr")
    )
    client, other, day = w.pick(("Mme Claire Besnard", "M. Hugo Lemaître", "Léa Moreau")), w.person(), w.day()
    lines = w.lines(
        ("Théière fonte 0,8 L noire", 29, 54),
        ("Coffret découverte", 15, 35),
        ("Lot de 4 gobelets", 12, 22),
        ("Carte cadeau message", 1, 3),
        most=2,
    )
    goods, ship = total(lines), w.each(Decimal("5.90"), Decimal("4.95"), Decimal("0.00"))
    cut = cents(goods / 10)
    gross = goods - cut + ship
    tax = gross - cents(gross / Decimal("1.2"))
    number, siren = w.each(f"FR{w.digits(8)}", f"#{w.digits(6)}", f"{day:%Y}-WEB-{w.digits(5)}"), ids.siren(w.dice)
    rows = [
        (f"{a}<br><span class=s>Réf. {w.digits(7)} · Vendu et expédié par {firm}</span>", str(n), eur(p), eur(t)) for a, n, p, t in lines
    ]
    body = f"""<div style='background:#f4efe6;padding:8px'><span style='font-size:24pt;color:#a0522d'>{
        shop
    }</span><span style='float:right'>Merci
    pour votre commande !</span></div>
    <h3>Facture {number}</h3><div class=s>Commande n° {w.digits(3)}-{w.digits(7)} du {long(later(day, -2))} · Expédiée le
    {long(later(day, -1))} · Date de facture : {long(day)} · Paiement par carte le {slash(later(day, -2))}</div>
    <div class='row mt'><div><b>Adresse de facturation</b><br>{br(client, w.street(), w.town())}</div>
    <div><b>Adresse de livraison</b><br>{
        br(other, "Point relais Tabac " + w.each("du Centre", "Le Balto", "de la Gare"), w.street(), w.town())
    }</div></div>
    <div class=mt>{grid(("Article", "Quantité", "Prix unitaire TTC", "Total TTC"), rows)}</div>
    {
        sums(
            ("Sous-total", eur(goods)),
            ("Remise BIENVENUE10", "−" + eur(cut)),
            ("Livraison", eur(ship)),
            ("Total de la commande", eur(gross)),
            ("dont TVA 20 %", eur(tax)),
            ("Total HT", eur(gross - tax)),
            strong=3,
        )
    }
    <div class=foot>{firm}, {w.street()}, {w.town()} · RCS {siren[:3]} {siren[3:6]} {siren[6:]} · N° TVA {
        ids.vat(w.dice, "FR", siren)
    } · Service client {w.phone()}, du lundi au vendredi, 9h-18h</div>"""
    return Paper(
        page(body, "td,th{border-bottom:1px solid #ddd}", "Carlito"),
        truth(
            "invoice",
            firm,
            client=client,
            number=number.lstrip("#"),
            date=day,
            net=gross - tax,
            tax=tax,
            total=gross,
            currency="EUR",
            supplier_vat=ids.vat(w.dice, "FR", siren),
        ),
    )


@layout("a", "invoice-fr")
def multi_page(w: World) -> Paper:
    """A wholesaler's long invoice: subtotals carried over from page to page."""
    firm = w.each("Comptoir Électrique du Rhône", "Grossiste Fournier Alimentaire SAS", "SOFADIS Distribution")
    client, day, siren = w.client(), w.day(), ids.siren(w.dice)
    number, due = f"{w.digits(7)}", later(day, 45)
    names = w.each(
        ("Disjoncteur 16A", "Câble R2V 3G2,5", "Gaine ICTA 20", "Boîte DCL", "Prise 2P+T", "Interrupteur VV"),
        ("Farine T55 sac 25 kg", "Huile tournesol 10 L", "Tomates pelées 5/1", "Riz long 5 kg", "Sucre 1 kg", "Café grain 1 kg"),
        ("Ramette A4 80 g", "Classeur levier", "Stylo bille bleu", "Enveloppe DL", "Toner noir", "Bloc-notes A5"),
    )
    rows = [
        (w.digits(6), f"{w.pick(names)} {w.pick(('x10', 'lot', 'réf. pro', 'blanc', ''))}", w.dice.randrange(1, 30), w.amount(2, 60))
        for _ in range(64)
    ]
    pages, carried = "", Decimal(0)
    for start in range(0, 64, 24):
        part = rows[start : start + 24]
        head = f"<div class=row><b>{firm}</b><span>Facture n° {number} du {slash(day)}</span><span>Page {start // 24 + 1}/3</span></div>"
        address = (
            f"<div style='margin-left:100mm'>{br(client, w.street(), w.town())}</div><p>N° client {w.digits(5)} – Votre commande du {slash(later(day, -9))} – BL {w.digits(6)} du {slash(later(day, -3))} – Représentant : {w.person()}</p>"
            if not start
            else ""
        )
        table = [("", "Report", "", "", eur(carried, ""))] if start else []
        table += [(ref, name, str(n), eur(price, ""), eur(n * price, "")) for ref, name, n, price in part]
        carried += sum((n * price for _, _, n, price in part), Decimal(0))
        last = start + 24 >= 64
        table.append(("", "" if last else "À reporter", "", "", "" if last else eur(carried, "")))
        pages += f"<div style='{'' if last else 'page-break-after:always'}'>{head}{address}{grid(('Code', 'Désignation', 'Qté', 'PU net', 'Montant'), table, 'w', 2)}</div>"
    tax = cents(carried / 5)
    ends = f"""{
        sums(
            ("Total brut HT", eur(carried)),
            ("Escompte", "0,00 €"),
            ("Total net HT", eur(carried)),
            ("TVA 20,00 %", eur(tax)),
            ("Total TTC EUR", eur(carried + tax)),
        )
    }
    <p>Conditions : 45 jours date de facture, soit le {slash(due)}. Traite à retourner sous 8 jours.</p>
    <p class=s>{firm} – SA au capital de 1 200 000 € – {w.street()} – {w.town()} – SIREN {siren} – {
        ids.vat(w.dice, "FR", siren)
    }. Réserve de propriété (loi du 12/05/1980).</p>"""
    return Paper(
        page(pages + ends, "body{font-size:9.5pt}", "Liberation Sans"),
        truth(
            "invoice",
            firm,
            client=client,
            number=number,
            date=day,
            due_date=due,
            net=carried,
            tax=tax,
            total=carried + tax,
            currency="EUR",
            supplier_vat=ids.vat(w.dice, "FR", siren),
        ),
    )
