"""Papers of kinds the typeset sets do not have, as plain text in columns: what each taught, as a rule that holds for its kind."""

from __future__ import annotations

import pytest

from confrere.documents.extract import extract, names
from confrere.documents.extract.checks import SURE
from confrere.documents.model import Document, Page, Record


def paper(text: str, *, ocr: bool = False) -> Record:
    return extract(Document(kind="image" if ocr else "txt", pages=[Page(label="page 1", text=text.strip("\n"), ocr=ocr)]))


def values(record: Record, *fields: str) -> list[str]:
    return [record.fields[field].value if field in record.fields else "" for field in fields]


CARD_SLIP = """
CARTE BANCAIRE
SANS CONTACT
CREDIT AGRICOLE DES COTES
A0000000421010
LE 06/08/2025 A 09:29:07
AUBERGE DU CHENE
29000 QUIMPER
MONTANT
              39,00 EUR
DEBIT
TICKET CLIENT A CONSERVER
"""


def test_a_card_slip_names_the_shop_after_the_date() -> None:
    record = paper(CARD_SLIP, ocr=True)
    assert values(record, "supplier", "date", "total") == ["AUBERGE DU CHENE", "2025-08-06", "39.00"]


WITHOUT_CENTS = """
WARUNG MELATI
Jl. Merdeka No. 12
21/07/2022 19:05
Nasi Goreng       2       70,000
Es Teh            2       16,000
Sub Total                 86,000
PB1 10%                    8,600
Total                     94,600
Cash                     100,000
Kembali                    5,400
"""


def test_a_ticket_in_a_currency_without_cents() -> None:
    assert values(paper(WITHOUT_CENTS, ocr=True), "supplier", "total", "currency") == ["WARUNG MELATI", "94600.00", "IDR"]


UNKNOWN_WORDS = """
SIA PIEMERS
Brivibas iela 3, Riga
Maize                  1,20
Piens                  1,39
Siers                  4,66
Kas tas ir EUR         7,25
A 21,00 %    7,25    5,99    1,26
Nauda                 10,00
Atdots                 2,75
2025-02-09 09:31:48
"""


def test_the_table_of_taxes_and_the_change_prove_a_total_in_any_tongue() -> None:
    assert values(paper(UNKNOWN_WORDS, ocr=True), "supplier", "total", "date") == ["SIA PIEMERS", "7.25", "2025-02-09"]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Devis n° D5633 accepté le 13/01/2025", "2025-02-22"),
        ("Votre commande du 13/01/2025", "2025-02-22"),
        ("Works completed as per our quotation Q344 dated 13/01/2025", "2025-02-22"),
        ("Your next invoice date is 13/03/2025", "2025-02-22"),
        ("Contrat souscrit le 13/01/2022", "2025-02-22"),
    ],
)
def test_the_day_of_another_paper_is_not_this_ones(line: str, day: str) -> None:
    record = paper(f"Toiture Morel SARL\nFACTURE N° 118\nNantes, le 22 février 2025\n{line}\nTotal TTC    120,00 €")
    assert values(record, "date") == [day]


def test_a_credit_note_is_dated_by_itself_and_not_by_the_invoice_it_corrects() -> None:
    record = paper(
        "Papeterie Lorin\nAVOIR N° AV459\nDate : 15/06/2023\nAvoir sur notre facture n° F887 du 23/05/2023 d'un montant de 849,99 € TTC.\n"
        "Total HT : -283,33 €\nTVA 20 % : -56,67 €\nTotal TTC à votre crédit : -340,00 €"
    )
    assert values(record, "date", "total") == ["2023-06-15", "340.00"]


def test_two_cells_with_one_caption_are_told_apart_by_what_stands_beside_them() -> None:
    record = paper(
        "TAX INVOICE\nMalabar Traders        Invoice No.        Dated\nKochi 682001           GT/23-24/172       07-Aug-23\n"
        "                       Buyer's Order No.  Dated\n                       PO-9764            30-Jul-23\n"
        "Total                                     Rs 1,310.00"
    )
    assert values(record, "date") == ["2023-08-07"]


