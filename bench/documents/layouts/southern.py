"""Invoices from Spain and Italy."""

from __future__ import annotations

from decimal import Decimal

from bench.documents.layouts import identifiers as ids
from bench.documents.layouts.html import br, grid, page, sums
from bench.documents.layouts.paper import Paper, layout
from bench.documents.layouts.world import World, cents, dot, later, long, slash, total, truth


@layout("a", "invoice-eu")
def autonomo(w: World) -> Paper:
    """A Spanish professional: withholding (IRPF) lowers what is paid under net and VAT."""
    w.speak("es")
    firm, client, day = (
        w.each("Marina Robles Traducciones", "Estudio Quesada Arquitectos SLP", "Javier Onís Fotografía"),
        w.client(),
        w.day(),
    )
    lines = w.lines(("Traducción técnica EN-ES", 90, 420), ("Visita de obra", 120, 180), ("Reportaje corporativo", 250, 600), most=2)
    net = total(lines)
    tax, held = cents(net * Decimal("0.21")), cents(net * Decimal("0.15"))
    number, bank = f"{w.digits(2)}/{day:%Y}", ids.iban(w.dice, "ES")
    body = f"""<h1 style='color:#c75000;font-weight:normal'>{firm}</h1><div>NIF {w.digits(8)}{w.pick("TRWAGMYF")} · {w.street()} · {w.town()}</div>
    <div class='row mt'><div class=box style='width:70mm'>Cliente:<br>{br(client, w.street(), w.town())}<br>CIF B{w.digits(8)}</div>
    <div class=r>Factura nº <b>{number}</b><br>{w.town()[6:]}, a {long(day, "es", "{d} de {m} de {y}")}</div></div>
    <div class=mt>{grid(("Concepto", "Uds.", "Precio", "Total"), [(a, str(n), dot(p), dot(t)) for a, n, p, t in lines], "w g")}</div>
    <table class='w g mt'><tr><th>Base imponible</th><th>% IVA</th><th>Cuota IVA</th><th>% IRPF</th><th>Retención</th>
    <th>Total a pagar</th></tr><tr><td>{dot(net)}</td><td>21</td><td>{dot(tax)}</td><td>15</td><td>-{dot(held)}</td>
    <td><b>{dot(net + tax - held)}</b></td></tr></table>
    <p>Forma de pago: transferencia a Caja del Duero, {bank}</p><p class=s>Protección de datos: sus datos serán tratados conforme al
    RGPD de 25 de mayo de 2018.</p>"""
    return Paper(
        page(body, ".g td,.g th{border:1px solid #c75000}", "Liberation Serif"),
        truth("invoice", firm, client=client, number=number, date=day, net=net, tax=tax, total=net + tax - held, currency="EUR", iban=bank),
    )


