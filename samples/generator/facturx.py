"""An invoice PDF that carries its own data: Factur-X 1.0, profile EN 16931 (UN/CEFACT Cross Industry Invoice, D22B)."""

from __future__ import annotations

import io
from datetime import date
from xml.sax.saxutils import escape

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, NameObject, StreamObject, TextStringObject

from generator.billing import Paper, cents
from generator.companies import Company

_PROPERTY = (
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{0}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>'
    "<pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>{0}</pdfaProperty:description></rdf:li>"
)
_XMP = """
<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
 <fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>
 <fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
 <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
  <pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
  <pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>
  <pdfaSchema:prefix>fx</pdfaSchema:prefix>
  <pdfaSchema:property><rdf:Seq>PROPERTIES</rdf:Seq></pdfaSchema:property>
 </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
""".replace("PROPERTIES", "".join(map(_PROPERTY.format, ("DocumentFileName", "DocumentType", "Version", "ConformanceLevel"))))


def _day(value: date) -> str:
    return f'<udt:DateTimeString format="102">{value:%Y%m%d}</udt:DateTimeString>'


def _party(tag: str, company: Company, name: str) -> str:
    *street, place = company.address
    postcode, _, city = place.partition(" ")
    return (
        f"<ram:{tag}><ram:Name>{escape(name)}</ram:Name>"
        f'<ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">{company.siren}</ram:ID></ram:SpecifiedLegalOrganization>'
        f"<ram:PostalTradeAddress><ram:PostcodeCode>{postcode}</ram:PostcodeCode><ram:LineOne>{escape(', '.join(street))}</ram:LineOne>"
        f"<ram:CityName>{escape(city)}</ram:CityName><ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress>"
        f'<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{company.vat}</ram:ID></ram:SpecifiedTaxRegistration></ram:{tag}>'
    )


def cii(paper: Paper) -> bytes:
    """The invoice as CII XML; French issuer and buyer, euros."""
    lines = "".join(
        f"<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>{index}</ram:LineID></ram:AssociatedDocumentLineDocument>"
        f"<ram:SpecifiedTradeProduct><ram:Name>{escape(line.label)}</ram:Name></ram:SpecifiedTradeProduct>"
        f"<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>{line.price}</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>"
        f'<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">{line.quantity}</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>'
        f"<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>{line.rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>"
        f"<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>{line.amount}</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>"
        "</ram:IncludedSupplyChainTradeLineItem>\n"
        for index, line in enumerate(paper.lines, 1)
    )
    taxes = "".join(
        f"<ram:ApplicableTradeTax><ram:CalculatedAmount>{paper.taxes[rate]}</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>"
        f"<ram:BasisAmount>{cents(base)}</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>"
        for rate, base in paper.bases.items()
    )
    assert paper.due is not None
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>{escape(paper.number)}</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime>{_day(paper.date)}</ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
{lines}<ram:ApplicableHeaderTradeAgreement>
{_party("SellerTradeParty", paper.issuer, paper.issuer.name)}
{_party("BuyerTradeParty", paper.customer, paper.customer_name)}
<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>2026/0417</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>
</ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery><ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime>{_day(paper.date)}</ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent></ram:ApplicableHeaderTradeDelivery>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>{paper.currency}</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount><ram:IBANID>{paper.issuer.iban}</ram:IBANID></ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
{taxes}
<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>{_day(paper.due)}</ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>{paper.net}</ram:LineTotalAmount><ram:TaxBasisTotalAmount>{paper.net}</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="{paper.currency}">{paper.tax}</ram:TaxTotalAmount><ram:GrandTotalAmount>{paper.total}</ram:GrandTotalAmount><ram:DuePayableAmount>{paper.total}</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
""".encode()


def factur_x(paper: Paper) -> bytes:
    """The paper's PDF/A-3 page with its CII XML attached as the standard asks (name, relationship, XMP)."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(paper.render())))
    attached = writer.add_attachment("factur-x.xml", cii(paper))
    attached.associated_file_relationship = NameObject("/Alternative")
    attached.subtype = NameObject("/text/xml")
    attached.description = TextStringObject("Factur-X invoice data")
    writer.root_object[NameObject("/AF")] = ArrayObject([attached.pdf_object.indirect_reference or attached.pdf_object])
    metadata = writer.root_object["/Metadata"].get_object()
    assert isinstance(metadata, StreamObject)
    xmp = metadata.get_data().decode()
    writer.xmp_metadata = xmp.replace("</rdf:RDF>", _XMP + "</rdf:RDF>").encode()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