def test_a_day_in_digits_is_the_one_given_in_words() -> None:
    record = paper("MAPLE DRUGS LTD\nTOTAL      $18.26\nCASH       $18.26\nDATE: 0ct 14,2015\nDATE/TIME: 15/10/14 02:24:24", ocr=True)
    assert values(record, "date") == ["2015-10-14"]


def test_dollars_and_customs_of_america_put_the_month_first() -> None:
    record = paper("CITY CAB\n04/10/2023\nMILES 6.2\nFARE   $ 27.00\nTIP    $ 4.80\nTOTAL  $ 31.80", ocr=True)
    assert values(record, "date", "total") == ["2023-04-10", "31.80"]


def test_a_day_with_its_month_first_is_not_told_by_a_day_in_words_that_is_another() -> None:
    record = paper("Harrow Ltd\nINVOICE 12\nIssued 10/09/2022\nDue 10 October 2022\nVAT Reg No GB 123 4567 89\nTotal £12.00")
    assert values(record, "date") == ["2022-09-10"]


def test_earlier_payments_leave_the_total_of_the_invoice() -> None:
    record = paper(
        "Menuiserie Kerval SARL\nFacture FA-1187\nDate : 22/04/2024\nTotal HT   6 000,00 €\nTVA 10 %   600,00 €\nTotal TTC   6 600,00 €\n"
        "Acompte versé le 02/03/2024   - 1 980,00 €\nReste à payer   4 620,00 €"
    )
    assert values(record, "total", "date") == ["6600.00", "2024-04-22"]


def test_nothing_left_to_pay_is_not_the_total() -> None:
    record = paper("Loom Textiles\nInvoice 31\nInvoice date: 12 Oct 2023\nTotal   €86.00\nAmount paid   -€86.00\nAmount due   €0.00")
    assert values(record, "total") == ["86.00"]


def test_the_last_of_a_column_that_sums_up_is_the_total() -> None:
    record = paper(
        "Muster Handel GmbH\nRechnung 4711\nRechnungsdatum 06.08.2023\nNettobetrag    MwSt-Betrag    Endbetrag\n"
        "321,40         61,07          382,47\n127,59         8,93           136,52\n448,99         70,00          518,99"
    )
    assert values(record, "total") == ["518.99"]


def test_who_is_paid_on_the_slip_below_is_the_supplier() -> None:
    record = paper(
        "TAX INVOICE\nInvoice Date 3 Jul 2024        Coastal Care Pty Ltd\n                               9 Jetty Road\n"
        "                               GLENELG SA 5045\nMargaret Lee\n18 Wattle Street\nMARION SA 5043\n\nInspection      250.00\nGST      25.00\n"
        "TOTAL AUD      275.00\n\nPAYMENT ADVICE\nTo: Coastal Care Pty Ltd       Customer      Margaret Lee\n    9 Jetty Road"
    )
    assert values(record, "supplier", "client") == ["Coastal Care Pty Ltd", "Margaret Lee"]


def test_who_is_served_stands_over_the_person_it_is_addressed_to() -> None:
    record = paper(
        "Camille Roux EI\n14 rue des Tanneurs, 37000 Tours\nSIRET 812 345 678 00014\n\n            SAS Pixel\n            à l'attention de M. Hervé Blanc\n"
        "            3 place Plumereau\n            37000 TOURS\n\nFACTURE 2024-017\nTours, le 12 juin 2024\nTotal à payer : 1 250,00 €\nTVA non applicable, art. 293 B du CGI"
    )
    assert values(record, "supplier", "client", "total") == ["Camille Roux EI", "SAS Pixel", "1250.00"]


def test_a_trade_name_stands_for_its_company() -> None:
    record = paper(
        "Fernwood Kitchens\nSales invoice FK-209\nTax point 22 January 2024\nMrs Priya Nair\nHexham NE46 3NB\nInvoice total   £11,940.00\n"
        "Fernwood Kitchens is a trading name of Tyne Holdings Limited. Registered in England 07766554."
    )
    assert values(record, "supplier") == ["Fernwood Kitchens"]


