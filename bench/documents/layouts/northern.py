"""Invoices from Germany and the Netherlands."""

from __future__ import annotations

from decimal import Decimal

from bench.documents.layouts import identifiers as ids
from bench.documents.layouts.html import br, grid, logo, page, sums
from bench.documents.layouts.paper import Paper, layout
from bench.documents.layouts.world import World, cents, dot, later, long, slash, total, truth


@layout("a", "invoice-eu")
def handwerker(w: World) -> Paper:
    """A German craftsman: small sender line in the window, the firm in a column at the right, cash discount."""
    w.speak("de")
    firm = w.each("Malerbetrieb Kessler", "Dachdeckerei Ostermann GmbH", "Elektro Pfaff e.K.")
    street, town, client, day = w.street(), w.town(), w.client(), w.day()
    lines = w.lines(
        ("Wände streichen, 2x deckend (m²)", 7, 14),
        ("Arbeitsstunde Geselle", 48, 62),
        ("Material laut Liste", 90, 320),
        ("Anfahrt", 25, 45),
        most=9,
    )
    net = total(lines)
    tax = cents(net * Decimal("0.19"))
    number, due, vat, bank = f"{day:%Y}-{w.digits(3)}", later(day, 14), ids.vat(w.dice, "DE"), ids.iban(w.dice, "DE")
    body = f"""<div class=row><div style='padding-top:28mm'><div class=s style='border-bottom:1px solid #999'>{firm} • {street} •
    {town}</div>{br(client, w.street(), w.town())}</div>
    <div class=s style='width:55mm;border-left:2px solid #b33;padding-left:4mm'><b style='font-size:12pt;color:#b33'>{firm}</b><br>
    {w.each("Meisterbetrieb seit 1974", "Innungsfachbetrieb", "")}<br>{br(street, town)}<br>Tel. 0{w.digits(3)} {w.digits(6)}<br><br>
    Kundennummer: {w.digits(5)}<br>Ansprechpartner: {w.person()}<br>Leistungsdatum: {later(day, -6):%d.%m.%Y}<br>
    Datum: {day:%d.%m.%Y}</div></div>
    <h3 class=mt>Rechnung Nr. {number}</h3><p>Bauvorhaben: {w.street()}. Gemäß unserem Angebot vom {
        later(day, -35):%d.%m.%Y} berechnen wir Ihnen:</p>
    {
        grid(
            ("Pos.", "Bezeichnung", "Menge", "EP", "GP"),
            [(str(i + 1), a, str(n), dot(p), dot(t)) for i, (a, n, p, t) in enumerate(lines)],
            "w",
            2,
        )
    }
    {sums(("Summe netto", dot(net)), ("MwSt. 19,00 %", dot(tax)), ("Rechnungsendbetrag", dot(net + tax)))}
    <p>Zahlbar bis {due:%d.%m.%Y} ohne Abzug, bei Zahlung binnen 7 Tagen 2 % Skonto ({dot(cents((net + tax) * Decimal("0.98")))}).<br>
    Im Rechnungsbetrag sind {dot(cents(net / 2))} Lohnkosten enthalten (§ 35a EStG).</p>
    <div class='foot row'><span>{firm}<br>Inhaber {w.person()}</span><span>Steuernr. {w.digits(2)}/{w.digits(3)}/{w.digits(5)}<br>
    USt-IdNr. {vat}</span><span>Volksbank am Fluss<br>IBAN {bank}</span></div>"""
    return Paper(
        page(body, "th{border-bottom:1px solid #b33}", "Carlito"),
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
            iban=bank,
        ),
    )


