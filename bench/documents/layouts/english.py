"""Invoices in English: Britain, the United States, Australia, India."""

from __future__ import annotations

from decimal import Decimal

from bench.documents.layouts import identifiers as ids
from bench.documents.layouts.html import br, grid, logo, page, sums
from bench.documents.layouts.paper import Paper, layout
from bench.documents.layouts.world import World, cents, eng, later, long, slash, total, truth


@layout("a", "invoice-en")
def uk_limited(w: World) -> Paper:
    """A company of trades: who it is invoiced to comes first, registered name and office at the foot."""
    w.speak("en")
    firm = w.each("Pennine Electrical Services Ltd", "Marlowe & Finch Joinery Limited", "Severn Drainage Solutions Ltd")
    client, day = w.client(), w.day()
    lines = w.lines(
        ("Call out & first hour", 60, 95), ("Labour (hrs)", 38, 55), ("Consumer unit 18th edition", 110, 240), ("Sundries", 8, 30), most=5
    )
    net = total(lines)
    tax = cents(net / 5)
    number, due, vat, account = (
        w.each(w.digits(4), f"INV-{w.digits(4)}", f"SI{w.digits(5)}"),
        later(day, 14),
        ids.vat(w.dice, "GB"),
        w.digits(8),
    )
    body = f"""<div class=row><div><div class=s>INVOICE TO</div>{br(client, w.street(), w.town())}</div>
    <div class=r>{logo(firm.split(" Ltd")[0].split(" Limited")[0], "#2c4a3e", 520)}</div></div>
    <table class='w band mt'><tr><th>Invoice No</th><th>Tax point</th><th>Job ref</th><th>Due</th></tr><tr><td>{number}</td>
    <td>{w.each(slash(day), f"{day:%d/%m/%y}", long(day, "en"))}</td><td>J{w.digits(4)} – {w.street()}</td>
    <td>{slash(due)}</td></tr></table>
    <p>Works completed {slash(later(day, -4))} as per our quotation Q{w.digits(3)} dated {slash(later(day, -30))}.</p>
    {grid(("Description", "Qty", "Rate", "Net"), [(a, str(n), eng(p, ""), eng(t, "")) for a, n, p, t in lines], "w ln")}
    {sums(("Goods/services net", eng(net)), ("VAT @ 20%", eng(tax)), ("Invoice total", eng(net + tax)))}
    <div class='box mt'>Please pay by BACS: Lloyds Bank · sort code {w.digits(2)}-{w.digits(2)}-{w.digits(2)} · account {account} ·
    quote {number}</div>
    <div class=foot>{firm}. Registered in England &amp; Wales No. {w.digits(8)}. Registered office: {w.street()}, {w.town()}. VAT Reg
    No {vat[:2]} {vat[2:5]} {vat[5:9]} {vat[9:]}. NICEIC approved contractor.</div>"""
    return Paper(
        page(body, ".band th{background:#2c4a3e;color:white}.ln td{border-bottom:1px dotted #999}"),
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


@layout("a", "invoice-en")
def us_contractor(w: World) -> Paper:
    """An American contractor: month first, sales tax, a deposit, balance due, remit-to address."""
    w.speak("en")
    firm = w.each("Blue Ridge Remodeling LLC", "Casey Morgan Design", "Tri-County HVAC Inc.")
    client, day = w.each("Daniel & Ruth Keller", "Hopper Street Coffee Co.", "Lakeshore Property Management"), w.day()
    lines = w.lines(
        ("Labor – crew of 2 (hrs)", 65, 110),
        ("Materials: drywall, mud, tape", 90, 240),
        ("Permit filing", 75, 150),
        ("Haul away / dump fee", 60, 120),
        most=8,
    )
    net, rate = total(lines), w.each(Decimal("7.25"), Decimal("8.875"), Decimal("6.00"))
    tax = cents(net * rate / 100)
    paid, due = w.each(Decimal("500.00"), Decimal("0.00"), Decimal("0.00")), later(day, 30)
    us = f"{day.month}/{day.day}/{day.year}" if w.n == 1 else f"{day:%m/%d/%Y}"
    rest = (
        (("Deposit received", f"({eng(paid, '$')})"), ("Balance Due", eng(net + tax - paid, "$")))
        if paid
        else (("Balance Due", eng(net + tax, "$")),)
    )
    body = f"""<table class=w><tr><td><b style='font-size:17pt'>{firm}</b><br>{
        w.each("1180 Sweetwater Rd", "45 W 21st St, Apt 4C", "PO Box 2290")
    }<br>
    {w.each("Asheville, NC 28801", "New York, NY 10010", "Toledo, OH 43604")}<br>({w.digits(3)}) 555-{w.digits(4)}</td>
    <td class=r><span style='font-size:30pt;color:#bbb;letter-spacing:3px'>INVOICE</span><br># {w.each(1042, 318, 77120)}</td></tr></table>
    <table class='w mt'><tr><td style='width:40%'><span class=s>Bill To:</span><br><b>{client}</b><br>{
        w.each("22 Laurel Ct", "901 Hopper St", "3300 Shore Dr")
    }</td><td><span class=s>Ship To / Job site:</span><br>{w.each("Rental unit B", "Same", "Maple Court Apts")}</td>
    <td><table><tr><td>Date:<td class=r>{us}<tr><td>Terms:<td class=r>Net 30<tr><td>Due Date:<td class=r>{due:%m/%d/%Y}
    <tr style='background:#eee'><td><b>Balance Due:</b><td class=r><b>{eng(net + tax - paid, "$")}</b></table></td></tr></table>
    <div class=mt>{
        grid(("Item", "Quantity", "Rate", "Amount"), [(a, str(n), eng(p, "$"), eng(t, "$")) for a, n, p, t in lines], "w dk")
    }</div>
    {sums(("Subtotal:", eng(net, "$")), (f"Sales Tax ({rate.normalize()}%):", eng(tax, "$")), ("Total:", eng(net + tax, "$")), *rest)}
    <p><span class=s>Notes:</span><br>Thank you for your business!<br><span class=s>Terms:</span><br>
    Make checks payable to {firm}. 1.5% monthly on past-due accounts. EIN {w.digits(2)}-{w.digits(7)}</p>"""
    return Paper(
        page(body, ".dk th{background:#333;color:#fff}"),
        truth(
            "invoice",
            firm,
            client=client,
            number=str(w.each(1042, 318, 77120)),
            date=day,
            due_date=due,
            net=net,
            tax=tax,
            total=net + tax,
            currency="USD",
        ),
    )


@layout("a", "receipt-en")
def card_receipt(w: World) -> Paper:
    """A receipt sent by a payment service: the amount as the largest words, day of payment, last digits of a card."""
    w.speak("en")
    firm, client, day = (
        w.each("Inkwell Fonts", "Trailmap, Inc.", "Beacon Analytics Pty"),
        w.each("Nadia Ferhat", "Juniper Consulting LLC", "tom.ashby@mail.example"),
        w.day(),
    )
    net = w.each(Decimal("49.00"), Decimal("240.00"), Decimal("15.50"))
    tax = w.each(Decimal("9.80"), Decimal("0.00"), Decimal("1.55"))
    sign, code = w.each(("€", "EUR"), ("$", "USD"), ("A$", "AUD"))
    when, number = long(day, "en", "{m} {d}, {y}"), f"{w.digits(4)}-{w.digits(4)}"
    rows = [(w.each("Desktop licence, 3 users", "Annual plan (Jan–Dec)", "Usage, 310 events"), "1", eng(net, sign), eng(net, sign))]
    tail = [
        ("Subtotal", eng(net, sign)),
        *((("Tax" if w.n else "VAT (20%)", eng(tax, sign)),) if tax else ()),
        ("Total", eng(net + tax, sign)),
        ("Amount paid", eng(net + tax, sign)),
    ]
    body = f"""<div class=row><h1 style='margin:0'>Receipt</h1><span style='font-size:13pt;color:#999'>{firm}</span></div>
    <table class=mt><tr><td><b>Invoice number</b><td>{w.pick("ABCDEF")}{w.digits(7)}-0003<tr><td><b>Receipt number</b><td>{number}<tr>
    <td><b>Date paid</b><td>{when}<tr><td><b>Payment method</b><td>Mastercard - 8812</table>
    <div style='display:flex;gap:40mm' class=mt><div><b>{firm}</b><br>{
        br(
            w.each("12 Rue Oberkampf", "548 Market Street PMB 1902", "Level 2, 11 York St"),
            w.each("75011 Paris", "San Francisco, California 94104", "Sydney NSW 2000"),
        )
    }</div>
    <div><b>Bill to</b><br>{client}</div></div>
    <h2 class=mt>{eng(net + tax, sign)} paid on {when}</h2><p style='color:#5469d4'>{
        w.each("Thanks for supporting independent type!", "Happy trails", "")
    }</p>
    {grid(("Description", "Qty", "Unit price", "Amount"), rows, "w l")}{sums(*tail, css="width:55%")}
    <h4>Payment history</h4>{
        grid(
            ("Payment method", "Date", "Amount paid", "Receipt number"),
            [("Mastercard - 8812", when, eng(net + tax, sign), number)],
            "w l",
            9,
        )
    }<div class=foot>Page 1 of 1</div>"""
    fields = truth("receipt", firm, client=client, date=day, net=net, total=net + tax, currency=code)
    return Paper(
        page(body, ".l td,.l th{border-bottom:1px solid #e3e8ee}", "Carlito"), fields | ({"tax": f"{tax:.2f}"} if tax else {}), "invoice"
    )


@layout("a", "receipt-en")
def eticket(w: World) -> Paper:
    """A ticket's receipt: the day of issue among days of travel, fare, taxes and fees."""
    w.speak("en")
    firm, client, day = w.each("Aerolinks Airways", "Great Northern Rail", "Celtic Ferries Ltd"), w.person(), w.day()
    fare, tax, fee = w.amount(60, 320), w.amount(12, 70), w.each(Decimal("0.00"), Decimal("2.50"), Decimal("6.00"))
    out, back, place = (
        later(day, 21),
        later(day, 25),
        w.each(("London LHR", "Oslo OSL"), ("Leeds", "Edinburgh Waverley"), ("Holyhead", "Dublin Port")),
    )
    number = w.each(f"125-{w.digits(10)}", f"{w.digits(2)}GNR{w.digits(5)}", f"CF{w.digits(7)}")
    body = f"""<div style='background:#0b2a4a;color:#fff;padding:4mm;font-size:15pt'>Your e-ticket receipt</div>
    <p>Booking reference <b>{w.pick(("XK4PQ2", "R7TLM9", "ZB2WND"))}</b> · Keep this document with you when you travel</p>
    <table class=w><tr><td>Passenger<td>{client.upper()}<td>Ticket number<td>{number}<tr><td>Date of issue<td>{day:%d %b %Y}
    <td>Issued by<td>{firm}<tr><td>Form of payment<td>Visa XXXX 7720<td>Agent<td>WEB/{w.digits(5)}</table>
    {
        grid(
            ("From", "To", "Departs", "Arrives", "Class"),
            [
                (place[0], place[1], f"{out:%d %b %Y} 07:15", f"{out:%d %b %Y} 10:40", "Economy / Y"),
                (place[1], place[0], f"{back:%d %b %Y} 18:05", f"{back:%d %b %Y} 19:55", "Economy / M"),
            ],
            "w t mt",
            9,
        )
    }
    <h3>Fare details</h3><table>{
        "".join(
            f"<tr><td style='width:70mm'>{a}<td class=r>{b}"
            for a, b in (
                ("Fare", "GBP " + eng(fare, "")),
                ("Taxes, fees and carrier charges", "GBP " + eng(tax, "")),
                ("Booking fee", "GBP " + eng(fee, "")),
                ("<b>Grand total</b>", "<b>GBP " + eng(fare + tax + fee, "") + "</b>"),
            )
        )
    }</table>
    <p class=s>Baggage allowance 1PC 23 kg. Check-in closes 60 minutes before departure. Changes before {out:%d %b %Y}: fee GBP 45.00
    plus fare difference. Liability is limited by the Montreal Convention (28 May 1999).</p>
    <p class=s>{firm} · Customer relations, {w.street()}, {w.town()}</p>"""
    return Paper(
        page(body, ".t td,.t th{border:1px solid #9ab}"),
        truth("receipt", firm, client=client, number=number, date=day, total=fare + tax + fee, currency="GBP"),
        "invoice",
    )


@layout("a", "credit-note")
def credit_note(w: World) -> Paper:
    """A credit note in English, with the invoice it is against."""
    w.speak("en")
    firm, client, day = w.each("Hallam Office Supplies Ltd", "Cobblestone Wines", "Thistle Print Co Ltd"), w.client(), w.day()
    lines = w.lines(("Damaged in transit – returned", 12, 60), ("Short delivery", 5, 40), ("Price adjustment", 2, 20), most=6)
    net = total(lines)
    tax, vat, number = cents(net / 5), ids.vat(w.dice, "GB"), f"CN-{w.digits(5)}"
    body = f"""<div class=c><b style='font-size:16pt'>{firm}</b><br>{w.street()}, {w.town()} · VAT {vat}</div><hr><h2>CREDIT NOTE</h2>
    <table class=w><tr><td>{br(client, w.street(), w.town())}<td><table><tr><td>Credit note no.<td>{number}<tr><td>Date
    <td>{day:%d-%b-%Y}<tr><td>Original invoice<td>{w.digits(6)} of {later(day, -19):%d-%b-%Y}<tr><td>Account
    <td>{client[:4].upper().strip()}01</table></table>
    {grid(("Reason", "Qty", "Price", "Credit"), [(a, str(n), eng(p), eng(-t if w.n else t)) for a, n, p, t in lines], "w mt")}
    {
        sums(
            ("Net", eng(-net if w.n else net)),
            ("VAT 20%", eng(-tax if w.n else tax)),
            ("Total credit", eng(-(net + tax) if w.n else net + tax)),
        )
    }<p>This is not an invoice. The amount has been credited to your
    account.</p>"""
    return Paper(
        page(body, "", "Caladea"),
        truth(
            "credit-note", firm, client=client, number=number, date=day, net=net, tax=tax, total=net + tax, currency="GBP", supplier_vat=vat
        ),
    )


@layout("a", "invoice-en")
def indian_gst(w: World) -> Paper:
    """A tax invoice under GST: boxes everywhere, CGST and SGST, the amount in words."""
    w.speak("en")
    firm, client, day = (
        w.each("Saraswati Textiles Pvt. Ltd.", "Om Sai Enterprises", "Malabar Spice Traders"),
        w.each("Lotus Garments", "Kaveri Hotels Pvt. Ltd.", "R. K. Stores"),
        w.day(),
    )
    lines = w.lines(
        ("Cotton fabric 60s", 140, 480),
        ("Basmati rice 25 kg", 1400, 2200),
        ("Packing charges", 50, 200),
        ("Black pepper 1 kg", 450, 720),
        most=9,
    )
    net = total(lines)
    half = cents(net * Decimal("0.09"))
    number = f"{w.pick(('GST', 'OSE', 'MST'))}/{day:%y}-{int(f'{day:%y}') + 1}/{w.digits(3)}"
    rows = [(str(i + 1), a, w.digits(6), str(n), eng(p, ""), eng(t, "")) for i, (a, n, p, t) in enumerate(lines)]
    body = f"""<div class=c><b>TAX INVOICE</b> <span class=s>(ORIGINAL FOR RECIPIENT)</span></div><table class='w g'><tr>
    <td rowspan=3 style='width:50%'><b>{firm}</b><br>Plot 14, MIDC Industrial Area<br>{
        w.each("Surat 395003, Gujarat", "Pune 411019, Maharashtra", "Kochi 682001, Kerala")
    }<br>GSTIN/UIN: 27AAPFU{w.digits(4)}F1Z{w.digits(1)}<br>State Code: 27</td>
    <td>Invoice No.<br><b>{number}</b></td><td>Dated<br><b>{day:%d-%b-%y}</b></td></tr>
    <tr><td>Delivery Note<br>DN {w.digits(3)}</td><td>Mode/Terms of Payment<br>30 Days</td></tr><tr>
    <td>Buyer's Order No.<br>PO-{w.digits(4)}</td><td>Dated<br>{later(day, -8):%d-%b-%y}</td></tr>
    <tr><td>Buyer (Bill to)<br><b>{client}</b><br>12 Market Road<br>GSTIN/UIN: 27BBCDE{w.digits(4)}G1Z{w.digits(1)}</td>
    <td>Despatched through<br>VRL Logistics</td><td>Destination<br>Nashik</td></tr></table>
    {
        grid(
            ("Sl", "Description of Goods", "HSN/SAC", "Qty", "Rate", "Amount"),
            [
                *rows,
                ("", "CGST @ 9%", "", "", "", eng(half, "")),
                ("", "SGST @ 9%", "", "", "", eng(half, "")),
                ("", "<b>Total</b>", "", "", "", "<b>₹ " + eng(net + 2 * half, "") + "</b>"),
            ],
            "w g",
            3,
        )
    }
    {
        grid(
            ("Taxable Value", "Central Tax", "State Tax", "Total Tax Amount"),
            [(eng(net, ""), eng(half, ""), eng(half, ""), eng(2 * half, ""))],
            "w g",
        )
    }
    <div class='row mt'><div class=s>Declaration: We declare that this invoice shows the actual price of the goods described.<br>
    Company's Bank: State Bank of India A/c {w.digits(11)} IFSC SBIN0{w.digits(6)}</div>
    <div class=r>for {firm}<br><br><br>Authorised Signatory</div></div>
    <div class=foot>This is a Computer Generated Invoice · SUBJECT TO PUNE JURISDICTION</div>"""
    return Paper(
        page(body, ".g td,.g th{border:1px solid #000;font-size:9pt}"),
        truth("invoice", firm, client=client, number=number, date=day, net=net, tax=2 * half, total=net + 2 * half, currency="INR"),
    )


@layout("a", "invoice-en")
def australian(w: World) -> Paper:
    """A tax invoice with ABN and GST within the total; a deposit slip at the foot."""
    w.speak("en")
    firm, client, day = (
        w.each("Coastal Pest Control", "Wattle & Wren Landscapes Pty Ltd", "Bruce Tan Plumbing"),
        w.each("Strata Plan 40912", "Mrs H. Papadakis", "Bondi Physio Clinic"),
        w.day(),
    )
    lines = w.lines(
        ("Annual termite inspection", 180, 320),
        ("Turf laying per m²", 12, 24),
        ("Hot water unit 250 L", 700, 1200),
        ("Travel", 20, 60),
        most=2,
    )
    gross = total(lines)
    tax, due = cents(gross / 11), later(day, 7)
    number = w.each(f"{w.digits(5)}", f"TI-{w.digits(4)}", f"INV{w.digits(6)}")
    body = f"""<div style='border-left:6px solid #e08e0b;padding-left:5mm'><h2 style='margin:0'>TAX INVOICE</h2>{client}<br>
    {w.each("3/18 Ocean St, Bondi NSW 2026", "7 Banksia Cres, Ballarat VIC 3350", "88 Campbell Pde NSW 2026")}</div>
    <div class='row mt'><table><tr><td class=b>Invoice Date<tr><td>{long(day, "en")[:-5]} {day.year}<tr><td class=b>Invoice Number<tr>
    <td>{number}<tr><td class=b>ABN<tr><td>{w.digits(2)} {w.digits(3)} {w.digits(3)} {w.digits(3)}</table>
    <div class=r>{firm}<br>{w.each("PO Box 71, Manly NSW 1655", "Lot 2 Gum Rd, Creswick VIC", "12 Hall St")}<br>AUSTRALIA</div></div>
    {
        grid(
            ("Description", "Quantity", "Unit Price", "GST", "Amount AUD"),
            [(a, f"{n}.00", eng(p, ""), "10%", eng(t, "")) for a, n, p, t in lines],
            "w mt",
        )
    }
    {sums(("INCLUDES GST 10%", eng(tax, "")), ("TOTAL AUD", eng(gross, "")))}
    <p><b>Due Date: {long(due, "en")}</b><br>BSB {w.digits(3)}-{w.digits(3)} Account {w.digits(8)} – please use {number} as
    reference</p>
    <div style='border-top:1px dashed #666;margin-top:30mm;padding-top:4mm' class=row><b style='font-size:15pt'>PAYMENT ADVICE</b>
    <table><tr><td>Customer<td>{client}<tr><td>Invoice Number<td>{number}<tr><td>Amount Due<td><b>{eng(gross, "")}</b><tr><td>Due Date
    <td>{long(due, "en")}<tr><td>Amount Enclosed<td>________</table></div>"""
    return Paper(
        page(body, "th{border-bottom:2px solid #000}", "DejaVu Sans Condensed"),
        truth("invoice", firm, client=client, number=number, date=day, due_date=due, tax=tax, total=gross, currency="AUD"),
    )