def test_an_order_or_a_pay_slip_asks_for_no_money() -> None:
    record = paper(
        "Lycée Vauban\nBON DE COMMANDE\nN° BC-22-59\nDate : 25/08/2022\nFournisseur : Papeterie Lorin\nTotal HT   399,62 €\nTVA 20 %   79,92 €\n"
        "Total TTC   479,54 €\nBon pour commande"
    )
    assert record.type == "other"
    assert "total" in record.check


def test_a_caption_is_never_a_name() -> None:
    record = paper(
        "Cedente/prestatore (fornitore)             Cessionario/committente (cliente)\n"
        "Denominazione: Termica Galli S.n.c.        Denominazione: Pasticceria Vela\n"
        "37121 Verona                               16123 Genova\nNumero documento FPR 784/23\nData documento 15-08-2023\nTotale documento   5.879,03 EUR"
    )
    assert values(record, "supplier", "client") == ["Termica Galli S.n.c.", "Pasticceria Vela"]


def test_a_larger_amount_to_pay_makes_a_total_doubtful() -> None:
    record = paper(
        "Marché Central\nTotal Alimentaire   29,74\nTVA 5,50%   28,19   1,55\nTOTAL À PAYER   54,44\n13/01/2025 10:02\nCarte bancaire",
        ocr=True,
    )
    got = record.fields["total"]
    assert got.value == "54.44" or got.confidence < SURE


def test_a_tip_makes_the_whole_and_a_rounding_does_not() -> None:
    tipped = paper(
        "SMOKEY JOE'S\n08/14/21\nSub Total  45.90\nTax  3.79\nTotal  49.69\nGratuity  4.62\nGrand Total  54.31\nAMEX  54.31", ocr=True
    )
    rounded = paper(
        "KEDAI BINTANG SDN BHD\n12/02/2018\nTotal  27.27\nRounding  -0.02\nTotal Rounded  27.25\nCash  30.00\nChange  2.75", ocr=True
    )
    assert values(tipped, "total") + values(rounded, "total") == ["54.31", "27.25"]


def test_a_bill_with_an_earlier_balance_is_no_bank_statement() -> None:
    record = paper(
        "Cascade Power & Light\nStatement Date: 01/12/2024\nPrevious Balance   $97.12\nPayment Received 12/28/23   -$97.12\n"
        "Current Charges   $128.46\nTotal Amount Due by 02/01/2024   $128.46\nPortland, OR 97208"
    )
    assert record.type == "invoice"
    assert values(record, "date", "total") == ["2024-01-12", "128.46"]


def test_a_web_address_among_what_is_sold_names_no_seller() -> None:
    record = paper(
        "Facture NV-551\nDate d'émission : 1 octobre 2024\n                         Julien Caron\n                         69002 Lyon\n"
        "Facturé par : Netvault SAS, 59100 Roubaix\nDomaine      Période      Qté      HT\ncaron.fr     2024         1        11,99 €\nTTC 14,39 €"
    )
    assert values(record, "supplier") == ["Netvault SAS"]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Edmonton, AB, T6H 4M6", False),
        ("Edmonton, AB, T6H-4M6", False),
        ("San Jose, CA 95112", False),
        ("Volvo Penta AB", True),
        ("V1 Numero de ticket:6800001", False),
        ("More for you, every single day.", False),
        ("Restaurant du Port.", True),
        ("*** KUNDENBELEG ***", False),
        ("Solde antérieur", False),
        ("EDO KITCHEN # 017", True),
    ],
)
def test_lines_of_tills_that_are_names_and_that_are_not(text: str, is_one: bool) -> None:
    assert names.is_name(text) is is_one


def test_the_number_of_a_shop_is_no_part_of_its_name() -> None:
    assert names.clean("EDO KITCHEN # 017") == "EDO KITCHEN"