@layout("a", "invoice-eu")
def webwinkel(w: World) -> Paper:
    """A Dutch web shop: its name in the logo's picture and in the small print, two VAT rates."""
    w.speak("nl")
    firm = w.each("Tuinplezier Online B.V.", "Boekhandel Letterlust", "Fietskoning VOF")
    client, day = w.client(), w.day()
    low, high, ship = w.amount(9, 60), w.amount(20, 240), Decimal("4.95")
    tax_low, tax_high = cents(low * Decimal("0.09")), cents((high + ship) * Decimal("0.21"))
    net, tax = low + high + ship, tax_low + tax_high
    number, vat, bank = (
        w.each(f"{day:%Y}{w.digits(5)}", f"F{w.digits(6)}", f"WEB-{w.digits(5)}"),
        ids.vat(w.dice, "NL"),
        ids.iban(w.dice, "NL"),
    )
    rows = [
        (w.each("Bloembollenmix", "Roman 'De Stilte'", "Bidon 500 ml"), "1", "9%", dot(low, "")),
        (w.each("Tuinset hout", "Leeslamp", "Fietstas dubbel"), "1", "21%", dot(high, "")),
        ("Verzendkosten PostNL", "1", "21%", dot(ship, "")),
    ]
    body = f"""{logo(firm.replace(" B.V.", "").replace(" VOF", ""), "#3d7a34", 560, 110)}<h1>Bedankt voor je bestelling!</h1>
    <div class=row><div><b>Factuuradres</b><br>{br(client, w.street(), w.town())}</div>
    <div><b>Bezorgadres</b><br>{br("Buren: " + w.person(), w.street(), w.town())}</div><table><tr><td>Factuur<td>{number}<tr>
    <td>Besteld op<td>{later(day, -2):%d-%m-%Y}<tr><td>Factuurdatum<td>{day:%d-%m-%Y}<tr><td>Klantnr.<td>{w.digits(6)}</table></div>
    <div class=mt>{grid(("Artikel", "Aantal", "Btw", "Bedrag (€)"), rows)}</div>{
        sums(
            ("Totaal excl. btw", "€ " + dot(net, "")),
            ("Btw 9%", "€ " + dot(tax_low, "")),
            ("Btw 21%", "€ " + dot(tax_high, "")),
            ("Te voldoen", "€ " + dot(net + tax, "")),
        )
    }
    <p>{w.each("Betaald met iDEAL", "Wij verzoeken u te betalen binnen 14 dagen", "Betaald via Klarna")}. Retourneren kan tot {
        later(day, 30):%d-%m-%Y}.</p>
    <div class=foot>{firm} | {w.street()}, {w.town()} | KvK {w.digits(8)} | Btw-id {vat} | {bank}</div>"""
    return Paper(
        page(body, "td,th{border-bottom:1px solid #ddd}", "DejaVu Sans"),
        truth(
            "invoice",
            firm,
            client=client,
            number=number,
            date=day,
            net=net,
            tax=tax,
            total=net + tax,
            currency="EUR",
            supplier_vat=vat,
            iban=bank,
        ),
    )


