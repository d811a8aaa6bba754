"""A billing paper: its arithmetic, what a page design needs to print it, and the truth about it."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from generator.companies import CLIENTS, VARECH, Company, spaced

DESIGNS = Path(__file__).with_name("designs")
FONTS = ("Liberation Sans", "Liberation Mono", "Carlito", "Caladea", "DejaVu Sans")
MONTHS = {
    "fr": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
}
CENT = Decimal("0.01")
Format = Literal["pdf", "png"]
Day = date  # the name of a field below hides it


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    label: str
    quantity: str
    price: str
    rate: str = "20"
    detail: str = ""
    unit: str = ""

    @property
    def amount(self) -> Decimal:
        return cents(Decimal(self.quantity) * Decimal(self.price))


@dataclass(frozen=True)
class Style:
    """How one issuer writes: the page design, its numbers and its dates."""

    design: str
    language: str = "fr"
    thousands: str = "\u202f"
    dates: str = "numeric"  # numeric, long, iso
    accent: str = "#333333"

    def number(self, value: Decimal) -> str:
        """An amount with two decimals, or as many as a unit price really has."""
        exponent = value.as_tuple().exponent
        text = f"{value:,.{max(2, -exponent if isinstance(exponent, int) else 2)}f}"
        return text if self.language == "en" else text.replace(",", self.thousands).replace(".", ",")

    def quantity(self, value: str) -> str:
        return value if self.language == "en" else value.replace(".", ",")

    def day(self, value: date) -> str:
        if self.dates == "iso":
            return value.isoformat()
        if self.dates == "long":
            first = "1er" if value.day == 1 and self.language == "fr" else str(value.day)
            return f"{first} {MONTHS[self.language][value.month - 1]} {value.year}"
        return value.strftime("%d/%m/%Y")


@dataclass(frozen=True)
class Paper:
    """One invoice, credit note, quote or receipt. ``client`` is a key of CLIENTS, or empty when Studio Varech is the customer."""

    type: str
    number: str
    date: Day
    lines: tuple[Line, ...]
    style: Style
    issuer: Company = VARECH
    client: str = ""
    spelling: str = ""
    due: Day | None = None
    currency: str = "EUR"
    subject: str = ""
    notes: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def customer(self) -> Company:
        return CLIENTS[self.client] if self.client else VARECH

    @property
    def customer_name(self) -> str:
        return self.spelling or self.customer.name

    @property
    def bases(self) -> dict[str, Decimal]:
        """Net amount by VAT rate, highest rate first."""
        found: dict[str, Decimal] = {}
        for line in sorted(self.lines, key=lambda line: -Decimal(line.rate)):
            found[line.rate] = found.get(line.rate, Decimal(0)) + line.amount
        return found

    @property
    def taxes(self) -> dict[str, Decimal]:
        return {rate: cents(base * Decimal(rate) / 100) for rate, base in self.bases.items()}

    @property
    def net(self) -> Decimal:
        return sum(self.bases.values(), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return sum(self.taxes.values(), Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.net + self.tax

    def page_data(self) -> dict[str, Any]:
        """What the typst design reads: every value already written the way this issuer writes."""
        write = self.style.number
        sign = {"EUR": "€", "GBP": "£"}[self.currency]

        def party(company: Company, name: str) -> dict[str, Any]:
            return {
                "name": name,
                "address": company.address,
                "email": company.email,
                "phone": company.phone,
                "siret": _siret(company.siret),
                "siren": company.siren,
                "vat": company.vat,
                "iban": spaced(company.iban),
                "bic": company.bic,
                "extra": company.extra,
            }

        return {
            "type": self.type, "language": self.style.language, "accent": self.style.accent, "number": self.number,
            "date": self.style.day(self.date), "due": self.style.day(self.due) if self.due else "", "subject": self.subject,
            "issuer": party(self.issuer, self.issuer.name), "client": party(self.customer, self.customer_name), "sign": sign,
            "lines": [
                {
                    "label": line.label, "detail": line.detail, "quantity": self.style.quantity(line.quantity), "unit": line.unit,
                    "price": write(Decimal(line.price)), "rate": self.style.quantity(line.rate), "amount": write(line.amount),
                    "gross": write(cents(line.amount * (1 + Decimal(line.rate) / 100))),
                }
                for line in self.lines
            ],
            "taxes": [
                {
                    "rate": self.style.quantity(rate), "base": write(base), "amount": write(self.taxes[rate]),
                    "gross": write(base + self.taxes[rate]),
                }
                for rate, base in self.bases.items()
            ],
            "net": write(self.net), "tax": write(self.tax), "total": write(self.total), "notes": self.notes, "extra": self.extra,
        }  # fmt: skip

    def render(self, format: Format = "pdf", ppi: float = 144) -> bytes:
        return render(self.style.design, self.page_data(), self.date, format, ppi)

    def truth(self) -> dict[str, Any]:
        """What a careful reader should find in it. Amounts are as printed; a credit note's are to be deducted."""
        entry: dict[str, Any] = {
            "type": self.type, "language": self.style.language, "supplier": self.issuer.name, "client": self.customer_name,
            "file_under": self.client, "number": self.number, "date": self.date.isoformat(), "currency": self.currency,
            "net": f"{self.net:.2f}", "tax": f"{self.tax:.2f}", "total": f"{self.total:.2f}",
            "taxes": {rate: f"{amount:.2f}" for rate, amount in self.taxes.items()},
        }  # fmt: skip
        if self.due:
            entry["due_date"] = self.due.isoformat()
        if self.issuer.vat:
            entry["supplier_vat"] = self.issuer.vat
        if self.issuer.iban and self.type == "invoice":
            entry["iban"] = self.issuer.iban
        return entry


def _siret(siret: str) -> str:
    return f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}" if siret else ""


@cache
def _compiler(design: str) -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)
    missing = [family for family in FONTS if family not in fonts.families()]
    if missing:
        raise SystemExit(f"These fonts are needed to draw the samples: {', '.join(missing)} (Debian: fonts-liberation, fonts-crosextra-*).")
    return typst.Compiler(str(DESIGNS / f"{design}.typ"), root=str(DESIGNS), font_paths=fonts)


def render(design: str, data: dict[str, Any], day: Day, format: Format = "pdf", ppi: float = 144) -> bytes:
    """Draw ``designs/DESIGN.typ`` with ``data``. The creation time is the paper's own day, so that bytes do not change."""
    options: dict[str, Any] = {"pdf_standards": "a-3b"} if format == "pdf" and data["extra"].get("archive") else {}
    result = _compiler(design).compile(
        format=format, ppi=ppi, sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=datetime(day.year, day.month, day.day, 9, tzinfo=UTC), **options,
    )  # fmt: skip
    assert isinstance(result, bytes)
    return result


def nfd(name: str) -> str:
    return unicodedata.normalize("NFD", name)
