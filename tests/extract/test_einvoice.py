"""Structured invoices beat the page, whatever their syntax; broken or hostile XML is no invoice."""

from __future__ import annotations

from confrere.documents.extract import extract
from confrere.documents.model import Document, Page

CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
 <rsm:ExchangedDocument><ram:ID>F-77</ram:ID><ram:TypeCode>{code}</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20240314</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:IncludedSupplyChainTradeLineItem>
   <ram:SpecifiedTradeProduct><ram:Name>Table en chêne</ram:Name></ram:SpecifiedTradeProduct>
   <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>400.00</ram:ChargeAmount>
   </ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
   <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">2.0000</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
   <ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:RateApplicablePercent>20.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
   <ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>800.00</ram:LineTotalAmount>
   </ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
  </ram:IncludedSupplyChainTradeLineItem>
  <ram:ApplicableHeaderTradeAgreement>
   <ram:SellerTradeParty><ram:Name>Atelier Morvan</ram:Name>
    <ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">73282932000074</ram:ID></ram:SpecifiedLegalOrganization>
    <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">FR44732829320</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty>
   <ram:BuyerTradeParty><ram:Name>Mairie de Brou</ram:Name></ram:BuyerTradeParty>
  </ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeSettlement>
   <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
   <ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount><ram:IBANID>FR7630006000011234567890189</ram:IBANID>
   </ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
   <ram:ApplicableTradeTax><ram:CalculatedAmount>160.00</ram:CalculatedAmount>
    <ram:RateApplicablePercent>20.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
   <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">20240413</udt:DateTimeString>
   </ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
   <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:TaxBasisTotalAmount>800.00</ram:TaxBasisTotalAmount>
    <ram:TaxTotalAmount currencyID="EUR">160.00</ram:TaxTotalAmount><ram:GrandTotalAmount>960.00</ram:GrandTotalAmount>
    <ram:DuePayableAmount>460.00</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
  </ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>"""

UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:b="urn:b" xmlns:a="urn:a">
 <b:ID>INV-9</b:ID><b:IssueDate>2024-05-02</b:IssueDate><b:DueDate>2024-06-01</b:DueDate><b:InvoiceTypeCode>380</b:InvoiceTypeCode>
 <b:DocumentCurrencyCode>GBP</b:DocumentCurrencyCode>
 <a:AccountingSupplierParty><a:Party><a:PartyName><b:Name>Solway Timber</b:Name></a:PartyName>
  <a:PartyTaxScheme><b:CompanyID>GB980780684</b:CompanyID><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:PartyTaxScheme>
  <a:PartyLegalEntity><b:RegistrationName>Solway Timber Supplies Ltd</b:RegistrationName></a:PartyLegalEntity>
  </a:Party></a:AccountingSupplierParty>
 <a:AccountingCustomerParty><a:Party><a:PartyName><b:Name>Eden Valley Joinery</b:Name></a:PartyName></a:Party></a:AccountingCustomerParty>
 <a:TaxTotal><b:TaxAmount>20.00</b:TaxAmount></a:TaxTotal>
 <a:LegalMonetaryTotal><b:TaxExclusiveAmount>100.00</b:TaxExclusiveAmount><b:TaxInclusiveAmount>120.00</b:TaxInclusiveAmount></a:LegalMonetaryTotal>
</Invoice>"""


def with_xml(xml: str, text: str = "") -> Document:
    return Document(kind="pdf", pages=[Page(label="page 1", text=text)], attachments={"factur-x.xml": xml.encode()})


def values(document: Document) -> dict[str, str]:
    return {name: field.value for name, field in extract(document).fields.items()}


def test_cross_industry_invoice() -> None:
    record = extract(with_xml(CII.format(code=380), "Menuiserie Dupont\nTotal TTC 1 111,00 €"))
    assert record.type == "invoice"
    assert {name: field.value for name, field in record.fields.items()} == {
        "supplier": "Atelier Morvan",
        "client": "Mairie de Brou",
        "number": "F-77",
        "date": "2024-03-14",
        "due_date": "2024-04-13",
        "currency": "EUR",
        "net": "800.00",
        "tax": "160.00",
        "total": "960.00",
        "supplier_vat": "FR44732829320",
        "supplier_siret": "73282932000074",
        "supplier_siren": "732829320",
        "iban": "FR7630006000011234567890189",
    }
    assert record.taxes == {"20": "160.00"}
    assert record.line_items == [
        {"description": "Table en chêne", "quantity": "2", "unit": "C62", "unit_price": "400.00", "rate": "20", "amount": "800.00"}
    ]
    assert all(field.source == "xml" for field in record.fields.values())


def test_a_total_that_is_not_on_the_page_is_worth_a_look() -> None:
    assert extract(with_xml(CII.format(code=380), "Total TTC 1 111,00 €")).check["total"] == "extract.xml-not-on-page"
    assert "total" not in extract(with_xml(CII.format(code=380), "Total TTC 960,00 €")).check


def test_a_number_that_is_not_on_the_page_is_worth_a_look() -> None:
    prose = "Atelier Morvan vous remercie de votre confiance et reste à votre disposition. " * 3
    assert extract(with_xml(CII.format(code=380), f"Facture n° F-78\n{prose}")).check["number"] == "extract.xml-number-not-on-page"
    assert "number" not in extract(with_xml(CII.format(code=380), f"Facture n° F 77\n{prose}")).check


def test_two_invoices_attached_to_one_paper_settle_nothing_they_differ_on() -> None:
    document = with_xml(CII.format(code=380), "Total TTC 960,00 €")
    document.attachments["zugferd-invoice.xml"] = CII.format(code=380).replace("960.00", "9960.00").encode()
    record = extract(document)
    assert record.check == {"total": "extract.xml-contradicts"} and record.fields["total"].confidence < 0.9
    assert record.fields["net"].confidence > 0.9


def test_what_is_no_amount_of_money_is_left_out() -> None:
    for odd in ("NaN", "Infinity", "-Infinity", "1e999", "1e-999999"):
        record = extract(with_xml(CII.format(code=380).replace("960.00", odd), "Total TTC 960,00 €"))
        assert (record.type == "invoice" and record.fields.get("total") is None) or record.fields["total"].value == "460.00", odd


def test_a_credit_note_by_its_code() -> None:
    assert extract(with_xml(CII.format(code=381))).type == "credit-note"


def test_universal_business_language() -> None:
    found = values(Document(kind="xml", pages=[Page(label="text", text=UBL)]))
    assert found["supplier"] == "Solway Timber Supplies Ltd"
    assert found["client"] == "Eden Valley Joinery"
    assert (found["net"], found["tax"], found["total"], found["currency"]) == ("100.00", "20.00", "120.00", "GBP")


def test_hostile_or_broken_xml_falls_back_to_the_page() -> None:
    page = "Atelier Morvan SARL\nFacture n° 12 du 14/03/2024\nTotal HT 100,00 €\nTVA 20 % 20,00 €\nTotal TTC 120,00 €"
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><Invoice><ID>&b;</ID></Invoice>'
    leak = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><Invoice><ID>&f;</ID></Invoice>'
    for xml in (bomb, leak, CII[:900], "", "<a/>", "\0\0", "<?xml version='1.0' encoding='nonsense'?><Invoice/>"):
        assert values(with_xml(xml, page))["total"] == "120.00"
