"""What the XML of a paper leaves out is asked of its page; what it holds stands. Quotations and orders are read as what they are."""

from __future__ import annotations

from decimal import Decimal

from confrere.documents.extract import extract
from confrere.documents.model import Document, Page, Record

MINIMUM = """<?xml version="1.0"?>
<r:CrossIndustryInvoice xmlns:r="urn:r" xmlns:a="urn:a" xmlns:u="urn:u">
 <r:ExchangedDocument><a:ID>F-77</a:ID><a:TypeCode>380</a:TypeCode>
  <a:IssueDateTime><u:DateTimeString format="102">20240314</u:DateTimeString></a:IssueDateTime></r:ExchangedDocument>
 <r:SupplyChainTradeTransaction>
  <a:ApplicableHeaderTradeAgreement><a:SellerTradeParty><a:Name>Atelier Morvan</a:Name></a:SellerTradeParty>
   <a:BuyerTradeParty><a:Name>Mairie de Brou</a:Name></a:BuyerTradeParty></a:ApplicableHeaderTradeAgreement>
  <a:ApplicableHeaderTradeSettlement><a:InvoiceCurrencyCode>EUR</a:InvoiceCurrencyCode>
   <a:SpecifiedTradeSettlementHeaderMonetarySummation><a:TaxBasisTotalAmount>800.00</a:TaxBasisTotalAmount>
    <a:TaxTotalAmount currencyID="EUR">160.00</a:TaxTotalAmount><a:GrandTotalAmount>960.00</a:GrandTotalAmount>
    <a:DuePayableAmount>960.00</a:DuePayableAmount></a:SpecifiedTradeSettlementHeaderMonetarySummation>
  </a:ApplicableHeaderTradeSettlement></r:SupplyChainTradeTransaction>
</r:CrossIndustryInvoice>"""

PAGE = """Atelier Morvan SARL
FACTURE N° F-77
Date : 15/03/2024
Date d'échéance : 13/04/2024
Client : Mairie de Brou
Désignation      Qté   PU HT    Total HT
Table en chêne   2     400,00   800,00
Total HT   800,00 €
TVA 20 %   160,00 €
Total TTC  960,00 €
IBAN FR76 3000 6000 0112 3456 7890 188 BIC AGRIFRPP
"""

QUOTATION = """<Quotation xmlns="urn:q" xmlns:b="urn:b" xmlns:a="urn:a"><b:ID>SO-8</b:ID><b:IssueDate>2024-05-02</b:IssueDate>
 <b:PricingCurrencyCode>EUR</b:PricingCurrencyCode><a:ValidityPeriod><b:EndDate>2024-06-01</b:EndDate></a:ValidityPeriod>
 <a:SellerSupplierParty><a:Party><a:PartyName><b:Name>Solway Timber</b:Name></a:PartyName></a:Party></a:SellerSupplierParty>
 <a:OriginatorCustomerParty><a:Party><a:PartyName><b:Name>Eden Joinery</b:Name></a:PartyName></a:Party></a:OriginatorCustomerParty>
 <a:QuotedMonetaryTotal><b:LineExtensionAmount>100.00</b:LineExtensionAmount><b:TaxInclusiveAmount>120.00</b:TaxInclusiveAmount>
 </a:QuotedMonetaryTotal>
 <a:QuotationLine><a:LineItem><b:Quantity unitCode="C62">4</b:Quantity><b:LineExtensionAmount>100.00</b:LineExtensionAmount>
  <a:Price><b:PriceAmount>25.00</b:PriceAmount></a:Price><a:Item><b:Name>Plank</b:Name></a:Item></a:LineItem></a:QuotationLine>
</Quotation>"""


def pdf(xml: str, text: str = "") -> Record:
    return extract(Document(kind="pdf", pages=[Page(label="page 1", text=text)], attachments={"factur-x.xml": xml.encode()}))


def test_the_page_fills_what_the_xml_lacks() -> None:
    record = pdf(MINIMUM, PAGE)
    fields = record.fields
    assert fields["date"].value == "2024-03-14" and fields["date"].source == "xml"  # the page says another day: the XML wins
    assert fields["due_date"].value == "2024-04-13" and fields["due_date"].source == "page 1"
    assert fields["iban"].value == "FR7630006000011234567890188" and record.check["iban"] == "extract.check-digits"
    assert [line["description"] for line in record.line_items] == ["Table en chêne"]
    assert {name: Decimal(tax) for name, tax in record.taxes.items()} == {"20": Decimal("160.00")}
    assert fields["total"].source == fields["supplier"].source == "xml"


def test_a_page_of_another_paper_fills_nothing() -> None:
    other = PAGE.replace("F-77", "F-12").replace("960,00", "1 960,00")
    assert "due_date" not in pdf(MINIMUM, other).fields


def test_a_quotation() -> None:
    record = pdf(QUOTATION)
    assert record.type == "quote"
    given = {name: field.value for name, field in record.fields.items()}
    assert given == {
        "supplier": "Solway Timber", "client": "Eden Joinery", "number": "SO-8", "date": "2024-05-02", "due_date": "2024-06-01",
        "currency": "EUR", "net": "100.00", "total": "120.00",
    }  # fmt: skip
    assert record.line_items == [{"description": "Plank", "quantity": "4", "unit": "C62", "unit_price": "25.00", "amount": "100.00"}]


def test_an_order_is_no_bill() -> None:
    order = (
        QUOTATION.replace("Quotation xmlns", "Order xmlns")
        .replace("</Quotation>", "</Order>")
        .replace("QuotedMonetary", "AnticipatedMonetary")
    )
    order = order.replace("QuotationLine", "OrderLine").replace("OriginatorCustomerParty", "BuyerCustomerParty")
    record = pdf(order)
    assert record.type == "other" and record.fields["total"].value == "120.00" and record.check["total"] == "extract.type-unsure"
    answer = pdf(order.replace("Order xmlns", "OrderResponse xmlns").replace("</Order>", "</OrderResponse>"))
    assert answer.type == "other" and answer.fields["supplier"].value == "Solway Timber"


def test_nobody_sells_to_himself() -> None:
    record = pdf(
        QUOTATION.replace("Eden Joinery", "Solway Timber"), "Bramley Wood Ltd\nQuotation SO-8\nDate 02/05/2024\nTotal 120.00 EUR\n"
    )
    assert "supplier" not in record.fields or record.fields["supplier"].source != "xml"
    assert record.fields["client"].value == "Solway Timber"


def test_an_envelope_around_it() -> None:
    record = pdf(f"<StandardBusinessDocument xmlns='urn:s'><Header/>{QUOTATION}</StandardBusinessDocument>")
    assert record.fields["number"].value == "SO-8"
