"""Receipts of tills and card terminals, in English."""

from __future__ import annotations

from decimal import Decimal

from bench.documents.layouts.paper import Paper, layout
from bench.documents.layouts.thermal import Roll
from bench.documents.layouts.world import World, cents, eng, total, truth


def plain_en(value: Decimal) -> str:
    return eng(value, "")


@layout("a", "receipt-en")
def till_cash(w: World) -> Paper:
    """An English till: cash tendered and change, day in a line with till and clerk."""
    firm, day = w.each("THE CORNER LARDER", "Hobbs Hardware", "BEAN & LEAF CAFE"), w.day()
    w.speak("en")
    lines = w.lines(
        ("FLAT WHITE", 2.8, 3.9),
        ("SOURDOUGH LOAF", 3, 4.5),
        ("WOOD SCREWS 4X40", 2, 6),
        ("OAT MILK 1L", 1.5, 2.2),
        ("PAINT BRUSH 2IN", 3, 7),
        most=2,
    )
    gross = total(lines)
    cash = Decimal(int(gross // 10 + 1) * 10)
    date = w.each(f"{day:%d/%m/%Y}", f"{day:%d %b %Y}".upper(), f"{day:%d.%m.%y}")
    roll = (
        f"#{firm}",
        f"^{w.street()}",
        f"^{w.town()}",
        f"^VAT NO {w.digits(9)}",
        "",
        f"{date} {w.clock()}\tTILL {w.digits(1)}",
        f"SERVED BY {w.person().split()[0].upper()}\tTRN {w.digits(5)}",
        "-",
        *(f"{n} x {a}\t{eng(t)}" for a, n, _, t in lines),
        "-",
        f"SUBTOTAL\t{eng(gross)}",
        f"=TOTAL\t{eng(gross)}",
        f"CASH\t{eng(cash)}",
        f"CHANGE DUE\t{eng(cash - gross)}",
        "",
        f"ITEMS {sum(x[1] for x in lines)}",
        "^THANK YOU - PLEASE CALL AGAIN",
        "~Refunds within 28 days with this receipt",
    )
    return Paper(
        Roll(roll, 34, w.each("photo", "scan", "scan"), w.each("LiberationMono", "DejaVuSansMono", "LiberationMono")),
        truth("receipt", firm, date=day, total=gross, currency="GBP"),
    )


@layout("b", "receipt-en")
def till_rounding(w: World) -> Paper:
    """A till that rounds cash to five cents, with GST inside and a loyalty balance."""
    firm, day = w.each("KOWHAI FRUIT MARKET", "Lucky Star Minimart", "BAYSIDE NEWSAGENCY"), w.day()
    lines = w.lines(
        ("BANANAS 1.214 KG", 3.13, 4.87),
        ("MILK 2L", 3.2, 3.9),
        ("GREETING CARD", 4.97, 6.99),
        ("AA BATTERIES 4PK", 6.48, 9.99),
        ("NOODLES CUP", 1.27, 2.3),
        most=3,
    )
    gross = total(lines)
    rounded = (gross * 20).quantize(Decimal(1)) / 20
    cash = Decimal(int(rounded // 20 + 1) * 20)
    number = w.digits(6)
    roll = (
        "~Fresh every morning!",
        f"#{firm}",
        f"^{w.each('118 Marine Parade', '7 Jalan Kubor #01-04', '2/45 The Esplanade')}",
        f"^{w.each('GST 92-418-337', 'GST REG M2-0081442-9', 'ABN 51 824 753 556')}",
        "^TAX INVOICE",
        f"Receipt: {number}\tReg 01",
        f"{w.each(f'{day:%d/%m/%Y}', f'{day:%d-%m-%Y}', f'{day:%d %b %Y}')}  {w.clock()}",
        "-",
        *(f"{a}{f' x{n}' if n > 1 else ''}\t{plain_en(t)}" for a, n, _, t in lines),
        "-",
        f"SUBTOTAL\t{plain_en(gross)}",
        f"ROUNDING\t{plain_en(rounded - gross)}",
        f"=TOTAL DUE\t${plain_en(rounded)}",
        f"CASH TENDERED\t${plain_en(cash)}",
        f"CHANGE\t${plain_en(cash - rounded)}",
        f"GST INCLUDED\t{plain_en(cents(rounded / 11))}",
        "-",
        f"Points earned {w.digits(2)}  Balance {w.digits(3)}",
        "^Have a nice day",
    )
    return Paper(Roll(roll, 34, w.each("scan", "photo", "scan")), truth("receipt", firm, number=number, date=day, total=rounded), "invoice")


@layout("b", "receipt-en")
def card_slip(w: World) -> Paper:
    """The slip of a card terminal: no goods, an amount, codes; the shop is the first line."""
    w.speak("en")
    firm, day = w.each("THE COPPER KETTLE", "FERNDALE GARAGE LTD", "Nook & Cranny Books"), w.day()
    gross, tip = w.amount(4, 130), w.each(Decimal("0.00"), Decimal("0.00"), Decimal("2.50"))
    rows = (f"AMOUNT\t{eng(gross)}", *((f"GRATUITY\t{eng(tip)}",) if tip else ()), f"=TOTAL\t{eng(gross + tip)}")
    roll = (
        f"^{firm}",
        f"^{w.street()}",
        f"^{w.town()}",
        "",
        f"M:**{w.digits(5)}\tT:****{w.digits(4)}",
        "-",
        "^CUSTOMER COPY",
        "VISA DEBIT",
        "AID A0000000031010",
        "XXXX XXXX XXXX 6604",
        "CONTACTLESS",
        "SALE",
        *rows,
        "",
        "PIN NOT REQUIRED",
        "PLEASE DEBIT MY ACCOUNT",
        "",
        f"{w.each(f'{day:%d/%m/%y}', f'{day:%d/%m/%Y}', f'{day:%d.%m.%Y}')} {w.clock()}",
        f"AUTH CODE {w.digits(6)}",
        "^APPROVED",
        "^PLEASE RETAIN FOR YOUR RECORDS",
    )
    return Paper(
        Roll(roll, 28, w.each("photo", "scan", "scan"), "DejaVuSansMono"),
        truth("receipt", firm, date=day, total=gross + tip, currency="GBP"),
    )
