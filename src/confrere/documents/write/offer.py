"""Offers (quotes): priced lines, VAT by rate, totals as formulas, as a workbook and as a Word document of our own layout.

Amounts are rounded to the cent line by line, VAT rate by rate, as French law and most accounting programs do: what the workbook's
formulas give is what the document prints.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import msgspec

from confrere.documents.write import formats
from confrere.documents.write.content import Column, Table
from confrere.documents.write.package import settle, stamp
from confrere.documents.write.sheets import Formats, letters, open_workbook, page_setup, text, value
from confrere.documents.write.text import plain
from confrere.messages import say

ZERO = Decimal(0)
_FIELDS = ("reference", "description", "quantity", "unit", "price", "discount", "rate", "amount")
_KINDS = {"quantity": "number", "price": "money", "discount": "percent", "rate": "percent", "amount": "money"}


class Line(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A line of an offer. ``price`` is for one unit, before tax; ``discount`` and ``rate`` are shares (0.2 is 20 %)."""

    description: str
    price: Decimal
    quantity: Decimal = Decimal(1)
    rate: Decimal = ZERO
    reference: str = ""
    unit: str = ""
    discount: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        return cents(self.quantity * self.price * (1 - self.discount))


class Offer(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An offer. ``seller`` may be empty (not known); ``currency`` is ISO 4217."""

    client: str
    number: str
    date: dt.date
    valid_until: dt.date
    lines: list[Line]
    currency: str = "EUR"
    seller: str = ""
    title: str = ""

    @property
    def net(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def taxes(self) -> dict[Decimal, tuple[Decimal, Decimal]]:
        """For each rate, high to low, its base and its VAT."""
        bases: dict[Decimal, Decimal] = {}
        for line in self.lines:
            bases[line.rate] = bases.get(line.rate, ZERO) + line.amount
        return {rate: (bases[rate], cents(bases[rate] * rate)) for rate in sorted(bases, reverse=True)}

    @property
    def tax(self) -> Decimal:
        return sum((tax for _, tax in self.taxes.values()), ZERO)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax

    def expected(self) -> dict[str, Decimal]:
        """The totals its workbook must show, by defined name."""
        return {"offer_net": self.net, "offer_tax": self.tax, "offer_total": self.total}


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def printed_share(share: Decimal, language: str) -> str:
    """0.055 as "5,5 %" or "5.5%"."""
    return formats.rate(f"{(share * 100).normalize():f}", language)


def used_fields(offer: Offer) -> list[str]:
    """The columns worth showing: reference, unit and discount only where some line has one."""
    return [name for name in _FIELDS if name not in ("reference", "unit", "discount") or any(getattr(one, name) for one in offer.lines)]


def heading(offer: Offer, language: str) -> str:
    return plain(offer.title) or say("write.offer-title", language, number=offer.number)


def facts(offer: Offer, language: str) -> list[tuple[str, str]]:
    """What stands above the lines: who, for whom, when, until when."""
    rows = [
        (say("write.offer-from", language), offer.seller),
        (say("write.offer-for", language), offer.client),
        (say("write.offer-number", language), offer.number),
        (say("write.offer-date", language), formats.date(offer.date, language)),
        (say("write.offer-valid", language), formats.date(offer.valid_until, language)),
    ]
    return [(label, shown) for label, shown in rows if shown]


def offer_workbook(path: Path, offer: Offer, language: str) -> None:
    """Write the offer as a workbook on one A4 page wide, every amount a formula over quantity, price and rate."""
    names = used_fields(offer)
    at = {name: number for number, name in enumerate(names)}
    last = len(names) - 1
    with open_workbook(path, stamp(offer.date), heading(offer, language)) as book:
        styles = Formats(book, language)
        sheet = book.add_worksheet(say("write.sheet-offer", language))
        sheet.hide_gridlines(2)
        text(sheet, 0, 0, heading(offer, language), styles.get("title"))
        sheet.set_row(0, 30)
        row = 2
        for label, shown in facts(offer, language):
            text(sheet, row, 0, label, styles.get("muted"))
            text(sheet, row, 1, shown, styles.get("body"))
            row += 1
        head = row + 1
        sheet.set_row(head, 24)
        for name, column in at.items():
            text(sheet, head, column, say(f"write.offer-{name}", language), styles.get("head-right" if name in _KINDS else "head"))
            longest = max([len(say(f"write.offer-{name}", language)), *(len(str(getattr(line, name))) for line in offer.lines)])
            sheet.set_column(column, column, min(52, max({"description": 30, "amount": 16, "price": 14}.get(name, 11), longest + 3)))
        if at.get("description") != 0:
            sheet.set_column(0, 0, 18)
        else:
            sheet.set_column(0, 0, 44)
        for number, line in enumerate(offer.lines, head + 1):
            _workbook_line(sheet, styles, number, at, line, offer.currency)
        first, end = head + 2, head + 1 + len(offer.lines)
        sheet.freeze_panes(head + 1, 0)
        _workbook_totals(book, sheet, styles, offer, language, end + 1, (last - 1, last), (first, end, at))
        below = end + 5 + len(offer.taxes)
        text(sheet, below, 0, say("write.offer-agreed", language), styles.get("muted"))
        page_setup(sheet, language, head, landscape=False)


def _workbook_line(sheet: Any, styles: Formats, row: int, at: dict[str, int], line: Line, currency: str) -> None:
    for name, column in at.items():
        if name == "amount":
            part = {key: f"{letters(at[key])}{row + 1}" for key in ("quantity", "price", "discount") if key in at}
            less = f"*(1-{part['discount']})" if "discount" in part else ""
            formula = f"=ROUND({part['quantity']}*{part['price']}{less},2)"
            sheet.write_formula(row, column, formula, styles.money(currency), float(line.amount))
            continue
        content = getattr(line, name)
        kind = _KINDS.get(name)
        style = styles.money(currency) if kind == "money" else styles.kind(kind) if kind else styles.get("wrap")
        if kind == "percent":
            style = styles.get("body", "0.##%" if (content * 100) % 1 else "0%")
        value(sheet, row, column, content if content != "" else None, style)


def _workbook_totals(
    book: Any,
    sheet: Any,
    styles: Formats,
    offer: Offer,
    language: str,
    row: int,
    columns: tuple[int, int],
    lines: tuple[int, int, dict[str, int]],
) -> None:
    first, end, at = lines
    label, amount = columns
    letter, rate_letter = letters(at["amount"]), letters(at["rate"])
    amounts, rates = f"{letter}{first}:{letter}{end}", f"{rate_letter}{first}:{rate_letter}{end}"
    money = styles.money(offer.currency)
    strong = styles.money(offer.currency, "total")
    name = sheet.get_name().replace("'", "''")

    def put(key: str, shown: str, formula: str, cached: Decimal, style: Any, label_style: Any) -> None:
        nonlocal row
        text(sheet, row, label, shown, label_style)
        sheet.write_formula(row, amount, formula, style, float(cached))
        if key:
            book.define_name(f"offer_{key}", f"='{name}'!${letters(amount)}${row + 1}")
        row += 1

    start = row
    put("net", say("write.offer-net", language), f"=SUM({amounts})", offer.net, money, styles.get("body"))
    taxes = offer.taxes
    for rate, (_, tax) in taxes.items():
        shown = say("write.tax-at", language, rate=printed_share(rate, language))
        key = "tax" if len(taxes) == 1 else ""
        put(key, shown, f"=ROUND(SUMIF({rates},{rate},{amounts})*{rate},2)", tax, money, styles.get("body"))
    if len(taxes) > 1:
        put("tax", say("write.offer-tax", language), f"=SUM({letter}{start + 2}:{letter}{row})", offer.tax, money, styles.get("body"))
    put("total", say("write.offer-total", language), f"={letter}{start + 1}+{letter}{row}", offer.total, strong, styles.get("total"))


def offer_docx(path: Path, offer: Offer, language: str) -> None:
    """Write the offer as a Word document: who, the lines, the totals, the validity, room to sign."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    from confrere.documents.write import word

    document: Any = docx.Document()
    word.styled(document, heading(offer, language), language)
    document.add_paragraph(heading(offer, language), style="Title")
    for label, shown in facts(offer, language):
        paragraph = document.add_paragraph(style="Normal")
        separator = f"{formats.NBSP}: " if language == "fr" else ": "
        paragraph.add_run(label + separator)
        paragraph.add_run(plain(shown)).bold = True
    document.add_heading(say("write.offer-lines", language), 1)
    names = used_fields(offer)
    kinds = {name: "amount" if kind == "percent" else kind for name, kind in _KINDS.items()}
    columns = [Column(title=say(f"write.offer-{name}", language), kind=kinds.get(name, "text"), currency=offer.currency) for name in names]
    rows = [
        [printed_share(getattr(line, name), language) if kinds.get(name) == "amount" else getattr(line, name) for name in names]
        for line in offer.lines
    ]
    word.add_table(document, Table(columns=columns, rows=rows), language, say("write.sheet-offer", language))
    totals = [(say("write.offer-net", language), offer.net, False)]
    totals += [(say("write.tax-at", language, rate=printed_share(rate, language)), tax, False) for rate, (_, tax) in offer.taxes.items()]
    totals.append((say("write.offer-total", language), offer.total, True))
    for label, amount, strong in totals:
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.keep_with_next = True
        run = paragraph.add_run(f"{label}   {formats.money(amount, offer.currency, language)}")
        run.bold = strong
    document.add_paragraph(say("write.offer-until", language, date=formats.long_date(offer.valid_until, language)))
    document.add_paragraph(say("write.offer-agreed", language))
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = heading(offer, language)[:250], "Confrère", "Confrère"
    properties.comments, properties.language = "", "fr-FR" if language == "fr" else "en-GB"
    properties.created = properties.modified = stamp(offer.date)
    document.save(path)
    settle(path, offer.date)
