"""Bills in English: utilities, marketplaces, subscriptions, statements, Ireland and Canada."""

from __future__ import annotations

from decimal import Decimal

from bench.documents.layouts import identifiers as ids
from bench.documents.layouts.html import br, grid, page, scattered, sums
from bench.documents.layouts.paper import Paper, layout
from bench.documents.layouts.world import World, cents, eng, later, long, slash, total, truth


@layout("b", "invoice-en")
def us_utility(w: World) -> Paper:
    """A water and power bill: text placed piece by piece, previous balance, payment, a slip to tear off."""
    w.speak("en")
    firm, client, day = (
        w.each("Clearwater Municipal Utilities", "Mesa Verde Power & Light", "Tidewater Gas Company"),
        w.each("PATRICIA NOLAN", "LAKESHORE BAKERY LLC", "DEREK O WASHINGTON"),
        w.day(),
    )
    before, use, fees = w.amount(40, 190), w.amount(35, 230), w.amount(6, 22)
    new, due, account = use + fees, later(day, 21), f"{w.digits(4)}-{w.digits(5)}"
    pieces = [
        (15.0, 12.0, f"<b style='font-size:14pt'>{firm}</b>"),
        (15, 20, "P.O. Box 5570, Springfield"),
        (120, 12, "Account Number"),
        (165, 12, account),
        (120, 17, "Statement Date"),
        (165, 17, f"{day:%m/%d/%Y}"),
        (120, 22, "Due Date"),
        (165, 22, f"{due:%m/%d/%Y}"),
        (120, 27, "<b>Amount Due</b>"),
        (165, 27, f"<b>{eng(new, '$')}</b>"),
        (15, 42, f"Service for {client}"),
        (15, 47, "418 Juniper Ave"),
        (15, 60, f"Service period {later(day, -33):%m/%d/%Y} to {later(day, -3):%m/%d/%Y} (30 days)"),
        (15, 65, f"Meter {w.digits(7)}   Previous 4410   Current 4923   Usage 513"),
        (15, 78, "Previous balance"),
        (90, 78, eng(before, "$")),
        (15, 84, f"Payment received {later(day, -14):%m/%d/%Y} – thank you"),
        (90, 84, f"-{eng(before, '$')}"),
        (15, 90, "Balance forward"),
        (90, 90, "$0.00"),
        (15, 100, "Usage charges"),
        (90, 100, eng(use, "$")),
        (15, 106, "Customer charge and fees"),
        (90, 106, eng(fees, "$")),
        (15, 114, "<b>Total current charges</b>"),
        (90, 114, f"<b>{eng(new, '$')}</b>"),
        (15, 124, f"After {due:%m/%d/%Y} pay {eng(new + 10, '$')}"),
        (15, 215, "- - - - - - - - - - - - Please detach and return with payment - - - - - - - - - - - -"),
        (15, 225, client),
        (15, 230, "418 JUNIPER AVE"),
        (120, 225, account),
        (120, 232, f"Pay this amount {eng(new, '$')}"),
    ]
    order = list(range(len(pieces)))
    w.dice.shuffle(order)
    return Paper(
        page(scattered(pieces, order), "", "Liberation Sans"),
        truth(
            "invoice",
            firm,
            client=client.title() if w.n != 1 else "Lakeshore Bakery LLC",
            date=day,
            due_date=due,
            total=new,
            currency="USD",
        ),
        "statement",
    )