@layout("a", "invoice-eu")
def fattura(w: World) -> Paper:
    """An Italian courtesy copy of an electronic invoice: parties in two boxes, a table of data."""
    w.speak("it")
    firm, client, day = (
        w.each("Termoidraulica Galli S.n.c.", "Vinicola Colle Alto S.r.l.", "Autotrasporti F.lli Neri S.p.A."),
        w.client(),
        w.day(),
    )
    lines = w.lines(
        ("Sostituzione caldaia a condensazione", 900, 1900),
        ("Manodopera (ore)", 32, 45),
        ("Bottiglia DOC 0,75", 6, 18),
        ("Trasporto collettame", 40, 120),
        most=4,
    )
    net = total(lines)
    tax, vat = cents(net * Decimal("0.22")), ids.vat(w.dice, "IT")
    number, due = w.each(f"FPR {w.digits(3)}/{day:%y}", f"{w.digits(3)}/A", f"{w.digits(4)}"), later(day, 60)
    body = f"""<div style='display:flex;gap:4mm'><div class=box style='flex:1'><b>Cedente/prestatore (fornitore)</b><br>
    Identificativo fiscale ai fini IVA: {vat}<br>Denominazione: <b>{firm}</b><br>Regime fiscale: RF01 ordinario<br>
    Indirizzo: {w.street()}<br>{w.town()}</div>
    <div class=box style='flex:1'><b>Cessionario/committente (cliente)</b><br>Codice fiscale: {w.digits(11)}<br>
    Denominazione: <b>{client}</b><br>Indirizzo: {w.street()}<br>{w.town()}<br>PEC: pec@{w.digits(4)}.example</div></div>
    <table class='w g mt'><tr><th>Tipologia documento</th><th>Art. 73</th><th>Numero documento</th><th>Data documento</th>
    <th>Codice destinatario</th></tr><tr><td>TD01 fattura</td><td></td><td>{number}</td><td>{day:%d-%m-%Y}</td>
    <td>{w.pick(("M5UXCR1", "SUBM70N", "0000000"))}</td></tr></table>
    {
        grid(
            ("Descrizione", "Quantità", "Prezzo unitario", "%IVA", "Prezzo totale"),
            [(a, f"{n},00", dot(p, ""), "22,00", dot(t, "")) for a, n, p, t in lines],
            "w g mt",
        )
    }
    <table class='w g mt'><tr><th colspan=4>RIEPILOGHI IVA E TOTALI</th></tr><tr><th>esigibilità iva</th><th>%IVA</th>
    <th>Totale imponibile</th><th>Totale imposta</th></tr><tr><td>I (immediata)</td><td>22,00</td><td>{dot(net, "")}</td>
    <td>{dot(tax, "")}</td></tr></table>
    <table class='w g'><tr><th>Importo bollo</th><th>Sconto/Maggiorazione</th><th>Valuta</th><th>Totale documento</th></tr><tr><td></td>
    <td></td><td>EUR</td><td>{dot(net + tax, "")}</td></tr></table>
    <table class='w g mt'><tr><th>Modalità pagamento</th><th>IBAN</th><th>Istituto</th><th>Data scadenza</th><th>Importo</th></tr><tr>
    <td>MP05 Bonifico</td><td>{(bank := ids.iban(w.dice, "IT")).replace(" ", "")}</td><td>Banca Lagunare</td><td>{due:%d-%m-%Y}</td>
    <td>{dot(net + tax, "")}</td></tr></table>"""
    return Paper(
        page(body, ".g td,.g th{border:1px solid #777;font-size:8.5pt}", "Liberation Sans Narrow"),
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


@layout("b", "invoice-eu")
def luz(w: World) -> Paper:
    """A Spanish electricity bill: summary box, power and energy, special tax and VAT, the day of the charge."""
    w.speak("es")
    firm, client, day = w.each("Luzalba Comercializadora S.A.", "Energía Tajo SLU", "Eléctrica Mediterránea S.A."), w.client(), w.day()
    power, used, rent = w.amount(9, 25), w.amount(20, 140), Decimal("0.81")
    special = cents((power + used) * Decimal("0.0511"))
    net = power + used + rent + special
    tax, number, drawn = (
        cents(net * Decimal("0.21")),
        w.each(f"FE{w.digits(10)}", f"P{w.digits(2)}CON{w.digits(8)}", f"{w.digits(3)}-{w.digits(9)}"),
        later(day, 7),
    )
    body = f"""<div class=row><b style='font-size:18pt;color:#d39b00'>{firm.split()[0].upper()}</b><span class=s>Atención al cliente 900 {
        w.digits(3)
    }
    {w.digits(3)}<br>Averías 900 {w.digits(3)} {w.digits(3)}</span></div><div class='row mt'>
    <div class=box style='width:80mm'><b>DATOS DE LA FACTURA</b><br>IMPORTE FACTURA: <b>{dot(net + tax)}</b><br>Nº factura: {number}<br>
    Fecha emisión factura: {long(day, "es", "{d} de {m} de {y}")}<br>Periodo de consumo: {slash(later(day, -32))} a {
        slash(later(day, -2))
    }<br>Fecha de cargo: {slash(drawn)}</div><div>{br(client, w.street(), w.town())}</div></div>
    <h4>RESUMEN</h4>{
        sums(
            ("Potencia contratada", dot(power)),
            ("Energía consumida", dot(used)),
            ("Impuesto electricidad 5,11 %", dot(special)),
            ("Alquiler equipos", dot(rent)),
            ("Base imponible", dot(net)),
            ("IVA 21 %", dot(tax)),
            ("TOTAL IMPORTE FACTURA", dot(net + tax)),
            css="width:100%",
        )
    }
    <p class=s>Titular: {client}. CUPS ES{w.digits(16)}. Contrato de acceso {w.digits(9)}. Fin de contrato: {slash(later(day, 190))}
    (renovación anual automática). Domiciliación: Caja del Duero ES** **** **** {w.digits(4)}.</p>
    <div class=foot>{firm}, {w.street()}, {w.town()}. CIF {ids.vat(w.dice, "ES")[2:]}. Inscrita en el Registro Mercantil, tomo {
        w.digits(4)
    }.</div>"""
    return Paper(
        page(body, "", "Liberation Sans"),
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
        ),
    )


@layout("b", "invoice-eu")
def professionista(w: World) -> Paper:
    """An Italian professional: pension fund, VAT, withholding, stamp; titles before the name."""
    w.speak("it")
    firm, client, day = (
        w.each("Studio Tecnico Ing. Bruno Carli", "Avv. Silvia Montanari", "Dott.ssa Irene Galbiati – Psicologa"),
        w.client(),
        w.day(),
    )
    fee = w.amount(300, 2500)
    fund = cents(fee * Decimal("0.04"))
    net = fee + fund
    tax, held = cents(net * Decimal("0.22")), cents(fee / 5)
    number, bank, vat = (
        w.each(f"{w.digits(2)}/{day:%Y}", w.digits(2), f"{w.digits(3)}/{day:%y}"),
        ids.iban(w.dice, "IT"),
        ids.vat(w.dice, "IT"),
    )
    body = f"""<div class=c style='border-bottom:1px solid'><div style='font-size:15pt'>{firm}</div>{w.street()} – {w.town()} – C.F.
    {w.pick(("CRLBRN70A01L781X", "MNTSLV75B41D969K"))} – P.IVA {vat[2:]}</div>
    <div style='margin:8mm 0 8mm 100mm'>Spett.le<br>{br(client, w.street(), w.town())}</div>
    <p>{w.town()[6:]}, {long(day, "it", w.each("{d} {m} {y}", "lì {d} {m} {y}", "{d} {m} {y}"))}</p>
    <p><b>{w.each("PARCELLA", "NOTA PROFORMA DEFINITIVA / FATTURA", "FATTURA")} N. {number}</b></p>
    <p>Per prestazioni professionali rese come da incarico del {day.replace(year=day.year - 1):%d/%m/%Y}:</p>
    {
        sums(
            ("Onorario", "€ " + dot(fee, "")),
            ("Cassa previdenza 4%", "€ " + dot(fund, "")),
            ("Imponibile IVA", "€ " + dot(net, "")),
            ("IVA 22%", "€ " + dot(tax, "")),
            ("Totale fattura", "€ " + dot(net + tax, "")),
            ("Ritenuta d'acconto 20%", "- € " + dot(held, "")),
            ("Netto a pagare", "€ " + dot(net + tax - held, "")),
            css="width:80%",
            strong=4,
        )
    }
    <p>Pagamento a ricevimento fattura: Banca Lagunare, IBAN {bank}</p>"""
    return Paper(
        page(body, "", "Caladea"),
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
            iban=bank,
        ),
    )
