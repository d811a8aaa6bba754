"""Papers with nothing to pay: identity papers, CVs, contracts, statements; and how long an offer holds."""

from __future__ import annotations

import pytest

from confrere.documents.extract import extract, identity
from confrere.documents.extract.terms import days_valid
from confrere.documents.model import Document, Page, Record


def read(text: str, kind: str = "text") -> Record:
    return extract(Document(kind=kind, pages=[Page(label="page 1", text=text)]))


def value(record: Record, field: str) -> str:
    return record.fields[field].value if field in record.fields else ""


def zone(number: str = "L898902C3", birth: str = "740812", expiry: str = "120415") -> str:
    """The specimen of ICAO Doc 9303, with what is given in it and right check digits."""
    digit = identity.check_digit
    number = f"{number:<9}".replace(" ", "<")
    return f"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n{number}{digit(number)}UTO{birth}{digit(birth)}F{expiry}{digit(expiry)}<<<<<<<<<<<<<<<2"


def test_a_passport_by_its_machine_readable_zone() -> None:
    record = read("PASSPORT\nUTOPIA\n" + zone())
    assert record.type == "identity"
    wanted = {"document_kind": "passport", "name": "ANNA MARIA ERIKSSON", "number": "L898902C3", "birth_date": "1974-08-12"}
    wanted |= {"expiry": "2012-04-15", "nationality": "UTO", "mrz": "valid"}
    assert {field: value(record, field) for field in wanted} == wanted
    assert all(record.fields[field].confidence >= 0.9 and field not in record.check for field in ("number", "birth_date", "expiry"))


def test_a_misread_digit_fails_its_check() -> None:
    record = read("PASSPORT\nUTOPIA\n" + zone().replace("740812", "740813"))
    assert record.check["birth_date"] == record.check["mrz"] == "extract.check-digits"
    assert record.fields["birth_date"].confidence < 0.9


def test_labels_and_zone_prove_each_other() -> None:
    labelled = "Surname: ERIKSSON\nGiven names: ANNA MARIA\nDate of birth: 12 08 1974\nPassport No: L898902C3\nDate of expiry: 15/04/2012\n"
    alone, both = read("PASSPORT\n" + labelled), read("PASSPORT\n" + labelled + zone())
    for field in ("name", "birth_date", "number"):
        assert value(alone, field) == value(both, field)
        assert both.fields[field].confidence > alone.fields[field].confidence


def test_a_card_of_three_lines() -> None:
    digit = identity.check_digit
    first = "I<UTOD23145890" + digit("D23145890") + "<" * 15
    second = f"740812{digit('740812')}F300415{digit('300415')}UTO<<<<<<<<<<<6"
    record = read(f"IDENTITY CARD\n{first}\n{second}\nERIKSSON<<ANNA<MARIA<<<<<<<<<<")
    assert [value(record, field) for field in ("number", "birth_date", "expiry")] == ["D23145890", "1974-08-12", "2030-04-15"]


def test_a_cv_in_french() -> None:
    record = read(
        "CURRICULUM VITAE\nJeanne Le Bihan\nComptable\njeanne.lebihan@courriel.example   06 12 34 56 78\n\nExpérience professionnelle\n"
        "2018 - 2023   Comptable, Atlantique Conseil\ndepuis 2023   Chef comptable, Groupe Rive\n\nFormation\n2016  DCG, Lycée Colbert\n\n"
        "Compétences\nSage, Excel, paie\n\nLangues\nfrançais, anglais (B2)\n\nLoisirs\nvoile\n"
    )
    assert record.type == "cv"
    assert value(record, "name") == "Jeanne Le Bihan"
    assert value(record, "email") == "jeanne.lebihan@courriel.example"
    assert value(record, "phone") == "06 12 34 56 78"
    assert value(record, "skills") == "Sage; Excel; paie"
    assert value(record, "languages") == "français; anglais (B2)"
    assert record.notes["experience"] == [
        {"from": "2018", "to": "2023", "what": "Comptable, Atlantique Conseil"},
        {"from": "2023", "to": "", "what": "Chef comptable, Groupe Rive"},
    ]
    assert record.notes["education"] == [{"from": "2016", "to": "2016", "what": "DCG, Lycée Colbert"}]