@layout("b", "invoice-en")
def marketplace(w: World) -> Paper:
    """A marketplace's order: the marketplace is everywhere, the seller in one line."""
    w.speak("en")
    firm, client, day = (
        w.each("Zhenyu Lighting Ltd", "The Yarn Barn", "PartsRunner UK Ltd"),
        w.pick(("Ms Laura Denning", "Mr Omar Siddiqui", "Dylan Pryce")),
        w.day(),
    )
    lines = w.lines(("USB-C desk lamp, white", 18, 42), ("Merino 4-ply, 100 g", 9, 14), ("Wiper blade set", 12, 29), most=3)
    ship = w.each(Decimal("0.00"), Decimal("2.99"), Decimal("4.49"))
    gross = total(lines) + ship
    net, vat = cents(gross / Decimal("1.2")), ids.vat(w.dice, "GB")
    number = w.each(f"GB-{w.digits(7)}-{w.digits(4)}", f"{day:%Y}-{w.digits(6)}", f"DS-INV-{w.digits(9)}")
    rows = [(a, str(n), eng(cents(p / Decimal("1.2"))), "20%", eng(p), eng(t)) for a, n, p, t in lines]
    body = f"""<div class=row><span style='font-size:22pt;color:#f27f0d'>souk<b>ly</b></span><span style='font-size:16pt'>Invoice</span></div>
    <div class=row><div>{br(client, w.street(), w.town())}</div><div class=r>Paid<br>Payment reference {w.digits(8)}<br>
    <b>Sold by {firm}</b><br>VAT # {vat}<br>Invoice date / Delivery date {long(day, "en")}<br>Invoice # {number}<br>
    Total payable {eng(gross)}</div></div>
    <p class=s>For customer support visit soukly.example/contact-us</p><table class=w><tr>
    <td><b>Billing address</b><br>{br(client, w.street(), w.town())}<td><b>Delivery address</b><br>{
        br(w.person(), w.street(), w.town())
    }<td><b>Sold by</b><br>{br(firm, w.street(), w.town())}</table>
    <p><b>Order information</b><br>Order date {long(later(day, -2), "en")}<br>
    Order # 206-{w.digits(7)}-{w.digits(7)}</p>{
        grid(
            ("Description", "Qty", "Unit price (excl. VAT)", "VAT rate", "Unit price (incl. VAT)", "Item subtotal (incl. VAT)"),
            [*rows, ("Shipping charges", "", "", "", "", eng(ship))],
            "w g",
        )
    }
    {sums(("VAT rate 20%: item subtotal (excl. VAT)", eng(net)), ("VAT subtotal", eng(gross - net)), ("Invoice total", eng(gross)))}
    <div class=foot>Soukly Marketplace S.à r.l., 5 rue du Fort, L-1449 Luxembourg, on behalf of the seller. Page 1 of 1</div>"""
    return Paper(
        page(body, ".g td,.g th{border-bottom:1px solid #ccc;font-size:8.5pt}"),
        truth(
            "invoice", firm, client=client, number=number, date=day, net=net, tax=gross - net, total=gross, currency="GBP", supplier_vat=vat
        ),
    )


@layout("b", "invoice-en")
def subscription(w: World) -> Paper:
    """A subscription's mail, printed: few words, plan and card, name of the firm at the foot and in a sentence."""
    w.speak("en")
    firm, client, day = (
        w.each("Stillwave Media Ltd", "Pantry Club", "Loopwork Labs, LLC"),
        w.each("Gwen Hollis", "priya.nair@post.example", "Juniper Consulting LLC"),
        w.day(),
    )
    gross, sign, code = w.each((Decimal("10.99"), "£", "GBP"), (Decimal("36.00"), "£", "GBP"), (Decimal("1188.00"), "$", "USD"))
    when = w.each(long(day, "en"), f"{day:%d %b %Y}", long(day, "en", "{m} {d}, {y}"))
    number = w.each(w.digits(12), f"PC-{w.digits(6)}", f"in_{w.digits(10)}")
    body = f"""<div style='width:120mm;margin:0 auto'><h1>{w.each("Keep listening", "Your box is on its way", "You're all set!")}</h1>
    <p>Hi {client.split()[0].split("@")[0].split(".")[0].title()},</p><p>Thanks for being a member. We've charged {
        eng(gross, sign)
    } to your Visa ending 5120 for your {w.each("monthly", "monthly", "annual")} plan.</p>
    <table class=w>{
        "".join(
            f"<tr><td style='color:#777'>{a}<td class=r>{b}"
            for a, b in (
                ("Order ID", number),
                ("Billed on", when),
                ("Member", client),
                ("Plan", w.each("Premium Duo", "Veg box M", "Team x 12")),
                ("Next charge", f"{later(day, 365 if w.n == 2 else 30):%d/%m/%Y}"),
                ("<b>Total</b>", f"<b>{eng(gross, sign)}</b>"),
            )
        )
    }</table>
    <p>Not you? Cancel before the next charge. Prices will change to {eng(gross + 2, sign)} from 1 January.</p>
    <p class=s>Sent by {firm}, {w.street()}, {w.town()}. You joined on {later(day, -640):%d/%m/%Y}.</p></div>"""
    return Paper(
        page(body, "td{border-bottom:1px solid #eee;padding:6px}", "Carlito"),
        truth("receipt", firm, client=client, number=number, date=day, total=gross, currency=code),
        "invoice",
    )


