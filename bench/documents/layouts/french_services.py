"""French bills of those who sell their time: lawyers, notaries, doctors, associations, one-person firms, restaurants."""

from __future__ import annotations

from decimal import Decimal

from bench.documents.layouts import identifiers as ids
from bench.documents.layouts.html import br, grid, page, scattered, sums
from bench.documents.layouts.paper import Paper, layout
from bench.documents.layouts.word import Word
from bench.documents.layouts.world import World, cents, eur, later, long, slash, total, truth


@layout("b", "invoice-fr")
def micro(w: World) -> Paper:
    """A one-person firm in Word: no VAT, a person's name as the firm, one total."""
    firm, client, day = w.each("Solène Abiven", "Yanis Perret – Graphiste", "Agathe Louvel Conseil"), w.client(), w.day()
    lines = w.lines(
        ("Séance de coaching", 60, 90),
        ("Maquette page d'accueil", 250, 480),
        ("Journée de formation", 380, 550),
        ("Frais de déplacement", 15, 60),
        most=3,
    )
    net, bank = total(lines), ids.iban(w.dice)
    number, due = w.each(f"{day:%Y}-{day:%m}-01", f"n°{w.digits(2)}", f"{day:%Y}{w.digits(3)}"), later(day, 30)
    rows = (
        ("Prestation", "Quantité", "Prix", "Montant"),
        *((a, str(n), eur(p, "€"), eur(t, "€")) for a, n, p, t in lines),
        ("TOTAL", "", "", eur(net, "€")),
    )
    blocks = (
        f"{firm}\nEntrepreneur individuel\n{w.street()} {w.town()}\n06 {w.digits(2)} {w.digits(2)} {w.digits(2)} {w.digits(2)}\nSIRET : {ids.siret(ids.siren(w.dice))}",
        f"> A l'attention de\n{client}\n{w.street()}\n{w.town()}",
        f"# Facture {number}",
        f"{w.town()[6:]}, le {slash(day)}",
        w.each("Mission réalisée du 3 au 7 du mois", "Suite à votre accord par mail", "Selon convention"),
        rows,
        "TVA non applicable, art. 293 B du CGI",
        f"Payable avant le {slash(due)} par virement : {bank}\nEn cas de retard : pénalités au taux de 10 % et indemnité de 40 €.",
    )
    fields = truth(
        "invoice", firm, client=client, number=number.removeprefix("n°"), date=day, due_date=due, total=net, currency="EUR", iban=bank
    )
    return Paper(Word(blocks, pdf=w.n != 1), fields)


@layout("b", "invoice-fr")
def law_firm(w: World) -> Paper:
    """A lawyers' note: partners listed at the left, the case's name (another party), a provision taken off, disbursements."""
    firm = w.each("SELARL BRISSAC & ASSOCIÉS", "Cabinet Oriane Delestre", "SCP Maubert – Nogaret – Filliol")
    client, day, siren = w.client(), w.day(), ids.siren(w.dice)
    fee, costs, paid = w.amount(900, 4200), w.amount(13, 90), w.each(Decimal("600.00"), Decimal("0.00"), Decimal("1000.00"))
    tax, number, bank = cents(fee / 5), w.each(f"{day:%y}/{w.digits(4)}", f"NH {w.digits(5)}", f"{w.digits(4)}"), ids.iban(w.dice)
    side = br(
        "AVOCATS À LA COUR",
        "",
        "Maître H. Brissac",
        "Maître L. Tournier",
        "Maître S. Ouattara",
        "",
        f"Toque {w.pick('ABCD')}{w.digits(3)}",
        w.street(),
        w.town(),
        f"T. {w.phone()}",
        f"F. {w.phone()}",
    )
    body = f"""<div style='display:flex;gap:10mm'><div class=s style='width:42mm;border-right:1px solid #999'>{
        side
    }</div><div style='flex:1'>
    <div style='font-size:17pt;letter-spacing:2px'>{firm}</div>
    <div style='margin:12mm 0 6mm 45mm'>{br(client, w.street(), w.town())}<br><br>{w.town()[6:]}, le {long(day)}</div>
    <b>NOTE D'HONORAIRES N° {number}</b><p>Aff. : {client} / {w.each("SCI Bel Horizon", "Époux Marchand", "Société Tramontane")}<br>
    Nos réf. {w.digits(6)} – Jugement du {long(later(day, -35))} – Convention d'honoraires du {slash(later(day, -300))}</p>
    <p>Diligences : étude du dossier, rédaction d'une assignation, audience de plaidoirie du {slash(later(day, -12))}.</p>
    {
        sums(
            ("Honoraires HT", eur(fee)),
            ("TVA à 20 %", eur(tax)),
            ("Débours non soumis à TVA", eur(costs)),
            ("TOTAL TTC", eur(fee + tax + costs)),
            ("Provision reçue", "- " + eur(paid)),
            ("RESTE DÛ", eur(fee + tax + costs - paid)),
            strong=3,
        )
    }
    <p>Règlement à l'ordre du cabinet ou par virement CARPA, IBAN {bank}.</p></div></div>
    <div class=foot>Membre d'une association agréée, le règlement des honoraires par chèque est accepté – TVA {
        ids.vat(w.dice, "FR", siren)
    } – SIREN {siren}</div>"""
    return Paper(
        page(body, "", "Caladea"),
        truth(
            "invoice",
            firm,
            client=client,
            number=number,
            date=day,
            tax=tax,
            total=fee + tax + costs,
            currency="EUR",
            iban=bank,
            supplier_vat=ids.vat(w.dice, "FR", siren),
        ),
    )


