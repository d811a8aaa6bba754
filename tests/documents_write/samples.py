"""Made-up documents with what real ones bring along: accents, long names, missing values, credit notes, two currencies."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from confrere.documents.write.content import Action, Minutes, Recap, Row, Section, Text

CLIENTS = (
    "Dupont & Fils SARL",
    "Société Générale d'Équipements Hospitaliers du Grand-Ouest",
    "Ateliers Lefèvre",
    "Mairie de Saint-Étienne-du-Rouvray",
    "Boulangerie Noël",
    "Åkerström GmbH",
    "Crédit <Maritime>",
    "=HYPERLINK Corp*",
)
SUPPLIERS = ("Conseil Martin", "Imprimerie Béranger")


def recap(count: int = 30, currencies: tuple[str, ...] = ("EUR", "EUR", "EUR", "EUR", "USD"), seed: int = 3) -> Recap:
    """``count`` documents, the same each time."""
    dice = random.Random(seed)
    rows = []
    for number in range(count):
        net = Decimal(dice.randint(20_000, 900_000)) / 100
        taxes = {"20": (net * Decimal("0.2")).quantize(Decimal("0.01"))}
        if number % 6 == 0:
            reduced = (net * Decimal("0.4")).quantize(Decimal("0.01"))
            taxes = {
                "20": ((net - reduced) * Decimal("0.2")).quantize(Decimal("0.01")),
                "5.5": (reduced * Decimal("0.055")).quantize(Decimal("0.01")),
            }
        tax = sum(taxes.values(), Decimal(0))
        day = dt.date(2026, 1 + number * 6 // max(count, 1), 1 + dice.randint(0, 27))
        name = f"facture-{number + 1:02d}{' #2 & co' if number == 4 else ''}.pdf"
        row = Row(
            file=f"Factures/2026/{'été ' if number % 7 == 0 else ''}{name}",
            type="credit-note" if number % 11 == 10 else "quote" if number % 13 == 12 else "receipt" if number % 9 == 8 else "invoice",
            client=CLIENTS[min(int(dice.expovariate(0.4)), 7)] if number % 10 != 7 else "",
            supplier=SUPPLIERS[number % 5 == 0],
            number="=1+1" if number == 5 else f"F2026-{number + 1:04d}",
            date=day if number != 9 else None,
            currency=dice.choice(currencies),
            net=net,
            tax=tax,
            total=net + tax,
            taxes=taxes,
            source="page 1",
            confidence=round(dice.uniform(0.7, 1), 2),
        )
        row.due_date = row.date + dt.timedelta(days=30) if row.date else None
        if number % 8 == 3:
            row.check = {"total": "extract.total-not-equal-net-plus-tax"}
        if number == 14:
            row.total = None
        if number == 25:
            row.taxes = {}
        rows.append(row)
    return Recap(rows=rows, day=dt.date(2026, 7, 2), omitted=[("Factures/2026/scan-illisible.pdf", "chiffré")] if count else [])


def meeting() -> Minutes:
    return Minutes(
        title="Comité de pilotage – « Nouveau siège »",
        date=dt.date(2026, 3, 1),
        participants=["Claire Dupont", "Marc Lefèvre"],
        absent=["Paul Noël"],
        summary=["Le budget est validé."],
        decisions=["Retenir l'offre Béranger.", "Reporter le mobilier."],
        actions=[
            Action(what="Envoyer le devis signé", who="Claire Dupont", when=dt.date(2026, 3, 5), priority="haute"),
            Action(what="Vérifier l'assurance", who="Marc Lefèvre", when="avant Pâques"),
        ],
        questions=["Qui paie la remise en état ?"],
        topics=[Section(title="Budget", blocks=[Text(lines=["45 000 € restent à affecter."])])],
        source="Réunions/2026-03-01.vtt",
    )