@layout("b", "invoice-en")
def po_invoice(w: World) -> Paper:
    """An invoice made on the buyer's order form: order number and day first, buyer's name as the letterhead."""
    w.speak("en")
    firm, client, day = (
        w.each("Ironbridge Fabrications Ltd", "Dunmore Catering Supplies", "Apex Calibration Services Ltd"),
        w.client(),
        w.day(),
    )
    lines = w.lines(
        ("Bracket, galvanised, M10", 3, 9),
        ("Calibration cert. UKAS", 85, 160),
        ("Chafing dish fuel x12", 22, 36),
        ("Carriage", 15, 30),
        most=12,
    )
    net = total(lines)
    tax, due, number = cents(net / 5), later(day, 30), w.each(f"{w.digits(6)}", f"I-{w.digits(5)}", f"ACS/{w.digits(4)}")
    body = f"""<table class='w g'><tr><td colspan=2><span class=s>ORDER PLACED BY</span><br><b>{client}</b>, {w.street()}, {w.town()}</td>
    <td>PURCHASE ORDER<br>PO{w.digits(6)}</td><td>PO DATE<br>{slash(later(day, -25))}</td></tr>
    <tr><td colspan=2><span class=s>SUPPLIER</span><br><b>{firm}</b><br>{w.street()}, {w.town()}</td><td>INVOICE<br><b>{number}</b></td>
    <td>INVOICE DATE<br><b>{slash(day)}</b></td></tr><tr><td>REQUISITIONER<br>{w.person()}</td><td>SHIPPED VIA<br>Own van</td>
    <td>DESPATCHED<br>{slash(later(day, -4))}</td><td>PAYMENT DUE<br>{slash(due)}</td></tr></table>
    <div class=mt>{
        grid(
            ("Item", "Ordered", "Delivered", "Unit £", "Line £"),
            [(a, str(n), str(n), eng(p, ""), eng(t, "")) for a, n, p, t in lines],
            "w g",
        )
    }</div>{
        sums(("Total ex VAT", eng(net)), ("VAT 20.00%", eng(tax)), ("Total inc VAT", eng(net + tax)))
    }<p class=s>Goods remain the property of {firm} until paid for.
    Remittance advice to accounts. VAT registration {(vat := ids.vat(w.dice, "GB"))}</p>"""
    return Paper(
        page(body, ".g td,.g th{border:1px solid #000}", "DejaVu Sans Condensed"),
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
            currency="GBP",
            supplier_vat=vat,
        ),
    )


@layout("b", "other")
def account_statement(w: World) -> Paper:
    """A supplier's statement of account with a balance brought forward: no bill of its own."""
    w.speak("en")
    firm, client, day = w.each("Gallagher Builders Merchants", "Fenland Feeds Ltd", "Oakley Workwear Ltd"), w.client(), w.day()
    balance = w.amount(100, 900)
    rows = [(slash(later(day, -31)), "Balance brought forward", "", "", eng(balance, ""))]
    for back in (26, 19, 11, 4):
        change = w.amount(40, 500) if back != 11 else -balance / 2
        balance += change
        rows.append(
            (
                slash(later(day, -back)),
                f"Invoice {w.digits(5)}" if change > 0 else "Payment received",
                eng(change, "") if change > 0 else "",
                eng(-change, "") if change < 0 else "",
                eng(balance, ""),
            )
        )
    body = f"""<div class=row><div><b>{firm}</b><br>{br(w.street(), w.town())}</div><h2>STATEMENT OF ACCOUNT</h2></div><div class=row>
    <div>{br(client, w.street(), w.town())}</div><div>Statement date: {slash(day)}<br>Account: {w.digits(5)}<br>
    Credit limit: £5,000.00</div></div>{grid(("Date", "Details", "Debit", "Credit", "Balance"), rows, "w mt", 2)}
    <h3 class=r>Amount outstanding {eng(balance)}</h3>{
        grid(("Current", "30 days", "60 days", "90 days+"), [(eng(balance), "£0.00", "£0.00", "£0.00")], "w", 0)
    }<p>Please remit within 14 days. This statement is for your records and is not
    a VAT invoice.</p>"""
    return Paper(page(body), truth("statement", firm, client=client, date=day), "other")