@layout("b", "invoice-fr")
def medical(w: World) -> Paper:
    """A practitioner's bill: birth day of the patient, acts with codes, base of refund beside what was paid."""
    firm = w.each("Dr Hélène Vasseur-Morin", "Cabinet dentaire du Parc", "Laboratoire Biolys")
    who, day = w.person(), w.day()
    acts = w.lines(
        ("HBLD634 Couronne céramo-métallique", 420, 560),
        ("Consultation C2.5", 50, 70),
        ("Détartrage HBJD001", 28, 43),
        ("NFS B024", 7, 12),
        most=1,
    )
    gross, number = total(acts), w.digits(5)
    rows = [(slash(day), a, eur(cents(p * Decimal("0.6")), ""), eur(t, "")) for a, _, p, t in acts]
    body = f"""<table class=w><tr><td style='width:50%'><b>{firm}</b><br>{
        w.each("Ophtalmologiste", "Chirurgiens-dentistes", "Analyses médicales")
    } – conventionné secteur {w.each(2, 1, 1)}<br>{br(w.street(), w.town())}<br>
    N° RPPS {w.digits(11)} – N° AM {w.digits(9)}</td>
    <td><b>Patient</b><br>{who}<br>Né(e) le {slash(later(day, -14000))}<br>N° de sécurité sociale {w.digits(13)}<br>
    Mutuelle : {w.each("Harmonia", "MGPL Santé", "Prévalia")}</td></tr></table>
    <h3 class=c style='background:#d9ecec;padding:2mm'>{w.each("NOTE D'HONORAIRES", "FACTURE DE SOINS", "FACTURE")} N° {number}</h3>
    {grid(("Date de l'acte", "Acte", "Base de remb.", "Honoraires"), rows, "w g", 2)}{
        sums(("Total des honoraires", eur(gross)), ("Réglé par carte bancaire", eur(gross)))
    }
    <p>Fait le {slash(day)}, pour servir et valoir ce que de droit. Exonéré de TVA (art. 261-4-1° du CGI).</p>
    <p>Prochain rendez-vous : {slash(later(day, 182))} à 10 h 15</p>"""
    return Paper(
        page(body, ".g td,.g th{border:1px solid #7aa}", "Carlito"),
        truth("invoice", firm, client=who, number=number, date=day, total=gross, currency="EUR"),
        "receipt",
    )


@layout("b", "invoice-fr")
def notary(w: World) -> Paper:
    """A notary's account: text placed piece by piece as their programs do, fees, disbursements, a provision."""
    firm, client, day = (
        w.each("Office notarial Carrouges et Lys", "Maître Antonin Fabre, notaire", "SCP Lemercier, Duval, notaires associés"),
        w.pick(("M. et Mme Kowalczyk", "SCI Les Tilleuls", "Mme Claire Besnard")),
        w.day(),
    )
    fee, out, rights = w.amount(700, 1900), w.amount(80, 420), w.amount(2000, 9000)
    tax = cents(fee / 5)
    gross, number, y = fee + tax + out + rights, f"{w.digits(6)}", 96.0
    pieces = [
        (20.0, 15.0, f"<b>{firm}</b>"),
        (20, 20, w.street()),
        (20, 25, w.town()),
        (20, 30, f"Tél. {w.phone()} – Étude fermée le samedi"),
        (110, 40, client),
        (110, 45, w.street()),
        (110, 50, w.town()),
        (110, 62, f"{w.town()[6:]}, le {long(day)}"),
        (20, 72, f"Dossier : VENTE {w.each('BRUNEL', 'CONSORTS PAGÈS', 'HÉRITIERS LOIRET')} / {client.split()[-1].upper()}"),
        (20, 77, f"Acte reçu le {long(later(day, -20))} – Clerc : {w.person()}"),
        (60, 86, f"<b>FACTURE DÉFINITIVE N° {number}</b>"),
    ]
    for caption, value in (
        ("Émoluments et honoraires HT", fee),
        ("T.V.A. 20 %", tax),
        ("Débours et formalités", out),
        ("Droits et taxes versés au Trésor", rights),
        ("Total des frais TTC", gross),
        ("Provision versée", gross + 150),
        ("Solde en votre faveur", Decimal(150)),
    ):
        pieces += [(20, y, caption), (150, y, eur(value))]
        y += 6
    pieces.append(
        (
            20,
            255,
            f"<span class=s>Membre d'une association agréée – Dépôt : Caisse des Dépôts, IBAN {ids.iban(w.dice)} – TVA {ids.vat(w.dice, 'FR')}</span>",
        )
    )
    order = list(range(len(pieces)))
    w.dice.shuffle(order)
    return Paper(
        page(scattered(pieces, order), "", "Liberation Serif"),
        truth("invoice", firm, client=client, number=number, date=day, tax=tax, total=gross, currency="EUR"),
        "statement",
    )


