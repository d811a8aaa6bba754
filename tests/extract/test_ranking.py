"""Which name of a paper is its issuer's, where layouts, slogans and addressees mislead."""

from __future__ import annotations

import pytest

from confrere.documents.extract import extract, names
from confrere.documents.model import Document, Page, Word


def paper(*lines: tuple[float, float, float, str]) -> Document:
    """A page of A4 with lines of (x, y, height, text), words set as wide as type is."""
    words = []
    for x, y, height, text in lines:
        for word in text.split():
            wide = 0.5 * height * len(word)
            words.append(Word(text=word, x0=x, y0=y, x1=x + wide, y1=y + height))
            x += wide + 0.28 * height
    text = "\n".join(line for *_, line in lines)
    return Document(kind="pdf", pages=[Page(label="page 1", text=text, words=words, width=595, height=842)])


SUMS = ((320, 500, 10, "Total HT 100,00 €"), (320, 516, 10, "TVA 20 % 20,00 €"), (320, 532, 10, "Total TTC 120,00 €"))


def test_a_slogan_over_the_name_is_no_name() -> None:
    record = extract(
        paper((200, 40, 9, "Ouvert 7j/7"), (190, 54, 20, "Brasserie du Halage"), (200, 80, 10, "4 quai du Port"), (200, 94, 10, "56000 Vannes"),
              (60, 150, 12, "FACTURE N° 118 du 12/03/2024"), *SUMS)
    )  # fmt: skip
    assert record.fields["supplier"].value == "Brasserie du Halage"


def test_the_registered_office_tells_whose_the_second_block_is() -> None:
    record = extract(
        paper((60, 100, 22, "INVOICE"), (60, 140, 10, "Harbour Robotics Inc."), (60, 154, 10, "12 Mill Lane"), (60, 168, 10, "Norwich NR3 1BQ"),
              (400, 140, 10, "Fenland Print Co Limited"), (400, 154, 10, "113 Beech Grove"), (400, 168, 10, "Sheffield S3 8LN"),
              (60, 220, 10, "Invoice number F-1844"), (60, 236, 10, "Date 4 March 2024"), (360, 500, 10, "Total GBP 120.00"),
              (60, 800, 8, "Registered Office: 113 Beech Grove, Sheffield, S3 8LN. Company Registration No 6609602."))
    )  # fmt: skip
    assert record.fields["supplier"].value == "Fenland Print Co Limited"


def test_the_seller_on_a_marketplace_is_who_sold() -> None:
    record = extract(
        paper((60, 40, 26, "bazario"), (400, 40, 16, "Invoice"), (60, 100, 10, "Sold by"), (60, 114, 10, "Linden Lamps Ltd"),
              (60, 128, 10, "9 Castle Street"), (60, 142, 10, "Reading RG1 3EH"), (60, 200, 10, "Invoice date 26 October 2024"),
              (360, 500, 10, "Invoice total £34.96"))
    )  # fmt: skip
    assert record.fields["supplier"].value == "Linden Lamps Ltd"


def test_the_company_comes_before_the_person_in_it() -> None:
    record = extract(
        paper((60, 40, 14, "Ridge Landscaping LLC"), (60, 60, 10, "21 Lake Road"), (60, 74, 10, "Raleigh, NC 27601"), (60, 110, 18, "INVOICE"),
              (60, 160, 10, "BILL TO"), (60, 174, 10, "Chloe Whitman"), (60, 188, 10, "Pine Dental Group"), (60, 202, 10, "31 Mill Road"),
              (60, 216, 10, "Austin, TX 78704"), (60, 250, 10, "Date 09/16/2024"), (360, 500, 10, "Total $281.60"))
    )  # fmt: skip
    assert record.fields["client"].value == "Pine Dental Group"


def test_what_says_it_is_no_invoice_is_none() -> None:
    record = extract(
        paper((60, 40, 18, "Sejourio"), (300, 40, 12, "Confirmation de réservation"), (60, 100, 14, "Hôtel de la Digue"),
              (60, 120, 10, "Adresse : 21 quai Nord, 35400 Saint-Malo"), (60, 200, 10, "1 chambre, 1 nuit 111,63 €"), (60, 220, 14, "Prix 113,61 €"),
              (60, 260, 10, "Ceci n'est pas une facture."))
    )  # fmt: skip
    assert record.type not in ("invoice", "receipt", "credit-note")


@pytest.mark.parametrize(
    "text",
    [
        "Entrepreneur individuel (EI)",
        "Association loi 1901 déclarée le 12/05/1987",
        "SERVICE COMPTABILITÉ",
        "1 Adulte",
        "Company Registration No",
    ],
)
def test_what_a_firm_is_called_in_law_is_no_name(text: str) -> None:
    assert not names.is_name(text)
