"""Other papers of an office: contracts, payslips, orders, letters. None is an invoice."""

from __future__ import annotations

from decimal import Decimal

from bench.documents.layouts import identifiers as ids
from bench.documents.layouts.html import br, grid, page, sums
from bench.documents.layouts.paper import Paper, layout
from bench.documents.layouts.word import Word
from bench.documents.layouts.world import World, cents, eur, later, long, slash, total, truth


@layout("a", "other")
def contract(w: World) -> Paper:
    """A contract of upkeep between two firms, in articles."""
    firm, client, day = w.each("ASCENSEURS LEMOINE SAS", "Net'Hygiène Services", "Sécuria Télésurveillance"), w.client(), w.day()
    price = w.amount(60, 400)
    blocks = (
        f"# Contrat de {w.each('maintenance d’ascenseur', 'nettoyage de locaux', 'télésurveillance')}",
        "Entre les soussignés :",
        f"{firm}, société au capital de 20 000 €, dont le siège est {w.street()}, {w.town()}, représentée par {w.person()}, ci-après « le Prestataire », d'une part,",
        f"et {client}, {w.street()}, {w.town()}, ci-après « le Client », d'autre part,",
        "Il a été convenu ce qui suit :",
        "*Article 1 – Objet",
        "Le Prestataire s'engage à assurer les prestations décrites en annexe, à raison d'un passage par semaine.",
        "*Article 2 – Durée",
        f"Le présent contrat est conclu pour douze mois à compter du {long(later(day, 15))}, renouvelable par tacite reconduction, sauf dénonciation trois mois avant l'échéance.",
        "*Article 3 – Prix",
        f"Le prix est fixé à {eur(price)} HT par mois, payable à 30 jours sur facture. Toute facture impayée porte intérêt au taux légal.",
        "*Article 4 – Responsabilité",
        "Le Prestataire est assuré à hauteur de 1 500 000,00 € par sinistre.",
        "*Article 5 – Litiges",
        "Le tribunal de commerce du siège du Prestataire est seul compétent.",
        f"Fait à {w.town()[6:]}, le {long(day)}, en deux exemplaires originaux.",
        "Le Prestataire                                              Le Client",
    )
    return Paper(Word(blocks, footer="Paraphes : ____  ____", pdf=w.n != 1), truth("contract", firm, client=client, date=day))


@layout("a", "other")
def payslip(w: World) -> Paper:
    """A payslip: gross, contributions, net to pay, and many totals."""
    firm, who, day = w.each("MENUISERIES DU LÉMAN", "Clinique vétérinaire Aubrac", "SARL PIXEL NORD"), w.person(), w.day()
    gross = w.amount(1900, 3600)
    health, old, csg = cents(gross * Decimal("0.07")), cents(gross * Decimal("0.0690")), cents(gross * Decimal("0.092"))
    net = gross - old - csg
    tax = cents(net * Decimal("0.045"))
    rows = [
        ("Salaire de base 151,67 h", "", eur(gross, ""), "", ""),
        ("Santé – Sécurité sociale maladie", eur(gross, ""), "", "", eur(health, "")),
        ("Retraite – vieillesse plafonnée", eur(gross, ""), "6,90", eur(old, ""), eur(cents(gross * Decimal("0.0855")), "")),
        ("CSG déductible et CRDS", eur(gross, ""), "9,20", eur(csg, ""), ""),
        ("Total des cotisations", "", "", eur(old + csg, ""), eur(health * 2, "")),
    ]
    body = f"""<h2 class=c>BULLETIN DE PAIE</h2><div class=row><div>{br(firm, w.street(), w.town())}<br>
    SIRET {ids.siret(ids.siren(w.dice))} – APE 4332A<br>URSSAF {w.digits(12)}</div>
    <div class=box>{br(who, w.street(), w.town())}<br>Emploi : {w.each("Menuisier N3P2", "Auxiliaire", "Graphiste")}<br>
    N° SS {w.digits(13)}</div></div>
    <p>Période : du {slash(day.replace(day=1))} au {slash(day.replace(day=28))} – Payé le {slash(day.replace(day=28))} par virement –
    Convention collective : n° {w.digits(4)}</p>
    {grid(("Rubrique", "Base", "Taux", "Part salarié", "Part employeur"), rows, "w g")}{
        sums(("Net payé avant impôt", eur(net)), ("Impôt prélevé à la source 4,50 %", eur(tax)), ("NET À PAYER", eur(net - tax)))
    }
    <p class=s>Congés acquis : 22,50 – pris : 10,00 – solde : 12,50. Cumul imposable : {eur(net * 3)}. Dans votre intérêt, conservez ce
    bulletin sans limitation de durée.</p>"""
    return Paper(page(body, ".g td,.g th{border:1px solid #666;font-size:9pt}"), truth("other", firm, date=day.replace(day=28)))