@layout("b", "invoice-en")
def irish(w: World) -> Paper:
    """An Irish firm: euros written before the figure, two VAT rates, long dates."""
    w.speak("en")
    firm, client, day = (
        w.each("Ó Briain Tiling & Bathrooms Ltd", "Shannonside Tree Care", "Claddagh Web Studio Limited"),
        w.each("Mulcahy's Guesthouse", "Mrs Aoife Brennan", "Corrib Dental Clinic"),
        w.day(),
    )
    low, high = w.amount(300, 2200), w.amount(60, 500)
    tax_low, tax_high = cents(low * Decimal("0.135")), cents(high * Decimal("0.23"))
    net, tax = low + high, tax_low + tax_high
    number, vat, bank, due = w.digits(4), ids.vat(w.dice, "IE"), ids.iban(w.dice, "IE"), later(day, 30)
    body = f"""<div class=r><h2 style='margin:0;color:#17613c'>{firm}</h2>{
        w.each("Salthill, Galway", "Castletroy, Limerick", "Spiddal, Co. Galway")
    }<br>Tel 091 {w.digits(6)}<br>VAT No. {vat}</div><p>{br(client, "Main Street", "Co. Clare")}</p>
    <p>Invoice {number} &nbsp;&nbsp; {
        long(day, "en", w.each("{d}th of {m} {y}", "{d} {m} {y}", "{m} {d} {y}"))
        if day.day not in (1, 2, 3, 21, 22, 23, 31)
        else long(day, "en")
    }</p>
    {grid(("", "VAT", "€"), [("To labour as agreed", "13.5%", eng(low, "")), ("To materials supplied", "23%", eng(high, ""))], "w g")}
    {
        sums(
            ("Net", eng(net, "€")),
            ("VAT @ 13.5%", eng(tax_low, "€")),
            ("VAT @ 23%", eng(tax_high, "€")),
            ("Total due", eng(net + tax, "€")),
        )
    }<p>Payment by {long(due, "en")} please. Sinn Féin Road Credit Union, IBAN {bank}</p>
    <p class=s>RCT may apply. Company reg. {w.digits(6)}. Directors: {w.person()}, {w.person()}</p>"""
    return Paper(
        page(body, ".g td,.g th{border-bottom:1px solid #17613c}", "Caladea"),
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


@layout("b", "invoice-en")
def canadian(w: World) -> Paper:
    """A bilingual bill of Quebec with GST and QST under both names."""
    w.speak("en")
    firm, client, day = (
        w.each("Déneigement Laurentides inc.", "Maple Leaf Sign Works Inc.", "Atelier Vélo Mile-Ex"),
        w.each("Condos Rivière 2200", "Bagel & Cie", "Mr. Étienne Roy"),
        w.day(),
    )
    lines = w.lines(
        ("Contrat saison / Season contract", 350, 700),
        ("Lettrage vitrine / Window lettering", 180, 420),
        ("Mise au point / Tune-up", 60, 110),
        most=2,
    )
    net = total(lines)
    gst, qst = cents(net * Decimal("0.05")), cents(net * Decimal("0.09975"))
    number = w.each(w.digits(5), f"F-{w.digits(4)}", f"{day:%y}{w.digits(4)}")
    gross = net + gst + qst
    body = f"""<div class=row><div><h2 style='margin:0'>{firm}</h2>{
        w.each(
            "1450 ch. du Lac, Saint-Jérôme (Québec) J7Z 1A1", "88 Pine Ave., Montréal QC H2W 1N4", "6600 av. du Parc, Montréal QC H2V 4J1"
        )
    }</div>
    <div class=box>FACTURE / INVOICE<br>No {number}<br>Date {
        w.each(day.isoformat(), long(day, "en", "{m} {d}, {y}"), day.isoformat())
    }<br>Conditions / Terms: Net 15</div></div>
    <p><b>Vendu à / Sold to:</b><br>{br(client, "2200 rue Fleury", "Laval QC H7M 3K9")}</p>{
        grid(
            ("Description", "Qté / Qty", "Prix / Price", "Montant / Amount"),
            [(a, str(n), eng(p, "$"), eng(t, "$")) for a, n, p, t in lines],
            "w g",
        )
    }
    {
        sums(
            ("Sous-total / Subtotal", eng(net, "$")),
            (f"TPS / GST 5% ({w.digits(9)} RT0001)", eng(gst, "$")),
            (f"TVQ / QST 9.975% ({w.digits(10)} TQ0001)", eng(qst, "$")),
            ("TOTAL (CAD)", eng(gross, "$")),
        )
    }<p class=c>Merci! Thank you!</p>"""
    return Paper(
        page(body, ".g td,.g th{border:1px solid #c33}"),
        truth("invoice", firm, client=client, number=number, date=day, net=net, tax=gst + qst, total=gross, currency="CAD"),
    )