@layout("b", "invoice-eu")
def hosting(w: World) -> Paper:
    """A German provider of servers: many numbers, the amount taken from the account, no address of the sender above."""
    w.speak("de")
    firm, client, day = w.each("Rechenwolke GmbH", "Nordserver AG", "Domainkontor UG (haftungsbeschränkt)"), w.client(), w.day()
    base, more = w.amount(9, 90), w.amount(1, 30)
    net = base + more
    tax, number, drawn, vat = (
        cents(net * Decimal("0.19")),
        w.each(f"R{w.digits(9)}", f"{w.digits(4)}-{w.digits(6)}", f"RE{day:%y}{w.digits(5)}"),
        later(day, 5),
        ids.vat(w.dice, "DE"),
    )
    rows = [
        ("1", f"Managed Server M, {later(day, -30):%d.%m.%Y} – {later(day, -1):%d.%m.%Y}", dot(base)),
        ("2", f"Domain beispiel-{w.digits(3)}.example, 1 Jahr", dot(more)),
    ]
    body = f"""<div class=row><div style='margin-top:20mm'>{br(client, w.street(), w.town())}</div>
    <div class=r><span style='font-size:20pt;color:#2a52be'>☁ {firm.split()[0].lower()}</span><br><br>
    <table class=s style='margin-left:auto'><tr><td>Kundennummer<td>K{w.digits(6)}<tr><td>Vertragsbeginn<td>{later(day, -900):%d.%m.%Y}
    <tr><td>Belegdatum<td>{day:%d.%m.%Y}<tr><td>Belegnummer<td>{number}</table></div></div>
    <h2>Ihre Rechnung</h2><p>Guten Tag, für Ihre Dienste berechnen wir wie folgt:</p>{grid(("#", "Leistung", "Netto"), rows, "w g", 2)}
    {sums(("Zwischensumme", dot(net)), ("19 % USt.", dot(tax)), ("Zu zahlen", dot(net + tax)))}
    <p>Der Betrag wird am {drawn:%d.%m.%Y} per SEPA-Lastschrift (Mandat {w.digits(8)}) von Ihrem Konto {
        ids.iban(w.dice, "DE")[:4]
    } XXXX eingezogen. Kündigungsfrist: 30 Tage zum {later(day, 200):%d.%m.%Y}.</p>
    <div class=foot>{firm} · {w.street()} · {w.town()} · Amtsgericht HRB {w.digits(5)} · Geschäftsführer: {w.person()} · USt-ID
    {vat}</div>"""
    return Paper(
        page(body, ".g th{background:#e8edfb}", "Carlito"),
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
            supplier_vat=vat,
        ),
    )


@layout("b", "invoice-eu")
def zzp(w: World) -> Paper:
    """A Dutch one-person firm: hours, small business scheme without VAT or with it, a friendly line."""
    w.speak("nl")
    firm, client, day = w.each("Studio Wilgenroos", "Marieke Hofstra Tekst & Redactie", "Klusbedrijf J. Dekker"), w.client(), w.day()
    lines = w.lines(
        ("Uren ontwerp", 60, 85), ("Redactie jaarverslag", 300, 900), ("Plaatsen dakraam", 400, 750), ("Reiskosten", 10, 45), most=4
    )
    net = total(lines)
    tax = cents(net * Decimal("0.21")) if w.n != 1 else Decimal(0)
    number, due, bank, vat = (
        w.each(f"{day:%Y}.{w.digits(3)}", f"{day:%Y}-{w.digits(2)}", w.digits(4)),
        later(day, 21),
        ids.iban(w.dice, "NL"),
        ids.vat(w.dice, "NL"),
    )
    rows = [(a, str(n), f"€ {dot(p, '')}", f"€ {dot(t, '')}") for a, n, p, t in lines]
    money = (
        [("Totaal exclusief btw", f"€ {dot(net, '')}"), ("Btw 21%", f"€ {dot(tax, '')}"), ("Totaal te betalen", f"€ {dot(net + tax, '')}")]
        if tax
        else [("Vrijgesteld van btw (KOR)", ""), ("Totaal te betalen", f"€ {dot(net, '')}")]
    )
    body = f"""<div style='color:#7b3f61;font-size:26pt'>factuur</div><div class=row><div>aan<br>{
        br(client, "t.a.v. de administratie", w.street(), w.town())
    }</div><div class=r>van<br><b>{firm}</b><br>{br(w.street(), w.town())}<br>KvK {w.digits(8)}
    {f"<br>btw {vat}" if tax else ""}</div></div><p>nummer {number} · {long(day, "nl")} · offerte van {slash(later(day, -44))}</p>{
        grid((), rows, "w g")
    }{sums(*money)}
    <p>Graag overmaken vóór {long(due, "nl")} naar {bank} t.n.v. {firm}. Leuk om voor je te werken!</p>"""
    fields = truth("invoice", firm, client=client, number=number, date=day, due_date=due, total=net + tax, currency="EUR", iban=bank)
    return Paper(
        page(body, ".g td{border-bottom:1px solid #ddd}", "DejaVu Sans"),
        fields | ({"net": f"{net:.2f}", "tax": f"{tax:.2f}", "supplier_vat": vat} if tax else {}),
    )