@layout("a", "other")
def purchase_order(w: World) -> Paper:
    """An order sent to a supplier, with prices, VAT and a total."""
    firm, supplier, day = w.each("Lycée professionnel Vauban", "Brasserie des Trois Rivières", "Imprimerie Guilbert"), w.client(), w.day()
    lines = w.lines(
        ("Carton double cannelure", 1, 4),
        ("Palette Europe", 9, 16),
        ("Étiquettes adhésives x1000", 20, 48),
        ("Film étirable", 6, 12),
        most=20,
    )
    net = total(lines)
    tax, number = cents(net / 5), f"BC-{day:%y}-{w.digits(4)}"
    body = f"""<div class=row><div><b>{firm}</b><br>{br(w.street(), w.town())}<br>Service achats : {w.person()}</div>
    <h1 style='margin:0;color:#555'>BON DE COMMANDE</h1></div>
    <div class='row mt'><div>N° {number}<br>Date : {slash(day)}<br>Livraison souhaitée : {slash(later(day, 12))}<br>
    Facturation : à adresser au service comptabilité en rappelant le n° de commande</div>
    <div class=box>Fournisseur :<br>{br(supplier, w.street(), w.town())}</div></div>
    <div class=mt>{
        grid(("Référence – désignation", "Quantité", "PU HT", "Total HT"), [(a, str(n), eur(p), eur(t)) for a, n, p, t in lines])
    }</div>{sums(("Total HT", eur(net)), ("TVA 20 %", eur(tax)), ("Total TTC", eur(net + tax)))}
    <p>Conditions de règlement : 30 jours fin de mois. Bon pour commande, cachet et signature :</p>"""
    return Paper(
        page(body, "td,th{border-bottom:1px solid #bbb}", "Carlito"),
        truth("other", supplier, client=firm, number=number, date=day, net=net, tax=tax, total=net + tax, currency="EUR"),
        "quote",
    )


@layout("a", "other")
def dunning(w: World) -> Paper:
    """A letter that claims unpaid invoices."""
    firm, client, day = w.each("Imprimerie Guilbert", "Transports Morvan SA", "Cabinet d'expertise Lenoir"), w.client(), w.day()
    one, two = w.amount(200, 2400), w.amount(80, 900)
    body = f"""<b>{firm}</b><br>{br(w.street(), w.town())}<br>{w.phone()}<div style='margin:10mm 0 0 95mm'>{
        br(client, w.street(), w.town())
    }<br><br>
    {w.town()[6:]}, le {long(day)}</div>
    <p class=mt><b>Objet : {w.each("deuxième relance", "mise en demeure de payer", "rappel de factures impayées")}</b><br>
    Lettre recommandée avec accusé de réception</p><p>Madame, Monsieur,</p>
    <p>Sauf erreur ou omission de notre part, nous constatons que votre compte client présente à ce jour un solde débiteur. Les
    factures suivantes demeurent impayées :</p>
    {
        grid(
            ("Facture", "Date", "Échéance", "Montant TTC"),
            [
                (f"F{w.digits(5)}", slash(later(day, -80)), slash(later(day, -50)), eur(one)),
                (f"F{w.digits(5)}", slash(later(day, -66)), slash(later(day, -36)), eur(two)),
            ],
            "w g",
        )
    }
    <p>Soit un total de {eur(one + two)}, auquel s'ajoute l'indemnité forfaitaire de 80,00 €. Nous vous prions de bien vouloir
    régulariser cette situation sous huit jours.</p>
    <p>Dans le cas où votre règlement aurait été adressé entre-temps, nous vous prions de ne pas tenir compte de la présente.</p>
    <p>Veuillez agréer, Madame, Monsieur, nos salutations distinguées.</p>
    <p style='margin-left:95mm'>{w.person()}<br>Service recouvrement</p>"""
    return Paper(
        page(body, ".g td,.g th{border:1px solid #999}", "Liberation Serif"), truth("letter", firm, client=client, date=day), "other"
    )