@layout("b", "receipt-fr")
def association(w: World) -> Paper:
    """A receipt for a gift or a fee: the association first, the sum in words, the tax law's article."""
    firm, who, day = w.each("Les Amis du Patrimoine de Vitré", "Secours des Montagnes", "Club nautique de l'Aber"), w.person(), w.day()
    gross, words = w.each(
        (Decimal("150.00"), "cent cinquante euros"),
        (Decimal("60.00"), "soixante euros"),
        (Decimal("85.50"), "quatre-vingt-cinq euros cinquante"),
    )
    number = w.each(f"{day:%Y}-{w.digits(3)}", w.digits(4), f"R{w.digits(5)}")
    body = f"""<table class='w g'><tr><td class=s>Cerfa<br>N° 11580*05</td><td class=c><b>Reçu
    {w.each("au titre des dons à certains organismes d'intérêt général", "au titre des dons", "de cotisation et de don")}</b><br>
    <span class=s>Articles 200, 238 bis et 978 du code général des impôts</span></td>
    <td>Numéro d'ordre du reçu<br>{number}</td></tr></table>
    <div class='box mt'><b class=c>Bénéficiaire des versements</b><br>Nom ou dénomination : <b>{firm}</b><br>
    Adresse : {w.street()}, {w.town()}<br>Objet : {w.each("sauvegarde du bâti ancien", "aide aux refuges", "école de voile")}<br>
    Association loi 1901 déclarée le 12/05/1987</div>
    <div class='box mt'><b>Donateur</b><br>Nom : {who}<br>Adresse : {w.street()}, {w.town()}</div>
    <p>Le bénéficiaire reconnaît avoir reçu au titre des dons et versements ouvrant droit à réduction d'impôt la somme de :
    <b>{eur(gross)}</b> (somme en toutes lettres : {words})</p><p>Date du versement : {slash(day)}<br>
    Mode : chèque, tiré sur la Banque de l'Estuaire<br>Coût réel après réduction d'impôt de 66 % :
    {eur(cents(gross * Decimal("0.34")))}</p><p class=r>Le trésorier, {w.person()}</p>"""
    return Paper(
        page(body, ".g td{border:1px solid #000}"), truth("receipt", firm, client=who, number=number, date=day, total=gross, currency="EUR")
    )


@layout("b", "receipt-fr")
def restaurant_note(w: World) -> Paper:
    """A restaurant's note on a sheet: table and covers, drinks at another rate, the menu's name large."""
    firm, day = w.each("LE PETIT SAUMUR", "Brasserie du Mail", "Chez Mado & Fils"), w.day()
    food, drink = (
        w.lines(("Formule midi", 17, 24), ("Entrecôte frites", 22, 29), ("Café gourmand", 7, 10), most=3),
        w.lines(("Verre Chinon", 5, 8), ("Bière pression 25", 4, 6), most=3),
    )
    gross = total(food) + total(drink)
    low, high = total(food) - cents(total(food) / Decimal("1.1")), total(drink) - cents(total(drink) / Decimal("1.2"))
    body = f"""<div style='width:80mm;margin:0 auto' ><div class=c><div style='font-size:9pt'>{
        w.each("Cuisine du marché · Terrasse ombragée", "Ouvert 7j/7", "Depuis 1962")
    }</div><div style='font-size:17pt'>{firm}</div>{w.street()}<br>{w.town()}<br>
    SIRET {ids.siret(ids.siren(w.dice))}</div><hr>
    <div class=row><span>Table {w.digits(2)} – {w.each(2, 3, 4)} couverts</span><span>Serveur : {w.person().split()[0]}</span></div>
    <div>Note n° {(number := w.digits(5))} du {slash(day)} 13:{w.dice.randrange(10, 59)}</div><hr>
    {grid((), [(f"{n} {a}", eur(t, "")) for a, n, _, t in (*food, *drink)])}
    <hr>{
        grid(
            (),
            [
                ("<b>Total à payer EUR</b>", f"<b>{eur(gross, '')}</b>"),
                ("dont TVA 10 %", eur(low, "")),
                ("dont TVA 20 %", eur(high, "")),
                ("Tickets restaurant", eur(Decimal(18), "")),
                ("CB", eur(gross - 18, "")),
            ],
        )
    }
    <p class=c>Prix nets, service compris<br>Soit {eur(cents(gross / w.each(2, 3, 4)))} par personne<br>
    Retrouvez-nous sur les réseaux !</p></div>"""
    return Paper(
        page(body, "", "DejaVu Sans Condensed"),
        truth("receipt", firm, number=number, date=day, tax=low + high, total=gross, currency="EUR"),
        "invoice",
    )
