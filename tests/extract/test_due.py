"""Terms of payment as papers state them, and what only looks like one."""

from __future__ import annotations

import datetime as dt

import pytest

from confrere.documents.extract import due, layout
from confrere.documents.model import Document, Page

DAY = dt.date(2024, 1, 10)


def reckoned(text: str) -> str:
    found = due.reckon(layout.build(Document(kind="text", pages=[Page(label="text", text=text)])), DAY)
    return found.value.isoformat() if found else ""


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Payable within 30 days", "2024-02-09"),
        ("Terms: Net 30", "2024-02-09"),
        ("2% 10, net 30", "2024-02-09"),
        ("Payment within 10 days 2% discount, 30 days net", "2024-02-09"),
        ("Payment terms     14 days", "2024-01-24"),
        ("Please pay within one month", "2024-02-10"),
        ("Due on receipt", "2024-01-10"),
        ("Paiement à 30 jours fin de mois", "2024-02-29"),
        ("Réclamations sous 8 jours. Paiement à 30 jours.", "2024-02-09"),
        ("Total dû dans un délai de 15 jours", "2024-01-25"),
        ("Paiement à réception de facture", "2024-01-10"),
        ("Zahlbar innerhalb 30 Tagen netto, 3% Skonto innerhalb 10 Tagen", "2024-02-09"),
        ("Zahlbar innerhalb von 8 Tagen mit 2 % Skonto oder innerhalb von 30 Tagen ohne Abzug", "2024-02-09"),
        ("Zahlungsziel: 14 Tage", "2024-01-24"),
        ("Betaling binnen 14 dagen na factuurdatum", "2024-01-24"),
        ("Forma de pago: transferencia a 30 días fecha factura", "2024-02-09"),
        ("Pagamento: bonifico 60 gg d.f.f.m.", "2024-03-31"),
        ("Termin płatności: 14 dni", "2024-01-24"),
    ],
)
def test_terms(text: str, iso: str) -> None:
    assert reckoned(text) == iso


@pytest.mark.parametrize(
    "text",
    [
        "Pénalités de retard : 3 fois le taux légal, exigibles sous 30 jours",
        "Escompte de 2 % pour paiement sous 8 jours",
        "Garantie 30 jours",
        "Returns accepted within 30 days",
        "Any overdue invoice will be charged interest after 30 days",
        "Bei Zahlung innerhalb von 10 Tagen 2 % Skonto",
        "total net 30 €",
        "Net weight 30 kg",
        "Payable within 30 days\nPayable within 60 days",
    ],
)
def test_no_terms(text: str) -> None:
    assert reckoned(text) == ""