@layout("b", "other")
def bank_statement(w: World) -> Paper:
    """A bank's monthly statement: balances, debits and credits, names of shops."""
    firm, who, day = w.each("Banque de l'Estuaire", "Crédit Maritime du Ponant", "Caisse Solidaire Rhodanienne"), w.client(), w.day()
    start, balance = w.amount(900, 6000), Decimal(0)
    rows = [(slash(later(day, -30)), f"ANCIEN SOLDE CRÉDITEUR AU {slash(later(day, -31))}", "", eur(start, ""))]
    for back, name, amount in (
        (27, "VIR LOYER SCI LES TILLEULS", -w.amount(400, 800)),
        (22, "PRLV VOLTÉO FACTURE " + w.digits(7), -w.amount(40, 160)),
        (18, "VIR REÇU CLIENT MARCHETTI F2043", w.amount(300, 2100)),
        (9, "CB STATION DU PONT NEUF", -w.amount(30, 90)),
        (3, "FRAIS TENUE DE COMPTE", -Decimal("8.50")),
    ):
        balance += amount
        rows.append((slash(later(day, -back)), name, eur(-amount, "") if amount < 0 else "", eur(amount, "") if amount > 0 else ""))
    body = f"""<div class=row><b style='font-size:15pt;color:#064'>{firm}</b><span>RELEVÉ DE COMPTE N° {w.digits(2)}<br>
    Édité le {slash(day)}</span></div><div style='margin:8mm 0 0 95mm'>{br(who, w.street(), w.town())}</div>
    <p>Compte courant professionnel – IBAN {(bank := ids.iban(w.dice))} – BIC ESTUFRPP</p>{
        grid(("Date", "Libellé", "Débit", "Crédit"), rows, "w g", 2)
    }
    {sums(("Total des mouvements", eur(balance)), (f"NOUVEAU SOLDE AU {slash(day)}", eur(start + balance)))}
    <p class=s>Votre conseiller : {w.person()}. Garantie des dépôts : 100 000 €. {firm}, société coopérative, {w.street()}
    {w.town()}.</p>"""
    return Paper(
        page(body, ".g td{border-bottom:1px solid #cdc}", "Liberation Sans Narrow"),
        truth("statement", firm, client=who, date=day, iban=bank),
    )


@layout("b", "other")
def quote(w: World) -> Paper:
    """An estimate with a place to sign, an advance asked, words of invoicing."""
    firm, client, day = w.each("Paysages du Ried", "Sols & Parquets Mercier", "ELEC'TOIT SARL"), w.client(), w.day()
    lines = w.lines(
        ("Taille de haie (ml)", 6, 12),
        ("Ponçage et vitrification (m²)", 28, 42),
        ("Tableau électrique 3 rangées", 600, 1100),
        ("Déplacement", 20, 45),
        most=20,
    )
    net = total(lines)
    tax, number = cents(net / 10), w.each(f"D{w.digits(5)}", f"{day:%Y}-{w.digits(3)}", f"DEV{w.digits(4)}")
    body = f"""<div class=row><div><b>{firm}</b><br>{br(w.street(), w.town())}<br>{w.phone()}</div>
    <div><span style='font-size:18pt'>{w.each("Devis", "DEVIS", "Proposition de prix")}</span><br>n° {number}<br>le {slash(day)}<br>
    Valable 3 mois</div></div><div style='margin:6mm 0 0 100mm'>{br(client, w.street(), w.town())}</div>{
        grid(("Description", "Qté", "PU", "Total"), [(a, str(n), eur(p), eur(t)) for a, n, p, t in lines], "w g mt")
    }
    {
        sums(
            ("Total HT", eur(net)),
            ("TVA 10 %", eur(tax)),
            ("Total TTC", eur(net + tax)),
            ("Acompte de 30 % à la signature", eur(cents((net + tax) * Decimal("0.3")))),
            strong=2,
        )
    }
    <p>Solde à réception de facture. Bon pour accord, date et signature :</p>
    <p class=s>SIRET {ids.siret(ids.siren(w.dice))} – Assurance responsabilité civile n° {w.digits(8)}</p>"""
    return Paper(
        page(body, ".g td,.g th{border:1px solid #bbb}", "Caladea"),
        truth("quote", firm, client=client, number=number, date=day, net=net, tax=tax, total=net + tax, currency="EUR"),
    )


