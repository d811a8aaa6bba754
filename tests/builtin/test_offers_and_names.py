"""Quotes, comparisons and what a person says of names: from the brief to the plan, and to the folder."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from confrere.models.builtin.same import names
from confrere.models.builtin.understand import understand

TODAY = date(2026, 11, 21)


def only_wish(brief: str) -> Any:
    (wish,) = understand(brief, today=TODAY).wishes
    return wish


@pytest.mark.parametrize(
    ("brief", "expected"),
    [
        ("fais un devis pour Dupont à partir de tarifs.xlsx", {"client": "Dupont", "lines": "tarifs.xlsx"}),
        (
            "Établis une offre au nom de Hôtel des Ajoncs, lignes dans chiffrage.xlsx, modèle offre.docx, valable 60 jours",
            {"client": "Hôtel des Ajoncs", "lines": "chiffrage.xlsx", "template": "offre.docx", "valid": 60},
        ),
        (
            "prepare an offer from template.docx and lines.csv for Acme Ltd",
            {"client": "Acme Ltd", "lines": "lines.csv", "template": "template.docx"},
        ),
        ("knock up a qoute for Dave's Garage off prices.xlsx", {"client": "Dave's Garage", "lines": "prices.xlsx"}),
        ("un devis pour la Laiterie Kerlann selon notre modèle", {"client": "Laiterie Kerlann", "template": "*"}),
    ],
)
def test_a_quote_is_understood_with_its_parts(brief: str, expected: dict[str, Any]) -> None:
    wish = only_wish(brief)
    assert (wish.operation, wish.params) == ("quote", expected) and not wish.only


def test_a_quote_that_lies_in_the_folder_is_not_made_again() -> None:
    assert only_wish("Classe les devis par client").operation == "sort"
    assert only_wish("Combien de devis en 2026 ?").operation == "list"


@pytest.mark.parametrize(
    ("brief", "since", "against"),
    [
        ("consolidation d'octobre, écart avec septembre", "2026-10-01", "2026-09"),
        ("monthly consolidation for October compared with the previous month", "2026-10-01", "previous"),
        ("compare octobre et septembre 2026 par client", "2026-10-01", "2026-09"),
        ("récap 2026 par rapport à 2025", "2026-01-01", "2025"),
        ("consolidation du 3e trimestre 2026", "2026-07-01", "previous-quarter"),
        ("Consolidation du trimestre", "", "previous-quarter"),
        ("Compare septembre 2026 au mois précédent", "2026-09-01", "previous"),
        ("Compare May 2026 with the previous month", "2026-05-01", "previous"),
        ("Compare 2025 à l'année précédente", "2025-01-01", "previous-year"),
        ("Compare mai 2026 et avril 2026", "2026-05-01", "2026-04"),
        ("Compare ce mois-ci au mois dernier", "2026-11-01", "2026-10"),
        ("monthly recap of amounts with a comparison to last year", "", "previous-year"),
        ("récapitulatif mensuel des montants avec comparaison", "", "previous"),
    ],
)
def test_a_comparison_has_its_two_periods(brief: str, since: str, against: str) -> None:
    wish = only_wish(brief)
    assert wish.params["against"] == against and wish.only.since == since


@pytest.mark.parametrize(
    ("brief", "same", "apart"),
    [
        ("« Dupont SARL » et « Sté Dupont » sont le même client ; classe par client.", ["Dupont SARL|Sté Dupont"], []),
        ("Sort by client. Acme is the same company as Acme Ltd.", ["Acme|Acme Ltd"], []),
        ("classe par client mais Dupont et Dupont SARL c'est le même client", ["Dupont|Dupont SARL"], []),
        ("Sort by client but put Acme and Acme Ltd together", ["Acme|Acme Ltd"], []),
        ("Les sociétés Alpha et Alpha Conseil sont deux clients différents. Classe par client.", [], ["Alpha|Alpha Conseil"]),
        ("Merge invoices and receipts into one", [], []),
        ("Mets les factures et les devis dans le même dossier", [], []),
    ],
)
def test_what_is_said_of_names(brief: str, same: list[str], apart: list[str]) -> None:
    assert names(brief)[1:] == (same, apart)


INVOICE = "FACTURE N° {number}\nStudio Varech SARL\nClient : {client}\nDate : 12/01/2026\nTotal HT : 100,00 €\nTVA 20 % : 20,00 €\nTotal TTC : 120,00 €\n"


def test_a_remark_on_the_plan_joins_two_names_and_the_folder_follows(talk: Any) -> None:
    files = {
        f"{at}.txt": INVOICE.format(number=f"F-{at}", client=client).encode()
        for at, client in enumerate(("Kerlann", "Kerlan", "Ajoncs"), 1)
    }
    one = talk("Classe par client", files).propose()
    assert any("le même client" in doubt for doubt in one.plan.doubts)
    two = one.propose("Kerlann et Kerlan sont le même client")
    assert two.plan.steps[0].args["only"]["same"] == ["Kerlann|Kerlan"]
    assert not any("le même client" in doubt for doubt in two.plan.doubts)
    two.work()
    assert len({path.partition("/")[0] for path in two.office.paths()}) == 2


def test_an_order_by_an_unknown_verb_is_said_and_nothing_is_planned() -> None:
    for brief in ("Predict next year's revenue from the invoices", "Anonymise les CV", "Highlight every clause in the contracts"):
        found = understand(brief, today=TODAY)
        assert not found.wishes and found.not_understood, brief


def test_days_written_in_figures_are_a_period() -> None:
    wish = only_wish("Récapitulatif des factures du 15/03/2026 au 30/04/2026")
    assert (wish.only.since, wish.only.until, wish.only.names) == ("2026-03-15", "2026-04-30", [])


@pytest.mark.parametrize(
    ("brief", "sides", "types"),
    [
        ("un Excel avec les achats et un Excel avec les factures clients", ["purchases", "sales"], [[], ["invoice"]]),
        ("un Excel avec les achats et un avec les ventes", ["purchases", "sales"], [[], []]),
        ("one Excel with receipts and one with invoices", ["", ""], [["receipt"], ["invoice"]]),
        ("tableau des achats et des ventes", [""], [[]]),
        ("quel est mon chiffre d'affaires par client cette année ?", ["sales"], [[]]),
        ("How much did I spend at suppliers in 2026?", ["purchases"], [[]]),
    ],
)
def test_sales_and_purchases_and_one_workbook_each(brief: str, sides: list[str], types: list[list[str]]) -> None:
    wishes = understand(brief, today=TODAY).wishes
    assert [wish.only.side for wish in wishes] == sides and [wish.only.types for wish in wishes] == types


def test_the_things_to_quote_are_taken_from_the_brief() -> None:
    wish = only_wish("Fais un devis pour la Mairie de Plougastel : 40 chaises pliantes, 2 tables et 50 menus enfant avec modele.docx")
    assert wish.params["quantities"] == ["40 chaises pliantes", "2 tables", "50 menus enfant"]
    assert (wish.params["client"], wish.params["template"]) == ("Mairie de Plougastel", "modele.docx")
    assert "quantities" not in only_wish("Fais un devis pour Dupont à partir de tarifs.csv valable 60 jours").params