CONTRACT = {
    "fr": """CONTRAT DE MAINTENANCE
Entre les soussignés : la société Ondine SAS, ci-après dénommée « le Prestataire », d'une part,
et la société Rivage SARL, ci-après dénommée « le Client », d'autre part, il a été convenu ce qui suit :
Article 1. Le contrat prend effet le 1er mars 2024 et se termine le 28 février 2026.
Article 2. Le contrat est conclu pour une durée de vingt-quatre mois. Résiliation : préavis de 3 mois.
Article 3. La redevance est de 1 250,00 € par mois.
Fait à Brest, le 12 février 2024""",
    "en": """MAINTENANCE AGREEMENT
This agreement is entered into on 12 February 2024 between:
(1) Ondine Ltd ("the Supplier"); and
(2) Rivage Ltd ("the Client").
1. It has effect commencing on 1 March 2024 and ends on 28 February 2026.
2. It is made for an initial term of twenty-four (24) months. Termination: three months' notice.
3. The fee is EUR 1,250.00 per month. Governing law: hereby the laws of England.""",
}


@pytest.mark.parametrize("language", CONTRACT)
def test_the_terms_of_a_contract(language: str) -> None:
    record = read(CONTRACT[language])
    wanted = {"date": "2024-02-12", "start_date": "2024-03-01", "end_date": "2026-02-28", "term": "P24M", "notice": "P3M"}
    wanted |= {"amount": "1250.00", "currency": "EUR", "amount_per": "month"}
    assert record.type == "contract"
    assert {field: value(record, field) for field in wanted} == wanted
    assert "Ondine" in value(record, "supplier") and "Rivage" in value(record, "client")


STATEMENT = """BANQUE DE LA RADE
RELEVÉ DE COMPTE
Titulaire : Rivage SARL          IBAN FR76 3000 6000 0112 3456 7890 189
Période du 01/12/2023 au 31/12/2023

Date      Libellé                         Débit       Crédit
01/12     ANCIEN SOLDE                              1 000,00
05/12     PRLV EAU                        80,50
20/12     VIR MARTIN                                  300,00
31/12     NOUVEAU SOLDE                             1 219,50
"""


def test_a_statement_that_adds_up() -> None:
    record = read(STATEMENT)
    wanted = {"client": "Rivage SARL", "iban": "FR7630006000011234567890189", "period_start": "2023-12-01", "period_end": "2023-12-31"}
    wanted |= {"opening_balance": "1000.00", "closing_balance": "1219.50", "date": "2023-12-31"}
    assert record.type == "statement"
    assert {field: value(record, field) for field in wanted} == wanted
    assert record.line_items == [
        {"date": "2023-12-05", "description": "PRLV EAU", "amount": "-80.50"},
        {"date": "2023-12-20", "description": "VIR MARTIN", "amount": "300.00"},
    ]
    assert record.fields["closing_balance"].confidence >= 0.95


def test_a_statement_that_does_not() -> None:
    record = read(STATEMENT.replace("80,50", "81,50"))
    assert record.check["closing_balance"] == "extract.balance-not-movements"


@pytest.mark.parametrize(
    ("said", "days"),
    [("Devis valable 30 jours", 30), ("valid for two months", 60), ("Angebot gültig 14 Tage", 14), ("valable en magasin", 0)],
)
def test_how_long_an_offer_holds(said: str, days: int) -> None:
    assert days_valid(said) == days


def test_an_article_of_law_is_no_amount() -> None:
    record = read(
        "FACTURE n° 12\nDupont Services\n3 rue Haute, 44000 Nantes\nDate : 04/03/2024\nTotal 150,00 €\nTVA non applicable, art. 293 B du CGI\n"
    )
    assert value(record, "total") == "150.00"
    assert "tax" not in record.fields


def test_a_word_before_a_number_is_no_country() -> None:
    record = read("CONTRAT\nentre les soussignés, la société Ondine, immatriculée sous le numéro 732 829 320, ci-après « le Prestataire »")
    assert "supplier_vat" not in record.fields