@layout("b", "other")
def delivery_note(w: World) -> Paper:
    """A delivery note: quantities, no price."""
    firm, client, day = w.each("Comptoir Agricole Bressan", "MÉDIPROD Santé", "Négoce Matériaux Blin"), w.client(), w.day()
    rows = [
        (w.digits(6), name, str(w.dice.randrange(1, 40)), str(w.dice.randrange(0, 3)))
        for name in w.each(
            ("Semence maïs dose 50000", "Engrais 20-10-10 sac", "Piquet acacia"),
            ("Gants nitrile T8", "Gel hydroalcoolique 500 ml", "Drap d'examen"),
            ("Parpaing 20x20x50", "Ciment 35 kg", "Treillis ST25"),
        )
    ]
    body = f"""<h1 style='margin:0'>BON DE LIVRAISON</h1><div class=row><div><b>{firm}</b><br>{br(w.street(), w.town())}</div>
    <div class=box>N° BL{w.digits(6)}<br>Date : {slash(day)}<br>Commande n° {w.digits(5)} du {slash(later(day, -4))}<br>
    Transporteur : Rapid'Fret 49</div></div><div class='row mt'><div>Livré à :<br>{br(client, w.street(), w.town())}</div>
    <div>Facturé à :<br>{br(client, w.street(), w.town())}</div></div>{
        grid(("Code", "Article", "Qté livrée", "Reliquat"), rows, "w g mt", 2)
    }
    <p>Poids total : {w.digits(3)} kg – Nombre de colis : {w.digits(2)} – Contre-remboursement : 0,00 €</p>
    <p>Reçu le ____________ à ______ h    Signature du client, réserves éventuelles :</p>"""
    return Paper(page(body, ".g td,.g th{border:1px solid #000}"), truth("other", firm, client=client, date=day))


@layout("b", "other")
def letter(w: World) -> Paper:
    """A letter that speaks of prices and of invoices to come."""
    firm, client, day = w.each("Syndic Immo-Rivage", "Mairie de Sainte-Luce", "Télévia SA – Service réclamations"), w.client(), w.day()
    text = w.each(
        (
            "Objet : révision de votre loyer",
            f"Conformément à l'article 5 de votre bail, votre loyer passera de {eur(w.amount(500, 700))} à {eur(w.amount(701, 800))} par mois à compter du {long(later(day, 30))}.",
        ),
        (
            "Objet : tarifs de la cantine",
            f"Le conseil a fixé le prix du repas à {eur(w.amount(3, 5))}. Une facture vous parviendra chaque mois, payable avant le 15.",
        ),
        (
            "Objet : votre réclamation",
            f"Vous contestez la facture n° {w.digits(9)} du {slash(later(day, -25))} d'un montant de {eur(w.amount(40, 130))}. Après étude, un geste commercial de {eur(w.amount(5, 20))} figurera sur votre prochaine facture.",
        ),
    )
    blocks = (
        f"*{firm}",
        f"{w.street()}\n{w.town()}",
        f"> {client}\n{w.street()}\n{w.town()}",
        f"> {w.town()[6:]}, le {long(day)}",
        f"*{text[0]}",
        "Madame, Monsieur,",
        text[1],
        "Nous restons à votre disposition pour tout renseignement complémentaire.",
        "Nous vous prions d'agréer, Madame, Monsieur, l'expression de nos sentiments distingués.",
        f"> {w.person()}",
    )
    return Paper(Word(blocks, pdf=w.n != 0), truth("letter", firm, client=client, date=day), "other")
